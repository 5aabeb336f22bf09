//! What differs between two snapshots.

use super::{NsKind, Seen, Snapshot};
use serde::{Deserialize, Serialize};

/// One difference, as names and values: `ns.pid`, `next.pid`, `uid`, `hostname`, `cgroup.memory`, …
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
    let mut found = Vec::new();
    let mut note = |what: String, was: String, is: String| {
        if was != is {
            found.push(Change { what, was, is });
        }
    };
    for kind in NsKind::ALL {
        note(format!("ns.{kind}"), link(kind, was.ns.get(&kind)), link(kind, is.ns.get(&kind)));
    }
    for kind in NsKind::ALL.into_iter().filter(|kind| kind.row().children.is_some()) {
        note(format!("next.{kind}"), link(kind, was.next.get(&kind)), link(kind, is.next.get(&kind)));
    }
    note("pid.outside".into(), was.pid.to_string(), is.pid.to_string());
    note("uid_map".into(), maps(&was.uid_map), maps(&is.uid_map));
    note("gid_map".into(), maps(&was.gid_map), maps(&is.gid_map));
    if let (Seen::Is(was), Seen::Is(is)) = (&was.creds, &is.creds) {
        note("uid.outside".into(), was.euid.to_string(), is.euid.to_string());
        note("gid.outside".into(), was.egid.to_string(), is.egid.to_string());
        note("caps.eff".into(), format!("{:016x}", was.cap_eff), format!("{:016x}", is.cap_eff));
        note("no_new_privs".into(), was.no_new_privs.to_string(), is.no_new_privs.to_string());
        note("seccomp".into(), was.seccomp.to_string(), is.seccomp.to_string());
    }
    if let (Some(was), Some(is)) = (&was.inside, &is.inside) {
        note("pid".into(), was.pid.to_string(), is.pid.to_string());
        note("uid".into(), was.uid.to_string(), is.uid.to_string());
        note("gid".into(), was.gid.to_string(), is.gid.to_string());
        note("hostname".into(), was.hostname.clone(), is.hostname.clone());
        note("cwd".into(), was.cwd.clone(), is.cwd.clone());
    }
    if let (Seen::Is(was), Seen::Is(is)) = (&was.cgroup, &is.cgroup) {
        for (controller, path) in is {
            let name = if controller.is_empty() { "cgroup".into() } else { format!("cgroup.{controller}") };
            note(name, was.get(controller).cloned().unwrap_or_default(), path.clone());
        }
    }
    if let (Seen::Is(was), Seen::Is(is)) = (&was.root, &is.root) {
        note("root".into(), was.clone(), is.clone());
    }
    found
}

fn link(kind: NsKind, seen: Option<&Seen<super::NsId>>) -> String {
    match seen {
        Some(Seen::Is(id)) => format!("{kind}:[{}]", id.ino),
        Some(Seen::Not { errno, .. }) if *errno == nix::errno::Errno::ENOENT as i32 => "pending".into(),
        Some(Seen::Not { errno, .. }) => super::errno_name(nix::errno::Errno::from_raw(*errno)),
        None => String::new(),
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
