//! The interactive shell on a real terminal: keys, job control, and what is left when something is killed.

// A test plays the machine, not the bench: it signals from outside.
#![allow(clippy::disallowed_methods)]

mod needs;
mod terminal;

use nix::sys::signal::{Signal, kill};
use nix::sys::termios::LocalFlags;
use nix::unistd::Pid;
use std::os::unix::fs::PermissionsExt;
use std::time::{Duration, Instant};
use terminal::{Terminal, child, children};

const CTRL_C: &str = "\x03";
const CTRL_D: &str = "\x04";
const CTRL_Z: &str = "\x1a";
const SECOND: Duration = Duration::from_secs(1);
/// A program that says when it runs. The quotes keep the word apart from its echo.
const SLEEP: &str = "spawn sh -c \"echo rea''dy; exec sleep 1000\"\r";

fn signal(pid: i32, signal: Signal) {
    kill(Pid::from_raw(pid), signal).expect("it lives");
}

/// The process group of a process.
fn group_of(pid: i32) -> i32 {
    nix::unistd::getpgid(Some(Pid::from_raw(pid))).map_or(0, |group| group.as_raw())
}

/// Is it in wait4(2), in a process group other than its own? Only then does it hear that Ctrl-C was typed.
fn waits_with_child(subject: i32) -> bool {
    let read = |file: &str| std::fs::read_to_string(format!("/proc/{subject}/{file}")).unwrap_or_default();
    let call = read("syscall").split(' ').next().and_then(|number| number.parse::<i64>().ok());
    let stat = read("stat");
    let group = stat.rsplit(')').next().and_then(|rest| rest.split_whitespace().nth(2)?.parse::<i32>().ok());
    call == Some(nix::libc::SYS_wait4) && group.is_some_and(|group| group != subject)
}

/// All of them: input, output, control, local, and the special characters (termios(3)).
fn all_modes(terminal: &Terminal) -> bool {
    terminal.modes() == terminal.found()
}

#[test]
fn tab_completes_commands_and_arguments() {
    let mut terminal = Terminal::open(&[]);
    terminal.send("subject n\tb\r");
    terminal.wait("subject b, PID");
    terminal.wait_prompt();
    terminal.send("unshare u\t\t");
    terminal.wait("user  uts");
    // The line stands below the list again; Ctrl-C drops what is typed after it but before the next prompt.
    terminal.wait("▸ unshare u");
    terminal.send(CTRL_C);
    terminal.wait_prompt();
    terminal.send("sho\t/proc/self/comm\r");
    terminal.wait("boxlab-subject");
}

#[test]
fn ctrl_c_clears_the_line_and_ctrl_d_leaves() {
    let mut terminal = Terminal::open(&[]);
    terminal.send("nonsense");
    terminal.wait("nonsense");
    terminal.send(CTRL_C);
    terminal.wait_prompt();
    terminal.send("history\r");
    terminal.wait("1  history");
    terminal.wait_prompt();
    assert!(!terminal.text().contains("no command"));
    terminal.send(CTRL_D);
    assert_eq!(terminal.status(), 0);
    assert!(all_modes(&terminal));
    terminal.wait_nothing_left();
}

#[test]
fn a_program_has_the_terminal_and_gives_it_back() {
    let mut terminal = Terminal::open(&[]);
    terminal.send("spawn cat\r");
    terminal.wait_foreground();
    terminal.send("twice\r");
    terminal.wait("twice\r\ntwice");
    terminal.send(CTRL_D);
    terminal.wait("WEXITSTATUS(s) == 0");
    terminal.wait_prompt();
    terminal.send(SLEEP);
    terminal.wait("ready");
    terminal.send(CTRL_C);
    terminal.wait("killed by SIGINT");
    terminal.wait_prompt();
    terminal.send("spawn stty raw -echo\r");
    terminal.wait("WEXITSTATUS(s) == 0");
    terminal.wait_prompt();
    terminal.send(CTRL_D);
    assert_eq!(terminal.status(), 0);
    assert!(all_modes(&terminal), "what a program does to the terminal is undone");
}

#[test]
fn ctrl_z_stops_and_fg_goes_on() {
    let mut terminal = Terminal::open(&[]);
    terminal.send(SLEEP);
    terminal.wait("ready");
    terminal.send(CTRL_Z);
    terminal.wait("`fg` goes on with it");
    terminal.wait_prompt();
    terminal.send("fg\r");
    terminal.wait_foreground();
    terminal.send(CTRL_C);
    terminal.wait("SIGCONT) = 0");
    terminal.wait("killed by SIGINT");
}

