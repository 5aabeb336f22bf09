//! Which files there are for a subject's cgroup, in v2's words; and the nearest one to a slip of the hand.

use super::base;
use super::ground::{Ground, no_controller};
use crate::command::line::nearest;
use crate::command::{Stop, SubjectView};
use crate::model::{Msg, Seen, cgroup_name};
use crate::observe::cgroup::{Hierarchy, KNOBS, Knob, Twin, Version, children};
use crate::observe::process::read;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// A file that is named on a line.
#[derive(Debug)]
pub enum Named {
    /// One of the table, by its v2 name.
    Known(&'static Knob),
    /// Another one that is there, under its own name, and the controller that has it.
    Native(String),
}

/// The v2 names that can be set on this machine, for completion. Errors are an empty list.
pub fn settable(keeper: i32) -> Vec<&'static str> {
    let Ok(ground) = Ground::find(keeper) else { return Vec::new() };
    served(&ground).filter(|knob| knob.settable).map(|knob| knob.file).collect()
}

/// The v2 names that can be read on this machine, for completion. Errors are an empty list.
pub fn files(keeper: i32) -> Vec<&'static str> {
    Ground::find(keeper).map(|ground| served(&ground).map(|knob| knob.file).collect()).unwrap_or_default()
}

fn served(ground: &Ground) -> impl Iterator<Item = &'static Knob> {
    KNOBS.iter().filter(|knob| ground.hierarchies.serving(knob).is_some())
}

/// The file of this name.
///
/// Errors: Usage, with the nearest name, or with v2's name for one of v1.
pub fn named(ground: &Ground, subject: &SubjectView, word: &str) -> Result<Named, Stop> {
    if let Some(knob) = Knob::of(word) {
        return Ok(Named::Known(knob));
    }
    let twin = KNOBS.iter().find(|knob| !matches!(knob.v1, Twin::None(_)) && knob.v1.files().contains(&word));
    let controller = word.split('.').next().unwrap_or_default();
    let sane = !word.contains('/') && !word.starts_with('.') && !word.chars().any(char::is_control);
    let hierarchy = ground.hierarchies.of(if controller == "cgroup" { "" } else { controller });
    if matches!(word, "release_agent" | "notify_on_release") {
        return Err(Stop::Refused(release_agent()));
    }
    let there = |hierarchy: &Hierarchy| {
        let home = ground.home(hierarchy, subject);
        [home.as_ref(), ground.sits(subject).get(&hierarchy.key)].into_iter().flatten().any(|dir| dir.join(word).is_file())
            || anywhere(hierarchy, word)
    };
    match (hierarchy.filter(|_| sane), twin) {
        // The root of a v1 tree lacks files that all others have, so a name of the table needs no look.
        (Some(hierarchy), Some(_)) if hierarchy.version == Version::V1 => Ok(Named::Native(word.into())),
        (Some(hierarchy), None) if there(hierarchy) => Ok(Named::Native(word.into())),
        (_, Some(knob)) => Err(Stop::Usage(Msg::new(
            format!("`{word}` is a name of cgroup v1; here it is `{}`", knob.file),
            format!("`{word}` 是 cgroup v1 的文件名；这里应写 `{}`", knob.file),
        ))),
        // A file of a controller that no cgroup has yet: why the bench may not enable it says more.
        (Some(hierarchy), None) if hierarchy.version == Version::V2 && near(ground, word).is_none() => {
            match base::choose(ground, hierarchy, controller) {
                Err(stop) => Err(stop),
                Ok(_) => Err(Stop::Usage(unknown(ground, word))),
            }
        }
        (None, None) if in_kernel(controller) => Err(Stop::Unfit(no_controller(controller))),
        _ => Err(Stop::Usage(unknown(ground, word))),
    }
}

