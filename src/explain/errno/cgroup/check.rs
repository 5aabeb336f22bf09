//! What decides between the reasons of the tree of cgroups.

use super::super::case::{Case, Verdict, apart, decide, known, maybe, no, yes};
use crate::explain::cap::Cap;
use crate::model::{CgroupLive, NsKind, PidLive, cgroup_name};
use nix::errno::Errno::*;

fn group<'a>(case: &Case<'a>) -> Option<&'a CgroupLive> {
    case.live.cgroup.as_ref()
}

/// `7 sleep, 9 bash`: the first few.
fn list(procs: &[PidLive]) -> String {
    let mut names: Vec<String> = procs.iter().take(5).map(|one| format!("{} {}", one.pid, one.comm)).collect();
    if procs.len() > 5 {
        names.push("…".into());
    }
    names.join(", ")
}

/// `memory` of `+memory`; all of them.
fn named<'a>(case: &'a Case<'_>) -> impl Iterator<Item = &'a str> {
    case.text(1).unwrap_or_default().split_whitespace().map(|word| word.trim_start_matches(['+', '-']))
}

pub(super) fn internal(case: &Case<'_>) -> Verdict {
    let Some(group) = group(case) else { return apart() };
    let procs = list(&group.procs);
    decide(!group.procs.is_empty()).seen(format!("in {}: {procs}", group.dir), format!("{} 中有：{procs}", group.dir))
}

pub(in crate::explain::errno) fn hands_down(case: &Case<'_>) -> Verdict {
    let Some(group) = group(case) else { return apart() };
    let on = group.subtree_control.join(" ");
    decide(!group.subtree_control.is_empty())
        .seen(format!("cgroup.subtree_control of {}: {on}", group.dir), format!("{} 的 cgroup.subtree_control：{on}", group.dir))
}

pub(super) fn not_handed_down(case: &Case<'_>) -> Verdict {
    let Some(group) = group(case) else { return apart() };
    let missing: Vec<&str> = named(case).filter(|name| !group.controllers.iter().any(|on| on == name)).collect();
    let (names, have) = (missing.join(" "), group.controllers.join(" "));
    let v1 = missing.iter().any(|name| group.v1_controllers.iter().any(|held| held == name));
    let verdict = decide(!missing.is_empty());
    if v1 {
        return verdict.seen(format!("{names} is held by a v1 hierarchy"), format!("{names} 由 v1 层级占用"));
    }
    match missing.first().filter(|name| group.ends.contains_key(**name)) {
        Some(name) => ends(verdict, group, name),
        None => verdict.seen(
            format!("cgroup.controllers of {}: {have}; not {names}", group.dir),
            format!("{} 的 cgroup.controllers：{have}；没有 {names}", group.dir),
        ),
    }
}

/// Where a controller ends that this cgroup lacks, and what to type there.
fn ends(verdict: Verdict, group: &CgroupLive, controller: &str) -> Verdict {
    let Some(end) = group.ends.get(controller) else { return verdict };
    let (dir, hands) = (&end.dir, end.hands_down.join(" "));
    let (nothing, nothing_zh) = if hands.is_empty() { ("nothing", "空") } else { (hands.as_str(), hands.as_str()) };
    let verdict = verdict.seen(
        format!(
            "{dir} has {controller} and does not hand it down (its cgroup.subtree_control: {nothing}), so {} lacks it",
            group.dir
        ),
        format!("{dir} 有 {controller}，但没有下放（它的 cgroup.subtree_control：{nothing_zh}），所以 {} 没有", group.dir),
    );
    match cgroup_name(dir) {
        Some("") => verdict.next(
            "the bench hands it down when a file of it is set for the subject, as by `cgroup set memory.max max`",
            "为被观察进程设置它的任一文件时，实验台就会下放它，例如 `cgroup set memory.max max`",
        ),
        Some(name) => {
            let at = if name == "." { String::new() } else { format!(" --cgroup {name}") };
            let inner = if name == "." { "inner".into() } else { format!("{name}/inner") };
            let enable = format!("cgroup enable {controller}{at}");
            match end.occupied {
                // Who hands down holds no processes: they go into a leaf first.
                true => verdict.lines(&[&format!("cgroup new {inner}"), &format!("cgroup enter {inner}"), &enable]),
                false => verdict.lines(&[&enable]),
            }
        }
        None => verdict.next(
            "that one is not the bench's to change: start boxlab under systemd-run --scope -p Delegate=yes",
            "那一级不归实验台管：请用 systemd-run --scope -p Delegate=yes 启动 boxlab",
        ),
    }
}

pub(super) fn child_enables(case: &Case<'_>) -> Verdict {
    let Some(group) = group(case) else { return apart() };
    if !case.text(1).is_some_and(|text| text.contains('-')) {
        return apart();
    }
    let names = group.enabling_children.join(", ");
    decide(!group.enabling_children.is_empty()).seen(format!("these do: {names}"), format!("它们是：{names}"))
}

pub(super) fn cpu_only(case: &Case<'_>) -> Verdict {
    if named(case).any(|name| name == "cpu") { maybe() } else { apart() }
}

pub(super) fn no_file(case: &Case<'_>) -> Verdict {
    let Some(group) = group(case) else { return apart() };
    if !group.exists {
        return no();
    }
    let path = case.text(0).filter(|path| path.starts_with('/')).or(case.text(1)).unwrap_or_default();
    let file = path.rsplit('/').next().unwrap_or_default();
    let controller = file.split('.').next().unwrap_or_default();
    if !group.v2 {
        return maybe().seen(
            format!("{} is a cgroup of v1: names differ there", group.dir),
            format!("{} 是 v1 的 cgroup，文件名不同", group.dir),
        );
    }
    if group.kind.is_empty() {
        return yes().seen(format!("{} is the root", group.dir), format!("{} 是根", group.dir));
    }
    let off = !group.controllers.iter().any(|on| on == controller);
    let verdict = decide(off).seen(
        format!("{controller} is not in cgroup.controllers of {}", group.dir),
        format!("{} 的 cgroup.controllers 中没有 {controller}", group.dir),
    );
    ends(verdict, group, controller)
}

