//! Questions and their answers.

use super::*;
use crate::lesson::format::read;

fn steps(text: &str) -> Vec<Step> {
    read(&format!("lesson 1\nid t\ntitle en T | zh 题\n{text}")).unwrap_or_else(|faults| panic!("{faults:?}")).steps
}

#[test]
fn an_answer_is_a_letter_or_a_number() {
    let step = &steps("== q quiz\nen x | zh y\n( ) en one | zh 一\n    en not it | zh 不对\n(x) en two | zh 二\n")[0];
    let wrong = answer(step, "a").expect("an answer");
    assert!(!wrong.right && wrong.feedback.len() == 1 && wrong.said.en == "one" && wrong.is.en == "two");
    assert!(answer(step, " B ").expect("an answer").right && answer(step, "2").expect("an answer").right);
    for none in ["", "c", "ab", "ps", "unshare pid", "3"] {
        assert!(answer(step, none).is_none(), "{none}");
    }
}

#[test]
fn several_must_all_be_found() {
    let step = &steps("== q quiz\nen x | zh y\n[x] en one | zh 一\n[ ] en two | zh 二\n[x] en three | zh 三\n")[0];
    assert!(answer(step, "a, c").expect("an answer").right && answer(step, "ca").expect("an answer").right);
    assert!(!answer(step, "a").expect("an answer").right && !answer(step, "abc").expect("an answer").right);
}

#[test]
fn a_free_answer_is_compared_without_case() {
    let step = &steps("== q predict\nen x | zh y\n(=) 64M|67108864\n")[0];
    assert!(answer(step, "64m").expect("an answer").right && answer(step, "67108864").expect("an answer").right);
    assert!(!answer(step, "65M").expect("an answer").right);
}

#[test]
fn a_class_votes_in_pairs() {
    let step = &steps("== q predict\nen x | zh y\n( ) en one | zh 一\n    en not it | zh 不对\n(x) en two | zh 二\n")[0];
    let counts = |typed: &str| votes(step, typed).map(|guess| guess.votes.iter().map(|one| one.count).collect::<Vec<_>>());
    for typed in ["a 12 b 5", "a12 b5", "A=12, b:5", "b 5 a 12", "a 6 b 5 a 6", " a12b5 ", "a 12，b 5"] {
        assert_eq!(counts(typed), Some(vec![12, 5]), "{typed}");
    }
    assert_eq!(counts("b 3"), Some(vec![0, 3]));
    let most = u32::MAX;
    assert_eq!(counts(&format!("a {most} a 1 b {most}")), Some(vec![most, most]));
    for none in ["", " ", "a", "a b", "c 3", "a 12 b", "ab 3 c 4", "a -1", "a 0 b 0", "a 99999999999", "投 3", "12 5"] {
        assert_eq!(counts(none), None, "{none}");
    }
}

#[test]
fn what_most_of_a_class_say_is_its_prediction() {
    let step = &steps("== q predict\nen x | zh y\n( ) en one | zh 一\n    en not it | zh 不对\n(x) en two | zh 二\n")[0];
    let guess = votes(step, "a 12 b 5").expect("votes");
    assert!(!guess.right && guess.said.en == "one" && guess.feedback.len() == 1 && guess.voters() == 17);
    assert!(votes(step, "a 2 b 7").expect("votes").right);
    assert_eq!(votes(step, "a 3 b 3").expect("votes").said.en, "one");
}