/// Was the kernel built with this controller (`/proc/cgroups`, cgroups(7))?
fn in_kernel(controller: &str) -> bool {
    let list = read(Path::new("/proc/cgroups"));
    list.is().is_some_and(|text| text.lines().any(|line| line.split_whitespace().next() == Some(controller)))
}

/// Has any cgroup near the root this file? All have it whose parent hands the controller down.
fn anywhere(hierarchy: &Hierarchy, word: &str) -> bool {
    let below = children(&hierarchy.mount).is().cloned().unwrap_or_default();
    below.iter().any(|name| hierarchy.mount.join(name).join(word).is_file())
}

/// The nearest name: of the same controller, where the word begins with one that is here.
fn near(ground: &Ground, word: &str) -> Option<&'static str> {
    let prefix = word.split('.').next().unwrap_or_default();
    let known = ground.hierarchies.of(prefix).is_some();
    nearest(word, served(ground).map(|knob| knob.file).filter(|file| !known || file.split('.').next() == Some(prefix)))
}

fn release_agent() -> Msg {
    Msg::new(
        "release_agent is a file of the root of a v1 tree and names a program that the kernel runs on the host, as root, when a cgroup with notify_on_release has emptied: containers have escaped that way (CVE-2022-0492). It is the machine's, so boxlab leaves both files alone; cgroup v2 has no such thing, there one waits for `populated 0` in cgroup.events: `cgroup watch`",
        "release_agent 是 v1 树根上的文件，它指定一个程序：某个设置了 notify_on_release 的 cgroup 变空时，内核就在主机上以 root 运行它。容器曾由此逃逸（CVE-2022-0492）。它属于整台机器，所以 boxlab 不碰这两个文件；cgroup v2 没有这种东西，那里是等 cgroup.events 中的 `populated 0`：`cgroup watch`",
    )
}

fn unknown(ground: &Ground, word: &str) -> Msg {
    match near(ground, word) {
        Some(near) => Msg::new(
            format!("there is no cgroup file `{word}` here; did you mean `{near}`?"),
            format!("这里没有 cgroup 文件 `{word}`；你是想输入 `{near}` 吗？"),
        ),
        None => Msg::new(
            format!("there is no cgroup file `{word}` here; `cgroup get` lists them"),
            format!("这里没有 cgroup 文件 `{word}`；`cgroup get` 列出所有文件"),
        ),
    }
}

/// Why a known file cannot be read for this cgroup: the reason that what is there supports.
pub fn why_missing(ground: &Ground, dirs: &BTreeMap<String, PathBuf>, knob: &Knob, seen: &Seen<String>) -> Stop {
    let (hierarchy, controller) = match ground.serving(knob) {
        Ok(found) => found,
        Err(stop) => return stop,
    };
    let file = knob.file;
    if let (Version::V1, Twin::None(why)) = (hierarchy.version, knob.v1) {
        return Stop::Unfit(Msg::new(format!("{file}: {}", why.en), format!("{file}：{}", why.zh)));
    }
    if !dirs.contains_key(&hierarchy.key) && !dirs.is_empty() {
        return Stop::Unfit(only_elsewhere(ground, dirs, hierarchy, knob));
    }
    let root = dirs.get(&hierarchy.key).is_some_and(|dir| match hierarchy.version {
        Version::V1 => *dir == hierarchy.mount && hierarchy.root == "/",
        Version::V2 => dir.join("cgroup.procs").exists() && !dir.join("cgroup.type").exists(),
    });
    let errno = seen.errno().map(crate::model::errno_name).unwrap_or_default();
    Stop::Unfit(match (hierarchy.version, root) {
        _ if seen.errno() == Some(nix::errno::Errno::EOPNOTSUPP) => Msg::new(
            format!("{file}: a threaded cgroup lists threads, not processes ({errno}); `cgroup threads` shows them"),
            format!("{file}：threaded cgroup 列出的是线程而不是进程（{errno}）；用 `cgroup threads` 查看"),
        ),
        (_, true) => Msg::new(
            format!(
                "{file}: the root cgroup has no such file, for nothing limits the whole machine ({errno}); `cgroup set` makes a cgroup for the subject"
            ),
            format!("{file}：根 cgroup 没有这个文件，因为整机不受限制（{errno}）；`cgroup set` 会为被观察进程创建自己的 cgroup"),
        ),
        (Version::V2, false) if !controller.is_empty() => off(hierarchy, dirs, file, controller, &errno),
        _ => Msg::new(format!("{file} cannot be read: {errno}"), format!("无法读取 {file}：{errno}")),
    })
}

