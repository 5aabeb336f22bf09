//! K: silent traps. Nothing fails, and yet it is not what one expects; the command that meets one says so in a note.

use super::case::unreached;
use super::{Row, row, t};

pub(super) const ROWS: &[Row] = &[
    row(
        "K1",
        &["unshare CLONE_NEWUSER"],
        &[],
        t(
            "without a map all IDs show as 65534, and new files can have no owner",
            "不写映射时所有 ID 都显示为 65534，新建的文件也无法有属主",
        ),
        t("`idmap uid 0 0 1`", "`idmap uid 0 0 1`"),
        unreached,
    ),
    row(
        "K2",
        &["openat", "mkdir", "write"],
        &[],
        t(
            "what root of a user namespace writes belongs, outside, to the user who stands behind it",
            "用户命名空间的 root 写下的文件，在外部属于它背后的那个用户",
        ),
        t("`show /proc/self/uid_map`", "`show /proc/self/uid_map`"),
        unreached,
    ),
    row(
        "K3",
        &["mount", "umount2"],
        &[],
        t(
            "a mount made below a shared mount appears in every copy of it, on the host, too",
            "在 shared 挂载之下做的挂载会出现在它的每个副本里，包括主机",
        ),
        t("`mount private -r /` comes first", "先执行 `mount private -r /`"),
        unreached,
    ),
    row(
        "K4",
        &["setns CLONE_NEWCGROUP"],
        &[],
        t(
            "to enter a cgroup namespace is not to enter the cgroup: paths begin with /../.. then",
            "进入 cgroup 命名空间并不等于进入那个 cgroup：此后路径以 /../.. 开头",
        ),
        t("`cgroup enter .` moves the process", "`cgroup enter .` 才移动进程"),
        unreached,
    ),
    row(
        "K5",
        &["write cgroup.procs"],
        &[],
        t("memory that was used before a move stays charged to the old cgroup", "换 cgroup 之前已用的内存仍记在旧的 cgroup 上"),
        t("`cgroup get memory.current`", "`cgroup get memory.current`"),
        unreached,
    ),
    row(
        "K6",
        &["write cgroup.procs"],
        &[],
        t(
            "a lone write to cgroup.procs takes some milliseconds (an RCU grace period), many in a row microseconds",
            "单独写一次 cgroup.procs 要几毫秒（RCU 宽限期），连续写则只要几微秒",
        ),
        t("`cgroup enter .`", "`cgroup enter .`"),
        unreached,
    ),
    row(
        "K7",
        &["readlink /ns/"],
        &[],
        t(
            "the links in /proc/PID/ns of a zombie are gone: it has left its namespaces",
            "僵尸的 /proc/PID/ns 中没有链接：它已离开各命名空间",
        ),
        t("`ps` marks zombies", "`ps` 会标出僵尸"),
        unreached,
    ),
    row(
        "K8",
        &["write cgroup.procs"],
        &[],
        t("0 written to cgroup.procs moves the writer itself", "向 cgroup.procs 写 0，移动的是写入者自己"),
        t("`cgroup enter .` names the PID", "`cgroup enter .` 写的是具体的 PID"),
        unreached,
    ),
    row(
        "K9",
        &["write /proc/sys/"],
        &[],
        t(
            "files below /proc/sys/net and some below /proc/sys/kernel are those of the namespaces of the process that opens them, whoever mounted /proc",
            "/proc/sys/net 与部分 /proc/sys/kernel 下的文件，属于打开它们的进程所在的命名空间，与谁挂载 /proc 无关",
        ),
        t("`sysctl net.ipv4.ip_forward`", "`sysctl net.ipv4.ip_forward`"),
        unreached,
    ),
];
