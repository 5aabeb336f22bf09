//! What a lesson remembers while it runs: the facts at its beginning, and what `{A}` stands for.

use super::check::{Bindings, Facts, Moments, Verdict, compare, filled, judge, names};
use super::format::{Command, Expr, Lesson, Name, Step};
use super::run::{Failed, Wrong};
use crate::model::Turn;
use crate::session::Session;
use crate::ui;

/// What is remembered.
#[derive(Clone, Debug)]
pub struct Memory {
    names: Vec<Name>,
    base: Facts,
    bindings: Bindings,
}

impl Memory {
    /// The lesson begins now, on the session's current subject.
    pub fn begin(session: &mut Session, lesson: &Lesson) -> Memory {
        let names = names(lesson);
        session.refresh();
        Memory { base: Facts::read(session, &names), names, bindings: Bindings::new() }
    }

    /// The facts now.
    pub fn facts(&self, session: &mut Session) -> Facts {
        session.refresh();
        Facts::read(session, &self.names)
    }

    /// The line of a command, with what is bound.
    pub fn line(&self, command: &Command) -> String {
        filled(&command.text, &self.bindings)
    }

    /// Runs a line of the model solution, and holds what it shows and how it ends against the lesson.
    pub fn run(&mut self, session: &mut Session, command: &Command) -> (Turn, Option<Failed>) {
        let line = self.line(command);
        let turn = session.execute(&line);
        let wrong = self.wrong(session, command, &turn);
        (turn, wrong.map(|wrong| Failed { line: command.line, text: format!("$ {line}"), wrong }))
    }

    /// What is wrong with a turn of this command; binds what it shows.
    pub fn wrong(&mut self, session: &Session, command: &Command, turn: &Turn) -> Option<Wrong> {
        let lang = session.lang();
        if command.ends.held(turn) {
            let output = ui::plain_output(turn, lang);
            return compare(&command.shows, &output, &mut self.bindings).err().map(Wrong::Output);
        }
        let shown = ui::turn(turn, &ui::Style::plain(lang));
        Some(Wrong::End { wanted: command.ends.clone(), shown })
    }

    /// The asserts of a step that do not hold now.
    pub fn judge(&self, session: &mut Session, step: &Step, prev: &Facts) -> Vec<Failed> {
        let now = self.facts(session);
        let verdicts = step.asserts.iter().map(|assert| (assert, self.verdict(&assert.expr, &now, prev)));
        verdicts
            .filter(|(_, verdict)| !verdict.holds)
            .map(|(assert, verdict)| Failed {
                line: assert.line,
                text: format!("assert {}", assert.text),
                wrong: Wrong::Assert(verdict.seen),
            })
            .collect()
    }

    /// Judges one expression.
    pub fn verdict(&self, expr: &Expr, now: &Facts, prev: &Facts) -> Verdict {
        judge(expr, &Moments { now, prev, base: &self.base })
    }
}
