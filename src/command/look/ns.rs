//! `ns`: all namespaces of this machine, with parent and owner. readlink(2) over /proc, ioctl_ns(2).

use super::diff::find;
use super::ps;
use crate::command::{Args, Card, Count, Equivalent, Example, Kind, Man, Outside, Param, Primitive, Run, Said, Stop};
use crate::model::{Cell, Mark, Msg, NoteKind, NsId, NsKind, Seen, Text, errno_name};
use crate::observe::census::{Mounted, Namespace, census, lonely};
use nix::errno::Errno;
use std::os::fd::AsFd;
use std::path::Path;

/// The card.
pub const CARD: Card = Card {
    name: "ns",
    args: &[
        Param {
            name: "NS", kind: Kind::Ns, count: Count::Any, about: Text { en: "only these kinds", zh: "只显示这些种类" }
        },
        Param {
            name: "WHO",
            kind: Kind::Target,
            count: Count::Optional,
            about: Text {
                en: "only those of this process: a PID as the host counts, a subject's name, self",
                zh: "只显示这个进程所在的：主机看到的 PID、被观察进程的名字，或 self",
            },
        },
        Param {
            name: "--kept",
            kind: Kind::Flag,
            count: Count::Optional,
            about: Text {
                en: "only those without a process, which a mount or a pin keeps",
                zh: "只显示没有进程、由挂载或 pin 保持的",
            },
        },
    ],
    primitive: Primitive::Read("/proc/*/ns"),
    man: &[Man("lsns", 8), Man("namespaces", 7), Man("ioctl_ns", 2)],
    own: &[],
    summary: Text { en: "all namespaces of this machine", zh: "列出本机所有命名空间" },
    explain: Text {
        en: "Every namespace that a process is in, that a mount keeps alive, or that is the parent or owner of one of these. \
             PID is the lowest in it. Parent: user and PID namespaces are nested. Owner: the user namespace in which one needs capabilities to change it. \
             A dash: there is none, or none that the observer may see. Mounts of every mount namespace count that has a process. What only an open file holds \
             is not found here, but for the pins: `fd` lists it.",
        zh: "所有有进程在其中、被挂载保持、或是它们的父级或所有者的命名空间。PID 为其中最小的进程号。父级：用户与 PID 命名空间是嵌套的。\
             所有者：要改动该命名空间，须在这个用户命名空间中拥有权能。短横表示没有，或观察者看不到。有进程的每个挂载命名空间中的挂载都计入。仅由打开的文件描述符保持的命名空间这里查不到（pin 除外），见 `fd`。",
    },
    equivalents: &[
        Equivalent {
            tool: "lsns(8)",
            line: "lsns -o NS,TYPE,NPROCS,PID,UID,PNS,ONS,COMMAND; lsns -t net; lsns -p PID; lsns --persistent",
        },
        Equivalent { tool: "ip(8)", line: "ip netns list; ip netns identify PID" },
    ],
    examples: &[
        Example { after: "", line: "ns uts", shows: "uts", needs: "" },
        Example { after: "unshare user uts", line: "ns user", shows: "subject a", needs: "userns" },
        Example { after: "unshare user uts", line: "ns uts a", shows: "subject a", needs: "userns" },
        Example { after: "unshare uts; pin uts keep; reset", line: "ns --kept", shows: "pin keep", needs: "root" },
        Example {
            after: "unshare mnt; mount private -r /; mount tmpfs /mnt; write /mnt/blue; unshare net; mount bind /proc/self/ns/net /mnt/blue; unshare net",
            line: "ns net --kept",
            shows: "mounted at /mnt/blue",
            needs: "root",
        },
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
    let who = args.opt("WHO").map(|word| find(cx, word)).transpose()?;
    let of_who = |ns: &Namespace| who.as_ref().is_none_or(|seen| seen.namespaces().any(|one| one == (ns.kind, ns.id)));
    let pinned = cx.pins.iter().filter(|pin| !found.namespaces.iter().any(|ns| (ns.kind, ns.id) == (pin.kind, pin.id)));
    let pinned: Vec<Namespace> = pinned.map(|pin| lonely(pin.kind, pin.id, pin.fd.as_fd())).collect();
    let kept = |ns: &Namespace| ns.processes == 0 && (!ns.mounts.is_empty() || pin(ns, cx).is_some());
    let mut wanted: Vec<&Namespace> = found.namespaces.iter().chain(&pinned).filter(|ns| of_who(ns)).collect();
    wanted.retain(|ns| (kinds.is_empty() || kinds.contains(&ns.kind)) && (!args.flag("--kept") || kept(ns)));
    wanted.sort_by_key(|ns| (ns.kind, ns.id.ino));
    if wanted.is_empty() {
        return Ok(Said::nothing().note(NoteKind::Did, Msg::new("there is none", "没有")));
    }
    let mut said = Said::grid(head, wanted.into_iter().map(|ns| row(ns, cx)).collect());
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
    let command = match (leader, pin(ns, cx)) {
        (Some(leader), _) => match ps::role(leader.pid, cx) {
            Some(role) => Cell::msg(role),
            None => Cell::new(leader.command.is().cloned().unwrap_or_default()),
        },
        (None, Some(name)) => Cell::new(format!("pin {name}")).mark(Mark::Dim),
        (None, None) if ns.mounts.is_empty() => {
            Cell::msg(Msg::new("only its children or property", "仅有子级或所属对象")).mark(Mark::Dim)
        }
        (None, None) => {
            let (en, zh): (Vec<String>, Vec<String>) = ns.mounts.iter().map(|mount| place(mount, cx)).unzip();
            let (en, zh) = (en.join(" "), zh.join(" "));
            Cell::msg(Msg::new(format!("mounted at {en}"), format!("挂载于 {zh}"))).mark(Mark::Dim)
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

/// `/mnt/blue in mnt:[a1]`
fn place(mount: &Mounted, cx: &Outside<'_>) -> (String, String) {
    let Some(within) = mount.within else { return (mount.point.clone(), mount.point.clone()) };
    let within = cx.names.shown(NsKind::Mnt, within).unwrap_or_else(|| format!("mnt:[{}]", within.ino));
    (format!("{} in {within}", mount.point), format!("{}（在 {within} 中）", mount.point))
}

/// The pin that holds it.
fn pin<'a>(ns: &Namespace, cx: &'a Outside<'_>) -> Option<&'a str> {
    cx.pins.iter().find(|pin| (pin.kind, pin.id) == (ns.kind, ns.id)).map(|pin| pin.name.as_str())
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
