//! Job control in the subject: a child in its own process group, with the terminal while it is in the foreground.

use crate::command::{Inside, Job, Said, Stop};
use crate::kernel::{self, Birth, Fork, Instruction, Kernel, Program};
use crate::model::{Exit, Msg, NoteKind, NsKind};
use nix::errno::Errno;
use nix::sys::signal::{SigHandler, SigSet, SigmaskHow, Signal, sigprocmask};
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::Pid;
use std::ffi::CString;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStringExt;

/// What the child does.
pub enum Body<'a> {
    /// Runs a program: execve(2).
    Exec(&'a Program),
    /// Runs a program under a filter whose listener somebody else takes before.
    Watched(&'a Program, &'a [Instruction], &'a Port),
    /// Runs this function and exits with what it returns; it must not return to the caller's caller.
    Work(&'a dyn Fn() -> i32),
    /// Reaps whatever becomes its child, until it is killed: a small init.
    Reap,
}

/// How a child's listener is handed over.
pub struct Port {
    /// Into this pipe goes the listener's number, or the errno, negative.
    pub listener: OwnedFd,
    /// Out of this pipe comes the word that it was taken.
    pub taken: OwnedFd,
}

/// A child that was started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Started {
    /// Its PID, as the subject counts.
    pub pid: i32,
    /// Its PID, as it counts itself (getpid(2)); None where it ended before it could say.
    pub own: Option<i32>,
}

/// Starts a child in new namespaces of these kinds. A program that cannot be executed is a failure here, and its child has been
/// waited for.
///
/// Errors: as [`Kernel::clone3`] and execve(2).
pub fn start(cx: &mut Inside<'_>, kinds: &[NsKind], body: &Body<'_>, foreground: bool) -> Result<Started, Stop> {
    start_as(cx, Birth::within(kinds), body, foreground)
}

/// The same for a child that is born in another way.
pub fn start_as(cx: &mut Inside<'_>, birth: Birth<'_>, body: &Body<'_>, foreground: bool) -> Result<Started, Stop> {
    let (started, report) = begin(cx, birth, body, foreground)?;
    match body {
        Body::Exec(program) | Body::Watched(program, ..) => executed(cx, program, started.pid, &report)?,
        // Until the child has said all that it has to say to the observer.
        Body::Work(_) | Body::Reap => drop(hear(&report)),
    }
    Ok(started)
}

/// The first half of [`start_as`]: up to execve(2), of which the descriptor that is given tells.
///
/// Errors: as [`Kernel::clone3`].
pub fn begin(cx: &mut Inside<'_>, birth: Birth<'_>, body: &Body<'_>, foreground: bool) -> Result<(Started, OwnedFd), Stop> {
    let (report, reporter) = nix::unistd::pipe2(nix::fcntl::OFlag::O_CLOEXEC)?;
    let parent = nix::unistd::getpid();
    let give_terminal = foreground && cx.terminal.give;
    kernel::interrupted();
    // The program does not begin before the subject hears of its Ctrl-C, too.
    let gate = if give_terminal { Some(nix::unistd::pipe2(nix::fcntl::OFlag::O_CLOEXEC)?) } else { None };
    match cx.kernel.clone3(birth)? {
        Fork::Child => {
            drop(report);
            tell(&reporter, nix::unistd::getpid().as_raw());
            prepare(parent, give_terminal);
            if let Some((closed, open)) = gate {
                drop(open);
                hear(&closed);
            }
            cx.tell.started(nix::unistd::getpid().as_raw());
            let status = match body {
                Body::Exec(program) => exec(program, &reporter),
                Body::Watched(program, filter, port) => match kernel::listen_for_calls(filter) {
                    Ok(listener) => {
                        tell(&port.listener, listener);
                        // execve closes the listener. Only once: read(2) may be one of the calls that are answered.
                        let _ = nix::unistd::read(&port.taken, &mut [0; 4]);
                        exec(program, &reporter)
                    }
                    Err(errno) => {
                        tell(&port.listener, -(errno as i32));
                        127
                    }
                },
                Body::Work(work) => {
                    drop(reporter);
                    cx.tell.hang_up();
                    work()
                }
                Body::Reap => {
                    drop(reporter);
                    cx.tell.hang_up();
                    reap_forever()
                }
            };
            leave(status)
        }
        Fork::Parent(pid) => {
            drop(reporter);
            if gate.is_some() {
                join(pid);
            }
            drop(gate);
            Ok((Started { pid, own: hear(&report) }, report))
        }
    }
}

/// In the child. The parent reads why it failed; it is the only one who can say so.
fn exec(program: &Program, reporter: &OwnedFd) -> i32 {
    let errno = Kernel::execve(program);
    tell(reporter, errno as i32);
    127
}

/// The second half of [`start_as`]: waits for the child's execve(2), and records it.
///
/// Errors: as execve(2); the child has been waited for.
pub fn executed(cx: &mut Inside<'_>, program: &Program, pid: i32, report: &OwnedFd) -> Result<(), Stop> {
    // EOF is success: execve closed the other end.
    let failed = hear(report).map(Errno::from_raw);
    cx.kernel.note_exec(program, failed.map_or(Ok(()), Err)).map_err(|errno| {
        failed_child(cx, pid);
        errno.into()
    })
}

/// The child ended with 127; nobody else will ask for it. Interrupted by Ctrl-C it is asked for again.
pub fn failed_child(cx: &mut Inside<'_>, pid: i32) {
    while cx.kernel.wait4(pid, false) == Err(Errno::EINTR) {}
    leave_group();
}

/// One number to the parent. A pipe takes so few bytes whole, and the parent reads until the end.
pub fn tell(pipe: &OwnedFd, number: i32) {
    let _ = nix::unistd::write(pipe, &number.to_ne_bytes());
}

/// One number from the other side; None when nobody can write any more.
pub fn hear(pipe: &OwnedFd) -> Option<i32> {
    let mut word = [0; 4];
    loop {
        match nix::unistd::read(pipe, &mut word) {
            Ok(4) => return Some(i32::from_ne_bytes(word)),
            Err(Errno::EINTR) => {}
            _ => return None,
        }
    }
}

/// Waits for a foreground child until it ends or stops. Ctrl-C is for the child; that it was typed is told to the observer,
/// because a PID 1 without a handler ignores it (pid_namespaces(7)) and somebody must offer a way out.
pub fn foreground(cx: &mut Inside<'_>, pid: i32, words: &str) -> Result<Said, Stop> {
    if cx.terminal.give {
        join(pid);
    }
    let answer = loop {
        pass_on_interrupts(cx);
        match cx.kernel.wait4(pid, true) {
            Err(Errno::EINTR) => {}
            other => break other,
        }
    };
    leave_group();
    let (_, exit) = answer?;
    cx.jobs.retain(|job| job.pid != pid);
    let said = Said { exit: Some(exit), ..Said::default() };
    Ok(match exit {
        Exit::Stopped(_) => {
            let number = remember(cx, pid, words, true);
            said.note(
                NoteKind::Did,
                Msg::new(format!("[{number}] stopped; `fg` goes on with it"), format!("[{number}] 已停止；`fg` 让它继续")),
            )
        }
        _ => said,
    })
}

/// Ctrl-C that the subject heard of is told to the observer.
pub fn pass_on_interrupts(cx: &Inside<'_>) {
    // Telling takes long enough for the next one to come.
    while kernel::interrupted() {
        cx.tell.interrupted();
    }
}

/// In the child's process group the subject hears of the terminal's signals, too. The child makes the group, and so does this:
/// whoever comes first. Where it fails, a Ctrl-C that the program ignores is not heard of, which harms nothing else.
///
/// Never where the subject is PID 1: when a PID namespace ends, its PID 1 waits in the kernel until no number of the namespace is
/// in use but its own, and the group's number is the child's (`zap_pid_ns_processes`). Killed in there it would wait for itself, for ever,
/// and nobody could end it. Nor is there need: the child is not PID 1, so it does not ignore Ctrl-C merely for having no handler.
fn join(child: i32) {
    let child = Pid::from_raw(child);
    let _ = nix::unistd::setpgid(child, child);
    if nix::unistd::getpid() != Pid::from_raw(1) {
        let _ = nix::unistd::setpgid(Pid::from_raw(0), child);
    }
}

/// Back into a group of its own. Where it fails, the subject stays in a group that has ended, which harms nothing.
fn leave_group() {
    let _ = nix::unistd::setpgid(Pid::from_raw(0), Pid::from_raw(0));
}

/// Adds a job, and gives its number.
pub fn remember(cx: &mut Inside<'_>, pid: i32, words: &str, stopped: bool) -> usize {
    let number = cx.jobs.iter().map(|job| job.number).max().unwrap_or(0) + 1;
    cx.jobs.push(Job { number, pid, words: words.into(), stopped });
    number
}

/// The job of this number, or the latest: of those that are `stopped`, where there is one.
///
/// Errors: Unfit where there is none.
pub fn known(cx: &Inside<'_>, number: Option<u64>, stopped: bool) -> Result<Job, Stop> {
    let fits = |job: &&Job| number.is_none_or(|number| job.number as u64 == number);
    let latest = || cx.jobs.iter().rev().find(fits);
    let found = cx.jobs.iter().rev().filter(|job| stopped && job.stopped).find(fits).or_else(latest);
    found.cloned().ok_or_else(|| {
        Stop::Unfit(Msg::new("no program of the subject is stopped or in the background", "被观察进程没有停止的或后台的程序"))
    })
}

/// Makes the program of these words ready: the file is searched along PATH, as the subject sees it.
///
/// Errors: ENOENT where there is none of that name; EACCES where there is one and none may be executed.
pub fn program(words: &[String]) -> Result<Program, Stop> {
    let name = words.first().map(String::as_str).unwrap_or_default();
    let nul = |_| Stop::Usage(Msg::new("a word with a NUL byte cannot be passed to a program", "含有 NUL 字节的词不能传给程序"));
    let c = |text: &str| CString::new(text).map_err(nul);
    let env = std::env::vars_os().filter_map(|(mut entry, value)| {
        entry.push("=");
        entry.push(value);
        CString::new(entry.into_vec()).ok()
    });
    Ok(Program { path: c(&find(name)?)?, argv: words.iter().map(|word| c(word)).collect::<Result<_, _>>()?, envp: env.collect() })
}

fn find(name: &str) -> Result<String, Stop> {
    if name.contains('/') {
        return Ok(name.into());
    }
    let path = std::env::var("PATH").unwrap_or_else(|_| "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin".into());
    let files = || path.split(':').map(|dir| format!("{}/{name}", if dir.is_empty() { "." } else { dir }));
    let executable = |file: &String| {
        nix::unistd::access(file.as_str(), nix::unistd::AccessFlags::X_OK).is_ok()
            && std::fs::metadata(file).is_ok_and(|meta| meta.is_file())
    };
    if let Some(file) = files().find(executable) {
        return Ok(file);
    }
    // A filter that refuses to look says nothing about the file.
    let hidden = |error: std::io::Error| matches!(error.raw_os_error(), Some(libc::EPERM | libc::ENOSYS));
    match files().find(|file| std::fs::exists(file).unwrap_or_else(hidden)) {
        // execve(2) says best why this one cannot be executed.
        Some(file) => Ok(file),
        None => Err(Stop::Unfit(Msg::new(
            format!("no program `{name}` in the subject's PATH ({path}); `show` looks into its directories"),
            format!("被观察进程的 PATH（{path}）中没有程序 `{name}`；可用 `show` 查看其中的目录"),
        ))),
    }
}

/// What stands between fork and program: a process group, the terminal, default signals, and death with the parent.
fn prepare(parent: Pid, give_terminal: bool) {
    let own = nix::unistd::getpid();
    // A Ctrl-C that comes as soon as it has the terminal waits for the default action: the handler here is still the subject's.
    let _ = sigprocmask(SigmaskHow::SIG_BLOCK, Some(&SigSet::all()), None);
    // Nothing here can fail in a way that the program should not be run for.
    let _ = nix::unistd::setpgid(own, own);
    if give_terminal {
        // SIGTTOU is ignored here still, and blocked: the child is in the background until this call.
        let _ = nix::unistd::tcsetpgrp(std::io::stdin(), own);
    }
    crate::kernel::die_with_parent(parent.as_raw());
    for signal in
        [Signal::SIGINT, Signal::SIGQUIT, Signal::SIGTSTP, Signal::SIGTTIN, Signal::SIGTTOU, Signal::SIGPIPE, Signal::SIGCHLD]
    {
        crate::kernel::handle_signal(signal, SigHandler::SigDfl);
    }
    let _ = sigprocmask(SigmaskHow::SIG_SETMASK, Some(&SigSet::empty()), None);
}

/// Children come by themselves when their parents end, and SIGCHLD says when one of them ends. Blocked, it waits for sigwait(3)
/// where it comes in between.
fn reap_forever() -> i32 {
    let ended = SigSet::from(Signal::SIGCHLD);
    let _ = sigprocmask(SigmaskHow::SIG_BLOCK, Some(&ended), None);
    loop {
        while matches!(waitpid(Pid::from_raw(-1), Some(WaitPidFlag::WNOHANG)), Ok(status) if status != WaitStatus::StillAlive) {}
        let _ = ended.wait();
    }
}

/// _exit(2): no destructor, no buffer of the parent's is run a second time.
fn leave(status: i32) -> ! {
    crate::kernel::exit_now(status)
}
