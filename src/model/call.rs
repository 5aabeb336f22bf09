//! One kernel call that was made, and its answer, in strace(1)'s notation.

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
}

/// A kernel call with its answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Call {
    /// The name of the system call.
    pub name: String,
    /// Its arguments, in order.
    pub args: Vec<Arg>,
    /// The result, or the errno number.
    pub answer: Result<i64, i32>,
}

impl Call {
    /// The errno, when it failed.
    pub fn errno(&self) -> Option<Errno> {
        self.answer.err().map(Errno::from_raw)
    }

    /// Is it a write(2) to a file below this path?
    pub fn is_write_below(&self, dir: &str) -> bool {
        self.name == "write" && matches!(self.args.first(), Some(Arg::Fd(_, path)) if path.starts_with(dir))
    }
}

/// `EPERM` for Errno::EPERM; `errno 4095` for what nobody knows.
pub fn errno_name(errno: Errno) -> String {
    match errno {
        Errno::UnknownErrno => "errno ?".into(),
        known => format!("{known:?}"),
    }
}

impl fmt::Display for Arg {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Arg::Raw(text) => f.write_str(text),
            Arg::Str(text) => {
                f.write_str("\"")?;
                for c in text.chars() {
                    match c {
                        '"' => f.write_str("\\\"")?,
                        '\\' => f.write_str("\\\\")?,
                        '\n' => f.write_str("\\n")?,
                        '\t' => f.write_str("\\t")?,
                        c if c.is_control() => write!(f, "\\{:o}", c as u32)?,
                        c => write!(f, "{c}")?,
                    }
                }
                f.write_str("\"")
            }
            Arg::Fd(fd, path) => write!(f, "{fd}<{path}>"),
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
                write!(f, ") = -1 {} ({})", errno_name(errno), errno.desc())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
