//! A lesson at the prompt: its text above, its ways out always in sight, its checks after each line.

mod ask;
mod draw;
mod hall;
mod list;
mod log;
mod present;
mod questions;
mod words;

use super::terminal::Modes;
use crate::command::{self, parse};
use crate::lesson::Guide;
use crate::lesson::check::Prober;
use crate::lesson::format::{Step, StepKind};
use crate::lesson::progress::Mark;
use crate::lesson::shelf::{self, Entry};
use crate::lesson::trust;
use crate::model::{Msg, Turn};
use crate::session::{Session, signals};
use crate::ui::Style;
use log::Log;
use std::collections::VecDeque;
use std::io;

/// How many missed questions of other lessons come back at the start of one.
const REVIEW: usize = 2;

/// What a lesson needs to act: the session, the terminal's modes, how to draw.
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
        super::say(text)
    }

    /// Runs a line and draws what it did; with `brief` only the line itself.
    fn run(&mut self, line: &str, brief: bool) -> io::Result<Turn> {
        self.say(&draw::typed(line, &self.style))?;
        let turn = self.session.execute(line);
        self.style = Style { large: self.style.large, ..crate::script::style(self.session) };
        self.modes.restore(&turn, &self.style);
        if !brief {
            self.say(&super::drawn(&turn, &self.style))?;
        }
        Ok(turn)
    }
}

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
    review: VecDeque<(Entry, Step)>,
    log: Log,
    prober: Prober,
    /// The lesson that Enter on an empty line starts: the first one before anything was typed, the next one after the end of one.
    next: Option<String>,
    notes: bool,
    /// For a teacher: Enter types the next line, and runs it when it is pressed again.
    present: bool,
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
    poll: bool,
    votes: Option<Vec<(String, u32)>>,
}

impl Class {
    /// The place where the learner's record says.
    pub fn open() -> Class {
        let log = Log::open();
        let shelf = shelf::bundled();
        let open = shelf.iter().find(|entry| log.progress.done(&entry.lesson) < entry.lesson.steps.len());
        Class { next: open.map(|entry| entry.file.clone()), log, ..Class::default() }
    }

    /// What stands below the words of welcome.
    pub fn invitation(&self, style: &Style) -> String {
        let Some(entry) = self.next.as_deref().and_then(|name| shelf::find(name).ok()) else { return String::new() };
        list::invitation(&entry, self.log.progress.done(&entry.lesson), self.log.progress.events.is_empty(), style)
    }

