//! `mount remount`: other flags for a mount that is there. mount_setattr(2).

use super::one;
use super::options::Options;
use crate::command::{Args, Card, Equivalent, Example, Inside, Kind, Man, Primitive, Run, Said, Stop};
use crate::model::{Msg, NsKind, Text};

/// The card.
pub const CARD: Card = Card {
    name: "mount remount",
    args: &[
        one("PATH", Kind::Path, Text { en: "a mount point", zh: "一个挂载点" }),
        one(
            "FLAGS",
            Kind::Word,
            Text {
                en: "ro, rw, nosuid, suid, nodev, dev, noexec, exec; rec for the mounts below, too",
                zh: "ro、rw、nosuid、suid、nodev、dev、noexec、exec；加 rec 则包括其下的挂载",
            },
        ),
    ],
    primitive: Primitive::Syscall("mount_setattr"),
    man: &[Man("mount_setattr", 2), Man("mount_namespaces", 7)],
    own: &[NsKind::Mnt],
    summary: Text { en: "change the flags of a mount", zh: "修改挂载的标志" },
    explain: Text {
        en: "mount_setattr(2) (Linux 5.12) changes flags of this mount only, not of the filesystem: others may still write to it through other mounts. With `rec` it changes all \
             mounts below it, all or none; MS_REMOUNT|MS_BIND of mount(2) can do one at a time. In a user namespace the flags that a mount came with are locked: \
             to take ro, nosuid, nodev or noexec back there is EPERM.",
        zh: "mount_setattr(2)（Linux 5.12）只改这一个挂载的标志，不改文件系统本身：通过别的挂载仍可写入。加 `rec` 则其下所有挂载一起改，要么全改，要么不改；\
             mount(2) 的 MS_REMOUNT|MS_BIND 一次只能改一个。在用户命名空间中，继承来的挂载的标志是锁定的：要去掉 ro、nosuid、nodev 或 noexec，会得到 EPERM。",
    },
    equivalents: &[
        Equivalent { tool: "mount(8)", line: "mount -o remount,bind,ro PATH" },
        Equivalent { tool: "bwrap(1)", line: "bwrap --remount-ro PATH" },
        Equivalent { tool: "docker", line: "docker run --read-only" },
    ],
    examples: &[
        Example {
            after: "unshare mnt; mount private -r /",
            line: "mount remount / ro,rec",
            shows: "{attr_set=MOUNT_ATTR_RDONLY, attr_clr=0",
            needs: "root",
        },
        Example {
            after: "unshare mnt; mount private -r /; mount tmpfs /mnt ro; unshare user mnt",
            line: "mount remount /mnt rw",
            shows: "EPERM",
            needs: "root",
        },
        Example { after: "unshare mnt; mount private -r /", line: "mount remount /etc ro", shows: "EINVAL", needs: "root" },
    ],
    run: Run::Inside(run),
};

fn run(cx: &mut Inside<'_>, args: &Args) -> Result<Said, Stop> {
    let options = Options::flags_only(args.one("FLAGS"))?;
    if options.set | options.clear == 0 {
        return Err(Stop::Usage(Msg::new("no flag to change is named", "没有指出要修改的标志")));
    }
    cx.kernel.set_mount_flags(args.one("PATH"), options.set, options.clear, options.recursive)?;
    Ok(Said::nothing())
}
