//! cgroup v1 in cgroup v2's words: how the value of a v2 file is read from, and written to, the v1 files that stand for it.

use super::knob::{Knob, Twin};
use super::{CpuMax, Limit, flat_keyed, trimmed};
use crate::model::{Msg, Seen};
use crate::observe::process::read;
use nix::errno::Errno;
use std::path::Path;

/// One write that has to be made, below the cgroup's directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Write {
    /// The file.
    pub file: String,
    /// The text.
    pub text: String,
}

/// Why a value cannot be had on v1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoTwin(pub Msg);

/// v1 has no word for "no limit": the counter's end, rounded down to a page, says it (9223372036854771712 with
/// pages of 4 KiB). Whatever is above 2⁶² is meant so.
const UNLIMITED: u64 = 1 << 62;

/// The value of the v2 file `knob`, made from the v1 files in `dir`. `cpuacct` is the cgroup's directory in
/// that controller's hierarchy, for cpu.stat.
pub fn read_as_v2(dir: &Path, knob: &Knob, cpuacct: Option<&Path>) -> Seen<String> {
    let text = |file: &str| trimmed(read(&dir.join(file)));
    let number = |file: &str| match text(file) {
        Seen::Is(text) => match text.parse::<i128>() {
            Ok(number) => Seen::Is(number),
            Err(_) => Seen::Not { path: dir.join(file).to_string_lossy().into(), errno: Errno::EINVAL as i32 },
        },
        Seen::Not { path, errno } => Seen::Not { path, errno },
    };
    match knob.v1 {
        Twin::Same(_, file) => text(file),
        Twin::Bytes(file) => map(number(file), |bytes| limit(bytes).to_string()),
        Twin::MemorySwap => match (number("memory.memsw.limit_in_bytes"), number("memory.limit_in_bytes")) {
            (Seen::Is(both), Seen::Is(memory)) => Seen::Is(match limit(both) {
                Limit::Max => Limit::Max.to_string(),
                Limit::At(both) => (i128::from(both) - memory).max(0).to_string(),
            }),
            (Seen::Not { path, errno }, _) | (_, Seen::Not { path, errno }) => Seen::Not { path, errno },
        },
        Twin::Bandwidth => match (number("cpu.cfs_quota_us"), number("cpu.cfs_period_us")) {
            (Seen::Is(quota), Seen::Is(period)) => {
                let quota = u64::try_from(quota).map_or(Limit::Max, Limit::At);
                Seen::Is(CpuMax { quota, period: period as u64 }.to_string())
            }
            (Seen::Not { path, errno }, _) | (_, Seen::Not { path, errno }) => Seen::Not { path, errno },
        },
        Twin::Shares => map(number("cpu.shares"), |shares| weight(shares as u64).to_string()),
        Twin::Freezer => map(text("freezer.state"), |state| if state == "THAWED" { "0".into() } else { "1".into() }),
        Twin::MemoryEvents => match (text("memory.oom_control"), number("memory.failcnt")) {
            (Seen::Is(oom), Seen::Is(failed)) => {
                let killed = flat_keyed(&oom).get("oom_kill").copied().unwrap_or(0);
                Seen::Is(format!("max {failed}\noom_kill {killed}"))
            }
            (Seen::Not { path, errno }, _) | (_, Seen::Not { path, errno }) => Seen::Not { path, errno },
        },
        Twin::CpuStat => map(text("cpu.stat"), |stat| cpu_stat(&stat, cpuacct)),
        Twin::None(_) => Seen::Not { path: dir.join(knob.file).to_string_lossy().into(), errno: Errno::ENOENT as i32 },
    }
}

