//! Limits and scheduling of one process: prlimit(2), setpriority(2), sched_setaffinity(2), sched_setscheduler(2).

use super::{Kernel, answer, raw};
use crate::model::{Resource, Rlimit};
use nix::errno::Errno;

/// A scheduling policy (sched(7)).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)] // the names are the kernel's
pub enum Policy {
    Other = 0,
    Fifo = 1,
    RoundRobin = 2,
    Batch = 3,
    Idle = 5,
}

/// Their names; 4 was never used.
const POLICIES: &[&str] = &["SCHED_OTHER", "SCHED_FIFO", "SCHED_RR", "SCHED_BATCH", "SCHED_ISO", "SCHED_IDLE", "SCHED_DEADLINE"];

impl Kernel {
    /// sched_setscheduler(2) of the caller. The priority is 0 but for the real-time policies.
    ///
    /// Errors: EPERM for a real-time priority above RLIMIT_RTPRIO without CAP_SYS_NICE in the initial user namespace, for leaving
    /// SCHED_IDLE where RLIMIT_NICE forbids the nice value, or where the cgroup has no real-time (v1); EINVAL.
    pub fn set_policy(&mut self, policy: Policy, priority: u32) -> Result<(), Errno> {
        let param = priority as libc::c_int;
        // SAFETY: the kernel reads one struct sched_param, which is one int here, and which outlives the call.
        let got = answer(unsafe { libc::syscall(libc::SYS_sched_setscheduler, 0, policy as libc::c_int, &param) });
        let name = POLICIES.get(policy as usize).copied().unwrap_or_default();
        self.record("sched_setscheduler", vec![raw("0"), raw(name), raw(format!("[{priority}]"))], got).map(drop)
    }

    /// prlimit(2) of the caller: both limits at once.
    ///
    /// Errors: EINVAL for a soft limit above the hard one; EPERM for raising the hard limit without CAP_SYS_RESOURCE in the initial user
    /// namespace, or NOFILE above fs.nr_open.
    pub fn set_rlimit(&mut self, resource: &Resource, limit: Rlimit) -> Result<(), Errno> {
        let number = |limit: Option<u64>| limit.unwrap_or(libc::RLIM64_INFINITY);
        let new = libc::rlimit64 { rlim_cur: number(limit.soft), rlim_max: number(limit.hard) };
        let old = std::ptr::null_mut::<libc::rlimit64>();
        // SAFETY: the kernel reads one rlimit64, and with a null pointer it writes none.
        let got = answer(unsafe { libc::syscall(libc::SYS_prlimit64, 0, resource.number, &new, old) });
        let shown = format!("{{rlim_cur={}, rlim_max={}}}", in_strace(limit.soft), in_strace(limit.hard));
        let args = vec![raw("0"), raw(format!("RLIMIT_{}", resource.name)), raw(shown), raw("NULL")];
        self.record("prlimit64", args, got).map(drop)
    }

    /// setpriority(2), PRIO_PROCESS: the nice value of a process; 0 is the caller.
    ///
    /// Errors: ESRCH; EPERM for somebody else's process; EACCES for a lower value than RLIMIT_NICE allows, without CAP_SYS_NICE.
    pub fn set_nice(&mut self, pid: i32, nice: i32) -> Result<(), Errno> {
        // SAFETY: setpriority takes three integers.
        let got = answer(unsafe { libc::syscall(libc::SYS_setpriority, libc::PRIO_PROCESS, pid, nice) });
        self.record("setpriority", vec![raw("PRIO_PROCESS"), raw(pid.to_string()), raw(nice.to_string())], got).map(drop)
    }

