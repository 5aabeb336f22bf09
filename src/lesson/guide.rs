//! A lesson with a learner in it: which step, what is still missing, which hint comes next. Draws nothing.

use super::answer::Guess;
use super::check::{Facts, Prober};
use super::format::{Lesson, Step, StepKind};
use super::memory::Memory;
use super::run::Wrong;
use super::shelf::Entry;
use crate::command::parse;
use crate::model::{Msg, Turn};
use crate::session::Session;
use std::collections::BTreeSet;

/// A lesson that somebody goes through.
pub struct Guide {
    /// The lesson, and where it stands on the shelf.
    pub entry: Entry,
    memory: Memory,
    at: usize,
    prev: Facts,
    /// Hints given.
    rung: usize,
    fired: BTreeSet<usize>,
    /// The commands that ran in this step.
    ran: BTreeSet<String>,
    guesses: Vec<Guess>,
    /// The subjects at the beginning of the step: name and processes, the forked ones below the first.
    ground: Vec<(String, Vec<i32>)>,
    told: bool,
    /// The step is passed, and one stays in it to read or to play until Enter.
    pub open_end: bool,
}

/// How a step stands after a line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Look {
    /// It is passed.
    pub passed: bool,
    /// What does not hold yet.
    pub missing: Vec<Msg>,
    /// Hints that this state calls for.
    pub hints: Vec<Msg>,
    /// The subject was replaced since the step began, or the forked child that it was has ended, and this has not been said yet.
    pub lost: bool,
    /// This line made a child that is the subject now, and the step asks for none.
    pub astray: bool,
}

impl Guide {
    /// Begins a lesson on the session's current subject, at its first step.
    pub fn begin(session: &mut Session, entry: Entry) -> Guide {
        let memory = Memory::begin(session, &entry.lesson);
        let prev = memory.facts(session);
        Guide {
            entry,
            memory,
            at: 0,
            prev,
            rung: 0,
            fired: BTreeSet::new(),
            ran: BTreeSet::new(),
            guesses: Vec::new(),
            ground: ground(session),
            told: false,
            open_end: false,
        }
    }

    /// The lesson.
    pub fn lesson(&self) -> &Lesson {
        &self.entry.lesson
    }

    /// The step; None when the lesson is over.
    pub fn step(&self) -> Option<&Step> {
        self.lesson().steps.get(self.at)
    }

    /// The number of the step, from 0.
    pub fn at(&self) -> usize {
        self.at
    }

    /// Goes to a step; the state must be as that step expects it.
    pub fn go(&mut self, session: &mut Session, at: usize) {
        self.at = at.min(self.lesson().steps.len());
        self.prev = self.memory.facts(session);
        self.rung = 0;
        self.fired.clear();
        self.ran.clear();
        self.ground = ground(session);
        self.told = false;
        self.open_end = false;
    }

    /// The step is passed, and one stays in it. What stands now is what the next step needs.
    pub fn rest(&mut self, session: &Session) {
        self.ground = ground(session);
        self.open_end = true;
    }

    /// Has this step run something, and is the next one a question? That hides the pane and scrolls what came: both are to be
    /// read first.
    pub fn question_follows(&self) -> bool {
        let ran = self.step().is_some_and(|step| matches!(step.kind, StepKind::Do | StepKind::Observe));
        ran && self.lesson().steps.get(self.at + 1).is_some_and(Step::asks)
    }

    /// Begins anew on a fresh subject. The lines of the steps before have to be run then. What was predicted is kept where
    /// one does not go back.
    pub fn restart(&mut self, session: &mut Session, keeps: bool) {
        self.memory = Memory::begin(session, &self.entry.lesson);
        self.guesses.retain(|_| keeps);
        self.go(session, 0);
    }

    /// Why the step is left out here; None: it is not.
    pub fn unfit(&self, prober: &mut Prober) -> Option<Msg> {
        let step = self.step()?;
        step.skips.iter().find(|skip| prober.unmet(&skip.unless).is_some()).map(|skip| skip.why.clone())
    }

    /// The lines of the step's model solution.
    pub fn solution(&self) -> Vec<String> {
        self.step().map(|step| step.commands().map(|command| self.memory.line(command)).collect()).unwrap_or_default()
    }

