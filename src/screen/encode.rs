//! Frames to bytes: what differs from the picture that stands on the terminal already, and no more.
//!
//! Each frame is one write inside a synchronized update (`CSI ? 2026`), so that no terminal shows half of it.

use super::frame::{Cell, Frame, is_blank};
use alacritty_terminal::term::cell::{Flags, Hyperlink};
use alacritty_terminal::vte::ansi::{Color, CursorShape, NamedColor};
use std::io::Write;

/// So many equal cells are rather skipped by a cursor movement than written again.
const GAP: usize = 6;
/// So many blanks are rather erased (ECH).
const BLANKS: usize = 9;

/// Remembers what stands on the terminal.
#[derive(Default)]
pub struct Encoder {
    stands: Option<Frame>,
    out: Vec<u8>,
    /// Where the terminal's cursor is; None: not known.
    at: Option<(usize, usize)>,
    pen: Cell,
}

impl Encoder {
    /// Nothing is known of what stands there: the next frame is written whole.
    pub fn forget(&mut self) {
        self.stands = None;
    }

    /// The bytes that make the terminal show this frame; empty when it does so already.
    pub fn encode(&mut self, frame: &Frame) -> &[u8] {
        self.out.clear();
        let same_size = self.stands.as_ref().is_some_and(|was| (was.columns, was.rows) == (frame.columns, frame.rows));
        let was = if same_size { self.stands.take() } else { None };
        if was.as_ref() == Some(frame) {
            self.stands = was;
            return &self.out;
        }
        self.out.extend_from_slice(b"\x1b[?2026h\x1b[?25l\x1b[m");
        self.pen = Cell::default();
        self.at = None;
        let blank = match &was {
            Some(_) => None,
            None => {
                self.out.extend_from_slice(b"\x1b[2J");
                Some(vec![Cell::default(); frame.columns])
            }
        };
        for row in 0..frame.rows {
            let old = was.as_ref().map(|was| was.row(row)).or(blank.as_deref()).unwrap_or_default();
            self.row(row, old, frame.row(row));
        }
        self.link(None);
        self.out.extend_from_slice(b"\x1b[m");
        if was.as_ref().is_none_or(|was| was.shape != frame.shape) {
            let shape = match (frame.shape.shape, frame.shape.blinking) {
                (CursorShape::Underline, blinking) => 4 - u8::from(blinking),
                (CursorShape::Beam, blinking) => 6 - u8::from(blinking),
                (CursorShape::Block, blinking) => 2 - u8::from(blinking),
                // The terminal's own.
                _ => 0,
            };
            let _ = write!(self.out, "\x1b[{shape} q");
        }
        if let Some((column, row)) = frame.cursor {
            let _ = write!(self.out, "\x1b[{};{}H\x1b[?25h", row + 1, column + 1);
        }
        self.out.extend_from_slice(b"\x1b[?2026l");
        self.stands = Some(match was {
            Some(mut was) => {
                was.clone_from(frame);
                was
            }
            None => frame.clone(),
        });
        &self.out
    }

    /// The frame as lines that a terminal scrolls up like any others.
    pub fn as_lines(&mut self, frame: &Frame) -> &[u8] {
        self.out.clear();
        for row in 0..frame.rows {
            let cells = frame.row(row);
            let end = cells.iter().rposition(|cell| !is_blank(cell)).map_or(0, |at| at + 1);
            self.pen = Cell::default();
            let mut column = 0;
            while column < end {
                // Nothing moves the cursor: it is where it should be.
                self.at = Some((column, row));
                column += self.plain_cell((column, row), cells);
            }
            self.link(None);
            self.out.extend_from_slice(b"\x1b[m\r\n");
        }
        &self.out
    }

    fn row(&mut self, row: usize, old: &[Cell], new: &[Cell]) {
        if old == new {
            return;
        }
        let mut column = 0;
        let mut last = None;
        while column < new.len() {
            if new[column] == old[column] {
                column += 1;
                continue;
            }
            // A short stretch of equal cells is written along.
            let mut from = match last {
                Some(last) if column - last <= GAP => last,
                _ => column,
            };
            while from > 0 && new[from].flags.contains(Flags::WIDE_CHAR_SPACER) {
                from -= 1;
            }
            let mut at = from;
            while at <= column {
                at += self.cell((at, row), new, old);
            }
            column = at;
            last = Some(at);
        }
    }

    /// Writes the cell; returns how many columns were dealt with.
    fn cell(&mut self, (column, row): (usize, usize), new: &[Cell], old: &[Cell]) -> usize {
        let blanks = new[column..].iter().take_while(|cell| is_blank(cell)).count();
        if blanks >= BLANKS {
            // Those at the end that stand already need no erasing, but it does no harm either.
            let needed = (0..blanks).rev().find(|i| new[column + i] != old[column + i]).map_or(0, |i| i + 1);
            if needed >= BLANKS {
                self.go((column, row));
                self.link(None);
                self.pen(&Cell::default());
                let _ = write!(self.out, "\x1b[{needed}X");
                return needed;
            }
        }
        self.plain_cell((column, row), new)
    }

