//! The moment of a failure: everything that can be read, from outside, to decide why a call was refused.
//!
//! Read once, when something has failed; what only some calls need (files, mounts, a search through all processes) is read for those only.

mod file;
mod userns;

use super::cgroup::Hierarchies;
use super::mounts;
use super::process::{link, read};
use crate::model::{Arg, Call, Live, NsId, NsKind, Seen, Snapshot};
use nix::errno::Errno;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// What failed, and for whom.
#[derive(Clone, Debug)]
pub struct Moment<'a> {
    /// The call; None: nothing was called yet.
    pub call: Option<&'a Call>,
    /// The process that made it.
    pub caller: Snapshot,
    /// The process that it was about, where there is another.
    pub target: Option<Snapshot>,
    /// The observer's own namespaces.
    pub host: &'a BTreeMap<NsKind, NsId>,
    /// It was made in the subject.
    pub inside: bool,
}

/// Reads what there is to know. `proc` is a mount of proc(5) that counts as the caller's PID in the snapshot does.
pub fn live(proc: &Path, moment: Moment<'_>) -> Live {
    let Moment { call, caller, target, host, inside } = moment;
    let dir = proc.join(caller.pid.to_string());
    let number = |path: &str| read(Path::new(path)).is()?.trim().parse().ok();
    let name = call.map(|call| call.name.as_str()).unwrap_or_default();
    let errno = call.and_then(Call::errno);
    let forks = name == "clone3" || name == "clone" || name == "fork";
    let mut tree = userns::Tree::default();
    let owners = tree.owners(&dir.join("ns"));
    let target_owners =
        target.as_ref().map(|target| tree.owners(&proc.join(target.pid.to_string()).join("ns"))).unwrap_or_default();
    let files: Vec<_> = paths(call).map(|path| file::file(&dir, &caller, path)).collect();
    let hierarchies = Hierarchies::probe(Path::new("/"), proc, std::process::id() as i32).is().cloned();
    let own = target.as_ref().unwrap_or(&caller);
    Live {
        userns: tree.known,
        owners,
        target_owners,
        userns_clone: number("/proc/sys/kernel/unprivileged_userns_clone"),
        apparmor_userns: number("/proc/sys/kernel/apparmor_restrict_unprivileged_userns"),
        chrooted: caller.root.is().map(|root| root != "/"),
        kinds: NsKind::ALL.into_iter().filter(|kind| link(&proc.join("self/ns").join(kind.name())).is().is_some()).collect(),
        setgroups: trimmed(read(&proc.join(own.pid.to_string()).join("setgroups"))),
        init_gone: forks && errno == Some(Errno::ENOMEM) && init_gone(proc, &caller),
        max_processes: processes(&read(&dir.join("limits"))),
        pids_full: hierarchies.as_ref().filter(|_| forks).and_then(|all| all.pids_full(proc, caller.pid)),
        cgroup: hierarchies.as_ref().zip(call.and_then(first_path)).and_then(|(all, path)| all.live(proc, Path::new(path))),
        mounts: if name_is_about_files(name) {
            read(&dir.join("mountinfo")).is().map(|text| mounts::of_text(text)).unwrap_or_default()
        } else {
            Vec::new()
        },
        children: super::family::children(proc, caller.pid).len(),
        files,
        caller,
        target,
        host: host.clone(),
        inside,
    }
}

fn name_is_about_files(name: &str) -> bool {
    ["mount", "umount", "umount2", "pivot_root", "chroot", "execve", "openat", "mknod", "mknodat", "move_mount", "open_tree"]
        .contains(&name)
        || name.starts_with("fs")
        || name == "mount_setattr"
}

/// The paths that a call names, in order: strings, and the files that are open.
fn paths(call: Option<&Call>) -> impl Iterator<Item = &str> {
    let takes = call
        .filter(|call| name_is_about_files(&call.name) || matches!(call.name.as_str(), "setns" | "mkdir" | "chown" | "fchownat"));
    takes.into_iter().flat_map(|call| &call.args).filter_map(|arg| match arg {
        Arg::Str(path) | Arg::Fd(_, path) if path.starts_with('/') || path.starts_with('.') => Some(path.as_str()),
        _ => None,
    })
}

fn first_path(call: &Call) -> Option<&str> {
    call.args.iter().find_map(|arg| match arg {
        Arg::Str(path) | Arg::Fd(_, path) if path.starts_with('/') => Some(path.as_str()),
        _ => None,
    })
}

/// Where children would be born there is nobody, and the init that was there cannot come back.
fn init_gone(proc: &Path, caller: &Snapshot) -> bool {
    let Some(Seen::Is(next)) = caller.next.get(&NsKind::Pid) else { return false };
    if caller.ns_id(NsKind::Pid) == Some(*next) {
        return false;
    }
    let entries = std::fs::read_dir(proc).into_iter().flatten().flatten();
    let numbers = entries.filter(|entry| entry.file_name().to_str().is_some_and(|name| name.parse::<i32>().is_ok()));
    !numbers.into_iter().any(|entry| link(&entry.path().join("ns/pid")).is() == Some(next))
}

/// `Max processes  63436  63436  processes`: the soft limit.
fn processes(limits: &Seen<String>) -> Option<u64> {
    limits.is()?.lines().find_map(|line| line.strip_prefix("Max processes"))?.split_whitespace().next()?.parse().ok()
}

fn trimmed(seen: Seen<String>) -> Option<String> {
    seen.is().map(|text| text.trim().to_string())
}

/// What a process may read of the limits of its own user namespace: `/proc/sys/user` answers for the reader's (namespaces(7)).
pub fn max_namespaces() -> BTreeMap<String, u64> {
    let of = |kind: NsKind| {
        let path = PathBuf::from(format!("/proc/sys/user/max_{kind}_namespaces"));
        Some((kind.name().to_string(), read(&path).is()?.trim().parse().ok()?))
    };
    NsKind::ALL.into_iter().filter_map(of).collect()
}
