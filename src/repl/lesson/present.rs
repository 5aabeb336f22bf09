//! Before a class: how it is drawn, and the teacher's keys.

use super::{Class, Desk, Question};
use crate::lesson::format::StepKind;
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
                self.cleared();
                self.parked = true;
                desk.session.cover(false);
                Ok(())
            }
            Press::Back => self.back(desk),
            Press::On => self.on(desk),
        }
    }

    /// The line was left without Enter. One that the lesson had typed there comes again.
    pub fn cleared(&mut self) {
        self.typed = self.typed.saturating_sub(usize::from(std::mem::take(&mut self.pending)));
    }

    /// A step on: what is left of this one is run.
    fn on(&mut self, desk: &mut Desk<'_>) -> io::Result<()> {
        if self.title {
            return self.show(desk);
        }
        // A prediction that nobody made is no reason to give the kernel's answer away.
        match self.question() {
            Some(Question::Own(step)) if step.kind == StepKind::Predict => self.proceed(desk),
            _ => self.skip(desk),
        }
    }
}
