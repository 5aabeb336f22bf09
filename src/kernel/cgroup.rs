//! cgroups: a directory, a file, a number. Everything is mkdir(2), rmdir(2) and write(2) (see `file`).

use super::{Kernel, raw};
use crate::model::Arg;
use nix::errno::Errno;
use nix::fcntl::{AT_FDCWD, Flock, FlockArg, OFlag, openat};
use nix::sys::stat::Mode;
use std::fs::File;
use std::os::fd::{AsRawFd, OwnedFd};
use std::path::Path;

impl Kernel {
    /// Moves a process into the cgroup of this directory: writes its PID to `cgroup.procs` (cgroups(7)).
    /// One PID a write; `0` would be the writer itself.
    ///
    /// Errors: EBUSY for a v2 cgroup with controllers enabled for its children; EACCES without write permission on the target
    /// or on the common ancestor; ESRCH no such process; ENOSPC for a v1 cpuset without CPUs; EOPNOTSUPP for a "domain invalid" cgroup.
    pub fn join_cgroup(&mut self, dir: &Path, pid: i32) -> Result<(), Errno> {
        self.write_file(&dir.join("cgroup.procs"), &pid.to_string())
    }

    /// Opens the directory of a cgroup, for [`Kernel::clone3`]. On cgroup v2 its descriptor stands for the cgroup.
    ///
    /// Errors: ENOENT; EACCES; ENOTDIR.
    pub fn open_cgroup(&mut self, dir: &Path) -> Result<OwnedFd, Errno> {
        let file = openat(AT_FDCWD, dir, OFlag::O_RDONLY | OFlag::O_DIRECTORY | OFlag::O_CLOEXEC, Mode::empty());
        let answer = file.as_ref().map(|file| i64::from(file.as_raw_fd())).map_err(|errno| *errno);
        let args = vec![raw("AT_FDCWD"), Arg::Str(dir.to_string_lossy().into_owned()), raw("O_RDONLY|O_CLOEXEC|O_DIRECTORY")];
        self.record("openat", args, answer)?;
        file
    }
}

/// flock(2) on a cgroup's directory, as plumbing: nobody writes there by it, and the kernel lets go of it when the last process that
/// holds it is gone, however it ended.
///
/// Errors: EWOULDBLOCK while another open file holds it in a way that does not go with this one; as open(2).
pub fn lock_dir(dir: &Path, exclusive: bool) -> Result<Flock<File>, Errno> {
    let flags = OFlag::O_DIRECTORY | OFlag::O_NOFOLLOW | OFlag::O_CLOEXEC;
    let file = File::from(nix::fcntl::open(dir, flags, Mode::empty())?);
    let how = if exclusive { FlockArg::LockExclusiveNonblock } else { FlockArg::LockSharedNonblock };
    Flock::lock(file, how).map_err(|(_, errno)| errno)
}
