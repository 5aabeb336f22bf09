//! System V IPC and POSIX message queues: what an ipc namespace holds (ipc_namespaces(7)).

use super::{Kernel, answer, raw};
use crate::model::Arg;
use nix::errno::Errno;
use std::ffi::CString;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};

/// The three kinds of System V IPC objects (sysvipc(7)).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SysV {
    /// A message queue.
    Queue,
    /// A set of semaphores.
    Sem,
    /// Shared memory.
    Shm,
}

/// The size of a new shared memory segment, in bytes: one page.
const SHM_SIZE: usize = 4096;

/// struct msgbuf: a type, then the text.
const TYPE: usize = size_of::<libc::c_long>();

/// How many messages a new POSIX queue holds, and how long one may be, in bytes.
const MESSAGES: i64 = 10;
const MESSAGE_SIZE: i64 = 256;

impl Kernel {
    /// msgget(2), semget(2) with one semaphore, shmget(2) with 4096 bytes: makes an object, or with `make` false finds the one that has
    /// the key. Key 0 is IPC_PRIVATE: a new one without key. The answer is its number in this ipc namespace.
    ///
    /// Errors: EEXIST there is one; ENOENT there is none; ENOSPC at the namespace's limit (kernel.msgmni, sem, shmmni); EACCES not ours.
    pub fn sysv_get(&mut self, what: SysV, key: u32, make: bool) -> Result<i32, Errno> {
        let flags = if make { libc::IPC_CREAT | libc::IPC_EXCL | 0o600 } else { 0 };
        let c_key = key as libc::key_t;
        // SAFETY: these take integers.
        let got = unsafe {
            match what {
                SysV::Queue => libc::msgget(c_key, flags),
                SysV::Sem => libc::semget(c_key, i32::from(make), flags),
                SysV::Shm => libc::shmget(c_key, if make { SHM_SIZE } else { 0 }, flags),
            }
        };
        let key = if key == 0 { "IPC_PRIVATE".into() } else { format!("0x{key:x}") };
        let flags = if make { "IPC_CREAT|IPC_EXCL|0600" } else { "000" };
        let size = if make { SHM_SIZE } else { 0 }.to_string();
        let (name, args) = match what {
            SysV::Queue => ("msgget", vec![raw(key), raw(flags)]),
            SysV::Sem => ("semget", vec![raw(key), raw(if make { "1" } else { "0" }), raw(flags)]),
            SysV::Shm => ("shmget", vec![raw(key), raw(size), raw(flags)]),
        };
        self.record(name, args, answer(i64::from(got))).map(|id| id as i32)
    }

    /// msgctl(2), semctl(2), shmctl(2) with IPC_RMID: removes the object. Shared memory goes when the last process has detached it.
    ///
    /// Errors: EINVAL no such number here (it may have one in another ipc namespace); EPERM not the owner.
    pub fn sysv_remove(&mut self, what: SysV, id: i32) -> Result<(), Errno> {
        // SAFETY: with IPC_RMID no pointer is read.
        let got = unsafe {
            match what {
                SysV::Queue => libc::msgctl(id, libc::IPC_RMID, std::ptr::null_mut()),
                SysV::Sem => libc::semctl(id, 0, libc::IPC_RMID),
                SysV::Shm => libc::shmctl(id, libc::IPC_RMID, std::ptr::null_mut()),
            }
        };
        let id = raw(id.to_string());
        let (name, args) = match what {
            SysV::Queue => ("msgctl", vec![id, raw("IPC_RMID"), raw("NULL")]),
            SysV::Sem => ("semctl", vec![id, raw("0"), raw("IPC_RMID"), raw("NULL")]),
            SysV::Shm => ("shmctl", vec![id, raw("IPC_RMID"), raw("NULL")]),
        };
        self.record(name, args, answer(i64::from(got))).map(drop)
    }

    /// msgsnd(2) with type 1, without waiting.
    ///
    /// Errors: EAGAIN the queue is full (kernel.msgmnb); EINVAL longer than kernel.msgmax; EACCES not ours.
    pub fn msgsnd(&mut self, id: i32, text: &str) -> Result<(), Errno> {
        let message = [&libc::c_long::to_ne_bytes(1), text.as_bytes()].concat();
        // SAFETY: `message` begins with the type, has `text.len()` bytes after it, and outlives the call.
        let got = answer(i64::from(unsafe { libc::msgsnd(id, message.as_ptr().cast(), text.len(), libc::IPC_NOWAIT) }));
        let body = format!("{{mtype=1, mtext={}}}", Arg::Str(text.into()));
        self.record("msgsnd", vec![raw(id.to_string()), raw(body), raw(text.len().to_string()), raw("IPC_NOWAIT")], got).map(drop)
    }

    /// msgrcv(2): the oldest message, without waiting; at most `most` bytes of it.
    ///
    /// Errors: ENOMSG the queue is empty; EACCES not ours.
    pub fn msgrcv(&mut self, id: i32, most: usize) -> Result<String, Errno> {
        let mut message = vec![0; TYPE + most];
        let flags = libc::IPC_NOWAIT | libc::MSG_NOERROR;
        // SAFETY: `message` has room for the type and `most` bytes, and outlives the call.
        let got = answer(unsafe { libc::msgrcv(id, message.as_mut_ptr().cast(), most, 0, flags) } as i64);
        let length = got.map_or(0, |length| length as usize);
        let text = String::from_utf8_lossy(message.get(TYPE..TYPE + length).unwrap_or_default()).into_owned();
        let body = if got.is_ok() { format!("{{mtype=1, mtext={}}}", Arg::Str(text.clone())) } else { "NULL".into() };
        let args = vec![raw(id.to_string()), raw(body), raw(most.to_string()), raw("0"), raw("MSG_NOERROR|IPC_NOWAIT")];
        self.record("msgrcv", args, got).map(|_| text)
    }

