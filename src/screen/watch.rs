//! `boxlab watch`: the pane alone, in a second terminal, for a session or any process of the machine. It reads and changes nothing.

use super::encode::Encoder;
use super::frame::Frame;
use super::look::look;
use super::tty::Tty;
use crate::model::{Lang, Msg, Names, NsKind, Posted, Snapshot, Watched, Who};
use crate::observe::family::{Subject, observers, posted, subjects};
use crate::observe::pane::Reader;
use crate::observe::{self, process};
use crate::script;
use crate::ui::pane::{self, Picture, text_of};
use crate::ui::{self, Style};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::signal::{SigSet, SigmaskHow, Signal, sigprocmask};
use nix::sys::signalfd::{SfdFlags, SignalFd};
use std::io::{IsTerminal, Write};
use std::os::fd::AsFd;
use std::path::Path;

/// So often it is read, in milliseconds.
const TICK: u16 = 250;

/// Watches until what is watched has ended, or a key says so. Returns 0, 1 where there is nothing to watch, 2 for words that are wrong.
pub fn run(target: Option<&str>, json: bool, lang: Lang) -> i32 {
    let style = script::bare_style(lang);
    let found = match find(target) {
        Ok(found) => found,
        Err((status, why)) => {
            eprintln!("boxlab: {}", style.msg(&why));
            return status;
        }
    };
    let mut watch = Watch::new(found);
    if json {
        return watch.stream();
    }
    if !super::is_possible() {
        let (picture, style) = watch.look(style);
        let text: String =
            pane::right(&picture, &style, 80, 200).iter().map(|line| text_of(line).trim_end().to_string() + "\n").collect();
        return i32::from(script::say(&text).is_err());
    }
    watch.draw(style)
}

/// What is watched.
enum Target {
    /// The subjects of this observer, whichever it has.
    Session(i32),
    /// One process.
    Process(Who),
}

/// What the words name.
fn find(target: Option<&str>) -> Result<Target, (i32, Msg)> {
    let proc = Path::new("/proc");
    let all = observers(proc);
    let Some(word) = target else {
        return match all.as_slice() {
            [] => Err((1, Msg::new("no session of boxlab is running; name a PID", "没有正在运行的 boxlab 会话；请给出 PID"))),
            [one] => Ok(Target::Session(one[0])),
            several => {
                let list: Vec<String> = several.iter().map(|one| one[0].to_string()).collect();
                let list = list.join(" ");
                let en = format!("several sessions are running, name one: {list}");
                Err((2, Msg::new(en, format!("有多个会话在运行，请指定一个：{list}"))))
            }
        };
    };
    let Some(pid) = word.parse::<i32>().ok().filter(|pid| *pid > 0) else {
        return Err((2, Msg::new(format!("`{word}` is no PID"), format!("`{word}` 不是 PID"))));
    };
    let name = |pid: i32| process::read(&proc.join(pid.to_string()).join("comm")).is().cloned();
    // Keeper and screen are above their observer; so is the init of the machine, which yet is a process of its own.
    if let Some(one) = all.iter().find(|one| one.contains(&pid) && name(one[0]) == name(pid)) {
        return Ok(Target::Session(one[0]));
    }
    match name(pid) {
        Some(name) => Ok(Target::Process(Who { name: name.trim_end().into(), root: pid, pid, inside: None })),
        None => Err((1, Msg::new(format!("there is no process {pid}"), format!("没有进程 {pid}")))),
    }
}

struct Watch {
    target: Target,
    names: Names,
    reader: Reader,
    /// What the session last let us see of itself.
    posted: Posted,
    ended: bool,
}

impl Watch {
    fn new(target: Target) -> Watch {
        let own = observe::snapshot(Path::new("/proc"), std::process::id() as i32);
        let host = NsKind::ALL.into_iter().filter_map(|kind| Some((kind, own.ns_id(kind)?))).collect();
        let mut reader = Reader::default();
        reader.asks = true;
        Watch { target, names: Names::new(host), reader, posted: Posted::default(), ended: false }
    }

    /// Those that live, as they are now; a session's subject may be replaced meanwhile.
    fn read(&mut self) -> Vec<Watched> {
        let proc = Path::new("/proc");
        if let Target::Session(observer) = self.target {
            self.learn(posted(proc, observer));
        }
        // Who they are the kernel says: the session speaks only between two lines.
        let told = &self.posted.scene.subjects;
        let who = |one: Subject| {
            let same = told.iter().find(|told| (&told.name, told.root, told.pid) == (&one.name, one.root, one.serves));
            Who { name: one.name, root: one.root, pid: one.serves, inside: same.and_then(|told| told.inside.clone()) }
        };
        let (watched, whole): (Vec<Who>, i32) = match &self.target {
            Target::Session(observer) => (subjects(proc, *observer).into_iter().map(who).collect(), *observer),
            Target::Process(one) => (vec![one.clone()], one.pid),
        };
        let seen: Vec<Watched> = watched.iter().map(|who| self.reader.read(who)).collect();
        let lives = |one: &Snapshot| one.creds.is().is_some_and(|creds| creds.state != 'Z');
        let seen: Vec<Watched> = seen.into_iter().filter(|one| lives(&one.seen)).collect();
        self.ended = seen.is_empty() && !lives(&observe::snapshot(proc, whole));
        seen.iter().for_each(|one| self.names.births(&one.name, &one.seen));
        seen
    }

