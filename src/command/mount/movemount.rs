//! `mount move`: a mount goes to another place. mount(2) with MS_MOVE.

use super::one;
use crate::command::{Args, Card, Equivalent, Example, Inside, Kind, Man, Primitive, Run, Said, Stop};
use crate::model::{NsKind, Text};

/// The card.
pub const CARD: Card = Card {
    name: "mount move",
    args: &[
        one("SRC", Kind::Path, Text { en: "a mount point", zh: "一个挂载点" }),
        one("DST", Kind::MountAt, Text { en: "an existing directory", zh: "一个已存在的目录" }),
    ],
    primitive: Primitive::Syscall("mount"),
    man: &[Man("mount", 2), Man("switch_root", 8)],
    own: &[NsKind::Mnt],
    summary: Text { en: "move a mount to another place", zh: "把挂载移到另一处" },
    explain: Text {
        en: "MS_MOVE takes a mount, with all below it, from one place to another; files that are open stay open. It is what switch_root(8) does where pivot_root(2) cannot: \
             when the root is the initramfs. The mount that SRC hangs on must not be shared, or the kernel answers EINVAL.",
        zh: "MS_MOVE 把一个挂载连同其下的所有挂载从一处移到另一处；已打开的文件不受影响。当根是 initramfs、pivot_root(2) 用不了时，switch_root(8) 就是这样做的。\
             SRC 所在的上级挂载不能是共享的，否则内核返回 EINVAL。",
    },
    equivalents: &[Equivalent { tool: "mount(8)", line: "mount --move SRC DST" }],
    examples: &[
        Example {
            after: "unshare mnt; mount private -r /; mount tmpfs /mnt",
            line: "mount move /mnt /srv",
            shows: "MS_MOVE, NULL) = 0",
            needs: "root",
        },
        Example { after: "unshare mnt; mount private -r /", line: "mount move /usr /mnt", shows: "EINVAL", needs: "root" },
    ],
    run: Run::Inside(run),
};

fn run(cx: &mut Inside<'_>, args: &Args) -> Result<Said, Stop> {
    cx.kernel.mount(Some(args.one("SRC")), args.one("DST"), None, libc::MS_MOVE, None)?;
    Ok(Said::nothing())
}
