//! What people believe of containers before they have tried it, each with a number that lessons refer to (`exposes M01`).

use crate::model::Text;

/// A wrong belief.
pub struct Misconception {
    /// `M01`.
    pub id: &'static str,
    /// The belief, as somebody would say it.
    pub belief: Text,
}

const fn m(id: &'static str, en: &'static str, zh: &'static str) -> Misconception {
    Misconception { id, belief: Text { en, zh } }
}

/// All of them.
pub const MISCONCEPTIONS: &[Misconception] = &[
    m("M01", "unshare(CLONE_NEWPID) moves the caller", "unshare(CLONE_NEWPID) 会移动调用者"),
    m("M02", "a new PID namespace hides the other processes", "新的 PID 命名空间会隐藏其他进程"),
    m("M03", "one can go on starting programs after the namespace's init has ended", "命名空间的 init 结束后还能继续启动程序"),
    m("M04", "PID 1 is an ordinary process", "1 号进程是普通进程"),
    m("M05", "/proc/self is me", "/proc/self 就是我"),
    m("M06", "zombies go away by themselves", "僵尸会自己消失"),
    m("M07", "children survive their init", "init 结束后，子进程还活着"),
    m("M08", "a process has one PID", "一个进程只有一个 PID"),
    m("M09", "threads do not matter", "有没有线程无所谓"),
    m("M10", "a mount namespace isolates mounts at once", "有了挂载命名空间，挂载立刻就隔离"),
    m("M11", "chroot is a namespace", "chroot 是一种命名空间"),
    m("M12", "pivot_root takes any directory", "pivot_root 接受任何目录"),
    m("M13", "a new mount namespace is empty", "新的挂载命名空间是空的"),
    m("M14", "/dev/null exists in a bare root", "新做的根里自带 /dev/null"),
    m("M15", "root in a user namespace is root", "用户命名空间里的 root 就是 root"),
    m("M16", "uid 0 may chown to anyone", "uid 0 可以把文件给任何人"),
    m("M17", "an ID without a map is nothing", "没有映射的 ID 什么也不是"),
    m("M18", "then user namespaces are of no use", "那么用户命名空间没有用"),
    m("M19", "a capability there helps everywhere", "那里的权能到处都有效"),
    m("M20", "it had no effect outside, so it is isolated", "对外没有影响，所以被隔离了"),
    m("M21", "UTS isolates users", "UTS 隔离用户"),
    m("M22", "IPC isolates all communication between processes", "IPC 隔离进程间的一切通信"),
    m("M23", "a new network namespace has a network", "新的网络命名空间里有网络"),
    m("M24", "a time namespace changes the date", "时间命名空间改变日期"),
    m("M25", "a container has a kernel of its own", "容器有自己的内核"),
    m("M26", "a namespace lives as long as its processes, and no longer", "命名空间只和其中的进程活得一样久"),
    m("M27", "a namespace's number is its name", "命名空间的号码就是它的名字"),
    m("M28", "a container is an object in the kernel", "容器是内核里的对象"),
    m("M29", "there are seven kinds of namespace", "命名空间有七种"),
    m("M30", "setns into a PID namespace moves me", "setns 进入 PID 命名空间会移动我"),
    m("M31", "a memory limit kills whoever goes over it", "谁超过内存限制，谁就被杀死"),
    m("M32", "the memory limit includes swap", "内存限制包括交换空间"),
    m("M33", "`free` inside shows my limit", "里面的 `free` 显示我的限制"),
    m("M34", "the cgroup namespace limits resources", "cgroup 命名空间限制资源"),
    m("M35", "a new cgroup has all the files", "新建的 cgroup 里什么文件都有"),
    m("M36", "file names of one cgroup version work on the other", "一个 cgroup 版本的文件名在另一个版本上也能用"),
    m("M37", "a weight is a cap", "权重就是上限"),
    m("M38", "to remove a cgroup ends its processes", "删除 cgroup 会结束其中的进程"),
    m("M39", "namespaces limit, cgroups hide", "命名空间用来限制，cgroup 用来隐藏"),
    m("M40", "containers are light virtual machines", "容器是轻量的虚拟机"),
];

/// A paragraph of the document that the first lessons go through, by the key that lessons name it by (`source seed:KEY`).
pub struct Paragraph {
    /// The key.
    pub key: &'static str,
    /// What it says, in short.
    pub says: Text,
}

const fn p(key: &'static str, en: &'static str, zh: &'static str) -> Paragraph {
    Paragraph { key, says: Text { en, zh } }
}

/// The document, paragraph by paragraph, in its order.
pub const DOCUMENT: &[Paragraph] = &[
    p("本质", "a container is a special process", "容器是一个特殊的进程"),
    p("内核", "isolation by the kernel, not by hardware as in a VM", "由内核隔离，而不是像虚拟机那样靠硬件"),
    p("进程", "the smallest unit of isolation is the process", "隔离的最小单位是进程"),
    p("两种技术", "namespaces change the view, cgroups limit the use", "命名空间改变视图，cgroup 限制使用"),
    p(
        "定义",
        "what a namespace is: an instance of a global resource that only its members share",
        "命名空间的定义：全局资源的一个实例，只由其成员共享",
    ),
    p("表", "the table of kinds, flags and effects", "种类、标志与作用的表"),
    p("核心能力", "these are what containers are made of", "这些就是容器的核心能力"),
    p("clone", "clone(2) makes a child and returns its PID", "clone(2) 创建子进程并返回它的 PID"),
    p("标志", "with CLONE_NEW* flags the child is in new namespaces", "带 CLONE_NEW* 标志时，子进程在新的命名空间里"),
    p("程序", "the C program: two views of one PID", "C 程序：同一个 PID 的两种视角"),
];
