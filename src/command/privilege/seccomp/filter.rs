//! A seccomp filter as classic BPF: made from names of calls, and written so that it can be read.

use crate::kernel::Instruction;
use std::collections::BTreeSet;
use syscalls::Sysno;

/// What the filter answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// SECCOMP_RET_ALLOW.
    Allow,
    /// SECCOMP_RET_ERRNO: the call is not made and fails with this errno.
    Errno(i32),
    /// SECCOMP_RET_LOG: the call is made and logged.
    Log,
    /// SECCOMP_RET_USER_NOTIF: a supervisor answers.
    Notify,
    /// SECCOMP_RET_KILL_PROCESS: SIGSYS, whatever the process does with signals.
    Kill,
}

// linux/bpf_common.h and linux/seccomp.h.
const LOAD: u16 = 0x20; // BPF_LD|BPF_W|BPF_ABS
const JUMP_EQUAL: u16 = 0x15; // BPF_JMP|BPF_JEQ|BPF_K
const JUMP_NOT_BELOW: u16 = 0x35; // BPF_JMP|BPF_JGE|BPF_K
const RETURN: u16 = 0x06; // BPF_RET|BPF_K
/// Where struct seccomp_data has them.
const NUMBER: u32 = 0;
const ARCH: u32 = 4;
/// Calls of the x32 ABI of x86_64 have this bit.
const X32: u32 = 0x4000_0000;

/// How many comparisons share one answer.
const REACH: usize = 250;

/// AUDIT_ARCH_* of linux/audit.h for this program's architecture; a kernel runs other ones as well, with other numbers.
const fn own_arch() -> (u32, &'static str) {
    if cfg!(target_arch = "x86_64") {
        (0xc000_003e, "x86_64")
    } else if cfg!(target_arch = "aarch64") {
        (0xc000_00b7, "aarch64")
    } else if cfg!(target_arch = "riscv64") {
        (0xc000_00f3, "riscv64")
    } else {
        (0, "?")
    }
}

/// Can filters be made for this architecture?
pub fn is_known_arch() -> bool {
    own_arch().0 != 0
}

/// The filter that answers `named` for these calls and `others` for all other ones.
pub fn build(calls: &BTreeSet<Sysno>, named: Verdict, others: Verdict) -> Vec<Instruction> {
    let step = |code, jt, jf, k| Instruction { code, jt, jf, k };
    let answer = |verdict: Verdict| step(RETURN, 0, 0, verdict.word());
    let mut filter =
        vec![step(LOAD, 0, 0, ARCH), step(JUMP_EQUAL, 1, 0, own_arch().0), answer(Verdict::Kill), step(LOAD, 0, 0, NUMBER)];
    if cfg!(target_arch = "x86_64") {
        filter.extend([step(JUMP_NOT_BELOW, 0, 1, X32), answer(Verdict::Kill)]);
    }
    // A jump reaches 255 instructions at most, so there is one answer for so many comparisons.
    for some in calls.iter().collect::<Vec<_>>().chunks(REACH) {
        for (call, left) in some.iter().zip((0..some.len()).rev()) {
            filter.push(step(JUMP_EQUAL, left as u8, u8::from(left == 0), call.id() as u32));
        }
        filter.push(answer(named));
    }
    filter.push(answer(others));
    filter
}

/// The filter as lines: number, instruction as bpf_dbg writes it, and what it means.
pub fn readable(filter: &[Instruction]) -> Vec<String> {
    let width = filter.len().saturating_sub(1).to_string().len();
    let line = |(at, step): (usize, &Instruction)| {
        let to = |skip: u8| at + 1 + usize::from(skip);
        let (text, means) = match *step {
            Instruction { code: LOAD, k: ARCH, .. } => (format!("ld  [{ARCH}]"), "which ABI".into()),
            Instruction { code: LOAD, k, .. } => (format!("ld  [{k}]"), "which call".into()),
            Instruction { code: JUMP_EQUAL, jt, jf, k } if k == own_arch().0 => {
                (format!("jeq #{k:#x}, {}, {}", to(jt), to(jf)), own_arch().1.into())
            }
            Instruction { code: JUMP_EQUAL, jt, jf, k } => {
                let name = Sysno::new(k as usize).map_or(String::from("?"), |call| call.name().into());
                (format!("jeq #{k}, {}, {}", to(jt), to(jf)), name)
            }
            Instruction { code: JUMP_NOT_BELOW, jt, jf, k } => (format!("jge #{k:#x}, {}, {}", to(jt), to(jf)), "x32".into()),
            Instruction { code: RETURN, k, .. } => (format!("ret #{k:#x}"), Verdict::of_word(k).to_string()),
            Instruction { code, k, .. } => (format!("{code:#x} #{k:#x}"), String::new()),
        };
        format!("{at:>width$}: {text:<24}{means}")
    };
    filter.iter().enumerate().map(line).collect()
}

