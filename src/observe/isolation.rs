//! What separates one process from another: namespaces, limits, mounts, rights. The other one is, as a rule, the observer.

use super::cgroup::{Hierarchies, Knob};
use super::mounts;
use crate::model::{Creds, MountLive, NsKind, Rlimit, Seen, Snapshot};
use std::path::Path;

/// Values that limit a cgroup, in the words of v2.
const LIMITS: &[&str] = &["memory.max", "memory.high", "memory.swap.max", "pids.max", "cpu.max", "cpuset.cpus"];

/// A process, held against another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Isolation {
    /// The process.
    pub seen: Snapshot,
    /// Namespaces that are not the other's; of pid and time, those of its next child count.
    pub own: Vec<NsKind>,
    /// Namespaces that both share.
    pub shared: Vec<NsKind>,
    /// Its mounts, and the other's.
    pub mounts: Vec<MountLive>,
    /// The other's mounts.
    pub others: Vec<MountLive>,
    /// Its root is another directory than the other's.
    pub own_root: bool,
    /// Limits of its cgroups, where they are not the other's: file and value.
    pub limits: Vec<(String, String)>,
    /// Resource limits that differ: name without `RLIMIT_`, and what they are.
    pub rlimits: Vec<(String, Rlimit)>,
    /// Capabilities that are gone from the bounding set, a bit each.
    pub dropped: u64,
}

impl Isolation {
    /// Process `pid` against process `other`, both as this mount of proc(5) counts.
    ///
    /// Errors: ENOENT, ESRCH: there is no such process; EACCES: the caller may not look into it (ptrace(2)).
    pub fn of(proc: &Path, pid: i32, other: i32) -> Seen<Isolation> {
        let (seen, than) = (super::snapshot(proc, pid), super::snapshot(proc, other));
        if let Seen::Not { path, errno } = &seen.creds {
            return Seen::Not { path: path.clone(), errno: *errno };
        }
        let mounts = match mounts::of(proc, pid) {
            Seen::Is(mounts) => mounts,
            Seen::Not { path, errno } => return Seen::Not { path, errno },
        };
        if let Some(Seen::Not { path, errno }) = seen.ns.get(&NsKind::User) {
            return Seen::Not { path: path.clone(), errno: *errno };
        }
        let others = mounts::of(proc, other).is().cloned().unwrap_or_default();
        let is_own = |kind: &NsKind| seen.next_id(*kind) != than.next_id(*kind) || seen.ns_id(*kind) != than.ns_id(*kind);
        let (own, shared): (Vec<NsKind>, Vec<NsKind>) = NsKind::ALL.into_iter().partition(is_own);
        let root =
            |mounts: &[MountLive]| mounts.iter().find(|one| one.point == "/").map(|one| (one.dev.clone(), one.root.clone()));
        let bounding = |seen: &Snapshot| seen.creds.is().map_or(0, |creds: &Creds| creds.cap_bnd);
        Isolation {
            own_root: own.contains(&NsKind::Mnt) && root(&mounts) != root(&others),
            limits: limits(proc, pid, other),
            rlimits: rlimits(&seen, &than),
            dropped: bounding(&than) & !bounding(&seen),
            own,
            shared,
            mounts,
            others,
            seen,
        }
        .into()
    }

    /// Where the files of a bind mount are in the other's view; None where it has no mount of that filesystem.
    pub fn source(&self, mount: &MountLive) -> Option<String> {
        let holders = self.others.iter().filter(|one| one.dev == mount.dev);
        let inside = holders.filter_map(|one| {
            let rest = Path::new(&mount.root).strip_prefix(&one.root).ok()?;
            Some((one.root.len(), Path::new(&one.point).join(rest)))
        });
        let (_, path) = inside.max_by_key(|(depth, _)| *depth)?;
        let text = path.to_string_lossy().into_owned();
        Some(if text.len() > 1 { text.trim_end_matches('/').to_string() } else { text })
    }
}

impl From<Isolation> for Seen<Isolation> {
    fn from(isolation: Isolation) -> Seen<Isolation> {
        Seen::Is(isolation)
    }
}

fn limits(proc: &Path, pid: i32, other: i32) -> Vec<(String, String)> {
    let found = Hierarchies::probe(Path::new("/"), proc, other);
    let Some(found) = found.is() else { return Vec::new() };
    let (dirs, theirs) = (found.of_process(proc, pid), found.of_process(proc, other));
    let (Some(dirs), Some(theirs)) = (dirs.is(), theirs.is()) else { return Vec::new() };
    // In a hierarchy in which both sit in the same place, or this one above, the limits are the other's, too.
    let apart = dirs.iter().filter(|(key, dir)| theirs.get(*key).is_none_or(|their| !their.starts_with(dir)));
    let apart = apart.map(|(key, dir)| (key.clone(), dir.clone())).collect();
    let values = LIMITS.iter().filter_map(|file| {
        let value = found.get(&apart, Knob::of(file)?);
        let value = value.is()?.trim().to_string();
        (!value.is_empty() && !value.starts_with("max")).then(|| (file.to_string(), value))
    });
    values.collect()
}

fn rlimits(seen: &Snapshot, than: &Snapshot) -> Vec<(String, Rlimit)> {
    let (Some(own), Some(others)) = (seen.bounds.rlimits.is(), than.bounds.rlimits.is()) else { return Vec::new() };
    own.iter().filter(|(name, limit)| others.get(*name) != Some(limit)).map(|(name, limit)| (name.clone(), *limit)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_is_not_isolated_from_itself() {
        let own = std::process::id() as i32;
        let found = Isolation::of(Path::new("/proc"), own, own);
        let found = found.is().expect("one may look at oneself");
        assert!(found.own.is_empty() && found.limits.is_empty() && found.rlimits.is_empty() && !found.own_root);
        assert_eq!(found.dropped, 0);
    }

    #[test]
    fn a_bind_mount_is_traced_to_where_its_files_are() {
        let own = std::process::id() as i32;
        let mut found = Isolation::of(Path::new("/proc"), own, own).is().cloned().expect("one may look at oneself");
        found.others = mounts::of_text("1 0 8:1 / / rw - ext4 a rw\n2 1 8:1 /srv/x /data rw - ext4 a rw\n");
        let mount = |root: &str| MountLive { dev: "8:1".into(), root: root.into(), ..MountLive::default() };
        assert_eq!(found.source(&mount("/usr")).as_deref(), Some("/usr"));
        assert_eq!(found.source(&mount("/srv/x/y")).as_deref(), Some("/data/y"));
        assert_eq!(found.source(&MountLive { dev: "0:9".into(), ..MountLive::default() }), None);
    }
}
