//! What separates one process from another: namespaces, limits, mounts, rights. The other one is, as a rule, the observer.

use super::cgroup::{Hierarchies, Hierarchy, Knob};
use super::{mounts, process};
use crate::model::{CgroupLimit, Creds, FileId, MountLive, NsKind, Rlimit, Seen, Snapshot, Walls};
use nix::errno::Errno;
use std::collections::BTreeMap;
use std::path::Path;

/// Values that limit a cgroup, in the words of v2.
const LIMITS: &[&str] =
    &["memory.max", "memory.high", "memory.swap.max", "pids.max", "cpu.max", "cpuset.cpus", "cpuset.mems", "io.max"];

/// All that sets a process apart. `proc` is a mount of proc(5), `pid` a PID as that mount counts; what may not be read says so, piece by piece.
pub fn walls(proc: &Path, pid: i32) -> Walls {
    let dir = proc.join(pid.to_string());
    let root = dir.join("root/.");
    Walls {
        seen: super::snapshot(proc, pid),
        mounts: mounts::of(proc, pid),
        root: match nix::sys::stat::stat(&root) {
            Ok(stat) => Seen::Is(FileId { dev: stat.st_dev, ino: stat.st_ino }),
            Err(errno) => Seen::Not { path: root.to_string_lossy().into_owned(), errno: errno as i32 },
        },
        limits: limits(proc, pid),
        label: label(&dir),
    }
}

/// The answer of the module that has one: with several of them AppArmor has a directory of its own (Linux 5.1).
fn label(dir: &Path) -> Seen<String> {
    let files = ["attr/current", "attr/apparmor/current"];
    let answers = files.map(|file| process::read(&dir.join(file)));
    let silent = |seen: &Seen<String>| match seen {
        Seen::Is(text) => text.trim_end_matches(['\0', '\n']).is_empty(),
        // No module of that kind.
        Seen::Not { errno, .. } => [Errno::EINVAL as i32, Errno::ENOENT as i32].contains(errno),
    };
    match answers.into_iter().find(|answer| !silent(answer)) {
        Some(Seen::Is(text)) => Seen::Is(text.trim_end_matches(['\0', '\n']).to_string()),
        Some(not) => not,
        None => Seen::Is(String::new()),
    }
}

fn limits(proc: &Path, pid: i32) -> Seen<BTreeMap<String, CgroupLimit>> {
    let found = match Hierarchies::own(proc) {
        Seen::Is(found) => found,
        Seen::Not { path, errno } => return Seen::Not { path, errno },
    };
    let dirs = match found.of_process(proc, pid) {
        Seen::Is(dirs) => dirs,
        Seen::Not { path, errno } => return Seen::Not { path, errno },
    };
    let limit = |file: &&str| {
        let knob = Knob::of(file)?;
        let (hierarchy, _) = found.serving(knob)?;
        Some((file.to_string(), limit(&found, hierarchy, knob, dirs.get(&hierarchy.key)?)?))
    };
    Seen::Is(LIMITS.iter().filter_map(limit).collect())
}

/// The limit that bites: of a cgroup and those above it the lowest, where they can be compared, else the nearest.
fn limit(found: &Hierarchies, hierarchy: &Hierarchy, knob: &Knob, own: &Path) -> Option<CgroupLimit> {
    let at = |dir: &Path| format!("/{}", dir.strip_prefix(&hierarchy.mount).unwrap_or(dir).display());
    let set = own.ancestors().take_while(|dir| dir.starts_with(&hierarchy.mount)).filter_map(|dir| {
        let value = found.get(&[(hierarchy.key.clone(), dir.to_path_buf())].into(), knob).is()?.trim().to_string();
        let open = value.is_empty() || value == "max" || value.starts_with("max ");
        (!open).then(|| CgroupLimit { value, at: at(dir), inherited: dir != own })
    });
    let lower = |far: &CgroupLimit, near: &CgroupLimit| rank(far).zip(rank(near)).is_some_and(|(far, near)| far < near);
    let counts = !knob.file.starts_with("cpuset.");
    set.reduce(|near, far| if counts && lower(&far, &near) { far } else { near })
}

/// `67108864`, or the quota of each period for `50000 100000`.
fn rank(limit: &CgroupLimit) -> Option<f64> {
    let numbers: Option<Vec<f64>> = limit.value.split_whitespace().map(|word| word.parse().ok()).collect();
    match numbers?.as_slice() {
        [bytes] => Some(*bytes),
        [quota, period] if *period > 0.0 => Some(quota / period),
        _ => None,
    }
}

