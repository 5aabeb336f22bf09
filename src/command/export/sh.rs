//! The deeds as a POSIX script for the tools of util-linux, ip(8) and coreutils.
//!
//! A shell cannot enter a namespace, it can only start a program there. So the script is cut into stages: each `unshare`
//! starts the script again, at the next stage. Namespaces that only children enter (pid, time) are made with the child.

use super::deed::{Act, Deed, Node, Outer, Piece, Spot, Written};
use crate::kernel::MOUNT_FLAGS;
use crate::model::{Msg, NsKind, cap_name};

const PRELUDE: &str = include_str!("prelude.sh");
const OBSERVER: &str = include_str!("observer.sh");
const AGAIN: &str = "sh -c \"$BOX_SCRIPT\" box \"$@\"";

/// The script.
pub fn script(deeds: &[Deed]) -> Written {
    let mut sh = Script { stages: vec![String::new()], ..Script::default() };
    sh.all(deeds);
    sh.last();
    let observer = match sh.cases.is_empty() {
        true => String::new(),
        false => OBSERVER.replace("@CASES@", &sh.cases.concat().replace('\'', "'\\''")),
    };
    let mut stages = String::new();
    for (number, stage) in sh.stages.iter().enumerate() {
        stages += &format!("{number})\n{stage};;\n");
    }
    Written { text: format!("{PRELUDE}{observer}\ncase ${{BOX_STAGE:-0}} in\n{stages}esac\n"), gaps: sh.gaps }
}

#[derive(Default)]
struct Script {
    stages: Vec<String>,
    at: usize,
    cases: Vec<String>,
    /// Kinds that begin with the next child.
    pending: Vec<NsKind>,
    /// Options for their clocks.
    clocks: Vec<String>,
    /// The line that is being written.
    line: String,
    gaps: Vec<(String, Msg)>,
}

impl Script {
    fn say(&mut self, line: &str) {
        self.stages[self.at] += &format!("  {line}\n");
    }

    fn all(&mut self, deeds: &[Deed]) {
        for (at, deed) in deeds.iter().enumerate() {
            // `>` makes the file.
            let filled = matches!((deed, deeds.get(at + 1)), (Deed::Do(Act::Create(new)), Some(Deed::Do(Act::Put { path, .. }))) if new == path);
            if !filled {
                self.one(deed);
            }
        }
    }

    /// A new stage, which the current one enters by this command. It goes on from there.
    fn enter(&mut self, command: &str) {
        let next = self.stages.len();
        self.say(&format!("export BOX_STAGE={next}; exec {} {AGAIN}", command.trim_end()));
        self.stages.push(String::new());
        self.at = next;
    }

    /// The end of all: what was asked for on the command line, else a shell.
    fn last(&mut self) {
        self.say("[ $# -gt 0 ] || set -- sh");
        let (children, close) = (self.children(&[], false), if self.cases.is_empty() { "" } else { " 8>&- 9<&-" });
        self.say("unset BOX_SCRIPT BOX_STAGE");
        self.say(&format!("exec {children}\"$@\"{close}"));
    }

    /// The unshare(1) that a child needs to be born where it should; empty where that is here.
    fn children(&mut self, kinds: &[NsKind], fork: bool) -> String {
        let kinds: Vec<NsKind> =
            NsKind::ALL.into_iter().filter(|kind| self.pending.contains(kind) || kinds.contains(kind)).collect();
        if kinds.is_empty() && !fork {
            return String::new();
        }
        let clocks: String = self.clocks.iter().map(|clock| format!("{clock} ")).collect();
        format!("unshare {}{clocks}{}", options(&kinds), if fork || !kinds.is_empty() { "--fork " } else { "" })
    }

