//! What each capability allows, in a sentence; where it counts, and whether a container has it.

use crate::model::{CAPS, Text, cap_number};

/// A capability.
pub struct Capability {
    /// What it allows.
    pub what: Text,
    /// It counts in the machine's first user namespace only: who has it in one of its own has nothing of it.
    pub first_only: bool,
    /// docker gives it to every container.
    pub by_default: bool,
}

const fn c(first_only: bool, by_default: bool, en: &'static str, zh: &'static str) -> Capability {
    Capability { what: Text { en, zh }, first_only, by_default }
}

const ANYWHERE: bool = false;
const FIRST: bool = true;
const GIVEN: bool = true;
const ASKED: bool = false;

/// In the order of their bits, as [`CAPS`].
pub const CAPABILITIES: [Capability; CAPS.len()] = [
    c(ANYWHERE, GIVEN, "change the owner and group of any file (chown(2))", "改变任何文件的属主和属组（chown(2)）"),
    c(ANYWHERE, GIVEN, "read, write and search whatever the permission bits say", "读、写、进入任何文件和目录，不受权限位限制"),
    c(
        ANYWHERE,
        ASKED,
        "read and search whatever the permission bits say; open files by handle, which has led out of containers",
        "读取和进入任何文件和目录，不受权限位限制；按句柄打开文件（曾被用来逃出容器）",
    ),
    c(
        ANYWHERE,
        GIVEN,
        "do what else only a file's owner may: chmod(2), set its times, remove it from a sticky directory",
        "做只有文件属主才能做的其他事：chmod(2)、设置时间、从粘滞目录中删除",
    ),
    c(
        ANYWHERE,
        GIVEN,
        "keep set-user-ID and set-group-ID bits when a file is written to",
        "写入文件后保留其 set-user-ID 和 set-group-ID 位",
    ),
    c(ANYWHERE, GIVEN, "signal processes of other users (kill(2))", "向其他用户的进程发送信号（kill(2)）"),
    c(ANYWHERE, GIVEN, "take any group ID, set supplementary groups, write a gid_map", "换成任何组 ID、设置附加组、写 gid_map"),
    c(ANYWHERE, GIVEN, "take any user ID, write a uid_map", "换成任何用户 ID、写 uid_map"),
    c(
        ANYWHERE,
        GIVEN,
        "drop from the bounding set, add to the inheritable set, set securebits",
        "从边界集中去掉、向可继承集中加入权能，设置 securebits",
    ),
    c(
        FIRST,
        ASKED,
        "set and clear the flags immutable and append-only of files (chattr(1))",
        "设置和清除文件的不可变、只追加标志（chattr(1)）",
    ),
    c(
        ANYWHERE,
        GIVEN,
        "bind to ports below net.ipv4.ip_unprivileged_port_start (1024)",
        "绑定低于 net.ipv4.ip_unprivileged_port_start（1024）的端口",
    ),
    c(ANYWHERE, ASKED, "nothing: no kernel asks for it", "没有作用：内核从不检查它"),
    c(
        ANYWHERE,
        ASKED,
        "devices, addresses, routes, firewall, sysctl of the network namespace; promiscuous mode",
        "网络命名空间的设备、地址、路由、防火墙和 sysctl；混杂模式",
    ),
    c(
        ANYWHERE,
        GIVEN,
        "raw and packet sockets: ping of old, and forged packets",
        "原始套接字和分组套接字：传统的 ping，以及伪造数据包",
    ),
    c(
        FIRST,
        ASKED,
        "lock memory beyond RLIMIT_MEMLOCK (mlock(2), huge pages)",
        "锁定超过 RLIMIT_MEMLOCK 的内存（mlock(2)、大页）",
    ),
    c(
        ANYWHERE,
        ASKED,
        "use System V IPC objects whatever their permission bits say",
        "使用任何 System V IPC 对象，不受其权限位限制",
    ),
    c(FIRST, ASKED, "load and remove kernel modules: it is the whole machine", "装卸内核模块：等于拥有整台机器"),
    c(
        FIRST,
        ASKED,
        "I/O ports, /dev/mem, raw commands to disks: it is the whole machine",
        "I/O 端口、/dev/mem、对磁盘的原始命令：等于拥有整台机器",
    ),
    c(
        ANYWHERE,
        GIVEN,
        "chroot(2); and to enter another mount namespace (setns(2))",
        "chroot(2)；以及进入另一个挂载命名空间（setns(2)）",
    ),
    c(
        ANYWHERE,
        ASKED,
        "look into and steer any process whose capabilities one has as well (ptrace(2), /proc/PID/mem)",
        "窥视和操纵任何进程，只要自己也拥有它的权能（ptrace(2)、/proc/PID/mem）",
    ),
    c(FIRST, ASKED, "switch process accounting on and off (acct(2))", "开关进程记账（acct(2)）"),
    c(
        ANYWHERE,
        ASKED,
        "mount, make and enter namespaces, name the host, and so much else that it is called the new root",
        "挂载、创建和进入命名空间、改主机名，还有许多其他事情，因此被称为新的 root",
    ),
    c(
        ANYWHERE,
        ASKED,
        "reboot(2), which in a PID namespace of one's own ends only that; load another kernel (kexec)",
        "reboot(2)，在自己的 PID 命名空间中只会结束该命名空间；加载另一个内核（kexec）",
    ),
    c(
        FIRST,
        ASKED,
        "lower nice values, real-time policies, CPUs and priorities of other users' processes",
        "降低 nice 值、使用实时策略、改动其他用户进程的 CPU 与优先级",
    ),
    c(FIRST, ASKED, "raise hard limits, go beyond quotas and reserved blocks", "提高硬限制，超越配额和保留块"),
    c(
        FIRST,
        ASKED,
        "set the clock: it is one for all, also with a time namespace",
        "设置时钟：整机只有一个，有了时间命名空间也一样",
    ),
    c(
        FIRST,
        ASKED,
        "hang up terminals (vhangup(2)), privileged ioctls of virtual terminals",
        "挂断终端（vhangup(2)），虚拟终端的特权 ioctl",
    ),
    c(
        FIRST,
        GIVEN,
        "make device files (mknod(2)); which of them work is the device cgroup's matter",
        "创建设备文件（mknod(2)）；哪些能用由设备 cgroup 决定",
    ),
    c(ANYWHERE, ASKED, "take leases on files of others (fcntl(2))", "对他人的文件取得租约（fcntl(2)）"),
    c(ANYWHERE, GIVEN, "write into the audit log", "写入审计日志"),
    c(FIRST, ASKED, "switch auditing on and off, change its rules", "开关审计、修改审计规则"),
    c(
        ANYWHERE,
        GIVEN,
        "give files capabilities; map UID 0 into a user namespace below",
        "给文件设置权能；把 UID 0 映射到下级用户命名空间",
    ),
    c(ANYWHERE, ASKED, "go against the Smack security module", "不受 Smack 安全模块约束"),
    c(ANYWHERE, ASKED, "change the policy of Smack, AppArmor and others", "修改 Smack、AppArmor 等的策略"),
    c(
        FIRST,
        ASKED,
        "read the kernel's log where kernel.dmesg_restrict is set, see kernel addresses",
        "在设置了 kernel.dmesg_restrict 时读取内核日志，查看内核地址",
    ),
    c(FIRST, ASKED, "set timers that wake the machine from sleep", "设置能把机器从睡眠中唤醒的定时器"),
    c(
        FIRST,
        ASKED,
        "keep the machine from going to sleep (epoll(7), EPOLLWAKEUP)",
        "阻止机器进入睡眠（epoll(7) 的 EPOLLWAKEUP）",
    ),
    c(FIRST, ASKED, "read the audit log as it comes", "实时读取审计日志"),
    c(FIRST, ASKED, "measure the whole machine (perf_event_open(2))", "对整台机器做性能测量（perf_event_open(2)）"),
    c(FIRST, ASKED, "load BPF programs of the kinds that are privileged", "加载需要特权的 BPF 程序"),
    c(
        ANYWHERE,
        ASKED,
        "choose PIDs (clone3(2), set_tid) and other things that putting a process back needs",
        "指定 PID（clone3(2) 的 set_tid）以及恢复进程所需的其他操作",
    ),
];

