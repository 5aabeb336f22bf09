//! `cgroup threads`: the threads of a cgroup, and its type. Reads cgroup.threads and cgroup.type; on cgroup v1 tasks.

use super::move_to::threads_file;
use super::{AT, ground};
use crate::command::{Args, Card, Equivalent, Example, Man, Outside, Primitive, Run, Said, Stop};
use crate::model::{Cell, Mark, Msg, Seen, Text, errno_name};
use crate::observe::cgroup::{Hierarchy, Version};
use crate::observe::process::read;
use nix::errno::Errno;
use std::path::Path;

/// The card.
pub const CARD: Card = Card {
    name: "cgroup threads",
    args: &[AT],
    primitive: Primitive::Read("cgroup.threads"),
    man: &[Man("cgroups", 7)],
    own: &[],
    summary: Text {
        en: "the threads of a cgroup, and whether it is threaded", zh: "cgroup 中的线程，以及它是否为线程化模式"
    },
    explain: Text {
        en: "cgroup v2 keeps the threads of a process together, for memory belongs to the process. Where only CPU, cpuset, pids or perf_event matter, a subtree can be made threaded: `threaded` written to a child's \
             cgroup.type (there is no way back) makes its parent the *threaded domain*, and threads of one process may then sit in different cgroups of it (`cgroup move PID NAME --thread`). In a threaded cgroup cgroup.procs \
             cannot be read (EOPNOTSUPP), and a child made below one is `domain invalid` until it is threaded, too. cgroup v1 always moved single threads, which is why its memory counts could not be trusted.",
        zh: "cgroup v2 让一个进程的线程待在一起，因为内存属于进程。如果只关心 CPU、cpuset、pids 或 perf_event，可以把一棵子树变成线程化的：向子 cgroup 的 cgroup.type 写入 threaded（不可撤回），\
             它的父 cgroup 就成为*线程化域*，同一进程的线程可以分处其中不同的 cgroup（`cgroup move PID NAME --thread`）。线程化 cgroup 的 cgroup.procs 不能读（EOPNOTSUPP），其下新建的子 cgroup 在也变成线程化之前是 \
             domain invalid。cgroup v1 一直可以移动单个线程，它的内存统计因此不可靠。",
    },
    equivalents: &[Equivalent { tool: "sh", line: "cat /sys/fs/cgroup/box/cgroup.type /sys/fs/cgroup/box/cgroup.threads" }],
    examples: &[
        Example { after: "cgroup new web; cgroup enter web", line: "cgroup threads", shows: "/web", needs: "root" },
        Example {
            after: "cgroup new web; cgroup set cgroup.type threaded --cgroup web",
            line: "cgroup threads --cgroup web",
            shows: "threaded",
            needs: "root cgroup2",
        },
        Example {
            after: "cgroup new web; cgroup set cgroup.type threaded --cgroup web; cgroup new web/db",
            line: "cgroup threads --cgroup web/db",
            shows: "domain invalid",
            needs: "root cgroup2",
        },
    ],
    run: Run::Shell(run),
};

fn run(cx: &mut Outside<'_>, args: &Args) -> Result<Said, Stop> {
    let ground = ground(cx)?;
    let nested = super::named(args, "--cgroup")?;
    let dirs = ground.looked_at(&cx.subject, nested.as_ref())?;
    let own = ground.own_of(&cx.subject, &dirs);
    let shown = if own.is_empty() { &dirs } else { &own };
    let row = |one: &Hierarchy| shown.get(&one.key).map(|dir| row(one, dir));
    let head =
        vec![Msg::new("cgroup", "cgroup"), Msg::new("type", "类型"), Msg::new("threads", "线程"), Msg::new("processes", "进程")];
    Ok(Said::grid(head, ground.hierarchies.all.iter().filter_map(row).collect()))
}

fn row(hierarchy: &Hierarchy, dir: &Path) -> Vec<Cell> {
    let kind = match hierarchy.version {
        Version::V1 => Cell::msg(Msg::new("v1: threads move freely", "v1：线程可任意移动")).mark(Mark::Dim),
        Version::V2 => match read(&dir.join("cgroup.type")) {
            Seen::Is(text) => Cell::new(text.trim()).mark(if text.trim() == "domain" { Mark::Plain } else { Mark::Own }),
            Seen::Not { .. } => Cell::msg(Msg::new("root", "根")).mark(Mark::Dim),
        },
    };
    let list = |file: &str| match read(&dir.join(file)) {
        Seen::Is(text) => {
            let all: Vec<&str> = text.lines().collect();
            let more = if all.len() > 8 { format!(" … ({})", all.len()) } else { String::new() };
            Cell::new(all.iter().take(8).copied().collect::<Vec<_>>().join(" ") + &more)
        }
        Seen::Not { errno, .. } => Cell::new(errno_name(Errno::from_raw(errno))).mark(Mark::Bad),
    };
    vec![Cell::new(dir.display().to_string()), kind, list(threads_file(hierarchy)), list("cgroup.procs")]
}
