//! cgroups as they are on this machine: which hierarchy holds which controller, and where a process sits in each.
//!
//! A machine may have one hierarchy (cgroup v2), one for each controller (v1), or both (hybrid); only
//! `/proc/self/mountinfo` and `cgroup.controllers` tell, so both are read and nothing is assumed (cgroups(7)).

mod knob;
mod live;
mod state;
mod v1;
mod v2;

pub use knob::{FREEZE, KNOBS, Kind, Knob, Twin};
pub use live::is_frozen;
pub use state::{Cpu, Memory, Pids, State};
pub use v1::{NoTwin, Write, writes as v1_writes};
pub use v2::{CpuMax, Limit, flat_keyed};

use super::process::{cgroup_paths, read, unescape};
use crate::model::Seen;
use nix::errno::Errno;
use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

/// The two interfaces.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Version {
    /// One tree for each controller, or a few together.
    V1,
    /// One tree for all.
    V2,
}

/// One tree of cgroups, where it is mounted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hierarchy {
    /// The interface.
    pub version: Version,
    /// The mount point.
    pub mount: PathBuf,
    /// The cgroup that is seen at the mount point: `/`, or a deeper one where only a part is mounted, as in containers.
    pub root: String,
    /// What it controls. On v2 those of `cgroup.controllers` at the mount point.
    pub controllers: Vec<String>,
    /// The key of its line in `/proc/PID/cgroup`: a controller or `name=systemd`; empty for v2.
    pub key: String,
    /// Mounted read-only, as in most containers.
    pub read_only: bool,
}

impl Hierarchy {
    /// The directory of the cgroup that `/proc/PID/cgroup` names `path`. None: it lies outside of what is mounted here,
    /// or of the reader's cgroup namespace (cgroup_namespaces(7): such a path begins with `/..`).
    pub fn dir(&self, path: &str) -> Option<PathBuf> {
        let inner = match self.root.as_str() {
            "/" => path,
            root => path.strip_prefix(root).filter(|rest| rest.is_empty() || rest.starts_with('/'))?,
        };
        let inner = Path::new(inner.trim_start_matches('/'));
        inner
            .components()
            .all(|part| matches!(part, Component::Normal(_)))
            .then(|| if inner.as_os_str().is_empty() { self.mount.clone() } else { self.mount.join(inner) })
    }
}

/// All hierarchies that are mounted and visible.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hierarchies {
    /// In the order of mountinfo.
    pub all: Vec<Hierarchy>,
}

impl Hierarchies {
    /// Those that the process `pid` has mounted. `root` stands before each mount point (`/` but in fixtures).
    pub fn probe(root: &Path, proc: &Path, pid: i32) -> Seen<Hierarchies> {
        match read(&proc.join(pid.to_string()).join("mountinfo")) {
            Seen::Is(text) => Seen::Is(Hierarchies::of_mountinfo(root, &text)),
            Seen::Not { path, errno } => Seen::Not { path, errno },
        }
    }

    /// Those that the calling process has mounted.
    pub fn own(proc: &Path) -> Seen<Hierarchies> {
        Hierarchies::probe(Path::new("/"), proc, std::process::id() as i32)
    }

    /// From the text of a mountinfo file (proc_pid_mountinfo(5)). A hierarchy that is mounted several times counts once,
    /// at the mount that shows most of it.
    pub fn of_mountinfo(root: &Path, text: &str) -> Hierarchies {
        let mut all: Vec<Hierarchy> = Vec::new();
        for found in text.lines().filter_map(|line| mount_line(root, line)) {
            match all.iter_mut().find(|known| known.key == found.key) {
                Some(known) if found.root.len() < known.root.len() => *known = found,
                Some(_) => {}
                None => all.push(found),
            }
        }
        Hierarchies { all }
    }

    /// The hierarchy that holds a controller; the empty name is the core of v2 (`cgroup.freeze`, `cgroup.kill`, …).
    pub fn of(&self, controller: &str) -> Option<&Hierarchy> {
        match controller {
            "" => self.v2(),
            name => self.all.iter().find(|one| one.controllers.iter().any(|held| held == name)),
        }
    }

    /// The tree of cgroup v2.
    pub fn v2(&self) -> Option<&Hierarchy> {
        self.all.iter().find(|one| one.version == Version::V2)
    }

    /// Where a process sits: a directory for each hierarchy, by the hierarchy's key.
    pub fn of_process(&self, proc: &Path, pid: i32) -> Seen<BTreeMap<String, PathBuf>> {
        match read(&proc.join(pid.to_string()).join("cgroup")) {
            Seen::Is(text) => {
                let paths = cgroup_paths(&text);
                let dir = |one: &Hierarchy| Some((one.key.clone(), one.dir(paths.get(&one.key)?)?));
                Seen::Is(self.all.iter().filter_map(dir).collect())
            }
            Seen::Not { path, errno } => Seen::Not { path, errno },
        }
    }