    fn plain_cell(&mut self, (column, row): (usize, usize), new: &[Cell]) -> usize {
        self.go((column, row));
        let cell = &new[column];
        self.link(cell.hyperlink());
        self.pen(cell);
        let wide = if cell.flags.contains(Flags::WIDE_CHAR) { 2 } else { 1 };
        let mut bytes = [0; 4];
        self.out.extend_from_slice(cell.c.encode_utf8(&mut bytes).as_bytes());
        let marks = cell.zerowidth().unwrap_or_default();
        for mark in marks {
            self.out.extend_from_slice(mark.encode_utf8(&mut bytes).as_bytes());
        }
        let next = column + wide;
        // Behind what terminals give different widths, the cursor is put where it belongs. At the edge it waits to wrap.
        let sure = marks.is_empty() && is_sure(cell.c, wide);
        self.at = (sure && next < new.len()).then_some((next, row));
        wide
    }

    fn go(&mut self, to: (usize, usize)) {
        if self.at != Some(to) {
            let (column, row) = to;
            let _ = match self.at {
                Some((_, same)) if same == row => write!(self.out, "\x1b[{}G", column + 1),
                _ => write!(self.out, "\x1b[{};{}H", row + 1, column + 1),
            };
        }
        self.at = Some(to);
    }

    /// Colours and attributes (SGR).
    fn pen(&mut self, cell: &Cell) {
        let looks = |cell: &Cell| cell.flags - Flags::WIDE_CHAR - Flags::WIDE_CHAR_SPACER;
        let under = cell.underline_color();
        if looks(cell) == looks(&self.pen)
            && cell.fg == self.pen.fg
            && cell.bg == self.pen.bg
            && under == self.pen.underline_color()
        {
            return;
        }
        let out = &mut self.out;
        out.extend_from_slice(b"\x1b[0");
        for (flag, code) in [
            (Flags::BOLD, "1"),
            (Flags::DIM, "2"),
            (Flags::ITALIC, "3"),
            (Flags::UNDERLINE, "4"),
            (Flags::DOUBLE_UNDERLINE, "4:2"),
            (Flags::UNDERCURL, "4:3"),
            (Flags::DOTTED_UNDERLINE, "4:4"),
            (Flags::DASHED_UNDERLINE, "4:5"),
            (Flags::INVERSE, "7"),
            (Flags::HIDDEN, "8"),
            (Flags::STRIKEOUT, "9"),
        ] {
            if cell.flags.contains(flag) {
                let _ = write!(out, ";{code}");
            }
        }
        colour(out, cell.fg, 30);
        colour(out, cell.bg, 40);
        if let Some(under) = under {
            colour(out, under, 50);
        }
        out.push(b'm');
        let link = self.pen.hyperlink();
        self.pen = cell.clone();
        self.pen.set_hyperlink(link);
    }

    /// OSC 8. The target was written by a program: a control character in it ends nothing here, for it is left out.
    fn link(&mut self, link: Option<Hyperlink>) {
        if self.pen.hyperlink() == link {
            return;
        }
        let clean = |text: &str| text.chars().filter(|c| !c.is_control()).collect::<String>();
        let _ = match &link {
            Some(link) => write!(self.out, "\x1b]8;id={};{}\x1b\\", clean(link.id()), clean(link.uri())),
            None => write!(self.out, "\x1b]8;;\x1b\\"),
        };
        self.pen.set_hyperlink(link);
    }
}

/// `base` is 30 for the foreground, 40 for the background, 50 for the underline.
fn colour(out: &mut Vec<u8>, colour: Color, base: u8) {
    let _ = match colour {
        Color::Named(name) => match name {
            NamedColor::Foreground | NamedColor::Background => Ok(()),
            name => {
                let number = name as usize;
                match number {
                    0..=7 if base != 50 => write!(out, ";{}", usize::from(base) + number),
                    8..=15 if base != 50 => write!(out, ";{}", usize::from(base) + 60 + number - 8),
                    0..=15 => write!(out, ";58;5;{number}"),
                    // The dim ones of a palette that we do not have: DIM is set besides.
                    _ => Ok(()),
                }
            }
        },
        Color::Indexed(number) => write!(out, ";{};5;{number}", base + 8),
        Color::Spec(rgb) => write!(out, ";{};2;{};{};{}", base + 8, rgb.r, rgb.g, rgb.b),
    };
}

/// Do all terminals give it this width? ASCII, Latin letters and Chinese, yes; ambiguous ones (UAX #11) and emoji, no.
fn is_sure(c: char, wide: usize) -> bool {
    c.is_ascii() || (wide == 2 && matches!(c, '\u{3001}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}' | '\u{ff01}'..='\u{ff60}'))
}

#[cfg(test)]
#[path = "encode_tests.rs"]
mod tests;
