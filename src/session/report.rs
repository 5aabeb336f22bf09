//! What the session reports to whoever draws it beside the prompt.

use super::board::Board;
use super::engine::Session;
use crate::model::{Change, Report, Scene, Who};

/// Takes the reports.
pub type Listener = Box<dyn FnMut(&Report)>;

impl Session {
    /// From now on reports go there; the first one says how things stand.
    pub fn listen(&mut self, listener: Listener) {
        self.listener = Some(listener);
        self.report_scene(Vec::new());
    }

    /// Does somebody draw a pane?
    pub fn is_heard(&self) -> bool {
        self.listener.is_some()
    }

    /// From now on `boxlab watch` can see how things stand, too.
    pub fn post(&mut self) {
        self.board = Board::new();
        self.report_scene(Vec::new());
    }

    /// Reports, where somebody listens.
    pub fn report(&mut self, report: &Report) {
        if let Some(board) = &mut self.board {
            board.post(report);
        }
        if let Some(listener) = &mut self.listener {
            listener(report);
        }
    }

    /// Hides the pane's answer while a learner predicts it, and shows it again.
    pub fn cover(&mut self, covered: bool) {
        self.report(&Report::Cover(covered));
    }

    /// How things stand, after a line with these changes.
    pub(super) fn report_scene(&mut self, changes: Vec<Change>) {
        if self.listener.is_none() && self.board.is_none() {
            return;
        }
        let who = |stage: &super::stage::Stage| {
            let pid = stage.handle.pid();
            let root = stage.handle.pids().first().copied().unwrap_or(pid);
            Who { name: stage.name.clone(), root, pid, inside: stage.handle.inside.clone() }
        };
        let scene = Scene {
            lang: self.options.lang,
            names: self.names.clone(),
            subjects: self.stages.iter().map(who).collect(),
            current: self.stages[self.current].name.clone(),
            changes,
        };
        self.report(&Report::Scene(scene));
    }
}