/// The writes that give the v2 file `knob` the value `value` (in v2's words) on v1. What has that value already is left out.
pub fn writes(dir: &Path, knob: &Knob, value: &str) -> Result<Vec<Write>, NoTwin> {
    let one = |file: &str, text: String| Ok(vec![Write { file: file.into(), text }]);
    let bytes = |value: &str| if value == "max" { "-1".to_string() } else { value.to_string() };
    match knob.v1 {
        Twin::Same(_, file) => one(file, value.into()),
        Twin::Bytes(file) => one(file, bytes(value)),
        Twin::MemorySwap => match (Limit::parse(value), memory_limit(dir)) {
            (Some(Limit::At(swap)), Some(memory)) => one("memory.memsw.limit_in_bytes", (memory + swap).to_string()),
            (Some(Limit::At(_)), None) => Err(NoTwin(Msg::new(
                "cgroup v1 limits memory and swap together, so memory.max has to be set first",
                "cgroup v1 把内存与交换空间合在一起限制，所以要先设置 memory.max",
            ))),
            _ => one("memory.memsw.limit_in_bytes", bytes(value)),
        },
        Twin::Bandwidth => {
            let Some(wanted) = CpuMax::parse(value) else { return one("cpu.cfs_quota_us", value.into()) };
            let period = wanted.period.to_string();
            let known = trimmed(read(&dir.join("cpu.cfs_period_us")));
            let quota = wanted.quota.at().map_or("-1".into(), |quota| quota.to_string());
            let mut writes = vec![Write { file: "cpu.cfs_period_us".into(), text: period.clone() }];
            writes.retain(|_| known.is() != Some(&period));
            writes.push(Write { file: "cpu.cfs_quota_us".into(), text: quota });
            Ok(writes)
        }
        Twin::Shares => one("cpu.shares", value.parse().map_or(value.into(), |weight| shares(weight).to_string())),
        Twin::Freezer => {
            let word = match value {
                "1" => "FROZEN",
                "0" => "THAWED",
                other => other,
            };
            one("freezer.state", word.into())
        }
        Twin::None(why) => Err(NoTwin(why.into())),
        Twin::MemoryEvents | Twin::CpuStat => Err(NoTwin(Msg::new("it can only be read", "它只能读"))),
    }
}

/// The kernel's own conversion: 100 is 1024 shares (kernel/sched/core.c, `cpu_weight_write_u64`).
pub(super) fn shares(weight: u64) -> u64 {
    weight.saturating_mul(1024).saturating_add(50) / 100
}

pub(super) fn weight(shares: u64) -> u64 {
    (shares.saturating_mul(100).saturating_add(512) / 1024).clamp(1, 10_000)
}

fn limit(bytes: i128) -> Limit {
    match u64::try_from(bytes) {
        Ok(bytes) if bytes < UNLIMITED => Limit::At(bytes),
        _ => Limit::Max,
    }
}

fn memory_limit(dir: &Path) -> Option<u64> {
    limit(trimmed(read(&dir.join("memory.limit_in_bytes"))).is()?.parse().ok()?).at()
}

/// v2's cpu.stat: microseconds, where v1 counts nanoseconds in two places.
fn cpu_stat(stat: &str, cpuacct: Option<&Path>) -> String {
    let mut lines = Vec::new();
    let used = cpuacct.map(|dir| trimmed(read(&dir.join("cpuacct.usage"))));
    if let Some(used) = used.as_ref().and_then(Seen::is).and_then(|text| text.parse::<u64>().ok()) {
        lines.push(format!("usage_usec {}", used / 1000));
    }
    for (name, value) in flat_keyed(stat) {
        match name.as_str() {
            "nr_periods" | "nr_throttled" => lines.push(format!("{name} {value}")),
            "throttled_time" => lines.push(format!("throttled_usec {}", value / 1000)),
            _ => {}
        }
    }
    lines.join("\n")
}

fn map<T>(seen: Seen<T>, f: impl FnOnce(T) -> String) -> Seen<String> {
    match seen {
        Seen::Is(value) => Seen::Is(f(value)),
        Seen::Not { path, errno } => Seen::Not { path, errno },
    }
}
