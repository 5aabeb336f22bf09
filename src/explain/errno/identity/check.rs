//! What decides between the reasons of ID maps and of changing identity.

use super::super::case::{Case, Verdict, apart, decide, known, maybe, no, yes};
use crate::explain::cap::{Cap, holds};
use crate::model::{IdMap, NsKind, Seen, Snapshot};

fn target<'a>(case: &Case<'a>) -> Option<&'a Snapshot> {
    case.live.target.as_ref()
}

fn is_uid(case: &Case<'_>) -> bool {
    case.text(0).is_some_and(|path| path.ends_with("uid_map"))
}

fn cap(case: &Case<'_>) -> Cap {
    if is_uid(case) { Cap::SETUID } else { Cap::SETGID }
}

/// Was it written by a process that entered the parent for that? In there it has every capability.
fn from_parent(case: &Case<'_>) -> bool {
    let parent = target(case).and_then(|target| case.live.userns.get(&target.ns_id(NsKind::User)?.ino)?.parent);
    !case.live.inside && parent.is_some() && parent != case.home()
}

/// The writer's right over the parent.
fn may_set(case: &Case<'_>, cap: Cap) -> Option<bool> {
    let parent = target(case).and_then(|target| case.live.userns.get(&target.ns_id(NsKind::User)?.ino)?.parent)?;
    if !case.live.inside && parent != case.home()? {
        return Some(true);
    }
    holds(case.live, &case.live.caller, cap, parent)
}

fn lines(case: &Case<'_>) -> Vec<(u64, u64, u64)> {
    let text = case.text(1).unwrap_or_default();
    let numbers =
        text.lines().map(|line| line.split_whitespace().map(|word| word.parse().unwrap_or(u64::MAX)).collect::<Vec<_>>());
    numbers.filter_map(|line| Some((*line.first()?, *line.get(1)?, *line.get(2)?))).collect()
}

pub(super) fn written(case: &Case<'_>) -> Verdict {
    let Some(target) = target(case) else { return maybe() };
    let map = if is_uid(case) { &target.uid_map } else { &target.gid_map };
    match map {
        Seen::Is(lines) if lines.is_empty() => no(),
        Seen::Is(lines) => {
            let show = |map: &IdMap| format!("{} {} {}", map.inside, map.outside, map.count);
            let text = lines.iter().map(show).collect::<Vec<_>>().join(", ");
            let which = if is_uid(case) { "uid_map" } else { "gid_map" };
            let verdict = yes().seen(format!("{which} says: {text}"), format!("{which} 的内容是：{text}"));
            let own = target.creds.is().map(|creds| (creds.euid, creds.egid));
            let both = own.zip(target.uid_map.is().zip(target.gid_map.is()));
            match both {
                Some(((uid, gid), (uids, gids))) if Case::mapped(uids, uid) && Case::mapped(gids, gid) => {
                    verdict.lines(&["unshare user"])
                }
                _ => verdict.lines(&["reset", "unshare user"]),
            }
        }
        Seen::Not { .. } => maybe(),
    }
}

pub(super) fn from_inside(case: &Case<'_>) -> Verdict {
    if !case.live.inside {
        return apart();
    }
    let Some(creds) = case.creds() else { return maybe() };
    let (which, own) = if is_uid(case) { ("uid", creds.euid) } else { ("gid", creds.egid) };
    let single = matches!(lines(case).as_slice(), [(_, outside, 1)] if *outside == u64::from(own));
    decide(!single)
        .seen(format!("the writer is {which} {own} outside"), format!("写入者在外部是 {which} {own}"))
        .lines(&[&format!("idmap {which} 0 {own} 1")])
}

pub(super) fn setgroups_allowed(case: &Case<'_>) -> Verdict {
    match (&case.live.setgroups, may_set(case, Cap::SETGID)) {
        (Some(text), Some(false)) if text == "allow" => yes().seen("setgroups says allow", "setgroups 为 allow"),
        (Some(_), Some(_)) => no(),
        _ => maybe(),
    }
}

pub(super) fn foreign_id(case: &Case<'_>) -> Verdict {
    if case.live.inside {
        return apart();
    }
    match may_set(case, cap(case)) {
        Some(true) => return no(),
        None => return maybe(),
        Some(false) => {}
    }
    let Some(creds) = case.creds() else { return maybe() };
    let (which, own) = if is_uid(case) { ("uid", creds.euid) } else { ("gid", creds.egid) };
    let lines = lines(case);
    if let [(_, outside, 1)] = lines.as_slice()
        && *outside == u64::from(own)
    {
        return no();
    }
    yes()
        .seen(format!("the writer is {which} {own}"), format!("写入者是 {which} {own}"))
        .lines(&[&format!("idmap {which} 0 {own} 1")])
}

pub(super) fn parent_lacks(case: &Case<'_>) -> Verdict {
    // In the first user namespace every ID there is has a mapping.
    if from_parent(case) { maybe() } else { no() }
}

pub(super) fn setfcap(case: &Case<'_>) -> Verdict {
    if from_parent(case) || !is_uid(case) || !lines(case).iter().any(|(_, outside, _)| *outside == 0) {
        return no();
    }
    // What the maker of the namespace had is not to be read afterwards.
    if case.live.inside {
        return maybe();
    }
    match may_set(case, Cap::SETFCAP) {
        Some(false) if may_set(case, Cap::SETUID) == Some(true) => {
            let lacks = case.lacks(Cap::SETFCAP, case.home());
            yes().seen(lacks.en, lacks.zh)
        }
        Some(_) => no(),
        None => maybe(),
    }
}

