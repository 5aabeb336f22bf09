//! The host is the same after as before: whatever was done, and however the session ended.

// A test plays the machine, not the bench: it signals from outside.
#![allow(clippy::disallowed_methods)]

mod left;
mod needs;
mod terminal;

use boxlab::command::cards;
use left::{PATIENCE, picture, settled};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::time::{Duration, Instant};
use terminal::{MARK, Terminal, living};

/// How a session can end.
#[derive(Clone, Copy, Debug)]
enum Ending {
    Typed(&'static str),
    Keeper(Signal),
    Shell(Signal),
    Subject,
    Window,
}

const ENDINGS: &[Ending] = &[
    Ending::Typed("quit\r"),
    Ending::Typed("\x04"),
    Ending::Keeper(Signal::SIGTERM),
    Ending::Keeper(Signal::SIGHUP),
    Ending::Keeper(Signal::SIGKILL),
    Ending::Shell(Signal::SIGTERM),
    Ending::Shell(Signal::SIGHUP),
    Ending::Shell(Signal::SIGKILL),
    Ending::Subject,
    Ending::Window,
];

/// What a session has done before it ends. As an ordinary user some of it fails, and nothing may be left all the same.
const STATES: &[&[&str]] = &[
    &["cgroup set pids.max 100", "cgroup new web", "cgroup enter web", "spawn -b sleep 1000"],
    &["cgroup new web", "spawn -b sleep 1000", "cgroup freeze"],
    &["spawn -b sh -c '(setsid nohup sleep 1000 & setsid sh -c \"sleep 1000 & sleep 1000\" &) >/dev/null 2>&1; exec sleep 1000'"],
    &[
        "unshare user pid mnt uts net ipc",
        "fork",
        "spawn -b sh -c 'sleep 1000 & exec sleep 1000'",
        "clone pid",
        "spawn -b sleep 1000",
    ],
    &[
        "cgroup set pids.max 50",
        "subject new b",
        "cgroup set pids.max 60",
        "unshare user pid",
        "spawn -b sh -c 'trap \"\" TERM HUP INT; sleep 1000'",
    ],
];

fn end(state: &[&str], ending: Ending) -> Result<(), String> {
    let before = picture();
    let mut terminal = Terminal::open(&[]);
    for line in state {
        terminal.run(line);
    }
    let (keeper, shell, subject) = terminal.pids();
    let mark = terminal.mark();
    let signal = |pid: i32, signal: Signal| kill(Pid::from_raw(pid), signal).expect("it lives");
    match ending {
        Ending::Typed(keys) => terminal.send(keys),
        Ending::Keeper(name) => signal(keeper, name),
        Ending::Shell(name) => signal(shell, name),
        Ending::Subject => {
            signal(subject, Signal::SIGKILL);
            terminal.send("quit\r");
        }
        Ending::Window => terminal.close(),
    }
    terminal.drain();
    settled(&format!("{state:?} {ending:?}"), &before, keeper, &mark)
}

#[test]
fn nothing_is_left_however_a_session_ends() {
    let cases: Vec<_> = STATES.iter().flat_map(|state| ENDINGS.iter().map(move |ending| (state, *ending))).collect();
    let left = Mutex::new(cases.into_iter());
    let failures = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                loop {
                    let Some((state, ending)) = left.lock().expect("no panic").next() else { return };
                    failures.lock().expect("no panic").extend(end(state, ending).err());
                }
            });
        }
    });
    let failures = failures.into_inner().expect("no panic");
    assert!(failures.is_empty(), "{} of {}:\n{}", failures.len(), STATES.len() * ENDINGS.len(), failures.join("\n"));
}

/// A bench without a terminal that is in the middle of a program.
fn script(lines: &str, mark: &str) -> std::process::Child {
    let mut command = Command::new(env!("CARGO_BIN_EXE_boxlab"));
    command.args(["-c", lines]).env(MARK, mark).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.spawn().expect("boxlab runs")
}

