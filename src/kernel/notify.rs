//! seccomp user notification (seccomp_unotify(2)): a supervisor hears of a call before the kernel makes it, and answers in the kernel's place.

use super::seccomp::{Instruction, Program};
use super::{Kernel, answer, raw};
use crate::model::{Arg, errno_name};
use nix::errno::Errno;
use std::os::fd::{AsRawFd, OwnedFd};

/// A call that waits for an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asked {
    /// Stands for this one call of this one thread.
    pub id: u64,
    /// Who calls, as the supervisor counts; 0 where the supervisor's PID namespace does not see it.
    pub pid: i32,
    /// The number of the system call.
    pub number: i32,
    /// Its argument words.
    pub args: [u64; 6],
}

/// What the supervisor answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reply {
    /// The call is not made, and returns this.
    Value(i64),
    /// The call is not made, and fails with this errno.
    Errno(i32),
    /// SECCOMP_USER_NOTIF_FLAG_CONTINUE: the kernel makes the call after all.
    Continue,
}

const LABEL: &str = "anon_inode:seccomp notify";

/// SECCOMP_SET_MODE_FILTER with SECCOMP_FILTER_FLAG_NEW_LISTENER, for a child that is about to run a program; its parent records it with
/// [`Kernel::note_listener`]. Gives the number of the listener.
///
/// Errors: as [`Kernel::seccomp`]; EBUSY where a filter of the caller has a listener already.
pub fn listen_for_calls(filter: &[Instruction]) -> Result<i32, Errno> {
    let program = Program::of(filter);
    let flags = libc::SECCOMP_FILTER_FLAG_NEW_LISTENER;
    // SAFETY: the kernel reads `len` instructions from `filter`, which outlives the call and has that many.
    answer(unsafe { libc::syscall(libc::SYS_seccomp, libc::SECCOMP_SET_MODE_FILTER, flags, &program) }).map(|fd| fd as i32)
}

impl Kernel {
    /// Records the seccomp(2) that a child made with [`listen_for_calls`].
    pub fn note_listener(&mut self, filter: &[Instruction], answer: Result<i32, Errno>) -> Result<i32, Errno> {
        let shown = format!("{{len={}, filter=…}}", filter.len());
        let args = vec![raw("SECCOMP_SET_MODE_FILTER"), raw("SECCOMP_FILTER_FLAG_NEW_LISTENER"), raw(shown)];
        self.record("seccomp", args, answer.map(i64::from)).map(|fd| fd as i32)
    }

    /// A copy of a child's listener.
    ///
    /// Errors: as [`Kernel::pidfd_getfd`].
    pub fn take_listener(&mut self, pidfd: &OwnedFd, number: i32) -> Result<OwnedFd, Errno> {
        self.pidfd_getfd(pidfd, number, LABEL)
    }

    /// SECCOMP_IOCTL_NOTIF_RECV: the next call that waits. `name` gives a system call's name.
    ///
    /// Errors: ENOENT where the caller was killed, or interrupted by a signal, in the meantime; EINTR.
    pub fn notify_receive(&mut self, listener: &OwnedFd, name: fn(i32) -> String) -> Result<Asked, Errno> {
        let (asked, got) = receive(listener);
        let shown = if got.is_ok() { raw(asked.in_strace(name)) } else { raw("NULL") };
        self.record("ioctl", vec![arg(listener), raw("SECCOMP_IOCTL_NOTIF_RECV"), shown], got).map(|_| asked)
    }

    /// SECCOMP_IOCTL_NOTIF_ID_VALID: does this call still wait? Only if so was what was read of /proc/PID/mem before that process's memory, and
    /// not that of a later process with the same number.
    ///
    /// Errors: ENOENT: no more.
    pub fn notify_valid(&mut self, listener: &OwnedFd, id: u64) -> Result<(), Errno> {
        // SAFETY: this request reads one u64 through its argument, which outlives the call.
        let got = answer(i64::from(unsafe { libc::ioctl(listener.as_raw_fd(), libc::SECCOMP_IOCTL_NOTIF_ID_VALID, &id) }));
        self.record("ioctl", vec![arg(listener), raw("SECCOMP_IOCTL_NOTIF_ID_VALID"), raw(format!("[{id:#x}]"))], got).map(drop)
    }

