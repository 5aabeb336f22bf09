//! Text on a screen: how wide it is, how it is wrapped and cut, and how what is no text is shown instead of obeyed.

use serde::Serialize;
use std::borrow::Cow;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// The columns that harmless text takes; a Chinese character takes two.
pub fn width(text: &str) -> usize {
    text.width()
}

/// Text with nothing in it that a terminal obeys: ESC becomes `^[`, as `cat -v` has it. Names of processes, cgroups
/// and files come from anybody: raw, they could rewrite the screen. Also shown are the C1 controls and the characters
/// that hide or reverse what follows.
pub fn visible(text: &str) -> String {
    text.chars().fold(String::with_capacity(text.len()), |mut shown, c| {
        match form(c) {
            Some(form) => shown.push_str(&form),
            None => shown.push(c),
        }
        shown
    })
}

/// A value as JSON on one line, in which what [`visible`] would show is written as `\\u009b`: for whoever reads it, it is the same
/// text, and a terminal obeys nothing of it. JSON itself asks for that only below U+0020 (RFC 8259).
pub fn json(value: &impl Serialize) -> String {
    let text = serde_json::to_string(value).unwrap_or_default();
    text.chars().fold(String::with_capacity(text.len()), |mut shown, c| {
        match c {
            // Beyond ASCII, it stands in a string.
            '\x7f'.. if form(c).is_some() => {
                c.encode_utf16(&mut [0; 2]).iter().for_each(|unit| shown.push_str(&format!("\\u{unit:04x}")))
            }
            c => shown.push(c),
        }
        shown
    })
}

/// Lines that stand as they are: as [`visible`], but tabs and ends of lines keep their sense, and a carriage return
/// before the end of a line belongs to it.
pub fn visible_lines(text: &str) -> String {
    let lines: Vec<String> = text.split('\n').map(|line| tabs(line.strip_suffix('\r').unwrap_or(line))).collect();
    lines.join("\n")
}

fn tabs(line: &str) -> String {
    line.split('\t').map(visible).collect::<Vec<_>>().join("\t")
}

fn form(c: char) -> Option<Cow<'static, str>> {
    match c {
        '\x7f' => Some("^?".into()),
        '\0'..='\x1f' => Some(format!("^{}", char::from(c as u8 + 0x40)).into()),
        '\u{80}'..='\u{9f}' | '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' => escaped(c),
        '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}' => escaped(c),
        _ => None,
    }
}

fn escaped(c: char) -> Option<Cow<'static, str>> {
    Some(c.escape_unicode().to_string().into())
}

/// The beginning of the text, at most `columns` wide; `mark` stands for what is gone.
pub fn cut(text: &str, columns: usize, mark: &str) -> String {
    if width(text) <= columns {
        return text.to_string();
    }
    let room = columns.saturating_sub(width(mark));
    let head = take(text.chars(), room);
    if columns < width(mark) { head } else { head + mark }
}

/// Both ends of the text, at most `columns` wide.
pub fn cut_middle(text: &str, columns: usize, mark: &str) -> String {
    if width(text) <= columns {
        return text.to_string();
    }
    let room = columns.saturating_sub(width(mark));
    both_ends(text, room, room / 2, mark)
}

/// A call, at most `columns` wide: its answer is kept, and more of the beginning, where the flags stand, than of the end.
pub fn cut_call(text: &str, columns: usize, mark: &str) -> String {
    if width(text) <= columns {
        return text.to_string();
    }
    let room = columns.saturating_sub(width(mark));
    let answer = text.rfind(") = ").map_or(0, |at| width(&text[at..]));
    both_ends(text, room, answer.max(room / 3).min(room / 2), mark)
}

fn both_ends(text: &str, room: usize, tail: usize, mark: &str) -> String {
    let tail: String = take(text.chars().rev(), tail).chars().rev().collect();
    take(text.chars(), room - width(&tail)) + mark + &tail
}

fn take(chars: impl Iterator<Item = char>, room: usize) -> String {
    let mut left = room;
    chars
        .take_while(|c| {
            let wide = c.width().unwrap_or(0);
            let fits = wide <= left;
            left = left.saturating_sub(wide);
            fits
        })
        .collect()
}

/// The text and blanks up to `columns`.
pub fn pad(text: &str, columns: usize) -> String {
    format!("{text}{}", " ".repeat(columns.saturating_sub(width(text))))
}

