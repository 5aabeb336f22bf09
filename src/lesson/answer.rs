//! Answers to questions: a learner's, and a class's votes.

use super::format::{Choice, Para, Step};
use crate::command;
use crate::model::Msg;
use std::collections::BTreeSet;

/// An answer that was given; to a prediction, until the kernel has answered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Guess {
    /// What was said; by a class: what most of it say.
    pub said: Msg,
    /// What is so.
    pub is: Msg,
    /// The feedback to what was said.
    pub feedback: Vec<Para>,
    /// Was it right?
    pub right: bool,
    /// A class's votes, choice by choice; empty where a learner answered.
    pub votes: Vec<Ballot>,
}

/// A choice, and how many chose it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ballot {
    /// The choice.
    pub choice: Msg,
    /// Is it right?
    pub right: bool,
    /// Its votes.
    pub count: u32,
}

impl Guess {
    /// How many have voted.
    pub fn voters(&self) -> u64 {
        self.votes.iter().map(|ballot| u64::from(ballot.count)).sum()
    }
}

/// What was answered to a question: None, it is no answer.
pub fn answer(step: &Step, typed: &str) -> Option<Guess> {
    let typed = typed.trim();
    if !step.answers.is_empty() {
        let is = |answer: &&String| plain(answer) == plain(typed);
        let right = step.answers.iter().find(is).is_some();
        let is = Msg::same(step.answers.first().cloned().unwrap_or_default());
        return (!typed.is_empty()).then(|| Guess { said: Msg::same(typed), is, right, ..Guess::default() });
    }
    Some(chose(step, &picked(step, typed)?))
}

/// These choices were taken.
fn chose(step: &Step, picked: &BTreeSet<usize>) -> Guess {
    let chosen: Vec<&Choice> =
        step.choices.iter().enumerate().filter(|(at, _)| picked.contains(at)).map(|(_, one)| one).collect();
    let right = step.choices.iter().enumerate().all(|(at, choice)| choice.right == picked.contains(&at));
    let join = |of: &[&Choice]| {
        let texts =
            |get: fn(&Msg) -> &String, mark: &str| of.iter().map(|one| get(&one.text).as_str()).collect::<Vec<_>>().join(mark);
        Msg::new(texts(|msg| &msg.en, "; "), texts(|msg| &msg.zh, "；"))
    };
    let correct: Vec<&Choice> = step.choices.iter().filter(|choice| choice.right).collect();
    // Who missed a right one hears about that, too.
    let told = chosen.iter().chain(correct.iter().filter(|one| step.several && !chosen.contains(one)));
    let feedback = told.flat_map(|choice| choice.feedback.clone()).collect();
    Guess { said: join(&chosen), is: join(&correct), feedback, right, votes: Vec::new() }
}

fn plain(text: &str) -> String {
    command::words(text).unwrap_or_default().join(" ").to_lowercase()
}

/// `a`, `2`, `a c`, `ac`: the numbers of the choices.
fn picked(step: &Step, typed: &str) -> Option<BTreeSet<usize>> {
    let letters: Vec<char> = typed.chars().filter(|c| !c.is_whitespace() && *c != ',').collect();
    let number = |c: char| match c {
        'a'..='z' => Some(c as usize - 'a' as usize),
        'A'..='Z' => Some(c as usize - 'A' as usize),
        '1'..='9' => Some(c as usize - '1' as usize),
        _ => None,
    };
    let picked: BTreeSet<usize> =
        letters.iter().map(|c| number(*c).filter(|at| *at < step.choices.len())).collect::<Option<_>>()?;
    let many = picked.len();
    (many == 1 || step.several && many > 1).then_some(picked)
}

/// `a 12 b 5`, `a12, b5`: each choice and its votes; who is not named has none. None: these are no votes, or not one.
pub fn votes(step: &Step, typed: &str) -> Option<Guess> {
    let mut votes: Vec<Ballot> =
        step.choices.iter().map(|choice| Ballot { choice: choice.text.clone(), right: choice.right, count: 0 }).collect();
    let mut rest = typed.trim_start_matches(parts);
    while !rest.is_empty() {
        let letter = rest.chars().next()?.to_ascii_lowercase();
        let ballot = votes.get_mut((letter as usize).checked_sub('a' as usize)?)?;
        let number = rest[letter.len_utf8()..].trim_start_matches(parts);
        let end = number.find(|c: char| !c.is_ascii_digit()).unwrap_or(number.len());
        ballot.count = ballot.count.saturating_add(number[..end].parse().ok()?);
        rest = number[end..].trim_start_matches(parts);
    }
    // Of several that have the most, the first.
    let (most, ballot) = votes.iter().enumerate().rev().max_by_key(|(_, ballot)| ballot.count)?;
    let guess = (ballot.count > 0).then(|| chose(step, &BTreeSet::from([most])))?;
    Some(Guess { votes, ..guess })
}

/// What may stand between letters and numbers.
fn parts(c: char) -> bool {
    c.is_whitespace() || matches!(c, ',' | ';' | ':' | '=' | '，' | '；' | '：' | '、')
}

#[cfg(test)]
#[path = "answer_tests.rs"]
mod tests;
