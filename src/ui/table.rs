//! Tables: columns aligned by display width, no borders, cut to the screen; in those without a head the last column wraps.
//!
//! The cells are measured bare and coloured afterwards, so that colours and Chinese cannot shift a column.

use super::theme::{Role, Sign, Style};
use super::width::{cut, width, wrap};
use crate::model::Grid;

const GAP: usize = 2;
const NARROWEST: usize = 4;
/// In a narrower column sentences are cut, not wrapped.
const SENTENCE: usize = 30;

/// The table as text, each line ended.
pub fn grid(grid: &Grid, style: &Style) -> String {
    let head: Vec<String> = grid.head.iter().map(|title| style.msg(title)).collect();
    let rows: Vec<Vec<String>> = grid.rows.iter().map(|row| row.iter().map(|cell| style.msg(&cell.text)).collect()).collect();
    let mut widths = natural(&head, &rows);
    if let Some(columns) = style.width {
        shrink(&mut widths, columns);
    }
    let numbers: Vec<bool> = (0..widths.len()).map(|column| is_numeric(&rows, column)).collect();
    let mut text = String::new();
    if !head.is_empty() {
        text.push_str(&line(&head, &widths, &numbers, false, style, |_| Role::Dim));
    }
    for (row, cells) in grid.rows.iter().zip(&rows) {
        let role = |column: usize| row[column].mark.into();
        text.push_str(&line(cells, &widths, &numbers, head.is_empty() && style.width.is_some(), style, role));
        // Where there is no head the last column is made of sentences: the rest of one goes on below it.
        if let (true, Some(rest)) = (head.is_empty(), rest(cells, &widths, style)) {
            let indent = widths[..widths.len() - 1].iter().map(|width| width + GAP).sum();
            let role: Role = role(widths.len() - 1);
            rest.iter().for_each(|line| text.push_str(&(" ".repeat(indent) + &style.paint(role, line) + "\n")));
        }
    }
    text
}

/// What of the last cell does not fit on its first line, where it is a text of several words.
fn rest(cells: &[String], widths: &[usize], style: &Style) -> Option<Vec<String>> {
    let (cell, room) = (cells.get(widths.len().checked_sub(1)?)?, *widths.last()?);
    style.width.filter(|_| width(cell) > room && room >= SENTENCE)?;
    Some(wrap(cell, room).split_off(1))
}

fn line(
    cells: &[String],
    widths: &[usize],
    numbers: &[bool],
    wrapped: bool,
    style: &Style,
    role: impl Fn(usize) -> Role,
) -> String {
    let mut text = String::new();
    let mut due = 0;
    for (column, cell) in cells.iter().enumerate() {
        let wraps = wrapped && column + 1 == widths.len() && widths[column] >= SENTENCE && width(cell) > widths[column];
        let shown = match wraps {
            true => wrap(cell, widths[column]).swap_remove(0),
            false => cut(cell, widths[column], style.sign(Sign::Cut)),
        };
        let blanks = widths[column] - width(&shown);
        if !shown.is_empty() {
            let before = if numbers[column] { blanks } else { 0 };
            text.push_str(&" ".repeat(due + before));
            text.push_str(&style.paint(role(column), &shown));
            due = blanks - before;
        } else {
            due += widths[column];
        }
        due += GAP;
    }
    text.push('\n');
    text
}

fn natural(head: &[String], rows: &[Vec<String>]) -> Vec<usize> {
    let columns = rows.iter().map(Vec::len).chain([head.len()]).max().unwrap_or(0);
    let widest = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column)).chain(head.get(column));
        cells.map(|cell| width(cell)).max().unwrap_or(0)
    };
    (0..columns).map(widest).collect()
}

/// Takes from the widest column until the line fits; a column stays readable even if the line does not fit then.
fn shrink(widths: &mut [usize], columns: usize) {
    loop {
        let total = widths.iter().sum::<usize>() + GAP * widths.len().saturating_sub(1);
        match widths.iter_mut().max_by_key(|width| **width) {
            Some(widest) if total > columns && *widest > NARROWEST => *widest -= 1,
            _ => return,
        }
    }
}

/// A column of numbers is aligned at its units.
fn is_numeric(rows: &[Vec<String>], column: usize) -> bool {
    let mut cells = rows.iter().filter_map(|row| row.get(column)).filter(|cell| !cell.is_empty()).peekable();
    cells.peek().is_some() && cells.all(|cell| cell.bytes().all(|byte| byte.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Cell, Lang, Mark, Msg};

    fn sample() -> Grid {
        Grid {
            head: vec![Msg::new("kind", "种类"), Msg::same("PID"), Msg::new("whose", "归属")],
            rows: vec![
                vec![Cell::new("uts"), Cell::new("7"), Cell::msg(Msg::new("own", "自己的")).mark(Mark::Own)],
                vec![Cell::new("命名空间"), Cell::new("1200"), Cell::msg(Msg::new("host", "主机的"))],
                vec![Cell::new("net")],
            ],
        }
    }

    #[test]
    fn columns_align_by_display_width() {
        let zh = grid(&sample(), &Style::plain(Lang::Zh));
        assert_eq!(zh, "种类       PID  归属\nuts          7  自己的\n命名空间  1200  主机的\nnet\n");
        let en = grid(&sample(), &Style::plain(Lang::En));
        assert_eq!(en, "kind       PID  whose\nuts          7  own\n命名空间  1200  host\nnet\n");
    }

    #[test]
    fn colours_do_not_shift_columns() {
        let style = Style { colour: true, ..Style::plain(Lang::Zh) };
        let drawn = grid(&sample(), &style);
        let bare = drawn.replace("\x1b[2m", "").replace("\x1b[32m", "").replace("\x1b[0m", "");
        assert_eq!(bare, grid(&sample(), &Style::plain(Lang::Zh)));
        assert_ne!(drawn, bare);
    }

    #[test]
    fn a_wide_table_is_cut_to_the_screen() {
        let wide = Grid {
            head: vec![Msg::same("a"), Msg::same("b"), Msg::same("c")],
            rows: vec![vec![Cell::new("pid"), Cell::new("x".repeat(100)), Cell::new("控制组".repeat(20))]],
        };
        for columns in [40, 80, 120] {
            let drawn = grid(&wide, &Style { width: Some(columns), ..Style::plain(Lang::En) });
            assert!(drawn.lines().all(|line| width(line) <= columns), "{drawn}");
            assert!(drawn.contains('…'));
        }
    }

    #[test]
    fn without_a_head_the_last_column_wraps() {
        let list = Grid {
            head: vec![],
            rows: vec![
                vec![Cell::new("  ?"), Cell::new("a sentence of so many words that it does not fit")],
                vec![Cell::new("  →")],
            ],
        };
        let drawn = grid(&list, &Style { width: Some(40), ..Style::plain(Lang::En) });
        assert_eq!(drawn, "  ?  a sentence of so many words that it\n     does not fit\n  →\n");
        assert!(drawn.lines().all(|line| width(line) <= 40));
    }

    #[test]
    fn an_escape_sequence_in_a_name_is_shown_and_counted() {
        let evil = Grid {
            head: vec![],
            rows: vec![vec![Cell::new("\x1b[2J"), Cell::new("a")], vec![Cell::new("12345"), Cell::new("b")]],
        };
        assert_eq!(grid(&evil, &Style::plain(Lang::En)), "^[[2J  a\n12345  b\n");
    }
}
