//! `show`: a file, directory or link as the subject sees it; `/proc/PID/ns` as a table. open(2), read(2), readlink(2).

use super::file::{self, View};
use super::links;
use crate::command::{Args, Card, Count, Equivalent, Example, Inside, Kind, Man, Outside, Param, Primitive, Run, Said, Stop};
use crate::model::{Msg, NsKind, Seen, Snapshot, Text, errno_name};
use crate::observe;
use nix::errno::Errno;
use std::path::{Path, PathBuf};

/// The card.
pub const CARD: Card = Card {
    name: "show",
    args: &[
        Param {
            name: "--host",
            kind: Kind::Flag,
            count: Count::Optional,
            about: Text { en: "as the observer sees it, from outside", zh: "从外部，以观察者的视角查看" },
        },
        Param {
            name: "PATH", kind: Kind::Path, count: Count::One, about: Text { en: "a file or directory", zh: "文件或目录" }
        },
    ],
    primitive: Primitive::Read("PATH"),
    man: &[Man("proc", 5), Man("namespaces", 7), Man("read", 2)],
    own: &[],
    summary: Text { en: "a file or directory as the subject sees it", zh: "以被观察进程的视角查看文件或目录" },
    explain: Text {
        en: "The subject itself opens and reads the path, so mounts, root directory, PID and user namespace count: /proc/self is the subject. \
             Of a file up to 64 KiB are shown; FIFOs and devices are not opened. /proc/PID/ns becomes a table that says which namespaces are the host's. \
             `--host` reads the same path from outside.",
        zh: "由被观察进程自己打开并读取该路径，因此挂载、根目录、PID 与用户命名空间都会影响结果：/proc/self 就是被观察进程。文件最多显示 64 KiB；\
             不会打开 FIFO 和设备文件。/proc/PID/ns 显示为表格，并指出哪些命名空间是主机的。`--host` 从外部读取同一路径。",
    },
    equivalents: &[
        Equivalent { tool: "cat(1)", line: "cat PATH" },
        Equivalent { tool: "nsenter(1)", line: "nsenter --target PID --all cat PATH" },
        Equivalent { tool: "docker", line: "docker exec CONTAINER cat PATH" },
    ],
    examples: &[
        Example { after: "", line: "show /proc/self/ns", shows: "uts:[", needs: "" },
        Example { after: "unshare uts; hostname box", line: "show /proc/sys/kernel/hostname", shows: "box", needs: "root" },
        Example {
            after: "cgroup new box; cgroup enter box; unshare cgroup",
            line: "show /proc/self/cgroup",
            shows: "0::/\n",
            needs: "root cgroup2",
        },
        Example {
            after: "cgroup new box; cgroup enter box; unshare cgroup",
            line: "show /proc/1/cgroup",
            shows: "0::/../",
            needs: "root cgroup2",
        },
        Example { after: "", line: "show /proc/self/ns/pid", shows: "pid:[", needs: "" },
        Example { after: "unshare user", line: "show /proc/self/uid_map", shows: "an empty file", needs: "userns" },
        Example { after: "", line: "show /dev/null", shows: "a device", needs: "" },
        Example { after: "", line: "show --host /proc/sys/kernel/ostype", shows: "Linux", needs: "" },
    ],
    run: Run::Either { inside, outside, for_observer },
};

/// Whose a namespace is, only the observer can tell.
fn for_observer(args: &Args) -> bool {
    args.flag("--host") || ns_dir_of(args.one("PATH")).is_some()
}

fn inside(_: &mut Inside<'_>, args: &Args) -> Result<Said, Stop> {
    file::look(Path::new(args.one("PATH")), View::Subject)
}

fn outside(cx: &mut Outside<'_>, args: &Args) -> Result<Said, Stop> {
    let path = args.one("PATH");
    let Some(word) = ns_dir_of(path) else { return file::look(Path::new(path), View::Host) };
    let host = args.flag("--host");
    let seen = match word {
        "self" | "thread-self" if !host => cx.subject.seen.clone(),
        "self" | "thread-self" => observe::snapshot(Path::new("/proc"), std::process::id() as i32),
        number => {
            // PIDs count as in the proc(5) that the subject sees at this path.
            let proc = if host { "/proc".into() } else { PathBuf::from(format!("/proc/{}/root/proc", cx.subject.pid())) };
            observe::snapshot(&proc, number.parse().unwrap_or(0))
        }
    };
    if seen.ns.values().all(|link| matches!(link, Seen::Not { .. })) {
        return Err(unreadable(path, &seen));
    }
    Ok(Said::grid(Vec::new(), links::rows(&seen, &NsKind::ALL, cx)))
}

/// `self` of `/proc/self/ns`, `7` of `/proc/7/ns/`.
fn ns_dir_of(path: &str) -> Option<&str> {
    let word = path.trim_end_matches('/').strip_prefix("/proc/")?.strip_suffix("/ns")?;
    (matches!(word, "self" | "thread-self") || word.parse::<i32>().is_ok_and(|pid| pid > 0)).then_some(word)
}

fn unreadable(path: &str, seen: &Snapshot) -> Stop {
    let errno = seen.ns.values().find_map(Seen::errno).unwrap_or(Errno::ENOENT);
    let (en, zh) = match errno {
        Errno::EACCES | Errno::EPERM => (
            "the observer may not look into this process (ptrace(2)): it is another user's, or has capabilities that the observer lacks",
            "观察者无权查看该进程（ptrace(2)）：它属于其他用户，或拥有观察者没有的权能",
        ),
        _ => (
            "there is no such process in this view; `ps` lists the bench's own",
            "这个视图中没有该进程；`ps` 列出实验台自己的进程",
        ),
    };
    let name = errno_name(errno);
    Stop::Unfit(Msg::new(format!("{path}: {name}, {en}"), format!("{path}：{name}，{zh}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_ns_directories_are_tables() {
        assert_eq!(ns_dir_of("/proc/self/ns"), Some("self"));
        assert_eq!(ns_dir_of("/proc/7/ns/"), Some("7"));
        for path in ["/proc/self/ns/uts", "/proc/ns", "/tmp/proc/self/ns", "/proc/-1/ns", "/proc/1/task/1/ns"] {
            assert_eq!(ns_dir_of(path), None, "{path}");
        }
    }
}
