//! Nobody is locked out: whatever a learner does, the prompt comes back, and the next line works.

// A test plays the machine, not the bench: it signals from outside.
#![allow(clippy::disallowed_methods)]

mod left;
mod needs;
mod terminal;
mod turns;

use left::{picture, settled};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::Value;
use std::path::PathBuf;
use terminal::Terminal;
use turns::turns;

/// The bench still answers after these lines; their turns. Where the first line fails (no such controller) the rest is not run.
fn survives(lines: &str) -> Vec<Value> {
    let mut turns = turns(&format!("{lines}; show /proc/self/comm"));
    let last = turns.pop().expect("a line was run");
    assert!(last["view"].to_string().contains("boxlab-subject"), "{lines}: the next line is not run: {last}");
    turns
}

/// Is what they need there? What is not is said.
fn has(needs: &str) -> bool {
    let missing = needs::missing(needs);
    if let Some(word) = &missing {
        eprintln!("skipped: needs {word}");
    }
    missing.is_none()
}

fn tmp(name: &str) -> PathBuf {
    let dir = std::env::temp_dir().join(format!("boxlab-lockout-{name}-{}", std::process::id()));
    std::fs::create_dir_all(&dir).expect("a folder of our own");
    dir
}

fn fifo(dir: &std::path::Path) -> String {
    let path = dir.join("fifo");
    nix::unistd::mkfifo(&path, nix::sys::stat::Mode::S_IRWXU).expect("a FIFO of our own");
    path.display().to_string()
}

#[test]
fn a_fork_bomb_ends_at_pids_max() {
    if !has("root cgroup:pids") {
        return;
    }
    let limit = "cgroup set pids.max 20";
    // Nothing explodes where the limit could not be set.
    let set = turns::last(limit);
    assert_eq!(set["end"]["kind"], "done", "{set}");
    let bomb = "spawn timeout -s KILL 1 bash -c 'b() { b | b & }; b; sleep 1' ; cgroup kill; cgroup get pids.current";
    let turns = survives(&format!("{limit}; {bomb}"));
    assert_eq!(turns[0]["end"]["kind"], "done", "{}", turns[0]);
    // From the subject itself, too: it cannot fork any more, and says why.
    let turns = survives(&format!("{limit}; load procs 50; reset"));
    assert!(turns[1].to_string().contains("pids.max"), "{}", turns[1]);
}

#[test]
fn a_memory_hog_is_killed_at_memory_max() {
    if !has("root cgroup:memory") {
        return;
    }
    let limit = "cgroup set memory.max 24M";
    let set = turns::last(limit);
    assert_eq!(set["end"]["kind"], "done", "{set}");
    for hog in ["spawn tail /dev/zero", "load mem 64M"] {
        let turns = survives(&format!("{limit}; {hog}"));
        assert!(turns[1].to_string().contains("OOM") || turns[1].to_string().contains("\"signal\":9"), "{hog}: {}", turns[1]);
    }
}

#[test]
fn a_full_disk_stops_only_what_writes_to_it() {
    if !has("root") {
        return;
    }
    let full = "unshare mnt; mount private -r /; mount tmpfs /mnt size=16k; spawn dd if=/dev/zero of=/mnt/full bs=4k";
    let turns = survives(&format!("{full}; write /mnt/more hello"));
    assert_eq!(turns[4]["end"]["errno"], "ENOSPC", "{}", turns[4]);
}

/// The learner's own folder is full: lines and progress cannot be kept, and everything else goes on.
#[test]
fn a_full_home_costs_the_history_and_nothing_else() {
    if !has("root") {
        return;
    }
    let mut outer = Terminal::open(&[]);
    for line in ["unshare mnt", "mount private -r /", "mount tmpfs /mnt size=8k", "spawn dd if=/dev/zero of=/mnt/full bs=4k"] {
        outer.run(line);
    }
    let inner = format!("spawn sh -c 'HOME=/mnt XDG_STATE_HOME=/mnt exec {} --no-pane'", env!("CARGO_BIN_EXE_boxlab"));
    outer.send(&format!("{inner}\r"));
    outer.wait("leaves");
    outer.wait("▸ ");
    for (line, says) in
        [("show /proc/self/comm", "boxlab-subject"), ("lesson 1", "▸ "), ("subject list", "its own"), ("quit", "exit_group")]
    {
        outer.send(&format!("{line}\r"));
        if line != "quit" {
            outer.wait(says);
            outer.wait("▸ ");
        }
    }
    outer.wait("WEXITSTATUS(s) == 0");
    outer.wait_prompt();
}

