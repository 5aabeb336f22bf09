//! The command line (clap), and what each form of it starts.

use crate::command;
use crate::docs;
use crate::kernel;
use crate::lesson::{self, lint::Lint};
use crate::model::{Lang, Text, errno_name};
use crate::observe::subordinate::{Range, subordinate};
use crate::repl;
use crate::screen::{self, ToScreen};
use crate::script;
use crate::session::{Options, Session, clean, keeper, signals};
use crate::ui;
use crate::ui::Theme;
use clap::error::ErrorKind;
use clap::{CommandFactory, Parser, Subcommand, ValueEnum};
use std::io::{IsTerminal, Read, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// A bench for Linux containers: a shell in which each command is one kernel primitive, acting on a real process.
#[derive(Parser, Debug)]
#[command(name = "boxlab", version)]
struct Cli {
    /// Run these lines (`;` or newline separate) instead of opening the shell
    #[arg(short = 'c', value_name = "LINES")]
    lines: Option<String>,
    /// Run the lines of this file
    #[arg(conflicts_with = "lines")]
    file: Option<PathBuf>,
    /// One JSON object for each line that is run (docs/json.md)
    #[arg(long)]
    json: bool,
    /// Stop at the first line that fails
    #[arg(long)]
    stop: bool,
    /// Language of the texts; without it, that of the locale
    #[arg(long, value_enum, global = true)]
    lang: Option<Language>,
    /// The plain shell: no screen, no pane beside it
    #[arg(long)]
    no_pane: bool,
    /// The plain shell, which says before each prompt what the pane would show differently; for screen readers
    #[arg(long)]
    plain_pane: bool,
    /// Colours for a dark or light terminal, or bold and inverse for a projector
    #[arg(long, value_enum, global = true)]
    theme: Option<Colours>,
    /// For an ordinary user: be root in a user namespace that the whole bench sits in, with one's subordinate IDs (subuid(5))
    #[arg(long, global = true)]
    rootless: bool,
    #[command(subcommand)]
    verb: Option<Verb>,
}

#[derive(Subcommand, Debug)]
enum Verb {
    /// Replay lesson files and check what they say
    Replay {
        /// Lesson files
        #[arg(required = true)]
        files: Vec<PathBuf>,
        /// Judge from this step on; what comes before it is only run
        #[arg(long, value_name = "STEP")]
        from: Option<String>,
        /// One JSON object for each lesson instead of text
        #[arg(long)]
        json: bool,
        /// Write JUnit's XML to this file
        #[arg(long, value_name = "FILE")]
        junit: Option<PathBuf>,
        /// Write a page to this file; with several lessons, pages to this folder
        #[arg(long, value_name = "FILE")]
        html: Option<PathBuf>,
        /// Write a recording for asciinema to this file
        #[arg(long, value_name = "FILE")]
        cast: Option<PathBuf>,
        /// A line that has not ended after so many seconds fails
        #[arg(long, value_name = "SECONDS", default_value_t = lesson::LIMIT.as_secs(), value_parser = clap::value_parser!(u64).range(1..))]
        limit: u64,
        /// Write into the lessons what their lines show and how they end now; asserts stay as they are
        #[arg(long)]
        update: bool,
        /// As root, run also the lines of lessons that are not boxlab's own, without asking
        #[arg(long)]
        yes: bool,
    },
    /// The pane alone, in this terminal: a session of boxlab, or any process of the machine. It changes nothing
    Watch {
        /// A PID; that of a session's process for its subjects. Without it: the only session that runs
        pid: Option<String>,
        /// One JSON array a line, at each change
        #[arg(long)]
        json: bool,
    },
    /// Say what could be better in lesson files: run them, also without each of their lines
    Lint {
        /// Lesson files
        #[arg(required = true)]
        files: Vec<PathBuf>,
        /// Only read them, run nothing
        #[arg(long)]
        read_only: bool,
        /// Both languages say the same as they are now: remember that
        #[arg(long)]
        accept: bool,
        /// As root, run also the lines of lessons that are not boxlab's own, without asking
        #[arg(long)]
        yes: bool,
    },
    /// Begin a lesson file: an empty one, or one from what you do in a session
    Lesson {
        #[command(subcommand)]
        what: Author,
    },
    /// What this machine allows, by trying each primitive
    Doctor {
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Clear up what sessions left whose processes were all killed at once: programs, cgroups. Those that run are left alone
    Clean {
        /// Only say what there is
        #[arg(long, short = 'n')]
        dry_run: bool,
    },
    /// Print documentation that is made from the commands
    Docs {
        /// Every command, in Markdown (docs/commands.md); the page of the manual; or what the lessons cover (docs/coverage.md)
        page: Page,
    },
}

#[derive(Subcommand, Debug)]
enum Author {
    /// Write a lesson to begin with
    New {
        /// The file to make, e.g. lessons/21-mine.txt
        file: PathBuf,
    },
    /// Open the shell, and write what was done in it as a lesson when it ends
    Record {
        /// The file to make
        file: PathBuf,
    },
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Page {
    Commands,
    Coverage,
    Man,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Language {
    En,
    Zh,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Colours {
    Dark,
    Light,
    Contrast,
}

/// Runs the program; returns its exit status: 0 every line did what it said, 1 a line failed, 2 wrong usage or unreadable file.
pub fn main() -> i32 {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // To a closed pipe nothing can be said.
            let _ = error.print();
            return error.exit_code();
        }
    };
    // A verb has options of its own; only language and theme are for all.
    let alone = [
        (cli.lines.is_some(), "-c"),
        (cli.json, "--json"),
        (cli.stop, "--stop"),
        (cli.no_pane, "--no-pane"),
        (cli.plain_pane, "--plain-pane"),
    ];
    if let (Some(_), Some((_, option))) = (&cli.verb, alone.into_iter().find(|(given, _)| *given)) {
        let error = Cli::command().error(ErrorKind::ArgumentConflict, format!("{option} cannot stand before a subcommand"));
        let _ = error.print();
        return error.exit_code();
    }
    let lang = cli.lang.map_or_else(script::locale, |lang| match lang {
        Language::En => Lang::En,
        Language::Zh => Lang::Zh,
    });
    let became = if cli.rootless { become_root(lang) } else { Ok(()) };
    if let Err(status) = became {
        return status;
    }
    if let Some(theme) = cli.theme {
        script::set_theme(match theme {
            Colours::Dark => Theme::Dark,
            Colours::Light => Theme::Light,
            Colours::Contrast => Theme::Contrast,
        });
    }
    match cli.verb {
        Some(Verb::Replay { files, yes, .. } | Verb::Lint { files, yes, read_only: false, .. })
            if !yes && !script::agreed(&files, lang) =>
        {
            2
        }
        Some(Verb::Replay { files, from, json, junit, html, cast, limit, update, .. }) => {
            let limit = Some(Duration::from_secs(limit));
            replay(&lesson::Wish { files, from, json, junit, html, cast, limit, update }, lang)
        }
        Some(Verb::Lint { files, read_only, accept, .. }) => lint(&Lint { files, read_only, accept }, lang),
        Some(Verb::Lesson { what }) => author(&what, lang),
        Some(Verb::Docs { page }) => match script::say(&match page {
            Page::Commands => docs::commands(),
            Page::Coverage => docs::coverage(),
            Page::Man => docs::man(),
        }) {
            Ok(()) => 0,
            Err(_) => 1,
        },
        Some(Verb::Watch { pid, json }) => screen::watch::run(pid.as_deref(), json, lang),
        Some(Verb::Clean { dry_run }) => script::clean(dry_run, lang),
        Some(Verb::Doctor { json }) => lines(vec!["doctor".into()], lang, json, cli.stop),
        None => match (cli.lines, cli.file) {
            (Some(script), _) => lines(command::split(&script), lang, cli.json, cli.stop),
            (None, Some(file)) => match std::fs::read_to_string(&file) {
                Ok(script) => lines(command::split(&script), lang, cli.json, cli.stop),
                Err(error) => {
                    eprintln!("boxlab: {}: {error}", ui::visible(&file.display().to_string()));
                    2
                }
            },
            (None, None) if std::io::stdin().is_terminal() => shell(lang, !cli.no_pane && !cli.plain_pane, cli.plain_pane),
            (None, None) => {
                let mut script = String::new();
                match std::io::stdin().read_to_string(&mut script) {
                    Ok(_) => lines(command::split(&script), lang, cli.json, cli.stop),
                    Err(error) => {
                        eprintln!("boxlab: standard input: {error}");
                        2
                    }
                }
            }
        },
    }
}

/// `--rootless`. Errors: the exit status; what is wrong has been said.
fn become_root(lang: Lang) -> Result<(), i32> {
    let say = |text: Text| eprintln!("boxlab: {}", text.get(lang));
    let uid = nix::unistd::geteuid();
    if uid.is_root() {
        say(Text {
            en: "--rootless is for ordinary users: the user ID is 0 already",
            zh: "--rootless 供普通用户使用：用户 ID 已经是 0",
        });
        return Err(2);
    }
    let pairs = |ranges: Vec<Range>| ranges.into_iter().map(|range| (range.first, range.count)).collect();
    match kernel::become_root(subordinate(Path::new("/etc"), uid.as_raw()).map(pairs)) {
        Ok(true) => Ok(()),
        Ok(false) => {
            say(ONE_ID);
            Ok(())
        }
        Err(errno) => {
            eprintln!("boxlab: --rootless: {}: {}", errno_name(errno), errno.desc());
            say(Text {
                en: "`boxlab doctor` says what forbids user namespaces here",
                zh: "`boxlab doctor` 会说明这里是什么禁止了用户命名空间",
            });
            Err(1)
        }
    }
}

const ONE_ID: Text = Text {
    en: "only one ID is mapped, for want of newuidmap (package uidmap) or of lines in /etc/subuid and /etc/subgid; setuid and setgid \
         to any other ID are EINVAL",
    zh: "只映射了一个 ID，因为缺少 newuidmap（软件包 uidmap）或 /etc/subuid、/etc/subgid 中的条目；setuid、setgid 到其他 ID 会得到 EINVAL",
};

fn lines(lines: Vec<String>, lang: Lang, json: bool, stop: bool) -> i32 {
    let terminal = kernel::owns_terminal() && !json;
    keep(|| {
        signals::interrupts_end();
        match Session::start(Options { lang, capture: json, terminal, ..Options::default() }) {
            Ok(mut session) => script::run(&mut session, &lines, json, stop),
            Err(error) => no_subject(&error),
        }
    })
}

fn replay(wish: &lesson::Wish, lang: Lang) -> i32 {
    keep(|| {
        signals::interrupts_end();
        lesson::replay(wish, &script::bare_style(lang), &mut |text| script::say(text).is_ok())
    })
}

fn lint(wish: &Lint, lang: Lang) -> i32 {
    keep(|| {
        signals::interrupts_end();
        lesson::lint::lint(wish, &script::bare_style(lang), &mut |text| script::say(text).is_ok())
    })
}

/// Makes a lesson file, and overwrites none.
fn author(what: &Author, lang: Lang) -> i32 {
    let (Author::New { file } | Author::Record { file }) = what;
    let id = lesson::write::id_of(file);
    let text = match what {
        Author::New { .. } => lesson::write::template(&id),
        Author::Record { .. } if file.exists() => String::new(),
        Author::Record { .. } => {
            let mut turns = Vec::new();
            kernel::wait_for_foreground();
            let status = keep(|| match Session::start(at_the_terminal(lang)) {
                Ok(mut session) => {
                    let status = repl::record(&mut session, false, &mut |turn, pid| turns.push((turn.clone(), pid)));
                    drop(session);
                    match make(file, &lesson::write::recorded(&id, &turns, lang)) {
                        0 => status,
                        failed => failed,
                    }
                }
                Err(error) => no_subject(&error),
            });
            return status;
        }
    };
    make(file, &text)
}

/// A new file. Returns the exit status.
fn make(file: &Path, text: &str) -> i32 {
    let made = std::fs::File::create_new(file).and_then(|mut file| file.write_all(text.as_bytes()));
    match made {
        Ok(()) => {
            println!("{}", file.display());
            0
        }
        Err(error) => {
            eprintln!("boxlab: {}: {error}", file.display());
            2
        }
    }
}

/// The interactive shell, below a screen where there can be one.
fn shell(lang: Lang, pane: bool, speaks: bool) -> i32 {
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

fn at_the_terminal(lang: Lang) -> Options {
    Options { lang, terminal: kernel::owns_terminal(), ..Options::default() }
}

fn keep(shell: impl FnOnce() -> i32) -> i32 {
    keeper::keep(shell, || (), sweep)
}

fn sweep(keeper: i32) {
    // What cannot be removed in time stays: there is nobody left to tell.
    drop(command::cgroup::sweep(keeper));
}

fn no_subject(error: &std::io::Error) -> i32 {
    eprintln!("boxlab: the subject cannot be started: {error}");
    1
}
