//! What is to stand on the terminal: a grid of cells and a cursor. The cells are the emulator's own, so nothing is translated.

use alacritty_terminal::term::cell::Flags;
use alacritty_terminal::vte::ansi::{Color, CursorShape, CursorStyle, NamedColor};
use unicode_width::UnicodeWidthChar;

pub use alacritty_terminal::term::cell::Cell;

/// The cursor that the terminal has of its own; no program asks for this shape, so it tells that none was asked for.
pub const OWN_CURSOR: CursorStyle = CursorStyle { shape: CursorShape::HollowBlock, blinking: false };
/// More marks than this on one character are somebody's joke.
const MARKS: usize = 4;

/// Flags of a cell that say nothing of how it looks.
const UNSEEN: Flags = Flags::WRAPLINE.union(Flags::LEADING_WIDE_CHAR_SPACER);

/// One picture of the whole terminal.
#[derive(Clone, Debug, PartialEq)]
pub struct Frame {
    /// Columns.
    pub columns: usize,
    /// Rows.
    pub rows: usize,
    /// Row by row.
    pub cells: Vec<Cell>,
    /// Column and row of the cursor; None: hidden.
    pub cursor: Option<(usize, usize)>,
    /// Its shape.
    pub shape: CursorStyle,
}

impl Frame {
    /// A blank one.
    pub fn new(columns: usize, rows: usize) -> Frame {
        let cells = vec![Cell::default(); columns * rows];
        Frame { columns, rows, cells, cursor: None, shape: OWN_CURSOR }
    }

    /// One row.
    pub fn row(&self, row: usize) -> &[Cell] {
        &self.cells[row * self.columns..(row + 1) * self.columns]
    }

    /// One row, to be written.
    pub fn row_mut(&mut self, row: usize) -> &mut [Cell] {
        &mut self.cells[row * self.columns..(row + 1) * self.columns]
    }

    /// Writes harmless text from a column on, at most to `end`, which it does not reach; returns the column after it. What is
    /// behind an edge is cut off.
    pub fn write(&mut self, (mut column, row): (usize, usize), end: usize, text: &str, look: &Cell) -> usize {
        if row >= self.rows {
            return column;
        }
        let end = end.min(self.columns);
        for c in text.chars() {
            let wide = c.width().unwrap_or(0);
            if wide == 0 {
                continue;
            }
            if column + wide > end {
                break;
            }
            let cells = self.row_mut(row);
            cells[column] = Cell { c, ..look.clone() };
            if wide == 2 {
                cells[column].flags |= Flags::WIDE_CHAR;
                cells[column + 1] = Cell { c: ' ', flags: look.flags | Flags::WIDE_CHAR_SPACER, ..look.clone() };
            }
            column += wide;
        }
        column
    }

    /// Makes each row one that every terminal shows in the same way: no half of a wide character without the other, both halves
    /// with the same look, no sequence that terminals give different widths.
    pub fn settle(&mut self) {
        for row in 0..self.rows {
            settle(self.row_mut(row));
        }
    }
}

fn settle(row: &mut [Cell]) {
    for at in 0..row.len() {
        row[at].flags -= UNSEEN;
        let wide = row[at].flags.contains(Flags::WIDE_CHAR);
        if wide && !row.get(at + 1).is_some_and(|next| next.flags.contains(Flags::WIDE_CHAR_SPACER)) {
            blank(&mut row[at]);
        } else if wide {
            let (left, right) = row.split_at_mut(at + 1);
            let first = &left[at];
            right[0] = Cell { c: ' ', fg: first.fg, bg: first.bg, flags: first.flags, extra: None };
            right[0].flags = (right[0].flags - Flags::WIDE_CHAR) | Flags::WIDE_CHAR_SPACER;
        } else if row[at].flags.contains(Flags::WIDE_CHAR_SPACER) && !(at > 0 && row[at - 1].flags.contains(Flags::WIDE_CHAR)) {
            blank(&mut row[at]);
        }
        settle_marks(&mut row[at]);
        if row[at].c.is_control() {
            // The emulator keeps a tab in the cell where it was written, for those who copy text.
            row[at].c = ' ';
        }
    }
}

/// A mark that widens what it follows (an emoji's variation selector, a joiner) is left out: terminals disagree about it.
fn settle_marks(cell: &mut Cell) {
    let Some(marks) = cell.zerowidth() else { return };
    let stays = |mark: &char| mark.width() == Some(0) && !is_selector(*mark);
    if marks.len() <= MARKS && marks.iter().all(stays) {
        return;
    }
    let marks: Vec<char> = marks.iter().copied().filter(stays).take(MARKS).collect();
    let (under, link) = (cell.underline_color(), cell.hyperlink());
    cell.extra = None;
    marks.into_iter().for_each(|mark| cell.push_zerowidth(mark));
    cell.set_underline_color(under);
    cell.set_hyperlink(link);
}

fn is_selector(mark: char) -> bool {
    matches!(mark, '\u{fe00}'..='\u{fe0f}' | '\u{200d}' | '\u{e0100}'..='\u{e01ef}' | '\u{e0020}'..='\u{e007f}')
}

fn blank(cell: &mut Cell) {
    cell.c = ' ';
    cell.flags -= Flags::WIDE_CHAR | Flags::WIDE_CHAR_SPACER;
    cell.extra = None;
}

/// A blank of the terminal's own colours.
pub fn is_blank(cell: &Cell) -> bool {
    cell.c == ' '
        && cell.flags.is_empty()
        && cell.extra.is_none()
        && cell.bg == Color::Named(NamedColor::Background)
        && cell.fg == Color::Named(NamedColor::Foreground)
}