impl Verdict {
    /// The value that the filter returns.
    fn word(self) -> u32 {
        match self {
            Verdict::Allow => libc::SECCOMP_RET_ALLOW,
            Verdict::Errno(errno) => libc::SECCOMP_RET_ERRNO | errno as u32 & libc::SECCOMP_RET_DATA,
            Verdict::Log => libc::SECCOMP_RET_LOG,
            Verdict::Notify => libc::SECCOMP_RET_USER_NOTIF,
            Verdict::Kill => libc::SECCOMP_RET_KILL_PROCESS,
        }
    }

    fn of_word(word: u32) -> Verdict {
        match word {
            libc::SECCOMP_RET_ALLOW => Verdict::Allow,
            libc::SECCOMP_RET_LOG => Verdict::Log,
            libc::SECCOMP_RET_USER_NOTIF => Verdict::Notify,
            libc::SECCOMP_RET_KILL_PROCESS => Verdict::Kill,
            word => Verdict::Errno((word & libc::SECCOMP_RET_DATA) as i32),
        }
    }
}

impl std::fmt::Display for Verdict {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Verdict::Allow => f.write_str("ALLOW"),
            Verdict::Errno(errno) => write!(f, "ERRNO({})", crate::model::errno_name(nix::errno::Errno::from_raw(*errno))),
            Verdict::Log => f.write_str("LOG"),
            Verdict::Notify => f.write_str("USER_NOTIF"),
            Verdict::Kill => f.write_str("KILL_PROCESS"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the filter answers, by doing what it says.
    fn judge(filter: &[Instruction], arch: u32, number: u32) -> Verdict {
        let (mut at, mut held) = (0, 0);
        loop {
            let step = filter[at];
            at += 1;
            let skip = match step.code {
                LOAD => {
                    held = if step.k == ARCH { arch } else { number };
                    0
                }
                JUMP_EQUAL => {
                    if held == step.k {
                        step.jt
                    } else {
                        step.jf
                    }
                }
                JUMP_NOT_BELOW => {
                    if held >= step.k {
                        step.jt
                    } else {
                        step.jf
                    }
                }
                RETURN => return Verdict::of_word(step.k),
                other => unreachable!("{other}"),
            };
            at += usize::from(skip);
        }
    }

    #[test]
    fn each_call_gets_its_answer_and_all_others_the_other() {
        let named: BTreeSet<Sysno> = [Sysno::ptrace, Sysno::reboot].into();
        let filter = build(&named, Verdict::Errno(1), Verdict::Allow);
        let own = own_arch().0;
        for call in Sysno::iter() {
            let wanted = if named.contains(&call) { Verdict::Errno(1) } else { Verdict::Allow };
            assert_eq!(judge(&filter, own, call.id() as u32), wanted, "{call}");
        }
        assert_eq!(judge(&filter, own ^ 1, Sysno::reboot.id() as u32), Verdict::Kill);
    }

    #[test]
    fn all_calls_at_once_still_fit() {
        let all: BTreeSet<Sysno> = Sysno::iter().collect();
        let filter = build(&all, Verdict::Kill, Verdict::Allow);
        assert!(filter.len() < 4096, "{}", filter.len());
        assert_eq!(judge(&filter, own_arch().0, Sysno::read.id() as u32), Verdict::Kill);
    }

    #[test]
    #[cfg(target_arch = "x86_64")]
    fn a_filter_can_be_read() {
        let lines = readable(&build(&[Sysno::reboot].into(), Verdict::Errno(1), Verdict::Allow));
        assert_eq!(lines[1], "1: jeq #0xc000003e, 3, 2   x86_64");
        let end: Vec<Vec<&str>> = lines[6..].iter().map(|line| line.split_whitespace().collect()).collect();
        assert_eq!(end[0], ["6:", "jeq", "#169,", "7,", "8", "reboot"]);
        assert_eq!(end[1..], [["7:", "ret", "#0x50001", "ERRNO(EPERM)"], ["8:", "ret", "#0x7fff0000", "ALLOW"]]);
        assert_eq!(judge(&build(&BTreeSet::new(), Verdict::Allow, Verdict::Allow), own_arch().0, X32 | 5), Verdict::Kill);
    }
}
