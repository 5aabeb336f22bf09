//! Does an expression hold, and if not: what was seen instead.

use super::{Facts, Value};
use crate::lesson::format::{Expr, Name, Operand, Operator, Tense};
use crate::model::Msg;

/// The facts at three moments.
#[derive(Clone, Copy, Debug)]
pub struct Moments<'a> {
    /// Now.
    pub now: &'a Facts,
    /// When the step began.
    pub prev: &'a Facts,
    /// When the lesson began.
    pub base: &'a Facts,
}

/// The answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// It holds.
    pub holds: bool,
    /// What is the case.
    pub seen: Msg,
}

impl Moments<'_> {
    fn of(&self, tense: Tense, name: &Name) -> Value {
        match tense {
            Tense::Now => self.now,
            Tense::Prev => self.prev,
            Tense::Base => self.base,
        }
        .get(name)
    }
}

/// Judges an expression.
pub fn judge(expr: &Expr, moments: &Moments<'_>) -> Verdict {
    match expr {
        Expr::Changed(name) | Expr::Unchanged(name) => {
            let (now, was) = (moments.of(Tense::Now, name), moments.of(Tense::Prev, name));
            let wanted = matches!(expr, Expr::Unchanged(_));
            let holds = now.same(&was) == Some(wanted);
            let (is, was) = (now.in_words(), was.in_words());
            let seen = match now.same(&moments.of(Tense::Prev, name)) {
                Some(true) => {
                    Msg::new(format!("{name} has not changed: it is {}", is.en), format!("{name} 没有变化：仍是 {}", is.zh))
                }
                _ => Msg::new(
                    format!("{name} was {} and is {}", was.en, is.en),
                    format!("{name} 之前是 {}，现在是 {}", was.zh, is.zh),
                ),
            };
            Verdict { holds, seen }
        }
        Expr::Compare(left, operator, right) => {
            let sides = values(left, moments);
            let others = values(right, moments);
            Verdict { holds: compare(&sides, *operator, &others), seen: seen(left, *operator, right, moments) }
        }
    }
}

fn values(operand: &Operand, moments: &Moments<'_>) -> Vec<Value> {
    match operand {
        Operand::Fact(tense, name) => vec![moments.of(*tense, name)],
        Operand::Words(words) => words.iter().map(|word| Value::Is(word.clone())).collect(),
    }
}

fn compare(left: &[Value], operator: Operator, right: &[Value]) -> bool {
    let pairs = || left.iter().flat_map(|one| right.iter().map(move |two| (one, two)));
    match operator {
        Operator::Is => pairs().any(|(one, two)| one.same(two) == Some(true)),
        Operator::IsNot => pairs().all(|(one, two)| one.same(two) == Some(false)),
        Operator::Less => pairs().all(|(one, two)| one.less(two) == Some(true)),
        Operator::More => pairs().all(|(one, two)| two.less(one) == Some(true)),
        Operator::In => pairs().any(|(one, two)| one.within(two) == Some(true) || one.same(two) == Some(true)),
    }
}

fn seen(left: &Operand, operator: Operator, right: &Operand, moments: &Moments<'_>) -> Msg {
    let facts: Vec<(String, Msg)> = [left, right]
        .into_iter()
        .filter_map(|side| match side {
            Operand::Fact(tense, name) => {
                let when = match tense {
                    Tense::Now => "",
                    Tense::Prev => "prev.",
                    Tense::Base => "base.",
                };
                Some((format!("{when}{name}"), moments.of(*tense, name).in_words()))
            }
            Operand::Words(_) => None,
        })
        .collect();
    let wanted = match right {
        Operand::Words(words) if operator == Operator::Is => {
            Msg::new(format!(", not {}", words.join(" or ")), format!("，而不是 {}", words.join(" 或 ")))
        }
        Operand::Words(words) => match operator {
            Operator::IsNot => Msg::new("; it has to be another", "；应当是别的值"),
            Operator::Less => {
                Msg::new(format!("; it has to be below {}", words.join(" ")), format!("；应当小于 {}", words.join(" ")))
            }
            Operator::More => {
                Msg::new(format!("; it has to be above {}", words.join(" ")), format!("；应当大于 {}", words.join(" ")))
            }
            Operator::Is | Operator::In => Msg::default(),
        },
        Operand::Fact(..) => match operator {
            Operator::IsNot => Msg::new("; they have to differ", "；两者应当不同"),
            Operator::Less => Msg::new("; the first has to be smaller", "；前者应当更小"),
            Operator::More => Msg::new("; the first has to be larger", "；前者应当更大"),
            Operator::Is | Operator::In => Msg::default(),
        },
    };
    let join = |facts: Vec<String>, mark: &str| facts.join(mark);
    Msg::new(
        join(facts.iter().map(|(name, value)| format!("{name} is {}", value.en)).collect(), ", ") + &wanted.en,
        join(facts.iter().map(|(name, value)| format!("{name} 是 {}", value.zh)).collect(), "，") + &wanted.zh,
    )
}
