//! The learner's record on disk: `$XDG_STATE_HOME/boxlab/progress`, a line for each event.

use crate::lesson::progress::{Event, Mark, Progress, TITLE};
use crate::repl::history::state_file;
use std::io::Write;
use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};

/// The record.
#[derive(Default)]
pub struct Log {
    /// What is in it.
    pub progress: Progress,
    /// Where it is; None where nothing can be written, and then it lives as long as the session.
    pub file: Option<PathBuf>,
}

impl Log {
    /// Reads it.
    pub fn open() -> Log {
        let file = state_file("progress");
        let text = file.as_ref().and_then(|file| std::fs::read(file).ok()).unwrap_or_default();
        Log { progress: Progress::read(&String::from_utf8_lossy(&text)), file }
    }

    /// Notes an event, unless it says what the last one said.
    pub fn note(&mut self, lesson: &str, step: &str, mark: Mark) {
        if self.progress.marks(lesson).get(step) == Some(&mark) {
            return;
        }
        let event = Event { date: today(), lesson: lesson.into(), step: step.into(), mark };
        if let Some(file) = &self.file {
            let empty = std::fs::metadata(file).map_or(true, |meta| meta.len() == 0);
            let title = if empty { format!("{TITLE}\n") } else { String::new() };
            // At once, so that a killed session leaves it; where it cannot be written, it is not kept.
            let open = std::fs::OpenOptions::new().append(true).open(file);
            let _ = open.and_then(|mut file| file.write_all((title + &event.line()).as_bytes()));
        }
        self.progress.events.push(event);
    }

    /// Empties it. Errors: as truncating a file does.
    pub fn forget(&mut self) -> std::io::Result<()> {
        self.progress = Progress::default();
        match &self.file {
            Some(file) => std::fs::write(file, ""),
            None => Ok(()),
        }
    }
}

/// The day, in UTC.
fn today() -> String {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    date(seconds / 86400)
}

/// The date of a day that is counted from 1970-01-01. Years begin in March here, so that the leap day is the last one.
fn date(day: u64) -> String {
    let day = day + 719_468;
    let (era, of_era) = (day / 146_097, day % 146_097);
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let of_month = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    format!("{:04}-{month:02}-{of_month:02}", year + era * 400 + u64::from(month <= 2))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_dates() {
        for (day, text) in
            [(0, "1970-01-01"), (11_016, "2000-02-29"), (11_017, "2000-03-01"), (20_781, "2026-11-24"), (20_454, "2026-01-01")]
        {
            assert_eq!(date(day), text);
        }
    }
}
