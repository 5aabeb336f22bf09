//! Questions: the learner's answers, and a class's votes.

use super::{Class, Desk, Question, ask};
use crate::lesson::format::{Step, StepKind};
use crate::lesson::progress::Mark;
use crate::lesson::{Guide, answer};
use std::io;

impl Class {
    /// The question that waits for an answer.
    pub(super) fn question(&self) -> Option<Question<'_>> {
        if self.parked {
            return None;
        }
        let guide = self.guide.as_ref()?;
        if let Some((entry, step)) = self.review.front() {
            return Some(Question::Again(entry, step));
        }
        guide.step().filter(|step| step.asks() && !guide.open_end && !self.title).map(Question::Own)
    }

    /// Takes an answer; false where it is none.
    pub(super) fn answers(&mut self, desk: &mut Desk<'_>, typed: &str) -> io::Result<bool> {
        let (step, again) = match self.question() {
            Some(Question::Own(step)) => (step.clone(), None),
            Some(Question::Again(entry, step)) => (step.clone(), Some(entry.lesson.id.clone())),
            None => return Ok(false),
        };
        let votes = self.show.poll.then(|| votes(&step, typed)).flatten();
        if let Some(votes) = votes {
            return self.voted(desk, &step, votes).map(|()| true);
        }
        let Some(guess) = answer(&step, typed) else {
            desk.say(&ask::no_answer(&step, self.show.poll, &desk.style))?;
            return Ok(true);
        };
        let mark = if guess.right { Mark::Right } else { Mark::Missed };
        if let Some(lesson) = again {
            self.note(&lesson, &step.id, mark);
            self.review.pop_front();
            desk.say(&ask::answered(&guess, &desk.style))?;
            return self.show(desk).map(|()| true);
        }
        let Some(guide) = &mut self.guide else { return Ok(false) };
        if step.kind == StepKind::Predict {
            guide.keep(guess);
            let waits = guide.waits();
            desk.say(&ask::noted(waits, &desk.style))?;
        } else {
            desk.say(&ask::answered(&guess, &desk.style))?;
        }
        self.passed(desk, mark)?;
        Ok(true)
    }

    /// A class has voted: what most of them say is the prediction that is kept.
    fn voted(&mut self, desk: &mut Desk<'_>, step: &Step, votes: Vec<(usize, u32)>) -> io::Result<()> {
        let most = votes.iter().max_by_key(|(_, count)| *count).map(|(at, _)| *at).unwrap_or_default();
        let letter = char::from(b'a' + most as u8).to_string();
        let named = votes.iter().map(|(at, count)| (desk.style.msg(&step.choices[*at].text), *count)).collect();
        self.votes = Some(named);
        if let (Some(guess), Some(guide)) = (answer(step, &letter), &mut self.guide) {
            Guide::keep(guide, guess);
        }
        desk.say(&ask::noted(true, &desk.style))?;
        self.passed(desk, Mark::Passed)
    }
}

/// `a 12 b 5`: choice and number, in turn.
fn votes(step: &Step, typed: &str) -> Option<Vec<(usize, u32)>> {
    let words: Vec<&str> = typed.split_whitespace().collect();
    if words.is_empty() || !words.len().is_multiple_of(2) {
        return None;
    }
    let pair = |pair: &[&str]| {
        let mut letters = pair[0].chars();
        let (Some(letter @ 'a'..='z'), None) = (letters.next(), letters.next()) else { return None };
        let at = letter as usize - 'a' as usize;
        Some((at, pair[1].parse().ok()?)).filter(|(at, _)| *at < step.choices.len())
    };
    words.chunks(2).map(pair).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lesson::format::Choice;

    #[test]
    fn a_class_votes_in_pairs() {
        let step = Step { choices: vec![Choice::default(), Choice::default()], ..Step::default() };
        assert_eq!(votes(&step, "a 12 b 5"), Some(vec![(0, 12), (1, 5)]));
        for none in ["", "a", "a b", "c 3", "a 12 b", "ab 3 c 4", "a -1"] {
            assert_eq!(votes(&step, none), None, "{none}");
        }
    }
}
