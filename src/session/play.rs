//! How a command is carried out: guard, place, what came back.

use super::engine::Session;
use super::guard;
use super::reach;
use super::stage::child_gone;
use super::watch::{AtPrompt, Watch};
use crate::command::{Args, Card, Kind, Outside, Run, Said, Stop, SubjectView, Terminal};
use crate::kernel::{self, Kernel};
use crate::model::{Call, End, Msg, NsKind, Place, Seen, errno_name};
use crate::observe;
use crate::subject::{Outcome, Reply};
use nix::errno::Errno;
use std::os::fd::{AsRawFd, OwnedFd};
use std::path::PathBuf;

/// What a line came to, before it is written down.
pub(super) struct Played {
    pub calls: Vec<Call>,
    pub output: String,
    pub end: End,
    pub said: Said,
}

impl Session {
    /// Carries out a command whose words fit.
    pub(super) fn play(&mut self, card: &'static Card, args: &Args, line: &str, was: &SubjectView) -> Played {
        let refusal = match args.on_host {
            true => None,
            false => guard::refusal(card, args, was, &self.names)
                .or_else(|| guard::stranger(card, args, was, &self.names))
                .or_else(|| reach::refusal(card, args, was, &self.names)),
        };
        if let Some(why) = refusal {
            return Played::ended(End::Refused { why });
        }
        match (card.run, card.place(args)) {
            (Run::Inside(_) | Run::Either { .. }, Place::Inside) => self.inside(card, args, line, was),
            (Run::Outside(run) | Run::Shell(run) | Run::Either { outside: run, .. }, _) => self.outside(run, args),
            (Run::Inside(_), _) => self.inside(card, args, line, was),
        }
    }

    fn inside(&mut self, card: &Card, args: &Args, line: &str, was: &SubjectView) -> Played {
        let held = match self.open_targets(card, args) {
            Ok(held) => held,
            Err(end) => return Played::ended(end),
        };
        let own = if args.on_host { NsKind::ALL.to_vec() } else { guard::owned(was, &self.names) };
        let terminal = Terminal { give: self.options.terminal };
        let lang = self.options.lang;
        let mut watch = Watch::new(self.stages[self.current].handle.pid(), lang, self.options.terminal);
        let handle = &mut self.stages[self.current].handle;
        let Reply { calls, outcome, output } = handle.run(line, lang, terminal, held, own, &mut |event| watch.on(event));
        if self.options.terminal {
            kernel::take_terminal_back();
        }
        let (end, said) = match outcome {
            Outcome::Answered(Ok(said)) => (said.exit.map_or(End::Done, |exit| End::Ran { exit }), said),
            Outcome::Answered(Err(stop)) => (self.stopped(stop, &calls, true), Said::nothing()),
            // For `exit` this is what it says.
            Outcome::ChildGone(exit) if card.name == "exit" => {
                (End::Done, Said { notes: vec![child_gone(&self.stages[self.current].name, exit)], ..Said::default() })
            }
            Outcome::ChildGone(exit) => (End::ChildGone { exit }, Said::nothing()),
            Outcome::Gone(exit) => {
                self.renew(self.current);
                (End::SubjectGone { exit }, Said::nothing())
            }
            Outcome::NoAnswer => {
                self.renew(self.current);
                let why = Msg::new(
                    "the subject did not answer; a fresh one stands in its place",
                    "被观察进程没有回应；已换上一个全新的",
                );
                (End::Unfit { why }, Said::nothing())
            }
        };
        Played { calls, output, end, said }
    }

