//! What a command shows: headings, paragraphs, lines, tables.

use super::theme::{Role, Style};
use super::width::{visible_lines, wrap};
use crate::model::Block;

/// The blocks as text, each line ended.
pub fn blocks(blocks: &[Block], style: &Style) -> String {
    let mut text = String::new();
    for (i, block) in blocks.iter().enumerate() {
        // A heading stands apart, and so do two tables in a row, whose columns have nothing in common.
        let tables = i > 0 && matches!((&blocks[i - 1], block), (Block::Grid(_), Block::Grid(_)));
        if tables || i > 0 && matches!(block, Block::Head(_)) {
            text.push('\n');
        }
        match block {
            Block::Head(title) => text.push_str(&paragraph("", &style.msg(title), Role::Head, style)),
            Block::Para(words) => text.push_str(&paragraph("", &style.msg(words), Role::Plain, style)),
            Block::Lines(lines) => lines.iter().for_each(|line| text.push_str(&as_is(line, style))),
            Block::Grid(table) => text.push_str(&super::grid(table, style)),
        }
    }
    text
}

/// Untrusted lines, harmless, ended.
pub(super) fn as_is(text: &str, style: &Style) -> String {
    let text = text.strip_suffix('\n').unwrap_or(text);
    let shown = if style.utf8 {
        visible_lines(text)
    } else {
        text.split('\n').map(|line| style.visible(line)).collect::<Vec<_>>().join("\n")
    };
    shown + "\n"
}

/// Harmless text, wrapped; `sign` stands before the first line and the others are indented by its width.
pub fn paragraph(sign: &str, text: &str, role: Role, style: &Style) -> String {
    let indent = super::width(sign);
    let lines = match style.width {
        Some(columns) => wrap(text, columns.saturating_sub(indent)),
        None => vec![text.to_string()],
    };
    let mut drawn = String::new();
    for (i, line) in lines.iter().enumerate() {
        let start = if i == 0 { sign.to_string() } else { " ".repeat(indent) };
        drawn.push_str(&style.paint(role, (start + line).trim_end()));
        drawn.push('\n');
    }
    drawn
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Lang, Msg};

    #[test]
    fn lines_stand_as_they_are_but_are_not_obeyed() {
        let shown = blocks(&[Block::Lines(vec!["Name:\tx\x1b]0;owned\x07".into(), "b\n".into()])], &Style::plain(Lang::En));
        assert_eq!(shown, "Name:\tx^[]0;owned^G\nb\n");
    }

    #[test]
    fn a_paragraph_wraps_in_both_languages() {
        let text = Msg::new("this process did not move: a PID never changes", "当前进程没有搬家：PID 从不改变。它的下一个子进程");
        let at = |lang| Style { width: Some(24), ..Style::plain(lang) };
        assert_eq!(blocks(&[Block::Para(text.clone())], &at(Lang::En)), "this process did not\nmove: a PID never\nchanges\n");
        assert_eq!(blocks(&[Block::Para(text)], &at(Lang::Zh)), "当前进程没有搬家：PID 从\n不改变。它的下一个子进程\n");
    }

    #[test]
    fn a_second_heading_stands_apart() {
        let head = |word: &str| Block::Head(Msg::same(word));
        assert_eq!(blocks(&[head("a"), Block::Lines(vec!["x".into()]), head("b")], &Style::plain(Lang::En)), "a\nx\n\nb\n");
    }
}
