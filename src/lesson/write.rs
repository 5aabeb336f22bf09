//! Lessons written by the program: an empty one to begin with, and one made from what somebody did in a session.

use super::format::{Ends, StepKind};
use super::symbols::Symbols;
use crate::command;
use crate::model::{Change, Lang, Place, Turn};
use crate::ui;
use std::path::Path;

/// An id from the name of a file: `21-My lesson.txt` gives `my-lesson`.
pub fn id_of(file: &Path) -> String {
    let name = file.file_stem().unwrap_or_default().to_string_lossy().to_lowercase();
    let name = name.trim_start_matches(|c: char| c.is_ascii_digit() || c == '-');
    let plain: String = name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    let plain = plain.trim_matches('-');
    if plain.is_empty() { "lesson".into() } else { plain.into() }
}

/// A lesson that can be replayed at once, with one step of each usual kind.
pub fn template(id: &str) -> String {
    format!(
        "lesson 1
id       {id}
title    en What it is about | zh 这一课讲什么
minutes  5

# docs/lessons.md has the whole format. Replay it with `boxlab replay FILE`, and lint it with `boxlab lint FILE`.

== guess  predict
en What will the kernel do?
zh 内核会怎么做？
( ) en one thing | zh 这样
    en Why not.
    zh 为什么不是。
(x) en another | zh 那样
    en Why.
    zh 为什么。

== do
en Do it.
zh 动手。
skip unless root  en it takes root | zh 需要 root
$ unshare uts
assert   ns.uts != host.ns.uts
hint     en Type: unshare uts | zh 输入：unshare uts
"
    )
}

/// What stands where the author has to write: title and text, in English and Chinese. `lint` looks for them.
pub const PLACEHOLDERS: [&str; 4] = ["TITLE", "题目", "TEXT", "文字"];

/// A lesson from the turns of a session, each with the subject's PID as the host counts: each line that did something is a step, with asserts for what it changed; lines that
/// only looked stand in steps of the kind observe. The texts are for the author to write.
pub fn recorded(id: &str, turns: &[(Turn, i32)], lang: Lang) -> String {
    // Whether it takes root is not known to somebody who was root all the time.
    let needs = if nix::unistd::geteuid().is_root() { "needs    root\n" } else { "" };
    let [title, title_zh, en, zh] = PLACEHOLDERS;
    let mut text = format!("lesson 1\nid       {id}\ntitle    en {title} | zh {title_zh}\n{needs}minutes  5\n");
    let mut symbols = Symbols::default();
    let shown = turns.iter().filter(|(turn, _)| is_kept(turn));
    for (at, (turn, pid)) in shown.enumerate() {
        let asserts = asserts(turn);
        let kind = if asserts.is_empty() { StepKind::Observe } else { StepKind::Do };
        let word = if kind == StepKind::Do { String::new() } else { format!("  {}", kind.word()) };
        text.push_str(&format!("\n== step-{}{word}\nen {en}\nzh {zh}\n$ {}\n", at + 1, turn.line.trim()));
        symbols.know(&[*pid], turn);
        let output = symbols.of(&ui::plain_output(turn, lang));
        for line in output.lines().filter(|line| !line.trim().is_empty()) {
            text.push_str(&format!("  {line}\n"));
        }
        let ends = Ends::of(&turn.end);
        if ends != Ends::Well {
            text.push_str(&format!("  {}\n", ends.written()));
        }
        asserts.iter().for_each(|assert| text.push_str(&format!("assert   {assert}\n")));
        if kind == StepKind::Do {
            text.push_str(&format!("hint     en Type: {0} | zh 输入：{0}\n", turn.line.trim()));
        }
    }
    text
}

/// What belongs into a lesson: not the words of the shell itself, and nothing that was mistyped.
fn is_kept(turn: &Turn) -> bool {
    let about_shell = ["help", "history", "lang", "quit", "last", "explain", "doctor"].contains(&turn.command.as_str());
    let known = command::card(&turn.command).is_some() && !command::lesson::is_word(&turn.command);
    known && !about_shell && !(turn.place == Place::Shell && turn.command == "reset")
}

/// Proposals: what is true after the line and was not before. Numbers of namespaces are compared and not written down.
fn asserts(turn: &Turn) -> Vec<String> {
    let one = |change: &Change| -> Option<String> {
        let name = change.what.as_str();
        Some(match name.split_once('.') {
            Some(("ns", kind)) if change.is.contains(":[") => format!("changed(ns.{kind})"),
            Some(("next", kind)) if change.is == "pending" => format!("ns.{kind}_for_children == none"),
            Some(("next", kind)) => format!("changed(ns.{kind}_for_children)"),
            Some(("cgroup", _)) => "changed(cgroup)".to_string(),
            Some(("pid", "outside")) => "changed(pid.outside)".to_string(),
            None if ["hostname", "uid", "gid", "pid", "no_new_privs", "seccomp", "cwd"].contains(&name)
                && !change.is.contains(' ') =>
            {
                match change.is.parse::<u32>() {
                    Ok(number) if number > 99 && name == "pid" => "changed(pid)".to_string(),
                    _ => format!("{name} == {}", change.is),
                }
            }
            None if ["uid_map", "gid_map"].contains(&name) => {
                format!("{name} == {}", if change.is == "empty" { "none" } else { &change.is })
            }
            _ => return None,
        })
    };
    let mut found: Vec<String> = turn.changes.iter().filter_map(one).collect();
    if let (true, Ok(words)) = (turn.command == "cgroup set" && turn.end.ok(), command::words(&turn.line))
        && let [_, _, file, value] = words.as_slice()
    {
        found.push(format!("cgroup.{file} == {value}"));
    }
    if matches!(turn.command.as_str(), "subject new" | "subject use") && turn.end.ok() {
        found.push(format!("subject == {}", turn.line.split_whitespace().nth(2).unwrap_or_default()));
    }
    found.dedup();
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lesson::format::read;
    use crate::model::{Call, End};

    fn turn(line: &str, command: &str, changes: &[(&str, &str, &str)]) -> Turn {
        let change =
            |(what, was, is): &(&str, &str, &str)| Change { what: what.to_string(), was: was.to_string(), is: is.to_string() };
        Turn {
            line: line.into(),
            command: command.into(),
            subject: "a".into(),
            place: Place::Inside,
            calls: Vec::<Call>::new(),
            end: End::Done,
            changes: changes.iter().map(change).collect(),
            notes: Vec::new(),
            view: Vec::new(),
            output: "uts:[4026532177]\n".into(),
        }
    }

    #[test]
    fn what_was_done_becomes_a_lesson_that_can_be_read() {
        let turns = [
            turn("unshare uts", "unshare", &[("ns.uts", "uts:[1]", "uts:[4026532177]")]),
            turn("hostname box", "hostname", &[("hostname", "vm", "box")]),
            turn("help", "help", &[]),
            turn("show ns", "show ns", &[]),
        ];
        let text = recorded("mine", &turns.map(|turn| (turn, 4711)), Lang::En);
        let lesson = read(&text).unwrap_or_else(|faults| panic!("{faults:?}\n{text}"));
        assert_eq!(lesson.steps.len(), 3);
        assert!(
            text.contains("assert   changed(ns.uts)") && text.contains("assert   hostname == box") && text.contains("uts:[{A}]"),
            "{text}"
        );
        assert_eq!(lesson.steps[2].kind, StepKind::Observe);
    }

    #[test]
    fn the_template_is_a_lesson() {
        assert!(read(&template("mine")).is_ok());
    }
}
