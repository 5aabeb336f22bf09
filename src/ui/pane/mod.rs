//! The side pane as lines of text: pure functions from what was read to what is drawn.

mod bottom;
mod cgroup;
mod foot;
mod line;
mod namespaces;
mod others;
mod sides;
mod spoken;
mod tree;

pub use bottom::bottom;
pub use foot::{Foot, few, foot};
pub use line::{Line, Span, text_of};
pub use spoken::spoken;

use super::Style;
use super::theme::Role;
use crate::model::{Change, Outsider, Text, Watched};
use line::{cut_line, line};

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

/// How much is said, the more room the more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Density {
    Full,
    /// Each fact has its place still.
    Tight,
    /// What matters at all.
    Tightest,
}

/// At the right: one section below the other, as much as fits.
pub fn right(picture: &Picture, style: &Style, width: usize, height: usize) -> Vec<Line> {
    if picture.covered {
        return covered(style, width);
    }
    let shown = picture.shown();
    let sections = |density: Density| {
        let mut sections = vec![namespaces::section(picture, &shown, style, width, density, false)];
        sections.extend(others::section(&picture.others(), style, width, height / 6));
        let mut sides = sides::section(picture, &shown, style, width);
        let flow = sides::flow(picture, &shown, style, width);
        match (density, flow.is_empty()) {
            (Density::Tightest, true) => {}
            (Density::Tightest, false) => {
                sides.lines = flow;
                sections.push(sides);
            }
            _ => sections.push(sides),
        }
        // Of several that have none one line says so.
        let nobody = shown.iter().all(|one| one.cgroup.is_none());
        let (of, named) = if nobody { (&shown[..shown.len().min(1)], false) } else { (&shown[..], shown.len() > 1) };
        sections.extend(of.iter().filter_map(|one| cgroup::section(picture, one, named, style, width, density)));
        sections.into_iter().flat_map(|section| section.headed(width, style)).collect::<Vec<Line>>()
    };
    // The tree needs some lines to be of use.
    let tree = 1 + tree::wish(&shown);
    let densities = [Density::Full, Density::Tight, Density::Tightest].map(sections);
    let last = densities.len() - 1;
    let fits = densities.iter().position(|lines| lines.len() + tree <= height).unwrap_or(last);
    let mut lines = densities.into_iter().nth(fits).unwrap_or_default();
    let room = height.saturating_sub(lines.len() + 1);
    if room > 0 {
        lines.extend(tree::section(&shown, style, width, room).headed(width, style));
    }
    lines.into_iter().take(height).map(|line| cut_line(&line, width, style)).collect()
}

fn covered(style: &Style, width: usize) -> Vec<Line> {
    super::wrap(style.text(&COVERED), width).into_iter().map(|text| line(Role::Dim, text)).collect()
}

const COVERED: Text = Text {
    en: "The pane is hidden until you have said what you expect.",
    zh: "先说出你的预测，侧栏随后才会显示结果。",
};
