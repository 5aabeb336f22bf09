//! The list of lessons, what has been done of them, and the end of one.

use super::draw::{heading, name, para, sign, words};
use super::log::Log;
use crate::lesson::progress::{Mark, Progress};
use crate::lesson::shelf::{Entry, Missing};
use crate::model::{Msg, Text};
use crate::ui::{self, Role, Sign, Style};
use std::collections::BTreeMap;

/// What stands below the words of welcome: how to begin, or how to go on.
pub fn invitation(entry: &Entry, left: Option<usize>, first: bool, style: &Style) -> String {
    let title = &entry.lesson.title;
    let number = entry.number.map(|number| number.to_string()).unwrap_or_default();
    let (en, zh) = match (first, left) {
        (true, _) => (
            format!("Enter begins lesson {number}: {}. `lesson` lists all of them", title.en),
            format!("按 Enter 开始第 {number} 课：{}。`lesson` 列出所有课程", title.zh),
        ),
        (_, None) => {
            (format!("Enter begins lesson {number}: {}", title.en), format!("按 Enter 开始第 {number} 课：{}", title.zh))
        }
        (_, Some(at)) => (
            format!("Enter goes on with lesson {number}, {}, at step {}", title.en, at + 1),
            format!("按 Enter 继续第 {number} 课：{}（第 {} 步）", title.zh, at + 1),
        ),
    };
    words(&sign(style, Sign::Next), en, zh, Role::New, style) + "\n"
}

/// A lesson that this machine cannot do.
pub fn unfit_lesson(entry: &Entry, why: &Msg, style: &Style) -> String {
    let title = &entry.lesson.title;
    let text =
        Msg::new(format!("“{}” cannot be done here: {}", title.en, why.en), format!("这里无法进行“{}”：{}", title.zh, why.zh));
    para(&sign(style, Sign::Careful), &text, Role::Warn, style)
}

/// Lessons that come before this one and have not been begun. Nobody is kept from it: it is said, and that is all.
pub fn builds_on(before: &[Entry], style: &Style) -> String {
    if before.is_empty() {
        return String::new();
    }
    let lines: Vec<String> = before
        .iter()
        .map(|entry| entry.number.map_or(entry.file.clone(), |number| number.to_string()))
        .map(|number| format!("`lesson {number}`"))
        .collect();
    words(
        "",
        format!("It builds on {}.", lines.join(", ")),
        format!("本课以 {} 的内容为基础。", lines.join("、")),
        Role::Dim,
        style,
    )
}

/// There is no such lesson.
pub fn missing(word: &str, missing: &Missing, style: &Style) -> String {
    match missing {
        Missing::Unknown => words(
            &sign(style, Sign::Failed),
            format!("no lesson `{word}`; `lesson` lists them"),
            format!("没有课程 `{word}`；`lesson` 列出所有课程"),
            Role::Bad,
            style,
        ),
        Missing::Unreadable(why) => {
            let text = Msg::new(format!("{word}: {}", why.en), format!("{word}：{}", why.zh));
            para(&sign(style, Sign::Failed), &text, Role::Bad, style)
        }
        Missing::Bad(faults, text) => {
            faults.iter().map(|fault| fault.show(word, text, style.lang(), ui::visible, ui::width)).collect()
        }
    }
}

/// A word of a lesson where there is none.
pub fn no_lesson(style: &Style) -> String {
    words(
        &sign(style, Sign::Failed),
        "no lesson is open; `lesson` lists them, `lesson 1` begins one",
        "没有正在进行的课程；`lesson` 列出课程，`lesson 1` 开始一课",
        Role::Bad,
        style,
    )
}

/// The end of a lesson; `marks`: what the learner did, where it was one.
pub fn finished(entry: &Entry, marks: Option<&BTreeMap<&str, Mark>>, next: Option<&Entry>, style: &Style) -> String {
    let count = |mark: Mark| marks.into_iter().flat_map(BTreeMap::values).filter(|one| **one == mark).count();
    let (passed, skipped, missed) = (count(Mark::Passed) + count(Mark::Right), count(Mark::Skipped), count(Mark::Missed));
    let mut text = heading(&name(entry, style), style);
    let (left_en, left_zh) = match count(Mark::Unfit) {
        0 => (String::new(), String::new()),
        unfit => (format!(", {unfit} left out here"), format!("，本机无法进行 {unfit}")),
    };
    let (en, zh) = match marks {
        Some(_) => (
            format!("the end of this lesson: {passed} passed, {skipped} skipped, {missed} answered wrong{left_en}"),
            format!("本课结束：通过 {passed}，跳过 {skipped}，答错 {missed}{left_zh}"),
        ),
        None => ("the end of this lesson".into(), "本课结束".into()),
    };
    text.push_str(&words(&sign(style, Sign::Confirmed), en, zh, Role::Good, style));
    if missed > 0 {
        text.push_str(&words(
            "  ",
            "what was answered wrong comes back at the start of another lesson",
            "答错的问题会在另一课开始时再问一次",
            Role::Dim,
            style,
        ));
    }
    if let Some(next) = next {
        text.push_str(&invitation(next, None, false, style));
    }
    text
}

/// All lessons, with what has been done of each.
pub fn menu(shelf: &[Entry], progress: &Progress, current: Option<&str>, style: &Style) -> String {
    let mut text = String::from("\n");
    for entry in shelf {
        let (done, all) = (progress.done(&entry.lesson), entry.lesson.steps.len());
        let (mark, role) = match () {
            () if current == Some(entry.file.as_str()) => (style.sign(Sign::Next), Role::New),
            () if done == all => (style.sign(Sign::Confirmed), Role::Good),
            () if done > 0 => (style.sign(Sign::Changed), Role::Plain),
            () => (" ", Role::Plain),
        };
        let number = entry.number.map(|number| number.to_string()).unwrap_or_default();
        let minutes = entry.lesson.minutes.map(|minutes| format!("{minutes} min")).unwrap_or_default();
        let title = ui::pad(&style.msg(&entry.lesson.title), 44);
        text.push_str(&style.paint(role, &format!("{} {number:>2}  {title} {done:>2}/{all:<2}  {minutes}", ui::pad(mark, 2))));
        text.push('\n');
    }
    let way = match current {
        Some(_) => Text { en: "`lesson N` begins one, `resume` goes on", zh: "`lesson N` 开始一课，`resume` 继续" },
        None => Text { en: "`lesson N` begins one", zh: "`lesson N` 开始一课" },
    };
    text + &style.paint(Role::Dim, style.text(&way)) + "\n"
}

/// What has been done, and where that is kept.
pub fn progress(shelf: &[Entry], log: &Log, style: &Style) -> String {
    let file = match &log.file {
        Some(file) => Msg::same(file.display().to_string()),
        None => Msg::new("it cannot be kept: no directory for it can be written", "无法保存：没有可写的目录"),
    };
    let missed = log.progress.missed("").len();
    let again = Msg::new(format!("to be asked again: {missed}"), format!("待再问：{missed}"));
    let ways = Msg::same("progress export · progress export json · progress forget");
    menu(shelf, &log.progress, None, style)
        + &para("", &again, Role::Plain, style)
        + &para("", &file, Role::Dim, style)
        + &para("", &ways, Role::Dim, style)
}

/// The record is empty now, or why not.
pub fn forgotten(error: Option<std::io::Error>, style: &Style) -> String {
    match error {
        None => words("", "forgotten: nothing is kept of what you did", "已删除：学习记录已清空", Role::Plain, style),
        Some(error) => para(&sign(style, Sign::Failed), &Msg::same(error.to_string()), Role::Bad, style),
    }
}
