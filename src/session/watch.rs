//! What the observer does while a line runs: a way out when a PID 1 ignores Ctrl-C, a hint when nothing answers.

use super::signals;
use crate::command::Lookout;
use crate::kernel;
use crate::model::{Lang, Msg, Text};
use crate::observe::cgroup::is_frozen;
use crate::observe::process::{field, ignores_interrupt, is_uninterruptible, read};
use crate::subject::{Event, Patience};
use nix::unistd::Pid;
use std::io::Write;
use std::path::Path;
use std::time::Duration;

/// How often Ctrl-C ends a PID 1 that ignores it.
const PRESSES: usize = 3;
/// How long a stopped subject is waited for where nobody sits at the terminal.
const PATIENCE: Duration = Duration::from_secs(3);

/// After how long without an answer the way out is named.
const SILENCE: Duration = Duration::from_secs(5);

/// A watch over one line.
pub struct Watch {
    lang: Lang,
    subject: i32,
    foreground: Option<i32>,
    /// Ctrl-C was typed before the program had the terminal: it is still to hear of it.
    owed: bool,
    /// The program was seen to have the terminal.
    given: bool,
    presses: usize,
    hinted: bool,
    interactive: bool,
    /// Why the subject does not answer is for the learner to find out.
    secret: bool,
}

impl Watch {
    /// For a line that runs in this subject (PID as the observer counts). With `secret` it does not say why nobody answers.
    pub fn new(subject: i32, lang: Lang, interactive: bool, secret: bool) -> Watch {
        Watch { lang, subject, foreground: None, owed: false, given: false, presses: 0, hinted: false, interactive, secret }
    }

    /// Something happened, or did not.
    pub fn on(&mut self, event: Event) -> Patience {
        match event {
            Event::Started(pid) => {
                self.foreground = Some(pid);
                // Those before it were for the line; from now on they are counted for the program.
                self.owed |= signals::interrupts() > 0;
                self.presses = 0;
                self.hand_on();
                Patience::Wait
            }
            Event::Interrupted => {
                self.pressed();
                Patience::Wait
            }
            Event::Tick(waited) => self.tick(waited),
        }
    }

    /// Ctrl-C was typed while the program had the terminal. PID 1 of a namespace gets only signals that it has a handler
    /// for (pid_namespaces(7)); from here, outside, SIGKILL reaches it.
    fn pressed(&mut self) {
        // A job that `fg` brought back did not say that it started; the terminal knows whose it is.
        let pid = if self.interactive { kernel::terminal_owner().or(self.foreground) } else { self.foreground };
        let Some(pid) = pid else { return };
        let waits = is_uninterruptible(pid);
        if !waits && !ignores_interrupt(pid) {
            return;
        }
        self.presses += 1;
        if self.presses >= PRESSES {
            // It may have ended in the meantime: then there is nothing to kill. What waits like that waits for a child, as a rule (vfork(2)).
            let _ = kernel::plumbing_kill(if waits { -pid } else { pid }, libc::SIGKILL);
            return;
        }
        self.say(match PRESSES - self.presses {
            _ if waits && self.presses == 1 => Text {
                en: "it is in an uninterruptible wait (state D): its handler of Ctrl-C runs when that ends.\r\n    Twice more kills it (SIGKILL), if what it waits for can be killed",
                zh: "它处于不可中断的等待中（状态 D）：要等到等待结束才会运行 Ctrl-C 的处理函数。\r\n    再按两次将杀死它（SIGKILL），前提是这种等待允许被杀死",
            },
            1 => Text { en: "once more: Ctrl-C kills it from outside (SIGKILL)", zh: "再按一次 Ctrl-C，将从外部杀死它（SIGKILL）" },
            _ => Text {
                en: "PID 1 of its namespace, without a handler: the kernel drops Ctrl-C.\r\n    Twice more kills it from outside (SIGKILL)",
                zh: "它是所在命名空间的 1 号进程，又没有处理函数：内核丢弃了 Ctrl-C。\r\n    再按两次，将从外部杀死它（SIGKILL）",
            },
        });
    }

