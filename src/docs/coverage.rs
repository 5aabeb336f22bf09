//! `boxlab docs coverage`: which step exposes which misconception, and which lesson stands on which part of the document.

use crate::lesson::shelf::{self, Entry};
use std::fmt::Write;

/// The misconceptions by id: what is believed, and is not so.
const BELIEFS: [&str; 40] = [
    "unshare(CLONE_NEWPID) moves the caller",
    "a new PID namespace hides processes",
    "one can go on spawning after its init died",
    "PID 1 is an ordinary process",
    "/proc/self is me",
    "zombies go away by themselves",
    "children survive their init",
    "a process has one PID",
    "threads do not matter",
    "a mount namespace isolates mounts at once",
    "chroot is a namespace",
    "pivot_root takes any directory",
    "a new mount namespace is empty",
    "/dev/null exists in a bare rootfs",
    "root in a user namespace is root",
    "uid 0 may chown to anyone",
    "unmapped means nothing",
    "then user namespaces are useless",
    "a capability there helps everywhere",
    "no effect outside, so it is isolated",
    "UTS isolates users",
    "IPC isolates every inter-process communication",
    "a new network namespace has a network",
    "a time namespace changes the date",
    "a container has its own kernel",
    "a namespace lives only as long as its processes",
    "namespace numbers are unique names",
    "a container is a kernel object",
    "seven is the number",
    "setns to a pid namespace moves me",
    "a memory limit kills whoever goes over",
    "the limit includes swap",
    "`free` inside shows my limit",
    "the cgroup namespace limits resources",
    "mkdir a cgroup and all files are there",
    "v1 file names work on v2",
    "weight caps",
    "removing a cgroup kills its processes",
    "namespaces limit, cgroups hide",
    "containers are light VMs",
];

/// The page, in Markdown.
pub fn coverage() -> String {
    let shelf = shelf::bundled();
    let mut text =
        String::from("# What the lessons cover\n\nMade from the lessons by `boxlab docs coverage`.\n\n## Misconceptions\n\n");
    text.push_str("| id | believed | exposed in |\n|---|---|---|\n");
    for (at, belief) in BELIEFS.iter().enumerate() {
        let id = format!("M{:02}", at + 1);
        let _ = writeln!(text, "| {id} | {belief} | {} |", places(&shelf, &id).join(", "));
    }
    text.push_str("\n## The document and the manual\n\n| source | lessons |\n|---|---|\n");
    let mut sources: Vec<&String> = shelf.iter().flat_map(sources_of).collect();
    sources.sort();
    sources.dedup();
    for source in sources {
        let lessons: Vec<&str> =
            shelf.iter().filter(|entry| sources_of(entry).any(|one| one == source)).map(|entry| entry.file.as_str()).collect();
        let _ = writeln!(text, "| {source} | {} |", lessons.join(", "));
    }
    text
}

/// `lesson` or `lesson/step`, the step where it names one.
fn places(shelf: &[Entry], id: &str) -> Vec<String> {
    let mut found = Vec::new();
    for entry in shelf {
        let steps = entry.lesson.steps.iter().filter(|step| step.exposes.iter().any(|one| one == id));
        let steps: Vec<String> = steps.map(|step| format!("{}/{}", entry.file, step.id)).collect();
        if steps.is_empty() && entry.lesson.exposes.iter().any(|one| one == id) {
            found.push(entry.file.clone());
        }
        found.extend(steps);
    }
    found
}

fn sources_of(entry: &Entry) -> impl Iterator<Item = &String> {
    entry.lesson.source.iter().chain(entry.lesson.steps.iter().flat_map(|step| &step.source))
}
