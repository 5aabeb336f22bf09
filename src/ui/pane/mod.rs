//! The side pane as lines of text: pure functions from what was read to what is drawn.

mod cgroup;
mod foot;
mod line;
mod namespaces;
mod others;
mod sides;
mod spoken;
mod tree;

pub use foot::{Foot, foot};
pub use line::{Line, Span, text_of};
pub use spoken::spoken;

use super::Style;
use super::theme::Role;
use crate::model::{Change, Outsider, Text, Watched};
use line::{cut_line, line, span};

/// All that the pane draws.
#[derive(Clone, Debug, Default)]
pub struct Picture {
    /// The subjects; the current one and one more are drawn, the others have a line each.
    pub subjects: Vec<Watched>,
    /// The current one's name.
    pub current: String,
    /// What the last line changed in it.
    pub changes: Vec<Change>,
    /// The observer.
    pub outsider: Outsider,
    /// The answer is hidden: a learner is predicting it.
    pub covered: bool,
}

impl Picture {
    /// The current subject, and another one where there is one.
    fn shown(&self) -> Vec<&Watched> {
        let at = self.subjects.iter().position(|one| one.name == self.current).unwrap_or(0);
        let other = (0..self.subjects.len()).find(|other| *other != at);
        [Some(at), other].into_iter().flatten().filter_map(|at| self.subjects.get(at)).collect()
    }

    /// The further ones.
    fn others(&self) -> Vec<&Watched> {
        let shown = self.shown();
        self.subjects.iter().filter(|one| !shown.iter().any(|shown| shown.name == one.name)).collect()
    }

    /// Did the last line change this in the current subject?
    fn changed(&self, of: &Watched, what: &str) -> bool {
        of.name == self.current
            && self.changes.iter().any(|change| change.what == what || change.what.starts_with(&format!("{what}.")))
    }
}

/// At the right: one section below the other, as much as fits.
pub fn right(picture: &Picture, style: &Style, width: usize, height: usize) -> Vec<Line> {
    let shown = picture.shown();
    if picture.covered {
        return covered(style, width);
    }
    let compact = [false, true].map(|compact| {
        let mut sections = vec![namespaces::section(picture, &shown, style, width, compact)];
        sections.push(others::section(&picture.others(), style, width, height / 6));
        sections.push(sides::section(picture, &shown, style, width));
        for one in &shown {
            sections.push(cgroup::section(picture, one, shown.len() > 1, style, width));
        }
        sections
    });
    let length = |sections: &Vec<Vec<Line>>| sections.iter().map(Vec::len).sum::<usize>();
    // The tree needs some lines to be of use.
    let [full, tight] = compact;
    let sections = if length(&full) + 6 <= height { full } else { tight };
    let room = height.saturating_sub(length(&sections));
    let mut lines: Vec<Line> = sections.into_iter().flatten().collect();
    lines.extend(tree::section(&shown, style, width, room));
    finish(lines, style, width, height)
}

/// At the bottom: the sections beside each other.
pub fn bottom(picture: &Picture, style: &Style, width: usize, height: usize) -> Vec<Line> {
    if picture.covered {
        return covered(style, width);
    }
    let shown = picture.shown();
    let columns = if width >= 72 { 3 } else { 2 };
    let each = (width.saturating_sub(2 * (columns - 1))) / columns;
    let mut first = namespaces::section(picture, &shown, style, each, true);
    // Few rows: the heading would take one.
    let others: Vec<Line> = others::section(&picture.others(), style, each, height / 4).into_iter().skip(1).collect();
    first.truncate(height - others.len().min(height));
    first.extend(others);
    let sides = sides::section(picture, &shown, style, each);
    let mut second: Vec<Line> =
        shown.iter().flat_map(|one| cgroup::section(picture, one, shown.len() > 1, style, each)).collect();
    let third = if columns == 3 {
        second.extend(sides);
        tree::section(&shown, style, each, height)
    } else {
        first.extend(sides);
        second.extend(tree::section(&shown, style, each, height.saturating_sub(second.len())));
        Vec::new()
    };
    let empty = Vec::new();
    let parts = [first, second, third];
    let lines = (0..height).map(|row| {
        let mut whole = Line::new();
        for (at, part) in parts.iter().take(columns).enumerate() {
            let one = cut_line(part.get(row).unwrap_or(&empty), each, style);
            let used: usize = one.iter().map(|span| super::width(&span.text)).sum();
            whole.extend(one);
            if at + 1 < columns {
                whole.push(span(Role::Plain, " ".repeat((each - used.min(each)) + 2)));
            }
        }
        whole
    });
    finish(lines.collect(), style, width, height)
}

fn finish(lines: Vec<Line>, style: &Style, width: usize, height: usize) -> Vec<Line> {
    lines.into_iter().take(height).map(|line| cut_line(&line, width, style)).collect()
}

fn covered(style: &Style, width: usize) -> Vec<Line> {
    super::wrap(style.text(&COVERED), width).into_iter().map(|text| line(Role::Dim, text)).collect()
}

const COVERED: Text = Text {
    en: "The pane is hidden until you have said what you expect.",
    zh: "先说出你的预测，侧栏随后才会显示结果。",
};
