//! A lesson at the prompt: its text above, its ways out always in sight, its checks after each line.

mod ask;
mod begin;
mod desk;
mod draw;
mod ground;
mod hall;
mod list;
mod log;
mod present;
mod questions;
mod steps;
mod wanted;
mod words;

use crate::command::{self, parse};
use crate::lesson::Guide;
use crate::lesson::check::Prober;
use crate::lesson::format::{Step, StepKind};
use crate::lesson::progress::Mark;
use crate::lesson::shelf::{self, Entry};
use crate::model::{NsId, NsKind, Turn};
use crate::ui::Style;
pub use desk::Desk;
pub use list::missing;
use log::Log;
use std::collections::VecDeque;
use std::io;
pub use wanted::{Show, Wanted};

/// What an open question is about.
enum Question<'a> {
    /// The step of the lesson.
    Own(&'a Step),
    /// One that was missed in another lesson.
    Again(&'a Entry, &'a Step),
}

/// The learner's place in the lessons.
#[derive(Default)]
pub struct Class {
    guide: Option<Guide>,
    parked: bool,
    /// The namespaces of the subject when play began.
    left: Option<Vec<(NsKind, NsId)>>,
    review: VecDeque<(Entry, Step)>,
    log: Log,
    prober: Prober,
    /// The lesson that Enter on an empty line starts: the first one before anything was typed, the next one after the end of one.
    next: Option<String>,
    show: Show,
    /// The line that is to be typed at the next prompt.
    types: Option<String>,
    /// Lines of the step that were typed so.
    typed: usize,
    /// One of them stands at the prompt and was not run.
    pending: bool,
    /// The title page is shown; the first step comes after it.
    title: bool,
    /// The text of a lesson that is not boxlab's own, once it has been shown what it runs.
    agreed: Option<String>,
}

impl Class {
    /// The place where the learner's record says: the lesson that was left, or the next one that is open.
    pub fn open() -> Class {
        let log = Log::open();
        let shelf = shelf::bundled();
        let left = log.progress.events.last().and_then(|event| shelf.iter().position(|entry| entry.lesson.id == event.lesson));
        let unfinished = |entry: &&Entry| log.progress.done(&entry.lesson) < entry.lesson.steps.len();
        let open = shelf.iter().skip(left.unwrap_or_default()).find(unfinished).or_else(|| shelf.iter().find(unfinished));
        Class { next: open.map(|entry| entry.file.clone()), log, ..Class::default() }
    }

    /// Notes what became of a step, unless that is a class's doing.
    fn note(&mut self, lesson: &str, step: &str, mark: Mark) {
        if !self.show.to_a_class() {
            self.log.note(lesson, step, mark);
        }
    }

    /// What stands below the words of welcome.
    pub fn invitation(&self, style: &Style) -> String {
        let Some(entry) = self.next.as_deref().and_then(|name| shelf::find(name).ok()) else { return String::new() };
        list::invitation(&entry, self.log.progress.resumes_at(&entry.lesson), self.log.progress.events.is_empty(), style)
    }

    /// Enter on an empty line begins no lesson.
    pub fn invites_to_nothing(&mut self) {
        self.next = None;
    }

    /// The line above the prompt: where one is, and the ways out.
    pub fn footer(&self, style: &Style) -> String {
        match (&self.guide, self.question()) {
            // It stands there already: the lesson types on the line below it.
            _ if self.types.is_some() => String::new(),
            (Some(guide), _) if !self.parked && self.title => draw::footer(guide, draw::Open::Title, self.show.present, style),
            (Some(guide), question) if !self.parked => {
                let open = match question {
                    Some(Question::Own(step)) => draw::Open::Question(ask::wanted(step, self.show.poll)),
                    Some(Question::Again(_, step)) => draw::Open::Again(ask::wanted(step, self.show.poll)),
                    None => draw::Open::Step,
                };
                draw::footer(guide, open, self.show.present, style)
            }
            (Some(_), _) if self.show.present => draw::taken_over(style),
            (Some(_), _) => draw::parked(style),
            (None, _) => String::new(),
        }
    }

    /// The line that stands at the prompt, as if it had been typed.
    pub fn types(&mut self) -> Option<String> {
        self.pending = self.types.is_some();
        self.types.take()
    }

