//! The moment of a failure: everything that can be read, from outside, to decide why a call was refused.
//!
//! Read once, when something has failed; what only some calls need (files, mounts, a search through all processes) is read for those only.

mod file;
mod userns;

use super::census::pids;
use super::cgroup::Hierarchies;
use super::mounts;
use super::process::{field, is_ending, link, read};
use crate::model::{Arg, Call, Live, NsId, NsKind, PidLive, Seen, Snapshot};
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
    let files: Vec<_> = paths(call).iter().map(|path| file::file(&dir, &caller, path)).collect();
    let hierarchies = Hierarchies::own(proc).is().cloned();
    let own = target.as_ref().unwrap_or(&caller);
    let about_net = name.starts_with("RTM_") || matches!(name, "connect" | "sendto" | "bind" | "socket" | "recvfrom");
    let (links, lo_up) = if about_net { network(&dir) } else { (Vec::new(), None) };
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
        user_tasks: if forks && errno == Some(Errno::EAGAIN) { user_tasks(proc, &dir) } else { None },
        pids_full: hierarchies.as_ref().filter(|_| forks).and_then(|all| all.pids_full(proc, caller.pid)),
        cgroup: hierarchies.as_ref().zip(call.and_then(first_path)).and_then(|(all, path)| {
            let seen = if inside { outer(all, proc, caller.pid, path) } else { None };
            all.live(proc, &seen.unwrap_or_else(|| path.into()))
        }),
        mounts: if name_is_about_files(name) {
            mounts::of(proc, caller.pid).is().cloned().unwrap_or_default()
        } else {
            Vec::new()
        },
        filesystems: match name {
            "mount" | "fsopen" => filesystems(&read(&proc.join("filesystems"))),
            _ => Vec::new(),
        },
        users: match (name, call.and_then(first_path)) {
            ("umount2", Some(path)) => users(proc, caller.pid, path),
            _ => Vec::new(),
        },
        links,
        lo_up,
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

/// The paths that a call names, in order: strings, and the files that are open. Of calls about files any word may be one.
fn paths(call: Option<&Call>) -> Vec<String> {
    let takes = call.filter(|call| {
        name_is_about_files(&call.name)
            || matches!(call.name.as_str(), "setns" | "mkdir" | "chown" | "fchownat" | "chdir" | "write")
    });
    let args = || takes.into_iter().flat_map(|call| &call.args);
    let words = args().filter_map(|arg| match arg {
        Arg::Str(path) | Arg::Fd(_, path) if !path.is_empty() && path.len() < 4096 => Some(path.clone()),
        _ => None,
    });
    // The directories of an overlay stand among its options.
    let layers = args().filter_map(|arg| match arg {
        Arg::Str(text) if text.contains("lowerdir=") => {
            Some(text.split([',', ':', '=']).filter(|word| word.starts_with('/')).map(str::to_string))
        }
        _ => None,
    });
    words.chain(layers.flatten()).collect()
}

fn first_path(call: &Call) -> Option<&str> {
    call.args.iter().find_map(|arg| match arg {
        Arg::Str(path) | Arg::Fd(_, path) if path.starts_with('/') => Some(path.as_str()),
        // `{flags=CLONE_INTO_CGROUP, …, cgroup=7</sys/fs/cgroup/box>}`
        Arg::Raw(text) => text.split_once('<')?.1.rsplit_once('>').map(|(path, _)| path).filter(|path| path.starts_with('/')),
        _ => None,
    })
}

/// Where a path below a cgroup2 mount of the caller's own lies in the observer's. Its mountinfo names the root of that mount as
/// the observer's cgroup namespace counts (cgroup_namespaces(7)).
fn outer(all: &Hierarchies, proc: &Path, pid: i32, path: &str) -> Option<PathBuf> {
    let mounts = mounts::of(proc, pid).is().cloned()?;
    let on = mounts.iter().filter(|mount| Path::new(path).starts_with(&mount.point));
    // Of several at one place the last one covers the others.
    let mount = on.max_by_key(|mount| mount.point.len()).filter(|mount| mount.fs == "cgroup2")?;
    Some(all.v2()?.dir(&mount.root)?.join(Path::new(path).strip_prefix(&mount.point).ok()?))
}

