//! The first process: it waits, and whatever dies, nothing is left behind.

use super::signals;
use crate::kernel::{self, SharedMark};
use crate::observe::family::ancestors;
use crate::observe::leftover::MARK;
use crate::observe::process::{field, read};
use nix::errno::Errno;
use nix::sys::signal::{SigHandler, Signal};
use nix::sys::termios::{SetArg, Termios, tcgetattr, tcsetattr};
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::{ForkResult, Pid};
use std::io::{IsTerminal, Write};
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicI32, Ordering};
use std::sync::{Mutex, OnceLock};
use std::time::{Duration, Instant};

/// How many seconds the shell has to end by itself when the session is to end; a screen in between waits for it for 5.
const GRACE: u32 = 8;

/// The shell, for the keeper's signal handler.
static SHELL: AtomicI32 = AtomicI32::new(0);

/// The keeper's PID, in its children.
static KEEPER: AtomicI32 = AtomicI32::new(0);

/// This process is a shell below a keeper, and its children are subjects and orphans.
static ADOPTS: AtomicBool = AtomicBool::new(false);

/// SIGTSTP came to the keeper.
static STOP_ASKED: AtomicBool = AtomicBool::new(false);
/// How long the keeper waits for what comes to all of the bench at once.
const TOGETHER: Duration = Duration::from_millis(50);

/// The alternate screen stands on the terminal; the child that put it there may be killed before it has taken it away.
static SCREEN: OnceLock<SharedMark> = OnceLock::new();

/// Runs `shell` in a child and waits for it; then kills what is left of the bench, removes its cgroups, restores the
/// terminal. Returns the shell's exit status (128 + signal where one killed it).
///
/// Only for a process with one thread. `meanwhile` is called in the keeper before it waits. `cleanup` is called with the keeper's PID when the shell is gone, before
/// what it left is ended: a process in a frozen v1 cgroup cannot be ended before that is thawed.
pub fn keep(shell: impl FnOnce() -> i32, meanwhile: impl FnOnce(), cleanup: impl FnOnce(i32)) -> i32 {
    // Orphans of the bench become children of the keeper, which can find and end them (prctl(2)).
    kernel::adopt_orphans();
    let stdin = std::io::stdin();
    let terminal: Option<Termios> = tcgetattr(&stdin).ok();
    let keeper = nix::unistd::getpid();
    kernel::set_variable(MARK, Some(&keeper.to_string()));
    KEEPER.store(keeper.as_raw(), Ordering::Relaxed);
    if let Ok(mark) = SharedMark::new() {
        // One that there is already serves as well.
        let _ = SCREEN.set(mark);
    }
    match kernel::fork_shell() {
        Err(errno) => {
            eprintln!("boxlab: fork: {}", errno.desc());
            1
        }
        Ok(ForkResult::Child) => {
            below(keeper.as_raw());
            let status = shell();
            if nix::unistd::getppid() != keeper {
                // The keeper was killed, so its work is ours.
                cleanup(keeper.as_raw());
                end_all();
            }
            kernel::exit_now(signals::ending().map_or(status, |signal| 128 + signal))
        }
        Ok(ForkResult::Parent { child }) => {
            SHELL.store(child.as_raw(), Ordering::Relaxed);
            for signal in [Signal::SIGTERM, Signal::SIGHUP] {
                kernel::handle_signal(signal, SigHandler::Handler(hand_on));
            }
            kernel::handle_signal(Signal::SIGALRM, SigHandler::Handler(end_shell));
            kernel::remember_modes();
            kernel::handle_signal(Signal::SIGTSTP, SigHandler::Handler(stop_asked));
            kernel::handle_signal(Signal::SIGCONT, SigHandler::Handler(went_on));
            // The terminal's other signals are for the shell and its programs.
            for signal in [Signal::SIGINT, Signal::SIGQUIT, Signal::SIGTTOU, Signal::SIGTTIN] {
                kernel::handle_signal(signal, SigHandler::SigIgn);
            }
            kernel::await_failure();
            meanwhile();
            let (status, killed, defect) = watch_over(child);
            cleanup(keeper.as_raw());
            end_all();
            // One that is ended in the background leaves the terminal to whoever has it.
            if let Some(terminal) = terminal.filter(|_| !is_in_background()) {
                // The shell may have died in raw mode, or while a program had the terminal.
                let _ = nix::unistd::tcsetpgrp(&stdin, nix::unistd::getpgrp());
                let _ = tcsetattr(&stdin, SetArg::TCSADRAIN, &terminal);
                if killed && std::io::stdout().is_terminal() {
                    let _ = std::io::stdout().write_all(format!("{}\r\n", modes_reset()).as_bytes());
                }
            }
            if let Some(defect) = defect {
                eprintln!("boxlab: the keeper failed: {defect}");
            }
            status
        }
    }
}

