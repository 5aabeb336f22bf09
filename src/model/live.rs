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

/// Where a controller of cgroup v2 ends on its way down from the root (cgroups(7)): the cgroup that has it and does not hand it down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ControllerEnd {
    /// Its directory.
    pub dir: String,
    /// Its `cgroup.subtree_control`.
    pub hands_down: Vec<String>,
    /// Processes sit in it, so it can hand nothing down (the root excepted).
    pub occupied: bool,
}

/// A cgroup's name as a learner types it, from its directory: the path below the subject's own cgroup, `.` for that one itself, empty
/// for the bench's, in which those of the subjects are. None: it is not the bench's.
pub fn cgroup_name(dir: &str) -> Option<&str> {
    let mut parts = dir.split_once("/boxlab-")?.1.splitn(3, '/');
    let subject = parts.nth(1);
    Some(parts.next().filter(|name| !name.is_empty()).unwrap_or(if subject.is_some() { "." } else { "" }))
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
    /// The controllers of its tree that it lacks, and where each ends.
    pub ends: BTreeMap<String, ControllerEnd>,
    /// The children that hand controllers down themselves.
    pub enabling_children: Vec<String>,
    /// Controllers that a v1 hierarchy holds on this machine.
    pub v1_controllers: Vec<String>,
    /// `cgroup.type`.
    pub kind: String,
    /// cgroupfs is mounted read-only there.
    pub read_only: bool,
    /// The directory is writable for the observer.
    pub writable: bool,
    /// The owner of its cgroup.procs, as the observer's user namespace counts.
    pub owner: Option<u32>,
    /// `pids.current` and `pids.max` of the nearest ancestor that is full.
    pub pids_full: Option<(String, u64)>,
    /// An ancestor that has reached cgroup.max.depth or cgroup.max.descendants: its directory, the file, the limit.
    pub tree_full: Option<(String, &'static str, u64)>,
    /// `memory.usage_in_bytes` (v1) or `memory.current`.
    pub memory: Option<u64>,
    /// `cpuset.cpus` and `cpuset.mems` of v1, where it is a cpuset.
    pub cpuset: Option<(String, String)>,
    /// The CPUs that the parent offers (`cpuset.cpus`, `cpuset.cpus.effective`).
    pub cpus: Option<String>,
}

/// A user namespace, as far as the observer may ask for it (ioctl_nsfs(2)).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UsernsLive {
    /// Its parent; None: it has none, or none that the observer may see.
    pub parent: Option<NsId>,
    /// The user who made it, as the observer's user namespace counts.
    pub owner_uid: Option<u32>,
}

/// A line of mountinfo (proc_pid_mountinfo(5)), as the caller sees it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MountLive {
    /// Its number.
    pub id: u32,
    /// That of the mount it hangs on; not in the list where that lies outside of the process's root.
    pub parent: u32,
    /// `major:minor` of the filesystem.
    pub dev: String,
    /// Its directory in the filesystem.
    pub root: String,
    /// Where it is mounted, below the caller's root.
    pub point: String,
    /// Options of this mount: `ro`, `nosuid`, `noexec`, …
    pub options: Vec<String>,
    /// Propagation: `shared:1`, `master:2`, `unbindable`; empty: private.
    pub tags: Vec<String>,
    /// The type of filesystem.
    pub fs: String,
    /// What is mounted.
    pub source: String,
    /// Options of the filesystem itself.
    pub super_options: Vec<String>,
}

impl MountLive {
    /// Are its files seen with other owners (mount_setattr(2), MOUNT_ATTR_IDMAP)? The map itself is not told.
    pub fn is_idmapped(&self) -> bool {
        self.options.iter().any(|word| word == "idmapped")
    }

    /// Does what is mounted below it appear elsewhere, too (mount_namespaces(7))?
    pub fn is_shared(&self) -> bool {
        self.has("shared")
    }

    /// `private`, `shared`, `slave`, `shared slave`, `unbindable` (mount_namespaces(7)).
    pub fn propagation(&self) -> String {
        match (self.has("shared"), self.has("master"), self.has("unbindable")) {
            (true, true, _) => "shared slave".into(),
            (true, ..) => "shared".into(),
            (_, true, _) => "slave".into(),
            (.., true) => "unbindable".into(),
            _ => "private".into(),
        }
    }