/// Where children would be born there is nobody, and the init that was there cannot come back.
fn init_gone(proc: &Path, caller: &Snapshot) -> bool {
    let Some(Seen::Is(next)) = caller.next.get(&NsKind::Pid) else { return false };
    if caller.ns_id(NsKind::Pid) == Some(*next) {
        return false;
    }
    // One that has ended and is not waited for yet keeps its links, and is no init any more.
    let members = |pid: &i32| link(&proc.join(format!("{pid}/ns/pid"))).is() == Some(next) && !is_ending(*pid);
    !pids(proc).unwrap_or_default().iter().any(members)
}

/// `nodev tmpfs`, `ext4`: the types of filesystems that the kernel knows.
fn filesystems(text: &Seen<String>) -> Vec<String> {
    text.is()
        .map(|text| text.lines().filter_map(|line| Some(line.split_whitespace().last()?.to_string())).collect())
        .unwrap_or_default()
}

/// `Max processes  63436  63436  processes`: the soft limit.
fn processes(limits: &Seen<String>) -> Option<u64> {
    limits.is()?.lines().find_map(|line| line.strip_prefix("Max processes"))?.split_whitespace().next()?.parse().ok()
}

/// The tasks of the user who is behind this process, as the reader counts users.
fn user_tasks(proc: &Path, dir: &Path) -> Option<u64> {
    let of = |dir: &Path| {
        let status = read(&dir.join("status"));
        let field = |name| field(status.is()?, name)?.split_whitespace().next()?.parse::<u64>().ok();
        Some((field("Uid")?, field("Threads")?))
    };
    let (user, _) = of(dir)?;
    let tasks = pids(proc).ok()?.into_iter().filter_map(|pid| of(&proc.join(pid.to_string())));
    Some(tasks.filter(|(uid, _)| *uid == user).map(|(_, threads)| threads).sum())
}

fn trimmed(seen: Seen<String>) -> Option<String> {
    seen.is().map(|text| text.trim().to_string())
}

/// Files of /proc/sys that hold a limit of a namespace.
const LIMITS: &[&str] = &["net/ipv4/ip_unprivileged_port_start", "kernel/shmmax", "kernel/msgmni"];

/// The limits of the caller's own namespaces: `/proc/sys` answers for those of the reader (namespaces(7)).
pub fn own_limits() -> BTreeMap<String, u64> {
    let of = |file: &str| {
        let path = Path::new("/proc/sys").join(file);
        Some((file.rsplit('/').next()?.to_string(), read(&path).is()?.trim().parse().ok()?))
    };
    let kinds = NsKind::ALL.into_iter().map(|kind| format!("user/max_{kind}_namespaces"));
    kinds.chain(LIMITS.iter().map(|file| (*file).to_string())).filter_map(|file| of(&file)).collect()
}

/// The devices of the caller's network namespace (`/proc/PID/net/dev`), and whether lo is up: then 127.0.0.1 is a local address.
fn network(dir: &Path) -> (Vec<String>, Option<bool>) {
    let lines = read(&dir.join("net/dev"));
    let links =
        lines.is().map(|text| text.lines().skip(2).filter_map(|line| Some(line.split_once(':')?.0.trim().to_string())).collect());
    let up = read(&dir.join("net/fib_trie")).is().map(|text| text.contains("127.0.0.1"));
    (links.unwrap_or_default(), up)
}

/// The caller's descendants that have their working directory at or below a path.
fn users(proc: &Path, pid: i32, path: &str) -> Vec<PidLive> {
    let below = super::family::family(proc, pid).into_iter().skip(1);
    below
        .filter(|member| {
            let cwd = super::process::read_link(&proc.join(member.pid.to_string()).join("cwd"));
            cwd.is().is_some_and(|cwd| Path::new(cwd).starts_with(path))
        })
        .map(|member| PidLive { pid: member.pid, comm: member.command.is().cloned().unwrap_or_default() })
        .collect()
}
