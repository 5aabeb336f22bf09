//! A: unshare(2), clone3(2), fork(2).

mod check;
mod into;

use super::case::{always, unreached};
use super::{NONE, Row, row, t};
use check::{
    admin, chrooted, init_gone, kernel_lacks, max_namespaces, pid_depth, pid_twice, policy, seccomp, threads, too_many, unmapped,
    user_depth,
};
use nix::errno::Errno::*;

const BOTH: &[&str] = &["unshare", "clone3"];
const NEW_USER: &[&str] = &["unshare CLONE_NEWUSER", "clone3 CLONE_NEWUSER"];
const NEW_PID: &[&str] = &["unshare CLONE_NEWPID", "clone3 CLONE_NEWPID"];

pub(super) const ROWS: &[Row] = &[
    row(
        "A1",
        BOTH,
        &[EPERM],
        t(
            "a new namespace other than user needs CAP_SYS_ADMIN in the user namespace of the caller",
            "除 user 之外，新建命名空间需要在调用者所在的用户命名空间中具有 CAP_SYS_ADMIN",
        ),
        t(
            "name user in the same call, which gives the right: `unshare user uts`",
            "在同一次调用中加上 user，就有了这个权能：`unshare user uts`",
        ),
        admin,
    ),
    row(
        "A2",
        NEW_USER,
        &[EPERM],
        t(
            "a process whose root is not that of its mount namespace (after chroot) may not make a user namespace",
            "根目录不是其挂载命名空间之根的进程（chroot 之后）不能创建用户命名空间",
        ),
        t(
            "`reset`, and make the user namespace before chroot; or use pivot_root, which is no chroot",
            "先 `reset`，在 chroot 之前创建用户命名空间；或改用 pivot_root，它不是 chroot",
        ),
        chrooted,
    ),
    row(
        "A3",
        NEW_USER,
        &[EPERM],
        t(
            "the caller's own IDs have no mapping in its user namespace, so nobody could own a further one below",
            "调用者自己的 ID 在当前用户命名空间中没有映射，无法成为下一层用户命名空间的属主",
        ),
        t(
            "write both maps first: `idmap uid 0 0 1`, then `idmap gid 0 0 1`",
            "先写好两个映射：`idmap uid 0 0 1`，然后 `idmap gid 0 0 1`",
        ),
        unmapped,
    ),
    row(
        "A4",
        NEW_USER,
        &[EPERM, EACCES],
        t(
            "a policy forbids it: kernel.unprivileged_userns_clone=0 (Debian), AppArmor (Ubuntu), or a seccomp filter, as in a container",
            "策略禁止：kernel.unprivileged_userns_clone=0（Debian）、AppArmor（Ubuntu），或容器里的 seccomp 过滤器",
        ),
        t(
            "run boxlab as root, or outside of the container: `show /proc/self/status` tells of Seccomp",
            "以 root 运行 boxlab，或在容器之外运行：`show /proc/self/status` 可看到 Seccomp 一行",
        ),
        policy,
    ),
    row(
        "A5",
        NEW_USER,
        &[EINVAL],
        t("the process has more than one thread", "该进程有不止一个线程"),
        t("do it in a forked child, which has one thread: `fork`", "在 fork 出来的子进程里做，它只有一个线程：`fork`"),
        threads,
    ),
    row(
        "A6",
        BOTH,
        &[],
        t(
            "in a process with several threads only the calling one moves; and for pid and time nobody moves but later children",
            "在多线程进程中只有发起调用的线程会移动；而对 pid 和 time 来说，移动的只是之后出生的子进程",
        ),
        t("compare both links: `show /proc/self/ns`", "比较两个链接：`show /proc/self/ns`"),
        unreached,
    ),
    row(
        "A7",
        BOTH,
        &[EINVAL],
        t(
            "this kernel was built without that kind of namespace, or the flag is unknown to it",
            "内核编译时没有包含这种命名空间，或不认识该标志",
        ),
        t("`show /proc/self/ns` lists the kinds that there are", "`show /proc/self/ns` 列出现有的种类"),
        kernel_lacks,
    ),
    row(
        "A8",
        NEW_PID,
        &[EINVAL],
        t(
            "the PID namespace for children has been replaced already, and the caller itself is still in the old one: that happens once a process",
            "子进程将进入的 PID 命名空间已经换过，而调用者自己还在原来那个里：每个进程只能换一次",
        ),
        t("the child may do it again, for it is inside: `fork`", "子进程已在新空间里，可以再做一次：`fork`"),
        pid_twice,
    ),
    row(
        "A9",
        &["clone3"],
        &[ENOMEM],
        t(
            "the PID namespace in which children would be born has lost its init (its PID 1 has ended), and the kernel lets nobody be born there again. Memory has nothing to do with it",
            "子进程将要出生的 PID 命名空间已失去 init（它的 1 号进程已结束），内核不再允许任何进程在其中出生。与内存无关",
        ),
        t(
            "start over with `reset`; the next time keep a PID 1 alive: `spawn --init true`",
            "用 `reset` 重新开始；下次让 1 号进程一直存活：`spawn --init true`",
        ),
        init_gone,
    ),
    row(
        "A10",
        &["clone CLONE_THREAD", "clone3 CLONE_THREAD"],
        &[EINVAL],
        t(
            "after unshare of pid a process can start no thread: threads must share one PID namespace (Python says: can't start new thread)",
            "unshare pid 之后进程不能再创建线程：同一进程的线程必须同属一个 PID 命名空间（Python 报 can't start new thread）",
        ),
        t("make the namespace with a child instead: `clone pid`", "改为连同子进程一起创建：`clone pid`"),
        unreached,
    ),
    row(
        "A11",
        NEW_PID,
        &[ENOSPC],
        t("PID namespaces nest 32 levels deep, no deeper. No disk is full", "PID 命名空间最多嵌套 32 层。与磁盘空间无关"),
        t("leave a level: `exit`, or begin anew: `reset`", "退出一层：`exit`，或重新开始：`reset`"),
        pid_depth,
    ),
    row(
        "A12",
        NEW_USER,
        &[ENOSPC, EUSERS],
        t(
            "user namespaces nest 32 levels deep, no deeper (Linux 3.11 to 4.8 said EUSERS)",
            "用户命名空间最多嵌套 32 层（Linux 3.11 到 4.8 返回 EUSERS）",
        ),
        t("begin anew: `reset`", "重新开始：`reset`"),
        user_depth,
    ),
    row(
        "A13",
        BOTH,
        &[ENOSPC],
        t(
            "the number of namespaces of this kind that a user may have is used up, here or in a user namespace above: /proc/sys/user/max_*_namespaces. 0 switches the kind off",
            "该用户可拥有的这种命名空间数量已用完（本层或上层用户命名空间）：/proc/sys/user/max_*_namespaces。0 表示禁用这种命名空间",
        ),
        t(
            "look at the limits: `show /proc/sys/user`; `reset` goes back to where they were not changed",
            "查看这些上限：`show /proc/sys/user`；`reset` 回到未改动上限的地方",
        ),
        max_namespaces,
    ),
    row(
        "A14",
        &["clone3 CLONE_THREAD", "clone3 CLONE_PARENT"],
        &[EINVAL],
        t(
            "a new PID or user namespace needs a new process: neither a thread nor a sibling of the caller",
            "新的 PID 或用户命名空间需要新的进程：不能是线程，也不能是调用者的兄弟进程",
        ),
        NONE,
        unreached,
    ),
    row(
        "A15",
        &["clone3 CLONE_FS", "clone3 CLONE_SYSVSEM"],
        &[EINVAL],
        t(
            "root and working directory (CLONE_FS), or semaphore undo lists (CLONE_SYSVSEM), cannot be shared across a new mount, user or ipc namespace",
            "不能跨越新的挂载、用户或 IPC 命名空间共享根目录与当前目录（CLONE_FS）或信号量撤销列表（CLONE_SYSVSEM）",
        ),
        NONE,
        unreached,
    ),
    row(
        "A16",
        &["clone3 CLONE_PARENT"],
        &[EINVAL],
        t("the init of a PID namespace can have no siblings", "PID 命名空间的 init 不能有兄弟进程"),
        NONE,
        unreached,
    ),
    row(
        "A17",
        &["clone3 set_tid"],
        &[EEXIST, EPERM, EINVAL],
        t(
            "a chosen PID is taken (EEXIST), needs CAP_CHECKPOINT_RESTORE in the owner of each PID namespace named (EPERM), or names more levels than there are (EINVAL)",
            "指定的 PID 已被占用（EEXIST）；或在所列各 PID 命名空间的属主中缺少 CAP_CHECKPOINT_RESTORE（EPERM）；或列出的层数多于实际（EINVAL）",
        ),
        t("take a free one, once there is a PID 1: `ps` lists them", "先有 1 号进程，再选一个空闲的：`ps` 列出已用的"),
        always,
    ),
    row(
        "A18",
        &["clone3"],
        &[E2BIG],
        t(
            "the structure is larger than this kernel knows, and what it does not know is not zero",
            "结构体比内核所知的更大，而且多出的部分不为零",
        ),
        NONE,
        unreached,
    ),
    row(
        "A19",
        &["clone3"],
        &[ENOSYS],
        t(
            "the kernel is older than 5.3, or a seccomp filter hides the call so that libc falls back to clone(2)",
            "内核早于 5.3，或 seccomp 过滤器隐藏了该调用，好让 libc 退回 clone(2)",
        ),
        t(
            "see Seccomp in `show /proc/self/status`; outside of the container it is there",
            "在 `show /proc/self/status` 中看 Seccomp；在容器之外就有这个调用",
        ),
        seccomp,
    ),
    row(
        "A20",
        &["clone3 CLONE_INTO_CGROUP"],
        &[EBADF],
        t("the descriptor is not an open directory of cgroup v2", "该描述符不是已打开的 cgroup v2 目录"),
        t("`clone --cgroup NAME` opens the right one", "`clone --cgroup NAME` 会打开正确的目录"),
        into::no_cgroup,
    ),
    row(
        "A21",
        &["clone3 CLONE_INTO_CGROUP"],
        &[EBUSY],
        t(
            "the cgroup enables controllers for its children, so only leaves below it may hold processes (no internal processes, cgroups(7))",
            "该 cgroup 为子 cgroup 启用了控制器，只有其下的叶子才能容纳进程（内部节点无进程，cgroups(7)）",
        ),
        t("take a leaf below it: `clone --cgroup web/leaf -- true`", "改用其下的叶子：`clone --cgroup web/leaf -- true`"),
        into::inner_node,
    ),
    row(
        "A22",
        &["clone3 CLONE_INTO_CGROUP"],
        &[EOPNOTSUPP, EACCES],
        t(
            "the cgroup is `domain invalid`, below a threaded one (EOPNOTSUPP); or the caller may not write its cgroup.procs, whoever opened the directory (EACCES)",
            "该 cgroup 处于 domain invalid 状态，在 threaded cgroup 之下（EOPNOTSUPP）；或调用者无权写它的 cgroup.procs，不论目录是谁打开的（EACCES）",
        ),
        t("see its type: `cgroup get cgroup.type --cgroup web`", "查看类型：`cgroup get cgroup.type --cgroup web`"),
        into::not_for_this,
    ),
    row(
        "A23",
        &["clone3"],
        &[EAGAIN],
        t(
            "a limit on the number of processes is reached: pids.max of the cgroup or of one above it, or RLIMIT_NPROC of the user",
            "进程数达到上限：本 cgroup 或上级 cgroup 的 pids.max，或该用户的 RLIMIT_NPROC",
        ),
        t(
            "end some, or raise the limit: `cgroup set pids.max max`; threads count, too",
            "结束一些进程，或提高上限：`cgroup set pids.max max`；线程也计入",
        ),
        too_many,
    ),
    row(
        "A24",
        &["clone3 CLONE_NEWTIME"],
        &[],
        t(
            "a time namespace together with CLONE_VM is refused by old kernels only; since 6.x it works",
            "时间命名空间与 CLONE_VM 同用只在旧内核上被拒绝；6.x 起可以",
        ),
        NONE,
        unreached,
    ),
];
