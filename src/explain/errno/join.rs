//! B: setns(2), the files of namespaces, the questions one can ask of them.

mod check;

use super::case::{always, unreached};
use super::{NONE, Row, row, t};
use check::{climb, denied, gone, no_namespace, one_way, own_user, owner, threads, traced, unborn, zombie};
use nix::errno::Errno::*;

const OPEN: &[&str] = &["openat /ns/", "readlink /ns/"];

pub(super) const ROWS: &[Row] = &[
    row(
        "B1",
        &["openat /ns/", "readlink /ns/", "setns"],
        &[EACCES, EPERM],
        t(
            "the namespaces of a process may be taken only by who might trace it: same user and, even for root, every capability that the target has (ptrace(2), access mode checking)",
            "只有有权跟踪该进程的人才能取用它的命名空间：同一用户，而且即使是 root，也须具有目标的全部权能（ptrace(2) 的访问检查）",
        ),
        t(
            "take a process of the bench, which `ps` lists; or run boxlab with all capabilities",
            "改用 `ps` 列出的实验台进程；或以全部权能运行 boxlab",
        ),
        traced,
    ),
    row(
        "B2",
        OPEN,
        &[ENOENT],
        t(
            "the process is a zombie, which has left its namespaces already, or it is gone",
            "该进程是僵尸，已经离开它的命名空间；或者已不存在",
        ),
        t("see which processes live: `ps`", "看看哪些进程还活着：`ps`"),
        zombie,
    ),
    row(
        "B3",
        OPEN,
        &[ENOENT],
        t(
            "the PID namespace for children has no init yet, so there is nothing to open: the first child makes it",
            "子进程的 PID 命名空间还没有 init，因此没有可打开的：第一个子进程出生后才有",
        ),
        t("make the first child: `fork`", "先产生第一个子进程：`fork`"),
        unborn,
    ),
    row(
        "B4",
        &["setns"],
        &[EINVAL, EBADF],
        t("what was opened is no namespace, or is one of another kind than was named", "打开的不是命名空间，或与指定的种类不符"),
        t(
            "a namespace is a file such as /proc/PID/ns/net: `setns /proc/self/ns/uts`",
            "命名空间是 /proc/PID/ns/net 这样的文件：`setns /proc/self/ns/uts`",
        ),
        no_namespace,
    ),
    row(
        "B5",
        &["setns"],
        &[EINVAL],
        t(
            "one cannot enter the user namespace in which one is: that would give back dropped capabilities",
            "不能再次进入自己所在的用户命名空间：那样会重新得到已放弃的权能",
        ),
        t("leave user out and name the others: `setns a uts net`", "不写 user，只列出其余的：`setns a uts net`"),
        own_user,
    ),
    row(
        "B6",
        &["setns CLONE_NEWUSER"],
        &[EINVAL],
        t("a process with several threads cannot change its user namespace", "多线程进程不能更换用户命名空间"),
        t("enter it in a child: `fork`", "在子进程中进入：`fork`"),
        threads,
    ),
    row(
        "B7",
        &["setns CLONE_NEWNS"],
        &[EINVAL],
        t(
            "a process that shares root and working directory with another (threads, CLONE_FS) cannot change its mount namespace",
            "与他人共享根目录与当前目录（线程、CLONE_FS）的进程不能更换挂载命名空间",
        ),
        t("enter it in a child: `fork`", "在子进程中进入：`fork`"),
        threads,
    ),
    row(
        "B8",
        &["setns"],
        &[EUSERS],
        t("a process with several threads cannot change its time namespace", "多线程进程不能更换时间命名空间"),
        t("enter it in a child: `fork`", "在子进程中进入：`fork`"),
        threads,
    ),
    row(
        "B9",
        &["setns"],
        &[EINVAL],
        t(
            "a PID namespace above one's own, or beside it, cannot be entered: only one's own and those below it (one cannot climb)",
            "不能进入上级或旁系的 PID 命名空间：只能进入自己的和其下的（不能往上走）",
        ),
        t(
            "what is above acts from outside: `kill --outside TERM self`; or `reset`",
            "上层的事从外部去做：`kill --outside TERM self`；或 `reset`",
        ),
        climb,
    ),
    row(
        "B10",
        &["setns CLONE_NEWPID"],
        &[],
        t("setns to a PID namespace moves nobody but later children", "setns 到 PID 命名空间只影响之后出生的子进程"),
        t("make the child: `fork`", "产生子进程：`fork`"),
        unreached,
    ),
    row(
        "B11",
        &["setns"],
        &[EPERM],
        t(
            "to enter a namespace one needs CAP_SYS_ADMIN in the user namespace that owns it, and in one's own (for mnt CAP_SYS_CHROOT as well)",
            "进入命名空间需要在拥有它的用户命名空间以及自己的用户命名空间中都具有 CAP_SYS_ADMIN（mnt 还需 CAP_SYS_CHROOT）",
        ),
        t("enter the owner in the same call: `setns a user uts`", "在同一次调用中先进入属主：`setns a user uts`"),
        owner,
    ),
    row(
        "B12",
        &["setns"],
        &[EPERM],
        t(
            "a user namespace is a one-way street: who has entered one has no capabilities over what lies above it, be it root's own before",
            "用户命名空间是单行道：进入之后，对上层拥有的一切都不再有权能，哪怕之前是 root",
        ),
        t("begin anew, and enter the outer ones first: `reset`", "重新开始，先进入外层的：`reset`"),
        one_way,
    ),
    row(
        "B13",
        &["setns"],
        &[ESRCH],
        t(
            "the process of the pidfd has ended and was reaped: its namespaces are gone with it, unless somebody holds them",
            "pidfd 所指的进程已结束并被回收：除非另有持有者，它的命名空间也随之消失",
        ),
        t("see which processes live: `ps`", "看看哪些进程还活着：`ps`"),
        gone,
    ),
    row(
        "B14",
        &["setgroups"],
        &[EPERM],
        t(
            "/proc/PID/setgroups of this user namespace says `deny`: groups cannot be dropped here",
            "该用户命名空间的 /proc/PID/setgroups 为 deny：在这里不能放弃组",
        ),
        t(
            "nsenter(1) has --preserve-credentials for that; see `show /proc/self/setgroups`",
            "nsenter(1) 对此有 --preserve-credentials；可看 `show /proc/self/setgroups`",
        ),
        denied,
    ),
    row(
        "B15",
        &["setresuid", "setresgid", "setuid", "setgid"],
        &[EINVAL],
        t("the ID, be it 0, has no mapping in this user namespace", "这个 ID（哪怕是 0）在当前用户命名空间中没有映射"),
        t("see what is mapped: `show /proc/self/uid_map`", "查看映射：`show /proc/self/uid_map`"),
        unreached,
    ),
    row(
        "B16",
        &["ioctl NS_GET_PARENT", "ioctl NS_GET_USERNS"],
        &[EPERM],
        t(
            "parent or owner lies outside of what the caller may see: it is the first one, or above the caller's own",
            "父或属主在调用者可见范围之外：它是最初的那个，或在调用者之上",
        ),
        t("`ns` shows those that can be seen", "`ns` 显示看得到的"),
        always,
    ),
    row(
        "B17",
        &["ioctl NS_GET_PARENT"],
        &[EINVAL],
        t("only PID and user namespaces have parents", "只有 PID 和用户命名空间才有父空间"),
        NONE,
        unreached,
    ),
    row(
        "B18",
        &["ioctl NS_GET_OWNER_UID"],
        &[EINVAL],
        t(
            "only a user namespace has an owner's UID; of another ask for its user namespace first",
            "只有用户命名空间才有属主 UID；其他种类要先问它所属的用户命名空间",
        ),
        NONE,
        unreached,
    ),
    row(
        "B19",
        &["ioctl NS_GET_ID", "ioctl PIDFD_GET_INFO", "listns"],
        &[ENOTTY, EINVAL, ENOSYS],
        t("the kernel is older than the call; inode numbers serve as well", "内核没有这么新的调用；用 inode 编号也行"),
        NONE,
        unreached,
    ),
];
