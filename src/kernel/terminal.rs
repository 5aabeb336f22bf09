//! The terminal, as plumbing: its size, whose it is, and the modes that a killed program leaves behind.

use super::handle_signal;
use libc::{TIOCGWINSZ, winsize};
use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::signal::{SigHandler, Signal};
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::sync::OnceLock;

/// Back to what a terminal is after its reset, as far as full-screen programs change it (console_codes(4), xterm's
/// ctlseqs): normal screen, cursor shown and of the usual shape, lines wrapped, cursor keys and keypad plain, no reports of mouse or
/// focus, no bracketed paste, no colours.
///
/// 1047 rather than 1049, which would also move the cursor to where somebody saved it; some terminals know only 1049, so that
/// follows, with the cursor saved where it is, and put back there: tmux keeps a place of its own for 1049, which is that of the last
/// full-screen program.
pub const MODES_RESET: &str = "\x1b[?1047l\x1b7\x1b[?1049l\x1b8\x1b[?25h\x1b[0 q\x1b[?7h\x1b[?1l\x1b>\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1006l\x1b[?1004l\x1b[?2004l\x1b[0m\x1b(B";

/// To the alternate screen: no wrapping at the edge (the encoder says where each thing goes), mouse reports in the long form, no wheel as
/// cursor keys (they would walk through the history of lines); whether the terminal had that last one is remembered by itself.
pub const SCREEN_ENTER: &str = "\x1b[?1049h\x1b[2J\x1b[?7l\x1b[?1006h\x1b[?1007s\x1b[?1007l";

/// Back from it, with the cursor where it was before [`SCREEN_ENTER`]; also for GNU screen, which knows no alternate screen unless it is
/// told to: there the screen is wiped. Terminals that remember no mode have the wheel as cursor keys by default.
pub const SCREEN_LEAVE: &str = "\x1b[?2026l\x1b[m\x1b[2J\x1b[H\x1b[?7h\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1006l\x1b[?1004l\x1b[?2004l\
                                \x1b[?1l\x1b>\x1b[0 q\x1b[?25h\x1b[?1007h\x1b[?1007r\x1b[?1049l";

/// Columns and rows of standard output; None where it has no size (not a terminal, a serial line that was never told).
pub fn terminal_size() -> Option<(usize, usize)> {
    let (columns, rows) = window_size(&std::io::stdout())?;
    (columns > 0).then_some((columns.into(), rows.into()))
}

/// tcsetpgrp(3): the caller's process group gets the terminal again, after a program had it.
pub fn take_terminal_back() {
    // In the background this call is allowed only where SIGTTOU is ignored; without a terminal there is nothing to take.
    handle_signal(Signal::SIGTTOU, SigHandler::SigIgn);
    let _ = nix::unistd::tcsetpgrp(std::io::stdin(), nix::unistd::getpgrp());
    leave_background_alone();
}

/// In the background, a call that would change the terminal's modes or its owner fails with EINTR (SIGTTOU, termios(3)): they are
/// another's then. Ignored, the signal would let it pass.
pub fn leave_background_alone() {
    extern "C" fn nothing(_: i32) {}
    handle_signal(Signal::SIGTTOU, SigHandler::Handler(nothing));
}

/// The process group that has the terminal, as the caller counts; None where there is no terminal, or none has it.
pub fn terminal_owner() -> Option<i32> {
    nix::unistd::tcgetpgrp(std::io::stdin()).ok().map(|group| group.as_raw()).filter(|group| *group > 0)
}

/// Is standard input a terminal that the caller's process group has, and can give?
pub fn owns_terminal() -> bool {
    terminal_owner() == Some(nix::unistd::getpgrp().as_raw())
}

/// Stops (SIGTTIN) until the caller's process group has the terminal: what was started in the background waits for `fg`.
pub fn wait_for_foreground() {
    while terminal_owner().is_some() && !owns_terminal() {
        // SAFETY: kill takes two integers; 0 is the own process group.
        if unsafe { libc::kill(0, libc::SIGTTIN) } != 0 {
            return;
        }
    }
}

