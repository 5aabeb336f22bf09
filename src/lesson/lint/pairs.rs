//! The translator's check: a paragraph whose text changed in one language only. What was right together is kept as pairs of
//! hashes in a file beside the lessons, so that no paragraph needs a name.

use super::Finding;
use crate::lesson::format::{Item, Lesson, Para};
use crate::model::Msg;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// The file beside the lessons.
pub const LOCK: &str = "translations.lock";

/// Where it is for a lesson's file.
pub(super) fn lock_of(file: &Path) -> PathBuf {
    file.with_file_name(LOCK)
}

type Pair = (String, String);

/// The paragraphs of which one language was changed and the other not.
pub(super) fn changed(file: &Path, lesson: &Lesson) -> Vec<Finding> {
    let known = known(&std::fs::read_to_string(lock_of(file)).unwrap_or_default(), &lesson.id);
    let paras = texts(lesson);
    let now: BTreeSet<Pair> = paras.iter().map(|(_, text)| pair(text)).collect();
    // A pair that still stands somewhere explains nothing about another paragraph.
    let lost: Vec<&Pair> = known.iter().filter(|pair| !now.contains(*pair)).collect();
    let mut found = Vec::new();
    for (line, text) in &paras {
        let (en, zh) = pair(text);
        if known.contains(&(en.clone(), zh.clone())) {
            continue;
        }
        if lost.iter().any(|(old, _)| *old == en) {
            found.push(Finding::warning(
                *line,
                "the Chinese was changed and the English was not; `lint --accept` when both say the same",
                "中文改了而英文没有改；两者确认一致后用 `lint --accept`",
            ));
        } else if lost.iter().any(|(_, old)| *old == zh) {
            found.push(Finding::warning(
                *line,
                "the English was changed and the Chinese was not; `lint --accept` when both say the same",
                "英文改了而中文没有改；两者确认一致后用 `lint --accept`",
            ));
        }
    }
    found
}

/// Remembers the texts of a lesson as they are.
///
/// Errors: as writing the file does.
pub(super) fn accept(file: &Path, lesson: &Lesson) -> std::io::Result<()> {
    let lock = lock_of(file);
    let old = std::fs::read_to_string(&lock).unwrap_or_default();
    let prefix = format!("{} ", lesson.id);
    let mut lines: BTreeSet<String> = old.lines().filter(|line| !line.starts_with(&prefix)).map(str::to_string).collect();
    lines.extend(texts(lesson).iter().map(|(_, text)| {
        let (en, zh) = pair(text);
        format!("{prefix}{en} {zh}")
    }));
    std::fs::write(lock, lines.into_iter().collect::<Vec<_>>().join("\n") + "\n")
}

fn known(text: &str, id: &str) -> BTreeSet<Pair> {
    let pair = |line: &str| {
        let mut words = line.split(' ');
        (words.next() == Some(id)).then_some(())?;
        Some((words.next()?.to_string(), words.next()?.to_string()))
    };
    text.lines().filter_map(pair).collect()
}

fn pair(text: &Msg) -> Pair {
    (hash(&text.en), hash(&text.zh))
}

/// FNV-1a, 64 bits: told apart are two versions of one paragraph, not what an enemy made.
fn hash(text: &str) -> String {
    let hash = text.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    format!("{hash:016x}")
}

/// All texts, with their lines.
fn texts(lesson: &Lesson) -> Vec<(usize, Msg)> {
    let mut found = vec![(1, lesson.title.clone())];
    let mut put = |paras: &[Para]| found.extend(paras.iter().map(|para| (para.line, para.text.clone())));
    put(&lesson.opening);
    put(&lesson.teacher);
    for step in &lesson.steps {
        for item in &step.items {
            if let Item::Say(para) = item {
                put(std::slice::from_ref(para));
            }
        }
        put(&step.tries);
        put(&step.teacher);
        for choice in &step.choices {
            put(&[Para { line: choice.line, text: choice.text.clone() }]);
            put(&choice.feedback);
        }
        step.hints.iter().for_each(|hint| put(&[Para { line: hint.line, text: hint.text.clone() }]));
        step.skips.iter().for_each(|skip| put(&[Para { line: skip.line, text: skip.why.clone() }]));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lesson::format::read;

    fn lesson(en: &str, zh: &str) -> Lesson {
        read(&format!("lesson 1\nid t\ntitle en T | zh 题\n== a\nen {en}\nzh {zh}\n")).expect("it is one")
    }

    #[test]
    fn a_change_in_one_language_only_is_told() {
        let dir = std::env::temp_dir().join(format!("boxlab-pairs-{}", std::process::id()));
        std::fs::create_dir_all(&dir).expect("a directory of our own");
        let file = dir.join("t.txt");
        let told = |en: &str, zh: &str| {
            changed(&file, &lesson(en, zh)).iter().map(|one| one.what.en[..11].to_string()).collect::<Vec<_>>()
        };
        assert!(told("one", "一").is_empty(), "nothing was accepted yet");
        accept(&file, &lesson("one", "一")).expect("our own directory");
        assert!(told("one", "一").is_empty() && told("two", "二").is_empty());
        assert_eq!(told("one", "二"), ["the Chinese"]);
        assert_eq!(told("two", "一"), ["the English"]);
        std::fs::remove_dir_all(&dir).expect("it was ours");
    }
}
