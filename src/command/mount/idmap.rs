//! `mount idmap`: the same files with other owners. mount_setattr(2) with MOUNT_ATTR_IDMAP.

use super::one;
use super::options::Options;
use crate::command::{Args, Card, Count, Equivalent, Example, Inside, Kind, Man, Param, Primitive, Run, Said, Stop};
use crate::model::{Msg, NoteKind, NsKind, Text};
use std::os::unix::fs::MetadataExt;

/// The card.
pub const CARD: Card = Card {
    name: "mount idmap",
    args: &[
        one("SRC", Kind::Path, Text { en: "what is to be seen there, too", zh: "要在别处也能看到的文件或目录" }),
        one("DST", Kind::MountAt, Text { en: "where", zh: "挂到哪里" }),
        one(
            "SUBJECT",
            Kind::TargetNs(NsKind::User),
            Text {
                en: "whose user namespace has the map: a subject's name, a pin, or a PID as the host counts",
                zh: "使用谁的用户命名空间中的映射：被观察进程名、pin，或主机所见的 PID",
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
    primitive: Primitive::Syscall("mount_setattr"),
    man: &[Man("mount_setattr", 2), Man("user_namespaces", 7), Man("open_tree", 2)],
    own: &[NsKind::Mnt],
    summary: Text {
        en: "show files at another place with other owners", zh: "让文件在另一处以别的属主出现（ID 映射挂载）"
    },
    explain: Text {
        en: "An idmapped mount: a bind mount through which owners go by the map of a user namespace. With the map `0 100000 65536` the file that is uid 0's on the disk is seen \
             as uid 100000's, which is 0 for the container that has this map; and what that one makes there belongs to uid 0 on the disk. Nothing is changed on the disk, where \
             otherwise the whole image would have to be chowned for each container. It takes CAP_SYS_ADMIN over the filesystem (so: root of the machine for its disks) \
             and a filesystem that knows of it: ext4, xfs, btrfs, tmpfs (6.3), overlay (5.19, by its layers); not proc or sysfs.",
        zh: "ID 映射挂载：一种绑定挂载，通过它看到的属主按某个用户命名空间的映射转换。映射为 `0 100000 65536` 时，磁盘上属于 uid 0 的文件在这里属于 uid 100000，\
             而对使用该映射的容器来说那正是 0；容器在这里创建的文件，在磁盘上属于 uid 0。磁盘上什么也没改：否则就得为每个容器把整个镜像 chown 一遍。\
             需要对该文件系统拥有 CAP_SYS_ADMIN（对磁盘而言即机器的 root），文件系统本身也要支持：ext4、xfs、btrfs、tmpfs（6.3）、overlay（5.19，通过各层）；proc 和 sysfs 不支持。",
    },
    equivalents: &[
        Equivalent { tool: "mount(8)", line: "mount --bind -o X-mount.idmap=/proc/PID/ns/user SRC DST" },
        Equivalent { tool: "systemd-nspawn(1)", line: "systemd-nspawn --private-users=pick --private-users-ownership=map" },
        Equivalent { tool: "OCI", line: "config.json: mounts[].uidMappings, gidMappings" },
    ],
    examples: &[
        Example {
            after: "unshare mnt; mount private -r /; mount tmpfs /mnt; mkdir /mnt/a /mnt/b; subject new b; unshare user; idmap uid 0 100000 9; idmap gid 0 100000 9; subject use a",
            line: "mount idmap /mnt/a /mnt/b b",
            shows: "its owner is uid 0 at /mnt/a and uid 100000 at /mnt/b",
            needs: "root linux:6.3",
        },
        Example {
            after: "unshare mnt; mount private -r /; subject new b; unshare user; idmap uid 0 100000 9; idmap gid 0 100000 9; subject use a",
            line: "mount idmap /proc /mnt b",
            shows: "EINVAL",
            needs: "root",
        },
        Example {
            after: "unshare mnt; mount private -r /; subject new b; subject use a",
            line: "mount idmap /etc /mnt b",
            shows: "is the host's",
            needs: "root",
        },
    ],
    run: Run::Inside(run),
};

fn run(cx: &mut Inside<'_>, args: &Args) -> Result<Said, Stop> {
    let (source, target) = (args.one("SRC"), args.one("DST"));
    let options = Options::flags_only(args.one("FLAGS"))?;
    let held = cx.held.first().ok_or(Stop::Failed(libc::EBADF))?;
    let tree = cx.kernel.open_tree(source, options.recursive)?;
    cx.kernel.idmap_tree(&tree, &held.fd, &held.label, options.set, options.recursive)?;
    cx.kernel.move_mount(&tree, target)?;
    Ok(match (std::fs::metadata(source), std::fs::metadata(target)) {
        (Ok(was), Ok(is)) => Said::nothing().note(
            NoteKind::Did,
            Msg::new(
                format!("its owner is uid {} at {source} and uid {} at {target}: one file, two views", was.uid(), is.uid()),
                format!("它的属主在 {source} 处是 uid {}，在 {target} 处是 uid {}：同一个文件，两种视图", was.uid(), is.uid()),
            ),
        ),
        _ => Said::nothing(),
    })
}
