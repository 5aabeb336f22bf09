//! The nearest `docker run` line: what is not isolated needs an option, what docker(1) does by itself needs none.

use super::bundle::options;
use super::sh::quoted;
use super::unseen;
use crate::command::Outside;
use crate::model::{Msg, NsKind, Seen, cap_names};
use crate::observe::isolation::Isolation;
use std::path::Path;

/// The line, and what it cannot say.
pub struct Line {
    /// `docker run …`
    pub line: String,
    /// One sentence each.
    pub cannot: Vec<Msg>,
}

/// What a container of docker(1) is in namespaces of its own, unless told otherwise; and the option that tells it.
const SHARED: &[(NsKind, &str)] = &[
    (NsKind::Pid, "--pid host"),
    (NsKind::Net, "--network host"),
    (NsKind::Uts, "--uts host"),
    (NsKind::Ipc, "--ipc host"),
    (NsKind::Cgroup, "--cgroupns host"),
    (NsKind::User, "--userns host"),
];

/// The capabilities that docker(1) gives a container (its documentation, "Runtime privilege and Linux capabilities").
const DEFAULT_CAPS: &[&str] = &[
    "CHOWN",
    "DAC_OVERRIDE",
    "FSETID",
    "FOWNER",
    "MKNOD",
    "NET_RAW",
    "SETGID",
    "SETUID",
    "SETFCAP",
    "SETPCAP",
    "NET_BIND_SERVICE",
    "SYS_CHROOT",
    "KILL",
    "AUDIT_WRITE",
];

/// The line for the current subject.
pub fn line(cx: &Outside<'_>) -> Line {
    let (mut words, mut cannot) = (vec!["docker run --rm -it".to_string()], Vec::new());
    match Isolation::of(Path::new("/proc"), cx.subject.pid(), std::process::id() as i32) {
        Seen::Is(found) => tell(cx, &found, &mut words, &mut cannot),
        Seen::Not { path, .. } => cannot.push(Msg::new(format!("{path} cannot be read"), format!("无法读取 {path}"))),
    }
    words.push("IMAGE".into());
    words.extend(program(cx).iter().map(|word| quoted(word)));
    Line { line: words.join(" "), cannot }
}

/// The words of the last `spawn`.
pub fn program(cx: &Outside<'_>) -> Vec<String> {
    let last = cx.steps.iter().rev().find(|step| step.command == "spawn");
    let words =
        last.and_then(|step| crate::command::parse(&step.line).ok().flatten()).map(|parsed| parsed.args.all("CMD").to_vec());
    words.unwrap_or_else(|| vec!["sh".into()])
}

fn tell(cx: &Outside<'_>, found: &Isolation, words: &mut Vec<String>, cannot: &mut Vec<Msg>) {
    words.extend(SHARED.iter().filter(|(kind, _)| found.shared.contains(kind)).map(|(_, option)| option.to_string()));
    if found.own.contains(&NsKind::User) {
        // It is a matter of the daemon, not of one container.
        words.retain(|word| word != "--userns host");
        let text = "the user namespace and its map: that is the daemon's, dockerd --userns-remap, or rootless docker";
        cannot.push(Msg::new(text, "用户命名空间及其映射：那是守护进程的设置，dockerd --userns-remap，或 rootless docker"));
    }
    if found.own.contains(&NsKind::Time) {
        cannot.push(Msg::new("the time namespace and its clocks", "time 命名空间及其时钟"));
    }
    if found.shared.contains(&NsKind::Mnt) {
        cannot.push(Msg::new(
            "sharing the host's mounts: a container has a root of its own; -v /:/host shows it the host's files",
            "与主机共享挂载：容器总有自己的根；-v /:/host 可让它看到主机的文件",
        ));
    }
    let inside = cx.subject.seen.inside.as_ref();
    if let Some(inside) = inside.filter(|_| found.own.contains(&NsKind::Uts)) {
        words.push(format!("--hostname {}", quoted(&inside.hostname)));
    }
    for (file, value) in &found.limits {
        match limit(file, value) {
            Some(option) => words.push(option),
            None => cannot.push(Msg::new(format!("{file} = {value}"), format!("{file} = {value}"))),
        }
    }
    for (name, limit) in &found.rlimits {
        let text = |value: Option<u64>| value.map_or("-1".into(), |value| value.to_string());
        words.push(format!("--ulimit {}={}:{}", name.to_lowercase(), text(limit.soft), text(limit.hard)));
    }
    words.extend(unseen::sysctls(cx).iter().map(|(name, value)| format!("--sysctl {}", quoted(&format!("{name}={value}")))));
    rights(cx, found, words, cannot);
    mounts(found, words, cannot);
    cannot.extend(unseen::lines(cx, found));
    if found.own.contains(&NsKind::Net) {
        cannot.push(Msg::new(
            "links and addresses that were made by hand: docker connects a container to a bridge of its own (--network)",
            "手工创建的设备与地址：docker 会把容器接到它自己的网桥上（--network）",
        ));
    }
}

