//! Questions to a namespace (ioctl_ns(2)). Readers ask them as plumbing, without a `Call`; they live here because ioctl(2) is `unsafe`.

use super::{Kernel, open_on, raw};
use crate::model::Arg;
use nix::errno::Errno;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, OwnedFd};

/// Which relative of a namespace is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NsQuestion {
    /// As [`ns_owner`].
    Owner,
    /// As [`ns_parent`].
    Parent,
}

impl Kernel {
    /// ioctl(2), recorded.
    ///
    /// Errors: as [`ns_owner`] and [`ns_parent`].
    pub fn ask_ns(&mut self, ns: &OwnedFd, question: NsQuestion) -> Result<OwnedFd, Errno> {
        let (name, got) = match question {
            NsQuestion::Owner => ("NS_GET_USERNS", ns_owner(ns.as_fd())),
            NsQuestion::Parent => ("NS_GET_PARENT", ns_parent(ns.as_fd())),
        };
        let number = got.as_ref().map(|fd| i64::from(fd.as_raw_fd())).map_err(|errno| *errno);
        self.record("ioctl", vec![arg(ns), raw(name)], number)?;
        got
    }

    /// NS_GET_OWNER_UID, recorded.
    ///
    /// Errors: as [`ns_owner_uid`].
    pub fn ask_ns_uid(&mut self, ns: &OwnedFd) -> Result<u32, Errno> {
        let got = ns_owner_uid(ns.as_fd());
        let shown = got.map_or("NULL".into(), |uid| format!("[{uid}]"));
        self.record("ioctl", vec![arg(ns), raw("NS_GET_OWNER_UID"), raw(shown)], got.map(|_| 0))?;
        got
    }
}

fn arg(ns: &OwnedFd) -> Arg {
    Arg::Fd(ns.as_raw_fd(), open_on(ns.as_raw_fd()).unwrap_or_default())
}

/// NS_GET_ID (Linux 6.18): a number of this namespace that none other has had, or will have until the machine stops.
///
/// Errors: ENOTTY before.
pub fn ns_id(ns: &OwnedFd) -> Result<u64, Errno> {
    let mut id: u64 = 0;
    // SAFETY: this request, `_IOR(0xb7, 13, __u64)`, writes one u64 through its argument, which is a valid place for one during the call.
    super::answer(i64::from(unsafe { libc::ioctl(ns.as_raw_fd(), 0x8008_b70d, &mut id) }))?;
    Ok(id)
}

/// The user namespace that owns the namespace `fd` is open on: capabilities there are rights here (NS_GET_USERNS).
///
/// Errors: EPERM when the owner is outside the caller's own user namespace; ENOTTY for a file that is no namespace.
pub fn ns_owner(fd: BorrowedFd<'_>) -> Result<OwnedFd, Errno> {
    ask(fd, 0xb701)
}

/// The parent of a user or PID namespace (NS_GET_PARENT).
///
/// Errors: EPERM when there is none, or none that the caller may see; EINVAL for the kinds without parents; ENOTTY for
/// a file that is no namespace.
pub fn ns_parent(fd: BorrowedFd<'_>) -> Result<OwnedFd, Errno> {
    ask(fd, 0xb702)
}

/// The user who made this user namespace, as the caller's user namespace counts (NS_GET_OWNER_UID).
///
/// Errors: EINVAL for a namespace of another kind.
pub fn ns_owner_uid(fd: BorrowedFd<'_>) -> Result<u32, Errno> {
    let mut uid: libc::uid_t = 0;
    // SAFETY: this request writes one uid_t through its argument, which is a valid place for one during the call.
    super::answer(i64::from(unsafe { libc::ioctl(fd.as_raw_fd(), 0xb704, &mut uid) }))?;
    Ok(uid)
}

/// PID 1 of the PID namespace that `fd` is open on, as the caller's counts (NS_GET_PID_FROM_PIDNS, Linux 6.11).
///
/// Errors: ESRCH when it has none, not yet or not any more; ENOTTY before Linux 6.11.
pub fn ns_init(fd: BorrowedFd<'_>) -> Result<i32, Errno> {
    // SAFETY: this request, `_IOR(0xb7, 6, int)`, takes a PID by value and touches no memory of ours; `fd` is borrowed, hence open.
    super::answer(i64::from(unsafe { libc::ioctl(fd.as_raw_fd(), 0x8004_b706, 1) })).map(|pid| pid as i32)
}

/// `request` must be one of those that take no argument and answer with a new descriptor.
fn ask(fd: BorrowedFd<'_>, request: libc::Ioctl) -> Result<OwnedFd, Errno> {
    // SAFETY: both requests are `_IO(0xb7, n)`: the kernel reads no argument and touches no memory of ours; `fd` is
    // borrowed, hence open during the call.
    let got = super::answer(i64::from(unsafe { libc::ioctl(fd.as_raw_fd(), request) }))?;
    // SAFETY: the kernel has just made this descriptor (close-on-exec) for us; nobody else owns it.
    Ok(unsafe { OwnedFd::from_raw_fd(got as i32) })
}
