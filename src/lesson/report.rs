//! A report as text: what failed, with file and line; what was left out, with the reason; the sum.

use super::format::Lesson;
use super::run::{Failed, Report, Wrong};
use crate::model::{Msg, Text};
use crate::ui::{Role, Sign, Style};

/// Lines of output that are shown of a mismatch.
const MOST: usize = 24;

/// The numbers of one run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sum {
    /// Lessons.
    pub lessons: usize,
    /// Steps that held.
    pub held: usize,
    /// Steps that did not.
    pub failed: usize,
    /// Steps, and whole lessons, that were left out.
    pub skipped: usize,
}

/// One lesson's report.
pub fn lesson(file: &str, lesson: &Lesson, report: &Report, style: &Style) -> String {
    let file = style.visible(file);
    let (failed, skipped) = (report.failures().count(), report.skips().count());
    let (word, role) = match (failed, skipped) {
        (0, 0) => (Text { en: "held", zh: "全部成立" }, Role::Good),
        (0, _) => (Text { en: "held, with skips", zh: "成立，有跳过" }, Role::Warn),
        _ => (Text { en: "FAILED", zh: "失败" }, Role::Bad),
    };
    let checks: usize = report.steps.iter().map(|step| step.checks).sum();
    let lines: usize = report.steps.iter().map(|step| step.turns.len()).sum();
    let counts = Msg::new(
        format!("{} steps, {lines} lines, {checks} asserts, {} ms", report.steps.len(), report.took.as_millis()),
        format!("{} 步，{lines} 行命令，{checks} 项断言，{} 毫秒", report.steps.len(), report.took.as_millis()),
    );
    let mut text = format!(
        "{file}  {}  {}  {}\n",
        style.msg(&lesson.title),
        style.paint(Role::Dim, &style.msg(&counts)),
        style.paint(role, style.text(&word))
    );
    for (step, why) in report.skips() {
        let (line, id) = step.map_or((1, lesson.id.as_str()), |step| (step.line, step.id.as_str()));
        let word = style.text(&Text { en: "skipped", zh: "跳过" });
        let mark = style.paint(Role::Warn, &format!("{} {word}", style.sign(Sign::Careful)));
        text.push_str(&format!("{mark} {file}:{line} {id}: {}\n", style.msg(why)));
    }
    for (_, one) in report.failures() {
        text.push_str(&failure(&file, one, style));
    }
    text
}

fn failure(file: &str, failed: &Failed, style: &Style) -> String {
    let at = |line: usize| style.paint(Role::Bad, &format!("{} {file}:{line}", style.sign(Sign::Failed)));
    let head = format!("{} {}\n", at(failed.line), style.visible(&failed.text));
    let body = match &failed.wrong {
        Wrong::Assert(seen) => format!("    {}\n", style.msg(seen)),
        Wrong::End { wanted, shown } => {
            let expected = Msg::new(
                format!("expected: {}; it ended so:", wanted.in_words().en),
                format!("应为：{}；实际结果：", wanted.in_words().zh),
            );
            format!("    {}\n{}", style.msg(&expected), indented(shown.lines().map(str::to_string), style))
        }
        Wrong::Output(mismatch) => {
            let expected = match mismatch.line {
                Some(line) => format!(
                    "    {}\n",
                    style.paint(Role::Bad, &format!("- {}   ({file}:{line})", style.visible(&mismatch.expected)))
                ),
                None => format!(
                    "    {}\n",
                    style.text(&Text {
                        en: "all expected lines are there, and more:", zh: "期望的行都有，但还有多余的行："
                    })
                ),
            };
            let got = mismatch.got.iter().map(|line| format!("+ {line}"));
            expected + &indented(got, style)
        }
    };
    head + &body
}

fn indented(lines: impl Iterator<Item = String>, style: &Style) -> String {
    let lines: Vec<String> = lines.collect();
    let mut text: String = lines.iter().take(MOST).map(|line| format!("    {}\n", style.visible(line))).collect();
    if lines.len() > MOST {
        text.push_str(&format!("    {} {}\n", style.sign(Sign::Cut), lines.len() - MOST));
    }
    text
}

/// The last line.
pub fn sum(sum: &Sum, style: &Style) -> String {
    let Sum { lessons, held, failed, skipped } = sum;
    let text = Msg::new(
        format!("{lessons} lessons: {held} steps held, {failed} failed, {skipped} skipped"),
        format!("{lessons} 课：{held} 步成立，{failed} 步失败，{skipped} 步跳过"),
    );
    style.msg(&text) + "\n"
}
