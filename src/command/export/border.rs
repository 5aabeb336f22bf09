//! From recorded calls to [`Act`]s: the border behind which nothing has to be believed.
//!
//! The calls are what the subject says that it made, and any program that has run there may have taken its place. So each argument has to
//! be of its kind (a number, a flag that is known), and what is written to has to be what the typed line names. What does not fit
//! is not exported.

use super::deed::{Act, Deed, Node};
use super::table::How;
use crate::command::Args;
use crate::kernel::{mount_attributes_of, mount_flags_of};
use crate::model::{Arg, Call, Msg, NsKind, Rlimit, SECUREBITS, cap_number, resource};
use std::path::{Component, Path};

/// What a line did with these calls, where it may make those that `how` names.
pub fn read(calls: &[Call], how: &How, args: &Args) -> Vec<Deed> {
    let mut border = Border { how, args, deeds: Vec::new(), tree: None, context: None, strange: Vec::new() };
    calls.iter().filter(|call| call.answer.is_ok()).for_each(|call| border.call(call));
    if !border.strange.is_empty() {
        let names = border.strange.join(", ");
        border.deeds.push(Deed::Cannot(Msg::new(
            format!("{names}: not what this command does as it was typed"),
            format!("{names}：这一行命令不会这样调用"),
        )));
    }
    border.deeds
}

struct Border<'a> {
    how: &'a How,
    args: &'a Args,
    deeds: Vec<Deed>,
    /// A copied tree on its way to its place.
    tree: Option<Tree>,
    /// A filesystem in the making.
    context: Option<Context>,
    /// Calls that do not fit.
    strange: Vec<String>,
}

struct Context {
    fstype: String,
    options: Vec<(String, Option<String>)>,
    attr: u64,
}

struct Tree {
    source: String,
    recursive: bool,
    set: u64,
    clear: u64,
}