    fn outside(&mut self, run: fn(&mut Outside<'_>, &Args) -> Result<Said, Stop>, args: &Args) -> Played {
        let mut kernel = Kernel::new();
        let subjects = self.subjects();
        let lookout = AtPrompt::new(self.options.lang, self.options.terminal);
        let mut cx = Outside {
            kernel: &mut kernel,
            lang: self.options.lang,
            subject: subjects[self.current].clone(),
            subjects,
            host: self.names.host(),
            names: &self.names,
            screen: self.listener.is_some(),
            pins: &mut self.pins,
            keeper: self.keeper,
            last: self.last.as_ref(),
            history: &self.history,
            lookout: &lookout,
            patient: self.patient,
            steps: &self.stages[self.current].steps,
            acts: Vec::new(),
        };
        let outcome = run(&mut cx, args);
        let acts = std::mem::take(&mut cx.acts);
        let calls = kernel.take();
        let (mut end, mut said) = match outcome {
            Ok(said) => (End::Done, said),
            Err(stop) => (self.stopped(stop, &calls, false), Said::nothing()),
        };
        for act in acts {
            match self.act(act) {
                Ok(notes) => said.notes.extend(notes),
                Err(why) => end = End::Unfit { why },
            }
        }
        let mut output = String::new();
        self.stages[self.current].handle.collect_output(&mut output);
        Played { calls, output, end, said }
    }

    fn stopped(&self, stop: Stop, calls: &[Call], inside: bool) -> End {
        match stop {
            Stop::Usage(why) => End::Usage { why },
            Stop::Refused(why) => End::Refused { why },
            Stop::Unfit(why) => End::Unfit { why },
            Stop::Failed(errno) => {
                End::Failed { errno: errno_name(Errno::from_raw(errno)), advice: self.why(calls, errno, inside) }
            }
        }
    }

    /// Opens what the arguments of kind `Target`, `TargetNs` and `NameAt` name, where the observer can: a PID as the host counts, or
    /// a subject's name. A path is for the subject to open, in its own view.
    fn open_targets(&self, card: &Card, args: &Args) -> Result<Vec<(String, String, OwnedFd)>, End> {
        let mut held = Vec::new();
        for param in card.args {
            for word in args.all(param.name) {
                match (param.kind, word.rsplit_once('@')) {
                    (Kind::Target, _) if self.pin(word).is_some() => held.extend(self.pin(word)),
                    (Kind::Target, _) if !word.contains('/') => {
                        let pid = self.target(word)?;
                        let fd = kernel::pidfd_open(pid).map_err(|errno| gone(pid, "pidfd_open", errno))?;
                        held.push((word.clone(), format!("pidfd:[{pid}]"), fd));
                    }
                    (Kind::TargetNs(kind), _) => held.push(self.target_ns(card, args, kind, word, word)?),
                    (Kind::NameAt(kind), Some((_, target))) => held.push(self.target_ns(card, args, kind, word, target)?),
                    _ => {}
                }
            }
        }
        Ok(held)
    }

    /// The namespace of another process, open, if the guard allows it.
    fn target_ns(
        &self,
        card: &Card,
        args: &Args,
        kind: NsKind,
        word: &str,
        target: &str,
    ) -> Result<(String, String, OwnedFd), End> {
        if let Some(pin) = self.pins.iter().find(|pin| pin.name == target && pin.kind == kind) {
            return match guard::intrusion(card, kind, pin.id, &self.names) {
                Some(why) if !args.on_host => Err(End::Refused { why }),
                _ => Ok(self
                    .pin(target)
                    .map(|(_, label, fd)| (word.into(), label, fd))
                    .ok_or_else(|| gone(0, "dup", Errno::EMFILE))?),
            };
        }
        let pid = self.target(target)?;
        let path = PathBuf::from(format!("/proc/{pid}/ns/{kind}"));
        let fd = Kernel::new().open_ns(&path).map_err(|errno| gone(pid, &format!("open {}", path.display()), errno))?;
        let id = match observe::process::link(&PathBuf::from(format!("/proc/self/fd/{}", fd.as_raw_fd()))) {
            Seen::Is(id) => id,
            Seen::Not { errno, .. } => return Err(gone(pid, "readlink", Errno::from_raw(errno))),
        };
        match guard::intrusion(card, kind, id, &self.names) {
            Some(why) if !args.on_host => Err(End::Refused { why }),
            _ => Ok((word.into(), format!("{kind}:[{}]", id.ino), fd)),
        }
    }

    /// A descriptor on the namespace that is pinned under this name.
    fn pin(&self, name: &str) -> Option<(String, String, OwnedFd)> {
        let pin = self.pins.iter().find(|pin| pin.name == name)?;
        Some((name.into(), format!("{}:[{}]", pin.kind, pin.id.ino), pin.fd.try_clone().ok()?))
    }

    /// The PID that a word names.
    fn target(&self, word: &str) -> Result<i32, End> {
        match (word.parse::<i32>(), self.stages.iter().find(|stage| stage.name == *word)) {
            (Ok(pid), _) => Ok(pid),
            (Err(_), Some(stage)) => Ok(stage.handle.pid()),
            (Err(_), None) => Err(End::Usage {
                why: Msg::new(
                    format!("`{word}` is no PID, no name of a subject or pin and no path (a path has a / in it)"),
                    format!("`{word}` 既不是 PID，也不是被观察进程或 pin 的名字，也不是路径（路径中含有 /）"),
                ),
            }),
        }
    }
}

/// A process that the observer could not take hold of.
fn gone(pid: i32, call: &str, errno: Errno) -> End {
    let name = errno_name(errno);
    match errno {
        Errno::ENOENT | Errno::ESRCH => End::Usage {
            why: Msg::new(format!("there is no process {pid}: {call} {name}"), format!("没有进程 {pid}：{call} {name}")),
        },
        _ => End::Unfit {
            why: Msg::new(
                format!("the observer may not take hold of process {pid}: {call} {name} (ptrace(2))"),
                format!("观察者无权取得进程 {pid}：{call} {name}（ptrace(2)）"),
            ),
        },
    }
}

impl Played {
    fn ended(end: End) -> Played {
        Played { calls: Vec::new(), output: String::new(), end, said: Said::nothing() }
    }
}
