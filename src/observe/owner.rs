//! Whose a namespace is: capabilities are rights over it in the user namespace that owns it, and in those above (user_namespaces(7)).

use crate::kernel::{ns_owner, ns_parent};
use crate::model::{NsId, NsKind};
use nix::sys::stat::fstat;
use std::os::fd::AsFd;

/// Is the process's namespace of that kind owned by this user namespace, or by one below it? None: it cannot be told, because
/// the owner lies outside of the reader's own user namespace.
pub fn owned_below(pid: i32, kind: NsKind, user: NsId) -> Option<bool> {
    let namespace = std::fs::File::open(format!("/proc/{pid}/ns/{kind}")).ok()?;
    let mut owner = ns_owner(namespace.as_fd()).ok()?;
    loop {
        if fstat(&owner).ok()?.st_ino == user.ino {
            return Some(true);
        }
        match ns_parent(owner.as_fd()) {
            Ok(parent) => owner = parent,
            // There is none above.
            Err(_) => return Some(false),
        }
    }
}
