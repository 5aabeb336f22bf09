//! What a command has to show, as data: the screen draws it, `--json` writes it.

use super::Msg;
use serde::{Deserialize, Serialize};

/// How a cell or line is meant; the theme gives it a colour, and the text carries the meaning without one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mark {
    /// Nothing special.
    #[default]
    Plain,
    /// The subject's own, not shared with the host.
    Own,
    /// The host's.
    Host,
    /// Changed by the last line.
    New,
    /// Secondary.
    Dim,
    /// Worth a look: a limit reached, a zombie.
    Warn,
    /// A refusal or failure.
    Bad,
}

/// One cell of a table.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cell {
    /// Its text.
    pub text: Msg,
    /// What it means.
    #[serde(default)]
    pub mark: Mark,
}

impl Cell {
    /// A cell that reads the same in every language.
    pub fn new(text: impl Into<String>) -> Cell {
        Cell { text: Msg::same(text), mark: Mark::Plain }
    }

    /// A cell in two languages.
    pub fn msg(text: impl Into<Msg>) -> Cell {
        Cell { text: text.into(), mark: Mark::Plain }
    }

    /// The same cell with a meaning.
    pub fn mark(mut self, mark: Mark) -> Cell {
        self.mark = mark;
        self
    }
}

/// A table. With no head it is a list of aligned columns.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grid {
    /// Column titles.
    pub head: Vec<Msg>,
    /// Rows; short ones are filled with empty cells.
    pub rows: Vec<Vec<Cell>>,
}

/// A piece of what is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Block {
    /// A heading.
    Head(Msg),
    /// A paragraph, wrapped to the width of the screen.
    Para(Msg),
    /// Lines that stand as they are: commands, file contents. Untrusted: the screen shows control characters, it does not obey them.
    Lines(Vec<String>),
    /// A table.
    Grid(Grid),
}