impl Border<'_> {
    fn call(&mut self, call: &Call) {
        // The wait for a child belongs to no line: its parent tells of it whenever the child ends.
        if call.name == "wait4" {
            return;
        }
        let known = self.how.calls().contains(&call.name.as_str());
        if known && let Some(deeds) = self.part(call) {
            return self.deeds.extend(deeds);
        }
        let name = format!("{}(2)", call.name);
        if !self.strange.contains(&name) {
            self.strange.push(name);
        }
    }

    /// None where an argument is not what it should be; nothing where the call is a part of what a later one completes.
    fn part(&mut self, call: &Call) -> Option<Option<Deed>> {
        match (call.name.as_str(), call.args.as_slice()) {
            ("unshare", [flags]) => {
                let kinds = kinds(flags)?;
                let named = self.args.kinds("NS");
                kinds.iter().all(|kind| named.contains(kind)).then_some(Some(Deed::Unshare(kinds)))
            }
            ("setns", [Arg::Fd(_, path), _]) if path.starts_with('/') => {
                let kind = NsKind::of_name(path.rsplit('/').next()?)?;
                self.named(path)?;
                Some(Some(Deed::Enter { kind, path: path.clone() }))
            }
            ("setns", [Arg::Fd(..), _]) => Some(Some(Deed::Cannot(Msg::new(
                "it enters namespaces of a process that will be another one",
                "它进入的是某个进程的命名空间，而那个进程届时已是另一个",
            )))),
            ("open_tree", [_, Arg::Str(source), flags]) => {
                let recursive = raw(flags)?.split('|').any(|name| name == "AT_RECURSIVE");
                self.tree = Some(Tree { source: source.clone(), recursive, set: 0, clear: 0 });
                Some(None)
            }
            ("mount_setattr", [at, Arg::Str(path), flags, attr, _]) => {
                let (set, clear) = (field(attr, "attr_set")?, field(attr, "attr_clr")?);
                let (set, clear) = (mount_attributes_of(set)?, mount_attributes_of(clear)?);
                if let (Arg::Fd(..), Some(tree)) = (at, &mut self.tree) {
                    (tree.set, tree.clear) = (set, clear);
                    return Some(None);
                }
                let recursive = raw(flags)?.split('|').any(|name| name == "AT_RECURSIVE");
                self.below(path)?;
                Some(Some(Deed::Do(Act::Flags { path: path.clone(), recursive, set, clear })))
            }
            ("fsopen", [Arg::Str(fstype), _]) => {
                self.context = Some(Context { fstype: fstype.clone(), options: Vec::new(), attr: 0 });
                Some(None)
            }
            ("fsconfig", [_, _, key, value, _]) => {
                let context = self.context.as_mut()?;
                // The filesystem itself stands for its source.
                if let (Some(key), value) = (string(key)?, string(value)?)
                    && key != "source"
                {
                    context.options.push((key, value));
                }
                Some(None)
            }
            ("fsmount", [_, _, attr]) => {
                let attr = mount_attributes_of(raw(attr)?)?;
                self.context.as_mut()?.attr = attr;
                Some(None)
            }
            ("move_mount", [.., Arg::Str(target), _]) => {
                self.below(target)?;
                let target = target.clone();
                Some(Some(Deed::Do(match (self.tree.take(), self.context.take()) {
                    (Some(Tree { source, recursive, set, clear }), None) => Act::Bind { source, target, recursive, set, clear },
                    (None, Some(Context { fstype, options, attr })) => Act::NewMount { fstype, target, options, attr },
                    _ => return None,
                })))
            }
            ("openat", [_, Arg::Str(path), flags, ..]) if raw(flags)?.contains("O_CREAT") => {
                self.file(path)?;
                Some(Some(Deed::Do(Act::Create(path.clone()))))
            }
            ("write", [Arg::Fd(_, path), Arg::Str(text), _]) => {
                let path = own_proc(path);
                self.file(&path)?;
                Some(Some(Deed::Do(match path.as_str() {
                    "/proc/self/timens_offsets" => clock(text)?,
                    _ => Act::Put { path, text: text.clone() },
                })))
            }
            (name, args) => self.simple(name, args).map(|act| Some(Deed::Do(act))),
        }
    }

    fn simple(&self, name: &str, args: &[Arg]) -> Option<Act> {
        Some(match (name, args) {
            ("mount", [source, Arg::Str(target), fstype, flags, data]) => {
                let flags = mount_flags_of(raw(flags)?)?;
                self.below(target)?;
                Act::Mount {
                    source: string(source)?,
                    target: target.clone(),
                    fstype: string(fstype)?,
                    flags,
                    data: string(data)?,
                }
            }
            ("umount2", [Arg::Str(target), flags]) => {
                self.below(target)?;
                Act::Umount { target: target.clone(), lazy: raw(flags)? == "MNT_DETACH" }
            }
            ("pivot_root", [Arg::Str(new), Arg::Str(old)]) => {
                self.named(new).and(self.named(old))?;
                Act::PivotRoot { new: new.clone(), old: old.clone() }
            }
            ("chroot", [Arg::Str(path)]) => Act::Chroot(self.named(path)?.into()),
            ("chdir", [Arg::Str(path)]) => Act::Chdir(self.named(path)?.into()),
            ("mkdir", [Arg::Str(path), _]) => {
                let above = |word: &&String| Path::new(word).starts_with(path) && goes_down(Path::new(word));
                if self.below(path).is_none() && !self.args.every().any(|word| above(&word)) {
                    return None;
                }
                Act::Mkdir(path.clone())
            }
            ("symlinkat", [Arg::Str(target), _, Arg::Str(path)]) => {
                self.below(path)?;
                Act::Symlink { target: target.clone(), path: path.clone() }
            }
            ("mknodat", [_, Arg::Str(path), mode, rest @ ..]) => {
                Act::Mknod { path: self.named(path)?.into(), node: node(raw(mode)?, rest.first())? }
            }
            ("sethostname", [Arg::Str(name), _]) => Act::HostName(name.clone()),
            ("setdomainname", [Arg::Str(name), _]) => Act::DomainName(name.clone()),
            ("setuid", [id]) => Act::Uid(number(id)?),
            ("setgid", [id]) => Act::Gid(number(id)?),
            ("setgroups", [_, list]) => Act::Groups(list_of(list, ", ")?),
            ("sched_setaffinity", [Arg::Raw(pid), _, cpus]) if pid == "0" => Act::Affinity(list_of(cpus, " ")?),
            ("sched_setscheduler", [_, policy, priority]) => {
                let policy = ["OTHER", "FIFO", "RR", "BATCH", "IDLE"]
                    .into_iter()
                    .find(|name| raw(policy) == Some(&format!("SCHED_{name}")))?;
                Act::Policy(policy, list_of(priority, " ")?.first().copied()?)
            }
            ("setpriority", [_, Arg::Raw(pid), nice]) if pid == "0" => Act::Nice(number(nice)?),
            ("prlimit64", [_, name, limit, ..]) => {
                let value = |name: &str| limit_of(field(limit, name)?);
                let resource = resource(raw(name)?)?;
                Act::Limit(resource.name, Rlimit { soft: value("rlim_cur")?, hard: value("rlim_max")? })
            }
            ("prctl", [option, rest @ ..]) => prctl(raw(option)?, rest)?,
            _ => return None,
        })
    }

    /// Is this path one that stands in the line?
    fn named<'p>(&self, path: &'p str) -> Option<&'p str> {
        self.args.every().any(|word| word == path).then_some(path)
    }

    /// Does this path stand in the line, or does it lie below one that does?
    fn below(&self, path: &str) -> Option<()> {
        let lies = |word: &String| Path::new(path).strip_prefix(word).is_ok_and(goes_down);
        (self.named(path).is_some() || self.args.every().any(lies)).then_some(())
    }

    /// Is this one of the files that the command writes?
    fn file(&self, path: &str) -> Option<()> {
        let sysctl = |name: &str| self.args.every().any(|word| word.replace('.', "/") == name.replace('.', "/"));
        let own = |file: &str| match (file, path.strip_prefix("/proc/sys/")) {
            ("/proc/sys", Some(name)) => sysctl(name),
            _ => file == path,
        };
        self.how.files().iter().any(|file| own(file)).then_some(()).or_else(|| self.below(path))
    }
}

