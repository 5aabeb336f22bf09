//! How the screen pauses and ends: signals, the shell's end, what is left on the terminal.

use super::encode::Encoder;
use super::run::Screen;
use crate::kernel;
use crate::model::Msg;
use crate::session::keeper;
use nix::errno::Errno;
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::Pid;
use std::time::{Duration, Instant};

impl Screen {
    pub(super) fn signal(&mut self, signal: i32) {
        match signal {
            libc::SIGWINCH => self.resized(),
            libc::SIGCHLD => self.reap(),
            libc::SIGTSTP => self.suspend(),
            // SIGTERM and SIGHUP come with one.
            libc::SIGCONT if self.over.is_none() => self.go_on(),
            libc::SIGTERM | libc::SIGHUP => self.end(signal),
            _ => {}
        }
    }

    /// Gives the terminal to the shell that started the bench, until `fg`.
    pub(super) fn suspend(&mut self) {
        // Without a job control shell above nobody would wake us up.
        if !kernel::can_be_woken() {
            self.say(Msg::new("nobody could wake the bench up again", "没有外层 shell 能够恢复实验台"));
            return;
        }
        self.tty.give_back(true);
        let text = Msg::new("boxlab is stopped: `fg` goes on with it", "boxlab 已暂停：输入 `fg` 让它继续");
        self.tty.write(format!("{}\r\n", text.get(self.lang)).as_bytes());
        kernel::stop_group();
        self.go_on();
    }

    /// After a pause, also one that nobody saw coming (SIGSTOP): the terminal may have any modes and any size by now.
    fn go_on(&mut self) {
        keeper::wait_for_foreground();
        if !keeper::is_in_background() {
            let _ = self.tty.take();
            self.resized();
        }
    }

    /// Leaves the terminal to whoever has taken it: only the keeper was stopped, and the shell above goes on.
    pub(super) fn leave_to_others(&mut self) {
        self.tty.give_back(false);
        self.go_on();
    }

    /// Takes the status of the shell, and those of orphans.
    pub(super) fn reap(&mut self) {
        loop {
            match waitpid(Pid::from_raw(-1), Some(WaitPidFlag::WNOHANG)) {
                Ok(WaitStatus::Exited(pid, status)) if pid == self.shell => self.over = Some(status),
                Ok(WaitStatus::Signaled(pid, signal, _)) if pid == self.shell => self.over = Some(128 + signal as i32),
                Ok(WaitStatus::StillAlive) => return,
                Ok(_) | Err(Errno::EINTR) => {}
                Err(_) => {
                    self.over.get_or_insert(1);
                    return;
                }
            }
        }
    }

    /// The session is to end by this signal: the shell cleans up, but is not waited for without end.
    pub(super) fn end(&mut self, signal: i32) {
        let _ = kernel::plumbing_kill(self.shell.as_raw(), signal);
        // A stopped process handles no signal.
        let _ = kernel::plumbing_kill(self.shell.as_raw(), libc::SIGCONT);
        let end = Instant::now() + Duration::from_secs(5);
        while self.over.is_none() && Instant::now() < end {
            self.drain(Duration::ZERO, 0);
            self.reap();
            std::thread::sleep(Duration::from_millis(2));
        }
        self.over = Some(128 + signal);
    }

    pub(super) fn end_shell(mut self) -> i32 {
        self.end(libc::SIGTERM);
        1
    }

    /// The last screen stays in the terminal's own scroll-back.
    pub(super) fn leave_behind(&mut self) {
        let last = self.emulator.last_screen();
        let mut encoder = Encoder::default();
        let text = encoder.as_lines(&last);
        self.tty.write(text);
    }
}
