//! What stands around one process, as data: all that sets it apart from another one.

use super::{MountLive, Seen, Snapshot};
use std::collections::BTreeMap;

/// A process with what is too dear for every look: its mounts, the limits of its cgroups, its root directory's identity, its label.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Walls {
    /// Namespaces, identity, rights, resource limits.
    pub seen: Snapshot,
    /// Its mounts, in the order of mountinfo.
    pub mounts: Seen<Vec<MountLive>>,
    /// Its root directory: equal ones are one directory, whatever leads to it.
    pub root: Seen<FileId>,
    /// What its cgroups limit, by v2's names; what is not limited is not in it.
    pub limits: Seen<BTreeMap<String, CgroupLimit>>,
    /// What a security module says of it (`/proc/PID/attr/current`): an AppArmor profile, an SELinux context; untrusted. Empty: none does.
    pub label: Seen<String>,
}

/// A file, whatever its name (inode(7)).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileId {
    /// Its device.
    pub dev: u64,
    /// Its number there.
    pub ino: u64,
}

/// A limit that holds for a process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CgroupLimit {
    /// As v2 writes it: `67108864`, `50000 100000`.
    pub value: String,
    /// The cgroup that has it: the process's own, or one above.
    pub at: String,
    /// It is one above: limits hold for all that is below (cgroups(7)).
    pub inherited: bool,
}