    /// The file of v2's name `knob` for the cgroup that has these directories, in v2's words, whichever interface is below.
    ///
    /// ENOENT where no hierarchy holds the controller, where v2 has not enabled it for this cgroup, or where v1 has nothing like it.
    pub fn get(&self, dirs: &BTreeMap<String, PathBuf>, knob: &Knob) -> Seen<String> {
        let missing = || Seen::Not { path: knob.file.into(), errno: Errno::ENOENT as i32 };
        let Some((hierarchy, _)) = self.serving(knob) else { return missing() };
        let Some(dir) = dirs.get(&hierarchy.key) else { return missing() };
        match hierarchy.version {
            Version::V2 => trimmed(read(&dir.join(knob.file))),
            Version::V1 => v1::read_as_v2(dir, knob, self.accounts_of(hierarchy, dir, dirs)),
        }
    }

    /// Where cpuacct counts for this cgroup. None where that is another hierarchy and the process sits in another group there:
    /// a process that was moved in one of both only is still counted with its old group, often the whole machine.
    fn accounts_of<'a>(&self, hierarchy: &Hierarchy, dir: &Path, dirs: &'a BTreeMap<String, PathBuf>) -> Option<&'a Path> {
        let accounts = self.of("cpuacct")?;
        let there = dirs.get(&accounts.key)?;
        let inner = there.strip_prefix(&accounts.mount).unwrap_or(there);
        (inner == dir.strip_prefix(&hierarchy.mount).unwrap_or(dir)).then_some(there.as_path())
    }

    /// The hierarchy where a file of v2's name is to be found, and the controller that it asks for there: v2's own where that
    /// has the controller, else the twin's on v1.
    pub fn serving(&self, knob: &Knob) -> Option<(&Hierarchy, &'static str)> {
        match self.of(knob.controller) {
            Some(found) => Some((found, knob.controller)),
            None => {
                let controller = knob.v1.controller(knob);
                self.of(controller).filter(|_| !controller.is_empty()).map(|found| (found, controller))
            }
        }
    }
}

/// The processes of one cgroup, without those of its children: `cgroup.procs`.
pub fn procs(dir: &Path) -> Seen<Vec<i32>> {
    match read(&dir.join("cgroup.procs")) {
        Seen::Is(text) => Seen::Is(text.lines().filter_map(|line| line.trim().parse().ok()).collect()),
        Seen::Not { path, errno } => Seen::Not { path, errno },
    }
}

/// The child cgroups: the directories below, by name.
pub fn children(dir: &Path) -> Seen<Vec<String>> {
    let entries = match std::fs::read_dir(dir) {
        Ok(entries) => entries,
        Err(error) => return Seen::Not { path: dir.to_string_lossy().into(), errno: error.raw_os_error().unwrap_or(0) },
    };
    let is_dir = |entry: &std::fs::DirEntry| entry.file_type().is_ok_and(|kind| kind.is_dir());
    let mut names: Vec<String> =
        entries.flatten().filter(is_dir).map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    Seen::Is(names)
}

/// A cgroup and all below it, parents first.
pub fn tree(dir: &Path) -> Vec<PathBuf> {
    let mut found = vec![dir.to_path_buf()];
    let mut next = 0;
    while next < found.len() {
        let here = found[next].clone();
        if let Seen::Is(names) = children(&here) {
            found.extend(names.iter().map(|name| here.join(name)));
        }
        next += 1;
    }
    found
}

/// The children of a process, and theirs, without itself.
pub fn descendants(proc: &Path, pid: i32) -> Vec<i32> {
    let mut found = vec![pid];
    let mut next = 0;
    while next < found.len() {
        for child in super::family::children(proc, found[next]) {
            if !found.contains(&child) {
                found.push(child);
            }
        }
        next += 1;
    }
    found.split_off(1)
}

fn trimmed(seen: Seen<String>) -> Seen<String> {
    match seen {
        Seen::Is(text) => Seen::Is(text.trim_end().to_string()),
        not => not,
    }
}

/// `35 31 0:32 /docker/a /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory`
fn mount_line(root: &Path, line: &str) -> Option<Hierarchy> {
    let (left, right) = line.split_once(" - ")?;
    let left: Vec<&str> = left.split(' ').collect();
    let (mount_root, mount, options) = (left.get(3)?, left.get(4)?, left.get(5)?);
    let mut right = right.split(' ');
    let (fs, super_options) = (right.next()?, right.nth(1)?);
    let mount = root.join(unescape(mount).trim_start_matches('/'));
    let read_only = [*options, super_options].iter().any(|list| list.split(',').any(|option| option == "ro"));
    let (version, controllers) = match fs {
        "cgroup2" => {
            let text = read(&mount.join("cgroup.controllers"));
            let names = text.is().map(|text| text.split_whitespace().map(str::to_string).collect()).unwrap_or_default();
            (Version::V2, names)
        }
        "cgroup" => {
            let names = super_options.split(',').filter(|option| option.starts_with("name=") || is_controller(option));
            (Version::V1, names.map(str::to_string).collect::<Vec<_>>())
        }
        _ => return None,
    };
    let key = match version {
        Version::V2 => String::new(),
        Version::V1 => controllers.first()?.clone(),
    };
    Some(Hierarchy { version, mount, root: unescape(mount_root), controllers, key, read_only })
}

/// Is this mount option the name of a controller (cgroups(7))? The others are options of the filesystem.
fn is_controller(option: &str) -> bool {
    !matches!(option, "rw" | "ro" | "none" | "xattr" | "noprefix" | "clone_children" | "all" | "cpuset_v2_mode" | "favordynmods")
        && !option.contains('=')
        && !option.starts_with("no")
}

#[cfg(test)]
mod tests;
