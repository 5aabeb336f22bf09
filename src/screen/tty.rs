//! The real terminal: taken over, told which modes the program at the left wants, and given back as it was.

use super::emulator::Wish;
use super::keys::{Input, Keys};
use crate::kernel;
use crate::session::keeper;
use alacritty_terminal::term::TermMode;
use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::termios::{SetArg, Termios, cfmakeraw, tcgetattr, tcsetattr};
use std::os::fd::{AsFd, BorrowedFd};
use std::time::{Duration, Instant};

/// Remembers the title, and brings it back (XTWINOPS).
const TITLE: [&str; 2] = ["\x1b[22;2t", "\x1b[23;2t"];
/// How long a terminal may take to say where its corner is.
const ANSWER: Duration = Duration::from_millis(500);

/// The terminal on standard input and output. Dropping it gives it back.
pub struct Tty {
    found: Termios,
    taken: bool,
    modes: TermMode,
    /// The wheel is reported even if no program asks for the mouse.
    wheel: bool,
    titled: bool,
}

impl Tty {
    /// Remembers its modes; takes nothing yet.
    ///
    /// Errors: ENOTTY where standard input is none.
    pub fn find() -> nix::Result<Tty> {
        let found = tcgetattr(std::io::stdin())?;
        Ok(Tty { found, taken: false, modes: TermMode::empty(), wheel: false, titled: false })
    }

    /// Raw mode and alternate screen.
    pub fn take(&mut self) -> nix::Result<()> {
        let mut raw = self.found.clone();
        cfmakeraw(&mut raw);
        tcsetattr(std::io::stdin(), SetArg::TCSADRAIN, &raw)?;
        self.taken = true;
        self.modes = TermMode::empty();
        keeper::screen_stands(true);
        self.write(kernel::SCREEN_ENTER.as_bytes());
        self.wheel = false;
        Ok(())
    }

    /// Gives it back. `ours`: it is still this bench's (after the keeper's death another process may have it already, and its
    /// modes are that one's then).
    pub fn give_back(&mut self, ours: bool) {
        if !self.taken {
            return;
        }
        self.taken = false;
        let title = if std::mem::take(&mut self.titled) { TITLE[1] } else { "" };
        self.write(format!("{title}{}", kernel::SCREEN_LEAVE).as_bytes());
        keeper::screen_stands(false);
        if ours {
            let _ = tcsetattr(std::io::stdin(), SetArg::TCSADRAIN, &self.found);
        }
    }

    /// Columns and rows; zeroes where it was never told.
    pub fn size(&self) -> (u16, u16) {
        kernel::window_size(&std::io::stdout()).unwrap_or((0, 0))
    }

    /// Its size; where it was never told (a serial line, a new pty) it is asked where its lower right corner is, and told the answer.
    /// None: it does not answer.
    pub fn probe(&mut self) -> Option<(u16, u16)> {
        let known = self.size();
        if known.0 > 0 && known.1 > 0 {
            return Some(known);
        }
        let mut raw = self.found.clone();
        cfmakeraw(&mut raw);
        tcsetattr(std::io::stdin(), SetArg::TCSADRAIN, &raw).ok()?;
        self.ask_size();
        let mut keys = Keys::default();
        keys.asked = true;
        let end = Instant::now() + ANSWER;
        let mut found = None;
        while found.is_none() && Instant::now() < end {
            let mut fds = [PollFd::new(Tty::fd(), PollFlags::POLLIN)];
            if poll(&mut fds, PollTimeout::from(50u8)) == Ok(1) {
                let mut bytes = [0; 256];
                let count = self.read(&mut bytes);
                if count == 0 {
                    break;
                }
                found = keys.feed(&bytes[..count]).into_iter().find_map(|input| match input {
                    Input::At(row, column) => Some((column, row)),
                    _ => None,
                });
            }
        }
        let _ = tcsetattr(std::io::stdin(), SetArg::TCSADRAIN, &self.found);
        let found = found.filter(|(columns, rows)| *columns > 1 && *rows > 1)?;
        kernel::set_window_size(&std::io::stdout(), found);
        Some(found)
    }

