//! The session: subjects, the current one, the last receipt; and how a line becomes a turn.

use super::guard;
use super::keeper;
use super::play::Played;
use super::stage::{Stage, child_gone, flood, gone};
use crate::command::clinic::Patient;
use crate::command::{self, Act, Card, Parsed, Pin, SubjectView};
use crate::model::{Call, End, Lang, Msg, Names, Note, NoteKind, NsId, NsKind, Place, Report, Snapshot, Turn, changes};
use crate::observe;
use crate::subject::{Handle, News};
use std::collections::BTreeMap;
use std::io;
use std::path::Path;
use std::time::{Duration, Instant};

/// So many lines are remembered, as many as the file of lines has: a session must not grow for ever.
const LINES: usize = 2000;

/// How a session is set up.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// The language of what is printed while a line runs.
    pub lang: Lang,
    /// Collect what programs write (scripts that compare it) instead of leaving them the terminal.
    pub capture: bool,
    /// Somebody sits at a terminal that is ours to give to programs.
    pub terminal: bool,
    /// A line inside that has not ended by then is given up, and the subject replaced. None: somebody can press Ctrl-C.
    pub limit: Option<Duration>,
}

/// A session.
pub struct Session {
    pub(super) options: Options,
    pub(super) stages: Vec<Stage>,
    pub(super) current: usize,
    pub(super) names: Names,
    pub(super) last: Option<Turn>,
    pub(super) history: Vec<String>,
    pub(super) pins: Vec<Pin>,
    over: bool,
    pub(super) keeper: i32,
    /// The clinic's patient, once there was one.
    pub(super) patient: Option<Patient>,
    pub(super) listener: Option<super::report::Listener>,
    pub(super) board: Option<super::board::Board>,
    /// How the subject was when the last line ended.
    closing: Option<(Instant, SubjectView)>,
}

/// So soon after a line the next one begins with what that one left.
const AT_ONCE: Duration = Duration::from_millis(1);
/// So long news of what was killed are waited for in any case.
const AT_LEAST: Duration = Duration::from_millis(20);
/// And so long where it is seen to end.
const AT_MOST: Duration = Duration::from_secs(2);

/// The keeper, or who does its work, sweeps up all cgroups of the session: there is no need to do it one by one before.
impl Drop for Session {
    fn drop(&mut self) {
        self.stages.iter_mut().for_each(|stage| stage.last = true);
    }
}