    /// Takes note of a line that ran, and says how the step stands.
    pub fn look(&mut self, session: &mut Session, turn: &Turn) -> Look {
        let Some(step) = self.entry.lesson.steps.get(self.at) else { return Look::default() };
        if !turn.command.is_empty() {
            self.ran.insert(turn.command.clone());
        }
        // Whoever types the line of the model solution binds what it shows.
        if let Some(command) = step.commands().find(|command| command.text == turn.line.trim()) {
            self.memory.wrong(session, command, turn);
        }
        let mut missing: Vec<Msg> = self
            .memory
            .judge(session, step, &self.prev)
            .into_iter()
            .filter_map(|failed| match failed.wrong {
                Wrong::Assert(seen) => Some(seen),
                _ => None,
            })
            .collect();
        missing.dedup();
        let now = self.memory.facts(session);
        let mut hints = Vec::new();
        for (at, hint) in step.hints.iter().enumerate() {
            let Some(when) = &hint.when else { continue };
            if !missing.is_empty() && self.memory.verdict(when, &now, &self.prev).holds && self.fired.insert(at) {
                hints.push(hint.text.clone());
            }
        }
        let passed = missing.is_empty() && self.has_run(turn);
        let lost = !passed && !self.told && self.misses_ground(session);
        self.told |= lost;
        let astray = !passed && turn.end.ok() && becomes_child(&turn.line) && !step_forks(self.step());
        Look { passed, missing, hints, lost, astray }
    }

    /// Where nothing is asserted, a step is passed when its commands have run, in whatever form.
    fn has_run(&self, turn: &Turn) -> bool {
        let Some(step) = self.step() else { return false };
        if step.asks() {
            return false;
        }
        if !step.asserts.is_empty() && step.kind == StepKind::Do {
            return true;
        }
        let names = step.commands().filter_map(|command| parse(&command.text).ok().flatten()).map(|parsed| parsed.card.name);
        let names: BTreeSet<&str> = names.collect();
        !names.is_empty() && names.contains(turn.command.as_str()) && names.iter().all(|name| self.ran.contains(*name))
    }

    /// The next rung of the ladder; the last one again when there is no more.
    pub fn hint(&mut self) -> Option<Msg> {
        let ladder: Vec<Msg> =
            self.step()?.hints.iter().filter(|hint| hint.when.is_none()).map(|hint| hint.text.clone()).collect();
        let hint = ladder.get(self.rung.min(ladder.len().checked_sub(1)?)).cloned();
        self.rung += 1;
        hint
    }

    /// A prediction is kept until the kernel has answered; a question's answer is known at once.
    pub fn keep(&mut self, guess: Guess) {
        self.guesses.push(guess);
    }

    /// Does a prediction that is made now wait for a later step's lines?
    pub fn waits(&self) -> bool {
        let runs = |step: &Step| step.commands().next().is_some();
        !self.step().is_none_or(runs) && self.lesson().steps[self.at..].iter().any(runs)
    }

    /// Has the subject been replaced since the step began, or has the forked child ended that it was then? What earlier steps
    /// built is gone, or was in that child. In a step whose own lines end the child only the first process counts.
    pub fn lost_ground(&self, session: &Session) -> bool {
        let ends = self.step().is_some_and(|step| step.commands().any(|command| is(&command.text, "exit")));
        let first = |pids: &[i32], all: &[i32]| pids.first() == all.first();
        if ends { self.stands_not(session, first) } else { self.left_ground(session) }
    }

    /// The same for whoever runs all lines of the step: those that end the child are still to come.
    pub fn left_ground(&self, session: &Session) -> bool {
        self.stands_not(session, |was, is| is.starts_with(was))
    }

    fn stands_not(&self, session: &Session, stands: fn(&[i32], &[i32]) -> bool) -> bool {
        let now = ground(session);
        !self.ground.iter().all(|(name, was)| now.iter().any(|(one, is)| one == name && stands(was, is)))
    }

    /// Is what the steps before have built gone, although this step does not ask for a fresh subject?
    pub fn misses_ground(&self, session: &Session) -> bool {
        self.at > 0 && !self.asks_for_reset() && self.lost_ground(session)
    }

    /// Is a fresh subject what this step asks for, and not yet there? Then `reset` is an answer and not a way out.
    pub fn wants_reset(&self, session: &Session) -> bool {
        self.asks_for_reset() && !self.lost_ground(session)
    }

    fn asks_for_reset(&self) -> bool {
        self.step().is_some_and(|step| step.commands().any(|command| command.text == "reset"))
    }

    /// What was predicted, once the kernel has answered: after a step with lines to type, or when none will come.
    pub fn settle(&mut self) -> Vec<Guess> {
        if self.waits() { Vec::new() } else { std::mem::take(&mut self.guesses) }
    }
}

/// Is this line one whose child is the subject afterwards: `fork`, or `clone` without a program?
fn becomes_child(line: &str) -> bool {
    parse(line).ok().flatten().is_some_and(|parsed| match parsed.card.name {
        "fork" => true,
        "clone" => parsed.args.all("CMD").is_empty(),
        _ => false,
    })
}

fn step_forks(step: Option<&Step>) -> bool {
    step.is_some_and(|step| step.commands().any(|command| becomes_child(&command.text)))
}

/// Is this line one of that command?
fn is(line: &str, name: &str) -> bool {
    parse(line).ok().flatten().is_some_and(|parsed| parsed.card.name == name)
}

fn ground(session: &Session) -> Vec<(String, Vec<i32>)> {
    session.subjects().into_iter().map(|subject| (subject.name, subject.pids)).collect()
}
