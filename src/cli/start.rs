//! What the command line starts: each runs below a keeper, which sweeps up whatever dies.

use crate::command;
use crate::kernel;
use crate::lesson::{self, lint::Lint};
use crate::model::Lang;
use crate::repl;
use crate::screen::{self, ToScreen};
use crate::script;
use crate::session::{Options, Session, clean, keeper, signals};

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
pub fn shell(lang: Lang, pane: bool, speaks: bool) -> i32 {
    kernel::wait_for_foreground();
    let shell = || match pane && screen::is_possible() {
        true => screen::run(lang, |screen| open(lang, screen, speaks)),
        false => open(lang, None, speaks),
    };
    // A session waits for a person; a script has no time for it.
    let meanwhile = || {
        clean::at_start();
        kernel::forget_code();
    };
    keeper::keep(shell, meanwhile, sweep)
}

fn open(lang: Lang, screen: Option<ToScreen>, speaks: bool) -> i32 {
    match Session::start(at_the_terminal(lang)) {
        Ok(mut session) => {
            if let Some(screen) = screen {
                session.listen(Box::new(move |report| screen.send(report)));
            }
            session.post();
            repl::run(&mut session, speaks)
        }
        Err(error) => no_subject(&error),
    }
}

pub fn at_the_terminal(lang: Lang) -> Options {
    Options { lang, terminal: kernel::owns_terminal(), ..Options::default() }
}

pub fn keep(shell: impl FnOnce() -> i32) -> i32 {
    keeper::keep(shell, || (), sweep)
}

fn sweep(keeper: i32) {
    // What cannot be removed in time stays: there is nobody left to tell.
    drop(command::cgroup::sweep(keeper));
}

pub fn no_subject(error: &std::io::Error) -> i32 {
    eprintln!("boxlab: the subject cannot be started: {error}");
    1
}
