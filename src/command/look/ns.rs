//! `ns`: all namespaces of this machine, with parent and owner. readlink(2) over /proc, ioctl_ns(2).

use super::ps;
use crate::command::{Args, Card, Count, Equivalent, Example, Kind, Man, Outside, Param, Primitive, Run, Said, Stop};
use crate::model::{Cell, Mark, Msg, NoteKind, NsId, NsKind, Seen, Text, errno_name};
use crate::observe::census::{Namespace, census};
use nix::errno::Errno;
use std::path::Path;

/// The card.
pub const CARD: Card = Card {
    name: "ns",
    args: &[Param {
        name: "NS",
        kind: Kind::Ns,
        count: Count::Any,
        about: Text { en: "only these kinds", zh: "只显示这些种类" },
    }],
    primitive: Primitive::Read("/proc/*/ns"),
    man: &[Man("lsns", 8), Man("namespaces", 7), Man("ioctl_ns", 2)],
    own: &[],
    summary: Text { en: "all namespaces of this machine", zh: "列出本机所有命名空间" },
    explain: Text {
        en: "Every namespace that a process is in, that a mount keeps alive, or that is the parent or owner of one of these. \
             PID is the lowest in it. Parent: user and PID namespaces are nested. Owner: the user namespace in which one needs capabilities to change it. \
             A dash: there is none, or none that the observer may see. Namespaces that only an open file holds are not found.",
        zh: "所有有进程在其中、被挂载保持、或是它们的父级或所有者的命名空间。PID 为其中最小的进程号。父级：用户与 PID 命名空间是嵌套的。\
             所有者：要改动该命名空间，须在这个用户命名空间中拥有权能。短横表示没有，或观察者看不到。仅由打开的文件描述符保持的命名空间查不到。",
    },
    equivalents: &[Equivalent { tool: "lsns(8)", line: "lsns -o NS,TYPE,NPROCS,PID,UID,PNS,ONS,COMMAND" }],
    examples: &[
        Example { after: "", line: "ns uts", shows: "uts", needs: "" },
        Example { after: "unshare user uts", line: "ns user", shows: "subject a", needs: "userns" },
    ],
    run: Run::Shell(run),
};

fn run(cx: &mut Outside<'_>, args: &Args) -> Result<Said, Stop> {
    let kinds = args.kinds("NS");
    let found = census(Path::new("/proc")).map_err(|errno| {
        let name = errno_name(errno);
        Stop::Unfit(Msg::new(
            format!("/proc: {name}, it cannot be listed; is it mounted?"),
            format!("/proc：{name}，无法列出；它挂载了吗？"),
        ))
    })?;
    let head = vec![
        Msg::new("kind", "种类"),
        Msg::new("id", "编号"),
        Msg::new("name", "名称"),
        Msg::new("processes", "进程数"),
        Msg::same("PID"),
        Msg::same("UID"),
        Msg::new("parent", "父级"),
        Msg::new("owner", "所有者"),
        Msg::new("command", "命令"),
    ];
    let wanted = found.namespaces.iter().filter(|ns| kinds.is_empty() || kinds.contains(&ns.kind));
    let mut said = Said::grid(head, wanted.map(|ns| row(ns, cx)).collect());
    for (errno, count) in &found.unread {
        let name = errno_name(Errno::from_raw(*errno));
        said = said.note(
            NoteKind::Careful,
            Msg::new(
                format!("processes that the observer may not look into: {count} ({name}, ptrace(2)). Their namespaces are missing here or counted short"),
                format!("观察者无权查看的进程：{count} 个（{name}，见 ptrace(2)）。它们的命名空间可能缺失或计数偏少"),
            ),
        );
    }
    Ok(said)
}

fn row(ns: &Namespace, cx: &Outside<'_>) -> Vec<Cell> {
    let leader = ns.leader.as_ref();
    let uid = leader.and_then(|leader| leader.uid.is()).map(ToString::to_string).unwrap_or_default();
    let command = match leader {
        Some(leader) => match ps::role(leader.pid, cx) {
            Some(role) => Cell::msg(role),
            None => Cell::new(leader.command.is().cloned().unwrap_or_default()),
        },
        None if ns.mounts.is_empty() => {
            Cell::msg(Msg::new("only its children or property", "仅有子级或所属对象")).mark(Mark::Dim)
        }
        None => {
            let at = ns.mounts.join(" ");
            Cell::msg(Msg::new(format!("mounted at {at}"), format!("挂载于 {at}"))).mark(Mark::Dim)
        }
    };
    let mark = mark(ns.kind, ns.id, cx);
    vec![
        Cell::new(ns.kind.name()).mark(mark),
        Cell::new(ns.id.ino.to_string()).mark(mark),
        Cell::new(cx.names.name(ns.kind, ns.id).unwrap_or_default()).mark(mark),
        Cell::new(ns.processes.to_string()),
        Cell::new(leader.map(|leader| leader.pid.to_string()).unwrap_or_default()),
        Cell::new(uid),
        ns.parent.as_ref().map(|parent| related(ns.kind, parent, cx)).unwrap_or_default(),
        related(NsKind::User, &ns.owner, cx),
        command,
    ]
}

fn related(kind: NsKind, seen: &Seen<NsId>, cx: &Outside<'_>) -> Cell {
    match seen {
        Seen::Is(id) => Cell::new(cx.names.name(kind, *id).map_or_else(|| id.ino.to_string(), str::to_string)),
        Seen::Not { errno, .. } if *errno == Errno::EPERM as i32 => Cell::new("-").mark(Mark::Dim),
        Seen::Not { errno, .. } => Cell::new(errno_name(Errno::from_raw(*errno))).mark(Mark::Warn),
    }
}

/// A subject's own stands out.
fn mark(kind: NsKind, id: NsId, cx: &Outside<'_>) -> Mark {
    let of_subject = cx.subjects.iter().any(|subject| subject.seen.ns_id(kind) == Some(id));
    match (cx.host.get(&kind) == Some(&id), of_subject) {
        (true, _) => Mark::Host,
        (false, true) => Mark::Own,
        (false, false) => Mark::Plain,
    }
}
