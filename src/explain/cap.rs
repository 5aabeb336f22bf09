//! The capabilities that the tables speak of, and the kernel's rule for where they count (user_namespaces(7)).

use crate::model::{Live, NsId, NsKind, Snapshot, cap_name};

/// A capability, by its bit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cap(pub u8);

#[allow(missing_docs)] // the names are those of capabilities(7)
impl Cap {
    pub const CHOWN: Cap = Cap(0);
    pub const DAC_OVERRIDE: Cap = Cap(1);
    pub const DAC_READ_SEARCH: Cap = Cap(2);
    pub const KILL: Cap = Cap(5);
    pub const SETGID: Cap = Cap(6);
    pub const SETUID: Cap = Cap(7);
    pub const SETPCAP: Cap = Cap(8);
    pub const NET_BIND_SERVICE: Cap = Cap(10);
    pub const NET_ADMIN: Cap = Cap(12);
    pub const NET_RAW: Cap = Cap(13);
    pub const SYS_CHROOT: Cap = Cap(18);
    pub const SYS_PTRACE: Cap = Cap(19);
    pub const SYS_ADMIN: Cap = Cap(21);
    pub const SYS_RESOURCE: Cap = Cap(24);
    pub const SYS_TIME: Cap = Cap(25);
    pub const MKNOD: Cap = Cap(27);
    pub const SETFCAP: Cap = Cap(31);

    /// `CAP_SYS_ADMIN`.
    pub fn name(self) -> String {
        format!("CAP_{}", cap_name(self.0))
    }

    /// Is it in this set?
    pub fn is_in(self, set: u64) -> bool {
        set & (1 << self.0) != 0
    }
}

/// Does this process have the capability over what the user namespace `over` owns? None: what can be read does not tell.
///
/// The rule is the kernel's (`cap_capable`): in its own user namespace its effective set decides; over those below it the same set does,
/// and the user who made a namespace has every capability in it from the parent; elsewhere it has none.
pub fn holds(live: &Live, who: &Snapshot, cap: Cap, over: NsId) -> Option<bool> {
    let creds = who.creds.is()?;
    let home = who.ns_id(NsKind::User)?;
    let mut at = over;
    // The kernel nests them 32 deep.
    for _ in 0..40 {
        if at == home {
            return Some(cap.is_in(creds.cap_eff));
        }
        let known = live.userns.get(&at.ino)?;
        let Some(parent) = known.parent else { return Some(false) };
        if parent == home && known.owner_uid == Some(creds.euid) {
            return Some(true);
        }
        at = parent;
    }
    None
}

/// Is `above` an ancestor of `below`?
pub fn is_above(live: &Live, above: NsId, below: NsId) -> bool {
    let parents = std::iter::successors(live.userns.get(&below.ino), |known| live.userns.get(&known.parent?.ino));
    parents.take(40).any(|known| known.parent == Some(above))
}

/// How many user namespaces deep, counted from the outermost that the observer may see.
pub fn depth(live: &Live, of: NsId) -> usize {
    std::iter::successors(live.userns.get(&of.ino), |known| live.userns.get(&known.parent?.ino)).take(64).count()
}
