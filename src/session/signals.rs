//! What the shell does on signals: Ctrl-C is counted, Ctrl-Z stops the whole bench, SIGTERM and SIGHUP end the session; the terminal's
//! other ones are ignored.

use crate::kernel;
use nix::sys::signal::{SigHandler, Signal};
use std::sync::atomic::{AtomicBool, AtomicI32, AtomicUsize, Ordering};
use std::time::Duration;

/// Ctrl-C (SIGINT) to the observer itself, while it waits.
static INTERRUPTS: AtomicUsize = AtomicUsize::new(0);
/// A line is being edited.
static EDITS: AtomicBool = AtomicBool::new(false);
/// The bench was stopped, and goes on.
static RESUMED: AtomicBool = AtomicBool::new(false);
/// An editor that has not answered Ctrl-C is told again after this time.
const AGAIN: Duration = Duration::from_millis(20);
/// The signal that ends the session; 0 before it has come, because a handler can write only an atomic.
static ENDING: AtomicI32 = AtomicI32::new(0);

/// The keeper's PID: when it is dead, the terminal is not ours any more.
static KEEPER: AtomicI32 = AtomicI32::new(0);

/// Sets the shell's handlers. Programs get the default ones back when they start.
pub fn settle(keeper: i32) {
    KEEPER.store(keeper, Ordering::Relaxed);
    kernel::await_failure();
    for signal in [Signal::SIGQUIT, Signal::SIGTTIN] {
        kernel::handle_signal(signal, SigHandler::SigIgn);
    }
    kernel::handle_signal(Signal::SIGINT, SigHandler::Handler(interrupt));
    for signal in [Signal::SIGTERM, Signal::SIGHUP] {
        kernel::handle_signal(signal, SigHandler::Handler(end));
    }
    kernel::handle_signal(Signal::SIGALRM, SigHandler::Handler(again));
    kernel::leave_background_alone();
    kernel::remember_modes();
    kernel::handle_signal(Signal::SIGTSTP, SigHandler::Handler(stop));
    kernel::handle_signal(Signal::SIGCONT, SigHandler::Handler(resume));
}

/// For scripts: Ctrl-C that reaches the shell, and not a program, ends the script.
pub fn interrupts_end() {
    kernel::handle_signal(Signal::SIGINT, SigHandler::Handler(end));
}

/// From here on Ctrl-C is for the line that is being typed, until [`line_ends`].
///
/// It stays a signal meanwhile, for as a key it would be read too late: typed right after Enter it would wait for the next line, and the
/// program that was just started would never hear of it. As a signal it is counted here at once, whatever the editor does just then.
pub fn line_begins() {
    EDITS.store(true, Ordering::Relaxed);
    INTERRUPTS.store(0, Ordering::Relaxed);
    RESUMED.store(false, Ordering::Relaxed);
}

/// Enter: from here on it is for what the line does.
pub fn line_ends() {
    EDITS.store(false, Ordering::Relaxed);
}

/// The line editor has a handler of its own while it reads. Called while it reads, this makes Ctrl-C count here as well.
pub fn count_before_editor() {
    kernel::handle_interrupt_before_editor(interrupt);
}

/// Was the bench stopped since this was last asked? Whoever stopped it had the terminal meanwhile.
pub fn resumed() -> bool {
    RESUMED.swap(false, Ordering::Relaxed)
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
    if EDITS.load(Ordering::Relaxed) {
        kernel::alarm_in(AGAIN);
    }
}

/// Ctrl-Z while no program has the terminal, or SIGTSTP from outside. Whoever reads the terminal next finds it as it was.
extern "C" fn stop(_: i32) {
    if kernel::can_be_woken() {
        kernel::restore_modes();
        kernel::stop_group();
    }
}

/// SIGCONT, also after a SIGSTOP that nobody saw coming.
extern "C" fn resume(_: i32) {
    RESUMED.store(true, Ordering::Relaxed);
    if EDITS.load(Ordering::Relaxed) {
        let background = kernel::terminal_owner().is_some() && !kernel::owns_terminal();
        if background && kernel::can_be_woken() && ending().is_none() {
            // Continued in the background (`bg`): a line cannot be edited there.
            return kernel::stop_group();
        }
        kernel::interrupt_editor();
        kernel::alarm_in(AGAIN);
    }
}

extern "C" fn end(signal: i32) {
    // Only the first counts.
    let _ = ENDING.compare_exchange(0, signal, Ordering::Relaxed, Ordering::Relaxed);
    kernel::wake_up(KEEPER.load(Ordering::Relaxed), signal == libc::SIGINT);
}

/// What somebody was told, and did not hear: the editor misses a signal that comes just before it waits for a key.
extern "C" fn again(_: i32) {
    if ending().is_some() {
        kernel::wake_up(KEEPER.load(Ordering::Relaxed), false);
    } else if EDITS.load(Ordering::Relaxed) && (INTERRUPTS.load(Ordering::Relaxed) > 0 || RESUMED.load(Ordering::Relaxed)) {
        kernel::interrupt_editor();
        kernel::alarm_in(AGAIN);
    }
}
