//! Text in two languages: paragraphs over several lines, and short pairs `en … | zh …` on one.

use super::Fault;
use crate::model::Msg;

/// A piece of a line, with the place where it begins.
#[derive(Clone, Copy, Debug)]
pub(super) struct Piece<'a> {
    pub line: usize,
    /// In characters, from 1.
    pub column: usize,
    pub text: &'a str,
}

impl<'a> Piece<'a> {
    /// The piece from this byte on.
    pub fn from(self, byte: usize) -> Piece<'a> {
        let column = self.column + self.text[..byte].chars().count();
        Piece { column, text: &self.text[byte..], ..self }
    }

    /// The piece without blanks around it.
    pub fn trim(self) -> Piece<'a> {
        let piece = self.from(self.text.len() - self.text.trim_start().len());
        Piece { text: piece.text.trim_end(), ..piece }
    }

    /// The first word, and what follows it.
    pub fn word(self) -> (Piece<'a>, Piece<'a>) {
        let piece = self.trim();
        let end = piece.text.find(char::is_whitespace).unwrap_or(piece.text.len());
        (Piece { text: &piece.text[..end], ..piece }, piece.from(end).trim())
    }

    /// Its words.
    pub fn words(self) -> Vec<Piece<'a>> {
        let mut words = Vec::new();
        let mut rest = self;
        loop {
            let (word, after) = rest.word();
            if word.text.is_empty() {
                return words;
            }
            words.push(word);
            rest = after;
        }
    }

    /// What stands before the word `en`, and the rest from it on.
    pub fn before_en(self) -> (Piece<'a>, Option<Piece<'a>>) {
        if self.text.starts_with("en ") {
            return (Piece { text: "", ..self }, Some(self));
        }
        match self.text.find(" en ") {
            Some(at) => (Piece { text: self.text[..at].trim_end(), ..self }, Some(self.from(at + 1))),
            None => (self.trim(), None),
        }
    }

    /// A mistake here.
    pub fn fault(self, en: impl Into<String>, zh: impl Into<String>) -> Fault {
        Fault::new(self.line, self.column, en, zh)
    }
}

/// Reads `en … | zh …`.
pub(super) fn pair(piece: Piece<'_>) -> Result<Msg, Fault> {
    let piece = piece.trim();
    let expected = || piece.fault("expected `en TEXT | zh TEXT`", "此处应为 `en 英文 | zh 中文`");
    let text = piece.text.strip_prefix("en ").ok_or_else(expected)?;
    let Some((en, zh)) = text.split_once(" | zh ") else {
        let end = piece.from(piece.text.len());
        return Err(end.fault("expected ` | zh TEXT`: the Chinese text is missing", "此处应为 ` | zh 中文`：缺少中文"));
    };
    let (en, zh) = (en.trim(), zh.trim());
    if en.is_empty() || zh.is_empty() {
        return Err(piece.fault("a text is empty", "文字为空"));
    }
    Ok(Msg::new(en, zh))
}

/// Is it a short pair?
pub(super) fn is_pair(text: &str) -> bool {
    text.starts_with("en ") && text.contains(" | zh ")
}

/// Lines of one paragraph as one: a blank between them, but none between Chinese characters.
pub(super) fn join(lines: &[String]) -> String {
    let mut text = String::new();
    for line in lines {
        let (last, first) = (text.chars().last(), line.chars().next());
        if let (Some(last), Some(first)) = (last, first)
            && !(wide(last) && wide(first) || punctuation(last) || punctuation(first))
        {
            text.push(' ');
        }
        text.push_str(line);
    }
    text
}

fn wide(c: char) -> bool {
    ('\u{2e80}'..='\u{9fff}').contains(&c) || ('\u{ff00}'..='\u{ffef}').contains(&c)
}

fn punctuation(c: char) -> bool {
    ('\u{3000}'..='\u{303f}').contains(&c) || ('\u{ff00}'..='\u{ff0f}').contains(&c) || "：；？！（），。“”".contains(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_join_as_each_language_writes() {
        let lines = |texts: &[&str]| texts.iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(join(&lines(&["one", "two"])), "one two");
        assert_eq!(join(&lines(&["命名", "空间"])), "命名空间");
        assert_eq!(join(&lines(&["执行 unshare", "之后，", "pid 不变"])), "执行 unshare 之后，pid 不变");
    }

    #[test]
    fn a_piece_knows_its_column() {
        let piece = Piece { line: 3, column: 1, text: "提示  hint en a" };
        let (_, rest) = piece.word();
        assert_eq!((rest.column, rest.text), (5, "hint en a"));
        assert_eq!(rest.before_en().1.map(|piece| piece.column), Some(10));
    }
}
