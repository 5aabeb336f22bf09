//! What one line did: calls, what it shows, what changed, what did not, why it failed.

use super::block::{as_is, blocks, paragraph};
use super::end::end;
use super::theme::{Role, Sign, Style};
use super::width::{cut_call, cut_middle, pad, width};
use crate::model::{Call, Change, Lang, Note, NoteKind, NsId, NsKind, Text, Turn};

/// More calls than this are not read; the first and the last are shown then.
const CALLS: usize = 12;
/// A path is not cut to fewer columns.
const SHORTEST: usize = 12;

/// A turn as the screen shows it: a sign in the first column, each line ended; empty when there is nothing to say.
pub fn turn(turn: &Turn, style: &Style) -> String {
    let mut text = calls(&turn.calls, style);
    text.push_str(&plain(turn, style));
    text.push_str(&changes(&turn.changes, style));
    text.push_str(&end(&turn.end, style));
    turn.notes.iter().for_each(|note| text.push_str(&remark(note, style)));
    text
}

/// Only what the line shows and what its programs wrote: what lessons compare.
pub fn plain_output(turn: &Turn, lang: Lang) -> String {
    plain(turn, &Style::plain(lang))
}

fn plain(turn: &Turn, style: &Style) -> String {
    let output = if turn.output.is_empty() { String::new() } else { as_is(&turn.output, style) };
    output + &blocks(&turn.view, style)
}

fn calls(calls: &[Call], style: &Style) -> String {
    let few = style.width.is_none() || calls.len() <= CALLS;
    let hidden = if few { 0..0 } else { CALLS / 2..calls.len() - CALLS / 2 };
    let mut text = String::new();
    for (i, call) in calls.iter().enumerate() {
        if i == hidden.start && !hidden.is_empty() {
            let more = MORE_CALLS.get(style.lang()).replace("{}", &hidden.len().to_string());
            text.push_str(&paragraph(&start(style, Sign::Cut), &more, Role::Dim, style));
        }
        if call.errno().is_some() || !hidden.contains(&i) {
            text.push_str(&one_call(call, style));
        }
    }
    text
}

fn one_call(call: &Call, style: &Style) -> String {
    let (sign, role) = match call.errno() {
        None => ("  ".to_string(), Role::Dim),
        Some(_) => (start(style, Sign::Failed), Role::Bad),
    };
    let whole = style.visible(&call.to_string());
    let shown = match style.width {
        Some(columns) => cut_call(&whole, columns.saturating_sub(width(&sign)), style.sign(Sign::Cut)),
        None => whole,
    };
    style.paint(role, &(sign + &shown)) + "\n"
}

/// The sign and a blank.
pub(super) fn start(style: &Style, sign: Sign) -> String {
    format!("{} ", style.sign(sign))
}

/// One fact of several controllers, or of several sets of capabilities, is one line: on cgroup v1 a process moves in each hierarchy.
fn grouped(changes: &[Change]) -> Vec<Change> {
    let family = |what: &str| ["cgroup.", "caps."].into_iter().find(|family| what.starts_with(family));
    let mut groups: Vec<Change> = Vec::new();
    for change in changes {
        match (groups.last_mut(), family(&change.what)) {
            (Some(last), Some(family)) if last.what.starts_with(family) && last.was == change.was && last.is == change.is => {
                last.what.push(',');
                last.what.push_str(&change.what[family.len()..]);
            }
            _ => groups.push(change.clone()),
        }
    }
    groups
}

fn changes(changes: &[Change], style: &Style) -> String {
    let changes = grouped(changes);
    let names: Vec<String> = changes.iter().map(|change| style.visible(&change.what)).collect();
    let widest = names.iter().map(|name| width(name)).filter(|width| *width <= 24).max().unwrap_or(0);
    changes.iter().zip(&names).map(|(change, name)| one_change(change, &pad(name, widest), style)).collect()
}

