//! `explain-process`: the lines that would build another process's isolation. Reads /proc.

use crate::command::{Args, Card, Count, Equivalent, Example, Kind, Man, Outside, Param, Primitive, Run, Said, Stop};
use crate::model::{Block, IdMap, MountLive, Msg, NoteKind, NsKind, Seen, Text, cap_names, errno_name};
use crate::observe::isolation::Isolation;
use crate::observe::process::command;
use nix::errno::Errno;
use std::path::Path;

/// The card.
pub const CARD: Card = Card {
    name: "explain-process",
    args: &[Param {
        name: "PID",
        kind: Kind::Target,
        count: Count::One,
        about: Text {
            en: "a PID as the host counts, or a subject's name", zh: "主机所见的 PID，或被观察进程的名字"
        },
    }],
    primitive: Primitive::Read("/proc/PID"),
    man: &[Man("namespaces", 7), Man("capabilities", 7), Man("cgroups", 7), Man("proc_pid_mountinfo", 5)],
    own: &[],
    summary: Text {
        en: "the lines that would build a process's isolation", zh: "写出能搭建某个进程的隔离环境的各行命令"
    },
    explain: Text {
        en: "A container is what its process is: namespaces, ID maps, mounts, limits, rights. This reads them from /proc and writes them as lines of this shell, in an order that works: user \
             namespace and maps first, because they give the right to the rest; a child for the PID namespace; mounts, root; host name; limits; rights last, because they are given up. \
             What cannot be seen from outside, or not be said, stands below. Nothing is called.",
        zh: "容器就是它的进程：命名空间、ID 映射、挂载、限制、权限。这里从 /proc 读出这些，按可行的次序写成本 shell 的命令行：先是用户命名空间与映射，因为它们给出其余操作的权限；然后是 PID 命名空间里的子进程；\
             挂载与根；主机名；限制；权限放在最后，因为那是要放弃的。从外部看不到或写不出的部分列在下面。这里不发出任何调用。",
    },
    equivalents: &[
        Equivalent { tool: "lsns(8)", line: "lsns --task PID" },
        Equivalent { tool: "docker", line: "docker inspect CONTAINER" },
    ],
    examples: &[
        Example {
            after: "unshare uts; hostname box; subject new b",
            line: "explain-process a",
            shows: "hostname box",
            needs: "root",
        },
        Example { after: "unshare user; idmap uid 0 0 1", line: "explain-process a", shows: "idmap uid 0 0 1", needs: "root" },
        Example { after: "", line: "explain-process a", shows: "nothing separates it", needs: "" },
        Example { after: "", line: "explain-process 999999999", shows: "no process", needs: "" },
    ],
    run: Run::Shell(run),
};

/// Where a root is built before the subject moves into it.
const NEW: &str = "/mnt";

fn run(cx: &mut Outside<'_>, args: &Args) -> Result<Said, Stop> {
    let word = args.one("PID");
    let subject = cx.subjects.iter().find(|subject| subject.name == word);
    let pid = match (subject, word.parse::<i32>()) {
        (Some(subject), _) => subject.pid(),
        (None, Ok(pid)) => pid,
        (None, Err(_)) => {
            return Err(Stop::Usage(Msg::new(
                format!("`{word}` is no PID and no subject's name"),
                format!("`{word}` 既不是 PID，也不是被观察进程的名字"),
            )));
        }
    };
    let proc = Path::new("/proc");
    let found = match Isolation::of(proc, pid, std::process::id() as i32) {
        Seen::Is(found) => found,
        Seen::Not { errno, .. } => return Err(Stop::Unfit(sorry(pid, Errno::from_raw(errno)))),
    };
    // Only who is in a UTS namespace can tell its name (uname(2)); a subject of this bench has told.
    let hostname = subject.and_then(|subject| subject.seen.inside.as_ref()).map(|inside| inside.hostname.clone());
    let (lines, gaps) = lines(&found, hostname.as_deref());
    let name = command(proc, pid).is().cloned().unwrap_or_default();
    if lines.is_empty() && gaps.is_empty() {
        let text = Msg::new(
            format!("{pid} ({name}): nothing separates it from the observer"),
            format!("{pid}（{name}）：它与观察者之间没有任何隔离"),
        );
        return Ok(Said::nothing().note(NoteKind::Did, text));
    }
    let mut said = Said::nothing().show(Block::Lines(lines));
    let shared: Vec<&str> = found.shared.iter().map(|kind| kind.name()).collect();
    if !shared.is_empty() {
        let shared = shared.join(", ");
        said = said.note(
            NoteKind::Unchanged,
            Msg::new(
                format!("{pid} ({name}) shares with the observer: {shared}"),
                format!("{pid}（{name}）与观察者共享：{shared}"),
            ),
        );
    }
    Ok(gaps.into_iter().fold(said, |said, text| said.note(NoteKind::Careful, text)))
}