/// From the first key to execve(2) the terminal changes its modes and its owner; whenever Ctrl-C comes, the program does not run on.
/// `BOXLAB_ROUNDS=1000` looks more closely.
#[test]
fn ctrl_c_right_after_enter_is_not_lost() {
    let rounds = std::env::var("BOXLAB_ROUNDS").ok().and_then(|text| text.parse().ok()).unwrap_or(60);
    let mut terminal = Terminal::open(&[]);
    let shell = terminal.keeper();
    let mut lost = Vec::new();
    for round in 0..rounds {
        // Most of it happens at once; some of it, on a busy machine, late.
        let microseconds = match round % 4 {
            0 => 0,
            1 => round * 17 % 1000,
            2 => round * 131 % 8000,
            _ => round * 997 % 50000,
        };
        terminal.forget();
        if round % 8 == 0 {
            terminal.send("spawn sleep 1000\r\x03");
        } else {
            terminal.send("spawn sleep 1000\r");
            std::thread::sleep(Duration::from_micros(microseconds));
            terminal.send(CTRL_C);
        }
        let (sent, mut again) = (Instant::now(), false);
        terminal.until("the shell answers", |terminal| {
            if sent.elapsed() >= 8 * SECOND && !again {
                again = true;
                terminal.send(CTRL_C);
            }
            // At an empty prompt, in the foreground.
            let edits = !terminal.flag(LocalFlags::ICANON) && terminal.owner() == shell;
            edits && terminal.text().trim_end().ends_with('▸')
        });
        if again {
            lost.push((microseconds, terminal.text()));
        }
        terminal.forget();
        terminal.send("history 1\r");
        terminal.wait("  history 1\r");
        terminal.wait_prompt();
    }
    assert!(lost.is_empty(), "{} of {rounds} were lost, after so many microseconds: {lost:#?}", lost.len());
}

#[test]
fn bash_as_pid_1_has_job_control() {
    if !needs::root() {
        return;
    }
    let mut terminal = Terminal::open(&[]);
    terminal.send("unshare pid\r");
    terminal.wait("CLONE_NEWPID) = 0");
    terminal.wait_prompt();
    terminal.send("spawn bash --norc --noprofile\r");
    terminal.wait_foreground();
    terminal.send("echo I am $$\r");
    terminal.wait("I am 1\r");
    let bash = terminal.owner();
    terminal.send("sh -c \"echo go''ing; exec sleep 1000\"\r");
    terminal.wait("going");
    terminal.send(CTRL_Z);
    terminal.wait("Stopped");
    terminal.until("bash has the terminal again", |terminal| terminal.owner() == bash);
    terminal.send("fg\r");
    terminal.until("the job has the terminal", |terminal| terminal.owner() != bash);
    terminal.send(CTRL_C);
    terminal.until("the job has ended", |terminal| terminal.owner() == bash);
    terminal.send("echo sti''ll\r");
    terminal.wait("still");
    terminal.send("exit\r");
    terminal.wait("WEXITSTATUS(s) == ");
    terminal.wait_prompt();
    assert!(!terminal.text().contains("terminal process group"), "{}", terminal.text());
}

#[test]
fn a_pid_1_that_ignores_ctrl_c_is_killed_at_the_third() {
    if !needs::root() {
        return;
    }
    let mut terminal = Terminal::open(&[]);
    terminal.send("unshare pid\r");
    terminal.wait("CLONE_NEWPID) = 0");
    terminal.wait_prompt();
    terminal.send(SLEEP);
    terminal.wait("ready");
    // sh forgets its handlers only when it has become sleep.
    let (_, _, subject) = terminal.pids();
    terminal.until("sleep runs", |_| {
        let list = std::fs::read_to_string(format!("/proc/{subject}/task/{subject}/children")).unwrap_or_default();
        list.split_whitespace()
            .any(|pid| std::fs::read_to_string(format!("/proc/{pid}/comm")).is_ok_and(|name| name == "sleep\n"))
    });
    for answer in ["the kernel drops Ctrl-C", "once more", "killed by SIGKILL"] {
        terminal.until("the subject waits in its child's process group", |_| waits_with_child(subject));
        terminal.send(CTRL_C);
        terminal.wait(answer);
    }
    terminal.wait_prompt();
}

/// In its child's process group it would wait for itself in the kernel, and could not be ended.
#[test]
fn a_subject_that_is_pid_1_ends_when_it_is_killed_beside_its_program() {
    if !needs::root() {
        return;
    }
    let mut terminal = Terminal::open(&[]);
    for line in ["unshare pid", "fork"] {
        terminal.send(&format!("{line}\r"));
        terminal.wait_prompt();
    }
    let (_, _, first) = terminal.pids();
    terminal.send("spawn sleep 1000\r");
    terminal.wait_foreground();
    let init = child(first);
    terminal.until("the program runs", |_| children(init).iter().any(|pid| group_of(*pid) == *pid));
    assert_ne!(group_of(init), child(init), "PID 1 is in the group of a process of its own namespace");
    signal(init, Signal::SIGKILL);
    terminal.until("PID 1 has ended", |_| !std::path::Path::new(&format!("/proc/{init}")).exists());
    terminal.wait("killed by SIGKILL");
}

