//! docs/commands.md: every command, English and Chinese, as the cards say it.

use crate::command::{Card, Example, FOLDERS, Param};
use crate::model::NsKind;

/// The whole page, in Markdown.
pub fn commands() -> String {
    let mut page = String::from(
        "# Commands · 命令\n\n\
         Made from the program by `boxlab docs commands`; a test compares the two. In the shell, `help COMMAND` says the same.\n\n\
         本页由 `boxlab docs commands` 从程序生成，并有测试核对；在 shell 中用 `help 命令` 可以看到同样的内容。\n",
    );
    for folder in FOLDERS {
        page += &format!("\n- {} · {}:", folder.title.en, folder.title.zh);
        for card in folder.cards {
            page += &format!(" [`{}`](#{})", card.name, card.name.replace(' ', "-"));
        }
    }
    page.push('\n');
    for folder in FOLDERS {
        page += &format!("\n## {} · {}\n", folder.title.en, folder.title.zh);
        folder.cards.iter().for_each(|card| page += &section(card));
    }
    page
}

fn section(card: &Card) -> String {
    let mut text = format!("\n### {}\n\n    {}\n", card.name, card.usage());
    for (summary, explain) in [(card.summary.en, card.explain.en), (card.summary.zh, card.explain.zh)] {
        text += &format!("\n**{}**\n\n{}\n", prose(summary), prose(explain));
    }
    if !card.args.is_empty() {
        let rows = card.args.iter().map(|param| vec![code(&shown(param)), both(values(param))]);
        text += &table(&["argument · 参数", ""], rows);
    }
    let facts = facts(card);
    if !facts.is_empty() {
        text += &table(&["in the kernel · 内核", ""], facts.into_iter());
    }
    if !card.equivalents.is_empty() {
        let rows = card.equivalents.iter().map(|one| vec![one.tool.to_string(), code(one.line)]);
        text += &table(&["the same with other tools · 用其他工具", ""], rows);
    }
    if !card.examples.is_empty() {
        let rows = card.examples.iter().map(|example| vec![code(&line(example)), code(example.shows)]);
        text += &table(&["example · 示例", "shows · 可以看到"], rows);
    }
    text
}

fn facts(card: &Card) -> Vec<Vec<String>> {
    let pages: Vec<String> = card.man.iter().map(ToString::to_string).collect();
    let own: Vec<&str> = card.own.iter().copied().map(NsKind::name).collect();
    let rows = [
        ("primitive · 原语", card.primitive.name()),
        ("manual · 手册", pages.join(" ")),
        ("own namespace needed · 需要自己的命名空间", own.join(" ")),
    ];
    rows.into_iter().filter(|(_, value)| !value.is_empty()).map(|(name, value)| vec![name.to_string(), value]).collect()
}

/// As it is typed; a flag that takes a value with a place for it.
fn shown(param: &Param) -> String {
    match param.is_flag() {
        true => param.usage().trim_matches(['[', ']']).to_string(),
        false => param.name.to_string(),
    }
}

fn values(param: &Param) -> (String, String) {
    (prose(param.about.en), prose(param.about.zh))
}

fn both((en, zh): (String, String)) -> String {
    if en == zh { en } else { format!("{en} · {zh}") }
}

fn line(example: &Example) -> String {
    match example.after {
        "" => example.line.to_string(),
        after => format!("{after}; {}", example.line),
    }
}

fn table(head: &[&str], rows: impl Iterator<Item = Vec<String>>) -> String {
    let row = |cells: Vec<String>| {
        format!("| {} |\n", cells.iter().map(|cell| cell.replace('|', "\\|")).collect::<Vec<_>>().join(" | "))
    };
    let mut text = format!("\n{}|{}\n", row(head.iter().map(ToString::to_string).collect()), "---|".repeat(head.len()));
    rows.for_each(|cells| text += &row(cells));
    text
}

/// A piece of code; where it has a backquote in it, between two of them.
fn code(text: &str) -> String {
    match text {
        "" => String::new(),
        text if text.contains('`') => format!("`` {text} ``"),
        text => format!("`{text}`"),
    }
}

/// What Markdown would take for markup, outside of pieces of code.
fn prose(text: &str) -> String {
    let pieces = text.split('`').enumerate().map(|(at, piece)| match at % 2 {
        0 => piece.replace('<', "&lt;").replace('_', "\\_").replace('$', "\\$"),
        _ => format!("`{piece}`"),
    });
    pieces.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::cards;
    use crate::model::Text;

    #[test]
    fn markup_in_texts_stays_text() {
        assert_eq!(prose("a_b `c_d <e>` <f>"), "a\\_b `c_d <e>` &lt;f>");
        assert_eq!(code("a `b`"), "`` a `b` ``");
    }

    #[test]
    fn every_card_is_there_in_both_languages() {
        let page = commands();
        for card in cards() {
            assert!(page.contains(&format!("\n### {}\n", card.name)), "{}", card.name);
            let Text { en, zh } = card.summary;
            assert!(page.contains(&prose(en)) && page.contains(&prose(zh)), "{}", card.name);
        }
    }
}
