//! What a session's lines did, as deeds: from the recorded calls, so that whatever is written next (a script, a program) does the same.

use super::border;
use super::deed::{Deed, Outer, Piece, Spot};
use super::table::{How, how};
use crate::command::{self, Parsed, Step};
use crate::model::{Arg, Call, Msg, NsKind};
use std::path::{Component, Path};

/// The deeds of these steps. `keeper` names the bench's cgroups.
pub fn plan(steps: &[Step], keeper: i32) -> Vec<Deed> {
    let mut rest = steps.iter();
    deeds(&mut rest, keeper).0
}

/// Deeds up to the end, or to the `exit` that ends this child; and its status.
fn deeds(steps: &mut std::slice::Iter<'_, Step>, keeper: i32) -> (Vec<Deed>, Option<i32>) {
    let mut found = Vec::new();
    while let Some(step) = steps.next() {
        found.push(Deed::Line(step.line.clone()));
        // `exit` stands for itself where a child was ended otherwise.
        let Some(Parsed { args, .. }) = command::parse(&step.line).ok().flatten() else { continue };
        match (how(&step.command), step.command.as_str()) {
            (How::Line, "exit") => return (found, Some(args.one("STATUS").parse().unwrap_or(0))),
            (How::Line, name) if name == "fork" || args.all("CMD").is_empty() => {
                let (kinds, cgroup) = born(step, &args.kinds("NS"), keeper, &mut found);
                let (deeds, ended) = deeds(steps, keeper);
                found.push(Deed::Child { kinds, cgroup, deeds, ended });
            }
            (How::Line, _) => {
                let (kinds, cgroup) = born(step, &args.kinds("NS"), keeper, &mut found);
                if args.flag("--init") {
                    found.push(Deed::Cannot(Msg::new("the small init of `spawn --init`", "`spawn --init` 的小型 init")));
                }
                found.push(Deed::Run { kinds, cgroup, words: args.all("CMD").to_vec(), background: args.flag("-b") });
            }
            (How::Ip, _) => found.push(ip(&command::words(&step.line).unwrap_or_default())),
            (How::Observer, _) => found.extend(observers(&step.calls, step, keeper)),
            (How::Cannot(why), _) => found.push(Deed::Cannot(why.into())),
            (How::Nothing, _) => {}
            (how @ (How::Calls(_) | How::Files(..)), _) => found.extend(border::read(&step.calls, &how, &args)),
        }
    }
    (found, None)
}

/// The namespaces (of those that the line names) and the cgroup into which a clone3(2) made its child. What the observer did before it
/// is among the deeds.
fn born(step: &Step, named: &[NsKind], keeper: i32, found: &mut Vec<Deed>) -> (Vec<NsKind>, Option<Spot>) {
    let Some(at) = step.calls.iter().position(|call| call.name == "clone3") else { return (Vec::new(), None) };
    found.extend(observers(&step.calls[..at], step, keeper));
    let Some(Arg::Raw(text)) = step.calls[at].args.first() else { return (Vec::new(), None) };
    if text.contains("set_tid=") {
        let (en, zh) = ("the chosen PID: unshare(1) has no such option", "指定的 PID：unshare(1) 没有这样的选项");
        found.push(Deed::Cannot(Msg::new(en, zh)));
    }
    let flags = text.strip_prefix("{flags=").and_then(|rest| rest.split(',').next()).unwrap_or_default();
    let kinds = flags.split('|').filter_map(NsKind::of_name).filter(|kind| named.contains(kind)).collect();
    let path = text.split_once("cgroup=").and_then(|(_, rest)| rest.split_once('<')?.1.rsplit_once('>'));
    (kinds, path.and_then(|(path, _)| spot(path, step, keeper)))
}

