//! The terminal between lines: lent to programs and taken back, without echo while nobody reads, the cursor at the start of a line.

use crate::command::parse;
use crate::kernel;
use crate::model::{End, Exit, Turn};
use crate::session::keeper;
use crate::ui::{Role, Style};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::termios::{FlushArg, LocalFlags, SetArg, Termios, tcflush, tcgetattr, tcsetattr};
use std::io::Write;
use std::os::fd::AsFd;
use std::time::Duration;

/// The terminal, as it was found. As long as this lives, what is typed is shown by the line editor or by a program that has the
/// terminal, and by nobody else: what is typed ahead would otherwise stand in the middle of what comes.
pub struct Modes {
    found: Option<Termios>,
}

impl Modes {
    /// Takes the terminal.
    pub fn take() -> Modes {
        let modes = Modes { found: tcgetattr(std::io::stdin()).ok() };
        modes.set(dumb());
        modes
    }

    /// Before a line: a program that reads from the terminal has it as it was found.
    pub fn lend(&self, line: &str) {
        if parse(line).ok().flatten().is_some_and(|parsed| parsed.lends_terminal()) {
            self.set(true);
        }
    }

    fn set(&self, echo: bool) {
        let Some(mut modes) = self.found.clone() else { return };
        if !echo {
            modes.local_flags.remove(LocalFlags::ECHO);
        }
        // A terminal that is gone has no modes.
        let _ = tcsetattr(std::io::stdin(), SetArg::TCSADRAIN, &modes);
    }

    /// After a line. A program that was killed had no time to put its modes back.
    pub fn restore(&self, turn: &Turn, style: &Style) {
        // The bench may have been stopped, or a part of it, and the shell above has the terminal now.
        keeper::wait_for_foreground();
        kernel::take_terminal_back();
        // Where no line editor draws, the terminal shows what is typed.
        self.set(dumb());
        let ran =
            matches!(turn.end, End::Ran { .. } | End::SubjectGone { .. }) || turn.calls.iter().any(|call| call.name == "wait4");
        let Some(columns) = style.width.filter(|_| ran && !dumb()) else { return };
        let killed = matches!(
            turn.end,
            End::Ran { exit: Exit::Signal(_) | Exit::Stopped(_) }
                | End::SubjectGone { .. }
                | End::ChildGone { .. }
                | End::Unfit { .. }
        );
        let reset = if killed { kernel::MODES_RESET } else { "" };
        // At the start of a line the sign and the blanks fill exactly that line and are wiped out; in the middle of one they
        // reach into the next, where the cursor then stands, and the sign tells that the output had no newline.
        let sign = style.paint(Role::Dim, if style.utf8 { "⏎" } else { "%" });
        let blanks = " ".repeat(columns.saturating_sub(1));
        let mut out = std::io::stdout();
        let _ = out.write_all(format!("{reset}{sign}{blanks}\r\x1b[K").as_bytes()).and_then(|()| out.flush());
    }
}

impl Drop for Modes {
    fn drop(&mut self) {
        self.set(true);
    }
}

/// Waits so long; true as soon as Enter is pressed. What was typed up to then is dropped: it was not meant for the next prompt.
pub fn enter_within(pause: Duration) -> bool {
    let stdin = std::io::stdin();
    let timeout = PollTimeout::try_from(pause).unwrap_or(PollTimeout::ZERO);
    // The terminal gives whole lines here.
    let pressed = poll(&mut [PollFd::new(stdin.as_fd(), PollFlags::POLLIN)], timeout) == Ok(1);
    if pressed {
        let _ = tcflush(&stdin, FlushArg::TCIFLUSH);
    }
    pressed
}

/// A terminal that does not know cursor movement: rustyline does not edit there either.
pub fn dumb() -> bool {
    std::env::var("TERM").is_ok_and(|term| ["dumb", "cons25", "emacs"].contains(&term.as_str()))
}
