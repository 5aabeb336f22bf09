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
