//! One frame: the programs' screen, the line between, the pane, the marks.

use super::emulator::Emulator;
use super::frame::{Cell, Frame};
use super::layout::Layout;
use super::look::look;
use crate::model::Text;
use crate::ui::pane::{self, Foot, Line, Picture};
use crate::ui::{self, Role, Style};

/// The pane's lines, laid out: made anew only when what they show has changed.
#[derive(Default)]
pub struct Pane {
    lines: Vec<Line>,
    foot: Vec<Line>,
}

impl Pane {
    /// Lays it out.
    pub fn new(picture: &Picture, foot: &Foot, layout: &Layout, style: &Style) -> Pane {
        let Some(area) = layout.pane else {
            // What is said when there is no pane stands on the last lines, for a while.
            let foot = if *foot == Foot::Keys { Vec::new() } else { pane::foot(foot, style, layout.columns, layout.rows) };
            return Pane { lines: Vec::new(), foot };
        };
        let foot = pane::foot(foot, style, area.columns, area.rows);
        let rows = area.rows - foot.len().min(area.rows);
        let draw = if layout.at_right { pane::right } else { pane::bottom };
        Pane { lines: draw(picture, style, area.columns, rows), foot }
    }
}

/// Draws all of it.
pub fn draw(frame: &mut Frame, emulator: &Emulator, layout: &Layout, pane: &Pane, style: &Style) {
    emulator.draw(frame);
    frame.settle();
    scrolled(frame, emulator, layout, style);
    let Some(area) = layout.pane else {
        let first = layout.rows - pane.foot.len().min(layout.rows);
        for (at, line) in pane.foot.iter().enumerate() {
            frame.row_mut(first + at).fill(Cell::default());
            write(frame, (0, first + at), layout.columns, line, style);
        }
        return;
    };
    for row in area.row..area.row + area.rows {
        frame.row_mut(row)[area.column..area.column + area.columns].fill(Cell::default());
    }
    let edge = look(Role::Dim, style.theme, style.colour);
    let (vertical, horizontal) = if style.utf8 { ("│", "─") } else { ("|", "-") };
    if layout.at_right {
        (0..layout.rows).for_each(|row| _ = frame.write((area.column - 1, row), area.column, vertical, &edge));
    } else {
        frame.write((0, area.row - 1), layout.columns, &horizontal.repeat(layout.columns), &edge);
    }
    let end = area.column + area.columns;
    let foot = area.row + area.rows - pane.foot.len().min(area.rows);
    let rows = pane.lines.iter().enumerate().map(|(at, line)| (area.row + at, line));
    for (row, line) in rows.chain(pane.foot.iter().enumerate().map(|(at, line)| (foot + at, line))) {
        write(frame, (area.column, row), end, line, style);
    }
}

fn write(frame: &mut Frame, (mut column, row): (usize, usize), end: usize, line: &Line, style: &Style) {
    for span in line {
        column = frame.write((column, row), end, &span.text, &look(span.role, style.theme, style.colour));
    }
}

/// The mark that tells that one is not at the end.
fn scrolled(frame: &mut Frame, emulator: &Emulator, layout: &Layout, style: &Style) {
    let above = emulator.scrolled();
    if above == 0 {
        return;
    }
    let text = format!(" {} ", style.visible(&style.text(&SCROLLED).replace("{}", &above.to_string())));
    let column = layout.left.0.saturating_sub(ui::width(&text));
    let mut mark = look(Role::Head, style.theme, style.colour);
    mark.flags |= alacritty_terminal::term::cell::Flags::INVERSE;
    frame.write((column, 0), layout.left.0, &text, &mark);
    // It may stand on half a wide character.
    frame.settle();
}

const SCROLLED: Text = Text { en: "{} lines up; any key returns", zh: "上翻 {} 行；按任意键返回" };

#[cfg(test)]
#[path = "draw_tests.rs"]
mod tests;
