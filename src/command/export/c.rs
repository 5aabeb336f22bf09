//! The deeds as a C program: the system calls themselves, in their order.

use super::deed::{Act, Deed, Node, Outer, Piece, Spot, Written};
use crate::kernel::{MOUNT_FLAGS, mount_flags_text};
use crate::model::{Msg, NsKind, Rlimit, cap_name, securebits_text};

const PRELUDE: &str = include_str!("prelude.c");
const OBSERVER: &str = include_str!("observer.c");

/// The program.
pub fn program(deeds: &[Deed]) -> Written {
    let mut c = Program { depth: 1, ..Program::default() };
    c.all(deeds);
    let (mut observer, mut start) = (String::new(), "");
    if !c.cases.is_empty() {
        observer = OBSERVER.replace("@CASES@", c.cases.concat().trim_end());
        start = "\tstart_observer();\n";
    }
    let body = c.body;
    let text = format!(
        "{PRELUDE}{observer}\nint main(int argc, char *argv[])\n{{\n\tchar *shell[] = {{ \"sh\", NULL }};\n{start}{body}\targv = argc > 1 ? argv + 1 : shell;\n\texecvp(argv[0], argv);\n\tperror(argv[0]);\n\treturn 127;\n}}\n"
    );
    Written { text, gaps: c.gaps }
}

#[derive(Default)]
struct Program {
    body: String,
    depth: usize,
    cases: Vec<String>,
    /// The line that is being written.
    line: String,
    gaps: Vec<(String, Msg)>,
}

impl Program {
    fn say(&mut self, line: &str) {
        self.body += &format!("{}{line}\n", "\t".repeat(self.depth));
    }

    fn must(&mut self, call: &str) {
        self.say(&format!("MUST({call});"));
    }

    fn all(&mut self, deeds: &[Deed]) {
        // The session asked netlink itself; ip(8) is a child, and must not be the first one of a new PID namespace: when that
        // ends, the namespace does.
        let mut waiting = false;
        for (at, deed) in deeds.iter().enumerate() {
            let own_child = |deed: &&Deed| matches!(deed, Deed::Child { .. } | Deed::Run { .. });
            if waiting && own_child(&deed) {
                self.must("unshare(CLONE_NEWPID)");
                waiting = false;
            }
            match deed {
                Deed::Unshare(kinds) if kinds.contains(&NsKind::Pid) => {
                    let before = deeds[at..].iter().take_while(|deed| !own_child(deed));
                    waiting = before.into_iter().any(|deed| matches!(deed, Deed::Ip(_)));
                    let now: Vec<NsKind> = kinds.iter().copied().filter(|kind| !waiting || *kind != NsKind::Pid).collect();
                    if !now.is_empty() {
                        self.one(&Deed::Unshare(now));
                    }
                }
                deed => self.one(deed),
            }
        }
        if waiting {
            self.must("unshare(CLONE_NEWPID)");
        }
    }

    fn one(&mut self, deed: &Deed) {
        match deed {
            Deed::Line(line) => {
                self.line = line.clone();
                self.say(&comment(line));
            }
            Deed::Cannot(why) => {
                self.say(&comment(&format!("not written: {}", why.en)));
                self.gaps.push((self.line.clone(), why.clone()));
            }
            Deed::Unshare(kinds) => self.must(&format!("unshare({})", NsKind::flags_text(kinds))),
            Deed::Child { kinds, cgroup, deeds, ended: None } => {
                self.next_is_born_in(cgroup.as_ref());
                self.say(&format!("become_child({});", NsKind::flags_text(kinds)));
                self.all(deeds);
            }
            Deed::Child { kinds, cgroup, deeds, ended: Some(status) } => {
                self.next_is_born_in(cgroup.as_ref());
                self.say(&format!("if (child({})) {{", NsKind::flags_text(kinds)));
                self.depth += 1;
                self.all(deeds);
                self.say(&format!("_exit({status});"));
                self.depth -= 1;
                self.say("}");
            }
            Deed::Run { kinds, cgroup, words, background } => {
                self.next_is_born_in(cgroup.as_ref());
                let words: Vec<String> = words.iter().map(|word| string(word)).collect();
                let (flags, background) = (NsKind::flags_text(kinds), u8::from(*background));
                self.say(&format!("run({flags}, {background}, (char *[]){{ {}, NULL }});", words.join(", ")));
            }
            Deed::Ip(words) => {
                let words: Vec<String> = words.iter().map(|word| string(word)).collect();
                self.say(&format!("run(0, 0, (char *[]){{ \"ip\", {}, NULL }});", words.join(", ")));
            }
            Deed::Do(act) => self.act(act),
            Deed::Enter { kind, path } => self.must(&format!("enter({}, {})", kind.row().flag_name, string(path))),
            Deed::Outside(deeds) => {
                let number = self.cases.len() + 1;
                let steps: String = deeds.iter().map(|deed| format!("\t\t{}\n", observed(deed))).collect();
                self.cases.push(format!("\tcase {number}:\n{steps}\t\treturn 0;\n"));
                self.must(&format!("outside({number})"));
            }
        }
    }

