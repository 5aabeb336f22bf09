//! Questions to a namespace (ioctl_ns(2)). They change nothing and make no `Call`; they live here because ioctl(2) is `unsafe`.

use nix::errno::Errno;
use std::os::fd::{AsRawFd, BorrowedFd, FromRawFd, OwnedFd};

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

/// `request` must be one of those that take no argument and answer with a new descriptor.
fn ask(fd: BorrowedFd<'_>, request: libc::Ioctl) -> Result<OwnedFd, Errno> {
    // SAFETY: both requests are `_IO(0xb7, n)`: the kernel reads no argument and touches no memory of ours; `fd` is
    // borrowed, hence open during the call.
    let got = super::answer(i64::from(unsafe { libc::ioctl(fd.as_raw_fd(), request) }))?;
    // SAFETY: the kernel has just made this descriptor (close-on-exec) for us; nobody else owns it.
    Ok(unsafe { OwnedFd::from_raw_fd(got as i32) })
}
