//! `isolation`: what separates a process from the host: namespaces, IDs, rights, limits, root, filters. Reads /proc/PID and its cgroups.

use super::diff::find;
use crate::command::{Args, Card, Count, Equivalent, Example, Kind, Man, Outside, Param, Primitive, Run, Said, Stop};
use crate::model::{ALL_CAPS, Cell, Creds, Mark, Msg, NoteKind, NsKind, Seen, Snapshot, Text, caps_msg, errno_name};
use crate::observe::cgroup::{Hierarchies, Knob};
use crate::observe::process::read;
use nix::errno::Errno;
use std::path::Path;

/// The limits that count, in v2's words.
const LIMITS: [&str; 7] = ["memory.max", "memory.high", "memory.swap.max", "cpu.max", "pids.max", "cpuset.cpus", "io.max"];

/// The card.
pub const CARD: Card = Card {
    name: "isolation",
    args: &[Param {
        name: "WHO",
        kind: Kind::Target,
        count: Count::Optional,
        about: Text {
            en: "a PID as the host counts, a subject's name; without it the subject",
            zh: "主机看到的 PID、被观察进程的名字；省略则为当前被观察进程",
        },
    }],
    primitive: Primitive::Read("/proc/PID"),
    man: &[Man("namespaces", 7), Man("capabilities", 7), Man("cgroups", 7), Man("seccomp", 2)],
    own: &[],
    summary: Text { en: "what separates a process from the host", zh: "一个进程与主机之间隔着什么" },
    explain: Text {
        en: "A container is nothing but a process with these walls around it. Namespaces say what it sees, the cgroup what it may use up, capabilities, seccomp, \
             no_new_privs and security modules what it may do, the root directory where its files begin. It works for any process: one of docker's as well. \
             Landlock rules cannot be read from outside.",
        zh: "容器无非是四周有这些墙的进程。命名空间决定它看到什么，cgroup 决定它能用多少，权能、seccomp、no_new_privs 与安全模块决定它能做什么，根目录决定它的文件从哪里开始。\
             对任何进程都有效，也包括 docker 的。Landlock 规则无法从外部读取。",
    },
    equivalents: &[
        Equivalent {
            tool: "lsns(8)",
            line: "lsns -p PID; grep -E 'Cap|Seccomp|NoNewPrivs' /proc/PID/status; cat /proc/PID/cgroup",
        },
        Equivalent { tool: "docker", line: "docker inspect CONTAINER (what was asked for, not what is)" },
    ],
    examples: &[
        Example { after: "", line: "isolation", shows: "no wall", needs: "root" },
        Example { after: "unshare user uts", line: "isolation", shows: "user uts", needs: "userns" },
        Example { after: "cgroup set pids.max 9", line: "isolation a", shows: "pids.max 9", needs: "root cgroup:pids" },
    ],
    run: Run::Shell(run),
};

fn run(cx: &mut Outside<'_>, args: &Args) -> Result<Said, Stop> {
    let seen = match args.opt("WHO") {
        None => cx.subject.seen.clone(),
        Some(word) => find(cx, word)?,
    };
    let mut rows = vec![namespaces(cx, &seen)];
    rows.extend(identity(&seen));
    if let Seen::Is(creds) = &seen.creds {
        rows.extend(rights(creds, seen.ns_id(NsKind::User).map(|id| cx.names.is_host(NsKind::User, id))));
    }
    rows.push(root(&seen));
    rows.extend(limits(&seen));
    rows.extend(modules(&seen));
    let walls = rows.iter().filter(|row| row.wall).count();
    let cells = rows.into_iter().map(|row| {
        let mark = if row.wall { Mark::Own } else { Mark::Dim };
        vec![Cell::msg(row.what), Cell::msg(row.is).mark(mark)]
    });
    let said = Said::grid(vec![Msg::new("wall", "墙"), Msg::new("here", "此处")], cells.collect());
    let all_read = NsKind::ALL.into_iter().all(|kind| seen.ns_id(kind).is_some());
    Ok(match walls {
        0 if all_read => {
            said.note(NoteKind::Did, Msg::new("no wall: a process of the host like any other", "没有墙：与主机上其他进程无异"))
        }
        _ => said,
    })
}