    /// sched_setaffinity(2): the CPUs on which a process may run; 0 is the caller.
    ///
    /// Errors: EINVAL when none of them is online and in the cpuset; EPERM for somebody else's process; ESRCH.
    pub fn set_affinity(&mut self, pid: i32, cpus: &[usize]) -> Result<(), Errno> {
        let mut mask = [0u64; 16];
        cpus.iter().filter(|cpu| **cpu < 1024).for_each(|cpu| mask[cpu / 64] |= 1 << (cpu % 64));
        // SAFETY: the kernel reads as many bytes as `mask` has.
        let got = answer(unsafe { libc::syscall(libc::SYS_sched_setaffinity, pid, size_of_val(&mask), mask.as_ptr()) });
        let list: Vec<String> = cpus.iter().map(usize::to_string).collect();
        let args = vec![raw(pid.to_string()), raw(size_of_val(&mask).to_string()), raw(format!("[{}]", list.join(" ")))];
        self.record("sched_setaffinity", args, got).map(drop)
    }
}

/// strace(1) writes multiples of 1024 as such.
fn in_strace(limit: Option<u64>) -> String {
    match limit {
        None => "RLIM64_INFINITY".into(),
        Some(limit) if limit > 1024 && limit % 1024 == 0 => format!("{}*1024", limit / 1024),
        Some(limit) => limit.to_string(),
    }
}

/// The caller's nice value, as plumbing.
pub fn nice() -> i32 {
    // SAFETY: getpriority takes two integers. The raw call answers with 20 minus the value.
    20 - unsafe { libc::syscall(libc::SYS_getpriority, libc::PRIO_PROCESS, 0) } as i32
}

/// A limit of the caller's (prlimit(2)), as plumbing.
pub fn rlimit(resource: &Resource) -> Result<Rlimit, Errno> {
    let mut now = libc::rlimit64 { rlim_cur: 0, rlim_max: 0 };
    let new = std::ptr::null::<libc::rlimit64>();
    // SAFETY: the kernel writes one rlimit64, and `now` is one; with a null pointer it reads none.
    answer(unsafe { libc::syscall(libc::SYS_prlimit64, 0, resource.number, new, &mut now) })?;
    let limit = |value: u64| (value != libc::RLIM64_INFINITY).then_some(value);
    Ok(Rlimit { soft: limit(now.rlim_cur), hard: limit(now.rlim_max) })
}

/// The caller's policy and real-time priority (sched_getscheduler(2), sched_getparam(2)), as plumbing.
pub fn policy() -> Result<(String, i32), Errno> {
    // SAFETY: an integer.
    let policy = answer(unsafe { libc::syscall(libc::SYS_sched_getscheduler, 0) })?;
    let mut param: libc::c_int = 0;
    // SAFETY: the kernel writes one struct sched_param, which is one int here.
    answer(unsafe { libc::syscall(libc::SYS_sched_getparam, 0, &mut param) })?;
    // SCHED_RESET_ON_FORK is a bit beside it.
    let name = POLICIES.get(policy as usize & 0xff).map_or_else(|| policy.to_string(), |name| name.to_string());
    Ok((name, param))
}

/// Asks for short turns of the CPU, and so for early ones, as plumbing: sched_setattr(2) with a `sched_runtime` under SCHED_OTHER, for the
/// calling thread and what it forks or starts later. It is for who runs a moment at each key, and is not to wait until a program that
/// computes has had its turn. Anybody may; before Linux 6.12 it changes nothing.
pub fn take_short_turns() {
    const TURN: u64 = 100_000; // nanoseconds, the least that the kernel gives
    const SIZE: u32 = size_of::<libc::sched_attr>() as u32;
    // SAFETY: a struct of integers, for which zeroes are values.
    let mut attr: libc::sched_attr = unsafe { std::mem::zeroed() };
    // SAFETY: the kernel writes at most so many bytes as it is told that there are.
    if answer(unsafe { libc::syscall(libc::SYS_sched_getattr, 0, &mut attr, SIZE, 0) }).is_ok() {
        attr.sched_runtime = TURN;
        // SAFETY: the kernel reads one struct sched_attr, whose size stands in its first field. Where it refuses, turns are as usual.
        unsafe { libc::syscall(libc::SYS_sched_setattr, 0, &attr, 0) };
    }
}
