//! Tab: the commands, and the arguments of each by their kind.

use super::place::{Ahead, Typed};
use super::scene::Scene;
use crate::command::{Kind, Param, cards};
use crate::lesson::shelf::{self, Entry};
use crate::model::{CAPS, NsKind, RESOURCES};
use crate::ui;
use nix::sys::signal::Signal;
use rustyline::completion::Pair;
use syscalls::Sysno;

/// More names of files than this are not listed.
const MOST: usize = 400;

/// The start of the word before the cursor, and what it can become.
pub fn complete(scene: &Scene, line: &str, cursor: usize) -> (usize, Vec<Pair>) {
    let typed = Typed::read(&line[..cursor]);
    if typed.comment {
        return (cursor, Vec::new());
    }
    let mut found = words(scene, &typed);
    found.retain(|word| word.text.starts_with(&typed.partial) && !word.text.chars().any(char::is_control));
    // Numbers by their value.
    found.sort_by_cached_key(|word| (word.text.parse::<u64>().ok(), word.clone()));
    found.dedup();
    (typed.start, found.into_iter().map(|word| word.pair(typed.quoted)).collect())
}

/// A word that can stand at the cursor.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Word {
    pub(super) text: String,
    /// What is listed, where that is shorter.
    pub(super) short: Option<String>,
    /// More of the same word follows: a directory.
    pub(super) open: bool,
}

impl Word {
    fn new(text: impl Into<String>) -> Word {
        Word { text: text.into(), short: None, open: false }
    }

    fn pair(self, quoted: bool) -> Pair {
        let special = |c: char| c.is_whitespace() || "'\"\\;#".contains(c);
        let mut replacement = String::new();
        for c in self.text.chars() {
            // Within quotes the word is written anew without them: one way to protect is enough.
            if special(c) && !(c == ' ' && self.two_words()) {
                replacement.push('\\');
            }
            replacement.push(c);
        }
        if !self.open && !quoted {
            replacement.push(' ');
        }
        Pair { display: ui::visible(self.short.as_deref().unwrap_or(&self.text)), replacement }
    }

    /// The name of a command or topic is several words, not one with a blank.
    fn two_words(&self) -> bool {
        self.text.contains(' ') && crate::command::topics().contains(&self.text)
    }
}

fn words(scene: &Scene, typed: &Typed) -> Vec<Word> {
    let mut found: Vec<Word> = Vec::new();
    // The name of a command, or its second word.
    match typed.words.as_slice() {
        [] => return first_words(),
        [first] => {
            let second = cards().filter_map(|card| card.name.strip_prefix(first.as_str())?.strip_prefix(' '));
            found.extend(second.map(Word::new));
        }
        _ => {}
    }
    let Some((card, used)) = typed.card() else { return found };
    let ahead = Ahead::after(card, &typed.words[used..]);
    if let Some(flag) = ahead.value_of {
        found.extend(match flag.kind {
            Kind::Flag => paths(scene, typed),
            _ => of_kind(scene, card.name, flag, false, typed),
        });
        return found;
    }
    if typed.partial.starts_with('-') {
        found.extend(ahead.flags.iter().map(|flag| Word::new(flag.name)));
        found.extend(ahead.on_host.then(|| Word::new("--on-host")));
    }
    if let Some(param) = ahead.next {
        let given = &typed.words[used..];
        found.extend(of_kind(scene, card.name, param, ahead.more, typed).into_iter().filter(|word| {
            // What was said already need not be said again.
            param.kind == Kind::Program || !given.contains(&word.text)
        }));
    }
    found
}

fn first_words() -> Vec<Word> {
    cards().map(|card| Word::new(card.name.split(' ').next().unwrap_or_default())).collect()
}

fn of_kind(scene: &Scene, card: &str, param: &Param, more: bool, typed: &Typed) -> Vec<Word> {
    match param.kind {
        Kind::Ns => NsKind::ALL.into_iter().map(NsKind::name).chain(["all"]).map(Word::new).collect(),
        Kind::OneOf(words) => words.iter().copied().map(Word::new).collect(),
        Kind::Signal => Signal::iterator().map(|signal| Word::new(signal.as_str().trim_start_matches("SIG"))).collect(),
        Kind::Size => ["max", "50%", "64M", "1G"].map(Word::new).into(),
        Kind::Pid => plain(scene.pids_inside()).into_iter().chain([Word::new("self")]).collect(),
        Kind::Target if typed.partial.contains('/') => [paths(scene, typed), plain(scene.ns_files())].concat(),
        Kind::Pin => plain(scene.pins()),
        Kind::NameAt(_) => at(scene, &typed.partial),
        Kind::Link => plain(scene.links()),
        Kind::Target | Kind::TargetNs(_) => {
            let names = [scene.subjects(), scene.pins(), scene.pids_outside()];
            let files = if card == "setns" { scene.ns_files() } else { Vec::new() };
            names.into_iter().chain([files]).flat_map(plain).collect()
        }
        Kind::Path | Kind::MountAt | Kind::Mounted | Kind::NewPath => paths(scene, typed),
        Kind::Program if !more && !typed.partial.contains('/') => plain(scene.programs()),
        Kind::Program => paths(scene, typed),
        Kind::Capability => CAPS.into_iter().chain(["all"]).map(Word::new).collect(),
        Kind::Syscall => Sysno::iter().map(|call| Word::new(call.name())).collect(),
        Kind::Rlimit => RESOURCES.iter().map(|one| Word::new(one.name)).collect(),
        Kind::CgroupFile => plain(scene.cgroup_files(card == "cgroup set")),
        Kind::CgroupName | Kind::CgroupDir => plain(scene.cgroups()),
        Kind::Controller => plain(scene.controllers()),
        Kind::Subject => plain(scene.subjects()),
        Kind::Topic => topics(card, typed),
        Kind::Lesson if typed.partial.contains('/') => paths(scene, typed),
        Kind::Lesson => lessons(&typed.partial),
        Kind::Word | Kind::Number | Kind::Flag => Vec::new(),
    }
}

