//! `cgroup move`: move one process of the bench, or one thread, into a cgroup of the subject's. write(2) to cgroup.procs or cgroup.threads.

use super::ground::make_dirs;
use super::{NAME, charge_note, counts_memory, ground};
use crate::command::{Args, Card, Count, Equivalent, Example, Kind, Man, Outside, Param, Primitive, Run, Said, Stop};
use crate::model::{Msg, NoteKind, Text};
use crate::observe::cgroup::{Hierarchy, Version};
use std::path::Path;

/// The card.
pub const CARD: Card = Card {
    name: "cgroup move",
    args: &[
        Param {
            name: "PID",
            kind: Kind::Pid,
            count: Count::One,
            about: Text {
                en: "as the host counts (`ps`), or self: the subject",
                zh: "以主机所见为准（见 `ps`），或 self：被观察进程",
            },
        },
        NAME,
        Param {
            name: "--thread",
            kind: Kind::Flag,
            count: Count::Optional,
            about: Text {
                en: "only that thread: cgroup.threads (v2, threaded) or tasks (v1)",
                zh: "只移动该线程：cgroup.threads（v2 线程化模式）或 tasks（v1）",
            },
        },
    ],
    primitive: Primitive::Write("cgroup.procs"),
    man: &[Man("cgroups", 7)],
    own: &[],
    summary: Text { en: "move one process, or one thread, into a cgroup", zh: "把一个进程或一个线程移入 cgroup" },
    explain: Text {
        en: "One PID, one write to cgroup.procs of NAME, a cgroup below the subject's own: the process moves with all its threads, its children stay, and so does the memory that it has been charged for. With `--thread` \
             only the thread of that number moves: on v1 always (file tasks), on v2 only between threaded cgroups of one domain (`cgroup set cgroup.type threaded`), else the answer is EOPNOTSUPP. Only the bench's own \
             processes are moved.",
        zh: "一个 PID，向 NAME（被观察进程自己的 cgroup 之下的一个）的 cgroup.procs 写一次：进程连同其全部线程移动，子进程留在原处，已计费的内存也留在原处。加 `--thread` 则只移动该编号的线程：v1 上总是可以（文件 tasks），\
             v2 上只能在同一个域的线程化 cgroup 之间移动（`cgroup set cgroup.type threaded`），否则得到 EOPNOTSUPP。只会移动实验台自己的进程。",
    },
    equivalents: &[
        Equivalent { tool: "sh", line: "echo PID > /sys/fs/cgroup/box/cgroup.procs" },
        Equivalent { tool: "cgclassify(1)", line: "cgclassify -g memory:box PID" },
    ],
    examples: &[
        Example { after: "cgroup new web", line: "cgroup move self web", shows: "/web/cgroup.procs>", needs: "root" },
        Example { after: "cgroup new web", line: "cgroup move 1 web", shows: "not a process of this bench", needs: "root" },
        Example { after: "", line: "cgroup move self nowhere", shows: "`cgroup new nowhere` makes it", needs: "root" },
        Example {
            after: "cgroup new web; cgroup set cgroup.type threaded --cgroup web; cgroup enter .",
            line: "cgroup move self web --thread",
            shows: "/web/cgroup.threads>",
            needs: "root cgroup2",
        },
    ],
    run: Run::Outside(run),
};

fn run(cx: &mut Outside<'_>, args: &Args) -> Result<Said, Stop> {
    let nested = super::named(args, "NAME")?.unwrap_or_default();
    let ground = ground(cx)?;
    if nested.is_home() {
        ground.prepare(cx.kernel, &cx.subject, ground.first())?;
    } else if ground.dirs(&cx.subject, &nested).is_empty() {
        return Err(Stop::Unfit(super::nested::no_such(&nested)));
    }
    let pid = args.opt("PID").and_then(|word| word.parse().ok()).unwrap_or(cx.subject.pid());
    let sits = ground.hierarchies.of_process(Path::new(super::ground::PROC), pid).is().cloned().unwrap_or_default();
    let (mut memory, mut moved) = (None, false);
    // On v1 one and the same cgroup is a directory in each tree where the subject has its own.
    for one in &ground.hierarchies.all {
        let Some(home) = ground.home(one, &cx.subject) else { continue };
        let dir = home.join(&nested.0);
        make_dirs(cx.kernel, &dir)?;
        if sits.get(&one.key) == Some(&dir) {
            continue;
        }
        moved = true;
        match args.flag("--thread") {
            true => cx.kernel.write_file(&dir.join(threads_file(one)), &pid.to_string())?,
            false => cx.kernel.join_cgroup(&dir, pid)?,
        }
        if counts_memory(one, &dir) {
            memory = Some(dir);
        }
    }
    let said = charge_note(cx, Said::nothing(), memory.as_deref());
    Ok(match moved {
        true => said,
        false => said.note(NoteKind::Unchanged, Msg::new(format!("{pid} sits there already"), format!("{pid} 已经在那里"))),
    })
}

/// The file that lists threads, and moves one that is written to it.
pub(super) fn threads_file(hierarchy: &Hierarchy) -> &'static str {
    match hierarchy.version {
        Version::V1 => "tasks",
        Version::V2 => "cgroup.threads",
    }
}
