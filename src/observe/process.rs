//! One process: its namespaces, identity, maps, cgroups, root.

use crate::kernel;
use crate::model::{Bounds, Clocks, Creds, IdMap, Inside, NsId, NsKind, RESOURCES, Resource, Rlimit, Seen, Snapshot};
use nix::errno::Errno;
use nix::time::ClockId;
use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};

/// All there is to see of a process but its mounts. `proc` is a mount of proc(5), `pid` a PID as that mount counts.
///
/// Nothing is lost when one link cannot be read: each has its own answer. A snapshot of a dead process has ENOENT
/// or ESRCH everywhere.
pub fn snapshot(proc: &Path, pid: i32) -> Snapshot {
    let dir = proc.join(pid.to_string());
    let status = read(&dir.join("status"));
    let ns_dir = dir.join("ns");
    let ns = NsKind::ALL.into_iter().map(|kind| (kind, link(&ns_dir.join(kind.name())))).collect();
    let next =
        NsKind::ALL.into_iter().filter_map(|kind| kind.row().children.map(|file| (kind, link(&ns_dir.join(file))))).collect();
    Snapshot {
        pid,
        nspid: status.is().map(|text| nspid(text)).unwrap_or_default(),
        ns,
        next,
        bounds: bounds(&dir, &status),
        creds: map(status, |text| creds(&text)),
        uid_map: map(read(&dir.join("uid_map")), |text| id_maps(&text)),
        gid_map: map(read(&dir.join("gid_map")), |text| id_maps(&text)),
        cgroup: map(read(&dir.join("cgroup")), |text| cgroup_paths(&text)),
        root: read_link(&dir.join("root")),
        clocks: map(read(&dir.join("timens_offsets")), |text| clocks(&text)),
        inside: None,
        mounts: None,
    }
}

/// The identity of the namespace that a link of `/proc/PID/ns` names, from its text alone (`pid:[4026531836]`):
/// readlink(2) is twice as fast as stat(2), which has to make the namespace's inode first.
pub fn link(path: &Path) -> Seen<NsId> {
    match nix::fcntl::readlink(path) {
        Ok(text) => match ns_number(&text.to_string_lossy()) {
            Some(ino) => Seen::Is(NsId { dev: 0, ino }),
            None => not(path, Errno::EINVAL),
        },
        Err(errno) => not(path, errno),
    }
}

/// 4026531836 of `pid:[4026531836]`.
pub fn ns_number(text: &str) -> Option<u64> {
    text.split_once(":[")?.1.strip_suffix(']')?.parse().ok()
}

/// The clocks of the calling process, in milliseconds (clock_gettime(2)).
pub fn clocks_now() -> Clocks {
    let millis = |clock: ClockId| clock.now().map_or(0, |time| time.tv_sec() * 1000 + time.tv_nsec() / 1_000_000);
    let realtime = millis(ClockId::CLOCK_REALTIME);
    Clocks {
        realtime,
        boottime: millis(ClockId::CLOCK_BOOTTIME) - realtime,
        monotonic: millis(ClockId::CLOCK_MONOTONIC) - realtime,
    }
}

/// What the calling process sees of itself.
pub fn inside() -> Inside {
    Inside {
        pid: nix::unistd::getpid().as_raw(),
        uid: nix::unistd::geteuid().as_raw(),
        gid: nix::unistd::getegid().as_raw(),
        hostname: match nix::unistd::gethostname() {
            Ok(name) => name.to_string_lossy().into_owned(),
            Err(errno) => crate::model::errno_name(errno),
        },
        cwd: match nix::unistd::getcwd() {
            Ok(path) => path.to_string_lossy().into_owned(),
            Err(errno) => crate::model::errno_name(errno),
        },
        groups: kernel::groups(),
        securebits: kernel::securebits(),
        subreaper: kernel::is_subreaper(),
        clocks: clocks_now(),
        limits: BTreeMap::new(),
    }
}