fn one_change(change: &Change, name: &str, style: &Style) -> String {
    let numbers = numbers(change, style);
    let named = |text: &String| style.visible(&style.names.of_link(text).filter(|_| numbers.is_some()).unwrap_or(text.clone()));
    let (mut was, mut is) = (named(&change.was), named(&change.is));
    if let (true, Some(columns)) = (change.what.starts_with("cgroup"), style.width) {
        let room = columns.saturating_sub(width(name) + 4 + width(style.sign(Sign::Next)) + 2);
        (was, is) = short_paths(was, is, room, style);
    }
    let (sign, values) = match (was.is_empty(), is.is_empty()) {
        (true, _) => (Sign::Added, is),
        (_, true) => (Sign::Removed, was),
        _ => (Sign::Changed, format!("{was} {} {is}", style.sign(Sign::Next))),
    };
    let (word, role) = gloss(change, style);
    let line = format!("{}{name}  {values}", start(style, sign));
    let beside = |text: &str| if text.is_empty() { 0 } else { width(text) + 2 };
    let numbers = numbers.unwrap_or_default();
    let fits = |needed: usize| style.width.is_none_or(|columns| needed <= columns);
    let columns = style.width.unwrap_or(usize::MAX);
    if fits(width(&line) + beside(word)) {
        let painted = |role, text: &str| if text.is_empty() { String::new() } else { format!("  {}", style.paint(role, text)) };
        let start = style.paint(Role::New, &line) + &painted(role, word);
        let below = if fits(width(&line) + beside(word) + beside(&numbers)) {
            String::new()
        } else {
            format!("\n{}", " ".repeat(width(name) + 2))
        };
        return start + &below + &painted(Role::Dim, &numbers) + "\n";
    }
    // Too long for one line: the words of a wrapped paragraph, indented below the name.
    let words = format!("{values}  {word}  {numbers}");
    let indent = (width(name) + 4).min(columns / 2);
    let head = style.paint(Role::New, &format!("{}{}", start(style, sign), name.trim_end()));
    let room = Style { width: Some(columns - indent), ..style.clone() };
    let body = paragraph("", words.trim_end(), Role::New, &room);
    let body: String = body.lines().map(|line| format!("{}{line}\n", " ".repeat(indent))).collect();
    head + "\n" + &body
}

/// Two paths of which one lies below the other, in so many columns: what both begin with stands once, and is cut in the middle.
fn short_paths(was: String, is: String, room: usize, style: &Style) -> (String, String) {
    let below = |upper: &str, lower: &str| {
        let rest = lower.strip_prefix(upper).filter(|rest| rest.starts_with('/'))?;
        let rest = format!("{}{rest}", style.sign(Sign::Cut));
        let upper = cut_middle(upper, room.saturating_sub(width(&rest)).max(SHORTEST), style.sign(Sign::Cut));
        Some((upper, rest))
    };
    if width(&was) + width(&is) <= room {
        return (was, is);
    }
    below(&was, &is).or_else(|| below(&is, &was).map(|(upper, lower)| (lower, upper))).unwrap_or((was, is))
}

/// `(4026531838 → 4026532177)` beside names; None where the values have no names.
fn numbers(change: &Change, style: &Style) -> Option<String> {
    let named = |link: &str| style.names.of_link(link).is_some();
    let number = |link: &str| ns_number(link).map(|number| number.to_string());
    match (number(&change.was), number(&change.is)) {
        (Some(was), Some(is)) if named(&change.was) && named(&change.is) => {
            Some(format!("({was} {} {is})", style.sign(Sign::Next)))
        }
        (Some(one), None) if named(&change.was) => Some(format!("({one})")),
        (None, Some(one)) if named(&change.is) => Some(format!("({one})")),
        _ => None,
    }
}

/// Whose the new namespace is, or what `pending` means.
fn gloss(change: &Change, style: &Style) -> (&'static str, Role) {
    let kind = change
        .what
        .split_once('.')
        .and_then(|(prefix, kind)| matches!(prefix, "ns" | "next").then(|| NsKind::of_name(kind)).flatten());
    let Some(kind) = kind else { return ("", Role::Plain) };
    if change.is == "pending" {
        return (style.text(&PENDING), Role::Dim);
    }
    match (style.names.host().get(&kind), ns_number(&change.is)) {
        (Some(NsId { ino, .. }), Some(is)) if *ino == is => (style.text(&HOST), Role::Dim),
        (Some(_), Some(_)) => (style.text(&OWN), Role::Own),
        _ => ("", Role::Plain),
    }
}

fn ns_number(link: &str) -> Option<u64> {
    link.split_once(":[")?.1.strip_suffix(']')?.parse().ok()
}

fn remark(note: &Note, style: &Style) -> String {
    let (sign, role) = match note.kind {
        NoteKind::Did => ("  ".to_string(), Role::Plain),
        NoteKind::Unchanged => (start(style, Sign::Unchanged), Role::Dim),
        NoteKind::Next => (start(style, Sign::Next), Role::Plain),
        NoteKind::Careful => (start(style, Sign::Careful), Role::Warn),
    };
    paragraph(&sign, &style.msg(&note.text), role, style)
}

const OWN: Text = Text { en: "own", zh: "自己的" };
const HOST: Text = Text { en: "the host's", zh: "主机的" };
const PENDING: Text = Text { en: "begins with the next child", zh: "随下一个子进程诞生" };
const MORE_CALLS: Text = Text { en: "{} more calls; `last` shows all", zh: "另有 {} 次调用；用 `last` 查看全部" };

#[cfg(test)]
#[path = "turn_tests.rs"]
mod tests;
