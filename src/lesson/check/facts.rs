//! Facts, read from the kernel: by the observer, from /proc and cgroupfs; and what the subject last said of itself.

use super::Value;
use super::effect::effect;
use crate::command::SubjectView;
use crate::command::cgroup::Ground;
use crate::lesson::format::{Caps, Fact, Lesson, Name, Who};
use crate::model::{Arg, End, Exit, IdMap, Msg, NsKind, Seen, Snapshot, Turn, cap_names, errno_name};
use crate::observe::cgroup::{Knob, flat_keyed};
use crate::observe::family::family;
use crate::observe::process::{inside, read, snapshot};
use crate::observe::{mounts, view};
use crate::session::Session;
use std::collections::{BTreeMap, BTreeSet};
use std::net::Ipv4Addr;
use std::path::Path;

const PROC: &str = "/proc";

/// What some facts were at one moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts(BTreeMap<Name, Value>);

#[cfg(test)]
impl Facts {
    /// For tests: these.
    pub fn of(facts: impl IntoIterator<Item = (Name, Value)>) -> Facts {
        Facts(facts.into_iter().collect())
    }
}

/// All names that the checks of a lesson ask for.
pub fn names(lesson: &Lesson) -> Vec<Name> {
    let exprs = lesson.steps.iter().flat_map(|step| {
        let asserts = step.asserts.iter().map(|assert| &assert.expr);
        asserts.chain(step.hints.iter().filter_map(|hint| hint.when.as_ref()))
    });
    let mut names: Vec<Name> = exprs.flat_map(|expr| expr.facts().into_iter().map(|(_, name)| name.clone())).collect();
    names.sort();
    names.dedup();
    names
}

impl Facts {
    /// Reads these facts now.
    pub fn read(session: &Session, names: &[Name]) -> Facts {
        let scene = Scene { session, subjects: session.subjects(), current: session.view() };
        Facts(names.iter().map(|name| (name.clone(), scene.value(name))).collect())
    }

    /// One of them; Hidden where it was not asked for.
    pub fn get(&self, name: &Name) -> Value {
        self.0.get(name).cloned().unwrap_or_else(|| Value::Hidden(Msg::new("it was not read", "没有读取")))
    }
}

struct Scene<'a> {
    session: &'a Session,
    subjects: Vec<SubjectView>,
    current: SubjectView,
}

impl Scene<'_> {
    fn value(&self, name: &Name) -> Value {
        let subject = match &name.who {
            Who::Current => &self.current,
            Who::Subject(name) => match self.subjects.iter().find(|subject| subject.name == *name) {
                Some(subject) => subject,
                None => return Value::None,
            },
            Who::Host => {
                let pid = std::process::id() as i32;
                let mut seen = snapshot(Path::new(PROC), pid);
                seen.inside = Some(inside());
                return self.of(&SubjectView { name: String::new(), pids: vec![pid], seen }, &name.fact);
            }
        };
        self.of(subject, &name.fact)
    }

    fn of(&self, subject: &SubjectView, fact: &Fact) -> Value {
        let pid = subject.pid();
        match fact {
            Fact::SubjectName => Value::Is(subject.name.clone()),
            Fact::Diagnosis => self.session.diagnosis().map_or(Value::None, |name| Value::Is(name.into())),
            Fact::LastExit => self.session.last().map_or(Value::None, last_exit),
            Fact::LastCalls => self.session.last().map_or(Value::None, last_calls),
            Fact::LastErrno => self.session.last().map_or(Value::None, last_errno),
            Fact::CgroupPath => seen(&subject.seen.cgroup, |paths| {
                Value::Is(paths.iter().map(|(key, path)| format!("{key}:{path}")).collect::<Vec<_>>().join(" "))
            }),
            Fact::Cgroup(file) => self.cgroup(subject, file),
            Fact::Mount(path) => match mounts::at(pid, path) {
                Seen::Is(found) => found.map_or(Value::None, |mount| Value::Is(mount.fs)),
                not => hidden(&not),
            },
            Fact::Propagation(path) => match mounts::at(pid, path) {
                Seen::Is(found) => found.map_or(Value::None, |mount| Value::Is(mount.propagation())),
                not => hidden(&not),
            },
            Fact::File(path) => match view::read_text(pid, path) {
                Seen::Is(text) => Value::Is(text.trim_end().to_string()),
                not if not.errno() == Some(nix::errno::Errno::ENOENT) => Value::None,
                not => hidden(&not),
            },
            Fact::Kind(path) => match view::kind(pid, path) {
                Seen::Is(kind) => Value::Is(kind.into()),
                not if not.errno() == Some(nix::errno::Errno::ENOENT) => Value::None,
                not => hidden(&not),
            },
            Fact::Link(name) => match read(&Path::new(PROC).join(pid.to_string()).join("net/dev")) {
                Seen::Is(text) => {
                    let found = text.lines().skip(2).any(|line| line.trim_start().split(':').next() == Some(name));
                    if found { Value::Is("present".into()) } else { Value::None }
                }
                not => hidden(&not),
            },
            Fact::Addr(addr) => match read(&Path::new(PROC).join(pid.to_string()).join("net/fib_trie")) {
                Seen::Is(text) => local(&text, addr).map_or(Value::None, |word| Value::Is(word.into())),
                not => hidden(&not),
            },
            Fact::Children | Fact::Zombies => {
                let below = family(Path::new(PROC), pid);
                let zombies = *fact == Fact::Zombies;
                let counted = below.iter().filter(|one| one.depth > 0 && if zombies { one.state == 'Z' } else { one.depth == 1 });
                Value::Is(counted.count().to_string())
            }
            Fact::Effect(name) => effect(name, &subject.seen, self.session.names().host()),
            fact => of_snapshot(&subject.seen, fact),
        }
    }

    /// A file of the cgroup in which the subject sits, in v2's words; `memory.events.oom_kill` is one line of a file of pairs.
    fn cgroup(&self, subject: &SubjectView, file: &str) -> Value {
        let ground = match Ground::find(self.session.keeper()) {
            Ok(ground) => ground,
            Err(why) => return Value::Hidden(why),
        };
        let dirs = ground.sits(subject);
        let core = format!("cgroup.{file}");
        if let Some(knob) = Knob::of(file).or_else(|| Knob::of(&core)) {
            return match ground.hierarchies.get(&dirs, knob) {
                Seen::Is(text) => Value::Is(text.trim_end().to_string()),
                not => lacking(&not),
            };
        }
        if let Some((file, key)) = file.rsplit_once('.')
            && let Some(knob) = Knob::of(file)
        {
            return match ground.hierarchies.get(&dirs, knob) {
                Seen::Is(text) => flat_keyed(&text).get(key).map_or(Value::None, |value| Value::Is(value.to_string())),
                not => lacking(&not),
            };
        }
        let native = dirs.values().find_map(|dir| read(&dir.join(file)).is().cloned());
        native.map_or(Value::None, |text| Value::Is(text.trim_end().to_string()))
    }
}

