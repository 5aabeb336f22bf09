//! `prio`: the nice value of a process. setpriority(2).

use crate::command::{Args, Card, Count, Equivalent, Example, Inside, Kind, Man, Outside, Param, Primitive, Run, Said, Stop};
use crate::model::{Msg, NoteKind, Seen, Text};

/// The card.
pub const CARD: Card = Card {
    name: "prio",
    args: &[
        Param {
            name: "NICE",
            kind: Kind::Word,
            count: Count::Optional,
            about: Text {
                en: "from -20, first, to 19, last; without it, shows what it is",
                zh: "从 -20（最先）到 19（最后）；省略则显示现值",
            },
        },
        Param {
            name: "PID",
            kind: Kind::Pid,
            count: Count::Optional,
            about: Text {
                en: "as the subject counts; without it, the subject", zh: "以被观察进程所见为准；省略则为被观察进程"
            },
        },
    ],
    primitive: Primitive::Syscall("setpriority"),
    man: &[Man("setpriority", 2), Man("sched", 7), Man("nice", 1)],
    own: &[],
    summary: Text { en: "the nice value of a process", zh: "进程的 nice 值" },
    explain: Text {
        en: "setpriority(2). Among processes that want the same CPU, each step of the nice value is about a tenth of CPU time more or less; one who waits for nobody notices nothing. Anybody may give way, \
             a lower value than RLIMIT_NICE allows needs CAP_SYS_NICE of the host's user namespace (EACCES). Children inherit it. Between cgroups cpu.weight decides, inside of one the nice value.",
        zh: "setpriority(2)。在争用同一个 CPU 的进程之间，nice 值每差一级，CPU 时间大约差一成；没有争用时则看不出差别。谁都可以让步；要低于 RLIMIT_NICE 所允许的值，\
             需要主机用户命名空间中的 CAP_SYS_NICE（否则 EACCES）。子进程会继承它。cgroup 之间由 cpu.weight 决定，同一个 cgroup 之内由 nice 值决定。",
    },
    equivalents: &[
        Equivalent { tool: "renice(1)", line: "renice -n 10 -p PID" },
        Equivalent { tool: "docker", line: "docker run --cpu-shares 512 IMAGE (a weight of the cgroup)" },
    ],
    examples: &[
        Example { after: "", line: "prio 5", shows: "→ 5", needs: "" },
        Example {
            after: "prio 19",
            line: "spawn sh -c 'ps -o ni= -p $$ 2>/dev/null || cut -d\" \" -f19 /proc/$$/stat'",
            shows: "19",
            needs: "",
        },
        Example { after: "unshare user; prio 5", line: "prio -5", shows: "EACCES", needs: "userns" },
        Example { after: "", line: "prio", shows: "nice", needs: "" },
        Example { after: "", line: "prio high", shows: "not a nice value", needs: "" },
    ],
    run: Run::Either { inside, outside, for_observer: |args| args.opt("NICE").is_none() },
};

fn outside(cx: &mut Outside<'_>, _: &Args) -> Result<Said, Stop> {
    match &cx.subject.seen.bounds.nice {
        Seen::Is(nice) => Ok(Said::nothing().note(NoteKind::Did, Msg::same(format!("nice {nice}")))),
        Seen::Not { path, errno } => Err(Stop::unread(path, *errno)),
    }
}

fn inside(cx: &mut Inside<'_>, args: &Args) -> Result<Said, Stop> {
    let word = args.one("NICE");
    let Some(nice) = word.parse::<i32>().ok().filter(|nice| (-20..=19).contains(nice)) else {
        return Err(Stop::Usage(Msg::new(
            format!("`{word}` is not a nice value: a number from -20 to 19"),
            format!("`{word}` 不是 nice 值：应为 -20 到 19 的数字"),
        )));
    };
    let pid = args.opt("PID").and_then(|word| word.parse().ok()).unwrap_or(0);
    cx.kernel.set_nice(pid, nice)?;
    Ok(Said::nothing())
}