/// Makes the caller a process of the bench below this one: the shell below the keeper, or below the screen.
///
/// Orphans come here first, so that they can be ended when it is the keeper that was killed; they are the keeper's when it is the
/// shell.
pub fn below(parent: i32) {
    signals::settle(parent);
    kernel::adopt_orphans();
    ADOPTS.store(true, Ordering::Relaxed);
    kernel::end_with_parent(parent);
}

/// To be told by whoever puts the alternate screen on the terminal, before, and takes it away, afterwards.
pub fn screen_stands(is: bool) {
    match SCREEN.get() {
        Some(mark) if is => mark.put(),
        Some(mark) => mark.lift(),
        None => {}
    }
}

/// What makes the terminal itself again after a child that could not do it.
fn modes_reset() -> &'static str {
    if SCREEN.get().is_some_and(SharedMark::is_put) { kernel::SCREEN_LEAVE } else { kernel::MODES_RESET }
}

/// The keeper's PID: every process of the bench descends from it. Where there is none, the parent's.
pub fn pid() -> i32 {
    match KEEPER.load(Ordering::Relaxed) {
        0 => nix::unistd::getppid().as_raw(),
        keeper => keeper,
    }
}

/// In the shell: takes the exit statuses of orphans that have ended; `subjects` are not orphans.
pub fn reap_orphans(subjects: &[i32]) {
    // Mostly none has ended, and the list of children need not be read.
    if !ADOPTS.load(Ordering::Relaxed) || !kernel::has_ended_child() {
        return;
    }
    for pid in children().into_iter().filter(|pid| !subjects.contains(pid)) {
        let _ = waitpid(Pid::from_raw(pid), Some(WaitPidFlag::WNOHANG));
    }
}

extern "C" fn hand_on(signal: i32) {
    let shell = SHELL.load(Ordering::Relaxed);
    let _ = kernel::plumbing_kill(shell, signal);
    // A stopped process handles no signal.
    let _ = kernel::plumbing_kill(shell, libc::SIGCONT);
    nix::unistd::alarm::set(GRACE);
}

extern "C" fn stop_asked(_: i32) {
    STOP_ASKED.store(true, Ordering::Relaxed);
}

extern "C" fn went_on(_: i32) {
    STOP_ASKED.store(false, Ordering::Relaxed);
}

/// It had its time.
extern "C" fn end_shell(_: i32) {
    let _ = kernel::plumbing_kill(SHELL.load(Ordering::Relaxed), libc::SIGKILL);
}

/// As [`wait_for`], and what a panic in there said: the session is ended then, and the words are for the terminal that comes back after it,
/// not for an alternate screen that goes away.
fn watch_over(shell: Pid) -> (i32, bool, Option<String>) {
    static WORDS: Mutex<String> = Mutex::new(String::new());
    std::panic::set_hook(Box::new(|panic| {
        if let Ok(mut words) = WORDS.lock() {
            *words = panic.to_string();
        }
    }));
    let ended = std::panic::catch_unwind(|| wait_for(shell));
    let _ = std::panic::take_hook();
    match ended {
        Ok((status, killed)) => (status, killed, None),
        Err(_) => {
            hand_on(libc::SIGTERM);
            let (_, killed) = wait_for(shell);
            (101, killed, Some(WORDS.lock().map(|words| words.clone()).unwrap_or_default()))
        }
    }
}

