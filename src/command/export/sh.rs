//! The deeds as a POSIX script for the tools of util-linux, ip(8) and coreutils.
//!
//! A shell cannot enter a namespace, it can only start a program there. So the script is cut into stages: each `unshare`
//! starts the script again, at the next stage. Namespaces that only children enter (pid, time) are made with the child.

use super::plan::{BOX, Deed, PID, text};
use crate::kernel::MOUNT_FLAGS;
use crate::model::{Arg, NsKind};

const PRELUDE: &str = include_str!("prelude.sh");
const OBSERVER: &str = include_str!("observer.sh");
const AGAIN: &str = "sh -c \"$BOX_SCRIPT\" box \"$@\"";

/// The script.
pub fn script(deeds: &[Deed]) -> String {
    let mut sh = Script { stages: vec![String::new()], at: 0, cases: Vec::new(), pending: Vec::new(), clocks: Vec::new() };
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
    format!("{PRELUDE}{observer}\ncase ${{BOX_STAGE:-0}} in\n{stages}esac\n")
}

struct Script {
    stages: Vec<String>,
    at: usize,
    cases: Vec<String>,
    /// Kinds that begin with the next child.
    pending: Vec<NsKind>,
    /// Options for their clocks.
    clocks: Vec<String>,
}

impl Script {
    fn say(&mut self, line: &str) {
        self.stages[self.at] += &format!("  {line}\n");
    }

    fn all(&mut self, deeds: &[Deed]) {
        for (at, deed) in deeds.iter().enumerate() {
            // `>` makes the file.
            let filled = matches!((deed, deeds.get(at + 1)), (Deed::Create(new), Some(Deed::Put { path, .. })) if new == path);
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
            Deed::Line(line) => self.say(&format!("# {}", line.replace(char::is_control, " "))),
            Deed::Cannot(why) => self.say(&format!("# not written: {why}")),
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
                if let Some(dir) = cgroup {
                    let number = self.mover(dir);
                    words.insert(0, format!("sh -c 'echo {number} >&8; read -r answer <&9; exec \"$@\"' sh"));
                }
                // What it answered is its own matter, as in the session.
                self.say(&format!("{born}{}{}", words.join(" "), if *background { " &" } else { " || true" }));
            }
            Deed::Bind { source, target, recursive, set, clear } => {
                self.say(&format!(
                    "mount {} {} {}",
                    if *recursive { "--rbind" } else { "--bind" },
                    quoted(source),
                    quoted(target)
                ));
                self.flags(target, *recursive, set, clear);
            }
            Deed::Flags { path, recursive, set, clear } => self.flags(path, *recursive, set, clear),
            Deed::Create(path) => self.say(&format!(": >{}", quoted(path))),
            Deed::Put { path, text } if path == "/proc/self/timens_offsets" => {
                let words: Vec<&str> = text.split_whitespace().collect();
                if let [clock, seconds, ..] = words.as_slice() {
                    self.clocks.push(format!("--{clock}={seconds}"));
                }
            }
            Deed::Put { path, text } => self.say(&format!("printf %s {} >{}", quoted(text), quoted(path))),
            Deed::Enter { path } => {
                let kind = path.rsplit('/').next().and_then(NsKind::of_name);
                match kind {
                    Some(kind) => self.enter(&format!("nsenter --{}={}", long(kind), quoted(path))),
                    None => self.say(&format!("# not written: of which kind {path} is")),
                }
            }
            Deed::Ip(words) => {
                let words: Vec<String> = words.iter().map(|word| quoted(word)).collect();
                self.say(&format!("ip {}", words.join(" ")));
            }
            Deed::Outside(deeds) => {
                let number = self.cases.len() + 1;
                let steps: Vec<String> = deeds.iter().filter_map(observed).collect();
                if !steps.is_empty() {
                    self.cases.push(format!("  {number}) {} ;;\n", steps.join(" &&\n     ")));
                    self.say(&format!("outside {number}"));
                }
            }
            Deed::Call { name, args } => self.call(name, args),
        }
    }

    /// What the observer does to have the process that asks in this cgroup.
    fn mover(&mut self, dir: &str) -> usize {
        self.say(
            "# Born where its parent is, and moved: no tool of a shell has CLONE_INTO_CGROUP, the program of `export c` has.",
        );
        let put = Deed::Put { path: format!("{dir}/cgroup.procs"), text: PID.into() };
        self.cases.push(format!("  {}) {} ;;\n", self.cases.len() + 1, observed(&put).unwrap_or_default()));
        self.cases.len()
    }

    fn flags(&mut self, path: &str, recursive: bool, set: &str, clear: &str) {
        let words: Vec<&str> = MOUNT_FLAGS
            .iter()
            .flat_map(|flag| {
                let has = |names: &str| names.split('|').any(|name| name == flag.attr_name);
                [has(clear).then_some(flag.undo), has(set).then_some(flag.word)]
            })
            .flatten()
            .collect();
        self.say(&format!("flags {}{} {}", if recursive { "-r " } else { "" }, quoted(path), words.join(",")));
    }

    fn call(&mut self, name: &str, args: &[Arg]) {
        let words: Vec<String> = args.iter().map(text).collect();
        let word = |at: usize| words.get(at).map(String::as_str).unwrap_or_default();
        let line = match name {
            "mount" => mount(&words),
            "umount2" => format!("umount {}{}", if word(1) == "MNT_DETACH" { "-l " } else { "" }, quoted(word(0))),
            "pivot_root" => format!("pivot_root {} {}", quoted(word(0)), quoted(word(1))),
            "chroot" => return self.enter(&format!("chroot {}", quoted(word(0)))),
            "chdir" => format!("cd {}", quoted(word(0))),
            "mkdir" | "rmdir" => format!("{name} {}", quoted(word(0))),
            "symlinkat" => format!("ln -s {} {}", quoted(word(0)), quoted(word(2))),
            "mknodat" => mknod(&words),
            "sethostname" => format!("hostname {}", quoted(word(0))),
            "setuid" => return self.enter(&format!("setpriv --reuid {}", word(0))),
            "setgid" => return self.enter(&format!("setpriv --regid {} --keep-groups", word(0))),
            "setgroups" => match word(1).trim_matches(['[', ']']).replace(", ", ",") {
                none if none.is_empty() => return self.enter("setpriv --clear-groups"),
                list => return self.enter(&format!("setpriv --groups {list}")),
            },
            "prlimit64" => limit(&words),
            "setpriority" => format!("renice -n {} -p $$ >/dev/null", word(2)),
            "prctl" => match setpriv(&words) {
                Some(option) => return self.enter(&format!("setpriv {option}")),
                None => format!("# not written: prctl({})", words.join(", ")),
            },
            other => format!("# not written: {other}(2)"),
        };
        self.say(&line);
    }
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
fn mount(words: &[String]) -> String {
    let [source, target, fstype, flags, data] = words else { return String::new() };
    let target = quoted(target);
    let flags: Vec<&str> = flags.split('|').collect();
    let has = |name: &str| flags.contains(&name);
    let r = if has("MS_REC") { "r" } else { "" };
    for (flag, name) in
        [("MS_PRIVATE", "private"), ("MS_SLAVE", "slave"), ("MS_SHARED", "shared"), ("MS_UNBINDABLE", "unbindable")]
    {
        if has(flag) {
            return format!("mount --make-{r}{name} {target}");
        }
    }
    if has("MS_BIND") {
        return format!("mount --{r}bind {} {target}", quoted(source));
    }
    if has("MS_MOVE") {
        return format!("mount --move {} {target}", quoted(source));
    }
    let mut options: Vec<String> =
        MOUNT_FLAGS.iter().filter(|flag| has(flag.ms_name)).map(|flag| flag.word.to_string()).collect();
    if data != "NULL" {
        options.push(data.clone());
    }
    let options = if options.is_empty() { String::new() } else { format!(" -o {}", quoted(&options.join(","))) };
    format!("mount -t {}{options} {} {target}", quoted(fstype), quoted(source))
}

