//! Probes of the capabilities over files. The files live in memory only.

use super::super::{Kernel, answer, open_on, raw};
use super::other;
use crate::model::Arg;
use nix::errno::Errno;
use nix::fcntl::{AT_FDCWD, OFlag, openat};
use nix::sys::stat::{Mode, fchmod, fstat};
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};

/// What /proc/self/fd says of a file in memory.
const LABEL: &str = "/memfd:boxlab (deleted)";

/// memfd_create(2): a file of our own that no path leads to.
pub fn in_memory() -> Result<OwnedFd, Errno> {
    // SAFETY: the name is NUL-terminated and outlives the call.
    let fd = answer(unsafe { libc::syscall(libc::SYS_memfd_create, c"boxlab".as_ptr(), libc::MFD_CLOEXEC) })?;
    // SAFETY: the kernel has just made this descriptor for us; nobody else owns it.
    Ok(unsafe { OwnedFd::from_raw_fd(fd as i32) })
}

/// One of our own that its mode closes to everybody.
pub fn closed() -> Result<OwnedFd, Errno> {
    let file = in_memory()?;
    fchmod(&file, Mode::empty())?;
    Ok(file)
}

/// One of somebody else's: made and given away, where that is allowed; else the root directory.
pub fn of_another() -> Result<OwnedFd, Errno> {
    let own = nix::unistd::geteuid();
    let made = in_memory()?;
    if nix::unistd::fchown(&made, Some(other(own.as_raw()).into()), None).is_ok() {
        // Open for writing it could not have a lease.
        return open(&format!("/proc/self/fd/{}", made.as_raw_fd()), OFlag::O_RDONLY);
    }
    let found = ["/proc/self/exe", "/proc/version"].iter().filter_map(|path| open(path, OFlag::O_RDONLY).ok());
    found.into_iter().find(|file| fstat(file).is_ok_and(|stat| stat.st_uid != own.as_raw())).ok_or(Errno::ENOENT)
}

fn open(path: &str, flags: OFlag) -> Result<OwnedFd, Errno> {
    openat(AT_FDCWD, path, flags | OFlag::O_CLOEXEC, Mode::empty())
}

impl Kernel {
    pub(super) fn probe_file(&mut self, cap: &str, file: &OwnedFd) -> Result<i64, Errno> {
        let fd = file.as_raw_fd();
        let at = || Arg::Fd(fd, label(fd));
        let again = format!("/proc/self/fd/{fd}");
        match cap {
            "CHOWN" => {
                let uid = other(nix::unistd::geteuid().as_raw());
                // SAFETY: fchown takes three integers; -1 leaves the group alone.
                let got = answer(unsafe { libc::syscall(libc::SYS_fchown, fd, uid, u32::MAX) });
                self.record("fchown", vec![at(), raw(uid.to_string()), raw("-1")], got)
            }
            "DAC_OVERRIDE" => self.probe_open(&again, OFlag::O_WRONLY, "O_WRONLY|O_CLOEXEC"),
            "DAC_READ_SEARCH" => self.probe_open(&again, OFlag::O_RDONLY, "O_RDONLY|O_CLOEXEC"),
            "FOWNER" => self.probe_open(&again, OFlag::O_RDONLY | OFlag::O_NOATIME, "O_RDONLY|O_NOATIME|O_CLOEXEC"),
            "LEASE" => {
                // SAFETY: F_SETLEASE takes an integer.
                let got = answer(unsafe { libc::syscall(libc::SYS_fcntl, fd, libc::F_SETLEASE, libc::F_RDLCK) });
                self.record("fcntl", vec![at(), raw("F_SETLEASE"), raw("F_RDLCK")], got)
            }
            "LINUX_IMMUTABLE" => {
                const FS_IOC_SETFLAGS: u64 = 0x4008_6602;
                let append_only: libc::c_long = 0x20;
                // SAFETY: FS_IOC_SETFLAGS reads one long at most, and `append_only` is one.
                let got = answer(unsafe { libc::syscall(libc::SYS_ioctl, fd, FS_IOC_SETFLAGS, &append_only) });
                self.record("ioctl", vec![at(), raw("FS_IOC_SETFLAGS"), raw("[FS_APPEND_FL]")], got)
            }
            "SETFCAP" => {
                // struct vfs_cap_data of revision 2, with no capability in it.
                let mut data = [0u8; 20];
                data[3] = 2;
                let (name, length) = (c"security.capability", data.len());
                // SAFETY: a NUL-terminated name, and as many bytes as `length` says; both outlive the call.
                let got = answer(unsafe { libc::syscall(libc::SYS_fsetxattr, fd, name.as_ptr(), data.as_ptr(), length, 0) });
                let shown = vec![at(), Arg::Str("security.capability".into()), raw("…"), raw(length.to_string()), raw("0")];
                self.record("fsetxattr", shown, got)
            }
            _ => Err(Errno::ENOSYS),
        }
    }

    pub(super) fn probe_open(&mut self, path: &str, flags: OFlag, shown: &str) -> Result<i64, Errno> {
        let got = open(path, flags).map(|file| i64::from(file.as_raw_fd()));
        self.record("openat", vec![raw("AT_FDCWD"), Arg::Str(path.into()), raw(shown)], got)
    }
}

fn label(fd: i32) -> String {
    open_on(fd).unwrap_or_else(|_| LABEL.into())
}
