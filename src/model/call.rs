//! One kernel call that was made, and its answer, in strace(1)'s notation.

use super::{errno_name, errno_words};
use nix::errno::Errno;
use serde::{Deserialize, Serialize};
use std::fmt;

/// One argument of a call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Arg {
    /// A number, or a symbol that stands as it is: `CLONE_NEWPID`, `0`, `NULL`, `{flags=0}`.
    Raw(String),
    /// A string: printed in quotes, escaped.
    Str(String),
    /// An open file: number and path, as `strace -y` prints it.
    Fd(i32, String),
    /// A message that the kernel answered with, and the errno in it (0: none). A call on a netlink socket succeeds when the message
    /// has come; what became of the request is in the message (netlink(7)).
    Reply(String, i32),
}

/// A kernel call with its answer. As JSON it has `ret`, or `errno` (its name) and `number`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "Written", try_from = "Written")]
pub struct Call {
    /// The name of the system call.
    pub name: String,
    /// Its arguments, in order.
    pub args: Vec<Arg>,
    /// The result, or the errno number.
    pub answer: Result<i64, i32>,
}

/// A call as it is written in JSON.
#[derive(Serialize, Deserialize)]
struct Written {
    name: String,
    args: Vec<Arg>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ret: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    errno: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    number: Option<i32>,
}

impl From<Call> for Written {
    fn from(call: Call) -> Written {
        let number = call.answer.err();
        let errno = number.map(|number| errno_name(Errno::from_raw(number)));
        Written { name: call.name, args: call.args, ret: call.answer.ok(), errno, number }
    }
}

/// What came from elsewhere is a call only where it has the form of one: a name of a system call; and nothing but strings can hold
/// what a terminal or a shell would obey.
impl TryFrom<Written> for Call {
    type Error = &'static str;

    fn try_from(written: Written) -> Result<Call, &'static str> {
        let letter = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        if written.name.is_empty() || written.name.len() > LONGEST_NAME || !written.name.chars().all(letter) {
            return Err("no name of a system call");
        }
        let symbol = |arg: &Arg| !matches!(arg, Arg::Raw(text) | Arg::Reply(text, _) if text.contains(char::is_control));
        if written.args.len() > MOST_ARGS || !written.args.iter().all(symbol) {
            return Err("no arguments of a system call");
        }
        let failed = written.number.unwrap_or(Errno::UnknownErrno as i32);
        Ok(Call { name: written.name, args: written.args, answer: written.ret.ok_or(failed) })
    }
}

/// No name of a system call is longer.
const LONGEST_NAME: usize = 32;
/// No system call has more arguments.
const MOST_ARGS: usize = 6;

impl Call {
    /// The errno, when it failed, or when it brought the message that something else did.
    pub fn errno(&self) -> Option<Errno> {
        let said = self.args.iter().find_map(|arg| match arg {
            Arg::Reply(_, errno) if *errno != 0 => Some(*errno),
            _ => None,
        });
        self.answer.err().or(said).map(Errno::from_raw)
    }

    /// Is it a write(2) to a file below this path?
    pub fn is_write_below(&self, dir: &str) -> bool {
        self.name == "write" && matches!(self.args.first(), Some(Arg::Fd(_, path)) if path.starts_with(dir))
    }
}

/// As C writes it.
fn escape(text: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    text.chars().try_for_each(|c| match c {
        '"' => f.write_str("\\\""),
        '\\' => f.write_str("\\\\"),
        '\n' => f.write_str("\\n"),
        '\t' => f.write_str("\\t"),
        c if c.is_control() => write!(f, "\\{:o}", c as u32),
        c => write!(f, "{c}"),
    })
}

impl fmt::Display for Arg {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Arg::Raw(text) => f.write_str(text),
            Arg::Str(text) => {
                f.write_str("\"")?;
                escape(text, f)?;
                f.write_str("\"")
            }
            Arg::Fd(fd, path) => {
                write!(f, "{fd}<")?;
                escape(path, f)?;
                f.write_str(">")
            }
            Arg::Reply(text, _) => f.write_str(text),
        }
    }
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}(", self.name)?;
        for (i, arg) in self.args.iter().enumerate() {
            if i > 0 {
                f.write_str(", ")?;
            }
            arg.fmt(f)?;
        }
        match self.answer {
            Ok(value) => write!(f, ") = {value}"),
            Err(number) => {
                let errno = Errno::from_raw(number);
                write!(f, ") = -1 {} ({})", errno_name(errno), errno_words(errno))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_survives_json() {
        for answer in [Ok(7), Err(Errno::EBUSY as i32)] {
            let call = Call { name: "rmdir".into(), args: vec![Arg::Str("/a".into())], answer };
            let text = serde_json::to_string(&call).unwrap();
            assert_eq!(serde_json::from_str::<Call>(&text).unwrap(), call);
            assert_eq!(text.contains(r#""errno":"EBUSY""#), answer.is_err(), "{text}");
        }
    }

    #[test]
    fn what_has_not_the_form_of_a_call_is_none() {
        let refused = |text: &str| serde_json::from_str::<Call>(text).is_err();
        assert!(!refused(r#"{"name":"rmdir","args":[{"str":"/a\n$(b)"}],"ret":0}"#));
        for name in ["", "Rmdir", "rm dir", "a;b", "a\\nb", &"x".repeat(33)] {
            assert!(refused(&format!(r#"{{"name":"{name}","args":[],"ret":0}}"#)), "{name}");
        }
        assert!(refused(r#"{"name":"setuid","args":[{"raw":"0\nid"}],"ret":0}"#));
        assert!(refused(&format!(r#"{{"name":"setuid","args":[{}{{"raw":"0"}}],"ret":0}}"#, r#"{"raw":"0"},"#.repeat(6))));
    }

    #[test]
    fn a_message_that_says_no_is_a_failure_of_a_call_that_succeeded() {
        let reply = |errno| vec![Arg::Fd(3, "NETLINK_ROUTE".into()), Arg::Reply("{NLMSG_ERROR}".into(), errno)];
        let call = |errno| Call { name: "recvfrom".into(), args: reply(errno), answer: Ok(36) };
        assert_eq!(call(0).errno(), None);
        assert_eq!(call(Errno::EEXIST as i32).errno(), Some(Errno::EEXIST));
        assert_eq!(call(17).to_string(), "recvfrom(3<NETLINK_ROUTE>, {NLMSG_ERROR}) = 36");
    }

    #[test]
    fn a_call_reads_as_in_strace() {
        let call = Call {
            name: "write".into(),
            args: vec![Arg::Fd(5, "/proc/7/uid_map".into()), Arg::Str("0 1000 1\n".into()), Arg::Raw("9".into())],
            answer: Err(Errno::EPERM as i32),
        };
        assert_eq!(call.to_string(), "write(5</proc/7/uid_map>, \"0 1000 1\\n\", 9) = -1 EPERM (Operation not permitted)");
    }
}
