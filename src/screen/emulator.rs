//! The terminal that programs at the left write to: `alacritty_terminal`, kept from doing harm.

use super::frame::{Cell, Frame, OWN_CURSOR};
use alacritty_terminal::event::{Event, EventListener, WindowSize};
use alacritty_terminal::grid::{Dimensions, Scroll};
use alacritty_terminal::index::{Column, Line};
use alacritty_terminal::term::cell::Flags;
use alacritty_terminal::term::{Config, Osc52, Term, TermMode};
use alacritty_terminal::vte::ansi::{Processor, Rgb};
use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::time::Instant;
use unicode_width::UnicodeWidthStr;

/// Lines that can be scrolled back to.
const HISTORY: usize = 2000;

/// What a program asked of the terminal that is not in the grid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wish {
    /// Bytes that answer a question, for the program.
    Reply(String),
    /// A title; None: the terminal's own.
    Title(Option<String>),
    /// Text for the clipboard (OSC 52).
    Copy(String),
    /// A bell.
    Bell,
}

/// The emulator.
pub struct Emulator {
    term: Term<Listener>,
    parser: Processor,
    events: Rc<RefCell<Vec<Event>>>,
    size: Size,
    light: bool,
}

struct Listener(Rc<RefCell<Vec<Event>>>);

impl EventListener for Listener {
    fn send_event(&self, event: Event) {
        self.0.borrow_mut().push(event);
    }
}

#[derive(Clone, Copy, PartialEq)]
struct Size {
    columns: usize,
    rows: usize,
}

impl Dimensions for Size {
    fn total_lines(&self) -> usize {
        self.rows
    }
    fn screen_lines(&self) -> usize {
        self.rows
    }
    fn columns(&self) -> usize {
        self.columns
    }
}

impl Emulator {
    /// A blank terminal of this size; one that is too small for the emulator gets its least. `light`: what to answer to programs that ask for the background.
    pub fn new((columns, rows): (usize, usize), light: bool) -> Emulator {
        let size = least(columns, rows);
        let events = Rc::default();
        Emulator { term: term(size, &events), parser: Processor::new(), events, size, light }
    }

    /// What a program wrote. A defect of the emulator costs its screen, not the session.
    pub fn advance(&mut self, bytes: &[u8]) {
        let (term, parser) = (&mut self.term, &mut self.parser);
        if catch_unwind(AssertUnwindSafe(|| parser.advance(term, bytes))).is_err() {
            self.begin_anew();
        }
    }

    /// When an unfinished synchronized update (`CSI ? 2026`) is to be shown all the same.
    pub fn sync_deadline(&self) -> Option<Instant> {
        self.parser.sync_timeout().sync_timeout()
    }

    /// Shows it.
    pub fn end_sync(&mut self) {
        let (term, parser) = (&mut self.term, &mut self.parser);
        if catch_unwind(AssertUnwindSafe(|| parser.stop_sync(term))).is_err() {
            self.begin_anew();
        }
    }

    /// Another size. Lines are wrapped anew.
    pub fn resize(&mut self, columns: usize, rows: usize) {
        let size = least(columns, rows);
        if size == self.size {
            return;
        }
        self.size = size;
        let term = &mut self.term;
        if catch_unwind(AssertUnwindSafe(|| term.resize(size))).is_err() {
            self.begin_anew();
        }
    }

    fn begin_anew(&mut self) {
        self.events.borrow_mut().clear();
        self.term = term(self.size, &self.events);
        self.parser = Processor::new();
    }

    /// The modes that programs have set.
    pub fn mode(&self) -> TermMode {
        *self.term.mode()
    }

    /// What was asked for since the last call.
    pub fn wishes(&mut self) -> Vec<Wish> {
        let events = std::mem::take(&mut *self.events.borrow_mut());
        let size =
            WindowSize { num_lines: self.size.rows as u16, num_cols: self.size.columns as u16, cell_width: 8, cell_height: 16 };
        let wish = |event| match event {
            Event::PtyWrite(text) => Some(Wish::Reply(text)),
            Event::TextAreaSizeRequest(answer) => Some(Wish::Reply(answer(size))),
            Event::ColorRequest(number, answer) => Some(Wish::Reply(answer(palette(number, self.light)))),
            Event::Title(title) => Some(Wish::Title(Some(title))),
            Event::ResetTitle => Some(Wish::Title(None)),
            Event::ClipboardStore(_, text) => Some(Wish::Copy(text)),
            Event::Bell => Some(Wish::Bell),
            _ => None,
        };
        events.into_iter().filter_map(wish).collect()
    }

    /// Scrolls by lines, up with a positive number; 0 goes to the end.
    pub fn scroll(&mut self, lines: i32) {
        self.term.scroll_display(if lines == 0 { Scroll::Bottom } else { Scroll::Delta(lines) });
    }

