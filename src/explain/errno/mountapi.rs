//! D, third part: the calls that a mount is made of since Linux 5.2, and mounts with a map of owners.

use super::case::{Case, Verdict, apart, maybe, undecided, yes};
use super::{NONE, Row, row, t};
use crate::explain::cap::Cap;
use crate::model::NsKind;
use nix::errno::Errno::*;

pub(super) const ROWS: &[Row] = &[
    row(
        "D33",
        &["mount_setattr MOUNT_ATTR_IDMAP"],
        &[EPERM],
        t(
            "owners are mapped by whoever has CAP_SYS_ADMIN over the filesystem itself: for one that the host mounted, root of the host; and over the user namespace with the map",
            "映射属主的人须对文件系统本身拥有 CAP_SYS_ADMIN：对主机挂载的文件系统，就是主机的 root；对提供映射的用户命名空间也须如此",
        ),
        t(
            "map it from a subject in the host's user namespace, or take a filesystem of one's own: `mount tmpfs /mnt`",
            "请在位于主机用户命名空间的被观察进程中做，或用自己的文件系统：`mount tmpfs /mnt`",
        ),
        powerless,
    ),
    row(
        "D34",
        &["mount_setattr MOUNT_ATTR_IDMAP"],
        &[EINVAL],
        t(
            "the user namespace has no uid_map or no gid_map yet: both are needed",
            "该用户命名空间还没有 uid_map 或 gid_map：两者都需要",
        ),
        t(
            "in that subject: `idmap uid 0 100000 65536`, `idmap gid 0 100000 65536`",
            "在那个被观察进程中：`idmap uid 0 100000 65536`、`idmap gid 0 100000 65536`",
        ),
        undecided,
    ),
    row(
        "D35",
        &["mount_setattr MOUNT_ATTR_IDMAP"],
        &[EINVAL],
        t(
            "this filesystem does not know of mapped mounts (proc, sysfs, cgroup2, FUSE without it, overlay of such layers), or the kernel is older than its support (tmpfs: Linux 6.3)",
            "该文件系统不支持 ID 映射挂载（proc、sysfs、cgroup2、未支持的 FUSE、由这些层构成的 overlay），或内核比它的支持更旧（tmpfs：Linux 6.3）",
        ),
        NONE,
        undecided,
    ),
    row(
        "D36",
        &["fsconfig FSCONFIG_CMD_CREATE"],
        &[EPERM],
        t(
            "in a user namespace only some filesystems can be made, and each only where its namespace is one's own: proc (pid), sysfs (net), mqueue (ipc), cgroup2 (cgroup); tmpfs, devpts, overlay, binfmt_misc; nothing on a disk",
            "在用户命名空间中只能创建某些文件系统，而且所属命名空间必须是自己的：proc（pid）、sysfs（net）、mqueue（ipc）、cgroup2（cgroup）；tmpfs、devpts、overlay、binfmt_misc；磁盘上的都不行",
        ),
        t("make it first, for proc: `unshare pid`, then `fork`", "先创建它，对 proc 来说：`unshare pid`，然后 `fork`"),
        undecided,
    ),
];

fn powerless(case: &Case<'_>) -> Verdict {
    // Without the right over the mount namespace open_tree(2) would have failed before.
    let first = case.live.host.get(&NsKind::User).copied();
    match case.may(Cap::SYS_ADMIN, first) {
        Some(false) => {
            let home = case.home().map_or("?".into(), |id| id.ino.to_string());
            yes().seen(
                format!("the caller is in user:[{home}]: it has no CAP_SYS_ADMIN over what the host mounted, nor over a user namespace that is not below its own"),
                format!("调用者在 user:[{home}] 中：对主机挂载的文件系统，以及不在自己之下的用户命名空间，它都没有 CAP_SYS_ADMIN"),
            )
        }
        Some(true) => apart(),
        None => maybe(),
    }
}
