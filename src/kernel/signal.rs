//! Signal handlers, as plumbing: what they may do is what signal-safety(7) allows.

use nix::sys::signal::{SaFlags, SigAction, SigHandler, SigSet, Signal, sigaction};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

/// sigaction(2) as plumbing, without SA_RESTART: a waiting call returns with EINTR. One handler at a time, those of lower numbers first:
/// after a stop SIGTERM is heard before SIGCONT.
pub fn handle_signal(signal: Signal, handler: SigHandler) {
    let action = SigAction::new(handler, SaFlags::empty(), SigSet::all());
    // SAFETY: the handlers of this program only write to atomics and call what signal-safety(7) allows.
    if unsafe { sigaction(signal, &action) }.is_err() {
        // Only for SIGKILL and SIGSTOP, which nobody here asks for.
    }
}

/// What the line editor does on SIGINT while it reads; 0 before it has read.
static EDITOR: AtomicUsize = AtomicUsize::new(0);

/// The editor sets a handler of its own for SIGINT: from here on `handler` is called before that. Once is enough while it reads; asked
/// again it changes nothing.
pub fn handle_interrupt_before_editor(handler: extern "C" fn(i32)) {
    static OURS: AtomicUsize = AtomicUsize::new(0);
    extern "C" fn both(signal: i32) {
        call(OURS.load(Ordering::Relaxed), signal);
        interrupt_editor();
    }
    OURS.store(handler as usize, Ordering::Relaxed);
    let action = SigAction::new(SigHandler::Handler(both), SaFlags::empty(), SigSet::empty());
    // SAFETY: `both` only reads atomics and calls handlers, which keep to signal-safety(7) themselves.
    let Ok(was) = (unsafe { sigaction(Signal::SIGINT, &action) }) else { return };
    if let SigHandler::Handler(was) = was.handler() {
        let mine = [both as extern "C" fn(i32) as usize, handler as usize];
        if !mine.contains(&(was as usize)) {
            EDITOR.store(was as usize, Ordering::Relaxed);
        }
    }
}

/// For a handler: tells the editor of SIGINT (again). One that does not read takes no notice.
pub fn interrupt_editor() {
    call(EDITOR.load(Ordering::Relaxed), libc::SIGINT);
}

fn call(handler: usize, signal: i32) {
    if handler != 0 {
        // SAFETY: what is not 0 was stored above from a function of this very type.
        let handler = unsafe { std::mem::transmute::<usize, extern "C" fn(i32)>(handler) };
        handler(signal);
    }
}

/// For a handler: SIGALRM after this time (setitimer(2)); what was asked for before is forgotten.
pub fn alarm_in(time: Duration) {
    let value = libc::timeval { tv_sec: time.as_secs() as i64, tv_usec: i64::from(time.subsec_micros()) };
    let timer = libc::itimerval { it_interval: libc::timeval { tv_sec: 0, tv_usec: 0 }, it_value: value };
    // SAFETY: it reads one itimerval, and `timer` is one; on Linux it is a bare system call.
    unsafe { libc::setitimer(libc::ITIMER_REAL, &timer, std::ptr::null_mut()) };
}

/// Ctrl-C came, and nobody has asked yet.
static INTERRUPTED: AtomicBool = AtomicBool::new(false);

/// For the subject: Ctrl-C does not end it; that it came is remembered for [`interrupted`].
pub fn remember_interrupts() {
    extern "C" fn heard(_: i32) {
        INTERRUPTED.store(true, Ordering::Relaxed);
    }
    handle_signal(Signal::SIGINT, SigHandler::Handler(heard));
}

/// Has Ctrl-C come since this was last asked? A wait that returns with EINTR tells only of one that came while it waited.
pub fn interrupted() -> bool {
    INTERRUPTED.swap(false, Ordering::Relaxed)
}

/// For the handler of a signal that ends the shell: whatever waits must come back and look, now and each second from now on
/// (alarm(2)), because a signal that comes just before a call that waits does not interrupt it. A line editor that waits for
/// a key comes back on SIGINT only.
///
/// If the keeper is dead, somebody else has the terminal already: with SIGTTOU at its default a process of an orphaned group
/// gets EIO (tcsetpgrp(3), termios(3)) instead of taking the terminal from its new owner.
///
/// All that it calls may be called in a handler (signal-safety(7)).
pub fn wake_up(keeper: i32, by_interrupt: bool) {
    // SAFETY: these take integers and a constant of the kernel's.
    unsafe {
        if libc::getppid() != keeper {
            libc::signal(libc::SIGTTOU, libc::SIG_DFL);
        }
        if !by_interrupt {
            libc::kill(libc::getpid(), libc::SIGINT);
        }
        libc::alarm(1);
    }
}

/// Does a blocked signal that ends the bench wait to be heard (sigpending(2))?
pub fn is_to_end() -> bool {
    let mut waiting = std::mem::MaybeUninit::<libc::sigset_t>::uninit();
    // SAFETY: sigpending fills in one signal set, and `waiting` has room for one; it is looked at only where that was done.
    unsafe {
        libc::sigpending(waiting.as_mut_ptr()) == 0
            && [libc::SIGTERM, libc::SIGHUP].iter().any(|signal| libc::sigismember(waiting.as_ptr(), *signal) == 1)
    }
}
