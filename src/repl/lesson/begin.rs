//! The beginning of a lesson: is it there, may it run, can this machine do it; and where one left it.

use super::{Class, Desk, Show, Wanted, draw, list};
use crate::lesson::Guide;
use crate::lesson::format::Step;
use crate::lesson::shelf::{self, Entry};
use crate::lesson::trust;
use crate::model::Msg;
use std::io;

/// How many missed questions of other lessons come back at the start of one.
const REVIEW: usize = 2;

impl Class {
    /// Does what `lesson` asks for.
    pub fn opens(&mut self, desk: &mut Desk<'_>, wanted: &Wanted) -> io::Result<()> {
        let other = wanted.show != Show::default();
        self.show = wanted.show;
        match &wanted.lesson {
            Some(word) => self.begin(desk, word),
            None if other && self.guide.is_some() => {
                desk.style.large = self.show.present;
                self.resume(desk)
            }
            None => self.menu(desk),
        }
    }

    /// Begins the lesson of this number, name or file.
    pub(super) fn begin(&mut self, desk: &mut Desk<'_>, word: &str) -> io::Result<()> {
        desk.style.large = self.show.present;
        let entry = match shelf::find(word) {
            Ok(entry) => entry,
            Err(missing) => return desk.say(&list::missing(word, &missing, &desk.style)),
        };
        if trust::asks(&entry.text) && self.agreed.as_ref() != Some(&entry.text) {
            let again = format!("`{}`", Wanted { lesson: Some(word.into()), show: self.show }.line());
            let next = Msg::new(format!("{again} once more begins it"), format!("再输入一次 {again} 即可开始"));
            self.agreed = Some(entry.text);
            return desk.say(&trust::told(word, &entry.lesson, &next, &desk.style));
        }
        if let Some(why) = self.prober.unmet(&entry.lesson.needs) {
            desk.say(&list::unfit_lesson(&entry, &why, &desk.style))?;
            // It is no dead end: Enter goes on to the one after it.
            return match shelf::following(&entry).filter(|_| self.guide.is_none()) {
                Some(next) => {
                    self.next = Some(next.file.clone());
                    desk.say(&list::invitation(&next, self.log.progress.resumes_at(&next.lesson), false, &desk.style))
                }
                None => Ok(()),
            };
        }
        self.parked = false;
        self.next = None;
        self.fresh(desk);
        self.review = self
            .log
            .progress
            .missed(&entry.lesson.id)
            .into_iter()
            .filter_map(|(id, step)| missed(&id, &step))
            .take(REVIEW)
            .collect();
        // A class begins at the beginning, and has missed nothing: the record is the teacher's.
        let own = !self.show.to_a_class();
        let resumes = self.log.progress.resumes_at(&entry.lesson).filter(|_| own);
        desk.say(&draw::opening(&entry, resumes, &desk.style))?;
        if own && resumes.is_none() {
            let before = entry.lesson.after.iter().filter_map(|id| shelf::find(id).ok());
            let skipped: Vec<Entry> = before.filter(|one| self.log.progress.done(&one.lesson) == 0).collect();
            desk.say(&list::builds_on(&skipped, &desk.style))?;
        }
        // A page of its own before a class.
        self.title = self.show.present && !entry.lesson.opening.is_empty();
        if !own || resumes.is_some() {
            self.review.clear();
        }
        self.guide = Some(Guide::begin(desk.session, entry));
        if let Some(at) = resumes {
            self.replay_to(desk, at)?;
        }
        if self.title {
            return Ok(());
        }
        self.show(desk)
    }
}

/// A question of a bundled lesson.
fn missed(lesson: &str, step: &str) -> Option<(Entry, Step)> {
    let entry = shelf::find(lesson).ok()?;
    let step = entry.lesson.steps.iter().find(|one| one.id == step && one.asks())?.clone();
    Some((entry, step))
}
