//! JSON: one object for each lesson, with the turns of its steps (docs/json.md has those).

use super::{Done, in_words};
use crate::lesson::run::Outcome;
use crate::model::Lang;
use crate::ui;
use serde_json::{Value, json as object};

/// One line.
pub fn json(done: &Done, lang: Lang) -> String {
    let steps: Vec<Value> = done
        .report
        .steps
        .iter()
        .map(|step| {
            let (outcome, why, failures) = match &step.outcome {
                Outcome::Held => ("held", None, Vec::new()),
                Outcome::Skipped(why) => ("skipped", Some(why.get(lang)), Vec::new()),
                Outcome::Failed(failed) => {
                    ("failed", None, failed.iter().map(|one| object!({ "line": one.line, "what": in_words(one, lang) })).collect())
                }
            };
            object!({ "id": step.id, "line": step.line, "outcome": outcome, "why": why, "failures": failures, "turns": step.turns })
        })
        .collect();
    let value = object!({
        "file": done.file,
        "lesson": done.lesson.id,
        "title": done.lesson.title,
        "skipped": done.report.skipped,
        "milliseconds": u64::try_from(done.report.took.as_millis()).unwrap_or(u64::MAX),
        "steps": steps,
    });
    ui::json(&value) + "\n"
}
