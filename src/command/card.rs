//! All there is to know about one command. `help`, Tab, hints, documentation, guard and tests read only this.

use super::{Args, Inside, Outside, Said, Stop};
use crate::model::{NsKind, Place, Text};

/// A command.
pub struct Card {
    /// What is typed: `unshare`, `cgroup set`.
    pub name: &'static str,
    /// What follows it.
    pub args: &'static [Param],
    /// The primitive it stands for.
    pub primitive: Primitive,
    /// Where to read on.
    pub man: &'static [Man],
    /// The namespaces that must be the bench's own, because the command changes something in them.
    pub own: &'static [NsKind],
    /// One line.
    pub summary: Text,
    /// What it does, what it needs, what changes and what does not.
    pub explain: Text,
    /// The same with other tools.
    pub equivalents: &'static [Equivalent],
    /// Shown in help, and run as tests.
    pub examples: &'static [Example],
    /// What runs, and where.
    pub run: Run,
}

/// The primitive behind a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Primitive {
    /// A system call.
    Syscall(&'static str),
    /// A write to a file of the kernel.
    Write(&'static str),
    /// A read from one.
    Read(&'static str),
    /// None: a matter of the shell.
    None,
}

/// A page of the manual.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Man(pub &'static str, pub u8);

/// The same with another tool.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Equivalent {
    /// The tool: `unshare(1)`, `docker`.
    pub tool: &'static str,
    /// The words.
    pub line: &'static str,
}

/// An example: after these lines, this line shows this.
#[derive(Clone, Copy, Debug)]
pub struct Example {
    /// Lines to run before, `;` between them; may be empty.
    pub after: &'static str,
    /// The line.
    pub line: &'static str,
    /// A piece of what is then on the screen (English).
    pub shows: &'static str,
    /// What this needs to run: words as in a lesson's `needs`; empty: nothing.
    pub needs: &'static str,
}

/// One parameter: parsing and completion both come from its kind.
#[derive(Clone, Copy, Debug)]
pub struct Param {
    /// Its name in help; a flag's name begins with `-`.
    pub name: &'static str,
    /// What it is.
    pub kind: Kind,
    /// How many.
    pub count: Count,
    /// What it means.
    pub about: Text,
}

/// What an argument is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A namespace kind.
    Ns,
    /// Any word.
    Word,
    /// One of these words.
    OneOf(&'static [&'static str]),
    /// A natural number.
    Number,
    /// A size: `64M`, `50%`, `max`.
    Size,
    /// A signal: `TERM`, `SIGTERM`, `15`.
    Signal,
    /// A PID as the subject counts, or `self`.
    Pid,
    /// A process or namespace that the observer opens and hands over: a PID as the host counts, a subject's name, or a path in the subject's view.
    Target,
    /// A process as for `Target`, of which the observer opens the namespace of this kind and hands that over.
    TargetNs(NsKind),
    /// A name that may end in `@` and such a process: `vb@b`.
    NameAt(NsKind),
    /// A network device of the subject's network namespace.
    Link,
    /// A path in the subject's view.
    Path,
    /// A path in the subject's view on which something is mounted: the guard sees to it that the mount travels to nobody else.
    MountAt,
    /// A path in the subject's view that is unmounted: guarded in the same way.
    Mounted,
    /// A path in the subject's view that is made or written: it must lie on a filesystem that the bench itself mounted.
    NewPath,
    /// A program and its arguments, in the subject's view: all words that follow.
    Program,
    /// A capability, with or without `CAP_`, or its number; or `all`.
    Capability,
    /// A system call of this machine's architecture.
    Syscall,
    /// A resource limit, with or without `RLIMIT_`.
    Rlimit,
    /// A cgroup file in v2 words.
    CgroupFile,
    /// The name of a cgroup below the subject's own.
    CgroupName,
    /// The same, of which the observer opens the directory of cgroup v2 and hands it over.
    CgroupDir,
    /// A cgroup controller.
    Controller,
    /// The name of a subject.
    Subject,
    /// The name of a pinned namespace.
    Pin,
    /// A command, errno or concept.
    Topic,
    /// A lesson: its number, its name, or a path.
    Lesson,
    /// A flag: present or not; or its value is any word.
    Flag,
}

/// How many words an argument takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Count {
    /// Exactly one.
    One,
    /// One or none.
    Optional,
    /// One or more.
    Many,
    /// Any number.
    Any,
    /// A flag that takes a value: `--cgroup NAME`.
    Valued,
}

/// What runs, and where.
#[derive(Clone, Copy)]
pub enum Run {
    /// In the subject.
    Inside(fn(&mut Inside<'_>, &Args) -> Result<Said, Stop>),
    /// The observer acts on the subject.
    Outside(fn(&mut Outside<'_>, &Args) -> Result<Said, Stop>),
    /// The shell; nothing changes in the subject.
    Shell(fn(&mut Outside<'_>, &Args) -> Result<Said, Stop>),
    /// In the subject, or in the observer where the arguments ask for it (`--host`) or only the observer can know.
    Either {
        /// In the subject.
        inside: fn(&mut Inside<'_>, &Args) -> Result<Said, Stop>,
        /// In the observer.
        outside: fn(&mut Outside<'_>, &Args) -> Result<Said, Stop>,
        /// Whether these arguments are for the observer.
        for_observer: fn(&Args) -> bool,
    },
}

impl Card {
    /// Where a line of this command runs.
    pub fn place(&self, args: &Args) -> Place {
        match self.run {
            Run::Inside(_) => Place::Inside,
            Run::Outside(_) => Place::Outside,
            Run::Shell(_) => Place::Shell,
            Run::Either { for_observer, .. } if for_observer(args) => Place::Outside,
            Run::Either { .. } => Place::Inside,
        }
    }

    /// `unshare <ns>…`, as help prints it.
    pub fn usage(&self) -> String {
        let mut text = self.name.to_string();
        for param in self.args {
            text.push(' ');
            text.push_str(&param.usage());
        }
        text
    }
}

impl Param {
    /// Stands by its name, anywhere, instead of at a place of its own.
    pub fn is_flag(&self) -> bool {
        self.name.starts_with('-')
    }

    /// `[NAME]`, `ns…`, as help prints it.
    pub fn usage(&self) -> String {
        let name = self.name;
        match (self.kind, self.count) {
            (Kind::CgroupName | Kind::CgroupDir, Count::Valued) => format!("[{name} NAME]"),
            (_, Count::Valued) => format!("[{name} X]"),
            _ if self.is_flag() => format!("[{name}]"),
            (Kind::Program, Count::Optional) => format!("[-- {name} …]"),
            (Kind::Program, _) => format!("{name} …"),
            (Kind::OneOf(words), Count::One) => words.join("|"),
            (_, Count::One) => name.to_string(),
            (_, Count::Optional) => format!("[{name}]"),
            (_, Count::Many) => format!("{name}…"),
            (_, Count::Any) => format!("[{name}…]"),
        }
    }
}

impl Primitive {
    /// As help names it: `unshare(2)`, `write memory.max`.
    pub fn name(self) -> String {
        match self {
            Primitive::Syscall(name) => format!("{name}(2)"),
            Primitive::Write(file) => format!("write {file}"),
            Primitive::Read(file) => format!("read {file}"),
            Primitive::None => String::new(),
        }
    }
}

impl std::fmt::Display for Man {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}({})", self.0, self.1)
    }
}