/// A process, held against another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Isolation {
    /// The process.
    pub seen: Snapshot,
    /// Namespaces that are not the other's; of pid and time, those of its next child count.
    pub own: Vec<NsKind>,
    /// Namespaces that both share.
    pub shared: Vec<NsKind>,
    /// Its mounts, those above before those below.
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
        let (its, than) = (walls(proc, pid), walls(proc, other));
        let (seen, limits) = (its.seen, limits_apart(&its.limits, &than.limits));
        if let Seen::Not { path, errno } = &seen.creds {
            return Seen::Not { path: path.clone(), errno: *errno };
        }
        let mounts = match its.mounts {
            Seen::Is(mounts) => parents_first(mounts),
            Seen::Not { path, errno } => return Seen::Not { path, errno },
        };
        if let Some(Seen::Not { path, errno }) = seen.ns.get(&NsKind::User) {
            return Seen::Not { path: path.clone(), errno: *errno };
        }
        let (than, others) = (than.seen, than.mounts.is().cloned().unwrap_or_default());
        let is_own = |kind: &NsKind| seen.next_id(*kind) != than.next_id(*kind) || seen.ns_id(*kind) != than.ns_id(*kind);
        let (own, shared): (Vec<NsKind>, Vec<NsKind>) = NsKind::ALL.into_iter().partition(is_own);
        let root =
            |mounts: &[MountLive]| mounts.iter().find(|one| one.point == "/").map(|one| (one.dev.clone(), one.root.clone()));
        let bounding = |seen: &Snapshot| seen.creds.is().map_or(0, |creds: &Creds| creds.cap_bnd);
        Isolation {
            own_root: own.contains(&NsKind::Mnt) && root(&mounts) != root(&others),
            limits,
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

/// The kernel lists mounts by number (Linux 6.8), and one can be made before the one that it is then moved onto.
fn parents_first(mounts: Vec<MountLive>) -> Vec<MountLive> {
    let (mut sorted, mut left) = (Vec::with_capacity(mounts.len()), mounts);
    while !left.is_empty() {
        let hangs = |mount: &MountLive| left.iter().any(|one| one.id == mount.parent && one.id != mount.id);
        let (waiting, ready): (Vec<MountLive>, Vec<MountLive>) = left.iter().cloned().partition(hangs);
        let circle = ready.is_empty();
        sorted.extend(ready);
        left = waiting;
        if circle {
            sorted.append(&mut left);
        }
    }
    sorted
}

/// In a hierarchy in which both sit in the same place, or one below the other, a limit of the upper one is one limit for both.
fn limits_apart(its: &Seen<BTreeMap<String, CgroupLimit>>, than: &Seen<BTreeMap<String, CgroupLimit>>) -> Vec<(String, String)> {
    let other = |file: &str| than.is().and_then(|all| all.get(file));
    let apart = |file: &str, limit: &CgroupLimit| match other(file) {
        // A cpuset of v1 has a value in any case.
        Some(other) => other.value != limit.value || (other.at != limit.at && !file.starts_with("cpuset.")),
        None => true,
    };
    let all = its.is().into_iter().flatten().filter(|(file, limit)| apart(file, limit));
    all.map(|(file, limit)| (file.clone(), limit.value.clone())).collect()
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
    fn the_limit_that_bites_may_be_one_above() {
        let mount = std::env::temp_dir().join(format!("test-walls-{}", std::process::id()));
        let write = |dir: &str, file: &str, text: &str| {
            std::fs::create_dir_all(mount.join(dir))
                .and_then(|()| std::fs::write(mount.join(dir).join(file), text))
                .expect("it is written");
        };
        write("", "cgroup.controllers", "memory pids cpu cpuset\n");
        for (dir, memory, pids, cpus) in [("a", "100", "max", "1"), ("a/b", "300", "50", ""), ("a/b/c", "max", "70", "0")] {
            write(dir, "memory.max", memory);
            write(dir, "pids.max", pids);
            write(dir, "cpuset.cpus", cpus);
        }
        let info = format!("30 1 0:26 / {} rw - cgroup2 cgroup2 rw\n", mount.display());
        let found = Hierarchies::of_mountinfo(Path::new("/"), &info);
        let hierarchy = found.v2().cloned().expect("it is one of v2");
        let of = |file: &str| limit(&found, &hierarchy, Knob::of(file)?, &mount.join("a/b/c"));
        let told = |file: &str| of(file).map(|limit| (limit.value, limit.at, limit.inherited));
        let all = [told("memory.max"), told("pids.max"), told("cpuset.cpus"), told("cpu.max")];
        std::fs::remove_dir_all(&mount).expect("it is removed");
        assert_eq!(
            all,
            [
                Some(("100".into(), "/a".into(), true)),
                Some(("50".into(), "/a/b".into(), true)),
                Some(("0".into(), "/a/b/c".into(), false)),
                None
            ]
        );
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
