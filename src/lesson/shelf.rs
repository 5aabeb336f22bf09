//! The lessons that are part of the program, and how one of them, or a file, is found by what somebody typed.

use super::format::{self, Fault, Lesson};
use crate::model::Msg;
use crate::observe::regular::{NotRegular, open_regular};
use std::io::{self, Read};
use std::path::Path;

/// Name (`01-process`) and text of each, in order; made by `build.rs`.
pub const BUNDLED: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/lessons.rs"));

/// A lesson with the place it has among the others.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Its number, where its name begins with one.
    pub number: Option<u32>,
    /// The name of its file.
    pub file: String,
    /// Its text, as written.
    pub text: String,
    /// The lesson.
    pub lesson: Lesson,
}

/// Why there is no such lesson.
#[derive(Debug)]
pub enum Missing {
    /// None has this number or name.
    Unknown,
    /// The file cannot be read.
    Unreadable(Msg),
    /// The file is full of mistakes; with its text.
    Bad(Vec<Fault>, String),
}

/// So many bytes has a lesson at most: the longest that is bundled has a fiftieth of it.
const LONGEST: u64 = 1 << 20;

/// All bundled lessons, in order. One that cannot be read (a test sees to it that there is none) is left out.
pub fn bundled() -> Vec<Entry> {
    BUNDLED.iter().filter_map(|(name, text)| entry(name, text).ok()).collect()
}

/// The lesson of a number (`4`), an id (`process`), a file's name (`04-pid`), or a path (`./mine.txt`).
///
/// Errors: see [`Missing`].
pub fn find(word: &str) -> Result<Entry, Missing> {
    if word.contains('/') || word.ends_with(".txt") {
        let text = read(Path::new(word)).map_err(Missing::Unreadable)?;
        let name = Path::new(word).file_stem().unwrap_or_default().to_string_lossy().into_owned();
        return entry(&name, &text).map_err(|faults| Missing::Bad(faults, text));
    }
    let number = word.parse::<u32>().ok();
    let is = |entry: &Entry| entry.number.is_some() && entry.number == number || entry.lesson.id == word || entry.file == word;
    bundled().into_iter().find(is).ok_or(Missing::Unknown)
}

/// The bundled lesson after this one.
pub fn following(entry: &Entry) -> Option<Entry> {
    bundled().into_iter().skip_while(|one| one.file != entry.file).nth(1)
}

/// A file that somebody named: it may be anything. What never ends, or waits for a writer, is refused.
pub(super) fn read(path: &Path) -> Result<String, Msg> {
    let no = |error: io::Error| Msg::same(error.to_string());
    let file = open_regular(path).map_err(NotRegular::words)?;
    let mut text = String::new();
    if file.take(LONGEST + 1).read_to_string(&mut text).map_err(no)? as u64 > LONGEST {
        return Err(Msg::new("too long for a lesson", "作为课程太长"));
    }
    Ok(text)
}

fn entry(name: &str, text: &str) -> Result<Entry, Vec<Fault>> {
    let lesson = format::read(text)?;
    let number = name.split('-').next().and_then(|digits| digits.parse().ok());
    Ok(Entry { number, file: name.to_string(), text: text.to_string(), lesson })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_bundled_lesson_can_be_read_and_found() {
        assert!(BUNDLED.len() >= 2);
        for (name, text) in BUNDLED {
            let entry = entry(name, text).unwrap_or_else(|faults| panic!("{name}: {faults:?}"));
            let number = entry.number.expect("its name begins with a number").to_string();
            for word in [&number, &entry.lesson.id, &entry.file] {
                assert_eq!(find(word).expect("it is there").lesson.id, entry.lesson.id);
            }
        }
        let first = &bundled()[0];
        assert_eq!(following(first).map(|next| next.file), bundled().get(1).map(|next| next.file.clone()));
        assert!(following(&bundled()[BUNDLED.len() - 1]).is_none());
        assert!(matches!(find("no-such-lesson"), Err(Missing::Unknown)));
        assert!(matches!(find("/no/such.txt"), Err(Missing::Unreadable(_))));
    }
}
