//! What is to be known of a cgroup when a call about it failed, or when a process in it does not answer.

use super::{Hierarchies, Hierarchy, Version, children, flat_keyed, procs};
use crate::model::{CgroupLive, ControllerEnd, PidLive, Seen};
use crate::observe::process::read;
use nix::unistd::{AccessFlags, access};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

impl Hierarchies {
    /// The state of the cgroup that a call was about. `path` is its directory or a file in it, as the call named it;
    /// None where that is in no cgroup hierarchy.
    pub fn live(&self, proc: &Path, path: &Path) -> Option<CgroupLive> {
        let one = self.all.iter().filter(|one| path.starts_with(&one.mount)).max_by_key(|one| one.mount.as_os_str().len())?;
        // A file's name has a dot after its controller's; a directory that is not there (any more) may have one as well.
        let is_file = path.is_file()
            || (!path.is_dir() && path.parent().is_some_and(|dir| dir.join("cgroup.procs").exists()) && is_knob(path));
        let dir = if is_file { path.parent()? } else { path };
        let person = |pid: &i32| PidLive {
            pid: *pid,
            comm: read(&proc.join(pid.to_string()).join("comm")).is().map(|text| text.trim_end().to_string()).unwrap_or_default(),
        };
        Some(CgroupLive {
            dir: dir.to_string_lossy().into_owned(),
            v2: one.version == Version::V2,
            exists: dir.is_dir(),
            procs: procs(dir).is().map(|pids| pids.iter().map(person).collect()).unwrap_or_default(),
            children: children(dir).is().cloned().unwrap_or_default(),
            controllers: words(dir, "cgroup.controllers"),
            subtree_control: words(dir, "cgroup.subtree_control"),
            enabling_children: children(dir)
                .is()
                .map(|names| {
                    names.iter().filter(|name| !words(&dir.join(name), "cgroup.subtree_control").is_empty()).cloned().collect()
                })
                .unwrap_or_default(),
            v1_controllers: self
                .all
                .iter()
                .filter(|one| one.version == Version::V1)
                .flat_map(|one| one.controllers.clone())
                .collect(),
            ends: one.ends(dir),
            kind: words(dir, "cgroup.type").join(" "),
            read_only: one.read_only,
            writable: access(dir, AccessFlags::W_OK).is_ok(),
            owner: nix::sys::stat::stat(&dir.join("cgroup.procs")).ok().map(|stat| stat.st_uid),
            pids_full: pids_full(one.mount.as_path(), dir),
            tree_full: tree_full(one.mount.as_path(), dir),
            memory: ["memory.current", "memory.usage_in_bytes"].iter().find_map(|file| number(dir, file)),
            cpuset: text(dir, "cpuset.cpus").zip(text(dir, "cpuset.mems")).filter(|_| one.version == Version::V1),
            cpus: dir.parent().and_then(|above| text(above, "cpuset.cpus.effective").or_else(|| text(above, "cpuset.cpus"))),
        })
    }

    /// The nearest cgroup at or above the process's that has reached pids.max, with that limit: why fork(2) says EAGAIN.
    pub fn pids_full(&self, proc: &Path, pid: i32) -> Option<(String, u64)> {
        let one = self.of("pids")?;
        let dirs = self.of_process(proc, pid);
        pids_full(&one.mount, dirs.is()?.get(&one.key)?)
    }

    /// Is this process in a cgroup that is frozen, by itself or from further up?
    pub fn is_frozen(&self, proc: &Path, pid: i32) -> bool {
        let dirs = self.of_process(proc, pid);
        let frozen = |dir: &PathBuf| {
            let v2 = read(&dir.join("cgroup.events")).is().is_some_and(|text| flat_keyed(text).get("frozen") == Some(&1));
            v2 || matches!(read(&dir.join("freezer.state")), Seen::Is(state) if state.trim() != "THAWED")
        };
        dirs.is().is_some_and(|dirs| dirs.values().any(frozen))
    }
}

/// The same of a process as the calling one counts; false where nothing can be read of it.
pub fn is_frozen(pid: i32) -> bool {
    let proc = Path::new("/proc");
    Hierarchies::own(proc).is().is_some_and(|hierarchies| hierarchies.is_frozen(proc, pid))
}

impl Hierarchy {
    /// The controllers of this tree that the cgroup of this directory lacks, and where each ends: the nearest cgroup above that has
    /// it and does not hand it down. Empty on v1, where each cgroup has what its tree has.
    pub fn ends(&self, dir: &Path) -> BTreeMap<String, ControllerEnd> {
        let has = |dir: &Path, file: &str, name: &str| words(dir, file).iter().any(|one| one == name);
        let end = |name: &String| {
            let mut above = dir.ancestors().skip(1).take_while(|above| above.starts_with(&self.mount));
            let at = above.find(|at| has(at, "cgroup.controllers", name) && !has(at, "cgroup.subtree_control", name))?;
            let end = ControllerEnd {
                dir: at.to_string_lossy().into_owned(),
                hands_down: words(at, "cgroup.subtree_control"),
                occupied: at.join("cgroup.type").exists() && procs(at).is().is_some_and(|pids| !pids.is_empty()),
            };
            Some((name.clone(), end))
        };
        let lacking = self.controllers.iter().filter(|name| !has(dir, "cgroup.controllers", name));
        lacking.filter(|_| self.version == Version::V2).filter_map(end).collect()
    }
}

fn words(dir: &Path, file: &str) -> Vec<String> {
    read(&dir.join(file)).is().map(|text| text.split_whitespace().map(str::to_string).collect()).unwrap_or_default()
}

fn is_knob(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.to_string_lossy().contains('.'))
}

fn text(dir: &Path, file: &str) -> Option<String> {
    read(&dir.join(file)).is().map(|text| text.trim().to_string())
}

fn number(dir: &Path, file: &str) -> Option<u64> {
    text(dir, file)?.parse().ok()
}

/// The ancestor, or the cgroup itself, below which no more may be made: the cgroup that a failed mkdir(2) named does not exist.
fn tree_full(mount: &Path, dir: &Path) -> Option<(String, &'static str, u64)> {
    dir.ancestors().skip(1).take_while(|above| above.starts_with(mount)).enumerate().find_map(|(generation, above)| {
        let found = |file, limit| Some((above.to_string_lossy().into_owned(), file, limit));
        if let Some(limit) = number(above, "cgroup.max.depth").filter(|limit| *limit <= generation as u64) {
            return found("cgroup.max.depth", limit);
        }
        let limit = number(above, "cgroup.max.descendants")?;
        let stat = read(&above.join("cgroup.stat"));
        let below = stat.is().map(|text| flat_keyed(text))?.get("nr_descendants").copied()?;
        if below >= limit { found("cgroup.max.descendants", limit) } else { None }
    })
}

fn pids_full(mount: &Path, dir: &Path) -> Option<(String, u64)> {
    dir.ancestors().take_while(|dir| dir.starts_with(mount)).find_map(|dir| {
        let max = number(dir, "pids.max")?;
        (number(dir, "pids.current")? >= max).then(|| (dir.to_string_lossy().into_owned(), max))
    })
}
