//! `boxlab replay FILE…`: lessons run by themselves, and what they say held against what happens.

use super::check::Prober;
use super::format::{self, Lesson};
use super::report::{self, Sum};
use super::reports::{Done, cast, json, junit, page};
use super::run::{Manner, Outcome, run};
use super::update::updated;
use crate::session::signals;
use crate::ui::{self, Style};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// What is asked of a replay.
#[derive(Clone, Debug, Default)]
pub struct Wish {
    /// Lesson files.
    pub files: Vec<PathBuf>,
    /// The step from which on it is judged.
    pub from: Option<String>,
    /// One JSON object for each lesson instead of text.
    pub json: bool,
    /// Write JUnit's XML there.
    pub junit: Option<PathBuf>,
    /// Write a page there; with several lessons, a folder of pages.
    pub html: Option<PathBuf>,
    /// Write a recording there.
    pub cast: Option<PathBuf>,
    /// How long a line may take.
    pub limit: Option<Duration>,
    /// Write what lines show and how they end into the lessons.
    pub update: bool,
}

/// Replays files; `say` gets the text as it comes, and says whether somebody still reads it. Returns the exit status:
/// 0 all held, 1 something failed, 2 a file is bad, 3 nothing failed but something was skipped.
pub fn replay(wish: &Wish, style: &Style, say: &mut dyn FnMut(&str) -> bool) -> i32 {
    let mut prober = Prober::default();
    let (mut all, mut bad) = (Vec::new(), false);
    for file in &wish.files {
        let name = file.to_string_lossy().into_owned();
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
        let manner = Manner { lang: style.lang(), from: wish.from.as_deref(), panes: wish.html.is_some(), limit: wish.limit };
        let report = match run(&lesson, &manner, &mut prober) {
            Ok(report) => report,
            Err(error) => {
                say(&format!("{}: {error}\n", style.visible(&name)));
                return 1;
            }
        };
        let done = Done { file: name, lesson, report };
        let text =
            if wish.json { json(&done, style.lang()) } else { report::lesson(&done.file, &done.lesson, &done.report, style) };
        if !say(&text) || signals::ending().is_some() {
            return 1;
        }
        all.push(done);
    }
    let sum = sum(&all);
    if !wish.json {
        say(&report::sum(&sum, style));
    }
    if let Err(error) = write(wish, &all, style) {
        eprintln!("boxlab: {error}");
        return 2;
    }
    match sum {
        _ if bad => 2,
        Sum { failed: 1.., .. } => 1,
        Sum { skipped: 1.., .. } => 3,
        _ => 0,
    }
}

fn sum(all: &[Done]) -> Sum {
    let count =
        |is: fn(&Outcome) -> bool| all.iter().flat_map(|done| &done.report.steps).filter(|step| is(&step.outcome)).count();
    Sum {
        lessons: all.len(),
        held: count(|outcome| *outcome == Outcome::Held),
        failed: count(|outcome| matches!(outcome, Outcome::Failed(_))),
        skipped: all.iter().map(|done| done.report.skips().count()).sum(),
    }
}

/// Writes what was asked for.
///
/// Errors: as writing a file does, with its name.
fn write(wish: &Wish, all: &[Done], style: &Style) -> std::io::Result<()> {
    let put = |path: &Path, text: &str| {
        let named = |error: std::io::Error| {
            std::io::Error::new(error.kind(), format!("{}: {error}", style.visible(&path.to_string_lossy())))
        };
        std::fs::write(path, text).map_err(named)
    };
    if let Some(path) = &wish.junit {
        put(path, &junit(all, style.lang()))?;
    }
    if let Some(path) = &wish.cast {
        put(path, &cast(all, style))?;
    }
    match (&wish.html, all) {
        (Some(path), [done]) => put(path, &page(done, style.lang()))?,
        (Some(folder), all) => {
            std::fs::create_dir_all(folder)?;
            for done in all {
                let name = Path::new(&done.file).with_extension("html");
                put(&folder.join(name.file_name().unwrap_or_default()), &page(done, style.lang()))?;
            }
        }
        (None, _) => {}
    }
    for done in all.iter().filter(|_| wish.update) {
        let path = Path::new(&done.file);
        if let Some(text) = updated(&std::fs::read_to_string(path)?, &done.lesson, &done.report, style.lang()) {
            put(path, &text)?;
        }
    }
    Ok(())
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
