//! What could be left behind of a bench, and how to wait until nothing is.

// Each test uses what it needs of this.
#![allow(dead_code)]

use crate::terminal::living;
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// Long, because others work on the same machine; what is left behind is left for ever.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// What could be changed of the host, as this process sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    hostname: String,
    namespaces: Vec<String>,
    mounts: Vec<String>,
    links: Vec<String>,
    ipc: Vec<String>,
    limits: String,
}

pub fn picture() -> Picture {
    let names = |dir: &str| {
        let mut names: Vec<String> = std::fs::read_dir(dir)
            .into_iter()
            .flatten()
            .flatten()
            .map(|one| one.file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    };
    let text = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
    let namespace = |name: &String| std::fs::read_link(format!("/proc/self/ns/{name}")).map(|link| link.display().to_string());
    let queues = names("/dev/mqueue");
    let tables = ["shm", "sem", "msg"].map(|name| text(&format!("/proc/sysvipc/{name}")));
    // Of each object what makes it: key, number, rights; not who used it last.
    let objects = tables
        .iter()
        .flat_map(|table| table.lines().skip(1))
        .map(|line| line.split_whitespace().take(3).collect::<Vec<_>>().join(" "));
    Picture {
        hostname: text("/proc/sys/kernel/hostname"),
        namespaces: names("/proc/self/ns").iter().filter_map(|name| namespace(name).ok()).collect(),
        mounts: text("/proc/self/mountinfo").lines().map(str::to_string).collect(),
        links: names("/sys/class/net"),
        ipc: objects.chain(queues).collect(),
        limits: text("/proc/self/limits"),
    }
}

/// Directories of cgroups that this keeper's bench made.
pub fn cgroups(keeper: i32) -> Vec<PathBuf> {
    let (mut found, mut folders) = (Vec::new(), vec![PathBuf::from("/sys/fs/cgroup")]);
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            // Links lead to directories that are there already.
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                if entry.file_name().to_string_lossy() == format!("boxlab-{keeper}") {
                    found.push(entry.path());
                }
                folders.push(entry.path());
            }
        }
    }
    found
}

/// Waits until nothing is left of the bench with this keeper and mark, and the host is as in this picture.
pub fn settled(what: &str, before: &Picture, keeper: i32, mark: &str) -> Result<(), String> {
    let end = Instant::now() + PATIENCE;
    loop {
        let (processes, groups, now) = (living(mark), cgroups(keeper), picture());
        if processes.is_empty() && groups.is_empty() && now == *before {
            return Ok(());
        }
        if Instant::now() > end {
            let names: Vec<String> = processes.iter().map(|pid| words(*pid)).collect();
            let differs = if now == *before { String::new() } else { format!("\nbefore: {before:?}\nafter: {now:?}") };
            return Err(format!("{what}: left behind: {names:?} {groups:?}{differs}"));
        }
        std::thread::sleep(Duration::from_millis(50));
    }
}

fn words(pid: i32) -> String {
    let read = |name: &str| std::fs::read_to_string(format!("/proc/{pid}/{name}")).unwrap_or_default();
    format!("{pid} {} {}", read("cmdline").replace('\0', " "), read("wchan"))
}
