//! The terminal, as plumbing: its size, and whose it is.

use nix::libc::{TIOCGWINSZ, winsize};

/// Columns and rows of standard output; None where it has no size (not a terminal, a serial line that was never told).
pub fn terminal_size() -> Option<(usize, usize)> {
    let mut size = winsize { ws_row: 0, ws_col: 0, ws_xpixel: 0, ws_ypixel: 0 };
    // SAFETY: TIOCGWINSZ fills in one winsize, and `size` is one.
    let done = unsafe { nix::libc::ioctl(1, TIOCGWINSZ, &mut size) } == 0;
    (done && size.ws_col > 0).then_some((size.ws_col.into(), size.ws_row.into()))
}

/// tcsetpgrp(3): the caller's process group gets the terminal again, after a program had it.
pub fn take_terminal_back() {
    // SIGTTOU is ignored by the shell; without a terminal there is nothing to take.
    let _ = nix::unistd::tcsetpgrp(std::io::stdin(), nix::unistd::getpgrp());
}
