//! What decides between the reasons of mount(2) and its kin.

use super::super::case::{Case, Verdict, apart, decide, known, maybe, no, yes};
use super::super::process::{mount_of, quoted};
use crate::explain::cap::Cap;
use crate::model::{FileLive, MountLive, NsKind};
use std::path::Path;

const DIR: u32 = 0o040_000;
const BLOCK: u32 = 0o060_000;

/// The path that the call changes: the target of mount(2), the last path of the others.
pub(in super::super) fn target<'a>(case: &'a Case<'_>) -> Option<&'a FileLive> {
    match case.call.name.as_str() {
        "mount" => case.at(1),
        "mount_setattr" => case.at(1).filter(|file| !file.path.is_empty()).or(case.at(0)),
        "move_mount" => case.at(3),
        "open_tree" => case.at(1),
        _ => case.at(0),
    }
}

fn source<'a>(case: &'a Case<'_>) -> Option<&'a FileLive> {
    if case.call.name == "open_tree" { case.at(1) } else { case.at(0) }
}

fn options<'a>(case: &'a Case<'_>) -> &'a str {
    case.text(4).filter(|text| *text != "NULL").unwrap_or_default()
}

fn path(file: Option<&FileLive>) -> String {
    file.map(|file| file.path.clone()).unwrap_or_default()
}

/// The mount at or above a path.
fn mount<'a>(case: &'a Case<'_>, file: Option<&FileLive>) -> Option<&'a MountLive> {
    mount_of(case, file?)
}

pub(super) fn powerless(case: &Case<'_>) -> Verdict {
    let (home, owner) = (case.home(), case.owner(NsKind::Mnt));
    match case.may(Cap::SYS_ADMIN, owner) {
        // Who has it at home only is another row's case.
        Some(false) if case.may(Cap::SYS_ADMIN, home) == Some(true) => apart(),
        Some(false) => {
            let lacks = case.lacks(Cap::SYS_ADMIN, owner);
            yes().seen(lacks.en, lacks.zh).lines(&["unshare user mnt"])
        }
        Some(true) => no(),
        None => maybe(),
    }
}

pub(super) fn type_unknown(case: &Case<'_>) -> Verdict {
    let kind = case.text(2).unwrap_or_default();
    decide(!case.live.filesystems.iter().any(|one| one == kind))
        .seen(format!("/proc/filesystems has no {kind}"), format!("/proc/filesystems 中没有 {kind}"))
}

pub(super) fn missing(case: &Case<'_>) -> Verdict {
    for (file, en, zh) in [(target(case), "the target", "目标"), (source(case), "the source", "源")] {
        if let Some(file) = file.filter(|file| !file.exists()) {
            let line = format!("show {}", quoted(&file.above));
            return yes().seen(format!("{en} {} is not there", file.path), format!("{zh} {} 不存在", file.path)).lines(&[&line]);
        }
    }
    if options(case).contains("lowerdir=") {
        return yes()
            .seen(format!("one of the layers is not there: {}", options(case)), format!("某一层不存在：{}", options(case)));
    }
    maybe()
}

pub(super) fn kinds_differ(case: &Case<'_>) -> Verdict {
    let (Some(from), Some(to)) = (source(case), target(case)) else { return maybe() };
    if !from.exists() || !to.exists() || case.call.name != "mount" {
        return maybe();
    }
    let word = |file: &FileLive| if file.is(DIR) { ("a directory", "目录") } else { ("a file", "文件") };
    let (a, b) = (word(from), word(to));
    if !case.flag("MS_BIND") && !to.is(DIR) {
        return yes().seen(format!("the target {} is {}", to.path, b.0), format!("目标 {} 是{}", to.path, b.1));
    }
    decide(from.is(DIR) != to.is(DIR)).seen(
        format!("{} is {}, {} is {}", from.path, a.0, to.path, b.0),
        format!("{} 是{}，{} 是{}", from.path, a.1, to.path, b.1),
    )
}

