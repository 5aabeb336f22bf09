//! Behind the cursor, dim: what the command still takes. And whether the first word is a command at all.

use super::place::{Ahead, Typed};
use crate::command::cards;
use rustyline::hint::Hint;

/// A hint: what is shown, and how much of it the right arrow takes over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missing {
    shown: String,
    taken: usize,
}

impl Hint for Missing {
    fn display(&self) -> &str {
        &self.shown
    }

    fn completion(&self) -> Option<&str> {
        (self.taken > 0).then(|| &self.shown[..self.taken])
    }
}

/// The hint for a line with the cursor at its end. `marked`: without colours it is marked as the comment that it would be.
pub fn hint(line: &str, marked: bool) -> Option<Missing> {
    let typed = Typed::read(line);
    if typed.comment || typed.quoted || line.trim().is_empty() {
        return None;
    }
    let mut words = typed.words.clone();
    if !typed.partial.is_empty() {
        words.push(typed.partial.clone());
    }
    let whole = Typed { words, ..Typed::default() };
    let (rest, usage) = match whole.card() {
        Some((card, used)) => {
            let ahead = Ahead::after(card, &whole.words[used..]);
            let missing = ahead.missing.iter().map(|param| param.usage());
            let value = ahead.value_of.iter().map(|_| "X".to_string());
            (String::new(), value.chain(missing).collect::<Vec<_>>().join(" "))
        }
        None => {
            let said = whole.words.join(" ");
            let mut fits = cards().filter(|card| card.name.starts_with(&said) && !said.is_empty());
            let (Some(card), None) = (fits.next(), fits.next()) else { return None };
            let rest = card.name[said.len()..].to_string();
            // `subject ` has its blank already.
            let rest = if typed.partial.is_empty() { rest.trim_start().to_string() } else { rest };
            (rest, card.usage()[card.name.len()..].trim_start().to_string())
        }
    };
    if rest.is_empty() && usage.is_empty() {
        return None;
    }
    let gap = if typed.partial.is_empty() && rest.is_empty() || usage.is_empty() { "" } else { " " };
    let mark = if marked { " # " } else { "" };
    Some(Missing { taken: if marked { 0 } else { rest.len() }, shown: format!("{mark}{rest}{gap}{usage}") })
}

/// Does the line begin with a command? None while that is open: the word can still become one.
pub fn known(line: &str) -> Option<(usize, bool)> {
    let trimmed = line.trim_start();
    let skipped = line.len() - trimmed.len();
    let word = trimmed.split([' ', ';']).next().filter(|word| !word.is_empty() && !word.starts_with('#'))?;
    let end = skipped + word.len();
    let is = cards().any(|card| card.name.split(' ').next() == Some(word));
    let may = end == line.len() && cards().any(|card| card.name.starts_with(word));
    if is || !may { Some((end, is)) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(line: &str) -> String {
        hint(line, false).map(|hint| hint.shown).unwrap_or_default()
    }

    #[test]
    fn a_hint_says_what_is_missing() {
        let first = crate::command::card("unshare").expect("there is one").args[0].usage();
        assert_eq!(shown("unshare "), first);
        assert_eq!(shown("unshare"), format!(" {first}"));
        assert_eq!(shown("unsh"), format!("are {first}"));
        assert_eq!(shown("unshare uts "), "");
        assert_eq!(shown("lang "), "en|zh");
        assert_eq!(shown("subject ne"), "w NAME");
        assert_eq!(shown(""), "");
        assert_eq!(shown("spawn 'x"), "");
    }

    #[test]
    fn the_right_arrow_takes_the_name_and_not_the_usage() {
        assert_eq!(hint("unsh", false).expect("one").completion(), Some("are"));
        assert_eq!(hint("unshare ", false).expect("one").completion(), None);
        assert!(hint("unshare ", true).expect("one").display().starts_with(" # "));
    }

    #[test]
    fn a_first_word_is_known_unknown_or_open() {
        assert_eq!(known("unshare pid"), Some((7, true)));
        assert_eq!(known("unsh"), None);
        assert_eq!(known("unsh pid"), Some((4, false)));
        assert_eq!(known("bash"), Some((4, false)));
    }
}
