//! A mount in single steps, each a call: fsopen(2), fsconfig(2), fsmount(2). [`Kernel::move_mount`] is the last.

use super::mount::attributes_text;
use super::{Kernel, answer, raw};
use crate::model::Arg;
use nix::errno::Errno;
use std::ffi::CString;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};

/// One fsconfig(2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Setting<'a> {
    /// FSCONFIG_SET_FLAG: an option without a value.
    Flag(&'a str),
    /// FSCONFIG_SET_STRING: an option and its value.
    Text(&'a str, &'a str),
    /// FSCONFIG_CMD_CREATE: make the filesystem.
    Create,
}

// linux/mount.h.
const FSOPEN_CLOEXEC: u32 = 1;
const FSMOUNT_CLOEXEC: u32 = 1;
const FSCONFIG_SET_FLAG: u32 = 0;
const FSCONFIG_SET_STRING: u32 = 1;
const FSCONFIG_CMD_CREATE: u32 = 6;

/// How the context is printed, as `strace -y` does it.
const LABEL: &str = "anon_inode:[fscontext]";
/// Longest message of the kernel that is read, in bytes.
const ROOM: usize = 1024;

impl Kernel {
    /// fsopen(2): a context in which a filesystem of this type is put together. Nothing is mounted yet.
    ///
    /// Errors: ENODEV for a type that the kernel does not know; EPERM without CAP_SYS_ADMIN over the mount namespace; ENOSYS before Linux 5.2.
    pub fn fsopen(&mut self, fstype: &str) -> Result<OwnedFd, Errno> {
        let c_type = CString::new(fstype).map_err(|_| Errno::EINVAL)?;
        // SAFETY: a NUL-terminated string that outlives the call, and an integer.
        let got = answer(unsafe { libc::syscall(libc::SYS_fsopen, c_type.as_ptr(), FSOPEN_CLOEXEC) });
        let fd = self.record("fsopen", vec![Arg::Str(fstype.into()), raw("FSOPEN_CLOEXEC")], got)?;
        // SAFETY: the kernel has just made this descriptor for us; nobody else owns it.
        Ok(unsafe { OwnedFd::from_raw_fd(fd as i32) })
    }

    /// fsconfig(2): one option, or the order to make the filesystem.
    ///
    /// Errors: EINVAL for an option or a value that the filesystem does not take ([`Kernel::fs_message`] says which); EPERM for a
    /// filesystem that may not be made in a user namespace; EBUSY after a failure, or where it has been made already.
    pub fn fsconfig(&mut self, context: &OwnedFd, setting: Setting<'_>) -> Result<(), Errno> {
        let (command, name, key, value) = match setting {
            Setting::Flag(key) => (FSCONFIG_SET_FLAG, "FSCONFIG_SET_FLAG", Some(key), None),
            Setting::Text(key, value) => (FSCONFIG_SET_STRING, "FSCONFIG_SET_STRING", Some(key), Some(value)),
            Setting::Create => (FSCONFIG_CMD_CREATE, "FSCONFIG_CMD_CREATE", None, None),
        };
        let c = |text: Option<&str>| text.map(CString::new).transpose().map_err(|_| Errno::EINVAL);
        let (c_key, c_value) = (c(key)?, c(value)?);
        let ptr = |text: &Option<CString>| text.as_ref().map_or(std::ptr::null(), |text| text.as_ptr());
        // SAFETY: each pointer is NULL, where this command takes none, or to a NUL-terminated string that outlives the call.
        let got =
            answer(unsafe { libc::syscall(libc::SYS_fsconfig, context.as_raw_fd(), command, ptr(&c_key), ptr(&c_value), 0) });
        let shown = |text: Option<&str>| text.map_or_else(|| raw("NULL"), |text| Arg::Str(text.into()));
        self.record("fsconfig", vec![arg(context), raw(name), shown(key), shown(value), raw("0")], got).map(drop)
    }

    /// read(2) on the context: one message that the kernel left there, such as `e tmpfs: Bad value for 'size'` (e: error, w: warning,
    /// i: information). mount(2) has no place for such a sentence; there it goes to the kernel's log.
    ///
    /// Errors: ENODATA when there is none (any more).
    pub fn fs_message(&mut self, context: &OwnedFd) -> Result<String, Errno> {
        let mut bytes = vec![0; ROOM];
        let got = nix::unistd::read(context, &mut bytes);
        let text = String::from_utf8_lossy(bytes.get(..got.unwrap_or(0)).unwrap_or_default()).into_owned();
        let shown = if got.is_ok() { Arg::Str(text.clone()) } else { raw("NULL") };
        self.record("read", vec![arg(context), shown, raw(ROOM.to_string())], got.map(|length| length as i64))?;
        Ok(text)
    }

    /// fsmount(2): a mount of the filesystem that was made, with these attributes. It hangs nowhere yet.
    ///
    /// Errors: EINVAL where it has not been made; EPERM for what a user namespace may not mount (mount_too_revealing: proc, sysfs).
    pub fn fsmount(&mut self, context: &OwnedFd, attributes: u64) -> Result<OwnedFd, Errno> {
        let flags = FSMOUNT_CLOEXEC;
        // SAFETY: three integers.
        let got = answer(unsafe { libc::syscall(libc::SYS_fsmount, context.as_raw_fd(), flags, attributes as u32) });
        let args = vec![arg(context), raw("FSMOUNT_CLOEXEC"), raw(attributes_text(attributes))];
        let fd = self.record("fsmount", args, got)?;
        // SAFETY: the kernel has just made this descriptor for us; nobody else owns it.
        Ok(unsafe { OwnedFd::from_raw_fd(fd as i32) })
    }
}

fn arg(context: &OwnedFd) -> Arg {
    Arg::Fd(context.as_raw_fd(), LABEL.into())
}