pub(super) fn not_block(case: &Case<'_>) -> Verdict {
    let source = source(case);
    let path = path(source);
    known(source.map(|file| !file.is(BLOCK))).seen(format!("{path} is no block device"), format!("{path} 不是块设备"))
}

pub(super) fn bad_options(case: &Case<'_>) -> Verdict {
    let given = options(case);
    let flags = ["MS_BIND", "MS_MOVE", "MS_REMOUNT", "MS_PRIVATE", "MS_SHARED", "MS_SLAVE", "MS_UNBINDABLE"];
    let cgroup = case.text(2).is_some_and(|kind| kind.starts_with("cgroup"));
    if cgroup || flags.iter().any(|flag| case.flag(flag)) {
        return apart();
    }
    let option = |name: &str| given.split(',').find_map(|one| one.strip_prefix(name)?.strip_prefix('='));
    if case.flag("overlay") {
        let (upper, work) = (option("upperdir"), option("workdir"));
        let on = |path: &str| case.live.files.iter().find(|file| file.path == path).and_then(|file| file.mount);
        return match (upper, work) {
            (Some(upper), Some(work))
                if upper == work || Path::new(upper).starts_with(work) || Path::new(work).starts_with(upper) =>
            {
                yes().seen(format!("{upper} and {work} lie in one another"), format!("{upper} 与 {work} 互相包含"))
            }
            (Some(upper), Some(work)) if on(upper).is_some() && on(work).is_some() && on(upper) != on(work) => {
                yes().seen(format!("{upper} and {work} are on different mounts"), format!("{upper} 与 {work} 不在同一挂载上"))
            }
            (Some(_), Some(_)) => maybe().seen(
                "upper or work may lie on an overlay, which no overlay takes as its upper layer",
                "upper 或 work 可能在另一个 overlay 上，而 overlay 不能作为 upper 层",
            ),
            _ => yes().seen("upperdir and workdir go together", "upperdir 与 workdir 必须同时给出"),
        };
    }
    match given.is_empty() {
        true => maybe(),
        false => yes().seen(format!("the options were: {given}"), format!("选项是：{given}")),
    }
}

pub(super) fn no_mount_point(case: &Case<'_>) -> Verdict {
    // A copy of a mount is one, wherever it was taken.
    if case.call.name == "mount_setattr" && case.text(1) == Some("") {
        return apart();
    }
    let Some(file) = target(case) else { return maybe() };
    let path = &file.path;
    let point = mount(case, Some(file)).map(|mount| mount.point.clone()).unwrap_or_default();
    let line = quoted(path);
    decide(!file.is_mount_point)
        .seen(format!("{path} is a directory on the mount {point}"), format!("{path} 是挂载 {point} 上的一个目录"))
        .lines(&[&format!("mount bind {line} {line}")])
}

pub(super) fn not_movable(case: &Case<'_>) -> Verdict {
    let Some(file) = source(case) else { return maybe() };
    let (path, line) = (&file.path, quoted(&file.path));
    if path == "/" {
        return yes()
            .seen("/ itself cannot be moved", "/ 本身不能移动")
            .next("pivot_root is the call for that: `help pivot_root`", "那要用 pivot_root：`help pivot_root`");
    }
    if !file.is_mount_point {
        return yes()
            .seen(format!("{path} is no mount point"), format!("{path} 不是挂载点"))
            .lines(&[&format!("mount bind {line} {line}")]);
    }
    let parent = mount(case, Some(file)).and_then(|own| case.live.mounts.iter().find(|one| one.id == own.parent));
    match parent {
        Some(parent) if parent.is_shared() => yes()
            .seen(format!("its parent mount {} is shared", parent.point), format!("它的父挂载 {} 是 shared", parent.point))
            .lines(&["mount private -r /"]),
        _ => maybe(),
    }
}

pub(super) fn unbindable(case: &Case<'_>) -> Verdict {
    let source = source(case);
    let tagged = mount(case, source).map(|mount| mount.propagation() == "unbindable");
    let (path, line) = (path(source), quoted(&path(source)));
    known(tagged)
        .seen(format!("the mount at {path} is unbindable"), format!("{path} 处的挂载是 unbindable"))
        .lines(&[&format!("mount private {line}")])
}

