//! Resource limits of a process: names, units, and their lines in `/proc/PID/limits` (getrlimit(2)).

use super::Text;
use serde::{Deserialize, Serialize};

/// One resource.
#[derive(Clone, Copy, Debug)]
pub struct Resource {
    /// Its name without `RLIMIT_`.
    pub name: &'static str,
    /// Its number in the call.
    pub number: u32,
    /// Its line in `/proc/PID/limits`.
    pub line: &'static str,
    /// What it limits, and in which unit.
    pub about: Text,
}

/// A limit; None is unlimited (RLIM_INFINITY).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rlimit {
    /// What the kernel holds the process to.
    pub soft: Option<u64>,
    /// How far the process may raise the soft limit.
    pub hard: Option<u64>,
}

impl std::fmt::Display for Rlimit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let text = |limit: Option<u64>| limit.map_or("unlimited".to_string(), |limit| limit.to_string());
        write!(f, "{}/{}", text(self.soft), text(self.hard))
    }
}

macro_rules! resource {
    ($name:literal, $number:ident, $line:literal, $en:literal, $zh:literal) => {
        Resource { name: $name, number: libc::$number as u32, line: $line, about: Text { en: $en, zh: $zh } }
    };
}

/// The resources, as `/proc/PID/limits` lists them.
pub const RESOURCES: [Resource; 16] = [
    resource!("CPU", RLIMIT_CPU, "Max cpu time", "CPU time, seconds; SIGXCPU", "CPU 时间，秒；SIGXCPU"),
    resource!(
        "FSIZE",
        RLIMIT_FSIZE,
        "Max file size",
        "size of a file it writes, bytes; SIGXFSZ",
        "所写文件的大小，字节；SIGXFSZ"
    ),
    resource!(
        "DATA",
        RLIMIT_DATA,
        "Max data size",
        "data segment and private mappings, bytes; ENOMEM",
        "数据段与私有映射，字节；ENOMEM"
    ),
    resource!("STACK", RLIMIT_STACK, "Max stack size", "stack, bytes; SIGSEGV", "栈，字节；SIGSEGV"),
    resource!("CORE", RLIMIT_CORE, "Max core file size", "size of a core dump, bytes", "核心转储文件的大小，字节"),
    resource!("RSS", RLIMIT_RSS, "Max resident set", "no effect since Linux 2.4.30", "自 Linux 2.4.30 起无效"),
    resource!(
        "NPROC",
        RLIMIT_NPROC,
        "Max processes",
        "processes and threads of its real UID; EAGAIN",
        "其实际 UID 的进程与线程数；EAGAIN"
    ),
    resource!(
        "NOFILE",
        RLIMIT_NOFILE,
        "Max open files",
        "one more than the highest descriptor; EMFILE",
        "最大文件描述符号加一；EMFILE"
    ),
    resource!("MEMLOCK", RLIMIT_MEMLOCK, "Max locked memory", "locked memory, bytes; ENOMEM", "锁定的内存，字节；ENOMEM"),
    resource!("AS", RLIMIT_AS, "Max address space", "address space, bytes; ENOMEM", "地址空间，字节；ENOMEM"),
    resource!("LOCKS", RLIMIT_LOCKS, "Max file locks", "no effect since Linux 2.4.25", "自 Linux 2.4.25 起无效"),
    resource!(
        "SIGPENDING",
        RLIMIT_SIGPENDING,
        "Max pending signals",
        "queued signals of its real UID; EAGAIN",
        "其实际 UID 的排队信号数；EAGAIN"
    ),
    resource!(
        "MSGQUEUE",
        RLIMIT_MSGQUEUE,
        "Max msgqueue size",
        "POSIX message queues of its real UID, bytes; EMFILE",
        "其实际 UID 的 POSIX 消息队列，字节；EMFILE"
    ),
    resource!(
        "NICE",
        RLIMIT_NICE,
        "Max nice priority",
        "20 minus the lowest nice value it may take; EPERM",
        "20 减去可取的最低 nice 值；EPERM"
    ),
    resource!(
        "RTPRIO",
        RLIMIT_RTPRIO,
        "Max realtime priority",
        "highest realtime priority it may take; EPERM",
        "可取的最高实时优先级；EPERM"
    ),
    resource!(
        "RTTIME",
        RLIMIT_RTTIME,
        "Max realtime timeout",
        "µs of realtime CPU without a pause; SIGXCPU",
        "不间断的实时 CPU 时间，微秒；SIGXCPU"
    ),
];

/// The resource of this name: `NOFILE`, `nofile`, `RLIMIT_NOFILE`.
pub fn resource(word: &str) -> Option<&'static Resource> {
    let upper = word.to_ascii_uppercase();
    let name = upper.strip_prefix("RLIMIT_").unwrap_or(&upper);
    RESOURCES.iter().find(|one| one.name == name)
}
