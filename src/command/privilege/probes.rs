//! What `try` does for each capability, and why for some there is nothing to do.

use crate::model::Text;
use nix::errno::Errno;

/// One harmless thing that a capability decides.
pub struct Probe {
    /// The capability.
    pub cap: &'static str,
    /// What is done.
    pub what: Text,
    /// Errors that come only behind the question for the capability.
    pub beyond: &'static [Errno],
}

const fn probe(cap: &'static str, en: &'static str, zh: &'static str, beyond: &'static [Errno]) -> Probe {
    Probe { cap, what: Text { en, zh }, beyond }
}

/// In the order of their numbers.
pub const PROBES: &[Probe] = &[
    probe("CHOWN", "give away a file in memory: fchown", "把一个内存文件送给别的用户：fchown", &[]),
    probe("DAC_OVERRIDE", "open a file of mode 000 for writing", "以写方式打开权限为 000 的文件", &[]),
    probe("DAC_READ_SEARCH", "open a file of mode 000 for reading", "以读方式打开权限为 000 的文件", &[]),
    probe("FOWNER", "open somebody else's file with O_NOATIME", "用 O_NOATIME 打开别人的文件", &[]),
    probe(
        "KILL",
        "ask whether a process of another user may be signalled: kill 0",
        "询问能否向别的用户的进程发信号：kill 0",
        &[],
    ),
    probe("SETGID", "take another group ID: setgid", "换成另一个组 ID：setgid", &[]),
    probe("SETUID", "take another user ID: setuid", "换成另一个用户 ID：setuid", &[]),
    probe("SETPCAP", "take CHOWN out of the bounding set", "把 CHOWN 从边界集中去掉", &[]),
    probe("LINUX_IMMUTABLE", "make a file in memory append-only", "把一个内存文件设为只能追加", &[]),
    probe("NET_BIND_SERVICE", "bind a socket to port 1", "把套接字绑定到 1 号端口", &[Errno::EADDRINUSE]),
    probe("NET_ADMIN", "give a socket a priority above 6: SO_PRIORITY", "把套接字的优先级设到 6 以上：SO_PRIORITY", &[]),
    probe("NET_RAW", "make a raw socket", "创建原始套接字", &[]),
    probe("IPC_LOCK", "lock a page with RLIMIT_MEMLOCK at 0: mlock", "在 RLIMIT_MEMLOCK 为 0 时锁定一页内存：mlock", &[]),
    probe("IPC_OWNER", "read a message queue of mode 000: msgrcv", "读取权限为 000 的消息队列：msgrcv", &[Errno::ENOMSG]),
    probe(
        "SYS_MODULE",
        "remove a module that does not exist: delete_module",
        "移除一个不存在的内核模块：delete_module",
        &[Errno::ENOENT],
    ),
    probe("SYS_RAWIO", "ask for an I/O port (x86): ioperm", "申请一个 I/O 端口（x86）：ioperm", &[]),
    probe("SYS_CHROOT", "chroot to the root directory", "chroot 到根目录自身", &[]),
    probe(
        "SYS_PTRACE",
        "copy a descriptor of a process that hides: pidfd_getfd",
        "复制一个不可窥视进程的文件描述符：pidfd_getfd",
        &[],
    ),
    probe(
        "SYS_PACCT",
        "process accounting to a file that does not exist: acct",
        "把进程记账写到不存在的文件：acct",
        &[Errno::ENOENT],
    ),
    probe("SYS_ADMIN", "unshare a UTS namespace", "新建一个 UTS 命名空间", &[]),
    probe(
        "SYS_BOOT",
        "reboot without the magic numbers, which does nothing",
        "不带魔数调用 reboot，什么也不会发生",
        &[Errno::EINVAL],
    ),
    probe("SYS_NICE", "lower the nice value by one: setpriority", "把 nice 值调低一：setpriority", &[]),
    probe("SYS_RESOURCE", "raise a hard limit by one: prlimit", "把硬限制调高一：prlimit", &[]),
    probe(
        "SYS_TIME",
        "give the clock a tick that it refuses: adjtimex",
        "给时钟一个它会拒绝的节拍值：adjtimex",
        &[Errno::EINVAL],
    ),
    probe("SYS_TTY_CONFIG", "hang up, in a session without a terminal: vhangup", "在没有终端的会话中挂断：vhangup", &[]),
    probe("MKNOD", "make a device node in /tmp, and remove it: mknod", "在 /tmp 中创建设备节点并随即删除：mknod", &[]),
    probe("LEASE", "take a lease on somebody else's file: fcntl", "对别人的文件取得租约：fcntl", &[Errno::EAGAIN]),
    probe(
        "SETFCAP",
        "give a file in memory empty file capabilities: fsetxattr",
        "给一个内存文件设置空的文件权能：fsetxattr",
        &[],
    ),
    probe("SYSLOG", "ask how much of the kernel's log is unread: syslog", "询问内核日志还有多少未读：syslog", &[]),
    probe(
        "WAKE_ALARM",
        "make a timer that can wake the machine: timerfd_create",
        "创建可以唤醒机器的定时器：timerfd_create",
        &[],
    ),
    probe("AUDIT_READ", "join the audit log's multicast group: bind", "加入审计日志的多播组：bind", &[]),
    probe("PERFMON", "count time in the kernel as well: perf_event_open", "连内核中的时间一起计数：perf_event_open", &[]),
    probe("BPF", "make a BPF map: bpf", "创建一个 BPF 映射表：bpf", &[]),
    probe("CHECKPOINT_RESTORE", "open a file by way of /proc/self/map_files", "经由 /proc/self/map_files 打开文件", &[]),
];

/// For these nothing harmless shows the difference.
pub const WHY_NOT: &[(&str, Text)] = &[
    (
        "FSETID",
        Text {
            en: "no call fails for want of it; the kernel only clears set-ID bits on a write",
            zh: "没有它也不会有调用失败；内核只是在写入时清除 set-ID 位",
        },
    ),
    ("NET_BROADCAST", Text { en: "the kernel never asks for it", zh: "内核从不检查它" }),
    ("AUDIT_WRITE", Text { en: "it would write into the machine's audit log", zh: "那样会写入整台机器的审计日志" }),
    (
        "AUDIT_CONTROL",
        Text {
            en: "it would change, or ask for, the machine's audit settings", zh: "那样会改动或查询整台机器的审计设置"
        },
    ),
    ("MAC_OVERRIDE", Text { en: "only the Smack security module asks for it", zh: "只有 Smack 安全模块检查它" }),
    (
        "MAC_ADMIN",
        Text {
            en: "only some security modules ask for it, when their policy is changed",
            zh: "只有部分安全模块在修改策略时检查它",
        },
    ),
    (
        "BLOCK_SUSPEND",
        Text {
            en: "no call fails for want of it; epoll only drops EPOLLWAKEUP",
            zh: "没有它也不会有调用失败；epoll 只是忽略 EPOLLWAKEUP",
        },
    ),
];
