//! Nothing is left: kills what sits in the bench's cgroups, removes them, and puts a delegated cgroup back as it was.

use super::base::{LEAF, names};
use super::claim::{self, Abandoned};
use super::ground::{Ground, home_name, sitting};
use crate::kernel::{Kernel, plumbing_kill};
use crate::observe::cgroup::{children, tree};
use nix::errno::Errno;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// How long processes are waited for that have been killed.
const PATIENCE: Duration = Duration::from_secs(2);

/// Removes all cgroups of the bench whose keeper has this PID, with whatever lives in them (the bench itself excepted).
/// Returns the directories that could not be removed in time.
///
/// It needs no memory of what was made, is quick where nothing was, and may be called again.
pub fn sweep(keeper: i32) -> Vec<PathBuf> {
    Ground::find(keeper).map(|ground| ground.sweep(Instant::now() + PATIENCE)).unwrap_or_default()
}

/// Removes the cgroups of one subject (its name, and the PID of its first process), with whatever lives in them: for one that is
/// replaced. Returns what is left.
pub fn release(keeper: i32, name: &str, first: i32) -> Vec<PathBuf> {
    let Ok(ground) = Ground::find(keeper) else { return Vec::new() };
    let homes: Vec<PathBuf> =
        ground.hierarchies.all.iter().filter_map(|one| ground.home_of(one, &home_name(name, first))).collect();
    if homes.is_empty() {
        return homes;
    }
    let left = empty(homes, Instant::now() + PATIENCE);
    for one in ground.hierarchies.all.iter() {
        // It goes with its last subject; EBUSY while there are others.
        if let Some(tag) = ground.tag_dir(one).filter(|tag| !tag.join(LEAF).is_dir())
            && remove(&tag)
        {
            claim::release(&tag);
        }
    }
    left
}

/// The same for benches that are no more, the leaf of a delegated cgroup included: only they sat there.
pub fn clear(abandoned: &[Abandoned]) -> Vec<PathBuf> {
    for one in abandoned {
        for pid in sitting(&one.dir.join(LEAF)) {
            let _ = plumbing_kill(pid, libc::SIGKILL);
        }
    }
    clear_all(abandoned.iter().map(|one| one.dir.clone()).collect(), Instant::now() + PATIENCE)
}

impl Ground {
    fn sweep(&self, end: Instant) -> Vec<PathBuf> {
        clear_all(self.hierarchies.all.iter().filter_map(|one| self.tag_dir(one)).collect(), end)
    }
}

fn clear_all(tags: Vec<PathBuf>, end: Instant) -> Vec<PathBuf> {
    let homes = tags.iter().flat_map(|tag| {
        let names = children(tag).is().cloned().unwrap_or_default();
        names.into_iter().filter(|name| name != LEAF).map(|name| tag.join(name)).collect::<Vec<_>>()
    });
    let mut left = empty(homes.collect(), end);
    for tag in tags {
        let gone = match tag.join(LEAF).is_dir() {
            true => give_back(&tag, end),
            false => remove(&tag),
        };
        if !gone {
            left.push(tag);
        }
    }
    left
}

/// Kills and removes until nothing is there, or until `end`.
///
/// A process in a frozen v1 cgroup takes SIGKILL only once it is thawed, so each round kills first and thaws then; it has no
/// chance to run in between. Several rounds, because a process may fork while it is being killed.
fn empty(mut homes: Vec<PathBuf>, end: Instant) -> Vec<PathBuf> {
    let mut kernel = Kernel::new();
    let mut pause = Duration::from_micros(200);
    loop {
        for home in &homes {
            for dir in tree(home) {
                if dir == *home && dir.join("cgroup.kill").exists() {
                    // Whatever it says, the processes that remain are killed one by one.
                    let _ = kernel.write_file(&dir.join("cgroup.kill"), "1");
                }
                for pid in sitting(&dir) {
                    let _ = plumbing_kill(pid, libc::SIGKILL);
                }
            }
        }
        for home in &homes {
            for dir in tree(home) {
                thaw(&mut kernel, &dir);
            }
        }
        // All of them are tried: what is busy must not keep what is not.
        homes.retain(|home| tree(home).iter().rev().filter(|dir| !remove(dir)).count() > 0);
        if homes.is_empty() || Instant::now() >= end {
            return homes;
        }
        std::thread::sleep(pause);
        pause = (pause * 2).min(Duration::from_millis(20));
    }
}

fn thaw(kernel: &mut Kernel, dir: &Path) {
    for (file, word) in [("freezer.state", "THAWED"), ("cgroup.freeze", "0")] {
        let path = dir.join(file);
        if path.exists() {
            let _ = kernel.write_file(&path, word);
        }
    }
}

fn remove(dir: &Path) -> bool {
    matches!(Kernel::new().rmdir(dir), Ok(()) | Err(Errno::ENOENT))
}

/// A delegated cgroup as it was: controllers off from the bottom up, the bench back into it, the leaf gone.
fn give_back(tag: &Path, end: Instant) -> bool {
    let Some(base) = tag.parent() else { return false };
    let leaf = tag.join(LEAF);
    let mut kernel = Kernel::new();
    loop {
        for dir in [tag, base] {
            let control = dir.join("cgroup.subtree_control");
            for name in names(&control) {
                let _ = kernel.write_file(&control, &format!("-{name}"));
            }
        }
        for pid in sitting(&leaf) {
            let _ = kernel.join_cgroup(base, pid);
        }
        if remove(&leaf) && remove(tag) {
            return true;
        }
        if Instant::now() >= end {
            return false;
        }
        std::thread::sleep(Duration::from_millis(1));
    }
}
