//! All that one typed line did.

use super::{Block, Call, Change, Msg};
use serde::{Deserialize, Serialize};

/// Where a command runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Place {
    /// In the subject itself.
    Inside,
    /// The observer acts on the subject, as a container runtime does.
    Outside,
    /// The shell, which changes nothing in the subject.
    Shell,
}

/// How a process ended (wait(2)).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Exit {
    /// It called exit with this status.
    Status(i32),
    /// This signal killed it.
    Signal(i32),
    /// It was stopped by this signal, and can go on.
    Stopped(i32),
    /// Nobody could ask (it was not a child of the asker).
    Unknown,
}

/// Whether live state confirms a cause.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Standing {
    /// Live state shows it: this is why.
    Confirmed,
    /// It can be; nothing that can be read decides.
    Possible,
    /// Live state refutes it; named so that nobody has to look.
    Refuted,
}

/// One candidate reason of a failure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cause {
    /// The row of the table of failures that says so; empty where none does.
    #[serde(default)]
    pub row: String,
    /// Whether it is the one.
    pub standing: Standing,
    /// The reason, with what was seen.
    pub why: Msg,
    /// What to do about it.
    pub next: Option<Msg>,
}

/// Why something failed, and what to try.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Advice {
    /// Candidate causes, the confirmed ones first.
    pub causes: Vec<Cause>,
}

/// How a line ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum End {
    /// It did what it says.
    Done,
    /// A program ran and ended (or stopped) like this.
    Ran {
        /// How.
        exit: Exit,
    },
    /// The words are wrong; nothing was done.
    Usage {
        /// What is wrong.
        why: Msg,
    },
    /// It would have changed the host, or what is not the bench's; nothing was called.
    Refused {
        /// Why.
        why: Msg,
    },
    /// It cannot be done here; nothing was called, or what was called did not serve.
    Unfit {
        /// Why.
        why: Msg,
    },
    /// The kernel said no. The failed call is the last one with an errno.
    Failed {
        /// The errno's name.
        errno: String,
        /// Why, and what to try.
        advice: Advice,
    },
    /// The subject (a forked child) ended; its parent is the subject again.
    ChildGone {
        /// How it ended.
        exit: Exit,
    },
    /// The subject itself ended; a fresh one stands in its place.
    SubjectGone {
        /// How it ended.
        exit: Exit,
    },
}

impl End {
    /// Did the line do what it says? A program that exits with 0 or stops does.
    pub fn ok(&self) -> bool {
        matches!(self, End::Done | End::Ran { exit: Exit::Status(0) | Exit::Stopped(_) })
    }
}

/// What a note is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum NoteKind {
    /// What was done or found.
    Did,
    /// What did not change, though one might expect it.
    Unchanged,
    /// What to try next.
    Next,
    /// A warning: nothing failed, and yet.
    Careful,
}

/// One sentence beside the result.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// What it is about.
    pub kind: NoteKind,
    /// The sentence.
    pub text: Msg,
}

/// All that one typed line did. The screen draws it, lessons judge it, tests compare it, exports write it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Turn {
    /// The line, as typed.
    pub line: String,
    /// The name of the command that ran; empty where there is none of that name.
    pub command: String,
    /// The subject it was about.
    pub subject: String,
    /// Where it ran.
    pub place: Place,
    /// The kernel calls, in order.
    pub calls: Vec<Call>,
    /// How it ended.
    pub end: End,
    /// What changed in the subject.
    pub changes: Vec<Change>,
    /// What else is to be said.
    pub notes: Vec<Note>,
    /// What is to be shown.
    pub view: Vec<Block>,
    /// What programs wrote, where it was captured (scripts, replay, `--json`).
    pub output: String,
}

impl Exit {
    /// `status 1`, `killed by SIGKILL`, `stopped by SIGTSTP`.
    pub fn in_words(self) -> Msg {
        let name = |signal: i32| {
            nix::sys::signal::Signal::try_from(signal).map_or(format!("signal {signal}"), |known| known.as_str().into())
        };
        match self {
            Exit::Status(status) => Msg::new(format!("status {status}"), format!("退出状态 {status}")),
            Exit::Signal(signal) => Msg::new(format!("killed by {}", name(signal)), format!("被 {} 杀死", name(signal))),
            Exit::Stopped(signal) => Msg::new(format!("stopped by {}", name(signal)), format!("被 {} 停止", name(signal))),
            Exit::Unknown => Msg::new("nobody knows how", "原因不明"),
        }
    }

    /// What a signal says that the kernel sends for one reason only.
    pub fn means(self) -> Option<Msg> {
        match self {
            Exit::Signal(libc::SIGSYS) => Some(Msg::new(
                "SIGSYS: a seccomp filter does not allow what it called",
                "SIGSYS：seccomp 过滤器不允许它发出的调用",
            )),
            Exit::Signal(libc::SIGXCPU) => Some(Msg::new("SIGXCPU: RLIMIT_CPU is used up", "SIGXCPU：RLIMIT_CPU 已用完")),
            Exit::Signal(libc::SIGXFSZ) => {
                Some(Msg::new("SIGXFSZ: it wrote beyond RLIMIT_FSIZE", "SIGXFSZ：写入超过了 RLIMIT_FSIZE"))
            }
            _ => None,
        }
    }
}