/// `--memory 64m`, where docker has an option for the file.
fn limit(file: &str, value: &str) -> Option<String> {
    Some(match file {
        "memory.max" => format!("--memory {}", quoted(&format!("{value}b"))),
        "memory.high" => format!("--memory-reservation {}", quoted(&format!("{value}b"))),
        "pids.max" => format!("--pids-limit {}", quoted(value)),
        "cpuset.cpus" => format!("--cpuset-cpus {}", quoted(value)),
        "cpu.max" => {
            let mut words = value.split_whitespace().filter_map(|word| word.parse::<f64>().ok());
            let (quota, period) = (words.next()?, words.next().unwrap_or(100_000.0));
            format!("--cpus {}", (quota / period * 1000.0).round() / 1000.0)
        }
        _ => return None,
    })
}

fn rights(cx: &Outside<'_>, found: &Isolation, words: &mut Vec<String>, cannot: &mut Vec<Msg>) {
    let Some(creds) = found.seen.creds.is() else { return };
    let held = cap_names(creds.cap_bnd);
    let added = held.iter().filter(|name| !DEFAULT_CAPS.contains(&name.as_str())).map(|name| format!("--cap-add {name}"));
    let taken = DEFAULT_CAPS.iter().filter(|name| !held.iter().any(|one| one == *name)).map(|name| format!("--cap-drop {name}"));
    let few: Vec<String> = added.chain(taken).collect();
    let gone = cap_names(found.dropped);
    let many = std::iter::once("--cap-add ALL".to_string()).chain(gone.iter().map(|name| format!("--cap-drop {name}")));
    let many: Vec<String> = many.collect();
    words.extend(if few.len() <= many.len() { few } else { many });
    if creds.no_new_privs {
        words.push("--security-opt no-new-privileges".into());
    }
    match creds.seccomp {
        0 => words.push("--security-opt seccomp=unconfined".into()),
        _ => cannot.push(Msg::new(
            "the seccomp filter as a file: --security-opt seccomp=FILE.json takes one; `export oci` writes the names of its calls",
            "seccomp 过滤器：--security-opt seccomp=FILE.json 需要一个文件；`export oci` 会写出其中的系统调用名",
        )),
    }
    let (uid, gid) = cx.subject.seen.inside.as_ref().map_or((creds.euid, creds.egid), |inside| (inside.uid, inside.gid));
    if (uid, gid) != (0, 0) {
        words.push(format!("--user {uid}:{gid}"));
    }
    if let Some(adj) = found.seen.bounds.oom_score_adj.is().filter(|adj| **adj != 0) {
        words.push(format!("--oom-score-adj {adj}"));
    }
}

fn mounts(found: &Isolation, words: &mut Vec<String>, cannot: &mut Vec<Msg>) {
    if !found.own_root {
        return;
    }
    for mount in found.mounts.iter().filter(|mount| mount.point != "/") {
        let inner = ["/proc", "/sys", "/dev"].iter().any(|dir| Path::new(&mount.point).starts_with(dir));
        let read_only = mount.options.iter().any(|word| word == "ro");
        match (mount.fs.as_str(), found.source(mount)) {
            _ if inner => {}
            // `unseen` tells of the line that made it.
            _ if mount.is_idmapped() => {}
            ("tmpfs", None) => {
                let options = options(mount).join(",");
                let options = if options.is_empty() { options } else { format!(":{options}") };
                words.push(format!("--tmpfs {}", quoted(&format!("{}{options}", mount.point))));
            }
            (_, Some(source)) => {
                let end = if read_only { ":ro" } else { "" };
                words.push(format!("-v {}", quoted(&format!("{source}:{}{end}", mount.point))));
                let flags = ["nosuid", "nodev", "noexec", "nosymfollow"].into_iter();
                let flags: Vec<&str> = flags.filter(|flag| mount.options.iter().any(|word| word == flag)).collect();
                if !flags.is_empty() {
                    let flags = flags.join(",");
                    cannot.push(Msg::new(
                        format!("{flags} of {}: -v has no word for it", mount.point),
                        format!("{} 的 {flags}：-v 没有对应的写法", mount.point),
                    ));
                }
            }
            (fs, None) => cannot.push(Msg::new(format!("the {fs} at {}", mount.point), format!("{} 处的 {fs}", mount.point))),
        }
    }
    let root = found.mounts.iter().find(|mount| mount.point == "/");
    if root.is_some_and(|mount| mount.options.iter().any(|word| word == "ro")) {
        words.push("--read-only".into());
    }
}
