//! Aspects of a process, one by one: what `isolation` and `diff` hold against another one's. Functions of what was read.

use crate::model::{
    ALL_CAPS, CgroupLimit, Creds, IdMap, MountLive, Msg, Names, NsKind, Seen, Size, Text, Walls, caps_msg, errno_name,
};
use std::collections::BTreeMap;

/// One aspect.
pub struct Aspect {
    /// Its stable name.
    pub key: String,
    /// What it is called.
    pub what: Msg,
    /// What it is.
    pub is: Msg,
    /// What decides whether two are the same, where the words do not.
    same: String,
    /// It could be read.
    pub known: bool,
    /// It is worth a row where it does not differ, too.
    pub always: bool,
}

impl Aspect {
    fn new(key: &str, what: Text, is: impl Into<Msg>) -> Aspect {
        let is = is.into();
        Aspect { key: key.into(), what: what.into(), same: is.en.clone(), is, known: true, always: false }
    }

    fn named(key: impl Into<String>, is: impl Into<Msg>) -> Aspect {
        let (key, is) = (key.into(), is.into());
        Aspect { what: Msg::same(key.clone()), same: is.en.clone(), key, is, known: true, always: false }
    }

    fn unread<T>(key: &str, what: Text, seen: &Seen<T>) -> Aspect {
        Aspect { known: false, always: true, ..Aspect::new(key, what, unread(seen)) }
    }

    fn always(self) -> Aspect {
        Aspect { always: true, ..self }
    }

    /// Is it another than that process's? What the other lacks is at its default there.
    pub fn differs(&self, other: &[Aspect]) -> bool {
        match other.iter().find(|one| one.key == self.key) {
            Some(other) => self.known && other.known && self.same != other.same,
            None => self.known,
        }
    }
}

/// What an aspect is that is not among a process's.
pub fn default_of(key: &str) -> Msg {
    match key {
        key if key.starts_with("cgroup.") => Msg::same("max"),
        key if key.starts_with("clock.") => Msg::same("+0 s"),
        _ => Msg::new("none", "无"),
    }
}

/// `cannot be read: EACCES`
pub fn unread<T>(seen: &Seen<T>) -> Msg {
    let errno = seen.errno().map_or(String::new(), errno_name);
    Msg::new(format!("cannot be read: {errno}"), format!("无法读取：{errno}"))
}

const fn t(en: &'static str, zh: &'static str) -> Text {
    Text { en, zh }
}

/// All of them, in the order in which a runtime builds them. `home` is the observer, whose root is the host's.
pub fn aspects(of: &Walls, home: &Walls, names: &Names) -> Vec<Aspect> {
    let seen = &of.seen;
    let mut all: Vec<Aspect> = NsKind::ALL.into_iter().map(|kind| namespace(of, kind, names)).collect();
    for (key, what, map) in
        [("uid_map", t("uid_map", "uid_map"), &seen.uid_map), ("gid_map", t("gid_map", "gid_map"), &seen.gid_map)]
    {
        all.push(match map {
            Seen::Is(lines) => Aspect::new(key, what, maps(lines)),
            not => Aspect { always: false, ..Aspect::unread(key, what, not) },
        });
    }
    match &seen.creds {
        Seen::Is(creds) => {
            let at_home = seen.ns_id(NsKind::User).map(|id| names.is_host(NsKind::User, id));
            rights(creds, at_home, &mut all);
        }
        not => all.push(Aspect::unread("creds", t("identity and rights", "身份与权限"), not)),
    }
    for (clock, seconds) in seen.clocks.is().into_iter().flatten() {
        all.push(Aspect::named(format!("clock.{clock}"), Msg::same(format!("{seconds:+} s"))));
    }
    all.push(root(of, home));
    all.extend(covered(&of.mounts));
    all.push(match &seen.cgroup {
        Seen::Is(paths) => Aspect { same: format!("{paths:?}"), ..Aspect::named("cgroup", places(paths)) }.always(),
        not => Aspect::unread("cgroup", t("cgroup", "cgroup"), not),
    });
    match &of.limits {
        Seen::Is(limits) => all.extend(limits.iter().map(|(file, limit)| limited(file, limit))),
        not => all.push(Aspect::unread("limits", t("limits", "限额"), not)),
    }
    for (name, limit) in seen.bounds.rlimits.is().into_iter().flatten() {
        all.push(Aspect::named(format!("rlimit.{name}"), Msg::same(limit.to_string())));
    }
    if let Seen::Is(adj) = &seen.bounds.oom_score_adj {
        all.push(Aspect::named("oom_score_adj", Msg::same(adj.to_string())));
    }
    if let Seen::Is(cpus) = &seen.bounds.cpus {
        all.push(Aspect::named("cpus", Msg::same(cpus)));
    }
    const LABEL: Text = t("security module", "安全模块");
    all.push(match &of.label {
        Seen::Is(label) if label.is_empty() => Aspect::new("label", LABEL, Msg::new("none", "无")),
        Seen::Is(label) => Aspect::new("label", LABEL, Msg::same(label)).always(),
        not => Aspect::unread("label", LABEL, not),
    });
    all
}

