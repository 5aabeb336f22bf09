//! What only the kernel can tell: that a step is not passed before it begins, and that none of its lines is idle.

use super::Finding;
use crate::lesson::LIMIT;
use crate::lesson::check::Prober;
use crate::lesson::format::{Ends, Lesson, Step, StepKind};
use crate::lesson::memory::Memory;
use crate::model::Lang;
use crate::session::{Options, Session, signals};

/// Runs the lesson: once as it is, and once without each line of its do-steps.
pub(super) fn tried(lesson: &Lesson, lang: Lang) -> Vec<Finding> {
    let mut prober = Prober::default();
    if let Some(why) = prober.unmet(&lesson.needs) {
        return vec![Finding::warning(1, format!("not tried here: {}", why.en), format!("未在此验证：{}", why.zh))];
    }
    let fit: Vec<&Step> =
        lesson.steps.iter().filter(|step| !step.skips.iter().any(|skip| prober.unmet(&skip.unless).is_some())).collect();
    let mut found = fresh(lesson, &fit, lang);
    for step in fit.iter().filter(|step| step.kind == StepKind::Do && !step.asserts.is_empty()) {
        // What is refused changes nothing; that it is refused is held by its errno.
        for command in step.commands().filter(|command| command.ends == Ends::Well) {
            if signals::ending().is_some() {
                return found;
            }
            if !some_assert_fails_without(lesson, &fit, command.line, lang) {
                found.push(Finding::error(
                    command.line,
                    format!("drop test: without `{}` all asserts of the lesson still hold", command.text),
                    format!("去行测试：去掉 `{}` 之后，本课的断言仍全部成立", command.text),
                ));
            }
        }
    }
    found
}

fn session(lang: Lang) -> Option<Session> {
    Session::start(Options { lang, capture: true, terminal: false, limit: Some(LIMIT) }).ok()
}

/// At least one assert of a do-step is false before it.
fn fresh(lesson: &Lesson, steps: &[&Step], lang: Lang) -> Vec<Finding> {
    let mut found = Vec::new();
    let Some(mut session) = session(lang) else { return found };
    let mut memory = Memory::begin(&mut session, lesson);
    for step in steps {
        let prev = memory.facts(&mut session);
        if step.kind == StepKind::Do && !step.asserts.is_empty() && memory.judge(&mut session, step, &prev).is_empty() {
            found.push(Finding::error(
                step.line,
                format!("fresh-fail: all asserts of step `{}` hold before anything was typed", step.id),
                format!("初始应失败：步骤 `{}` 的断言在输入任何命令之前就已全部成立", step.id),
            ));
        }
        step.commands().for_each(|command| _ = memory.run(&mut session, command));
    }
    found
}

/// Runs the lesson without the line that stands there in the file, up to the first assert that does not hold.
fn some_assert_fails_without(lesson: &Lesson, steps: &[&Step], line: usize, lang: Lang) -> bool {
    let Some(mut session) = session(lang) else { return true };
    let mut memory = Memory::begin(&mut session, lesson);
    for step in steps {
        let prev = memory.facts(&mut session);
        for command in step.commands().filter(|command| command.line != line) {
            memory.run(&mut session, command);
        }
        if !memory.judge(&mut session, step, &prev).is_empty() {
            return true;
        }
    }
    false
}
