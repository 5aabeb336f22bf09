//! `show ns`: the namespaces of a process and of its next children, and whose they are. readlink(2) in /proc/PID/ns.

use crate::command::{Args, Card, Count, Equivalent, Example, Kind, Man, Outside, Param, Primitive, Run, Said, Stop};
use crate::model::{Cell, Mark, Msg, NsId, NsKind, Seen, Snapshot, Text, errno_name};
use nix::errno::Errno;

/// The card.
pub const CARD: Card = Card {
    name: "show ns",
    args: &[Param {
        name: "NS",
        kind: Kind::Ns,
        count: Count::Any,
        about: Text { en: "only these kinds", zh: "只显示这些种类" },
    }],
    primitive: Primitive::Read("/proc/PID/ns"),
    man: &[Man("namespaces", 7), Man("proc_pid_ns", 5)],
    own: &[],
    summary: Text {
        en: "the subject's namespaces, and whose they are", zh: "被观察进程的命名空间，以及它们的归属"
    },
    explain: Text {
        en: "Each link of /proc/PID/ns names a namespace by its inode number: equal numbers, same namespace. pid_for_children and \
             time_for_children say where the next child will be born. Pending: that namespace begins with its first child. \
             Beside the number stands a name for people: host, a1 for the first of its kind that subject a made, ?1 for one that somebody else made.",
        zh: "/proc/PID/ns 中的每个链接用 inode 号标识一个命名空间：号码相同，就是同一个命名空间。pid_for_children 和 time_for_children \
             说明下一个子进程将出生在哪里。“待定”表示该命名空间随第一个子进程诞生。\
             编号旁边是便于人辨认的名字：host 是主机的，a1 是被观察进程 a 创建的第一个该类命名空间，?1 则由别人创建。",
    },
    equivalents: &[Equivalent { tool: "ls(1)", line: "ls -l /proc/PID/ns" }, Equivalent { tool: "lsns(8)", line: "lsns -p PID" }],
    examples: &[
        Example { after: "", line: "show ns uts", shows: "host", needs: "" },
        Example { after: "unshare uts", line: "show ns uts", shows: "own", needs: "root" },
        Example { after: "unshare pid", line: "show ns pid", shows: "pending", needs: "root" },
    ],
    run: Run::Shell(run),
};

fn run(cx: &mut Outside<'_>, args: &Args) -> Result<Said, Stop> {
    let kinds = match args.kinds("NS") {
        none if none.is_empty() => NsKind::ALL.to_vec(),
        some => some,
    };
    Ok(Said::grid(Vec::new(), rows(&cx.subject.seen, &kinds, cx)))
}

/// A row for each link: its name, the namespace, whose it is.
pub(super) fn rows(seen: &Snapshot, kinds: &[NsKind], cx: &Outside<'_>) -> Vec<Vec<Cell>> {
    let mut rows = Vec::new();
    for kind in kinds {
        if let Some(link) = seen.ns.get(kind) {
            rows.push(row(kind.name(), *kind, link, seen, cx));
        }
        if let (Some(name), Some(link)) = (kind.row().children, seen.next.get(kind)) {
            rows.push(row(name, *kind, link, seen, cx));
        }
    }
    rows
}

fn row(name: &str, kind: NsKind, link: &Seen<NsId>, of: &Snapshot, cx: &Outside<'_>) -> Vec<Cell> {
    let [id, named, whose] = match link {
        Seen::Is(id) => {
            let named = cx.names.shown(kind, *id).map(Cell::new).unwrap_or_default();
            [Cell::new(format!("{kind}:[{}]", id.ino)), named, whose(kind, *id, of, cx)]
        }
        Seen::Not { errno, .. } if *errno == Errno::ENOENT as i32 && name != kind.name() => [
            Cell::msg(Msg::new("pending", "待定")).mark(Mark::Own),
            Cell::default(),
            Cell::msg(Msg::new("begins with the next child", "随下一个子进程诞生")).mark(Mark::Dim),
        ],
        Seen::Not { errno, .. } => {
            [Cell::new(errno_name(Errno::from_raw(*errno))).mark(Mark::Warn), Cell::default(), Cell::default()]
        }
    };
    vec![Cell::new(name), id, named, whose]
}

/// `host`, `own`, or with which subjects it is shared.
fn whose(kind: NsKind, id: NsId, of: &Snapshot, cx: &Outside<'_>) -> Cell {
    if cx.host.get(&kind) == Some(&id) {
        return Cell::msg(Msg::new("host", "主机的")).mark(Mark::Host);
    }
    let others = cx.subjects.iter().filter(|other| other.pid() != of.pid);
    let sharing: Vec<&str> = others.filter(|other| other.seen.ns_id(kind) == Some(id)).map(|other| other.name.as_str()).collect();
    match sharing.as_slice() {
        [] => Cell::msg(Msg::new("own", "自己的")).mark(Mark::Own),
        names => {
            let names = names.join(" ");
            Cell::msg(Msg::new(format!("shared with {names}"), format!("与 {names} 共享"))).mark(Mark::Own)
        }
    }
}
