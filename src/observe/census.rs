//! All namespaces of this machine, as lsns(8) lists them: those of processes, those that only a mount keeps alive, and
//! those that live on because others are their children or property.
//!
//! One pass over /proc with eight readlinkat(2) a process (stat(2) takes twice as long: it has to make the namespace's
//! inode), a hash table, and the ioctls once a namespace: linear in the number of processes.

use super::process::{command, ns_number};
use crate::kernel::{ns_owner, ns_parent};
use crate::model::{NsId, NsKind, Seen};
use nix::errno::Errno;
use nix::fcntl::{OFlag, open, openat, readlinkat};
use nix::sys::stat::{Mode, fstat, stat};
use std::collections::{BTreeMap, HashMap};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::{Path, PathBuf};

/// The process with the lowest PID in a namespace: usually the one that made it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leader {
    /// Its PID.
    pub pid: i32,
    /// The user it runs as (owner of `/proc/PID`).
    pub uid: Seen<u32>,
    /// Its command line, or its name where it has none (a kernel thread, a zombie); untrusted.
    pub command: Seen<String>,
}

/// A namespace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Namespace {
    /// Its kind.
    pub kind: NsKind,
    /// Its identity.
    pub id: NsId,
    /// How many processes are in it.
    pub processes: usize,
    /// The first of them; None: there is no process.
    pub leader: Option<Leader>,
    /// Where it is mounted (bind mounts of its link): such a mount keeps it alive without processes.
    pub mounts: Vec<Mounted>,
    /// Its parent; None for the kinds without parents. EPERM: it has none, or none that we may see.
    pub parent: Option<Seen<NsId>>,
    /// The user namespace that owns it. EPERM: none, or none that we may see.
    pub owner: Seen<NsId>,
}

/// A bind mount of a namespace's link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mounted {
    /// Where; untrusted.
    pub point: String,
    /// In which mount namespace; None: in the reader's own.
    pub within: Option<NsId>,
    /// How the reader comes to it.
    path: PathBuf,
}

/// What was found, and what could not be read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Census {
    /// By kind, then by number.
    pub namespaces: Vec<Namespace>,
    /// How many processes could be read.
    pub processes: usize,
    /// How many could not, and why: ptrace(2)'s rules hold for the links (EACCES).
    pub unread: BTreeMap<i32, usize>,
}

#[derive(Default)]
struct Found {
    processes: usize,
    lowest: Option<i32>,
    mounts: Vec<Mounted>,
    parent: Option<Seen<NsId>>,
    owner: Option<Seen<NsId>>,
}

type Table = HashMap<(NsKind, u64), Found>;

/// Counts all namespaces that can be seen through this mount of proc(5).
///
/// Errors: what opening `proc` says; a process that cannot be read is counted, one that ends meanwhile is not.
pub fn census(proc: &Path) -> Result<Census, Errno> {
    let mut census = Census::default();
    let mut table = Table::new();
    let dir = open(proc, OFlag::O_RDONLY | OFlag::O_DIRECTORY | OFlag::O_CLOEXEC, Mode::empty())?;
    for pid in pids(proc)? {
        match count(dir.as_fd(), pid, &mut table) {
            Ok(0) => {}
            Ok(_) => census.processes += 1,
            Err(errno) => *census.unread.entry(errno as i32).or_default() += 1,
        }
    }
    find_mounted(proc, &mut table);
    relate(proc, &mut table);
    let mut leaders = HashMap::new();
    for ((kind, ino), found) in table {
        let leader = found.lowest.map(|pid| leaders.entry(pid).or_insert_with(|| leader(proc, pid)).clone());
        let unknown = || Seen::Not { path: format!("{kind}:[{ino}]"), errno: Errno::ENOENT as i32 };
        census.namespaces.push(Namespace {
            kind,
            id: NsId { dev: 0, ino },
            processes: found.processes,
            leader,
            mounts: found.mounts,
            parent: has_parent(kind).then(|| found.parent.unwrap_or_else(unknown)),
            owner: found.owner.unwrap_or_else(unknown),
        });
    }
    census.namespaces.sort_unstable_by_key(|ns| (ns.kind, ns.id.ino));
    Ok(census)
}