    /// Takes over what the session says; the names that it gave are the names.
    fn learn(&mut self, posted: Option<Posted>) {
        let Some(posted) = posted.filter(|posted| *posted != self.posted) else { return };
        self.names = posted.scene.names.clone();
        self.posted = posted;
        self.reader.line_ran();
    }

    fn look(&mut self, style: Style) -> (Picture, Style) {
        let subjects = self.read();
        let first = subjects.first().map(|one| one.name.clone()).unwrap_or_default();
        let Posted { scene, covered } = &self.posted;
        let current = if scene.current.is_empty() { first } else { scene.current.clone() };
        let (changes, covered) = (scene.changes.clone(), *covered);
        let picture = Picture { subjects, current, changes, outsider: self.reader.outsider(), covered };
        (picture, Style { names: self.names.clone(), ..style })
    }

    /// One JSON array of what is seen, a line, at the start and at each change.
    fn stream(&mut self) -> i32 {
        let mut was = None;
        loop {
            let seen = self.read();
            // A learner who predicts must not find the answer here either.
            let news = was.as_ref() != Some(&seen) && (!self.posted.covered || self.ended);
            if news {
                let text = ui::json(&seen) + "\n";
                let mut out = std::io::stdout();
                // Nobody reads any more.
                if out.write_all(text.as_bytes()).and_then(|()| out.flush()).is_err() {
                    return 0;
                }
            }
            if self.ended {
                return 0;
            }
            if news {
                was = Some(seen);
            }
            std::thread::sleep(std::time::Duration::from_millis(TICK.into()));
        }
    }

    fn draw(&mut self, style: Style) -> i32 {
        let mut mask = SigSet::empty();
        [Signal::SIGWINCH, Signal::SIGTERM, Signal::SIGHUP, Signal::SIGINT, Signal::SIGTSTP]
            .into_iter()
            .for_each(|signal| mask.add(signal));
        let _ = sigprocmask(SigmaskHow::SIG_BLOCK, Some(&mask), None);
        let Ok(signals) = SignalFd::with_flags(&mask, SfdFlags::SFD_CLOEXEC | SfdFlags::SFD_NONBLOCK) else { return 1 };
        let Ok(mut tty) = Tty::find() else { return 1 };
        if tty.probe().is_none() || tty.take().is_err() {
            return 1;
        }
        let mut encoder = Encoder::default();
        let status = loop {
            let (picture, style) = self.look(style.clone());
            if self.ended {
                break 0;
            }
            let (columns, rows) = tty.size();
            let frame = frame(&picture, &style, columns.into(), rows.into());
            tty.write(encoder.encode(&frame));
            let mut fds = [PollFd::new(Tty::fd(), PollFlags::POLLIN), PollFd::new(signals.as_fd(), PollFlags::POLLIN)];
            let _ = poll(&mut fds, PollTimeout::from(TICK));
            if fds[0].any().unwrap_or(false) {
                let mut keys = [0; 256];
                let count = tty.read(&mut keys);
                // Ctrl-C, Ctrl-D, q; or the terminal is gone.
                if count == 0 || keys[..count].iter().any(|key| matches!(key, 3 | 4 | b'q' | b'Q')) {
                    break 0;
                }
                encoder.forget();
            }
            match signals.read_signal() {
                Ok(Some(signal)) if signal.ssi_signo as i32 == libc::SIGTSTP => {
                    tty.give_back(true);
                    crate::kernel::stop_group();
                    let _ = tty.take();
                    encoder.forget();
                }
                Ok(Some(signal)) if signal.ssi_signo as i32 != libc::SIGWINCH => break 128 + signal.ssi_signo as i32,
                _ => {}
            }
        };
        tty.give_back(true);
        if status == 0 && std::io::stdout().is_terminal() && self.ended {
            let text = Msg::new("what was watched has ended", "被查看的进程已结束");
            let _ = script::say(&format!("{}\n", style.msg(&text)));
        }
        status
    }
}

fn frame(picture: &Picture, style: &Style, columns: usize, rows: usize) -> Frame {
    let (columns, rows) = (columns.max(2), rows.max(1));
    let mut frame = Frame::new(columns, rows);
    let flat = rows < 16 && columns >= 80;
    let lines =
        if flat { pane::bottom(picture, style, columns, rows, 0) } else { pane::right(picture, style, columns.min(100), rows) };
    for (row, line) in lines.iter().enumerate() {
        let mut column = 0;
        for span in line {
            column = frame.write((column, row), columns, &span.text, &look(span.role, style.theme, style.colour));
        }
    }
    frame
}
