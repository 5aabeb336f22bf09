//! What `export docker` and `export oci` do not see: they are made of what the subject is now, and some lines leave no trace there, or one
//! that neither of them has a word for.

use crate::command::{Outside, Parsed, Step, parse};
use crate::model::{Msg, Text};
use crate::observe::isolation::Isolation;

/// The limits of a cgroup that the walls of a process have ([`Isolation`]).
const LIMITS: &[&str] =
    &["memory.max", "memory.high", "memory.swap.max", "pids.max", "cpu.max", "cpuset.cpus", "cpuset.mems", "io.max"];

const NO_WORD: Text = Text { en: "there is no word for it there", zh: "那里没有对应的写法" };
const CONTENT: Text = Text {
    en: "what lies in a namespace, or runs in it, is no part of how it is made",
    zh: "命名空间里的内容与正在运行的进程，不属于它的构造方式",
};
const ONE_CGROUP: Text =
    Text { en: "a runtime makes one cgroup, with limits", zh: "运行时只创建一个带限制的 cgroup" };
const OWN_ROOT: Text = Text {
    en: "a container has a root of its own, and the subject has the host's: mounts and files that were made in it are left out",
    zh: "容器总有自己的根，而被观察进程用的是主机的根：在其中所做的挂载与文件不会写入",
};
const OWNERS: Text = Text {
    en: "the map of its owners cannot be read from a mount; OCI 1.2 has uidMappings and gidMappings of a mount for it",
    zh: "无法从挂载读出其属主映射；OCI 1.2 的挂载项为此有 uidMappings 与 gidMappings",
};

/// The lines that are not in it, each with the reason.
pub fn lines(cx: &Outside<'_>, found: &Isolation) -> Vec<Msg> {
    let why = |step: &Step| {
        let parsed = parse(&step.line).ok().flatten()?;
        let why = reason(step.command.as_str(), &parsed, found)?;
        Some(Msg::new(format!("`{}` is not in it: {}", step.line, why.en), format!("其中没有 `{}`：{}", step.line, why.zh)))
    };
    cx.steps.iter().filter_map(why).collect()
}

fn reason(command: &str, parsed: &Parsed, found: &Isolation) -> Option<Text> {
    Some(match command {
        "landlock" | "keyring new" | "subreaper" | "securebits" | "prio" | "sched affinity" | "sched policy" | "domainname" => {
            NO_WORD
        }
        "ipc new" | "ipc send" | "ipc receive" | "ipc rm" | "mqueue new" | "mqueue rm" | "listen" => CONTENT,
        name if name.starts_with("load ") => CONTENT,
        "nsid set" => CONTENT,
        "cgroup new" | "cgroup delegate" | "cgroup devices" => ONE_CGROUP,
        "cgroup set" if !LIMITS.contains(&parsed.args.one("FILE")) => ONE_CGROUP,
        "mount idmap" => OWNERS,
        "mkdir" | "mknod" | "write" | "rootfs make" | "rootfs import" if !found.own_root => OWN_ROOT,
        name if name.starts_with("mount") && !found.own_root => OWN_ROOT,
        _ => return None,
    })
}

/// Names and values of the kernel's parameters that were set in namespaces.
pub fn sysctls(cx: &Outside<'_>) -> Vec<(String, String)> {
    let set = |step: &Step| {
        let parsed = parse(&step.line).ok().flatten().filter(|parsed| parsed.card.name == "sysctl")?;
        Some((parsed.args.one("NAME").replace('/', "."), parsed.args.opt("VALUE")?.to_string()))
    };
    cx.steps.iter().filter_map(set).collect()
}
