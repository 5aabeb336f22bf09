//! A mistake in a lesson file: where, and what was expected there. Shown as compilers show theirs.

use crate::model::{Lang, Msg};

/// A mistake.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// What was expected.
    pub what: Msg,
}

impl Fault {
    /// A mistake at a place.
    pub fn new(line: usize, column: usize, en: impl Into<String>, zh: impl Into<String>) -> Fault {
        Fault { line, column, what: Msg::new(en, zh) }
    }

    /// The mistake with the line it is in and a mark below the place. `visible` makes foreign text harmless, `width` says
    /// how many columns it takes.
    pub fn show(&self, file: &str, text: &str, lang: Lang, visible: fn(&str) -> String, width: fn(&str) -> usize) -> String {
        let word = Msg::new("error", "错误");
        let line = text.lines().nth(self.line.saturating_sub(1)).unwrap_or_default();
        let before: String = line.chars().take(self.column.saturating_sub(1)).collect();
        let number = self.line.to_string();
        let gap = " ".repeat(number.len());
        format!(
            "{}: {}\n{gap}--> {}:{}:{}\n{gap} |\n{number} | {}\n{gap} | {}^\n",
            word.get(lang),
            visible(self.what.get(lang)),
            visible(file),
            self.line,
            self.column,
            visible(line),
            " ".repeat(width(&visible(&before))),
        )
    }
}
