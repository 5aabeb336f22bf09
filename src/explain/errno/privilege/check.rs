//! What live state says about section I.

use super::super::case::{Case, Verdict, apart, decide, known, maybe, no, yes};
use crate::explain::cap::Cap;
use crate::model::{ALL_CAPS, NsKind, SECUREBITS, cap_name, cap_names, cap_number, caps_msg};

/// The capability that an argument names, as its bit.
fn named(case: &Case<'_>, at: usize) -> Option<u8> {
    cap_number(case.text(at)?)
}

/// Has the caller the capability in its own user namespace?
fn own(case: &Case<'_>, cap: Cap) -> Option<bool> {
    case.may(cap, case.home())
}

/// And in the machine's?
fn machine(case: &Case<'_>, cap: Cap) -> Option<bool> {
    case.may(cap, case.live.host.get(&NsKind::User).copied())
}

fn lacking(case: &Case<'_>, cap: Cap, over_machine: bool) -> Verdict {
    let over = if over_machine { case.live.host.get(&NsKind::User).copied() } else { case.home() };
    let lacks = case.lacks(cap, over);
    yes().seen(lacks.en, lacks.zh)
}

pub(super) fn not_both(case: &Case<'_>) -> Verdict {
    let (Some(creds), Some(cap)) = (case.creds(), named(case, 2)) else { return maybe() };
    let (bit, name) = (1 << cap, cap_name(cap));
    let barred = case.live.caller.inside.as_ref().is_some_and(|inside| inside.securebits >> 6 & 1 == 1);
    match (creds.cap_prm & bit != 0, creds.cap_inh & bit != 0) {
        (false, _) => yes().seen(format!("{name} is not permitted"), format!("{name} 不在许可集中")).lines(&["reset"]),
        (true, false) => yes()
            .seen(format!("{name} is permitted, and not inheritable"), format!("{name} 在许可集中，但不在可继承集中"))
            .lines(&[&format!("caps inheritable add {name}")]),
        (true, true) if barred => yes().seen("NO_CAP_AMBIENT_RAISE is set", "NO_CAP_AMBIENT_RAISE 已设置"),
        (true, true) => no(),
    }
}

pub(super) fn bound(case: &Case<'_>) -> Verdict {
    match own(case, Cap::SETPCAP) {
        Some(false) => lacking(case, Cap::SETPCAP, false),
        so => known(so.map(|has| !has)),
    }
}

/// A set of `{effective=1<<CAP_KILL|…, permitted=…, inheritable=…}`.
fn set_of(text: &str, which: &str) -> u64 {
    let (_, rest) = text.split_once(&format!("{which}=")).unwrap_or_default();
    let words = rest.split([',', '}']).next().unwrap_or_default().split('|');
    words.filter_map(|word| cap_number(word.strip_prefix("1<<")?)).fold(0, |set, cap| set | 1 << cap)
}

pub(super) fn more_than_permitted(case: &Case<'_>) -> Verdict {
    let (Some(creds), Some(text)) = (case.creds(), case.text(1)) else { return maybe() };
    let wanted = (set_of(text, "effective") | set_of(text, "permitted")) & !creds.cap_prm;
    let unbound = set_of(text, "inheritable") & !creds.cap_inh & !creds.cap_bnd;
    let foreign = set_of(text, "inheritable") & !creds.cap_inh & !creds.cap_prm;
    let names = |set: u64| cap_names(set).join(" ");
    if wanted != 0 {
        return yes().seen(format!("not permitted: {}", names(wanted)), format!("不在许可集中：{}", names(wanted)));
    }
    if unbound != 0 {
        return yes().seen(format!("not in the bounding set: {}", names(unbound)), format!("不在边界集中：{}", names(unbound)));
    }
    if foreign != 0 && own(case, Cap::SETPCAP) == Some(false) {
        return yes().seen(
            format!("not permitted, and there is no CAP_SETPCAP: {}", names(foreign)),
            format!("不在许可集中，又没有 CAP_SETPCAP：{}", names(foreign)),
        );
    }
    no()
}

pub(super) fn unprivileged(case: &Case<'_>) -> Verdict {
    match (case.creds().map(|creds| creds.no_new_privs), own(case, Cap::SYS_ADMIN)) {
        (Some(false), Some(false)) => {
            let lacks = case.lacks(Cap::SYS_ADMIN, case.home());
            yes().seen(format!("no_new_privs is not set, and {}", lacks.en), format!("没有设置 no_new_privs，而且{}", lacks.zh))
        }
        (Some(true), _) | (_, Some(true)) => no(),
        _ => maybe(),
    }
}

pub(super) fn filtered(case: &Case<'_>) -> Verdict {
    match case.creds() {
        Some(creds) if creds.seccomp == 2 => {
            let filters = creds.seccomp_filters.max(1);
            maybe().seen(
                format!("its status says Seccomp: 2, with {filters} filter(s)"),
                format!("它的 status 中 Seccomp 为 2，有 {filters} 个过滤器"),
            )
        }
        _ => apart(),
    }
}

pub(super) fn raised(case: &Case<'_>) -> Verdict {
    match machine(case, Cap::SYS_RESOURCE) {
        Some(false) => lacking(case, Cap::SYS_RESOURCE, true),
        _ => maybe(),
    }
}

