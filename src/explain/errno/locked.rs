//! D, second half: what a user namespace may not do with mounts, and mknod(2).

use super::case::{Case, Verdict, apart, decide, known, maybe, no, yes};
use super::mount_target as target;
use super::{Row, row, t};
use crate::explain::cap::Cap;
use crate::model::NsKind;
use nix::errno::Errno::*;
use std::path::Path;

/// Types that may be mounted in a user namespace (FS_USERNS_MOUNT).
const ALLOWED: &[&str] = &[
    "proc",
    "sysfs",
    "tmpfs",
    "ramfs",
    "overlay",
    "cgroup2",
    "cgroup",
    "devpts",
    "mqueue",
    "fuse",
    "fuseblk",
    "binfmt_misc",
    "bpf",
    "ceph",
    "erofs",
];

pub(super) const ROWS: &[Row] = &[
    row(
        "D2",
        &["mount proc"],
        &[EPERM],
        t(
            "in a user namespace proc may be mounted only by a process that lives in a PID namespace of that user namespace's: after unshare of pid that is the child, not the caller",
            "在用户命名空间中，只有身处该用户命名空间所拥有的 PID 命名空间里的进程才能挂载 proc：unshare pid 之后是子进程，而不是调用者自己",
        ),
        t("`unshare pid`, then `fork`, then mount it again", "先 `unshare pid`，再 `fork`，然后重新挂载"),
        foreign_pid,
    ),
    row(
        "D3",
        &["mount proc", "mount sysfs"],
        &[EPERM],
        t(
            "a new proc (sysfs) would reveal what mounts over parts of the present one hide, or there is none to compare with: the kernel's rule `mount too revealing`",
            "新的 proc（sysfs）会暴露被现有覆盖挂载遮住的部分，或者没有可比照的现有实例：即内核的 mount too revealing 规则",
        ),
        t("bind the old one: `mount bind /proc /mnt rec`", "绑定旧的：`mount bind /proc /mnt rec`"),
        revealing,
    ),
    row(
        "D4",
        &["mount sysfs"],
        &[EPERM],
        t(
            "in a user namespace sysfs asks for a network namespace of that user namespace's, whose devices it shows",
            "在用户命名空间中挂载 sysfs，需要归该用户命名空间所有的网络命名空间（它显示其中的设备）",
        ),
        t("`unshare net`, then mount it again", "先 `unshare net`，再重新挂载"),
        foreign_net,
    ),
    row(
        "D5",
        &["mount cgroup2", "mount cgroup"],
        &[EPERM],
        t(
            "in a user namespace cgroup2 asks for a cgroup namespace of that user namespace's",
            "在用户命名空间中挂载 cgroup2，需要归该用户命名空间所有的 cgroup 命名空间",
        ),
        t("`unshare cgroup`, then mount it again", "先 `unshare cgroup`，再重新挂载"),
        foreign_cgroup,
    ),
    row(
        "D6",
        &["mount"],
        &[EPERM],
        t(
            "this type of filesystem may not be mounted in a user namespace: the kernel does not trust what a user may have written to the disk",
            "这种文件系统不允许在用户命名空间中挂载：内核不信任用户可能写在磁盘上的内容",
        ),
        t("a bind mount, tmpfs or overlay does: `mount tmpfs /mnt`", "绑定挂载、tmpfs 或 overlay 可以：`mount tmpfs /mnt`"),
        forbidden_type,
    ),
    row(
        "D7",
        &["mount MS_BIND", "open_tree"],
        &[EINVAL],
        t(
            "the source has mounts below it that came from a more privileged mount namespace: bound without them, what they cover would be seen",
            "源之下有来自更高权限挂载命名空间的挂载：不连同它们一起绑定，就会露出被遮住的内容",
        ),
        t("bind all of it: `mount bind / /mnt rec`", "连同其下一起绑定：`mount bind / /mnt rec`"),
        uncovers,
    ),
    row(
        "D8",
        &["umount2"],
        &[EINVAL],
        t(
            "the mount is locked: it came with the copy from a more privileged mount namespace, and what lies under it is not to be seen",
            "该挂载是锁定的：它随副本来自更高权限的挂载命名空间，其下的内容不应被看到",
        ),
        t("mount something over it: `mount tmpfs /mnt`", "在它上面再挂载：`mount tmpfs /mnt`"),
        locked,
    ),
    row(
        "D9",
        &["mount MS_REMOUNT", "mount_setattr"],
        &[EPERM],
        t(
            "flags of a mount that came from a more privileged mount namespace (ro, nosuid, nodev, noexec) are locked",
            "来自更高权限挂载命名空间的挂载，其标志（ro、nosuid、nodev、noexec）是锁定的",
        ),
        t("take an overlay or a copy instead: `help mount overlay`", "改用 overlay 或副本：`help mount overlay`"),
        locked_flags,
    ),
    row(
        "D28",
        &["mknod", "mknodat"],
        &[EPERM],
        t(
            "to make a device file one needs CAP_MKNOD in the first user namespace: that of another one does not count",
            "创建设备文件需要在最初的用户命名空间中具有 CAP_MKNOD：别的用户命名空间里的不算",
        ),
        t(
            "bind the host's, as bwrap and crun do: `write /mnt/null x`, then `mount bind /dev/null /mnt/null`",
            "像 bwrap 和 crun 那样绑定主机的设备文件：`write /mnt/null x`，然后 `mount bind /dev/null /mnt/null`",
        ),
        device_file,
    ),
];

