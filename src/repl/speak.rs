//! `--plain-pane`: before each prompt the pane says in sentences what is different, for those who listen to the screen.

use crate::model::{Watched, Who};
use crate::observe::pane::Reader;
use crate::session::Session;
use crate::ui::{Style, pane::spoken};

/// Remembers what was said.
#[derive(Default)]
pub struct Speaker {
    reader: Reader,
    was: Option<Watched>,
}

impl Speaker {
    /// The lines to say now, each ended.
    pub fn lines(&mut self, session: &Session, style: &Style) -> String {
        let subject = session.view();
        let root = subject.pids.first().copied().unwrap_or(subject.pid());
        let who = Who { name: subject.name.clone(), root, pid: subject.pid(), inside: subject.seen.inside.clone() };
        let is = self.reader.read(&who);
        // Of another subject everything is new, also of a fresh one.
        let first = |one: &Watched| one.tree.first().map(|branch| branch.pid);
        let was = self.was.take().filter(|was| was.name == is.name && first(was) == first(&is));
        let lines = spoken(was.as_ref(), &is, style);
        self.was = Some(is);
        lines.iter().map(|line| format!("pane: {line}\n")).collect()
    }
}
