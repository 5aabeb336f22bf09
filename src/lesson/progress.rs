//! What a learner has done: lines of text, one event each, that can be read, copied, handed in and deleted.

use super::format::Lesson;
use super::shelf::Entry;
use serde::Serialize;
use std::collections::BTreeMap;

/// The first line of the file.
pub const TITLE: &str = "# boxlab progress: date lesson/step mark";

/// What became of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Mark {
    /// Its checks held, or it was read.
    Passed,
    /// The model solution was run instead.
    Skipped,
    /// The machine lacks what it needs.
    Unfit,
    /// The question was answered right.
    Right,
    /// The question was answered wrong, and not yet right since.
    Missed,
}

impl Mark {
    const WORDS: [(&'static str, Mark); 5] = [
        ("passed", Mark::Passed),
        ("skipped", Mark::Skipped),
        ("unfit", Mark::Unfit),
        ("right", Mark::Right),
        ("missed", Mark::Missed),
    ];

    /// As it stands in the file.
    pub fn word(self) -> &'static str {
        Mark::WORDS.iter().find(|(_, mark)| *mark == self).map_or("?", |(word, _)| word)
    }
}

/// One event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Event {
    /// The day, `2026-11-24`.
    pub date: String,
    /// The lesson's id.
    pub lesson: String,
    /// The step's id.
    pub step: String,
    /// What became of it.
    pub mark: Mark,
}

/// All events, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// The events.
    pub events: Vec<Event>,
}

impl Event {
    /// As a line of the file.
    pub fn line(&self) -> String {
        format!("{} {}/{} {}\n", self.date, self.lesson, self.step, self.mark.word())
    }
}

impl Progress {
    /// Reads the file. A line that is none of ours is left out: it is the learner's file, and may have been edited.
    pub fn read(text: &str) -> Progress {
        let event = |line: &str| {
            let mut words = line.split_whitespace();
            let (date, place, mark) = (words.next()?, words.next()?, words.next()?);
            let (lesson, step) = place.split_once('/')?;
            let (_, mark) = *Mark::WORDS.iter().find(|(word, _)| *word == mark)?;
            let plain = |text: &str| text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
            (plain(date) && plain(lesson) && plain(step)).then(|| Event {
                date: date.into(),
                lesson: lesson.into(),
                step: step.into(),
                mark,
            })
        };
        Progress { events: text.lines().filter_map(event).collect() }
    }

    /// The last mark of each step of a lesson.
    pub fn marks(&self, lesson: &str) -> BTreeMap<&str, Mark> {
        self.events.iter().filter(|event| event.lesson == lesson).map(|event| (event.step.as_str(), event.mark)).collect()
    }

    /// How many of a lesson's steps have a mark.
    pub fn done(&self, lesson: &Lesson) -> usize {
        let marks = self.marks(&lesson.id);
        lesson.steps.iter().filter(|step| marks.contains_key(step.id.as_str())).count()
    }

    /// The first step without a mark, where some have one and some have none.
    pub fn resumes_at(&self, lesson: &Lesson) -> Option<usize> {
        let marks = self.marks(&lesson.id);
        let open = lesson.steps.iter().position(|step| !marks.contains_key(step.id.as_str()))?;
        (open > 0).then_some(open)
    }

    /// Questions of other lessons whose last answer was wrong, the oldest first: to be asked again. Who skips one has not answered.
    pub fn missed(&self, but: &str) -> Vec<(String, String)> {
        let mut last: Vec<(&str, &str, Mark)> = Vec::new();
        for event in self.events.iter().filter(|event| event.lesson != but && matches!(event.mark, Mark::Right | Mark::Missed)) {
            match last.iter_mut().find(|(lesson, step, _)| *lesson == event.lesson && *step == event.step) {
                Some(known) => known.2 = event.mark,
                None => last.push((&event.lesson, &event.step, event.mark)),
            }
        }
        let missed = last.into_iter().filter(|(.., mark)| *mark == Mark::Missed);
        missed.map(|(lesson, step, _)| (lesson.to_string(), step.to_string())).collect()
    }

    /// A report for handing in, in Markdown.
    pub fn markdown(&self, shelf: &[Entry]) -> String {
        let mut text = String::from("# boxlab\n");
        for entry in shelf {
            let marks = self.marks(&entry.lesson.id);
            if marks.is_empty() {
                continue;
            }
            let (done, all) = (self.done(&entry.lesson), entry.lesson.steps.len());
            text.push_str(&format!("\n## {} ({done}/{all})\n\n| step | mark | date |\n|---|---|---|\n", entry.file));
            for step in &entry.lesson.steps {
                let last = self.events.iter().rev().find(|event| event.lesson == entry.lesson.id && event.step == step.id);
                let (mark, date) = last.map_or(("", ""), |event| (event.mark.word(), &event.date));
                text.push_str(&format!("| {} | {mark} | {date} |\n", step.id));
            }
        }
        text
    }

    /// The same as JSON: every event.
    pub fn json(&self) -> String {
        serde_json::to_string_pretty(&self.events).unwrap_or_default() + "\n"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "# boxlab progress: date lesson/step mark
2026-11-01 process/guess missed
2026-11-01 process/name passed
rubbish \u{1b}[2J
2026-11-02 limits/hides missed
2026-11-03 process/guess right
2026-11-03 limits/hides skipped
";

    #[test]
    fn the_last_answer_counts() {
        let progress = Progress::read(FILE);
        assert_eq!(progress.events.len(), 5);
        assert_eq!(progress.marks("process")["guess"], Mark::Right);
        assert_eq!(progress.missed("uts"), [("limits".to_string(), "hides".to_string())]);
        assert!(progress.missed("limits").is_empty());
    }

    #[test]
    fn what_is_written_is_read_back() {
        let progress = Progress::read(FILE);
        let text: String = progress.events.iter().map(Event::line).collect();
        assert_eq!(Progress::read(&text), progress);
        assert!(progress.json().contains("\"mark\": \"missed\""));
    }
}
