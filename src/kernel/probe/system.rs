//! Probes of the capabilities over processes, network, memory, clocks and the machine.

use super::super::{Kernel, answer, exit_now, fork_worker, raw};
use super::{Ready, other};
use crate::model::{Arg, Rlimit, resource};
use nix::errno::Errno;
use nix::fcntl::OFlag;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};

/// socket(2).
pub fn socket(family: i32, kind: i32, protocol: i32) -> Result<OwnedFd, Errno> {
    // SAFETY: socket takes three integers.
    let fd = answer(i64::from(unsafe { libc::socket(family, kind | libc::SOCK_CLOEXEC, protocol) }))?;
    // SAFETY: the kernel has just made this descriptor for us; nobody else owns it.
    Ok(unsafe { OwnedFd::from_raw_fd(fd as i32) })
}

/// A child that waits to be killed, of another user. It dies with us.
pub fn another_user() -> Result<i32, Errno> {
    helper(|| {
        let uid = other(nix::unistd::geteuid().as_raw());
        // SAFETY: setresuid takes three integers.
        unsafe { libc::syscall(libc::SYS_setresuid, uid, uid, uid) == 0 }
    })
}

/// A child that waits to be killed, and that only CAP_SYS_PTRACE may look into (PR_SET_DUMPABLE).
pub fn undumpable() -> Result<i32, Errno> {
    // SAFETY: this prctl takes an integer.
    helper(|| unsafe { libc::prctl(libc::PR_SET_DUMPABLE, 0) == 0 })
}

/// Starts a child, and waits until it is what it is to be.
fn helper(become_it: impl FnOnce() -> bool) -> Result<i32, Errno> {
    let (hear, tell) = nix::unistd::pipe2(OFlag::O_CLOEXEC)?;
    let child = fork_worker(|| {
        if !become_it() {
            exit_now(1)
        }
        // A change of user ID took the death with the parent away.
        super::super::die_with_parent(nix::unistd::getppid().as_raw());
        let _ = nix::unistd::write(&tell, &[1]);
        loop {
            nix::unistd::pause();
        }
    })?;
    drop(tell);
    match nix::unistd::read(&hear, &mut [0]) {
        Ok(1) => Ok(child),
        _ => Err(Errno::EPERM),
    }
}

/// A message queue that its mode closes to everybody.
pub fn closed_queue() -> Result<i32, Errno> {
    // SAFETY: msgget takes two integers.
    answer(i64::from(unsafe { libc::msgget(libc::IPC_PRIVATE, 0) })).map(|id| id as i32)
}

/// Changes a limit of our own, and gives the hard limit that was.
pub fn lower(name: &str, how: impl FnOnce(Rlimit) -> Rlimit) -> Result<u64, Errno> {
    let one = resource(name).ok_or(Errno::EINVAL)?;
    let was = super::super::rlimit(one)?;
    Kernel::new().set_rlimit(one, how(was))?;
    Ok(was.hard.unwrap_or(libc::RLIM64_INFINITY))
}

