//! The screen's one loop: it waits for what the programs write, what is typed, what the shell reports and what the sampler has seen.

use super::draw::{self, Pane};
use super::emulator::{Emulator, Wish};
use super::encode::Encoder;
use super::frame::Frame;
use super::keys::Keys;
use super::layout::Layout;
use super::link::FromShell;
use super::sampler::Sampler;
use super::tty::Tty;
use crate::kernel;
use crate::model::{Lang, Msg, Outsider, PaneWish, Scene, Watched};
use crate::script;
use crate::session::{keeper, signals};
use crate::ui::Style;
use crate::ui::pane::{Foot, Picture};
use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::signal::{SigSet, SigmaskHow, Signal, sigprocmask};
use nix::sys::signalfd::{SfdFlags, SignalFd};
use nix::unistd::Pid;
use std::os::fd::{AsFd, OwnedFd};
use std::time::{Duration, Instant};

/// The pane is read so often.
const TICK: Duration = Duration::from_millis(250);
/// While much is written there is a frame so often.
const FRAME: Duration = Duration::from_millis(8);
/// So much at once is no answer to a key.
const MUCH: usize = 2048;
/// The programs' output is read so long before a frame is drawn.
const DRAIN: Duration = Duration::from_millis(4);
/// What may be the start of a mouse report is held back so long.
const HOLD: Duration = Duration::from_millis(10);
/// How long a message stands at the foot.
const SAY: Duration = Duration::from_secs(4);

/// All that the screen knows.
pub struct Screen {
    pub(super) lang: Lang,
    pub(super) tty: Tty,
    pub(super) master: OwnedFd,
    pub(super) from: FromShell,
    pub(super) wish: PaneWish,
    pub(super) layout: Layout,
    pub(super) shell: Pid,
    pub(super) emulator: Emulator,
    pub(super) encoder: Encoder,
    frame: Frame,
    /// None: there could be no thread.
    pub(super) sampler: Option<Sampler>,
    pub(super) scene: Scene,
    /// What the shell said last has not been drawn, for it has not been seen yet.
    pub(super) unseen: bool,
    pub(super) subjects: Vec<Watched>,
    pub(super) outsider: Outsider,
    pub(super) covered: bool,
    /// The editor waits with this prompt; empty: a line runs.
    pub(super) prompt: String,
    /// PageUp and PageDown are the shell's at its prompt.
    pub(super) pages: bool,
    pane: Pane,
    /// As of the pane's last layout.
    style: Style,
    pub(super) foot: Foot,
    foot_until: Option<Instant>,
    pub(super) keys: Keys,
    /// The wheel is ours while no program asks for it.
    pub(super) wheel: bool,
    /// Keys on their way to the programs.
    pub(super) typed: Vec<u8>,
    pub(super) stale_pane: bool,
    pub(super) stale_frame: bool,
    arrived: usize,
    drawn: Instant,
    /// How often the kernel has been asked.
    pub(super) ticks: usize,
    pub(super) over: Option<i32>,
}

impl Screen {
    /// With a shell that has just been forked.
    pub fn new(lang: Lang, tty: Tty, master: OwnedFd, from: FromShell, wish: PaneWish, layout: Layout, shell: Pid) -> Screen {
        let light = script::theme() == crate::ui::Theme::Light;
        Screen {
            lang,
            tty,
            master,
            from,
            wish,
            layout,
            shell,
            emulator: Emulator::new(layout.left, light),
            encoder: Encoder::default(),
            frame: Frame::new(layout.columns, layout.rows),
            sampler: None,
            scene: Scene { lang, ..Scene::default() },
            unseen: false,
            subjects: Vec::new(),
            outsider: Outsider::default(),
            covered: false,
            prompt: String::new(),
            pages: false,
            pane: Pane::default(),
            style: script::bare_style(lang),
            foot: Foot::Keys,
            foot_until: None,
            keys: Keys::default(),
            wheel: true,
            typed: Vec::new(),
            stale_pane: true,
            stale_frame: true,
            arrived: 0,
            drawn: Instant::now(),
            ticks: 0,
            over: None,
        }
    }

