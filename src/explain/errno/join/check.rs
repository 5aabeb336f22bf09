//! What decides between the reasons of setns(2) and of opening namespaces.

use super::super::case::{Case, Verdict, apart, decide, known, maybe, no, yes};
use crate::explain::cap::{Cap, is_above};
use crate::model::{ALL_CAPS, NsId, NsKind, Seen, Snapshot, caps_text};
use nix::errno::Errno::*;

fn flags(case: &Case<'_>) -> Vec<NsKind> {
    match case.kinds() {
        // A file says by itself of which kind it is.
        none if none.is_empty() => case.file(0).and_then(|file| file.ns).map(|(kind, _)| kind).into_iter().collect(),
        kinds => kinds,
    }
}

/// The namespace of this kind that the call would enter.
fn wanted(case: &Case<'_>, kind: NsKind) -> Option<NsId> {
    match case.file(0).and_then(|file| file.ns) {
        Some((of, id)) => (of == kind).then_some(id),
        None => case.live.target.as_ref()?.ns_id(kind),
    }
}

fn target<'a>(case: &Case<'a>) -> Option<&'a Snapshot> {
    case.live.target.as_ref()
}

fn is_pidfd(case: &Case<'_>) -> bool {
    case.text(0).is_some_and(|label| label.starts_with("pidfd:"))
}

pub(super) fn traced(case: &Case<'_>) -> Verdict {
    if case.call.name == "setns" && !is_pidfd(case) {
        return apart();
    }
    let Some(target) = target(case) else { return maybe() };
    let (Some(own), Some(theirs)) = (case.creds(), target.creds.is()) else { return maybe() };
    let home = target.ns_id(NsKind::User);
    if case.may(Cap::SYS_PTRACE, home) == Some(true) {
        return no();
    }
    let pid = target.pid;
    if own.euid != theirs.euid {
        return yes().seen(
            format!("process {pid} belongs to uid {}, {} is uid {}", theirs.euid, case.who().en, own.euid),
            format!("进程 {pid} 属于 uid {}，{}是 uid {}", theirs.euid, case.who().zh, own.euid),
        );
    }
    // The observer reads the links of everybody in the user namespaces that the bench made: one that it cannot read is in none of them.
    let foreign = home.is_some_and(|home| Some(home) != case.home()) || case.home() != case.live.host.get(&NsKind::User).copied();
    if foreign {
        let own = case.home().map_or(0, |id| id.ino);
        return yes().seen(
            format!("process {pid} is not in user:[{own}], the only one in which {} has capabilities", case.who().en),
            format!("进程 {pid} 不在 user:[{own}] 中，而{}只在那里有权能", case.who().zh),
        );
    }
    let more = theirs.cap_prm & !own.cap_prm;
    let names = caps_text(more, ALL_CAPS);
    decide(more != 0).seen(
        format!("process {pid} has capabilities that {} has not: {names}", case.who().en),
        format!("进程 {pid} 具有{}所没有的权能：{names}", case.who().zh),
    )
}

pub(super) fn zombie(case: &Case<'_>) -> Verdict {
    match target(case).map(|target| target.creds.is().map(|creds| creds.state)) {
        Some(Some('Z')) => yes().seen("it is a zombie (State: Z)", "它是僵尸（State: Z）"),
        Some(None) => yes().seen("there is no such process", "没有这个进程"),
        Some(Some(_)) => no(),
        None => maybe(),
    }
}

pub(super) fn unborn(case: &Case<'_>) -> Verdict {
    if !case.text(1).is_some_and(|path| path.ends_with("_for_children")) {
        return no();
    }
    let owner = target(case).unwrap_or(&case.live.caller);
    let pending = matches!(owner.next.get(&NsKind::Pid), Some(Seen::Not { errno, .. }) if *errno == ENOENT as i32);
    decide(pending).lines(&["fork"])
}

pub(super) fn no_namespace(case: &Case<'_>) -> Verdict {
    let Some(file) = case.file(0).filter(|file| file.exists()) else { return apart() };
    match (file.ns, case.kinds().first()) {
        (None, _) => yes().seen(format!("{} is an ordinary file", file.path), format!("{} 是普通文件", file.path)),
        (Some((kind, _)), Some(named)) if kind != *named => yes().seen(
            format!("it is a {kind} namespace, and {named} was named"),
            format!("它是 {kind} 命名空间，而指定的是 {named}"),
        ),
        _ => no(),
    }
}

