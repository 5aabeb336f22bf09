//! `isolation`: what separates a process from the host: namespaces, IDs, rights, limits, root, filters. Reads /proc/PID and its cgroups.

use super::aspects::{Aspect, aspects};
use super::diff::{find, walls_of};
use crate::command::{Args, Card, Count, Equivalent, Example, Kind, Man, Outside, Param, Primitive, Run, Said, Stop};
use crate::model::{Block, Cell, Grid, Mark, Msg, Names, NoteKind, NsKind, Snapshot, Text, Walls};
use crate::observe::isolation::walls;
use std::path::Path;

/// The card.
pub const CARD: Card = Card {
    name: "isolation",
    args: &[Param {
        name: "WHO",
        kind: Kind::Target,
        count: Count::Optional,
        about: Text {
            en: "a PID as the host counts, a subject's name; without it the subject",
            zh: "主机看到的 PID、被观察进程的名字；省略则为当前被观察进程",
        },
    }],
    primitive: Primitive::Read("/proc/PID"),
    man: &[Man("namespaces", 7), Man("capabilities", 7), Man("cgroups", 7), Man("seccomp", 2)],
    own: &[],
    summary: Text { en: "what separates a process from the host", zh: "一个进程与主机之间隔着什么" },
    explain: Text {
        en: "A container is nothing but a process with these walls around it. Namespaces say what it sees, the cgroup what it may use up, capabilities, seccomp, \
             no_new_privs and security modules what it may do, the root directory where its files begin. It works for any process: one of docker's as well. \
             Limits of a cgroup above hold, too. Landlock rules cannot be read from outside; those of this session's own lines are known.",
        zh: "容器无非是四周有这些墙的进程。命名空间决定它看到什么，cgroup 决定它能用多少，权能、seccomp、no_new_privs 与安全模块决定它能做什么，根目录决定它的文件从哪里开始。\
             对任何进程都有效，也包括 docker 的。上级 cgroup 的限额同样生效。Landlock 规则无法从外部读取，只知道本会话自己的命令所加的。",
    },
    equivalents: &[
        Equivalent {
            tool: "lsns(8)",
            line: "lsns -p PID; grep -E 'Cap|Seccomp|NoNewPrivs' /proc/PID/status; cat /proc/PID/cgroup",
        },
        Equivalent { tool: "docker", line: "docker inspect CONTAINER (what was asked for, not what is)" },
    ],
    examples: &[
        Example { after: "", line: "isolation", shows: "no wall", needs: "root" },
        Example { after: "unshare user uts", line: "isolation", shows: "user uts", needs: "userns" },
        Example { after: "cgroup set pids.max 9", line: "isolation a", shows: "pids.max", needs: "root cgroup:pids" },
    ],
    run: Run::Shell(run),
};

fn run(cx: &mut Outside<'_>, args: &Args) -> Result<Said, Stop> {
    let seen = match args.opt("WHO") {
        None => cx.subject.seen.clone(),
        Some(word) => find(cx, word)?,
    };
    let its = walls_of(seen);
    let rows = rows(&its, &walls(Path::new("/proc"), std::process::id() as i32), cx.names);
    let landlock = landlock(cx, &its.seen);
    let walls = rows.iter().filter(|row| row.stands == Stands::Apart).count() + usize::from(landlock.is_some());
    let mut cells: Vec<Vec<Cell>> = rows.into_iter().map(Row::cells).collect();
    cells.extend(landlock);
    // Without a head the second column wraps: sets of capabilities are long.
    let said = Said::nothing().show(Block::Grid(Grid { head: Vec::new(), rows: cells }));
    let all_read = NsKind::ALL.into_iter().all(|kind| its.seen.ns_id(kind).is_some());
    Ok(match walls {
        0 if all_read => {
            said.note(NoteKind::Did, Msg::new("no wall: a process of the host like any other", "没有墙：与主机上其他进程无异"))
        }
        _ => said,
    })
}

/// One aspect, as it stands to the observer's.
pub struct Row {
    what: Msg,
    is: Msg,
    stands: Stands,
}

/// Is it a wall?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stands {
    Apart,
    Alike,
    Unread,
}

impl Row {
    fn cells(self) -> Vec<Cell> {
        let mark = match self.stands {
            Stands::Apart => Mark::Own,
            Stands::Alike => Mark::Dim,
            Stands::Unread => Mark::Warn,
        };
        vec![Cell::msg(self.what), Cell::msg(self.is).mark(mark)]
    }
}

/// What separates a process from the observer: those aspects that differ, that could not be read, and those that one looks for in any case.
pub fn rows(of: &Walls, home: &Walls, names: &Names) -> Vec<Row> {
    let theirs = aspects(home, home, names);
    let row = |one: Aspect| {
        let stands = match (one.known, one.differs(&theirs)) {
            (false, _) => Stands::Unread,
            (_, true) => Stands::Apart,
            _ => Stands::Alike,
        };
        (one.always || stands == Stands::Apart).then_some(Row { what: one.what, is: one.is, stands })
    };
    let single = aspects(of, home, names).into_iter().filter(|one| !one.key.starts_with("ns."));
    std::iter::once(namespaces(&of.seen, names)).chain(single.filter_map(row)).collect()
}

fn namespaces(seen: &Snapshot, names: &Names) -> Row {
    let of = |wanted: &dyn Fn(NsKind) -> bool| {
        NsKind::ALL.into_iter().filter(|kind| wanted(*kind)).map(NsKind::name).collect::<Vec<_>>().join(" ")
    };
    let own = of(&|kind| seen.ns_id(kind).is_some_and(|id| !names.is_host(kind, id)));
    let unread = of(&|kind| seen.ns_id(kind).is_none());
    let is = match (own.is_empty(), unread.is_empty()) {
        (true, true) => Msg::new("all the host's", "全是主机的"),
        (false, true) => Msg::new(format!("not the host's: {own}"), format!("不是主机的：{own}")),
        (true, false) => Msg::new(format!("cannot be read (ptrace(2)): {unread}"), format!("无法读取（ptrace(2)）：{unread}")),
        (false, false) => Msg::new(
            format!("not the host's: {own}; cannot be read (ptrace(2)): {unread}"),
            format!("不是主机的：{own}；无法读取（ptrace(2)）：{unread}"),
        ),
    };
    let stands = match (own.is_empty(), unread.is_empty()) {
        (false, _) => Stands::Apart,
        (true, true) => Stands::Alike,
        (true, false) => Stands::Unread,
    };
    Row { what: Msg::new("namespaces", "命名空间"), is, stands }
}

/// The Landlock rules that lines of this session put on the subject: a child has those of its parent (landlock(7)).
fn landlock(cx: &Outside<'_>, seen: &Snapshot) -> Option<Vec<Cell>> {
    let pids =
        cx.subjects.iter().find(|subject| subject.pid() == seen.pid && subject.name == cx.subject.name).map(|one| &one.pids)?;
    let lines = cx.steps.iter().filter(|step| step.command == "landlock" && pids.starts_with(&step.pids));
    let lines: Vec<&str> = lines.map(|step| step.line.trim()).collect();
    (!lines.is_empty()).then(|| vec![Cell::new("landlock"), Cell::new(lines.join("; ")).mark(Mark::Own)])
}
