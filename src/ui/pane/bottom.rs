//! The pane at the bottom: few lines, so the sections stand beside each other, and their headings in the rule above them.

use super::line::{Line, Section, cut_line, fit_line, head, line, rule, span};
use super::{Density, Picture, cgroup, covered, namespaces, others, sides, tree};
use crate::model::{Text, Watched};
use crate::ui::Style;
use crate::ui::theme::Role;

/// From this width on there are three columns.
const WIDE: usize = 72;
/// From this width on there is room for numbers.
const NUMBERS: usize = 110;
/// Without them so many columns do.
const NARROW: usize = 31;
/// Blanks between columns.
const GAP: usize = 2;

/// The first line is the rule. `taken`: so many lines at the end of the last column are somebody else's.
pub fn bottom(picture: &Picture, style: &Style, width: usize, height: usize, taken: usize) -> Vec<Line> {
    if picture.covered {
        let mut lines = vec![head("", width, style)];
        lines.extend(covered(style, width));
        return lines.into_iter().take(height).collect();
    }
    let shown = picture.shown();
    let wide = width >= WIDE;
    let rows = height.saturating_sub(1);
    // The numbers of namespaces are worth it only where nothing is cut for them.
    let one = if width >= NUMBERS { width * 2 / 5 } else { (width / 2 + 1).min(NARROW) };
    let first = first(picture, &shown, style, one, rows);
    let one = if wide { first.width() } else { one };
    let rest = width.saturating_sub(one + GAP);
    let most = if wide { rest * 11 / 20 } else { rest };
    let mut second = second(picture, &shown, style, most);
    let tree = |columns, lines: usize| tree::section(&shown, style, columns, lines.saturating_sub(taken));
    let mut columns = vec![(first, one)];
    if second.lines.is_empty() {
        columns.push((tree(rest, rows), rest));
    } else if wide {
        let two = second.width().min(most);
        let three = rest.saturating_sub(two + GAP);
        columns.extend([(second, two), (tree(three, rows), three)]);
    } else {
        // What is below the other has no heading of its own; some lines of the tree are worth more than the last ones above it.
        second.lines.truncate(rows.saturating_sub(taken + tree::wish(&shown).min(3)));
        let lines = tree(rest, rows.saturating_sub(second.lines.len())).lines;
        second.lines.extend(lines);
        columns.push((second, rest));
    }
    place_facts(&mut columns, |room| sides::flow(picture, &shown, style, room), rows, taken);
    (0..height).map(|row| across(&columns, row, style, width)).collect()
}

/// Facts seen from both sides stand below the first column that has room for them, else as many as fit where there is most room.
fn place_facts(columns: &mut [(Section, usize)], facts: impl Fn(usize) -> Vec<Line>, rows: usize, taken: usize) {
    let last = columns.len().saturating_sub(1);
    let free = |at: usize, section: &Section| rows.saturating_sub(section.lines.len() + if at == last { taken } else { 0 });
    let rooms: Vec<usize> = columns.iter().enumerate().map(|(at, (section, _))| free(at, section)).collect();
    let fits = (0..rooms.len()).find(|at| facts(columns[*at].1).len() <= rooms[*at]);
    let Some(at) = fits.or_else(|| (0..rooms.len()).max_by_key(|at| rooms[*at])) else { return };
    let (section, width) = &mut columns[at];
    section.lines.extend(facts(*width).into_iter().take(rooms[at]));
}

/// Who they are and their namespaces, those of further subjects below.
fn first(picture: &Picture, shown: &[&Watched], style: &Style, most: usize, rows: usize) -> Section {
    let others = others::section(&picture.others(), style, most, rows / 3).map(|others| others.lines).unwrap_or_default();
    let room = rows.saturating_sub(others.len());
    let of = |fold| namespaces::section(picture, shown, style, most, Density::Tight, fold);
    let mut section = of(false);
    if section.lines.len() > room {
        section = of(true);
    }
    if section.lines.len() > room {
        let left = section.lines.len() + 1 - room.max(1);
        section.lines.truncate(room.saturating_sub(1));
        section.lines.push(line(Role::Warn, format!("  {}", style.text(&MORE).replace("{}", &left.to_string()))));
    }
    section.lines.extend(others);
    section
}

/// The cgroups.
fn second(picture: &Picture, shown: &[&Watched], style: &Style, columns: usize) -> Section {
    let density = if shown.len() > 1 { Density::Tightest } else { Density::Tight };
    let mut sections = shown.iter().filter_map(|one| cgroup::section(picture, one, shown.len() > 1, style, columns, density));
    let Some(mut first) = sections.next() else { return Section::default() };
    for further in sections {
        first.lines.push(line(Role::Head, further.title));
        first.lines.extend(further.lines);
    }
    first
}

/// One line of all columns; the first is the rule.
fn across(columns: &[(Section, usize)], row: usize, style: &Style, width: usize) -> Line {
    let mut whole = Line::new();
    for (at, (section, columns)) in columns.iter().enumerate() {
        if row == 0 {
            let gap = if at == 0 { String::new() } else { rule(style).to_string() + " " };
            whole.push(span(Role::Dim, gap));
            whole.extend(head(&section.title, *columns, style));
        } else {
            let empty = Line::new();
            let gap = if at == 0 { 0 } else { GAP };
            whole.push(span(Role::Plain, " ".repeat(gap)));
            whole.extend(fit_line(section.lines.get(row - 1).unwrap_or(&empty), *columns, style));
        }
    }
    cut_line(&whole, width, style)
}

const MORE: Text = Text { en: "{} more", zh: "另有 {} 行" };
