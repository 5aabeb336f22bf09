//! `mount bind`: the same files at another place, with flags of its own. mount(2) with MS_BIND; with flags open_tree(2),
//! mount_setattr(2), move_mount(2).

use super::one;
use super::options::Options;
use crate::command::{Args, Card, Count, Equivalent, Example, Inside, Kind, Man, Param, Primitive, Run, Said, Stop};
use crate::model::{NsKind, Text};

/// The card.
pub const CARD: Card = Card {
    name: "mount bind",
    args: &[
        one("SRC", Kind::Path, Text { en: "what is to be seen there, too", zh: "要在别处也能看到的文件或目录" }),
        one(
            "DST",
            Kind::MountAt,
            Text {
                en: "where: a directory for a directory, a file for a file", zh: "挂到哪里：目录对目录，文件对文件"
            },
        ),
        Param {
            name: "FLAGS",
            kind: Kind::Word,
            count: Count::Optional,
            about: Text {
                en: "rec (with the mounts below), ro, nosuid, nodev, noexec, nosymfollow",
                zh: "rec（包括其下的挂载）、ro、nosuid、nodev、noexec、nosymfollow",
            },
        },
    ],
    primitive: Primitive::Syscall("mount"),
    man: &[Man("mount", 2), Man("open_tree", 2), Man("mount_setattr", 2), Man("move_mount", 2)],
    own: &[NsKind::Mnt],
    summary: Text {
        en: "show a file or directory at another place, too", zh: "让文件或目录在另一处也能看到（绑定挂载）"
    },
    explain: Text {
        en: "A bind mount is a second mount of the same filesystem: no copy, no link. Flags such as ro belong to the mount, so the same files can be \
             read-only here and writable there. mount(2) ignores flags beside MS_BIND (one would remount afterwards, and for a moment it would be writable); so with flags boxlab \
             makes a copy of the mount that hangs nowhere (open_tree(2)), sets its flags (mount_setattr(2), with `rec` on all mounts below it), and then mounts it (move_mount(2)). \
             In a user namespace a tree with mounts below it can only be bound with `rec`: else one would see what those cover.",
        zh: "绑定挂载是同一个文件系统的又一次挂载：既不是副本，也不是链接。ro 等标志属于挂载本身，因此同样的文件可以在这里只读，在那里可写。\
             mount(2) 会忽略与 MS_BIND 同时给出的标志（只能事后 remount，而在那之前它是可写的）；所以带标志时，boxlab 先用 open_tree(2) 得到一份尚未挂在任何地方的挂载副本，\
             用 mount_setattr(2) 设置标志（加 `rec` 则作用于其下所有挂载），再用 move_mount(2) 挂上去。在用户命名空间中，其下还有挂载的目录树只能带 `rec` 绑定：否则会露出被盖住的内容。",
    },
    equivalents: &[
        Equivalent { tool: "mount(8)", line: "mount --rbind -o ro=recursive SRC DST" },
        Equivalent { tool: "bwrap(1)", line: "bwrap --ro-bind SRC DST" },
        Equivalent { tool: "docker", line: "docker run -v SRC:DST:ro" },
    ],
    examples: &[
        Example {
            after: "unshare mnt; mount private -r /",
            line: "mount bind /usr /mnt",
            shows: "mount(\"/usr\", \"/mnt\", NULL, MS_BIND, NULL) = 0",
            needs: "root",
        },
        Example {
            after: "unshare mnt; mount private -r /; mount bind /usr /mnt ro,rec",
            line: "spawn touch /mnt/x",
            shows: "Read-only file system",
            needs: "root",
        },
        Example { after: "unshare user mnt", line: "mount bind / /mnt", shows: "EINVAL", needs: "userns" },
        Example {
            after: "unshare user mnt",
            line: "mount bind / /mnt rec,ro",
            shows: "MOVE_MOUNT_F_EMPTY_PATH) = 0",
            needs: "userns",
        },
        Example {
            after: "unshare mnt; mount private -r /",
            line: "mount bind /etc/passwd /mnt",
            shows: "ENOTDIR",
            needs: "root",
        },
    ],
    run: Run::Inside(run),
};

fn run(cx: &mut Inside<'_>, args: &Args) -> Result<Said, Stop> {
    let options = Options::flags_only(args.one("FLAGS"))?;
    bind(cx, args.one("SRC"), args.one("DST"), &options)?;
    Ok(Said::nothing())
}

/// Binds, all or nothing.
///
/// Errors: as [`crate::kernel::Kernel::mount`] and [`crate::kernel::Kernel::open_tree`].
pub(super) fn bind(cx: &mut Inside<'_>, source: &str, target: &str, options: &Options) -> Result<(), Stop> {
    if options.set | options.clear == 0 {
        let flags = libc::MS_BIND | if options.recursive { libc::MS_REC } else { 0 };
        cx.kernel.mount(Some(source), target, None, flags, None)?;
        return Ok(());
    }
    let tree = cx.kernel.open_tree(source, options.recursive)?;
    cx.kernel.set_tree_flags(&tree, options.set, options.clear, options.recursive)?;
    cx.kernel.move_mount(&tree, target)?;
    Ok(())
}
