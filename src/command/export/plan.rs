//! What a session's lines did, as deeds: from the recorded calls, so that whatever is written next (a script, a program) does the same.

use crate::command::{self, Step};
use crate::model::{Arg, Call, NsKind, Place};

/// One thing done. Paths and words are as the session had them.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs)] // the fields are the arguments of the calls
pub enum Deed {
    /// The typed line, as a heading.
    Line(String),
    /// unshare(2).
    Unshare(Vec<NsKind>),
    /// A child that goes on in its parent's stead, born into new namespaces. What it did, and with which status it ended where it did:
    /// then the parent goes on. Born in the cgroup of this directory, where there is one.
    Child { kinds: Vec<NsKind>, cgroup: Option<String>, deeds: Vec<Deed>, ended: Option<i32> },
    /// A program: fork(2), execve(2), wait(2).
    Run { kinds: Vec<NsKind>, cgroup: Option<String>, words: Vec<String>, background: bool },
    /// A call whose arguments are strings and symbols: mount(2), umount2(2), mkdir(2), chdir(2) and the like.
    Call { name: String, args: Vec<Arg> },
    /// A copy of a mount, with flags set and cleared, mounted: open_tree(2), mount_setattr(2), move_mount(2).
    Bind { source: String, target: String, recursive: bool, set: String, clear: String },
    /// mount_setattr(2) at a path.
    Flags { path: String, recursive: bool, set: String, clear: String },
    /// A new file, empty.
    Create(String),
    /// A text into an existing file.
    Put { path: String, text: String },
    /// setns(2) into the namespace of this file.
    Enter { path: String },
    /// Words of ip(8).
    Ip(Vec<String>),
    /// What the observer did, from outside.
    Outside(Vec<Deed>),
    /// It cannot be written: why is for the reader.
    Cannot(String),
}

/// Stands for the bench's directory in the cgroup trees.
pub const BOX: &str = "@BOX@";
/// Stands for the subject's PID, as the observer counts.
pub const PID: &str = "@PID@";

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
        let parsed = command::parse(&step.line).ok().flatten();
        let words = |name: &str| parsed.as_ref().map(|parsed| parsed.args.all(name).to_vec()).unwrap_or_default();
        match step.command.as_str() {
            "exit" => {
                let status = words("STATUS").first().and_then(|word| word.parse().ok()).unwrap_or(0);
                return (found, Some(status));
            }
            "fork" | "clone" if words("CMD").is_empty() => {
                let (kinds, cgroup) = born(step, keeper, &mut found);
                let (deeds, ended) = deeds(steps, keeper);
                found.push(Deed::Child { kinds, cgroup, deeds, ended });
            }
            "spawn" | "clone" => {
                let (kinds, cgroup) = born(step, keeper, &mut found);
                let background = parsed.as_ref().is_some_and(|parsed| parsed.args.flag("-b"));
                if parsed.as_ref().is_some_and(|parsed| parsed.args.flag("--init")) {
                    found.push(Deed::Cannot("the small init of `spawn --init`".into()));
                }
                found.push(Deed::Run { kinds, cgroup, words: words("CMD"), background });
            }
            "seccomp notify" => {
                found.push(Deed::Cannot("a supervisor that answers for the kernel is a program of its own".into()))
            }
            name if name.starts_with("link ") || name.starts_with("addr ") || name.starts_with("route ") => {
                let words = command::words(&step.line).unwrap_or_default();
                found.push(ip(&words).unwrap_or_else(|| Deed::Cannot("it reaches into another subject's network".into())));
            }
            _ if step.place == Place::Outside => {
                found.extend(observers(&step.calls, step, keeper));
            }
            _ => found.extend(inside(&step.calls)),
        }
    }
    (found, None)
}

