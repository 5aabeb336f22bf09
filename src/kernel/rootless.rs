//! The bench itself in a user namespace, in which an ordinary user is root: `boxlab --rootless`. Plumbing, before there is a session.

use super::{Kernel, Program, exit_now, fork_worker};
use crate::model::Exit;
use nix::errno::Errno;
use nix::fcntl::OFlag;
use nix::sched::CloneFlags;
use nix::sys::wait::{WaitStatus, waitpid};
use nix::unistd::Pid;
use std::fs::File;
use std::io::Write;
use std::os::fd::AsRawFd;

/// A new user namespace for this process. Its own IDs are 0 there; IDs from 1 on are the subordinate ones, which `helpers`
/// (newuidmap(1), newgidmap(1)) map for it. Returns whether those are mapped: the helpers can be missing or refuse, and then there is
/// the one ID that every user may map. Only for a process with one thread.
///
/// Errors: as unshare(2): EPERM where a setting or a security module forbids it, ENOSPC at a limit (user_namespaces(7)); as
/// write(2) to the maps.
pub fn become_root(helpers: Option<[Program; 2]>) -> Result<bool, Errno> {
    let (uid, gid) = (nix::unistd::geteuid().as_raw(), nix::unistd::getegid().as_raw());
    let (unshared, told) = nix::unistd::pipe2(OFlag::O_CLOEXEC)?;
    // newuidmap is set-user-ID root: inside the new namespace that root has no ID, so who calls it has to stay outside.
    let helper = fork_worker(|| {
        // Its copy of the end that is written to; with it, it would wait for itself. `exit_now` below drops nothing twice.
        let _ = nix::unistd::close(told.as_raw_fd());
        let ready = nix::unistd::read(&unshared, &mut [0]);
        let run = |program: &Program| matches!(Kernel::new().run_helper(program), Ok((Exit::Status(0), _)));
        let some = helpers.as_ref().filter(|_| matches!(ready, Ok(1)));
        exit_now(i32::from(!some.is_some_and(|programs| programs.iter().all(run))))
    })?;
    let unshared = nix::sched::unshare(CloneFlags::CLONE_NEWUSER);
    match unshared {
        Ok(()) => drop(File::from(told).write_all(b"!")),
        Err(_) => drop(told),
    }
    let all = matches!(waitpid(Pid::from_raw(helper), None), Ok(WaitStatus::Exited(_, 0)));
    unshared?;
    // Where only one of the two came about, the other is written here: neither can be written twice.
    let single = |file: &str, text: String| match std::fs::write(format!("/proc/self/{file}"), text) {
        Ok(()) => Ok(()),
        Err(error) => Err(error.raw_os_error().map_or(Errno::EIO, Errno::from_raw)),
    };
    if !all {
        if is_empty("uid_map") {
            single("uid_map", format!("0 {uid} 1"))?;
        }
        if is_empty("gid_map") {
            single("setgroups", "deny".into())?;
            single("gid_map", format!("0 {gid} 1"))?;
        }
    }
    Ok(all)
}

fn is_empty(file: &str) -> bool {
    std::fs::read_to_string(format!("/proc/self/{file}")).is_ok_and(|text| text.trim().is_empty())
}
