//! Whether the OOM killer ended a subject, and by which limit: asked once it is dead, while its cgroups are still there.

use super::ground::{Ground, home_name};
use crate::model::{Msg, Size};
use crate::observe::cgroup::{Knob, tree};
use std::collections::BTreeMap;
use std::path::PathBuf;

/// The sentence that says so, for the subject of this name whose first process had this PID; None where `memory.events` counts no
/// `oom_kill` in any of its cgroups (cgroups(7)).
pub fn oom_killed(keeper: i32, name: &str, first: i32) -> Option<Msg> {
    let ground = Ground::find(keeper).ok()?;
    let (max, events) = (Knob::of("memory.max")?, Knob::of("memory.events")?);
    let (hierarchy, _) = ground.hierarchies.serving(max)?;
    let home = ground.home_of(hierarchy, &home_name(name, first))?;
    let read =
        |dir: &PathBuf, knob| ground.hierarchies.get(&BTreeMap::from([(hierarchy.key.clone(), dir.clone())]), knob).is().cloned();
    // v2 counts a victim in every cgroup above it, too: the lowest one with a limit of its own is the one that was full.
    let full = tree(&home).into_iter().rev().find_map(|dir| {
        let kills: u64 = read(&dir, events)?.lines().find_map(|line| line.strip_prefix("oom_kill "))?.trim().parse().ok()?;
        let bytes: u64 = read(&dir, max)?.parse().ok()?;
        (kills > 0).then_some(bytes)
    })?;
    let full = Size::about(full);
    Some(Msg::new(
        format!("the OOM killer did it: memory.max of its cgroup was {full}, and it needed more than that"),
        format!("是 OOM 杀手所为：其 cgroup 的 memory.max 是 {full}，而它需要的不止这些"),
    ))
}
