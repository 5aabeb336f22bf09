//! What this bench does not do, and why.

use super::{Concept, c};

pub(super) const CONCEPTS: &[Concept] = &[
    c(
        "left out",
        &["missing", "not here", "limits of the bench", "没有的功能"],
        "Primitives without a command here, each for a reason: `explain nat`, `explain statmount`, `explain namespace handle`, `explain release_agent`, `explain lsm`, `explain criu`, `explain signalfd`. \
         Device rules of cgroup v2 are BPF programs (`help cgroup devices`). rdma and misc controllers count devices that hardly any machine has. Core scheduling, personality and disabled TSC are no container's own matter. \
         capsh --iab is `caps inheritable`, `caps ambient` and `caps bound` in one word, capsh --keep is `securebits +KEEP_CAPS`.",
        "这里没有命令的原语，各有原因：`explain nat`、`explain statmount`、`explain namespace handle`、`explain release_agent`、`explain lsm`、`explain criu`、`explain signalfd`。\
         cgroup v2 的设备规则是 BPF 程序（`help cgroup devices`）。rdma 与 misc 控制器统计的是极少有机器具备的设备。核心调度、personality、禁用 TSC 都不是容器特有的事。\
         capsh --iab 等于 `caps inheritable`、`caps ambient`、`caps bound` 合成一个词；capsh --keep 即 `securebits +KEEP_CAPS`。",
        &["nat", "statmount", "namespace handle", "release_agent", "lsm", "criu", "signalfd"],
        "help",
    ),
    c(
        "nat",
        &["masquerade", "firewall", "nftables", "iptables", "地址转换", "防火墙"],
        "How packets from a bridge get out under the host's address: rules in the network namespace that has the way out (docker's in the host's). Each network namespace has rules of its own, empty at first. There is no command for them: \
         a rule is a transaction of bytecode over netlink (nf_tables), and is best written in nft's own words. In a network namespace of the subject's own `spawn nft …` does no harm to the host.",
        "来自网桥的数据包如何以主机的地址出去：靠拥有出口的那个网络命名空间里的规则（docker 的在主机上）。每个网络命名空间都有自己的规则，起初为空。这里没有对应的命令：\
         一条规则就是经由 netlink 提交的一段字节码事务（nf_tables），用 nft 自己的语法书写最好。在被观察进程自己的网络命名空间里，`spawn nft …` 不会影响主机。",
        &["link add", "route add", "sysctl"],
        "unshare net; sysctl net.ipv4.ip_forward 1",
    ),
    c(
        "statmount",
        &["listmount", "mnt_id_unique"],
        "statmount(2) and listmount(2) (Linux 6.8) tell of one mount, or of the mounts below one, by a 64-bit number that is never used again: for programs that would otherwise read all of mountinfo for each change. \
         There is no command for them: what they tell is what `mounts` draws from /proc/PID/mountinfo.",
        "statmount(2) 与 listmount(2)（Linux 6.8）用永不重用的 64 位编号查询一个挂载，或列出其下的挂载：供那些原本每次变化都要读完整个 mountinfo 的程序使用。\
         这里没有对应的命令：它们给出的内容，`mounts` 已根据 /proc/PID/mountinfo 画出。",
        &["mounts", "mount fsopen"],
        "mounts",
    ),
    c(
        "namespace handle",
        &["open_by_handle_at", "listns", "NS_MNT_GET_NEXT", "命名空间句柄"],
        "Newer kernels open a namespace by a file handle (open_by_handle_at(2), 6.18) or go from one mount namespace to the next (NS_MNT_GET_NEXT, 6.12), without any process in it. There is no command for it: `ns` finds what processes, mounts \
         and owners lead to, and shows which are missing and why. The number that a handle is made of is in `ns owner` (NS_GET_ID).",
        "较新的内核可以用文件句柄打开命名空间（open_by_handle_at(2)，6.18），或从一个挂载命名空间走到下一个（NS_MNT_GET_NEXT，6.12），不需要其中有进程。这里没有对应的命令：`ns` 会找出进程、挂载和属主所指向的命名空间，\
         并说明哪些缺失及原因。构成句柄的编号可在 `ns owner` 中看到（NS_GET_ID）。",
        &["ns", "ns owner", "pin"],
        "ns owner uts",
    ),
    c(
        "release_agent",
        &["notify_on_release"],
        "A file of cgroup v1: the path of a program that the kernel runs when a group becomes empty, as root of the host, in none of the container's namespaces. A container that may write it has the machine, so there is no command for it and the guard keeps its file closed. \
         cgroup v2 has no such thing: cgroup.events can be watched instead (`cgroup watch`).",
        "cgroup v1 的文件，内容是一个程序的路径：当某个组变空时，内核以主机 root 的身份、在容器的任何命名空间之外运行它。能写它的容器就拥有整台机器，所以这里没有对应的命令，保护机制也不让写这个文件。\
         cgroup v2 没有它：可以改为监视 cgroup.events（`cgroup watch`）。",
        &["cgroup watch", "guard"],
        "cgroup show",
    ),
    c(
        "lsm",
        &["selinux", "apparmor", "yama", "ptracer", "security module", "安全模块"],
        "SELinux, AppArmor, Yama and others ask a policy of the machine's beside all capabilities, and can say no where all of them say yes. There is no command to take on a label: it needs a policy that the machine has loaded, and this differs on each. `isolation` shows the label of a process. \
         Landlock is the module that needs no policy and no privilege: `landlock`.",
        "SELinux、AppArmor、Yama 等在权能之外还要查询机器的策略；即使权能全都允许，它们也可以拒绝。这里没有换上标签的命令：那需要机器已加载的策略，而各机器不同。`isolation` 会显示进程的标签。\
         Landlock 是不需要策略、也不需要特权的安全模块：见 `landlock`。",
        &["landlock", "isolation", "seccomp"],
        "isolation",
    ),
    c(
        "criu",
        &["checkpoint", "restore", "检查点"],
        "Checkpoint and restore of a container in user space: all of its processes, memory, descriptors and sockets are written down and made anew. CRIU uses what is here one by one (chosen PIDs, timens_offsets, the freezer, namespaces by descriptor) and much more; it is a project of its own, not a primitive.",
        "在用户态对容器做检查点与恢复：把它的全部进程、内存、描述符和套接字记录下来，再重新创建。CRIU 用到了这里的许多原语（指定 PID、timens_offsets、冻结、通过描述符取得命名空间），还有更多；它本身是一个项目，而不是原语。",
        &["cgroup freeze", "clock", "clone"],
        "unshare time; clock boottime 30d",
    ),
    c(
        "signalfd",
        &["signal forwarding", "forward-signals", "信号转发"],
        "An init in a container, or a program that waits for its child as unshare --forward-signals does, catches signals (by a handler, or as bytes from signalfd(2)) and sends them on with kill(2). The kernel does nothing of this by itself and it isolates nothing, so there is no command for it: \
         what PID 1 gets and does not get is `explain pid namespace init`.",
        "容器里的 init，或像 unshare --forward-signals 那样等待子进程的程序，会接住信号（用处理函数，或从 signalfd(2) 读取），再用 kill(2) 转发。内核自己不做这件事，它也不隔离什么，所以这里没有对应的命令：\
         1 号进程收得到什么、收不到什么，见 `explain pid namespace init`。",
        &["pid namespace init", "kill", "spawn"],
        "unshare pid; fork; kill TERM 1",
    ),
];