impl Kernel {
    pub(super) fn probe_system(&mut self, cap: &str, ready: &Ready) -> Result<i64, Errno> {
        let text = |text: &str| Arg::Str(text.into());
        let plain = |words: &[i64]| {
            let mut all = [0; 6];
            words.iter().zip(&mut all).for_each(|(word, place)| *place = *word as usize);
            all
        };
        let at = |pointer: *const libc::c_void| pointer as i64;
        // SAFETY of each call below: its addresses are null, NUL-terminated constants, or locals of the size that the call is told.
        match (cap, ready) {
            ("NET_ADMIN", Ready::Socket(socket)) => {
                let (fd, size) = (socket.as_raw_fd(), 7i32);
                let words = plain(&[fd.into(), 1, libc::SO_PRIORITY.into(), at((&raw const size).cast()), 4]);
                let shown = vec![Arg::Fd(fd, "socket".into()), raw("SOL_SOCKET"), raw("SO_PRIORITY"), raw("[7]"), raw("4")];
                // SAFETY: one int, and its size.
                unsafe { self.raw_call("setsockopt", libc::SYS_setsockopt, words, shown) }
            }
            ("NET_BIND_SERVICE", Ready::Socket(socket)) => {
                // sockaddr_in: family, port 1 in network order, address 0.0.0.0.
                let mut address = [0u8; 16];
                address[..2].copy_from_slice(&(libc::AF_INET as u16).to_ne_bytes());
                address[3] = 1;
                let shown = "{sa_family=AF_INET, sin_port=htons(1), sin_addr=inet_addr(\"0.0.0.0\")}";
                self.probe_bind(socket, &address, shown)
            }
            ("AUDIT_READ", Ready::Socket(socket)) => {
                // sockaddr_nl: family, no port, the group AUDIT_NLGRP_READLOG.
                let mut address = [0u8; 12];
                address[..2].copy_from_slice(&(libc::AF_NETLINK as u16).to_ne_bytes());
                address[8] = 1;
                self.probe_bind(socket, &address, "{sa_family=AF_NETLINK, nl_pid=0, nl_groups=0x000001}")
            }
            ("NET_RAW", _) => {
                let words = plain(&[libc::AF_INET.into(), libc::SOCK_RAW.into(), libc::IPPROTO_ICMP.into()]);
                let shown = vec![raw("AF_INET"), raw("SOCK_RAW"), raw("IPPROTO_ICMP")];
                // SAFETY: three integers.
                unsafe { self.raw_call("socket", libc::SYS_socket, words, shown) }
            }
            ("IPC_LOCK", _) => {
                let page = [0u8; 4096];
                let words = plain(&[at(page.as_ptr().cast()), 4096]);
                // SAFETY: the memory that is locked is `page`, and the lock ends with this process.
                unsafe { self.raw_call("mlock", libc::SYS_mlock, words, vec![raw("NULL"), raw("4096")]) }
            }
            ("IPC_OWNER", Ready::Queue(queue)) => {
                let mut message = [0u8; 16];
                let words = plain(&[(*queue).into(), at(message.as_mut_ptr().cast()), 0, 0, libc::IPC_NOWAIT.into()]);
                let shown = vec![raw(queue.to_string()), raw("NULL"), raw("0"), raw("0"), raw("IPC_NOWAIT")];
                // SAFETY: a message of 0 bytes is its type alone, for which `message` has room.
                let got = unsafe { self.raw_call("msgrcv", libc::SYS_msgrcv, words, shown) };
                // SAFETY: IPC_RMID takes no address. It is ours, so it may be removed whatever its mode.
                unsafe { libc::msgctl(*queue, libc::IPC_RMID, std::ptr::null_mut()) };
                got
            }
            ("SYS_MODULE", _) => {
                let words = plain(&[at(c"boxlab_no_such".as_ptr().cast()), libc::O_NONBLOCK.into()]);
                // SAFETY: a NUL-terminated name.
                unsafe {
                    self.raw_call(
                        "delete_module",
                        libc::SYS_delete_module,
                        words,
                        vec![text("boxlab_no_such"), raw("O_NONBLOCK")],
                    )
                }
            }
            #[cfg(target_arch = "x86_64")]
            ("SYS_RAWIO", _) => {
                let words = plain(&[0x80, 1, 1]);
                // SAFETY: three integers; this process ends before it uses the port.
                unsafe { self.raw_call("ioperm", libc::SYS_ioperm, words, vec![raw("0x80"), raw("0x1"), raw("1")]) }
            }
            ("SYS_CHROOT", _) => {
                // SAFETY: a NUL-terminated path.
                unsafe { self.raw_call("chroot", libc::SYS_chroot, plain(&[at(c"/".as_ptr().cast())]), vec![text("/")]) }
            }
            ("SYS_PTRACE", Ready::Process(pid)) => {
                let pidfd = super::super::pidfd_open(*pid)?;
                let shown = vec![Arg::Fd(pidfd.as_raw_fd(), "anon_inode:[pidfd]".into()), raw("0"), raw("0")];
                // SAFETY: three integers.
                unsafe { self.raw_call("pidfd_getfd", libc::SYS_pidfd_getfd, plain(&[pidfd.as_raw_fd().into(), 0, 0]), shown) }
            }
            ("SYS_PACCT", _) => {
                let words = plain(&[at(c"/boxlab-no-such".as_ptr().cast())]);
                // SAFETY: a NUL-terminated path.
                unsafe { self.raw_call("acct", libc::SYS_acct, words, vec![text("/boxlab-no-such")]) }
            }
            ("SYS_BOOT", _) => {
                // Without the magic numbers nothing happens.
                let shown = vec![raw("0"), raw("0"), raw("0"), raw("NULL")];
                // SAFETY: integers and a null pointer.
                unsafe { self.raw_call("reboot", libc::SYS_reboot, plain(&[]), shown) }
            }
            ("SYS_TIME", _) => {
                // ADJ_TICK with a tick that no clock has: struct timex begins with the mode.
                let mut timex = [0u64; 32];
                timex[0] = 0x4000;
                let words = plain(&[at(timex.as_mut_ptr().cast())]);
                // SAFETY: the kernel reads and writes one struct timex, for which `timex` has room and alignment.
                unsafe { self.raw_call("adjtimex", libc::SYS_adjtimex, words, vec![raw("{modes=ADJ_TICK, tick=0}")]) }
            }
            ("SYS_TTY_CONFIG", _) => {
                // SAFETY: no arguments. This process has a session of its own, without a terminal.
                unsafe { self.raw_call("vhangup", libc::SYS_vhangup, plain(&[]), Vec::new()) }
            }
            ("MKNOD", _) => {
                let path = format!("/tmp/.boxlab-try-{}", std::process::id());
                let c_path = std::ffi::CString::new(path.as_str()).map_err(|_| Errno::EINVAL)?;
                let mode = i64::from(libc::S_IFCHR | 0o600);
                let words = plain(&[libc::AT_FDCWD.into(), at(c_path.as_ptr().cast()), mode, libc::makedev(1, 3) as i64]);
                let shown = vec![raw("AT_FDCWD"), text(&path), raw("S_IFCHR|0600"), raw("makedev(0x1, 0x3)")];
                // SAFETY: a NUL-terminated path and integers.
                let got = unsafe { self.raw_call("mknodat", libc::SYS_mknodat, words, shown) };
                if got.is_ok() {
                    let _ = nix::unistd::unlink(path.as_str());
                }
                got
            }
            ("SYSLOG", _) => {
                let shown = vec![raw("SYSLOG_ACTION_SIZE_UNREAD"), raw("NULL"), raw("0")];
                // SAFETY: integers and a null pointer.
                unsafe { self.raw_call("syslog", libc::SYS_syslog, plain(&[9, 0, 0]), shown) }
            }
            ("WAKE_ALARM", _) => {
                let shown = vec![raw("CLOCK_BOOTTIME_ALARM"), raw("0")];
                // SAFETY: two integers.
                unsafe {
                    self.raw_call(
                        "timerfd_create",
                        libc::SYS_timerfd_create,
                        plain(&[libc::CLOCK_BOOTTIME_ALARM.into(), 0]),
                        shown,
                    )
                }
            }
            ("PERFMON", _) => {
                // struct perf_event_attr, first version (64 bytes): PERF_TYPE_SOFTWARE, PERF_COUNT_SW_CPU_CLOCK, the kernel as well.
                let mut attr = [0u32; 16];
                (attr[0], attr[1]) = (1, 64);
                let words = plain(&[at(attr.as_ptr().cast()), 0, -1, -1, 8]);
                let shown =
                    vec![raw("{type=PERF_TYPE_SOFTWARE, …}"), raw("0"), raw("-1"), raw("-1"), raw("PERF_FLAG_FD_CLOEXEC")];
                // SAFETY: the kernel reads as many bytes as the structure itself says: 64.
                unsafe { self.raw_call("perf_event_open", libc::SYS_perf_event_open, words, shown) }
            }
            ("BPF", _) => {
                // union bpf_attr of BPF_MAP_CREATE: BPF_MAP_TYPE_LRU_HASH, keys and values of 4 bytes, one entry.
                let attr = [9u32, 4, 4, 1];
                let words = plain(&[0, at(attr.as_ptr().cast()), 16]);
                let shown = vec![raw("BPF_MAP_CREATE"), raw("{map_type=BPF_MAP_TYPE_LRU_HASH, …}"), raw("16")];
                // SAFETY: the kernel reads 16 bytes, and `attr` has as many.
                unsafe { self.raw_call("bpf", libc::SYS_bpf, words, shown) }
            }
            ("CHECKPOINT_RESTORE", _) => {
                let dir = std::fs::read_dir("/proc/self/map_files").ok();
                let first = dir.and_then(|mut dir| dir.next()?.ok()).ok_or(Errno::ENOENT)?;
                self.probe_open(&first.path().to_string_lossy(), OFlag::O_PATH, "O_RDONLY|O_CLOEXEC|O_PATH")
            }
            _ => Err(Errno::ENOSYS),
        }
    }

    fn probe_bind(&mut self, socket: &OwnedFd, address: &[u8], shown: &str) -> Result<i64, Errno> {
        let (fd, length) = (socket.as_raw_fd(), address.len());
        let words = [fd as usize, address.as_ptr() as usize, length, 0, 0, 0];
        let shown = vec![Arg::Fd(fd, "socket".into()), raw(shown), raw(length.to_string())];
        // SAFETY: the kernel reads as many bytes of the address as it is told, which is all of it.
        unsafe { self.raw_call("bind", libc::SYS_bind, words, shown) }
    }
}
