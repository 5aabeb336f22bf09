//! cgroups: a directory, a file, a number. Everything is mkdir(2), rmdir(2) and write(2) (see `file`).

use super::{Kernel, raw};
use crate::model::Arg;
use nix::errno::Errno;
use nix::fcntl::{AT_FDCWD, OFlag, openat};
use nix::sys::stat::Mode;
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