pub(super) fn bad_text(case: &Case<'_>) -> Verdict {
    let (lines, length) = (lines(case), case.text(1).map_or(0, str::len));
    let over = |start: u64, count: u64| start.checked_add(count).is_none_or(|end| end > 1 << 32);
    let meets = |a: (u64, u64), b: (u64, u64)| a.0 < b.0 + b.1 && b.0 < a.0 + a.1;
    let pairs = || (0..lines.len()).flat_map(|i| (0..i).map(move |j| (i, j)));
    if lines.iter().any(|line| line.2 == 0) {
        return yes().seen("a COUNT is 0", "有一个 COUNT 是 0");
    }
    if lines.iter().any(|line| over(line.0, line.2) || over(line.1, line.2)) {
        return yes().seen("a range goes beyond 4294967295", "有一段超过了 4294967295");
    }
    if pairs().any(|(i, j)| meets((lines[i].0, lines[i].2), (lines[j].0, lines[j].2))) {
        return yes().seen("two ranges overlap inside", "有两段在内部重叠");
    }
    if pairs().any(|(i, j)| meets((lines[i].1, lines[i].2), (lines[j].1, lines[j].2))) {
        return yes().seen("two ranges overlap outside", "有两段在外部重叠");
    }
    decide(lines.len() > 340 || length >= 4096)
        .seen(format!("{} lines, {length} bytes", lines.len()), format!("{} 行，{length} 字节", lines.len()))
}

pub(super) fn setgroups_late(case: &Case<'_>) -> Verdict {
    let late = target(case).and_then(|target| target.gid_map.is()).map(|map| !map.is_empty());
    known(late).seen("gid_map has been written already", "gid_map 已经写入")
}

pub(super) fn groups(case: &Case<'_>) -> Verdict {
    match (case.live.setgroups.as_deref(), case.live.caller.gid_map.is()) {
        // That it is forbidden is another row.
        (Some("deny"), _) => apart(),
        (_, Some(map)) if map.is_empty() => yes().seen("gid_map is empty", "gid_map 为空"),
        (Some(_), Some(_)) => no(),
        _ => maybe(),
    }
}

pub(super) fn no_such_id(case: &Case<'_>) -> Verdict {
    let which = if case.call.name.contains("gid") { "gid" } else { "uid" };
    let map = if which == "gid" { &case.live.caller.gid_map } else { &case.live.caller.uid_map };
    let Some(map) = map.is() else { return maybe() };
    let own = case.creds().map_or(0, |creds| if which == "gid" { creds.egid } else { creds.euid });
    let ids: Vec<u32> = (0..3).filter_map(|at| case.text(at)?.parse().ok()).collect();
    let inside = |id: u32| map.iter().any(|map| id.checked_sub(map.inside).is_some_and(|offset| offset < map.count));
    match ids.iter().find(|id| !inside(**id)) {
        Some(id) if map.is_empty() => yes()
            .seen(format!("{which}_map is empty, so {id} is nobody"), format!("{which}_map 为空，{id} 不对应任何人"))
            .lines(&[&format!("idmap {which} 0 {own} 1")]),
        Some(id) => yes()
            .seen(format!("{which}_map does not cover {id}"), format!("{which}_map 没有包含 {id}"))
            .lines(&[&format!("show /proc/self/{which}_map")]),
        None => no(),
    }
}

pub(super) fn no_owner(case: &Case<'_>) -> Verdict {
    let (Some(creds), Some(uids), Some(gids)) = (case.creds(), case.live.caller.uid_map.is(), case.live.caller.gid_map.is())
    else {
        return maybe();
    };
    let lines: Vec<String> = [("uid", uids, creds.euid), ("gid", gids, creds.egid)]
        .into_iter()
        .filter(|(_, map, id)| !Case::mapped(map, *id))
        .map(|(which, _, id)| format!("idmap {which} 0 {id} 1"))
        .collect();
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    decide(!lines.is_empty()).lines(&lines)
}

/// Whose object the call changes.
fn object(case: &Case<'_>) -> Option<(NsKind, Cap)> {
    Some(match case.call.name.as_str() {
        "sethostname" | "setdomainname" => (NsKind::Uts, Cap::SYS_ADMIN),
        "mount" | "umount2" | "pivot_root" => (NsKind::Mnt, Cap::SYS_ADMIN),
        "chroot" => (NsKind::User, Cap::SYS_CHROOT),
        "settimeofday" => (NsKind::Time, Cap::SYS_TIME),
        _ => return None,
    })
}

pub(super) fn not_owned(case: &Case<'_>) -> Verdict {
    let Some((kind, cap)) = object(case) else { return apart() };
    let (Some(home), Some(owner)) = (case.home(), case.owner(kind)) else { return apart() };
    // Who has the capability nowhere is another row's case.
    if case.may(cap, Some(home)) != Some(true) {
        return apart();
    }
    let word = kind.name();
    decide(home != owner && case.may(cap, Some(owner)) == Some(false))
        .seen(
            format!("its {word} namespace belongs to user:[{}]; it has {} in user:[{}] only", owner.ino, cap.name(), home.ino),
            format!("它的 {word} 命名空间属于 user:[{}]；而它只在 user:[{}] 中有 {}", owner.ino, home.ino, cap.name()),
        )
        .lines(&[&format!("unshare {word}")])
}
