//! Files through which the kernel is told things: `/proc/PID/uid_map`, `memory.max`, `cgroup.procs`.

use super::{Kernel, raw};
use crate::model::Arg;
use nix::errno::Errno;
use nix::fcntl::{AT_FDCWD, OFlag, openat};
use nix::sys::stat::Mode;
use std::os::fd::AsRawFd;
use std::path::Path;

impl Kernel {
    /// Writes `text` to an existing file in one write(2): the kernel takes a value, or a map, as a whole or not at all.
    /// Recorded is the write; the open only when it is what failed. Never creates a file.
    ///
    /// Errors: what openat(2) and the file's own write say; see `explain`.
    pub fn write_file(&mut self, path: &Path, text: &str) -> Result<(), Errno> {
        let name = path.to_string_lossy().into_owned();
        let file = match openat(AT_FDCWD, path, OFlag::O_WRONLY | OFlag::O_CLOEXEC, Mode::empty()) {
            Ok(file) => file,
            Err(errno) => {
                let args = vec![raw("AT_FDCWD"), Arg::Str(name), raw("O_WRONLY|O_CLOEXEC")];
                self.record("openat", args, Err(errno))?;
                return Err(errno);
            }
        };
        let answer = nix::unistd::write(&file, text.as_bytes()).map(|written| written as i64);
        let args = vec![Arg::Fd(file.as_raw_fd(), name), Arg::Str(text.into()), raw(text.len().to_string())];
        self.record("write", args, answer).map(drop)
    }

    /// mkdir(2) with mode 0777 less the umask.
    pub fn mkdir(&mut self, path: &Path) -> Result<(), Errno> {
        let answer = nix::unistd::mkdir(path, Mode::from_bits_truncate(0o777)).map(|()| 0);
        self.record("mkdir", vec![Arg::Str(path.to_string_lossy().into_owned()), raw("0777")], answer).map(drop)
    }

    /// rmdir(2).
    pub fn rmdir(&mut self, path: &Path) -> Result<(), Errno> {
        let c_path = std::ffi::CString::new(path.as_os_str().as_encoded_bytes()).map_err(|_| Errno::EINVAL)?;
        // SAFETY: the pointer is to a NUL-terminated string that outlives the call.
        let answer = super::answer(i64::from(unsafe { libc::rmdir(c_path.as_ptr()) }));
        self.record("rmdir", vec![Arg::Str(path.to_string_lossy().into_owned())], answer).map(drop)
    }
}