fn sorry(pid: i32, errno: Errno) -> Msg {
    match errno {
        Errno::ENOENT | Errno::ESRCH => Msg::new(
            format!("there is no process {pid}; `ps` lists the bench's"),
            format!("没有进程 {pid}；`ps` 列出实验台的进程"),
        ),
        errno => {
            let errno = errno_name(errno);
            Msg::new(
                format!(
                    "the observer may not look into {pid} ({errno}, ptrace(2)): it is another user's, or has capabilities that the observer lacks"
                ),
                format!("观察者无权查看 {pid}（{errno}，见 ptrace(2)）：它属于其他用户，或拥有观察者没有的权能"),
            )
        }
    }
}

/// The lines, and what they cannot say.
pub fn lines(found: &Isolation, hostname: Option<&str>) -> (Vec<String>, Vec<Msg>) {
    let (mut lines, mut gaps) = (Vec::new(), Vec::new());
    let has = |kind: NsKind| found.own.contains(&kind);
    if !found.own.is_empty() {
        let kinds: Vec<&str> = found.own.iter().map(|kind| kind.name()).collect();
        lines.push(format!("unshare {}", kinds.join(" ")));
    }
    if has(NsKind::User) {
        lines.extend(maps("uid", found.seen.uid_map.is()));
        lines.extend(maps("gid", found.seen.gid_map.is()));
    }
    for (clock, offset) in found.seen.clocks.is().into_iter().flatten().filter(|_| has(NsKind::Time)) {
        lines.push(format!("clock {clock} {offset}"));
    }
    // Limits hold for what is born later, too, and they are set from outside: before the child, so that it is born into them.
    for (file, value) in &found.limits {
        // io.max has a line for each device.
        for value in value.lines() {
            lines.push(format!("cgroup set {file} {}", if value.contains(' ') { word(value) } else { value.into() }));
        }
    }
    if has(NsKind::Pid) || has(NsKind::Time) {
        lines.push("fork".into());
    }
    if has(NsKind::Mnt) {
        let mut built = Vec::new();
        mounts(found, &mut built, &mut gaps);
        if !has(NsKind::User) {
            lines.push("mount private -r /".into());
        }
        lines.extend(built);
    }
    match hostname.filter(|_| has(NsKind::Uts)) {
        Some(name) => lines.push(format!("hostname {}", word(name))),
        None if has(NsKind::Uts) => gaps.push(Msg::new("its host name cannot be read from outside", "从外部读不到它的主机名")),
        None => {}
    }
    if has(NsKind::Net) {
        gaps.push(Msg::new(
            "its links and addresses: `setns PID net`, then `link` and `addr` show them",
            "它的网络设备与地址：先 `setns PID net`，再用 `link` 与 `addr` 查看",
        ));
    }
    rights(found, &mut lines, &mut gaps);
    (lines, gaps)
}

fn maps(which: &str, seen: Option<&Vec<IdMap>>) -> Option<String> {
    let triples: Vec<String> = seen?.iter().map(|map| format!("{} {} {}", map.inside, map.outside, map.count)).collect();
    (!triples.is_empty()).then(|| format!("idmap {which} {}", triples.join(" ")))
}

/// The mounts that the other does not have; with a root of its own, all of them, below NEW, and the move into it.
fn mounts(found: &Isolation, lines: &mut Vec<String>, gaps: &mut Vec<Msg>) {
    if !found.own_root {
        let is_new = |mount: &&MountLive| {
            !found.others.iter().any(|one| one.dev == mount.dev && one.root == mount.root && one.point == mount.point)
        };
        for mount in found.mounts.iter().filter(is_new) {
            match one_mount(found, mount, &mount.point) {
                Some(line) => lines.push(line),
                None => gaps.push(unsaid(mount)),
            }
        }
        return;
    }
    let Some(root) = found.mounts.iter().rev().find(|mount| mount.point == "/") else { return };
    match one_mount(found, root, NEW) {
        Some(line) => lines.push(line),
        None => {
            lines.push(format!("mount tmpfs {NEW}"));
            gaps.push(Msg::new(
                format!("what is in its root, a {} of its own: `rootfs make {NEW}` or `rootfs import` fill one", root.fs),
                format!("它的根（一个自己的 {}）里的内容：可用 `rootfs make {NEW}` 或 `rootfs import` 填充", root.fs),
            ));
        }
    }
    for (at, mount) in found.mounts.iter().enumerate().filter(|(_, mount)| mount.point != "/") {
        let point = format!("{NEW}{}", mount.point);
        let Some(line) = again(found, &found.mounts[..at], mount, &point) else {
            gaps.push(unsaid(mount));
            continue;
        };
        // A place is missing only in what was mounted empty.
        let below = found.mounts[..at]
            .iter()
            .filter(|one| Path::new(&mount.point).starts_with(&one.point))
            .max_by_key(|one| one.point.len());
        if below.is_none_or(|below| below.fs == "tmpfs" || below.point == "/" && root.fs == "tmpfs") {
            // On a file only a file can be bound.
            let is_file = found.source(mount).is_some_and(|source| std::fs::metadata(&source).is_ok_and(|meta| !meta.is_dir()));
            lines.push(format!("{} {}", if is_file { "write" } else { "mkdir -p" }, word(&point)));
        }
        lines.push(line);
    }
    lines.extend([format!("chdir {NEW}"), "pivot_root . .".into(), "umount -l .".into()]);
}

