//! The pane's colours: from the theme's words to the look of a cell.

use super::frame::Cell;
use crate::ui::{Role, Theme};
use alacritty_terminal::term::cell::Flags;
use alacritty_terminal::vte::ansi::{Color, NamedColor};

/// How text of this role looks. Without colours only what needs none is left: bold, dim, inverse.
pub fn look(role: Role, theme: Theme, colour: bool) -> Cell {
    use NamedColor::{Blue, Cyan, Foreground, Green, Magenta, Red, Yellow};
    let (flags, colours) = match (theme, role) {
        (_, Role::Plain) => (Flags::empty(), Foreground),
        (Theme::Contrast, Role::Dim) => (Flags::empty(), Foreground),
        (_, Role::Dim) => (Flags::DIM, Foreground),
        (_, Role::Head) => (Flags::BOLD, Foreground),
        // On a projector thin colours drown: what matters is inverse or bold there.
        (Theme::Contrast, Role::Own | Role::Good) => (Flags::BOLD, Foreground),
        (Theme::Contrast, Role::New) => (Flags::BOLD.union(Flags::INVERSE), Foreground),
        (Theme::Contrast, Role::Warn) => (Flags::BOLD.union(Flags::UNDERLINE), Foreground),
        (Theme::Contrast, Role::Bad) => (Flags::BOLD.union(Flags::INVERSE), Foreground),
        (Theme::Dark, Role::Own | Role::Good) => (Flags::empty(), Green),
        (Theme::Dark, Role::New) => (Flags::BOLD, Cyan),
        (Theme::Dark, Role::Warn) => (Flags::empty(), Yellow),
        (_, Role::Bad) => (Flags::BOLD, Red),
        // Green, cyan and yellow on white cannot be read.
        (Theme::Light, Role::Own | Role::Good) => (Flags::BOLD, Blue),
        (Theme::Light, Role::New) => (Flags::BOLD, Magenta),
        (Theme::Light, Role::Warn) => (Flags::UNDERLINE, Foreground),
    };
    let fg = Color::Named(if colour { colours } else { Foreground });
    Cell { fg, flags, ..Cell::default() }
}
