//! `boxlab clean` clears up what nobody owns any more, and nothing else.

// A test plays the machine, not the bench: it signals from outside.
#![allow(clippy::disallowed_methods)]

mod left;
mod needs;
mod terminal;

use left::{cgroups, picture, settled};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use terminal::{MARK, Terminal, children, living};

const BINARY: &str = env!("CARGO_BIN_EXE_boxlab");

/// One test at a time: each clears up what the others left dead.
fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What it says, and whether all is gone.
fn clean(args: &[&str]) -> (String, bool) {
    let output = Command::new(BINARY).args(["--lang", "en", "clean"]).args(args).output().expect("boxlab runs");
    (String::from_utf8_lossy(&output.stdout).into_owned(), output.status.success())
}

/// A session that runs for long, with a cgroup (where it may) and an orphan; it has come that far.
fn session(mark: &str, before: &[&str], binary: &str) -> Child {
    let lines = "cgroup set pids.max 50; cgroup new web; spawn -b sh -c 'setsid sleep 1000 & exec sleep 1000'; cgroup freeze web; spawn sleep 1000";
    let words: Vec<&str> = before.iter().copied().chain([binary, "-c", lines]).collect();
    let mut command = Command::new(words[0]);
    command.args(&words[1..]).env(MARK, mark).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let child = command.spawn().expect("boxlab runs");
    let end = Instant::now() + Duration::from_secs(30);
    // The programs' command lines; the mark is in everybody's environment.
    let sleeping = || living(&format!("{MARK}={mark}")).into_iter().filter(|pid| name(*pid) == "sleep").count();
    while sleeping() < 3 {
        assert!(Instant::now() < end, "it does not come that far");
        std::thread::sleep(Duration::from_millis(20));
    }
    child
}

fn name(pid: i32) -> String {
    std::fs::read_to_string(format!("/proc/{pid}/comm")).unwrap_or_default().trim().into()
}

/// Kills a keeper and its shell so that neither can do the other's work.
fn crash(keeper: &mut Child) {
    let pids = [vec![keeper.id() as i32], children(keeper.id() as i32)].concat();
    for signal in [Signal::SIGSTOP, Signal::SIGKILL] {
        pids.iter().for_each(|pid| kill(Pid::from_raw(*pid), signal).expect("it lives"));
    }
    keeper.wait().expect("it is our child");
}

fn end(mut keeper: Child) {
    kill(Pid::from_raw(keeper.id() as i32), Signal::SIGTERM).expect("it lives");
    keeper.wait().expect("it is our child");
}

#[test]
fn what_a_crash_left_is_told_and_cleared_up_and_sessions_that_live_are_not_touched() {
    let _alone = alone();
    let before = picture();
    let mark = |name: &str| format!("{}-clean-{name}", std::process::id());
    let entry = |name: &str| format!("{MARK}={}", mark(name));
    let count = |name: &str| living(&entry(name)).len();
    let told = |text: &str, pid: u32| text.contains(&format!("boxlab-{pid}\n")) || text.contains(&format!("session {pid})"));
    let lives = session(&mark("lives"), &[], BINARY);
    let (all, dirs) = (count("lives"), cgroups(lives.id() as i32));
    // An ordinary user makes cgroups only where one is delegated to it.
    assert!(!dirs.is_empty() || needs::missing("root").is_some());
    let mut tries = 0;
    loop {
        let mut dead = session(&mark("dead"), &[], BINARY);
        let pid = dead.id();
        let (text, _) = clean(&["-n"]);
        assert!(!told(&text, pid) && !told(&text, lives.id()), "they live: {text}");
        crash(&mut dead);
        // Only told: it stays. Twice, so that nobody else's session has cleared up in between.
        let first = clean(&["-n"]).0;
        let second = clean(&["-n"]).0;
        let (text, gone) = clean(&[]);
        assert!(gone, "{text}");
        settled("cleared up", &before, pid as i32, &entry("dead")).unwrap_or_else(|what| panic!("{what}"));
        if told(&first, pid) && told(&second, pid) && told(&text, pid) {
            assert!([&first, &second, &text].iter().all(|text| !told(text, lives.id())), "{text}");
            break;
        }
        // A session that somebody else opened was quicker.
        tries += 1;
        assert!(tries < 10, "{first}{second}{text}");
    }
    assert_eq!((count("lives"), cgroups(lives.id() as i32)), (all, dirs));
    let pid = lives.id() as i32;
    end(lives);
    settled("ended", &before, pid, &entry("lives")).unwrap_or_else(|what| panic!("{what}"));
}