    /// Until the shell has ended. Returns its status.
    pub fn run(mut self) -> i32 {
        // Only now: the shell and its programs must not start with blocked signals.
        let mut mask = SigSet::empty();
        for signal in
            [Signal::SIGWINCH, Signal::SIGCHLD, Signal::SIGTERM, Signal::SIGHUP, Signal::SIGTSTP, Signal::SIGCONT, Signal::SIGINT]
        {
            mask.add(signal);
        }
        let _ = sigprocmask(SigmaskHow::SIG_BLOCK, Some(&mask), None);
        let Ok(incoming) = SignalFd::with_flags(&mask, SfdFlags::SFD_CLOEXEC | SfdFlags::SFD_NONBLOCK) else {
            return self.end_shell();
        };
        if self.tty.take().is_err() {
            return self.end_shell();
        }
        // One that came before they were blocked went to the handler that every process of the bench begins with.
        if let Some(signal) = signals::ending() {
            self.end(signal);
        }
        // Also only now: it must leave the signals to this thread.
        match Sampler::start() {
            Ok(sampler) => self.sampler = Some(sampler),
            Err(error) => self.say(Msg::new(format!("the pane cannot be read: {error}"), format!("无法读取面板的内容：{error}"))),
        }
        kernel::take_short_turns();
        let mut tick = Instant::now();
        while self.over.is_none() {
            kernel::fail_if_asked();
            if Instant::now() >= tick {
                if keeper::is_in_background() {
                    self.leave_to_others();
                }
                self.tick();
                tick = Instant::now() + TICK;
            }
            self.draw();
            self.wait(&incoming, tick);
        }
        self.drain(Duration::from_millis(50), 0);
        let keeper_lives = nix::unistd::getppid().as_raw() == keeper::pid();
        // Without the keeper it may be another job's by now; or nobody's, when the keeper led the session.
        let ours = keeper_lives && !keeper::is_in_background() || kernel::terminal_owner().is_none() || kernel::owns_terminal();
        self.tty.give_back(ours);
        if ours {
            self.leave_behind();
        }
        self.over.unwrap_or(1)
    }

    fn wait(&mut self, signals: &SignalFd, tick: Instant) {
        let deadlines =
            [Some(tick), self.frame_due(), self.emulator.sync_deadline(), self.keys.holds().then(|| Instant::now() + HOLD)];
        let soonest = deadlines.into_iter().flatten().min().unwrap_or(tick);
        let wait = soonest.saturating_duration_since(Instant::now());
        // Rounded up: a wait of half a millisecond must not become a busy loop.
        let wait = PollTimeout::try_from(wait + Duration::from_micros(999)).unwrap_or(PollTimeout::MAX);
        let to_programs = if self.typed.is_empty() { PollFlags::POLLIN } else { PollFlags::POLLIN | PollFlags::POLLOUT };
        let stdin = Tty::fd();
        let mut fds = [
            PollFd::new(stdin, PollFlags::POLLIN),
            PollFd::new(self.master.as_fd(), to_programs),
            PollFd::new(signals.as_fd(), PollFlags::POLLIN),
            PollFd::new(self.from.fd(), PollFlags::POLLIN),
            PollFd::new(self.sampler.as_ref().map_or(stdin, Sampler::fd), PollFlags::POLLIN),
        ];
        let came = poll(&mut fds, wait).unwrap_or(0);
        let [stdin, master, signal, report, _] = [0, 1, 2, 3, 4].map(|at| fds[at].revents().unwrap_or(PollFlags::empty()));
        if came == 0 && self.keys.holds() {
            let inputs = self.keys.flush();
            self.obey(inputs);
        }
        if self.emulator.sync_deadline().is_some_and(|due| Instant::now() >= due) {
            self.emulator.end_sync();
            self.stale_frame = true;
        }
        if report.contains(PollFlags::POLLIN) {
            self.hear();
        }
        self.see();
        if master.intersects(PollFlags::POLLIN | PollFlags::POLLHUP) {
            // A program that writes many small pieces gets a frame for all that have come.
            let much = if self.drawn.elapsed() >= FRAME { MUCH } else { 0 };
            self.drain(DRAIN, much);
        }
        if signal.contains(PollFlags::POLLIN) {
            while let Ok(Some(info)) = signals.read_signal() {
                self.signal(info.ssi_signo as i32);
            }
        }
        if stdin.intersects(PollFlags::POLLIN | PollFlags::POLLHUP | PollFlags::POLLERR) {
            self.read_keys();
        }
        self.send_keys();
        if self.foot_until.is_some_and(|until| Instant::now() >= until) {
            self.foot_until = None;
            self.foot = Foot::Keys;
            self.stale_pane = true;
        }
    }

    fn read_keys(&mut self) {
        let mut bytes = [0; 16384];
        match self.tty.read(&mut bytes) {
            // The terminal is gone: that is what SIGHUP says, too.
            0 => self.end(libc::SIGHUP),
            count => {
                let inputs = self.keys.feed(&bytes[..count]);
                self.obey(inputs);
            }
        }
    }

