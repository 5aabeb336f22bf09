//! `cgroup enable`: hand controllers down to the children of a cgroup. write(2) to cgroup.subtree_control.

use super::{AT, Nested, ground};
use crate::command::line::nearest;
use crate::command::{Args, Card, Count, Equivalent, Example, Kind, Man, Outside, Param, Primitive, Run, Said, Stop};
use crate::model::{Msg, NoteKind, Text};
use crate::observe::cgroup::Version;

/// The card.
pub const CARD: Card = Card {
    name: "cgroup enable",
    args: &[
        Param {
            name: "CONTROLLER",
            kind: Kind::Controller,
            count: Count::Many,
            about: Text { en: "memory, pids, cpu, …", zh: "memory、pids、cpu 等" },
        },
        AT,
    ],
    primitive: Primitive::Write("cgroup.subtree_control"),
    man: &[Man("cgroups", 7)],
    own: &[],
    summary: Text {
        en: "enable controllers for the children of the subject's own cgroup",
        zh: "为被观察进程自己的 cgroup 的子 cgroup 启用控制器",
    },
    explain: Text {
        en: "On cgroup v2 a cgroup has memory.max only if its parent names `memory` in cgroup.subtree_control, and the parent only if its \
             own parent does: controllers are handed down from the root. A cgroup that hands controllers down may hold no processes \
             itself (EBUSY, the rule of no internal processes), so the subject has to sit in a leaf: `cgroup new leaf`, \
             `cgroup enter leaf`, and then this. cpu, cpuset and pids, which can tell threads apart, are an exception as long as no child \
             holds processes: the cgroup then becomes the root of a tree of threads (`domain threaded`), and its children take nobody \
             before they are threaded themselves. Without --cgroup it is about the subject's own cgroup, whose children `cgroup new` \
             makes. On cgroup v1 there is nothing to enable.",
        zh: "在 cgroup v2 上，只有父 cgroup 在 cgroup.subtree_control 中列出 `memory`，子 cgroup 才有 memory.max，而父 cgroup 又取决于它自己的父 cgroup：\
             控制器从根逐级下放。下放了控制器的 cgroup 自己不能再有进程（EBUSY，即“内部节点无进程”规则），所以被观察进程要先待到叶子里：\
             `cgroup new leaf`、`cgroup enter leaf`，然后再执行本命令。cpu、cpuset、pids 能区分线程，\
             在子 cgroup 都没有进程时是例外：该 cgroup 随即成为线程化子树的根（`domain threaded`），其子 cgroup 自己变成 threaded 之前不能容纳进程。省略 --cgroup 时针对被观察进程自己的 cgroup，`cgroup new` 创建的就是它的子 cgroup。\
             在 cgroup v1 上无需启用。",
    },
    equivalents: &[Equivalent { tool: "sh", line: "echo '+memory +pids' > /sys/fs/cgroup/box/cgroup.subtree_control" }],
    examples: &[
        Example { after: "", line: "cgroup enable memory", shows: "nothing to enable", needs: "root cgroup1:memory" },
        Example { after: "", line: "cgroup enable memory", shows: "EBUSY", needs: "root cgroup2:memory" },
        Example {
            after: "cgroup new leaf; cgroup enter leaf",
            line: "cgroup enable memory",
            shows: "\"+memory\", 7) = 7",
            needs: "root cgroup2:memory",
        },
        Example { after: "", line: "cgroup enable memori", shows: "did you mean `memory`?", needs: "cgroup:memory" },
    ],
    run: Run::Outside(run),
};

fn run(cx: &mut Outside<'_>, args: &Args) -> Result<Said, Stop> {
    let ground = ground(cx)?;
    let nested = super::named(args, "--cgroup")?.unwrap_or_default();
    let (mut on_v1, mut wanted): (Vec<&str>, Vec<&str>) = (Vec::new(), Vec::new());
    for name in args.all("CONTROLLER") {
        let name = name.trim_start_matches('+');
        match ground.hierarchies.of(name).filter(|_| !name.is_empty()).map(|one| one.version) {
            Some(Version::V1) => on_v1.push(name),
            Some(Version::V2) => wanted.push(name),
            None => return Err(Stop::Usage(unknown(&ground, name))),
        }
    }
    let mut said = Said::nothing();
    if !on_v1.is_empty() {
        let list = on_v1.join(", ");
        said = said.note(
            NoteKind::Did,
            Msg::new(
                format!("{list}: on cgroup v1 here; each cgroup of such a tree has the files of its controller, there is nothing to enable"),
                format!("{list}：在本机上属于 cgroup v1；那棵树里的每个 cgroup 都有该控制器的文件，无需启用"),
            ),
        );
    }
    let Some(first) = wanted.first() else { return Ok(said) };
    for name in &wanted {
        ground.prepare(cx.kernel, &cx.subject, name)?;
    }
    let dir = ground.spot(cx.kernel, &cx.subject, Some::<&Nested>(&nested), first)?;
    let text: Vec<String> = wanted.iter().map(|name| format!("+{name}")).collect();
    cx.kernel.write_file(&dir.join("cgroup.subtree_control"), &text.join(" "))?;
    Ok(said)
}

fn unknown(ground: &super::Ground, name: &str) -> Msg {
    let all = || ground.hierarchies.all.iter().flat_map(|one| &one.controllers).filter(|name| !name.contains('='));
    let list = all().map(String::as_str).collect::<Vec<_>>().join(" ");
    match nearest(name, all().map(String::as_str)) {
        Some(near) => Msg::new(
            format!("no controller `{name}` here; did you mean `{near}`?"),
            format!("这里没有控制器 `{name}`；你是想输入 `{near}` 吗？"),
        ),
        None => {
            Msg::new(format!("no controller `{name}` here; there are: {list}"), format!("这里没有控制器 `{name}`；现有：{list}"))
        }
    }
}
