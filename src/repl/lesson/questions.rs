//! Questions: which one is open, and what is typed as an answer.

use super::{Class, Desk, Question, ask};
use crate::lesson::format::StepKind;
use crate::lesson::progress::Mark;
use crate::lesson::{answer, votes};
use std::io;

impl Class {
    /// The question that waits for an answer.
    pub(super) fn question(&self) -> Option<Question<'_>> {
        if self.parked {
            return None;
        }
        let guide = self.guide.as_ref()?;
        if let Some((entry, step)) = self.review.front() {
            return Some(Question::Again(entry, step));
        }
        guide.step().filter(|step| step.asks() && !guide.open_end && !self.title).map(Question::Own)
    }

    /// Takes an answer; false where it is none.
    pub(super) fn answers(&mut self, desk: &mut Desk<'_>, typed: &str) -> io::Result<bool> {
        let (step, again) = match self.question() {
            Some(Question::Own(step)) => (step.clone(), None),
            Some(Question::Again(entry, step)) => (step.clone(), Some(entry.lesson.id.clone())),
            None => return Ok(false),
        };
        let votes = if self.show.poll { votes(&step, typed) } else { None };
        let Some(guess) = votes.or_else(|| answer(&step, typed)) else {
            desk.say(&ask::no_answer(&step, self.show.poll, &desk.style))?;
            return Ok(true);
        };
        let mark = if guess.right { Mark::Right } else { Mark::Missed };
        if let Some(lesson) = again {
            self.note(&lesson, &step.id, mark);
            self.review.pop_front();
            desk.say(&ask::answered(&guess, &desk.style))?;
            return self.show(desk).map(|()| true);
        }
        let Some(guide) = &mut self.guide else { return Ok(false) };
        if step.kind == StepKind::Predict {
            desk.say(&ask::noted(&guess, guide.waits(), &desk.style))?;
            guide.keep(guess);
        } else {
            desk.say(&ask::answered(&guess, &desk.style))?;
        }
        self.passed(desk, mark)?;
        Ok(true)
    }
}
