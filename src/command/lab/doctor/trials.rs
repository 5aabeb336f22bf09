//! Namespaces and processes: each primitive, tried.

use super::finding::{Finding, enter, tried};
use crate::command::{Outside, net};
use crate::kernel::{Birth, Fork, Instruction, Kernel, die_with_parent, exit_now, listen_for_calls, pidfd_open};
use crate::model::{NsKind, Text};
use nix::errno::Errno;
use std::os::fd::AsRawFd;
use std::path::Path;

/// A primitive, what it is good for, and how it is tried.
pub type Row = (&'static str, Text, fn(&mut Kernel) -> Result<(), Errno>);

const NAMESPACES: &[Row] = &[
    ("unshare user", Text { en: "IDs and capabilities of one's own", zh: "自己的 ID 与权能" }, |kernel| {
        kernel.unshare(&[NsKind::User])
    }),
    ("unshare mnt", Text { en: "a list of mounts of one's own", zh: "自己的挂载列表" }, |kernel| {
        kernel.unshare(&[NsKind::Mnt])
    }),
    ("unshare pid", Text { en: "PIDs from 1 for the children", zh: "子进程的 PID 从 1 开始" }, |kernel| {
        kernel.unshare(&[NsKind::Pid])
    }),
    ("unshare net", Text { en: "network devices and addresses of one's own", zh: "自己的网络设备与地址" }, |kernel| {
        kernel.unshare(&[NsKind::Net])
    }),
    ("unshare uts", Text { en: "a host name of one's own", zh: "自己的主机名" }, |kernel| kernel.unshare(&[NsKind::Uts])),
    (
        "unshare ipc",
        Text { en: "System V IPC and message queues of one's own", zh: "自己的 System V IPC 与消息队列" },
        |kernel| kernel.unshare(&[NsKind::Ipc]),
    ),
    ("unshare cgroup", Text { en: "cgroup paths from one's own root", zh: "cgroup 路径从自己的根开始" }, |kernel| {
        kernel.unshare(&[NsKind::Cgroup])
    }),
    ("unshare time", Text { en: "clocks since boot of one's own", zh: "自己的开机时钟" }, |kernel| {
        kernel.unshare(&[NsKind::Time])
    }),
    ("uid_map", Text { en: "one's own ID mapped to 0", zh: "把自己的 ID 映射为 0" }, |kernel| {
        enter(kernel, &[NsKind::User])
    }),
    ("setns", Text { en: "the namespaces of another process, by its pidfd", zh: "通过 pidfd 进入另一进程的命名空间" }, setns),
];

const PROCESSES: &[Row] = &[
    (
        "clone3",
        Text { en: "fork with flags; `fork`, `clone`, `spawn`", zh: "带标志的 fork；用于 `fork`、`clone`、`spawn`" },
        clone3,
    ),
    (
        "pidfd_open",
        Text {
            en: "a process by a descriptor: no other takes its number", zh: "用描述符指代进程：编号不会被别人占用"
        },
        |_| pidfd_open(nix::unistd::getpid().as_raw()).map(drop),
    ),
];

const PRIVILEGES: &[Row] = &[
    ("no_new_privs", Text { en: "execve gives no more than one has", zh: "execve 不会给出更多权限" }, Kernel::no_new_privs),
    ("seccomp", Text { en: "a filter of system calls", zh: "系统调用过滤器" }, |kernel| {
        kernel.no_new_privs()?;
        kernel.seccomp(&[ALLOW], false)
    }),
    (
        "seccomp notify",
        Text { en: "a supervisor answers system calls in the kernel's stead", zh: "由监督者代替内核回答系统调用" },
        |kernel| {
            kernel.no_new_privs()?;
            kernel.note_listener(&[ALLOW], listen_for_calls(&[ALLOW])).map(drop)
        },
    ),
    ("landlock", Text { en: "rules for files, without any right", zh: "文件访问规则，无需任何权能" }, |kernel| {
        kernel.landlock_abi().map(drop)
    }),
];

/// `ret ALLOW`: a filter that lets everything through.
const ALLOW: Instruction = Instruction { code: (libc::BPF_RET | libc::BPF_K) as u16, jt: 0, jf: 0, k: libc::SECCOMP_RET_ALLOW };

const NETWORK: &[Row] = &[
    ("lo", Text { en: "127.0.0.1 in a network namespace of one's own", zh: "自己的网络命名空间中的 127.0.0.1" }, net::trial::lo),
    ("veth", Text { en: "a cable between two network namespaces", zh: "两个网络命名空间之间的网线" }, net::trial::veth),
    ("bridge", Text { en: "a switch for several", zh: "连接多个命名空间的交换机" }, net::trial::bridge),
];

/// The eight kinds, and entering them.
pub fn namespaces(cx: &Outside<'_>) -> Vec<Finding> {
    NAMESPACES.iter().map(|(name, about, work)| tried(cx, *name, *about, *work)).collect()
}

/// Making and naming processes.
pub fn processes(cx: &Outside<'_>) -> Vec<Finding> {
    PROCESSES.iter().map(|(name, about, work)| tried(cx, *name, *about, *work)).collect()
}

/// Giving up rights.
pub fn privileges(cx: &Outside<'_>) -> Vec<Finding> {
    PRIVILEGES.iter().map(|(name, about, work)| tried(cx, *name, *about, *work)).collect()
}

/// What containers are joined with.
pub fn network(cx: &Outside<'_>) -> Vec<Finding> {
    NETWORK.iter().map(|(name, about, work)| tried(cx, *name, *about, *work)).collect()
}

/// A child of its own in a new UTS namespace, entered by its pidfd.
fn setns(kernel: &mut Kernel) -> Result<(), Errno> {
    match kernel.clone3(Birth::within(&[NsKind::Uts]))? {
        Fork::Child => {
            die_with_parent(nix::unistd::getppid().as_raw());
            nix::unistd::pause();
            exit_now(0)
        }
        Fork::Parent(pid) => {
            let entered = pidfd_open(pid).and_then(|fd| kernel.setns(fd.as_raw_fd(), &format!("pidfd:[{pid}]"), &[NsKind::Uts]));
            kernel.kill(pid, libc::SIGKILL)?;
            kernel.wait4(pid, false)?;
            entered
        }
    }
}

fn clone3(kernel: &mut Kernel) -> Result<(), Errno> {
    born(kernel, None)
}

/// A child that ends at once.
fn born(kernel: &mut Kernel, cgroup: Option<(i32, &str)>) -> Result<(), Errno> {
    match kernel.clone3(Birth { cgroup, ..Birth::default() })? {
        Fork::Child => exit_now(0),
        Fork::Parent(pid) => kernel.wait4(pid, false).map(drop),
    }
}

/// clone3(2) with CLONE_INTO_CGROUP: a child that is born in the cgroup of this directory.
pub fn born_in(kernel: &mut Kernel, dir: &Path) -> Result<(), Errno> {
    let fd = kernel.open_cgroup(dir)?;
    born(kernel, Some((fd.as_raw_fd(), &dir.to_string_lossy())))
}
