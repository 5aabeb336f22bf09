//! What a replay leaves behind for others: JUnit, JSON, pages to hand out, recordings to play.

mod cast;
mod html;
mod json;
mod junit;

pub use cast::cast;
pub use html::page;
pub use json::json;
pub use junit::junit;

use super::format::Lesson;
use super::run::{Failed, Report, Wrong};
use crate::model::Lang;

/// A lesson that was replayed.
pub struct Done {
    /// The name of its file.
    pub file: String,
    /// The lesson.
    pub lesson: Lesson,
    /// What became of it.
    pub report: Report,
}

/// A failure as lines of text.
fn in_words(failed: &Failed, lang: Lang) -> String {
    match &failed.wrong {
        Wrong::Assert(seen) => format!("{}\n{}", failed.text, seen.get(lang)),
        Wrong::End { wanted, shown } => format!("{}\nexpected: {}\n{shown}", failed.text, wanted.in_words().get(lang)),
        Wrong::Output(mismatch) => format!("{}\n- {}\n{}", failed.text, mismatch.expected, mismatch.got.join("\n")),
    }
}

/// Text that means the same in XML and HTML, without what neither can hold.
fn escaped(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => shown.push_str("&amp;"),
            '<' => shown.push_str("&lt;"),
            '>' => shown.push_str("&gt;"),
            '"' => shown.push_str("&quot;"),
            '\n' | '\t' => shown.push(c),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => shown.push('\u{fffd}'),
            c => shown.push(c),
        }
    }
    shown
}
