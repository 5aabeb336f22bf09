//! `boxlab replay FILE…`: lessons run by themselves, and what they say held against what happens.

use super::check::Prober;
use super::format::{self, Lesson};
use super::report::{self, Sum};
use super::run::{Outcome, run};
use crate::session::signals;
use crate::ui::{self, Style};
use std::path::{Path, PathBuf};

/// What is asked of a replay.
#[derive(Clone, Debug, Default)]
pub struct Wish {
    /// Lesson files.
    pub files: Vec<PathBuf>,
    /// The step from which on it is judged.
    pub from: Option<String>,
}

/// Replays files; `say` gets the text as it comes, and says whether somebody still reads it. Returns the exit status:
/// 0 all held, 1 something failed, 2 a file is bad, 3 nothing failed but something was skipped.
pub fn replay(wish: &Wish, style: &Style, say: &mut dyn FnMut(&str) -> bool) -> i32 {
    let mut prober = Prober::default();
    let (mut sum, mut bad) = (Sum::default(), false);
    for file in &wish.files {
        let name = file.to_string_lossy();
        let lesson = match load(file, style) {
            Ok(lesson) => lesson,
            Err(text) => {
                bad = true;
                if !say(&text) {
                    return 2;
                }
                continue;
            }
        };
        let report = match run(&lesson, style.lang(), wish.from.as_deref(), &mut prober) {
            Ok(report) => report,
            Err(error) => {
                say(&format!("{}: {error}\n", style.visible(&name)));
                return 1;
            }
        };
        sum.lessons += 1;
        sum.held += report.steps.iter().filter(|step| step.outcome == Outcome::Held).count();
        sum.failed += report.steps.iter().filter(|step| matches!(step.outcome, Outcome::Failed(_))).count();
        sum.skipped += report.skips().count();
        if !say(&report::lesson(&name, &lesson, &report, style)) || signals::ending().is_some() {
            return 1;
        }
    }
    say(&report::sum(&sum, style));
    match sum {
        _ if bad => 2,
        Sum { failed: 1.., .. } => 1,
        Sum { skipped: 1.., .. } => 3,
        _ => 0,
    }
}

/// Reads a file.
///
/// Errors: all that is wrong with it, as text.
pub fn load(file: &Path, style: &Style) -> Result<Lesson, String> {
    let name = file.to_string_lossy();
    let text = match std::fs::read(file) {
        Ok(bytes) => match String::from_utf8(bytes) {
            Ok(text) => text,
            Err(odd) => return Err(format!("{}: not UTF-8 at byte {}\n", style.visible(&name), odd.utf8_error().valid_up_to())),
        },
        Err(error) => return Err(format!("{}: {error}\n", style.visible(&name))),
    };
    format::read(&text).map_err(|faults| {
        faults.iter().map(|fault| fault.show(&name, &text, style.lang(), ui::visible, ui::width)).collect::<Vec<_>>().join("\n")
    })
}