/// A whole file as text, unreadable bytes replaced. Files of /proc say that their size is 0, so a generic reader asks for it in
/// vain (statx, lseek) and begins with tiny reads; most of them fit into one page.
pub fn read(path: &Path) -> Seen<String> {
    let mut bytes = Vec::new();
    match std::fs::File::open(path).and_then(|file| read_pages(file, &mut bytes)) {
        Ok(()) => Seen::Is(match String::from_utf8(bytes) {
            Ok(text) => text,
            Err(odd) => String::from_utf8_lossy(odd.as_bytes()).into_owned(),
        }),
        Err(error) => not(path, Errno::from_raw(error.raw_os_error().unwrap_or(0))),
    }
}

fn read_pages(mut file: std::fs::File, bytes: &mut Vec<u8>) -> std::io::Result<()> {
    let mut page = [0; 4096];
    loop {
        match file.read(&mut page) {
            Ok(0) => return Ok(()),
            Ok(count) => bytes.extend_from_slice(&page[..count]),
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

/// The command line of a process, or its name where it has none: a kernel thread, a zombie. Untrusted: a process
/// writes both as it likes.
pub fn command(proc: &Path, pid: i32) -> Seen<String> {
    let dir = proc.join(pid.to_string());
    match read(&dir.join("cmdline")) {
        Seen::Is(text) if !text.is_empty() => Seen::Is(text.trim_end_matches('\0').replace('\0', " ")),
        _ => map(read(&dir.join("comm")), |name| name.trim_end_matches('\n').to_string()),
    }
}

/// The CPU time of a process in microseconds, its own and the kernel's for it (proc_pid_stat(5), utime and stime); 0 when it has ended.
pub fn cpu_time(proc: &Path, pid: i32) -> u64 {
    let stat = read(&proc.join(pid.to_string()).join("stat"));
    // The name stands in parentheses and may have blanks and parentheses in it.
    let fields = stat.is().and_then(|stat| stat.rsplit_once(')')).map(|(_, rest)| rest.split_whitespace().skip(11).take(2));
    let ticks: u64 = fields.into_iter().flatten().filter_map(|field| field.parse::<u64>().ok()).sum();
    // USER_HZ is 100 on all architectures that Rust's libc knows for Linux.
    ticks * 10_000
}

/// Is it PID 1 of a namespace without a handler for SIGINT? Then Ctrl-C does nothing to it (pid_namespaces(7)).
pub fn ignores_interrupt(pid: i32) -> bool {
    let status = read(Path::new(&format!("/proc/{pid}/status")));
    let Some(status) = status.is() else { return false };
    let first = field(status, "NSpid").is_some_and(|pids| {
        let pids: Vec<&str> = pids.split_whitespace().collect();
        pids.len() > 1 && pids.last() == Some(&"1")
    });
    let caught = field(status, "SigCgt").and_then(|mask| u64::from_str_radix(mask, 16).ok()).unwrap_or(u64::MAX);
    first && caught & (1 << (libc::SIGINT - 1)) == 0
}

/// Is it in an uninterruptible wait (state D, proc_pid_stat(5))? Handlers of signals do not run before that ends.
pub fn is_uninterruptible(pid: i32) -> bool {
    let status = read(Path::new(&format!("/proc/{pid}/status")));
    status.is().and_then(|status| field(status, "State")).is_some_and(|state| state.starts_with('D'))
}

/// Has it ended, or has it been sent SIGKILL and not come to that yet? A process whose cgroup is frozen (v1) does not, until it is thawed.
pub fn is_ending(pid: i32) -> bool {
    let status = read(Path::new(&format!("/proc/{pid}/status")));
    let Some(status) = status.is() else { return true };
    let pending = |name: &str| field(status, name).and_then(|mask| u64::from_str_radix(mask, 16).ok()).unwrap_or(0);
    let killed = (pending("SigPnd") | pending("ShdPnd")) & (1 << (libc::SIGKILL - 1)) != 0;
    killed || field(status, "State").is_none_or(|state| state.starts_with(['Z', 'X']))
}

/// A command line without the directory of its program: what is narrow shows the name.
pub fn command_name(line: &str) -> String {
    let (program, rest) = line.split_once(' ').map_or((line, None), |(program, rest)| (program, Some(rest)));
    let name = if program.starts_with('/') { program.rsplit('/').next().unwrap_or(program) } else { program };
    rest.map_or_else(|| name.to_string(), |rest| format!("{name} {rest}"))
}

/// The number of the last capability that this kernel knows (capabilities(7)).
pub fn last_capability() -> Option<u8> {
    read(Path::new("/proc/sys/kernel/cap_last_cap")).is()?.trim().parse().ok()
}

/// The target of a link.
pub fn read_link(path: &Path) -> Seen<String> {
    match nix::fcntl::readlink(path) {
        Ok(text) => Seen::Is(PathBuf::from(text).to_string_lossy().into_owned()),
        Err(errno) => not(path, errno),
    }
}

/// The lines of a `uid_map` or `gid_map`.
pub fn id_maps(text: &str) -> Vec<IdMap> {
    text.lines()
        .filter_map(|line| {
            let mut numbers = line.split_whitespace().map(str::parse::<u32>);
            Some(IdMap { inside: numbers.next()?.ok()?, outside: numbers.next()?.ok()?, count: numbers.next()?.ok()? })
        })
        .collect()
}

/// `controller → path` of `/proc/PID/cgroup` (cgroups(7)): v1 lines give one entry a controller, named
/// hierarchies `name=systemd`, the v2 line the empty key.
pub fn cgroup_paths(text: &str) -> BTreeMap<String, String> {
    let mut paths = BTreeMap::new();
    for line in text.lines() {
        let mut parts = line.splitn(3, ':');
        let (Some(_), Some(controllers), Some(path)) = (parts.next(), parts.next(), parts.next()) else { continue };
        for controller in controllers.split(',') {
            paths.insert(controller.to_string(), path.to_string());
        }
    }
    paths
}

/// The value of a line `Name:\tvalue` of a status file.
pub fn field<'a>(status: &'a str, name: &str) -> Option<&'a str> {
    status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':')).map(str::trim)
}