#[test]
fn the_next_session_clears_up_what_a_crash_left() {
    if !needs::root() {
        return;
    }
    let _alone = alone();
    let before = picture();
    let mark = format!("{}-clean-next", std::process::id());
    let mut dead = session(&mark, &[], BINARY);
    let pid = dead.id() as i32;
    crash(&mut dead);
    let next = Terminal::open(&[("BOXLAB_SWEEP", "")]);
    settled("the next session", &before, pid, &format!("{MARK}={mark}")).unwrap_or_else(|what| panic!("{what}"));
    drop(next);
}

/// In a PID namespace a keeper's number is a small one, and outside somebody else's or nobody's.
#[test]
fn a_session_in_a_pid_namespace_is_known_to_live() {
    if !needs::root() {
        return;
    }
    let _alone = alone();
    let before = picture();
    let mark = format!("{}-clean-inner", std::process::id());
    let entry = format!("{MARK}={mark}");
    // sh is PID 1, the keeper 2.
    let mut outer =
        session(&mark, &["unshare", "--pid", "--fork", "--kill-child", "--mount-proc", "sh", "-c", "\"$@\"; true", "sh"], BINARY);
    let all = living(&entry).len();
    let (text, _) = clean(&[]);
    std::thread::sleep(Duration::from_millis(100));
    assert_eq!(living(&entry).len(), all, "{text}");
    let inner: i32 = 2;
    assert!(!cgroups(inner).is_empty(), "its directory is there");
    outer.kill().expect("it is our child");
    outer.wait().expect("it is our child");
    // With PID 1 all died that was in the namespace, and only the cgroups are left.
    let end = Instant::now() + Duration::from_secs(10);
    while !living(&entry).is_empty() && Instant::now() < end {
        std::thread::sleep(Duration::from_millis(20));
    }
    clean(&[]);
    settled("a namespace that ended", &before, inner, &entry).unwrap_or_else(|what| panic!("{what}"));
}

/// Another user's clean touches nothing of root's; root's touches nothing of a user's session that lives.
#[test]
fn two_users_do_not_sweep_each_other() {
    if !needs::root() {
        return;
    }
    let _alone = alone();
    let before = picture();
    let nobody = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"];
    let marks = ["roots", "nobodys"].map(|name| format!("{}-clean-{name}", std::process::id()));
    let entries = marks.clone().map(|mark| format!("{MARK}={mark}"));
    // A copy that everybody may run, by cp(1): a descriptor open for writing makes it ETXTBSY where another test inherits it.
    let copy = std::env::temp_dir().join(format!("boxlab-clean-{}", std::process::id()));
    assert!(Command::new("cp").arg(BINARY).arg(&copy).status().is_ok_and(|status| status.success()));
    let copy = copy.to_str().expect("it is text");
    let roots = session(&marks[0], &[], BINARY);
    let nobodys = session(&marks[1], &nobody, copy);
    let counts = || entries.clone().map(|entry| living(&entry).len());
    let all = counts();
    clean(&[]);
    let words = [&nobody[1..], &[copy, "clean"]].concat();
    let output = Command::new(nobody[0]).args(words).output().expect("boxlab runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    assert_eq!(counts(), all);
    let pids = [roots.id() as i32, nobodys.id() as i32];
    [roots, nobodys].into_iter().for_each(end);
    std::fs::remove_file(copy).expect("it is ours");
    for (pid, entry) in pids.iter().zip(&entries) {
        settled("two users", &before, *pid, entry).unwrap_or_else(|what| panic!("{what}"));
    }
}