fn namespace(of: &Walls, kind: NsKind, names: &Names) -> Aspect {
    let key = format!("ns.{kind}");
    match of.seen.ns.get(&kind) {
        Some(Seen::Is(id)) => {
            let number = format!("{kind}:[{}]", id.ino);
            let shown = names.shown(kind, *id).map_or(number.clone(), |named| format!("{named} [{}]", id.ino));
            Aspect { same: number, ..Aspect::named(key, Msg::same(shown)) }
        }
        Some(not) => Aspect { known: false, ..Aspect::named(key, unread(not)) },
        // This kernel has no such kind.
        None => Aspect::named(key, Msg::new("none", "无")),
    }
}

fn maps(lines: &[IdMap]) -> Msg {
    match lines {
        [] => Msg::new("empty: all show as 65534", "空：全部显示为 65534"),
        [IdMap { inside: 0, outside: 0, count: u32::MAX }] => Msg::new("each to itself", "一一对应"),
        lines => {
            let lines: Vec<String> = lines.iter().map(|map| format!("{} {} {}", map.inside, map.outside, map.count)).collect();
            Msg::same(lines.join(", "))
        }
    }
}

/// `at_home`: in the host's user namespace, where capabilities count for what the host owns; none where that may not be read.
fn rights(creds: &Creds, at_home: Option<bool>, all: &mut Vec<Aspect>) {
    let (user, group) = (creds.euid, creds.egid);
    all.push(Aspect::new("user", t("user outside", "外部用户"), Msg::same(format!("uid {user} gid {group}"))).always());
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
    all.push(Aspect::new("caps.eff", t("capabilities", "权能"), held).always());
    for (key, what, set) in [
        ("caps.prm", t("permitted set", "允许集"), creds.cap_prm),
        ("caps.inh", t("inheritable set", "可继承集"), creds.cap_inh),
        ("caps.amb", t("ambient set", "环境集"), creds.cap_amb),
        ("caps.bnd", t("bounding set", "边界集"), creds.cap_bnd),
    ] {
        all.push(Aspect { always: key == "caps.bnd", ..Aspect::new(key, what, caps_msg(set, ALL_CAPS)) });
    }
    let no = || Msg::new("no", "无");
    let nnp = if creds.no_new_privs { Msg::new("set", "已设置") } else { no() };
    all.push(Aspect::named("no_new_privs", nnp).always());
    let seccomp = match (creds.seccomp, creds.seccomp_filters.max(1)) {
        (0, _) => no(),
        (1, _) => Msg::same("strict"),
        (_, 1) => Msg::new("1 filter", "1 个过滤器"),
        (_, count) => Msg::new(format!("{count} filters"), format!("{count} 个过滤器")),
    };
    all.push(Aspect::named("seccomp", seccomp).always());
}

