//! A lesson read from the back row: one sentence at a time, bold, wide margins, a fresh page for each step.
//!
//! A terminal cannot make its letters larger, but who presents can zoom until it is some 80 columns wide; what is here stays
//! calm then, because a line is short and a sentence stands alone.

use crate::ui::{self, Role, Style};

/// Columns of a line: what the eye finds back from across a room.
const MEASURE: usize = 64;

/// Columns on the left.
fn margin(style: &Style) -> usize {
    style.width.map_or(4, |width| (width.saturating_sub(MEASURE) / 4).clamp(1, 12))
}

fn measure(style: &Style) -> usize {
    style.width.map_or(MEASURE, |width| width.saturating_sub(2 * margin(style)).min(MEASURE)).max(1)
}

/// The top of a page, on a cleared screen: what was there scrolls away and can be scrolled back to.
pub fn headline(text: &str, rows: Option<usize>, style: &Style) -> String {
    let clear = rows.map(|rows| format!("\x1b[999;1H{}\x1b[H", "\n".repeat(rows))).unwrap_or_default();
    let rule = if style.utf8 { "━" } else { "=" };
    let margin = " ".repeat(margin(style));
    // Wrapping closes the gaps between the parts, so it is done only where it must be.
    let fits = ui::width(text) <= measure(style);
    let lines = if fits { vec![text.to_string()] } else { ui::wrap(text, measure(style)) };
    let shown: String = lines.iter().map(|line| format!("{margin}{}\n", style.paint(Role::Head, line))).collect();
    format!("{clear}\n{shown}{margin}{}\n\n", style.paint(Role::Dim, &rule.repeat(measure(style))))
}

/// A paragraph, sentence by sentence. The text must be harmless already.
pub fn paragraph(sign: &str, text: &str, role: Role, style: &Style) -> String {
    let role = if role == Role::Plain { Role::Head } else { role };
    let narrow = Style { width: Some(measure(style)), ..style.clone() };
    let mut shown = String::new();
    for (at, sentence) in sentences(text).into_iter().enumerate() {
        let sign = if at == 0 { sign.to_string() } else { " ".repeat(ui::width(sign)) };
        for line in ui::paragraph(&sign, sentence, role, &narrow).lines() {
            shown.push_str(&format!("{}{line}\n", " ".repeat(margin(style))));
        }
        shown.push('\n');
    }
    shown
}

/// What stands below the headline, without its empty lines where it would not fit on a page with them.
pub fn fitted(body: String, rows: Option<usize>) -> String {
    /// The headline, the line with the ways out, and the prompt.
    const OTHERS: usize = 4 + 2;
    match rows.is_some_and(|rows| body.lines().count() + OTHERS > rows) {
        true => body.lines().filter(|line| !line.is_empty()).map(|line| format!("{line}\n")).collect(),
        false => body,
    }
}

/// The sentences of a text. A full stop ends one where a blank and no small letter follow; within backticks nothing does.
fn sentences(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let (mut start, mut code) = (0, false);
    for (at, c) in text.char_indices() {
        code ^= c == '`';
        if code || !matches!(c, '。' | '？' | '！' | '.' | '?' | '!') {
            continue;
        }
        // A bracket or a quotation mark that closes there belongs to it.
        let rest = text[at + c.len_utf8()..].trim_start_matches([')', '"', '”', '）', '」']);
        let ends = !c.is_ascii() || rest.strip_prefix(' ').is_some_and(|next| !next.starts_with(char::is_lowercase));
        if ends {
            let end = text.len() - rest.len();
            found.push(text[start..end].trim());
            start = end;
        }
    }
    found.push(text[start..].trim());
    found.retain(|sentence| !sentence.is_empty());
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Lang;

    #[test]
    fn a_text_falls_into_sentences() {
        assert_eq!(sentences("One. Two? `a. B` is three! four"), ["One.", "Two?", "`a. B` is three! four"]);
        assert_eq!(sentences("pid_namespaces(7), e.g. this one. Next"), ["pid_namespaces(7), e.g. this one.", "Next"]);
        assert_eq!(sentences("One. (Two: type `a`.) Three (e.g. this.)"), ["One.", "(Two: type `a`.)", "Three (e.g. this.)"]);
        assert_eq!(sentences("一。二？三"), ["一。", "二？", "三"]);
        assert_eq!(sentences("一。（二。）三"), ["一。", "（二。）", "三"]);
        assert!(sentences(" ").is_empty());
    }

    #[test]
    fn a_sentence_stands_alone_between_margins() {
        let style = Style { width: Some(80), ..Style::plain(Lang::En) };
        let shown = paragraph(
            "> ",
            "One sentence. And another one, which is long enough to be wrapped at the measure.",
            Role::Plain,
            &style,
        );
        let expected =
            "    > One sentence.\n\n      And another one, which is long enough to be wrapped at the\n      measure.\n\n";
        assert_eq!(shown, expected);
        assert!(headline("2/7  T", Some(3), &style).starts_with("\x1b[999;1H\n\n\n\x1b[H\n    2/7  T\n    ━━━"));
        assert_eq!(fitted("a\n\nb\n\n".into(), Some(10)), "a\n\nb\n\n");
        assert_eq!(fitted("a\n\nb\n\n".into(), Some(9)), "a\nb\n");
        let narrow = Style { width: Some(12), ..style };
        assert!(paragraph("", "a b c d e f g h i j k l m n", Role::Plain, &narrow).lines().all(|line| line.len() <= 12));
    }
}