/// The namespace of this kind belongs to somebody over whom the caller has no rights.
fn foreign(case: &Case<'_>, kind: NsKind, lines: &[&str]) -> Verdict {
    if case.may(Cap::SYS_ADMIN, case.owner(NsKind::Mnt)) != Some(true) {
        return apart();
    }
    let owner = case.owner(kind);
    let number = owner.map_or(0, |id| id.ino);
    known(case.may(Cap::SYS_ADMIN, owner).map(|may| !may))
        .seen(format!("its {kind} namespace belongs to user:[{number}]"), format!("它的 {kind} 命名空间属于 user:[{number}]"))
        .lines(lines)
}

fn foreign_pid(case: &Case<'_>) -> Verdict {
    let (own, next) = (case.live.caller.ns_id(NsKind::Pid), case.live.caller.next_id(NsKind::Pid));
    // The new one is there already; only the child is missing.
    if own != next { foreign(case, NsKind::Pid, &["fork"]) } else { foreign(case, NsKind::Pid, &["unshare pid", "fork"]) }
}

fn foreign_net(case: &Case<'_>) -> Verdict {
    foreign(case, NsKind::Net, &["unshare net"])
}

fn foreign_cgroup(case: &Case<'_>) -> Verdict {
    foreign(case, NsKind::Cgroup, &["unshare cgroup"])
}

/// Is the caller in a user namespace of its own?
fn nested(case: &Case<'_>) -> bool {
    case.home() != case.live.host.get(&NsKind::User).copied()
}

fn revealing(case: &Case<'_>) -> Verdict {
    let kind = if case.flag("proc") { NsKind::Pid } else { NsKind::Net };
    if !nested(case) || case.may(Cap::SYS_ADMIN, case.owner(kind)) == Some(false) {
        return no();
    }
    let fs = if case.flag("proc") { "proc" } else { "sysfs" };
    let whole: Vec<&str> =
        case.live.mounts.iter().filter(|mount| mount.fs == fs && mount.root == "/").map(|mount| mount.point.as_str()).collect();
    if whole.is_empty() {
        return yes().seen(format!("no whole {fs} is mounted here"), format!("这里没有完整的 {fs} 挂载"));
    }
    let over: Vec<&str> = case
        .live
        .mounts
        .iter()
        .map(|mount| mount.point.as_str())
        .filter(|point| whole.iter().any(|whole| point != whole && Path::new(point).starts_with(whole)))
        .collect();
    match over.is_empty() {
        true => maybe(),
        false => {
            yes().seen(format!("mounted over parts of it: {}", over.join(", ")), format!("覆盖其部分的挂载：{}", over.join("，")))
        }
    }
}

fn forbidden_type(case: &Case<'_>) -> Verdict {
    let kind = case.text(2).unwrap_or_default();
    if case.flag("MS_BIND") || kind == "NULL" || case.may(Cap::SYS_ADMIN, case.owner(NsKind::Mnt)) != Some(true) {
        return apart();
    }
    decide(nested(case) && !ALLOWED.contains(&kind)).seen(format!("the type is {kind}"), format!("类型是 {kind}"))
}

/// Is the mount namespace a less privileged copy: owned by another user namespace than the host's?
fn less_privileged(case: &Case<'_>) -> bool {
    let owner = case.owner(NsKind::Mnt);
    owner.is_some() && owner != case.live.host.get(&NsKind::User).copied()
}

fn uncovers(case: &Case<'_>) -> Verdict {
    let source = if case.call.name == "open_tree" { case.text(1) } else { case.text(0) };
    let (Some(source), false) = (source, case.flag("MS_REC") || case.flag("AT_RECURSIVE")) else { return no() };
    let below: Vec<&str> = case
        .live
        .mounts
        .iter()
        .map(|mount| mount.point.as_str())
        .filter(|point| *point != source && Path::new(point).starts_with(source))
        .collect();
    if below.is_empty() || !less_privileged(case) {
        return no();
    }
    let list = below.iter().take(4).copied().collect::<Vec<_>>().join(", ");
    let line = match (case.call.name.as_str(), case.text(1)) {
        ("mount", Some(to)) => format!("mount bind {} {} rec", super::process::quoted(source), super::process::quoted(to)),
        _ => "help mount bind".into(),
    };
    yes().seen(format!("below {source}: {list}"), format!("{source} 之下：{list}")).lines(&[&line])
}

fn locked(case: &Case<'_>) -> Verdict {
    let Some(file) = target(case).filter(|file| file.is_mount_point) else { return no() };
    let path = &file.path;
    decide(less_privileged(case))
        .seen(
            format!("{path} is a mount point, and the mount namespace belongs to a user namespace of the bench's"),
            format!("{path} 是挂载点，而该挂载命名空间属于实验台的用户命名空间"),
        )
        .lines(&[&format!("mount tmpfs {}", super::process::quoted(path))])
}

fn locked_flags(case: &Case<'_>) -> Verdict {
    let mapped = case.flag("MOUNT_ATTR_IDMAP");
    if mapped || case.may(Cap::SYS_ADMIN, case.owner(NsKind::Mnt)) != Some(true) {
        return apart();
    }
    let flags = target(case)
        .and_then(|file| super::process::mount_of(case, file))
        .map(|mount| mount.options.join(","))
        .unwrap_or_default();
    decide(less_privileged(case)).seen(format!("its flags are: {flags}"), format!("它的标志是：{flags}"))
}

fn device_file(case: &Case<'_>) -> Verdict {
    let first = case.live.host.get(&NsKind::User).copied();
    match case.may(Cap::MKNOD, first) {
        Some(false) => {
            let lacks = case.lacks(Cap::MKNOD, first);
            yes()
                .seen(lacks.en, lacks.zh)
                .next("bind the host's device file: `help mount bind`", "绑定主机的设备文件：`help mount bind`")
        }
        Some(true) => no(),
        None => maybe(),
    }
}
