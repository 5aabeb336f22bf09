//! The words of the command line, as clap reads them. Their doc comments are `--help`.

use crate::command::Param;
use crate::command::lesson::{NOTES, POLL, PRESENT, WHICH};
use crate::lesson;
use crate::model::Lang;
use crate::ui::Theme;
use clap::{Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

/// A bench for Linux containers: a shell in which each command is one kernel primitive, acting on a real process.
#[derive(Parser, Debug)]
#[command(name = "boxlab", version)]
pub struct Cli {
    /// Run these lines (`;` or newline separate) instead of opening the shell
    #[arg(short = 'c', value_name = "LINES")]
    pub lines: Option<String>,
    /// Run the lines of this file
    #[arg(conflicts_with = "lines")]
    pub file: Option<PathBuf>,
    /// One JSON object for each line that is run (docs/json.md)
    #[arg(long)]
    pub json: bool,
    /// Stop at the first line that fails
    #[arg(long)]
    pub stop: bool,
    /// Language of the texts; without it, that of the locale
    #[arg(long, value_enum, global = true)]
    pub lang: Option<Language>,
    #[command(flatten)]
    pub plain: Plain,
    /// Colours for a dark or light terminal, or bold and inverse for a projector
    #[arg(long, value_enum, global = true)]
    pub theme: Option<Colours>,
    /// For an ordinary user: be root in a user namespace that the whole bench sits in, with one's subordinate IDs (subuid(5))
    #[arg(long, global = true)]
    pub rootless: bool,
    #[command(subcommand)]
    pub verb: Option<Verb>,
}

/// The shell without its screen.
#[derive(clap::Args, Clone, Copy, Debug, Default)]
pub struct Plain {
    /// The plain shell: no screen, no pane beside it
    #[arg(long)]
    pub no_pane: bool,
    /// The plain shell, which says before each prompt what the pane would show differently; for screen readers
    #[arg(long)]
    pub plain_pane: bool,
}

#[derive(Subcommand, Debug)]
pub enum Verb {
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
    /// Go through a lesson, or present it to a class; `lesson new` and `lesson record` begin a lesson file
    #[command(disable_help_subcommand = true)]
    Lesson {
        #[arg(help = sentence(&WHICH))]
        lesson: Option<String>,
        #[arg(long, requires = "lesson", help = sentence(&PRESENT))]
        present: bool,
        #[arg(long, requires = "lesson", help = sentence(&NOTES))]
        notes: bool,
        #[arg(long, requires = "lesson", help = sentence(&POLL))]
        poll: bool,
        #[command(flatten)]
        plain: Plain,
        #[command(subcommand)]
        what: Option<Author>,
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
pub enum Author {
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
pub enum Page {
    Commands,
    Coverage,
    Man,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum Language {
    En,
    Zh,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum Colours {
    Dark,
    Light,
    Contrast,
}

impl From<Language> for Lang {
    fn from(language: Language) -> Lang {
        match language {
            Language::En => Lang::En,
            Language::Zh => Lang::Zh,
        }
    }
}

impl From<Colours> for Theme {
    fn from(colours: Colours) -> Theme {
        match colours {
            Colours::Dark => Theme::Dark,
            Colours::Light => Theme::Light,
            Colours::Contrast => Theme::Contrast,
        }
    }
}

/// What the card of a command says about a parameter, as clap's own help begins its lines.
fn sentence(param: &Param) -> String {
    let mut rest = param.about.en.chars();
    rest.next().map(|first| first.to_uppercase().chain(rest).collect()).unwrap_or_default()
}
