//! `cgroup enter`: move the subject into one of its cgroups. write(2) to cgroup.procs.

use super::ground::make_dirs;
use super::{NAME, charge_note, counts_memory, ground};
use crate::command::{Args, Card, Equivalent, Example, Man, Outside, Primitive, Run, Said, Stop};
use crate::model::{Msg, NoteKind, Text};
use crate::observe::cgroup::descendants;
use std::path::Path;

/// The card.
pub const CARD: Card = Card {
    name: "cgroup enter",
    args: &[NAME],
    primitive: Primitive::Write("cgroup.procs"),
    man: &[Man("cgroups", 7)],
    own: &[],
    summary: Text { en: "move the subject into one of its cgroups", zh: "把被观察进程移入它的某个 cgroup" },
    explain: Text {
        en: "A PID written to cgroup.procs moves that process with all its threads; its children stay where they are, and those that \
             it starts from now on are born where it is. `.` is the subject's own cgroup, the way back. Memory that it had before stays \
             charged to the old cgroup. A write of this kind can take some milliseconds: the kernel waits for an RCU grace period. \
             EBUSY on cgroup v2: the target enables controllers for its children, so only leaves below it may hold processes.",
        zh: "把 PID 写入 cgroup.procs，就移动了那个进程及其所有线程；它的子进程留在原处，此后新启动的则出生在它所在的地方。\
             `.` 指被观察进程自己的 cgroup，可用来返回。之前占用的内存仍记在原来的 cgroup 上。这样的写入可能耗时数毫秒：内核要等待一个 RCU 宽限期。\
             在 cgroup v2 上返回 EBUSY：目标已为子 cgroup 启用了控制器，只有其下的叶子才能容纳进程。",
    },
    equivalents: &[
        Equivalent { tool: "sh", line: "echo $$ > /sys/fs/cgroup/box/cgroup.procs" },
        Equivalent { tool: "cgclassify(1)", line: "cgclassify -g memory:box $$" },
    ],
    examples: &[
        Example { after: "cgroup new web", line: "cgroup enter web", shows: "/web/cgroup.procs>", needs: "root" },
        Example { after: "cgroup new web; cgroup enter web", line: "cgroup enter .", shows: "/cgroup.procs>", needs: "root" },
        Example { after: "", line: "cgroup enter nowhere", shows: "`cgroup new nowhere` makes it", needs: "root" },
    ],
    run: Run::Outside(run),
};

fn run(cx: &mut Outside<'_>, args: &Args) -> Result<Said, Stop> {
    let nested = super::named(args, "NAME")?.unwrap_or_default();
    let ground = ground(cx)?;
    if nested.is_home() {
        ground.prepare(cx.kernel, &cx.subject, ground.first())?;
    } else if ground.dirs(&cx.subject, &nested).is_empty() {
        return Err(Stop::Unfit(super::nested::no_such(&nested)));
    }
    let pid = cx.subject.pid();
    let sits = ground.sits(&cx.subject);
    let mut memory = None;
    // On v1 one and the same cgroup is a directory in each tree where the subject has its own: it moves in all of them.
    for one in &ground.hierarchies.all {
        let Some(home) = ground.home(one, &cx.subject) else { continue };
        let dir = home.join(&nested.0);
        make_dirs(cx.kernel, &dir)?;
        if sits.get(&one.key) != Some(&dir) {
            cx.kernel.join_cgroup(&dir, pid)?;
        }
        if counts_memory(one, &dir) {
            memory = Some(dir);
        }
    }
    let mut said = charge_note(cx, Said::nothing(), memory.as_deref());
    let stay = descendants(Path::new(super::ground::PROC), pid);
    if !stay.is_empty() {
        let list = stay.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
        said = said.note(
            NoteKind::Unchanged,
            Msg::new(
                format!("processes that it started before stay where they are: {list}"),
                format!("它之前启动的进程留在原处：{list}"),
            ),
        );
    }
    Ok(said)
}
