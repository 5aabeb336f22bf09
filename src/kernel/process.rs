//! Processes: clone3(2), execve(2), wait4(2), kill(2).

use super::{Kernel, answer, raw};
use crate::model::{Arg, Exit, NsKind};
use nix::errno::Errno;
use std::ffi::CString;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd, RawFd};

/// Which side of a fork one is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fork {
    /// The new process.
    Child,
    /// The caller, with the child's PID as the caller's PID namespace counts.
    Parent(i32),
}

/// A program ready for execve(2): everything that needs memory is made before the fork.
#[derive(Debug)]
pub struct Program {
    /// The file.
    pub path: CString,
    /// `argv`.
    pub argv: Vec<CString>,
    /// `envp`.
    pub envp: Vec<CString>,
}

/// How a child is born, if not in all that is its parent's.
#[derive(Clone, Copy, Debug, Default)]
pub struct Birth<'a> {
    /// In new namespaces of these kinds.
    pub kinds: &'a [NsKind],
    /// In the cgroup (v2) of this open directory, whose path this is.
    pub cgroup: Option<(RawFd, &'a str)>,
    /// With this PID in its own PID namespace.
    pub tid: Option<i32>,
}

impl<'a> Birth<'a> {
    /// In new namespaces of these kinds.
    pub fn within(kinds: &'a [NsKind]) -> Birth<'a> {
        Birth { kinds, ..Birth::default() }
    }
}

/// struct clone_args of linux/sched.h, up to `cgroup` (CLONE_ARGS_SIZE_VER2, Linux 5.7).
#[repr(C, align(8))]
#[derive(Default)]
struct CloneArgs {
    flags: u64,
    pidfd: u64,
    child_tid: u64,
    parent_tid: u64,
    exit_signal: u64,
    stack: u64,
    stack_size: u64,
    tls: u64,
    set_tid: u64,
    set_tid_size: u64,
    cgroup: u64,
}

const CLONE_INTO_CGROUP: u64 = 0x2_0000_0000;

impl Kernel {
    /// clone3(2) as fork(2) uses it (copy of the memory, SIGCHLD at the end), with new namespaces; where there is a cgroup, born inside
    /// it (CLONE_INTO_CGROUP, Linux 5.7); and with a chosen PID (set_tid, Linux 5.5).
    ///
    /// Only for single-threaded callers: the child runs on the copy of the one thread there is.
    ///
    /// Errors: ENOMEM when the PID namespace for children has lost its init; EAGAIN at pids.max or RLIMIT_NPROC;
    /// EPERM, ENOSPC as for unshare(2). With a cgroup: EBUSY where it enables controllers for its children; EACCES where the
    /// caller may not write its cgroup.procs; EOPNOTSUPP where it is "domain invalid"; ENODEV where it has been removed; EBADF where
    /// the descriptor is something else. With a PID: EEXIST where it is taken; EPERM without CAP_CHECKPOINT_RESTORE (or CAP_SYS_ADMIN) in
    /// the owner of the PID namespace; EINVAL above pid_max, and for another one than 1 where there is no PID 1 yet.
    pub fn clone3(&mut self, birth: Birth<'_>) -> Result<Fork, Errno> {
        let Birth { kinds, cgroup, tid } = birth;
        let tids = [tid.unwrap_or(0)];
        let into = if cgroup.is_some() { CLONE_INTO_CGROUP } else { 0 };
        let args = CloneArgs {
            flags: NsKind::flags(kinds) | into,
            exit_signal: libc::SIGCHLD as u64,
            set_tid: if tid.is_some() { tids.as_ptr() as u64 } else { 0 },
            set_tid_size: u64::from(tid.is_some()),
            cgroup: cgroup.map_or(0, |(fd, _)| fd as u64),
            ..CloneArgs::default()
        };
        // CLONE_ARGS_SIZE_VER0 where no newer field is used, so that kernels from 5.3 on take it; VER1 has set_tid.
        let size = match (cgroup, tid) {
            (Some(_), _) => size_of::<CloneArgs>(),
            (None, Some(_)) => 80,
            (None, None) => 64,
        };
        // SAFETY: `args` is a valid clone_args of at least `size` bytes that outlives the call, as does the one number of `tids` that it
        // points to. Without CLONE_VM the child gets a copy of this memory, and with one thread in the process no lock can be held by
        // a thread that is not copied.
        let got = answer(unsafe { libc::syscall(libc::SYS_clone3, &args, size) });
        if got == Ok(0) {
            self.calls.clear();
            return Ok(Fork::Child);
        }
        let flags = match (kinds.is_empty(), cgroup) {
            (true, Some(_)) => "CLONE_INTO_CGROUP".into(),
            (false, Some(_)) => format!("{}|CLONE_INTO_CGROUP", NsKind::flags_text(kinds)),
            _ => NsKind::flags_text(kinds),
        };
        let tid = tid.map_or(String::new(), |tid| format!(", set_tid=[{tid}], set_tid_size=1"));
        let cgroup = cgroup.map_or(String::new(), |(fd, path)| format!(", cgroup={}", Arg::Fd(fd, path.into())));
        let text = format!("{{flags={flags}, exit_signal=SIGCHLD, stack=NULL, stack_size=0{tid}{cgroup}}}");
        self.record("clone3", vec![raw(text), raw(size.to_string())], got).map(|pid| Fork::Parent(pid as i32))
    }

