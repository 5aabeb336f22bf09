//! The mounts of a process, from its mountinfo (proc_pid_mountinfo(5)).

use super::process::read;
use crate::model::Seen;
use std::path::Path;

/// A mount, as far as a check asks for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mount {
    /// The type of its filesystem.
    pub kind: String,
    /// `shared:N`, `master:N`, `unbindable`.
    pub tags: Vec<String>,
}

impl Mount {
    /// `private`, `shared`, `slave`, `shared slave`, `unbindable` (mount_namespaces(7)).
    pub fn propagation(&self) -> String {
        let has = |tag: &str| self.tags.iter().any(|one| one.split(':').next() == Some(tag));
        match (has("shared"), has("master"), has("unbindable")) {
            (true, true, _) => "shared slave".into(),
            (true, ..) => "shared".into(),
            (_, true, _) => "slave".into(),
            (.., true) => "unbindable".into(),
            _ => "private".into(),
        }
    }
}

/// The uppermost mount at a path, as that process sees it; None where nothing is mounted.
pub fn at(pid: i32, path: &str) -> Seen<Option<Mount>> {
    match read(&Path::new("/proc").join(pid.to_string()).join("mountinfo")) {
        Seen::Is(text) => Seen::Is(of_text(&text, path)),
        Seen::Not { path, errno } => Seen::Not { path, errno },
    }
}

fn of_text(text: &str, path: &str) -> Option<Mount> {
    // Of several mounts at one point the last one covers the others.
    text.lines().rev().find_map(|line| {
        let (left, right) = line.split_once(" - ")?;
        let mut fields = left.split(' ');
        (super::cgroup::unescape(fields.nth(4)?) == path).then(|| Mount {
            kind: right.split(' ').next().unwrap_or_default().to_string(),
            tags: fields.skip(1).map(str::to_string).collect(),
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "22 1 0:21 / / rw,relatime shared:1 - ext4 /dev/vda rw
30 22 0:30 / /a\\040b rw,nosuid shared:2 master:1 - tmpfs none rw
31 30 0:31 / /a\\040b rw - proc proc rw
";

    #[test]
    fn the_uppermost_mount_counts() {
        assert_eq!(
            of_text(TEXT, "/a b").map(|mount| (mount.kind.clone(), mount.propagation())),
            Some(("proc".into(), "private".into()))
        );
        assert_eq!(of_text(TEXT, "/").map(|mount| mount.propagation()), Some("shared".into()));
        assert_eq!(of_text(TEXT, "/none"), None);
    }
}
