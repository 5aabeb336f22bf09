//! What a fact is, and how two are compared.

use crate::model::{Msg, Size, cap_number};
use std::collections::BTreeSet;

/// What was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// This text.
    Is(String),
    /// These words, in no order: capabilities.
    Set(BTreeSet<String>),
    /// There is none: no child yet, no such mount, no errno.
    None,
    /// It could not be read. Nothing that is compared with it holds: a refused look is no answer.
    Hidden(Msg),
}

impl Value {
    /// For a sentence.
    pub fn in_words(&self) -> Msg {
        match self {
            Value::Is(text) if text.is_empty() => Msg::new("empty", "空"),
            Value::Is(text) => Msg::same(text.lines().collect::<Vec<_>>().join("; ")),
            Value::Set(words) if words.is_empty() => Msg::same("none"),
            Value::Set(words) if words.len() > 6 => {
                Msg::new(format!("{} of them", words.len()), format!("共 {} 项", words.len()))
            }
            Value::Set(words) => Msg::same(words.iter().cloned().collect::<Vec<_>>().join(" ")),
            Value::None => Msg::same("none"),
            Value::Hidden(why) => Msg::new(format!("unreadable ({})", why.en), format!("读不到的（{}）", why.zh)),
        }
    }

    /// The same? None where one of them could not be read.
    pub fn same(&self, other: &Value) -> Option<bool> {
        Some(match (self, other) {
            (Value::Hidden(_), _) | (_, Value::Hidden(_)) => return None,
            (Value::Set(words), Value::Is(text)) | (Value::Is(text), Value::Set(words)) => match text.as_str() {
                "none" => words.is_empty(),
                list => &list.split_whitespace().map(plain).collect::<BTreeSet<_>>() == words,
            },
            (Value::Is(text), Value::None) | (Value::None, Value::Is(text)) => text == "none",
            (Value::Is(one), Value::Is(two)) if one != two => match (number(one), number(two)) {
                (Some(one), Some(two)) => one == two,
                _ => false,
            },
            (one, two) => one == two,
        })
    }

    /// Less than the other: as numbers or sizes, where `max` is more than any; sets as subsets. None where that has no sense.
    pub fn less(&self, other: &Value) -> Option<bool> {
        match (self, other) {
            (Value::Is(one), Value::Is(two)) => Some(number(one)? < number(two)?),
            (Value::Set(one), Value::Set(two)) => Some(one != two && one.is_subset(two)),
            _ => None,
        }
    }

    /// Is the first among the second's words? None where one of them could not be read.
    pub fn within(&self, all: &Value) -> Option<bool> {
        match (self, all) {
            (Value::Hidden(_), _) | (_, Value::Hidden(_)) => None,
            (Value::Is(word), Value::Set(words)) => Some(words.contains(&plain(word))),
            (Value::Is(word), Value::Is(text)) => Some(text.split_whitespace().any(|one| one == word)),
            (Value::Set(words), Value::Set(all)) => Some(words.is_subset(all)),
            _ => Some(false),
        }
    }
}

/// A capability by whatever form of its name.
fn plain(word: &str) -> String {
    let upper = word.to_uppercase();
    if cap_number(word).is_some() { upper.trim_start_matches("CAP_").to_string() } else { word.to_string() }
}

/// Numbers and sizes; `max` is above all.
fn number(text: &str) -> Option<u128> {
    match Size::parse(text, 0) {
        Ok(Size::Max) => Some(u128::MAX),
        Ok(Size::Bytes(_)) if text.ends_with('%') => None,
        Ok(Size::Bytes(bytes)) => Some(u128::from(bytes)),
        Err(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is(text: &str) -> Value {
        Value::Is(text.into())
    }

    #[test]
    fn sizes_are_compared_as_sizes() {
        assert_eq!(is("67108864").same(&is("64M")), Some(true));
        assert_eq!(is("64M").less(&is("max")), Some(true));
        assert_eq!(is("9").less(&is("10")), Some(true));
        assert_eq!(is("box").less(&is("9")), None);
        assert_eq!(is("box").same(&is("Box")), Some(false));
    }

    #[test]
    fn what_cannot_be_read_equals_nothing() {
        let hidden = Value::Hidden(Msg::same("EACCES"));
        assert_eq!(hidden.same(&hidden.clone()), None);
        assert_eq!(hidden.same(&Value::None), None);
        assert_eq!(Value::None.same(&is("none")), Some(true));
    }

    #[test]
    fn capabilities_are_found_by_each_form_of_their_names() {
        let set = Value::Set(["SYS_ADMIN".to_string(), "KILL".to_string()].into());
        assert_eq!(is("CAP_SYS_ADMIN").within(&set), Some(true));
        assert_eq!(is("chown").within(&set), Some(false));
        assert_eq!(set.same(&is("kill cap_sys_admin")), Some(true));
    }
}