/// One aspect.
struct Row {
    what: Msg,
    is: Msg,
    /// It separates.
    wall: bool,
}

fn row(en: &str, zh: &str, is: Msg, wall: bool) -> Row {
    Row { what: Msg::new(en, zh), is, wall }
}

fn namespaces(cx: &Outside<'_>, seen: &Snapshot) -> Row {
    let of = |wanted: &dyn Fn(NsKind) -> bool| {
        NsKind::ALL.into_iter().filter(|kind| wanted(*kind)).map(NsKind::name).collect::<Vec<_>>().join(" ")
    };
    let own = of(&|kind| seen.ns_id(kind).is_some_and(|id| !cx.names.is_host(kind, id)));
    let unread = of(&|kind| seen.ns_id(kind).is_none());
    let is = match (own.is_empty(), unread.is_empty()) {
        (true, true) => Msg::new("all the host's", "全是主机的"),
        (false, true) => Msg::new(format!("not the host's: {own}"), format!("不是主机的：{own}")),
        (true, false) => Msg::new(format!("cannot be read (ptrace(2)): {unread}"), format!("无法读取（ptrace(2)）：{unread}")),
        (false, false) => Msg::new(
            format!("not the host's: {own}; cannot be read (ptrace(2)): {unread}"),
            format!("不是主机的：{own}；无法读取（ptrace(2)）：{unread}"),
        ),
    };
    row("namespaces", "命名空间", is, !own.is_empty())
}

fn identity(seen: &Snapshot) -> Vec<Row> {
    let mut rows = Vec::new();
    if let Seen::Is(map) = &seen.uid_map {
        let identical = map.len() == 1 && map[0].inside == 0 && map[0].outside == 0 && map[0].count == u32::MAX;
        if !identical {
            let lines: Vec<String> = map.iter().map(|line| format!("{} {} {}", line.inside, line.outside, line.count)).collect();
            let text = if lines.is_empty() {
                Msg::new("empty: all show as 65534", "空：全部显示为 65534")
            } else {
                Msg::same(lines.join(", "))
            };
            rows.push(row("uid_map", "uid_map", text, true));
        }
    }
    if let Seen::Is(creds) = &seen.creds {
        rows.push(row("user outside", "外部用户", Msg::same(format!("uid {} gid {}", creds.euid, creds.egid)), creds.euid != 0));
    }
    for (clock, seconds) in seen.clocks.is().into_iter().flatten() {
        rows.push(row("clock", "时钟", Msg::same(format!("{clock} {seconds:+} s")), true));
    }
    rows
}

/// `at_home`: in the host's user namespace, where capabilities count for what the host owns; none where that may not be read.
fn rights(creds: &Creds, at_home: Option<bool>) -> Vec<Row> {
    let own = read(Path::new("/proc/self/status"));
    let full = own
        .is()
        .and_then(|text| u64::from_str_radix(crate::observe::process::field(text, "CapBnd")?, 16).ok())
        .unwrap_or(ALL_CAPS);
    let no = || Msg::new("no", "无");
    let seccomp = match creds.seccomp {
        0 => no(),
        1 => Msg::same("strict"),
        _ => match creds.seccomp_filters.max(1) {
            1 => Msg::new("1 filter", "1 个过滤器"),
            count => Msg::new(format!("{count} filters"), format!("{count} 个过滤器")),
        },
    };
    let held = caps_msg(creds.cap_eff, ALL_CAPS);
    let held = match at_home {
        Some(true) => held,
        None => Msg::new(
            format!("{}; over what cannot be told: its user namespace cannot be read", held.en),
            format!("{}；对什么有效无从得知：无法读取其用户命名空间", held.zh),
        ),
        Some(false) => Msg::new(
            format!("{}, but only over what its user namespace owns", held.en),
            format!("{}，但只对其用户命名空间所拥有的对象有效", held.zh),
        ),
    };
    vec![
        row("capabilities", "权能", held, at_home == Some(false) || creds.cap_eff & full != full),
        row("bounding set", "边界集", caps_msg(creds.cap_bnd, ALL_CAPS), creds.cap_bnd & full != full),
        row(
            "no_new_privs",
            "no_new_privs",
            if creds.no_new_privs { Msg::new("set", "已设置") } else { no() },
            creds.no_new_privs,
        ),
        row("seccomp", "seccomp", seccomp, creds.seccomp != 0),
    ]
}

