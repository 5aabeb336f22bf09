//! What export does with each command that acts: which calls it takes from a line, or why there is nothing to write.

use crate::model::Text;

/// What becomes of a line.
#[derive(Clone, Copy, Debug)]
pub enum How {
    /// These calls of it are written.
    Calls(&'static [&'static str]),
    /// These too; and it writes to these files, or below these directories, whatever stands in the line.
    Files(&'static [&'static str], &'static [&'static str]),
    /// The line itself says it: a child that goes on, a program, the end of a child.
    Line,
    /// ip(8) has the same words, nearly.
    Ip,
    /// The observer acts on cgroups and on the subject's files in /proc.
    Observer,
    /// It looks, or tries something out: in the subject nothing stays of it.
    Nothing,
    /// It cannot be written.
    Cannot(Text),
}

impl How {
    /// The calls that a line may make.
    pub fn calls(&self) -> &'static [&'static str] {
        match self {
            How::Calls(names) | How::Files(names, _) => names,
            _ => &[],
        }
    }

    /// The files that it writes, besides those that it names.
    pub fn files(&self) -> &'static [&'static str] {
        if let How::Files(_, files) = self { files } else { &[] }
    }
}

/// The way of this command.
pub fn how(command: &str) -> How {
    TABLE.iter().find(|(names, _)| names.contains(&command)).map_or(How::Nothing, |(_, how)| *how)
}