/// Has the terminal on standard input been closed (hung up)?
pub fn terminal_gone() -> bool {
    let stdin = std::io::stdin();
    let mut fds = [PollFd::new(stdin.as_fd(), PollFlags::empty())];
    match poll(&mut fds, PollTimeout::ZERO) {
        Ok(_) => fds[0].revents().is_some_and(|events| events.intersects(PollFlags::POLLHUP | PollFlags::POLLERR)),
        Err(errno) => errno != Errno::EINTR,
    }
}

/// Columns and rows of this terminal (TIOCGWINSZ, ioctl_tty(2)); 0 where nobody told it.
pub fn window_size(terminal: &impl AsFd) -> Option<(u16, u16)> {
    let mut size = winsize { ws_row: 0, ws_col: 0, ws_xpixel: 0, ws_ypixel: 0 };
    // SAFETY: TIOCGWINSZ fills in one winsize, and `size` is one.
    let done = unsafe { libc::ioctl(terminal.as_fd().as_raw_fd(), TIOCGWINSZ, &mut size) } == 0;
    done.then_some((size.ws_col, size.ws_row))
}

/// Tells a terminal its size (TIOCSWINSZ): its foreground process group gets SIGWINCH.
pub fn set_window_size(terminal: &impl AsFd, (columns, rows): (u16, u16)) {
    let size = winsize { ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0 };
    // SAFETY: TIOCSWINSZ reads one winsize, and `size` is one. A terminal that is gone has no size to set.
    unsafe { libc::ioctl(terminal.as_fd().as_raw_fd(), libc::TIOCSWINSZ, &size) };
}

/// setsid(2) and TIOCSCTTY: the caller, which leads no process group, leads a session of its own on this terminal, and has it on
/// standard input, output and error. Without a controlling terminal there is no job control.
///
/// Errors: EPERM when the caller leads a process group, or the terminal is another session's.
pub fn lead_session_on(terminal: OwnedFd) -> Result<(), Errno> {
    nix::unistd::setsid()?;
    // SAFETY: TIOCSCTTY takes an integer.
    Errno::result(unsafe { libc::ioctl(terminal.as_raw_fd(), libc::TIOCSCTTY, 0) })?;
    nix::unistd::dup2_stdin(&terminal)?;
    nix::unistd::dup2_stdout(&terminal)?;
    nix::unistd::dup2_stderr(&terminal)
}

/// Sets or removes a variable of the environment. Only for a process with one thread.
pub fn set_variable(name: &str, value: Option<&str>) {
    // SAFETY: with one thread nobody reads the environment meanwhile.
    unsafe {
        match value {
            Some(value) => std::env::set_var(name, value),
            None => std::env::remove_var(name),
        }
    }
}

/// Is there a shell above that could continue (`fg`) the caller's process group when it is stopped? Not where that group leads the session.
pub fn can_be_woken() -> bool {
    nix::unistd::getsid(None).is_ok_and(|leader| leader != nix::unistd::getpgrp())
}

/// The modes that [`restore_modes`] puts back.
static MODES: OnceLock<libc::termios> = OnceLock::new();

/// Remembers the modes of the terminal on standard input, for a handler that has to put them back.
pub fn remember_modes() {
    if let Ok(modes) = nix::sys::termios::tcgetattr(std::io::stdin()) {
        MODES.get_or_init(|| modes.into());
    }
}

/// Puts the remembered modes back, where the terminal is the caller's; may be called in a handler (signal-safety(7)).
pub fn restore_modes() {
    if let Some(modes) = MODES.get().filter(|_| owns_terminal()) {
        // SAFETY: it reads one termios, and `modes` is one.
        unsafe { libc::tcsetattr(0, libc::TCSADRAIN, modes) };
        // Only the line editor leaves a mode of the screen on while it waits: bracketed paste.
        const PLAIN: &[u8] = b"\x1b[?2004l";
        // SAFETY: it reads as many bytes as there are.
        unsafe { libc::write(1, PLAIN.as_ptr().cast(), PLAIN.len()) };
    }
}

/// Stops the caller's whole process group as Ctrl-Z does, for SIGTSTP is ignored or handled in it. Returns when it goes on; may be called
/// in a handler.
pub fn stop_group() {
    // SAFETY: kill takes two integers; 0 is the own process group.
    unsafe { libc::kill(0, libc::SIGSTOP) };
}

/// Stops the caller alone. Returns when it goes on.
pub fn stop_self() {
    // SAFETY: raise takes an integer.
    unsafe { libc::raise(libc::SIGSTOP) };
}
