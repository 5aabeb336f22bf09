//! What is exported, as data: a number is a number, a flag is one that is known. Only strings are left to be quoted by whoever writes it down.

use crate::model::{Msg, NsKind, Rlimit};

/// One thing done. Paths and words are as the session had them.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs)] // the fields are the arguments of the calls
pub enum Deed {
    /// The typed line, as a heading.
    Line(String),
    /// unshare(2).
    Unshare(Vec<NsKind>),
    /// A child that goes on in its parent's stead, born into new namespaces. What it did, and with which status it ended where it did:
    /// then the parent goes on. Born in the cgroup of this directory, where there is one.
    Child { kinds: Vec<NsKind>, cgroup: Option<Spot>, deeds: Vec<Deed>, ended: Option<i32> },
    /// A program: fork(2), execve(2), wait(2).
    Run { kinds: Vec<NsKind>, cgroup: Option<Spot>, words: Vec<String>, background: bool },
    /// A call, or several that make one thing.
    Do(Act),
    /// setns(2) into the namespace of this file.
    Enter { kind: NsKind, path: String },
    /// Words of ip(8).
    Ip(Vec<String>),
    /// What the observer did, from outside.
    Outside(Vec<Outer>),
    /// It cannot be written: why is for the reader.
    Cannot(Msg),
}

/// A call of the subject's.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Act {
    /// mount(2); the flags are MS_*.
    Mount {
        source: Option<String>,
        target: String,
        fstype: Option<String>,
        flags: u64,
        data: Option<String>,
    },
    /// fsopen(2), fsconfig(2), fsmount(2), move_mount(2): options with or without a value, attributes of the mount.
    NewMount {
        fstype: String,
        target: String,
        options: Vec<(String, Option<String>)>,
        attr: u64,
    },
    /// A copy of a mount, with flags set and cleared, mounted: open_tree(2), mount_setattr(2), move_mount(2).
    Bind {
        source: String,
        target: String,
        recursive: bool,
        set: u64,
        clear: u64,
    },
    /// mount_setattr(2) at a path.
    Flags {
        path: String,
        recursive: bool,
        set: u64,
        clear: u64,
    },
    Umount {
        target: String,
        lazy: bool,
    },
    PivotRoot {
        new: String,
        old: String,
    },
    Chroot(String),
    Chdir(String),
    Mkdir(String),
    Symlink {
        target: String,
        path: String,
    },
    Mknod {
        path: String,
        node: Node,
    },
    HostName(String),
    DomainName(String),
    NoNewPrivs,
    /// PR_CAPBSET_DROP.
    Bound(u8),
    /// PR_CAP_AMBIENT_RAISE, _LOWER, _CLEAR_ALL.
    Raise(u8),
    Lower(u8),
    ClearAmbient,
    Securebits(u32),
    Subreaper(bool),
    Uid(u32),
    Gid(u32),
    Groups(Vec<u32>),
    Limit(&'static str, Rlimit),
    Nice(i32),
    /// The CPUs that it may run on.
    Affinity(Vec<u32>),
    /// `OTHER`, `BATCH`, … and a priority.
    Policy(&'static str, u32),
    /// `monotonic` or `boottime`, and seconds: timens_offsets.
    Clock(&'static str, i64),
    /// A new file, empty.
    Create(String),
    /// A text into an existing file.
    Put {
        path: String,
        text: String,
    },
}

/// What mknod(2) makes, with its numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Node {
    Character(u32, u32),
    Block(u32, u32),
    Fifo,
}

/// What the observer does: it works on cgroups and on the subject's files in /proc.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Outer {
    Make(Spot),
    Remove(Spot),
    Put { path: Spot, text: Spot },
}

/// A text of the observer's, with the places that are known only when the export runs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Spot(pub Vec<Piece>);

/// A part of one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// As it is.
    Plain(String),
    /// The name of the directory of this run's cgroups.
    Box,
    /// The PID of the process that asks, as the observer counts.
    Pid,
}

impl Spot {
    /// A text without such places.
    pub fn plain(text: &str) -> Spot {
        Spot(vec![Piece::Plain(text.into())])
    }

    /// The same with this behind it.
    pub fn then(mut self, text: &str) -> Spot {
        self.0.push(Piece::Plain(text.into()));
        self
    }
}

/// What was written, and what could not be: with the line that it belongs to.
#[derive(Default)]
pub struct Written {
    /// The text of the file.
    pub text: String,
    /// The line as typed, and why it is not in the text.
    pub gaps: Vec<(String, Msg)>,
}