/// A mount of what another of these mounts shows whole is a bind of it; any other is one of its own.
fn again(found: &Isolation, before: &[MountLive], mount: &MountLive, point: &str) -> Option<String> {
    let whole = before.iter().find(|one| one.dev == mount.dev && one.root == "/" && mount.root != "/");
    match whole.filter(|_| found.source(mount).is_none()) {
        Some(whole) => {
            let source = format!("{NEW}{}{}", whole.point.trim_end_matches('/'), mount.root);
            Some(format!("mount bind {} {}{}", word(&source), word(point), tail(flags(mount))))
        }
        None => one_mount(found, mount, point),
    }
}

/// The flags of a mount that are words of this shell.
fn flags(mount: &MountLive) -> Vec<&str> {
    let known = |word: &&str| crate::kernel::MOUNT_FLAGS.iter().any(|flag| flag.word == *word);
    mount.options.iter().map(String::as_str).filter(known).collect()
}

fn tail(words: Vec<&str>) -> String {
    if words.is_empty() { String::new() } else { format!(" {}", words.join(",")) }
}

fn one_mount(found: &Isolation, mount: &MountLive, point: &str) -> Option<String> {
    let (flags, point) = (flags(mount), word(point));
    match (mount.fs.as_str(), found.source(mount)) {
        (_, Some(source)) => {
            // With all that is below it: in a user namespace it cannot be bound without.
            let rec = if found.own.contains(&NsKind::User) && Path::new(&source).is_dir() { vec!["rec"] } else { Vec::new() };
            Some(format!("mount bind {} {point}{}", word(&source), tail([rec, flags].concat())))
        }
        ("tmpfs" | "devpts", None) => {
            let own = ["size=", "mode=", "nr_inodes=", "ptmxmode="];
            let options =
                mount.super_options.iter().map(String::as_str).filter(|word| own.iter().any(|one| word.starts_with(one)));
            Some(format!("mount {} {point}{}", mount.fs, tail(flags.into_iter().chain(options).collect())))
        }
        ("proc" | "sysfs" | "mqueue" | "cgroup2", None) => Some(format!("mount {} {point}{}", mount.fs, tail(flags))),
        _ => None,
    }
}

fn unsaid(mount: &MountLive) -> Msg {
    Msg::new(format!("the {} at {}", mount.fs, mount.point), format!("{} 处的 {}", mount.point, mount.fs))
}

fn rights(found: &Isolation, lines: &mut Vec<String>, gaps: &mut Vec<Msg>) {
    for (name, limit) in &found.rlimits {
        let text = |value: Option<u64>| value.map_or("unlimited".to_string(), |value| value.to_string());
        lines.push(format!("rlimit {} {} {}", name.to_lowercase(), text(limit.soft), text(limit.hard)));
    }
    let Some(creds) = found.seen.creds.is() else { return };
    if found.dropped != 0 {
        let names: Vec<String> = cap_names(found.dropped).iter().map(|name| name.to_lowercase()).collect();
        lines.push(format!("caps bound drop {}", names.join(" ")));
    }
    let outside = |id: u32, seen: &Seen<Vec<IdMap>>| -> Option<u32> {
        let maps = seen.is()?;
        maps.iter()
            .find_map(|map| id.checked_sub(map.outside).filter(|offset| *offset < map.count).map(|offset| map.inside + offset))
    };
    let (uid, gid) = (outside(creds.euid, &found.seen.uid_map), outside(creds.egid, &found.seen.gid_map));
    // Who begins with the observer's IDs has become somebody else.
    let changed = creds.euid != nix::unistd::geteuid().as_raw();
    if let (Some(uid), Some(gid), true) = (uid, gid, changed) {
        lines.push(format!("setgid {gid}"));
        lines.push(format!("setuid {uid}"));
    }
    if creds.no_new_privs {
        lines.push("nnp".into());
    }
    if creds.seccomp != 0 {
        gaps.push(Msg::new(
            "a seccomp filter is in force; its program cannot be read from outside without PTRACE_SECCOMP_GET_FILTER (ptrace(2))",
            "有 seccomp 过滤器在起作用；不用 PTRACE_SECCOMP_GET_FILTER（ptrace(2)）就无法从外部读出它的程序",
        ));
    }
}

/// A word of a line.
fn word(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+=:,%@".contains(c);
    if !text.is_empty() && text.chars().all(plain) { text.into() } else { format!("'{}'", text.replace('\'', "'\"'\"'")) }
}
