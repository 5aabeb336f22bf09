//! The deeds as a C program: the system calls themselves, in their order.

use super::plan::{BOX, Deed, PID, text};
use crate::model::{Arg, NsKind};

const PRELUDE: &str = include_str!("prelude.c");
const OBSERVER: &str = include_str!("observer.c");

/// The program.
pub fn program(deeds: &[Deed]) -> String {
    let mut c = Program { body: String::new(), depth: 1, cases: Vec::new() };
    c.all(deeds);
    let (mut observer, mut start) = (String::new(), "");
    if !c.cases.is_empty() {
        observer = OBSERVER.replace("@CASES@", c.cases.concat().trim_end());
        start = "\tstart_observer();\n";
    }
    let body = c.body;
    format!(
        "{PRELUDE}{observer}\nint main(int argc, char *argv[])\n{{\n\tchar *shell[] = {{ \"sh\", NULL }};\n{start}{body}\targv = argc > 1 ? argv + 1 : shell;\n\texecvp(argv[0], argv);\n\tperror(argv[0]);\n\treturn 127;\n}}\n"
    )
}

struct Program {
    body: String,
    depth: usize,
    cases: Vec<String>,
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
            Deed::Line(line) => self.say(&comment(line)),
            Deed::Cannot(why) => self.say(&comment(&format!("not written: {why}"))),
            Deed::Unshare(kinds) => self.must(&format!("unshare({})", NsKind::flags_text(kinds))),
            Deed::Child { kinds, cgroup, deeds, ended: None } => {
                self.next_is_born_in(cgroup.as_deref());
                self.say(&format!("become_child({});", NsKind::flags_text(kinds)));
                self.all(deeds);
            }
            Deed::Child { kinds, cgroup, deeds, ended: Some(status) } => {
                self.next_is_born_in(cgroup.as_deref());
                self.say(&format!("if (child({})) {{", NsKind::flags_text(kinds)));
                self.depth += 1;
                self.all(deeds);
                self.say(&format!("_exit({status});"));
                self.depth -= 1;
                self.say("}");
            }
            Deed::Run { kinds, cgroup, words, background } => {
                self.next_is_born_in(cgroup.as_deref());
                let words: Vec<String> = words.iter().map(|word| string(word)).collect();
                let (flags, background) = (NsKind::flags_text(kinds), u8::from(*background));
                self.say(&format!("run({flags}, {background}, (char *[]){{ {}, NULL }});", words.join(", ")));
            }
            Deed::Ip(words) => {
                let words: Vec<String> = words.iter().map(|word| string(word)).collect();
                self.say(&format!("run(0, 0, (char *[]){{ \"ip\", {}, NULL }});", words.join(", ")));
            }
            Deed::Bind { source, target, recursive, set, clear } => {
                let recursive = recursion(*recursive);
                self.must(&format!(
                    "bind_with({}, {}, {recursive}, {}, {})",
                    string(source),
                    string(target),
                    bits(set),
                    bits(clear)
                ));
            }
            Deed::Flags { path, recursive, set, clear } => {
                let recursive = recursion(*recursive);
                self.must(&format!("set_flags(AT_FDCWD, {}, {recursive}, {}, {})", string(path), bits(set), bits(clear)));
            }
            Deed::Create(path) => self.must(&format!("create({})", string(path))),
            Deed::Put { path, text } => self.must(&format!("put({}, {})", string(path), string(text))),
            Deed::Enter { path } => self.must(&format!("enter({})", string(path))),
            Deed::Outside(deeds) => {
                let number = self.cases.len() + 1;
                let steps: Vec<String> = deeds.iter().filter_map(observed).collect();
                if !steps.is_empty() {
                    let steps: String = steps.iter().map(|step| format!("\t\t{step}\n")).collect();
                    self.cases.push(format!("\tcase {number}:\n{steps}\t\treturn 0;\n"));
                    self.must(&format!("outside({number})"));
                }
            }
            Deed::Call { name, args } => self.call(name, args),
        }
    }

    /// Has the observer open this cgroup and hand it over, for the next child.
    fn next_is_born_in(&mut self, dir: Option<&str>) {
        let Some(dir) = dir else { return };
        let number = self.cases.len() + 1;
        let step = format!("{{ AT(path, {}); {} }}", at(dir), checked("offer(path)"));
        self.cases.push(format!("\tcase {number}:\n\t\t{step}\n\t\treturn 0;\n"));
        self.must(&format!("outside({number})"));
    }

    fn call(&mut self, name: &str, args: &[Arg]) {
        let mut words: Vec<String> =
            args.iter().map(|arg| if let Arg::Str(text) = arg { string(text) } else { text(arg) }).collect();
        match name {
            "pivot_root" => return self.must(&format!("syscall(SYS_pivot_root, {})", words.join(", "))),
            // A FIFO has no device number.
            "mknodat" if words.len() == 3 => words.push("0".into()),
            "setgroups" => {
                let list = words.get(1).map(|list| list.trim_matches(['[', ']']).to_string()).unwrap_or_default();
                let list = if list.is_empty() { "NULL".into() } else { format!("((gid_t[]){{ {list} }})") };
                return self.must(&format!("setgroups({}, {list})", words.first().map(String::as_str).unwrap_or("0")));
            }
            "prlimit64" => {
                let values = words.get(2).map(|text| text.replace("rlim_", ".rlim_").replace("RLIM64_INFINITY", "RLIM_INFINITY"));
                let resource = words.get(1).cloned().unwrap_or_default();
                return self.must(&format!("prlimit(0, {resource}, (&(struct rlimit){}), NULL)", values.unwrap_or_default()));
            }
            "prctl" => {
                words.resize(5, "0".into());
            }
            _ => {}
        }
        self.must(&format!("{name}({})", words.join(", ")));
    }
}

fn recursion(recursive: bool) -> &'static str {
    if recursive { "0x8000 /* AT_RECURSIVE */" } else { "0" }
}

/// `MOUNT_ATTR_RDONLY|…` as a number, with the names beside it: not every sys/mount.h has them.
fn bits(names: &str) -> String {
    let flags = crate::kernel::MOUNT_FLAGS.iter().filter(|flag| names.split('|').any(|name| name == flag.attr_name));
    let bits = flags.fold(0, |bits, flag| bits | flag.attr);
    if bits == 0 { "0".into() } else { format!("{bits:#x} /* {names} */") }
}

/// A call of the observer's: paths and texts have the numbers that are known only when it runs.
fn observed(deed: &Deed) -> Option<String> {
    match deed {
        Deed::Call { name, args } => {
            let (name, path) = (if name == "mkdir" { "make" } else { name.as_str() }, at(&text(args.first()?)));
            Some(format!("{{ AT(path, {path}); {} }}", checked(&format!("{name}(path)"))))
        }
        Deed::Put { path, text } => {
            Some(format!("{{ AT(path, {}); AT(text, {}); {} }}", at(path), at(text), checked("put(path, text)")))
        }
        _ => None,
    }
}

/// A format, and the numbers in the order in which it asks for them.
fn at(word: &str) -> String {
    let mut places: Vec<(usize, &str)> = [(BOX, "subject"), (PID, "asker")]
        .into_iter()
        .flat_map(|(mark, number)| word.match_indices(mark).map(move |(at, _)| (at, number)))
        .collect();
    places.sort_unstable();
    let format = string(&word.replace('%', "%%").replace(BOX, "boxlab-%d").replace(PID, "%d"));
    places.into_iter().fold(format, |text, (_, number)| format!("{text}, {number}"))
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
