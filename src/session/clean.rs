//! What benches left behind whose keeper and shell were both killed: processes, cgroups, and the names of temporary files.
//!
//! Namespaces, mounts, devices and pins need no clearing up: they end with the last process or descriptor that holds them.

use crate::command::cgroup::{self, Abandoned};
use crate::kernel;
use crate::model::{Msg, Seen};
use crate::observe::cgroup::Hierarchies;
use crate::observe::family::ancestors;
use crate::observe::leftover::{Leftover, leftover, leftovers};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

const PROC: &str = "/proc";

/// How long processes are waited for that have been killed.
const PATIENCE: Duration = Duration::from_secs(2);

/// Files that the bench makes and unlinks at once; a PID follows. A kill between the two leaves one.
const FILES: [&str; 2] = [".boxlab-load-", ".boxlab-try-"];

/// `no`: a session that begins does not clear up what others left.
const SWEEP: &str = "BOXLAB_SWEEP";

/// For a session that begins: clears it up. What stays is for `boxlab clean` to tell.
pub fn at_start() {
    if std::env::var_os(SWEEP).is_none_or(|value| value != "no") {
        drop(Remains::find().remove());
    }
}

/// What is left. Nobody else clears it up, and no bench moves in, while this lives.
#[derive(Debug, Default)]
pub struct Remains {
    /// Programs and subjects.
    pub processes: Vec<Leftover>,
    cgroups: Vec<Abandoned>,
    /// The directories that they made.
    pub dirs: Vec<PathBuf>,
    /// Temporary files.
    pub files: Vec<PathBuf>,
}

impl Remains {
    /// Looks for it; changes nothing.
    pub fn find() -> Remains {
        let hierarchies = Hierarchies::own(Path::new(PROC));
        let cgroups = hierarchies.is().map(cgroup::abandoned).unwrap_or_default();
        let dirs = cgroups.iter().map(|one| one.dir.clone()).collect();
        Remains { processes: others(), cgroups, dirs, files: files() }
    }

    /// Nothing at all?
    pub fn is_empty(&self) -> bool {
        self.processes.is_empty() && self.dirs.is_empty() && self.files.is_empty()
    }

    /// Kills and removes it. Returns what could not be, in time or for want of the right.
    pub fn remove(self) -> Remains {
        let end = Instant::now() + PATIENCE;
        self.processes.iter().for_each(end_process);
        // A process in a frozen v1 cgroup dies once that is thawed, so this comes before waiting.
        let dirs = if self.cgroups.is_empty() { Vec::new() } else { cgroup::clear(&self.cgroups) };
        let files = self.files.into_iter().filter(|file| std::fs::remove_file(file).is_err()).collect();
        loop {
            // Again, for a process may have forked before it died.
            let processes = if self.processes.is_empty() { Vec::new() } else { others() };
            if processes.is_empty() || Instant::now() > end {
                return Remains { processes, cgroups: Vec::new(), dirs, files };
            }
            processes.iter().for_each(end_process);
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// A sentence for each.
    pub fn lines(&self) -> Vec<Msg> {
        let process = |one: &Leftover| {
            let name = match &one.command {
                Seen::Is(name) => name.as_str(),
                Seen::Not { .. } => "?",
            };
            let Leftover { pid, keeper, .. } = one;
            match one.state {
                'D' => Msg::new(
                    format!(
                        "process {pid} {name} (of session {keeper}), in an uninterruptible call: a kill waits until that ends"
                    ),
                    format!("进程 {pid} {name}（属于会话 {keeper}），正处于不可中断的调用中：调用结束后才会被杀死"),
                ),
                _ => Msg::new(
                    format!("process {pid} {name} (of session {keeper})"),
                    format!("进程 {pid} {name}（属于会话 {keeper}）"),
                ),
            }
        };
        let dir = |dir: &PathBuf| Msg::new(format!("cgroup {}", dir.display()), format!("cgroup {}", dir.display()));
        let file = |file: &PathBuf| Msg::new(format!("file {}", file.display()), format!("文件 {}", file.display()));
        self.processes.iter().map(process).chain(self.dirs.iter().map(dir)).chain(self.files.iter().map(file)).collect()
    }
}

/// Without the caller and its ancestors, should it be a leftover itself.
fn others() -> Vec<Leftover> {
    let own = ancestors(Path::new(PROC), std::process::id() as i32);
    leftovers(Path::new(PROC)).into_iter().filter(|one| !own.contains(&one.pid)).collect()
}

/// By a pidfd, and looked at again through it: the number may be somebody else's by now.
fn end_process(one: &Leftover) {
    let Ok(pidfd) = kernel::pidfd_open(one.pid) else { return };
    if leftover(Path::new(PROC), one.pid).is_some_and(|now| now.keeper == one.keeper) {
        // A process that one may not signal is told of as left.
        let _ = kernel::plumbing_signal(&pidfd, libc::SIGKILL);
    }
}

/// Files of such a name in the directory for temporary ones, whose process is gone.
fn files() -> Vec<PathBuf> {
    let entries = std::fs::read_dir(std::env::temp_dir()).into_iter().flatten().flatten();
    let left = entries.filter(|entry| {
        let name = entry.file_name();
        let pid = name.to_str().and_then(|name| FILES.iter().find_map(|prefix| name.strip_prefix(prefix)?.parse::<u32>().ok()));
        pid.is_some_and(|pid| !Path::new(PROC).join(pid.to_string()).exists())
    });
    left.map(|entry| entry.path()).collect()
}