fn of_snapshot(seen_now: &Snapshot, fact: &Fact) -> Value {
    let number = |value: u32| Value::Is(value.to_string());
    let inside = |pick: fn(&crate::model::Inside) -> String| match &seen_now.inside {
        Some(inside) => Value::Is(pick(inside)),
        None => Value::Hidden(Msg::new("the subject has not answered yet", "被观察进程还没有应答")),
    };
    match fact {
        Fact::Ns(kind) => link(*kind, seen_now.ns.get(kind)),
        Fact::Next(kind) => link(*kind, seen_now.next.get(kind)),
        Fact::Hostname => inside(|inside| inside.hostname.clone()),
        Fact::Pid => seen_now.nspid.last().map_or(Value::None, |pid| Value::Is(pid.to_string())),
        Fact::PidOutside => Value::Is(seen_now.pid.to_string()),
        Fact::Uid => inside(|inside| inside.uid.to_string()),
        Fact::Gid => inside(|inside| inside.gid.to_string()),
        Fact::Cwd => inside(|inside| inside.cwd.clone()),
        Fact::UidOutside => seen(&seen_now.creds, |creds| number(creds.euid)),
        Fact::GidOutside => seen(&seen_now.creds, |creds| number(creds.egid)),
        Fact::UidMap => seen(&seen_now.uid_map, |lines| maps(lines)),
        Fact::GidMap => seen(&seen_now.gid_map, |lines| maps(lines)),
        Fact::Root => seen(&seen_now.root, |root| Value::Is(root.clone())),
        Fact::NoNewPrivs => seen(&seen_now.creds, |creds| number(u32::from(creds.no_new_privs))),
        Fact::Seccomp => seen(&seen_now.creds, |creds| number(u32::from(creds.seccomp))),
        Fact::Caps(caps) => seen(&seen_now.creds, |creds| {
            let mask = match caps {
                Caps::Eff => creds.cap_eff,
                Caps::Prm => creds.cap_prm,
                Caps::Inh => creds.cap_inh,
                Caps::Bnd => creds.cap_bnd,
                Caps::Amb => creds.cap_amb,
            };
            Value::Set(cap_names(mask).into_iter().collect())
        }),
        _ => Value::None,
    }
}

fn seen<T>(seen: &Seen<T>, value: impl FnOnce(&T) -> Value) -> Value {
    match seen {
        Seen::Is(found) => value(found),
        not => hidden(not),
    }
}

