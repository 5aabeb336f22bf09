//! Which user namespace owns what, and the tree of user namespaces (ioctl_nsfs(2)).

use crate::kernel::{ns_owner, ns_owner_uid, ns_parent, open_on};
use crate::model::{NsId, NsKind, UsernsLive};
use crate::observe::process::{link, ns_number};
use std::collections::BTreeMap;
use std::fs::File;
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::path::Path;

/// More levels than the kernel allows (32) are a circle.
const LEVELS: usize = 40;

/// What has been asked for so far.
#[derive(Debug, Default)]
pub(super) struct Tree {
    pub known: BTreeMap<u64, UsernsLive>,
}

impl Tree {
    /// The owners of the namespaces in this directory (`/proc/PID/ns`); a user namespace counts as its own. Those that may not be asked are left out.
    pub fn owners(&mut self, dir: &Path) -> BTreeMap<NsKind, NsId> {
        let mut owners = BTreeMap::new();
        for kind in NsKind::ALL {
            let path = dir.join(kind.name());
            let Ok(file) = File::open(&path) else { continue };
            let owner = if kind == NsKind::User {
                let id = link(&path).is().copied();
                id.map(|id| (OwnedFd::from(file), id))
            } else {
                ns_owner(file.as_fd()).ok().and_then(named)
            };
            if let Some((fd, id)) = owner {
                self.climb(fd, id);
                owners.insert(kind, id);
            }
        }
        owners
    }

    fn climb(&mut self, fd: OwnedFd, id: NsId) {
        let (mut fd, mut id) = (fd, id);
        for _ in 0..LEVELS {
            if self.known.contains_key(&id.ino) {
                return;
            }
            let above = ns_parent(fd.as_fd()).ok().and_then(named);
            let owner_uid = ns_owner_uid(fd.as_fd()).ok();
            self.known.insert(id.ino, UsernsLive { parent: above.as_ref().map(|(_, id)| *id), owner_uid });
            match above {
                Some(above) => (fd, id) = above,
                None => return,
            }
        }
    }
}

/// A namespace's descriptor with its identity.
fn named(fd: OwnedFd) -> Option<(OwnedFd, NsId)> {
    let text = open_on(fd.as_raw_fd()).ok()?;
    Some((fd, NsId { dev: 0, ino: ns_number(&text)? }))
}