    /// The line above the prompt: where one is, and the ways out.
    pub fn footer(&self, style: &Style) -> String {
        match (&self.guide, self.question()) {
            // It stands there already: the lesson types on the line below it.
            _ if self.types.is_some() => String::new(),
            (Some(guide), _) if !self.parked && self.title => draw::footer(guide, draw::Open::Title, self.present, style),
            (Some(guide), question) if !self.parked => {
                let open = if question.is_some() { draw::Open::Question } else { draw::Open::Step };
                draw::footer(guide, open, self.present, style)
            }
            (Some(_), _) if self.present => draw::taken_over(style),
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
        if in_lesson && parsed.card.name == "reset" {
            self.rebuild(desk, None)?;
            return Ok(true);
        }
        Ok(false)
    }

    /// Looks how the step stands after a line of the shell.
    pub fn after(&mut self, desk: &mut Desk<'_>, turn: &Turn) -> io::Result<()> {
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
        let more = self.present && self.typed < guide.solution().len();
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
        if self.present
            && let Some(line) = self.guide.as_ref().and_then(|guide| guide.solution().get(self.typed).cloned())
        {
            self.typed += 1;
            self.types = Some(line);
            return Ok(());
        }
        match (self.question().is_some(), self.guide.as_ref().and_then(Guide::step).map(|step| step.kind)) {
            (true, _) => self.show(desk),
            (_, Some(StepKind::Do)) => {
                let turn = super::of_news(Vec::new(), Vec::new());
                self.after(desk, &turn)
            }
            // What should be looked at is run, so that going on and seeing it are one key.
            (_, Some(StepKind::Observe)) if !self.present && self.regained(desk)? => Ok(()),
            (_, Some(StepKind::Observe)) if !self.present => {
                for line in self.guide.as_ref().map(Guide::solution).unwrap_or_default() {
                    let turn = desk.run(&line, false)?;
                    if let Some(guide) = &mut self.guide {
                        guide.look(desk.session, &turn);
                    }
                }
                self.passed(desk, Mark::Passed)
            }
            (_, Some(_)) => self.passed(desk, Mark::Passed),
            (_, None) => Ok(()),
        }
    }

    fn begin(&mut self, desk: &mut Desk<'_>, word: &str) -> io::Result<()> {
        desk.style.large = self.present;
        let entry = match shelf::find(word) {
            Ok(entry) => entry,
            Err(missing) => return desk.say(&list::missing(word, &missing, &desk.style)),
        };
        if trust::asks(&entry.text) && self.agreed.as_ref() != Some(&entry.text) {
            let again = format!("`lesson {word}`");
            let next = Msg::new(format!("{again} once more begins it"), format!("再输入一次 {again} 即可开始"));
            self.agreed = Some(entry.text);
            return desk.say(&trust::told(word, &entry.lesson, &next, &desk.style));
        }
        if let Some(why) = self.prober.unmet(&entry.lesson.needs) {
            return desk.say(&list::unfit_lesson(&entry, &why, &desk.style));
        }
        self.parked = false;
        self.next = None;
        self.fresh(desk);
        self.review = self
            .log
            .progress
            .missed(&entry.lesson.id)
            .into_iter()
            .filter_map(|(id, step)| missed(&id, &step))
            .take(REVIEW)
            .collect();
        let resumes = self.log.progress.resumes_at(&entry.lesson);
        desk.say(&draw::opening(&entry, resumes, &desk.style))?;
        // A page of its own before a class, which has no questions of other days either.
        self.title = self.present && resumes.is_none() && !entry.lesson.opening.is_empty();
        if self.present || resumes.is_some() {
            self.review.clear();
        }
        self.guide = Some(Guide::begin(desk.session, entry));
        if let Some(at) = resumes {
            self.replay_to(desk, at)?;
        }
        if self.title {
            return Ok(());
        }
        self.show(desk)
    }

    /// Only one subject, and that a fresh one.
    fn fresh(&self, desk: &mut Desk<'_>) {
        let names: Vec<String> = desk.session.subjects().into_iter().map(|subject| subject.name).collect();
        for name in names.iter().skip(1) {
            desk.session.execute(&format!(" subject drop {name}"));
        }
        desk.session.execute(" reset");
    }

    /// A line of the lesson's own is not run on a subject that lacks what the steps before had built (a limit, say): that is
    /// built first. True where it was lacking.
    fn regained(&mut self, desk: &mut Desk<'_>) -> io::Result<bool> {
        let lost = self.guide.as_ref().is_some_and(|guide| guide.lost_ground(desk.session));
        if lost {
            desk.say(&draw::regained(&desk.style))?;
            self.rebuild(desk, None)?;
        }
        Ok(lost)
    }

    /// The step begins anew on a fresh subject, or another one does; what comes before it is run again.
    fn rebuild(&mut self, desk: &mut Desk<'_>, to: Option<usize>) -> io::Result<()> {
        let Some(at) = self.guide.as_ref().map(Guide::at) else { return Ok(()) };
        self.fresh(desk);
        if let Some(guide) = &mut self.guide {
            guide.restart(desk.session, to.is_none());
        }
        self.parked = false;
        self.replay_to(desk, to.unwrap_or(at))?;
        self.show(desk)
    }

    fn replay_to(&mut self, desk: &mut Desk<'_>, to: usize) -> io::Result<()> {
        let Some(guide) = &mut self.guide else { return Ok(()) };
        for at in 0..to {
            guide.go(desk.session, at);
            if guide.unfit(&mut self.prober).is_some() {
                continue;
            }
            for line in guide.solution() {
                let turn = desk.run(&line, true)?;
                guide.look(desk.session, &turn);
                if signals::interrupts() > 0 {
                    break;
                }
            }
        }
        guide.go(desk.session, to);
        Ok(())
    }

    /// Shows where one is; leaves out what this machine cannot do.
    fn show(&mut self, desk: &mut Desk<'_>) -> io::Result<()> {
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
                let text = draw::step(guide, self.notes, &desk.style);
                return desk.say(&text);
            };
            desk.say(&draw::left_out(guide, &why, &desk.style))?;
            self.log.note(&guide.lesson().id, &step.id, Mark::Unfit);
            let next = guide.at() + 1;
            guide.go(desk.session, next);
        }
    }

    /// The step is done with, in this way.
    fn passed(&mut self, desk: &mut Desk<'_>, mark: Mark) -> io::Result<()> {
        let Some(guide) = &mut self.guide else { return Ok(()) };
        let Some(step) = guide.step() else { return Ok(()) };
        let tries = !step.tries.is_empty();
        let shown = !matches!(step.kind, StepKind::Note | StepKind::Free | StepKind::Predict);
        self.log.note(&guide.lesson().id, &step.id, mark);
        let text = draw::passed(step, mark, &desk.style);
        desk.say(&text)?;
        desk.session.cover(false);
        let guesses = guide.settle();
        let answered = !guesses.is_empty();
        if answered {
            desk.say(&ask::guesses(&guesses, self.votes.take().as_deref(), &desk.style))?;
        }
        // Before a class the page is not turned by itself: what has come is to be read first.
        if tries || self.present && (shown || answered) {
            guide.open_end = true;
            return Ok(());
        }
        self.proceed(desk)
    }

    fn proceed(&mut self, desk: &mut Desk<'_>) -> io::Result<()> {
        let Some(guide) = &mut self.guide else { return Ok(()) };
        let next = guide.at() + 1;
        guide.go(desk.session, next);
        self.show(desk)
    }

    fn finish(&mut self, desk: &mut Desk<'_>) -> io::Result<()> {
        let Some(guide) = self.guide.take() else { return Ok(()) };
        let shelf = shelf::bundled();
        let at = shelf.iter().position(|entry| entry.file == guide.entry.file);
        let next = at.and_then(|at| shelf.get(at + 1));
        self.next = next.map(|entry| entry.file.clone());
        let marks = self.log.progress.marks(&guide.lesson().id);
        desk.say(&list::finished(&guide.entry, &marks, next, &desk.style))
    }
}

/// A question of a bundled lesson.
fn missed(lesson: &str, step: &str) -> Option<(Entry, Step)> {
    let entry = shelf::find(lesson).ok()?;
    let step = entry.lesson.steps.iter().find(|one| one.id == step && one.asks())?.clone();
    Some((entry, step))
}
