//! Processes of benches that are no more: they carry the mark that every program of a bench inherits, and no ancestor is its keeper.

use super::census::pids;
use super::process::{command, field, read};
use crate::model::Seen;
use std::path::Path;

/// The variable of the environment that all programs of a bench have; its value is the keeper's PID.
pub const MARK: &str = "BOXLAB_SESSION";

/// Such a process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leftover {
    /// Its PID as the reader counts.
    pub pid: i32,
    /// The keeper that is gone, as that counted itself.
    pub keeper: i32,
    /// State letter (proc_pid_stat(5)).
    pub state: char,
    /// Its command line or name; untrusted.
    pub command: Seen<String>,
}

/// All of them, as far as the reader may see their environment (ptrace(2) access). Zombies have none.
///
/// A bench's processes never leave its keeper, which adopts orphans (PR_SET_CHILD_SUBREAPER), until it dies. So what has it among
/// its ancestors belongs to a bench that lives, under whichever number (NSpid) a PID namespace gives it; and where the line of ancestors cannot be
/// followed up to PID 1, because it leads out of the reader's PID namespace, nothing is claimed.
pub fn leftovers(proc: &Path) -> Vec<Leftover> {
    pids(proc).unwrap_or_default().into_iter().filter_map(|pid| leftover(proc, pid)).collect()
}

/// The same of one process; None: it is none.
pub fn leftover(proc: &Path, pid: i32) -> Option<Leftover> {
    let keeper = mark(&std::fs::read(proc.join(pid.to_string()).join("environ")).ok()?)?;
    let status = status(proc, pid)?;
    let gone = is_gone(proc, field(&status, "PPid")?.parse().ok()?, keeper);
    let state = field(&status, "State").and_then(|text| text.chars().next()).unwrap_or('?');
    gone.then(|| Leftover { pid, keeper, state, command: command(proc, pid) })
}

/// `BOXLAB_SESSION=4711`, somewhere between zeros.
fn mark(environ: &[u8]) -> Option<i32> {
    let entries = environ.split(|byte| *byte == 0).filter_map(|entry| std::str::from_utf8(entry).ok());
    entries.filter_map(|entry| entry.strip_prefix(MARK)?.strip_prefix('=')).find_map(|value| value.parse().ok())
}

/// Do the ancestors from this one up to PID 1 lack the keeper? False where one cannot be read.
fn is_gone(proc: &Path, mut ancestor: i32, keeper: i32) -> bool {
    loop {
        let Some(status) = status(proc, ancestor) else { return false };
        let numbers = field(&status, "NSpid").unwrap_or_default();
        if ancestor == keeper || numbers.split_whitespace().any(|number| number.parse() == Ok(keeper)) {
            return false;
        }
        let Some(parent) = field(&status, "PPid").and_then(|pid| pid.parse().ok()) else { return false };
        match (ancestor, parent) {
            (1, _) => return true,
            (_, 0) => return false,
            _ => ancestor = parent,
        }
    }
}

fn status(proc: &Path, pid: i32) -> Option<String> {
    read(&proc.join(pid.to_string()).join("status")).is().cloned()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// pid, parent, its numbers, its environment
    fn machine(name: &str, processes: &[(i32, i32, &str, &str)]) -> std::path::PathBuf {
        let root = std::env::temp_dir().join(format!("boxlab-leftover-{name}-{}", std::process::id()));
        for (pid, parent, numbers, environ) in processes {
            let dir = root.join(pid.to_string());
            std::fs::create_dir_all(&dir).expect("a folder of our own");
            std::fs::write(dir.join("status"), format!("Name:\tx\nState:\tS (sleeping)\nPPid:\t{parent}\nNSpid:\t{numbers}\n"))
                .expect("ours");
            std::fs::write(dir.join("environ"), environ.replace(' ', "\0")).expect("ours");
            std::fs::write(dir.join("cmdline"), "sleep\x001000\0").expect("ours");
        }
        root
    }

    fn found(name: &str, processes: &[(i32, i32, &str, &str)]) -> Vec<i32> {
        let root = machine(name, processes);
        let mut found: Vec<i32> = leftovers(&root).iter().map(|one| one.pid).collect();
        found.sort_unstable();
        let _ = std::fs::remove_dir_all(root);
        found
    }

    #[test]
    fn what_has_its_keeper_above_it_belongs_to_a_bench_that_lives() {
        let machine = [
            (1, 0, "1", ""),
            (50, 1, "50", "HOME=/"),
            (51, 50, "51", "HOME=/"),
            (52, 51, "52", "A=b BOXLAB_SESSION=50 C=d"),
            (60, 1, "60", "BOXLAB_SESSION=44"),
            (61, 60, "61", "BOXLAB_SESSION=44"),
            (70, 1, "70", "NOT_BOXLAB_SESSION=44"),
            (71, 1, "71", "BOXLAB_SESSION=x"),
        ];
        assert_eq!(found("plain", &machine), [60, 61]);
    }

    #[test]
    fn a_keeper_in_a_pid_namespace_counts_itself_otherwise() {
        let machine = [(1, 0, "1", ""), (300, 1, "300 5", ""), (301, 300, "301 6", "BOXLAB_SESSION=5")];
        assert!(found("inner", &machine).is_empty());
    }

    #[test]
    fn a_line_of_ancestors_that_leads_out_of_sight_proves_nothing() {
        let machine = [
            (1, 0, "1", ""),
            (20, 0, "20", "BOXLAB_SESSION=5"),
            (21, 20, "21", "BOXLAB_SESSION=5"),
            (30, 29, "30", "BOXLAB_SESSION=5"),
        ];
        assert!(found("outer", &machine).is_empty());
    }
}