/// The bit of a capability that is asked for as a topic: `CAP_KILL`, `cap_kill`, `KILL`; not `kill`, which is a command.
pub fn topic(word: &str) -> Option<u8> {
    let whole = word.to_ascii_uppercase();
    let named = whole.starts_with("CAP_") || CAPS.contains(&word);
    named.then(|| cap_number(&whole)).flatten()
}

/// A set of capabilities as /proc/PID/status has it: `00000000a80425fb`, `0xa80425fb`.
pub fn mask(word: &str) -> Option<u64> {
    let digits = word.strip_prefix("0x").filter(|rest| !rest.is_empty()).or((word.len() == 16).then_some(word))?;
    u64::from_str_radix(digits, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_capability_is_asked_for_by_a_name_that_is_no_command() {
        assert_eq!(topic("CAP_KILL"), Some(5));
        assert_eq!(topic("cap_kill"), Some(5));
        assert_eq!(topic("KILL"), Some(5));
        assert_eq!(topic("kill"), None);
        assert_eq!(topic("CAP_NOTHING"), None);
    }

    #[test]
    fn the_set_of_docker_is_the_one_it_is_known_by() {
        let given = CAPABILITIES.iter().enumerate().filter(|(_, one)| one.by_default).fold(0u64, |set, (bit, _)| set | 1 << bit);
        assert_eq!(Some(given), mask("00000000a80425fb"));
        assert_eq!(mask("0xa80425fb"), Some(given));
        assert_eq!(mask("beef"), None);
    }
}
