//! The list of provocations: what is typed, and which row must explain it.

mod table;

use boxlab::observe::cgroup::{Hierarchies, Version};
use std::path::Path;

/// As whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    /// As the tests run: root.
    Root,
    /// As uid 65534 without capabilities.
    Nobody,
}

/// A failure, and its reason.
pub struct Provocation {
    /// The row that must be confirmed.
    pub row: &'static str,
    /// Words as in an example's `needs`.
    pub needs: &'static str,
    /// As whom.
    pub who: Who,
    /// Lines before. `{tmp}` is a directory of this test's own.
    pub after: &'static str,
    /// The line that fails.
    pub line: &'static str,
    /// With this errno.
    pub errno: &'static str,
    /// A piece of the reason, in both languages: what was seen.
    pub seen: &'static str,
    /// The next step is typed as it stands, and must work.
    pub cured: bool,
    /// No state decides: the row is the first of the possible ones.
    pub possible: bool,
}

const fn root(
    row: &'static str,
    after: &'static str,
    line: &'static str,
    errno: &'static str,
    seen: &'static str,
) -> Provocation {
    Provocation { row, needs: "root", who: Who::Root, after, line, errno, seen, cured: false, possible: false }
}

const fn nobody(
    row: &'static str,
    after: &'static str,
    line: &'static str,
    errno: &'static str,
    seen: &'static str,
) -> Provocation {
    Provocation { row, needs: "root userns", who: Who::Nobody, after, line, errno, seen, cured: false, possible: false }
}

impl Provocation {
    /// The next step works.
    const fn cured(self) -> Provocation {
        Provocation { cured: true, ..self }
    }

    const fn needs(self, needs: &'static str) -> Provocation {
        Provocation { needs, ..self }
    }

    const fn possible(self) -> Provocation {
        Provocation { possible: true, ..self }
    }
}

