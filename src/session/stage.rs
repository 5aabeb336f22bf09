//! The session: subjects, the current one, the last receipt; and how a line becomes a turn.

use super::guard::{self, Born};
use super::keeper;
use super::watch::Watch;
use crate::command::{self, Act, Args, Card, Kind, Outside, Parsed, Run, Said, Stop, SubjectView, Terminal};
use crate::kernel::{self, Kernel};
use crate::model::{
    Advice, Call, End, Exit, Lang, Msg, Note, NoteKind, NsId, NsKind, Place, Snapshot, Turn, changes, errno_name,
};
use crate::observe;
use crate::subject::{Handle, News, Outcome, Reply};
use nix::errno::Errno;
use std::collections::{BTreeMap, HashSet};
use std::io;
use std::os::fd::OwnedFd;
use std::path::Path;
use std::time::Duration;

/// How a session is set up.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// The language of what is printed while a line runs.
    pub lang: Lang,
    /// Collect what programs write (scripts that compare it) instead of leaving them the terminal.
    pub capture: bool,
    /// Somebody sits at a terminal that is ours to give to programs.
    pub terminal: bool,
}

/// A session.
pub struct Session {
    options: Options,
    stages: Vec<Stage>,
    current: usize,
    host: BTreeMap<NsKind, NsId>,
    born: Born,
    last: Option<Turn>,
    history: Vec<String>,
    over: bool,
    keeper: i32,
}

/// One subject on its stage.
struct Stage {
    name: String,
    handle: Handle,
    keeper: i32,
}

/// What a line came to, before it is written down.
struct Played {
    calls: Vec<Call>,
    output: String,
    end: End,
    said: Said,
}

impl Session {
    /// A session with one subject, `a`.
    ///
    /// Errors: as [`Handle::start`].
    pub fn start(options: Options) -> io::Result<Session> {
        // Asked for once: after the keeper's death the answer would be another.
        let keeper = nix::unistd::getppid().as_raw();
        let stages = vec![Stage { name: "a".into(), handle: Handle::start(options.capture)?, keeper }];
        let own = observe::snapshot(Path::new("/proc"), std::process::id() as i32);
        let host = NsKind::ALL.into_iter().filter_map(|kind| Some((kind, own.ns_id(kind)?))).collect();
        Ok(Session {
            options,
            stages,
            current: 0,
            host,
            born: HashSet::new(),
            last: None,
            history: Vec::new(),
            over: false,
            keeper,
        })
    }

    /// The language of the screen.
    pub fn lang(&self) -> Lang {
        self.options.lang
    }

    /// Has `quit` been said?
    pub fn over(&self) -> bool {
        self.over
    }

    /// The current subject's name.
    pub fn subject(&self) -> &str {
        &self.stages[self.current].name
    }

    /// The keeper's PID: every process of the bench descends from it.
    pub fn keeper(&self) -> i32 {
        self.keeper
    }

    /// The last line's receipt.
    pub fn last(&self) -> Option<&Turn> {
        self.last.as_ref()
    }

    /// The observer's namespaces.
    pub fn host(&self) -> &BTreeMap<NsKind, NsId> {
        &self.host
    }

    /// All subjects, as they are now.
    pub fn subjects(&self) -> Vec<SubjectView> {
        self.stages.iter().map(Stage::view).collect()
    }

    /// The current subject, as it is now.
    pub fn view(&self) -> SubjectView {
        self.stages[self.current].view()
    }

    /// What there is to see of the current subject now.
    pub fn seen(&self) -> Snapshot {
        self.stages[self.current].view().seen
    }

    /// Runs one line. Every outcome is a turn: errors are what the learner came to see.
    pub fn execute(&mut self, line: &str) -> Turn {
        // A blank at the start keeps a line out, as shells do it.
        if !line.starts_with(' ') {
            self.history.push(line.to_string());
        }
        let mut notes = self.news(Duration::ZERO);
        let was = self.stages[self.current].view();
        let mut turn = Turn {
            line: line.into(),
            command: String::new(),
            subject: was.name.clone(),
            place: Place::Shell,
            calls: Vec::new(),
            end: End::Done,
            changes: Vec::new(),
            notes: Vec::new(),
            view: Vec::new(),
            output: String::new(),
        };
        match command::parse(line) {
            Ok(None) => {}
            Err(why) => turn.end = End::Usage { why },
            Ok(Some(Parsed { card, args })) => {
                turn.command = card.name.into();
                turn.place = card.place(&args);
                let played = self.play(card, &args, line, &was);
                notes.extend(self.after(card, &played, &was, &mut turn));
                turn.calls = played.calls;
                turn.output = played.output;
                turn.end = played.end;
                turn.view = played.said.view;
                turn.notes = played.said.notes;
            }
        }
        turn.notes.extend(notes);
        if turn.command != "last" {
            self.last = Some(turn.clone());
        }
        turn
    }

