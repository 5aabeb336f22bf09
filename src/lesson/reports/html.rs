//! A lesson as one page, in both languages, for handing out and for reading on a phone. It loads nothing.

use super::{Done, escaped};
use crate::lesson::format::{Choice, Item, Para, Step, StepKind};
use crate::lesson::run::{Outcome, StepReport};
use crate::model::{Lang, Msg, Turn};
use crate::ui::{self, Style};

const STYLE: &str = "
:root { color-scheme: light dark; --line: #8886; --soft: #8881; --mark: #0a7d4b; }
body { font: 17px/1.6 system-ui, sans-serif; max-width: 46rem; margin: 0 auto; padding: 1rem; }
h1 { line-height: 1.25; } h2 { margin-top: 2.2rem; border-top: 1px solid var(--line); padding-top: .8rem; font-size: 1.15rem; }
pre { background: var(--soft); padding: .7rem; overflow-x: auto; font: 14px/1.45 ui-monospace, monospace; border-radius: 6px; }
pre b { color: var(--mark); } pre span { display: inline-block; max-width: 100%; white-space: pre-wrap; overflow-wrap: anywhere; } summary { cursor: pointer; padding: .3rem 0; } details { margin: .4rem 0; }
.kind, footer { opacity: .7; font-size: .9rem; font-weight: normal; } .panes { display: grid; gap: .6rem; }
@media (max-width: 30rem) { pre { font-size: 12.5px; padding: .5rem; } }
@media (min-width: 60rem) { body { max-width: 60rem; } .panes { grid-template-columns: 1fr 1fr; } }
@media (prefers-color-scheme: dark) { :root { --mark: #4cc38a; } }
label { margin-right: 1rem; } input { margin-left: 0; } body:has(#en:checked) [lang=zh], body:has(#zh:checked) [lang=en] { display: none; }
";

/// The page. `lang` is the one that is shown first; a switch at the top changes it.
pub fn page(done: &Done, lang: Lang) -> String {
    let lesson = &done.lesson;
    let checked = |one: Lang| if one == lang { " checked" } else { "" };
    let mut text = format!(
        "<!DOCTYPE html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n\
         <nav><label><input type=\"radio\" name=\"lang\" id=\"en\"{}> English</label>\
         <label><input type=\"radio\" name=\"lang\" id=\"zh\"{}> 中文</label></nav>\n<h1>{}</h1>\n",
        lang.name(),
        escaped(&ui::visible(lesson.title.get(lang))),
        checked(Lang::En),
        checked(Lang::Zh),
        inline(&lesson.title),
    );
    lesson.opening.iter().for_each(|para| text.push_str(&paragraph(para)));
    let reports = |step: &Step| done.report.steps.iter().find(|report| report.id == step.id);
    for (at, step) in lesson.steps.iter().enumerate() {
        text.push_str(&one_step(at + 1, step, reports(step)));
    }
    let sources = lesson.source.iter().map(|source| escaped(&ui::visible(source))).collect::<Vec<_>>().join(" · ");
    text + &format!("<footer>{sources}</footer>\n</body>\n</html>\n")
}

fn inline(msg: &Msg) -> String {
    let one = |lang: Lang| escaped(&ui::visible(msg.get(lang)));
    format!("<span lang=\"en\">{}</span><span lang=\"zh\">{}</span>", one(Lang::En), one(Lang::Zh))
}

fn paragraph(para: &Para) -> String {
    format!("<p>{}</p>\n", coded(&inline(&para.text)))
}

/// What stands between backticks is code.
fn coded(html: &str) -> String {
    let mut text = String::new();
    for (at, part) in html.split('`').enumerate() {
        let last = html.matches('`').count();
        match at % 2 {
            1 if at < last + 1 => text.push_str(&format!("<code>{part}</code>")),
            _ => text.push_str(part),
        }
    }
    text
}

fn one_step(number: usize, step: &Step, report: Option<&StepReport>) -> String {
    let kind = step.kind.called();
    let kind = inline(&Msg::new(kind.en, kind.zh));
    let mut text = format!("<section>\n<h2>{number}. {} <span class=\"kind\">{kind}</span></h2>\n", escaped(&step.id));
    step.before().for_each(|para| text.push_str(&paragraph(para)));
    let letters = 'a'..='z';
    let choices = step.choices.iter().zip(letters);
    text.push_str(&choices.map(|(choice, letter)| one_choice(choice, letter)).collect::<String>());
    if let Some(StepReport { outcome: Outcome::Skipped(why), .. }) = report {
        text.push_str(&format!("<p><em>{}</em></p>\n", inline(why)));
    }
    let lines = commands(step, report.map(|report| report.turns.as_slice()).unwrap_or_default());
    if !lines.is_empty() {
        let word = inline(&Msg::new("what to type, and what it does", "输入什么，会发生什么"));
        let open = if step.kind == StepKind::Do { "" } else { " open" };
        text.push_str(&format!("<details{open}><summary>{word}</summary>\n{lines}</details>\n"));
    }
    if let Some((before, after)) =
        report.and_then(|report| report.panes.as_ref()).filter(|(before, after)| before.view != after.view)
    {
        let word = inline(&Msg::new("the subject before and after", "被观察进程：之前与之后"));
        text.push_str(&format!(
            "<details><summary>{word}</summary>\n<div class=\"panes\">{}{}</div></details>\n",
            shown(before),
            shown(after)
        ));
    }
    step.after().for_each(|para| text.push_str(&paragraph(para)));
    step.tries.iter().for_each(|para| text.push_str(&paragraph(para)));
    text + "</section>\n"
}

fn one_choice(choice: &Choice, letter: char) -> String {
    let mark = if choice.right { "✓" } else { "✗" };
    let (first, rest) =
        choice.feedback.split_first().map_or((String::new(), &[][..]), |(first, rest)| (inline(&first.text), rest));
    let feedback: String = rest.iter().map(paragraph).collect();
    format!(
        "<details><summary>{letter}) {}</summary>\n<p>{mark} {}</p>\n{feedback}</details>\n",
        coded(&inline(&choice.text)),
        coded(&first)
    )
}

fn commands(step: &Step, turns: &[Turn]) -> String {
    let commands = step.items.iter().filter_map(|item| if let Item::Run(command) = item { Some(command) } else { None });
    let mut text = String::new();
    for (at, command) in commands.enumerate() {
        let turn = turns.get(at);
        let line = turn.map_or(&command.text, |turn| &turn.line);
        text.push_str(&format!("<pre><b>$ {}</b></pre>\n", escaped(&ui::visible(line))));
        text.push_str(&turn.map(shown).unwrap_or_default());
    }
    text
}

/// A turn as the screen shows it, once where it reads the same in both languages.
fn shown(turn: &Turn) -> String {
    let [en, zh] = [Lang::En, Lang::Zh].map(|lang| ui::turn(turn, &Style::plain(lang)));
    match en {
        en if en.is_empty() && zh.is_empty() => String::new(),
        en if en == zh => format!("<pre>{}</pre>\n", lines(&en)),
        en => format!("<pre lang=\"en\">{}</pre><pre lang=\"zh\">{}</pre>\n", lines(&en), lines(&zh)),
    }
}

/// A sentence and a call may be broken on a narrow page; what stands in columns may not, and is scrolled.
fn lines(text: &str) -> String {
    let one = |line: &str| {
        let sentence = line.starts_with(['=', '!', '✗', '✓', '?', '→']) && line.chars().nth(1) == Some(' ');
        let call = line.starts_with("  ") && line.contains('(') && line.contains(") = ");
        match sentence || call {
            true => format!("<span>{}</span>\n", escaped(line)),
            false => escaped(line) + "\n",
        }
    };
    text.lines().map(one).collect()
}
