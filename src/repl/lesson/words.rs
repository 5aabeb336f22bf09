//! The words of a lesson: hint, back, play, resume, skip, solution, menu, progress.

use super::{Class, Desk, Question, Wanted, ask, draw, list};
use crate::command::Args;
use crate::lesson::progress::Mark;
use crate::lesson::{Guide, shelf};
use std::io;

impl Class {
    /// Carries out one of the words.
    pub(super) fn word(&mut self, desk: &mut Desk<'_>, name: &str, args: &Args) -> io::Result<()> {
        match name {
            "lesson" => self.opens(desk, &Wanted::of(args)),
            "progress" => self.progress(desk, args),
            "menu" => self.menu(desk),
            "resume" => self.resume(desk),
            _ if self.guide.is_none() => desk.say(&list::no_lesson(&desk.style)),
            "answer" => match self.answers(desk, &args.all("ANSWER").join(" "))? {
                true => Ok(()),
                false => desk.say(&ask::no_question(&desk.style)),
            },
            "play" => {
                self.parked = true;
                self.left = Some(desk.session.seen().namespaces().collect());
                desk.session.cover(false);
                desk.say(&draw::plays(&desk.style))
            }
            "hint" if self.guide.as_ref().is_some_and(|guide| guide.open_end) => desk.say(&draw::rests(&desk.style)),
            // No hint of the step helps where the ground is gone.
            "hint" if self.question().is_none() && self.guide.as_ref().is_some_and(|guide| guide.misses_ground(desk.session)) => {
                desk.say(&draw::lost(&desk.style))
            }
            "hint" => {
                let hint = self.guide.as_mut().and_then(Guide::hint);
                let asks = self.question().map(|question| match question {
                    Question::Own(step) | Question::Again(_, step) => step.kind,
                });
                desk.say(&draw::hint(hint.as_ref(), asks, &desk.style))
            }
            "solution" => match (self.question(), &self.guide) {
                (Some(Question::Again(_, step)), _) => desk.say(&draw::right(step, &desk.style)),
                (_, Some(guide)) => desk.say(&draw::solution(guide, &desk.style)),
                (_, None) => Ok(()),
            },
            "skip" => self.skip(desk),
            "back" => self.back(desk),
            _ => Ok(()),
        }
    }

    pub(super) fn back(&mut self, desk: &mut Desk<'_>) -> io::Result<()> {
        self.review.clear();
        let at = self.guide.as_ref().map(Guide::at).unwrap_or_default();
        // From an open end one goes back to the beginning of the same step.
        let open = self.guide.as_ref().is_some_and(|guide| guide.open_end);
        self.rebuild(desk, Some(if open { at } else { at.saturating_sub(1) }))
    }

    pub(super) fn menu(&mut self, desk: &mut Desk<'_>) -> io::Result<()> {
        desk.session.cover(false);
        if self.guide.is_some() {
            self.parked = true;
        }
        let current = self.guide.as_ref().map(|guide| guide.entry.file.as_str());
        desk.say(&list::menu(&shelf::bundled(), &self.log.progress, current, &desk.style))
    }

    pub(super) fn resume(&mut self, desk: &mut Desk<'_>) -> io::Result<()> {
        if self.guide.is_none() {
            return desk.say(&list::no_lesson(&desk.style));
        }
        self.parked = false;
        let gone = self.guide.as_ref().is_some_and(|guide| guide.misses_ground(desk.session));
        let left = self.left.take();
        if gone {
            desk.say(&draw::lost(&desk.style))?;
        } else if left.is_some_and(|left| !left.into_iter().eq(desk.session.seen().namespaces())) {
            desk.say(&draw::strayed(&desk.style))?;
        }
        // What the lesson has typed of this step is not typed again.
        let typed = self.typed;
        self.show(desk)?;
        self.typed = typed;
        // What was reached while playing counts.
        let turn = crate::repl::of_news(Vec::new(), Vec::new());
        self.after(desk, &turn, false)
    }

    pub(super) fn skip(&mut self, desk: &mut Desk<'_>) -> io::Result<()> {
        self.parked = false;
        if let Some((_, step)) = self.review.pop_front() {
            desk.say(&draw::right(&step, &desk.style))?;
            return self.show(desk);
        }
        if self.guide.as_ref().is_some_and(|guide| guide.open_end) {
            return self.proceed(desk);
        }
        if let Some(guide) = &self.guide
            && guide.step().is_some_and(|step| step.asks())
        {
            desk.say(&draw::solution(guide, &desk.style))?;
        }
        self.regained(desk)?;
        // Of a step that is presented, only what has not been run yet.
        self.runs(desk, self.typed, false)?;
        self.passed(desk, Mark::Skipped)
    }

    fn progress(&mut self, desk: &mut Desk<'_>, args: &Args) -> io::Result<()> {
        let shelf = shelf::bundled();
        match (args.opt("WHAT"), args.opt("FORM")) {
            (Some("forget"), _) => {
                let done = self.log.forget();
                desk.say(&list::forgotten(done.err(), &desk.style))
            }
            (Some(_), Some("json")) => desk.say(&self.log.progress.json()),
            (Some(_), _) => desk.say(&self.log.progress.markdown(&shelf)),
            (None, _) => desk.say(&list::progress(&shelf, &self.log, &desk.style)),
        }
    }
}