    /// Writes as much as the inner terminal takes; the rest waits. A paste can be longer than its buffer.
    fn send_keys(&mut self) {
        while !self.typed.is_empty() {
            match nix::unistd::write(&self.master, &self.typed) {
                Ok(count) => drop(self.typed.drain(..count)),
                Err(Errno::EINTR) => {}
                Err(Errno::EAGAIN) => return,
                Err(_) => return self.typed.clear(),
            }
        }
    }

    /// Takes what the programs wrote, for so long at most, and no longer than until less than `much` came at once.
    pub(super) fn drain(&mut self, most: Duration, much: usize) {
        let end = Instant::now() + most;
        let mut bytes = [0; 65536];
        loop {
            match nix::unistd::read(&self.master, &mut bytes) {
                Ok(count) if count > 0 => {
                    self.emulator.advance(&bytes[..count]);
                    self.arrived += count;
                    self.stale_frame = true;
                    // The answer to a key is drawn at once. To ask whether there is more would be to wait: a terminal that is found
                    // empty has the kernel's thread that fills it finish first (flush_work in n_tty_read).
                    if count < much {
                        break;
                    }
                }
                Err(Errno::EINTR) => {}
                // EAGAIN: that was all. EIO: nobody has the other end open any more; the shell's end is told by SIGCHLD.
                Err(Errno::EIO) => {
                    self.reap();
                    break;
                }
                Ok(_) | Err(_) => break,
            }
            if Instant::now() >= end {
                break;
            }
        }
        for wish in self.emulator.wishes() {
            match wish {
                Wish::Reply(text) => self.typed.extend_from_slice(text.as_bytes()),
                other => self.tty.grant(&other),
            }
        }
    }

    /// When the next frame may be drawn, where one is due: at once after a key, seldom while much is written. What a program writes in a
    /// synchronized update is not in the grid before that ends.
    fn frame_due(&self) -> Option<Instant> {
        let due = if self.arrived < MUCH { self.drawn } else { self.drawn + FRAME };
        (self.stale_pane || self.stale_frame && self.emulator.sync_deadline().is_none()).then_some(due)
    }

    fn draw(&mut self) {
        if self.frame_due().is_none_or(|due| Instant::now() < due) {
            return;
        }
        if self.stale_pane {
            self.style = Style { names: self.scene.names.clone(), ..script::bare_style(self.lang) };
            let picture = Picture {
                subjects: self.subjects.clone(),
                current: self.scene.current.clone(),
                changes: self.scene.changes.clone(),
                outsider: self.outsider.clone(),
                covered: self.covered,
            };
            self.pane = Pane::new(&picture, &self.foot, &self.layout, &self.style);
        }
        if (self.frame.columns, self.frame.rows) != (self.layout.columns, self.layout.rows) {
            self.frame = Frame::new(self.layout.columns, self.layout.rows);
        }
        draw::draw(&mut self.frame, &self.emulator, &self.layout, &self.pane, &self.style);
        self.tty.follow(self.emulator.mode(), self.wheel && self.layout.pane.is_some());
        let bytes = self.encoder.encode(&self.frame);
        if !bytes.is_empty() {
            self.tty.write(bytes);
        }
        (self.stale_frame, self.stale_pane, self.arrived, self.drawn) = (false, false, 0, Instant::now());
    }

    /// The terminal has another size.
    pub(super) fn resized(&mut self) {
        let (columns, rows) = self.tty.size();
        if columns > 0 && rows > 0 {
            (self.layout.columns, self.layout.rows) = (columns.into(), rows.into());
        }
        self.lay_out();
    }

    /// Divides the terminal anew and tells the programs.
    pub(super) fn lay_out(&mut self) {
        let was = self.layout.left;
        self.layout = Layout::of(self.layout.columns, self.layout.rows, self.wish);
        if self.layout.left != was {
            self.emulator.wipe_prompt(&self.prompt, self.layout.left.0);
            self.emulator.resize(self.layout.left.0, self.layout.left.1);
            kernel::set_window_size(&self.master, (self.layout.left.0 as u16, self.layout.left.1 as u16));
        }
        self.encoder.forget();
        (self.stale_frame, self.stale_pane) = (true, true);
        self.look();
    }

    /// Draws everything, whatever stands there.
    pub(super) fn draw_anew(&mut self) {
        self.encoder.forget();
        (self.stale_frame, self.stale_pane) = (true, true);
    }

    /// Says something at the foot for a while.
    pub(super) fn say(&mut self, text: Msg) {
        self.foot = Foot::Say(text);
        self.foot_until = Some(Instant::now() + SAY);
        self.stale_pane = true;
    }

    /// The process group that has the inner terminal.
    pub(super) fn foreground(&self) -> Option<i32> {
        nix::unistd::tcgetpgrp(&self.master).ok().map(Pid::as_raw).filter(|group| *group > 0 && *group != self.shell.as_raw())
    }
}
