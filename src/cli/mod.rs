//! The command line: what its words ask for is started. Returns an exit status.

mod author;
mod rootless;
mod start;
mod words;

use crate::command;
use crate::docs;
use crate::lesson::{self, lint::Lint};
use crate::model::Lang;
use crate::repl::{Show, Wanted};
use crate::screen;
use crate::script;
use crate::ui;
use clap::error::ErrorKind;
use clap::{CommandFactory, Parser};
use std::io::{IsTerminal, Read};
use std::time::Duration;
use words::{Cli, Page, Plain, Verb};

/// Runs the program; returns its exit status: 0 every line did what it said, 1 a line failed, 2 wrong usage or unreadable file.
pub fn main() -> i32 {
    let mut cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // To a closed pipe nothing can be said.
            let _ = error.print();
            return error.exit_code();
        }
    };
    if let Some(Verb::Lesson { plain, .. }) = &mut cli.verb {
        let before = std::mem::take(&mut cli.plain);
        *plain = Plain { no_pane: plain.no_pane || before.no_pane, plain_pane: plain.plain_pane || before.plain_pane };
    }
    // A verb has options of its own; only language and theme are for all.
    let alone = [
        (cli.lines.is_some(), "-c"),
        (cli.json, "--json"),
        (cli.stop, "--stop"),
        (cli.plain.no_pane, "--no-pane"),
        (cli.plain.plain_pane, "--plain-pane"),
    ];
    let wrong = match (&cli.verb, alone.into_iter().find(|(given, _)| *given)) {
        (Some(_), Some((_, option))) => Some(format!("{option} cannot stand before a subcommand")),
        (Some(Verb::Lesson { lesson: Some(lesson), what: Some(_), .. }), _) => {
            Some(format!("a lesson file is begun or `{}` is gone through, not both", ui::visible(lesson)))
        }
        _ => None,
    };
    if let Some(wrong) = wrong {
        let error = Cli::command().error(ErrorKind::ArgumentConflict, wrong);
        let _ = error.print();
        return error.exit_code();
    }
    let lang = cli.lang.map_or_else(script::locale, Lang::from);
    let became = if cli.rootless { rootless::become_root(lang) } else { Ok(()) };
    if let Err(status) = became {
        return status;
    }
    let spoken = cli.plain.plain_pane || matches!(&cli.verb, Some(Verb::Lesson { plain, .. }) if plain.plain_pane);
    if spoken {
        script::set_spoken();
    }
    if let Some(theme) = cli.theme {
        script::set_theme(theme.into());
    }
    match cli.verb {
        Some(verb) => run(verb, lang),
        None => session(cli, lang),
    }
}

/// What a verb asks for.
fn run(verb: Verb, lang: Lang) -> i32 {
    match verb {
        Verb::Replay { files, yes, .. } | Verb::Lint { files, yes, read_only: false, .. }
            if !yes && !script::agreed(&files, lang) =>
        {
            2
        }
        Verb::Replay { files, from, json, junit, html, cast, limit, update, .. } => {
            let limit = Some(Duration::from_secs(limit));
            start::replay(&lesson::Wish { files, from, json, junit, html, cast, limit, update }, lang)
        }
        Verb::Lint { files, read_only, accept, .. } => start::lint(&Lint { files, read_only, accept }, lang),
        Verb::Lesson { what: Some(what), .. } => author::author(&what, lang),
        Verb::Lesson { lesson, present, notes, poll, plain, .. } => {
            start::lesson(lang, plain, Wanted { lesson, show: Show { present, notes, poll } })
        }
        Verb::Docs { page } => match script::say(&match page {
            Page::Commands => docs::commands(),
            Page::Coverage => docs::coverage(),
            Page::Man => docs::man(),
        }) {
            Ok(()) => 0,
            Err(_) => 1,
        },
        Verb::Watch { pid, json } => screen::watch::run(pid.as_deref(), json, lang),
        Verb::Clean { dry_run } => script::clean(dry_run, lang),
        Verb::Doctor { json } => start::lines(vec!["doctor".into()], lang, json, false),
    }
}

/// Without a verb: lines from somewhere, or the shell.
fn session(cli: Cli, lang: Lang) -> i32 {
    let lines = |script: String| start::lines(command::split(&script), lang, cli.json, cli.stop);
    match (cli.lines, cli.file) {
        (Some(script), _) => lines(script),
        (None, Some(file)) => match std::fs::read_to_string(&file) {
            Ok(script) => lines(script),
            Err(error) => {
                eprintln!("boxlab: {}: {error}", ui::visible(&file.display().to_string()));
                2
            }
        },
        (None, None) if std::io::stdin().is_terminal() => start::shell(lang, cli.plain, None),
        (None, None) => {
            let mut script = String::new();
            match std::io::stdin().read_to_string(&mut script) {
                Ok(_) => lines(script),
                Err(error) => {
                    eprintln!("boxlab: standard input: {error}");
                    2
                }
            }
        }
    }
}
