//! What differs between two snapshots.

use super::mounts::mount_changes;
use super::{ALL_CAPS, Bounds, Creds, NsKind, Rlimit, Seen, Snapshot, cap_names, caps_text, securebits_text};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;

/// One difference, as names and values: `ns.pid`, `next.pid`, `uid`, `hostname`, `cgroup.memory`, … With `was` empty, `is` was
/// added; with `is` empty, `was` was taken away: `caps.eff` has a row for the names gained and one for those lost.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// What changed.
    pub what: String,
    /// What it was.
    pub was: String,
    /// What it is.
    pub is: String,
}

/// The differences, in the order in which the pane shows them.
pub fn changes(was: &Snapshot, is: &Snapshot) -> Vec<Change> {
    let mut found = Found(Vec::new());
    for kind in NsKind::ALL {
        found.note(&format!("ns.{kind}"), link(kind, was.ns.get(&kind)), link(kind, is.ns.get(&kind)));
    }
    for kind in NsKind::ALL.into_iter().filter(|kind| kind.row().children.is_some()) {
        found.note(&format!("next.{kind}"), link(kind, was.next.get(&kind)), link(kind, is.next.get(&kind)));
    }
    found.note("pid.outside", was.pid, is.pid);
    found.note("uid_map", maps(&was.uid_map), maps(&is.uid_map));
    found.note("gid_map", maps(&was.gid_map), maps(&is.gid_map));
    if let (Seen::Is(was), Seen::Is(is)) = (&was.creds, &is.creds) {
        found.creds(was, is);
    }
    if let (Some(was), Some(is)) = (&was.inside, &is.inside) {
        found.note("pid", was.pid, is.pid);
        found.note("uid", was.uid, is.uid);
        found.note("gid", was.gid, is.gid);
        found.note("groups", numbers(&was.groups), numbers(&is.groups));
        found.note("securebits", securebits_text(was.securebits), securebits_text(is.securebits));
        found.note("subreaper", was.subreaper, is.subreaper);
        found.note("hostname", &was.hostname, &is.hostname);
        found.note("cwd", &was.cwd, &is.cwd);
    }
    found.bounds(&was.bounds, &is.bounds);
    if let (Seen::Is(was), Seen::Is(is)) = (&was.cgroup, &is.cgroup) {
        for (controller, path) in is {
            let name = if controller.is_empty() { "cgroup".into() } else { format!("cgroup.{controller}") };
            found.note(&name, was.get(controller).cloned().unwrap_or_default(), path);
        }
    }
    found.seen("root", &was.root, &is.root);
    if let (Some(was_mounts), Some(is_mounts)) = (&was.mounts, &is.mounts)
        && !Arc::ptr_eq(was_mounts, is_mounts)
    {
        let same_ns = was.ns_id(NsKind::Mnt) == is.ns_id(NsKind::Mnt);
        found.0.extend(mount_changes(was_mounts, is_mounts, same_ns));
    }
    found.0
}

/// More names of capabilities than this are not read.
const MANY: u32 = 8;

struct Found(Vec<Change>);

impl Found {
    fn note(&mut self, what: &str, was: impl ToString, is: impl ToString) {
        let (was, is) = (was.to_string(), is.to_string());
        if was != is {
            self.0.push(Change { what: what.into(), was, is });
        }
    }

    /// Only what was seen both times: what is hidden has not changed.
    fn seen<T: ToString>(&mut self, what: &str, was: &Seen<T>, is: &Seen<T>) {
        if let (Seen::Is(was), Seen::Is(is)) = (was, is) {
            self.note(what, was.to_string(), is.to_string());
        }
    }

    fn creds(&mut self, was: &Creds, is: &Creds) {
        self.note("uid.outside", four(was.uids), four(is.uids));
        self.note("gid.outside", four(was.gids), four(is.gids));
        self.note("groups.outside", numbers(&was.groups), numbers(&is.groups));
        self.caps("caps.eff", was.cap_eff, is.cap_eff);
        self.caps("caps.prm", was.cap_prm, is.cap_prm);
        self.caps("caps.inh", was.cap_inh, is.cap_inh);
        self.caps("caps.bnd", was.cap_bnd, is.cap_bnd);
        self.caps("caps.amb", was.cap_amb, is.cap_amb);
        self.note("no_new_privs", was.no_new_privs, is.no_new_privs);
        self.note("seccomp", seccomp(was), seccomp(is));
    }

