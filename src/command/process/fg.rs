//! `fg`: go on with a stopped program, or wait for one in the background, in the foreground.

use super::job;
use crate::command::{Args, Card, Count, Example, Inside, Kind, Man, Param, Primitive, Run, Said, Stop};
use crate::model::Text;
use nix::unistd::Pid;

/// The card.
pub const CARD: Card = Card {
    name: "fg",
    args: &[Param {
        name: "JOB",
        kind: Kind::Number,
        count: Count::Optional,
        about: Text { en: "its number; without it the latest", zh: "作业号；省略则为最近的一个" },
    }],
    primitive: Primitive::Syscall("kill"),
    man: &[Man("kill", 2), Man("tcsetpgrp", 3), Man("credentials", 7)],
    own: &[],
    summary: Text {
        en: "bring a stopped or background program to the foreground", zh: "把停止的或后台的程序带到前台"
    },
    explain: Text {
        en: "Gives the terminal to the program's process group (tcsetpgrp(3)), sends SIGCONT, and waits until it ends or stops again.",
        zh: "把终端交给该程序的进程组（tcsetpgrp(3)），发送 SIGCONT，然后等待它结束或再次停止。",
    },
    equivalents: &[],
    examples: &[
        Example { after: "spawn -b sleep 0.1", line: "fg", shows: "SIGCONT", needs: "" },
        Example { after: "", line: "fg", shows: "no program", needs: "" },
    ],
    run: Run::Inside(run),
};

fn run(cx: &mut Inside<'_>, args: &Args) -> Result<Said, Stop> {
    let found = job::known(cx, args.number("JOB"), false)?;
    if cx.terminal.give {
        // The program asks for the terminal in vain if this fails; it is stopped by SIGTTIN then, which shows.
        let _ = nix::unistd::tcsetpgrp(std::io::stdin(), Pid::from_raw(found.pid));
    }
    cx.kernel.kill(-found.pid, libc::SIGCONT)?;
    job::foreground(cx, found.pid, &found.words)
}
