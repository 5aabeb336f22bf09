//! One harmless thing for each capability that the kernel refuses without it. Made in a child that ends right afterwards: what it
//! gets, it takes with it.

mod file;
mod system;

use super::{Kernel, answer};
use crate::model::{Arg, NsKind, Rlimit, resource};
use nix::errno::Errno;
use std::os::fd::OwnedFd;

/// What a probe needs beforehand, made while all capabilities are still effective.
pub enum Ready {
    /// Nothing.
    Bare,
    /// A file in memory (memfd_create(2)); or one that belongs to somebody else.
    File(OwnedFd),
    /// A socket.
    Socket(OwnedFd),
    /// A process of another user, or one that may not be looked into.
    Process(i32),
    /// A System V message queue that nobody may read.
    Queue(i32),
    /// A soft limit of 0, or a hard limit that has just been lowered from this value.
    Limit(u64),
}

impl Kernel {
    /// Makes ready what the probe of this capability needs, as plumbing.
    ///
    /// Errors: what stood in the way; the probe cannot be made here then.
    pub fn probe_ready(cap: &str) -> Result<Ready, Errno> {
        Ok(match cap {
            "CHOWN" | "LINUX_IMMUTABLE" | "SETFCAP" => Ready::File(file::in_memory()?),
            "DAC_OVERRIDE" | "DAC_READ_SEARCH" => Ready::File(file::closed()?),
            "FOWNER" | "LEASE" => Ready::File(file::of_another()?),
            "KILL" => Ready::Process(system::another_user()?),
            "SYS_PTRACE" => Ready::Process(system::undumpable()?),
            "NET_BIND_SERVICE" | "NET_ADMIN" => Ready::Socket(system::socket(libc::AF_INET, libc::SOCK_STREAM, 0)?),
            "AUDIT_READ" => Ready::Socket(system::socket(libc::AF_NETLINK, libc::SOCK_RAW, libc::NETLINK_AUDIT)?),
            "IPC_OWNER" => Ready::Queue(system::closed_queue()?),
            "IPC_LOCK" => Ready::Limit(system::lower("MEMLOCK", |limit| Rlimit { soft: Some(0), ..limit })?),
            "SYS_RESOURCE" => Ready::Limit(system::lower("NOFILE", |limit| {
                let hard = limit.hard.map_or(1 << 20, |hard| hard.saturating_sub(1));
                Rlimit { soft: limit.soft.map(|soft| soft.min(hard)), hard: Some(hard) }
            })?),
            "SYS_TTY_CONFIG" => {
                // Without a terminal there is nothing that vhangup(2) could hang up.
                nix::unistd::setsid()?;
                Ready::Bare
            }
            _ => Ready::Bare,
        })
    }

    /// Does the thing, recorded. The errno tells whether the capability was asked for: what fails behind that question proves it
    /// as well as a success.
    ///
    /// Errors: EPERM or EACCES where the capability does not count; others see capabilities(7) and the call's page. ENOSYS where
    /// there is no probe.
    pub fn probe(&mut self, cap: &str, ready: &Ready) -> Result<i64, Errno> {
        match (cap, ready) {
            ("SETGID", _) => self.setgid(other(nix::unistd::getegid().as_raw())).map(|()| 0),
            ("SETUID", _) => self.setuid(other(nix::unistd::geteuid().as_raw())).map(|()| 0),
            ("SETPCAP", _) => self.capbset_drop(0).map(|()| 0),
            ("SYS_ADMIN", _) => self.unshare(&[NsKind::Uts]).map(|()| 0),
            ("SYS_NICE", _) => self.set_nice(0, (super::nice() - 1).max(-20)).map(|()| 0),
            ("SYS_RESOURCE", Ready::Limit(was)) => match resource("NOFILE") {
                Some(one) => self.set_rlimit(one, Rlimit { soft: Some(0), hard: Some(*was) }).map(|()| 0),
                None => Err(Errno::ENOSYS),
            },
            ("KILL", Ready::Process(pid)) => self.kill(*pid, 0).map(|()| 0),
            (_, Ready::File(file)) => self.probe_file(cap, file),
            _ => self.probe_system(cap, ready),
        }
    }

    /// One raw call, recorded.
    ///
    /// # Safety
    ///
    /// Each of `words` that the call takes for an address must be null or point to what the call reads or writes there, and live until
    /// it returns.
    unsafe fn raw_call(&mut self, name: &str, number: i64, words: [usize; 6], shown: Vec<Arg>) -> Result<i64, Errno> {
        // SAFETY: the caller promises that what the kernel takes for an address is one.
        let got = unsafe { libc::syscall(number, words[0], words[1], words[2], words[3], words[4], words[5]) };
        self.record(name, shown, answer(got))
    }
}

/// An ID that is not this one.
fn other(id: u32) -> u32 {
    if id == 1 { 2 } else { 1 }
}
