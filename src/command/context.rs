//! What a command is given when it runs, and what it gives back.

use super::clinic::Patient;
use crate::kernel::Kernel;
use crate::model::{
    Block, Call, Cell, Exit, Grid, Lang, Msg, Names, Note, NoteKind, NsId, NsKind, PaneOrder, Place, Snapshot, Turn, errno_name,
};

use nix::errno::Errno;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::os::fd::{AsRawFd, OwnedFd, RawFd};

/// What an inside command works with: it runs in the subject itself.
pub struct Inside<'a> {
    /// Makes and records calls.
    pub kernel: &'a mut Kernel,
    /// The language of what is printed at once (a program's way out); all else is in both.
    pub lang: Lang,
    /// What the observer opened and handed over for the arguments of the kinds `Target`, `TargetNs`, `NameAt` and `CgroupDir`.
    pub held: Vec<Held>,
    /// In these kinds the subject is in a namespace that the bench made; in all of them with `--on-host`.
    pub own: &'a [NsKind],
    /// Programs in the background, or stopped.
    pub jobs: &'a mut Jobs,
    /// What a foreground program may do with the terminal.
    pub terminal: Terminal,
    /// How many forks deep: 0 is the subject that the observer made.
    pub depth: usize,
    /// Tells the observer things while the command runs.
    pub tell: &'a dyn Tell,
    /// Set by `fork` and `clone` in the new process: it serves from now on.
    pub born: bool,
    /// Set by `fork` and `clone` in the parent: it waits for this child, which answers the line in its stead.
    pub child: Option<i32>,
    /// Set by `exit`: this process ends with this status.
    pub leave: Option<i32>,
}

/// What an inside command can tell the observer before it has its answer.
pub trait Tell {
    /// Called by the new process itself, just before it runs a program: the kernel translates its PID for the observer.
    fn started(&self, job: i32);
    /// Ctrl-C was typed while a program had the terminal.
    fn interrupted(&self);
    /// Closes the way to the observer: for children that run on without a program of their own.
    fn hang_up(&self);
}

/// A descriptor that came with the line.
#[derive(Debug)]
pub struct Held {
    /// The word that stood in the line.
    pub word: String,
    /// A pidfd, a namespace, or the directory of a cgroup.
    pub fd: OwnedFd,
    /// How to print it: `pidfd:[4711]`, `net:[4026532177]`, the path of a cgroup.
    pub label: String,
}

impl Held {
    /// As the calls take it.
    pub fn named(&self) -> (RawFd, &str) {
        (self.fd.as_raw_fd(), &self.label)
    }
}

/// The terminal, as far as a foreground program is concerned.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terminal {
    /// A foreground program gets the terminal (there is one, and it is ours to give).
    pub give: bool,
}

/// A program that the subject started and has not seen end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
    /// Its number, from 1.
    pub number: usize,
    /// Its PID, as the subject counts; also its process group.
    pub pid: i32,
    /// Its words.
    pub words: String,
    /// Stopped (Ctrl-Z)?
    pub stopped: bool,
}

/// The subject's jobs.
pub type Jobs = Vec<Job>;

/// What an outside command or one of the shell works with.
pub struct Outside<'a> {
    /// Makes and records calls.
    pub kernel: &'a mut Kernel,
    /// The language of the screen.
    pub lang: Lang,
    /// The current subject.
    pub subject: SubjectView,
    /// All subjects.
    pub subjects: Vec<SubjectView>,
    /// The observer's namespaces: the host's, as far as the bench is concerned.
    pub host: &'a BTreeMap<NsKind, NsId>,
    /// The names of namespaces.
    pub names: &'a Names,
    /// There is a screen with a pane.
    pub screen: bool,
    /// Namespaces that the observer holds.
    pub pins: &'a mut Vec<Pin>,
    /// The keeper's PID: every process of the bench descends from it.
    pub keeper: i32,
    /// The last line's whole receipt.
    pub last: Option<&'a Turn>,
    /// The lines so far.
    pub history: &'a [String],
    /// For a command that takes its time.
    pub lookout: &'a dyn Lookout,
    /// The clinic's patient.
    pub patient: Option<&'a Patient>,
    /// What the current subject's lines did since it was made: those that did what they say.
    pub steps: &'a [Step],
    /// What the session does when the command has returned.
    pub acts: Vec<Act>,
}