pub(super) fn set_id(case: &Case<'_>) -> Verdict {
    let cap = if case.call.name == "setuid" { Cap::SETUID } else { Cap::SETGID };
    match own(case, cap) {
        Some(false) => {
            let set = caps_msg(case.creds().map_or(0, |creds| creds.cap_eff), ALL_CAPS);
            let name = cap.name();
            yes().seen(
                format!("its effective capabilities: {}, so no {name}", set.en),
                format!("它的有效权能：{}，没有 {name}", set.zh),
            )
        }
        so => known(so.map(|has| !has)),
    }
}

pub(super) fn lower_oom(case: &Case<'_>) -> Verdict {
    match machine(case, Cap::SYS_RESOURCE) {
        Some(false) => lacking(case, Cap::SYS_RESOURCE, true),
        so => known(so.map(|has| !has)),
    }
}

pub(super) fn lower_nice(case: &Case<'_>) -> Verdict {
    let cap = Cap(23);
    let bounds = &case.live.caller.bounds;
    let limit = bounds.rlimits.is().and_then(|limits| limits.get("NICE")).and_then(|limit| limit.soft);
    match (machine(case, cap), bounds.nice.is()) {
        (Some(false), Some(nice)) => {
            let limit = limit.map_or("unlimited".into(), |limit| limit.to_string());
            yes().seen(
                format!("its nice value is {nice}, RLIMIT_NICE is {limit}, and it has no {} there", cap.name()),
                format!("它的 nice 值是 {nice}，RLIMIT_NICE 为 {limit}，在那里没有 {}", cap.name()),
            )
        }
        (so, _) => known(so.map(|has| !has)),
    }
}

pub(super) fn real_time(case: &Case<'_>) -> Verdict {
    let cap = Cap(23);
    let limits = case.live.caller.bounds.rlimits.is();
    let limit = limits.and_then(|limits| limits.get("RTPRIO")).and_then(|limit| limit.soft).unwrap_or(0);
    match machine(case, cap) {
        Some(false) => yes().seen(
            format!("RLIMIT_RTPRIO is {limit}, and it has no {} there", cap.name()),
            format!("RLIMIT_RTPRIO 为 {limit}，在那里没有 {}", cap.name()),
        ),
        // Then it is the cgroup.
        Some(true) | None => maybe(),
    }
}

pub(super) fn no_cpu(case: &Case<'_>) -> Verdict {
    match case.live.caller.bounds.cpus.is() {
        Some(cpus) => yes().seen(format!("it may run on {cpus} now"), format!("它现在可在 {cpus} 上运行")),
        None => yes(),
    }
}

pub(super) fn strict_bits(case: &Case<'_>) -> Verdict {
    if own(case, Cap::SETPCAP) == Some(false) {
        return lacking(case, Cap::SETPCAP, false);
    }
    let bits = case.live.caller.inside.as_ref().map_or(0, |inside| inside.securebits);
    let locked: Vec<&str> = SECUREBITS.iter().filter(|(bit, _)| bits >> (bit + 1) & 1 == 1).map(|(_, name)| *name).collect();
    match locked.as_slice() {
        [] => maybe(),
        names => yes().seen(format!("locked: {}", names.join(" ")), format!("已上锁：{}", names.join(" "))),
    }
}

/// Only `setsid` comes here, whose child has just begun a session.
pub(super) fn captured(_: &Case<'_>) -> Verdict {
    decide(true)
}

/// Nothing in /proc shows a ruleset: only no_new_privs, which goes before it where a right is missing.
pub(super) fn landlocked(case: &Case<'_>) -> Verdict {
    if case.live.inside && case.creds().is_some_and(|creds| creds.no_new_privs) { maybe() } else { apart() }
}

/// A filter can say ENOSYS in the kernel's place.
pub(super) fn no_landlock(case: &Case<'_>) -> Verdict {
    match case.creds() {
        Some(creds) if creds.seccomp == 2 => maybe(),
        _ => yes(),
    }
}

/// The limits of the process that made the call, by name.
fn limit(case: &Case<'_>, name: &str) -> Option<Option<u64>> {
    case.live.caller.bounds.rlimits.is().and_then(|limits| limits.get(name)).map(|limit| limit.soft)
}

/// Nothing but this limit makes EMFILE of these calls.
pub fn descriptors(case: &Case<'_>) -> Verdict {
    let soft = limit(case, "NOFILE").flatten().map_or("?".into(), |soft| soft.to_string());
    let who = case.who();
    yes().seen(format!("the soft limit of {} is {soft}", who.en), format!("{}的软限制为 {soft}", who.zh))
}

/// Which of the two limits it was is told by the one that is low.
pub fn queue_bytes(case: &Case<'_>) -> Verdict {
    let text = |limit: Option<Option<u64>>| match limit {
        Some(Some(soft)) => soft.to_string(),
        Some(None) => "unlimited".into(),
        None => "?".into(),
    };
    let (queue, files) = (text(limit(case, "MSGQUEUE")), text(limit(case, "NOFILE")));
    yes().seen(
        format!("RLIMIT_MSGQUEUE is {queue} bytes, RLIMIT_NOFILE {files}"),
        format!("RLIMIT_MSGQUEUE 为 {queue} 字节，RLIMIT_NOFILE 为 {files}"),
    )
}
