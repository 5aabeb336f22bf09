//! One subject on its stage: what the session keeps of it, and what is said when it ends.

use crate::command::{self, Step, SubjectView};
use crate::model::{End, Exit, Msg, Note, NoteKind, Place, Turn};
use crate::observe;
use crate::subject::Handle;
use std::path::Path;

/// One subject on its stage.
pub(super) struct Stage {
    pub name: String,
    pub handle: Handle,
    pub keeper: i32,
    /// It goes with the session.
    pub last: bool,
    /// What its lines did: those that did what they say.
    pub steps: Vec<Step>,
}

/// A subject's cgroups go with it, and whatever is left in them.
impl Drop for Stage {
    fn drop(&mut self) {
        if let Some(first) = self.handle.pids().first().filter(|_| !self.last) {
            command::cgroup::release(self.keeper, &self.name, *first);
        }
    }
}

impl Stage {
    /// A subject that has done nothing yet.
    pub fn new(name: String, handle: Handle, keeper: i32) -> Stage {
        Stage { name, handle, keeper, last: false, steps: Vec::new() }
    }

    /// Keeps what a line did, where it did what it says. `pids` are the subject's when it began.
    pub fn remember(&mut self, turn: &Turn, pids: &[i32]) {
        let did = matches!(turn.end, End::Done | End::Ran { .. }) && turn.place != Place::Shell;
        match &turn.end {
            // A child that was ended has not typed `exit`, but it comes to the same.
            End::ChildGone { .. } => self.leave_child(),
            _ if did && (turn.command == "exit" || !turn.calls.is_empty()) => self.steps.push(Step {
                line: turn.line.clone(),
                command: turn.command.clone(),
                place: turn.place,
                calls: turn.calls.clone(),
                pids: pids.to_vec(),
            }),
            _ => {}
        }
    }

    /// The forked child that was the subject has ended; its parent goes on.
    pub fn leave_child(&mut self) {
        let (line, command) = ("exit".into(), "exit".into());
        self.steps.push(Step { line, command, place: Place::Inside, calls: Vec::new(), pids: Vec::new() });
    }

    /// The subject as it is now.
    pub fn view(&self) -> SubjectView {
        let mut seen = observe::snapshot(Path::new("/proc"), self.handle.pid());
        seen.inside = self.handle.inside.clone();
        SubjectView { name: self.name.clone(), pids: self.handle.pids().to_vec(), seen }
    }
}

/// The subject itself ended.
pub(super) fn gone(name: &str, exit: Exit) -> Note {
    let text = Msg::new(
        format!("subject {name} ended ({}); a fresh one stands in its place", exit.in_words().en),
        format!("被观察进程 {name} 已结束（{}）；已换上一个全新的", exit.in_words().zh),
    );
    Note { kind: NoteKind::Careful, text }
}

/// The forked child that was the subject ended.
pub(super) fn child_gone(name: &str, exit: Exit) -> Note {
    let text = Msg::new(
        format!("the forked child that was subject {name} ended ({}); its parent is the subject again", exit.in_words().en),
        format!("作为被观察进程 {name} 的子进程已结束（{}）；其父进程重新成为被观察进程", exit.in_words().zh),
    );
    Note { kind: NoteKind::Careful, text }
}
