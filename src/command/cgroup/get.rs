//! `cgroup get`: read the files of a cgroup, in cgroup v2's words.

use super::file::{Named, named, why_missing, why_off};
use super::set::translation_note;
use super::{AT, ground};
use crate::command::{Args, Card, Count, Equivalent, Example, Kind, Man, Outside, Param, Primitive, Run, Said, Stop};
use crate::model::{Block, Cell, Grid, Mark, Msg, NoteKind, Seen, Size, Text};
use crate::observe::cgroup::{KNOBS, Kind as Holds, Knob};
use crate::observe::process::read;
use std::collections::BTreeMap;
use std::path::PathBuf;

/// The card.
pub const CARD: Card = Card {
    name: "cgroup get",
    args: &[
        Param {
            name: "FILE",
            kind: Kind::CgroupFile,
            count: Count::Optional,
            about: Text {
                en: "its name on cgroup v2; without it, all that are here",
                zh: "cgroup v2 的文件名；省略则列出这里的所有文件",
            },
        },
        AT,
    ],
    primitive: Primitive::Read("memory.max"),
    man: &[Man("cgroups", 7)],
    own: &[],
    summary: Text {
        en: "read a file of the subject's cgroup, or all of them",
        zh: "读取被观察进程所在 cgroup 的一个文件，或全部文件",
    },
    explain: Text {
        en: "Reads, and changes nothing: as long as the subject has no cgroup of its own, what is shown is that of the bench. A file is \
             there only where its controller is: on cgroup v2 the parent's cgroup.subtree_control must name it, and the root has no limits.",
        zh: "只读取，不作任何改动：在被观察进程有自己的 cgroup 之前，看到的是实验台所在的那个。控制器在，文件才在：在 cgroup v2 上，\
             父 cgroup 的 cgroup.subtree_control 必须列出它，而根 cgroup 没有限制文件。",
    },
    equivalents: &[
        Equivalent { tool: "sh", line: "cat /sys/fs/cgroup/box/memory.max" },
        Equivalent { tool: "cgget(1)", line: "cgget -r memory.max box" },
    ],
    examples: &[
        Example { after: "cgroup set pids.max 20", line: "cgroup get pids.max", shows: "20", needs: "root cgroup:pids" },
        Example { after: "cgroup set cpu.max 50%", line: "cgroup get cpu.max", shows: "50000 100000", needs: "root cgroup:cpu" },
        Example { after: "cgroup set memory.max 64M", line: "cgroup get", shows: "67108864", needs: "root cgroup:memory" },
    ],
    run: Run::Outside(run),
};

fn run(cx: &mut Outside<'_>, args: &Args) -> Result<Said, Stop> {
    let ground = ground(cx)?;
    let nested = super::named(args, "--cgroup")?;
    let dirs = ground.looked_at(&cx.subject, nested.as_ref())?;
    let own = ground.own_of(&cx.subject, &dirs);
    let (said, own) = match args.opt("FILE") {
        None if own.is_empty() => (all(&ground, &dirs), false),
        None => (all(&ground, &own), true),
        Some(file) => match named(&ground, &cx.subject, file)? {
            Named::Known(knob) => {
                let (hierarchy, _) = ground.serving(knob)?;
                (one(&ground, &dirs, knob)?, own.contains_key(&hierarchy.key))
            }
            Named::Native(name) => (native(&ground, &dirs, &name)?, !own.is_empty()),
        },
    };
    Ok(match own {
        true => said,
        false => said.note(
            NoteKind::Unchanged,
            Msg::new(
                "the subject has no cgroup of its own there yet: this is the one in which the bench sits. `cgroup set` makes one",
                "被观察进程在那里还没有自己的 cgroup：这是实验台所在的那个。`cgroup set` 会创建一个",
            ),
        ),
    })
}

fn one(ground: &super::Ground, dirs: &BTreeMap<String, PathBuf>, knob: &Knob) -> Result<Said, Stop> {
    match ground.hierarchies.get(dirs, knob) {
        Seen::Is(text) => {
            let said = lines(knob.file, &text);
            let (hierarchy, _) = ground.serving(knob)?;
            Ok(translation_note(said, knob, hierarchy.version))
        }
        missing => Err(why_missing(ground, dirs, knob, &missing)),
    }
}

fn lines(file: &str, text: &str) -> Said {
    let said = Said::nothing().show(Block::Lines(text.lines().map(str::to_string).collect()));
    match text.trim().is_empty() {
        true => said.note(NoteKind::Unchanged, Msg::new(format!("{file} is empty"), format!("{file} 是空的"))),
        false => said,
    }
}

fn native(ground: &super::Ground, dirs: &BTreeMap<String, PathBuf>, name: &str) -> Result<Said, Stop> {
    let seen = dirs.values().map(|dir| read(&dir.join(name)));
    match seen.reduce(|best, next| if best.is().is_some() { best } else { next }) {
        Some(Seen::Is(text)) => Ok(lines(name, &text)),
        Some(not) if not.errno() == Some(nix::errno::Errno::ENOENT) => Err(why_off(ground, dirs, name)),
        Some(not) => {
            let errno = not.errno().map(crate::model::errno_name).unwrap_or_default();
            Err(Stop::Unfit(Msg::new(format!("{name} cannot be read: {errno}"), format!("无法读取 {name}：{errno}"))))
        }
        None => Err(Stop::Unfit(Msg::new("no cgroup of the subject can be seen here", "这里看不到被观察进程的 cgroup"))),
    }
}

/// A table of what is there; long lists are left to a `get` of their own.
fn all(ground: &super::Ground, dirs: &BTreeMap<String, PathBuf>) -> Said {
    let mut rows = Vec::new();
    for knob in KNOBS {
        let Seen::Is(text) = ground.hierarchies.get(dirs, knob) else { continue };
        let lines = text.lines().count();
        let value = match (knob.kind, text.parse()) {
            _ if knob.file.ends_with(".pressure") => {
                text.lines().next().and_then(|line| line.split(" avg60").next()).unwrap_or_default().into()
            }
            _ if lines > 4 || knob.file == "cgroup.procs" => format!("({lines})"),
            (Holds::Size, Ok(bytes)) if bytes >= 1024 => format!("{bytes} ({})", Size::about(bytes)),
            _ => text.lines().collect::<Vec<_>>().join(", "),
        };
        rows.push(vec![Cell::new(knob.file), Cell::new(value), Cell::msg(knob.what).mark(Mark::Dim)]);
    }
    let mut said = Said::nothing().show(Block::Grid(Grid { head: Vec::new(), rows }));
    let own: Vec<String> = dirs.values().map(|dir| dir.display().to_string()).collect();
    said.view.insert(0, Block::Lines(own));
    said
}
