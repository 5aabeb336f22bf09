//! Landlock: landlock_create_ruleset(2), landlock_add_rule(2), landlock_restrict_self(2).

use super::{Kernel, answer, raw};
use crate::model::Arg;
use nix::errno::Errno;
use nix::fcntl::{AT_FDCWD, OFlag, openat};
use nix::sys::stat::Mode;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::path::Path;

/// The rights over files in the order of their bits (linux/landlock.h), and the ABI since which each is known.
pub const LANDLOCK_RIGHTS: [(&str, u32); 16] = [
    ("EXECUTE", 1),
    ("WRITE_FILE", 1),
    ("READ_FILE", 1),
    ("READ_DIR", 1),
    ("REMOVE_DIR", 1),
    ("REMOVE_FILE", 1),
    ("MAKE_CHAR", 1),
    ("MAKE_DIR", 1),
    ("MAKE_REG", 1),
    ("MAKE_SOCK", 1),
    ("MAKE_FIFO", 1),
    ("MAKE_BLOCK", 1),
    ("MAKE_SYM", 1),
    ("REFER", 2),
    ("TRUNCATE", 3),
    ("IOCTL_DEV", 5),
];

/// struct landlock_path_beneath_attr: packed, as the kernel has it.
#[repr(C, packed)]
struct PathBeneath {
    allowed: u64,
    parent: i32,
}

const VERSION: u32 = 1; // LANDLOCK_CREATE_RULESET_VERSION
const PATH_BENEATH: u32 = 1; // LANDLOCK_RULE_PATH_BENEATH

impl Kernel {
    /// The version of Landlock's interface: landlock_create_ruleset(2) with LANDLOCK_CREATE_RULESET_VERSION.
    ///
    /// Errors: ENOSYS where the kernel has no Landlock; EOPNOTSUPP where it is not switched on at boot (`lsm=`).
    pub fn landlock_abi(&mut self) -> Result<u32, Errno> {
        // SAFETY: asked for its version the kernel reads nothing.
        let got = answer(unsafe { libc::syscall(libc::SYS_landlock_create_ruleset, std::ptr::null::<u64>(), 0, VERSION) });
        let args = vec![raw("NULL"), raw("0"), raw("LANDLOCK_CREATE_RULESET_VERSION")];
        self.record("landlock_create_ruleset", args, got).map(|abi| abi as u32)
    }

    /// A ruleset that denies these rights, but for the rules that are added to it.
    ///
    /// Errors: EINVAL for a right that this ABI does not know; ENOMSG for none at all.
    pub fn landlock_create_ruleset(&mut self, handled: u64) -> Result<OwnedFd, Errno> {
        // SAFETY: the kernel reads the 8 bytes of `handled`: the structure of the first ABI, the rest counts as zero.
        let got = answer(unsafe { libc::syscall(libc::SYS_landlock_create_ruleset, &handled, 8, 0) });
        let shown = format!("{{handled_access_fs={}}}", in_strace(handled));
        let fd = self.record("landlock_create_ruleset", vec![raw(shown), raw("8"), raw("0")], got)?;
        // SAFETY: the kernel has just made this descriptor (close-on-exec) for us; nobody else owns it.
        Ok(unsafe { OwnedFd::from_raw_fd(fd as i32) })
    }

    /// Allows these rights for a file, or for a directory and all below it.
    ///
    /// Errors: EINVAL for a right that the ruleset does not handle, or one of directories for a file; ENOMSG for none.
    pub fn landlock_add_rule(&mut self, ruleset: &OwnedFd, allowed: u64, parent: &OwnedFd, path: &Path) -> Result<(), Errno> {
        let rule = PathBeneath { allowed, parent: parent.as_raw_fd() };
        // SAFETY: the kernel reads one landlock_path_beneath_attr, and `rule` is one that outlives the call.
        let got = answer(unsafe { libc::syscall(libc::SYS_landlock_add_rule, ruleset.as_raw_fd(), PATH_BENEATH, &rule, 0) });
        let parent = Arg::Fd(parent.as_raw_fd(), path.to_string_lossy().into_owned());
        let shown = format!("{{allowed_access={}, parent_fd={parent}}}", in_strace(allowed));
        let args = vec![ruleset_arg(ruleset), raw("LANDLOCK_RULE_PATH_BENEATH"), raw(shown), raw("0")];
        self.record("landlock_add_rule", args, got).map(drop)
    }

    /// Puts the caller and its later children under the ruleset, for good.
    ///
    /// Errors: EPERM with neither no_new_privs nor CAP_SYS_ADMIN in the caller's user namespace; E2BIG at 16 rulesets.
    pub fn landlock_restrict_self(&mut self, ruleset: &OwnedFd) -> Result<(), Errno> {
        // SAFETY: landlock_restrict_self takes two integers.
        let got = answer(unsafe { libc::syscall(libc::SYS_landlock_restrict_self, ruleset.as_raw_fd(), 0) });
        self.record("landlock_restrict_self", vec![ruleset_arg(ruleset), raw("0")], got).map(drop)
    }

    /// Opens a path for [`Kernel::landlock_add_rule`] (O_PATH). Recorded only when it fails.
    pub fn open_path(&mut self, path: &Path) -> Result<OwnedFd, Errno> {
        openat(AT_FDCWD, path, OFlag::O_PATH | OFlag::O_CLOEXEC, Mode::empty()).inspect_err(|errno| {
            let args = vec![raw("AT_FDCWD"), Arg::Str(path.to_string_lossy().into_owned()), raw("O_RDONLY|O_CLOEXEC|O_PATH")];
            // The answer is what is being handed on.
            let _ = self.record("openat", args, Err(*errno));
        })
    }
}

fn ruleset_arg(ruleset: &OwnedFd) -> Arg {
    Arg::Fd(ruleset.as_raw_fd(), "anon_inode:[landlock-ruleset]".into())
}

fn in_strace(rights: u64) -> String {
    let names = LANDLOCK_RIGHTS.iter().enumerate().filter(|(bit, _)| rights >> bit & 1 == 1);
    names.map(|(_, (name, _))| format!("LANDLOCK_ACCESS_FS_{name}")).collect::<Vec<_>>().join("|")
}
