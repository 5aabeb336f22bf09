//! What decides between the reasons of unshare(2) and clone3(2).

use super::super::case::{Case, Verdict, apart, decide, known, maybe, no, yes};
use crate::explain::cap::{Cap, depth};
use crate::model::{NsKind, Seen, cgroup_name};
use nix::errno::Errno;

fn words(kinds: &[NsKind]) -> String {
    kinds.iter().map(|kind| kind.name()).collect::<Vec<_>>().join(" ")
}

/// The command's word for the call.
fn verb(case: &Case<'_>) -> &'static str {
    if case.call.name == "unshare" { "unshare" } else { "clone" }
}

pub(super) fn admin(case: &Case<'_>) -> Verdict {
    let kinds = case.kinds();
    if kinds.contains(&NsKind::User) || kinds.is_empty() {
        return apart();
    }
    match case.may(Cap::SYS_ADMIN, case.home()) {
        Some(false) => {
            let lacks = case.lacks(Cap::SYS_ADMIN, case.home());
            yes().seen(lacks.en, lacks.zh).lines(&[&format!("{} user {}", verb(case), words(&kinds))])
        }
        Some(true) => no(),
        None => maybe(),
    }
}

pub(super) fn chrooted(case: &Case<'_>) -> Verdict {
    let root = case.live.caller.root.is().cloned().unwrap_or_default();
    known(case.live.chrooted).seen(format!("its root is {root}"), format!("它的根目录是 {root}"))
}

pub(super) fn unmapped(case: &Case<'_>) -> Verdict {
    let (Some(creds), Seen::Is(uids), Seen::Is(gids)) = (case.creds(), &case.live.caller.uid_map, &case.live.caller.gid_map)
    else {
        return maybe();
    };
    let (uid, gid) = (Case::mapped(uids, creds.euid), Case::mapped(gids, creds.egid));
    let lines: Vec<String> = [(uid, uids.is_empty(), "uid", creds.euid), (gid, gids.is_empty(), "gid", creds.egid)]
        .into_iter()
        .filter(|(mapped, ..)| !mapped)
        .map(|(_, empty, which, id)| if empty { format!("idmap {which} 0 {id} 1") } else { "reset".into() })
        .collect();
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    let missing = match (uid, gid) {
        (true, true) => return no(),
        (false, false) => "uid, gid",
        (false, true) => "uid",
        (true, false) => "gid",
    };
    let lines = if lines.contains(&"reset") { vec!["reset"] } else { lines };
    yes()
        .seen(
            format!("no mapping for {missing} (outside: uid {}, gid {})", creds.euid, creds.egid),
            format!("{missing} 没有映射（外部为 uid {}、gid {}）", creds.euid, creds.egid),
        )
        .lines(&lines)
}

pub(super) fn policy(case: &Case<'_>) -> Verdict {
    let privileged = case.may(Cap::SYS_ADMIN, case.home()) == Some(true);
    if case.live.userns_clone == Some(0) && !privileged {
        return yes().seen("kernel.unprivileged_userns_clone = 0", "kernel.unprivileged_userns_clone = 0");
    }
    if case.live.apparmor_userns == Some(1) && !privileged {
        return maybe()
            .seen("kernel.apparmor_restrict_unprivileged_userns = 1", "kernel.apparmor_restrict_unprivileged_userns = 1");
    }
    match case.creds() {
        Some(creds) if creds.seccomp == 2 => {
            maybe().seen("a seccomp filter is on (Seccomp: 2)", "有 seccomp 过滤器（Seccomp: 2）").next(
                "if it is the subject's own: `reset`; a container's holds as long as one is inside",
                "若是被观察进程自己的：`reset`；容器的过滤器则在容器内始终有效",
            )
        }
        Some(_) => no(),
        None => maybe(),
    }
}

pub(super) fn threads(case: &Case<'_>) -> Verdict {
    let threads = case.creds().map(|creds| creds.threads);
    known(threads.map(|threads| threads > 1))
        .seen(format!("Threads: {}", threads.unwrap_or(0)), format!("线程数：{}", threads.unwrap_or(0)))
}

pub(super) fn kernel_lacks(case: &Case<'_>) -> Verdict {
    let missing: Vec<NsKind> = case.kinds().into_iter().filter(|kind| !case.live.kinds.contains(kind)).collect();
    let words = words(&missing);
    decide(!missing.is_empty()).seen(format!("/proc/self/ns has no {words}"), format!("/proc/self/ns 中没有 {words}"))
}

pub(super) fn pid_twice(case: &Case<'_>) -> Verdict {
    let caller = &case.live.caller;
    let (own, next) = (caller.ns_id(NsKind::Pid), caller.next.get(&NsKind::Pid));
    match next {
        Some(Seen::Not { errno, .. }) if *errno == Errno::ENOENT as i32 => yes()
            .seen(
                "pid_for_children is new, and no child has been born there yet",
                "pid_for_children 是新的，还没有子进程在其中出生",
            )
            .lines(&["fork"]),
        Some(Seen::Is(next)) if Some(*next) != own => yes()
            .seen(
                format!("pid_for_children is pid:[{}], its own is another", next.ino),
                format!("pid_for_children 是 pid:[{}]，与自己所在的不同", next.ino),
            )
            .lines(&["reset"]),
        Some(Seen::Is(_)) => no(),
        _ => maybe(),
    }
}

pub(super) fn init_gone(case: &Case<'_>) -> Verdict {
    let next = case.live.caller.next.get(&NsKind::Pid).and_then(Seen::is).map_or("?".into(), |id| id.ino.to_string());
    decide(case.live.init_gone)
        .seen(
            format!("nobody lives in pid:[{next}] any more, where its children would be born"),
            format!("子进程将要出生的 pid:[{next}] 中已没有活着的进程"),
        )
        .lines(&["reset"])
}

pub(super) fn pid_depth(case: &Case<'_>) -> Verdict {
    let levels = case.live.caller.nspid.len();
    decide(levels > 32).seen(format!("it has {levels} PIDs, one a level"), format!("它有 {levels} 个 PID，每层一个"))
}

pub(super) fn user_depth(case: &Case<'_>) -> Verdict {
    let levels = case.home().map_or(0, |home| depth(case.live, home));
    decide(levels > 32).seen(format!("it is {levels} user namespaces deep"), format!("它处于第 {levels} 层用户命名空间"))
}

pub(super) fn max_namespaces(case: &Case<'_>) -> Verdict {
    let limit = |kind: NsKind| case.inside(&format!("max_{kind}_namespaces"));
    if case.kinds().into_iter().all(|kind| limit(kind).is_none()) {
        return maybe();
    }
    if let Some(kind) = case.kinds().into_iter().find(|kind| limit(*kind) == Some(0)) {
        let seen = format!("user.max_{kind}_namespaces = 0");
        return yes().seen(seen.clone(), seen);
    }
    let deep = [pid_depth(case), user_depth(case)].iter().any(|verdict| *verdict != no() && verdict.standing == yes().standing);
    let all: Vec<String> =
        case.kinds().into_iter().filter_map(|kind| Some(format!("max_{kind}_namespaces = {}", limit(kind)?))).collect();
    if deep { no() } else { maybe().seen(all.join(", "), all.join("，")) }
}

pub(super) fn seccomp(case: &Case<'_>) -> Verdict {
    let filter = case.creds().map(|creds| creds.seccomp);
    known(filter.map(|filter| filter == 2))
        .seen(format!("Seccomp: {}", filter.unwrap_or(0)), format!("Seccomp：{}", filter.unwrap_or(0)))
}

pub(super) fn too_many(case: &Case<'_>) -> Verdict {
    // A child that is born elsewhere is counted there, and not where its parent is.
    if let Some((dir, max)) = case.live.cgroup.as_ref().and_then(|group| group.pids_full.as_ref()) {
        let line = cgroup_name(dir).map(|name| format!("cgroup set pids.max max --cgroup {name}"));
        let verdict = yes().seen(format!("{dir} has reached pids.max = {max}"), format!("{dir} 已达到 pids.max = {max}"));
        return line.into_iter().fold(verdict, |verdict, line| verdict.lines(&[&line]));
    }
    if let Some((dir, max)) = &case.live.pids_full {
        return yes().seen(format!("{dir} has reached pids.max = {max}"), format!("{dir} 已达到 pids.max = {max}"));
    }
    match (case.live.max_processes, case.live.user_tasks) {
        // The machine's root is not held to it (getrlimit(2)).
        (Some(max), Some(tasks)) if tasks >= max && case.creds().is_some_and(|creds| creds.uids[0] != 0) => yes()
            .seen(
                format!("its user has {tasks} processes and threads, and RLIMIT_NPROC is {max}; no pids.max is reached"),
                format!("该用户有 {tasks} 个进程和线程，RLIMIT_NPROC 为 {max}；没有达到任何 pids.max"),
            )
            .next("end some of them: `ps` lists the bench's; or `reset`", "结束其中一些：`ps` 列出实验台的进程；或 `reset`"),
        (Some(max), _) => maybe()
            .seen(
                format!("no pids.max is reached; RLIMIT_NPROC is {max}"),
                format!("没有达到任何 pids.max；RLIMIT_NPROC 为 {max}"),
            )
            .next("end some of this user's processes: `ps` lists the bench's", "结束该用户的一些进程：`ps` 列出实验台的进程"),
        (None, _) => maybe(),
    }
}