/// What a command of the observer's that takes its time can do while it runs.
pub trait Lookout {
    /// Says something at once, where somebody sits at a terminal; false where nobody does.
    fn say(&self, text: &Msg) -> bool;
    /// Has Ctrl-C been typed, or is the session to end?
    fn interrupted(&self) -> bool;
}

/// A line that did what it says, with the calls that it made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// As typed.
    pub line: String,
    /// The command's name.
    pub command: String,
    /// Where it ran.
    pub place: Place,
    /// Its calls.
    pub calls: Vec<Call>,
    /// The subject's PIDs then, as in [`SubjectView`].
    pub pids: Vec<i32>,
}

/// A namespace that the observer holds by a descriptor, so that it outlives its processes.
#[derive(Debug)]
pub struct Pin {
    /// What the user calls it.
    pub name: String,
    /// Its kind.
    pub kind: NsKind,
    /// Its identity.
    pub id: NsId,
    /// The descriptor.
    pub fd: OwnedFd,
}

/// A subject as the commands see it.
#[derive(Clone, Debug)]
pub struct SubjectView {
    /// Its name.
    pub name: String,
    /// PIDs as the observer counts: the process that the observer made, and the forks down to the one that serves.
    pub pids: Vec<i32>,
    /// The serving process at the start of this line.
    pub seen: Snapshot,
}

impl SubjectView {
    /// The serving process.
    pub fn pid(&self) -> i32 {
        self.seen.pid
    }
}

/// What the session does after a command of the shell.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Act {
    /// A fresh subject in place of the current one.
    Reset,
    /// A further subject, which becomes the current one.
    New(String),
    /// This subject becomes the current one.
    Use(String),
    /// This subject ends.
    Drop(String),
    /// The screen's language.
    Lang(Lang),
    /// What the pane is to do.
    Pane(PaneOrder),
    /// A fresh subject with something wrong: the clinic's case of this number.
    Patient(u64),
    /// What is wrong with the patient has been said.
    Diagnosed,
    /// The session ends.
    Quit,
}

/// What a command that succeeded has to say.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    /// Sentences beside the result.
    pub notes: Vec<Note>,
    /// What is to be shown.
    pub view: Vec<Block>,
    /// How a program ended, where one ran.
    pub exit: Option<Exit>,
}

impl Said {
    /// Nothing to say: the calls and changes tell it.
    pub fn nothing() -> Said {
        Said::default()
    }

    /// A table.
    pub fn grid(head: Vec<Msg>, rows: Vec<Vec<Cell>>) -> Said {
        Said { view: vec![Block::Grid(Grid { head, rows })], ..Said::default() }
    }

    /// Adds a sentence.
    pub fn note(mut self, kind: NoteKind, text: impl Into<Msg>) -> Said {
        self.notes.push(Note { kind, text: text.into() });
        self
    }

    /// Adds something to show.
    pub fn show(mut self, block: Block) -> Said {
        self.view.push(block);
        self
    }
}

/// Why a command stopped.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Stop {
    /// The words are wrong.
    Usage(Msg),
    /// It would change what is not the bench's.
    Refused(Msg),
    /// It cannot be done here.
    Unfit(Msg),
    /// The last recorded call failed with this errno.
    Failed(i32),
}

impl From<Errno> for Stop {
    fn from(errno: Errno) -> Stop {
        Stop::Failed(errno as i32)
    }
}

impl Stop {
    /// A reader found nothing there: this path, this errno.
    pub fn unread(path: &str, errno: i32) -> Stop {
        let errno = errno_name(Errno::from_raw(errno));
        Stop::Unfit(Msg::new(format!("{path} cannot be read: {errno}"), format!("无法读取 {path}：{errno}")))
    }
}
