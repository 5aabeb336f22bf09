//! D, first half: mount(2), umount2(2), propagation, for whoever has the right.

mod check;

use super::case::{always, undecided, unreached};
use super::{NONE, Row, row, t};
use check::{
    bad_options, below, busy, kinds_differ, missing, no_device, no_mount_point, noexec, not_block, not_mounted, not_movable,
    ns_file, open_for_writing, powerless, type_unknown, unbindable,
};
use nix::errno::Errno::*;

pub(super) use check::target;

const MOUNTS: &[&str] = &["mount", "umount2", "move_mount", "open_tree", "mount_setattr"];

pub(super) const ROWS: &[Row] = &[
    row(
        "D1",
        MOUNTS,
        &[EPERM],
        t(
            "mounts are changed with CAP_SYS_ADMIN in the user namespace that owns the mount namespace (mount(8) says: must be superuser)",
            "改动挂载需要在拥有该挂载命名空间的用户命名空间中具有 CAP_SYS_ADMIN（mount(8) 会说 must be superuser）",
        ),
        t("make both: `unshare user mnt`", "两者一起创建：`unshare user mnt`"),
        powerless,
    ),
    row(
        "D10",
        &["mount", "fsopen"],
        &[ENODEV],
        t("the kernel knows no filesystem of this type (its module may be missing)", "内核不认识这种文件系统（可能缺少模块）"),
        t("see which there are: `show /proc/filesystems`", "看看有哪些：`show /proc/filesystems`"),
        type_unknown,
    ),
    row(
        "D11",
        &["mount", "open_tree", "move_mount", "umount2", "mount_setattr"],
        &[ENOENT],
        t("source or target is not there, or a layer of an overlay", "源或目标不存在，或 overlay 的某一层不存在"),
        t("make it: `mkdir /mnt/a`; see what there is: `show /mnt`", "创建它：`mkdir /mnt/a`；查看：`show /mnt`"),
        missing,
    ),
    row(
        "D12",
        &["mount", "move_mount"],
        &[ENOTDIR],
        t(
            "a directory goes onto a directory, and anything else onto something that is no directory",
            "目录只能挂到目录上，其他文件只能挂到非目录上",
        ),
        t("make a target of the same kind: `mkdir /mnt/a`", "创建同类的目标：`mkdir /mnt/a`"),
        kinds_differ,
    ),
    row(
        "D13",
        &["mount"],
        &[ENOTBLK],
        t("this type of filesystem lies on a block device, and the source is none", "这种文件系统要放在块设备上，而源不是块设备"),
        t("see which devices there are: `show /proc/partitions`", "看看有哪些设备：`show /proc/partitions`"),
        not_block,
    ),
    row(
        "D14",
        &["mount", "fsconfig"],
        &[EINVAL],
        t(
            "the options are not what this filesystem takes; of overlay: upper and work directory on different mounts, one of them alone, or one below the other",
            "选项不被该文件系统接受；对 overlay：upper 与 work 目录不在同一挂载上、只给了其中一个，或一个在另一个之下",
        ),
        t("the kernel's log may say which: dmesg on the host", "内核日志可能会说明：在主机上看 dmesg"),
        bad_options,
    ),
    row(
        "D15",
        &["mount MS_REMOUNT", "mount MS_PRIVATE", "mount MS_SHARED", "mount MS_SLAVE", "mount MS_UNBINDABLE", "mount_setattr"],
        &[EINVAL],
        t("flags and propagation belong to mounts, and the target is no mount point", "标志与传播属于挂载，而目标不是挂载点"),
        t("bind it onto itself first: `mount bind /srv /srv`", "先把它绑定到自身：`mount bind /srv /srv`"),
        no_mount_point,
    ),
    row(
        "D16",
        &["mount MS_PRIVATE MS_SHARED"],
        &[EINVAL],
        t("one propagation flag a call, and MS_REC beside it at most", "每次调用只能有一个传播标志，至多再加 MS_REC"),
        NONE,
        unreached,
    ),
    row(
        "D17",
        &["mount MS_MOVE"],
        &[EINVAL],
        t(
            "only a mount can be moved, not `/`, and not out of a mount that is shared",
            "只能移动挂载点；不能移动 /，父挂载为 shared 时也不能移动",
        ),
        t(
            "bind it onto itself, or make its parent private: `mount private -r /`",
            "先绑定到自身，或把父挂载设为 private：`mount private -r /`",
        ),
        not_movable,
    ),
    row(
        "D18",
        &["mount MS_BIND", "open_tree"],
        &[EINVAL],
        t("the source is unbindable, which means just this", "源被设为 unbindable，意思正是不能绑定"),
        t("make it private: `mount private -r /`", "把它设为 private：`mount private -r /`"),
        unbindable,
    ),
    row(
        "D19",
        &["mount MS_BIND"],
        &[EINVAL],
        t(
            "a mount namespace cannot be bound into itself or into an older one than itself: it would hold itself alive for ever",
            "挂载命名空间不能绑定到自身或比自己更早的挂载命名空间里：那样它会使自己永远存活",
        ),
        t(
            "bind it from outside: nsenter(1) and unshare(1) --mount=FILE do it with a helper",
            "从外部绑定：unshare(1) --mount=FILE 借助辅助进程完成",
        ),
        ns_file,
    ),
    row(
        "D20",
        &["mount MS_REMOUNT", "mount_setattr"],
        &[EBUSY],
        t("a file on it is open for writing, so it cannot be made read-only", "其上有文件正以写方式打开，不能改为只读"),
        t("end who writes: `ps`", "结束正在写的进程：`ps`"),
        open_for_writing,
    ),
    row(
        "D21",
        &["umount2"],
        &[EBUSY],
        t(
            "it is in use: something is mounted below, or it is somebody's working directory or holds an open file",
            "正在使用：其下还有挂载，或是某进程的当前目录，或有文件打开着",
        ),
        t(
            "take it out of the tree now, and let it go when nobody uses it: `umount -l /mnt`",
            "先从目录树摘除，等无人使用时再释放：`umount -l /mnt`",
        ),
        busy,
    ),
    row(
        "D22",
        &["umount2"],
        &[EINVAL],
        t("nothing is mounted there", "那里没有挂载"),
        t("see the mounts: `mounts`", "查看挂载：`mounts`"),
        not_mounted,
    ),
    row(
        "D23",
        &["umount2 MNT_EXPIRE"],
        &[EAGAIN],
        t(
            "the first call only marks the mount; the second one unmounts it, if nobody has used it",
            "第一次调用只是标记；第二次才卸载（若期间无人使用）",
        ),
        NONE,
        unreached,
    ),
    row(
        "D24",
        &["mount cgroup", "mount cgroup2"],
        &[EBUSY],
        t(
            "one of the controllers sits in another hierarchy already, or one is still being taken down",
            "其中某个控制器已在另一层级里，或旧层级尚未完全释放",
        ),
        t("see which is where: `show /proc/cgroups`", "看看分布：`show /proc/cgroups`"),
        undecided,
    ),
    row(
        "D25",
        &["mount cgroup"],
        &[EINVAL],
        t("the controller is unknown, or sits in cgroup v2", "控制器不存在，或已在 cgroup v2 中"),
        t("see which is where: `show /proc/cgroups`", "看看分布：`show /proc/cgroups`"),
        undecided,
    ),
    row(
        "D26",
        &["execve"],
        &[EACCES],
        t(
            "the file lies on a mount with noexec: nothing there can be executed, whatever its permissions",
            "该文件所在的挂载带有 noexec：无论权限如何，其中的程序都不能执行",
        ),
        t("see the options: `show /proc/self/mountinfo`", "查看选项：`show /proc/self/mountinfo`"),
        noexec,
    ),
    row(
        "D27",
        &["openat"],
        &[EACCES],
        t(
            "the device file lies on a mount with nodev, as all are that were made in a user namespace",
            "该设备文件所在的挂载带有 nodev；在用户命名空间中做的挂载都如此",
        ),
        t("bind the host's: `mount bind /dev/null /mnt/null`", "绑定主机的设备文件：`mount bind /dev/null /mnt/null`"),
        no_device,
    ),
    row(
        "D29",
        &["mount proc"],
        &[],
        t(
            "a proc mounted after unshare of pid, before fork, shows the old PIDs: it is that of who mounts it, and the caller has not moved",
            "unshare pid 之后、fork 之前挂载的 proc 显示的仍是旧的 PID：它取决于挂载者，而调用者并没有移动",
        ),
        t("mount it in the child: `fork`", "在子进程里挂载：`fork`"),
        unreached,
    ),
    row(
        "D30",
        &["mount cgroup2"],
        &[],
        t(
            "a machine has one cgroup2: options given to another mount of it (nsdelegate, favordynmods) change the host's, too",
            "整机只有一个 cgroup2：再次挂载时给的选项（nsdelegate、favordynmods）会同样改变主机",
        ),
        NONE,
        unreached,
    ),
    row(
        "D31",
        &["mount", "umount2", "move_mount", "chdir", "chroot", "openat", "mkdir"],
        &[ENOTDIR],
        t("a part of the path is no directory", "路径中的某一部分不是目录"),
        t("see what there is: `show /mnt`", "看看那里有什么：`show /mnt`"),
        below,
    ),
    row(
        "D32",
        &["mkdir", "mknod", "openat", "write"],
        &[EROFS],
        t("it lies on a mount that is read-only", "它所在的挂载是只读的"),
        t("see the options: `mounts`", "查看选项：`mounts`"),
        always,
    ),
];
