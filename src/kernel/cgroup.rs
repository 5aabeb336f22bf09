//! cgroups: a directory, a file, a number. Everything is mkdir(2), rmdir(2) and write(2) (see `file`).

use super::Kernel;
use nix::errno::Errno;
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
}
