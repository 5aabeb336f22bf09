//! `spawn`: run a program as a child of the subject. clone3(2), execve(2), wait4(2), and nothing else.

use super::job::{self, Body};
use crate::command::{Args, Card, Count, Equivalent, Example, Inside, Kind, Man, Param, Primitive, Run, Said, Stop};
use crate::model::{Exit, Msg, NoteKind, Text};

/// The card.
pub const CARD: Card = Card {
    name: "spawn",
    args: &[
        Param {
            name: "-b", kind: Kind::Flag, count: Count::Optional, about: Text { en: "in the background", zh: "在后台运行" }
        },
        Param {
            name: "--init",
            kind: Kind::Flag,
            count: Count::Optional,
            about: Text {
                en: "a small init goes first: it becomes PID 1 of a new PID namespace, reaps orphans, and keeps the namespace alive",
                zh: "先启动一个小型 init：它成为新 PID 命名空间的 1 号进程，收养并回收孤儿进程，使命名空间保持可用",
            },
        },
        Param {
            name: "CMD",
            kind: Kind::Program,
            count: Count::Many,
            about: Text { en: "the program and its arguments", zh: "程序及其参数" },
        },
    ],
    primitive: Primitive::Syscall("execve"),
    man: &[Man("fork", 2), Man("execve", 2), Man("wait", 2), Man("pid_namespaces", 7)],
    own: &[],
    summary: Text { en: "run a program as a child of the subject", zh: "以被观察进程的子进程身份运行程序" },
    explain: Text {
        en: "fork, execve, wait. The program is born into the subject's namespaces and cgroup. After `unshare pid` the first one is PID 1 \
             of the new namespace; when it ends the namespace is dead and the next spawn fails with ENOMEM (`--init` avoids that). \
             Ctrl-C and Ctrl-Z go to the program; `fg` goes on with a stopped one. A PID 1 that has no handler ignores both: then the screen offers the way out.",
        zh: "fork、execve、wait。程序出生在被观察进程的命名空间与 cgroup 中。执行 `unshare pid` 之后，第一个程序就是新命名空间的 1 号进程；\
             它结束后该命名空间不能再创建进程，下一次 spawn 会得到 ENOMEM（`--init` 可避免）。Ctrl-C 与 Ctrl-Z 发给程序；`fg` 让停止的程序继续。\
             没有信号处理函数的 1 号进程会忽略它们：此时屏幕上会提示脱身的办法。",
    },
    equivalents: &[
        Equivalent { tool: "sh(1)", line: "CMD" },
        Equivalent { tool: "unshare(1)", line: "unshare --pid --fork CMD (for `unshare pid; spawn CMD`)" },
        Equivalent { tool: "docker", line: "docker run IMAGE CMD; --init puts tini at PID 1" },
    ],
    examples: &[
        Example { after: "unshare pid", line: "spawn sh -c 'echo I am $$'", shows: "I am 1", needs: "root" },
        Example { after: "unshare pid; spawn true", line: "spawn true", shows: "ENOMEM", needs: "root" },
        Example { after: "unshare pid; spawn --init true", line: "spawn sh -c 'echo I am $$'", shows: "I am 3", needs: "root" },
        Example { after: "", line: "spawn --init true", shows: "not PID 1 here", needs: "" },
        Example { after: "", line: "spawn false", shows: "status 1", needs: "" },
    ],
    run: Run::Inside(run),
};

fn run(cx: &mut Inside<'_>, args: &Args) -> Result<Said, Stop> {
    let words = args.all("CMD");
    let text = words.join(" ");
    let program = job::program(words)?;
    let mut said = Said::nothing();
    if args.flag("--init") {
        let init = job::start(cx, &[], &Body::Reap, false)?;
        job::remember(cx, init.pid, "init", false);
        said = match init.own {
            Some(1) => said.note(
                NoteKind::Did,
                Msg::new(
                    "an init that reaps runs first; it stays until `reset`",
                    "先启动了负责回收的 init；它一直运行到 `reset`",
                ),
            ),
            _ => said.note(
                NoteKind::Careful,
                Msg::new(
                    "the init is not PID 1 here, so orphans do not become its children: it is for a new PID namespace, `unshare pid` first",
                    "这里的 init 不是 1 号进程，孤儿进程不会成为它的子进程：它用于新的 PID 命名空间，请先执行 `unshare pid`",
                ),
            ),
        };
    }
    let foreground = !args.flag("-b");
    let pid = job::start(cx, &[], &Body::Exec(&program), foreground)?.pid;
    if foreground {
        let ran = job::foreground(cx, pid, &text)?;
        said.exit = ran.exit;
        said.notes.extend(ran.notes);
        return Ok(said);
    }
    let number = job::remember(cx, pid, &text, false);
    Ok(Said { exit: None::<Exit>, ..said }.note(
        NoteKind::Did,
        Msg::new(
            format!("[{number}] runs in the background, PID {pid} as the subject counts"),
            format!("[{number}] 在后台运行，被观察进程看到的 PID 为 {pid}"),
        ),
    ))
}
