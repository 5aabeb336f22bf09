//! Namespaces: unshare(2), setns(2), sethostname(2).

use super::{Kernel, answer, raw};
use crate::model::{Arg, NsKind};
use nix::errno::Errno;
use nix::fcntl::{AT_FDCWD, OFlag, openat};
use nix::sys::stat::Mode;
use std::os::fd::{AsRawFd, OwnedFd, RawFd};
use std::path::Path;

impl Kernel {
    /// unshare(2): the caller leaves the namespaces of these kinds for new ones (pid and time: its children do).
    ///
    /// Errors: EPERM without CAP_SYS_ADMIN, unless a user namespace is made in the same call; EINVAL for a
    /// threaded caller (user), or a second `pid` before the first child; ENOSPC at 32 levels or at a limit of /proc/sys/user.
    pub fn unshare(&mut self, kinds: &[NsKind]) -> Result<(), Errno> {
        // SAFETY: unshare takes a plain integer and touches no memory of ours.
        let got = answer(unsafe { libc::syscall(libc::SYS_unshare, NsKind::flags(kinds)) });
        self.record("unshare", vec![raw(NsKind::flags_text(kinds))], got).map(drop)
    }

    /// setns(2): the caller enters the namespaces that `fd` stands for. With a pidfd (since Linux 5.8) `kinds` names
    /// which ones, all in one call; with the descriptor of one namespace `kinds` is that kind, or empty for any.
    ///
    /// Errors: EPERM without CAP_SYS_ADMIN in the user namespace that owns the target; EINVAL for one's own user
    /// namespace, an ancestor PID namespace, or a file that is no namespace; EUSERS for a threaded caller (time); ESRCH for a dead pidfd.
    pub fn setns(&mut self, fd: RawFd, label: &str, kinds: &[NsKind]) -> Result<(), Errno> {
        // SAFETY: setns takes two integers and touches no memory of ours.
        let got = answer(unsafe { libc::syscall(libc::SYS_setns, fd, NsKind::flags(kinds)) });
        self.record("setns", vec![Arg::Fd(fd, label.into()), raw(NsKind::flags_text(kinds))], got).map(drop)
    }

    /// Opens the file of a namespace, `/proc/PID/ns/net` or a bind mount of it, for [`Kernel::setns`]. Recorded only when it fails.
    /// O_NONBLOCK: a FIFO in its place does not hold the caller up.
    ///
    /// Errors: ENOENT; EACCES without the right of ptrace(2) over that process (namespaces(7)).
    pub fn open_ns(&mut self, path: &Path) -> Result<OwnedFd, Errno> {
        let flags = OFlag::O_RDONLY | OFlag::O_NONBLOCK | OFlag::O_CLOEXEC;
        openat(AT_FDCWD, path, flags, Mode::empty()).inspect_err(|errno| {
            let name = Arg::Str(path.to_string_lossy().into_owned());
            // The answer is what is being handed on.
            let _ = self.record("openat", vec![raw("AT_FDCWD"), name, raw("O_RDONLY|O_NONBLOCK|O_CLOEXEC")], Err(*errno));
        })
    }

    /// The same for keeping it: what holds the descriptor keeps the namespace alive. Recorded.
    ///
    /// Errors: as [`Kernel::open_ns`].
    pub fn hold_ns(&mut self, path: &Path) -> Result<OwnedFd, Errno> {
        let fd = self.open_ns(path)?;
        let args = vec![raw("AT_FDCWD"), Arg::Str(path.to_string_lossy().into_owned()), raw("O_RDONLY|O_NONBLOCK|O_CLOEXEC")];
        self.record("openat", args, Ok(i64::from(fd.as_raw_fd())))?;
        Ok(fd)
    }

    /// close(2): lets go of a namespace. `label` is how it is printed.
    ///
    /// Errors: EBADF.
    pub fn close(&mut self, fd: OwnedFd, label: &str) -> Result<(), Errno> {
        let number = fd.as_raw_fd();
        let got = nix::unistd::close(fd).map(|()| 0);
        self.record("close", vec![Arg::Fd(number, label.into())], got).map(drop)
    }

    /// sethostname(2): changes the host name of the caller's UTS namespace.
    ///
    /// Errors: EPERM without CAP_SYS_ADMIN in the user namespace that owns the UTS namespace; EINVAL above 64 bytes.
    pub fn sethostname(&mut self, name: &str) -> Result<(), Errno> {
        let got = nix::unistd::sethostname(name).map(|()| 0);
        self.record("sethostname", vec![Arg::Str(name.into()), raw(name.len().to_string())], got).map(drop)
    }

    /// setdomainname(2): changes the NIS domain name of the caller's UTS namespace.
    ///
    /// Errors: as [`Kernel::sethostname`].
    pub fn setdomainname(&mut self, name: &str) -> Result<(), Errno> {
        // SAFETY: the kernel reads `name.len()` bytes from `name`.
        let got = answer(i64::from(unsafe { libc::setdomainname(name.as_ptr().cast(), name.len()) }));
        self.record("setdomainname", vec![Arg::Str(name.into()), raw(name.len().to_string())], got).map(drop)
    }
}