    /// What went and what came; the whole of it, where that is shorter.
    fn caps(&mut self, what: &str, was: u64, is: u64) {
        if was == 0 || is == 0 || (was ^ is).count_ones() > MANY {
            return self.note(what, caps_text(was, ALL_CAPS), caps_text(is, ALL_CAPS));
        }
        let names = |set: u64| cap_names(set).join(" ");
        self.note(what, names(was & !is), "");
        self.note(what, "", names(is & !was));
    }

    fn bounds(&mut self, was: &Bounds, is: &Bounds) {
        let empty = BTreeMap::new();
        let limits = was.rlimits.is().unwrap_or(&empty);
        for (name, limit) in is.rlimits.is().unwrap_or(&empty) {
            let was: &Rlimit = limits.get(name).unwrap_or(limit);
            self.note(&format!("rlimit.{name}"), was, limit);
        }
        self.seen("oom_score_adj", &was.oom_score_adj, &is.oom_score_adj);
        self.seen("nice", &was.nice, &is.nice);
        self.seen("cpus", &was.cpus, &is.cpus);
    }
}

fn link(kind: NsKind, seen: Option<&Seen<super::NsId>>) -> String {
    match seen {
        Some(Seen::Is(id)) => format!("{kind}:[{}]", id.ino),
        Some(Seen::Not { errno, .. }) if *errno == nix::errno::Errno::ENOENT as i32 => "pending".into(),
        Some(Seen::Not { errno, .. }) => super::errno_name(nix::errno::Errno::from_raw(*errno)),
        None => String::new(),
    }
}

/// One number where all four IDs are the same.
fn four(ids: [u32; 4]) -> String {
    let [real, effective, saved, fs] = ids;
    match ids.iter().all(|id| *id == effective) {
        true => effective.to_string(),
        false => format!("{effective} (real {real}, saved {saved}, fs {fs})"),
    }
}

fn numbers(list: &[u32]) -> String {
    match list {
        [] => "none".into(),
        list => list.iter().map(u32::to_string).collect::<Vec<_>>().join(" "),
    }
}

fn seccomp(creds: &Creds) -> String {
    match (creds.seccomp, creds.seccomp_filters) {
        (0, _) => "off".into(),
        (1, _) => "strict".into(),
        (2, 0 | 1) => "filter".into(),
        (2, filters) => format!("{filters} filters"),
        (mode, _) => mode.to_string(),
    }
}

fn maps(seen: &Seen<Vec<super::IdMap>>) -> String {
    match seen {
        Seen::Is(lines) if lines.is_empty() => "empty".into(),
        Seen::Is(lines) => {
            let texts: Vec<String> =
                lines.iter().map(|line| format!("{} {} {}", line.inside, line.outside, line.count)).collect();
            texts.join(", ")
        }
        Seen::Not { errno, .. } => super::errno_name(nix::errno::Errno::from_raw(*errno)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(was: u64, is: u64) -> Vec<(String, String)> {
        let mut found = Found(Vec::new());
        found.caps("caps.eff", was, is);
        found.0.into_iter().map(|change| (change.was, change.is)).collect()
    }

    #[test]
    fn capabilities_change_by_name() {
        let pair = |was: &str, is: &str| (was.to_string(), is.to_string());
        assert_eq!(rows(ALL_CAPS, ALL_CAPS & !(1 << 21)), [pair("SYS_ADMIN", "")]);
        assert_eq!(rows(0b11, 0b101), [pair("DAC_OVERRIDE", ""), pair("", "DAC_READ_SEARCH")]);
        assert_eq!(rows(ALL_CAPS & !1, 0), [pair("all but CHOWN", "none")]);
        assert_eq!(rows(0, ALL_CAPS), [pair("none", "all")]);
        assert_eq!(rows(ALL_CAPS, 0b100), [pair("all", "DAC_READ_SEARCH")]);
        assert!(rows(7, 7).is_empty());
    }

    #[test]
    fn four_equal_ids_are_one_number() {
        assert_eq!(four([1000; 4]), "1000");
        assert_eq!(four([0, 1000, 0, 1000]), "1000 (real 0, saved 0, fs 1000)");
    }
}
