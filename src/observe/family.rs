//! The tree of processes below one: PIDs outside and inside, state, name.

use super::census::pids;
use super::process::{command, field, read, read_link};
use crate::model::{Posted, Seen};
use std::io::Read;
use std::path::{Path, PathBuf};

/// No board has more bytes.
const POSTED: u64 = 1 << 20;

/// A process in its tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// How many generations below the root, which is 0.
    pub depth: usize,
    /// Its PID as the reader counts.
    pub pid: i32,
    /// Its PID in each PID namespace from the reader's down to its own (`NSpid`); empty if it ended meanwhile.
    pub nspid: Vec<i32>,
    /// State letter (proc_pid_stat(5)): `Z` is a zombie, which has ended and whose parent has not called wait(2).
    pub state: char,
    /// Its command line or name; untrusted.
    pub command: Seen<String>,
}

/// The process and all below it, children after their parent. One that ends meanwhile may be missing.
pub fn family(proc: &Path, root: i32) -> Vec<Member> {
    family_up_to(proc, root, usize::MAX).0
}

/// As [`family`], but so many at most; and whether there are more.
pub fn family_up_to(proc: &Path, root: i32, most: usize) -> (Vec<Member>, bool) {
    let mut found: Vec<Member> = Vec::new();
    let mut open = vec![(0, root)];
    while let Some((depth, pid)) = open.pop() {
        // A PID that was reused while we read must not make a circle.
        if found.iter().any(|member| member.pid == pid) {
            continue;
        }
        if found.len() == most {
            return (found, true);
        }
        let Some(member) = member(proc, pid, depth) else { continue };
        found.push(member);
        let mut below = children(proc, pid);
        below.sort_unstable_by(|a, b| b.cmp(a));
        open.extend(below.into_iter().map(|pid| (depth + 1, pid)));
    }
    (found, false)
}

/// The children of a process (`/proc/PID/task/TID/children`, CONFIG_PROC_CHILDREN): no walk over all processes.
pub fn children(proc: &Path, pid: i32) -> Vec<i32> {
    let tasks = std::fs::read_dir(proc.join(pid.to_string()).join("task")).into_iter().flatten().flatten();
    let lists = tasks.filter_map(|task| read(&task.path().join("children")).is().cloned());
    lists.flat_map(|list| list.split_whitespace().filter_map(|pid| pid.parse().ok()).collect::<Vec<i32>>()).collect()
}

fn member(proc: &Path, pid: i32, depth: usize) -> Option<Member> {
    let status = read(&proc.join(pid.to_string()).join("status"));
    let status = status.is()?;
    let nspid = field(status, "NSpid").unwrap_or_default();
    Some(Member {
        depth,
        pid,
        nspid: nspid.split_whitespace().filter_map(|pid| pid.parse().ok()).collect(),
        state: field(status, "State").and_then(|text| text.chars().next()).unwrap_or('?'),
        command: command(proc, pid),
    })
}

/// The parent of a process; None where it has none that the reader can see, or has ended itself.
pub fn parent(proc: &Path, pid: i32) -> Option<i32> {
    let status = read(&proc.join(pid.to_string()).join("status"));
    field(status.is()?, "PPid")?.parse().ok().filter(|parent| *parent > 0)
}

/// A process and all above it that the reader can see.
pub fn ancestors(proc: &Path, pid: i32) -> Vec<i32> {
    std::iter::successors(Some(pid), |pid| parent(proc, *pid)).collect()
}

/// A subject of some bench on this machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    /// Its name.
    pub name: String,
    /// The process that the observer started.
    pub root: i32,
    /// The one that serves: after `fork` its child.
    pub serves: i32,
}

/// The observers of all benches on this machine, each with its ancestors, itself first.
pub fn observers(proc: &Path) -> Vec<Vec<i32>> {
    // Forks of a subject have its command line, too.
    let observer =
        |pid: i32| subject_line(proc, pid).and_then(|_| parent(proc, pid)).filter(|pid| subject_line(proc, *pid).is_none());
    let mut found: Vec<i32> = pids(proc).unwrap_or_default().into_iter().filter_map(observer).collect();
    found.sort_unstable();
    found.dedup();
    found.into_iter().map(|pid| ancestors(proc, pid)).collect()
}

/// The subjects of one observer, now.
pub fn subjects(proc: &Path, observer: i32) -> Vec<Subject> {
    let subject = |root: i32| {
        let line = subject_line(proc, root)?;
        let mut words = line.split(' ').skip(1);
        let (socket, name) = (words.next()?.to_string(), words.last()?.to_string());
        Some(Subject { name, root, serves: serving(proc, root, &socket) })
    };
    let mut found: Vec<Subject> = children(proc, observer).into_iter().filter_map(subject).collect();
    found.sort_by_key(|subject| subject.root);
    found
}

/// What an observer lets others see of its session; None where it lets nothing be seen, or writes just now.
pub fn posted(proc: &Path, observer: i32) -> Option<Posted> {
    let dir = proc.join(observer.to_string()).join("fd");
    let named = |file: &PathBuf| read_link(file).is().is_some_and(|name| name.starts_with(&format!("/memfd:{}", Posted::FILE)));
    let file = std::fs::read_dir(dir).ok()?.flatten().map(|entry| entry.path()).find(named)?;
    let mut text = String::new();
    std::fs::File::open(file).ok()?.take(POSTED).read_to_string(&mut text).ok()?;
    serde_json::from_str(&text).ok()
}

/// Down the forks that hold the way to the observer; others have hung up.
fn serving(proc: &Path, root: i32, socket: &str) -> i32 {
    let held = |pid: i32| read_link(&proc.join(pid.to_string()).join("fd").join(socket)).is().cloned();
    let Some(way) = held(root) else { return root };
    let serves = |pid: &i32| subject_line(proc, *pid).is_some() && held(*pid).as_ref() == Some(&way);
    std::iter::successors(Some(root), |pid| children(proc, *pid).into_iter().find(serves)).take(64).last().unwrap_or(root)
}

/// The command line of a subject or its fork: the socket's number, the observer's PID, the name.
fn subject_line(proc: &Path, pid: i32) -> Option<String> {
    command(proc, pid).is().filter(|line| line.starts_with("boxlab-subject ")).cloned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::Command;

    #[test]
    fn a_zombie_is_seen_below_its_parent() {
        let mut child = Command::new("true").spawn().expect("true(1) runs");
        let own = std::process::id() as i32;
        let zombie = (0..500).find_map(|_| {
            std::thread::sleep(std::time::Duration::from_millis(2));
            family(Path::new("/proc"), own).into_iter().find(|member| member.pid == child.id() as i32 && member.state == 'Z')
        });
        let zombie = zombie.expect("nobody has waited for it");
        assert_eq!(zombie.depth, 1);
        assert_eq!(zombie.command, Seen::Is("true".into()));
        assert!(child.wait().expect("it can be waited for").success());
        assert!(!children(Path::new("/proc"), own).contains(&(child.id() as i32)));
    }

    #[test]
    fn a_dead_root_has_no_family() {
        assert_eq!(family(Path::new("/proc"), i32::MAX), []);
    }
}