#[test]
fn no_pid_is_left_in_the_namespace() {
    if !has("root cgroup:pids") {
        return;
    }
    // A PID namespace's own limit (Linux 6.14); below 301 it cannot be.
    let small = "cgroup set pids.max 400; unshare pid mnt; fork; mount private -r /; mount proc /proc; sysctl kernel.pid_max 301";
    let set = turns(small);
    if set[5]["end"]["kind"] != "done" {
        eprintln!("skipped: pid_max is the machine's on this kernel: {}", set[5]["end"]);
        return;
    }
    let turns = survives(&format!("{small}; load procs 350; spawn true"));
    let text = turns[6].to_string();
    assert!(text.contains("pid_max"), "{text}");
    assert_eq!(turns[7]["end"]["exit"]["status"], 0, "{}", turns[7]);
}

#[test]
fn a_thousand_subjects_are_not_given_and_the_reason_is() {
    let lines: Vec<String> = (0..1000).map(|number| format!("subject new s{number}")).collect();
    let turns = survives(&format!("{}; subject drop s5; subject new again", lines.join("; ")));
    let refused: Vec<&Value> = turns.iter().filter(|turn| turn["end"]["kind"] == "unfit").collect();
    assert!(refused.len() > 900, "{}", refused.len());
    assert!(refused[0].to_string().contains("subject drop"), "{}", refused[0]);
    assert_eq!(turns[1001]["end"]["kind"], "done", "{}", turns[1001]);
}

#[test]
fn a_line_of_ten_megabytes_passes() {
    let line = "spawn sh -c 'head -c 10000000 /dev/zero | tr \"\\\\0\" x; echo; echo en''d'";
    for form in [&["--no-pane"][..], &[]] {
        let mut terminal = Terminal::with(&[], form, (100, 30));
        terminal.wait_idle();
        terminal.send(&format!("{line}\r"));
        terminal.wait_view("end");
        terminal.wait_idle();
        terminal.send("show /proc/self/comm\r");
        terminal.wait_view("boxlab-subject");
    }
    // Where it is collected, memory has an end.
    let turns = survives(line);
    let length = turns[0]["output"].as_str().expect("a text").len();
    assert!((1_000_000..8_000_000).contains(&length), "{length} bytes were kept");
}

#[test]
fn devices_and_pipes_are_not_waited_for() {
    let dir = tmp("show");
    let fifo = fifo(&dir);
    for path in ["/dev/urandom", "/dev/zero", "/dev/tty", &fifo] {
        for flag in ["", " --host"] {
            let turn = survives(&format!("show {path}{flag}")).remove(0);
            assert_eq!(turn["end"]["kind"], "unfit", "{turn}");
            assert!(turn.to_string().contains("reads it all the same"), "{turn}");
        }
    }
    // A file that is as long as it likes: the beginning, and that there is more.
    let long = dir.join("long");
    std::fs::File::create(&long).and_then(|file| file.set_len(1 << 40)).expect("a hole");
    let turn = survives(&format!("show {}", long.display())).remove(0);
    assert!(turn["notes"].to_string().contains("there is more"), "{}", turn["notes"]);
    // Other commands that open what they are given.
    for line in ["setns FIFO net", "setns FIFO", "unshare mnt; mount private -r /; rootfs import FIFO /mnt"] {
        survives(&line.replace("FIFO", &fifo));
    }
    let mut terminal = Terminal::open(&[]);
    terminal.send(&format!("lesson {fifo}\r"));
    terminal.wait("a FIFO");
    terminal.wait_prompt();
    drop(terminal);
    std::fs::remove_dir_all(&dir).expect("it was ours");
}

/// A call that waits for ever: the way out is named, and Ctrl-C is it.
#[test]
fn a_subject_that_waits_for_ever_can_be_interrupted() {
    if !has("root") {
        return;
    }
    let mut terminal = Terminal::open(&[]);
    for line in ["unshare mnt", "mount private -r /", "mount tmpfs /mnt", "mknod /mnt/fifo p"] {
        terminal.run(line);
    }
    terminal.send("write /mnt/fifo x\r");
    terminal.wait("no answer yet");
    terminal.send("\x03");
    terminal.wait("EINTR");
    terminal.wait_prompt();
    terminal.send("show /proc/self/comm\r");
    terminal.wait("boxlab-subject");
}

#[test]
fn a_stopped_subject_is_given_up_and_replaced() {
    let before = picture();
    let mut terminal = Terminal::open(&[]);
    let (keeper, _, subject) = terminal.pids();
    let mark = terminal.mark();
    kill(Pid::from_raw(subject), Signal::SIGSTOP).expect("it lives");
    terminal.send("chdir /\r");
    terminal.wait("does not answer");
    for _ in 0..3 {
        terminal.send("\x03");
        terminal.read_for(std::time::Duration::from_millis(50));
    }
    terminal.wait("a fresh one stands in its place");
    terminal.wait_prompt();
    terminal.send("show /proc/self/comm\r");
    terminal.wait("boxlab-subject");
    terminal.wait_prompt();
    terminal.send("quit\r");
    terminal.drain();
    settled("a stopped subject", &before, keeper, &mark).unwrap_or_else(|what| panic!("{what}"));
}
