//! `boxlab lint FILE…`: what makes a lesson good, as far as a program can tell.

mod kernel;
mod pairs;
mod text;

pub use pairs::LOCK;

use super::format::Lesson;
use super::replay::load;
use super::shelf;
use crate::model::{Msg, Text};
use crate::ui::{Role, Sign, Style};
use std::path::{Path, PathBuf};

/// A lesson with its file.
pub(super) struct Subject {
    file: PathBuf,
    lesson: Lesson,
}

/// Something that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The line in the file.
    pub line: usize,
    /// It must be mended; else it may be meant so.
    pub error: bool,
    /// What it is.
    pub what: Msg,
}

impl Finding {
    fn error(line: usize, en: impl Into<String>, zh: impl Into<String>) -> Finding {
        Finding { line, error: true, what: Msg::new(en, zh) }
    }

    fn warning(line: usize, en: impl Into<String>, zh: impl Into<String>) -> Finding {
        Finding { error: false, ..Finding::error(line, en, zh) }
    }
}

/// What is asked of lint.
#[derive(Clone, Debug, Default)]
pub struct Lint {
    /// Lesson files.
    pub files: Vec<PathBuf>,
    /// Only read; run nothing.
    pub read_only: bool,
    /// The translations are right as they are: remember them.
    pub accept: bool,
}

/// Lints files. Returns the exit status: 0 nothing to mend (there may be warnings), 1 something is to be mended, 2 a file is bad.
pub fn lint(wish: &Lint, style: &Style, say: &mut dyn FnMut(&str) -> bool) -> i32 {
    let (mut subjects, mut bad) = (Vec::new(), false);
    for file in &wish.files {
        match load(file, style) {
            Ok(lesson) => subjects.push(Subject { file: file.clone(), lesson }),
            Err(text) => {
                bad = true;
                say(&text);
            }
        }
    }
    let known: Vec<String> = shelf::bundled().into_iter().map(|entry| entry.lesson.id).collect();
    let (mut errors, mut warnings) = (0, 0);
    for (at, subject) in subjects.iter().enumerate() {
        let mut findings = text::of_lesson(&subject.lesson);
        findings.extend(text::among(&subjects, at, &known));
        findings.extend(pairs::changed(&subject.file, &subject.lesson));
        if !wish.read_only {
            findings.extend(kernel::tried(&subject.lesson, style.lang()));
        }
        findings.sort_by_key(|finding| finding.line);
        errors += findings.iter().filter(|finding| finding.error).count();
        warnings += findings.iter().filter(|finding| !finding.error).count();
        let text: String = findings.iter().map(|finding| shown(&subject.file, finding, style)).collect();
        if !say(&text) {
            return 1;
        }
    }
    if wish.accept {
        for subject in &subjects {
            if let Err(error) = pairs::accept(&subject.file, &subject.lesson) {
                say(&format!("{}: {error}\n", style.visible(&pairs::lock_of(&subject.file).to_string_lossy())));
                errors += 1;
            }
        }
    }
    let sum = Msg::new(
        format!("{} lessons: {errors} errors, {warnings} warnings", subjects.len()),
        format!("{} 课：{errors} 个错误，{warnings} 个警告", subjects.len()),
    );
    say(&(style.msg(&sum) + "\n"));
    match (bad, errors) {
        (true, _) => 2,
        (_, 1..) => 1,
        _ => 0,
    }
}

fn shown(file: &Path, finding: &Finding, style: &Style) -> String {
    let (word, sign, role) = match finding.error {
        true => (Text { en: "error", zh: "错误" }, Sign::Failed, Role::Bad),
        false => (Text { en: "warning", zh: "警告" }, Sign::Careful, Role::Warn),
    };
    let place =
        format!("{} {}:{}: {}", style.sign(sign), style.visible(&file.to_string_lossy()), finding.line, style.text(&word));
    format!("{}: {}\n", style.paint(role, &place), style.msg(&finding.what))
}
