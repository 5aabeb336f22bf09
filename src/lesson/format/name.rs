//! The names that an assert can ask for: facts about the subject, the host, and the last line.

use super::Fault;
use super::text::Piece;
use crate::command::nearest;
use crate::model::NsKind;

/// Whose fact.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Who {
    /// The current subject's.
    Current,
    /// This subject's.
    Subject(String),
    /// The host's: the observer's own.
    Host,
}

/// A set of capabilities (capabilities(7)).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs)] // the kernel's names
pub enum Caps {
    Eff,
    Prm,
    Inh,
    Bnd,
    Amb,
}

/// A fact that can be read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs)] // docs/lessons.md has the table; a test compares
pub enum Fact {
    Ns(NsKind),
    Next(NsKind),
    Hostname,
    Pid,
    PidOutside,
    Uid,
    UidOutside,
    Gid,
    GidOutside,
    UidMap,
    GidMap,
    Cwd,
    Root,
    Caps(Caps),
    NoNewPrivs,
    Seccomp,
    Children,
    Zombies,
    CgroupPath,
    Cgroup(String),
    Mount(String),
    Propagation(String),
    File(String),
    Kind(String),
    Link(String),
    Addr(String),
    Effect(String),
    SubjectName,
    Diagnosis,
    LastExit,
    LastErrno,
    LastCalls,
}

/// A name in an expression.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Name {
    /// Whose.
    pub who: Who,
    /// What.
    pub fact: Fact,
}

/// Names that stand for one fact each.
const PLAIN: &[(&str, Fact)] = &[
    ("hostname", Fact::Hostname),
    ("pid", Fact::Pid),
    ("pid.outside", Fact::PidOutside),
    ("uid", Fact::Uid),
    ("uid.outside", Fact::UidOutside),
    ("gid", Fact::Gid),
    ("gid.outside", Fact::GidOutside),
    ("uid_map", Fact::UidMap),
    ("gid_map", Fact::GidMap),
    ("cwd", Fact::Cwd),
    ("root", Fact::Root),
    ("caps.eff", Fact::Caps(Caps::Eff)),
    ("caps.prm", Fact::Caps(Caps::Prm)),
    ("caps.inh", Fact::Caps(Caps::Inh)),
    ("caps.bnd", Fact::Caps(Caps::Bnd)),
    ("caps.amb", Fact::Caps(Caps::Amb)),
    ("no_new_privs", Fact::NoNewPrivs),
    ("seccomp", Fact::Seccomp),
    ("children", Fact::Children),
    ("zombies", Fact::Zombies),
    ("cgroup", Fact::CgroupPath),
    ("subject", Fact::SubjectName),
    ("diagnosis", Fact::Diagnosis),
    ("last.exit", Fact::LastExit),
    ("last.errno", Fact::LastErrno),
    ("last.calls", Fact::LastCalls),
];

type Make = fn(String) -> Fact;

/// Names of the form `word(…)`.
const CALLED: &[(&str, Make)] = &[
    ("mount", Fact::Mount),
    ("propagation", Fact::Propagation),
    ("file", Fact::File),
    ("kind", Fact::Kind),
    ("link", Fact::Link),
    ("addr", Fact::Addr),
    ("effect", Fact::Effect),
];

/// What `effect(…)` can ask about.
pub const EFFECTS: [&str; 6] = ["hostname", "mount", "network", "ipc", "pid", "date"];

/// How a name begins: a word that begins so and is no name is a mistake, not a literal.
const BEGINNINGS: &[&str] = &["ns.", "host.", "cgroup.", "caps.", "last.", "uid.", "gid.", "pid.", "base.", "prev.", "subject("];

impl Name {
    /// Reads a name, without `base.` and `prev.`.
    pub(super) fn read(piece: Piece<'_>) -> Result<Name, Fault> {
        let text = piece.text;
        if let Some(rest) = text.strip_prefix("host.") {
            let fact = fact(rest).ok_or_else(|| unknown(piece))?;
            return Ok(Name { who: Who::Host, fact });
        }
        if let Some((name, rest)) = text.strip_prefix("subject(").and_then(|rest| rest.split_once(").")) {
            let fact = fact(rest).ok_or_else(|| unknown(piece))?;
            return Ok(Name { who: Who::Subject(name.to_string()), fact });
        }
        fact(text).map(|fact| Name { who: Who::Current, fact }).ok_or_else(|| unknown(piece))
    }