/// No `..` on the way.
fn goes_down(path: &Path) -> bool {
    !path.components().any(|part| part == Component::ParentDir)
}

/// A number or symbol that is not a string.
fn raw(arg: &Arg) -> Option<&str> {
    if let Arg::Raw(text) = arg { Some(text) } else { None }
}

/// A string, or none for NULL.
fn string(arg: &Arg) -> Option<Option<String>> {
    match arg {
        Arg::Str(text) => Some(Some(text.clone())),
        Arg::Raw(text) if text == "NULL" => Some(None),
        _ => None,
    }
}

fn number<T: std::str::FromStr>(arg: &Arg) -> Option<T> {
    raw(arg)?.parse().ok()
}

/// `[1, 2]`.
fn list_of(arg: &Arg, between: &str) -> Option<Vec<u32>> {
    let text = raw(arg)?.strip_prefix('[')?.strip_suffix(']')?;
    text.split(between).filter(|word| !word.is_empty()).map(|word| word.parse().ok()).collect()
}

/// The value of a field of `{name=value, …}`.
fn field<'a>(arg: &'a Arg, name: &str) -> Option<&'a str> {
    let fields = raw(arg)?.strip_prefix('{')?.strip_suffix('}')?.split(", ");
    fields.filter_map(|field| field.split_once('=')).find(|(known, _)| *known == name).map(|(_, value)| value)
}

/// The namespaces of `CLONE_NEWPID|CLONE_NEWNS`.
fn kinds(flags: &Arg) -> Option<Vec<NsKind>> {
    raw(flags)?.split('|').map(NsKind::of_name).collect()
}

/// `64*1024`, `RLIM64_INFINITY`.
fn limit_of(text: &str) -> Option<Option<u64>> {
    if text == "RLIM64_INFINITY" {
        return Some(None);
    }
    let (number, times) = text.split_once('*').unwrap_or((text, "1"));
    number.parse::<u64>().ok()?.checked_mul(times.parse().ok()?).map(Some)
}

fn prctl(option: &str, rest: &[Arg]) -> Option<Act> {
    let cap = |at: usize| cap_number(raw(rest.get(at)?)?);
    Some(match option {
        "PR_SET_NO_NEW_PRIVS" => Act::NoNewPrivs,
        "PR_CAPBSET_DROP" => Act::Bound(cap(0)?),
        "PR_CAP_AMBIENT" => match raw(rest.first()?)? {
            "PR_CAP_AMBIENT_RAISE" => Act::Raise(cap(1)?),
            "PR_CAP_AMBIENT_LOWER" => Act::Lower(cap(1)?),
            "PR_CAP_AMBIENT_CLEAR_ALL" => Act::ClearAmbient,
            _ => return None,
        },
        "PR_SET_SECUREBITS" => Act::Securebits(securebits(raw(rest.first()?)?)?),
        "PR_SET_CHILD_SUBREAPER" => Act::Subreaper(number::<u8>(rest.first()?)? == 1),
        _ => return None,
    })
}

/// The bits of `SECBIT_NOROOT|SECBIT_NOROOT_LOCKED`.
fn securebits(text: &str) -> Option<u32> {
    let bit = |word: &str| {
        let name = word.strip_prefix("SECBIT_")?;
        let (name, lock) = name.strip_suffix("_LOCKED").map_or((name, 0), |name| (name, 1));
        SECUREBITS.iter().find(|(_, known)| *known == name).map(|(bit, _)| 1 << (bit + lock))
    };
    let words = text.split('|').filter(|word| *word != "0");
    words.map(bit).try_fold(0, |bits, bit| Some(bits | bit?))
}

/// `S_IFCHR|0666` with `makedev(0x1, 0x3)`.
fn node(mode: &str, dev: Option<&Arg>) -> Option<Node> {
    if mode.starts_with("S_IFIFO") {
        return Some(Node::Fifo);
    }
    let (major, minor) = raw(dev?)?.strip_prefix("makedev(")?.strip_suffix(')')?.split_once(", ")?;
    let hex = |text: &str| u32::from_str_radix(text.strip_prefix("0x").unwrap_or(text), 16).ok();
    match mode.split('|').next()? {
        "S_IFCHR" => Some(Node::Character(hex(major)?, hex(minor)?)),
        "S_IFBLK" => Some(Node::Block(hex(major)?, hex(minor)?)),
        _ => None,
    }
}

/// `boottime 86400 0`, as timens_offsets has it.
fn clock(text: &str) -> Option<Act> {
    let mut words = text.split_whitespace();
    let clock = ["monotonic", "boottime"].into_iter().find(|name| words.clone().next() == Some(name))?;
    words.next();
    Some(Act::Clock(clock, words.next()?.parse().ok()?))
}

/// The subject writes to its own files in /proc, and a descriptor's path has its number there: the next one will have another.
fn own_proc(path: &str) -> String {
    let own = path.strip_prefix("/proc/").and_then(|rest| rest.split_once('/'));
    match own.filter(|(number, _)| number.bytes().all(|digit| digit.is_ascii_digit())) {
        Some((_, file)) => format!("/proc/self/{file}"),
        None => path.into(),
    }
}