#[test]
fn lines_are_kept_for_the_next_session() {
    let mut terminal = Terminal::open(&[]);
    terminal.send("subject new kept\r");
    terminal.wait("subject kept, PID");
    terminal.wait_prompt();
    terminal.send(" subject new secret\r");
    terminal.wait("subject secret, PID");
    terminal.wait_prompt();
    let file = terminal.history();
    let kept = std::fs::read_to_string(&file).expect("there is one");
    assert!(kept.contains("subject new kept") && !kept.contains("secret"), "{kept}");
    let mode = std::fs::metadata(&file).expect("there is one").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let mut again = terminal.reopen();
    again.send("\x12kep");
    again.wait("subject new kept");
    again.send("\r");
    again.wait("subject kept, PID");
}

#[test]
fn no_history_is_no_failure() {
    let mut terminal = Terminal::open(&[("XDG_STATE_HOME", "/proc/nowhere"), ("HOME", "/proc/nowhere")]);
    terminal.send("history\r");
    terminal.wait("1  history");
}

#[test]
fn colours_only_where_they_are_wanted() {
    let coloured = |raw: &str| {
        raw.split("\x1b[")
            .skip(1)
            .any(|rest| rest.find('m').is_some_and(|at| rest[..at].bytes().all(|byte| byte.is_ascii_digit() || byte == b';')))
    };
    for (env, wanted) in [(&[][..], true), (&[("NO_COLOR", "1")][..], false)] {
        let mut terminal = Terminal::open(env);
        terminal.send("subject list\r");
        terminal.wait("its own");
        terminal.wait_prompt();
        assert_eq!(coloured(&terminal.raw), wanted, "{env:?}: {:?}", terminal.raw);
    }
}

#[test]
fn a_subject_killed_from_outside_is_news_at_the_next_prompt() {
    let mut terminal = Terminal::open(&[]);
    let (_, _, subject) = terminal.pids();
    signal(subject, Signal::SIGKILL);
    // It is dead for all to see when it is a zombie.
    terminal.until("the subject is dead", |_| {
        std::fs::read_to_string(format!("/proc/{subject}/stat")).map_or(true, |stat| stat.contains(") Z"))
    });
    terminal.send("\r");
    terminal.wait("subject a ended (killed by SIGKILL)");
    terminal.wait_prompt();
    terminal.send("show /proc/self/comm\r");
    terminal.wait("boxlab-subject");
}

#[test]
fn sigterm_at_the_prompt_ends_the_session() {
    for name in [Signal::SIGTERM, Signal::SIGHUP] {
        let mut terminal = Terminal::open(&[]);
        signal(terminal.pids().0, name);
        assert_eq!(terminal.status(), 128 + name as i32);
        assert!(all_modes(&terminal));
        terminal.wait_nothing_left();
    }
}

#[test]
fn a_panic_leaves_a_terminal_as_it_was_and_nothing_else() {
    for victim in 0..2 {
        let mut terminal = Terminal::open(&[("BOXLAB_TEST_PANIC", "1")]);
        terminal.send("spawn sh -c \"stty raw -echo; echo rea''dy; exec sleep 1000\"\r");
        terminal.wait("ready");
        let (keeper, shell, _) = terminal.pids();
        signal([keeper, shell][victim], Signal::SIGUSR1);
        assert_eq!(terminal.status(), 101, "victim {victim}");
        terminal.wait("a test asked for this panic");
        terminal.until("all modes are as before", |terminal| all_modes(terminal));
        terminal.wait_nothing_left();
    }
}

/// A program in the foreground that has made itself hard to find: an orphan in a session of its own.
fn busy() -> Terminal {
    let mut terminal = Terminal::open(&[]);
    terminal.send("spawn bash --norc --noprofile\r");
    terminal.wait_foreground();
    terminal.send("(setsid nohup sleep 1000 >/dev/null 2>&1 &); sh -c \"echo rea''dy; exec sleep 1000\"\r");
    terminal.wait("ready");
    terminal
}

#[test]
fn a_killed_shell_leaves_nothing() {
    let mut terminal = busy();
    signal(terminal.pids().1, Signal::SIGKILL);
    assert_eq!(terminal.status(), 128 + Signal::SIGKILL as i32);
    assert!(all_modes(&terminal));
    terminal.wait_nothing_left();
}

#[test]
fn a_killed_keeper_leaves_nothing() {
    let mut terminal = busy();
    signal(terminal.pids().0, Signal::SIGKILL);
    terminal.wait_nothing_left();
}

#[test]
fn a_session_ended_in_mid_program_leaves_nothing() {
    let mut terminal = busy();
    signal(terminal.pids().0, Signal::SIGTERM);
    assert_eq!(terminal.status(), 128 + Signal::SIGTERM as i32);
    assert!(all_modes(&terminal));
    terminal.wait_nothing_left();
}

#[test]
fn a_closed_terminal_leaves_nothing() {
    let mut terminal = busy();
    terminal.close();
    terminal.wait_nothing_left();
}