/// `vb@` and the subjects.
fn at(scene: &Scene, partial: &str) -> Vec<Word> {
    let name = partial.split('@').next().unwrap_or_default();
    if name.is_empty() {
        return Vec::new();
    }
    scene.subjects().into_iter().map(|subject| Word::new(format!("{name}@{subject}"))).collect()
}

fn plain(words: Vec<String>) -> Vec<Word> {
    words.into_iter().map(Word::new).collect()
}

/// Commands, errnos and concepts; of a topic of several words the next one.
fn topics(card: &str, typed: &Typed) -> Vec<Word> {
    let known = match card {
        "explain" => crate::command::topics(),
        _ => cards().map(|card| card.name.to_string()).collect(),
    };
    let given = &typed.words[1.min(typed.words.len())..];
    if given.is_empty() {
        return known.into_iter().map(Word::new).collect();
    }
    let start = given.join(" ") + " ";
    let more = known.iter().filter_map(|topic| topic.strip_prefix(&start)).map(Word::new).collect::<Vec<_>>();
    // `EPERM unshare`: the reasons of one call.
    let errno = given.len() == 1 && card == "explain" && crate::model::errno_named(&given[0]).is_some();
    more.into_iter().chain(cards().filter(|_| errno).map(|card| Word::new(card.name))).collect()
}

/// The lessons by number, each listed with its title; by name once a letter is typed.
fn lessons(partial: &str) -> Vec<Word> {
    let named = partial.starts_with(|c: char| !c.is_ascii_digit());
    let word = |entry: Entry| match (named, entry.number) {
        (false, Some(number)) => {
            let short = format!("{number:>2} {}", entry.lesson.id);
            Some(Word { short: Some(short), ..Word::new(number.to_string()) })
        }
        (false, None) => None,
        (true, _) => Some(Word::new(entry.lesson.id)),
    };
    shelf::bundled().into_iter().filter_map(word).collect()
}

/// Files and directories as the subject sees them, through `/proc/PID/root` (proc_pid_root(5)).
fn paths(scene: &Scene, typed: &Typed) -> Vec<Word> {
    let (dir, _) = typed.partial.rsplit_once('/').map_or(("", ""), |(dir, name)| (&typed.partial[..=dir.len()], name));
    let hidden = typed.partial[dir.len()..].starts_with('.');
    let entries = std::fs::read_dir(scene.in_view(dir)).into_iter().flatten().flatten();
    let named = entries.filter_map(|entry| Some((entry.file_name().into_string().ok()?, entry)));
    let shown = named.filter(|(name, _)| hidden || !name.starts_with('.'));
    let fits = shown.filter(|(name, _)| name.starts_with(&typed.partial[dir.len()..]));
    fits.take(MOST)
        .map(|(name, entry)| {
            let open = std::fs::metadata(entry.path()).is_ok_and(|meta| meta.is_dir());
            let end = if open { "/" } else { "" };
            Word { text: format!("{dir}{name}{end}"), short: Some(format!("{name}{end}")), open }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn offered(line: &str) -> Vec<String> {
        complete(&Scene::of_this_process(), line, line.len()).1.into_iter().map(|pair| pair.replacement).collect()
    }

    #[test]
    fn commands_and_their_second_words_are_offered() {
        assert_eq!(offered("unsh"), ["unshare "]);
        assert_eq!(offered("subject n"), ["new "]);
        assert!(offered("sub").contains(&"subject ".to_string()));
        assert_eq!(offered("unshare uts; subject us"), ["use "]);
    }

    #[test]
    fn arguments_are_offered_by_kind() {
        assert_eq!(offered("unshare u"), ["user ", "uts "]);
        assert_eq!(offered("unshare uts u"), ["user "]);
        assert_eq!(offered("lang "), ["en ", "zh "]);
        assert_eq!(offered("spawn --i"), ["--init "]);
        assert_eq!(offered("clone pid --cg"), ["--cgroup "]);
        assert!(offered("clone pid --cgroup ").is_empty(), "there is no cgroup to name yet");
        assert!(offered("clone pid --cgroup web ut").contains(&"uts ".to_string()));
        assert_eq!(offered("hostname --on"), ["--on-host "]);
        assert!(offered("spawn tru").contains(&"true ".to_string()));
        assert_eq!(offered("help subject us"), ["use "]);
        assert_eq!(offered("explain zom"), ["zombie ", "zombies "]);
        assert_eq!(offered("explain pid namespace in"), ["init "]);
        assert_eq!(offered("explain EPERM unsh"), ["unshare "]);
        assert_eq!(offered("lesson clin"), ["clinic "]);
        assert_eq!(offered("lesson 20"), ["20 "]);
        assert_eq!(offered("lesson ").len(), crate::lesson::shelf::BUNDLED.len());
        assert!(offered("# unsh").is_empty());
    }

    #[test]
    fn a_path_with_a_blank_is_protected_and_control_characters_are_not_offered() {
        let dir = std::env::temp_dir().join(format!("boxlab-complete-{}", std::process::id()));
        std::fs::create_dir_all(dir.join("a b")).expect("a directory of our own");
        std::fs::write(dir.join("a\x1b[2J"), "").expect("a file of our own");
        let found = offered(&format!("show {}/a", dir.display()));
        std::fs::remove_dir_all(&dir).expect("it was ours");
        assert_eq!(found, [format!("{}/a\\ b/", dir.display())]);
    }
}
