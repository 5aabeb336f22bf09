//! `oom_score`: how likely the OOM killer chooses the subject. Write to /proc/self/oom_score_adj.

use crate::command::{Args, Card, Count, Equivalent, Example, Inside, Kind, Man, Param, Primitive, Run, Said, Stop};
use crate::model::{Msg, NoteKind, Text};
use crate::observe::process::read;
use std::path::Path;

/// The card.
pub const CARD: Card = Card {
    name: "oom_score",
    args: &[Param {
        name: "N",
        kind: Kind::Word,
        count: Count::Optional,
        about: Text {
            en: "from -1000, never, to 1000, first; without it, shows what it is",
            zh: "从 -1000（从不）到 1000（最先）；省略则显示现值",
        },
    }],
    primitive: Primitive::Write("/proc/self/oom_score_adj"),
    man: &[Man("proc_pid_oom_score_adj", 5), Man("proc_pid_oom_score", 5)],
    own: &[],
    summary: Text { en: "whom the OOM killer chooses", zh: "内存耗尽时先杀谁" },
    explain: Text {
        en: "When memory runs out, in the machine or at memory.max of a cgroup, the kernel kills the process with the highest badness: its share of the memory in thousandths plus \
             oom_score_adj. Anybody may raise the value; going below what was set with the right needs CAP_SYS_RESOURCE of the host's user namespace (EACCES). Children inherit it.",
        zh: "内存耗尽时（整台机器，或触及某个 cgroup 的 memory.max），内核杀死“坏度”最高的进程：它占用内存的千分比加上 oom_score_adj。谁都可以调高这个值；\
             要低于特权进程设定过的值，需要主机用户命名空间中的 CAP_SYS_RESOURCE（否则 EACCES）。子进程会继承它。",
    },
    equivalents: &[
        Equivalent { tool: "choom(1)", line: "choom -p PID -n 500" },
        Equivalent { tool: "docker", line: "docker run --oom-score-adj 500 IMAGE" },
    ],
    examples: &[
        Example { after: "", line: "oom_score 500", shows: "→ 500", needs: "" },
        Example { after: "", line: "oom_score", shows: "the kernel's mark now", needs: "" },
        Example { after: "", line: "oom_score 1001", shows: "EINVAL", needs: "" },
        Example { after: "unshare user", line: "oom_score -1", shows: "EACCES", needs: "userns" },
    ],
    run: Run::Inside(run),
};

fn run(cx: &mut Inside<'_>, args: &Args) -> Result<Said, Stop> {
    let file = Path::new("/proc/self/oom_score_adj");
    let Some(word) = args.opt("N") else {
        let now = |file: &str| read(&Path::new("/proc/self").join(file)).is().map_or("?".into(), |text| text.trim().to_string());
        let (adj, score) = (now("oom_score_adj"), now("oom_score"));
        return Ok(Said::nothing().note(
            NoteKind::Did,
            Msg::new(
                format!("oom_score_adj {adj}; the kernel's mark now (oom_score): {score}"),
                format!("oom_score_adj {adj}；内核目前的评分（oom_score）：{score}"),
            ),
        ));
    };
    if word.parse::<i32>().is_err() {
        return Err(Stop::Usage(Msg::new(
            format!("`{word}` is not a number from -1000 to 1000"),
            format!("`{word}` 不是 -1000 到 1000 的数字"),
        )));
    }
    cx.kernel.write_file(file, word)?;
    Ok(Said::nothing())
}