    /// SECCOMP_IOCTL_NOTIF_SEND: the answer to one call.
    ///
    /// Errors: ENOENT where nobody waits for it any more; EINVAL.
    pub fn notify_send(&mut self, listener: &OwnedFd, id: u64, reply: Reply) -> Result<(), Errno> {
        let got = send(listener, id, reply);
        let said = match reply {
            Reply::Value(value) => format!("val={value}, error=0, flags=0"),
            Reply::Errno(errno) => format!("val=0, error=-{}, flags=0", errno_name(Errno::from_raw(errno))),
            Reply::Continue => "val=0, error=0, flags=SECCOMP_USER_NOTIF_FLAG_CONTINUE".into(),
        };
        self.record("ioctl", vec![arg(listener), raw("SECCOMP_IOCTL_NOTIF_SEND"), raw(format!("{{id={id:#x}, {said}}}"))], got)
            .map(drop)
    }
}

/// The same, unrecorded: for what comes after the first few of a busy program.
///
/// Errors: as [`Kernel::notify_receive`].
pub fn plumbing_receive(listener: &OwnedFd) -> Result<Asked, Errno> {
    let (asked, got) = receive(listener);
    got.map(|_| asked)
}

/// The same for the answer.
///
/// Errors: as [`Kernel::notify_send`].
pub fn plumbing_send(listener: &OwnedFd, id: u64, reply: Reply) -> Result<(), Errno> {
    send(listener, id, reply).map(drop)
}

fn receive(listener: &OwnedFd) -> (Asked, Result<i64, Errno>) {
    // SAFETY: all fields are integers, for which zero is a value; and the kernel wants zeroes (EINVAL else).
    let mut notif: libc::seccomp_notif = unsafe { std::mem::zeroed() };
    // SAFETY: this request writes one seccomp_notif through its argument, which is one and outlives the call. The kernel may know a longer
    // one (SECCOMP_GET_NOTIF_SIZES), but the request's number contains this size.
    let got = answer(i64::from(unsafe { libc::ioctl(listener.as_raw_fd(), libc::SECCOMP_IOCTL_NOTIF_RECV, &mut notif) }));
    (Asked { id: notif.id, pid: notif.pid as i32, number: notif.data.nr, args: notif.data.args }, got)
}

fn send(listener: &OwnedFd, id: u64, reply: Reply) -> Result<i64, Errno> {
    let (val, error, flags) = match reply {
        Reply::Value(value) => (value, 0, 0),
        Reply::Errno(errno) => (0, -errno, 0),
        Reply::Continue => (0, 0, libc::SECCOMP_USER_NOTIF_FLAG_CONTINUE as u32),
    };
    let mut resp = libc::seccomp_notif_resp { id, val, error, flags };
    // SAFETY: this request reads one seccomp_notif_resp through its argument, which outlives the call.
    answer(i64::from(unsafe { libc::ioctl(listener.as_raw_fd(), libc::SECCOMP_IOCTL_NOTIF_SEND, &mut resp) }))
}

impl Asked {
    fn in_strace(&self, name: fn(i32) -> String) -> String {
        let args: Vec<String> = self.args.iter().map(|word| format!("{word:#x}")).collect();
        format!("{{id={:#x}, pid={}, data={{nr={}, args=[{}]}}}}", self.id, self.pid, name(self.number), args.join(", "))
    }
}

fn arg(listener: &OwnedFd) -> Arg {
    Arg::Fd(listener.as_raw_fd(), LABEL.into())
}