    /// The peer group of `shared:N`, in which mounts and unmounts travel both ways.
    pub fn shared(&self) -> Option<u32> {
        self.group("shared:")
    }

    /// The peer group of `master:N`, of which this mount hears.
    pub fn master(&self) -> Option<u32> {
        self.group("master:")
    }

    fn group(&self, tag: &str) -> Option<u32> {
        self.tags.iter().find_map(|one| one.strip_prefix(tag)?.parse().ok())
    }

    fn has(&self, tag: &str) -> bool {
        self.tags.iter().any(|one| one.split(':').next() == Some(tag))
    }
}

/// What is at a path that a call named, in the caller's view.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FileLive {
    /// The path, as the call named it.
    pub path: String,
    /// `st_mode`; None: it is not there.
    pub mode: Option<u32>,
    /// The nearest directory above it that is there.
    pub above: String,
    /// Its owner, as the observer's user namespace counts.
    pub owner: u32,
    /// The program that must run it, the ELF interpreter or that of `#!`, and whether it is there.
    pub interpreter: Option<(String, bool)>,
    /// It begins with neither ELF nor `#!`.
    pub no_format: bool,
    /// The namespace it stands for.
    pub ns: Option<(NsKind, NsId)>,
    /// The number of the mount it lies on (statx(2)).
    pub mount: Option<u64>,
    /// It is the root of that mount: a mount point.
    pub is_mount_point: bool,
}

impl FileLive {
    /// Is something there?
    pub fn exists(&self) -> bool {
        self.mode.is_some()
    }

    /// Is it of this type (`S_IFDIR`, …)?
    pub fn is(&self, kind: u32) -> bool {
        self.mode.is_some_and(|mode| mode & 0o170_000 == kind)
    }
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
    /// The user namespaces of caller and target, of what they own, and those above.
    pub userns: BTreeMap<u64, UsernsLive>,
    /// Which user namespace owns each of the caller's namespaces.
    pub owners: BTreeMap<NsKind, NsId>,
    /// The same for the target.
    pub target_owners: BTreeMap<NsKind, NsId>,
    /// `kernel.unprivileged_userns_clone` (Debian), `kernel.apparmor_restrict_unprivileged_userns` (Ubuntu), where they exist.
    pub userns_clone: Option<u64>,
    /// See above.
    pub apparmor_userns: Option<u64>,
    /// The caller's root directory is not that of its mount namespace; None: unknown.
    pub chrooted: Option<bool>,
    /// The kernel has these kinds of namespaces.
    pub kinds: Vec<NsKind>,
    /// `/proc/PID/setgroups` of the target (or caller).
    pub setgroups: Option<String>,
    /// The init of the namespace where children would be born is gone.
    pub init_gone: bool,
    /// RLIMIT_NPROC of the caller, where there is one.
    pub max_processes: Option<u64>,
    /// How many tasks, threads counted, the caller's real user has on this machine, where the call was one that makes a task.
    pub user_tasks: Option<u64>,
    /// The nearest cgroup at or above the caller's that has reached pids.max, and that limit.
    pub pids_full: Option<(String, u64)>,
    /// The cgroup that the call was about.
    pub cgroup: Option<CgroupLive>,
    /// What is at the paths that the call named, in order.
    pub files: Vec<FileLive>,
    /// The caller's mounts, where the call was about mounts or files.
    pub mounts: Vec<MountLive>,
    /// The types of filesystems that the kernel knows, where the call was a mount.
    pub filesystems: Vec<String>,
    /// Processes below the caller whose working directory keeps the place in use that was to be unmounted.
    pub users: Vec<PidLive>,
    /// The devices of the caller's network namespace, where the call was about the network.
    pub links: Vec<String>,
    /// Whether lo is up there; None: unknown.
    pub lo_up: Option<bool>,
    /// The children of the caller, zombies among them.
    pub children: usize,
}
