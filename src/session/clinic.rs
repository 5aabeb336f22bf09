//! The clinic's patients: a fresh subject in which one thing is broken, and nobody says which.

use super::engine::Session;
use crate::command::clinic::{CASES, case_of, complaint};
use crate::model::{End, Exit, Msg, Note, NoteKind};

impl Session {
    /// Calls in the patient of this number. Where this machine cannot make that case (no such controller, no right), the next one comes.
    ///
    /// Errors: a sentence, where none can be made.
    pub(super) fn admit(&mut self, seed: u64) -> Result<Vec<Note>, Msg> {
        let first = case_of(seed);
        for at in (0..CASES.len()).map(|step| (first + step) % CASES.len()) {
            self.renew(self.current);
            if self.breaks(CASES[at].breaks) {
                self.patient = Some(at);
                return Ok(vec![Note { kind: NoteKind::Did, text: complaint(seed, &CASES[at]) }]);
            }
        }
        self.renew(self.current);
        self.patient = None;
        Err(Msg::new(
            "nothing can be broken here: as an ordinary user, on this machine, no case can be made; `doctor` says what is missing",
            "这里什么也弄不坏：以普通用户身份在本机上造不出任何病例；`doctor` 会说明缺什么",
        ))
    }

    /// Runs the lines, and leaves no trace of them in history and receipt: that would be the diagnosis.
    fn breaks(&mut self, lines: &[&str]) -> bool {
        let last = self.last.take();
        let done = lines.iter().all(|line| {
            let end = self.execute(&format!(" {line}")).end;
            matches!(end, End::Done | End::Ran { exit: Exit::Status(0) })
        });
        self.last = last;
        done
    }
}