/// A namespace that nothing is known to be in, by a descriptor on it.
pub fn lonely(kind: NsKind, id: NsId, fd: BorrowedFd<'_>) -> Namespace {
    let parent = has_parent(kind).then(|| answer(ns_parent(fd), kind, id.ino).0);
    let owner = answer(ns_owner(fd), kind, id.ino).0;
    Namespace { kind, id, processes: 0, leader: None, mounts: Vec::new(), parent, owner }
}

/// User and PID namespaces are nested; the others are flat (namespaces(7)).
pub fn has_parent(kind: NsKind) -> bool {
    matches!(kind, NsKind::User | NsKind::Pid)
}

/// The processes that a mount of proc(5) shows.
///
/// Errors: what opening the directory says.
pub fn pids(proc: &Path) -> Result<Vec<i32>, Errno> {
    let number = |entry: std::io::Result<std::fs::DirEntry>| entry.ok()?.file_name().to_str()?.parse().ok();
    let dir = std::fs::read_dir(proc).map_err(|error| Errno::from_raw(error.raw_os_error().unwrap_or(0)))?;
    Ok(dir.filter_map(number).collect())
}

/// Enters one process in the table; how many of its links could be read (none of a process that is gone).
fn count(proc: BorrowedFd<'_>, pid: i32, table: &mut Table) -> Result<usize, Errno> {
    let dir =
        match openat(proc, format!("{pid}/ns").as_str(), OFlag::O_PATH | OFlag::O_DIRECTORY | OFlag::O_CLOEXEC, Mode::empty()) {
            Ok(dir) => dir,
            Err(Errno::ENOENT | Errno::ESRCH) => return Ok(0),
            Err(errno) => return Err(errno),
        };
    let mut read = 0;
    for kind in NsKind::ALL {
        let text = match readlinkat(&dir, kind.name()) {
            Ok(text) => text,
            // A zombie has left most of its namespaces, and an old kernel lacks some kinds.
            Err(Errno::ENOENT | Errno::ESRCH) => continue,
            // The same rule holds for all its links (PTRACE_MODE_READ_FSCREDS): no need to ask eight times.
            Err(errno) => return Err(errno),
        };
        let Some(ino) = text.to_str().and_then(ns_number) else { continue };
        let found = table.entry((kind, ino)).or_default();
        found.processes += 1;
        found.lowest = Some(found.lowest.map_or(pid, |lowest| lowest.min(pid)));
        read += 1;
    }
    Ok(read)
}

/// Enters the bind mounts of every mount namespace that has a process, the reader's own first: what is mounted there has copies in each
/// namespace that was made after it, and those are no news.
fn find_mounted(proc: &Path, table: &mut Table) {
    let own = super::process::link(&proc.join("self/ns/mnt")).is().map(|id| id.ino);
    let others = table.iter().filter(|((kind, ino), _)| *kind == NsKind::Mnt && Some(*ino) != own);
    let mut others: Vec<(u64, i32)> = others.filter_map(|((_, ino), found)| Some((*ino, found.lowest?))).collect();
    others.sort_unstable();
    let own = std::iter::once((None, proc.join("self"), PathBuf::new()));
    let within = |(ino, pid): (u64, i32)| {
        let dir = proc.join(pid.to_string());
        (Some(NsId { dev: 0, ino }), dir.clone(), dir.join("root"))
    };
    for (within, dir, root) in own.chain(others.into_iter().map(within)) {
        let text = std::fs::read(dir.join("mountinfo")).unwrap_or_default();
        for (kind, ino, point) in mounted(&String::from_utf8_lossy(&text)) {
            let found = table.entry((kind, ino)).or_default();
            if found.mounts.iter().all(|mount| mount.within == within) {
                // Below another process's root an absolute path begins anew.
                let path = if within.is_some() { root.join(point.trim_start_matches('/')) } else { PathBuf::from(&point) };
                found.mounts.push(Mounted { point, within, path });
            }
        }
    }
}