    /// Takes what was typed where that is for the lesson: an empty line, an answer. False: it is for the shell.
    pub fn takes(&mut self, desk: &mut Desk<'_>, text: &str) -> io::Result<bool> {
        if text.trim().is_empty() {
            self.enter(desk)?;
            return Ok(true);
        }
        if self.question().is_some() && !matches!(parse(text), Ok(Some(_))) {
            return self.answers(desk, text);
        }
        Ok(false)
    }

    /// Takes a line where its command is one of the lesson's.
    pub fn takes_line(&mut self, desk: &mut Desk<'_>, line: &str) -> io::Result<bool> {
        self.next = self.next.take().filter(|_| self.guide.is_some());
        let Ok(Some(parsed)) = parse(line) else { return Ok(false) };
        let in_lesson = self.guide.is_some() && !self.parked;
        if command::lesson::is_word(parsed.card.name) {
            self.word(desk, parsed.card.name, &parsed.args)?;
            return Ok(true);
        }
        let answer = self.guide.as_ref().is_some_and(|guide| guide.wants_reset(desk.session));
        // Where the step asks for it, or is passed and invites to play, that is the shell's own.
        if in_lesson && parsed.card.name == "reset" && !answer && !self.plays_on() {
            self.rebuild(desk, None)?;
            return Ok(true);
        }
        Ok(false)
    }

    /// Looks how the step stands after a line of the shell. Where more of what was typed is still to come, what is missing is not said.
    pub fn after(&mut self, desk: &mut Desk<'_>, turn: &Turn, comes: bool) -> io::Result<()> {
        if self.parked || self.question().is_some() {
            return Ok(());
        }
        let Some(guide) = &mut self.guide else { return Ok(()) };
        if guide.open_end {
            return Ok(());
        }
        // Whom a limit has doomed dies at the next thing that it does: better now than in the middle of the checks.
        desk.session.refresh();
        let (calls, notes) = desk.session.news(std::time::Duration::ZERO);
        if !calls.is_empty() || !notes.is_empty() {
            desk.say(&super::drawn(&super::of_news(calls, notes), &desk.style))?;
        }
        let look = guide.look(desk.session, turn);
        if look.passed {
            return self.passed(desk, Mark::Passed);
        }
        let asked = guide.step().is_some_and(|step| step.kind == StepKind::Do);
        // Before a class the lines that are still to come are no news.
        let more = comes || self.show.present && self.typed < guide.solution().len();
        let text = draw::look(&look, asked && !more && turn.command != "help", &desk.style);
        desk.say(&text)
    }

    /// Enter on an empty line.
    fn enter(&mut self, desk: &mut Desk<'_>) -> io::Result<()> {
        if self.parked {
            return Ok(());
        }
        let Some(guide) = &mut self.guide else {
            let (calls, notes) = desk.session.news(std::time::Duration::ZERO);
            return match self.next.take() {
                // Whoever pressed Enter to see what happened is told that first.
                Some(name) if calls.is_empty() && notes.is_empty() => self.begin(desk, &name),
                _ => desk.say(&super::drawn(&super::of_news(calls, notes), &desk.style)),
            };
        };
        if guide.open_end {
            return self.proceed(desk);
        }
        if std::mem::take(&mut self.title) {
            return self.show(desk);
        }
        if self.show.present
            && let Some(line) = self.guide.as_ref().and_then(|guide| guide.solution().get(self.typed).cloned())
        {
            self.typed += 1;
            self.types = Some(line);
            return Ok(());
        }
        match self.question() {
            // The page stands there still.
            Some(Question::Own(step)) if self.show.present => {
                return desk.say(&ask::no_answer(step, self.show.poll, &desk.style));
            }
            Some(_) => return self.show(desk),
            None => {}
        }
        match self.guide.as_ref().and_then(Guide::step).map(|step| step.kind) {
            Some(StepKind::Do) => {
                let turn = super::of_news(Vec::new(), Vec::new());
                self.after(desk, &turn, false)
            }
            // What should be looked at is run, so that going on and seeing it are one key.
            Some(StepKind::Observe) if !self.show.present && self.regained(desk)? => Ok(()),
            Some(StepKind::Observe) if !self.show.present => {
                self.runs(desk, 0, false)?;
                self.passed(desk, Mark::Passed)
            }
            Some(_) => self.passed(desk, Mark::Passed),
            None => Ok(()),
        }
    }
}