/// The namespaces and the cgroup into which a clone3(2) made its child. What the observer did before it is among the deeds.
fn born(step: &Step, keeper: i32, found: &mut Vec<Deed>) -> (Vec<NsKind>, Option<String>) {
    let Some(at) = step.calls.iter().position(|call| call.name == "clone3") else { return (Vec::new(), None) };
    found.extend(observers(&step.calls[..at], step, keeper));
    let Some(Arg::Raw(text)) = step.calls[at].args.first() else { return (Vec::new(), None) };
    if text.contains("set_tid=") {
        found.push(Deed::Cannot("the chosen PID: unshare(1) has no such option".into()));
    }
    let flags = text.strip_prefix("{flags=").and_then(|rest| rest.split(',').next()).unwrap_or_default();
    let path = text.split_once("cgroup=").and_then(|(_, rest)| rest.split_once('<')?.1.rsplit_once('>'));
    (kinds(flags), path.map(|(path, _)| boxed(path, step, keeper)))
}

/// What the observer did with these calls; None where that is nothing.
fn observers(calls: &[Call], step: &Step, keeper: i32) -> Option<Deed> {
    let deeds: Vec<Deed> = calls.iter().filter_map(|call| outside(call, step, keeper)).collect();
    (!deeds.is_empty()).then_some(Deed::Outside(deeds))
}

/// A path of the observer's, with the places that are known only when the export runs.
fn boxed(path: &str, step: &Step, keeper: i32) -> String {
    let own = step.pids.iter().find_map(|pid| path.strip_prefix(&format!("/proc/{pid}/")));
    own.map_or_else(|| path.replace(&format!("/boxlab-{keeper}"), &format!("/{BOX}")), |file| format!("/proc/{PID}/{file}"))
}

fn kinds(flags: &str) -> Vec<NsKind> {
    flags.split('|').filter_map(NsKind::of_name).collect()
}

fn inside(calls: &[Call]) -> Vec<Deed> {
    let mut deeds = Vec::new();
    let mut tree: Option<(String, bool, String, String)> = None;
    for call in calls.iter().filter(|call| call.answer.is_ok()) {
        let args = &call.args;
        match (call.name.as_str(), args.as_slice()) {
            ("unshare", [flags]) => deeds.push(Deed::Unshare(kinds(&text(flags)))),
            ("open_tree", [_, path, flags]) => {
                tree = Some((text(path), text(flags).contains("AT_RECURSIVE"), "0".into(), "0".into()))
            }
            ("mount_setattr", [fd, path, flags, attr, _]) => {
                let (set, clear) = attributes(&text(attr));
                let recursive = text(flags).contains("AT_RECURSIVE");
                match (fd, &mut tree) {
                    (Arg::Fd(..), Some(tree)) => (tree.2, tree.3) = (set, clear),
                    _ => deeds.push(Deed::Flags { path: text(path), recursive, set, clear }),
                }
            }
            ("move_mount", [.., target, _]) => {
                if let Some((source, recursive, set, clear)) = tree.take() {
                    deeds.push(Deed::Bind { source, target: text(target), recursive, set, clear });
                }
            }
            ("openat", [_, path, flags, ..]) if text(flags).contains("O_CREAT") => deeds.push(Deed::Create(text(path))),
            ("write", [Arg::Fd(_, path), Arg::Str(text), _]) => {
                deeds.push(Deed::Put { path: own_proc(path), text: text.clone() })
            }
            ("setns", [Arg::Fd(_, path), _]) if path.starts_with('/') => deeds.push(Deed::Enter { path: path.clone() }),
            ("setns", _) => deeds.push(Deed::Cannot("it enters namespaces of a process that will be another one".into())),
            ("capget" | "clone3" | "wait4" | "execve", _) => {}
            ("seccomp", _) => deeds.push(Deed::Cannot(
                "a seccomp filter is a program for the kernel; `docker` and `oci` can name its system calls".into(),
            )),
            ("capset", _) => {
                deeds.push(Deed::Cannot("execve(2) reckons these sets anew; the bounding and ambient sets stay".into()))
            }
            (name, _) if SIMPLE.contains(&name) => deeds.push(Deed::Call { name: call.name.clone(), args: args.clone() }),
            (name, _) => deeds.push(Deed::Cannot(format!("{name}(2)"))),
        }
    }
    deeds
}

