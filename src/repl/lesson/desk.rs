//! What a lesson needs to act, lent to it for one line or key.

use super::draw;
use crate::model::Turn;
use crate::repl::{self, terminal::Modes};
use crate::script;
use crate::session::Session;
use crate::ui::Style;
use std::io;

/// The session, the terminal's modes, how to draw.
pub struct Desk<'a> {
    /// The session.
    pub session: &'a mut Session,
    /// The terminal's modes.
    pub modes: &'a Modes,
    /// How to draw.
    pub style: Style,
}

impl Desk<'_> {
    /// Prints.
    pub fn say(&self, text: &str) -> io::Result<()> {
        repl::say(text)
    }

    /// Runs a line and draws what it did; with `brief` only the line itself.
    pub fn run(&mut self, line: &str, brief: bool) -> io::Result<Turn> {
        self.say(&draw::typed(line, &self.style))?;
        self.modes.lend(line);
        let turn = self.session.execute(line);
        self.style = Style { large: self.style.large, ..script::style(self.session) };
        self.modes.restore(&turn, &self.style);
        if !brief {
            self.say(&repl::drawn(&turn, &self.style))?;
        }
        Ok(turn)
    }
}
