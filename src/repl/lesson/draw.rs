//! What a lesson says on the screen: pure functions from what it knows to text.

use super::ask::choices;
use super::{Show, hall};
use crate::kernel;
use crate::lesson::format::{Para, Step, StepKind};
use crate::lesson::progress::Mark;
use crate::lesson::shelf::Entry;
use crate::lesson::{Guide, Look};
use crate::model::{Msg, Text};
use crate::repl::terminal::dumb;
use crate::ui::{self, Role, Sign, Style};

/// A line of a lesson's text is not longer than this: long lines are hard to read.
const MEASURE: usize = 100;

pub(super) fn para(sign: &str, msg: &Msg, role: Role, style: &Style) -> String {
    if style.large {
        return hall::paragraph(sign, &style.msg(msg), role, style);
    }
    let width = style.width.map(|width| width.min(MEASURE));
    ui::paragraph(sign, &style.msg(msg), role, &Style { width, ..style.clone() })
}

pub(super) fn words(sign: &str, en: impl Into<String>, zh: impl Into<String>, role: Role, style: &Style) -> String {
    para(sign, &Msg::new(en, zh), role, style)
}

pub(super) fn paras<'a>(paras: impl Iterator<Item = &'a Para>, style: &Style) -> String {
    paras.map(|one| para("", &one.text, Role::Plain, style)).collect()
}

/// The terminal's rows.
fn rows() -> Option<usize> {
    kernel::terminal_size().map(|(_, rows)| rows)
}

/// A heading with a rule to the end of the measure.
pub(super) fn heading(text: &str, style: &Style) -> String {
    if style.large {
        return hall::headline(text, rows().filter(|_| !dumb()), style);
    }
    let rule = if style.utf8 { "─" } else { "-" };
    let width = style.width.map_or(72, |width| width.min(MEASURE));
    let room = width.saturating_sub(ui::width(text) + 4);
    format!(
        "\n{} {} {}\n",
        style.paint(Role::Dim, &rule.repeat(2)),
        style.paint(Role::Head, text),
        style.paint(Role::Dim, &rule.repeat(room))
    )
}

pub(super) fn sign(style: &Style, sign: Sign) -> String {
    format!("{} ", style.sign(sign))
}

pub(super) fn name(entry: &Entry, style: &Style) -> String {
    let title = style.msg(&entry.lesson.title);
    match entry.number {
        Some(number) => {
            let head = Msg::new(format!("lesson {number}"), format!("第 {number} 课"));
            format!("{}  {title}", style.msg(&head))
        }
        None => title,
    }
}

/// A line that the lesson types.
pub fn typed(line: &str, style: &Style) -> String {
    format!("{} {}\n", style.paint(Role::Head, "$"), style.visible(line))
}

/// What waits above the prompt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Open {
    /// The title page.
    Title,
    /// A question, which waits for this.
    Question(Text),
    /// A question of another lesson, which waits for this.
    Again(Text),
    /// The step.
    Step,
}

/// The line above the prompt.
pub fn footer(guide: &Guide, open: Open, present: bool, style: &Style) -> String {
    let (at, all) = (guide.at() + 1, guide.lesson().steps.len());
    let step = match open {
        Open::Again(_) => Msg::new("asked once more", "再问一次"),
        _ => Msg::new(format!("step {at}/{all}"), format!("第 {at}/{all} 步")),
    };
    let step = style.msg(&step);
    let kind = guide.step().map(|step| step.kind);
    let key = match (open, guide.open_end, kind) {
        (Open::Title, ..) => Some(Text { en: "Enter: on", zh: "Enter 继续" }),
        (Open::Question(wanted) | Open::Again(wanted), ..) => Some(wanted),
        (_, true, _) => Some(Text { en: "Enter: on", zh: "Enter 继续" }),
        _ if present => Some(Text { en: "Enter: type it, run it", zh: "Enter 输入，再按执行" }),
        (.., Some(StepKind::Observe)) => Some(Text { en: "Enter: run it", zh: "Enter 执行" }),
        (.., Some(StepKind::Do)) => Some(Text { en: "type a command", zh: "输入命令" }),
        (.., None) => None,
        _ => Some(Text { en: "Enter: on", zh: "Enter 继续" }),
    };
    let ways = match present {
        true => style.text(&Text {
            en: "Tab: you type · ← back · → on · hint · menu",
            zh: "Tab 由你输入 · ← 后退 · → 前进 · hint · menu",
        }),
        false => "hint · back · play · skip · solution · reset · menu",
    };
    let ways = if style.utf8 { ways.to_string() } else { ways.replace('·', ".").replace('←', "Left").replace('→', "Right") };
    let key = key.map(|key| format!("{}  ", style.text(&key))).unwrap_or_default();
    let line = format!("{step}  {key}{ways}");
    let fits = style.width.is_none_or(|width| ui::width(&line) <= width);
    // Not as a paragraph where it fits: that would close the gaps.
    match fits {
        true => style.paint(Role::Dim, &line) + "\n",
        false => [format!("{step}  {key}"), ways].iter().map(|line| ui::paragraph("", line, Role::Dim, style)).collect(),
    }
}