    /// How many lines above the end is shown.
    pub fn scrolled(&self) -> usize {
        self.term.grid().display_offset()
    }

    /// Rows of the screen.
    pub fn rows(&self) -> usize {
        self.size.rows
    }

    /// Draws the screen into the frame's upper left corner.
    pub fn draw(&self, frame: &mut Frame) {
        let grid = self.term.grid();
        let offset = grid.display_offset();
        let columns = self.size.columns.min(frame.columns);
        for row in 0..self.size.rows.min(frame.rows) {
            let line = &grid[Line(row as i32 - offset as i32)];
            for (cell, seen) in frame.row_mut(row).iter_mut().zip(&line[Column(0)..Column(columns)]) {
                cell.clone_from(seen);
            }
        }
        let at = grid.cursor.point;
        let (column, row) = (at.column.0, at.line.0 + offset as i32);
        let shown = self.mode().contains(TermMode::SHOW_CURSOR) && offset == 0;
        frame.cursor =
            (shown && row >= 0 && column < frame.columns && (row as usize) < frame.rows).then_some((column, row as usize));
        frame.shape = self.term.cursor_style();
    }

    /// The rows of the screen down to the cursor, or the last one that is not empty.
    pub fn last_screen(&self) -> Frame {
        let mut frame = Frame::new(self.size.columns, self.size.rows);
        self.draw(&mut frame);
        frame.settle();
        let written = (0..frame.rows).rev().find(|row| frame.row(*row).iter().any(|cell| !super::frame::is_blank(cell)));
        frame.rows = written.map_or(0, |row| row + 1);
        frame.cells.truncate(frame.rows * frame.columns);
        frame
    }

    /// Wipes out an edit line that begins with this prompt, before a change to so many columns wraps it anew: the editor repaints
    /// it where it believes that its first row is, and would leave pieces of the wrapped one above. It repaints only one that takes
    /// several rows or will not fit any more; any other stays.
    pub fn wipe_prompt(&mut self, prompt: &str, columns: usize) {
        let was = self.size.columns;
        if prompt.is_empty() || columns == was || self.mode().contains(TermMode::ALT_SCREEN) {
            return;
        }
        let Some((first, last)) = self.edit_line(prompt) else { return };
        let end = self.text(last).trim_end().width();
        if first == last && end < columns {
            return;
        }
        let grid = self.term.grid_mut();
        for line in first..=last {
            for column in 0..was {
                grid[Line(line)][Column(column)] = Cell::default();
            }
        }
        grid.cursor.point.column = Column(0);
        grid.cursor.input_needs_wrap = false;
    }

    /// The rows of the edit line around the cursor. All rows but the last one are full, whatever the editor makes of them.
    fn edit_line(&self, prompt: &str) -> Option<(i32, i32)> {
        let at = self.term.grid().cursor.point.line.0;
        let head: String = prompt.chars().take(self.size.columns.saturating_sub(1).min(24)).collect();
        let full = |line: i32| self.text(line).trim_end().width() + 1 >= self.size.columns;
        let mut first = at;
        while !self.text(first).starts_with(head.trim_end()) {
            first -= 1;
            if first < 0 || !full(first) {
                return None;
            }
        }
        let mut last = at;
        while last + 1 < self.size.rows as i32 && full(last) {
            last += 1;
        }
        Some((first, last))
    }

    fn text(&self, line: i32) -> String {
        let row = &self.term.grid()[Line(line)];
        let cells = (0..self.size.columns).map(|column| &row[Column(column)]);
        cells.filter(|cell| !cell.flags.contains(Flags::WIDE_CHAR_SPACER)).map(|cell| cell.c).collect()
    }
}

fn term(size: Size, events: &Rc<RefCell<Vec<Event>>>) -> Term<Listener> {
    let config =
        Config { scrolling_history: HISTORY, osc52: Osc52::OnlyCopy, default_cursor_style: OWN_CURSOR, ..Config::default() };
    Term::new(config, &size, Listener(events.clone()))
}

/// The emulator needs two columns for a wide character.
fn least(columns: usize, rows: usize) -> Size {
    Size { columns: columns.max(2), rows: rows.max(1) }
}

/// What is answered to a program that asks for a colour: ours are the terminal's own, which we do not know; the foreground (256) and
/// background (257) tell it whether the terminal is dark.
fn palette(number: usize, light: bool) -> Rgb {
    let grey = |value| Rgb { r: value, g: value, b: value };
    match number {
        256 if light => grey(0),
        256 => grey(0xd0),
        257 if light => grey(0xff),
        257 => grey(0),
        1..=6 | 9..=14 => {
            let value = if number < 8 { 0xcd } else { 0xff };
            let on = |bit: usize| if number & bit != 0 { value } else { 0 };
            Rgb { r: on(1), g: on(2), b: on(4) }
        }
        7 | 15 => grey(0xe5),
        _ => grey(0),
    }
}
