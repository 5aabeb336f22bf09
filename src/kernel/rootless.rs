//! The bench itself in a user namespace, in which an ordinary user is root: `boxlab --rootless`. Plumbing, before there is a session.

use super::{exit_now, fork_worker};
use nix::errno::Errno;
use nix::fcntl::OFlag;
use nix::sched::CloneFlags;
use nix::sys::wait::{WaitStatus, waitpid};
use nix::unistd::Pid;
use std::fs::File;
use std::io::Write;
use std::os::fd::AsRawFd;
use std::process::{Command, Stdio};

/// A new user namespace for this process. Its own IDs are 0 there; IDs from 1 on are the subordinate ones, given as pairs of a
/// first and a count, for users and for groups. Returns whether those are mapped: newuidmap(1), which may do it, can be missing or
/// refuse, and then there is the one ID that every user may map. Only for a process with one thread.
///
/// Errors: as unshare(2): EPERM where a setting or a security module forbids it, ENOSPC at a limit (user_namespaces(7)); as
/// write(2) to the maps.
pub fn become_root(subordinate: [Vec<(u32, u32)>; 2]) -> Result<bool, Errno> {
    let (uid, gid) = (nix::unistd::geteuid().as_raw(), nix::unistd::getegid().as_raw());
    let own = std::process::id();
    let (unshared, told) = nix::unistd::pipe2(OFlag::O_CLOEXEC)?;
    // newuidmap is set-user-ID root: inside the new namespace that root has no ID, so who calls it has to stay outside.
    let helper = fork_worker(|| {
        // Its copy of the end that is written to; with it, it would wait for itself. `exit_now` below drops nothing twice.
        let _ = nix::unistd::close(told.as_raw_fd());
        let ready = nix::unistd::read(&unshared, &mut [0]);
        let map = |program: &str, id: u32, ranges: &[(u32, u32)]| {
            let words = triples(id, ranges);
            let run = Command::new(program).arg(own.to_string()).args(words).stdin(Stdio::null()).stderr(Stdio::null()).status();
            run.is_ok_and(|status| status.success())
        };
        let [users, groups] = &subordinate;
        let some = !users.is_empty() && !groups.is_empty() && matches!(ready, Ok(1));
        exit_now(i32::from(!(some && map("newuidmap", uid, users) && map("newgidmap", gid, groups))))
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

/// newuidmap's words: 0 is `id`, and the ranges follow without a gap.
fn triples(id: u32, ranges: &[(u32, u32)]) -> Vec<String> {
    let mut words = vec!["0".to_string(), id.to_string(), "1".to_string()];
    let mut next = 1;
    for (first, count) in ranges {
        words.extend([next, *first, *count].map(|number| number.to_string()));
        next = next.saturating_add(*count);
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_follow_one_another_without_a_gap() {
        assert_eq!(triples(1000, &[(100000, 65536), (300000, 10)]).join(" "), "0 1000 1 1 100000 65536 65537 300000 10");
        assert_eq!(triples(65534, &[]).join(" "), "0 65534 1");
    }
}