impl Session {
    /// A session with one subject, `a`.
    ///
    /// Errors: as [`Handle::start`].
    pub fn start(options: Options) -> io::Result<Session> {
        // Asked for once: after the keeper's death the answer would be another.
        let keeper = keeper::pid();
        let stages = vec![Stage::new("a".into(), Handle::start("a", options.capture)?, keeper)];
        let own = |kind: NsKind| observe::process::link(&Path::new("/proc/self/ns").join(kind.name())).is().copied();
        let host = NsKind::ALL.into_iter().filter_map(|kind| Some((kind, own(kind)?))).collect();
        Ok(Session {
            options,
            stages,
            current: 0,
            names: Names::new(host),
            last: None,
            history: Vec::new(),
            pins: Vec::new(),
            over: false,
            keeper,
            patient: None,
            listener: None,
            board: None,
            closing: None,
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
        self.names.host()
    }

    /// The names of namespaces.
    pub fn names(&self) -> &Names {
        &self.names
    }

    /// All subjects, as they are now.
    pub fn subjects(&self) -> Vec<SubjectView> {
        self.stages.iter().map(Stage::view).collect()
    }

    /// The names of the namespaces that the observer holds.
    pub fn pins(&self) -> Vec<String> {
        self.pins.iter().map(|pin| pin.name.clone()).collect()
    }

    /// The current subject, as it is now.
    pub fn view(&self) -> SubjectView {
        self.stages[self.current].view()
    }

    /// What there is to see of the current subject now.
    pub fn seen(&self) -> Snapshot {
        self.stages[self.current].view().seen
    }

    /// Has the current subject say anew what it sees of itself, so that [`Session::seen`] is of this moment.
    pub fn refresh(&mut self) {
        self.closing = None;
        self.stages[self.current].handle.ask_for_inside(self.options.lang);
    }

    /// Runs one line. Every outcome is a turn: errors are what the learner came to see.
    pub fn execute(&mut self, line: &str) -> Turn {
        // A blank at the start keeps a line out, as shells do it.
        if !line.starts_with(' ') {
            self.history.push(line.to_string());
            if self.history.len() > LINES {
                self.history.remove(0);
            }
        }
        let (calls, mut notes) = self.news(Duration::ZERO);
        notes.extend(self.call_back());
        let was = self.opening();
        self.report(&Report::Runs);
        let mut turn = Turn {
            line: line.into(),
            command: String::new(),
            subject: was.name.clone(),
            place: Place::Shell,
            calls,
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
                let secret = self.keeps_secret();
                let mut played = self.play(card, &args, line, &was);
                if secret {
                    self.hold_back(&mut played);
                }
                turn.calls.extend(played.calls.iter().cloned());
                notes.extend(self.after(card, &played, &was, &mut turn));
                turn.output = played.output;
                turn.end = played.end;
                turn.view = played.said.view;
                turn.notes = played.said.notes;
            }
        }
        turn.notes.extend(notes);
        turn.notes.extend(self.call_back());
        if let Some(stage) = self.stages.iter_mut().find(|stage| stage.name == was.name) {
            stage.remember(&turn, &was.pids);
        }
        if turn.command != "last" {
            self.last = Some(turn.clone());
        }
        self.report_scene(turn.changes.clone());
        turn
    }

    /// The subject as a line finds it. In a script one line follows another at once: it is not read twice.
    fn opening(&mut self) -> SubjectView {
        let stage = &mut self.stages[self.current];
        match self.closing.take() {
            Some((when, is)) if when.elapsed() < AT_ONCE && is.name == stage.name && is.pids == stage.handle.pids() => is,
            _ => stage.whole_view(false),
        }
    }

    /// What happened to the subjects by themselves, or by what was done from outside, and the calls that go with it; waits at
    /// most so long for it. A subject that ended is replaced.
    pub fn news(&mut self, wait: Duration) -> (Vec<Call>, Vec<Note>) {
        let subjects: Vec<i32> = self.stages.iter().filter_map(|stage| stage.handle.pids().first().copied()).collect();
        keeper::reap_orphans(&subjects);
        let (mut calls, mut notes) = (Vec::new(), Vec::new());
        for at in 0..self.stages.len() {
            let wait = if at == self.current { wait } else { Duration::ZERO };
            for news in self.stages[at].handle.news(wait) {
                let name = self.stages[at].name.clone();
                match news {
                    News::Called(call) => calls.push(call),
                    News::ChildGone(exit) => {
                        self.stages[at].leave_child();
                        notes.push(child_gone(&name, exit));
                        notes.extend(self.stages[at].victim(exit));
                    }
                    News::Gone(exit) => {
                        let victim = self.stages[at].victim(exit);
                        self.renew(at);
                        notes.push(gone(&name, exit));
                        notes.extend(victim);
                    }
                    News::Flood => {
                        self.renew(at);
                        notes.push(Note { kind: NoteKind::Careful, text: flood(&name) });
                    }
                }
            }
        }
        if !notes.is_empty() {
            self.report_scene(Vec::new());
        }
        (calls, notes)
    }

    /// What follows from a line that has been played: why it failed, what changed, what became of the subject.
    fn after(&mut self, card: &Card, played: &Played, was: &SubjectView, turn: &mut Turn) -> Vec<Note> {
        let mut notes = Vec::new();
        // What was killed from outside ends a moment later, and what its parent says of it belongs to this line.
        if turn.place == Place::Outside && card.name.ends_with("kill") && !played.calls.is_empty() {
            let start = Instant::now();
            while notes.is_empty()
                && (start.elapsed() < AT_LEAST || start.elapsed() < AT_MOST && observe::process::is_ending(was.pid()))
            {
                let (calls, news) = self.news(AT_LEAST);
                turn.calls.extend(calls);
                notes.extend(news);
            }
        }
        // A map that was written from outside changes who the subject is inside, and only it can say so.
        if turn.place == Place::Outside && played.calls.iter().any(|call| call.is_write_below("/proc/")) {
            self.stages[self.current].handle.ask_for_inside(self.options.lang);
        }
        let is = self.stages[self.current].whole_view(may_mount(played));
        self.closing = Some((Instant::now(), is.clone()));
        // What the clinic changed is for the learner to find out.
        let secret = card.name == command::clinic::CLINIC.name;
        if is.name == was.name && !secret {
            // Before its first line nobody had asked it.
            let was_inside = was.seen.inside.clone().or(self.stages[self.current].handle.before.clone());
            turn.changes = changes(&Snapshot { inside: was_inside, ..was.seen.clone() }, &is.seen);
            // Whoever shares the UTS namespace has another name now, too, and only a member can say so.
            if turn.changes.iter().any(|change| change.what == "hostname") {
                let others = self.stages.iter_mut().filter(|stage| stage.name != is.name);
                others.for_each(|stage| stage.handle.ask_for_inside(self.options.lang));
            }
            // Back in the parent there is nothing that it made.
            if !matches!(played.end, End::ChildGone { .. }) {
                for (kind, id) in guard::made(&played.calls, &was.seen, &is.seen) {
                    self.names.birth(&is.name, kind, id);
                }
            }
            is.seen.namespaces().for_each(|(kind, id)| self.names.meet(kind, id));
        }
        notes
    }

    /// What the shell's own commands ask for.
    pub(super) fn act(&mut self, act: Act) -> Result<Vec<Note>, Msg> {
        match act {
            Act::Quit => {
                self.over = true;
                return Ok(Vec::new());
            }
            Act::Pane(order) => {
                self.report(&Report::Pane(order));
                return Ok(Vec::new());
            }
            Act::Lang(lang) => {
                self.options.lang = lang;
                return Ok(Vec::new());
            }
            Act::Patient(seed) => return self.admit(seed),
            Act::Diagnosed => {
                self.diagnosed();
                return Ok(Vec::new());
            }
            Act::Reset => {
                self.discharge();
                self.renew(self.current);
            }
            Act::Use(name) => self.current = self.stages.iter().position(|stage| stage.name == name).unwrap_or(self.current),
            Act::Drop(name) => {
                self.stages.retain(|stage| stage.name != name);
                self.current = self.current.min(self.stages.len() - 1);
            }
            Act::New(name) => {
                let handle = Handle::start(&name, self.options.capture).map_err(|error| {
                    Msg::new(
                        format!("a further subject cannot be started: {error}"),
                        format!("无法再启动一个被观察进程：{error}"),
                    )
                })?;
                self.stages.push(Stage::new(name, handle, self.keeper));
                self.current = self.stages.len() - 1;
            }
        }
        let stage = &self.stages[self.current];
        let pid = stage.handle.pid();
        let text = Msg::new(format!("subject {}, PID {pid}", stage.name), format!("被观察进程 {}，PID {pid}", stage.name));
        Ok(vec![Note { kind: NoteKind::Did, text }])
    }

    /// A fresh subject of the same name. Where none can be started the old handle stays, and says so at the next line.
    pub(super) fn renew(&mut self, at: usize) {
        let name = self.stages[at].name.clone();
        if let Ok(handle) = Handle::start(&name, self.options.capture) {
            self.stages[at] = Stage::new(name, handle, self.keeper);
        }
    }
}

/// Can the subject have other mounts after this? A program can do what it likes; of the calls those that are about mounts.
fn may_mount(played: &Played) -> bool {
    let mounts = |call: &Call| call.name.contains("mount") || call.name == "pivot_root";
    matches!(played.end, End::Ran { .. }) || played.calls.iter().any(mounts)
}