pub(in crate::explain::errno) fn undelegated(case: &Case<'_>) -> Verdict {
    let Some(group) = group(case) else { return apart() };
    let uid = case.creds().map_or(0, |creds| creds.euid);
    let closed = match case.live.inside {
        // What the observer may do says nothing about the subject.
        true => group.owner.is_some_and(|owner| owner != uid) && case.may(Cap::DAC_OVERRIDE, case.home()) == Some(false),
        false => !group.writable,
    };
    known(closed.then_some(true))
        .seen(format!("uid {uid} may not write {}", group.dir), format!("uid {uid} 不能写 {}", group.dir))
}

/// O_CREAT makes the difference between ENOENT and EACCES (`echo > FILE` of a shell has it).
pub(super) fn no_plain_files(case: &Case<'_>) -> Verdict {
    let path = case.text(1).unwrap_or_default();
    let missing = case.live.files.iter().any(|file| file.path == path && !file.exists());
    let Some(group) = group(case).filter(|_| missing && case.call.name == "openat") else { return undelegated(case) };
    let name = path.rsplit('/').next().unwrap_or_default();
    let verdict = yes().seen(
        format!("there is no {name} in {}, and none can be made", group.dir),
        format!("{} 中没有 {name}，也无法创建", group.dir),
    );
    ends(verdict, group, name.split('.').next().unwrap_or_default())
}

/// The root of a cgroup namespace is where its maker sat: only who has a namespace of its own meets this border.
pub(super) fn root_of_namespace(case: &Case<'_>) -> Verdict {
    let Some(group) = group(case) else { return apart() };
    let own = case.live.caller.ns_id(NsKind::Cgroup);
    let inner = own.is_some() && own != case.live.host.get(&NsKind::Cgroup).copied();
    decide(inner).seen(
        format!("the subject is in a cgroup namespace of its own, and {} is its root as seen from outside", group.dir),
        format!("被观察进程在自己的 cgroup 命名空间中，{} 就是它的根（从外部看）", group.dir),
    )
}

/// A controller that counts whole processes, where threads are told apart.
pub(super) fn not_for_threads(case: &Case<'_>) -> Verdict {
    let Some(group) = group(case) else { return apart() };
    let domain: Vec<&str> = named(case).filter(|name| !matches!(*name, "cpu" | "cpuset" | "perf_event" | "pids")).collect();
    let (names, kind) = (domain.join(" "), &group.kind);
    decide(kind.contains("threaded") || kind == "domain invalid").seen(
        format!("cgroup.type of {}: {kind}; {names} counts whole processes", group.dir),
        format!("{} 的 cgroup.type：{kind}；{names} 按整个进程计", group.dir),
    )
}

pub(in crate::explain::errno) fn invalid(case: &Case<'_>) -> Verdict {
    let Some(group) = group(case) else { return apart() };
    decide(group.kind == "domain invalid").seen(format!("cgroup.type: {}", group.kind), format!("cgroup.type：{}", group.kind))
}

pub(super) fn occupied(case: &Case<'_>) -> Verdict {
    let Some(group) = group(case) else { return apart() };
    let (procs, children) = (list(&group.procs), group.children.join(", "));
    match (group.procs.is_empty(), group.children.is_empty()) {
        (false, _) => yes().seen(format!("in it: {procs}"), format!("其中有：{procs}")).next(
            "move the subject out, `cgroup enter .`, or end them: `cgroup kill`",
            "让被观察进程离开：`cgroup enter .`；或结束它们：`cgroup kill`",
        ),
        (true, false) => yes()
            .seen(format!("below it: {children}"), format!("其下有：{children}"))
            .next("remove those first, from below upwards: `cgroup tree`", "先自下而上删除它们：`cgroup tree`"),
        (true, true) => maybe()
            .seen("nobody is left in it now: it was a moment ago", "现在里面已没有进程：刚才还有")
            .next("try again; `cgroup tree`", "再试一次；`cgroup tree`"),
    }
}

pub(super) fn tree_full(case: &Case<'_>) -> Verdict {
    match group(case).map(|group| &group.tree_full) {
        Some(Some((dir, file, limit))) => yes()
            .seen(format!("{file} of {dir} is {limit}"), format!("{dir} 的 {file} 为 {limit}"))
            .lines(&[&format!("cgroup set --cgroup {} {file} max", cgroup_name(dir).unwrap_or("."))]),
        Some(None) => no(),
        None => apart(),
    }
}

pub(super) fn taken(case: &Case<'_>) -> Verdict {
    let Some(group) = group(case) else { return apart() };
    if case.errno == EINVAL {
        return decide(case.text(0).is_some_and(|path| path.contains('\n')));
    }
    let name = case.text(0).and_then(|path| path.rsplit('/').next()).unwrap_or_default();
    match group.exists {
        true => yes().seen(format!("there is a cgroup {name}"), format!("已有 cgroup {name}")).lines(&["cgroup tree"]),
        false => yes().seen(format!("{name} is a file of the kernel's"), format!("{name} 是内核的文件")),
    }
}

pub(super) fn read_only(case: &Case<'_>) -> Verdict {
    group(case).map_or_else(apart, |group| decide(group.read_only))
}

pub(super) fn removed(case: &Case<'_>) -> Verdict {
    group(case).map_or_else(maybe, |group| decide(!group.exists))
}