/// Asks each namespace once for its parent and owner; those that come to light only so join the table.
fn relate(proc: &Path, table: &mut Table) {
    let known: Vec<(NsKind, u64)> = table.keys().copied().collect();
    for (kind, ino) in known {
        let Some(found) = table.get(&(kind, ino)) else { continue };
        let by_process = found.lowest.map(|pid| proc.join(format!("{pid}/ns/{kind}")));
        let paths = by_process.into_iter().chain(found.mounts.iter().map(|mount| mount.path.clone()));
        if let Some(fd) = paths.filter_map(|path| open_ns(&path, ino)).next() {
            ask(kind, ino, fd, table);
        }
    }
}

/// Opens a namespace, if the path still leads to it: the process may have moved or ended, the mount may be covered.
fn open_ns(path: &Path, ino: u64) -> Option<OwnedFd> {
    // O_NONBLOCK: whatever covers the mount point must not make us wait.
    let fd = open(path, OFlag::O_RDONLY | OFlag::O_NONBLOCK | OFlag::O_CLOEXEC, Mode::empty()).ok()?;
    (fstat(&fd).ok()?.st_ino == ino).then_some(fd)
}

/// Follows owners and parents upwards as long as they are new.
fn ask(kind: NsKind, ino: u64, fd: OwnedFd, table: &mut Table) {
    let mut open = vec![(kind, ino, fd)];
    while let Some((kind, ino, fd)) = open.pop() {
        let found = table.entry((kind, ino)).or_default();
        if found.owner.is_some() {
            continue;
        }
        let (owner, owner_fd) = answer(ns_owner(fd.as_fd()), kind, ino);
        found.owner = Some(owner);
        open.extend(owner_fd.map(|(ino, fd)| (NsKind::User, ino, fd)));
        if has_parent(kind) {
            let (parent, parent_fd) = answer(ns_parent(fd.as_fd()), kind, ino);
            found.parent = Some(parent);
            open.extend(parent_fd.map(|(ino, fd)| (kind, ino, fd)));
        }
    }
}

fn answer(got: Result<OwnedFd, Errno>, kind: NsKind, ino: u64) -> (Seen<NsId>, Option<(u64, OwnedFd)>) {
    match got.and_then(|fd| Ok((fstat(&fd)?.st_ino, fd))) {
        Ok((ino, fd)) => (Seen::Is(NsId { dev: 0, ino }), Some((ino, fd))),
        Err(errno) => (Seen::Not { path: format!("{kind}:[{ino}]"), errno: errno as i32 }, None),
    }
}

/// The bind mounts of namespaces in a mountinfo file (proc_pid_mountinfo(5)): kind, number, mount point.
pub fn mounted(mountinfo: &str) -> Vec<(NsKind, u64, String)> {
    let line = |line: &str| {
        let (mount, filesystem) = line.split_once(" - ")?;
        let mut fields = mount.split(' ').skip(3);
        let (root, point) = (fields.next()?, fields.next()?);
        let kind = NsKind::of_name(root.split_once(':')?.0)?;
        filesystem.starts_with("nsfs ").then_some((kind, ns_number(root)?, unescaped(point)))
    };
    mountinfo.lines().filter_map(line).collect()
}

/// Blank, tab, newline and backslash stand as `\040` and so on in mountinfo.
fn unescaped(path: &str) -> String {
    let plain = |text: String, (code, sign): (&str, &str)| text.replace(code, sign);
    [("\\040", " "), ("\\011", "\t"), ("\\012", "\n"), ("\\134", "\\")].into_iter().fold(path.to_string(), plain)
}

fn leader(proc: &Path, pid: i32) -> Leader {
    let dir = proc.join(pid.to_string());
    let uid = match stat(&dir) {
        Ok(stat) => Seen::Is(stat.st_uid),
        Err(errno) => Seen::Not { path: dir.to_string_lossy().into_owned(), errno: errno as i32 },
    };
    Leader { pid, uid, command: command(proc, pid) }
}

#[cfg(test)]
#[path = "census_tests.rs"]
mod tests;
