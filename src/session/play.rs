//! How a command is carried out: guard, place, what came back.

use super::engine::Session;
use super::guard;
use super::open::Opened;
use super::reach;
use super::stage::{child_gone, flood};
use super::watch::{AtPrompt, Watch};
use crate::command::{self, Args, Card, Outside, Run, Said, Stop, SubjectView, Terminal};
use crate::kernel::{self, Kernel};
use crate::model::{Call, End, Exit, Msg, NoteKind, NsKind, Place, errno_name};
use crate::subject::{Event, Outcome, Patience, Reply};
use nix::errno::Errno;

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
            false => command::guard::refusal(card, args, was, &self.names)
                .or_else(|| guard::stranger(card, args, was, &self.names))
                .or_else(|| reach::refusal(card, args, was, &self.names)),
        };
        if let Some(why) = refusal {
            return Played::ended(End::Refused { why });
        }
        match (card.run, card.place(args)) {
            (Run::Inside(_) | Run::Either { .. }, Place::Inside) => self.inside(card, args, line, was),
            (Run::Outside(run) | Run::Shell(run) | Run::Either { outside: run, .. }, _) => self.outside(run, args, was),
            (Run::Inside(_), _) => self.inside(card, args, line, was),
        }
    }

    fn inside(&mut self, card: &Card, args: &Args, line: &str, was: &SubjectView) -> Played {
        let mut kernel = Kernel::new();
        let opened = self.open_targets(&mut kernel, card, args, was);
        // What the observer had to do first is part of the line.
        let mut calls = kernel.take();
        let (held, notes) = match opened {
            Ok(Opened { held, notes }) => (held, notes),
            Err(end) => return Played { calls, ..Played::ended(end) },
        };
        let own = if args.on_host { NsKind::ALL.to_vec() } else { guard::owned(was, &self.names) };
        let terminal = Terminal { give: self.options.terminal };
        let lang = self.options.lang;
        let mut watch = Watch::new(self.stages[self.current].handle.pid(), lang, self.options.terminal, self.keeps_secret());
        let handle = &mut self.stages[self.current].handle;
        let limit = self.options.limit;
        let mut late = None;
        let Reply { calls: inside, outcome, output } = handle.run(line, lang, terminal, held, own, &mut |event| match event {
            Event::Tick(waited) if limit.is_some_and(|limit| waited >= limit) => {
                late = limit;
                Patience::GiveUp
            }
            _ => watch.on(event),
        });
        if self.options.terminal {
            kernel::take_terminal_back();
        }
        calls.extend(inside);
        let (end, mut said) = match outcome {
            Outcome::Answered(Ok(said)) => {
                let means = said.exit.and_then(Exit::means);
                let end = said.exit.map_or(End::Done, |exit| End::Ran { exit });
                (end, means.into_iter().fold(said, |said, means| said.note(NoteKind::Careful, means)))
            }
            Outcome::Answered(Err(stop)) => (self.stopped(stop, &calls, true), Said::nothing()),
            // For `exit` this is what it says.
            Outcome::ChildGone(exit) if card.name == "exit" => {
                (End::Done, Said { notes: vec![child_gone(&self.stages[self.current].name, exit)], ..Said::default() })
            }
            Outcome::ChildGone(exit) => (End::ChildGone { exit }, self.victim(exit)),
            Outcome::Gone(exit) => {
                let said = self.victim(exit);
                self.renew(self.current);
                (End::SubjectGone { exit }, said)
            }
            Outcome::NoAnswer => {
                self.renew(self.current);
                let why = match late.map(|limit| limit.as_secs()) {
                    Some(limit) => Msg::new(
                        format!("no end after {limit} s, the limit for a line here; a fresh subject stands in its place"),
                        format!("{limit} 秒后仍未结束，已到单行的时限；已换上全新的被观察进程"),
                    ),
                    None => Msg::new(
                        "the subject did not answer; a fresh one stands in its place",
                        "被观察进程没有回应；已换上一个全新的",
                    ),
                };
                (End::Unfit { why }, Said::nothing())
            }
            Outcome::Flood => {
                self.renew(self.current);
                (End::Unfit { why: flood(&self.stages[self.current].name) }, Said::nothing())
            }
        };
        if matches!(end, End::Done | End::Ran { .. }) {
            said.notes.extend(notes);
        }
        Played { calls, output, end, said }
    }

    fn victim(&self, exit: Exit) -> Said {
        Said { notes: self.stages[self.current].victim(exit).into_iter().collect(), ..Said::default() }
    }

    fn outside(&mut self, run: fn(&mut Outside<'_>, &Args) -> Result<Said, Stop>, args: &Args, was: &SubjectView) -> Played {
        let mut kernel = Kernel::new();
        let subjects = self.stages.iter().map(|stage| if stage.name == was.name { was.clone() } else { stage.view() }).collect();
        let lookout = AtPrompt::new(self.options.lang, self.options.terminal);
        let mut cx = Outside {
            kernel: &mut kernel,
            lang: self.options.lang,
            subject: was.clone(),
            subjects,
            host: self.names.host(),
            names: &self.names,
            screen: self.listener.is_some(),
            pins: &mut self.pins,
            keeper: self.keeper,
            last: self.last.as_ref(),
            history: &self.history,
            lookout: &lookout,
            patient: self.patient.as_ref(),
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

    /// How a line ended that stopped, after these calls.
    pub(super) fn stopped(&self, stop: Stop, calls: &[Call], inside: bool) -> End {
        match stop {
            Stop::Usage(why) => End::Usage { why },
            Stop::Refused(why) => End::Refused { why },
            Stop::Unfit(why) => End::Unfit { why },
            Stop::Failed(errno) => {
                End::Failed { errno: errno_name(Errno::from_raw(errno)), advice: self.why(calls, errno, inside) }
            }
        }
    }
}

impl Played {
    fn ended(end: End) -> Played {
        Played { calls: Vec::new(), output: String::new(), end, said: Said::nothing() }
    }
}
