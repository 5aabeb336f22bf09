//! The names that a learner gives to cgroups.

use crate::model::Msg;
use std::path::{Component, Path, PathBuf};

/// A cgroup below a subject's own: `web`, `web/db`; empty for the subject's own, `.`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Nested(pub PathBuf);

impl Nested {
    /// Reads a typed name.
    ///
    /// Errors: a sentence for names that lead out of the subject's cgroup, or that cgroupfs refuses (cgroups(7)).
    pub fn parse(word: &str) -> Result<Nested, Msg> {
        let path = Path::new(word.trim_end_matches('/'));
        let inner = path.components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir));
        if word.is_empty() || word.starts_with('/') || !inner || word.chars().any(char::is_control) || word.len() > 200 {
            return Err(Msg::new(
                "a cgroup's name is a path below the subject's own cgroup, such as `web` or `web/db`, and `.` is that cgroup itself; no `..`, no `/` in front",
                "cgroup 的名字是被观察进程自己的 cgroup 之下的路径，例如 `web` 或 `web/db`，`.` 指该 cgroup 本身；不能含 `..`，也不能以 `/` 开头",
            ));
        }
        Ok(Nested(path.components().filter(|part| matches!(part, Component::Normal(_))).collect()))
    }

    /// The subject's own cgroup, not one below?
    pub fn is_home(&self) -> bool {
        self.0.as_os_str().is_empty()
    }
}

impl std::fmt::Display for Nested {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.is_home() { f.write_str(".") } else { self.0.display().fmt(f) }
    }
}

/// There is no cgroup of this name.
pub(super) fn no_such(nested: &Nested) -> Msg {
    match nested.is_home() {
        true => Msg::new(
            "the subject has no cgroup of its own yet; `cgroup set` or `cgroup new` makes one",
            "被观察进程还没有自己的 cgroup；`cgroup set` 或 `cgroup new` 会创建一个",
        ),
        false => Msg::new(
            format!("there is no cgroup `{nested}`; `cgroup new {nested}` makes it"),
            format!("没有 cgroup `{nested}`；先用 `cgroup new {nested}` 创建"),
        ),
    }
}
