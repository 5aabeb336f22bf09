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
    /// Where the foot begins: its column, its row.
    foot_at: (usize, usize),
}

impl Pane {
    /// Lays it out.
    pub fn new(picture: &Picture, foot: &Foot, layout: &Layout, style: &Style) -> Pane {
        let across = |lines: Vec<Line>, foot: Vec<Line>| {
            let foot_at = (0, layout.rows - foot.len().min(layout.rows));
            Pane { lines, foot, foot_at }
        };
        let Some(area) = layout.pane else {
            // What is said when there is no pane stands on the last lines, for a while.
            let foot = if *foot == Foot::Keys { Vec::new() } else { pane::foot(foot, style, layout.columns, layout.rows) };
            return across(Vec::new(), foot);
        };
        let draw = |rows: usize, taken: usize| match layout.at_right {
            true => pane::right(picture, style, area.columns, rows),
            false => pane::bottom(picture, style, area.columns, rows, taken),
        };
        if *foot == Foot::Keys && !layout.at_right {
            let few = pane::few(style, area.columns);
            let foot_at = (area.columns.saturating_sub(ui::width(&pane::text_of(&few))), area.row + area.rows - 1);
            return Pane { lines: draw(area.rows, 1), foot: vec![few], foot_at };
        }
        let whole = pane::foot(foot, style, area.columns, layout.rows);
        if whole.len() > area.rows {
            // They stand over the programs' part, and are gone with the next key.
            return across(draw(area.rows, 0), pane::foot(foot, style, layout.columns, layout.rows));
        }
        // One line is always the foot's; more of them stand over the pane for a while.
        let foot_at = (area.column, area.row + area.rows - whole.len());
        Pane { lines: draw(area.rows - 1, 0), foot: whole, foot_at }
    }
}

/// Draws all of it.
pub fn draw(frame: &mut Frame, emulator: &Emulator, layout: &Layout, pane: &Pane, style: &Style) {
    emulator.draw(frame);
    frame.settle();
    scrolled(frame, emulator, layout, style);
    let mut end = layout.columns;
    if let Some(area) = layout.pane {
        end = area.column + area.columns;
        for row in area.row..area.row + area.rows {
            frame.row_mut(row)[area.column..end].fill(Cell::default());
        }
        if layout.at_right {
            let edge = look(Role::Dim, style.theme, style.colour);
            let vertical = if style.utf8 { "│" } else { "|" };
            (0..layout.rows).for_each(|row| _ = frame.write((area.column - 1, row), area.column, vertical, &edge));
        }
        for (at, line) in pane.lines.iter().enumerate() {
            write(frame, (area.column, area.row + at), end, line, style);
        }
    }
    let (column, first) = pane.foot_at;
    for (at, line) in pane.foot.iter().enumerate() {
        frame.row_mut(first + at)[column..end].fill(Cell::default());
        write(frame, (column, first + at), end, line, style);
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