    /// Could this word only be meant as a name?
    pub(super) fn is_meant(text: &str) -> bool {
        fact(text).is_some()
            || BEGINNINGS.iter().any(|begin| text.starts_with(begin))
            || CALLED.iter().any(|(word, _)| text.strip_prefix(word).is_some_and(|rest| rest.starts_with('(')))
    }
}

fn fact(text: &str) -> Option<Fact> {
    if let Some((_, fact)) = PLAIN.iter().find(|(name, _)| *name == text) {
        return Some(fact.clone());
    }
    if let Some(link) = text.strip_prefix("ns.") {
        let children = NsKind::ALL.into_iter().find(|kind| kind.row().children == Some(link));
        return children.map(Fact::Next).or_else(|| NsKind::ALL.into_iter().find(|kind| kind.name() == link).map(Fact::Ns));
    }
    if let Some(file) = text.strip_prefix("cgroup.") {
        let plain = |c: char| c.is_ascii_alphanumeric() || "._".contains(c);
        return (!file.is_empty() && file.chars().all(plain)).then(|| Fact::Cgroup(file.to_string()));
    }
    let (word, inner) = text.strip_suffix(')')?.split_once('(')?;
    let (_, make) = CALLED.iter().find(|(name, _)| *name == word)?;
    let path = matches!(word, "mount" | "propagation" | "file" | "kind");
    let effect = word != "effect" || EFFECTS.contains(&inner);
    (effect && !inner.is_empty() && (!path || inner.starts_with('/'))).then(|| make(inner.to_string()))
}

fn unknown(piece: Piece<'_>) -> Fault {
    let plain = PLAIN.iter().map(|(name, _)| *name);
    let links: Vec<String> = NsKind::ALL.into_iter().map(|kind| format!("ns.{kind}")).collect();
    let near = nearest(piece.text, plain.chain(links.iter().map(String::as_str)));
    let (did, did_zh) = match near {
        Some(near) => (format!("; did you mean `{near}`?"), format!("；是想写 `{near}` 吗？")),
        None => (
            "; docs/lessons.md lists them, e.g. ns.pid, hostname, cgroup.memory.max, mount(/proc)".into(),
            "；docs/lessons.md 中列出了所有名字，如 ns.pid、hostname、cgroup.memory.max、mount(/proc)".into(),
        ),
    };
    piece.fault(
        format!("`{}` is no name that a check knows{did}", piece.text),
        format!("检查中没有 `{}` 这个名字{did_zh}", piece.text),
    )
}

impl std::fmt::Display for Name {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.who {
            Who::Current => {}
            Who::Subject(name) => write!(f, "subject({name}).")?,
            Who::Host => f.write_str("host.")?,
        }
        match &self.fact {
            Fact::Ns(kind) => write!(f, "ns.{kind}"),
            Fact::Next(kind) => write!(f, "ns.{}", kind.row().children.unwrap_or(kind.name())),
            Fact::Cgroup(file) => write!(f, "cgroup.{file}"),
            Fact::Mount(path) => write!(f, "mount({path})"),
            Fact::Propagation(path) => write!(f, "propagation({path})"),
            Fact::File(path) => write!(f, "file({path})"),
            Fact::Kind(path) => write!(f, "kind({path})"),
            Fact::Link(name) => write!(f, "link({name})"),
            Fact::Addr(addr) => write!(f, "addr({addr})"),
            Fact::Effect(name) => write!(f, "effect({name})"),
            fact => f.write_str(PLAIN.iter().find(|(_, one)| one == fact).map_or("?", |(name, _)| name)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_written_as_it_was_read() {
        let called = [
            "mount(/proc)",
            "propagation(/)",
            "file(/tmp/a)",
            "kind(/dev/null)",
            "link(veth0)",
            "addr(127.0.0.1)",
            "effect(hostname)",
        ];
        let others = ["ns.pid", "ns.pid_for_children", "cgroup.memory.events.oom_kill", "host.ns.uts", "subject(b).hostname"];
        for text in PLAIN.iter().map(|(name, _)| *name).chain(called).chain(others) {
            let name = Name::read(Piece { line: 1, column: 1, text }).expect(text);
            assert_eq!(name.to_string(), text);
        }
    }

    #[test]
    fn a_slip_is_a_mistake_and_not_a_literal() {
        let fault = Name::read(Piece { line: 1, column: 8, text: "ns.pdi" }).expect_err("no such name");
        assert!(fault.what.en.contains("`ns.pid`"), "{}", fault.what.en);
        assert!(Name::is_meant("ns.pdi") && Name::is_meant("mount(x") && !Name::is_meant("box.local"));
    }
}