/// What the observer did with these calls; nothing where that is nothing.
fn observers(calls: &[Call], step: &Step, keeper: i32) -> Vec<Deed> {
    let (mut outside, mut rest) = (Vec::new(), Vec::new());
    for call in calls.iter().filter(|call| call.answer.is_ok()) {
        match outer(call, step, keeper) {
            Some(deed) => outside.push(deed),
            None if QUIET.contains(&call.name.as_str()) => {}
            // The subject moves; its programs are not there any more, and its parents are not asked. Somebody else has to be named.
            None if moved(call).is_some() && step.command != "cgroup move" => {}
            None => {
                let name = format!("{}(2)", call.name);
                rest.push(Deed::Cannot(Msg::new(format!("{name}, from outside"), format!("从外部发出的 {name}"))));
            }
        }
    }
    rest.dedup();
    if !outside.is_empty() {
        rest.insert(0, Deed::Outside(outside));
    }
    rest
}

/// What the observer needs for its own part: the child that enters a user namespace to write a map, the directory that it hands over, the
/// wait of which a subject tells.
const QUIET: &[&str] = &["setns", "openat", "wait4"];

/// A path of the observer's. It lies in the bench's own cgroups, or is a file of the subject's in /proc: all else is none of its business,
/// and a call to it was none of its calls.
fn spot(path: &str, step: &Step, keeper: i32) -> Option<Spot> {
    if Path::new(path).components().any(|part| part == Component::ParentDir) {
        return None;
    }
    let own = step.pids.iter().find_map(|pid| path.strip_prefix(&format!("/proc/{pid}/")));
    if let Some(file) = own.filter(|file| ["uid_map", "gid_map", "setgroups"].contains(file)) {
        return Some(Spot(vec![Piece::Plain("/proc/".into()), Piece::Pid]).then(&format!("/{file}")));
    }
    let (before, after) = path.split_once(&format!("/boxlab-{keeper}"))?;
    let ours = before.starts_with("/sys/fs/cgroup") && (after.is_empty() || after.starts_with('/'));
    ours.then(|| Spot(vec![Piece::Plain(format!("{before}/")), Piece::Box]).then(after))
}

fn outer(call: &Call, step: &Step, keeper: i32) -> Option<Outer> {
    let spot = |path: &str| spot(path, step, keeper);
    match (call.name.as_str(), call.args.as_slice()) {
        ("mkdir", [Arg::Str(dir), ..]) => spot(dir).map(Outer::Make),
        ("rmdir", [Arg::Str(dir), ..]) => spot(dir).map(Outer::Remove),
        ("write", [Arg::Fd(_, file), Arg::Str(value), _]) => match moved(call) {
            Some(pid) => {
                let own = step.pids.last().is_some_and(|last| *last == pid);
                own.then_some(Outer::Put { path: spot(file)?, text: Spot(vec![Piece::Pid]) })
            }
            None => Some(Outer::Put { path: spot(file)?, text: Spot::plain(value) }),
        },
        _ => None,
    }
}

/// The process that this call moves to another cgroup, where it is such a call.
fn moved(call: &Call) -> Option<i32> {
    match (call.name.as_str(), call.args.as_slice()) {
        ("write", [Arg::Fd(_, file), Arg::Str(value), _])
            if ["/cgroup.procs", "/tasks", "/cgroup.threads"].iter().any(|end| file.ends_with(end)) =>
        {
            Some(value.trim().parse().unwrap_or(0))
        }
        _ => None,
    }
}

/// The same words for ip(8), where no other subject is concerned.
fn ip(words: &[String]) -> Deed {
    let list = |words: &[&str]| words.iter().map(|word| word.to_string()).collect::<Vec<String>>();
    let word = |at: usize| words.get(at).map(String::as_str).unwrap_or_default();
    if words.iter().any(|word| word.contains('@')) {
        return Deed::Cannot(Msg::new("it reaches into another subject's network", "它涉及另一个被观察进程的网络"));
    }
    Deed::Ip(match (word(0), word(1)) {
        ("link", "up" | "down") => list(&["link", "set", word(2), word(1)]),
        ("link", "add") if word(4) == "peer" => list(&["link", "add", word(3), "type", word(2), "peer", "name", word(5)]),
        ("link", "add") => list(&["link", "add", word(3), "type", word(2)]),
        _ => words.to_vec(),
    })
}
