//! Pidfds and sessions: pidfd_open(2), pidfd_send_signal(2), pidfd_getfd(2), setsid(2), PR_SET_PDEATHSIG.

use super::process::signal_name;
use super::{Kernel, answer, raw};
use crate::model::Arg;
use nix::errno::Errno;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};

impl Kernel {
    /// pidfd_open(2): a descriptor that stands for this process, and for no later one of the same number.
    ///
    /// Errors: ESRCH; EINVAL (ENOENT since Linux 6.17) for a thread that is not the leader of its group.
    pub fn pidfd_open(&mut self, pid: i32) -> Result<OwnedFd, Errno> {
        // SAFETY: pidfd_open takes two integers.
        let got = answer(unsafe { libc::syscall(libc::SYS_pidfd_open, pid, 0) });
        let fd = self.record("pidfd_open", vec![raw(pid.to_string()), raw("0")], got)?;
        // SAFETY: the kernel has just made this descriptor (close-on-exec) for us; nobody else owns it.
        Ok(unsafe { OwnedFd::from_raw_fd(fd as i32) })
    }

    /// pidfd_send_signal(2).
    ///
    /// Errors: ESRCH once the process has been waited for; EPERM; EINVAL for no such signal, or for a process that has no number in the
    /// caller's PID namespace.
    pub fn pidfd_send_signal(&mut self, pidfd: &OwnedFd, signal: i32) -> Result<(), Errno> {
        let info = std::ptr::null::<libc::siginfo_t>();
        // SAFETY: integers and a null pointer, for which the kernel fills in what kill(2) would.
        let got = answer(unsafe { libc::syscall(libc::SYS_pidfd_send_signal, pidfd.as_raw_fd(), signal, info, 0) });
        let fd = Arg::Fd(pidfd.as_raw_fd(), "anon_inode:[pidfd]".into());
        self.record("pidfd_send_signal", vec![fd, raw(signal_name(signal)), raw("NULL"), raw("0")], got).map(drop)
    }

    /// pidfd_getfd(2): a copy of the descriptor that has this number in another process. `label` is how it is printed.
    ///
    /// Errors: EPERM without the right of ptrace(2) over that process; EBADF for no such descriptor; ESRCH; ENOSYS before Linux 5.6.
    pub fn pidfd_getfd(&mut self, pidfd: &OwnedFd, number: i32, label: &str) -> Result<OwnedFd, Errno> {
        // SAFETY: three integers.
        let got = answer(unsafe { libc::syscall(libc::SYS_pidfd_getfd, pidfd.as_raw_fd(), number, 0) });
        let args = vec![Arg::Fd(pidfd.as_raw_fd(), "anon_inode:[pidfd]".into()), Arg::Fd(number, label.into()), raw("0")];
        let fd = self.record("pidfd_getfd", args, got)?;
        // SAFETY: the kernel has just made this descriptor (close-on-exec) for us; nobody else owns it.
        Ok(unsafe { OwnedFd::from_raw_fd(fd as i32) })
    }

    /// setsid(2): a session and a process group of the caller's own, without a terminal. Gives the session's ID: the caller's PID.
    ///
    /// Errors: EPERM where the caller leads a process group.
    pub fn setsid(&mut self) -> Result<i32, Errno> {
        let got = nix::unistd::setsid().map(|sid| i64::from(sid.as_raw()));
        self.record("setsid", Vec::new(), got).map(|sid| sid as i32)
    }

    /// PR_SET_PDEATHSIG: the signal that the caller gets when its parent (more precisely: the thread that made it) ends; 0 for none.
    ///
    /// Errors: EINVAL for no such signal.
    pub fn set_parent_death_signal(&mut self, signal: i32) -> Result<(), Errno> {
        // SAFETY: this prctl takes an integer.
        let got = answer(unsafe { libc::syscall(libc::SYS_prctl, libc::PR_SET_PDEATHSIG, signal, 0, 0, 0) });
        self.record("prctl", vec![raw("PR_SET_PDEATHSIG"), raw(signal_name(signal))], got).map(drop)
    }
}

/// sigtimedwait(2) as plumbing: the next of the signals, all of which the caller has blocked; None where none comes in time.
pub fn next_signal(within: std::time::Duration) -> Option<i32> {
    let all = nix::sys::signal::SigSet::all();
    let time = libc::timespec { tv_sec: within.as_secs() as libc::time_t, tv_nsec: within.subsec_nanos().into() };
    // SAFETY: a set and a time that outlive the call; no information is asked for.
    let got = unsafe { libc::sigtimedwait(all.as_ref(), std::ptr::null_mut(), &time) };
    (got > 0).then_some(got)
}