fn hidden<T>(not: &Seen<T>) -> Value {
    let errno = not.errno().map(errno_name).unwrap_or_default();
    match not {
        Seen::Not { path, .. } => Value::Hidden(Msg::same(format!("{path} {errno}"))),
        Seen::Is(_) => Value::None,
    }
}

/// The root of a hierarchy has no limits, and therefore no files for them.
fn lacking<T>(not: &Seen<T>) -> Value {
    match not.errno() == Some(nix::errno::Errno::ENOENT) {
        true => Value::Hidden(Msg::new("the cgroup it sits in has no such file", "它所在的 cgroup 没有这个文件")),
        false => hidden(not),
    }
}

/// Is this IPv4 address one of this namespace's: `present`, or `down` where its device is not up? In `net/fib_trie` a leaf names
/// each address and network, and what it is stands below. An address is `host LOCAL` as soon as it is given; the network around it is `link UNICAST` only while its device is up. That
/// of lo comes and goes with it.
fn local(fib_trie: &str, addr: &str) -> Option<&'static str> {
    let addr = addr.parse::<Ipv4Addr>().ok()?;
    let (mut leaf, mut local, mut reached) = (Ipv4Addr::UNSPECIFIED, false, addr.is_loopback());
    for line in fib_trie.lines().map(str::trim) {
        if let Some(name) = line.strip_prefix("|-- ") {
            leaf = name.parse().unwrap_or(Ipv4Addr::UNSPECIFIED);
        }
        local |= leaf == addr && line.ends_with("host LOCAL");
        if let Some(bits) = line.strip_suffix(" link UNICAST").and_then(|rest| rest.strip_prefix('/')?.parse::<u32>().ok()) {
            let mask = u32::MAX.checked_shl(32 - bits.min(32)).unwrap_or(0);
            reached |= u32::from(addr) & mask == u32::from(leaf);
        }
    }
    local.then_some(if reached { "present" } else { "down" })
}

/// ENOENT: that namespace begins with the first child.
fn link(kind: NsKind, link: Option<&Seen<crate::model::NsId>>) -> Value {
    match link {
        Some(Seen::Is(id)) => Value::Is(format!("{kind}:[{}]", id.ino)),
        Some(not) if not.errno() == Some(nix::errno::Errno::ENOENT) => Value::None,
        Some(not) => hidden(not),
        None => Value::None,
    }
}

fn maps(lines: &[IdMap]) -> Value {
    if lines.is_empty() {
        return Value::None;
    }
    let texts: Vec<String> = lines.iter().map(|line| format!("{} {} {}", line.inside, line.outside, line.count)).collect();
    Value::Is(texts.join(", "))
}

fn last_exit(turn: &Turn) -> Value {
    match turn.end {
        End::Done => Value::Is("0".into()),
        End::Ran { exit: Exit::Status(status) } => Value::Is(status.to_string()),
        End::Ran { exit: Exit::Signal(number) }
        | End::ChildGone { exit: Exit::Signal(number) }
        | End::SubjectGone { exit: Exit::Signal(number) } => {
            let name = nix::sys::signal::Signal::try_from(number).map(|signal| signal.as_str().to_string());
            Value::Is(name.unwrap_or_else(|_| number.to_string()))
        }
        _ => Value::None,
    }
}

fn last_errno(turn: &Turn) -> Value {
    match &turn.end {
        End::Failed { errno, .. } => Value::Is(errno.clone()),
        _ => Value::None,
    }
}

/// The calls that succeeded, and the flags that they had.
fn last_calls(turn: &Turn) -> Value {
    let mut words = BTreeSet::new();
    for call in turn.calls.iter().filter(|call| call.answer.is_ok()) {
        words.insert(call.name.clone());
        let raw = call.args.iter().filter_map(|arg| if let Arg::Raw(text) = arg { Some(text) } else { None });
        let parts = raw.flat_map(|text| text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_'));
        words.extend(
            parts.filter(|word| word.contains('_') && word.starts_with(|c: char| c.is_ascii_uppercase())).map(str::to_string),
        );
    }
    Value::Set(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_counts_when_its_device_is_up() {
        let down = "Main:\n  +-- 0.0.0.0/0 3 0 5\n     |-- 10.0.0.1\n        /32 host LOCAL\n";
        let up = format!("{down}     |-- 10.0.0.0\n        /24 link UNICAST\n     |-- 127.0.0.1\n        /32 host LOCAL\n");
        assert_eq!(local(down, "10.0.0.1"), Some("down"));
        assert_eq!(local(&up, "10.0.0.1"), Some("present"));
        assert_eq!(local(&up, "127.0.0.1"), Some("present"));
        assert_eq!(local(&up, "10.0.0.2"), None);
    }
}
