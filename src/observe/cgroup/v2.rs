//! Values as the files of cgroup v2 write them.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;

/// A limit: a number, or none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Limit {
    /// So much.
    At(u64),
    /// `max`: no limit here; one further up may hold.
    Max,
}

impl Limit {
    /// `max` or a number.
    pub fn parse(text: &str) -> Option<Limit> {
        match text.trim() {
            "max" => Some(Limit::Max),
            number => number.parse().ok().map(Limit::At),
        }
    }

    /// The number, where there is one.
    pub fn at(self) -> Option<u64> {
        match self {
            Limit::At(number) => Some(number),
            Limit::Max => None,
        }
    }
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Limit::At(number) => write!(f, "{number}"),
            Limit::Max => f.write_str("max"),
        }
    }
}

/// cpu.max: so many microseconds of each period.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CpuMax {
    /// Microseconds that may be used in one period.
    pub quota: Limit,
    /// The period in microseconds.
    pub period: u64,
}

impl CpuMax {
    /// The period when none is given: 100 ms.
    pub const PERIOD: u64 = 100_000;

    /// `max 100000`, `50000 100000`; the period may be missing.
    pub fn parse(text: &str) -> Option<CpuMax> {
        let mut words = text.split_whitespace();
        let quota = Limit::parse(words.next()?)?;
        let period = match words.next() {
            Some(word) => word.parse().ok()?,
            None => CpuMax::PERIOD,
        };
        words.next().is_none().then_some(CpuMax { quota, period })
    }

    /// In percent of one CPU, where there is a limit.
    pub fn percent(self) -> Option<f64> {
        self.quota.at().filter(|_| self.period > 0).map(|quota| quota as f64 * 100.0 / self.period as f64)
    }
}

impl fmt::Display for CpuMax {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.quota, self.period)
    }
}

/// Lines `name number`, as in memory.events and cpu.stat.
pub fn flat_keyed(text: &str) -> BTreeMap<String, u64> {
    text.lines()
        .filter_map(|line| {
            let (name, value) = line.split_once(' ')?;
            Some((name.to_string(), value.trim().parse().ok()?))
        })
        .collect()
}
