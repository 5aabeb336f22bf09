//! A terminal for tests: boxlab on a pty of its own, as its session leader. nix's openpty(3) is all it takes.

// Each test uses what it needs of this.
#![allow(dead_code)]

mod view;

use nix::libc;
use nix::pty::{Winsize, openpty};
use nix::sys::signal::{Signal, kill};
use nix::sys::termios::{LocalFlags, Termios, tcgetattr};
use nix::unistd::Pid;
use std::io::{Read, Write};
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::PathBuf;
use std::process::{Child, Command};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// No wait is longer; on a busy machine one can be long.
const PATIENCE: Duration = Duration::from_secs(20);
/// By this variable a test knows its own processes, whoever their parent is.
pub const MARK: &str = "BOXLAB_PTY_TEST";

static COUNT: AtomicUsize = AtomicUsize::new(0);

/// boxlab on a terminal.
pub struct Terminal {
    master: Option<std::fs::File>,
    slave: OwnedFd,
    keeper: Child,
    mark: String,
    state: PathBuf,
    keep_state: bool,
    /// All that came, as it came.
    pub raw: String,
    pending: Vec<u8>,
    seen: usize,
    /// What a person sees.
    pub view: view::View,
    found: Option<Termios>,
}

impl Terminal {
    /// Starts the shell and waits for its prompt.
    pub fn open(env: &[(&str, &str)]) -> Terminal {
        let mark = format!("{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let state = std::env::temp_dir().join(format!("boxlab-pty-{mark}"));
        let mut terminal = Terminal::start(env, mark, state, &["--no-pane"], (100, 30));
        terminal.wait("leaves");
        terminal.wait_prompt();
        terminal
    }

    /// Ends this one and starts another with the same history.
    pub fn reopen(mut self) -> Terminal {
        self.keep_state = true;
        let (mark, state) = (format!("{}+", self.mark), self.state.clone());
        drop(self);
        let mut terminal = Terminal::start(&[], mark, state, &["--no-pane"], (100, 30));
        terminal.wait("leaves");
        terminal.wait_prompt();
        terminal
    }

    /// Starts the screen on a terminal of this size; waits for nothing.
    pub fn screen(env: &[(&str, &str)], size: (u16, u16)) -> Terminal {
        Terminal::with(env, &[], size)
    }

    /// Starts it with these further arguments.
    pub fn with(env: &[(&str, &str)], args: &[&str], size: (u16, u16)) -> Terminal {
        let mark = format!("{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let state = std::env::temp_dir().join(format!("boxlab-pty-{mark}"));
        Terminal::start(env, mark, state, args, size)
    }

    /// Starts bash, which knows job control, instead of the bench: with the modes of the terminal as they are, for it edits no lines.
    pub fn bash(size: (u16, u16)) -> Terminal {
        let mark = format!("{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let state = std::env::temp_dir().join(format!("boxlab-pty-{mark}"));
        Terminal::run_on("bash", &[], mark, state, &["--norc", "--noprofile", "--noediting", "-i"], size)
    }

    /// Ends this one and starts another screen that remembers what this one did.
    pub fn reopen_screen(mut self, size: (u16, u16)) -> Terminal {
        self.keep_state = true;
        let (mark, state) = (format!("{}+", self.mark), self.state.clone());
        drop(self);
        Terminal::start(&[], mark, state, &[], size)
    }

    /// Waits until this is to be seen.
    pub fn wait_view(&mut self, text: &str) {
        self.until(&format!("`{text}` is to be seen"), |terminal| terminal.view.lines().iter().any(|line| line.contains(text)));
    }

    /// Waits for the prompt on the line where the cursor is: what ran before has ended.
    pub fn wait_idle(&mut self) {
        self.until("a prompt", |terminal| {
            let lines = terminal.view.lines();
            lines
                .iter()
                .rev()
                .map(|line| line.split('│').next().unwrap_or_default().trim_end())
                .find(|line| !line.is_empty() && !line.starts_with('─'))
                .is_some_and(|line| line.ends_with('▸'))
        });
    }

    /// Another size.
    pub fn resize(&mut self, columns: u16, rows: u16) {
        let size = Winsize { ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0 };
        let master = self.master.as_ref().expect("it is open").as_raw_fd();
        self.view.resize(columns, rows);
        // SAFETY: TIOCSWINSZ reads one winsize, and `size` is one.
        unsafe { libc::ioctl(master, libc::TIOCSWINSZ, &size) };
    }

    fn start(env: &[(&str, &str)], mark: String, state: PathBuf, args: &[&str], size: (u16, u16)) -> Terminal {
        let lang: &[&str] = if args.contains(&"--lang") { &[] } else { &["--lang", "en"] };
        let args = [args, lang].concat();
        Terminal::run_on(env!("CARGO_BIN_EXE_boxlab"), env, mark, state, &args, size)
    }

    fn run_on(
        program: &str,
        env: &[(&str, &str)],
        mark: String,
        state: PathBuf,
        args: &[&str],
        (columns, rows): (u16, u16),
    ) -> Terminal {
        let size = Winsize { ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0 };
        let pty = openpty(Some(&size), None).expect("a pty");
        // Children of other tests that start at this moment must not hold this terminal open.
        for fd in [pty.master.as_raw_fd(), pty.slave.as_raw_fd()] {
            // SAFETY: fcntl takes integers.
            unsafe { libc::fcntl(fd, libc::F_SETFD, libc::FD_CLOEXEC) };
        }
        let end = || pty.slave.try_clone().expect("a descriptor");
        let mut command = Command::new(program);
        command.args(args).stdin(end()).stdout(end()).stderr(end());
        command.env_remove("LC_ALL").env_remove("NO_COLOR").env("LANG", "C.UTF-8").env("TERM", "xterm");
        command.env("XDG_STATE_HOME", &state).env(MARK, &mark).env("PS1", "$ ");
        // A test that looks for what is left must not have it cleared up by the next one.
        command.env("BOXLAB_SWEEP", "no").envs(env.iter().copied());
        // SAFETY: setsid and ioctl are system calls and nothing else: they may be made between fork and exec.
        unsafe {
            command.pre_exec(|| {
                if libc::setsid() < 0 || libc::ioctl(0, libc::TIOCSCTTY, 0) < 0 {
                    return Err(std::io::Error::last_os_error());
                }
                Ok(())
            })
        };
        let found = tcgetattr(&pty.slave).ok();
        let keeper = command.spawn().expect("it runs");
        let master = Some(std::fs::File::from(pty.master));
        Terminal {
            master,
            slave: pty.slave,
            keeper,
            mark,
            state,
            keep_state: false,
            raw: String::new(),
            pending: Vec::new(),
            seen: 0,
            view: view::View::new(columns, rows),
            found,
        }
    }

    /// Types this.
    pub fn send(&mut self, keys: &str) {
        if let Some(master) = &mut self.master {
            master.write_all(keys.as_bytes()).expect("the terminal takes it");
        }
    }

    /// Waits until this comes after what was waited for before.
    pub fn wait(&mut self, text: &str) {
        let end = Instant::now() + PATIENCE;
        loop {
            let shown = self.text();
            if let Some(at) = shown[self.seen..].find(text) {
                self.seen += at + text.len();
                return;
            }
            assert!(Instant::now() < end && self.read(), "`{text}` did not come; what came:\n{}", &shown[self.seen..]);
        }
    }

    /// Waits for a prompt.
    pub fn wait_prompt(&mut self) {
        self.wait("▸ ");
        self.until("the editor reads", |terminal| !terminal.flag(LocalFlags::ICANON));
    }

    /// Waits until this holds.
    pub fn until(&mut self, what: &str, mut holds: impl FnMut(&mut Terminal) -> bool) {
        let end = Instant::now() + PATIENCE;
        while !holds(self) {
            assert!(Instant::now() < end, "not so: {what}; what came:\n{}", self.text());
            self.read();
        }
    }

    /// Waits until a program has the terminal.
    pub fn wait_foreground(&mut self) {
        let keeper = self.keeper.id() as i32;
        self.until("a program has the terminal", |terminal| terminal.owner() != keeper);
    }

    /// All that came, without escape sequences.
    pub fn text(&self) -> String {
        let mut text = String::new();
        let mut chars = self.raw.chars().peekable();
        while let Some(c) = chars.next() {
            match c {
                '\x1b' => {
                    if chars.next_if(|c| *c == '[').is_some() {
                        while chars.next().is_some_and(|c| !('@'..='~').contains(&c)) {}
                    } else {
                        chars.next();
                    }
                }
                c => text.push(c),
            }
        }
        text
    }

    /// Is this mode of the terminal on?
    pub fn flag(&self, flag: LocalFlags) -> bool {
        tcgetattr(&self.slave).expect("it is a terminal").local_flags.contains(flag)
    }

    /// The keeper, the shell and the first subject.
    pub fn pids(&self) -> (i32, i32, i32) {
        let keeper = self.keeper.id() as i32;
        let shell = child(keeper);
        (keeper, shell, child(shell))
    }

    /// Waits for the keeper's end; gives its exit status, 128 + signal where one killed it.
    pub fn status(&mut self) -> i32 {
        let end = Instant::now() + PATIENCE;
        loop {
            match self.keeper.try_wait().expect("it is our child") {
                Some(status) => return status.code().unwrap_or_else(|| 128 + status.signal().unwrap_or(0)),
                None => assert!(Instant::now() < end, "boxlab does not end; what came:\n{}", self.text()),
            }
            self.read();
        }
    }

    /// Closes the terminal as its window does.
    pub fn close(&mut self) {
        self.master = None;
    }

    /// The keeper's PID.
    pub fn keeper(&self) -> i32 {
        self.keeper.id() as i32
    }

    /// Has the keeper ended?
    pub fn has_ended(&mut self) -> bool {
        self.keeper.try_wait().expect("it is our child").is_some()
    }

    /// The terminal's modes before anything ran on it.
    pub fn found(&self) -> Option<Termios> {
        self.found.clone()
    }

    /// The terminal's modes; of one that was closed there are none.
    pub fn modes(&self) -> Option<Termios> {
        tcgetattr(&self.slave).ok()
    }

    /// Forgets what came, so that a long session does not fill the test's own memory.
    pub fn forget(&mut self) {
        self.raw.clear();
        self.seen = 0;
    }

    /// Takes what comes in this time.
    pub fn read_for(&mut self, time: Duration) {
        let end = Instant::now() + time;
        while Instant::now() < end {
            self.read();
        }
    }

    /// Waits until this has come, but not for ever.
    pub fn wait_for_a_moment(&mut self, text: &str) {
        let end = Instant::now() + PATIENCE;
        while !self.raw.contains(text) && Instant::now() < end {
            self.read();
        }
    }

    /// Waits until no process of this test lives.
    pub fn wait_nothing_left(&mut self) {
        let mark = self.mark();
        self.until("nothing is left", |_| living(&mark).is_empty());
    }

    /// What the environment of its processes has in it.
    pub fn mark(&self) -> String {
        format!("{MARK}={}", self.mark)
    }

    /// Takes what it still writes, or it would wait for that; until its processes are gone, or nothing comes of it.
    pub fn drain(&mut self) {
        let end = Instant::now() + PATIENCE;
        while !living(&self.mark()).is_empty() && Instant::now() < end {
            self.read();
        }
    }

    /// Types a line and waits until it has been run. What is typed is drawn again with each key, prompt and all, so it is the line
    /// after it that tells.
    pub fn run(&mut self, line: &str) {
        self.send(&format!("{line}\r"));
        self.wait_prompt();
        self.send("history 1\r");
        self.wait("  history 1\r");
        self.wait_prompt();
    }

    /// The file of lines.
    pub fn history(&self) -> PathBuf {
        self.state.join("boxlab/history")
    }

    /// The process group that has the terminal.
    pub fn owner(&self) -> i32 {
        let mut group = 0;
        let master = self.master.as_ref().expect("it is open").as_raw_fd();
        // SAFETY: TIOCGPGRP fills in one int, and `group` is one.
        unsafe { libc::ioctl(master, libc::TIOCGPGRP, &mut group) };
        group
    }

    /// Takes what has come, or waits a moment for something; false when nothing can come any more.
    pub fn read(&mut self) -> bool {
        use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
        let Some(master) = &mut self.master else {
            std::thread::sleep(Duration::from_millis(20));
            return true;
        };
        let mut fds = [PollFd::new(master.as_fd(), PollFlags::POLLIN)];
        if poll(&mut fds, PollTimeout::from(50u8)) != Ok(1) {
            return true;
        }
        let mut bytes = [0; 4096];
        let Ok(count) = master.read(&mut bytes) else { return false };
        self.pending.extend(&bytes[..count]);
        self.view.feed(&bytes[..count]);
        let whole = match std::str::from_utf8(&self.pending) {
            Ok(text) => text.len(),
            Err(error) => error.valid_up_to(),
        };
        self.raw.push_str(&String::from_utf8_lossy(&self.pending[..whole]));
        self.pending.drain(..whole);
        true
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let pid = Pid::from_raw(self.keeper.id() as i32);
        let end = Instant::now() + Duration::from_secs(3);
        while matches!(self.keeper.try_wait(), Ok(None)) {
            let signal = if Instant::now() < end { Signal::SIGTERM } else { Signal::SIGKILL };
            let _ = kill(pid, signal);
            self.read();
        }
        for pid in living(&self.mark()) {
            let _ = kill(Pid::from_raw(pid), Signal::SIGKILL);
        }
        if !self.keep_state {
            let _ = std::fs::remove_dir_all(&self.state);
        }
    }
}

/// A process's children.
pub fn children(pid: i32) -> Vec<i32> {
    let list = std::fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).unwrap_or_default();
    list.split_whitespace().filter_map(|pid| pid.parse().ok()).collect()
}

/// A process's first child.
pub fn child(pid: i32) -> i32 {
    *children(pid).first().expect("it has a child")
}

/// Processes that have this in their environment.
pub fn living(mark: &str) -> Vec<i32> {
    let pids = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    let pids = pids.filter_map(|entry| entry.file_name().to_str()?.parse::<i32>().ok());
    let marked = |pid: &i32| {
        let environ = std::fs::read(format!("/proc/{pid}/environ")).unwrap_or_default();
        environ.split(|byte| *byte == 0).any(|entry| entry == mark.as_bytes())
    };
    pids.filter(marked).collect()
}
