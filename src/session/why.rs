//! Why a line failed: the call, the live state read at that moment, the table's answer.

use super::engine::Session;
use crate::explain;
use crate::model::{Advice, Arg, Call, NsKind};
use crate::observe::{self, Moment, family::family, process::link};
use nix::errno::Errno;
use std::path::Path;

const PROC: &str = "/proc";

impl Session {
    /// The reasons of the failure that these calls ended with.
    pub(super) fn why(&self, calls: &[Call], errno: i32, inside: bool) -> Advice {
        // What a command needs for itself, a pipe to its child, is not listed; the reason of EMFILE is the same for all that open something.
        let unlisted = || Call { name: "pipe2".into(), args: Vec::new(), answer: Err(errno) };
        let known = explain::failed(calls, errno).or_else(|| (errno == Errno::EMFILE as i32).then(unlisted));
        let Some(call) = &known else { return Advice::default() };
        let proc = Path::new(PROC);
        let caller = match inside {
            true => self.stages[self.current].view().seen,
            false => observe::snapshot(proc, std::process::id() as i32),
        };
        let target = target(call).and_then(|number| match number {
            Number::Host(pid) => Some(pid),
            Number::OfCaller(pid) => self.host_pid(pid, &caller, inside),
            Number::Caller => Some(caller.pid),
        });
        let target = target.map(|pid| observe::snapshot(proc, pid));
        explain::advise(call, &observe::live(proc, Moment { call: Some(call), caller, target, host: self.host(), inside }))
    }

    /// The PID of one of the bench's processes as the observer counts, from what the caller calls it.
    fn host_pid(&self, pid: i32, caller: &crate::model::Snapshot, inside: bool) -> Option<i32> {
        let own = caller.ns_id(NsKind::Pid)?;
        if !inside || self.host().get(&NsKind::Pid) == Some(&own) {
            return Some(pid);
        }
        let there = |of: i32| link(&Path::new(PROC).join(format!("{of}/ns/pid"))).is() == Some(&own);
        let ours = family(Path::new(PROC), self.keeper);
        ours.into_iter().find(|member| member.nspid.last() == Some(&pid) && there(member.pid)).map(|member| member.pid)
    }
}

/// A process that a call names.
enum Number {
    Host(i32),
    OfCaller(i32),
    /// `/proc/self`.
    Caller,
}

fn target(call: &Call) -> Option<Number> {
    if matches!(call.name.as_str(), "kill" | "pidfd_send_signal" | "wait4") {
        return match call.args.first()? {
            Arg::Raw(word) => word.parse().ok().filter(|pid| *pid > 0).map(Number::OfCaller),
            Arg::Fd(_, label) => pidfd(label),
            Arg::Str(_) | Arg::Reply(..) => None,
        };
    }
    call.args.iter().find_map(|arg| match arg {
        Arg::Str(path) | Arg::Fd(_, path) => {
            let name = path.strip_prefix("/proc/").and_then(|rest| rest.split('/').next());
            let number =
                name.and_then(|name| if name == "self" { Some(Number::Caller) } else { name.parse().ok().map(Number::Host) });
            pidfd(path).or(number)
        }
        Arg::Raw(_) | Arg::Reply(..) => None,
    })
}

fn pidfd(label: &str) -> Option<Number> {
    label.strip_prefix("pidfd:[")?.strip_suffix(']')?.parse().ok().map(Number::Host)
}
