//! The shell inside tmux(1), which is a terminal of its own kind.

mod needs;

use std::process::Command;
use std::time::{Duration, Instant};

const PATIENCE: Duration = Duration::from_secs(20);

/// A tmux server that ends with the test.
struct Tmux(String);

impl Tmux {
    fn new(command: &str) -> Tmux {
        let tmux = Tmux(format!("boxlab-test-{}", std::process::id()));
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
    let tmux = Tmux::new(&shell);
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