/// Directories are compared by device and number: a new mount namespace begins with the same one.
fn root(of: &Walls, home: &Walls) -> Aspect {
    const ROOT: Text = t("root directory", "根目录");
    let id = match &of.root {
        Seen::Is(id) => *id,
        not => return Aspect::unread("root", ROOT, not),
    };
    let is = match &of.seen.root {
        _ if home.root.is() == Some(&id) => Msg::new("the host's", "主机的"),
        Seen::Is(path) if path != "/" => Msg::new(format!("{path} (chroot)"), format!("{path}（chroot）")),
        _ => {
            let mount = of.mounts.is().and_then(|mounts| mounts.iter().rev().find(|mount| mount.point == "/"));
            let read_only = mount.is_some_and(|mount| mount.options.iter().any(|word| word == "ro"));
            let fs = mount.map(|mount| mount.fs.clone()).unwrap_or_default() + if read_only { " ro" } else { "" };
            Msg::new(
                format!("another filesystem than the host's (pivot_root): {fs}"),
                format!("与主机不同的文件系统（pivot_root）：{fs}"),
            )
        }
    };
    Aspect { same: format!("{id:?}"), ..Aspect::new("root", ROOT, is) }.always()
}

/// What of /proc and /sys is read-only or covered by something else: what a runtime calls masked and read-only paths.
fn covered(mounts: &Seen<Vec<MountLive>>) -> Option<Aspect> {
    let read_only = |mount: &MountLive| mount.options.iter().any(|word| word == "ro");
    let state = |mount: &&MountLive| ["/proc", "/sys"].iter().any(|dir| std::path::Path::new(&mount.point).starts_with(dir));
    let told = |mount: &MountLive| match mount.fs.as_str() {
        "proc" | "sysfs" if read_only(mount) => Some(format!("{} ro", mount.point)),
        // A device or an empty directory lies on it.
        "tmpfs" | "devtmpfs" if mount.point.starts_with("/proc/") || mount.point == "/sys/firmware" => Some(mount.point.clone()),
        _ => None,
    };
    let found: Vec<String> = mounts.is()?.iter().filter(state).filter_map(told).collect();
    let text = Msg::same(found.join(", "));
    (!found.is_empty()).then(|| Aspect::new("covered", t("covered or ro", "被覆盖或只读"), text))
}

/// `/a`, where it is the same in all hierarchies; else `memory,pids:/a  others:/`.
fn places(paths: &BTreeMap<String, String>) -> Msg {
    let mut groups: Vec<(&str, Vec<&str>)> = Vec::new();
    for (key, path) in paths {
        let key = if key.is_empty() { "v2" } else { key };
        match groups.iter_mut().find(|(known, _)| known == path) {
            Some((_, keys)) => keys.push(key),
            None => groups.push((path, vec![key])),
        }
    }
    if let [(path, _)] = groups.as_slice() {
        return Msg::same(*path);
    }
    groups.sort_by_key(|(_, keys)| keys.len());
    let last = groups.len().saturating_sub(1);
    let all = |others: &str| {
        let text = |(at, (path, keys)): (usize, &(&str, Vec<&str>))| match at == last && keys.len() > 3 {
            true => format!("{others}:{path}"),
            false => format!("{}:{path}", keys.join(",")),
        };
        groups.iter().enumerate().map(text).collect::<Vec<_>>().join("  ")
    };
    Msg::new(all("others"), all("其余"))
}

fn limited(file: &str, limit: &CgroupLimit) -> Aspect {
    let bytes = limit.value.parse().ok().filter(|_| file.starts_with("memory."));
    let value = bytes.map_or(limit.value.clone(), Size::show);
    let is = match limit.inherited {
        false => Msg::same(value),
        true => Msg::new(format!("{value} (of {} above)", limit.at), format!("{value}（来自上级 {}）", limit.at)),
    };
    let same = format!("{} {}", limit.value, if file.starts_with("cpuset.") { "" } else { &limit.at });
    Aspect { key: format!("cgroup.{file}"), what: Msg::same(file), same, is, known: true, always: false }
}
