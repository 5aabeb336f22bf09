//! What this machine has: each need is tried, in a throw-away subject where that takes one, and never guessed.

use crate::lesson::format::{Condition, Need};
use crate::model::{End, Lang, Msg, Seen, cap_number};
use crate::observe::cgroup::{Hierarchies, Version};
use crate::observe::process::{read, snapshot};
use crate::session::{Options, Session};
use std::collections::BTreeMap;
use std::io::IsTerminal;
use std::path::Path;

/// Tries needs, each once.
#[derive(Debug, Default)]
pub struct Prober {
    known: BTreeMap<Need, Option<Msg>>,
}

impl Prober {
    /// Why the condition is not met here; None when it is.
    pub fn unmet(&mut self, condition: &Condition) -> Option<Msg> {
        condition.groups.iter().find_map(|group| {
            let missing: Vec<Msg> = group.iter().map(|need| self.missing(need)).collect::<Option<_>>()?;
            let join = |of: fn(&Msg) -> &str, mark: &str| missing.iter().map(of).collect::<Vec<_>>().join(mark);
            Some(Msg::new(join(|msg| &msg.en, "; "), join(|msg| &msg.zh, "；")))
        })
    }

    fn missing(&mut self, need: &Need) -> Option<Msg> {
        self.known.entry(need.clone()).or_insert_with(|| tried(need)).clone()
    }
}

fn tried(need: &Need) -> Option<Msg> {
    let own = std::process::id() as i32;
    let not = |met: bool, en: String, zh: String| (!met).then(|| Msg::new(format!("{need}: {en}"), format!("{need}：{zh}")));
    match need {
        Need::Root => {
            let uid = nix::unistd::geteuid();
            not(
                uid.is_root(),
                format!("the user ID is {uid}; `boxlab --rootless` makes you root in a user namespace of your own"),
                format!("用户 ID 是 {uid}；`boxlab --rootless` 可让你在自己的用户命名空间中成为 root"),
            )
        }
        Need::Userns => refused(need, "unshare user"),
        Need::Cap(name) => {
            let seen = snapshot(Path::new("/proc"), own);
            let has = cap_number(name).zip(seen.creds.is()).is_some_and(|(bit, creds)| creds.cap_eff & (1 << bit) != 0);
            not(has, "the bench does not have this capability".into(), "实验台没有这项权能".into())
        }
        Need::Cgroup(controller) => cgroup(need, None, controller.as_deref()),
        Need::Cgroup1(controller) => cgroup(need, Some(Version::V1), controller.as_deref()),
        Need::Cgroup2(controller) => cgroup(need, Some(Version::V2), controller.as_deref()),
        Need::Ns(kind) => {
            let link = Path::new("/proc/self/ns").join(kind.name());
            not(link.symlink_metadata().is_ok(), "this kernel has no such namespace".into(), "内核不支持这种命名空间".into())
        }
        Need::Kernel(major, minor) => {
            let release =
                nix::sys::utsname::uname().map(|name| name.release().to_string_lossy().into_owned()).unwrap_or_default();
            let mut numbers = release.split(|c: char| !c.is_ascii_digit()).filter_map(|part| part.parse::<u32>().ok());
            let has = (numbers.next(), numbers.next()) >= (Some(*major), Some(*minor));
            not(has, format!("this is {release}"), format!("当前内核是 {release}"))
        }
        Need::Tool(name) => {
            let path = std::env::var_os("PATH").unwrap_or_default();
            let has = !name.contains('/')
                && std::env::split_paths(&path)
                    .any(|dir| nix::unistd::access(&dir.join(name), nix::unistd::AccessFlags::X_OK).is_ok());
            not(has, "this program is not on the PATH".into(), "PATH 中没有这个程序".into())
        }
        Need::Swap => {
            let has = matches!(read(Path::new("/proc/swaps")), Seen::Is(text) if text.lines().count() > 1);
            not(has, "there is no swap".into(), "没有交换空间".into())
        }
        Need::Tty => not(std::io::stdin().is_terminal(), "standard input is no terminal".into(), "标准输入不是终端".into()),
    }
}

/// Is the controller there, and may this user set its limits?
fn cgroup(need: &Need, version: Option<Version>, controller: Option<&str>) -> Option<Msg> {
    let found = Hierarchies::own(Path::new("/proc")).is().cloned().unwrap_or_default();
    let fits = |one: &crate::observe::cgroup::Hierarchy| version.is_none_or(|version| one.version == version);
    let has = match controller {
        Some(controller) => found.of(controller).is_some_and(fits),
        None => found.all.iter().any(fits),
    };
    if !has {
        return Some(Msg::new(
            format!("{need}: no such hierarchy is mounted here"),
            format!("{need}：这里没有挂载相应的 cgroup 层级"),
        ));
    }
    // Writing what is the default changes nothing but shows whether it may be written.
    refused(
        need,
        match controller {
            Some("memory") => "cgroup set memory.max max",
            Some("pids") => "cgroup set pids.max max",
            Some("cpu") => "cgroup set cpu.max max",
            _ => "cgroup new probe",
        },
    )
}

/// Tries a line on a throw-away subject.
fn refused(need: &Need, line: &str) -> Option<Msg> {
    let options = Options { lang: Lang::En, capture: true, ..Options::default() };
    let mut session = match Session::start(options) {
        Ok(session) => session,
        Err(error) => return Some(Msg::same(format!("{need}: {error}"))),
    };
    let turn = session.execute(line);
    // Its cgroup goes with the subject that is replaced: `cgroup tree` is not to show what nobody has made.
    if line.starts_with("cgroup") {
        session.execute(" reset");
    }
    match turn.end {
        end if end.ok() => None,
        End::Failed { errno, .. } => {
            Some(Msg::new(format!("{need}: `{line}` gives {errno}"), format!("{need}：`{line}` 返回 {errno}")))
        }
        End::Usage { why } | End::Unfit { why } | End::Refused { why } => {
            Some(Msg::new(format!("{need}: {}", why.en), format!("{need}：{}", why.zh)))
        }
        _ => Some(Msg::new(format!("{need}: `{line}` did not end well"), format!("{need}：`{line}` 未能正常完成"))),
    }
}
