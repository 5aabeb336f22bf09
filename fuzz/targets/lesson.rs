//! A lesson file, and a progress file: a lesson or a list of faults, each of which can be shown at its place.
#![no_main]

use boxlab::lesson::format::{self, Item};
use boxlab::lesson::progress::Progress;
use boxlab::lesson::shelf::{self, Entry};
use boxlab::model::Lang;
use boxlab::{command, ui};
use libfuzzer_sys::fuzz_target;
use std::sync::OnceLock;

fuzz_target!(|text: &str| {
    match format::read(text) {
        Err(faults) => {
            assert!(!faults.is_empty());
            for fault in &faults {
                for lang in [Lang::En, Lang::Zh] {
                    let shown = fault.show("lesson.txt", text, lang, ui::visible, ui::width);
                    assert!(!shown.contains(|c: char| c.is_control() && c != '\n'), "{shown:?}");
                }
            }
        }
        Ok(lesson) => {
            for step in &lesson.steps {
                let _ = (step.before().count(), step.after().count(), step.asks());
                for item in &step.items {
                    let Item::Run(run) = item else { continue };
                    let _ = command::parse(&run.text);
                    run.shows.iter().for_each(|expect| _ = format!("{expect:?}"));
                }
                step.asserts.iter().for_each(|assert| _ = assert.expr.facts());
            }
        }
    }
    let progress = Progress::read(text);
    let lines: String = progress.events.iter().map(|event| event.line()).collect();
    assert_eq!(Progress::read(&lines), progress);
    let _ = (progress.missed(""), progress.json());
    if !progress.events.is_empty() {
        let _ = progress.markdown(shelf());
    }
});

fn shelf() -> &'static [Entry] {
    static SHELF: OnceLock<Vec<Entry>> = OnceLock::new();
    SHELF.get_or_init(shelf::bundled)
}
