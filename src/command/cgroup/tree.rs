//! `cgroup tree`: the bench's cgroups, and who sits where.

use super::ground;
use super::ground::{PROC, home_name, sitting};
use crate::command::{Args, Card, Equivalent, Example, Man, Outside, Primitive, Run, Said, Stop};
use crate::model::{Cell, Mark, Msg, NoteKind, Text};
use crate::observe::cgroup::tree;
use crate::observe::process::read;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// More processes than this are counted instead of listed.
const LISTED: usize = 6;

/// The card.
pub const CARD: Card = Card {
    name: "cgroup tree",
    args: &[],
    primitive: Primitive::Read("cgroup.procs"),
    man: &[Man("cgroups", 7)],
    own: &[],
    summary: Text {
        en: "the bench's cgroups as a tree, with their processes", zh: "以树形列出实验台的 cgroup 及其中的进程"
    },
    explain: Text {
        en: "Each directory below the bench's is a cgroup. The second column names the trees in which it exists: one on cgroup v2, one for \
             each controller on cgroup v1. PIDs as this machine counts.",
        zh: "实验台目录之下的每个目录都是一个 cgroup。第二列是它所在的树：cgroup v2 只有一棵，cgroup v1 每个控制器一棵。PID 以本机的编号为准。",
    },
    equivalents: &[
        Equivalent { tool: "systemd-cgls(1)", line: "systemd-cgls" },
        Equivalent { tool: "lscgroup(1)", line: "lscgroup" },
    ],
    examples: &[Example { after: "cgroup new web/", line: "cgroup tree", shows: "web", needs: "root" }],
    run: Run::Outside(run),
};

#[derive(Default)]
struct Found {
    trees: Vec<String>,
    pids: BTreeSet<i32>,
}

/// The tree as `cgroup tree` shows it; of the arguments none is read.
pub fn run(cx: &mut Outside<'_>, _: &Args) -> Result<Said, Stop> {
    let ground = ground(cx)?;
    let mut found: BTreeMap<PathBuf, Found> = BTreeMap::new();
    for one in &ground.hierarchies.all {
        let Some(tag) = ground.tag_dir(one) else { continue };
        for dir in tree(&tag) {
            let Ok(path) = dir.strip_prefix(&tag) else { continue };
            let row = found.entry(path.to_path_buf()).or_default();
            row.trees.push(if one.key.is_empty() { "cgroup2".into() } else { one.controllers.join(",") });
            row.pids.extend(sitting(&dir));
        }
    }
    if found.is_empty() {
        return Ok(Said::nothing().note(
            NoteKind::Unchanged,
            Msg::new(
                "the bench has made no cgroup yet; `cgroup set` or `cgroup new` does",
                "实验台还没有创建任何 cgroup；`cgroup set` 或 `cgroup new` 会创建",
            ),
        ));
    }
    let own = cx.subject.pids.first().map(|first| PathBuf::from(home_name(&cx.subject.name, *first)));
    let rows = found.iter().map(|(path, row)| {
        let depth = path.components().count();
        let name = path.file_name().map_or(ground.tag(), |name| name.to_string_lossy().into_owned());
        let mark = if own.as_ref().is_some_and(|own| path.starts_with(own)) { Mark::Own } else { Mark::Plain };
        vec![
            Cell::new(format!("{}{name}", "  ".repeat(depth))).mark(mark),
            Cell::new(row.trees.join(" ")).mark(Mark::Dim),
            Cell::msg(sitters(&row.pids)),
        ]
    });
    let head = vec![Msg::same("cgroup"), Msg::new("in the trees", "所在的树"), Msg::new("processes", "进程")];
    Ok(Said::grid(head, rows.collect()))
}

fn sitters(pids: &BTreeSet<i32>) -> Msg {
    let name = |pid: &i32| {
        let comm = read(&Path::new(PROC).join(pid.to_string()).join("comm"));
        format!("{pid} {}", comm.is().map(|text| text.trim_end()).unwrap_or("?"))
    };
    let mut list = pids.iter().take(LISTED).map(name).collect::<Vec<_>>().join(", ");
    if pids.len() > LISTED {
        list.push_str(&format!(", … {}", pids.len()));
    }
    Msg::same(list)
}
