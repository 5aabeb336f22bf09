//! All that the pane shows of a process, read from outside: nothing is asked of the process itself.

use super::cgroup::{Hierarchies, Limit, State, Version};
use super::family::family_up_to;
use super::process::{command_name, cpu_time, inside, last_capability, snapshot};
use crate::model::{Branch, CpuGauge, Gauge, Gauges, Outsider, Seen, Watched, Who};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// More processes are not shown: a fork bomb must not cost the pane its breath.
const PROCESSES: usize = 100;
/// Mounts change seldom.
const PROBE: Duration = Duration::from_secs(5);

/// Reads, and remembers what a rate is made of.
#[derive(Default)]
pub struct Reader {
    hierarchies: Option<(Instant, Hierarchies)>,
    /// CPU time in microseconds at a moment, by name of the subject.
    usage: BTreeMap<String, (Instant, u64)>,
    outsider: Option<Outsider>,
}

impl Reader {
    /// One process and what is below `root`.
    pub fn read(&mut self, who: &Who) -> Watched {
        let proc = Path::new("/proc");
        let mut seen = snapshot(proc, who.pid);
        seen.inside = who.inside.clone();
        let (tree, more) = family_up_to(proc, who.root, PROCESSES);
        let tree = tree.into_iter().map(|member| Branch {
            depth: member.depth,
            pid: member.pid,
            inside: member.nspid.last().copied().filter(|_| member.nspid.len() > 1),
            state: member.state,
            command: match member.command {
                // Its arguments are the bench's own business.
                Seen::Is(text) if text.starts_with("boxlab-subject ") => "boxlab-subject".into(),
                Seen::Is(text) => command_name(&text),
                Seen::Not { .. } => String::new(),
            },
        });
        Watched { name: who.name.clone(), seen, cgroup: self.gauges(proc, who), tree: tree.collect(), more }
    }

    /// What the observer is, where that does not change.
    pub fn outsider(&mut self) -> Outsider {
        let read = || Outsider { hostname: inside().hostname, last_capability: last_capability() };
        self.outsider.get_or_insert_with(read).clone()
    }

    fn gauges(&mut self, proc: &Path, who: &Who) -> Option<Gauges> {
        let observer = std::process::id() as i32;
        if self.hierarchies.as_ref().is_none_or(|(when, _)| when.elapsed() > PROBE) {
            let found = Hierarchies::own(proc).is().cloned().unwrap_or_default();
            self.hierarchies = Some((Instant::now(), found));
        }
        let hierarchies = &self.hierarchies.as_ref()?.1;
        let host = hierarchies.of_process(proc, observer);
        let mut own = hierarchies.of_process(proc, who.pid).is()?.clone();
        own.retain(|key, dir| host.is().is_none_or(|host| host.get(key) != Some(dir)));
        if own.is_empty() {
            self.usage.remove(&who.name);
            return None;
        }
        let state = hierarchies.state(&own);
        let mut gauges = of_state(hierarchies, &own, &state);
        gauges.frozen = hierarchies.is_frozen(proc, who.pid);
        let counted = state.cpu.stat.is().and_then(|stat| stat.get("usage_usec")).copied();
        // On v1 the time is counted by another controller, which may have this process elsewhere.
        let usage =
            counted.or_else(|| gauges.cpu.map(|_| state.procs.iter().take(PROCESSES).map(|pid| cpu_time(proc, *pid)).sum()));
        if let (Some(cpu), Some(now)) = (&mut gauges.cpu, usage) {
            cpu.used = rate(self.usage.insert(who.name.clone(), (Instant::now(), now)), now);
        }
        Some(gauges)
    }
}

fn rate(before: Option<(Instant, u64)>, now: u64) -> Option<f32> {
    let (when, was) = before?;
    let passed = when.elapsed().as_micros() as f32;
    (passed > 0.0 && now >= was).then(|| (now - was) as f32 / passed * 100.0)
}

fn of_state(hierarchies: &Hierarchies, own: &BTreeMap<String, PathBuf>, state: &State) -> Gauges {
    let ours: Vec<_> = hierarchies.all.iter().filter(|one| own.contains_key(&one.key)).collect();
    let has = |version| ours.iter().any(|one| one.version == version);
    let path = |one: &&super::cgroup::Hierarchy| {
        let dir = own.get(&one.key)?;
        Some(format!("/{}", dir.strip_prefix(&one.mount).ok()?.display()))
    };
    // On v2 those that are enabled for this cgroup, on v1 those of the hierarchies in which it has one.
    let mut controllers = state.controllers.is().cloned().unwrap_or_default();
    controllers.extend(ours.iter().filter(|one| one.version == Version::V1).flat_map(|one| one.controllers.clone()));
    let limit = |seen: &Seen<Limit>| match seen {
        Seen::Is(Limit::At(bytes)) => Some(*bytes),
        _ => None,
    };
    let gauge = |used: &Seen<u64>, max: &Seen<Limit>| Some(Gauge { used: *used.is()?, limit: limit(max) });
    let counted = |events: &Seen<BTreeMap<String, u64>>, name: &str| events.is()?.get(name).copied();
    Gauges {
        version: match (has(Version::V1), has(Version::V2)) {
            (true, true) => "v1 + v2",
            (true, false) => "v1",
            _ => "v2",
        }
        .into(),
        path: ours.iter().filter_map(path).max_by_key(String::len).unwrap_or_default(),
        controllers,
        memory: gauge(&state.memory.current, &state.memory.max),
        peak: state.memory.peak.is().copied(),
        oom_kills: counted(&state.memory.events, "oom_kill"),
        pids: gauge(&state.pids.current, &state.pids.max),
        forks_refused: counted(&state.pids.events, "max"),
        cpu: state.cpu.stat.is().map(|stat| CpuGauge {
            used: None,
            limit: state.cpu.max.is().and_then(|max| max.percent()).map(|percent| percent as f32),
            throttled: stat.get("nr_throttled").copied().unwrap_or(0),
        }),
        frozen: false,
        pressure: state
            .pressure
            .iter()
            .filter_map(|(file, some)| {
                let resource = file.split_once('.')?.0;
                Some((resource.to_string(), some.is()?.strip_prefix("avg10=")?.parse().ok()?))
            })
            .collect(),
    }
}
