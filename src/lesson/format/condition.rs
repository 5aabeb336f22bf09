//! What a lesson or step needs of the machine: words with `and` (a blank) and `or` (`|`) between them.

use super::Fault;
use super::text::Piece;
use crate::command::nearest;
use crate::model::{NsKind, cap_number};

/// All of these groups, and of each group at least one need.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Condition {
    /// The groups.
    pub groups: Vec<Vec<Need>>,
}

/// One need. What it means on this machine is probed, never guessed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Need {
    /// Effective user ID 0.
    Root,
    /// A user namespace can be made.
    Userns,
    /// The bench has this capability.
    Cap(String),
    /// Limits of this controller can be set; None for its second part: any cgroup can be made.
    Cgroup(Option<String>),
    /// As above, on cgroup v1.
    Cgroup1(Option<String>),
    /// As above, on cgroup v2.
    Cgroup2(Option<String>),
    /// The kernel has this kind of namespace.
    Ns(NsKind),
    /// At least this kernel.
    Kernel(u32, u32),
    /// This program is on the PATH.
    Tool(String),
    /// There is swap.
    Swap,
    /// A terminal.
    Tty,
}

const WORDS: [&str; 11] =
    ["root", "userns", "cap:sys_admin", "cgroup", "cgroup1", "cgroup2", "ns:time", "kernel>=5.6", "tool:ps", "swap", "tty"];

impl Condition {
    /// Reads the words.
    pub(super) fn read(piece: Piece<'_>) -> Result<Condition, Fault> {
        let mut groups = Vec::new();
        for word in piece.words() {
            let mut group = Vec::new();
            let mut at = 0;
            for part in word.text.split('|') {
                group.push(need(Piece { text: part, ..word.from(at) })?);
                at += part.len() + 1;
            }
            groups.push(group);
        }
        match groups.is_empty() {
            true => {
                Err(piece
                    .fault("expected a condition, e.g. `root` or `cgroup:memory`", "此处应为条件，如 `root` 或 `cgroup:memory`"))
            }
            false => Ok(Condition { groups }),
        }
    }

    /// Is nothing needed?
    pub fn is_empty(&self) -> bool {
        self.groups.is_empty()
    }
}

fn need(piece: Piece<'_>) -> Result<Need, Fault> {
    let text = piece.text;
    let (head, tail) = match text.split_once(':') {
        Some((head, tail)) if !tail.is_empty() => (head, Some(tail.to_string())),
        _ => (text, None),
    };
    let found = match (head, tail) {
        ("root", None) => Some(Need::Root),
        ("userns", None) => Some(Need::Userns),
        ("swap", None) => Some(Need::Swap),
        ("tty", None) => Some(Need::Tty),
        ("cap", Some(name)) => capability(&name).map(Need::Cap),
        ("cgroup", tail) => Some(Need::Cgroup(tail)),
        ("cgroup1", tail) => Some(Need::Cgroup1(tail)),
        ("cgroup2", tail) => Some(Need::Cgroup2(tail)),
        ("ns", Some(name)) => NsKind::of_name(&name).map(Need::Ns),
        ("tool", Some(name)) => Some(Need::Tool(name)),
        (other, None) => other.strip_prefix("kernel>=").and_then(version).map(|(major, minor)| Need::Kernel(major, minor)),
        _ => None,
    };
    found.ok_or_else(|| {
        let near = nearest(text, WORDS.into_iter())
            .map(|near| (format!(" (did you mean `{near}`?)"), format!("（是想写 `{near}` 吗？）")));
        let (did, did_zh) = near.unwrap_or_default();
        let list = WORDS.join(" ");
        piece.fault(
            format!("`{text}` is no condition{did}; they are: {list}"),
            format!("`{text}` 不是条件{did_zh}；可用的有：{list}"),
        )
    })
}

/// `5.6` as numbers.
fn version(text: &str) -> Option<(u32, u32)> {
    let (major, minor) = text.split_once('.')?;
    Some((major.parse().ok()?, minor.parse().ok()?))
}

/// `sys_admin`, `CAP_SYS_ADMIN` as `sys_admin`.
fn capability(text: &str) -> Option<String> {
    cap_number(text)?;
    Some(text.to_lowercase().trim_start_matches("cap_").to_string())
}

impl std::fmt::Display for Need {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let with = |f: &mut std::fmt::Formatter<'_>, head: &str, tail: &Option<String>| match tail {
            Some(tail) => write!(f, "{head}:{tail}"),
            None => f.write_str(head),
        };
        match self {
            Need::Root => f.write_str("root"),
            Need::Userns => f.write_str("userns"),
            Need::Cap(name) => write!(f, "cap:{name}"),
            Need::Cgroup(controller) => with(f, "cgroup", controller),
            Need::Cgroup1(controller) => with(f, "cgroup1", controller),
            Need::Cgroup2(controller) => with(f, "cgroup2", controller),
            Need::Ns(kind) => write!(f, "ns:{kind}"),
            Need::Kernel(major, minor) => write!(f, "kernel>={major}.{minor}"),
            Need::Tool(name) => write!(f, "tool:{name}"),
            Need::Swap => f.write_str("swap"),
            Need::Tty => f.write_str("tty"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_binds_tighter_than_a_blank() {
        let read = Condition::read(Piece { line: 1, column: 1, text: "ns:pid  cap:sys_admin|userns" }).expect("it is one");
        assert_eq!(read.groups, [vec![Need::Ns(NsKind::Pid)], vec![Need::Cap("sys_admin".into()), Need::Userns]]);
    }

    #[test]
    fn each_word_is_read_back() {
        for text in WORDS {
            let read = Condition::read(Piece { line: 1, column: 1, text }).expect(text);
            assert_eq!(read.groups[0][0].to_string(), text);
        }
        let fault = Condition::read(Piece { line: 1, column: 7, text: "root|cgruop2" }).expect_err("no such word");
        assert_eq!(fault.column, 12);
        assert!(fault.what.en.contains("cgroup2"));
    }
}
