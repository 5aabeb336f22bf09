//! Whose a directory `boxlab-PID` is: the shell that works in it holds a lock on it (flock(2)), which ends with it, however it ends.
//!
//! A PID would not do: numbers are used again, and in another PID namespace they mean somebody else. Whoever gets the lock for
//! itself alone knows that nobody works there any more.

use super::ground::sitting;
use crate::kernel::{self, SharedMark};
use crate::observe::cgroup::{Hierarchies, tree};
use nix::fcntl::Flock;
use nix::unistd::{AccessFlags, access};
use std::collections::BTreeMap;
use std::fs::File;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, OnceLock, PoisonError};

/// What every directory of a bench begins with; its keeper's PID follows.
pub(super) const PREFIX: &str = "boxlab-";

/// This process's locks. They are the process's, not a session's: they are to last exactly as long as it does.
static HELD: Mutex<BTreeMap<PathBuf, Flock<File>>> = Mutex::new(BTreeMap::new());

/// Put before this process, or one that forked from it, makes a first directory.
static MADE: OnceLock<SharedMark> = OnceLock::new();

/// From now on this process learns of what those make that it forks, also where they are killed.
pub fn tell_below() {
    if let Ok(mark) = SharedMark::new() {
        // One that there is already serves as well.
        let _ = MADE.set(mark);
    }
}

/// Can there be cgroups that this process or one that it forked has made? Without [`tell_below`] nobody knows, and the answer is yes.
pub fn may_be_made() -> bool {
    MADE.get().is_none_or(SharedMark::is_put)
}

/// To be called before a directory of the bench's own is made.
pub(super) fn about_to_make() {
    if let Some(mark) = MADE.get() {
        mark.put();
    }
}

/// Locks a directory of the bench's own; one that is locked already stays so. False: it is not there any more, or is just being swept
/// up as somebody's leftover.
pub(super) fn hold(tag: &Path) -> bool {
    let mut held = HELD.lock().unwrap_or_else(PoisonError::into_inner);
    // A directory of the same name may be another one meanwhile.
    let is_there = |lock: &Flock<File>| match (lock.metadata(), std::fs::metadata(tag)) {
        (Ok(ours), Ok(there)) => (ours.dev(), ours.ino()) == (there.dev(), there.ino()),
        _ => false,
    };
    if held.get(tag).is_some_and(is_there) {
        return true;
    }
    held.remove(tag);
    match kernel::lock_dir(tag, false) {
        Ok(lock) if is_there(&lock) => held.insert(tag.to_path_buf(), lock).is_none(),
        _ => false,
    }
}

/// Lets go of a directory that has been removed.
pub(super) fn release(tag: &Path) {
    HELD.lock().unwrap_or_else(PoisonError::into_inner).remove(tag);
}

/// A directory that a bench made which is no more. While this lives, nobody else clears it up, and no bench of the same number moves in.
#[derive(Debug)]
pub struct Abandoned {
    /// Where it is.
    pub dir: PathBuf,
    _lock: Flock<File>,
}

/// All of them, in every hierarchy that can be written to. A bench that still lives holds the lock of its own.
///
/// Left alone is what only has such a name: the bench never sits in that directory itself, always below it.
pub fn abandoned(hierarchies: &Hierarchies) -> Vec<Abandoned> {
    let mut found = Vec::new();
    for one in hierarchies.all.iter().filter(|one| !one.read_only) {
        let tags = tree(&one.mount).into_iter().filter(|dir| dir.file_name().and_then(|name| name.to_str()).is_some_and(is_tag));
        // What another user's bench left is not one's own to remove.
        let idle = tags.filter(|dir| access(dir.as_path(), AccessFlags::W_OK).is_ok() && sitting(dir).is_empty());
        let locked = idle.filter_map(|dir| Some(Abandoned { _lock: kernel::lock_dir(&dir, true).ok()?, dir }));
        found.extend(locked);
    }
    found
}

fn is_tag(name: &str) -> bool {
    name.strip_prefix(PREFIX).is_some_and(|pid| !pid.is_empty() && pid.bytes().all(|byte| byte.is_ascii_digit()))
}
