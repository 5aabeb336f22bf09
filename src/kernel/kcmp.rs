//! Whether two processes share a resource of the kernel: kcmp(2).

use super::{Kernel, answer, raw};
use nix::errno::Errno;

/// What can be compared without a further argument: number and name (linux/kcmp.h).
pub const RESOURCES: &[(i32, &str)] =
    &[(1, "KCMP_VM"), (2, "KCMP_FILES"), (3, "KCMP_FS"), (4, "KCMP_SIGHAND"), (5, "KCMP_IO"), (6, "KCMP_SYSVSEM")];

impl Kernel {
    /// kcmp(2): do these processes (PIDs as the caller counts) share this resource? Any other answer than 0 is an order of addresses that the
    /// kernel has scrambled: different.
    ///
    /// Errors: EPERM without the right to inspect both (PTRACE_MODE_READ_REALCREDS, ptrace(2)); ESRCH; EINVAL for a resource that is not
    /// known; ENOSYS where the kernel was built without it (CONFIG_KCMP).
    pub fn kcmp(&mut self, one: i32, other: i32, resource: (i32, &str)) -> Result<bool, Errno> {
        // SAFETY: five integers.
        let got = answer(unsafe { libc::syscall(libc::SYS_kcmp, one, other, resource.0, 0, 0) });
        let args = vec![raw(one.to_string()), raw(other.to_string()), raw(resource.1)];
        self.record("kcmp", args, got).map(|order| order == 0)
    }
}
