//! A line of the pane: pieces of harmless text, each with its role.

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

/// The line's text without its roles.
pub fn text_of(line: &[Span]) -> String {
    line.iter().map(|span| span.text.as_str()).collect()
}

pub(super) fn span(role: Role, text: impl Into<String>) -> Span {
    Span { role, text: text.into() }
}

pub(super) fn line(role: Role, text: impl Into<String>) -> Line {
    vec![span(role, text)]
}

/// A heading: its words, and a rule to the edge.
pub(super) fn head(words: &str, columns: usize, style: &Style) -> Line {
    let rule = if style.utf8 { "─" } else { "-" };
    let left = columns.saturating_sub(width(words) + 1);
    vec![span(Role::Head, words), span(Role::Dim, format!(" {}", rule.repeat(left)))]
}

/// Cut to so many columns.
pub(super) fn cut_line(line: &[Span], columns: usize, style: &Style) -> Line {
    let mut left = columns;
    let mut done = Line::new();
    for (at, one) in line.iter().enumerate() {
        let rest: usize = line[at..].iter().map(|span| width(&span.text)).sum();
        if rest <= left {
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
