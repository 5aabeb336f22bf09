//! Many sessions at once, and one that goes on for long: nothing grows, nothing is left.
//!
//! `scripts/nightly` runs it in full: BOXLAB_SESSIONS=50 BOXLAB_LINES=10000.

// The terminal that tests share signals from outside, as the machine does.
#![allow(clippy::disallowed_methods)]

mod left;
mod terminal;

use left::{picture, settled};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use terminal::{MARK, Terminal, children};

fn number(name: &str, usual: usize) -> usize {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(usual)
}

/// Memory of a process, its share of what is shared included (`Pss` of smaps_rollup, proc(5)), in KiB; 0 for one that has ended.
fn pss(pid: i32) -> usize {
    let text = std::fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix("Pss:"));
    line.and_then(|rest| rest.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}

/// Memory that is no file's, as programs allocate it (`RssAnon` of status, proc(5)), in KiB.
fn anonymous(pid: i32) -> usize {
    let text = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix("RssAnon:"));
    line.and_then(|rest| rest.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}

fn descriptors(pid: i32) -> usize {
    std::fs::read_dir(Path::new("/proc").join(pid.to_string()).join("fd")).map_or(0, Iterator::count)
}

/// A keeper and all below it.
fn tree(keeper: i32) -> Vec<i32> {
    let mut all = vec![keeper];
    let mut next = 0;
    while next < all.len() {
        all.extend(children(all[next]));
        next += 1;
    }
    all
}

#[test]
fn many_sessions_at_once_replay_a_lesson() {
    let (before, sessions) = (picture(), number("BOXLAB_SESSIONS", 10));
    let lesson = "lessons/08-pid.txt";
    let mark = format!("{}-load", std::process::id());
    let start = Instant::now();
    let spawn = |_| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_boxlab"));
        command.args(["replay", lesson]).env(MARK, &mark).stdin(Stdio::null()).stdout(Stdio::piped());
        command.spawn().expect("boxlab runs")
    };
    let mut running: Vec<Child> = (0..sessions).map(spawn).collect();
    let keepers: Vec<i32> = running.iter().map(|child| child.id() as i32).collect();
    let (mut most, mut alive) = (0, sessions);
    while alive > 0 {
        let memory: usize = keepers.iter().flat_map(|keeper| tree(*keeper)).map(pss).sum();
        // Those that are left share the program's pages with fewer.
        if alive == sessions {
            most = most.max(memory / sessions);
        }
        std::thread::sleep(Duration::from_millis(200));
        alive = running.iter_mut().filter_map(|child| child.try_wait().expect("it is our child").is_none().then_some(())).count();
    }
    println!("{sessions} sessions of {lesson}: {:?} in all, {most} KiB (Pss) each at most", start.elapsed());
    for child in running {
        let output = child.wait_with_output().expect("it has ended");
        // 3: a step was skipped on this machine.
        assert!(matches!(output.status.code(), Some(0 | 3)), "{}", String::from_utf8_lossy(&output.stdout));
    }
    for keeper in keepers {
        settled("many sessions", &before, keeper, &format!("{MARK}={mark}")).unwrap_or_else(|what| panic!("{what}"));
    }
}

/// Lines that begin and end things; after each round of them all is as it was.
const ROUND: &[&str] = &[
    "show /proc/self/ns",
    "unshare user uts net",
    "hostname box",
    "fork",
    "exit",
    "spawn true",
    "spawn -b true",
    "wait",
    "explain EPERM",
    "no such command",
    "subject new b",
    "subject drop b",
    "pin net keep",
    "unpin keep",
    "cgroup set pids.max 50",
    "cgroup new web",
    "mount tmpfs /mnt",
    "ps",
    "last",
    "reset",
];

/// What a session holds: memory, descriptors of the shell and the subject, processes.
#[derive(Debug)]
struct Held {
    memory: usize,
    descriptors: (usize, usize),
    processes: usize,
}

#[test]
fn a_session_of_many_lines_grows_by_nothing() {
    let lines = number("BOXLAB_LINES", 2000);
    let before = picture();
    let mut session = Terminal::open(&[]);
    let (keeper, mark) = (session.keeper(), session.mark());
    let held = |session: &Terminal| {
        let (keeper, shell, subject) = session.pids();
        let processes = tree(keeper);
        Held {
            memory: processes.iter().map(|pid| anonymous(*pid)).sum(),
            descriptors: (descriptors(shell), descriptors(subject)),
            processes: processes.len(),
        }
    };
    let start = Instant::now();
    let mut first = None;
    for round in 0..lines / ROUND.len() {
        // The first rounds fill what is filled once: the history's 2,000 lines, caches, the allocator.
        if round == lines / ROUND.len() / 4 {
            first = Some(held(&session));
        }
        if round % (lines / ROUND.len() / 10).max(1) == 0 {
            println!("line {}: {:?}", round * ROUND.len(), held(&session));
        }
        session.run(&ROUND.join("; "));
        session.forget();
    }
    let (first, last) = (first.expect("there were rounds"), held(&session));
    println!("{lines} lines in {:?}: {first:?} after a quarter, {last:?} at the end", start.elapsed());
    assert_eq!(first.descriptors, last.descriptors);
    assert_eq!(first.processes, last.processes);
    assert!(last.memory < first.memory + 1024, "{} KiB more", last.memory - first.memory);
    session.send("quit\r");
    session.drain();
    settled("a long session", &before, keeper, &mark).unwrap_or_else(|what| panic!("{what}"));
}