    fn one(&mut self, deed: &Deed) {
        match deed {
            Deed::Line(line) => {
                self.line = line.clone();
                self.say(&comment(line));
            }
            Deed::Cannot(why) => self.cannot(why.clone()),
            Deed::Unshare(kinds) => {
                let (later, now): (Vec<NsKind>, Vec<NsKind>) = kinds.iter().partition(|kind| kind.row().children.is_some());
                self.pending.extend(later);
                if !now.is_empty() {
                    self.enter(&format!("unshare {}", options(&now)));
                }
            }
            Deed::Child { kinds, cgroup, deeds, ended } => {
                let born = self.children(kinds, true);
                let moves = cgroup.as_ref().map(|dir| self.mover(dir));
                let (pending, clocks) = (std::mem::take(&mut self.pending), std::mem::take(&mut self.clocks));
                let Some(status) = ended else {
                    self.enter(&born);
                    moves.iter().for_each(|number| self.say(&format!("outside {number}")));
                    return self.all(deeds);
                };
                let (here, next) = (self.at, self.stages.len());
                self.say(&format!("BOX_STAGE={next} {born}{AGAIN} || true"));
                self.stages.push(String::new());
                self.at = next;
                moves.iter().for_each(|number| self.say(&format!("outside {number}")));
                self.all(deeds);
                self.say(&format!("exit {status}"));
                (self.at, self.pending, self.clocks) = (here, pending, clocks);
            }
            Deed::Run { kinds, cgroup, words, background } => {
                let born = self.children(kinds, false);
                let mut words: Vec<String> = words.iter().map(|word| quoted(word)).collect();
                // Else `A=b` is no program but a variable.
                if let Some(program) = words.first_mut().filter(|program| program.contains('=') && !program.contains('\'')) {
                    *program = format!("'{program}'");
                }
                if let Some(dir) = cgroup {
                    let number = self.mover(dir);
                    words.insert(0, format!("sh -c 'echo {number} >&8; read -r answer <&9; exec \"$@\"' sh"));
                }
                // What it answered is its own matter, as in the session.
                self.say(&format!("{born}{}{}", words.join(" "), if *background { " &" } else { " || true" }));
            }
            Deed::Enter { kind, path } => self.enter(&format!("nsenter --{}={}", long(*kind), file(path))),
            Deed::Do(act) => self.act(act),
            Deed::Ip(words) => {
                let words: Vec<String> = words.iter().map(|word| quoted(word)).collect();
                self.say(&format!("ip {}", words.join(" ")));
            }
            Deed::Outside(deeds) => {
                let number = self.cases.len() + 1;
                let steps: Vec<String> = deeds.iter().map(observed).collect();
                self.cases.push(format!("  {number}) {} ;;\n", steps.join(" &&\n     ")));
                self.say(&format!("outside {number}"));
            }
        }
    }

    fn cannot(&mut self, why: Msg) {
        self.say(&comment(&format!("not written: {}", why.en)));
        self.gaps.push((self.line.clone(), why));
    }

    /// What the observer does to have the process that asks in this cgroup.
    fn mover(&mut self, dir: &Spot) -> usize {
        self.say(
            "# Born where its parent is, and moved: no tool of a shell has CLONE_INTO_CGROUP, the program of `export c` has.",
        );
        let put = Outer::Put { path: dir.clone().then("/cgroup.procs"), text: Spot(vec![Piece::Pid]) };
        self.cases.push(format!("  {}) {} ;;\n", self.cases.len() + 1, observed(&put)));
        self.cases.len()
    }

