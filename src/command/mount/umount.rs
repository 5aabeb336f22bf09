//! `umount`: take a mount away. umount2(2).

use super::{flag, one};
use crate::command::{Args, Card, Equivalent, Example, Inside, Kind, Man, Primitive, Run, Said, Stop};
use crate::model::{NsKind, Text};

/// The card.
pub const CARD: Card = Card {
    name: "umount",
    args: &[
        flag(
            "-l",
            Text {
                en: "lazy, with all below it: out of the tree now, gone when nobody uses it any more",
                zh: "延迟卸载，连同其下的挂载：立刻从树上摘下，等无人使用时才真正消失",
            },
        ),
        one("PATH", Kind::Mounted, Text { en: "a mount point", zh: "一个挂载点" }),
    ],
    primitive: Primitive::Syscall("umount2"),
    man: &[Man("umount", 2), Man("mount_namespaces", 7)],
    own: &[NsKind::Mnt],
    summary: Text { en: "take a mount away", zh: "卸载" },
    explain: Text {
        en: "The topmost mount at PATH goes, and what it covered is seen again. EBUSY as long as a working directory, an open file or a mount is below it; `-l` (MNT_DETACH) does it \
             all the same. In a user namespace the mounts that came with the copy are locked together: they can be covered, not taken away (EINVAL), for that would show what lies below.",
        zh: "卸载 PATH 处最上面的挂载，它盖住的内容重新可见。只要其下还有进程的当前目录、打开的文件或挂载，就返回 EBUSY；`-l`（MNT_DETACH）则照样摘下。\
             在用户命名空间中，随副本而来的挂载是锁在一起的：可以盖住，不能卸下（EINVAL），否则会露出下面的内容。",
    },
    equivalents: &[Equivalent { tool: "umount(8)", line: "umount --lazy PATH" }],
    examples: &[
        Example {
            after: "unshare mnt; mount private -r /; mount tmpfs /mnt",
            line: "umount /mnt",
            shows: "umount2(\"/mnt\", 0) = 0",
            needs: "root",
        },
        Example {
            after: "unshare mnt; mount private -r /; mount tmpfs /mnt; chdir /mnt",
            line: "umount /mnt",
            shows: "EBUSY",
            needs: "root",
        },
        Example {
            after: "unshare mnt; mount private -r /; mount tmpfs /mnt; chdir /mnt",
            line: "umount -l /mnt",
            shows: "MNT_DETACH) = 0",
            needs: "root",
        },
        Example { after: "unshare user mnt", line: "umount /proc", shows: "EINVAL", needs: "userns" },
    ],
    run: Run::Inside(run),
};

fn run(cx: &mut Inside<'_>, args: &Args) -> Result<Said, Stop> {
    cx.kernel.umount2(args.one("PATH"), args.flag("-l"))?;
    Ok(Said::nothing())
}