/// Each command that runs in the subject, or acts on it, once (a test sees to it).
const TABLE: &[(&[&str], How)] = &[
    (&["fork", "clone", "spawn", "exit"], How::Line),
    (&["unshare"], How::Calls(&["unshare"])),
    (&["setns"], How::Calls(&["setns"])),
    (&["hostname"], How::Calls(&["sethostname"])),
    (&["domainname"], How::Calls(&["setdomainname"])),
    (&["clock"], How::Files(&["write"], &["/proc/self/timens_offsets"])),
    (&["oom_score"], How::Files(&["write"], &["/proc/self/oom_score_adj"])),
    (&["sysctl"], How::Files(&["write"], &["/proc/sys"])),
    (&["write"], How::Calls(&["openat", "write"])),
    (&["mkdir"], How::Calls(&["mkdir"])),
    (&["mknod"], How::Calls(&["mknodat"])),
    (&["chdir"], How::Calls(&["chdir"])),
    (&["chroot"], How::Calls(&["chroot"])),
    (&["pivot_root"], How::Calls(&["pivot_root"])),
    (&["umount"], How::Calls(&["umount2"])),
    (&["mount", "mount mask", "mount overlay", "mount move"], How::Calls(&["mount"])),
    (&["mount private", "mount slave", "mount shared", "mount unbindable"], How::Calls(&["mount"])),
    (&["mount bind"], How::Calls(&["mount", "open_tree", "mount_setattr", "move_mount"])),
    (&["mount remount"], How::Calls(&["mount_setattr"])),
    (&["mount fsopen"], How::Calls(&["fsopen", "fsconfig", "fsmount", "move_mount"])),
    (
        &["mount idmap"],
        How::Cannot(Text {
            en: "its map is that of another process's user namespace, which is not there when this runs. Where it is, mount(8) since util-linux 2.39 has -o X-mount.idmap=/proc/PID/ns/user",
            zh: "它的映射取自另一个进程的用户命名空间，导出的内容运行时那个进程并不存在。若存在，util-linux 2.39 起的 mount(8) 有 -o X-mount.idmap=/proc/PID/ns/user",
        }),
    ),
    (
        &["rootfs make"],
        How::Calls(&["mount", "mkdir", "symlinkat", "openat", "write", "open_tree", "mount_setattr", "move_mount", "umount2"]),
    ),
    (
        &["rootfs import"],
        How::Cannot(Text {
            en: "the files of the archive are no calls; `export oci` copies a root after pivot_root",
            zh: "归档中的文件不是调用；pivot_root 之后 `export oci` 会复制整个根目录",
        }),
    ),
    (&["nnp", "securebits", "subreaper", "caps bound", "caps ambient"], How::Calls(&["prctl"])),
    (&["setuid"], How::Calls(&["setuid"])),
    (&["setgid"], How::Calls(&["setgid"])),
    (&["setgroups"], How::Calls(&["setgroups"])),
    (&["rlimit"], How::Calls(&["prlimit64"])),
    (&["prio"], How::Calls(&["setpriority"])),
    (&["sched affinity"], How::Calls(&["sched_setaffinity"])),
    (&["sched policy"], How::Calls(&["sched_setscheduler"])),
    (
        &["caps drop", "caps keep", "caps effective", "caps inheritable"],
        How::Cannot(Text {
            en: "execve(2) reckons these sets anew; the bounding and ambient sets stay",
            zh: "execve(2) 会重新计算这些集合；边界集与环境集才会保留",
        }),
    ),
    (
        &["seccomp"],
        How::Cannot(Text {
            en: "a seccomp filter is a program for the kernel; `export oci` can name its system calls",
            zh: "seccomp 过滤器是交给内核的程序；`export oci` 可以写出其中的系统调用名",
        }),
    ),
    (
        &["seccomp notify"],
        How::Cannot(Text {
            en: "a supervisor that answers for the kernel is a program of its own",
            zh: "代替内核作答的监督者本身就是一个程序",
        }),
    ),
    (
        &["landlock"],
        How::Cannot(Text {
            en: "setpriv(1) has --landlock-access and --landlock-rule only since util-linux 2.40",
            zh: "util-linux 2.40 起 setpriv(1) 才有 --landlock-access 与 --landlock-rule",
        }),
    ),
    (
        &["keyring new"],
        How::Cannot(Text {
            en: "keyctl(1) of keyutils does it: keyctl session",
            zh: "由 keyutils 的 keyctl(1) 来做：keyctl session",
        }),
    ),
    (
        &["ipc new", "ipc rm", "ipc send", "ipc receive", "mqueue new", "mqueue rm"],
        How::Cannot(Text {
            en: "what lies in the ipc namespace is content, and gets other ids each time; ipcmk(1) makes it",
            zh: "ipc 命名空间里的对象属于内容，每次的 id 都不同；可用 ipcmk(1) 创建",
        }),
    ),
    (
        &["load mem", "load cpu", "load procs", "load file", "listen"],
        How::Cannot(Text { en: "it is a process of the bench's own program", zh: "那是实验台程序自己的进程" }),
    ),
    (
        &["kill"],
        How::Cannot(Text {
            en: "it signals a process that will have another number there",
            zh: "它向某个进程发信号，而那个进程届时的编号会不同",
        }),
    ),
    (&["link add", "link up", "link down", "link set", "link del"], How::Ip),
    (&["addr add", "addr del", "route add", "route del"], How::Ip),
    (
        &["link move", "nsid set"],
        How::Cannot(Text { en: "it reaches into another subject's network", zh: "它涉及另一个被观察进程的网络" }),
    ),
    (&["idmap", "idmap auto", "cgroup new", "cgroup enter", "cgroup move", "cgroup rm"], How::Observer),
    (&["cgroup set", "cgroup enable", "cgroup devices", "cgroup delegate"], How::Observer),
    (
        &["cgroup freeze", "cgroup thaw", "cgroup kill"],
        How::Cannot(Text {
            en: "it acts on the processes that are there at that moment", zh: "它作用于那一刻已有的进程"
        }),
    ),
    (
        &["pin", "unpin"],
        How::Cannot(Text {
            en: "a namespace that the observer holds by a descriptor; for a file, unshare(1) has --mount=FILE and the like",
            zh: "由观察者的描述符保持的命名空间；若要固定到文件上，unshare(1) 有 --mount=FILE 等选项",
        }),
    ),
    (&["fg", "bg", "wait", "try", "thread", "setsid", "pdeathsig", "orphan", "matrix", "ipc cross"], How::Nothing),
    (&["ping", "connect", "socket ns", "ns owner", "link", "addr", "route", "nsid", "keyring"], How::Nothing),
    (&["ipc list", "mqueue list", "cgroup get", "cgroup show", "cgroup tree", "show", "tree"], How::Nothing),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::{Run, card, cards};

    #[test]
    fn each_command_that_acts_has_its_row() {
        let rows: Vec<&str> = TABLE.iter().flat_map(|(names, _)| names.iter().copied()).collect();
        let acts: Vec<&str> = cards().filter(|card| !matches!(card.run, Run::Shell(_))).map(|card| card.name).collect();
        let none: Vec<&&str> = acts.iter().filter(|name| rows.iter().filter(|row| row == name).count() != 1).collect();
        assert!(none.is_empty(), "not once in the table: {none:?}");
        let odd: Vec<&&str> = rows.iter().filter(|row| card(row).is_none()).collect();
        assert!(odd.is_empty(), "no such command: {odd:?}");
    }
}
