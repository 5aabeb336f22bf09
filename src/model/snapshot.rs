//! What can be seen of one process at one moment.

use super::{MountLive, NsId, NsKind, Rlimit, cap_number};
use nix::errno::Errno;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What a reader found, or why it found nothing; never a silent None.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Seen<T> {
    /// It is so.
    Is(T),
    /// It could not be read: where, and the errno number.
    Not {
        /// The path that was read.
        path: String,
        /// The errno, as a number.
        errno: i32,
    },
}

impl<T> Seen<T> {
    /// The value, when it was seen.
    pub fn is(&self) -> Option<&T> {
        match self {
            Seen::Is(value) => Some(value),
            Seen::Not { .. } => None,
        }
    }

    /// The errno, when it was not.
    pub fn errno(&self) -> Option<Errno> {
        match self {
            Seen::Is(_) => None,
            Seen::Not { errno, .. } => Some(Errno::from_raw(*errno)),
        }
    }
}

/// One line of `uid_map` or `gid_map` (user_namespaces(7)).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdMap {
    /// First ID inside.
    pub inside: u32,
    /// First ID outside, in the reader's user namespace.
    pub outside: u32,
    /// How many.
    pub count: u32,
}

/// Identity and rights, from `/proc/PID/status`; IDs as the reader's user namespace sees them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Creds {
    /// Effective user ID.
    pub euid: u32,
    /// Effective group ID.
    pub egid: u32,
    /// Real, effective, saved and filesystem user ID (credentials(7)).
    pub uids: [u32; 4],
    /// Real, effective, saved and filesystem group ID.
    pub gids: [u32; 4],
    /// Supplementary groups.
    pub groups: Vec<u32>,
    /// Effective capabilities, a bit each (capabilities(7)).
    pub cap_eff: u64,
    /// Permitted capabilities.
    pub cap_prm: u64,
    /// Inheritable capabilities.
    pub cap_inh: u64,
    /// Bounding set.
    pub cap_bnd: u64,
    /// Ambient set.
    pub cap_amb: u64,
    /// no_new_privs is set.
    pub no_new_privs: bool,
    /// 0 none, 1 strict, 2 filter (seccomp(2)).
    pub seccomp: u8,
    /// How many filters are installed, where the kernel says so (Linux 5.9).
    pub seccomp_filters: u32,
    /// Number of threads.
    pub threads: u32,
    /// State letter: R, S, D, T, t, Z, X (proc_pid_stat(5)).
    pub state: char,
}

/// The clocks of a process, in milliseconds. The date is no namespace's own (time_namespaces(7)), so the two others are given by how far
/// they are ahead of it: that stays the same, and two processes can be compared that were asked at different times.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clocks {
    /// CLOCK_REALTIME, since 1970.
    pub realtime: i64,
    /// CLOCK_BOOTTIME less CLOCK_REALTIME.
    pub boottime: i64,
    /// CLOCK_MONOTONIC less CLOCK_REALTIME.
    pub monotonic: i64,
}

/// What the process says of itself: what it sees from inside.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inside {
    /// getpid(2).
    pub pid: i32,
    /// geteuid(2).
    pub uid: u32,
    /// getegid(2).
    pub gid: u32,
    /// uname(2), nodename.
    pub hostname: String,
    /// getcwd(2), or why not.
    pub cwd: String,
    /// getgroups(2).
    pub groups: Vec<u32>,
    /// PR_GET_SECUREBITS, a bit each (capabilities(7)).
    pub securebits: u32,
    /// PR_GET_CHILD_SUBREAPER: orphans among its descendants become its children.
    pub subreaper: bool,
    /// Its clocks.
    #[serde(default)]
    pub clocks: Clocks,
    /// Limits of its namespaces, by their names in `/proc/sys`, which answers for the reader's: read only when something has failed.
    #[serde(default)]
    pub limits: BTreeMap<String, u64>,
}

/// What bounds a process apart from cgroups, and how it is scheduled.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bounds {
    /// Resource limits by name without `RLIMIT_` (getrlimit(2)).
    pub rlimits: Seen<BTreeMap<String, Rlimit>>,
    /// From -1000, never the OOM killer's victim, to 1000 (proc_pid_oom_score_adj(5)).
    pub oom_score_adj: Seen<i32>,
    /// The nice value, from -20 to 19 (sched(7)).
    pub nice: Seen<i32>,
    /// The CPUs that it may run on, as a list: `0-1` (cpuset(7)).
    pub cpus: Seen<String>,
}

/// A process at one moment, from outside; and from inside, where it answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snapshot {
    /// Its PID as the observer sees it.
    pub pid: i32,
    /// Its PID in each PID namespace, outermost first (`NSpid`).
    pub nspid: Vec<i32>,
    /// Its namespaces.
    pub ns: BTreeMap<NsKind, Seen<NsId>>,
    /// Where its next child will be born (`pid_for_children`, `time_for_children`). ENOENT: born when the first child is.
    pub next: BTreeMap<NsKind, Seen<NsId>>,
    /// Identity and rights.
    pub creds: Seen<Creds>,
    /// `uid_map`.
    pub uid_map: Seen<Vec<IdMap>>,
    /// `gid_map`.
    pub gid_map: Seen<Vec<IdMap>>,
    /// The cgroup path by controllers: `memory` → `/a`; the v2 hierarchy has the key `` (cgroups(7)).
    pub cgroup: Seen<BTreeMap<String, String>>,
    /// Its root directory (`/proc/PID/root`).
    pub root: Seen<String>,
    /// What bounds it apart from cgroups.
    pub bounds: Bounds,
    /// `timens_offsets`: clock → seconds, those that are not 0.
    pub clocks: Seen<Vec<(String, i64)>>,
    /// What it says of itself.
    pub inside: Option<Inside>,
    /// Its mounts, in the order of mountinfo. They are many, and most lines leave them alone: read where they are asked for, and shared.
    #[serde(skip)]
    pub mounts: Option<Arc<[MountLive]>>,
}

impl Snapshot {
    /// The namespace of one kind, where it could be seen.
    pub fn ns_id(&self, kind: NsKind) -> Option<NsId> {
        self.ns.get(&kind).and_then(Seen::is).copied()
    }

    /// Can it change the machine itself, whatever namespaces it has of its own: set the clock, load modules, reboot? Those capabilities
    /// count in the initial user namespace only, the one whose map is all IDs to themselves (user_namespaces(7)).
    pub fn holds_machine(&self) -> bool {
        let over_all =
            ["SYS_MODULE", "SYS_BOOT", "SYS_TIME"].into_iter().filter_map(cap_number).fold(0, |set, cap| set | 1 << cap);
        let initial = self
            .uid_map
            .is()
            .and_then(|map| map.first())
            .is_some_and(|first| first.inside == first.outside && first.count == u32::MAX);
        initial && self.creds.is().is_some_and(|creds| creds.cap_eff & over_all != 0)
    }

    /// Its namespaces and those of its next child, kind by kind, as far as they could be seen.
    pub fn namespaces(&self) -> impl Iterator<Item = (NsKind, NsId)> {
        NsKind::ALL
            .into_iter()
            .flat_map(|kind| [self.ns_id(kind), self.next_id(kind)].into_iter().flatten().map(move |id| (kind, id)))
    }

    /// Where the next child will be born: the process's own namespace where the kind has no such link,
    /// None while the new one has no first child yet.
    pub fn next_id(&self, kind: NsKind) -> Option<NsId> {
        match self.next.get(&kind) {
            Some(seen) => seen.is().copied(),
            None => self.ns_id(kind),
        }
    }
}
