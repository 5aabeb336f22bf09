//! What can be seen by reading: questions, ladders, ids, order.

use super::{Finding, Subject};
use crate::command::{cards, parse};
use crate::lesson::format::{Command, Expect, Lesson, Like, Para, Step, StepKind};
use crate::lesson::write::PLACEHOLDERS;
use crate::model::Msg;

/// What is wrong within one lesson.
pub(super) fn of_lesson(lesson: &Lesson) -> Vec<Finding> {
    let mut found: Vec<Finding> = unwritten(&lesson.title, 1).into_iter().collect();
    for step in &lesson.steps {
        found.extend(step.before().filter_map(|para| unwritten(&para.text, para.line)));
        question(step, &mut found);
        ladder(step, &mut found);
        step.tries.iter().for_each(|para| quoted(para, &mut found));
        if step.kind == StepKind::Do && step.asserts.is_empty() {
            found.push(Finding::error(
                step.line,
                format!(
                    "step `{}` asserts nothing, so it is passed by anything; if nothing need change, it is `observe`",
                    step.id
                ),
                format!("步骤 `{}` 没有断言，怎样都能通过；若无需改变什么，应写成 `observe`", step.id),
            ));
        }
        if step.kind == StepKind::Do && step.commands().next().is_none() {
            found.push(Finding::error(
                step.line,
                format!("step `{}` has no `$` line: there is no model solution to run, show and prove", step.id),
                format!("步骤 `{}` 没有 `$` 行：没有可以执行、展示和验证的参考解法", step.id),
            ));
        }
        found.extend(step.commands().flat_map(|command| &command.shows).filter(|line| has_number(line)).map(|line| {
            Finding::error(
                line.line,
                "a namespace's number is written down: the kernel reuses them; bind it: `pid:[{A}]`",
                "写死了命名空间的编号：内核会重复使用这些编号；请用绑定：`pid:[{A}]`",
            )
        }));
    }
    found
}

/// A text that `lesson record` left to the author.
fn unwritten(text: &Msg, line: usize) -> Option<Finding> {
    let is = PLACEHOLDERS.contains(&text.en.as_str()) || PLACEHOLDERS.contains(&text.zh.as_str());
    is.then(|| Finding::error(line, "still to be written", "还没有写"))
}

/// What one is invited to try can be typed, where it begins as a line of the shell. A bare name is only named, and a word in
/// capitals stands for something else.
fn quoted(para: &Para, found: &mut Vec<Finding>) {
    let stands_for = |word: &str| word.len() > 1 && word.chars().all(|c| c.is_ascii_uppercase());
    for text in [&para.text.en, &para.text.zh] {
        for line in text.split('`').skip(1).step_by(2) {
            let of_shell = cards().any(|card| line.strip_prefix(card.name).is_some_and(|rest| rest.starts_with(' ')));
            if !of_shell || line.split_whitespace().any(stands_for) {
                continue;
            }
            if let Err(why) = parse(line) {
                found.push(Finding::error(
                    para.line,
                    format!("`{line}` cannot be typed: {}", why.en),
                    format!("`{line}` 无法执行：{}", why.zh),
                ));
            }
        }
    }
}

fn question(step: &Step, found: &mut Vec<Finding>) {
    for choice in step.choices.iter().filter(|choice| !choice.right && choice.feedback.is_empty()) {
        found.push(Finding::error(
            choice.line,
            "a wrong choice without feedback: say why it is wrong, indented below it",
            "错误的选项没有反馈：请在下面缩进写明为什么不对",
        ));
    }
}

/// The last rung of each ladder holds the commands.
fn ladder(step: &Step, found: &mut Vec<Finding>) {
    if step.kind != StepKind::Do || step.commands().next().is_none() {
        return;
    }
    let Some(last) = step.hints.iter().rfind(|hint| hint.when.is_none()) else {
        found.push(Finding::error(
            step.line,
            format!("step `{}` has no hint: whoever is stuck there has only `skip`", step.id),
            format!("步骤 `{}` 没有提示：卡住的人只能 `skip`", step.id),
        ));
        return;
    };
    for command in step.commands() {
        let core = core(command);
        if let Some(text) = [&last.text.en, &last.text.zh].into_iter().find(|text| !text.contains(&core)) {
            found.push(Finding::error(
                last.line,
                format!("the last hint holds the command; `{core}` is missing in: {text}"),
                format!("最后一个提示应给出命令；缺少 `{core}`：{text}"),
            ));
        }
    }
}

/// A command's name with its first argument: `cgroup set memory.max`, `clone pid`.
fn core(command: &Command) -> String {
    let name = parse(&command.text).ok().flatten().map_or("", |parsed| parsed.card.name);
    let first = command.text.strip_prefix(name).unwrap_or_default().split_whitespace().next().unwrap_or_default();
    // A word that long is described in a hint, not copied.
    format!("{name} {}", if first.len() > 24 { "" } else { first }).trim().to_string()
}

/// `pid:[4026531836]`.
fn has_number(line: &Expect) -> bool {
    let digits = |rest: &str| rest.chars().take_while(char::is_ascii_digit).count() >= 10;
    line.like != Like::Regex && line.text.split(":[").skip(1).any(digits)
}

/// What is wrong with a lesson's place among the others.
pub(super) fn among(all: &[Subject], at: usize, bundled: &[String]) -> Vec<Finding> {
    let mut found = Vec::new();
    let Some(Subject { lesson, .. }) = all.get(at) else { return found };
    if let Some(other) = all.iter().enumerate().find(|(index, one)| *index != at && one.lesson.id == lesson.id) {
        let file = other.1.file.display();
        found.push(Finding::error(
            1,
            format!("the id `{}` is also that of {file}", lesson.id),
            format!("id `{}` 与 {file} 相同", lesson.id),
        ));
    }
    for id in &lesson.after {
        if !bundled.contains(id) && !all.iter().any(|one| one.lesson.id == *id) {
            found.push(Finding::error(1, format!("`after {id}`: there is no such lesson"), format!("`after {id}`：没有这一课")));
        }
    }
    if reaches(all, &lesson.id, &lesson.id) {
        found.push(Finding::error(
            1,
            "`after` goes round in a circle: this lesson comes after itself",
            "`after` 形成了循环：这一课排在它自己之后",
        ));
    }
    found
}

/// Does one come, by its `after` and theirs, after `target`?
fn reaches(all: &[Subject], from: &str, target: &str) -> bool {
    let mut open = vec![from];
    let mut seen = Vec::new();
    while let Some(id) = open.pop() {
        let Some(subject) = all.iter().find(|one| one.lesson.id == id) else { continue };
        for next in &subject.lesson.after {
            if next == target {
                return true;
            }
            if !seen.contains(&next) {
                seen.push(next);
                open.push(next);
            }
        }
    }
    false
}
