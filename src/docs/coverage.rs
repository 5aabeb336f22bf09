//! docs/coverage.md: which step of which lesson is about which paragraph of the document, and which exposes which misconception.

use super::misconceptions::{DOCUMENT, MISCONCEPTIONS};
use crate::lesson::shelf::{Entry, bundled};
use crate::model::Text;
use std::fmt::Write;

/// The page, in Markdown.
pub fn coverage() -> String {
    let lessons = bundled();
    let mut page = String::from(
        "# What the lessons cover\n\nMade by `boxlab docs coverage` from the lessons themselves: a step names what it is about (`source seed:…`) and which \
         misconceptions it exposes (`exposes M…`).\n\n## The lessons\n\n| | lesson | minutes | steps |\n|---|---|---|---|\n",
    );
    for Entry { number, file, lesson, .. } in &lessons {
        let number = number.map(|number| number.to_string()).unwrap_or_default();
        let minutes = lesson.minutes.map(|minutes| minutes.to_string()).unwrap_or_default();
        let (en, zh, steps) = (&lesson.title.en, &lesson.title.zh, lesson.steps.len());
        // Writing to a String cannot fail.
        let _ = writeln!(page, "| {number} | [{en} · {zh}](../lessons/{file}.txt) | {minutes} | {steps} |");
    }
    page.push_str("\n## The document\n\n| paragraph | steps |\n|---|---|\n");
    for one in DOCUMENT {
        row(&mut page, one.key, &one.says, &about(&lessons, one.key));
    }
    page.push_str("\n## Misconceptions\n\n| | belief | steps |\n|---|---|---|\n");
    for one in MISCONCEPTIONS {
        let _ =
            writeln!(page, "| {} | {} · {} | {} |", one.id, one.belief.en, one.belief.zh, exposing(&lessons, one.id).join(", "));
    }
    page
}

fn row(page: &mut String, key: &str, says: &Text, steps: &[String]) {
    let _ = writeln!(page, "| {key}: {} · {} | {} |", says.en, says.zh, steps.join(", "));
}

/// The steps about a paragraph of the document: `uts/what`.
pub fn about(lessons: &[Entry], key: &str) -> Vec<String> {
    let source = format!("seed:{key}");
    steps(lessons, |step| step.source.contains(&source))
}

/// The steps that expose a misconception.
pub fn exposing(lessons: &[Entry], id: &str) -> Vec<String> {
    steps(lessons, |step| step.exposes.iter().any(|one| one == id))
}

fn steps(lessons: &[Entry], fits: impl Fn(&crate::lesson::format::Step) -> bool) -> Vec<String> {
    let of = |entry: &Entry| {
        let id = entry.lesson.id.clone();
        entry.lesson.steps.iter().filter(|step| fits(step)).map(|step| format!("{id}/{}", step.id)).collect::<Vec<_>>()
    };
    lessons.iter().flat_map(of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_paragraph_and_every_misconception_has_its_step() {
        let lessons = bundled();
        let bare = DOCUMENT.iter().filter(|one| about(&lessons, one.key).is_empty()).map(|one| one.key);
        let held = MISCONCEPTIONS.iter().filter(|one| exposing(&lessons, one.id).is_empty()).map(|one| one.id);
        let missing: Vec<&str> = bare.chain(held).collect();
        assert!(missing.is_empty(), "no step is about: {}", missing.join(" "));
    }

    #[test]
    fn lessons_name_only_what_there_is() {
        for Entry { file, lesson, .. } in bundled() {
            for step in &lesson.steps {
                for id in &step.exposes {
                    assert!(MISCONCEPTIONS.iter().any(|one| one.id == id), "{file}/{}: {id}", step.id);
                }
                for key in step.source.iter().filter_map(|source| source.strip_prefix("seed:")) {
                    assert!(DOCUMENT.iter().any(|one| one.key == key), "{file}/{}: seed:{key}", step.id);
                }
            }
        }
    }
}
