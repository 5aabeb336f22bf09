//! The namespace kinds: one table of rows, from which everything else derives.

use super::Text;
use serde::{Deserialize, Serialize};

/// A kind of namespace, in the order in which they must be entered: a user namespace
/// first, because it gives the capabilities that the others ask for (user_namespaces(7)).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs)] // the rows of the table below say what each one is
pub enum NsKind {
    User,
    Mnt,
    Pid,
    Net,
    Uts,
    Ipc,
    Cgroup,
    Time,
}

/// What there is to know of one kind.
#[derive(Debug)]
pub struct Row {
    /// The kind.
    pub kind: NsKind,
    /// The name of its link in `/proc/PID/ns` (namespaces(7)).
    pub file: &'static str,
    /// The name of its flag.
    pub flag_name: &'static str,
    /// The flag of clone(2), unshare(2), setns(2). CLONE_NEWTIME is 0x80: clone(2) cannot take it
    /// (the bits are the exit signal there), clone3(2) and unshare(2) can.
    pub flag: u64,
    /// The link that shows where children will be born, where that can differ.
    pub children: Option<&'static str>,
    /// What it isolates, in a few words.
    pub isolates: Text,
    /// What does not happen at `unshare`, though many expect it.
    pub unmoved: Option<Text>,
    /// The option letter of unshare(1) and nsenter(1).
    pub letter: char,
}

const ROWS: [Row; 8] = [
    Row {
        kind: NsKind::User,
        file: "user",
        flag_name: "CLONE_NEWUSER",
        flag: 0x1000_0000,
        children: None,
        isolates: Text { en: "user and group IDs, capabilities", zh: "用户与组 ID、权能" },
        unmoved: Some(Text {
            en: "your files and your rights outside are the same: the new capabilities count only for what this user namespace owns. Until uid_map is written, your IDs show as 65534",
            zh: "对外部而言，你的文件和权限没有变化：新得到的权能只对这个用户命名空间所拥有的对象有效。写入 uid_map 之前，ID 显示为 65534",
        }),
        letter: 'U',
    },
    Row {
        kind: NsKind::Mnt,
        file: "mnt",
        flag_name: "CLONE_NEWNS",
        flag: 0x0002_0000,
        children: None,
        isolates: Text { en: "the list of mounts", zh: "挂载点列表" },
        unmoved: Some(Text {
            en: "you see the same files: the new list of mounts is a copy of the old one, and only later mounts and unmounts can differ",
            zh: "看到的文件没有变化：新的挂载点列表是旧列表的副本，只有此后的挂载与卸载才会不同",
        }),
        letter: 'm',
    },
    Row {
        kind: NsKind::Pid,
        file: "pid",
        flag_name: "CLONE_NEWPID",
        flag: 0x2000_0000,
        children: Some("pid_for_children"),
        isolates: Text { en: "process IDs", zh: "进程 ID" },
        unmoved: Some(Text {
            en: "this process did not move: a PID never changes. Its next child will be PID 1 of the new namespace",
            zh: "当前进程没有搬家：PID 从不改变。它的下一个子进程将成为新命名空间的 1 号进程",
        }),
        letter: 'p',
    },
    Row {
        kind: NsKind::Net,
        file: "net",
        flag_name: "CLONE_NEWNET",
        flag: 0x4000_0000,
        children: None,
        isolates: Text { en: "network devices, addresses, routes, ports", zh: "网络设备、地址、路由、端口" },
        unmoved: Some(Text {
            en: "there is no network yet: the new namespace has one device, lo, and it is down",
            zh: "新命名空间里还没有网络：只有一个 lo 设备，而且没有启用",
        }),
        letter: 'n',
    },
    Row {
        kind: NsKind::Uts,
        file: "uts",
        flag_name: "CLONE_NEWUTS",
        flag: 0x0400_0000,
        children: None,
        isolates: Text { en: "host name and NIS domain name", zh: "主机名与 NIS 域名" },
        unmoved: Some(Text {
            en: "the host name is the same as before: the new namespace starts as a copy. Change it with `hostname`",
            zh: "主机名与之前相同：新命名空间是旧的副本。用 `hostname` 修改它",
        }),
        letter: 'u',
    },
    Row {
        kind: NsKind::Ipc,
        file: "ipc",
        flag_name: "CLONE_NEWIPC",
        flag: 0x0800_0000,
        children: None,
        isolates: Text { en: "System V IPC objects, POSIX message queues", zh: "System V IPC 对象、POSIX 消息队列" },
        unmoved: Some(Text {
            en: "pipes, sockets and files still reach everywhere: only System V IPC and POSIX message queues are separate",
            zh: "管道、套接字和文件仍然不受限：只有 System V IPC 和 POSIX 消息队列被隔开",
        }),
        letter: 'i',
    },
    Row {
        kind: NsKind::Cgroup,
        file: "cgroup",
        flag_name: "CLONE_NEWCGROUP",
        flag: 0x0200_0000,
        children: None,
        isolates: Text {
            en: "the view of cgroup paths (the root directory of cgroups)",
            zh: "cgroup 路径的视图（cgroup 根目录）",
        },
        unmoved: Some(Text {
            en: "the process stays in its cgroup and all limits hold: only the path that /proc/self/cgroup shows begins at / now",
            zh: "进程仍在原来的 cgroup 中，限制照旧：变的只是 /proc/self/cgroup 所显示的路径，现在从 / 开始",
        }),
        letter: 'C',
    },
    Row {
        kind: NsKind::Time,
        file: "time",
        flag_name: "CLONE_NEWTIME",
        flag: 0x80,
        children: Some("time_for_children"),
        isolates: Text {
            en: "the boot-time and monotonic clocks (not the date)", zh: "启动时间时钟与单调时钟（不含日期）"
        },
        unmoved: Some(Text {
            en: "this process did not move: the next child is born into the new namespace. The date (CLOCK_REALTIME) is the same in all of them",
            zh: "当前进程没有搬家：下一个子进程才出生在新命名空间。日期（CLOCK_REALTIME）在所有命名空间中都相同",
        }),
        letter: 'T',
    },
];