#[test]
fn nothing_is_left_of_a_script_that_is_killed() {
    let lines =
        "cgroup set pids.max 100; unshare user pid uts; spawn -b sh -c 'setsid sleep 1000 & exec sleep 1000'; spawn sleep 1000";
    let mut failures = Vec::new();
    for (at, signal) in [Signal::SIGTERM, Signal::SIGHUP, Signal::SIGINT, Signal::SIGKILL].into_iter().enumerate() {
        for whom in ["keeper", "shell"] {
            let before = picture();
            let mark = format!("{}-script-{at}-{whom}", std::process::id());
            let mut keeper = script(lines, &mark);
            let pid = keeper.id() as i32;
            let entry = format!("{MARK}={mark}");
            let end = Instant::now() + PATIENCE;
            // Keeper, shell, subject, two programs in the background, one in the foreground.
            while living(&entry).len() < 6 && Instant::now() < end {
                std::thread::sleep(Duration::from_millis(20));
            }
            let target = if whom == "keeper" { pid } else { terminal::child(pid) };
            kill(Pid::from_raw(target), signal).expect("it lives");
            if whom == "keeper" && signal == Signal::SIGINT {
                // The keeper leaves that to the shell, which gets it from the terminal.
                kill(Pid::from_raw(terminal::child(pid)), signal).expect("it lives");
            }
            let _ = keeper.wait();
            failures.extend(settled(&format!("{signal} to the {whom}"), &before, pid, &entry).err());
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn the_host_is_the_same_after_every_example_of_every_command() {
    let before = picture();
    let mark = format!("{}-everything", std::process::id());
    let folder = std::env::temp_dir().join(format!("boxlab-host-{}", std::process::id()));
    std::fs::create_dir(&folder).expect("a folder for what programs leave");
    let mut script = String::new();
    for example in cards().flat_map(|card| card.examples) {
        if example.line != "quit" && !example.after.contains("quit") && needs::missing(example.needs).is_none() {
            script += &format!("{}\n{}\nreset\n", example.after, example.line);
        }
    }
    script += "show /proc/self/ns\nlang en\nshow /proc/self/ns\n";
    let mut command = Command::new(env!("CARGO_BIN_EXE_boxlab"));
    command.args(["--lang", "en", "-c", &script]).env(MARK, &mark).env("TMPDIR", &folder);
    let child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().expect("boxlab runs");
    let keeper = child.id() as i32;
    let output = child.wait_with_output().expect("it ends");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(text.contains("$ show /proc/self/ns"), "it did not come to the end:\n{text}");
    settled("every example", &before, keeper, &format!("{MARK}={mark}")).unwrap_or_else(|what| panic!("{what}"));
    let left: Vec<_> = std::fs::read_dir(&folder).expect("it is ours").flatten().map(|entry| entry.path()).collect();
    let _ = std::fs::remove_dir_all(&folder);
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn the_observer_stays_in_the_namespaces_of_the_host() {
    let mut terminal = Terminal::open(&[]);
    for line in ["unshare user all", "fork", "clone all", "subject new b", "unshare user uts net", "setns a user"] {
        terminal.run(line);
    }
    let (keeper, shell, _) = terminal.pids();
    let of = |pid: &str| {
        let kinds = ["user", "mnt", "pid", "pid_for_children", "net", "uts", "ipc", "cgroup", "time", "time_for_children"];
        kinds.map(|kind| std::fs::read_link(Path::new("/proc").join(pid).join("ns").join(kind)).expect("it lives"))
    };
    assert_eq!(of(&keeper.to_string()), of("self"));
    assert_eq!(of(&shell.to_string()), of("self"));
}

/// The guard lets a line through because the subject has a host name of its own. That subject is a forked child, and it ends before it reads the
/// line: its parent, in the host's UTS namespace, must not take the line for its own. The host is a namespace of this test's.
#[test]
fn a_line_for_a_child_that_ended_is_not_run_by_its_parent() {
    if let Some(word) = needs::missing("root") {
        return eprintln!("skipped: needs {word}");
    }
    let script = "hostname before && \"$0\" --json -c \"$1\"; hostname";
    // Stopped, it does not read; two seconds later it is killed.
    let lines = "clone uts; spawn -b sh -c 'sleep 2; kill -KILL $PPID'; kill --outside STOP self; hostname after";
    let session = Command::new("timeout")
        .args(["60", "unshare", "--uts", "sh", "-c", script, env!("CARGO_BIN_EXE_boxlab"), lines])
        .stdin(Stdio::null())
        .output()
        .expect("unshare(1) runs");
    let text = String::from_utf8_lossy(&session.stdout);
    let told: Vec<&str> = text.lines().collect();
    let [.., ended, name] = told.as_slice() else { panic!("{text}") };
    assert!(ended.contains("\"kind\":\"childgone\""), "{ended}");
    assert_eq!(*name, "before", "{text}");
}
