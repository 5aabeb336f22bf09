//! `cgroup freeze`, `cgroup thaw`: stop all processes of a cgroup, and let them go on. write(2) to cgroup.freeze.

use super::set::translation_note;
use super::{Ground, NAME, ground};
use crate::command::{Args, Card, Count, Equivalent, Example, Man, Outside, Param, Primitive, Run, Said, Stop};
use crate::model::{Msg, NoteKind, Text};
use crate::observe::cgroup::{FREEZE as FREEZE_FILE, Version, flat_keyed, v1_writes};
use crate::observe::process::read;
use std::path::Path;
use std::time::{Duration, Instant};

/// How long the kernel is given to stop everybody: a task in an uninterruptible sleep can take its time.
const PATIENCE: Duration = Duration::from_millis(500);

const WHERE: Param = Param { count: Count::Optional, ..NAME };

const EXPLAIN: Text = Text {
    en: "A frozen process runs not a single instruction until it is thawed, and does not notice that time went by: no signal handler \
         runs, nothing in it can prevent it. SIGKILL still works on cgroup v2; on cgroup v1 it takes effect at the thaw. Without NAME it is \
         the cgroup in which the subject sits, so the subject itself stops: it cannot run another line until `cgroup thaw`, which the \
         bench does from outside.",
    zh: "被冻结的进程一条指令也不执行，直到解冻，也察觉不到时间流逝：信号处理函数不会运行，它自己无法抗拒。SIGKILL 在 cgroup v2 上仍然有效，\
         在 cgroup v1 上要到解冻时才生效。省略 NAME 时冻结的是被观察进程所在的 cgroup，于是它自己也停下：在 `cgroup thaw`（由实验台从外部执行）之前无法再运行任何一行。",
};

/// `cgroup freeze`.
pub const FREEZE: Card = Card {
    name: "cgroup freeze",
    args: &[WHERE],
    primitive: Primitive::Write("cgroup.freeze"),
    man: &[Man("cgroups", 7)],
    own: &[],
    summary: Text { en: "stop all processes of a cgroup", zh: "冻结一个 cgroup 中的所有进程" },
    explain: EXPLAIN,
    equivalents: &[
        Equivalent { tool: "sh", line: "echo 1 > /sys/fs/cgroup/box/cgroup.freeze" },
        Equivalent { tool: "docker", line: "docker pause box" },
    ],
    examples: &[
        Example { after: "cgroup new web", line: "cgroup freeze web", shows: "write(", needs: "root" },
        Example { after: "", line: "cgroup freeze", shows: "`cgroup thaw`", needs: "root" },
    ],
    run: Run::Outside(freeze),
};

/// `cgroup thaw`.
pub const THAW: Card = Card {
    name: "cgroup thaw",
    summary: Text { en: "let the processes of a frozen cgroup go on", zh: "解冻一个 cgroup" },
    equivalents: &[
        Equivalent { tool: "sh", line: "echo 0 > /sys/fs/cgroup/box/cgroup.freeze" },
        Equivalent { tool: "docker", line: "docker unpause box" },
    ],
    examples: &[Example { after: "cgroup freeze", line: "cgroup thaw", shows: "write(", needs: "root" }],
    run: Run::Outside(thaw),
    ..FREEZE
};

fn freeze(cx: &mut Outside<'_>, args: &Args) -> Result<Said, Stop> {
    let ground = ground(cx)?;
    let (said, dir, done) = turn(cx, &ground, args, true)?;
    let sits = ground.sits(&cx.subject);
    let itself = sits.values().any(|at| at.starts_with(&dir));
    let said = match done {
        true => said,
        false => said.note(
            NoteKind::Careful,
            Msg::new(
                "not everybody has stopped yet: a task inside a long system call freezes when that ends",
                "还没有全部停下：正处于漫长系统调用中的任务，要等调用结束才会冻结",
            ),
        ),
    };
    Ok(match itself {
        true => said.note(
            NoteKind::Careful,
            Msg::new(
                "the subject itself is frozen: it answers no line until `cgroup thaw`, which the bench does from outside",
                "被观察进程自己也被冻结：在 `cgroup thaw`（由实验台从外部执行）之前不会回应任何一行",
            ),
        ),
        false => said,
    })
}

fn thaw(cx: &mut Outside<'_>, args: &Args) -> Result<Said, Stop> {
    let ground = ground(cx)?;
    let (hierarchy, _) = ground.serving(&FREEZE_FILE)?;
    if ground.home(hierarchy, &cx.subject).is_none() {
        let why = Msg::new(
            "nothing is frozen: the subject has no cgroup of its own there yet",
            "没有什么可解冻的：被观察进程在那里还没有自己的 cgroup",
        );
        return Ok(Said::nothing().note(NoteKind::Unchanged, why));
    }
    let (said, dir, _) = turn(cx, &ground, args, false)?;
    // Frozen from further up, it stays so (cgroup-v2.rst, cgroup.freeze).
    Ok(match frozen(&dir) {
        Some(true) => said.note(
            NoteKind::Careful,
            Msg::new("it is still frozen: a cgroup above it is, too", "它仍是冻结的：上级 cgroup 也被冻结了"),
        ),
        _ => said,
    })
}

/// Writes the wanted state; says where, and whether everybody has come to it.
fn turn(cx: &mut Outside<'_>, ground: &Ground, args: &Args, freeze: bool) -> Result<(Said, std::path::PathBuf, bool), Stop> {
    let nested = super::named(args, "NAME")?;
    let knob = &FREEZE_FILE;
    let (hierarchy, controller) = ground.serving(knob)?;
    let dir = ground.spot(cx.kernel, &cx.subject, nested.as_ref(), controller)?;
    let value = if freeze { "1" } else { "0" };
    match hierarchy.version {
        Version::V2 => cx.kernel.write_file(&dir.join(knob.file), value)?,
        Version::V1 => {
            for write in v1_writes(&dir, knob, value).map_err(|no| Stop::Unfit(no.0))? {
                cx.kernel.write_file(&dir.join(&write.file), &write.text)?;
            }
        }
    }
    let end = Instant::now() + PATIENCE;
    while frozen(&dir) == Some(!freeze) && Instant::now() < end {
        std::thread::sleep(Duration::from_millis(1));
    }
    let done = frozen(&dir) != Some(!freeze);
    Ok((translation_note(Said::nothing(), knob, hierarchy.version), dir, done))
}

/// Have all processes stopped? `frozen` of cgroup.events; on v1 freezer.state, which says FREEZING meanwhile. None: neither is there.
fn frozen(dir: &Path) -> Option<bool> {
    let events = read(&dir.join("cgroup.events"));
    let v2 = events.is().and_then(|text| flat_keyed(text).get("frozen").map(|frozen| *frozen == 1));
    v2.or_else(|| read(&dir.join("freezer.state")).is().map(|state| state.trim() == "FROZEN"))
}