impl NsKind {
    /// All kinds, in the order in which they must be entered.
    pub const ALL: [NsKind; 8] =
        [NsKind::User, NsKind::Mnt, NsKind::Pid, NsKind::Net, NsKind::Uts, NsKind::Ipc, NsKind::Cgroup, NsKind::Time];

    /// The row of this kind.
    pub fn row(self) -> &'static Row {
        &ROWS[self as usize]
    }

    /// The name of the link in `/proc/PID/ns`; also the word that is typed.
    pub fn name(self) -> &'static str {
        self.row().file
    }

    /// The kind of a typed word: `pid`, or the flag's name `CLONE_NEWPID`; also `mount`, `network`.
    pub fn of_name(word: &str) -> Option<NsKind> {
        let word = match word {
            "mount" => "mnt",
            "network" => "net",
            other => other,
        };
        ROWS.iter().find(|row| row.file == word || row.flag_name.eq_ignore_ascii_case(word)).map(|row| row.kind)
    }

    /// The flags of several kinds in strace's notation: `CLONE_NEWNS|CLONE_NEWPID`, or `0`.
    pub fn flags_text(kinds: &[NsKind]) -> String {
        let mut flags: Vec<(u64, &str)> = kinds.iter().map(|kind| (kind.row().flag, kind.row().flag_name)).collect();
        flags.sort_unstable();
        flags.dedup();
        match flags.is_empty() {
            true => "0".into(),
            false => flags.iter().map(|flag| flag.1).collect::<Vec<_>>().join("|"),
        }
    }

    /// The flags of several kinds, ORed.
    pub fn flags(kinds: &[NsKind]) -> u64 {
        kinds.iter().fold(0, |flags, kind| flags | kind.row().flag)
    }
}

impl std::fmt::Display for NsKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

/// The identity of a namespace: two processes are in the same one when device and inode
/// of their links are equal (namespaces(7)). Comparable, not ordered; numbers are reused after its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct NsId {
    /// The device of nsfs. 0 where only the link's text was read: there is one nsfs a kernel.
    pub dev: u64,
    /// The inode number, as in `pid:[4026531836]`.
    pub ino: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_the_order_of_the_kinds() {
        for kind in NsKind::ALL {
            assert_eq!(kind.row().kind, kind);
            assert_eq!(NsKind::of_name(kind.name()), Some(kind));
        }
    }

    #[test]
    fn flags_print_as_strace_prints_them() {
        assert_eq!(NsKind::flags_text(&[NsKind::Pid, NsKind::Mnt]), "CLONE_NEWNS|CLONE_NEWPID");
        assert_eq!(NsKind::flags_text(&[]), "0");
    }
}
