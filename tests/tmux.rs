//! The shell inside tmux(1), which is a terminal of its own kind.

// A test plays the machine, not the bench: it signals from outside.
#![allow(clippy::disallowed_methods)]

mod needs;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use std::process::Command;
use std::time::{Duration, Instant};

const PATIENCE: Duration = Duration::from_secs(20);

/// A tmux server that ends with the test.
struct Tmux(String);

impl Tmux {
    fn new(name: &str, command: &str) -> Tmux {
        let tmux = Tmux(format!("boxlab-test-{name}-{}", std::process::id()));
        tmux.run(&["-f", "/dev/null", "new-session", "-d", "-x", "90", "-y", "20", command]);
        tmux
    }

    fn run(&self, words: &[&str]) -> String {
        let output = Command::new("tmux").args(["-L", &self.0]).args(words).output().expect("tmux runs");
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    fn screen(&self) -> String {
        self.run(&["capture-pane", "-p"])
    }

    fn send(&self, keys: &[&str]) {
        self.run(&[&["send-keys"], keys].concat());
    }

    fn wait(&self, text: &str) {
        let end = Instant::now() + PATIENCE;
        while !self.screen().contains(text) {
            assert!(Instant::now() < end, "`{text}` did not come:\n{}", self.screen());
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

impl Drop for Tmux {
    fn drop(&mut self) {
        self.run(&["kill-server"]);
    }
}

/// tmux keeps the place of the last full-screen program; what is killed later must not bring the cursor back there.
#[test]
fn a_killed_program_leaves_the_cursor_where_it_is() {
    if let Some(word) = needs::missing("tmux") {
        return eprintln!("skipped: needs {word}");
    }
    let state = std::env::temp_dir().join(format!("boxlab-tmux-{}", std::process::id()));
    let shell =
        format!("env LC_ALL=C.UTF-8 XDG_STATE_HOME={} {} --no-pane --lang en", state.display(), env!("CARGO_BIN_EXE_boxlab"));
    let tmux = Tmux::new("program", &shell);
    tmux.wait("▸");
    // A full-screen program begins and ends at the top of the screen, and much comes after it.
    tmux.send(&["spawn sh -c \"printf '\\033[?1049hfull\\033[?1049l'\"", "Enter"]);
    tmux.wait("WEXITSTATUS(s) == 0");
    tmux.send(&["spawn sh -c \"seq 30; echo ra''n; kill -KILL \\$\\$\"", "Enter"]);
    tmux.wait("killed by SIGKILL");
    tmux.wait("▸");
    let screen = tmux.screen();
    let at = |text: &str| screen.lines().position(|line| line.contains(text)).unwrap_or_else(|| panic!("no {text}:\n{screen}"));
    assert!(at("ran") < at("killed by SIGKILL"), "{screen}");
    let below =
        screen.lines().skip(at("killed by SIGKILL") + 1).filter(|line| !line.trim().is_empty() && !line.contains('▸')).count();
    assert_eq!(below, 0, "{screen}");
    drop(tmux);
    let _ = std::fs::remove_dir_all(state);
}

/// Whoever killed the screen finds the terminal as it was before, and goes on below it.
#[test]
fn a_killed_screen_gives_way_to_what_was_there() {
    if let Some(word) = needs::missing("tmux") {
        return eprintln!("skipped: needs {word}");
    }
    let state = std::env::temp_dir().join(format!("boxlab-tmux-screen-{}", std::process::id()));
    let tmux = Tmux::new("screen", "env PS1='sh: ' sh");
    tmux.wait("sh:");
    let bench = format!("LC_ALL=C.UTF-8 XDG_STATE_HOME={} {} --lang en", state.display(), env!("CARGO_BIN_EXE_boxlab"));
    tmux.send(&["echo be''fore", "Enter", &bench, "Enter"]);
    tmux.wait("Ctrl-]");
    tmux.send(&["spawn seq 15", "Enter"]);
    tmux.wait("WEXITSTATUS(s) == 0");
    let child =
        |pid: &str| std::fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).unwrap_or_default().trim().to_string();
    let keeper = child(tmux.run(&["display-message", "-p", "#{pane_pid}"]).trim());
    let screen: i32 = child(&keeper).parse().expect("the keeper has one child, the screen");
    kill(Pid::from_raw(screen), Signal::SIGKILL).expect("it lives");
    tmux.wait("before");
    tmux.send(&["echo af''ter", "Enter"]);
    tmux.wait("\nafter");
    let seen = tmux.screen();
    let at = |text: &str| seen.lines().position(|line| line == text).unwrap_or_else(|| panic!("no {text}:\n{seen}"));
    // The line that started the bench, an empty one, and the prompt.
    assert!(at("after") - at("before") < 8, "{seen}");
    drop(tmux);
    let _ = std::fs::remove_dir_all(state);
}
