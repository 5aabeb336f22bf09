//! Live state that decides between the causes of a failure: read when something failed, judged in `explain`.

use super::{NsId, NsKind, Snapshot};
use std::collections::BTreeMap;

/// A process, for sentences such as "these processes sit in the cgroup".
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PidLive {
    /// Its PID as the observer sees it.
    pub pid: i32,
    /// Its name (`comm`), untrusted.
    pub comm: String,
}

/// The cgroup that a failed call was about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CgroupLive {
    /// Its directory.
    pub dir: String,
    /// On cgroup v2?
    pub v2: bool,
    /// The directory exists.
    pub exists: bool,
    /// The processes in it.
    pub procs: Vec<PidLive>,
    /// Child cgroups.
    pub children: Vec<String>,
    /// `cgroup.controllers`.
    pub controllers: Vec<String>,
    /// `cgroup.subtree_control`.
    pub subtree_control: Vec<String>,
    /// `cgroup.subtree_control` of the parent.
    pub parent_subtree_control: Vec<String>,
    /// `cgroup.type`.
    pub kind: String,
    /// cgroupfs is mounted read-only there.
    pub read_only: bool,
    /// The directory is writable for the observer.
    pub writable: bool,
    /// `pids.current` and `pids.max` of the nearest ancestor that is full.
    pub pids_full: Option<(String, u64)>,
}

/// What can be known of the moment of a failure.
#[derive(Clone, Debug)]
pub struct Live {
    /// The process that made the call.
    pub caller: Snapshot,
    /// The process that the call was about, where there is another (setns, idmap, kill).
    pub target: Option<Snapshot>,
    /// The observer's own namespaces: the host's, as far as the bench is concerned.
    pub host: BTreeMap<NsKind, NsId>,
    /// The call was made in the subject (else in the observer).
    pub inside: bool,
    /// `/proc/sys/user/max_*_namespaces`, by kind, where readable.
    pub max_ns: BTreeMap<NsKind, u64>,
    /// `kernel.unprivileged_userns_clone` (Debian), `kernel.apparmor_restrict_unprivileged_userns` (Ubuntu), where they exist.
    pub userns_clone: Option<u64>,
    /// See above.
    pub apparmor_userns: Option<u64>,
    /// The caller's root directory is that of its mount namespace; None: unknown.
    pub chrooted: Option<bool>,
    /// The kernel has this kind of namespace.
    pub kinds: Vec<NsKind>,
    /// `/proc/PID/setgroups` of the target (or caller).
    pub setgroups: Option<String>,
    /// The init of the namespace where children would be born is gone.
    pub init_gone: bool,
    /// The cgroup that the call was about.
    pub cgroup: Option<CgroupLive>,
    /// Effective user ID of the observer, in its own user namespace.
    pub observer_uid: u32,
    /// The observer's effective capabilities.
    pub observer_caps: u64,
}
