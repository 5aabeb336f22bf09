//! All that the pane shows of a process, read from outside: nothing is asked of the process itself.

use super::cgroup::{Hierarchies, Limit, State, Version};
use super::family::family_up_to;
use super::mounts;
use super::process::{command_name, cpu_time, inside, is_ending, last_capability, link, read, snapshot};
use crate::kernel;
use crate::model::{Branch, CpuGauge, Gauge, Gauges, MountLive, Mounted, NsId, NsKind, Outsider, Seen, Snapshot, Watched, Who};
use nix::errno::Errno;
use std::collections::{BTreeMap, HashSet};
use std::os::fd::{AsFd, AsRawFd};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// More processes are not shown: a fork bomb must not cost the pane its breath.
const PROCESSES: usize = 100;
/// Hierarchies change seldom.
const PROBE: Duration = Duration::from_secs(5);
/// Host names are asked for so often.
const ASK: Duration = Duration::from_secs(1);
/// Mounts are read again after so many times what reading them took.
const SHARE: u32 = 200;

/// Reads, and remembers what a rate is made of.
#[derive(Default)]
pub struct Reader {
    hierarchies: Option<(Instant, Hierarchies)>,
    /// CPU time in microseconds at a moment, by name of the subject.
    usage: BTreeMap<String, (Instant, u64)>,
    outsider: Option<Outsider>,
    /// The mounts that were read, and when they may be read again, by name of the subject.
    mounts: BTreeMap<String, (Instant, Key, Mounted)>,
    /// Host names are asked for: what the process said of itself last may be old, or it said nothing.
    pub asks: bool,
    asked: BTreeMap<String, Asked>,
}

/// A host name that was asked for: when, in which namespace, and the answer.
type Asked = (Instant, NsId, Option<String>);