pub(super) fn ns_file(case: &Case<'_>) -> Verdict {
    match source(case).and_then(|file| file.ns) {
        Some((NsKind::Mnt, id)) => yes().seen(format!("it is mnt:[{}]", id.ino), format!("它是 mnt:[{}]", id.ino)),
        _ => apart(),
    }
}

pub(super) fn open_for_writing(case: &Case<'_>) -> Verdict {
    let to = path(target(case));
    yes().seen(format!("somebody writes to a file on {to}"), format!("有进程正在写 {to} 上的文件"))
}

pub(super) fn busy(case: &Case<'_>) -> Verdict {
    let Some(file) = target(case) else { return maybe() };
    let cwd = case.live.caller.inside.as_ref().map(|inside| inside.cwd.clone()).unwrap_or_default();
    let place = match file.path.starts_with('/') {
        true => file.path.trim_end_matches('/').to_string(),
        false => Path::new(&cwd).join(&file.path).components().as_path().to_string_lossy().trim_end_matches("/.").to_string(),
    };
    let under = |path: &str| Path::new(path).starts_with(&place);
    let lazy = format!("umount -l {}", quoted(&file.path));
    let own = case.live.mounts.iter().rev().find(|mount| mount.point == place || Some(u64::from(mount.id)) == file.mount);
    let is_child = |mount: &&MountLive| own.is_some_and(|own| mount.parent == own.id && mount.id != own.id);
    let mounted: Vec<&str> = case.live.mounts.iter().filter(is_child).map(|mount| mount.point.as_str()).collect();
    if !mounted.is_empty() {
        let list = mounted.join(", ");
        return yes().seen(format!("mounted below: {list}"), format!("其下的挂载：{list}")).lines(&[&lazy]);
    }
    if case.live.inside && under(&cwd) {
        return yes()
            .seen(format!("the subject's working directory is {cwd}"), format!("被观察进程的当前目录是 {cwd}"))
            .lines(&["chdir /"]);
    }
    let users: Vec<String> = case.live.users.iter().map(|one| format!("{} {}", one.pid, one.comm)).collect();
    match users.is_empty() {
        true => maybe().lines(&[&lazy]),
        false => yes().seen(format!("in use by: {}", users.join(", ")), format!("使用者：{}", users.join("，"))).lines(&[&lazy]),
    }
}

pub(super) fn not_mounted(case: &Case<'_>) -> Verdict {
    let file = target(case);
    let path = path(file);
    known(file.map(|file| !file.is_mount_point)).seen(format!("{path} is no mount point"), format!("{path} 不是挂载点"))
}

pub(super) fn noexec(case: &Case<'_>) -> Verdict {
    let Some(file) = case.at(0).filter(|file| file.exists() && !file.is(DIR)) else { return apart() };
    match mount(case, Some(file)) {
        Some(mount) if mount.options.iter().any(|option| option == "noexec") => yes().seen(
            format!("the mount {} ({}) has noexec", mount.point, mount.fs),
            format!("挂载 {}（{}）带有 noexec", mount.point, mount.fs),
        ),
        Some(_) => no(),
        None => maybe(),
    }
}

pub(super) fn no_device(case: &Case<'_>) -> Verdict {
    let device = |file: &&FileLive| file.is(0o020_000) || file.is(BLOCK);
    let Some(file) = case.live.files.iter().find(device) else { return apart() };
    match mount(case, Some(file)) {
        Some(mount) if mount.options.iter().any(|option| option == "nodev") => yes().seen(
            format!("the mount {} ({}) has nodev", mount.point, mount.fs),
            format!("挂载 {}（{}）带有 nodev", mount.point, mount.fs),
        ),
        _ => maybe(),
    }
}

/// A piece above the last one.
pub(super) fn below(case: &Case<'_>) -> Verdict {
    match case.live.files.iter().find(|file| !file.exists()) {
        Some(file) => yes().seen(format!("what is above it ends at {}", file.above), format!("它的上级到 {} 为止", file.above)),
        None => apart(),
    }
}