fn mknod(words: &[String]) -> String {
    let [_, path, mode, rest @ ..] = words else { return String::new() };
    let path = quoted(path);
    let numbers =
        rest.first().map(|dev| dev.trim_start_matches("makedev(").trim_end_matches(')').replace(", ", " ")).unwrap_or_default();
    match mode.as_str() {
        mode if mode.starts_with("S_IFCHR") => format!("mknod {path} c {numbers}"),
        mode if mode.starts_with("S_IFBLK") => format!("mknod {path} b {numbers}"),
        _ => format!("mkfifo {path}"),
    }
}

/// prlimit(1) of this shell.
fn limit(words: &[String]) -> String {
    let [_, resource, values, ..] = words else { return String::new() };
    let value = |name: &str| {
        let text = values.split(name).nth(1).and_then(|rest| rest.split([',', '}']).next()).unwrap_or_default();
        match (text, text.strip_suffix("*1024")) {
            ("RLIM64_INFINITY", _) => "unlimited".to_string(),
            (_, Some(kilo)) => kilo.parse::<u64>().map_or(text.to_string(), |kilo| (kilo * 1024).to_string()),
            _ => text.to_string(),
        }
    };
    let name = resource.trim_start_matches("RLIMIT_").to_lowercase();
    format!("prlimit --pid $$ --{name}={}:{}", value("rlim_cur="), value("rlim_max="))
}

/// prctl(2) as an option of setpriv(1).
fn setpriv(words: &[String]) -> Option<String> {
    let cap = |at: usize| words.get(at).and_then(|word| word.strip_prefix("CAP_")).map(str::to_lowercase);
    Some(match (words.first()?.as_str(), words.get(1).map(String::as_str)) {
        ("PR_SET_NO_NEW_PRIVS", _) => "--no-new-privs".into(),
        ("PR_CAPBSET_DROP", _) => format!("--bounding-set=-{}", cap(1)?),
        ("PR_CAP_AMBIENT", Some("PR_CAP_AMBIENT_RAISE")) => format!("--inh-caps=+{0} --ambient-caps=+{0}", cap(2)?),
        ("PR_CAP_AMBIENT", Some("PR_CAP_AMBIENT_LOWER")) => format!("--ambient-caps=-{}", cap(2)?),
        ("PR_CAP_AMBIENT", Some("PR_CAP_AMBIENT_CLEAR_ALL")) => "--ambient-caps=-all".into(),
        _ => return None,
    })
}

/// A deed of the observer's. `make` remembers what is to be removed.
fn observed(deed: &Deed) -> Option<String> {
    let path = |path: &str| quoted_with(path);
    match deed {
        Deed::Call { name, args } if name == "mkdir" => Some(format!("make {}", path(&text(args.first()?)))),
        Deed::Call { name, args } => Some(format!("{name} {}", path(&text(args.first()?)))),
        Deed::Put { path: file, text } => Some(format!("put {} {}", path(file), quoted_with(text))),
        _ => None,
    }
}

/// Quoted, with the places that are known only when the script runs.
fn quoted_with(word: &str) -> String {
    quoted(word).replace(BOX, "'$box'").replace(PID, "'$pid'")
}

/// A word that the shell takes as it is.
pub fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+=:,%@".contains(c);
    if !word.is_empty() && word.chars().all(plain) && !word.contains("@BOX@") && !word.contains("@PID@") {
        return word.into();
    }
    format!("'{}'", word.replace('\'', "'\\''"))
}
