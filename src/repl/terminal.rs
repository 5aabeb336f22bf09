//! The terminal between lines: taken back from programs, its modes as they were, the cursor at the start of a line.

use crate::kernel;
use crate::model::{End, Exit, Turn};
use crate::ui::{Role, Style};
use nix::sys::termios::{LocalFlags, SetArg, Termios, tcgetattr, tcsetattr};
use std::io::Write;

/// The terminal's modes as they were found.
pub struct Modes {
    found: Option<Termios>,
}

impl Modes {
    /// Reads them.
    pub fn save() -> Modes {
        Modes { found: tcgetattr(std::io::stdin()).ok() }
    }

    /// Puts them back after a line. A program that was killed had no time to do so itself.
    pub fn restore(&self, turn: &Turn, style: &Style) {
        kernel::take_terminal_back();
        if let Some(found) = &self.found {
            // A terminal that is gone has no modes.
            let _ = tcsetattr(std::io::stdin(), SetArg::TCSADRAIN, found);
        }
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

/// No echo, as long as it lives.
pub struct Quiet(Option<Termios>);

impl Quiet {
    /// Turns it off.
    pub fn begin() -> Quiet {
        let found = tcgetattr(std::io::stdin()).ok();
        if let Some(mut modes) = found.clone() {
            modes.local_flags.remove(LocalFlags::ECHO);
            let _ = tcsetattr(std::io::stdin(), SetArg::TCSADRAIN, &modes);
        }
        Quiet(found)
    }
}

impl Drop for Quiet {
    fn drop(&mut self) {
        if let Some(found) = &self.0 {
            let _ = tcsetattr(std::io::stdin(), SetArg::TCSADRAIN, found);
        }
    }
}

/// A terminal that does not know cursor movement: rustyline does not edit there either.
pub fn dumb() -> bool {
    std::env::var("TERM").is_ok_and(|term| ["dumb", "cons25", "emacs"].contains(&term.as_str()))
}