    /// execve(2). Returns only when it fails. It is recorded by the parent with [`Kernel::note_exec`]: on success
    /// nobody is left in the child to do so.
    pub fn execve(program: &Program) -> Errno {
        nix::unistd::execve(&program.path, &program.argv, &program.envp).err().unwrap_or(Errno::UnknownErrno)
    }

    /// Records the execve(2) that the child `pid` made.
    pub fn note_exec(&mut self, program: &Program, answer: Result<(), Errno>) -> Result<(), Errno> {
        let text = |c: &CString| c.to_string_lossy().into_owned();
        let argv: Vec<String> = program.argv.iter().map(|arg| Arg::Str(text(arg)).to_string()).collect();
        let args = vec![
            Arg::Str(text(&program.path)),
            raw(format!("[{}]", argv.join(", "))),
            raw(format!("/* {} vars */", program.envp.len())),
        ];
        self.record("execve", args, answer.map(|()| 0)).map(drop)
    }

    /// wait4(2) for one child (or any: -1). With `stops` it also returns when the child stops (WUNTRACED).
    /// Recorded when it has an answer other than EINTR.
    ///
    /// Errors: ECHILD when there is no such child; EINTR when a signal handler ran.
    pub fn wait4(&mut self, pid: i32, stops: bool) -> Result<(i32, Exit), Errno> {
        let mut status = 0;
        let options = if stops { libc::WUNTRACED } else { 0 };
        // SAFETY: `status` is a valid place for one int; no rusage is asked for.
        let got = answer(i64::from(unsafe { libc::wait4(pid, &mut status, options, std::ptr::null_mut()) }));
        if got == Err(Errno::EINTR) {
            return Err(Errno::EINTR);
        }
        let exit = Exit::of_status(status);
        let shown = if got.is_ok() { exit.in_strace() } else { "NULL".into() };
        let args = vec![raw(pid.to_string()), raw(shown), raw(if stops { "WUNTRACED" } else { "0" }), raw("NULL")];
        self.record("wait4", args, got).map(|pid| (pid as i32, exit))
    }

    /// kill(2). A negative PID is a process group.
    ///
    /// Errors: ESRCH no such process; EPERM not one's own; EINVAL no such signal. No error, and no effect, for
    /// the init of one's own PID namespace (pid_namespaces(7)).
    pub fn kill(&mut self, pid: i32, signal: i32) -> Result<(), Errno> {
        // SAFETY: kill takes two integers.
        let got = answer(i64::from(unsafe { libc::kill(pid, signal) }));
        self.record("kill", vec![raw(pid.to_string()), raw(signal_name(signal))], got).map(drop)
    }
}

/// pidfd_open(2), as plumbing: a descriptor that stands for this process and no later one of the same number.
pub fn pidfd_open(pid: i32) -> Result<OwnedFd, Errno> {
    // SAFETY: pidfd_open takes two integers.
    let fd = answer(unsafe { libc::syscall(libc::SYS_pidfd_open, pid, 0) })?;
    // SAFETY: the kernel has just given us this descriptor; nobody else owns it. It is close-on-exec by definition.
    Ok(unsafe { OwnedFd::from_raw_fd(fd as RawFd) })
}

/// pidfd_send_signal(2), as plumbing: to the process that `pidfd` stands for, and to no later one of the same number.
pub fn plumbing_signal(pidfd: &OwnedFd, signal: i32) -> Result<(), Errno> {
    let none = std::ptr::null::<libc::siginfo_t>();
    // SAFETY: it takes three integers; without a siginfo the kernel fills one in as for kill(2).
    answer(unsafe { libc::syscall(libc::SYS_pidfd_send_signal, pidfd.as_raw_fd(), signal, none, 0) }).map(drop)
}

/// kill(2) as plumbing: ending what the bench started, unrecorded.
pub fn plumbing_kill(pid: i32, signal: i32) -> Result<(), Errno> {
    // SAFETY: kill takes two integers.
    answer(i64::from(unsafe { libc::kill(pid, signal) })).map(drop)
}

/// Makes this process an unlikely victim of the OOM killer, where that is allowed (CAP_SYS_RESOURCE; proc_pid_oom_score_adj(5)).
/// `adj` is from -1000 (never) to 1000; raising it needs no right.
pub fn shield_from_oom(adj: i32) -> bool {
    std::fs::write("/proc/self/oom_score_adj", adj.to_string()).is_ok()
}

pub(super) fn signal_name(signal: i32) -> String {
    match nix::sys::signal::Signal::try_from(signal) {
        Ok(known) => known.as_str().into(),
        Err(_) => signal.to_string(),
    }
}

impl Exit {
    /// From a wait status (wait(2)).
    pub fn of_status(status: i32) -> Exit {
        if libc::WIFSTOPPED(status) {
            Exit::Stopped(libc::WSTOPSIG(status))
        } else if libc::WIFSIGNALED(status) {
            Exit::Signal(libc::WTERMSIG(status))
        } else {
            Exit::Status(libc::WEXITSTATUS(status))
        }
    }

