//! How a command is carried out: guard, place, what came back.

use super::engine::Session;
use super::guard;
use super::stage::child_gone;
use super::watch::Watch;
use crate::command::{Args, Card, Kind, Outside, Run, Said, Stop, SubjectView, Terminal};
use crate::kernel::{self, Kernel};
use crate::model::{Advice, Call, End, Msg, Place, errno_name};
use crate::subject::{Outcome, Reply};
use nix::errno::Errno;
use std::os::fd::OwnedFd;

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
            false => guard::refusal(card, args, was, &self.names).or_else(|| guard::stranger(card, args, was, &self.names)),
        };
        if let Some(why) = refusal {
            return Played::ended(End::Refused { why });
        }
        match (card.run, card.place(args)) {
            (Run::Inside(_) | Run::Either { .. }, Place::Inside) => self.inside(card, args, line),
            (Run::Outside(run) | Run::Shell(run) | Run::Either { outside: run, .. }, _) => self.outside(run, args),
            (Run::Inside(_), _) => self.inside(card, args, line),
        }
    }

    fn inside(&mut self, card: &Card, args: &Args, line: &str) -> Played {
        let held = match self.open_targets(card, args) {
            Ok(held) => held,
            Err(why) => return Played::ended(End::Usage { why }),
        };
        let terminal = Terminal { give: self.options.terminal };
        let lang = self.options.lang;
        let mut watch = Watch::new(self.stages[self.current].handle.pid(), lang, self.options.terminal);
        let handle = &mut self.stages[self.current].handle;
        let Reply { calls, outcome, output } = handle.run(line, lang, terminal, held, &mut |event| watch.on(event));
        if self.options.terminal {
            kernel::take_terminal_back();
        }
        let (end, said) = match outcome {
            Outcome::Answered(Ok(said)) => (said.exit.map_or(End::Done, |exit| End::Ran { exit }), said),
            Outcome::Answered(Err(stop)) => (stopped(stop), Said::nothing()),
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
        let mut cx = Outside {
            kernel: &mut kernel,
            lang: self.options.lang,
            subject: subjects[self.current].clone(),
            subjects,
            host: self.names.host(),
            names: &self.names,
            keeper: self.keeper,
            last: self.last.as_ref(),
            history: &self.history,
            acts: Vec::new(),
        };
        let outcome = run(&mut cx, args);
        let acts = std::mem::take(&mut cx.acts);
        let (mut end, mut said) = match outcome {
            Ok(said) => (End::Done, said),
            Err(stop) => (stopped(stop), Said::nothing()),
        };
        for act in acts {
            match self.act(act) {
                Ok(notes) => said.notes.extend(notes),
                Err(why) => end = End::Unfit { why },
            }
        }
        let mut output = String::new();
        self.stages[self.current].handle.collect_output(&mut output);
        Played { calls: kernel.take(), output, end, said }
    }

    /// Opens what the arguments of kind `Target` name, where the observer can: a PID as the host counts, or a subject's name.
    /// A path is for the subject to open, in its own view.
    fn open_targets(&self, card: &Card, args: &Args) -> Result<Vec<(String, String, OwnedFd)>, Msg> {
        let words = card.args.iter().filter(|param| param.kind == Kind::Target).flat_map(|param| args.all(param.name));
        let mut held = Vec::new();
        for word in words.filter(|word| !word.contains('/')) {
            let pid = match (word.parse::<i32>(), self.stages.iter().find(|stage| stage.name == *word)) {
                (Ok(pid), _) => pid,
                (Err(_), Some(stage)) => stage.handle.pid(),
                (Err(_), None) => {
                    return Err(Msg::new(
                        format!("`{word}` is no PID, no subject's name and no path (a path has a / in it)"),
                        format!("`{word}` 既不是 PID，也不是被观察进程的名字或路径（路径中含有 /）"),
                    ));
                }
            };
            let fd = kernel::pidfd_open(pid).map_err(|errno| {
                Msg::new(
                    format!("there is no process {pid}: pidfd_open {}", errno_name(errno)),
                    format!("没有进程 {pid}：pidfd_open {}", errno_name(errno)),
                )
            })?;
            held.push((word.clone(), format!("pidfd:[{pid}]"), fd));
        }
        Ok(held)
    }
}

impl Played {
    fn ended(end: End) -> Played {
        Played { calls: Vec::new(), output: String::new(), end, said: Said::nothing() }
    }
}

fn stopped(stop: Stop) -> End {
    match stop {
        Stop::Usage(why) => End::Usage { why },
        Stop::Refused(why) => End::Refused { why },
        Stop::Unfit(why) => End::Unfit { why },
        Stop::Failed(errno) => End::Failed { errno: errno_name(Errno::from_raw(errno)), advice: Advice::default() },
    }
}
