//! The table of failures: one row is one real reason why one call gives one errno. Each row checks live state for itself.
//!
//! The files group the rows as the kernel's manual does. A row's identity (`A1`) is stable: lessons and tests may name it.

mod case;
mod meaning;

mod cgroup;
mod clone;
mod identity;
mod ipc;
mod join;
mod knob;
mod locked;
mod mount;
mod mountapi;
mod net;
mod privilege;
mod process;
mod root;
mod trap;

pub use case::{Case, Verdict};
pub use meaning::{meaning, names};

use crate::model::{Advice, Arg, Call, Cause, Live, Msg, Standing, Text, errno_name};
use nix::errno::Errno;

/// One reason.
pub struct Row {
    /// Its name.
    pub id: &'static str,
    /// The calls that it is about: `unshare`, `write uid_map` (the file's name), `clone3 CLONE_NEWPID` (a flag or other argument),
    /// `openat /ns/` (a piece of the path).
    pub on: &'static [&'static str],
    /// The errnos; empty: nothing fails, and yet it is not what one expects.
    pub errno: &'static [Errno],
    /// The reason.
    pub cause: Text,
    /// What to do. What stands in backticks is a line of this shell.
    pub next: Text,
    /// Decides from live state.
    pub check: fn(&Case<'_>) -> Verdict,
}

const fn row(
    id: &'static str,
    on: &'static [&'static str],
    errno: &'static [Errno],
    cause: Text,
    next: Text,
    check: fn(&Case<'_>) -> Verdict,
) -> Row {
    Row { id, on, errno, cause, next, check }
}

const fn t(en: &'static str, zh: &'static str) -> Text {
    Text { en, zh }
}

/// Nothing to add.
const NONE: Text = t("", "");

use mount::target as mount_target;

const SECTIONS: &[&[Row]] = &[
    clone::ROWS,
    join::ROWS,
    identity::ROWS,
    // What is forbidden to a user namespace is the better reason where both fit.
    locked::ROWS,
    mountapi::ROWS,
    mount::ROWS,
    root::ROWS,
    process::ROWS,
    cgroup::ROWS,
    knob::ROWS,
    privilege::ROWS,
    net::ROWS,
    ipc::ROWS,
    trap::ROWS,
];

/// All rows, in order.
pub fn rows() -> impl Iterator<Item = &'static Row> {
    SECTIONS.iter().copied().flatten()
}

/// More refuted causes than this are left out: to see what it is not helps, a list of it does not.
const REFUTED: usize = 2;
/// More possible ones than this are too many to try.
const POSSIBLE: usize = 5;

impl Row {
    /// Is this row about such a call?
    pub fn is_about(&self, call: &Call) -> bool {
        self.on.iter().any(|on| {
            let (name, detail) = on.split_once(' ').unwrap_or((on, ""));
            name == call.name && (detail.is_empty() || call.args.iter().any(|arg| fits(arg, detail)))
        })
    }

    /// Is it about a call of this name, as a user types it (`clone` for clone3)?
    pub fn names(&self, word: &str) -> bool {
        let word = match word {
            "clone" | "fork" => "clone3",
            "umount" => "umount2",
            "open" => "openat",
            "exec" => "execve",
            other => other,
        };
        self.on.iter().any(|on| on.split(' ').any(|piece| piece == word))
    }
}

fn fits(arg: &Arg, detail: &str) -> bool {
    let base = |path: &str| path.rsplit('/').next() == Some(detail) || detail.starts_with('/') && path.contains(detail);
    match arg {
        Arg::Raw(text) | Arg::Reply(text, _) => text.split(|c: char| !c.is_alphanumeric() && c != '_').any(|word| word == detail),
        Arg::Str(text) => text == detail || base(text),
        Arg::Fd(_, path) => base(path),
    }
}

/// The call that failed with this errno, the last one; of a netlink request the request under its own name (`RTM_NEWLINK`), for the kernel's
/// answer to it is a message (netlink(7)).
pub fn failed(calls: &[Call], errno: i32) -> Option<Call> {
    let at = calls.iter().rposition(|call| call.errno() == Some(Errno::from_raw(errno)))?;
    let call = &calls[at];
    if call.answer.is_err() {
        return Some(call.clone());
    }
    let request = calls[..at].iter().rfind(|call| call.name == "sendto").unwrap_or(call);
    let name = request.args.iter().find_map(|arg| match arg {
        Arg::Raw(text) => text.split(|c: char| !c.is_alphanumeric() && c != '_').find(|word| word.starts_with("RTM_")),
        _ => None,
    });
    Some(Call { name: name.unwrap_or(&request.name).into(), args: request.args.clone(), answer: Err(errno) })
}

/// Why this call failed, as live state tells: confirmed causes first, then those that may be, then some that it is not.
pub fn advise(call: &Call, live: &Live) -> Advice {
    let Some(errno) = call.errno() else { return Advice::default() };
    let case = Case { call, errno, live };
    let judged: Vec<(Standing, Cause)> = rows()
        .filter(|row| row.errno.contains(&errno) && row.is_about(call))
        .filter_map(|row| {
            let verdict = (row.check)(&case);
            let standing = verdict.standing?;
            Some((standing, verdict.cause(row, standing)))
        })
        .collect();
    let of = |wanted: Standing| judged.iter().filter(move |(standing, _)| *standing == wanted).map(|(_, cause)| cause.clone());
    let mut causes: Vec<Cause> = of(Standing::Confirmed).collect();
    let known = !causes.is_empty();
    causes.extend(of(Standing::Possible).take(POSSIBLE).map(|cause| match known {
        true => Cause { next: None, ..cause },
        false => cause,
    }));
    if causes.is_empty() {
        causes.push(general(call, errno));
    }
    causes.extend(of(Standing::Refuted).take(REFUTED).map(|cause| Cause { next: None, ..cause }));
    Advice { causes }
}

/// Where no row stands: what the errno says in general.
fn general(call: &Call, errno: Errno) -> Cause {
    let name = errno_name(errno);
    let what = meaning(errno).map(Msg::from).unwrap_or_else(|| Msg::new(errno.desc(), errno.desc()));
    Cause {
        row: String::new(),
        standing: Standing::Possible,
        why: Msg::new(format!("{name} of {}(2): {}", call.name, what.en), format!("{}(2) 返回 {name}：{}", call.name, what.zh)),
        next: Some(Msg::new(format!("`explain {name}` lists the known reasons"), format!("`explain {name}` 列出已知的各种原因"))),
    }
}
