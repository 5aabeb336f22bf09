//! What a key or the mouse does: nearly everything goes to the program as it came.

use super::keys::{Input, Key, PREFIX, STOP};
use super::memory;
use super::run::Screen;
use crate::kernel;
use crate::model::{Msg, PaneOrder, Side, Watched};
use crate::observe::pane::Reader;
use crate::subject::ARGV0;
use crate::ui::pane::Foot;
use alacritty_terminal::term::TermMode;
use nix::unistd::{Pid, getpgid};

/// Lines that one notch of the wheel scrolls.
const NOTCH: i32 = 3;
/// Columns that one key makes the pane wider or narrower.
const STEP: i32 = 4;

impl Screen {
    /// Obeys what was typed.
    pub(super) fn obey(&mut self, inputs: Vec<Input>) {
        for input in inputs {
            match input {
                Input::Raw(bytes) => {
                    self.back_to_end();
                    self.typed.extend(bytes);
                }
                Input::Page(up, bytes) => {
                    // At the prompt these keys would walk through the history; a program that runs gets them, and a lesson before
                    // a class.
                    if self.is_prompt() && !self.pages && (up || self.emulator.scrolled() > 0) {
                        self.page(up);
                    } else {
                        self.back_to_end();
                        self.typed.extend(bytes);
                    }
                }
                Input::Stop if self.is_prompt() => self.suspend(),
                Input::Stop => self.typed.push(STOP),
                Input::Mouse { button, column, row, pressed } => self.mouse(button, column, row, pressed),
                Input::Prefix => {
                    self.foot = Foot::Prefix;
                    self.stale_pane = true;
                }
                Input::Command(key) => {
                    self.foot = Foot::Keys;
                    self.stale_pane = true;
                    self.command(key);
                }
                Input::At(row, column) => {
                    // The serial line was never told its size, or has another one now.
                    kernel::set_window_size(&std::io::stdout(), (column, row));
                    self.resized();
                }
            }
        }
    }

    fn is_prompt(&self) -> bool {
        !self.prompt.is_empty() && !self.emulator.mode().contains(TermMode::ALT_SCREEN)
    }

    fn back_to_end(&mut self) {
        if self.emulator.scrolled() > 0 {
            self.emulator.scroll(0);
            self.stale_frame = true;
        }
    }

    fn page(&mut self, up: bool) {
        let lines = (self.emulator.rows() as i32 - 2).max(1);
        self.emulator.scroll(if up { lines } else { -lines });
        self.stale_frame = true;
    }

    fn command(&mut self, key: Key) {
        let Key::Byte(byte) = key else {
            match key {
                Key::PageUp => self.page(true),
                Key::PageDown => self.page(false),
                _ => {}
            }
            return;
        };
        match byte {
            b'p' => self.order(if self.wish.on { PaneOrder::Off } else { PaneOrder::On }),
            b'r' => self.order(PaneOrder::Side(Side::Right)),
            b'b' => self.order(PaneOrder::Side(Side::Bottom)),
            b'<' => self.widen(STEP),
            b'>' => self.widen(-STEP),
            b'k' => self.kill(),
            b'm' => {
                self.wheel = !self.wheel;
                self.stale_frame = true;
            }
            b'l' | 0x0c => {
                self.keys.asked = true;
                self.tty.ask_size();
                self.draw_anew();
            }
            b'z' | STOP => self.suspend(),
            PREFIX => self.typed.push(PREFIX),
            b'?' => self.foot = Foot::Prefix,
            _ => {}
        }
    }

    fn order(&mut self, order: PaneOrder) {
        self.wish.obey(order);
        memory::save(self.wish);
        self.lay_out();
    }

    fn widen(&mut self, by: i32) {
        let Some(area) = self.layout.pane.filter(|_| self.layout.at_right) else { return };
        let width = (area.columns as i32 + by).clamp(20, 200);
        self.order(PaneOrder::Width(width as u16));
    }

    /// What is in a process group beside its leader, of what the pane knows. Not a subject: while it waits for the program it is in the
    /// program's group, to hear of Ctrl-C, and all that it has become would be lost with it.
    fn members(&self, group: i32) -> Vec<i32> {
        // Read anew: where the pane is hidden nobody does.
        let mut reader = Reader::default();
        let subjects: Vec<Watched> = self.scene.subjects.iter().map(|who| reader.read(who)).collect();
        let branches = subjects.iter().flat_map(|one| &one.tree);
        let programs = branches.filter(|branch| branch.pid != group && branch.command != ARGV0).map(|branch| branch.pid);
        programs.filter(|pid| getpgid(Some(Pid::from_raw(*pid))).is_ok_and(|of| of.as_raw() == group)).collect()
    }

    /// SIGKILL from outside reaches also a PID 1 that the kernel shields from Ctrl-C (pid_namespaces(7)).
    fn kill(&mut self) {
        let Some(group) = self.foreground() else {
            return self.say(Msg::new("no program is in the foreground", "前台没有程序"));
        };
        let killed = kernel::plumbing_kill(group, libc::SIGKILL);
        self.members(group).into_iter().for_each(|pid| _ = kernel::plumbing_kill(pid, libc::SIGKILL));
        let text = match killed {
            Ok(()) => Msg::new(format!("SIGKILL to process group {group}"), format!("已向进程组 {group} 发送 SIGKILL")),
            Err(errno) => Msg::new(format!("kill {group}: {}", errno.desc()), format!("kill {group}：{}", errno.desc())),
        };
        self.say(text);
    }

    /// Over the programs' part a report goes to a program that asked for it, in the form that it asked for; a wheel that nobody
    /// asked for scrolls back, or moves in a full-screen program as cursor keys do.
    fn mouse(&mut self, button: u16, column: u16, row: u16, pressed: bool) {
        let inside = usize::from(column) <= self.layout.left.0 && usize::from(row) <= self.layout.left.1;
        if !inside || column == 0 || row == 0 {
            return;
        }
        let modes = self.emulator.mode();
        if modes.intersects(TermMode::MOUSE_MODE) {
            let report = match (modes.contains(TermMode::SGR_MOUSE), pressed) {
                (true, true) => format!("\x1b[<{button};{column};{row}M").into_bytes(),
                (true, false) => format!("\x1b[<{button};{column};{row}m").into_bytes(),
                (false, pressed) => short_report(if pressed { button } else { 3 | (button & !3) }, column, row),
            };
            self.typed.extend(report);
            return;
        }
        let up = match button {
            64 => true,
            65 => false,
            _ => return,
        };
        if modes.contains(TermMode::ALT_SCREEN) {
            let key: &[u8] = match (modes.contains(TermMode::APP_CURSOR), up) {
                (true, true) => b"\x1bOA",
                (true, false) => b"\x1bOB",
                (false, true) => b"\x1b[A",
                (false, false) => b"\x1b[B",
            };
            (0..NOTCH).for_each(|_| self.typed.extend_from_slice(key));
        } else {
            self.emulator.scroll(if up { NOTCH } else { -NOTCH });
            self.stale_frame = true;
        }
    }
}

/// The form of X10 (xterm's ctlseqs): a byte each, so no more than 223.
fn short_report(button: u16, column: u16, row: u16) -> Vec<u8> {
    let byte = |number: u16| (number.min(223) + 32) as u8;
    vec![0x1b, b'[', b'M', byte(button), byte(column), byte(row)]
}
