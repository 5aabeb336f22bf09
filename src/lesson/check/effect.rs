//! Would it reach out? What a process does to one thing, from the rules by which the kernel decides, read in its live state.
//!
//! A check acts on nothing, so it asks what ns_capable() asks: in which namespace is the process, which user namespace owns that
//! one, and are the process's capabilities rights there (user_namespaces(7))?

use super::Value;
use crate::model::{Msg, NsId, NsKind, Snapshot};
use crate::observe::owner::owned_below;
use std::collections::BTreeMap;

const SYS_ADMIN: u8 = 21;
const NET_ADMIN: u8 = 12;
const SYS_TIME: u8 = 25;

/// What is tried, the kind of namespace that isolates it (None: none does), and the capability that it takes.
const EFFECTS: &[(&str, Option<NsKind>, Option<u8>)] = &[
    ("hostname", Some(NsKind::Uts), Some(SYS_ADMIN)),
    ("mount", Some(NsKind::Mnt), Some(SYS_ADMIN)),
    ("network", Some(NsKind::Net), Some(NET_ADMIN)),
    ("ipc", Some(NsKind::Ipc), None),
    ("pid", Some(NsKind::Pid), None),
    ("date", None, Some(SYS_TIME)),
];

/// `isolated`, `leaks`, `denied`: a refusal is never read as isolation.
pub(super) fn effect(name: &str, seen: &Snapshot, host: &BTreeMap<NsKind, NsId>) -> Value {
    let Some((_, kind, cap)) = EFFECTS.iter().find(|(one, ..)| *one == name) else { return Value::None };
    match allowed(seen, *kind, *cap, host) {
        None => Value::Hidden(Msg::new("its owner cannot be asked for", "无法查询其所有者")),
        Some(false) => Value::Is("denied".into()),
        Some(true) => {
            let own = kind.is_some_and(|kind| seen.ns_id(kind).is_some_and(|id| host.get(&kind).is_some_and(|host| *host != id)));
            Value::Is(if own { "isolated" } else { "leaks" }.into())
        }
    }
}

/// Has the process this capability over its namespace of that kind? None: it cannot be told.
fn allowed(seen: &Snapshot, kind: Option<NsKind>, cap: Option<u8>, host: &BTreeMap<NsKind, NsId>) -> Option<bool> {
    let Some(cap) = cap else { return Some(true) };
    let user = seen.ns_id(NsKind::User)?;
    if seen.creds.is()?.cap_eff >> cap & 1 == 0 {
        return Some(false);
    }
    let Some(kind) = kind else { return Some(host.get(&NsKind::User) == Some(&user)) };
    owned_below(seen.pid, kind, user)
}
