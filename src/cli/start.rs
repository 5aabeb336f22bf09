//! What the command line starts: each runs below a keeper, which sweeps up whatever dies.

use super::words::Plain;
use crate::command;
use crate::kernel;
use crate::lesson::{self, lint::Lint, shelf};
use crate::model::{Lang, Text};
use crate::repl::{self, Opening, Wanted};
use crate::screen::{self, ToScreen};
use crate::script;
use crate::session::{Options, Session, clean, keeper, signals};
use std::io::IsTerminal;

pub fn lines(lines: Vec<String>, lang: Lang, json: bool, stop: bool) -> i32 {
    let terminal = kernel::owns_terminal() && !json;
    keep(|| {
        signals::interrupts_end();
        match Session::start(Options { lang, capture: json, terminal, ..Options::default() }) {
            Ok(mut session) => script::run(&mut session, &lines, json, stop),
            Err(error) => no_subject(&error),
        }
    })
}

pub fn replay(wish: &lesson::Wish, lang: Lang) -> i32 {
    keep(|| {
        signals::interrupts_end();
        lesson::replay(wish, &script::bare_style(lang), &mut |text| script::say(text).is_ok())
    })
}

pub fn lint(wish: &Lint, lang: Lang) -> i32 {
    keep(|| {
        signals::interrupts_end();
        lesson::lint::lint(wish, &script::bare_style(lang), &mut |text| script::say(text).is_ok())
    })
}

/// The interactive shell, below a screen where there can be one.
pub fn shell(lang: Lang, plain: Plain, lesson: Option<Wanted>) -> i32 {
    kernel::wait_for_foreground();
    let pane = !plain.no_pane && !plain.plain_pane;
    let opening = Opening { speaks: plain.plain_pane, lesson, records: None };
    let shell = || match pane && screen::is_possible() {
        true => screen::run(lang, |screen| open(lang, screen, &opening)),
        false => open(lang, None, &opening),
    };
    // A session waits for a person; a script has no time for it.
    let meanwhile = || {
        clean::at_start();
        kernel::forget_code();
    };
    keeper::keep(shell, meanwhile, sweep)
}

/// The same, with a lesson; one that there is not opens no shell.
pub fn lesson(lang: Lang, plain: Plain, wanted: Wanted) -> i32 {
    const NOBODY: Text = Text {
        en: "a lesson is gone through at a terminal; `boxlab replay FILE` runs one by itself",
        zh: "课程需要在终端上进行；`boxlab replay 文件` 可自动执行一课",
    };
    let style = script::bare_style(lang);
    if let Some(word) = &wanted.lesson
        && let Err(missing) = shelf::find(word)
    {
        eprint!("{}", repl::missing(word, &missing, &style));
        return 2;
    }
    if !std::io::stdin().is_terminal() {
        eprintln!("boxlab: {}", style.text(&NOBODY));
        return 2;
    }
    shell(lang, plain, Some(wanted))
}

fn open(lang: Lang, screen: Option<ToScreen>, opening: &Opening) -> i32 {
    match Session::start(at_the_terminal(lang)) {
        Ok(mut session) => {
            if let Some(screen) = screen {
                session.listen(Box::new(move |report| screen.send(report)));
            }
            session.post();
            repl::run(&mut session, opening)
        }
        Err(error) => no_subject(&error),
    }
}

pub fn at_the_terminal(lang: Lang) -> Options {
    Options { lang, terminal: kernel::owns_terminal(), ..Options::default() }
}

pub fn keep(shell: impl FnOnce() -> i32) -> i32 {
    // Most scripts make no cgroup: to find out where one would be, and that there is none, takes a twentieth of a short one's time.
    command::cgroup::tell_below();
    keeper::keep(
        shell,
        || (),
        |keeper| {
            if command::cgroup::may_be_made() {
                sweep(keeper);
            }
        },
    )
}

fn sweep(keeper: i32) {
    // What cannot be removed in time stays: there is nobody left to tell.
    drop(command::cgroup::sweep(keeper));
}

pub fn no_subject(error: &std::io::Error) -> i32 {
    eprintln!("boxlab: the subject cannot be started: {error}");
    1
}