    /// Has the observer open this cgroup and hand it over, for the next child.
    fn next_is_born_in(&mut self, dir: Option<&Spot>) {
        let Some(dir) = dir else { return };
        let number = self.cases.len() + 1;
        let step = format!("{{ AT(path, {}); {} }}", at(dir), checked("offer(path)"));
        self.cases.push(format!("\tcase {number}:\n\t\t{step}\n\t\treturn 0;\n"));
        self.must(&format!("outside({number})"));
    }

    fn act(&mut self, act: &Act) {
        let prctl = |words: String| format!("prctl({words})");
        let call = match act {
            Act::Mount { source, target, fstype, flags, data } => {
                let text = |text: &Option<String>| text.as_ref().map_or("NULL".into(), |text| string(text));
                let (source, target, fstype, data) = (text(source), string(target), text(fstype), text(data));
                format!("mount({source}, {target}, {fstype}, {}, {data})", mount_flags_text(*flags))
            }
            Act::NewMount { fstype, target, options, attr } => {
                let pairs = options.iter().map(|(key, value)| {
                    format!("{}, {}, ", string(key), value.as_ref().map_or("NULL".into(), |value| string(value)))
                });
                let pairs: String = pairs.collect();
                format!("mount_new({}, {}, {}, (const char *[]){{ {pairs}NULL }})", string(fstype), string(target), bits(*attr))
            }
            Act::Bind { source, target, recursive, set, clear } => {
                let (source, target) = (string(source), string(target));
                format!("bind_with({source}, {target}, {}, {}, {})", recursion(*recursive), bits(*set), bits(*clear))
            }
            Act::Flags { path, recursive, set, clear } => {
                format!("set_flags(AT_FDCWD, {}, {}, {}, {})", string(path), recursion(*recursive), bits(*set), bits(*clear))
            }
            Act::Umount { target, lazy } => format!("umount2({}, {})", string(target), if *lazy { "MNT_DETACH" } else { "0" }),
            Act::PivotRoot { new, old } => format!("syscall(SYS_pivot_root, {}, {})", string(new), string(old)),
            Act::Chroot(path) => format!("chroot({})", string(path)),
            Act::Chdir(path) => format!("chdir({})", string(path)),
            Act::Mkdir(path) => format!("mkdir({}, 0777)", string(path)),
            Act::Symlink { target, path } => format!("symlinkat({}, AT_FDCWD, {})", string(target), string(path)),
            Act::Mknod { path, node } => {
                let (kind, major, minor) = match node {
                    Node::Character(major, minor) => ("S_IFCHR", *major, *minor),
                    Node::Block(major, minor) => ("S_IFBLK", *major, *minor),
                    Node::Fifo => ("S_IFIFO", 0, 0),
                };
                format!("mknodat(AT_FDCWD, {}, {kind}|0666, makedev({major}, {minor}))", string(path))
            }
            Act::HostName(name) => format!("sethostname({}, {})", string(name), name.len()),
            Act::DomainName(name) => format!("setdomainname({}, {})", string(name), name.len()),
            Act::NoNewPrivs => prctl("PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0".into()),
            Act::Bound(cap) => prctl(format!("PR_CAPBSET_DROP, {}, 0, 0, 0", capability(*cap))),
            Act::Raise(cap) => prctl(format!("PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, {}, 0, 0", capability(*cap))),
            Act::Lower(cap) => prctl(format!("PR_CAP_AMBIENT, PR_CAP_AMBIENT_LOWER, {}, 0, 0", capability(*cap))),
            Act::ClearAmbient => prctl("PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0".into()),
            Act::Securebits(bits) => prctl(format!("PR_SET_SECUREBITS, {bits:#x} /* {} */, 0, 0, 0", securebits_text(*bits))),
            Act::Subreaper(on) => prctl(format!("PR_SET_CHILD_SUBREAPER, {}, 0, 0, 0", u8::from(*on))),
            Act::Uid(id) => format!("setuid({id})"),
            Act::Gid(id) => format!("setgid({id})"),
            Act::Groups(list) if list.is_empty() => "setgroups(0, NULL)".into(),
            Act::Groups(list) => format!("setgroups({}, ((gid_t[]){{ {} }}))", list.len(), joined(list)),
            Act::Limit(name, Rlimit { soft, hard }) => {
                let value = |value: &Option<u64>| value.map_or("RLIM_INFINITY".into(), |value| value.to_string());
                format!("prlimit(0, RLIMIT_{name}, (&(struct rlimit){{ {}, {} }}), NULL)", value(soft), value(hard))
            }
            Act::Nice(nice) => format!("setpriority(PRIO_PROCESS, 0, {nice})"),
            Act::Affinity(cpus) => format!("run_on({}, ((int[]){{ {} }}))", cpus.len(), joined(cpus)),
            Act::Policy(policy, priority) => {
                format!("sched_setscheduler(0, SCHED_{policy}, (&(struct sched_param){{ {priority} }}))")
            }
            Act::Clock(clock, seconds) => {
                format!("put(\"/proc/self/timens_offsets\", {})", string(&format!("{clock} {seconds} 0")))
            }
            Act::Create(path) => format!("create({})", string(path)),
            Act::Put { path, text } => format!("put({}, {})", string(path), string(text)),
        };
        self.must(&call);
    }
}

