//! A trial: what would the kernel say? Asked in a throw-away child, so that nothing of this process changes.

use super::{Kernel, die_with_parent, exit_now, plumbing_kill};
use nix::errno::Errno;
use nix::fcntl::OFlag;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::wait::waitpid;
use nix::unistd::ForkResult;
use serde::{Serialize, de::DeserializeOwned};
use std::fs::File;
use std::io::{Read, Write};
use std::os::fd::AsFd;

/// How long a trial may take, in milliseconds; a call that waits for ever is an answer, too.
const PATIENCE: u16 = 5000;

/// Does `work` in a child of its own and hands back what it found. With the child go its namespaces and mounts. Only for a process
/// with one thread.
///
/// Errors: EAGAIN, ENOMEM where no child can be made; ETIMEDOUT where it did not end (it is killed then).
pub fn trial<T: Serialize + DeserializeOwned>(work: impl FnOnce(&mut Kernel) -> T) -> Result<T, Errno> {
    let (read, write) = nix::unistd::pipe2(OFlag::O_CLOEXEC)?;
    let parent = nix::unistd::getpid();
    // SAFETY: the caller has one thread, so the child's copy of memory is whole.
    match unsafe { nix::unistd::fork() }? {
        ForkResult::Child => {
            drop(read);
            die_with_parent(parent.as_raw());
            let found = work(&mut Kernel::new());
            let text = serde_json::to_vec(&found).unwrap_or_default();
            // Where it cannot be told, the parent takes it for a trial that did not end.
            let _ = File::from(write).write_all(&text);
            exit_now(0)
        }
        ForkResult::Parent { child } => {
            drop(write);
            let mut text = Vec::new();
            if poll(&mut [PollFd::new(read.as_fd(), PollFlags::POLLIN)], PollTimeout::from(PATIENCE)) == Ok(1) {
                // A pipe takes more than is told here, so the child does not wait for the reader.
                let _ = File::from(read).read_to_end(&mut text);
            }
            // It has ended, or has to; its PID is its own until it is waited for.
            let _ = plumbing_kill(child.as_raw(), libc::SIGKILL);
            let _ = waitpid(child, None);
            serde_json::from_slice(&text).map_err(|_| Errno::ETIMEDOUT)
        }
    }
}