/// Is its root the observer's, by device and inode? A new mount namespace begins with the same one.
fn root(seen: &Snapshot) -> Row {
    let of = |path: &str| nix::sys::stat::stat(path).map(|stat| (stat.st_dev, stat.st_ino));
    let is = match (of(&format!("/proc/{}/root/.", seen.pid)), of("/")) {
        (Ok(its), Ok(ours)) if its == ours => return row("root directory", "根目录", Msg::new("the host's", "主机的"), false),
        (Ok(_), _) => match &seen.root {
            Seen::Is(path) if path != "/" => Msg::new(format!("{path} (chroot)"), format!("{path}（chroot）")),
            _ => Msg::new("another filesystem than the host's (pivot_root)", "与主机不同的文件系统（pivot_root）"),
        },
        (Err(errno), _) => {
            let name = errno_name(errno);
            return row(
                "root directory",
                "根目录",
                Msg::new(format!("cannot be read: {name}"), format!("无法读取：{name}")),
                false,
            );
        }
    };
    row("root directory", "根目录", is, true)
}

fn limits(seen: &Snapshot) -> Vec<Row> {
    let (top, proc) = (Path::new("/"), Path::new("/proc"));
    let Seen::Is(all) = Hierarchies::probe(top, proc, std::process::id() as i32) else { return Vec::new() };
    let (Seen::Is(dirs), Seen::Is(ours)) = (all.of_process(proc, seen.pid), all.of_process(proc, std::process::id() as i32))
    else {
        return Vec::new();
    };
    let mut set = Vec::new();
    for knob in LIMITS.iter().filter_map(|name| Knob::of(name)) {
        let Seen::Is(value) = all.get(&dirs, knob) else { continue };
        let value = value.trim().to_string();
        let host = all.get(&ours, knob);
        let open = value.is_empty() || value == "max" || value.starts_with("max ");
        if !open && host.is().map(|text| text.trim()) != Some(value.as_str()) {
            set.push(format!("{} {value}", knob.file));
        }
    }
    let elsewhere = dirs != ours;
    let place = match elsewhere {
        true => Msg::new("another than the observer's", "与观察者不同"),
        false => Msg::new("the observer's", "与观察者相同"),
    };
    let mut rows = vec![row("cgroup", "cgroup", place, elsewhere)];
    if !set.is_empty() {
        rows.push(row("limits", "限额", Msg::same(set.join(", ")), true));
    }
    rows
}

/// Security modules: what /proc/PID/attr/current says, where one is there to say it.
fn modules(seen: &Snapshot) -> Vec<Row> {
    match read(Path::new(&format!("/proc/{}/attr/current", seen.pid))) {
        Seen::Is(text) => {
            let label = text.trim_end_matches(['\0', '\n']).to_string();
            let wall = !label.is_empty() && !label.starts_with("unconfined");
            vec![row("security module", "安全模块", Msg::same(label), wall)]
        }
        // No module of that kind.
        Seen::Not { errno, .. } if errno == Errno::EINVAL as i32 || errno == Errno::ENOENT as i32 => Vec::new(),
        Seen::Not { errno, .. } => {
            let name = errno_name(Errno::from_raw(errno));
            vec![row(
                "security module",
                "安全模块",
                Msg::new(format!("cannot be read: {name}"), format!("无法读取：{name}")),
                false,
            )]
        }
    }
}
