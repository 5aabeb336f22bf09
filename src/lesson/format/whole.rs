//! What is wrong with a step as a whole, when all of its lines have been read.

use super::{Ends, Fault, Step, StepKind};
use crate::command::parse;

/// The mistakes of a step; `before` are those that stand above it.
pub(super) fn of_step(step: &Step, before: &[Step]) -> Vec<Fault> {
    let mut faults = Vec::new();
    if let Some(first) = before.iter().find(|one| one.id == step.id && !step.id.is_empty()) {
        let (id, line) = (&step.id, first.line);
        faults.push(Fault::new(
            step.line,
            4,
            format!("the id `{id}` is that of line {line}"),
            format!("id `{id}` 已用于第 {line} 行"),
        ));
    }
    let question = matches!(step.kind, StepKind::Predict | StepKind::Quiz);
    if question != step.asks() {
        let (en, zh) = match question {
            true => ("a question needs choices `( )` `(x)`, or an answer `(=)`", "提问需要选项 `( )` `(x)` 或答案 `(=)`"),
            false => ("choices stand only in steps of the kinds predict and quiz", "选项只能出现在 predict 与 quiz 步骤中"),
        };
        faults.push(Fault::new(step.line, 4, en, zh));
    }
    let right = step.choices.iter().filter(|choice| choice.right).count();
    if !step.choices.is_empty() && (right == 0 || right > 1 && !step.several) {
        faults.push(Fault::new(
            step.line,
            4,
            format!("{right} choices are marked as right; expected one"),
            format!("标为正确的选项有 {right} 个；应为一个"),
        ));
    }
    for command in step.commands().filter(|command| command.ends != Ends::Unfit) {
        // A word that a binding stands for is known only when the lesson runs.
        if let Some(Err(why)) = (!command.text.contains('{')).then(|| parse(&command.text)) {
            faults.push(Fault { line: command.line, column: 3, what: why });
        }
    }
    if step.items.is_empty() {
        faults.push(Fault::new(step.line, 4, "the step says and does nothing", "这一步没有内容"));
    }
    faults
}
