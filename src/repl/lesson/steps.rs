//! From step to step: a step is shown, is done with, and the next one comes, or the end.

use super::{Class, Desk, ask, draw, list};
use crate::lesson::format::StepKind;
use crate::lesson::progress::Mark;
use crate::lesson::shelf;
use std::io;

impl Class {
    /// Shows where one is; leaves out what this machine cannot do.
    pub(super) fn show(&mut self, desk: &mut Desk<'_>) -> io::Result<()> {
        if let Some((lesson, step)) = self.review.front() {
            return desk.say(&ask::review(lesson, step, &desk.style));
        }
        self.typed = 0;
        self.title = false;
        loop {
            let Some(guide) = &mut self.guide else { return Ok(()) };
            let Some(step) = guide.step() else { return self.finish(desk) };
            let Some(why) = guide.unfit(&mut self.prober) else {
                desk.session.cover(step.kind == StepKind::Predict);
                let text = draw::step(guide, self.show, &desk.style);
                return desk.say(&text);
            };
            desk.say(&draw::left_out(guide, &why, &desk.style))?;
            let (lesson, step, next) = (guide.lesson().id.clone(), step.id.clone(), guide.at() + 1);
            guide.go(desk.session, next);
            self.note(&lesson, &step, Mark::Unfit);
        }
    }

    /// The step is done with, in this way.
    pub(super) fn passed(&mut self, desk: &mut Desk<'_>, mark: Mark) -> io::Result<()> {
        let Some((lesson, step)) = self.guide.as_ref().and_then(|guide| Some((guide.lesson().id.clone(), guide.step()?.clone())))
        else {
            return Ok(());
        };
        let tries = draw::tries(&step, &desk.style);
        let read = matches!(step.kind, StepKind::Note | StepKind::Free);
        self.note(&lesson, &step.id, mark);
        desk.say(&draw::passed(&step, mark, &desk.style))?;
        desk.session.cover(false);
        let Some(guide) = &mut self.guide else { return Ok(()) };
        let guesses = guide.settle();
        let answered = !guesses.is_empty();
        if answered {
            desk.say(&ask::guesses(&guesses, &desk.style))?;
        }
        desk.say(&tries)?;
        // Before a class the page is not turned by itself: what has come is to be read first.
        if !tries.is_empty() || self.show.present && (!read || answered) || guide.question_follows() {
            guide.rest(desk.session);
            return Ok(());
        }
        self.proceed(desk)
    }

    /// The next step, on the ground that it stands on: who played with the subject, or lost it at a question, gets that again.
    pub(super) fn proceed(&mut self, desk: &mut Desk<'_>) -> io::Result<()> {
        let Some(guide) = &mut self.guide else { return Ok(()) };
        let next = guide.at() + 1;
        if next < guide.lesson().steps.len() && guide.lost_ground(desk.session) {
            desk.say(&draw::regained(&desk.style))?;
            return self.rebuild(desk, Some(next));
        }
        guide.go(desk.session, next);
        self.show(desk)
    }

    /// The lesson is over.
    fn finish(&mut self, desk: &mut Desk<'_>) -> io::Result<()> {
        let Some(guide) = self.guide.take() else { return Ok(()) };
        let next = shelf::following(&guide.entry);
        self.next = next.as_ref().map(|entry| entry.file.clone());
        let marks = (!self.show.to_a_class()).then(|| self.log.progress.marks(&guide.lesson().id));
        desk.say(&list::finished(&guide.entry, marks.as_ref(), next.as_ref(), &desk.style))
    }
}
