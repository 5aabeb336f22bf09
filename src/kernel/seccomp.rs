//! seccomp(2): a filter in classic BPF.

use super::{Kernel, answer, raw};
use nix::errno::Errno;

/// One instruction of classic BPF (struct sock_filter of linux/filter.h).
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Instruction {
    /// What to do.
    pub code: u16,
    /// How many instructions to skip where the comparison holds.
    pub jt: u8,
    /// How many where it does not.
    pub jf: u8,
    /// The constant or offset.
    pub k: u32,
}

/// struct sock_fprog of linux/filter.h.
#[repr(C)]
pub(super) struct Program {
    len: u16,
    filter: *const Instruction,
}

impl Program {
    /// A slice of more than 65535 instructions is cut short by the cast, never read beyond its end.
    pub(super) fn of(filter: &[Instruction]) -> Program {
        Program { len: filter.len() as u16, filter: filter.as_ptr() }
    }
}

impl Kernel {
    /// SECCOMP_SET_MODE_FILTER: the filter judges each later system call of the caller and its children. Filters add up; the strictest
    /// answer counts; none can be taken away. `log`: SECCOMP_FILTER_FLAG_LOG.
    ///
    /// Errors: EACCES with neither no_new_privs nor CAP_SYS_ADMIN in the caller's user namespace; EINVAL for a program that could run
    /// past its end, jumps too far, or has none or more than 4096 instructions; ENOMEM when all filters together are too long.
    pub fn seccomp(&mut self, filter: &[Instruction], log: bool) -> Result<(), Errno> {
        let program = Program::of(filter);
        let flags = if log { libc::SECCOMP_FILTER_FLAG_LOG } else { 0 };
        // SAFETY: the kernel reads `len` instructions from `filter`, which outlives the call and has that many.
        let got = answer(unsafe { libc::syscall(libc::SYS_seccomp, libc::SECCOMP_SET_MODE_FILTER, flags, &program) });
        let flags = if log { "SECCOMP_FILTER_FLAG_LOG" } else { "0" };
        let shown = format!("{{len={}, filter=…}}", filter.len());
        self.record("seccomp", vec![raw("SECCOMP_SET_MODE_FILTER"), raw(flags), raw(shown)], got).map(drop)
    }
}
