//! The clinic's cases: each one thing that is wrong with a subject, how it is made, how it shows, and how it is cured.

use crate::model::Text;

/// One thing that is wrong.
#[derive(Debug)]
pub struct Case {
    /// The diagnosis, as it is typed.
    pub name: &'static str,
    /// The lines that make it so.
    pub breaks: &'static [&'static str],
    /// What the patient complains about, without the reason.
    pub complaint: Text,
    /// Where to look, without the answer.
    pub looks: Text,
    /// What one sees where this is the reason: said to who names it rightly, and to who names it wrongly.
    pub signs: Text,
    /// A line or two that cure it.
    pub cure: Text,
}

/// A line, which is the same in each language.
const fn line(text: &'static str) -> Text {
    Text { en: text, zh: text }
}

/// All cases.
pub const CASES: &[Case] = &[
    Case {
        name: "lo-down",
        breaks: &["unshare net"],
        complaint: Text {
            en: "it cannot even reach itself: `ping 127.0.0.1`", zh: "它连自己都连不上：`ping 127.0.0.1`"
        },
        looks: Text {
            en: "`link`: which devices are there, and is each of them up?",
            zh: "`link`：有哪些设备，各自启用了没有？",
        },
        signs: Text {
            en: "`link` lists lo as down, and 127.0.0.1 is ENETUNREACH: the network namespace is new, and nobody switched lo on",
            zh: "`link` 显示 lo 未启用，127.0.0.1 返回 ENETUNREACH：网络命名空间是新的，没有人启用 lo",
        },
        cure: line("link up lo"),
    },
    Case {
        name: "dead-init",
        breaks: &["unshare pid", "spawn true"],
        complaint: Text {
            en: "it cannot start any program, and there is memory enough: `spawn true`",
            zh: "它什么程序也启动不了，而内存还很多：`spawn true`",
        },
        looks: Text {
            en: "`show ns pid`: where would its next child be born, and who lives there?",
            zh: "`show ns pid`：它的下一个子进程会在哪里出生，那里还有谁？",
        },
        signs: Text {
            en: "clone3 is ENOMEM, and in `show ns` pid_for_children is another namespace than pid: its first process has ended, and nothing can be born there any more",
            zh: "clone3 返回 ENOMEM，而 `show ns` 中 pid_for_children 与 pid 不同：那个命名空间的第一个进程已经结束，再也不能在里面出生任何进程",
        },
        cure: line("reset"),
    },
    Case {
        name: "pids-max",
        breaks: &["cgroup set pids.max 1"],
        complaint: Text { en: "it cannot start any program: `spawn true`", zh: "它什么程序也启动不了：`spawn true`" },
        looks: Text {
            en: "`cgroup show`: what is counted there, and how much is allowed?",
            zh: "`cgroup show`：那里记了什么，允许多少？",
        },
        signs: Text {
            en: "clone3 is EAGAIN, and `cgroup get pids.max` is as much as pids.current: the cgroup is full",
            zh: "clone3 返回 EAGAIN，`cgroup get pids.max` 与 pids.current 相等：cgroup 满了",
        },
        cure: line("cgroup set pids.max max"),
    },
    Case {
        name: "memory-max",
        breaks: &["cgroup set memory.max 8M"],
        complaint: Text {
            en: "its programs die without a word: `load mem 40M`", zh: "它的程序无声无息地死去：`load mem 40M`"
        },
        looks: Text {
            en: "`cgroup show`, before and after: who sends a SIGKILL that nobody sent?",
            zh: "`cgroup show`，之前和之后各看一次：没有人发送的 SIGKILL 从何而来？",
        },
        signs: Text {
            en: "SIGKILL, which nobody sent, and `cgroup get memory.events` counts an oom_kill: the memory limit was met",
            zh: "没有人发送，却收到 SIGKILL；`cgroup get memory.events` 里 oom_kill 增加了：撞上了内存上限",
        },
        cure: line("cgroup set memory.max max"),
    },
    Case {
        name: "cpu-max",
        breaks: &["cgroup set cpu.max 5%"],
        complaint: Text { en: "everything takes for ever: `load cpu 1`", zh: "做什么都慢得要命：`load cpu 1`" },
        looks: Text {
            en: "`cgroup get cpu.stat`, before and after: does it wait for others, or is it held back?",
            zh: "`cgroup get cpu.stat`，之前和之后各看一次：它是在等别人，还是被拦住了？",
        },
        signs: Text {
            en: "it gets a small share of one CPU, and nr_throttled in `cgroup get cpu.stat` grows: the cgroup is stopped for most of each period",
            zh: "它只得到一个 CPU 的一小部分，`cgroup get cpu.stat` 中 nr_throttled 不断增加：每个周期的大部分时间 cgroup 都被停住",
        },
        cure: line("cgroup set cpu.max max"),
    },
    Case {
        name: "frozen",
        breaks: &["cgroup freeze"],
        complaint: Text {
            en: "it does not answer at all: `spawn true` (Ctrl-C three times gives a line up)",
            zh: "它完全没有反应：`spawn true`（按三次 Ctrl-C 放弃这一行）",
        },
        looks: Text {
            en: "`ps`, `cgroup show`, `pane`: these answer without the patient. Is it dead, busy, or neither?",
            zh: "`ps`、`cgroup show`、`pane`：这些不需要病人回答。它死了，在忙，还是都不是？",
        },
        signs: Text {
            en: "it is neither gone nor busy: `cgroup get cgroup.freeze` is 1, and so it runs no instruction",
            zh: "它既没有死也不在忙：`cgroup get cgroup.freeze` 是 1，所以一条指令也不执行",
        },
        cure: line("cgroup thaw"),
    },
    Case {
        name: "no-map",
        breaks: &["unshare user"],
        complaint: Text { en: "it does not know who it is: `spawn id`", zh: "它不知道自己是谁：`spawn id`" },
        looks: Text {
            en: "`show /proc/self/uid_map` beside `show --host /proc/self/uid_map`",
            zh: "对照 `show /proc/self/uid_map` 与 `show --host /proc/self/uid_map`",
        },
        signs: Text {
            en: "every ID shows as 65534, and `show /proc/self/uid_map` is empty: a user namespace without a map",
            zh: "所有 ID 都显示为 65534，`show /proc/self/uid_map` 是空的：用户命名空间没有映射",
        },
        cure: line("idmap uid 0 0 1; idmap gid 0 0 1"),
    },
    Case {
        name: "covered",
        breaks: &["unshare mnt", "mount private -r /", "mount tmpfs /usr"],
        complaint: Text { en: "all its programs are gone: `spawn ls`", zh: "它的程序全不见了：`spawn ls`" },
        looks: Text {
            en: "`mounts`: what lies on the way to its programs? And `show --host /usr`",
            zh: "`mounts`：通往程序的路上挂着什么？再看 `show --host /usr`",
        },
        signs: Text {
            en: "`mounts` shows a new mount over /usr, and `show --host /usr` still has everything: what is covered is not gone",
            zh: "`mounts` 显示 /usr 上有一个新挂载，而 `show --host /usr` 里什么都在：被盖住不等于没了",
        },
        cure: line("umount /usr"),
    },
    Case {
        name: "no-capability",
        breaks: &["unshare uts", "caps bound drop sys_admin", "caps drop sys_admin"],
        complaint: Text {
            en: "it is root, and may not give itself a name: `hostname box`",
            zh: "它是 root，却不能给自己改名：`hostname box`",
        },
        looks: Text {
            en: "sethostname(2) asks for a capability: `caps` shows which there are",
            zh: "sethostname(2) 需要一个权能：`caps` 显示有哪些",
        },
        signs: Text {
            en: "EPERM with uid 0, and `caps` lacks SYS_ADMIN: root is a number, the power is in the capabilities",
            zh: "uid 是 0 却得到 EPERM，`caps` 里没有 SYS_ADMIN：root 只是一个号码，权力在权能里",
        },
        cure: line("reset"),
    },
    Case {
        name: "seccomp",
        breaks: &["unshare uts", "nnp", "seccomp deny sethostname errno"],
        complaint: Text {
            en: "it has every capability, and may not give itself a name: `hostname box`",
            zh: "它什么权能都有，却不能给自己改名：`hostname box`",
        },
        looks: Text {
            en: "`caps` is in order. Who else says EPERM? Seccomp in `show /proc/self/status`",
            zh: "`caps` 没有问题。还有谁会返回 EPERM？看 `show /proc/self/status` 里的 Seccomp",
        },
        signs: Text {
            en: "EPERM although `caps` has SYS_ADMIN and the namespace is its own; `show /proc/self/status` says Seccomp: 2, so a filter answers before the kernel looks",
            zh: "`caps` 里有 SYS_ADMIN，命名空间也是自己的，却得到 EPERM；`show /proc/self/status` 中 Seccomp 为 2：内核还没看，过滤器就先回答了",
        },
        cure: line("reset"),
    },
    Case {
        name: "foreign-proc",
        breaks: &["unshare pid", "fork"],
        complaint: Text {
            en: "it is PID 1, and its /proc lists processes that it cannot signal: `spawn ps`",
            zh: "它是 1 号进程，可它的 /proc 列出了它无法发送信号的进程：`spawn ps`",
        },
        looks: Text {
            en: "`show /proc/self/stat` begins with the number by which /proc knows it. Is it the same as in `ps`?",
            zh: "`show /proc/self/stat` 开头是 /proc 所知道的编号。它和 `ps` 里的一样吗？",
        },
        signs: Text {
            en: "/proc was mounted in another PID namespace, and shows the numbers of that one: the first word of `show /proc/self/stat` is not 1",
            zh: "/proc 是在另一个 PID 命名空间里挂载的，显示的是那里的号码：`show /proc/self/stat` 的第一个词不是 1",
        },
        cure: line("unshare mnt; mount private -r /; mount proc /proc"),
    },
    Case {
        name: "file-limit",
        breaks: &["rlimit fsize 0"],
        complaint: Text {
            en: "it cannot write a file, though the disk has room: `load file 1M`",
            zh: "磁盘有空间，它却写不了文件：`load file 1M`",
        },
        looks: Text {
            en: "a signal killed it: what is that signal for (signal(7))? `rlimit`",
            zh: "是信号杀死了它：这个信号是做什么的（signal(7)）？看 `rlimit`",
        },
        signs: Text {
            en: "SIGXFSZ, the signal of a size limit for files: `rlimit` shows fsize 0",
            zh: "SIGXFSZ 是文件大小限制的信号：`rlimit` 显示 fsize 为 0",
        },
        cure: line("rlimit fsize unlimited"),
    },
    Case {
        name: "port-taken",
        breaks: &["unshare net", "link up lo", "listen 80"],
        complaint: Text { en: "its server does not start: `listen 80`", zh: "它的服务器启动不了：`listen 80`" },
        looks: Text {
            en: "who else lives in its network namespace? `ps`, `connect 127.0.0.1 80`",
            zh: "它的网络命名空间里还有谁？`ps`、`connect 127.0.0.1 80`",
        },
        signs: Text {
            en: "EADDRINUSE: somebody in the same network namespace listens there already; `ps` shows it, `connect 127.0.0.1 80` talks to it",
            zh: "EADDRINUSE：同一网络命名空间里已经有人在监听；`ps` 能看到它，`connect 127.0.0.1 80` 能和它说上话",
        },
        cure: Text {
            en: "end the listener, whose PID `ps` shows: kill KILL PID",
            zh: "结束 `ps` 所列的那个监听进程：kill KILL PID",
        },
    },
];

/// The diagnoses, for the command line.
pub const NAMES: &[&str] = &{
    let mut names = [""; CASES.len()];
    let mut at = 0;
    while at < CASES.len() {
        names[at] = CASES[at].name;
        at += 1;
    }
    names
};
