//! `subreaper`: adopt the orphans among one's descendants. prctl(2), PR_SET_CHILD_SUBREAPER.

use crate::command::{Args, Card, Count, Equivalent, Example, Inside, Kind, Man, Param, Primitive, Run, Said, Stop};
use crate::model::Text;

/// The card.
pub const CARD: Card = Card {
    name: "subreaper",
    args: &[Param {
        name: "HOW",
        kind: Kind::OneOf(&["on", "off"]),
        count: Count::One,
        about: Text { en: "whether it adopts", zh: "是否收养" },
    }],
    primitive: Primitive::Syscall("prctl"),
    man: &[Man("PR_SET_CHILD_SUBREAPER", 2), Man("wait", 2)],
    own: &[],
    summary: Text { en: "adopt the orphans among the descendants", zh: "收养后代中的孤儿进程" },
    explain: Text {
        en: "prctl(PR_SET_CHILD_SUBREAPER). Orphans below the subject become its children instead of those of a PID 1 further up; it must `wait` for them, or they stay as zombies. A child does \
             not inherit the setting. systemd --user, containerd's shim and the keeper of this bench are subreapers.",
        zh: "prctl(PR_SET_CHILD_SUBREAPER)。被观察进程之下的孤儿会成为它的子进程，而不是交给更上面的 1 号进程；它必须 `wait` 它们，否则会留下僵尸。子进程不继承这一设置。\
             systemd --user、containerd 的 shim 以及本实验台的守护进程都是 subreaper。",
    },
    equivalents: &[Equivalent { tool: "docker", line: "containerd-shim (one for each container)" }],
    examples: &[
        Example { after: "", line: "subreaper on", shows: "subreaper  false → true", needs: "" },
        Example { after: "subreaper on; orphan 0", line: "wait", shows: "WEXITSTATUS(s) == 0", needs: "" },
        Example { after: "subreaper on", line: "subreaper off", shows: "PR_SET_CHILD_SUBREAPER, 0) = 0", needs: "" },
    ],
    run: Run::Inside(run),
};

fn run(cx: &mut Inside<'_>, args: &Args) -> Result<Said, Stop> {
    cx.kernel.set_subreaper(args.one("HOW") == "on")?;
    Ok(Said::nothing())
}
