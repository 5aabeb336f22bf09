//! `sysctl`: kernel values that belong to a namespace. read(2) and write(2) on /proc/sys.

use crate::command::{Args, Card, Count, Equivalent, Example, Inside, Kind, Man, Param, Primitive, Run, Said, Stop};
use crate::model::{Block, Msg, NsKind, Seen, Text, errno_name};
use crate::observe::process::read;
use nix::errno::Errno;
use std::path::{Path, PathBuf};

/// The card.
pub const CARD: Card = Card {
    name: "sysctl",
    args: &[
        Param {
            name: "NAME",
            kind: Kind::Word,
            count: Count::One,
            about: Text {
                en: "net.ipv4.ip_forward, kernel.msgmax; or a folder such as net.ipv4",
                zh: "net.ipv4.ip_forward、kernel.msgmax；或 net.ipv4 这样的目录",
            },
        },
        Param {
            name: "VALUE",
            kind: Kind::Word,
            count: Count::Optional,
            about: Text { en: "the new value; without it the value is shown", zh: "新值；省略则显示当前值" },
        },
    ],
    primitive: Primitive::Write("/proc/sys"),
    man: &[Man("sysctl", 8), Man("proc_sys", 5), Man("network_namespaces", 7), Man("ipc_namespaces", 7)],
    own: &[],
    summary: Text { en: "kernel values that belong to a namespace", zh: "属于某个命名空间的内核参数" },
    explain: Text {
        en: "One file below /proc/sys can hold different values for different readers: net.* are those of the reader's network namespace, kernel.msg*, shm*, sem \
             and fs.mqueue.* of its ipc namespace, kernel.hostname and domainname of its uts namespace, kernel.pid_max of its PID namespace (since Linux 6.14), user.* of its user \
             namespace. Those can be written where the namespace is the bench's; all others are the machine's and are only read.",
        zh: "/proc/sys 下的同一个文件，不同的读者可能读到不同的值：net.* 属于读者所在的网络命名空间，kernel.msg*、shm*、sem 和 fs.mqueue.* 属于 ipc 命名空间，\
             kernel.hostname 与 domainname 属于 uts 命名空间，kernel.pid_max 属于 PID 命名空间（Linux 6.14 起），user.* 属于用户命名空间。\
             命名空间属于实验台时可以写；其余参数属于整台机器，只读。",
    },
    equivalents: &[
        Equivalent { tool: "sysctl(8)", line: "sysctl -w net.ipv4.ip_forward=1" },
        Equivalent { tool: "docker", line: "docker run --sysctl net.ipv4.ip_forward=1" },
    ],
    examples: &[
        Example {
            after: "unshare net",
            line: "sysctl net.ipv4.ip_forward 1",
            shows: "ip_forward>, \"1\", 1) = 1",
            needs: "root",
        },
        Example { after: "unshare ipc; sysctl kernel.msgmax 4096", line: "sysctl kernel.msgmax", shows: "4096", needs: "root" },
        Example { after: "", line: "sysctl kernel.msgmax", shows: "kernel.msgmax = ", needs: "" },
        Example { after: "", line: "sysctl net.ipv4.ip_forward 1", shows: "refused", needs: "" },
        Example { after: "unshare all", line: "sysctl kernel.panic 5", shows: "the whole machine", needs: "root" },
    ],
    run: Run::Inside(run),
};

fn run(cx: &mut Inside<'_>, args: &Args) -> Result<Said, Stop> {
    let name = args.one("NAME");
    let path = path(name)?;
    let Some(value) = args.opt("VALUE") else { return look(name, &path) };
    match kind(name) {
        Some(kind) if !cx.own.contains(&kind) => {
            return Err(Stop::Refused(Msg::new(
                format!(
                    "{name} belongs to the {kind} namespace, and the subject's is not the bench's own; `unshare {kind}` first, or add --on-host to this line"
                ),
                format!(
                    "{name} 属于 {kind} 命名空间，而被观察进程所在的不是实验台自己的；请先执行 `unshare {kind}`，或在这一行加上 --on-host"
                ),
            )));
        }
        // What no namespace holds, --on-host allows; own has all kinds then.
        None if cx.own.len() < NsKind::ALL.len() || !args.on_host => {
            return Err(Stop::Refused(Msg::new(
                format!("{name} holds for the whole machine: no namespace has a value of its own"),
                format!("{name} 对整台机器生效：没有哪个命名空间有自己的值"),
            )));
        }
        _ => {}
    }
    cx.kernel.write_file(&path, value)?;
    Ok(Said::nothing())
}

