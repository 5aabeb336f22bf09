//! `load procs`: many processes at once, until a limit says no. Built-in work in a child; fork(2).

use super::{Meter, Outcome};
use crate::command::{Args, Card, Count, Equivalent, Example, Inside, Kind, Man, Param, Primitive, Run, Said, Stop};
use crate::kernel;
use crate::model::{Msg, NoteKind, Text, errno_name};
use crate::observe::process::read;
use nix::errno::Errno;
use nix::sys::signal::{SigHandler, Signal};
use std::path::Path;

/// Not more than this: without a limit it is the machine that runs out.
const MOST: u64 = 4096;

/// The card.
pub const CARD: Card = Card {
    name: "load procs",
    args: &[Param {
        name: "N",
        kind: Kind::Number,
        count: Count::One,
        about: Text { en: "so many processes, at most 4096", zh: "进程个数，最多 4096" },
    }],
    primitive: Primitive::Syscall("clone3"),
    man: &[Man("fork", 2), Man("cgroups", 7), Man("getrlimit", 2)],
    own: &[],
    summary: Text { en: "make processes, until a limit says no", zh: "创建进程，直到触及限制" },
    explain: Text {
        en: "A child of the subject forks N processes that sleep, until fork(2) fails, then ends them all. At pids.max the kernel answers EAGAIN; \
             the limit counts all processes and threads of the cgroup and below, so the subject and the child count, too.",
        zh: "由被观察进程的一个子进程 fork 出 N 个睡眠进程，直到 fork(2) 失败，然后全部结束。达到 pids.max 时内核返回 EAGAIN；\
             这个限制统计 cgroup 及其下的所有进程和线程，因此被观察进程和那个子进程也算在内。",
    },
    equivalents: &[Equivalent { tool: "stress-ng(1)", line: "stress-ng --fork 1 --fork-max 50" }],
    examples: &[
        Example { after: "", line: "load procs 5", shows: "5 processes were there at once", needs: "" },
        Example {
            after: "cgroup set pids.max 10",
            line: "load procs 50",
            shows: "8 of 50, then EAGAIN",
            needs: "root cgroup:pids",
        },
    ],
    run: Run::Inside(run),
};

fn run(cx: &mut Inside<'_>, args: &Args) -> Result<Said, Stop> {
    let number = args.number("N").unwrap_or(1);
    if !(1..=MOST).contains(&number) {
        return Err(Stop::Usage(Msg::new(format!("N is a number from 1 to {MOST}"), format!("N 应为 1 到 {MOST} 的数字"))));
    }
    let outcome = super::run(cx, &format!("load procs {number}"), &|meter| fork_all(meter, number))?;
    let Outcome { said, done, errno } = outcome;
    Ok(match errno {
        Some(errno) => {
            let name = errno_name(errno);
            let limit = reached(done);
            said.note(
                NoteKind::Careful,
                Msg::new(
                    format!("{done} of {number}, then {name}: {}. All of them have been ended again", limit.en),
                    format!("{number} 个中创建了 {done} 个，随后 {name}：{}。它们都已结束", limit.zh),
                ),
            )
        }
        None if done == number => said.note(
            NoteKind::Did,
            Msg::new(
                format!("{number} processes were there at once; all have been ended again"),
                format!("同时存在过 {number} 个进程；现已全部结束"),
            ),
        ),
        None => said,
    })
}

/// Which limit so many processes have reached, as far as it can be told from inside.
fn reached(done: u64) -> Msg {
    let pid_max = read(Path::new("/proc/sys/kernel/pid_max"));
    match pid_max.is().and_then(|text| text.trim().parse::<u64>().ok()) {
        // A few numbers are taken by those that were there before.
        Some(most) if done + done / 10 + 10 >= most => Msg::new(
            format!("no number is free below kernel.pid_max ({most}), which is the PID namespace's own since Linux 6.14"),
            format!("kernel.pid_max（{most}）之下已没有空闲的 PID；Linux 6.14 起它属于各个 PID 命名空间"),
        ),
        _ => Msg::new("pids.max of the cgroup, or RLIMIT_NPROC", "cgroup 的 pids.max 或 RLIMIT_NPROC 所致"),
    }
}

/// A limit that is met is what was asked for: the exit status is 0.
fn fork_all(meter: &Meter, number: u64) -> i32 {
    let mut made = Vec::new();
    let mut failed = None;
    while (made.len() as u64) < number && failed.is_none() {
        match kernel::fork_worker(sleep) {
            Ok(pid) => made.push(pid),
            Err(errno) => failed = Some(errno),
        }
    }
    for pid in &made {
        // They are our children and nobody has asked for them: the PID is still theirs.
        let _ = kernel::plumbing_kill(*pid, libc::SIGKILL);
    }
    while !matches!(nix::sys::wait::wait(), Err(Errno::ECHILD)) {}
    match failed {
        Some(errno) => _ = meter.failed(made.len() as u64, errno),
        None => meter.done(made.len() as u64),
    }
    0
}

fn sleep() -> i32 {
    kernel::handle_signal(Signal::SIGINT, SigHandler::SigDfl);
    loop {
        nix::unistd::pause();
    }
}