/// Why a file that other cgroups have is not there for this one.
pub fn why_off(ground: &Ground, dirs: &BTreeMap<String, PathBuf>, name: &str) -> Stop {
    let controller = name.split('.').next().unwrap_or_default();
    Stop::Unfit(match ground.hierarchies.of(controller) {
        Some(hierarchy) => off(hierarchy, dirs, name, controller, "ENOENT"),
        None => Msg::new(format!("{name} cannot be read: ENOENT"), format!("无法读取 {name}：ENOENT")),
    })
}

/// The controller is not enabled for this cgroup: where it ends on its way down.
fn off(hierarchy: &Hierarchy, dirs: &BTreeMap<String, PathBuf>, file: &str, controller: &str, errno: &str) -> Msg {
    let ends = dirs.get(&hierarchy.key).map(|dir| hierarchy.ends(dir)).unwrap_or_default();
    let Some(end) = ends.get(controller) else {
        return Msg::new(format!("{file} cannot be read: {errno}"), format!("无法读取 {file}：{errno}"));
    };
    let (at, hands) = (&end.dir, end.hands_down.join(" "));
    let next = match cgroup_name(at) {
        Some("") => Msg::new("`cgroup set` of one of its files brings it", "用 `cgroup set` 设置它的任一文件就会有"),
        Some(".") => Msg::same(format!("`cgroup enable {controller}`")),
        Some(name) => Msg::same(format!("`cgroup enable {controller} --cgroup {name}`")),
        None => Msg::new("that one is not the bench's to change", "那一级不归实验台管"),
    };
    Msg::new(
        format!(
            "{file}: {at} has not enabled `{controller}` for its children ({errno}; its cgroup.subtree_control: {}); {}",
            if hands.is_empty() { "nothing" } else { &hands },
            next.en
        ),
        format!(
            "{file}：{at} 没有为子 cgroup 启用 `{controller}`（{errno}；它的 cgroup.subtree_control：{}）；{}",
            if hands.is_empty() { "空" } else { &hands },
            next.zh
        ),
    )
}

/// The cgroup is there, but not in the tree that has the controller.
fn only_elsewhere(ground: &Ground, dirs: &BTreeMap<String, PathBuf>, hierarchy: &Hierarchy, knob: &Knob) -> Msg {
    let name = |one: &Hierarchy| match one.version {
        Version::V2 => "cgroup2".to_string(),
        Version::V1 => one.controllers.join(","),
    };
    let there = ground.hierarchies.all.iter().filter(|one| dirs.contains_key(&one.key));
    let there = there.map(name).collect::<Vec<_>>().join(" ");
    let (file, tree) = (knob.file, name(hierarchy));
    let to_set =
        if knob.settable { Some(knob) } else { KNOBS.iter().find(|one| one.settable && one.controller == knob.controller) };
    let set = to_set.map_or(String::new(), |knob| format!(" (`cgroup set {} …`)", knob.file));
    Msg::new(
        format!(
            "{file}: on this host that is in the tree {tree}, and this cgroup exists only in {there} so far; it is made there when something is set there{set}"
        ),
        format!(
            "{file}：在本机上它属于 {tree} 那棵树，而这个 cgroup 目前只存在于 {there} 中；在那里设置了什么，才会在那里创建{set}"
        ),
    )
}
