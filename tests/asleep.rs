//! Programs in an uninterruptible wait (state D), and a question before what a stranger wrote runs: on a real terminal.
//!
//! A parent waits for its vfork(2) child in state D until that calls execve(2) or ends; SIGKILL reaches it, a handler does not. It is the one
//! such wait that anybody can make, and end.

// A test plays the machine, not the bench: it signals from outside.
#![allow(clippy::disallowed_methods)]

mod needs;
mod terminal;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};
use terminal::Terminal;

/// Waits in state D. Both have a handler, so that Ctrl-C ends neither.
const SLEEPER: &str = r#"
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <unistd.h>
static void nothing(int signal) { (void)signal; }
int main(void)
{
	signal(SIGINT, nothing);
	puts("deep asleep");
	fflush(stdout);
	if (vfork() == 0)
		for (;;)
			pause();
	return 7;
}
"#;

/// A directory with the program.
struct Room(PathBuf);

impl Room {
    fn new(name: &str) -> Room {
        let dir = std::env::temp_dir().join(format!("test-asleep-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&dir).expect("it is made");
        Room(dir)
    }

    fn sleeper(&self) -> String {
        std::fs::write(self.0.join("deep.c"), SLEEPER).expect("it is written");
        let path = self.0.join("deep");
        let made = Command::new("gcc").arg("-o").arg(&path).arg(self.0.join("deep.c")).status().expect("gcc runs");
        assert!(made.success());
        path.display().to_string()
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// The processes of this program, and the letters of their states.
fn running(program: &str) -> Vec<(i32, char)> {
    let entries = std::fs::read_dir("/proc").expect("it is there").flatten();
    let pids = entries.filter_map(|entry| entry.file_name().to_str()?.parse::<i32>().ok());
    let is = |pid: &i32| std::fs::read_link(format!("/proc/{pid}/exe")).is_ok_and(|link| link.to_string_lossy() == program);
    let state = |pid: i32| std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?.rsplit(") ").next()?.chars().next();
    pids.filter(is).filter_map(|pid| Some((pid, state(pid)?))).collect()
}

fn within_a_while(what: &str, mut holds: impl FnMut() -> bool) {
    let end = Instant::now() + Duration::from_secs(20);
    while !holds() {
        assert!(Instant::now() < end, "not so: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn ctrl_c_three_times_ends_what_sleeps_uninterruptibly() {
    if let Some(word) = needs::missing("tool:gcc") {
        return eprintln!("skipped: needs {word}");
    }
    let room = Room::new("ctrl-c");
    let program = room.sleeper();
    let mut terminal = Terminal::open(&[]);
    terminal.send(&format!("spawn {program}\r"));
    terminal.wait("deep asleep");
    within_a_while("it is in state D", || running(&program).iter().any(|(_, state)| *state == 'D'));
    terminal.send("\x03");
    terminal.wait("uninterruptible wait (state D)");
    assert!(running(&program).iter().any(|(_, state)| *state == 'D'), "Ctrl-C once ended it, and there was nothing to test");
    terminal.send("\x03");
    terminal.wait("once more");
    terminal.send("\x03");
    terminal.wait("killed by SIGKILL");
    terminal.wait_prompt();
    assert_eq!(running(&program), []);
    terminal.send("\x04");
    assert_eq!(terminal.status(), 0);
    terminal.wait_nothing_left();
}

#[test]
fn nothing_that_sleeps_so_is_left_when_the_terminal_closes() {
    if let Some(word) = needs::missing("tool:gcc") {
        return eprintln!("skipped: needs {word}");
    }
    let room = Room::new("close");
    let program = room.sleeper();
    let mut terminal = Terminal::open(&[]);
    terminal.send(&format!("spawn {program}\r"));
    terminal.wait("deep asleep");
    within_a_while("it is in state D", || running(&program).iter().any(|(_, state)| *state == 'D'));
    terminal.close();
    within_a_while("all of it has ended", || running(&program).is_empty());
    terminal.wait_nothing_left();
}

#[test]
fn the_bench_shows_it_resets_and_leaves_nothing() {
    if let Some(word) = needs::missing("tool:gcc") {
        return eprintln!("skipped: needs {word}");
    }
    let room = Room::new("reset");
    let program = room.sleeper();
    let mut terminal = Terminal::open(&[]);
    terminal.send(&format!("spawn -b {program}\r"));
    terminal.wait("deep asleep");
    within_a_while("it is in state D", || running(&program).iter().any(|(_, state)| *state == 'D'));
    terminal.send("ps\r");
    terminal.wait("D uninterruptible");
    terminal.send("reset\r");
    terminal.wait("subject a, PID");
    // The child that it waited for is an orphan now, and the keeper's to end.
    within_a_while("nobody waits so any longer", || !running(&program).iter().any(|(_, state)| *state == 'D'));
    terminal.send("show /proc/self/comm\r");
    terminal.wait("boxlab-subject");
    terminal.wait_prompt();
    terminal.send("\x04");
    assert_eq!(terminal.status(), 0);
    terminal.wait_nothing_left();
    assert_eq!(running(&program), []);
}

/// The subject itself is as deaf where it is stopped. The line that it does not answer is given up.
#[test]
fn a_subject_that_is_deaf_is_given_up() {
    let mut terminal = Terminal::open(&[]);
    let (_, _, subject) = terminal.pids();
    kill(Pid::from_raw(subject), Signal::SIGSTOP).expect("it is ours");
    terminal.send("hostname\r");
    terminal.wait("does not answer");
    for _ in 0..3 {
        terminal.send("\x03");
        std::thread::sleep(Duration::from_millis(600));
    }
    terminal.wait("a fresh one stands in its place");
    terminal.wait_prompt();
    terminal.send("\x04");
    assert_eq!(terminal.status(), 0);
    terminal.wait_nothing_left();
}

/// `replay` of a lesson that is nobody's asks: the lines, then y or n; what is not yes is no.
#[test]
fn a_strangers_lesson_is_shown_and_asked_about() {
    if let Some(word) = needs::missing("root") {
        return eprintln!("skipped: needs {word}");
    }
    let room = Room::new("lesson");
    for (lang, question, answer, runs) in [
        ("en", "run them? y or n", "n\r", false),
        ("en", "run them? y or n", "\r", false),
        ("en", "run them? y or n", "\x04", false),
        ("en", "run them? y or n", "nonsense\r", false),
        ("zh", "执行吗？输入 y 或 n", "y\r", true),
    ] {
        let made = room.0.join("made");
        let lesson = format!("lesson 1\nid strange\ntitle en T | zh 题\n== a\nen x | zh y\n$ spawn touch {}\n", made.display());
        let file = room.0.join("strange.txt");
        std::fs::write(&file, lesson).expect("it is written");
        let words = ["--lang", lang, "replay", file.to_str().expect("a plain path")];
        let mut terminal = Terminal::with(&[("LC_ALL", "C.UTF-8")], &words, (100, 30));
        terminal.wait("spawn touch");
        terminal.wait(question);
        assert!(!made.exists(), "it ran before it was answered");
        terminal.send(answer);
        assert_eq!(terminal.status() == 0, runs, "{answer:?}: {}", terminal.text());
        assert_eq!(made.exists(), runs, "{answer:?}");
        let _ = std::fs::remove_file(&made);
        terminal.wait_nothing_left();
    }
}