fn joined(list: &[u32]) -> String {
    list.iter().map(u32::to_string).collect::<Vec<_>>().join(", ")
}

fn recursion(recursive: bool) -> &'static str {
    if recursive { "0x8000 /* AT_RECURSIVE */" } else { "0" }
}

/// `CAP_SYS_ADMIN`, or the number of one that has no name here.
fn capability(cap: u8) -> String {
    let name = cap_name(cap);
    if name.starts_with(char::is_alphabetic) { format!("CAP_{name}") } else { name }
}

/// Attributes of a mount as a number, with the names beside it: not every sys/mount.h has them.
fn bits(attr: u64) -> String {
    let names: Vec<&str> = MOUNT_FLAGS.iter().filter(|flag| attr & flag.attr != 0).map(|flag| flag.attr_name).collect();
    if names.is_empty() { "0".into() } else { format!("{attr:#x} /* {} */", names.join("|")) }
}

/// A call of the observer's: paths and texts have the numbers that are known only when it runs.
fn observed(deed: &Outer) -> String {
    match deed {
        Outer::Make(dir) => format!("{{ AT(path, {}); {} }}", at(dir), checked("make(path)")),
        Outer::Remove(dir) => format!("{{ AT(path, {}); {} }}", at(dir), checked("rmdir(path)")),
        Outer::Put { path, text } => {
            format!("{{ AT(path, {}); AT(text, {}); {} }}", at(path), at(text), checked("put(path, text)"))
        }
    }
}

/// A format, and the numbers in the order in which it asks for them.
fn at(spot: &Spot) -> String {
    let (mut format, mut numbers) = (String::new(), String::new());
    for piece in &spot.0 {
        let (text, number) = match piece {
            Piece::Plain(text) => (text.replace('%', "%%"), ""),
            // Not boxlab-PID: that is the mark of a bench, whose sessions sweep up what has it and no lock.
            Piece::Box => ("box-%d".into(), ", subject"),
            Piece::Pid => ("%d".into(), ", asker"),
        };
        format += &text;
        numbers += number;
    }
    string(&format) + &numbers
}

fn checked(call: &str) -> String {
    format!("if ({call})\n\t\t\treturn -1;")
}

fn comment(text: &str) -> String {
    let text: String = text.replace("*/", "* /").chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    format!("/* {text} */")
}

/// A string of C. Each byte that is not plain is three octal digits, which no digit that follows can lengthen.
pub fn string(text: &str) -> String {
    let mut out = String::from("\"");
    for byte in text.bytes() {
        match byte {
            b'\n' => out += "\\n",
            b'"' | b'\\' => out += &format!("\\{}", byte as char),
            b'?' => out += "\\?",
            b' '..=b'~' => out.push(byte as char),
            other => out += &format!("\\{other:03o}"),
        }
    }
    out + "\""
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_and_comments_do_not_end_early() {
        assert_eq!(string("a\"b\\\n\x019é??/"), "\"a\\\"b\\\\\\n\\0019\\303\\251\\?\\?/\"");
        assert_eq!(comment("x */ y\nz"), "/* x * / y z */");
    }
}
