//! I: capabilities, no_new_privs, securebits, seccomp, Landlock, limits, priorities.

mod check;

use super::case::{always, unreached};
use super::{NONE, Row, row, t};
use check::{
    bound, captured, filtered, lower_nice, lower_oom, more_than_permitted, no_cpu, not_both, raised, set_id, strict_bits,
    unprivileged,
};
use nix::errno::Errno::*;

pub(super) const ROWS: &[Row] = &[
    row(
        "I1",
        &["prctl PR_CAP_AMBIENT_RAISE"],
        &[EPERM],
        t(
            "an ambient capability must be permitted and inheritable first, and SECBIT_NO_CAP_AMBIENT_RAISE must be off",
            "环境集中的权能必须先同时处于许可集与可继承集，且 SECBIT_NO_CAP_AMBIENT_RAISE 未设置",
        ),
        t("see the sets: `caps`", "查看各集：`caps`"),
        not_both,
    ),
    row(
        "I2",
        &["prctl PR_CAPBSET_DROP"],
        &[EPERM],
        t(
            "taking from the bounding set needs CAP_SETPCAP: it comes before other capabilities are given up and before the user changes",
            "从边界集中去掉权能需要 CAP_SETPCAP：要在放弃其他权能和更换用户之前做",
        ),
        t("begin anew, with this line first: `reset`", "重新开始，先做这一行：`reset`"),
        bound,
    ),
    row(
        "I3",
        &["prctl PR_CAPBSET_DROP", "prctl PR_CAP_AMBIENT_RAISE", "prctl PR_CAP_AMBIENT_LOWER"],
        &[EINVAL],
        t("this kernel does not know a capability of that number", "本机内核不认识该编号的权能"),
        t(
            "the last that it knows: `show /proc/sys/kernel/cap_last_cap`",
            "它认识的最后一个：`show /proc/sys/kernel/cap_last_cap`",
        ),
        always,
    ),
    row(
        "I4",
        &["capset"],
        &[EPERM],
        t(
            "nothing can be made effective or permitted that was not permitted, and nothing new inheritable that is not in the bounding set",
            "不在许可集中的权能不能变为有效或许可；不在边界集中的不能新加入可继承集",
        ),
        t("capabilities only shrink; begin anew: `reset`", "权能只会减少；重新开始：`reset`"),
        more_than_permitted,
    ),
    row(
        "I5",
        &["prctl PR_SET_NO_NEW_PRIVS"],
        &[EINVAL],
        t("no_new_privs cannot be taken back", "no_new_privs 不能撤销"),
        t("a new process from outside: `reset`", "从外部换一个新进程：`reset`"),
        unreached,
    ),
    row(
        "I6",
        &["seccomp SECCOMP_SET_MODE_FILTER", "landlock_restrict_self"],
        &[EACCES, EPERM],
        t(
            "who has no CAP_SYS_ADMIN in its own user namespace must set no_new_privs first: else a set-user-ID program could be confused by what it may not do",
            "在自己的用户命名空间中没有 CAP_SYS_ADMIN 的，必须先设置 no_new_privs：否则可以用限制来迷惑 set-user-ID 程序",
        ),
        t("set it: `nnp`", "设置它：`nnp`"),
        unprivileged,
    ),
    row(
        "I7",
        &["seccomp SECCOMP_SET_MODE_FILTER"],
        &[EINVAL],
        t(
            "the kernel does not take the BPF program: it could run past its end, or jumps too far",
            "内核不接受该 BPF 程序：可能执行到末尾之外，或跳转过远",
        ),
        NONE,
        unreached,
    ),
    row(
        "I8",
        &[
            "unshare",
            "clone3",
            "setns",
            "sethostname",
            "mount",
            "umount2",
            "pivot_root",
            "chroot",
            "kill",
            "setuid",
            "setgid",
            "setgroups",
            "capset",
            "prctl",
            "mkdir",
            "mkdirat",
            "mknodat",
            "openat",
            "execve",
            "socket",
            "bind",
            "setpriority",
            "prlimit64",
        ],
        &[EPERM, ENOSYS],
        t(
            "a seccomp filter of its own answers in the kernel's stead; what it holds cannot be read back",
            "它自己的 seccomp 过滤器代替内核作了回答；过滤器的内容读不回来",
        ),
        t("filters never go away; begin anew: `reset`", "过滤器不能撤除；重新开始：`reset`"),
        filtered,
    ),
    row(
        "I9",
        &["prlimit64"],
        &[EPERM],
        t(
            "raising a hard limit needs CAP_SYS_RESOURCE in the machine's user namespace; NOFILE above fs.nr_open is refused to everybody",
            "提高硬限制需要在整台机器的用户命名空间中具有 CAP_SYS_RESOURCE；NOFILE 超过 fs.nr_open 则谁都不行",
        ),
        t("stay below it: `rlimit` shows it", "不要超过它：`rlimit` 可以查看"),
        raised,
    ),
    row(
        "I10",
        &["prlimit64"],
        &[EINVAL],
        t("the soft limit would be above the hard one", "软限制会高于硬限制"),
        t("give both, or stay below: `rlimit` shows them", "两个一起给，或不要超过：`rlimit` 可以查看"),
        always,
    ),
    row(
        "I12",
        &["landlock_create_ruleset"],
        &[ENOSYS, EOPNOTSUPP],
        t(
            "this kernel was built without Landlock (ENOSYS), or it was not switched on at boot: its name is missing in lsm= (EOPNOTSUPP)",
            "本机内核没有编译 Landlock（ENOSYS），或启动时没有启用：lsm= 中没有它（EOPNOTSUPP）",
        ),
        t("see which are on: `show /sys/kernel/security/lsm`", "查看启用了哪些：`show /sys/kernel/security/lsm`"),
        always,
    ),
    row(
        "I13",
        &["setuid", "setgid", "setgroups"],
        &[EPERM],
        t(
            "without CAP_SETUID (CAP_SETGID for groups) in its own user namespace a process can only go back to its real or saved ID",
            "在自己的用户命名空间中没有 CAP_SETUID（改组则为 CAP_SETGID）时，只能换回实际或保存的 ID",
        ),
        t("groups first, then the user, and there is no way back: `reset`", "先改组，再改用户，而且没有退路：`reset`"),
        set_id,
    ),
    row(
        "I14",
        &["write oom_score_adj"],
        &[EACCES],
        t(
            "going below what a process with the right has set needs CAP_SYS_RESOURCE in the machine's user namespace",
            "要低于特权进程设定过的值，需要在整台机器的用户命名空间中具有 CAP_SYS_RESOURCE",
        ),
        t("a higher value is always allowed: `oom_score 500`", "调高总是允许的：`oom_score 500`"),
        lower_oom,
    ),
    row(
        "I15",
        &["write oom_score_adj"],
        &[EINVAL],
        t("the value goes from -1000 to 1000", "取值范围是 -1000 到 1000"),
        t("for example: `oom_score 500`", "例如：`oom_score 500`"),
        always,
    ),
    row(
        "I16",
        &["setpriority"],
        &[EACCES],
        t(
            "a lower nice value than RLIMIT_NICE allows needs CAP_SYS_NICE in the machine's user namespace",
            "要取低于 RLIMIT_NICE 所允许的 nice 值，需要在整台机器的用户命名空间中具有 CAP_SYS_NICE",
        ),
        t("giving way is always allowed: `prio 19`", "让步总是允许的：`prio 19`"),
        lower_nice,
    ),
    row(
        "I17",
        &["sched_setaffinity"],
        &[EINVAL],
        t("none of these CPUs is online and in the process's cpuset", "其中没有任何一个 CPU 既在线又在该进程的 cpuset 中"),
        t("see what there is: `show /sys/devices/system/cpu/online`", "查看有哪些：`show /sys/devices/system/cpu/online`"),
        no_cpu,
    ),
    row(
        "I18",
        &["prctl PR_SET_SECUREBITS"],
        &[EPERM],
        t(
            "changing securebits needs CAP_SETPCAP, and a bit whose lock is set cannot be changed by anybody",
            "改动 securebits 需要 CAP_SETPCAP；已上锁的位则谁都不能改",
        ),
        t("see them: `securebits`", "查看：`securebits`"),
        strict_bits,
    ),
    row(
        "H8",
        &["setsid"],
        &[EPERM],
        t(
            "the leader of a process group cannot begin a session: its group would then be in two sessions",
            "进程组首领不能开始新会话：否则它的进程组会跨两个会话",
        ),
        t("a child can: `setsid` makes one", "子进程可以：`setsid` 会创建一个"),
        captured,
    ),
];