    /// Asks where the lower right corner is (CSI 6n).
    pub fn ask_size(&mut self) {
        self.write(b"\x1b7\x1b[999;999H\x1b[6n\x1b8");
    }

    /// What was typed. 0: the terminal is gone.
    pub fn read(&mut self, into: &mut [u8]) -> usize {
        loop {
            match nix::unistd::read(Tty::fd(), into) {
                Err(Errno::EINTR) => {}
                other => return other.unwrap_or(0),
            }
        }
    }

    /// All of it, or as much as the terminal takes before it is gone.
    pub fn write(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            match nix::unistd::write(std::io::stdout(), bytes) {
                Ok(count) => bytes = &bytes[count..],
                Err(Errno::EINTR) => {}
                Err(_) => return,
            }
        }
    }

    /// To wait for.
    pub fn fd() -> BorrowedFd<'static> {
        // Standard input stays open as long as the process lives.
        static STDIN: std::sync::OnceLock<std::io::Stdin> = std::sync::OnceLock::new();
        STDIN.get_or_init(std::io::stdin).as_fd()
    }

    /// Keys pass as they are, so the terminal must be in the modes that the program asked for: how cursor keys and keypad are
    /// reported, whether pastes are bracketed, mouse and focus are told (xterm's ctlseqs).
    pub fn follow(&mut self, modes: TermMode, wheel: bool) {
        if (modes, wheel) == (self.modes, self.wheel) {
            return;
        }
        let mut text = String::new();
        for (mode, on, off) in [
            (TermMode::APP_CURSOR, "\x1b[?1h", "\x1b[?1l"),
            (TermMode::APP_KEYPAD, "\x1b=", "\x1b>"),
            (TermMode::BRACKETED_PASTE, "\x1b[?2004h", "\x1b[?2004l"),
            (TermMode::FOCUS_IN_OUT, "\x1b[?1004h", "\x1b[?1004l"),
        ] {
            if modes.contains(mode) != self.modes.contains(mode) {
                text.push_str(if modes.contains(mode) { on } else { off });
            }
        }
        let (was, is) = (reports(self.modes, self.wheel), reports(modes, wheel));
        if was != is {
            was.iter().for_each(|number| text.push_str(&format!("\x1b[?{number}l")));
            is.iter().for_each(|number| text.push_str(&format!("\x1b[?{number}h")));
        }
        (self.modes, self.wheel) = (modes, wheel);
        if !text.is_empty() {
            self.write(text.as_bytes());
        }
    }

    /// What a program asked the terminal for. Its text was read from an escape sequence; it cannot leave the one that it goes into.
    pub fn grant(&mut self, wish: &Wish) {
        match wish {
            Wish::Title(title) => {
                if !std::mem::replace(&mut self.titled, true) {
                    self.write(TITLE[0].as_bytes());
                }
                let clean: String = title.iter().flat_map(|title| title.chars()).filter(|c| !c.is_control()).take(200).collect();
                self.write(format!("\x1b]2;{clean}\x1b\\").as_bytes());
            }
            Wish::Copy(text) => self.write(format!("\x1b]52;c;{}\x1b\\", base64(text.as_bytes())).as_bytes()),
            Wish::Bell => self.write(b"\x07"),
            Wish::Reply(_) => {}
        }
    }
}

impl Drop for Tty {
    fn drop(&mut self) {
        self.give_back(true);
    }
}

/// The mouse modes that serve these modes of the program.
fn reports(modes: TermMode, wheel: bool) -> &'static [u16] {
    if modes.contains(TermMode::MOUSE_MOTION) {
        &[1003]
    } else if modes.contains(TermMode::MOUSE_DRAG) {
        &[1002]
    } else if modes.contains(TermMode::MOUSE_REPORT_CLICK) || wheel {
        &[1000]
    } else {
        &[]
    }
}

/// RFC 4648.
fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let bits = chunk.iter().fold(0u32, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - chunk.len()));
        for digit in 0..4 {
            let value = (bits >> (18 - 6 * digit)) & 63;
            text.push(if digit > chunk.len() { '=' } else { char::from(DIGITS[value as usize]) });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_the_rfcs() {
        for (text, wanted) in [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")] {
            assert_eq!(base64(text.as_bytes()), wanted);
        }
    }
}
