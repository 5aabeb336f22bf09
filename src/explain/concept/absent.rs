//! What this bench does not do, and why.

use super::{Concept, c};

pub(super) const CONCEPTS: &[Concept] = &[c(
    "left out",
    &[
        "missing",
        "not here",
        "limits of the bench",
        "没有的功能",
        "nat",
        "nftables",
        "listmount",
        "statmount",
        "release_agent",
        "checkpoint",
        "criu",
        "yama",
        "selinux",
        "apparmor",
        "signalfd",
        "personality",
        "iab",
        "rdma",
        "misc",
    ],
    "Primitives without a command here, each for a reason. NAT and firewall rules: a transaction of bytecode over netlink, which one reads best in the words of nft: in a network namespace of one's own `spawn nft …` is safe. \
         listmount and statmount: they tell what `mounts` draws from mountinfo. Namespaces by file handle or by number: `ns` finds them in /proc. Device rules of cgroup v2: a BPF program; `cgroup devices` shows the v1 list, and says so. \
         release_agent: a program that the kernel runs as root of the host, outside of every namespace; it is how containers broke out. Labels of SELinux and AppArmor: they need a policy that the machine has loaded. Checkpoint and restore: CRIU is a project of its own. \
         rdma and misc controllers: they count devices that hardly any machine has. Ptrace rules of Yama, core scheduling, personality: nothing about them is a container's. capsh --iab: it is `caps inheritable`, `caps ambient` and `caps bound` in one word; --keep is `securebits +KEEP_CAPS`. signalfd and forwarding of signals: a matter of programs, which the kernel leaves to them.",
    "这里没有命令的原语，以及各自的原因。NAT 与防火墙规则：是经由 netlink 提交的一段字节码事务，用 nft 的语法读起来最清楚；在自己的网络命名空间里执行 `spawn nft …` 是安全的。\
         listmount 与 statmount：它们给出的内容，`mounts` 已根据 mountinfo 画出。用文件句柄或编号找命名空间：`ns` 从 /proc 中找到它们。cgroup v2 的设备规则：是一段 BPF 程序；`cgroup devices` 显示 v1 的列表并作了说明。\
         release_agent：由内核以主机 root 的身份、在所有命名空间之外运行的程序，曾是容器逃逸的途径。SELinux 与 AppArmor 标签：需要机器已加载相应策略。检查点与恢复：CRIU 本身就是一个项目。\
         rdma 与 misc 控制器：统计的是极少有机器具备的设备。Yama 的 ptrace 规则、核心调度、personality：与容器没有特别的关系。capsh --iab：等于 `caps inheritable`、`caps ambient`、`caps bound` 三者合一；--keep 即 `securebits +KEEP_CAPS`。signalfd 与信号转发：是程序自己的事，内核交给程序处理。",
    &["guard", "cgroup devices", "mounts", "ns"],
    "help",
)];
