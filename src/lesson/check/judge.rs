//! Does an expression hold, and if not: what was seen instead.

use super::{Facts, Value};
use crate::lesson::format::{Expr, Fact, Name, Operand, Operator, Tense};
use crate::model::{Msg, Size};

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
                    format!("{name} was {} and is {}; it has to stay as it was", was.en, is.en),
                    format!("{name} 之前是 {}，现在是 {}；它应当保持不变", was.zh, is.zh),
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

/// What is the case, and what has to be, for somebody who has not read the file.
fn seen(left: &Operand, operator: Operator, right: &Operand, moments: &Moments<'_>) -> Msg {
    match (left, right) {
        // What it should be is for the learner to find out.
        (Operand::Fact(_, name), _) if name.fact == Fact::Diagnosis => {
            Msg::new("the right diagnosis has not been given", "还没有给出正确的诊断")
        }
        (Operand::Fact(tense, name), Operand::Words(words)) => {
            let is = stands(*tense, name, &sized(moments.of(*tense, name), words));
            let (en, zh) = (words.join(" or "), words.join(" 或 "));
            let wanted = match operator {
                Operator::Is | Operator::In => Msg::new(format!(", not {en}"), format!("，而不是 {zh}")),
                Operator::IsNot => Msg::new("; it has to be something else", "；应当是别的值"),
                Operator::Less => Msg::new(format!("; it has to be below {en}"), format!("；应当小于 {zh}")),
                Operator::More => Msg::new(format!("; it has to be above {en}"), format!("；应当大于 {zh}")),
            };
            Msg::new(is.en + &wanted.en, is.zh + &wanted.zh)
        }
        (Operand::Words(words), Operand::Fact(_, Name { fact: Fact::LastCalls, .. })) => {
            let words = words.join(" ");
            Msg::new(format!("the last line made no successful call with {words}"), format!("上一行没有带 {words} 的成功调用"))
        }
        (Operand::Words(words), Operand::Fact(tense, name)) => {
            let is = stands(*tense, name, &moments.of(*tense, name));
            let words = words.join(" ");
            Msg::new(format!("{words} is missing: {}", is.en), format!("缺少 {words}：{}", is.zh))
        }
        (Operand::Fact(tense, name), Operand::Fact(when, other)) => {
            let (one, two) = (moments.of(*tense, name), moments.of(*when, other));
            let is = stands(*tense, name, &one);
            if one.same(&two) == Some(true) {
                let other = if name == other {
                    moment(*when)
                } else {
                    let other = called(*when, other);
                    Msg::new(other.en, format!(" {} ", other.zh))
                };
                let wanted = match operator {
                    Operator::Less => Msg::new("smaller", "前者应当更小"),
                    Operator::More => Msg::new("larger", "前者应当更大"),
                    _ => Msg::new("another", "两者应当不同"),
                };
                return Msg::new(
                    format!("{}, as {}; it has to be {}", is.en, other.en, wanted.en),
                    format!("{}，与{}相同；{}", is.zh, other.zh, wanted.zh),
                );
            }
            let other = stands(*when, other, &two);
            let wanted = match operator {
                Operator::Is => Msg::new("; they have to be the same", "；两者应当相同"),
                Operator::IsNot => Msg::new("; they have to differ", "；两者应当不同"),
                Operator::Less => Msg::new("; the first has to be smaller", "；前者应当更小"),
                Operator::More => Msg::new("; the first has to be larger", "；前者应当更大"),
                Operator::In => Msg::new("; the first has to be among the second", "；后者应当包含前者"),
            };
            Msg::new(format!("{}, {}{}", is.en, other.en, wanted.en), format!("{}，{}{}", is.zh, other.zh, wanted.zh))
        }
        (Operand::Words(_), Operand::Words(_)) => Msg::default(),
    }
}

/// A number of bytes as a size, where it is compared with one: `64M` and not 67108864.
fn sized(value: Value, wanted: &[String]) -> Value {
    let size = |word: &String| word.ends_with(['K', 'M', 'G', 'T']) && Size::parse(word, 0).is_ok();
    match &value {
        Value::Is(text) if wanted.iter().any(size) => text.parse().map_or(value, |bytes| Value::Is(Size::about(bytes))),
        _ => value,
    }
}

/// A fact and its value.
fn stands(tense: Tense, name: &Name, value: &Value) -> Msg {
    let (called, value) = (called(tense, name), value.in_words());
    let is = if tense == Tense::Now { "is" } else { "was" };
    // Chinese words stand close to each other, others are set off.
    let gap = if called.zh.ends_with(|c: char| c.is_ascii()) { " " } else { "" };
    Msg::new(format!("{} {is} {}", called.en, value.en), format!("{}{gap}是 {}", called.zh, value.zh))
}

/// A fact, and when. What was typed last is said in words: its names stand nowhere else on the screen.
fn called(tense: Tense, name: &Name) -> Msg {
    let said = match name.fact {
        Fact::LastExit => Msg::new("the exit status of the last line", "上一行的退出状态"),
        Fact::LastErrno => Msg::new("the errno of the last line", "上一行的 errno"),
        Fact::SubjectName => Msg::new("the current subject", "当前的被观察进程"),
        _ => Msg::same(name.to_string()),
    };
    match tense {
        Tense::Now => said,
        _ => {
            let when = moment(tense);
            Msg::new(format!("{} {}", said.en, when.en), format!("{}的 {}", when.zh, said.zh))
        }
    }
}

fn moment(tense: Tense) -> Msg {
    match tense {
        Tense::Now => Msg::new("now", "现在"),
        Tense::Prev => Msg::new("at the start of this step", "这一步开始时"),
        Tense::Base => Msg::new("at the start of the lesson", "本课开始时"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lesson::format::{Who, read};
    use crate::model::NsKind;

    fn seen_of(assert: &str) -> Msg {
        let text =
            format!("lesson 1\nid a\ntitle en a | zh a\n== a\nen a | zh a\n$ ps\nassert {assert}\nhint en `ps` | zh `ps`\n");
        let lesson = read(&text).unwrap_or_else(|faults| panic!("{faults:?}"));
        let asked = [Fact::LastCalls, Fact::Hostname, Fact::Ns(NsKind::Uts)];
        let facts = Facts::of(asked.map(|fact| (Name { who: Who::Current, fact }, Value::None)));
        judge(&lesson.steps[0].asserts[0].expr, &Moments { now: &facts, prev: &facts, base: &facts }).seen
    }

    #[test]
    fn what_is_missing_is_said_without_the_names_that_only_an_author_knows() {
        assert_eq!(seen_of("CLONE_NEWPID in last.calls").en, "the last line made no successful call with CLONE_NEWPID");
        assert_eq!(seen_of("hostname == box").en, "hostname is none, not box");
        let same = seen_of("ns.uts != base.ns.uts");
        assert_eq!(same.en, "ns.uts is none, as at the start of the lesson; it has to be another");
        assert_eq!(same.zh, "ns.uts 是 none，与本课开始时相同；两者应当不同");
    }

    #[test]
    fn a_diagnosis_is_not_given_away() {
        assert!(!seen_of("diagnosis == lo-down").en.contains("lo-down"));
    }

    #[test]
    fn bytes_are_said_as_the_size_that_is_asked_for() {
        let of = |value: &str, wanted: &str| sized(Value::Is(value.into()), &[wanted.to_string()]).in_words().en;
        assert_eq!(of("67108864", "256M"), "64M");
        assert_eq!(of("200", "20"), "200");
        assert_eq!(of("max", "64M"), "max");
    }
}