    fn act(&mut self, act: &Act) {
        let line = match act {
            Act::Mount { source, target, fstype, flags, data } => {
                mount(source.as_deref(), target, fstype.as_deref(), *flags, data.as_deref())
            }
            Act::NewMount { fstype, target, options, attr } => {
                let words =
                    options.iter().map(|(key, value)| value.as_ref().map_or(key.clone(), |value| format!("{key}={value}")));
                let flags = MOUNT_FLAGS.iter().filter(|flag| attr & flag.attr != 0).map(|flag| flag.word.to_string());
                self.say("# mount(8) does this in single steps since util-linux 2.39.");
                mount_new(fstype, fstype, target, &flags.chain(words).collect::<Vec<_>>())
            }
            Act::Bind { source, target, recursive, set, clear } => {
                let how = if *recursive { "--rbind" } else { "--bind" };
                self.say(&format!("mount {how} {} {}", file(source), file(target)));
                flags(target, *recursive, *set, *clear)
            }
            Act::Flags { path, recursive, set, clear } => flags(path, *recursive, *set, *clear),
            Act::Umount { target, lazy } => format!("umount {}{}", if *lazy { "-l " } else { "" }, file(target)),
            Act::PivotRoot { new, old } => format!("pivot_root {} {}", file(new), file(old)),
            Act::Chroot(path) => return self.enter(&format!("chroot {}", file(path))),
            // `cd -` is somewhere else.
            Act::Chdir(path) => format!("cd {}", file(path)),
            Act::Mkdir(path) => format!("mkdir {}", file(path)),
            Act::Symlink { target, path } => format!("ln -s -- {} {}", quoted(target), file(path)),
            Act::Mknod { path, node } => match node {
                Node::Character(major, minor) => format!("mknod {} c {major} {minor}", file(path)),
                Node::Block(major, minor) => format!("mknod {} b {major} {minor}", file(path)),
                Node::Fifo => format!("mkfifo {}", file(path)),
            },
            // hostname(1) takes none that the DNS would not; the kernel takes any.
            Act::HostName(name) if name.chars().all(|c| c.is_ascii_alphanumeric() || "-.".contains(c)) => {
                format!("hostname {}", word(name))
            }
            Act::HostName(name) => format!("printf %s {} >/proc/sys/kernel/hostname", quoted(name)),
            Act::DomainName(name) => format!("printf %s {} >/proc/sys/kernel/domainname", quoted(name)),
            Act::NoNewPrivs => return self.enter("setpriv --no-new-privs"),
            Act::Bound(cap) => return self.enter(&format!("setpriv --bounding-set=-{}", lower(*cap))),
            Act::Raise(cap) => return self.enter(&format!("setpriv --inh-caps=+{0} --ambient-caps=+{0}", lower(*cap))),
            Act::Lower(cap) => return self.enter(&format!("setpriv --ambient-caps=-{}", lower(*cap))),
            Act::ClearAmbient => return self.enter("setpriv --ambient-caps=-all"),
            Act::Securebits(_) => {
                return self.cannot(Msg::new(
                    "setpriv(1) does not know all of them; `export c` does",
                    "setpriv(1) 不认识其中的全部；`export c` 可以",
                ));
            }
            Act::Subreaper(_) => {
                return self.cannot(Msg::new(
                    "no tool of a shell is one for it; `export c` can",
                    "shell 没有这样的工具；`export c` 可以",
                ));
            }
            Act::Uid(id) => return self.enter(&format!("setpriv --reuid {id}")),
            Act::Gid(id) => return self.enter(&format!("setpriv --regid {id} --keep-groups")),
            Act::Groups(list) if list.is_empty() => return self.enter("setpriv --clear-groups"),
            Act::Groups(list) => return self.enter(&format!("setpriv --groups {}", joined(list))),
            Act::Limit(name, limit) => {
                let value = |value: Option<u64>| value.map_or("unlimited".into(), |value| value.to_string());
                format!("prlimit --pid $$ --{}={}:{}", name.to_lowercase(), value(limit.soft), value(limit.hard))
            }
            Act::Nice(nice) => format!("renice -n {nice} -p $$ >/dev/null"),
            Act::Affinity(cpus) => format!("taskset -cp {} $$ >/dev/null", joined(cpus)),
            Act::Policy(policy, priority) => format!("chrt --{} -p {priority} $$", policy.to_lowercase()),
            Act::Clock(clock, seconds) => return self.clocks.push(format!("--{clock}={seconds}")),
            Act::Create(path) => format!(": >{}", quoted(path)),
            Act::Put { path, text } => format!("printf %s {} >{}", quoted(text), quoted(path)),
        };
        self.say(&line);
    }
}

/// The same flags for the mount at a path: `flags` is a function of the script.
fn flags(path: &str, recursive: bool, set: u64, clear: u64) -> String {
    let words = MOUNT_FLAGS.iter().flat_map(|flag| {
        [(clear & flag.attr != 0).then_some(flag.undo), (set & flag.attr != 0).then_some(flag.word)].into_iter().flatten()
    });
    format!("flags {}{} {}", if recursive { "-r " } else { "" }, file(path), words.collect::<Vec<_>>().join(","))
}