/// The octal escapes of mountinfo: `\040` for a space (proc_pid_mountinfo(5)).
pub fn unescape(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let octal = after.get(..3).filter(|_| first == b'\\').and_then(|three| std::str::from_utf8(three).ok());
        match octal.and_then(|three| u8::from_str_radix(three, 8).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = &after[3..];
            }
            None => {
                bytes.push(first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn nspid(status: &str) -> Vec<i32> {
    field(status, "NSpid").map(|pids| pids.split_whitespace().filter_map(|pid| pid.parse().ok()).collect()).unwrap_or_default()
}

fn creds(status: &str) -> Creds {
    let number = |name: &str| field(status, name).and_then(|text| text.parse().ok()).unwrap_or(0);
    let hex = |name: &str| field(status, name).and_then(|text| u64::from_str_radix(text, 16).ok()).unwrap_or(0);
    let list = |name: &str| {
        let ids = field(status, name).unwrap_or_default();
        ids.split_whitespace().filter_map(|id| id.parse().ok()).collect::<Vec<u32>>()
    };
    let four = |name: &str| <[u32; 4]>::try_from(list(name)).unwrap_or([u32::MAX; 4]);
    let (uids, gids) = (four("Uid"), four("Gid"));
    Creds {
        euid: uids[1],
        egid: gids[1],
        uids,
        gids,
        groups: list("Groups"),
        cap_eff: hex("CapEff"),
        cap_prm: hex("CapPrm"),
        cap_inh: hex("CapInh"),
        cap_bnd: hex("CapBnd"),
        cap_amb: hex("CapAmb"),
        no_new_privs: number("NoNewPrivs") == 1,
        seccomp: number("Seccomp") as u8,
        seccomp_filters: number("Seccomp_filters"),
        threads: number("Threads"),
        state: field(status, "State").and_then(|text| text.chars().next()).unwrap_or('?'),
    }
}

fn bounds(dir: &Path, status: &Seen<String>) -> Bounds {
    let number = |file: &str, text: Option<&str>| match text.and_then(|text| text.trim().parse().ok()) {
        Some(number) => Seen::Is(number),
        None => not(&dir.join(file), Errno::EINVAL),
    };
    Bounds {
        rlimits: map(read(&dir.join("limits")), |text| rlimits(&text)),
        oom_score_adj: match read(&dir.join("oom_score_adj")) {
            Seen::Is(text) => number("oom_score_adj", Some(&text)),
            Seen::Not { path, errno } => Seen::Not { path, errno },
        },
        nice: match read(&dir.join("stat")) {
            // The name in parentheses may hold anything, blanks and parentheses, too; nice is the 17th field after it.
            Seen::Is(text) => number("stat", text.rsplit_once(')').and_then(|(_, rest)| rest.split_whitespace().nth(16))),
            Seen::Not { path, errno } => Seen::Not { path, errno },
        },
        cpus: match status {
            Seen::Is(text) => match field(text, "Cpus_allowed_list") {
                Some(list) => Seen::Is(list.into()),
                None => not(&dir.join("status"), Errno::EINVAL),
            },
            Seen::Not { path, errno } => Seen::Not { path: path.clone(), errno: *errno },
        },
    }
}

/// The lines of `/proc/PID/limits`: a name of several words, soft limit, hard limit, unit.
fn rlimits(text: &str) -> BTreeMap<String, Rlimit> {
    let limit = |word: &str| if word == "unlimited" { Some(None) } else { word.parse().ok().map(Some) };
    let line = |resource: &Resource| {
        let rest = text.lines().find_map(|line| line.strip_prefix(resource.line))?;
        let mut words = rest.split_whitespace();
        Some((resource.name.to_string(), Rlimit { soft: limit(words.next()?)?, hard: limit(words.next()?)? }))
    };
    RESOURCES.iter().filter_map(line).collect()
}

fn clocks(text: &str) -> Vec<(String, i64)> {
    text.lines()
        .filter_map(|line| {
            let mut words = line.split_whitespace();
            Some((words.next()?.to_string(), words.next()?.parse().ok()?))
        })
        .filter(|(_, seconds)| *seconds != 0)
        .collect()
}

fn not<T>(path: &Path, errno: Errno) -> Seen<T> {
    Seen::Not { path: path.to_string_lossy().into_owned(), errno: errno as i32 }
}

fn map<T, U>(seen: Seen<T>, f: impl FnOnce(T) -> U) -> Seen<U> {
    match seen {
        Seen::Is(value) => Seen::Is(f(value)),
        Seen::Not { path, errno } => Seen::Not { path, errno },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cgroup_lines_of_a_hybrid_host_read_by_controller() {
        let paths = cgroup_paths("9:name=systemd:/\n4:memory:/a:b\n2:cpu,cpuacct:/c\n0::/d\n");
        assert_eq!(paths["memory"], "/a:b");
        assert_eq!((paths["cpu"].as_str(), paths["cpuacct"].as_str()), ("/c", "/c"));
        assert_eq!((paths[""].as_str(), paths["name=systemd"].as_str()), ("/d", "/"));
    }

    #[test]
    fn limits_read_by_name_whatever_their_words() {
        let text = "Limit                     Soft Limit           Hard Limit           Units     \n\
                    Max cpu time              unlimited            unlimited            seconds   \n\
                    Max open files            1024                 1048576              files     \n";
        let found = rlimits(text);
        assert_eq!(found["NOFILE"], Rlimit { soft: Some(1024), hard: Some(1048576) });
        assert_eq!(found["CPU"].to_string(), "unlimited/unlimited");
        assert_eq!(found.len(), 2);
    }

    #[test]
    fn all_limits_of_this_kernel_have_names_here() {
        let seen = snapshot(Path::new("/proc"), std::process::id() as i32);
        assert_eq!(seen.bounds.rlimits.is().map(BTreeMap::len), Some(RESOURCES.len()));
        assert!(seen.bounds.nice.is().is_some() && seen.bounds.cpus.is().is_some() && seen.bounds.oom_score_adj.is().is_some());
    }

    #[test]
    fn a_dead_process_gives_reasons_not_silence() {
        let seen = snapshot(Path::new("/proc"), i32::MAX);
        assert_eq!(seen.creds.errno(), Some(Errno::ENOENT));
        assert!(seen.ns.values().all(|id| id.errno() == Some(Errno::ENOENT)));
    }

    #[test]
    fn this_process_is_seen_as_it_sees_itself() {
        let seen = snapshot(Path::new("/proc"), std::process::id() as i32);
        assert_eq!(seen.ns.len(), 8);
        assert!(seen.ns_id(NsKind::Pid).is_some());
        assert_eq!(seen.creds.is().map(|creds| creds.euid), Some(inside().uid));
    }
}