    /// What happened to the subjects by themselves, or by what was done from outside; waits at most so long for it.
    /// A subject that ended is replaced.
    pub fn news(&mut self, wait: Duration) -> Vec<Note> {
        let subjects: Vec<i32> = self.stages.iter().filter_map(|stage| stage.handle.pids().first().copied()).collect();
        keeper::reap_orphans(&subjects);
        let mut notes = Vec::new();
        for at in 0..self.stages.len() {
            let wait = if at == self.current { wait } else { Duration::ZERO };
            for news in self.stages[at].handle.news(wait) {
                let name = self.stages[at].name.clone();
                notes.push(match news {
                    News::ChildGone(exit) => child_gone(&name, exit),
                    News::Gone(exit) => {
                        self.renew(at);
                        gone(&name, exit)
                    }
                });
            }
        }
        notes
    }

    fn play(&mut self, card: &'static Card, args: &Args, line: &str, was: &SubjectView) -> Played {
        let refusal = match args.on_host {
            true => None,
            false => guard::refusal(card, args, was, &self.host, &self.born)
                .or_else(|| guard::stranger(card, args, was, &self.host, &self.born)),
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
            host: &self.host,
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

    /// What follows from a line that has been played: why it failed, what changed, what became of the subject.
    fn after(&mut self, card: &Card, played: &Played, was: &SubjectView, turn: &mut Turn) -> Vec<Note> {
        let mut notes = Vec::new();
        // What was killed from outside ends a moment later.
        if turn.place == Place::Outside && card.name.ends_with("kill") && !played.calls.is_empty() {
            notes.extend(self.news(Duration::from_millis(20)));
        }
        // A map that was written from outside changes who the subject is inside, and only it can say so.
        if turn.place == Place::Outside && played.calls.iter().any(|call| call.is_write_below("/proc/")) {
            self.stages[self.current].handle.ask_for_inside(self.options.lang);
        }
        let is = self.stages[self.current].view();
        if is.name == was.name {
            turn.changes = changes(&was.seen, &is.seen);
            // Back in the parent there is nothing that it made.
            if !matches!(played.end, End::ChildGone { .. }) {
                self.born.extend(guard::made(&played.calls, &was.seen, &is.seen));
            }
        }
        notes
    }

    fn act(&mut self, act: Act) -> Result<Vec<Note>, Msg> {
        let mut notes = Vec::new();
        match act {
            Act::Quit => self.over = true,
            Act::Lang(lang) => self.options.lang = lang,
            Act::Reset => self.renew(self.current),
            Act::Use(name) => self.current = self.stages.iter().position(|stage| stage.name == name).unwrap_or(self.current),
            Act::Drop(name) => {
                self.stages.retain(|stage| stage.name != name);
                self.current = self.current.min(self.stages.len() - 1);
            }
            Act::New(name) => {
                let handle = Handle::start(self.options.capture).map_err(|error| {
                    Msg::new(
                        format!("a further subject cannot be started: {error}"),
                        format!("无法再启动一个被观察进程：{error}"),
                    )
                })?;
                self.stages.push(Stage { name, handle, keeper: self.keeper });
                self.current = self.stages.len() - 1;
            }
        }
        let stage = &self.stages[self.current];
        let pid = stage.handle.pid();
        notes.push(Note {
            kind: NoteKind::Did,
            text: Msg::new(format!("subject {}, PID {pid}", stage.name), format!("被观察进程 {}，PID {pid}", stage.name)),
        });
        Ok(notes)
    }

    /// A fresh subject of the same name. Where none can be started the old handle stays, and says so at the next line.
    fn renew(&mut self, at: usize) {
        if let Ok(handle) = Handle::start(self.options.capture) {
            let name = self.stages[at].name.clone();
            self.stages[at] = Stage { name, handle, keeper: self.keeper };
        }
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

/// A subject's cgroups go with it, and whatever is left in them.
impl Drop for Stage {
    fn drop(&mut self) {
        if let Some(first) = self.handle.pids().first() {
            command::cgroup::release(self.keeper, &self.name, *first);
        }
    }
}

impl Stage {
    fn view(&self) -> SubjectView {
        let mut seen = observe::snapshot(Path::new("/proc"), self.handle.pid());
        seen.inside = self.handle.inside.clone();
        SubjectView { name: self.name.clone(), pids: self.handle.pids().to_vec(), seen }
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

fn gone(name: &str, exit: Exit) -> Note {
    let text = Msg::new(
        format!("subject {name} ended ({}); a fresh one stands in its place", exit.in_words().en),
        format!("被观察进程 {name} 已结束（{}）；已换上一个全新的", exit.in_words().zh),
    );
    Note { kind: NoteKind::Careful, text }
}

fn child_gone(name: &str, exit: Exit) -> Note {
    let text = Msg::new(
        format!("the forked child that was subject {name} ended ({}); its parent is the subject again", exit.in_words().en),
        format!("作为被观察进程 {name} 的子进程已结束（{}）；其父进程重新成为被观察进程", exit.in_words().zh),
    );
    Note { kind: NoteKind::Careful, text }
}
