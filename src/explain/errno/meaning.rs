//! What each errno says in general, and what it does not.

use super::t;
use crate::model::Text;
use nix::errno::Errno::{self, *};

/// The errnos that calls about containers give.
const MEANINGS: &[(Errno, Text)] = &[
    (
        EPERM,
        t(
            "operation not permitted: a right is missing that is not a permission of a file: a capability, an owner, an order of steps",
            "操作不被允许：缺少的不是文件权限，而是权能、属主身份，或步骤次序不对",
        ),
    ),
    (
        ENOENT,
        t(
            "no such file or directory: or something that the path leads to, such as the interpreter of a program",
            "没有该文件或目录：也可能缺的是它所依赖的东西，例如程序的解释器",
        ),
    ),
    (ESRCH, t("no such process, as the caller's PID namespace counts", "没有该进程（按调用者所在 PID 命名空间的编号）")),
    (EINTR, t("interrupted by a signal before anything was done", "在完成之前被信号打断")),
    (
        EIO,
        t(
            "input or output error; of a terminal: the caller is not in its foreground",
            "输入输出错误；对终端而言：调用者不在前台",
        ),
    ),
    (E2BIG, t("too long: arguments and environment, or a structure", "过长：参数与环境变量，或某个结构体")),
    (ENOEXEC, t("not a format that the kernel can execute", "内核无法识别的可执行格式")),
    (EBADF, t("the descriptor is not open, or not of the kind that the call takes", "描述符未打开，或不是该调用所需的类型")),
    (ECHILD, t("no child to wait for", "没有可等待的子进程")),
    (EAGAIN, t("try again: a limit is reached for now, such as a number of processes", "请重试：暂时达到某个上限，例如进程数")),
    (
        ENOMEM,
        t(
            "no memory; of fork after the init of a PID namespace has ended: nobody can be born there again",
            "内存不足；若在 PID 命名空间的 init 结束后 fork：其中不能再有新进程",
        ),
    ),
    (
        EACCES,
        t(
            "permission denied: by the permissions of a file or directory, by noexec, or by the check of ptrace(2)",
            "权限不足：文件或目录的权限、noexec，或 ptrace(2) 的检查",
        ),
    ),
    (EFAULT, t("bad address", "地址无效")),
    (ENOTBLK, t("not a block device", "不是块设备")),
    (
        EBUSY,
        t(
            "in use: processes sit in the cgroup, something is mounted below, a file is open",
            "正在使用：cgroup 中有进程、其下还有挂载，或有文件打开着",
        ),
    ),
    (EEXIST, t("it is there already", "已经存在")),
    (EXDEV, t("the two are on different filesystems or mounts", "两者不在同一文件系统或挂载上")),
    (
        ENODEV,
        t(
            "no such device; of mount: no such type of filesystem; of cgroup files: the cgroup is gone",
            "没有该设备；对 mount：没有这种文件系统；对 cgroup 文件：该 cgroup 已被删除",
        ),
    ),
    (ENOTDIR, t("not a directory", "不是目录")),
    (EISDIR, t("a directory", "是目录")),
    (
        EINVAL,
        t(
            "an argument makes no sense, here or at all: the widest of all errnos, so look at the reasons of the very call",
            "参数无意义，或在此情形下无意义：含义最宽的 errno，要看具体调用的各种原因",
        ),
    ),
    (ENOTTY, t("the file does not know this request", "该文件不支持此请求")),
    (EFBIG, t("the file would be larger than RLIMIT_FSIZE", "文件会超过 RLIMIT_FSIZE")),
    (
        ENOSPC,
        t(
            "no space left: with namespaces no disk is meant but a number or a depth; of a v1 cpuset: it has no CPUs",
            "空间不足：对命名空间来说不是指磁盘，而是数量或层数；对 v1 的 cpuset：其中没有 CPU",
        ),
    ),
    (EROFS, t("mounted read-only", "以只读方式挂载")),
    (
        EMFILE,
        t(
            "the process has no descriptor left (RLIMIT_NOFILE), or another limit that counts for its user",
            "进程没有可用的文件描述符（RLIMIT_NOFILE），或达到了按用户计的其他限制",
        ),
    ),
    (EMLINK, t("too many links", "链接过多")),
    (EPIPE, t("nobody reads from the other end", "另一端没有读者")),
    (ERANGE, t("out of range", "超出范围")),
    (EDEADLK, t("that would be a deadlock", "会造成死锁")),
    (ENAMETOOLONG, t("the name is too long", "名字过长")),
    (ENOSYS, t("the kernel has no such call, or a seccomp filter hides it", "内核没有这个调用，或被 seccomp 过滤器隐藏")),
    (ENOTEMPTY, t("the directory is not empty", "目录非空")),
    (ELOOP, t("too many symbolic links", "符号链接层数过多")),
    (
        EOVERFLOW,
        t(
            "a value does not fit; of new files in a user namespace: the owner has no mapping",
            "数值无法表示；在用户命名空间中新建文件时：属主没有映射",
        ),
    ),
    (
        EUSERS,
        t(
            "too many users; of setns(2) to a time namespace: the caller has threads",
            "用户过多；setns(2) 到时间命名空间时：调用者有多个线程",
        ),
    ),
    (
        EOPNOTSUPP,
        t("not supported here: the kind of link, the state of the cgroup", "此处不支持：链路类型，或 cgroup 所处的状态"),
    ),
    (ENOMSG, t("no message of that kind", "没有这种消息")),
    (EIDRM, t("the object has been removed", "对象已被删除")),
    (ENXIO, t("no such device or address", "没有该设备或地址")),
    (EADDRNOTAVAIL, t("no device here has this address", "这里没有设备拥有该地址")),
    (ENETDOWN, t("the device is down", "设备未启用")),
    (EHOSTUNREACH, t("nobody answers for that address in the local network", "本地网络中没有人应答该地址")),
    (EINPROGRESS, t("no answer in the time that was given", "在限定时间内没有应答")),
    (EADDRINUSE, t("the address is in use", "地址已被占用")),
    (ENETUNREACH, t("no route: in a new network namespace even lo is down", "没有路由：新的网络命名空间里连 lo 都未启用")),
    (ETIMEDOUT, t("nobody answered in time", "超时无应答")),
    (ECONNREFUSED, t("nobody listens there", "对方没有监听")),
];

/// What an errno says in general.
pub fn meaning(errno: Errno) -> Option<Text> {
    MEANINGS.iter().find(|(known, _)| *known == errno).map(|(_, text)| *text)
}

/// The names that have a meaning here, for completion.
pub fn names() -> impl Iterator<Item = String> {
    MEANINGS.iter().map(|(errno, _)| format!("{errno:?}"))
}
