//! Values as they are typed for a cgroup file, and what the kernel is told.

use crate::model::{Msg, Size};
use crate::observe::cgroup::{CpuMax, Kind, Knob, Limit};

/// A typed value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Value {
    /// What is written to a file of cgroup v2: the kernel itself reads `64M`.
    pub text: String,
    /// What the file must then say.
    pub means: String,
}

/// Reads the words of a value. `whole` is this machine's memory in bytes, for `50%`.
///
/// Errors: a sentence for what the kernel would refuse as EINVAL or ERANGE, with what it takes.
pub fn value(knob: &Knob, words: &[String], whole: u64) -> Result<Value, Msg> {
    let text = words.join(" ");
    let same = |text: String| Ok(Value { means: text.clone(), text });
    match knob.kind {
        Kind::Size => match Size::parse(&text, whole).map_err(|bad| bad.0)? {
            Size::Max => same("max".into()),
            Size::Bytes(bytes) if text.ends_with('%') => same(bytes.to_string()),
            Size::Bytes(bytes) => Ok(Value { text, means: bytes.to_string() }),
        },
        Kind::Count if Limit::parse(&text).is_none() => Err(bad(&text, "a number, or max", "数字或 max")),
        Kind::Bandwidth => match (percent(&text), CpuMax::parse(&text)) {
            (Some(quota), _) => same(CpuMax { quota: Limit::At(quota), period: CpuMax::PERIOD }.to_string()),
            (None, Some(max)) => Ok(Value { text, means: max.to_string() }),
            (None, None) => Err(bad(
                &text,
                "`QUOTA PERIOD` in microseconds (50000 100000), 50% of one CPU (150%: one and a half), or max",
                "以微秒计的 `QUOTA PERIOD`（如 50000 100000）、单个 CPU 的百分比（50%；150% 即一个半），或 max",
            )),
        },
        Kind::Weight if !text.parse().is_ok_and(|weight: u64| (1..=10_000).contains(&weight)) => Err(bad(
            &text,
            "a number from 1 to 10000; 100 is what every cgroup begins with",
            " 1 到 10000 的数；每个 cgroup 起初都是 100",
        )),
        Kind::Flag if text != "0" && text != "1" => Err(bad(&text, "0 or 1", " 0 或 1")),
        Kind::Trigger if text != "1" => Err(bad(&text, "1, and nothing else", " 1，别的都不行")),
        _ => same(text),
    }
}

/// `50%` of one CPU, in microseconds of the usual period.
fn percent(text: &str) -> Option<u64> {
    let percent: f64 = text.strip_suffix('%')?.parse().ok()?;
    (percent > 0.0 && percent <= 100_000.0).then_some((percent * CpuMax::PERIOD as f64 / 100.0) as u64)
}

fn bad(text: &str, en: &str, zh: &str) -> Msg {
    Msg::new(format!("`{text}` is not what this file takes; write {en}"), format!("`{text}` 不是这个文件接受的值；应写{zh}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(file: &str, text: &str) -> Result<(String, String), Msg> {
        let words: Vec<String> = text.split(' ').map(str::to_string).collect();
        value(Knob::of(file).unwrap(), &words, 1000 << 20).map(|value| (value.text, value.means))
    }

    #[test]
    fn values_become_what_the_kernel_takes() {
        for (file, typed, text, means) in [
            ("memory.max", "64M", "64M", "67108864"),
            ("memory.max", "50%", "524288000", "524288000"),
            ("memory.max", "max", "max", "max"),
            ("cpu.max", "50%", "50000 100000", "50000 100000"),
            ("cpu.max", "150%", "150000 100000", "150000 100000"),
            ("cpu.max", "20000 50000", "20000 50000", "20000 50000"),
            ("cpu.max", "max", "max", "max 100000"),
            ("pids.max", "20", "20", "20"),
            ("cpuset.cpus", "0-1", "0-1", "0-1"),
        ] {
            assert_eq!(read(file, typed), Ok((text.into(), means.into())), "{file} {typed}");
        }
    }

    #[test]
    fn what_no_kernel_takes_is_said_before() {
        for (file, typed) in [
            ("memory.max", "64MB"),
            ("pids.max", "-1"),
            ("cpu.max", "half"),
            ("cpu.max", "-5%"),
            ("cpu.weight", "0"),
            ("cpu.weight", "10001"),
            ("cgroup.freeze", "2"),
            ("cgroup.kill", "0"),
        ] {
            assert!(read(file, typed).is_err(), "{file} {typed}");
        }
    }
}
