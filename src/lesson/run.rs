//! A lesson played through by itself: every line typed, every question answered right, every check held against the kernel.

use super::check::{Mismatch, Prober};
use super::format::{Ends, Lesson, Step};
use super::memory::Memory;
use crate::model::{Lang, Msg, Turn};
use crate::session::{Options, Session, signals};
use std::time::{Duration, Instant};

/// How a lesson is played.
#[derive(Clone, Copy, Debug, Default)]
pub struct Manner<'a> {
    /// The language of what lines show.
    pub lang: Lang,
    /// What comes before this step is run, but not judged.
    pub from: Option<&'a str>,
    /// Look at the subject before and after each step.
    pub panes: bool,
    /// How long a line may take.
    pub limit: Option<Duration>,
}

/// How long a line of a lesson may take: all lines of the bundled ones together take less.
pub const LIMIT: Duration = Duration::from_secs(60);

/// What became of a lesson.
#[derive(Clone, Debug)]
pub struct Report {
    /// Why it was left out as a whole.
    pub skipped: Option<Msg>,
    /// Its steps.
    pub steps: Vec<StepReport>,
    /// How long it took.
    pub took: Duration,
}

/// What became of a step.
#[derive(Clone, Debug)]
pub struct StepReport {
    /// Its id.
    pub id: String,
    /// Its line in the file.
    pub line: usize,
    /// The subject's processes at its beginning, as the host counts.
    pub pids: Vec<i32>,
    /// The lines that were run.
    pub turns: Vec<Turn>,
    /// The subject at a glance before and after, where that was asked for.
    pub panes: Option<(Turn, Turn)>,
    /// How many asserts were judged.
    pub checks: usize,
    /// How it went.
    pub outcome: Outcome,
}

/// How a step went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// All held.
    Held,
    /// It was left out, for this reason.
    Skipped(Msg),
    /// These did not hold.
    Failed(Vec<Failed>),
}

/// Something that did not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failed {
    /// The line in the file.
    pub line: usize,
    /// What stands there.
    pub text: String,
    /// What is wrong.
    pub wrong: Wrong,
}

/// What is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wrong {
    /// The line ended in another way.
    End {
        /// How it had to end.
        wanted: Ends,
        /// What the screen shows of it.
        shown: String,
    },
    /// It showed something else.
    Output(Mismatch),
    /// An assert does not hold; what was seen.
    Assert(Msg),
}

impl Report {
    /// All that did not hold.
    pub fn failures(&self) -> impl Iterator<Item = (&StepReport, &Failed)> {
        self.steps.iter().flat_map(|step| match &step.outcome {
            Outcome::Failed(failed) => failed.iter().map(|one| (step, one)).collect::<Vec<_>>(),
            _ => Vec::new(),
        })
    }

    /// All that was left out, with the reasons.
    pub fn skips(&self) -> impl Iterator<Item = (Option<&StepReport>, &Msg)> {
        let whole = self.skipped.iter().map(|why| (None, why));
        whole.chain(self.steps.iter().filter_map(|step| match &step.outcome {
            Outcome::Skipped(why) => Some((Some(step), why)),
            _ => None,
        }))
    }
}

/// Plays the lesson on a fresh subject.
///
/// Errors: as [`Session::start`].
pub fn run(lesson: &Lesson, wish: &Manner<'_>, prober: &mut Prober) -> std::io::Result<Report> {
    let start = Instant::now();
    let mut report = Report { skipped: prober.unmet(&lesson.needs), steps: Vec::new(), took: Duration::ZERO };
    if report.skipped.is_none() {
        let mut session = Session::start(Options { lang: wish.lang, capture: true, terminal: false, limit: wish.limit })?;
        let mut memory = Memory::begin(&mut session, lesson);
        let mut judged = wish.from.is_none();
        for step in &lesson.steps {
            judged |= wish.from == Some(step.id.as_str());
            let unmet = step.skips.iter().find(|skip| prober.unmet(&skip.unless).is_some());
            report.steps.push(match unmet {
                Some(skip) => StepReport::skipped(step, &skip.why),
                None => play(&mut session, &mut memory, step, judged, wish.panes),
            });
            if signals::ending().is_some() {
                break;
            }
        }
    }
    report.took = start.elapsed();
    Ok(report)
}

/// Plays a step; what is not judged is only run.
fn play(session: &mut Session, memory: &mut Memory, step: &Step, judged: bool, panes: bool) -> StepReport {
    let before = panes.then(|| session.execute(" pane"));
    let pids = session.view().pids;
    let prev = memory.facts(session);
    let mut failed = Vec::new();
    let mut turns = Vec::new();
    for command in step.commands() {
        let (turn, wrong) = memory.run(session, command);
        turns.push(turn);
        failed.extend(wrong);
    }
    failed.extend(memory.judge(session, step, &prev));
    let outcome = if failed.is_empty() || !judged { Outcome::Held } else { Outcome::Failed(failed) };
    let panes = before.map(|before| (before, session.execute(" pane")));
    StepReport { id: step.id.clone(), line: step.line, pids, turns, panes, checks: step.asserts.len(), outcome }
}

impl StepReport {
    fn skipped(step: &Step, why: &Msg) -> StepReport {
        let outcome = Outcome::Skipped(why.clone());
        StepReport { id: step.id.clone(), line: step.line, pids: Vec::new(), turns: Vec::new(), panes: None, checks: 0, outcome }
    }
}
