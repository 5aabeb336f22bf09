//! strace(1) on the bench: which process made which call, between which lines. Only what is needed to compare.

use std::collections::{HashMap, HashSet};
use std::process::{Command, Stdio};

/// A call as strace saw it.
#[derive(Clone, Debug)]
pub struct Seen {
    /// The process, as the host counts.
    pub pid: i32,
    /// The name of the system call.
    pub name: String,
    /// What stands between the brackets.
    pub args: String,
    /// What stands after the equals sign; `?` where it never returned.
    pub answer: String,
    /// The process that it made, as the host counts.
    pub born: Option<i32>,
}

/// What one process is to the bench.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    Keeper,
    Shell,
    /// A subject, or a child of one that has not become a program.
    Subject,
    /// A program that was executed, and all that it starts.
    Program,
}

/// A run of the bench under strace.
pub struct Trace {
    /// What it wrote to standard output.
    pub output: String,
    /// Calls with the role that the caller had at that moment, in the order in which they returned.
    pub calls: Vec<(Role, Seen)>,
}

/// Runs `boxlab --json -c LINES` under strace.
pub fn trace(boxlab: &str, lines: &str) -> Trace {
    let file = std::env::temp_dir().join(format!("boxlab-strace-{}-{:?}", std::process::id(), std::thread::current().id()));
    let output = Command::new("timeout")
        .args(["120", "strace", "-f", "-y", "--decode-pids=pidns", "-s", "100000", "-o"])
        .arg(&file)
        .args([boxlab, "--json", "-c", lines])
        .env("LANG", "C.UTF-8")
        .stdin(Stdio::null())
        .output()
        .expect("strace runs (Debian package strace)");
    let text = String::from_utf8_lossy(&std::fs::read(&file).expect("strace writes its file")).into_owned();
    std::fs::remove_file(&file).expect("it is ours");
    Trace { output: String::from_utf8(output.stdout).expect("JSON is text"), calls: roles(&whole_calls(&text)) }
}

/// Puts together what strace had to interrupt because another process came in between.
fn whole_calls(text: &str) -> Vec<Seen> {
    let mut begun: HashMap<i32, String> = HashMap::new();
    let mut calls = Vec::new();
    for line in text.lines() {
        let Some((pid, rest)) = line.split_once(' ') else { continue };
        let (Ok(pid), rest) = (pid.parse(), rest.trim_start()) else { continue };
        let whole = if let Some(start) = rest.strip_suffix(" <unfinished ...>") {
            begun.insert(pid, start.to_string());
            continue;
        } else if let Some((_, end)) = rest.strip_prefix("<... ").and_then(|rest| rest.split_once(" resumed>")) {
            begun.remove(&pid).unwrap_or_default() + end
        } else {
            rest.to_string()
        };
        calls.extend(call(pid, &whole));
    }
    calls
}

/// `name(args) = answer`; None for signals and exits.
fn call(pid: i32, line: &str) -> Option<Seen> {
    let (before, answer) = line.rsplit_once(" = ")?;
    let (name, args) = before.trim_end().strip_suffix(')')?.split_once('(')?;
    let fit = |text: &str| without_comments(text).trim().to_string();
    let makes = matches!(name, "clone" | "clone3" | "fork" | "vfork");
    // `2 /* 4711 in strace's PID NS */`, or `4711`.
    let born = answer.split(' ').filter_map(|word| word.parse().ok()).next_back().filter(|_| makes);
    Some(Seen { pid, name: name.into(), args: fit(args), answer: fit(answer), born })
}

/// Drops `/* 4711 in strace's PID NS */`, and the address before `/* 35 vars */`.
fn without_comments(text: &str) -> String {
    let mut rest = text;
    let mut kept = String::new();
    while let Some((before, after)) = rest.split_once("/* ") {
        let Some((comment, after)) = after.split_once(" */") else { break };
        if comment.ends_with("in strace's PID NS") {
            kept += before.trim_end();
        } else {
            let address = before.rfind("0x").filter(|_| comment.ends_with(" vars") || comment.ends_with(" var"));
            kept += &before[..address.unwrap_or(before.len())];
            kept += &format!("/* {comment} */");
        }
        rest = after;
    }
    kept + rest
}

/// Who is who: the first process is the keeper, its child the shell, and so on.
fn roles(calls: &[Seen]) -> Vec<(Role, Seen)> {
    let Some(keeper) = calls.first().map(|seen| seen.pid) else { return Vec::new() };
    let shell = calls.iter().find(|seen| seen.pid == keeper && seen.born.is_some()).and_then(|seen| seen.born);
    let children = children_of_programs(calls);
    let mut executed = HashSet::new();
    let mut sorted = Vec::new();
    for seen in calls {
        let role = match seen.pid {
            pid if pid == keeper => Role::Keeper,
            pid if Some(pid) == shell => Role::Shell,
            pid if executed.contains(&pid) || children.contains(&pid) => Role::Program,
            _ => Role::Subject,
        };
        if becomes_program(seen) {
            executed.insert(seen.pid);
        }
        sorted.push((role, seen.clone()));
    }
    sorted
}

fn becomes_program(seen: &Seen) -> bool {
    seen.name == "execve" && seen.answer == "0" && !seen.args.contains("[\"boxlab-subject\"")
}

/// The processes that programs start. A child can be seen before the call that made it has returned, so this looks ahead, until
/// nothing is added.
fn children_of_programs(calls: &[Seen]) -> HashSet<i32> {
    let mut children = HashSet::new();
    loop {
        let mut programs: HashSet<i32> = children.clone();
        let before = children.len();
        for seen in calls {
            // The first one is the bench itself.
            if becomes_program(seen) && seen.pid != calls[0].pid {
                programs.insert(seen.pid);
            }
            if programs.contains(&seen.pid) {
                children.extend(seen.born);
            }
        }
        if children.len() == before {
            return children;
        }
    }
}