    fn in_strace(self) -> String {
        match self {
            Exit::Status(status) => format!("[{{WIFEXITED(s) && WEXITSTATUS(s) == {status}}}]"),
            Exit::Signal(signal) => format!("[{{WIFSIGNALED(s) && WTERMSIG(s) == {}}}]", signal_name(signal)),
            Exit::Stopped(signal) => format!("[{{WIFSTOPPED(s) && WSTOPSIG(s) == {}}}]", signal_name(signal)),
            Exit::Unknown => "NULL".into(),
        }
    }
}

/// PR_SET_PDEATHSIG (prctl(2)): this process is killed when its parent ends, so that nothing is left behind. The setting is
/// cleared by fork(2) and by a change of credentials, and it is too late if the parent has ended already.
/// `parent`: the parent's PID as this process counts; 0 where the parent is in another PID namespace.
pub fn die_with_parent(parent: i32) {
    // SAFETY: this prctl takes an integer.
    unsafe { libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL) };
    let now = nix::unistd::getppid().as_raw();
    if now != parent && now != 0 {
        exit_now(128 + libc::SIGKILL);
    }
}

/// waitid(2) with WNOWAIT, as plumbing: has this child ended or stopped? It stays to be waited for.
pub fn has_news(child: i32) -> bool {
    use nix::sys::wait::{Id, WaitPidFlag, WaitStatus, waitid};
    let flags = WaitPidFlag::WEXITED | WaitPidFlag::WSTOPPED | WaitPidFlag::WNOHANG | WaitPidFlag::WNOWAIT;
    !matches!(waitid(Id::Pid(nix::unistd::Pid::from_raw(child)), flags), Ok(WaitStatus::StillAlive) | Err(Errno::EINTR))
}

/// waitid(2) with WNOWAIT, as plumbing: has any child ended? It stays to be waited for.
pub fn has_ended_child() -> bool {
    use nix::sys::wait::{Id, WaitPidFlag, WaitStatus, waitid};
    let flags = WaitPidFlag::WEXITED | WaitPidFlag::WNOHANG | WaitPidFlag::WNOWAIT;
    waitid(Id::All, flags).is_ok_and(|status| status != WaitStatus::StillAlive)
}

/// _exit(2): ends this process at once; no destructor and no copied buffer runs a second time after a fork.
pub fn exit_now(status: i32) -> ! {
    // SAFETY: _exit takes an integer and does not return.
    unsafe { libc::_exit(status) }
}

/// close_range(2) with CLOSE_RANGE_CLOEXEC, as plumbing: of what is open now, programs get standard input, output and error, and no more. For
/// descriptors that a library opened. Older kernels than 5.11 do not know it; there programs have them, too.
pub fn keep_from_programs() {
    // SAFETY: it takes three integers, and closes nothing in this process.
    unsafe { libc::syscall(libc::SYS_close_range, 3u32, u32::MAX, libc::CLOSE_RANGE_CLOEXEC) };
}

/// PR_SET_CHILD_SUBREAPER (prctl(2)): orphans among the descendants become children of this process.
pub fn adopt_orphans() {
    // SAFETY: this prctl takes an integer.
    unsafe { libc::prctl(libc::PR_SET_CHILD_SUBREAPER, 1) };
}

/// fork(2) for the shell, as plumbing: before any thread, terminal or subject exists.
pub fn fork_shell() -> Result<nix::unistd::ForkResult, Errno> {
    // SAFETY: the process has one thread at this point, so the child's copy of memory is whole.
    unsafe { nix::unistd::fork() }
}

/// A further process of built-in work, as plumbing: fork(2), `work`, _exit(2). It dies with its parent. The answer is its PID.
/// Only for a process with one thread.
///
/// Errors: EAGAIN at pids.max or RLIMIT_NPROC; ENOMEM.
pub fn fork_worker(work: impl FnOnce() -> i32) -> Result<i32, Errno> {
    let parent = nix::unistd::getpid();
    // SAFETY: the process has one thread, so the child's copy of memory is whole.
    match unsafe { nix::unistd::fork() }? {
        nix::unistd::ForkResult::Child => {
            die_with_parent(parent.as_raw());
            exit_now(work())
        }
        nix::unistd::ForkResult::Parent { child } => Ok(child.as_raw()),
    }
}

/// PR_SET_PDEATHSIG with SIGHUP, for the shell: when the keeper is killed, the shell has time to clean up.
pub fn end_with_parent(parent: i32) {
    // SAFETY: this prctl takes an integer.
    unsafe { libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGHUP) };
    if nix::unistd::getppid().as_raw() != parent {
        exit_now(128 + libc::SIGHUP);
    }
}
