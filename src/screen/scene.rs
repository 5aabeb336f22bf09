//! What the pane is about: the shell reports it, the sampler looks at it.

use super::memory;
use super::run::Screen;
use super::sampler::{Order, Sampler, Sight};
use crate::kernel;
use crate::model::Report;
use crate::ui::pane::Foot;

/// By then the prompt stands and the pane has been drawn, and most of the code that was needed for that is not needed again.
const AFTER_START: usize = 2;

impl Screen {
    /// Takes the shell's reports.
    pub(super) fn hear(&mut self) {
        for report in self.from.take() {
            match report {
                Report::Scene(scene) => {
                    self.lang = scene.lang;
                    self.scene = scene;
                    // What changed is marked beside what is: both are drawn once it has been seen.
                    self.unseen = true;
                    self.look();
                }
                Report::Runs => self.scene.changes.clear(),
                Report::Prompt(prompt) => self.prompt = prompt,
                Report::Pages(on) => self.pages = on,
                Report::Pane(order) => {
                    self.wish.obey(order);
                    memory::save(self.wish);
                    self.lay_out();
                }
                Report::Cover(covered) => {
                    self.covered = covered;
                    self.stale_pane = true;
                }
            }
        }
    }

    /// So often the kernel is asked what nobody reports.
    pub(super) fn tick(&mut self) {
        self.ticks += 1;
        if self.ticks == AFTER_START {
            kernel::forget_code();
        }
        if self.tty.size() != (self.layout.columns as u16, self.layout.rows as u16) {
            self.resized();
        }
        // What takes longer than that is waited for.
        if !self.sampler.as_ref().is_some_and(Sampler::is_busy) {
            self.look();
        }
    }

    /// Has the subjects read anew.
    pub(super) fn look(&mut self) {
        if self.layout.pane.is_none() {
            return;
        }
        let (foreground, runs) = (self.foreground(), self.prompt.is_empty());
        let order = Order { subjects: self.scene.subjects.clone(), foreground, line_ran: self.unseen, runs };
        match &mut self.sampler {
            Some(sampler) => sampler.order(order),
            None => self.stale_pane |= std::mem::take(&mut self.unseen),
        }
    }

    /// Takes what was seen.
    pub(super) fn see(&mut self) {
        let Some(Sight { subjects, outsider, deaf }) = self.sampler.as_mut().and_then(Sampler::take) else { return };
        match (&self.foot, deaf && self.prompt.is_empty()) {
            (Foot::Keys, true) => (self.foot, self.stale_pane) = (Foot::Deaf, true),
            (Foot::Deaf, false) => (self.foot, self.stale_pane) = (Foot::Keys, true),
            _ => {}
        }
        if std::mem::take(&mut self.unseen) || subjects != self.subjects || outsider != self.outsider {
            // A namespace that was born while the line still runs has the name that it will have.
            subjects.iter().for_each(|one| self.scene.names.births(&one.name, &one.seen));
            (self.subjects, self.outsider) = (subjects, outsider);
            self.stale_pane = true;
        }
    }
}