/// The same while the lesson is parked.
pub fn parked(style: &Style) -> String {
    let text = Text { en: "lesson parked: resume · menu", zh: "课程已暂停：resume 继续 · menu 列表" };
    let text = style.text(&text).to_string();
    style.paint(Role::Dim, &if style.utf8 { text } else { text.replace('·', ".") }) + "\n"
}

/// The same while the teacher types.
pub fn taken_over(style: &Style) -> String {
    let text = Text {
        en: "you type. Tab on an empty line: back to the lesson", zh: "由你输入。在空行上按 Tab：回到课程"
    };
    style.paint(Role::Dim, style.text(&text)) + "\n"
}

/// The beginning of a lesson.
pub fn opening(entry: &Entry, resumes: Option<usize>, style: &Style) -> String {
    let head = heading(&name(entry, style), style);
    match resumes {
        None => head + &paras(entry.lesson.opening.iter(), style),
        Some(at) => {
            head + &words(
                "",
                format!("You left at step {}. The steps before it are run again on a fresh subject:", at + 1),
                format!("上次停在第 {} 步。在全新的被观察进程上重新执行之前的各步：", at + 1),
                Role::Dim,
                style,
            )
        }
    }
}

/// A step: its heading, its text, its question.
pub fn step(guide: &Guide, show: Show, style: &Style) -> String {
    let Some(step) = guide.step() else { return String::new() };
    let kind = match step.kind {
        StepKind::Predict | StepKind::Quiz | StepKind::Free => format!("  {}", style.text(&step.kind.called())),
        // The line above the prompt says what to do.
        StepKind::Do | StepKind::Observe | StepKind::Note => String::new(),
    };
    let head = heading(&format!("{}/{}  {}{kind}", guide.at() + 1, guide.lesson().steps.len(), step.id), style);
    // Before a class Enter types them.
    let lines = if step.kind == StepKind::Observe && !show.present {
        step.commands().map(|command| typed(&command.text, style)).collect()
    } else {
        String::new()
    };
    let teacher: String = if show.notes {
        let opening = guide.lesson().teacher.iter().filter(|_| guide.at() == 0);
        opening.chain(&step.teacher).map(|one| para("T  ", &one.text, Role::Warn, style)).collect()
    } else {
        String::new()
    };
    let body = teacher + &paras(step.before(), style) + &lines + &choices(step, style);
    head + &if style.large { hall::fitted(body, rows()) } else { body }
}

/// How the step stands after a line that did not pass it.
pub fn look(look: &Look, asked: bool, style: &Style) -> String {
    let mut text = String::new();
    if look.lost {
        text.push_str(&words(
            &sign(style, Sign::Careful),
            "the subject is another process than when this step began: what the steps before had built is gone. `reset` builds it again and begins this step anew",
            "被观察进程已不是这一步开始时的那个：之前各步的成果已经不在。`reset` 会重建它们，并重新开始这一步",
            Role::Warn,
            style,
        ));
    }
    if look.astray {
        text.push_str(&words(
            &sign(style, Sign::Careful),
            "you are in the child now, and this step does not ask for that: `exit` goes back to the parent, `reset` begins the step anew",
            "你现在位于子进程中，而这一步并不需要：`exit` 回到父进程，`reset` 重新开始这一步",
            Role::Warn,
            style,
        ));
    }
    for missing in look.missing.iter().filter(|_| asked) {
        let missing = Msg::new(format!("not yet: {}", named(&missing.en, style)), format!("还差：{}", named(&missing.zh, style)));
        text.push_str(&para(&sign(style, Sign::Next), &missing, Role::New, style));
    }
    look.hints.iter().for_each(|hint| text.push_str(&para(&sign(style, Sign::Possible), hint, Role::New, style)));
    text
}

/// Numbers of namespaces by the names that the screen gives them.
fn named(text: &str, style: &Style) -> String {
    let mut shown = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(":[") {
        let start = rest[..at]
            .rfind(|c: char| !c.is_ascii_lowercase())
            .map_or(0, |last| last + rest[last..].chars().next().map_or(1, char::len_utf8));
        let end = rest[at..].find(']').map_or(rest.len(), |end| at + end + 1);
        let link = &rest[start..end];
        shown.push_str(&rest[..start]);
        shown.push_str(&style.names.of_link(link).unwrap_or_else(|| link.to_string()));
        rest = &rest[end..];
    }
    shown + rest
}

