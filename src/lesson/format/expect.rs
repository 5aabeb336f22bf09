//! What a line must show, and how it must end.

use super::Fault;
use super::text::Piece;
use crate::command::args::signal;
use crate::model::{Call, End, Exit, Msg, Turn, errno_name, errno_named};

/// One line of expected output.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expect {
    /// The line in the file.
    pub line: usize,
    /// The text, without the two blanks and the mark at the end.
    pub text: String,
    /// How it is compared.
    pub like: Like,
}

/// How an expected line is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Like {
    /// Word by word.
    Literal,
    /// A pattern: `*`, `?`.
    Glob,
    /// A regular expression.
    Regex,
    /// Any lines.
    Any,
}

/// How a line must end.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Ends {
    /// It does what it says.
    #[default]
    Well,
    /// The kernel says no to a call, with this errno: the line fails, or shows just that.
    Errno(String),
    /// The program ends with this status.
    Status(i32),
    /// This signal kills the program.
    Signal(i32),
    /// A program ends, in whatever way: for what is a race.
    Somehow,
    /// The guard refuses it.
    Refused,
    /// It cannot be done here, or the words are wrong.
    Unfit,
    /// The subject, or the forked child that was it, ends.
    Gone,
}

/// Reads an indented line below a `$` line: a line of output, or how the line ends.
pub(super) fn expected(piece: Piece<'_>) -> Result<Result<Expect, Ends>, Fault> {
    let text = piece.text;
    if let Some(word) = text.strip_prefix("! ") {
        return ends(piece.from(2), word.trim()).map(Err);
    }
    if let Some(inner) = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'))
        && !inner.is_empty()
        && !inner.contains(char::is_whitespace)
    {
        if inner == "?" {
            return Ok(Err(Ends::Somehow));
        }
        if let Ok(status) = inner.parse::<i32>() {
            return Ok(Err(Ends::Status(status)));
        }
        if let Some(number) = inner.starts_with("SIG").then(|| signal(inner)).flatten() {
            return Ok(Err(Ends::Signal(number)));
        }
    }
    let (text, like) = match text.trim_end() {
        "..." => ("", Like::Any),
        other => match (other.strip_suffix(" (re)"), other.strip_suffix(" (glob)")) {
            (Some(text), _) => (text, Like::Regex),
            (_, Some(text)) => (text, Like::Glob),
            _ => (other, Like::Literal),
        },
    };
    if like == Like::Regex
        && let Err(error) = regex(text)
    {
        let why = error.to_string();
        let why = why.lines().last().unwrap_or_default().trim_start_matches("error: ").to_string();
        return Err(piece.fault(format!("not a regular expression: {why}"), format!("不是正则表达式：{why}")));
    }
    Ok(Ok(Expect { line: piece.line, text: text.to_string(), like }))
}

/// The whole line must match.
pub fn regex(text: &str) -> Result<regex_lite::Regex, regex_lite::Error> {
    regex_lite::Regex::new(&format!("^(?:{text})$"))
}

fn ends(piece: Piece<'_>, word: &str) -> Result<Ends, Fault> {
    match word {
        "refused" => Ok(Ends::Refused),
        "unfit" => Ok(Ends::Unfit),
        "gone" => Ok(Ends::Gone),
        name if errno_named(name).is_some_and(|errno| errno_name(errno) == name) => Ok(Ends::Errno(name.to_string())),
        _ => Err(piece.fault(
            format!("`{word}` is no errno; expected a name such as EPERM, or one of: refused unfit gone"),
            format!("`{word}` 不是 errno；此处应为 EPERM 这样的名字，或 refused、unfit、gone"),
        )),
    }
}

impl Ends {
    /// Did it end so?
    pub fn held(&self, turn: &Turn) -> bool {
        match (self, &turn.end) {
            (Ends::Well, end) => end.ok(),
            (Ends::Errno(name), End::Failed { errno, .. }) => name == errno,
            (Ends::Errno(name), end) if end.ok() => {
                turn.calls.iter().filter_map(Call::errno).any(|errno| errno_name(errno) == *name)
            }
            (Ends::Somehow, End::Ran { .. }) => true,
            (Ends::Status(want), End::Ran { exit: Exit::Status(status) }) => want == status,
            (Ends::Signal(want), End::Ran { exit: Exit::Signal(signal) }) => want == signal,
            (Ends::Refused, End::Refused { .. }) => true,
            (Ends::Unfit, End::Unfit { .. } | End::Usage { .. }) => true,
            (Ends::Gone, End::ChildGone { .. } | End::SubjectGone { .. }) => true,
            _ => false,
        }
    }

    /// As a lesson writes it; empty for one that does what it says.
    pub fn written(&self) -> String {
        match self {
            Ends::Well => String::new(),
            Ends::Errno(name) => format!("! {name}"),
            Ends::Status(status) => format!("[{status}]"),
            Ends::Signal(number) => {
                let name = nix::sys::signal::Signal::try_from(*number).map(|signal| signal.as_str().to_string());
                format!("[{}]", name.unwrap_or_else(|_| number.to_string()))
            }
            Ends::Somehow => "[?]".into(),
            Ends::Refused => "! refused".into(),
            Ends::Unfit => "! unfit".into(),
            Ends::Gone => "! gone".into(),
        }
    }

    /// What would be written for a line that ended so.
    pub fn of(end: &End) -> Ends {
        match end {
            End::Done | End::Ran { exit: Exit::Status(0) | Exit::Stopped(_) | Exit::Unknown } => Ends::Well,
            End::Ran { exit: Exit::Status(status) } => Ends::Status(*status),
            End::Ran { exit: Exit::Signal(signal) } => Ends::Signal(*signal),
            End::Failed { errno, .. } => Ends::Errno(errno.clone()),
            End::Refused { .. } => Ends::Refused,
            End::Usage { .. } | End::Unfit { .. } => Ends::Unfit,
            End::ChildGone { .. } | End::SubjectGone { .. } => Ends::Gone,
        }
    }

    /// In words.
    pub fn in_words(&self) -> Msg {
        match self {
            Ends::Well => Msg::new("it does what it says", "正常完成"),
            _ => Msg::same(self.written()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Result<Expect, Ends>, Fault> {
        expected(Piece { line: 1, column: 3, text })
    }

    #[test]
    fn ends_are_told_from_output() {
        assert_eq!(read("! ENOMEM"), Ok(Err(Ends::Errno("ENOMEM".into()))));
        assert_eq!(read("[3]"), Ok(Err(Ends::Status(3))));
        assert_eq!(read("[SIGKILL]"), Ok(Err(Ends::Signal(9))));
        assert_eq!(read("[?]"), Ok(Err(Ends::Somehow)));
        assert!(matches!(read("[pid]"), Ok(Ok(Expect { like: Like::Literal, .. }))));
        assert!(matches!(read("..."), Ok(Ok(Expect { like: Like::Any, .. }))));
        assert!(read("! ENOSENSE").is_err());
        assert!(read("a( (re)").is_err());
    }
}