    /// mq_open(2) of a POSIX message queue, made with `make`, in the form of the system call: without the slash of mq_open(3).
    ///
    /// Errors: EEXIST; ENOENT; ENOSPC at fs.mqueue.queues_max of this ipc namespace; EMFILE at RLIMIT_MSGQUEUE; EACCES; ENOSYS.
    pub fn mq_open(&mut self, name: &str, make: bool) -> Result<OwnedFd, Errno> {
        let c_name = CString::new(name).map_err(|_| Errno::EINVAL)?;
        let flags = libc::O_RDWR | libc::O_CLOEXEC | if make { libc::O_CREAT | libc::O_EXCL } else { 0 };
        // SAFETY: all zero is a valid mq_attr: it holds integers only.
        let mut attributes: libc::mq_attr = unsafe { std::mem::zeroed() };
        // Small: the default of 10 messages of 8 KiB lets one user have nine queues (RLIMIT_MSGQUEUE).
        (attributes.mq_maxmsg, attributes.mq_msgsize) = (MESSAGES, MESSAGE_SIZE);
        // SAFETY: a NUL-terminated string and a valid mq_attr that outlive the call.
        let got = answer(unsafe { libc::syscall(libc::SYS_mq_open, c_name.as_ptr(), flags, 0o600, &attributes) });
        let shown = format!("{{mq_flags=0, mq_maxmsg={MESSAGES}, mq_msgsize={MESSAGE_SIZE}, mq_curmsgs=0}}");
        let args = match make {
            true => vec![Arg::Str(name.into()), raw("O_RDWR|O_CREAT|O_EXCL|O_CLOEXEC"), raw("0600"), raw(shown)],
            false => vec![Arg::Str(name.into()), raw("O_RDWR|O_CLOEXEC")],
        };
        let fd = self.record("mq_open", args, got)?;
        // SAFETY: the kernel has just given us this descriptor; nobody else owns it.
        Ok(unsafe { OwnedFd::from_raw_fd(fd as i32) })
    }

    /// mq_unlink(2).
    ///
    /// Errors: ENOENT; EACCES not the owner.
    pub fn mq_unlink(&mut self, name: &str) -> Result<(), Errno> {
        let c_name = CString::new(name).map_err(|_| Errno::EINVAL)?;
        // SAFETY: a NUL-terminated string that outlives the call.
        let got = answer(unsafe { libc::syscall(libc::SYS_mq_unlink, c_name.as_ptr()) });
        self.record("mq_unlink", vec![Arg::Str(name.into())], got).map(drop)
    }

    /// fsopen(2), fsconfig(2), fsmount(2): the mqueue file system of the caller's ipc namespace as a mount that is attached nowhere and
    /// ends with its descriptor. Three calls, for none of them is anything without the others.
    ///
    /// Errors: EPERM without CAP_SYS_ADMIN in the user namespace that owns the mount namespace; ENODEV no such file system.
    pub fn mqueue_mount(&mut self) -> Result<OwnedFd, Errno> {
        let name = c"mqueue";
        // SAFETY: a NUL-terminated string that outlives the call, and an integer.
        let got = answer(unsafe { libc::syscall(libc::SYS_fsopen, name.as_ptr(), FSOPEN_CLOEXEC) });
        let context = self.record("fsopen", vec![Arg::Str("mqueue".into()), raw("FSOPEN_CLOEXEC")], got)? as i32;
        // SAFETY: the kernel has just given us this descriptor; nobody else owns it.
        let context = unsafe { OwnedFd::from_raw_fd(context) };
        let label = || Arg::Fd(context.as_raw_fd(), "anon_inode:[fscontext]".into());
        let null = std::ptr::null::<libc::c_char>();
        // SAFETY: this command of fsconfig takes no key and no value.
        let got = answer(unsafe { libc::syscall(libc::SYS_fsconfig, context.as_raw_fd(), FSCONFIG_CMD_CREATE, null, null, 0) });
        self.record("fsconfig", vec![label(), raw("FSCONFIG_CMD_CREATE"), raw("NULL"), raw("NULL"), raw("0")], got)?;
        // SAFETY: fsmount takes three integers.
        let got = answer(unsafe { libc::syscall(libc::SYS_fsmount, context.as_raw_fd(), FSMOUNT_CLOEXEC, 0) });
        let mount = self.record("fsmount", vec![label(), raw("FSMOUNT_CLOEXEC"), raw("0")], got)? as i32;
        // SAFETY: as above.
        Ok(unsafe { OwnedFd::from_raw_fd(mount) })
    }
}

/// linux/mount.h
const FSOPEN_CLOEXEC: u32 = 1;
const FSMOUNT_CLOEXEC: u32 = 1;
const FSCONFIG_CMD_CREATE: u32 = 6;
