//! The ground that a step stands on, a subject with what the steps before have built: made, made anew, and missed.

use super::{Class, Desk, draw};
use crate::lesson::Guide;
use crate::session::signals;
use std::io;

impl Class {
    /// Is the step passed, and does it invite to play?
    pub(super) fn plays_on(&self) -> bool {
        let guide = self.guide.as_ref().filter(|guide| guide.open_end);
        guide.and_then(Guide::step).is_some_and(|step| !step.tries.is_empty())
    }

    /// Only one subject, and that a fresh one; no namespace is held for what came before.
    pub(super) fn fresh(&self, desk: &mut Desk<'_>) {
        let names: Vec<String> = desk.session.subjects().into_iter().map(|subject| subject.name).collect();
        for name in names.iter().skip(1) {
            desk.session.execute(&format!(" subject drop {name}"));
        }
        for name in desk.session.pins() {
            desk.session.execute(&format!(" unpin {name}"));
        }
        desk.session.execute(" reset");
    }

    /// A line of the lesson's own is not run on a subject that lacks what the steps before had built (a limit, say): that is
    /// built first. True where it was lacking.
    pub(super) fn regained(&mut self, desk: &mut Desk<'_>) -> io::Result<bool> {
        let whole = self.typed == 0;
        let lost = self
            .guide
            .as_ref()
            .is_some_and(|guide| if whole { guide.left_ground(desk.session) } else { guide.lost_ground(desk.session) });
        if lost {
            desk.say(&draw::regained(&desk.style))?;
            self.rebuild(desk, None)?;
        }
        Ok(lost)
    }

    /// The step begins anew on a fresh subject, or another one does; what comes before it is run again.
    pub(super) fn rebuild(&mut self, desk: &mut Desk<'_>, to: Option<usize>) -> io::Result<()> {
        let Some(at) = self.guide.as_ref().map(Guide::at) else { return Ok(()) };
        self.fresh(desk);
        if let Some(guide) = &mut self.guide {
            guide.restart(desk.session, to.is_none_or(|to| to > at));
        }
        self.parked = false;
        self.replay_to(desk, to.unwrap_or(at))?;
        self.show(desk)
    }

    /// Runs the lines of the steps before this one, on a fresh subject.
    pub(super) fn replay_to(&mut self, desk: &mut Desk<'_>, to: usize) -> io::Result<()> {
        for at in 0..to {
            let Some(guide) = &mut self.guide else { return Ok(()) };
            guide.go(desk.session, at);
            if guide.unfit(&mut self.prober).is_none() {
                self.runs(desk, 0, true)?;
            }
        }
        if let Some(guide) = &mut self.guide {
            guide.go(desk.session, to);
        }
        Ok(())
    }

    /// Runs the lines of this step's model solution, from this one on, until Ctrl-C.
    pub(super) fn runs(&mut self, desk: &mut Desk<'_>, from: usize, brief: bool) -> io::Result<()> {
        let Some(guide) = &mut self.guide else { return Ok(()) };
        let mut at = from;
        // One by one: what a line shows may be bound to a name, and stand in the next.
        while let Some(line) = guide.solution().get(at) {
            let turn = desk.run(line, brief)?;
            guide.look(desk.session, &turn);
            if signals::interrupts() > 0 {
                break;
            }
            at += 1;
        }
        Ok(())
    }
}
