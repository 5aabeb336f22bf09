//! What a person would see: the bytes that came, on a terminal of its own.

use alacritty_terminal::event::VoidListener;
use alacritty_terminal::grid::Dimensions;
use alacritty_terminal::index::{Column, Line};
use alacritty_terminal::term::cell::Flags;
use alacritty_terminal::term::{Config, Term, TermMode};
use alacritty_terminal::vte::ansi::Processor;

/// The terminal.
pub struct View {
    term: Term<VoidListener>,
    parser: Processor,
    size: Size,
}

#[derive(Clone, Copy)]
struct Size(usize, usize);

impl Dimensions for Size {
    fn total_lines(&self) -> usize {
        self.1
    }
    fn screen_lines(&self) -> usize {
        self.1
    }
    fn columns(&self) -> usize {
        self.0
    }
}

impl View {
    pub fn new(columns: u16, rows: u16) -> View {
        let size = Size(usize::from(columns).max(2), usize::from(rows).max(1));
        View { term: Term::new(Config::default(), &size, VoidListener), parser: Processor::new(), size }
    }

    pub fn feed(&mut self, bytes: &[u8]) {
        self.parser.advance(&mut self.term, bytes);
    }

    pub fn resize(&mut self, columns: u16, rows: u16) {
        self.size = Size(usize::from(columns).max(2), usize::from(rows).max(1));
        self.term.resize(self.size);
    }

    /// The rows as text.
    pub fn lines(&self) -> Vec<String> {
        let row = |row: usize| {
            let line = &self.term.grid()[Line(row as i32)];
            let cells = (0..self.size.0).map(|column| &line[Column(column)]);
            let text: String = cells.filter(|cell| !cell.flags.contains(Flags::WIDE_CHAR_SPACER)).map(|cell| cell.c).collect();
            text.trim_end().to_string()
        };
        (0..self.size.1).map(row).collect()
    }

    /// What is left switched on: alternate screen, mouse, bracketed paste, …; nothing: as after a reset.
    pub fn left_on(&self) -> TermMode {
        let usual = TermMode::SHOW_CURSOR | TermMode::LINE_WRAP | TermMode::ALTERNATE_SCROLL | TermMode::URGENCY_HINTS;
        let wrong = TermMode::ALT_SCREEN
            | TermMode::MOUSE_MODE
            | TermMode::SGR_MOUSE
            | TermMode::BRACKETED_PASTE
            | TermMode::FOCUS_IN_OUT
            | TermMode::APP_CURSOR
            | TermMode::APP_KEYPAD;
        let mode = *self.term.mode();
        (mode & wrong) | (usual & !mode & (TermMode::SHOW_CURSOR | TermMode::LINE_WRAP))
    }

    /// The modes now.
    pub fn mode(&self) -> TermMode {
        *self.term.mode()
    }
}
