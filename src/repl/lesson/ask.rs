//! What is said about questions: the question itself, the answer, and what the kernel said to a prediction.

use super::draw::{heading, name, para, paras, sign, words};
use crate::lesson::format::Step;
use crate::lesson::shelf::Entry;
use crate::lesson::{Ballot, Guess};
use crate::model::{Msg, Text};
use crate::ui::{Role, Sign, Style};

/// The choices, by letters.
pub fn choices(step: &Step, style: &Style) -> String {
    let mut text = String::new();
    for (at, choice) in step.choices.iter().enumerate() {
        let letter = char::from(b'a' + u8::try_from(at % 26).unwrap_or_default());
        text.push_str(&para(&format!("  {letter}) "), &choice.text, Role::Plain, style));
    }
    if step.several {
        text.push_str(&words("  ", "several may be right: a c", "可能有多个正确：a c", Role::Dim, style));
    }
    text
}

/// A question that was missed before.
pub fn review(entry: &Entry, step: &Step, style: &Style) -> String {
    let title = Text { en: "asked once more: ", zh: "再问一次：" };
    heading(&format!("{}{}", style.text(&title), name(entry, style)), style)
        + &paras(step.before(), style)
        + &choices(step, style)
}

/// A prediction was taken: of how many, where a class has voted.
pub fn noted(guess: &Guess, waits: bool, style: &Style) -> String {
    let next = sign(style, Sign::Next);
    match (guess.voters(), waits) {
        (0, true) => words(&next, "noted. Now let the kernel answer", "已记下。现在让内核来回答", Role::Plain, style),
        (1, true) => words(&next, "1 vote. Now let the kernel answer", "1 票。现在让内核来回答", Role::Plain, style),
        (all, true) => {
            let (en, zh) = (format!("{all} votes. Now let the kernel answer"), format!("共 {all} 票。现在让内核来回答"));
            words(&next, en, zh, Role::Plain, style)
        }
        (_, false) => String::new(),
    }
}

/// The answer to a question, at once.
pub fn answered(guess: &Guess, style: &Style) -> String {
    let feedback = paras(guess.feedback.iter(), style);
    if !guess.votes.is_empty() {
        return ballots(&guess.votes, style) + &feedback;
    }
    match guess.right {
        true => words(&sign(style, Sign::Confirmed), "right", "正确", Role::Good, style) + &feedback,
        false => {
            let not = Msg::new(format!("not “{}”", guess.said.en), format!("不对：“{}”", guess.said.zh));
            let is = Msg::new(format!("right is “{}”", guess.is.en), format!("正确答案：“{}”", guess.is.zh));
            para(&sign(style, Sign::Failed), &not, Role::Bad, style)
                + &feedback
                + &para(&sign(style, Sign::Next), &is, Role::Plain, style)
        }
    }
}

/// What was predicted, beside what the kernel did.
pub fn guesses(guesses: &[Guess], style: &Style) -> String {
    let mut text = String::new();
    for guess in guesses {
        let (mark, role) = if guess.right { (Sign::Confirmed, Role::Good) } else { (Sign::Failed, Role::Bad) };
        if !guess.votes.is_empty() {
            text.push_str(&ballots(&guess.votes, style));
        } else {
            text.push_str(&words(
                &sign(style, mark),
                format!("you said “{}”", guess.said.en),
                format!("你的预测：“{}”", guess.said.zh),
                role,
                style,
            ));
            if !guess.right {
                text.push_str(&words(
                    "  ",
                    format!("in fact “{}”", guess.is.en),
                    format!("实际情况：“{}”", guess.is.zh),
                    Role::Plain,
                    style,
                ));
            }
        }
        text.push_str(&paras(guess.feedback.iter(), style));
    }
    text
}

/// Columns of the longest bar.
const BAR: u64 = 24;

/// How a class voted, and what is right.
fn ballots(votes: &[Ballot], style: &Style) -> String {
    let most = votes.iter().map(|ballot| u64::from(ballot.count)).max().unwrap_or_default().max(1);
    let digits = most.to_string().len();
    let full = BAR.min(style.width.map_or(BAR, |width| width as u64 / 4));
    let bar = if style.utf8 { "█" } else { "#" };
    let line = |ballot: &Ballot| {
        let (mark, role) = if ballot.right { (Sign::Confirmed, Role::Good) } else { (Sign::Failed, Role::Plain) };
        let length = (u64::from(ballot.count) * full / most) as usize;
        let count = format!("{}{} {:>digits$}  ", bar.repeat(length), " ".repeat(full as usize - length), ballot.count);
        para(&(sign(style, mark) + &count), &ballot.choice, role, style)
    };
    votes.iter().map(line).collect()
}

/// What a question waits for.
pub fn wanted(step: &Step, poll: bool) -> Text {
    match (step.choices.is_empty(), poll) {
        (true, _) => Text { en: "type the answer", zh: "输入答案" },
        (false, true) => Text { en: "votes: a 12 b 5", zh: "输入票数：a 12 b 5" },
        (false, false) => Text { en: "answer: a letter", zh: "输入字母作答" },
    }
}

/// What was typed is no answer.
pub fn no_answer(step: &Step, poll: bool, style: &Style) -> String {
    let last = char::from(b'a' + u8::try_from(step.choices.len().saturating_sub(1) % 26).unwrap_or_default());
    let (en, zh) = match (step.choices.is_empty(), poll) {
        (true, _) => ("type the answer".to_string(), "请输入答案".to_string()),
        (_, true) => ("type the votes, e.g. a 12 b 5".to_string(), "请输入票数，如 a 12 b 5".to_string()),
        _ => (
            format!("a question is open: answer with a letter from a to {last}"),
            format!("请先回答问题：输入 a 到 {last} 之间的字母"),
        ),
    };
    words(&sign(style, Sign::Next), en, zh, Role::New, style)
}

/// An answer where there is no question.
pub fn no_question(style: &Style) -> String {
    words(&sign(style, Sign::Failed), "this step asks nothing", "这一步没有提问", Role::Bad, style)
}