fn joined(list: &[u32]) -> String {
    list.iter().map(u32::to_string).collect::<Vec<_>>().join(",")
}

/// `sys_admin`, as setpriv(1) has it; `cap_41` for one without a name.
fn lower(cap: u8) -> String {
    let name = cap_name(cap).to_lowercase();
    if name.starts_with(char::is_alphabetic) { name } else { format!("cap_{name}") }
}

fn comment(text: &str) -> String {
    format!("# {}", text.replace(char::is_control, " "))
}

/// `--mount --propagation unchanged --uts`, of unshare(1).
fn options(kinds: &[NsKind]) -> String {
    let mut text = String::new();
    for kind in kinds {
        text += &format!("--{} ", long(*kind));
        if *kind == NsKind::Mnt {
            text += "--propagation unchanged ";
        }
    }
    text
}

/// The long option of unshare(1) and nsenter(1).
fn long(kind: NsKind) -> &'static str {
    if kind == NsKind::Mnt { "mount" } else { kind.name() }
}

/// mount(2) as mount(8).
fn mount(source: Option<&str>, target: &str, fstype: Option<&str>, flags: u64, data: Option<&str>) -> String {
    let has = |flag: u64| flags & flag != 0;
    let r = if has(libc::MS_REC) { "r" } else { "" };
    let travels = [
        (libc::MS_PRIVATE, "private"),
        (libc::MS_SLAVE, "slave"),
        (libc::MS_SHARED, "shared"),
        (libc::MS_UNBINDABLE, "unbindable"),
    ];
    if let Some((_, name)) = travels.into_iter().find(|(flag, _)| has(*flag)) {
        return format!("mount --make-{r}{name} {}", file(target));
    }
    let source = source.unwrap_or("none");
    if has(libc::MS_BIND) {
        return format!("mount --{r}bind {} {}", file(source), file(target));
    }
    if has(libc::MS_MOVE) {
        return format!("mount --move {} {}", file(source), file(target));
    }
    let words = MOUNT_FLAGS.iter().filter(|flag| has(flag.ms)).map(|flag| flag.word.to_string());
    mount_new(fstype.unwrap_or("none"), source, target, &words.chain(data.map(str::to_string)).collect::<Vec<_>>())
}

/// A new mount of a filesystem.
fn mount_new(fstype: &str, source: &str, target: &str, options: &[String]) -> String {
    let options = if options.is_empty() { String::new() } else { format!(" -o {}", quoted(&options.join(","))) };
    format!("mount -t {}{options} {} {}", quoted(fstype), word(source), file(target))
}

/// A deed of the observer's. `make` remembers what is to be removed.
fn observed(deed: &Outer) -> String {
    match deed {
        Outer::Make(dir) => format!("make {}", placed(dir)),
        Outer::Remove(dir) => format!("rmdir {}", placed(dir)),
        Outer::Put { path, text } => format!("put {} {}", placed(path), placed(text)),
    }
}

/// Quoted, with the variables that the observer's script knows.
fn placed(spot: &Spot) -> String {
    let piece = |piece: &Piece| match piece {
        Piece::Plain(text) if text.is_empty() => String::new(),
        Piece::Plain(text) => quoted(text),
        Piece::Box => "\"$box\"".into(),
        Piece::Pid => "\"$pid\"".into(),
    };
    match spot.0.iter().map(piece).collect::<String>() {
        empty if empty.is_empty() => quoted(""),
        text => text,
    }
}

/// The path of a file as an operand: a tool takes it for no option.
fn file(path: &str) -> String {
    if path.starts_with('-') { quoted(&format!("./{path}")) } else { quoted(path) }
}

/// A word as an operand, where no other one follows that could be an option.
fn word(word: &str) -> String {
    if word.starts_with('-') { format!("-- {}", quoted(word)) } else { quoted(word) }
}

/// A word that the shell takes as it is.
pub fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+=:,%@".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        return word.into();
    }
    format!("'{}'", word.replace('\'', "'\\''"))
}
