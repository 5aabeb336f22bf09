//! `cgroup rm`: remove one of the subject's cgroups. rmdir(2) on cgroupfs.

use super::{NAME, ground};
use crate::command::{Args, Card, Equivalent, Example, Man, Outside, Primitive, Run, Said, Stop};
use crate::model::{Msg, Text};

/// The card.
pub const CARD: Card = Card {
    name: "cgroup rm",
    args: &[NAME],
    primitive: Primitive::Syscall("rmdir"),
    man: &[Man("rmdir", 2), Man("cgroups", 7)],
    own: &[],
    summary: Text { en: "remove one of the subject's cgroups", zh: "删除被观察进程的某个 cgroup" },
    explain: Text {
        en: "rmdir(2) removes a cgroup that has no processes and no children; its files go with it, and cannot be removed by \
             themselves (EPERM). EBUSY: somebody sits in it, or there are cgroups below. To remove a cgroup kills nobody: \
             `cgroup kill` does, `cgroup enter .` moves the subject out.",
        zh: "rmdir(2) 只能删除没有进程、也没有子 cgroup 的 cgroup；其中的文件随之消失，不能单独删除（EPERM）。\
             EBUSY：里面还有进程，或者其下还有 cgroup。删除 cgroup 不会杀死任何进程：杀死用 `cgroup kill`，把被观察进程移出来用 `cgroup enter .`。",
    },
    equivalents: &[
        Equivalent { tool: "sh", line: "rmdir /sys/fs/cgroup/box" },
        Equivalent { tool: "cgdelete(1)", line: "cgdelete -g memory,pids:box" },
    ],
    examples: &[
        Example { after: "cgroup new web", line: "cgroup rm web", shows: "/web\") = 0", needs: "root" },
        Example { after: "cgroup new web; cgroup enter web", line: "cgroup rm web", shows: "EBUSY", needs: "root" },
    ],
    run: Run::Outside(run),
};

fn run(cx: &mut Outside<'_>, args: &Args) -> Result<Said, Stop> {
    let nested = super::named(args, "NAME")?.unwrap_or_default();
    if nested.is_home() {
        return Err(Stop::Usage(Msg::new(
            "the subject's own cgroup goes when the subject does: `reset`, `quit`",
            "被观察进程自己的 cgroup 会随它一起消失：`reset`、`quit`",
        )));
    }
    let dirs = ground(cx)?.dirs(&cx.subject, &nested);
    if dirs.is_empty() {
        return Err(Stop::Unfit(super::nested::no_such(&nested)));
    }
    for dir in dirs.values() {
        cx.kernel.rmdir(dir)?;
    }
    Ok(Said::nothing())
}
