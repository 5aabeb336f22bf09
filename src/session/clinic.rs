//! The clinic's patients: a fresh subject in which one thing is broken, and nobody says which until the learner does.

use super::engine::Session;
use super::play::Played;
use crate::command::clinic::{CASES, Case, Patient, case_of, complaint};
use crate::model::{Advice, Cause, End, Exit, Msg, Note, NoteKind, Standing};

impl Session {
    /// Calls in the patient of this number. Where this machine cannot make that case (no such controller, no right), the next one comes.
    ///
    /// Errors: a sentence, where none can be made.
    pub(super) fn admit(&mut self, seed: u64) -> Result<Vec<Note>, Msg> {
        self.patient = None;
        let first = case_of(seed);
        for at in (0..CASES.len()).map(|step| (first + step) % CASES.len()) {
            self.renew(self.current);
            if self.breaks(CASES[at].breaks) {
                self.patient = Some(self.patient_of(&CASES[at]));
                return Ok(vec![Note { kind: NoteKind::Did, text: complaint(seed, &CASES[at]) }]);
            }
        }
        self.renew(self.current);
        Err(Msg::new(
            "nothing can be broken here: as an ordinary user, on this machine, no case can be made; `doctor` says what is missing",
            "这里什么也弄不坏：以普通用户身份在本机上造不出任何病例；`doctor` 会说明缺什么",
        ))
    }

    /// What was found to be wrong with the patient: the diagnosis by its name, once it was given.
    pub fn diagnosis(&self) -> Option<&'static str> {
        self.patient.as_ref().filter(|patient| patient.known).map(|patient| patient.case.name)
    }

    /// Is the current subject a patient without a diagnosis? Then why a line fails is for the learner to find.
    pub(super) fn keeps_secret(&self) -> bool {
        let stage = &self.stages[self.current];
        let is = |patient: &Patient| {
            !patient.known && patient.name == stage.name && patient.subject == stage.handle.pids().first().copied()
        };
        self.patient.as_ref().is_some_and(is)
    }

    /// The diagnosis was given.
    pub(super) fn diagnosed(&mut self) {
        if let Some(patient) = &mut self.patient {
            patient.known = true;
            patient.held.clear();
        }
    }

    /// The current subject is about to be replaced because the learner wants it: the patient is not called back.
    pub(super) fn discharge(&mut self) {
        let name = &self.stages[self.current].name;
        if let Some(patient) = self.patient.as_mut().filter(|patient| patient.name == *name) {
            patient.subject = None;
        }
    }

    /// A patient whose subject was lost (killed, given up) without a diagnosis comes back, as ill as it was.
    pub(super) fn call_back(&mut self) -> Option<Note> {
        let stage = &self.stages[self.current];
        let is = stage.handle.pids().first().copied();
        let lost = |patient: &Patient| {
            !patient.known && patient.name == stage.name && patient.subject.is_some_and(|was| Some(was) != is)
        };
        // While it is made ill there is no patient, so that those lines call nobody back.
        let patient = self.patient.take_if(|patient| lost(patient))?;
        let held = patient.held;
        if !self.breaks(patient.case.breaks) {
            return None;
        }
        self.patient = Some(Patient { held, ..self.patient_of(patient.case) });
        let text = Msg::new("the patient was called in again, as ill as before", "病人又被叫了进来，病情和之前一样");
        Some(Note { kind: NoteKind::Careful, text })
    }

    /// Takes the reasons out of what a line came to; they come with the diagnosis.
    pub(super) fn hold_back(&mut self, played: &mut Played) {
        let Some(patient) = &mut self.patient else { return };
        let mut keep = |why: Msg| {
            if !patient.held.contains(&why) {
                patient.held.push(why);
            }
        };
        let held = Msg::new(
            "the reason comes with the diagnosis: `clinic is DIAGNOSIS`. `clinic hint` says where to look",
            "原因随诊断给出：`clinic is 诊断`。`clinic hint` 提示看哪里",
        );
        match &mut played.end {
            End::Failed { advice, .. } => {
                let reasons = advice.causes.iter().filter(|cause| cause.standing != Standing::Refuted);
                reasons.for_each(|cause| keep(cause.why.clone()));
                *advice =
                    Advice { causes: vec![Cause { row: String::new(), standing: Standing::Possible, why: held, next: None }] };
            }
            End::Ran { exit: Exit::Signal(_) } => {
                let says = |note: &Note| matches!(note.kind, NoteKind::Careful | NoteKind::Next);
                let (reasons, notes) = std::mem::take(&mut played.said.notes).into_iter().partition(says);
                let reasons: Vec<Note> = reasons;
                played.said.notes = notes;
                reasons.into_iter().for_each(|note| keep(note.text));
                played.said.notes.push(Note { kind: NoteKind::Next, text: held });
            }
            _ => {}
        }
    }

    fn patient_of(&self, case: &'static Case) -> Patient {
        let stage = &self.stages[self.current];
        let subject = stage.handle.pids().first().copied();
        Patient { case, name: stage.name.clone(), subject, known: false, held: Vec::new() }
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