/// What a list of mounts depends on, beside the mounts: the process, its namespace, its root.
type Key = (i32, NsId, Option<String>);

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
        let (tree, cgroup, mounts) = (tree.collect(), self.gauges(proc, who), self.mounts(proc, who, &seen));
        let links = is_elsewhere(proc, &seen, NsKind::Net).then(|| links(proc, who.pid));
        let (hostname, init_gone) = (self.hostname(proc, who, &seen), has_lost_init(proc, &seen));
        Watched { name: who.name.clone(), seen, cgroup, hostname, init_gone, mounts, links, tree, more }
    }

    /// A line was run: what was read before it may be old.
    pub fn line_ran(&mut self) {
        self.mounts.clear();
    }

    /// No file tells the host name of another UTS namespace: a thread of ours enters it, asks and ends (setns(2), uname(2)).
    /// None where it may not.
    fn hostname(&mut self, proc: &Path, who: &Who, seen: &Snapshot) -> Option<String> {
        let told = seen.inside.as_ref().map(|inside| inside.hostname.clone());
        let ns = seen.ns_id(NsKind::Uts).filter(|_| self.asks && is_elsewhere(proc, seen, NsKind::Uts));
        let Some(ns) = ns else { return told };
        if let Some((_, _, known)) = self.asked.get(&who.name).filter(|(when, of, _)| *of == ns && when.elapsed() < ASK) {
            return known.clone().or(told);
        }
        let path = proc.join(format!("{}/ns/uts", who.pid));
        let ask = move || {
            let mut kernel = kernel::Kernel::new();
            let ns = kernel.open_ns(&path).ok()?;
            kernel.setns(ns.as_raw_fd(), "", &[NsKind::Uts]).ok().map(|()| inside().hostname)
        };
        // A UTS namespace is a thread's own affair: the others stay where they are.
        let asker = std::thread::Builder::new().spawn(ask);
        let found = asker.ok().and_then(|asker| asker.join().ok()).flatten();
        self.asked.insert(who.name.clone(), (Instant::now(), ns, found.clone()));
        found.or(told)
    }

    /// Nothing is kept open: a file of mountinfo would keep the namespace alive, and all that is mounted there.
    fn mounts(&mut self, proc: &Path, who: &Who, seen: &Snapshot) -> Option<Mounted> {
        let ns = seen.ns_id(NsKind::Mnt).filter(|_| is_elsewhere(proc, seen, NsKind::Mnt));
        let Some(ns) = ns else {
            self.mounts.remove(&who.name);
            return None;
        };
        let key = (who.pid, ns, seen.root.is().cloned());
        let now = Instant::now();
        if let Some((_, _, known)) = self.mounts.get(&who.name).filter(|(due, of, _)| *due > now && *of == key) {
            return Some(known.clone());
        }
        let lists = [std::process::id() as i32, who.pid].map(|pid| mounts::of(proc, pid));
        let [Seen::Is(outside), Seen::Is(inside)] = &lists else { return None };
        let found = against(outside, inside);
        // On a machine with thousands of mounts this takes its time, and gets no larger share of it.
        self.mounts.insert(who.name.clone(), (now + now.elapsed() * SHARE, key, found.clone()));
        Some(found)
    }

    /// What the observer is.
    pub fn outsider(&mut self) -> Outsider {
        let read = || Outsider { hostname: inside().hostname, last_capability: last_capability(), ..Outsider::default() };
        // Devices come and go; the rest stays.
        let links = links(Path::new("/proc"), std::process::id() as i32);
        Outsider { links, ..self.outsider.get_or_insert_with(read).clone() }
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

/// Is the process in another namespace of this kind than the reader, as far as that can be seen?
fn is_elsewhere(proc: &Path, seen: &Snapshot, kind: NsKind) -> bool {
    let own = link(&proc.join("self/ns").join(kind.name()));
    own.is().zip(seen.ns_id(kind)).is_some_and(|(own, its)| *own != its)
}

/// Has the PID namespace of the next child lost its PID 1? Not where its first child is still to come: then there is no link either.
fn has_lost_init(proc: &Path, seen: &Snapshot) -> bool {
    let elsewhere = seen.next_id(NsKind::Pid).is_some_and(|next| seen.ns_id(NsKind::Pid) != Some(next));
    let ns = || std::fs::File::open(proc.join(format!("{}/ns/pid_for_children", seen.pid))).ok();
    // One that has ended and is not waited for yet is no init any more.
    elsewhere
        && ns().is_some_and(|ns| match kernel::ns_init(ns.as_fd()) {
            Ok(pid) => is_ending(pid),
            Err(errno) => errno == Errno::ESRCH,
        })
}

/// The network devices of a process's network namespace (proc_pid_net(5)), in their order.
fn links(proc: &Path, pid: i32) -> Vec<String> {
    let text = read(&proc.join(pid.to_string()).join("net/dev"));
    let names = text.is().into_iter().flat_map(|text| text.lines().filter_map(|line| line.split_once(':')));
    names.map(|(name, _)| name.trim().to_string()).collect()
}

/// A copy of a mount has a number of its own: what is mounted where tells them apart.
fn against(outside: &[MountLive], inside: &[MountLive]) -> Mounted {
    let what = |mount: &MountLive| (mount.dev.clone(), mount.root.clone(), mount.point.clone());
    let known: HashSet<_> = outside.iter().map(what).collect();
    let came = inside.iter().filter(|mount| !known.contains(&what(mount))).take(PROCESSES);
    Mounted { outside: outside.len(), inside: inside.len(), came: came.map(|mount| mount.point.clone()).collect() }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mount_is_known_by_what_it_shows_and_where() {
        let mount = |id, dev: &str, point: &str| MountLive { id, dev: dev.into(), point: point.into(), ..MountLive::default() };
        let outside = [mount(1, "0:1", "/"), mount(2, "0:2", "/tmp")];
        let inside = [mount(11, "0:1", "/"), mount(12, "0:2", "/tmp"), mount(13, "0:3", "/tmp")];
        let found = against(&outside, &inside);
        assert_eq!(found, Mounted { outside: 2, inside: 3, came: vec!["/tmp".into()] });
    }

    #[test]
    fn this_process_has_network_devices() {
        assert!(links(Path::new("/proc"), std::process::id() as i32).contains(&"lo".to_string()));
    }
}
