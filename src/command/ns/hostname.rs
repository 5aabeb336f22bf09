//! `hostname`: change the host name of the subject's UTS namespace. sethostname(2).

use crate::command::{Args, Card, Count, Equivalent, Example, Inside, Kind, Man, Param, Primitive, Run, Said, Stop};
use crate::model::{Block, NsKind, Text};
use crate::observe;

/// The card.
pub const CARD: Card = Card {
    name: "hostname",
    args: &[Param {
        name: "NAME",
        kind: Kind::Word,
        count: Count::Optional,
        about: Text {
            en: "the new name, up to 64 bytes; without it the name is shown",
            zh: "新的主机名，最多 64 字节；省略则显示当前主机名",
        },
    }],
    primitive: Primitive::Syscall("sethostname"),
    man: &[Man("sethostname", 2), Man("uts_namespaces", 7)],
    own: &[NsKind::Uts],
    summary: Text {
        en: "change the host name of the subject's UTS namespace", zh: "修改被观察进程所在 UTS 命名空间的主机名"
    },
    explain: Text {
        en: "sethostname(2) changes the name for every process in the same UTS namespace. While the subject shares the host's, \
             that would rename the machine, so it is refused: `unshare uts` first.",
        zh: "sethostname(2) 会改变同一 UTS 命名空间中所有进程看到的主机名。被观察进程仍与主机共享 UTS 命名空间时，这会给整台机器改名，因此被拒绝：请先执行 `unshare uts`。",
    },
    equivalents: &[
        Equivalent { tool: "unshare(1)", line: "unshare --uts sh -c 'hostname box; exec bash'" },
        Equivalent { tool: "docker", line: "docker run --hostname box" },
    ],
    examples: &[
        Example { after: "unshare uts", line: "hostname box", shows: "sethostname(\"box\", 3) = 0", needs: "root" },
        Example { after: "", line: "hostname box", shows: "would rename", needs: "" },
    ],
    run: Run::Inside(run),
};

fn run(cx: &mut Inside<'_>, args: &Args) -> Result<Said, Stop> {
    match args.opt("NAME") {
        Some(name) => cx.kernel.sethostname(name).map(|()| Said::nothing()).map_err(Stop::from),
        None => Ok(Said::nothing().show(Block::Lines(vec![observe::process::inside().hostname]))),
    }
}