pub(super) fn own_user(case: &Case<'_>) -> Verdict {
    if !flags(case).contains(&NsKind::User) {
        return apart();
    }
    let same = wanted(case, NsKind::User).map(|id| Some(id) == case.home());
    let home = case.home().map_or(0, |id| id.ino);
    known(same).seen(format!("both are in user:[{home}]"), format!("两者都在 user:[{home}] 中"))
}

pub(super) fn threads(case: &Case<'_>) -> Verdict {
    let threads = case.creds().map(|creds| creds.threads);
    known(threads.map(|threads| threads > 1))
        .seen(format!("Threads: {}", threads.unwrap_or(0)), format!("线程数：{}", threads.unwrap_or(0)))
}

pub(super) fn climb(case: &Case<'_>) -> Verdict {
    if !flags(case).contains(&NsKind::Pid) {
        return apart();
    }
    let (own, theirs) = (&case.live.caller.nspid, target(case).map(|target| target.nspid.len()));
    let higher = theirs.map(|levels| levels < own.len());
    let kind = wanted(case, NsKind::Pid);
    // A file of /proc/1 inside is one's own namespace or above; one that the host's processes are in is above.
    let hosts =
        kind.is_some() && kind == case.live.host.get(&NsKind::Pid).copied() && kind != case.live.caller.ns_id(NsKind::Pid);
    match (hosts, higher) {
        (true, _) | (_, Some(true)) => yes().seen(
            format!("the subject is {} PID namespaces deep, that one is above it", own.len()),
            format!("被观察进程处于第 {} 层 PID 命名空间，那一个在它之上", own.len()),
        ),
        (false, Some(false)) if kind == case.live.caller.ns_id(NsKind::Pid) => no(),
        _ => maybe(),
    }
}

/// The first of the namespaces that may not be entered, with the user namespace that owns it.
fn closed(case: &Case<'_>) -> Option<(NsKind, NsId)> {
    let kinds = flags(case);
    if kinds.contains(&NsKind::User) {
        return None;
    }
    kinds.into_iter().find_map(|kind| {
        let owner = match case.file(0).and_then(|file| file.ns) {
            // Whose it is can be told where the caller or the host is in it.
            Some((_, id)) if Some(&id) == case.live.host.get(&kind) => *case.live.host.get(&NsKind::User)?,
            _ => *case.live.target_owners.get(&kind)?,
        };
        (case.may(Cap::SYS_ADMIN, Some(owner)) == Some(false)).then_some((kind, owner))
    })
}

pub(super) fn owner(case: &Case<'_>) -> Verdict {
    if case.may(Cap::SYS_ADMIN, case.home()) == Some(false) {
        let lacks = case.lacks(Cap::SYS_ADMIN, case.home());
        return yes().seen(lacks.en, lacks.zh).next(
            "make a user namespace first, and enter those that it owns: `unshare user`",
            "先创建用户命名空间，再进入归它所有的：`unshare user`",
        );
    }
    match closed(case) {
        Some((_, owner)) if case.home().is_some_and(|home| is_above(case.live, owner, home)) => apart(),
        Some((kind, owner)) => {
            let lacks = case.lacks(Cap::SYS_ADMIN, Some(owner));
            yes().seen(
                format!("{} owns that {kind} namespace: {}", format_args!("user:[{}]", owner.ino), lacks.en),
                format!("那个 {kind} 命名空间属于 user:[{}]：{}", owner.ino, lacks.zh),
            )
        }
        None => maybe(),
    }
}

pub(super) fn one_way(case: &Case<'_>) -> Verdict {
    match closed(case) {
        Some((kind, owner)) if case.home().is_some_and(|home| is_above(case.live, owner, home)) => {
            let home = case.home().map_or(0, |id| id.ino);
            yes()
                .seen(
                    format!("the subject is in user:[{home}]; that {kind} namespace belongs to user:[{}] above it", owner.ino),
                    format!("被观察进程在 user:[{home}] 中；那个 {kind} 命名空间属于其上的 user:[{}]", owner.ino),
                )
                .lines(&["reset"])
        }
        _ => no(),
    }
}

pub(super) fn gone(case: &Case<'_>) -> Verdict {
    known(target(case).map(|target| target.creds.is().is_none_or(|creds| creds.state == 'Z')))
}

pub(super) fn denied(case: &Case<'_>) -> Verdict {
    known(case.live.setgroups.as_deref().map(|text| text == "deny"))
        .seen("/proc/self/setgroups says deny", "/proc/self/setgroups 为 deny")
}
