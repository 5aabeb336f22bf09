//! A line of the pane: pieces of harmless text, each with its role; and sections, which are lines below a heading.

use crate::ui::theme::{Role, Sign, Style};
use crate::ui::width::{cut, width};

/// A piece.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    /// What it is.
    pub role: Role,
    /// Its text, harmless already.
    pub text: String,
}

/// A line.
pub type Line = Vec<Span>;

/// Lines that belong together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Section {
    /// The heading; blanks in it align its words with the columns below.
    pub title: String,
    pub lines: Vec<Line>,
}

impl Section {
    /// The heading with its rule, and the lines.
    pub fn headed(self, columns: usize, style: &Style) -> Vec<Line> {
        let mut lines = vec![head(&self.title, columns, style)];
        lines.extend(self.lines);
        lines
    }

    /// The columns that it needs.
    pub fn width(&self) -> usize {
        self.lines.iter().map(|line| width_of(line)).chain([width(&self.title) + 1]).max().unwrap_or(0)
    }
}

/// The line's text without its roles.
pub fn text_of(line: &[Span]) -> String {
    line.iter().map(|span| span.text.as_str()).collect()
}

pub(super) fn width_of(line: &[Span]) -> usize {
    line.iter().map(|span| width(&span.text)).sum()
}

pub(super) fn span(role: Role, text: impl Into<String>) -> Span {
    Span { role, text: text.into() }
}

pub(super) fn line(role: Role, text: impl Into<String>) -> Line {
    vec![span(role, text)]
}

/// What rules are made of.
pub(super) fn rule(style: &Style) -> &'static str {
    if style.utf8 { "─" } else { "-" }
}

/// A heading: its words, and a rule wherever there are none.
pub(super) fn head(words: &str, columns: usize, style: &Style) -> Line {
    let rule = rule(style);
    let words = cut(words.trim_end(), columns, style.sign(Sign::Cut));
    let mut done = Line::new();
    let mut rest = words.as_str();
    while !rest.is_empty() {
        let blanks = rest.len() - rest.trim_start_matches(' ').len();
        if blanks > 0 {
            done.push(span(Role::Dim, rule.repeat(blanks - 1) + " "));
        }
        rest = &rest[blanks..];
        let end = rest.find("  ").map_or(rest.len(), |at| at + 1);
        done.push(span(Role::Head, &rest[..end]));
        rest = &rest[end..];
    }
    let left = columns.saturating_sub(width(&words));
    if left > 0 {
        let gap = if words.is_empty() { rule } else { " " };
        done.push(span(Role::Dim, format!("{gap}{}", rule.repeat(left - 1))));
    }
    done
}

/// Cut to so many columns.
pub(super) fn cut_line(line: &[Span], columns: usize, style: &Style) -> Line {
    let mut left = columns;
    let mut done = Line::new();
    for (at, one) in line.iter().enumerate() {
        if width_of(&line[at..]) <= left {
            done.extend_from_slice(&line[at..]);
            return done;
        }
        if width(&one.text) >= left {
            done.push(span(one.role, cut(&one.text, left, style.sign(Sign::Cut))));
            return done;
        }
        left -= width(&one.text);
        done.push(one.clone());
    }
    done
}

/// Cut or filled up to exactly so many columns.
pub(super) fn fit_line(line: &[Span], columns: usize, style: &Style) -> Line {
    let mut done = cut_line(line, columns, style);
    let used = width_of(&done);
    done.push(span(Role::Plain, " ".repeat(columns.saturating_sub(used))));
    done
}

/// The lines in two columns, the first half at the left, so wide each, and two columns between them.
pub(super) fn in_two(lines: &[Line], each: usize, style: &Style) -> Vec<Line> {
    let half = lines.len().div_ceil(2);
    let (left, right) = lines.split_at(half);
    let beside = |(row, line): (usize, &Line)| {
        let mut whole = fit_line(line, each + 2, style);
        whole.extend(right.get(row).map(|line| cut_line(line, each, style)).unwrap_or_default());
        whole
    };
    left.iter().enumerate().map(beside).collect()
}