/// A step is done with.
pub fn passed(step: &Step, mark: Mark, style: &Style) -> String {
    let after = paras(step.after(), style);
    let done = match mark {
        Mark::Passed if step.kind == StepKind::Do => words(&sign(style, Sign::Confirmed), "done", "完成", Role::Good, style),
        _ => String::new(),
    };
    done + &after
}

/// What the step invites to try: the last that is said of it, after the kernel's answer to what was predicted.
pub fn tries(step: &Step, style: &Style) -> String {
    step.tries.iter().map(|one| para(&sign(style, Sign::Next), &one.text, Role::Plain, style)).collect()
}

/// A step that this machine cannot do.
pub fn left_out(guide: &Guide, why: &Msg, style: &Style) -> String {
    let id = guide.step().map(|step| step.id.clone()).unwrap_or_default();
    let text = Msg::new(format!("{id} is left out here: {}", why.en), format!("这里跳过 {id}：{}", why.zh));
    para(&sign(style, Sign::Careful), &text, Role::Warn, style)
}

/// The next hint.
pub fn hint(hint: Option<&Msg>, asks: Option<StepKind>, style: &Style) -> String {
    match (hint, asks) {
        (Some(hint), _) => para(&sign(style, Sign::Possible), hint, Role::New, style),
        (None, Some(StepKind::Predict)) => words(
            &sign(style, Sign::Possible),
            "say what you think: a wrong prediction teaches as well as a right one",
            "说出你的想法即可：预测错了，同样能学到东西",
            Role::New,
            style,
        ),
        (None, Some(_)) => words(
            &sign(style, Sign::Possible),
            "answer as you think it is: each answer is explained, the wrong ones too",
            "按你的理解回答即可：每个答案都有解释，答错的也有",
            Role::New,
            style,
        ),
        (None, None) => words(
            &sign(style, Sign::Possible),
            "there is no hint here; Enter runs what stands there, and goes on",
            "这里没有提示；按 Enter 执行所列的命令并继续",
            Role::New,
            style,
        ),
    }
}

/// The subject is the same, and elsewhere.
pub fn strayed(style: &Style) -> String {
    words(
        &sign(style, Sign::Careful),
        "the subject is in other namespaces than when you began to play; where that stands in the way, `reset` begins the step anew, `back` goes to the step before",
        "被观察进程所在的命名空间与开始自由操作时不同；若妨碍了这一步，`reset` 重新开始这一步，`back` 回到上一步",
        Role::Warn,
        style,
    )
}

/// The step is passed, and one stays in it.
pub fn rests(style: &Style) -> String {
    words(&sign(style, Sign::Possible), "this step is done: Enter goes on", "这一步已完成：按 Enter 继续", Role::New, style)
}

/// The model solution.
pub fn solution(guide: &Guide, style: &Style) -> String {
    let lines: String = guide.solution().iter().map(|line| typed(line, style)).collect();
    lines + &guide.step().map(|step| right(step, style)).unwrap_or_default()
}

/// The right answers of a question.
pub fn right(step: &Step, style: &Style) -> String {
    let right = step.choices.iter().filter(|choice| choice.right).map(|choice| para("  ", &choice.text, Role::Plain, style));
    let answers = step.answers.first().map(|answer| format!("  {}\n", style.visible(answer))).unwrap_or_default();
    right.collect::<String>() + &answers
}

/// The lesson is parked.
pub fn plays(style: &Style) -> String {
    words(
        &sign(style, Sign::Next),
        "the lesson is parked: play as you like, `resume` comes back",
        "课程已暂停：随意操作，用 `resume` 回来",
        Role::Plain,
        style,
    )
}

/// The ground was lost, and a line of the lesson is about to run on it.
pub fn regained(style: &Style) -> String {
    words(
        &sign(style, Sign::Careful),
        "the subject is another one now; what the steps before had built is built again first",
        "被观察进程已经换了；先重建之前各步的成果",
        Role::Warn,
        style,
    )
}

/// After the ground was lost while playing.
pub fn lost(style: &Style) -> String {
    words(
        &sign(style, Sign::Careful),
        "the subject is another one now; `reset` builds again what the steps before had built, `back` goes to the step before",
        "被观察进程已经换了；`reset` 会重建之前各步的成果，`back` 回到上一步",
        Role::Warn,
        style,
    )
}
