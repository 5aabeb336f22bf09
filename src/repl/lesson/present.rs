//! Before a class: how it is drawn, and the teacher's keys.

use super::{Class, Desk};
use crate::repl::remote::Press;
use crate::session::Session;
use crate::ui::Style;
use std::io;

impl Class {
    /// How to draw what the lesson says.
    pub fn style(&self, session: &Session) -> Style {
        Style { large: self.show.present && self.guide.is_some(), ..crate::script::style(session) }
    }

    /// The keys that mean something now.
    pub fn keys(&self) -> &'static [Press] {
        match (self.show.present && self.guide.is_some(), self.parked) {
            (false, _) => &[],
            (true, true) => &[Press::Hand],
            (true, false) => &[Press::Hand, Press::Back, Press::On],
        }
    }

    /// A key was pressed.
    pub fn press(&mut self, desk: &mut Desk<'_>, press: Press) -> io::Result<()> {
        match press {
            Press::Hand if self.parked => self.resume(desk),
            Press::Hand => {
                // A line that stands there and was not run comes again.
                self.typed = self.typed.saturating_sub(usize::from(self.pending));
                self.parked = true;
                desk.session.cover(false);
                Ok(())
            }
            Press::Back => self.back(desk),
            Press::On => self.on(desk),
        }
    }

    /// A step on: what is left of this one is run.
    fn on(&mut self, desk: &mut Desk<'_>) -> io::Result<()> {
        if self.title {
            return self.show(desk);
        }
        self.skip(desk)
    }
}
