//! `sched policy`: how the scheduler treats a process. sched_setscheduler(2).

use crate::command::{Args, Card, Count, Equivalent, Example, Inside, Kind, Man, Param, Primitive, Run, Said, Stop};
use crate::kernel::{self, Policy};
use crate::model::{Msg, NoteKind, Text};

/// The highest priority of a real-time policy on Linux (sched(7)).
const MOST: u32 = 99;

/// The card.
pub const CARD: Card = Card {
    name: "sched policy",
    args: &[
        Param {
            name: "POLICY",
            kind: Kind::OneOf(&["other", "batch", "idle", "fifo", "rr"]),
            count: Count::Optional,
            about: Text { en: "without it, shows what it is", zh: "省略则显示现值" },
        },
        Param {
            name: "PRIORITY",
            kind: Kind::Number,
            count: Count::Optional,
            about: Text {
                en: "1 to 99, for fifo and rr (1 where left out)", zh: "1 到 99，用于 fifo 和 rr（省略则为 1）"
            },
        },
    ],
    primitive: Primitive::Syscall("sched_setscheduler"),
    man: &[Man("sched_setscheduler", 2), Man("sched", 7), Man("chrt", 1)],
    own: &[],
    summary: Text { en: "the subject's scheduling policy", zh: "被观察进程的调度策略" },
    explain: Text {
        en: "sched_setscheduler(2). other: a fair share, by nice value and cpu.weight. batch: the same, for who does not wait for a user. idle: what nobody else wants. fifo and rr are real-time: whoever \
             has the higher priority runs at once and until it waits, before all others and whatever cpu.max and cpu.weight say of fair tasks. They need CAP_SYS_NICE in the host's user namespace (that of one's own \
             does not count), or an RLIMIT_RTPRIO at least as high: EPERM else. On cgroup v1 with CONFIG_RT_GROUP_SCHED the cgroup must have been given real-time too (cpu.rt_runtime_us), EPERM as well. Children inherit the policy.",
        zh: "sched_setscheduler(2)。other：按 nice 值和 cpu.weight 公平分享。batch：同上，用于不等待用户的工作。idle：别人都不要的时间。fifo 和 rr 是实时策略：优先级高者立刻运行，\
             直到它自己等待为止，先于所有其他进程，也不受针对公平类任务的 cpu.max 和 cpu.weight 约束。需要主机用户命名空间中的 CAP_SYS_NICE（自己的用户命名空间中的不算），\
             或足够高的 RLIMIT_RTPRIO，否则为 EPERM。在启用 CONFIG_RT_GROUP_SCHED 的 cgroup v1 上，cgroup 也须先分到实时时间（cpu.rt_runtime_us），否则同样是 EPERM。子进程会继承策略。",
    },
    equivalents: &[
        Equivalent { tool: "chrt(1)", line: "chrt --batch 0 CMD; chrt --fifo 10 CMD" },
        Equivalent { tool: "docker", line: "docker run --cap-add SYS_NICE --ulimit rtprio=99 IMAGE" },
    ],
    examples: &[
        Example { after: "", line: "sched policy batch", shows: "sched_setscheduler(0, SCHED_BATCH, [0]) = 0", needs: "" },
        Example { after: "sched policy idle", line: "sched policy", shows: "SCHED_IDLE", needs: "" },
        Example { after: "unshare user; rlimit RTPRIO 0", line: "sched policy fifo 10", shows: "EPERM", needs: "userns" },
        Example { after: "", line: "sched policy batch 5", shows: "only fifo and rr have a priority", needs: "" },
        Example { after: "", line: "sched policy fifo 100", shows: "from 1 to 99", needs: "" },
    ],
    run: Run::Inside(run),
};

fn run(cx: &mut Inside<'_>, args: &Args) -> Result<Said, Stop> {
    let Some(word) = args.opt("POLICY") else {
        let (policy, priority) = kernel::policy()?;
        let text = if priority > 0 { format!("{policy}, {priority}") } else { policy };
        return Ok(Said::nothing().note(NoteKind::Did, Msg::same(text)));
    };
    let (policy, real_time) = match word {
        "batch" => (Policy::Batch, false),
        "idle" => (Policy::Idle, false),
        "fifo" => (Policy::Fifo, true),
        "rr" => (Policy::RoundRobin, true),
        _ => (Policy::Other, false),
    };
    let priority = match (args.number("PRIORITY").map(|number| u32::try_from(number).unwrap_or(u32::MAX)), real_time) {
        (None, real_time) => u32::from(real_time),
        (Some(0), false) => 0,
        (Some(number), true) if (1..=MOST).contains(&number) => number,
        (Some(_), true) => {
            return Err(Stop::Usage(Msg::new("a real-time priority is from 1 to 99", "实时优先级应为 1 到 99")));
        }
        (Some(_), false) => {
            return Err(Stop::Usage(Msg::new(
                "only fifo and rr have a priority; for the others `prio` sets the nice value",
                "只有 fifo 和 rr 有优先级；其他策略用 `prio` 设置 nice 值",
            )));
        }
    };
    cx.kernel.set_policy(policy, priority)?;
    Ok(match real_time {
        true => Said::nothing().note(
            NoteKind::Careful,
            Msg::new(
                "what the subject starts now and never waits takes its CPU from everybody else (but for 5 %: kernel.sched_rt_runtime_us)",
                "被观察进程此后启动的程序若从不等待，就会独占它的 CPU（只给别人留 5%：kernel.sched_rt_runtime_us）",
            ),
        ),
        false => Said::nothing(),
    })
}
