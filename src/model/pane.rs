//! What the side pane shows of one subject at one moment: read from outside, drawn beside the prompt.

use super::Snapshot;
use serde::{Deserialize, Serialize};

/// A subject, or any process of the machine.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Watched {
    /// Its name.
    pub name: String,
    /// The process.
    pub seen: Snapshot,
    /// Its cgroup, where that is not the observer's.
    pub cgroup: Option<Gauges>,
    /// Its host name, where it could be asked for.
    #[serde(default)]
    pub hostname: Option<String>,
    /// The PID namespace in which its next child would be born has lost its PID 1: nobody can be born there any more (ENOMEM).
    #[serde(default)]
    pub init_gone: bool,
    /// Its mounts against the observer's, where the mount namespace is another.
    #[serde(default)]
    pub mounts: Option<Mounted>,
    /// Its network devices, where the network namespace is another.
    #[serde(default)]
    pub links: Option<Vec<String>>,
    /// Its processes, children after their parent; not all of them where there are very many.
    pub tree: Vec<Branch>,
    /// There are more than `tree` has.
    pub more: bool,
}

/// The observer's side of what differs inside and outside.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outsider {
    /// Host name.
    pub hostname: String,
    /// Names of network devices.
    #[serde(default)]
    pub links: Vec<String>,
    /// Number of the last capability that the kernel knows (capabilities(7)).
    pub last_capability: Option<u8>,
}

/// The mounts of another mount namespace.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mounted {
    /// How many the observer has.
    pub outside: usize,
    /// How many the process has.
    pub inside: usize,
    /// Where the process has something mounted that the observer has not there; untrusted.
    pub came: Vec<String>,
}

/// Limits and use of a cgroup, in v2's words.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Gauges {
    /// `v2`, `v1`, `v1 + v2`: the interfaces in which it is not the observer's.
    pub version: String,
    /// Its path; the longest where the hierarchies differ.
    pub path: String,
    /// Its controllers.
    pub controllers: Vec<String>,
    /// Bytes.
    pub memory: Option<Gauge>,
    /// Bytes.
    pub peak: Option<u64>,
    /// Processes that the limit of memory killed.
    pub oom_kills: Option<u64>,
    /// Processes and threads.
    pub pids: Option<Gauge>,
    /// Forks that the limit refused.
    pub forks_refused: Option<u64>,
    /// CPU time.
    pub cpu: Option<CpuGauge>,
    /// All its processes are stopped.
    pub frozen: bool,
    /// `some avg10` in percent, by resource (PSI).
    pub pressure: Vec<(String, f32)>,
}

/// Use against limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gauge {
    /// Now.
    pub used: u64,
    /// None: no limit.
    pub limit: Option<u64>,
}

/// Use of the CPU; 100 is one CPU.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct CpuGauge {
    /// Percent since the last look; None at the first.
    pub used: Option<f32>,
    /// Percent; None: no limit.
    pub limit: Option<f32>,
    /// Periods in which it was made to wait.
    pub throttled: u64,
}

/// A process in the tree.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Branch {
    /// Generations below the root.
    pub depth: usize,
    /// As the observer counts.
    pub pid: i32,
    /// As its own PID namespace counts, where that is another.
    pub inside: Option<i32>,
    /// State letter; `Z` is a zombie (proc_pid_stat(5)).
    pub state: char,
    /// Its command line or name; untrusted.
    pub command: String,
}
