//! `session`: who is in which session and process group, and who has the terminal. Reads /proc/PID/stat.

use crate::command::{Args, Card, Equivalent, Example, Man, Outside, Primitive, Run, Said, Stop};
use crate::model::{Cell, Mark, Msg, NoteKind, Text};
use crate::observe::family::{Member, family};
use crate::observe::process::read;
use std::path::Path;

/// The card.
pub const CARD: Card = Card {
    name: "session",
    args: &[],
    primitive: Primitive::Read("/proc/PID/stat"),
    man: &[Man("credentials", 7), Man("setsid", 2), Man("setpgid", 2), Man("tcgetpgrp", 3)],
    own: &[],
    summary: Text { en: "sessions, process groups, and who has the terminal", zh: "会话、进程组，以及终端归谁" },
    explain: Text {
        en: "A terminal belongs to one session, and in it one process group is in the foreground: Ctrl-C is a signal to that whole group. The bench is one session; the subject and each program it spawns have \
             groups of their own, and the foreground moves with `spawn` and `fg`. Numbers are PIDs of the leaders, as the host counts. `setsid` shows what a new session changes.",
        zh: "一个终端属于一个会话，会话中有一个进程组处于前台：Ctrl-C 就是发给整个前台组的信号。整个实验台是一个会话；被观察进程和它 spawn 的每个程序各有自己的进程组，前台随 `spawn` 与 `fg` 移动。\
             编号是首领的 PID，以主机所见为准。`setsid` 演示新会话会改变什么。",
    },
    equivalents: &[Equivalent { tool: "ps(1)", line: "ps -o pid,ppid,pgid,sid,tpgid,tty,args" }],
    examples: &[
        Example { after: "", line: "session", shows: "subject a", needs: "" },
        Example { after: "spawn -b sleep 9", line: "session", shows: "sleep 9", needs: "" },
    ],
    run: Run::Shell(run),
};

fn run(cx: &mut Outside<'_>, _: &Args) -> Result<Said, Stop> {
    let proc = Path::new("/proc");
    let head = vec![
        Msg::same("PID"),
        Msg::new("group", "进程组"),
        Msg::new("session", "会话"),
        Msg::new("terminal", "终端"),
        Msg::new("process", "进程"),
    ];
    let rows: Vec<Vec<Cell>> = family(proc, cx.keeper).iter().filter_map(|member| row(proc, member, cx)).collect();
    Ok(Said::grid(head, rows).note(
        NoteKind::Did,
        Msg::new("a number equal to the PID: it leads that group or session", "编号与 PID 相同，表示它是该进程组或会话的首领"),
    ))
}

/// None for a process that has ended meanwhile.
fn row(proc: &Path, member: &Member, cx: &Outside<'_>) -> Option<Vec<Cell>> {
    let stat = read(&proc.join(format!("{}/stat", member.pid)));
    // The name in parentheses may hold anything; what follows it is numbers (proc_pid_stat(5)).
    let fields: Vec<i64> =
        stat.is()?.rsplit_once(')')?.1.split_whitespace().skip(2).map_while(|word| word.parse().ok()).collect();
    let [group, session, terminal, foreground, ..] = fields[..] else { return None };
    let number = |number: i64| {
        let mark = if number == i64::from(member.pid) { Mark::Own } else { Mark::Plain };
        Cell::new(number.to_string()).mark(mark)
    };
    let has = match (terminal, foreground == group) {
        (0, _) => Cell::msg(Msg::new("none", "无")).mark(Mark::Dim),
        (_, true) => Cell::msg(Msg::new("foreground", "前台")).mark(Mark::New),
        (_, false) => Cell::msg(Msg::new("background", "后台")),
    };
    let name = match (member.pid == cx.keeper, member.pid == std::process::id() as i32) {
        (true, _) => Cell::msg(Msg::new("keeper of the bench", "实验台的守护进程")),
        (_, true) => Cell::msg(Msg::new("shell: the observer", "外壳：观察者")),
        _ => match cx.subjects.iter().find(|subject| subject.pids.contains(&member.pid)) {
            Some(subject) => Cell::msg(Msg::new(format!("subject {}", subject.name), format!("被观察进程 {}", subject.name))),
            None => Cell::new(member.command.is().cloned().unwrap_or_default()),
        },
    };
    Some(vec![Cell::new(member.pid.to_string()), number(group), number(session), has, name])
}