/// Its exit status, and whether a signal killed it.
fn wait_for(shell: Pid) -> (i32, bool) {
    loop {
        kernel::fail_if_asked();
        if STOP_ASKED.load(Ordering::Relaxed) {
            // Typed, it comes to all, and the child stops them all, this process as well; then it has gone on when it arrives here. Sent to
            // the keeper alone it means the bench.
            std::thread::sleep(TOGETHER);
            if STOP_ASKED.swap(false, Ordering::Relaxed) {
                let _ = kernel::plumbing_kill(shell.as_raw(), libc::SIGTSTP);
            }
        }
        match waitpid(Pid::from_raw(-1), Some(WaitPidFlag::WUNTRACED)) {
            Ok(WaitStatus::Stopped(pid, _)) if pid == shell => follow(shell),
            Ok(WaitStatus::Exited(pid, status)) if pid == shell => return (status, false),
            Ok(WaitStatus::Signaled(pid, signal, _)) if pid == shell => return (128 + signal as i32, true),
            // An orphan that was adopted, or one of our handlers ran.
            Ok(_) | Err(Errno::EINTR) => {}
            Err(_) => return (1, true),
        }
    }
}

/// The child was stopped from outside, and nobody reads the terminal any more: the keeper stops as well, so that the shell above takes it,
/// as after Ctrl-Z; and both go on together.
fn follow(child: Pid) {
    // Where all were stopped and go on, it may be that the child goes on a moment later.
    std::thread::sleep(TOGETHER);
    let status = read(Path::new(&format!("/proc/{child}/status")));
    let stopped = status.is().and_then(|status| field(status, "State")).is_some_and(|state| state.starts_with('T'));
    if !kernel::can_be_woken() || !stopped {
        return;
    }
    kernel::restore_modes();
    if kernel::owns_terminal() && std::io::stdout().is_terminal() {
        let _ = std::io::stdout().write_all(modes_reset().as_bytes()).and_then(|()| std::io::stdout().flush());
    }
    kernel::stop_self();
    let _ = kernel::plumbing_kill(child.as_raw(), libc::SIGCONT);
}

/// Has the shell above, or another job of it, taken the terminal? A program of the bench has it by right.
pub fn is_in_background() -> bool {
    let Some(owner) = kernel::terminal_owner().filter(|_| kernel::can_be_woken() && !kernel::owns_terminal()) else {
        return false;
    };
    let proc = Path::new("/proc");
    proc.join(owner.to_string()).exists() && !ancestors(proc, owner).contains(&pid())
}

/// In the background the bench waits for `fg`, unless it is to end there.
pub fn wait_for_foreground() {
    while is_in_background() && signals::ending().is_none() && !kernel::is_to_end() {
        kernel::stop_group();
    }
}

/// Kills what has become a child of this process, and what becomes one by that, until there is none; not for ever, for a
/// process can sit in an uninterruptible call.
fn end_all() {
    let end = Instant::now() + Duration::from_secs(2);
    while Instant::now() < end {
        match waitpid(Pid::from_raw(-1), Some(WaitPidFlag::WNOHANG)) {
            Ok(WaitStatus::StillAlive) => {
                for pid in children() {
                    let _ = kernel::plumbing_kill(pid, libc::SIGKILL);
                }
                std::thread::sleep(Duration::from_micros(200));
            }
            Ok(_) | Err(Errno::EINTR) => {}
            Err(_) => return,
        }
    }
}

/// This process's children (`/proc/self/task/TID/children`; where the kernel has no such file, the parents of all processes).
fn children() -> Vec<i32> {
    let own = nix::unistd::getpid().as_raw();
    if let Ok(list) = std::fs::read_to_string(format!("/proc/self/task/{own}/children")) {
        return list.split_whitespace().filter_map(|pid| pid.parse().ok()).collect();
    }
    let Ok(all) = procfs::process::all_processes() else { return Vec::new() };
    all.filter_map(|process| process.ok()?.stat().ok()).filter(|stat| stat.ppid == own).map(|stat| stat.pid).collect()
}
