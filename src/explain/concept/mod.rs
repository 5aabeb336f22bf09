//! The concepts: a few sentences each, what to read next, and a line to type.

mod absent;
mod isolate;
mod limit;

use crate::model::Text;

/// A concept.
pub struct Concept {
    /// Its name, as it is typed; may have blanks.
    pub name: &'static str,
    /// Its name in Chinese, and other names, all of which find it.
    pub also: &'static [&'static str],
    /// What it is.
    pub what: Text,
    /// Other topics: concepts, commands.
    pub see: &'static [&'static str],
    /// A line to type.
    pub line: &'static str,
}

const fn c(
    name: &'static str,
    also: &'static [&'static str],
    en: &'static str,
    zh: &'static str,
    see: &'static [&'static str],
    line: &'static str,
) -> Concept {
    Concept { name, also, what: Text { en, zh }, see, line }
}

/// All concepts, in the order in which one may read them.
pub fn concepts() -> impl Iterator<Item = &'static Concept> {
    isolate::CONCEPTS.iter().chain(limit::CONCEPTS).chain(absent::CONCEPTS)
}

/// The concept of this name.
pub fn concept(name: &str) -> Option<&'static Concept> {
    let name = name.to_lowercase();
    let fits = |one: &str| one.to_lowercase() == name;
    concepts().find(|concept| fits(concept.name) || concept.also.iter().any(|also| fits(also)))
}
