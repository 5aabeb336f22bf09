//! `bg`: let a stopped program go on in the background. kill(2) with SIGCONT.

use super::job;
use crate::command::{Args, Card, Count, Equivalent, Example, Inside, Kind, Man, Param, Primitive, Run, Said, Stop};
use crate::model::{Msg, NoteKind, Text};

/// The card.
pub const CARD: Card = Card {
    name: "bg",
    args: &[Param {
        name: "JOB",
        kind: Kind::Number,
        count: Count::Optional,
        about: Text {
            en: "its number; without it the latest that is stopped", zh: "作业号；省略则为最近停止的一个"
        },
    }],
    primitive: Primitive::Syscall("kill"),
    man: &[Man("kill", 2), Man("signal", 7)],
    own: &[],
    summary: Text { en: "let a stopped program go on in the background", zh: "让停止的程序在后台继续运行" },
    explain: Text {
        en: "SIGCONT to the program's process group; the terminal stays with the shell. A program in the background that reads the \
             terminal is stopped again (SIGTTIN); `fg` gives it the terminal, `wait` waits for its end.",
        zh: "向该程序的进程组发送 SIGCONT；终端仍归 shell。后台程序一读终端就会再次停止（SIGTTIN）；`fg` 把终端交给它，`wait` 等待它结束。",
    },
    equivalents: &[Equivalent { tool: "bash(1)", line: "bg %1; kill -CONT -- -PGID" }],
    examples: &[
        Example { after: "spawn sh -c 'kill -STOP $$; sleep 0.1'", line: "bg", shows: "SIGCONT) = 0", needs: "" },
        Example { after: "", line: "bg", shows: "no program", needs: "" },
    ],
    run: Run::Inside(run),
};

fn run(cx: &mut Inside<'_>, args: &Args) -> Result<Said, Stop> {
    let found = job::known(cx, args.number("JOB"), true)?;
    cx.kernel.kill(-found.pid, libc::SIGCONT)?;
    for job in cx.jobs.iter_mut().filter(|job| job.pid == found.pid) {
        job.stopped = false;
    }
    let (number, words) = (found.number, found.words);
    Ok(Said::nothing().note(
        NoteKind::Did,
        Msg::new(format!("[{number}] goes on in the background: {words}"), format!("[{number}] 在后台继续：{words}")),
    ))
}