/// Calls that can be written down as they are printed.
const SIMPLE: &[&str] = &[
    "mount",
    "umount2",
    "pivot_root",
    "chroot",
    "chdir",
    "mkdir",
    "rmdir",
    "symlinkat",
    "mknodat",
    "sethostname",
    "prctl",
    "setuid",
    "setgid",
    "setgroups",
    "prlimit64",
    "setpriority",
    "setsid",
];

/// What is set and cleared, of `{attr_set=…, attr_clr=…, …}`.
fn attributes(text: &str) -> (String, String) {
    let part = |name: &str| text.split(name).nth(1).and_then(|rest| rest.split([',', '}']).next()).unwrap_or("0").to_string();
    (part("attr_set="), part("attr_clr="))
}

/// The subject writes to its own files in /proc, and a descriptor's path has its number there: the next one will have another.
fn own_proc(path: &str) -> String {
    let own = path.strip_prefix("/proc/").and_then(|rest| rest.split_once('/'));
    match own.filter(|(number, _)| number.bytes().all(|digit| digit.is_ascii_digit())) {
        Some((_, file)) => format!("/proc/self/{file}"),
        None => path.into(),
    }
}

/// An argument's bare text.
pub fn text(arg: &Arg) -> String {
    match arg {
        Arg::Raw(text) | Arg::Str(text) | Arg::Fd(_, text) => text.clone(),
        // What the kernel answered is no part of what was asked.
        Arg::Reply(..) => String::new(),
    }
}

fn outside(call: &Call, step: &Step, keeper: i32) -> Option<Deed> {
    if call.answer.is_err() {
        return None;
    }
    let path = |path: &str| boxed(path, step, keeper);
    match (call.name.as_str(), call.args.as_slice()) {
        ("mkdir" | "rmdir", [dir, ..]) => {
            let args = std::iter::once(Arg::Str(path(&text(dir)))).chain(call.args.iter().skip(1).cloned());
            Some(Deed::Call { name: call.name.clone(), args: args.collect() })
        }
        ("write", [Arg::Fd(_, file), Arg::Str(value), _]) if file.ends_with("/cgroup.procs") || file.ends_with("/tasks") => {
            // Only the subject itself moves: its programs are not there any more, and their parents are not asked.
            let own = step.pids.last().is_some_and(|pid| pid.to_string() == value.trim());
            own.then(|| Deed::Put { path: path(file), text: PID.into() })
        }
        ("write", [Arg::Fd(_, file), Arg::Str(value), _]) => Some(Deed::Put { path: path(file), text: value.clone() }),
        ("setns" | "openat", _) => None,
        (name, _) => Some(Deed::Cannot(format!("{name}(2), from outside"))),
    }
}

/// The same words for ip(8); None where another subject is concerned.
fn ip(words: &[String]) -> Option<Deed> {
    if words.iter().any(|word| word.contains('@')) {
        return None;
    }
    let rest = |at: usize| words.get(at..).unwrap_or_default().to_vec();
    let list = |words: &[&str]| words.iter().map(|word| word.to_string()).collect::<Vec<String>>();
    let word = |at: usize| words.get(at).map(String::as_str).unwrap_or_default();
    let words = match (word(0), word(1)) {
        ("link", "up" | "down") => list(&["link", "set", word(2), word(1)]),
        ("link", "add") if word(4) == "peer" => list(&["link", "add", word(3), "type", word(2), "peer", "name", word(5)]),
        ("link", "add") => list(&["link", "add", word(3), "type", word(2)]),
        ("link", "move") => return None,
        ("link" | "addr" | "route", _) => rest(0),
        _ => return None,
    };
    Some(Deed::Ip(words))
}

/// All that cannot be written, with the line that it belongs to.
pub fn gaps(deeds: &[Deed]) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut line = String::new();
    let mut open: Vec<&Deed> = deeds.iter().rev().collect();
    while let Some(deed) = open.pop() {
        match deed {
            Deed::Line(text) => line = text.clone(),
            Deed::Cannot(why) => found.push((line.clone(), why.clone())),
            Deed::Child { deeds, .. } | Deed::Outside(deeds) => open.extend(deeds.iter().rev()),
            _ => {}
        }
    }
    found
}
