//! `explain-process`: what it says of a process that another program isolated builds the same isolation here.

mod needs;
mod turns;

use serde_json::Value;
use std::process::{Child, Command, Stdio};
use turns::turns;

/// A program that was started for a test, and ends with it.
struct Started(Child);

impl Started {
    fn new(words: &[&str]) -> Started {
        Started(Command::new(words[0]).args(&words[1..]).stdin(Stdio::null()).stdout(Stdio::null()).spawn().expect("it runs"))
    }

    /// The innermost process: the last child of the last child, once it runs `sleep`.
    fn innermost(&self) -> u32 {
        for _ in 0..500 {
            let mut pid = self.0.id();
            while let Some(child) = std::fs::read_to_string(format!("/proc/{pid}/task/{pid}/children"))
                .ok()
                .and_then(|list| list.split_whitespace().last().and_then(|child| child.parse().ok()))
            {
                pid = child;
            }
            if std::fs::read_to_string(format!("/proc/{pid}/comm")).is_ok_and(|name| name.trim() == "sleep") {
                return pid;
            }
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
        panic!("it does not come to sleep");
    }
}

impl Drop for Started {
    fn drop(&mut self) {
        let _ = Command::new("kill").args(["-KILL", &self.innermost().to_string()]).status();
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The namespaces of a process that are not this one's.
fn own(pid: u32) -> Vec<&'static str> {
    let link = |pid: &str, kind: &str| std::fs::read_link(format!("/proc/{pid}/ns/{kind}")).ok();
    let kinds = ["user", "mnt", "pid", "net", "uts", "ipc", "cgroup", "time"];
    kinds.into_iter().filter(|kind| link(&pid.to_string(), kind) != link("self", kind)).collect()
}

/// Explains the process, and runs what was said; each line does what it says. Gives the lines, and the kinds in which the subject is
/// then apart from the host.
fn rebuilt(pid: u32) -> (String, Vec<String>) {
    let explained = turns(&format!("explain-process {pid}"));
    let lines: Vec<&str> = explained[0]["view"][0]["lines"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    assert!(!lines.is_empty(), "{explained:?}");
    let script = lines.join("; ");
    let turns = turns(&format!("{script}; show /proc/self/ns"));
    for turn in &turns[..turns.len() - 1] {
        assert!(turn["end"]["kind"] == "done", "`{}` of `{script}`: {}", turn["line"], turn["end"]);
    }
    let rows = turns.last().and_then(|turn| turn["view"][0]["grid"]["rows"].as_array()).cloned().unwrap_or_default();
    let cells: Vec<Vec<&str>> = rows
        .iter()
        .map(|row| row.as_array().into_iter().flatten().filter_map(|cell| cell["text"]["en"].as_str()).collect())
        .collect();
    let is_own = |kind: &&str| {
        cells
            .iter()
            .any(|row| row.iter().any(|cell| cell == kind || cell.starts_with(&format!("{kind}:["))) && row.contains(&"own"))
    };
    let kinds = ["user", "mnt", "pid", "net", "uts", "ipc", "cgroup", "time"];
    (script, kinds.into_iter().filter(is_own).map(str::to_string).collect())
}

#[test]
fn what_unshare_made_is_made_again() {
    if let Some(word) = needs::missing("root tool:unshare") {
        return eprintln!("skipped: needs {word}");
    }
    let started = Started::new(&[
        "unshare",
        "--uts",
        "--ipc",
        "--net",
        "--pid",
        "--fork",
        "--mount-proc",
        "prlimit",
        "--nofile=64:64",
        "sleep",
        "60",
    ]);
    let pid = started.innermost();
    let (lines, kinds) = rebuilt(pid);
    assert_eq!(kinds, own(pid), "{lines}");
    for words in ["fork", "mount proc /proc", "rlimit nofile 64 64"] {
        assert!(lines.contains(words), "{words}: {lines}");
    }
}

#[test]
fn what_bwrap_made_is_made_again() {
    if let Some(word) = needs::missing("root userns tool:bwrap") {
        return eprintln!("skipped: needs {word}");
    }
    let started = Started::new(&[
        "bwrap",
        "--unshare-all",
        "--unshare-user",
        "--uid",
        "1000",
        "--ro-bind",
        "/usr",
        "/usr",
        "--symlink",
        "usr/lib",
        "/lib",
        "--symlink",
        "usr/lib64",
        "/lib64",
        "--proc",
        "/proc",
        "--dev",
        "/dev",
        "--tmpfs",
        "/tmp",
        "/usr/bin/sleep",
        "60",
    ]);
    let pid = started.innermost();
    let (lines, kinds) = rebuilt(pid);
    assert_eq!(kinds, own(pid), "{lines}");
    for words in ["idmap uid 1000 0 1", "mount bind /usr /mnt/usr", "pivot_root . .", "nnp"] {
        assert!(lines.contains(words), "{words}: {lines}");
    }
}
