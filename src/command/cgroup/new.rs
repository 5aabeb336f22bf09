//! `cgroup new`: make a cgroup below the subject's own. mkdir(2) on cgroupfs.

use super::{NAME, ground};
use crate::command::{Args, Card, Equivalent, Example, Man, Outside, Primitive, Run, Said, Stop};
use crate::model::{Msg, NoteKind, Text};
use crate::observe::cgroup::Version;

/// The card.
pub const CARD: Card = Card {
    name: "cgroup new",
    args: &[NAME],
    primitive: Primitive::Syscall("mkdir"),
    man: &[Man("mkdir", 2), Man("cgroups", 7)],
    own: &[],
    summary: Text {
        en: "make a cgroup below the subject's own", zh: "在被观察进程自己的 cgroup 之下创建一个 cgroup"
    },
    explain: Text {
        en: "To make a cgroup is to make a directory; the kernel fills it with files. Nobody is in it: `cgroup enter` moves the subject. \
             On cgroup v2 it has the files of a controller only once the parent's cgroup.subtree_control names that controller \
             (`cgroup enable`). On cgroup v1 each controller has a tree of its own; boxlab makes the cgroup in another tree when \
             something is set there.",
        zh: "创建 cgroup 就是创建目录，内核会在里面放好文件。新建的 cgroup 里没有进程：用 `cgroup enter` 把被观察进程移进去。\
             在 cgroup v2 上，只有父 cgroup 的 cgroup.subtree_control 列出某个控制器，这里才有它的文件（`cgroup enable`）。\
             在 cgroup v1 上，每个控制器自成一棵树；等到要在另一棵树里设置什么时，boxlab 才在那里创建同名的 cgroup。",
    },
    equivalents: &[
        Equivalent { tool: "sh", line: "mkdir /sys/fs/cgroup/box" },
        Equivalent { tool: "cgcreate(1)", line: "cgcreate -g memory,pids:box" },
    ],
    examples: &[
        Example { after: "", line: "cgroup new web", shows: "/web\", 0777) = 0", needs: "root" },
        Example { after: "cgroup new web", line: "cgroup new web", shows: "EEXIST", needs: "root" },
        Example { after: "", line: "cgroup new ../web", shows: "no `..`", needs: "" },
    ],
    run: Run::Outside(run),
};

fn run(cx: &mut Outside<'_>, args: &Args) -> Result<Said, Stop> {
    let nested = super::named(args, "NAME")?.unwrap_or_default();
    if nested.is_home() {
        return Err(Stop::Usage(Msg::new(
            "`.` is the subject's own cgroup, which the bench makes; give the new one a name",
            "`.` 是被观察进程自己的 cgroup，由实验台创建；请给新的 cgroup 起个名字",
        )));
    }
    let ground = ground(cx)?;
    let controller = ground.first();
    let home = ground.prepare(cx.kernel, &cx.subject, controller)?;
    cx.kernel.mkdir(&home.join(&nested.0))?;
    let mut said = Said::nothing();
    let parent = home.join(&nested.0).parent().map(|parent| parent.to_path_buf()).unwrap_or(home);
    let v2 = ground.hierarchies.of(controller).is_some_and(|one| one.version == Version::V2);
    let offered = super::base::names(&parent.join("cgroup.controllers"));
    if v2 && !offered.is_empty() && super::base::names(&parent.join("cgroup.subtree_control")).is_empty() {
        let list = offered.join(" ");
        said = said.note(
            NoteKind::Unchanged,
            Msg::new(
                format!(
                    "it has the core files only: its parent hands down no controller yet (there are: {list}; `cgroup enable`)"
                ),
                format!("它只有核心文件：父 cgroup 还没有把控制器交给下级（可用的有：{list}；见 `cgroup enable`）"),
            ),
        );
    }
    Ok(said)
}
