//! What a line showed, held against what it must show.

use crate::lesson::format::{Expect, Like, regex};
use std::collections::BTreeMap;

/// How many comparisons are made before the answer is no: a lesson from anywhere cannot keep the bench busy.
const EFFORT: usize = 200_000;

/// What `{A}` and its like stand for.
pub type Bindings = BTreeMap<String, String>;

/// Where output and expectation part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mismatch {
    /// The line in the lesson file that is not met; None: all are met, and there is more output.
    pub line: Option<usize>,
    /// What was expected there.
    pub expected: String,
    /// The output, as it is compared.
    pub got: Vec<String>,
}

/// The lines that are compared: without empty ones, with single blanks. The columns of a table depend on the numbers in it.
pub fn normal(text: &str) -> Vec<String> {
    let lines = text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
    lines.filter(|line| !line.is_empty()).collect()
}

/// Holds the output against the expected lines; `{A}` binds when it is first met.
pub fn compare(expects: &[Expect], output: &str, bindings: &mut Bindings) -> Result<(), Mismatch> {
    let got = normal(output);
    if expects.is_empty() {
        return Ok(());
    }
    let mut search = Search { effort: EFFORT, furthest: 0 };
    match search.matches(expects, &got, bindings.clone(), 0) {
        Some(found) => {
            *bindings = found;
            Ok(())
        }
        None => {
            let part = expects.get(search.furthest);
            Err(Mismatch { line: part.map(|one| one.line), expected: part.map(|one| one.text.clone()).unwrap_or_default(), got })
        }
    }
}

struct Search {
    effort: usize,
    /// The expected line at which the best attempt ended.
    furthest: usize,
}

impl Search {
    fn matches(&mut self, expects: &[Expect], got: &[String], bindings: Bindings, at: usize) -> Option<Bindings> {
        self.furthest = self.furthest.max(at);
        let Some((first, rest)) = expects.split_first() else { return got.is_empty().then_some(bindings) };
        if first.like == Like::Any {
            return (0..=got.len()).find_map(|skip| self.matches(rest, &got[skip..], bindings.clone(), at + 1));
        }
        self.effort = self.effort.checked_sub(1)?;
        let (line, below) = got.split_first()?;
        let bindings = one_line(first, line, bindings)?;
        self.matches(rest, below, bindings, at + 1)
    }
}

fn one_line(expect: &Expect, line: &str, mut bindings: Bindings) -> Option<Bindings> {
    let text = expect.text.split_whitespace().collect::<Vec<_>>().join(" ");
    if expect.like == Like::Literal && text == line {
        return Some(bindings);
    }
    let (pattern, names) = pattern(&text, expect.like, &bindings);
    let found = regex(&pattern).ok()?.captures(line)?;
    for (at, name) in names.iter().enumerate() {
        let value = found.name(&format!("b{at}"))?.as_str();
        // The same name twice in a line must be the same twice.
        if bindings.insert(name.clone(), value.to_string()).is_some_and(|known| known != value) {
            return None;
        }
    }
    Some(bindings)
}

/// A regular expression for the line, and the names that its groups `b0`, `b1`, … bind.
fn pattern(text: &str, like: Like, bindings: &Bindings) -> (String, Vec<String>) {
    let mut pattern = String::new();
    let mut names = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        if let Some((name, after)) = binding(rest) {
            match bindings.get(name) {
                Some(value) => pattern.push_str(&regex_lite::escape(value)),
                None => {
                    pattern.push_str(&format!("(?P<b{}>\\S+?)", names.len()));
                    names.push(name.to_string());
                }
            }
            rest = after;
            continue;
        }
        let end = rest.chars().next().map_or(rest.len(), char::len_utf8);
        match (like, &rest[..end]) {
            (Like::Regex, piece) => pattern.push_str(piece),
            (Like::Glob, "*") => pattern.push_str(".*"),
            (Like::Glob, "?") => pattern.push('.'),
            (_, piece) => pattern.push_str(&regex_lite::escape(piece)),
        }
        rest = &rest[end..];
    }
    (pattern, names)
}

/// `{A}`, `{PID}`: the name, and what follows.
fn binding(text: &str) -> Option<(&str, &str)> {
    let (name, after) = text.strip_prefix('{')?.split_once('}')?;
    let first = name.starts_with(|c: char| c.is_ascii_uppercase());
    (first && name.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')).then_some((name, after))
}

/// A line to type, with what `{A}` stands for where that is bound.
pub fn filled(line: &str, bindings: &Bindings) -> String {
    bindings.iter().fold(line.to_string(), |line, (name, value)| line.replace(&format!("{{{name}}}"), value))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expects(lines: &[(&str, Like)]) -> Vec<Expect> {
        lines.iter().enumerate().map(|(at, (text, like))| Expect { line: at + 1, text: text.to_string(), like: *like }).collect()
    }

    #[test]
    fn a_name_binds_once_and_must_match_later() {
        let two = expects(&[("pid  pid:[{A}]", Like::Literal), ("next pid:[{A}]", Like::Literal)]);
        let mut bindings = Bindings::new();
        assert_eq!(compare(&two, "pid    pid:[402]\n\n  next   pid:[402]\n", &mut bindings), Ok(()));
        assert_eq!(bindings["A"], "402");
        let missed = compare(&two, "pid pid:[403]\nnext pid:[403]\n", &mut bindings).expect_err("A is 402");
        assert_eq!(missed.line, Some(1));
        assert!(compare(&expects(&[("{B} {B}", Like::Literal)]), "a b", &mut bindings).is_err());
    }

    #[test]
    fn three_dots_are_any_lines_and_nothing_else_is() {
        let some = expects(&[("", Like::Any), ("b*", Like::Glob), ("", Like::Any), ("[0-9]+", Like::Regex)]);
        assert_eq!(compare(&some, "a\nb1\nc\n42", &mut Bindings::new()), Ok(()));
        let more = compare(&some, "a\nb1\nc\n42\nd", &mut Bindings::new()).expect_err("there is more");
        assert_eq!(more.got.len(), 5);
        assert!(compare(&expects(&[("a", Like::Literal)]), "a.", &mut Bindings::new()).is_err());
        assert!(compare(&expects(&[("a.c", Like::Literal)]), "abc", &mut Bindings::new()).is_err());
    }

    #[test]
    fn a_hostile_pattern_ends() {
        let many = expects(&[[("", Like::Any), ("a", Like::Literal)].repeat(40), vec![("b", Like::Literal)]].concat());
        assert!(compare(&many, &"a\n".repeat(200), &mut Bindings::new()).is_err());
    }
}
