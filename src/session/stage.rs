//! One subject on its stage: what the session keeps of it, and what is said when it ends.

use crate::command::{self, SubjectView};
use crate::model::{Exit, Msg, Note, NoteKind};
use crate::observe;
use crate::subject::Handle;
use std::path::Path;

/// One subject on its stage.
pub(super) struct Stage {
    pub name: String,
    pub handle: Handle,
    pub keeper: i32,
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
