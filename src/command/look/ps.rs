//! `ps`: this bench's processes, with the PID that each has outside and the one it has inside. Reads /proc.

use crate::command::{Args, Card, Equivalent, Example, Man, Outside, Primitive, Run, Said, Stop};
use crate::model::{Cell, Mark, Msg, NoteKind, Text};
use crate::observe::family::{Member, family};
use std::path::Path;

/// The card.
pub const CARD: Card = Card {
    name: "ps",
    args: &[],
    primitive: Primitive::Read("/proc/PID/status"),
    man: &[Man("pid_namespaces", 7), Man("proc_pid_status", 5), Man("wait", 2)],
    own: &[],
    summary: Text {
        en: "this bench's processes: PID outside and inside, state, tree",
        zh: "实验台的进程：外部与内部的 PID、状态、进程树",
    },
    explain: Text {
        en: "Read from outside, so nothing hides: a process in a PID namespace has one PID there (inside) and another one in each namespace above (outside). \
             A zombie has ended and waits for its parent to ask how.",
        zh: "从外部读取，因此没有进程能隐藏：处于 PID 命名空间中的进程在其中有一个 PID（内部），在每个上级命名空间中另有一个（外部）。\
             僵尸进程已经结束，只等父进程来询问退出状态。",
    },
    equivalents: &[
        Equivalent { tool: "ps(1)", line: "ps -e -o pid,stat,args --forest; grep NSpid /proc/PID/status" },
        Equivalent { tool: "docker", line: "docker top CONTAINER (outside), docker exec CONTAINER ps (inside)" },
    ],
    examples: &[
        Example { after: "", line: "ps", shows: "subject a", needs: "" },
        Example { after: "unshare pid; spawn -b sleep 9", line: "ps", shows: "sleep 9", needs: "root" },
    ],
    run: Run::Shell(run),
};

fn run(cx: &mut Outside<'_>, _: &Args) -> Result<Said, Stop> {
    let proc = Path::new("/proc");
    let observer = std::process::id() as i32;
    let mut found: Vec<Member> =
        cx.subjects.iter().filter_map(|subject| subject.pids.first()).flat_map(|pid| family(proc, *pid)).collect();
    // Orphans became children of the keeper (PR_SET_CHILD_SUBREAPER); the observer is its child, too, but no process under study.
    let known: Vec<i32> = found.iter().map(|member| member.pid).chain([observer, cx.keeper]).collect();
    let adopted = crate::observe::family::children(proc, cx.keeper).into_iter().filter(|pid| !known.contains(pid));
    found.extend(
        adopted.filter(|pid| !family(proc, *pid).iter().any(|below| below.pid == observer)).flat_map(|pid| family(proc, pid)),
    );
    let head =
        vec![Msg::new("outside", "外部"), Msg::new("inside", "内部"), Msg::new("state", "状态"), Msg::new("process", "进程")];
    let zombies = found.iter().filter(|member| member.state == 'Z').count();
    let said = Said::grid(head, found.iter().map(|member| row(member, cx)).collect());
    if zombies == 0 {
        return Ok(said);
    }
    Ok(said.note(
        NoteKind::Careful,
        Msg::new(
            "a zombie has ended; it keeps its PID until its parent calls wait(2): `wait`, or the parent's end, removes it",
            "僵尸进程已经结束；在父进程调用 wait(2) 之前一直占用 PID：执行 `wait` 或父进程结束后消失",
        ),
    ))
}

fn row(member: &Member, cx: &Outside<'_>) -> Vec<Cell> {
    let inside = match member.nspid.as_slice() {
        [_, .., own] => Cell::new(own.to_string()).mark(Mark::Own),
        // One PID: it lives where the observer lives.
        _ => Cell::new(member.nspid.first().map(ToString::to_string).unwrap_or_default()),
    };
    let branch = if member.depth == 0 { String::new() } else { format!("{}└─ ", "   ".repeat(member.depth - 1)) };
    let process = match role(member.pid, cx) {
        Some(role) => Cell::msg(Msg::new(format!("{branch}{}", role.en), format!("{branch}{}", role.zh))),
        None => Cell::new(format!("{branch}{}", member.command.is().cloned().unwrap_or_default())),
    };
    vec![Cell::new(member.pid.to_string()), inside, state(member.state), process]
}

/// What a process of the bench itself is for.
pub(super) fn role(pid: i32, cx: &Outside<'_>) -> Option<Msg> {
    let subject = cx.subjects.iter().find(|subject| subject.pids.contains(&pid))?;
    let name = &subject.name;
    Some(match subject.pid() == pid {
        true => Msg::new(format!("subject {name}"), format!("被观察进程 {name}")),
        false => Msg::new(format!("subject {name}, waits for its child"), format!("被观察进程 {name}，等待子进程")),
    })
}

/// The state letter in words (proc_pid_stat(5)).
fn state(letter: char) -> Cell {
    let (en, zh, mark) = match letter {
        'R' => ("R running", "R 运行", Mark::Plain),
        'S' | 'I' => ("S sleeping", "S 睡眠", Mark::Plain),
        'D' => ("D uninterruptible", "D 不可中断睡眠", Mark::Warn),
        'T' => ("T stopped", "T 停止", Mark::Warn),
        't' => ("t traced", "t 被跟踪", Mark::Warn),
        'Z' => ("Z zombie", "Z 僵尸", Mark::Warn),
        'X' => ("X dead", "X 已死", Mark::Dim),
        other => return Cell::new(other.to_string()),
    };
    Cell::msg(Msg::new(en, zh)).mark(mark)
}
