//! A set-user-ID program that has a right which the observer has not: it is run, and what it says is read.

use super::{Birth, Fork, Kernel, Program};
use crate::model::Exit;
use nix::errno::Errno;
use nix::fcntl::OFlag;
use std::fs::File;
use std::io::Read;
use std::os::fd::AsRawFd;

/// Longest complaint of a helper that is read, in bytes.
const ROOM: u64 = 4096;

impl Kernel {
    /// clone3(2), execve(2), wait4(2): runs a short program with nothing to read, and gives how it ended and what it complained of.
    ///
    /// Errors: as [`Kernel::clone3`] and execve(2).
    pub fn run_helper(&mut self, program: &Program) -> Result<(Exit, String), Errno> {
        let (complaint, complain) = nix::unistd::pipe2(OFlag::O_CLOEXEC)?;
        let (report, reporter) = nix::unistd::pipe2(OFlag::O_CLOEXEC)?;
        let list = |words: &[std::ffi::CString]| -> Vec<*const libc::c_char> {
            words.iter().map(|word| word.as_ptr()).chain([std::ptr::null()]).collect()
        };
        let (argv, envp) = (list(&program.argv), list(&program.envp));
        let child = match self.clone3(Birth::default())? {
            Fork::Parent(child) => child,
            Fork::Child => {
                // SAFETY: raw calls only, on what was made before: no lock that another thread of the parent could hold is taken. The lists
                // end with a null pointer, and what they point to outlives the calls.
                unsafe {
                    libc::dup2(complain.as_raw_fd(), 2);
                    libc::execve(program.path.as_ptr(), argv.as_ptr(), envp.as_ptr());
                    let errno = (Errno::last_raw()).to_ne_bytes();
                    libc::write(reporter.as_raw_fd(), errno.as_ptr().cast(), errno.len());
                }
                super::exit_now(127)
            }
        };
        drop((complain, reporter));
        let mut errno = [0; 4];
        // The end of the file is success: execve closed the other end.
        let failed = match nix::unistd::read(&report, &mut errno) {
            Ok(4) => Err(Errno::from_raw(i32::from_ne_bytes(errno))),
            _ => Ok(()),
        };
        let mut text = Vec::new();
        // What was read before an error is there all the same.
        let _ = File::from(complaint).take(ROOM).read_to_end(&mut text);
        let noted = self.note_exec(program, failed);
        let exit = loop {
            match self.wait4(child, false) {
                Ok((_, exit)) => break exit,
                Err(Errno::EINTR) => {}
                Err(errno) => return Err(errno),
            }
        };
        noted?;
        Ok((exit, String::from_utf8_lossy(&text).into_owned()))
    }
}
