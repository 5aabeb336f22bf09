//! `load cpu`: processes that compute and do nothing else. Built-in work in a child.

use super::{Meter, Outcome};
use crate::command::{Args, Card, Count, Equivalent, Example, Inside, Kind, Man, Param, Primitive, Run, Said, Stop};
use crate::kernel;
use crate::model::{Msg, NoteKind, Text};
use nix::errno::Errno;
use nix::sys::resource::{UsageWho, getrusage};
use std::time::{Duration, Instant};

/// How long, where nothing else is said.
const SECONDS: u64 = 2;
/// Not more processes than this.
const MOST: u64 = 256;

/// The card.
pub const CARD: Card = Card {
    name: "load cpu",
    args: &[
        Param {
            name: "N",
            kind: Kind::Number,
            count: Count::One,
            about: Text { en: "so many processes, at most 256", zh: "进程个数，最多 256" },
        },
        Param {
            name: "SECONDS",
            kind: Kind::Number,
            count: Count::Optional,
            about: Text { en: "how long; 2 without it", zh: "持续秒数；省略则为 2" },
        },
    ],
    primitive: Primitive::Syscall("clone3"),
    man: &[Man("cgroups", 7), Man("sched", 7), Man("getrusage", 2)],
    own: &[],
    summary: Text { en: "use CPU time, and see how much one gets", zh: "占用 CPU 时间，看看能得到多少" },
    explain: Text {
        en: "A child of the subject forks N processes that compute for SECONDS, and adds up the CPU time that they got (getrusage(2)). With cpu.max \
             they are throttled: the clock goes on, the CPU time does not. cpu.weight shows only when others want the same CPUs.",
        zh: "由被观察进程的一个子进程 fork 出 N 个进程，计算 SECONDS 秒，再汇总它们得到的 CPU 时间（getrusage(2)）。设了 cpu.max 时它们会被限流：\
             时钟照走，CPU 时间不走。cpu.weight 只有在别的进程争用同样的 CPU 时才看得出来。",
    },
    equivalents: &[Equivalent { tool: "stress-ng(1)", line: "stress-ng --cpu 2 --timeout 2s" }],
    examples: &[
        Example { after: "", line: "load cpu 1 1", shows: "of CPU time", needs: "" },
        Example { after: "cgroup set cpu.max '10000 100000'", line: "load cpu 1 1", shows: ": 0.", needs: "root cgroup:cpu" },
    ],
    run: Run::Inside(run),
};

fn run(cx: &mut Inside<'_>, args: &Args) -> Result<Said, Stop> {
    let (number, seconds) = (args.number("N").unwrap_or(1), args.number("SECONDS").unwrap_or(SECONDS));
    if !(1..=MOST).contains(&number) {
        return Err(Stop::Usage(Msg::new(format!("N is a number from 1 to {MOST}"), format!("N 应为 1 到 {MOST} 的数字"))));
    }
    let start = Instant::now();
    let outcome = super::run(cx, &format!("load cpu {number}"), &|meter| compute(meter, number, Duration::from_secs(seconds)))?;
    let clock = start.elapsed().as_secs_f64();
    let (stopped, done) = (outcome.stopped() || outcome.done == 0, outcome.done as f64 / 1e6);
    let Outcome { said, errno, .. } = outcome;
    if stopped {
        return Ok(said);
    }
    let share = done / clock.max(0.001);
    let said = said.note(
        NoteKind::Did,
        Msg::new(
            format!("in {clock:.1} s they got {done:.2} s of CPU time: {share:.1} CPUs, where one each was wanted for {number}"),
            format!("{clock:.1} 秒内得到 {done:.2} 秒 CPU 时间，相当于 {share:.1} 个 CPU；{number} 个进程各想占用一个"),
        ),
    );
    Ok(match errno {
        Some(errno) => said.note(
            NoteKind::Careful,
            Msg::new(format!("not all could be forked: {errno:?}"), format!("未能 fork 出全部进程：{errno:?}")),
        ),
        None => said,
    })
}

fn compute(meter: &Meter, number: u64, time: Duration) -> i32 {
    let end = Instant::now() + time;
    let mut failed = None;
    for _ in 0..number {
        if let Err(errno) = kernel::fork_worker(|| spin(end)) {
            failed = Some(errno);
            break;
        }
    }
    while !matches!(nix::sys::wait::wait(), Err(Errno::ECHILD)) {}
    let used = getrusage(UsageWho::RUSAGE_CHILDREN);
    let micros = used.map_or(0, |used| {
        let (user, system) = (used.user_time(), used.system_time());
        (user.tv_sec() + system.tv_sec()) as u64 * 1_000_000 + (user.tv_usec() + system.tv_usec()) as u64
    });
    match failed {
        Some(errno) => meter.failed(micros, errno),
        None => {
            meter.done(micros);
            0
        }
    }
}

fn spin(end: Instant) -> i32 {
    let mut number = 1u64;
    while Instant::now() < end {
        for _ in 0..100_000 {
            number = std::hint::black_box(number.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1));
        }
    }
    0
}
