//! For `doctor`: where a cgroup with a controller could be made, tried and undone at once.

use super::base;
use super::ground::{Ground, version_name};
use crate::command::Stop;
use crate::model::{Msg, errno_name};
use crate::observe::cgroup::Version;
use nix::errno::Errno;
use std::path::PathBuf;

/// A place in which a cgroup can be made for a moment.
pub struct Spot {
    /// The directory to make, and to remove again: the bench's own, or one in it.
    pub dir: PathBuf,
    /// `cgroup v2, /sys/fs/cgroup`.
    pub label: String,
    /// On cgroup v2?
    pub v2: bool,
}

impl Ground {
    /// Where a cgroup with this controller (the empty name: the core of v2) would be made.
    ///
    /// Errors: a sentence, why nowhere.
    pub fn spot_for_trial(&self, controller: &str) -> Result<Spot, Msg> {
        let hierarchy = self.hierarchies.of(controller).ok_or_else(|| super::ground::no_controller(controller))?;
        let label = format!("{}, {}", version_name(hierarchy.version), hierarchy.mount.display());
        let dir = match self.tag_dir(hierarchy) {
            Some(tag) => tag.join("trial"),
            None => base::choose(self, hierarchy, controller).map_err(sentence)?.dir().join(self.tag()),
        };
        Ok(Spot { dir, label, v2: hierarchy.version == Version::V2 })
    }
}

fn sentence(stop: Stop) -> Msg {
    match stop {
        Stop::Usage(why) | Stop::Refused(why) | Stop::Unfit(why) => why,
        Stop::Failed(errno) => Msg::same(errno_name(Errno::from_raw(errno))),
    }
}
