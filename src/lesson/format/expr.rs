//! Expressions of asserts and hints: a fact, an operator, and what it is compared with.

use super::Fault;
use super::name::{Fact, Name};
use super::text::Piece;

/// Of which moment a fact is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tense {
    /// Now.
    Now,
    /// When the step began.
    Prev,
    /// When the lesson began.
    Base,
}

/// One side of a comparison.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Operand {
    /// A fact.
    Fact(Tense, Name),
    /// These words as they stand; several where `|` is between them.
    Words(Vec<String>),
}

/// How two sides are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)] // the signs say it
pub enum Operator {
    Is,
    IsNot,
    Less,
    More,
    In,
}

impl Operator {
    const SIGNS: [(&'static str, Operator); 5] =
        [("==", Operator::Is), ("!=", Operator::IsNot), ("<", Operator::Less), (">", Operator::More), ("in", Operator::In)];

    /// As written.
    pub fn sign(self) -> &'static str {
        Operator::SIGNS.iter().find(|(_, one)| *one == self).map_or("?", |(sign, _)| sign)
    }
}

/// What an assert or a hint asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expr {
    /// A comparison.
    Compare(Operand, Operator, Operand),
    /// It is other than when the step began.
    Changed(Name),
    /// It is as when the step began.
    Unchanged(Name),
}

impl Expr {
    /// The facts that it asks for, with their moments; `changed` asks for two.
    pub fn facts(&self) -> Vec<(Tense, &Name)> {
        match self {
            Expr::Changed(name) | Expr::Unchanged(name) => vec![(Tense::Now, name), (Tense::Prev, name)],
            Expr::Compare(left, _, right) => [left, right]
                .into_iter()
                .filter_map(|side| match side {
                    Operand::Fact(tense, name) => Some((*tense, name)),
                    Operand::Words(_) => None,
                })
                .collect(),
        }
    }

    /// Reads an expression.
    pub(super) fn read(piece: Piece<'_>) -> Result<Expr, Fault> {
        let piece = piece.trim();
        for (word, make) in [("changed(", Expr::Changed as fn(Name) -> Expr), ("unchanged(", Expr::Unchanged)] {
            if piece.text.starts_with(word) {
                let inner = piece.from(word.len());
                let Some(end) = inner.text.strip_suffix(')') else {
                    let end = piece.from(piece.text.len());
                    return Err(end.fault("expected `)`", "此处应为 `)`"));
                };
                return Ok(make(Name::read(Piece { text: end.trim(), ..inner })?));
            }
        }
        let words = piece.words();
        let [left, sign, right @ ..] = words.as_slice() else {
            return Err(piece.fault(
                "expected `NAME OPERATOR VALUE`, e.g. `hostname == box`, or `changed(NAME)`",
                "此处应为 `名字 运算符 值`，如 `hostname == box`，或 `changed(名字)`",
            ));
        };
        let Some((_, operator)) = Operator::SIGNS.iter().find(|(one, _)| *one == sign.text) else {
            return Err(sign.fault("expected one of: == != < > in", "此处应为 == != < > in 之一"));
        };
        let Some(first) = right.first() else {
            let end = piece.from(piece.text.len());
            return Err(end.fault("expected a value after the operator", "运算符之后应有值"));
        };
        let rest = piece.from(piece.text.len() - (piece.text.len() - offset(piece.text, first.text)));
        let (left, right) = (operand(*left)?, operand(rest)?);
        let in_words = *operator == Operator::In && matches!(right, Operand::Fact(..));
        if matches!(left, Operand::Words(_)) && !in_words {
            // A comparison of two literals says nothing about the kernel.
            return Err(Name::read(words[0]).err().unwrap_or_else(|| words[0].fault("expected a name", "此处应为名字")));
        }
        known_effect(&left, &right, rest)?;
        Ok(Expr::Compare(left, *operator, right))
    }
}

/// Where `part`, a piece of `whole`, begins in it.
fn offset(whole: &str, part: &str) -> usize {
    part.as_ptr() as usize - whole.as_ptr() as usize
}

/// A fact, or the words that stand there up to the end of the line.
fn operand(piece: Piece<'_>) -> Result<Operand, Fault> {
    let text = piece.text.trim();
    if let Some(inner) = text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
        return Ok(Operand::Words(vec![inner.to_string()]));
    }
    if !text.contains(char::is_whitespace) && Name::is_meant(text) {
        let (tense, skip) = match text {
            _ if text.starts_with("prev.") => (Tense::Prev, 5),
            _ if text.starts_with("base.") => (Tense::Base, 5),
            _ => (Tense::Now, 0),
        };
        return Ok(Operand::Fact(tense, Name::read(Piece { text, ..piece }.from(skip))?));
    }
    Ok(Operand::Words(text.split('|').map(|word| word.trim().to_string()).collect()))
}

/// `effect(…)` has three values; another one could never hold.
fn known_effect(left: &Operand, right: &Operand, piece: Piece<'_>) -> Result<(), Fault> {
    let (Operand::Fact(_, Name { fact: Fact::Effect(_), .. }), Operand::Words(words)) = (left, right) else { return Ok(()) };
    match words.iter().find(|word| !["isolated", "leaks", "denied"].contains(&word.as_str())) {
        Some(_) => Err(piece.fault("expected one of: isolated leaks denied", "此处应为 isolated、leaks、denied 之一")),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Expr, Fault> {
        Expr::read(Piece { line: 1, column: 1, text })
    }

    #[test]
    fn the_operators_are_read() {
        for text in [
            "ns.pid == base.ns.pid",
            "ns.pid_for_children == none",
            "hostname != host.hostname",
            "cgroup.memory.max < 1G",
            "cap_sys_admin in caps.eff",
            "last.errno in EPERM|EINVAL",
            "changed(ns.uts)",
            "unchanged(pid)",
            "effect(hostname) == isolated",
            "uid_map == \"0 1000 1\"",
            "uid_map == 0 1000 1",
        ] {
            assert!(read(text).is_ok(), "{text}: {:?}", read(text));
        }
    }

    #[test]
    fn what_says_nothing_is_a_mistake() {
        for (text, column) in [
            ("ns.pdi == none", 1),
            ("hostname = box", 10),
            ("hostname ==", 12),
            ("box == box", 1),
            ("changed(ns.pid", 15),
            ("a", 1),
            ("hostname == ns.x", 13),
            ("effect(hostname) == maybe", 21),
            ("effect(x) == leaks", 1),
        ] {
            assert_eq!(read(text).expect_err(text).column, column, "{text}");
        }
    }
}
