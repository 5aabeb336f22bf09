//! Small pieces of lines: boxes of choices, lists, slips of the hand.

use super::Fault;
use super::text::Piece;
use crate::command::nearest;
use crate::model::Msg;

/// `( )` `(x)` `[ ]` `[x]`: may several be right, and is this one?
pub(super) fn box_of(text: &str) -> Option<(bool, bool)> {
    [("( )", false, false), ("(x)", false, true), ("[ ]", true, false), ("[x]", true, true)]
        .into_iter()
        .find(|(mark, ..)| text.starts_with(mark))
        .map(|(_, several, right)| (several, right))
}

/// `A | B`.
pub(super) fn sources(piece: Piece<'_>) -> Vec<String> {
    piece.text.split('|').map(|one| one.trim().to_string()).filter(|one| !one.is_empty()).collect()
}

/// `M01 M02`.
pub(super) fn exposed(piece: Piece<'_>) -> Result<Vec<String>, Fault> {
    let words = piece.words();
    let is_id = |text: &str| {
        text.strip_prefix('M').is_some_and(|digits| digits.len() == 2 && digits.bytes().all(|byte| byte.is_ascii_digit()))
    };
    match words.iter().find(|word| !is_id(word.text)) {
        Some(odd) => Err(odd.fault("expected the ids of misconceptions: M01 M02 …", "此处应为误解的编号：M01 M02 …")),
        None => Ok(words.iter().map(|word| word.text.to_string()).collect()),
    }
}

/// For a word that is none: the one that was probably meant.
pub(super) fn did_you_mean(word: &str, of: &[&'static str]) -> Msg {
    match nearest(word, of.iter().copied()) {
        Some(near) => Msg::new(format!(" (did you mean `{near}`?)"), format!("（是想写 `{near}` 吗？）")),
        None => Msg::default(),
    }
}