/// The text in lines at most `columns` wide. Breaks at blanks and between Chinese characters; no line begins with a
/// closing mark or ends with an opening one. A word wider than a line is broken.
pub fn wrap(text: &str, columns: usize) -> Vec<String> {
    let columns = columns.max(2);
    let mut lines = vec![String::new()];
    let mut used = 0;
    for piece in pieces(text) {
        let blank = usize::from(piece.blank && used > 0);
        if used > 0 && used + blank + width(piece.text) > columns {
            lines.push(String::new());
            used = 0;
        } else if blank == 1 {
            push(&mut lines, " ");
            used += 1;
        }
        let mut rest = piece.text;
        while width(rest) > columns - used {
            let head = take(rest.chars(), columns - used);
            push(&mut lines, &head);
            rest = &rest[head.len()..];
            lines.push(String::new());
            used = 0;
        }
        push(&mut lines, rest);
        used += width(rest);
    }
    lines
}

fn push(lines: &mut [String], text: &str) {
    if let Some(last) = lines.last_mut() {
        last.push_str(text);
    }
}

/// What is never broken, and whether a blank stood before it.
struct Piece<'a> {
    text: &'a str,
    blank: bool,
}

fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut found = Vec::new();
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        let mut start = 0;
        let mut before: Option<char> = None;
        for (at, c) in word.char_indices() {
            if before.is_some_and(|before| may_break(before, c)) {
                found.push(Piece { text: &word[start..at], blank: start == 0 });
                start = at;
            }
            before = Some(c);
        }
        found.push(Piece { text: &word[start..], blank: start == 0 });
    }
    found
}

fn may_break(before: char, after: char) -> bool {
    let wide = |c: char| c.width().unwrap_or(0) == 2;
    (wide(before) || wide(after)) && !"（「『《【“‘(".contains(before) && !"，。；：、？！）」』》】”’…,.;:?!)".contains(after)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_means_the_same_and_obeys_nothing() {
        let text = "a\u{1b}[2J\u{7f}\u{9b}2J\u{202e}b\u{e0041}命\"\n";
        let shown = json(&text);
        assert_eq!(shown, "\"a\\u001b[2J\\u007f\\u009b2J\\u202eb\\udb40\\udc41命\\\"\\n\"");
        assert_eq!(serde_json::from_str::<String>(&shown).expect("it is JSON"), text);
    }

    #[test]
    fn what_a_terminal_would_obey_is_shown() {
        assert_eq!(visible("a\x1b[31mred\x07\x7f\r\n\t"), "a^[[31mred^G^?^M^J^I");
        assert_eq!(visible("\u{9b}2J \u{202e}evil\u{200b}"), "\\u{9b}2J \\u{202e}evil\\u{200b}");
        assert_eq!(visible_lines("Name:\tx\x1bc\r\nb\rc"), "Name:\tx^[c\nb^Mc");
        assert_eq!(visible("控制组 é ✓"), "控制组 é ✓");
    }

    #[test]
    fn chinese_takes_two_columns() {
        assert_eq!(width("命名空间 ns"), 11);
        assert_eq!(pad("子进程", 8), "子进程  ");
        assert_eq!(cut("命名空间", 6, "…"), "命名…");
        assert_eq!(cut("命名空间", 8, "…"), "命名空间");
    }

    #[test]
    fn a_call_keeps_its_ends() {
        let call = "write(5</proc/7/uid_map>, \"0 1000 1\\n\", 9) = 9";
        let short = cut_middle(call, 24, "…");
        assert_eq!(short, "write(5</pro…\\n\", 9) = 9");
        assert!(width(&short) <= 24);
        assert_eq!(cut_middle(call, 200, "…"), call);
    }

    #[test]
    fn lines_break_at_blanks_and_between_chinese_characters() {
        assert_eq!(wrap("the next child will be PID 1", 12), ["the next", "child will", "be PID 1"]);
        assert_eq!(
            wrap("它的下一个子进程将成为新命名空间的 1 号进程。", 20),
            ["它的下一个子进程将成", "为新命名空间的 1 号", "进程。"]
        );
        assert_eq!(wrap("四个汉字，好", 8), ["四个汉", "字，好"]);
        assert_eq!(wrap("/a/very/long/path", 6), ["/a/ver", "y/long", "/path"]);
        assert_eq!(wrap("", 10), [""]);
    }

    #[test]
    fn no_line_is_wider_than_asked() {
        let text =
            "进程仍在原来的 cgroup 中，限制照旧（memory.max）：/proc/self/cgroup/a-very-long-name 所显示的路径 changes here。";
        for columns in 2..60 {
            assert!(wrap(text, columns).iter().all(|line| width(line) <= columns), "{columns}");
        }
    }
}