    fn tick(&mut self, waited: Duration) -> Patience {
        // A terminal that was closed while a program had it is told to nobody but that program.
        if signals::ending().is_some() || self.interactive && kernel::terminal_gone() {
            return Patience::GiveUp;
        }
        self.give_anew();
        let presses = signals::interrupts();
        if presses > 0 {
            self.presses += presses;
            if self.presses >= PRESSES {
                return Patience::GiveUp;
            }
            self.owed = true;
            // A call that waits returns with EINTR.
            let _ = kernel::plumbing_kill(self.subject, libc::SIGINT);
        }
        self.hand_on();
        // Also while a program has the terminal: when that ends, who is stopped does not say so.
        let stopped = waited >= Duration::from_secs(1) && is_stopped(self.subject);
        // A program has the terminal, and shows for itself what it does.
        let given = self.foreground.is_some() || kernel::terminal_owner().is_some_and(|group| group != own_group());
        if !stopped && self.interactive && !given && waited >= SILENCE && !self.hinted {
            self.hinted = true;
            self.say(Text {
                en: "no answer yet; Ctrl-C interrupts what the subject does, three times gives the line up and puts a fresh subject there",
                zh: "还没有回应；按 Ctrl-C 可中断被观察进程正在做的事，按三次则放弃这一行并换上全新的被观察进程",
            });
        }
        if stopped && !self.hinted {
            self.hinted = true;
            self.say(match self.secret {
                true => Text {
                    en: "the subject does not answer; Ctrl-C three times gives this line up",
                    zh: "被观察进程没有回应；按三次 Ctrl-C 可放弃这一行",
                },
                false => Text {
                    en: "the subject is stopped or frozen and does not answer; Ctrl-C three times gives this line up",
                    zh: "被观察进程已停止或被冻结，没有回应；按三次 Ctrl-C 可放弃这一行",
                },
            });
        }
        if stopped && !self.interactive && waited >= PATIENCE { Patience::GiveUp } else { Patience::Wait }
    }

    /// The terminal sent it to this process, because the program had not taken the terminal yet: it gets it from here. One in the
    /// background never takes it.
    fn hand_on(&mut self) {
        let Some(pid) = self.foreground.filter(|pid| self.owed && kernel::terminal_owner() == Some(*pid)) else { return };
        self.owed = false;
        let _ = kernel::plumbing_kill(-pid, libc::SIGINT);
    }

    /// The bench was stopped from outside while a program had the terminal, and has it back from `fg`: the program had it by right.
    fn give_anew(&mut self) {
        let Some(pid) = self.foreground.filter(|_| self.interactive) else { return };
        let owner = kernel::terminal_owner();
        self.given |= owner == Some(pid);
        if self.given && owner == Some(own_group()) && signals::resumed() {
            let _ = nix::unistd::tcsetpgrp(std::io::stdin(), Pid::from_raw(pid));
            let _ = kernel::plumbing_kill(-pid, libc::SIGCONT);
        }
    }

    fn say(&self, text: Text) {
        // To the terminal at once: the line has not ended, so there is no turn to put it into.
        let _ = writeln!(std::io::stderr(), "\r\n  ! {}\r", text.get(self.lang));
    }
}

/// What a command of the observer's sees of whoever sits at the prompt.
pub struct AtPrompt {
    lang: Lang,
    interactive: bool,
}

impl AtPrompt {
    /// For one command.
    pub fn new(lang: Lang, interactive: bool) -> AtPrompt {
        AtPrompt { lang, interactive }
    }
}

impl Lookout for AtPrompt {
    fn say(&self, text: &Msg) -> bool {
        if self.interactive {
            let shown = visible(text.get(self.lang));
            let _ = writeln!(std::io::stderr(), "  {shown}\r");
        }
        self.interactive
    }

    fn interrupted(&self) -> bool {
        signals::interrupts() > 0 || signals::ending().is_some()
    }
}

/// No control character reaches the terminal.
fn visible(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '?' } else { c }).collect()
}

fn own_group() -> i32 {
    nix::unistd::getpgrp().as_raw()
}

fn is_stopped(pid: i32) -> bool {
    let status = read(Path::new(&format!("/proc/{pid}/status")));
    status.is().and_then(|status| field(status, "State")).is_some_and(|state| state.starts_with(['T', 't', 'D']))
        || is_frozen(pid)
}
