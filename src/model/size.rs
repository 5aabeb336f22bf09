//! Sizes as people type them: `64M`, `1G`, `50%` of memory, `max`.

use super::Msg;

/// A typed amount of bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Size {
    /// So many bytes.
    Bytes(u64),
    /// No limit; cgroup v2 writes it `max`.
    Max,
}

/// Why a word is not a size.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadSize(pub Msg);

impl Size {
    /// Reads `4096`, `64K`, `64M`, `1G`, `2T` (powers of 1024, upper or lower case, as the kernel's memparse does),
    /// `50%` of `whole` (in bytes), or `max`.
    pub fn parse(word: &str, whole: u64) -> Result<Size, BadSize> {
        if word == "max" {
            return Ok(Size::Max);
        }
        if let Some(percent) = word.strip_suffix('%') {
            return match percent.parse::<f64>() {
                // Above 2^53 a float cannot tell neighbours apart: never more than there is.
                Ok(percent) if (0.0..=100.0).contains(&percent) => {
                    Ok(Size::Bytes(((whole as f64 * percent / 100.0) as u64).min(whole)))
                }
                _ => Err(bad(word)),
            };
        }
        let digits = word.trim_end_matches(|c: char| !c.is_ascii_digit());
        let shift = match &word[digits.len()..] {
            "" => 0,
            "k" | "K" => 10,
            "m" | "M" => 20,
            "g" | "G" => 30,
            "t" | "T" => 40,
            _ => return Err(bad(word)),
        };
        let number: u64 = digits.parse().map_err(|_| bad(word))?;
        number.checked_mul(1 << shift).map(Size::Bytes).ok_or_else(|| bad(word))
    }

    /// Bytes in the largest unit that divides them: `64M`, `1536K`, `100`.
    pub fn show(bytes: u64) -> String {
        let units = [(40, 'T'), (30, 'G'), (20, 'M'), (10, 'K')];
        match units.iter().find(|(shift, _)| bytes != 0 && bytes.is_multiple_of(1u64 << shift)) {
            Some((shift, unit)) => format!("{}{unit}", bytes >> shift),
            None => bytes.to_string(),
        }
    }

    /// Bytes to three figures, for reading: `63.9M`.
    pub fn about(bytes: u64) -> String {
        let units = [(40, 'T'), (30, 'G'), (20, 'M'), (10, 'K')];
        match units.iter().find(|(shift, _)| bytes >= 1u64 << shift) {
            Some((shift, unit)) => {
                let value = bytes as f64 / (1u64 << shift) as f64;
                if value >= 100.0 || value.fract() < 0.05 { format!("{value:.0}{unit}") } else { format!("{value:.1}{unit}") }
            }
            None => format!("{bytes}B"),
        }
    }
}

fn bad(word: &str) -> BadSize {
    BadSize(Msg::new(
        format!("`{word}` is not a size; write bytes, 64K, 64M, 1G, 50% or max"),
        format!("`{word}` 不是大小；可写字节数、64K、64M、1G、50% 或 max"),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_read_as_the_kernel_reads_them() {
        for (word, bytes) in [("0", 0), ("4096", 4096), ("64M", 64 << 20), ("1g", 1 << 30), ("50%", 500)] {
            assert_eq!(Size::parse(word, 1000), Ok(Size::Bytes(bytes)), "{word}");
        }
        assert_eq!(Size::parse("max", 0), Ok(Size::Max));
        let odd = (1 << 62) - 1;
        assert_eq!(Size::parse("100%", odd), Ok(Size::Bytes(odd)));
    }

    #[test]
    fn what_the_kernel_refuses_is_refused() {
        for word in ["", "64MB", "-1", "lots", "M", "101%", "99999999999T", "６４M"] {
            assert!(Size::parse(word, 1000).is_err(), "{word}");
        }
    }

    #[test]
    fn sizes_show_in_the_largest_unit() {
        assert_eq!(Size::show(64 << 20), "64M");
        assert_eq!(Size::show(1536 << 10), "1536K");
        assert_eq!(Size::about(67_000_000), "63.9M");
    }
}
