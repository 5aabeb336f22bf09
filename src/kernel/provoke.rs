//! A panic on demand, for the tests of what a defect leaves behind. In release builds there is nothing of it.

use super::handle_signal;
use nix::sys::signal::{SigHandler, Signal};
use std::sync::atomic::{AtomicBool, Ordering};

static ASKED: AtomicBool = AtomicBool::new(false);

/// Debug builds with `BOXLAB_TEST_PANIC` in their environment: SIGUSR1 makes the next [`fail_if_asked`] panic.
pub fn await_failure() {
    extern "C" fn asked(_: i32) {
        ASKED.store(true, Ordering::Relaxed);
    }
    if cfg!(debug_assertions) && std::env::var_os("BOXLAB_TEST_PANIC").is_some() {
        handle_signal(Signal::SIGUSR1, SigHandler::Handler(asked));
    }
}

/// Each process of the bench asks this in its loop; once asked for, it fails once.
///
/// # Panics
/// When a test asked for it.
pub fn fail_if_asked() {
    assert!(!cfg!(debug_assertions) || !ASKED.swap(false, Ordering::Relaxed), "a test asked for this panic");
}