fn look(name: &str, path: &Path) -> Result<Said, Stop> {
    let whose = kind(name).map_or(Msg::new("the whole machine's", "整台机器的"), |kind| {
        Msg::new(format!("of the {kind} namespace"), format!("属于 {kind} 命名空间"))
    });
    if let Ok(entries) = std::fs::read_dir(path) {
        let mut names: Vec<String> = entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        return Ok(Said::nothing().show(Block::Head(whose)).show(Block::Lines(names)));
    }
    match read(path) {
        Seen::Is(text) => {
            let line = format!("{name} = {}", text.trim_end().replace('\t', " "));
            Ok(Said::nothing().show(Block::Lines(vec![line])).note(crate::model::NoteKind::Did, whose))
        }
        Seen::Not { errno, .. } => {
            let errno = errno_name(Errno::from_raw(errno));
            Err(Stop::Unfit(Msg::new(
                format!(
                    "{}: {errno}. In a namespace of its own a subject sees only the values that belong to it",
                    path.display()
                ),
                format!("{}：{errno}。在自己的命名空间中，被观察进程只看得到属于该命名空间的值", path.display()),
            )))
        }
    }
}

/// The file of a name: dots become slashes; with a slash in it the name is taken as it is (sysctl(8)).
fn path(name: &str) -> Result<PathBuf, Stop> {
    let relative = if name.contains('/') { name.to_string() } else { name.replace('.', "/") };
    let good = |part: &str| !part.is_empty() && part != ".." && part != ".";
    if relative.is_empty() || !relative.split('/').all(good) {
        return Err(Stop::Usage(Msg::new(
            format!("`{name}` is no name of a kernel value; write net.ipv4.ip_forward"),
            format!("`{name}` 不是内核参数名；应写作 net.ipv4.ip_forward"),
        )));
    }
    Ok(Path::new("/proc/sys").join(relative))
}

/// The namespace to which a value belongs; None: to the machine.
fn kind(name: &str) -> Option<NsKind> {
    let name = name.replace('/', ".");
    let (first, rest) = name.split_once('.').unwrap_or((&name, ""));
    match (first, rest) {
        ("net", _) => Some(NsKind::Net),
        ("user", _) => Some(NsKind::User),
        ("fs", rest) if rest.starts_with("mqueue.") => Some(NsKind::Ipc),
        ("kernel", "hostname" | "domainname") => Some(NsKind::Uts),
        ("kernel", "ns_last_pid") => Some(NsKind::Pid),
        ("kernel", "pid_max") if at_least(6, 14) => Some(NsKind::Pid),
        ("kernel", "sem" | "auto_msgmni" | "sem_next_id") => Some(NsKind::Ipc),
        ("kernel", rest) if rest.starts_with("msg") || rest.starts_with("shm") => Some(NsKind::Ipc),
        _ => None,
    }
}

/// Is this Linux `major.minor` or later? Before 6.14 pid_max was the machine's.
fn at_least(major: u32, minor: u32) -> bool {
    let Ok(name) = nix::sys::utsname::uname() else { return false };
    let release = name.release().to_string_lossy();
    let mut numbers = release.split(|c: char| !c.is_ascii_digit()).filter_map(|number| number.parse::<u32>().ok());
    (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0)) >= (major, minor)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_leave_its_folder() {
        for bad in ["", ".", "..", "net..ipv4", "../proc/self/mem", "net/../../x", "/etc/passwd"] {
            assert!(path(bad).is_err(), "{bad}");
        }
        assert_eq!(path("net.ipv4.ip_forward").ok(), Some("/proc/sys/net/ipv4/ip_forward".into()));
    }

    #[test]
    fn values_are_told_apart_by_their_namespace() {
        assert_eq!(kind("net.core.somaxconn"), Some(NsKind::Net));
        assert_eq!(kind("kernel/shmmax"), Some(NsKind::Ipc));
        assert_eq!(kind("kernel.panic"), None);
        assert_eq!(kind("vm.swappiness"), None);
    }
}
