//! The whole of one cgroup at one moment: limits, use, processes. In v2's words, whichever interface is below.

use super::{CpuMax, Hierarchies, Knob, Limit, children, flat_keyed, procs};
use crate::model::Seen;
use nix::errno::Errno;
use std::collections::BTreeMap;
use std::path::PathBuf;

/// Memory, in bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs)] // the fields are the files of the table in `knob`, which says what each one is
pub struct Memory {
    pub current: Seen<u64>,
    pub max: Seen<Limit>,
    pub high: Seen<Limit>,
    pub peak: Seen<u64>,
    pub swap_max: Seen<Limit>,
    /// `memory.events`: how often the limit was hit (`max`) and how many processes were killed (`oom_kill`).
    pub events: Seen<BTreeMap<String, u64>>,
}

/// Numbers of processes and threads.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Pids {
    pub current: Seen<u64>,
    pub max: Seen<Limit>,
    /// `pids.events`: `max` counts the forks that failed.
    pub events: Seen<BTreeMap<String, u64>>,
}

/// CPU time.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Cpu {
    pub max: Seen<CpuMax>,
    pub weight: Seen<u64>,
    /// `cpu.stat`: `usage_usec`, `nr_throttled`, `throttled_usec`, …
    pub stat: Seen<BTreeMap<String, u64>>,
}

/// One cgroup.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct State {
    /// Its directory in each hierarchy, by the hierarchy's key.
    pub dirs: BTreeMap<String, PathBuf>,
    /// Memory.
    pub memory: Memory,
    /// Processes.
    pub pids: Pids,
    /// CPU.
    pub cpu: Cpu,
    /// `cgroup.freeze`, or v1's freezer.state.
    pub frozen: Seen<bool>,
    /// `cgroup.events`: there are processes here or below. v2 only.
    pub populated: Seen<bool>,
    /// The processes that sit here, in any of the directories.
    pub procs: Vec<i32>,
    /// Child cgroups, in any of the directories.
    pub children: Vec<String>,
    /// `cgroup.controllers`. v2 only.
    pub controllers: Seen<Vec<String>>,
    /// `cgroup.subtree_control`. v2 only.
    pub subtree_control: Seen<Vec<String>>,
    /// `some avg10` of memory.pressure, cpu.pressure and io.pressure, as written. v2 only.
    pub pressure: BTreeMap<&'static str, Seen<String>>,
}

/// Reads a cgroup. `dirs` is where it is in each hierarchy, by key; one that is left out is not asked.
fn state(hierarchies: &Hierarchies, dirs: &BTreeMap<String, PathBuf>) -> State {
    let get = |file: &str| match Knob::of(file) {
        Some(knob) => hierarchies.get(dirs, knob),
        None => Seen::Not { path: file.into(), errno: Errno::ENOENT as i32 },
    };
    let number = |file: &str| parse(file, get(file), |text| text.parse().ok());
    let limit = |file: &str| parse(file, get(file), Limit::parse);
    let pairs = |file: &str| parse(file, get(file), |text| Some(flat_keyed(text)));
    let words = |file: &str| parse(file, get(file), |text| Some(text.split_whitespace().map(str::to_string).collect()));
    let pressure = |file: &'static str| {
        let some = |text: &str| Some(text.lines().find(|line| line.starts_with("some"))?.split(' ').nth(1)?.to_string());
        (file, parse(file, get(file), some))
    };
    let mut sitting: Vec<i32> = dirs.values().filter_map(|dir| procs(dir).is().cloned()).flatten().collect();
    sitting.sort_unstable();
    sitting.dedup();
    let mut below: Vec<String> = dirs.values().filter_map(|dir| children(dir).is().cloned()).flatten().collect();
    below.sort();
    below.dedup();
    State {
        dirs: dirs.clone(),
        memory: Memory {
            current: number("memory.current"),
            max: limit("memory.max"),
            high: limit("memory.high"),
            peak: number("memory.peak"),
            swap_max: limit("memory.swap.max"),
            events: pairs("memory.events"),
        },
        pids: Pids { current: number("pids.current"), max: limit("pids.max"), events: pairs("pids.events") },
        cpu: Cpu { max: parse("cpu.max", get("cpu.max"), CpuMax::parse), weight: number("cpu.weight"), stat: pairs("cpu.stat") },
        frozen: parse("cgroup.freeze", get("cgroup.freeze"), |text| Some(text != "0")),
        populated: parse("cgroup.events", get("cgroup.events"), |text| Some(flat_keyed(text).get("populated")? == &1)),
        procs: sitting,
        children: below,
        controllers: words("cgroup.controllers"),
        subtree_control: words("cgroup.subtree_control"),
        pressure: ["memory.pressure", "cpu.pressure", "io.pressure"].into_iter().map(pressure).collect(),
    }
}

fn parse<T>(file: &str, seen: Seen<String>, read: impl FnOnce(&str) -> Option<T>) -> Seen<T> {
    match seen {
        Seen::Is(text) => match read(&text) {
            Some(value) => Seen::Is(value),
            None => Seen::Not { path: file.into(), errno: Errno::EINVAL as i32 },
        },
        Seen::Not { path, errno } => Seen::Not { path, errno },
    }
}

impl Hierarchies {
    /// The cgroup that has these directories, by the hierarchies' keys; what lies in a hierarchy that is left out is ENOENT.
    pub fn state(&self, dirs: &BTreeMap<String, PathBuf>) -> State {
        state(self, dirs)
    }
}