/// All of them.
pub const ALL: &[Provocation] = &[
    nobody("A1", "", "unshare uts", "EPERM", "CAP_SYS_ADMIN").cured(),
    nobody("A1", "", "clone pid", "EPERM", "CAP_SYS_ADMIN"),
    root("A3", "unshare user", "unshare user", "EPERM", "uid 0").cured(),
    root("A3", "unshare user; idmap uid 0 0 1", "unshare user", "EPERM", "gid").cured(),
    nobody("A3", "unshare user", "unshare user", "EPERM", "65534").cured(),
    root("A8", "unshare pid", "unshare pid", "EINVAL", "pid_for_children").cured(),
    root("A8", "unshare pid", "clone pid", "EINVAL", "pid_for_children"),
    root("A9", "unshare pid; spawn true", "spawn true", "ENOMEM", "pid:[").cured(),
    root("A9", "unshare pid; spawn true", "fork", "ENOMEM", "pid:[").cured(),
    root(
        "A11",
        "clone pid;clone pid;clone pid;clone pid;clone pid;clone pid;clone pid;clone pid;clone pid;clone pid;clone pid;\
         clone pid;clone pid;clone pid;clone pid;clone pid;clone pid;clone pid;clone pid;clone pid;clone pid;clone pid;\
         clone pid;clone pid;clone pid;clone pid;clone pid;clone pid;clone pid;clone pid;clone pid;clone pid",
        "clone pid",
        "ENOSPC",
        "33",
    ),
    root(
        "A13",
        "unshare user; idmap uid 0 0 1; spawn sh -c 'echo 0 > /proc/sys/user/max_net_namespaces'",
        "unshare net",
        "ENOSPC",
        "user.max_net_namespaces = 0",
    ),
    root("A23", "cgroup set pids.max 1", "spawn true", "EAGAIN", "pids.max = 1").needs("root cgroup:pids").cured(),
    nobody("B1", "", "setns 1 uts", "EPERM", "uid 0"),
    root("B1", "unshare user", "setns /proc/1/ns/uts", "EACCES", "user:["),
    root("B3", "unshare pid", "setns /proc/self/ns/pid_for_children", "ENOENT", "").cured(),
    root("B4", "", "setns /etc/passwd", "EINVAL", "/etc/passwd"),
    root("B4", "", "setns /proc/self/ns/uts net", "EINVAL", "uts"),
    root("B5", "", "setns /proc/self/ns/user", "EINVAL", "user:["),
    root("B5", "subject new b", "setns a user", "EINVAL", "user:["),
    root("B9", "unshare pid; fork; subject new b; subject use a", "setns b pid", "EINVAL", "PID"),
    root("B12", "subject new b; unshare user", "setns b uts", "EPERM", "user:["),
    root("B2", "", "setns /proc/4194303/ns/net", "ENOENT", ""),
    root("C1", "unshare user; idmap uid 0 0 1", "idmap uid 0 0 1", "EPERM", "0 0 1").cured(),
    root("C1", "unshare user; idmap gid 0 0 1; idmap uid 0 0 1", "idmap gid 0 0 1", "EPERM", "0 0 1"),
    nobody("C4", "unshare user", "idmap uid 0 0 1", "EPERM", "65534"),
    nobody("C4", "unshare user", "idmap uid 0 65534 1 1 1 1", "EPERM", "65534"),
    root("C7", "unshare user; idmap uid 0 0 1; idmap gid 0 0 1; unshare user", "idmap uid 0 5 1", "EPERM", "").possible(),
    root("C9", "unshare user", "idmap uid 0 0 0", "EINVAL", "COUNT"),
    root("C9", "unshare user", "idmap uid 0 0 5 3 100 5", "EINVAL", ""),
    root("C9", "unshare user", "idmap uid 0 0 5 10 3 5", "EINVAL", ""),
    root("C15", "unshare user", "hostname x --on-host", "EPERM", "uts").cured(),
    root("E8", "", "spawn /nowhere/at/all", "ENOENT", "/nowhere/at/all"),
    root(
        "E8",
        "spawn sh -c 'printf \"#!/no/such/interpreter\\n\" > {tmp}/script; chmod 755 {tmp}/script'",
        "spawn {tmp}/script",
        "ENOENT",
        "/no/such/interpreter",
    ),
    root("E9", "", "spawn /etc", "EACCES", "/etc"),
    root("E9", "", "spawn /etc/passwd", "EACCES", "0644"),
    root("E9", "", "spawn /proc/self/status", "EACCES", ""),
    root("E10", "spawn sh -c 'echo true > {tmp}/text; chmod 755 {tmp}/text'", "spawn {tmp}/text", "ENOEXEC", "{tmp}/text"),
    root("F17", "cgroup new web; cgroup enter web", "cgroup rm web", "EBUSY", "boxlab"),
    root("F17", "cgroup new web; cgroup new web/db", "cgroup rm web", "EBUSY", "db"),
    root("F20", "cgroup new web", "cgroup new web", "EEXIST", "web"),
    root("F20", "", "cgroup new cgroup.procs", "EEXIST", "cgroup.procs"),
    root("H2", "unshare pid; fork", "kill TERM 4242", "ESRCH", "pid:["),
    root("H2", "", "kill 0 4194303 --on-host", "ESRCH", "4194303"),
    nobody("H7", "", "kill --outside 0 1 --on-host", "EPERM", "uid 0"),
    root("H3", "", "wait", "ECHILD", "").cured(),
    root("I1", "caps inheritable drop all", "caps ambient raise NET_RAW", "EPERM", "NET_RAW").cured(),
    nobody("I1", "", "caps ambient raise NET_RAW", "EPERM", "NET_RAW"),
    root("I2", "caps drop SETPCAP", "caps bound drop KILL", "EPERM", "CAP_SETPCAP").cured(),
    root("I3", "", "caps bound drop 63", "EINVAL", "").cured(),
    root("I4", "caps drop KILL", "caps effective raise KILL", "EPERM", "KILL").cured(),
    root("I4", "caps bound drop KILL", "caps inheritable add KILL", "EPERM", "KILL"),
    nobody("I6", "", "seccomp deny reboot", "EACCES", "no_new_privs").cured(),
    nobody("I6", "", "landlock ro /", "EPERM", "no_new_privs").cured().needs("root userns landlock"),
    root("I8", "seccomp deny sethostname; unshare uts", "hostname x", "EPERM", "Seccomp").possible(),
    root("I9", "unshare user; rlimit NOFILE 64 64", "rlimit NOFILE 64 65", "EPERM", "CAP_SYS_RESOURCE"),
    root("I10", "rlimit NOFILE 64 64", "rlimit NOFILE 65", "EINVAL", ""),
    root("I13", "setuid 1000", "setuid 0", "EPERM", "CAP_SETUID").cured(),
    root("I13", "caps drop SETGID", "setgid 5", "EPERM", "CAP_SETGID"),
    root("I14", "unshare user", "oom_score -1", "EACCES", "CAP_SYS_RESOURCE"),
    root("I15", "", "oom_score 1001", "EINVAL", ""),
    root("I16", "unshare user; prio 5", "prio -5", "EACCES", "CAP_SYS_NICE"),
    root("I17", "", "sched affinity 1000", "EINVAL", ""),
    root("I18", "securebits +NOROOT +NOROOT_LOCKED", "securebits -NOROOT", "EPERM", "NOROOT"),
    root("I18", "caps drop SETPCAP", "securebits +NOROOT", "EPERM", "CAP_SETPCAP"),
    root("C11", "unshare user", "setgroups", "EPERM", "gid_map"),
    root("C12", "unshare user", "setuid 0", "EINVAL", "uid_map").cured(),
];

/// What does not fail: row, needs, as whom, lines, and what a note of the last line says.
pub const SILENT: &[(&str, &str, Who, &str, &str)] = &[
    ("B10", "root", Who::Root, "unshare pid; fork; subject new b; setns a pid", "did not move"),
    ("H1", "root", Who::Root, "unshare pid; fork; kill KILL 1", "nothing happened"),
];

/// Which of these words is not met here; a word that BOXLAB_REQUIRE names must be.
pub fn missing(needs: &str) -> Option<String> {
    let root = nix::unistd::geteuid().is_root();
    let has = |word: &str| match word {
        "root" => root,
        "landlock" => boxlab::kernel::Kernel::new().landlock_abi().is_ok(),
        "userns" => std::fs::read_to_string("/proc/sys/kernel/unprivileged_userns_clone").map_or(true, |text| text.trim() == "1"),
        word if word.starts_with("cgroup") => has_cgroup(word),
        _ => true,
    };
    let word = needs.split_whitespace().find(|word| !has(word))?;
    let required = std::env::var("BOXLAB_REQUIRE").unwrap_or_default();
    assert!(!required.split(',').any(|one| one == word), "{word} is required and is not there");
    Some(word.to_string())
}

fn has_cgroup(word: &str) -> bool {
    let own = std::process::id() as i32;
    let found = Hierarchies::probe(Path::new("/"), Path::new("/proc"), own).is().cloned().unwrap_or_default();
    let (kind, controller) = word.split_once(':').unwrap_or((word, ""));
    let version = match kind {
        "cgroup1" => Some(Version::V1),
        "cgroup2" => Some(Version::V2),
        _ => None,
    };
    found.of(controller).is_some_and(|one| version.is_none_or(|version| one.version == version))
}
