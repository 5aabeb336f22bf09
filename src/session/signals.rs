//! What the shell does on signals: Ctrl-C is counted, the terminal's other ones are ignored, SIGTERM and SIGHUP end the session.

use crate::kernel;
use nix::sys::signal::{SigHandler, Signal};
use std::sync::atomic::{AtomicI32, AtomicUsize, Ordering};

/// Ctrl-C (SIGINT) to the observer itself, while it waits.
static INTERRUPTS: AtomicUsize = AtomicUsize::new(0);
/// The signal that ends the session; 0 before it has come, because a handler can write only an atomic.
static ENDING: AtomicI32 = AtomicI32::new(0);

/// The keeper's PID: when it is dead, the terminal is not ours any more.
static KEEPER: AtomicI32 = AtomicI32::new(0);

/// Sets the shell's handlers. Programs get the default ones back when they start.
pub fn settle(keeper: i32) {
    KEEPER.store(keeper, Ordering::Relaxed);
    kernel::await_failure();
    for signal in [Signal::SIGQUIT, Signal::SIGTSTP, Signal::SIGTTIN, Signal::SIGTTOU] {
        kernel::handle_signal(signal, SigHandler::SigIgn);
    }
    kernel::handle_signal(Signal::SIGINT, SigHandler::Handler(interrupt));
    for signal in [Signal::SIGTERM, Signal::SIGHUP, Signal::SIGALRM] {
        kernel::handle_signal(signal, SigHandler::Handler(end));
    }
}

/// For scripts: Ctrl-C that reaches the shell, and not a program, ends the script.
pub fn interrupts_end() {
    kernel::handle_signal(Signal::SIGINT, SigHandler::Handler(end));
}

/// The line editor has a handler of its own while it reads, and when it has given the terminal back already for a moment still: a Ctrl-C
/// that comes then is told to nobody. Called while it reads, this makes it count here as well.
pub fn count_beside_editor() {
    kernel::handle_interrupt_too(interrupt);
}

/// How often Ctrl-C came since this was last asked.
pub fn interrupts() -> usize {
    INTERRUPTS.swap(0, Ordering::Relaxed)
}

/// The signal that ends the session, once it has come.
pub fn ending() -> Option<i32> {
    Some(ENDING.load(Ordering::Relaxed)).filter(|signal| *signal != 0)
}

extern "C" fn interrupt(_: i32) {
    INTERRUPTS.fetch_add(1, Ordering::Relaxed);
}

extern "C" fn end(signal: i32) {
    // Only the first counts, and SIGALRM is never the first: it is what this handler asked for.
    let _ = ENDING.compare_exchange(0, signal, Ordering::Relaxed, Ordering::Relaxed);
    kernel::wake_up(KEEPER.load(Ordering::Relaxed), signal == libc::SIGINT);
}
