//! Capabilities, filters, limits; maps written from inside.

use super::{Provocation, Who, nobody, root};

pub(super) const ALL: &[Provocation] = &[
    root("A4", "seccomp deny unshare", "unshare user", "EPERM", "Seccomp").possible().cured(),
    root("C2", "unshare user", "write /proc/self/uid_map 0 0 2", "EPERM", "uid 0"),
    nobody("C2", "unshare user", "write /proc/self/uid_map 0 0 1", "EPERM", "65534"),
    nobody("C3", "unshare user", "write /proc/self/gid_map 0 65534 1", "EPERM", "allow"),
    root("C8", "caps drop SETFCAP; unshare user", "write /proc/self/uid_map 0 0 1", "EPERM", "").possible(),
    root("C10", "unshare user; idmap gid 0 0 1", "write /proc/self/setgroups deny", "EPERM", "gid_map"),
    root("C11", "unshare user", "setgroups 0", "EPERM", "gid_map").cured(),
    nobody("B14", "unshare user; idmap gid 0 65534 1", "setgroups 0", "EPERM", "deny"),
    root("C12", "unshare user", "setuid 0", "EINVAL", "uid_map").cured(),
    root("C12", "unshare user; idmap uid 0 0 1", "setuid 5", "EINVAL", "5"),
    root("I20", "unshare user; idmap uid 0 0 1; idmap gid 0 0 1", "setgroups 5", "EINVAL", ""),
    root("I1", "caps drop NET_RAW", "caps ambient raise NET_RAW", "EPERM", "NET_RAW"),
    nobody("I11", "", "listen 80 --on-host", "EACCES", "1024"),
    root("I19", "spawn cp /proc/self/exe {tmp}/true; nnp; landlock ro /usr", "spawn {tmp}/true", "EACCES", "")
        .possible()
        .needs("root landlock"),
    root("I1", "caps inheritable drop all", "caps ambient raise NET_RAW", "EPERM", "NET_RAW").cured(),
    nobody("I1", "", "caps ambient raise NET_RAW", "EPERM", "NET_RAW"),
    root("I2", "caps drop SETPCAP", "caps bound drop KILL", "EPERM", "CAP_SETPCAP").cured(),
    root("I3", "", "caps bound drop 63", "EINVAL", ""),
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
    root("I21", "unshare user; rlimit RTPRIO 0", "sched policy fifo 10", "EPERM", "RLIMIT_RTPRIO"),
    root("I22", "unshare user; sched policy idle", "sched policy other", "EPERM", "CAP_SYS_NICE").cured(),
    root("I17", "", "sched affinity 1000", "EINVAL", ""),
    root("I18", "securebits +NOROOT +NOROOT_LOCKED", "securebits -NOROOT", "EPERM", "NOROOT"),
    root("I18", "caps drop SETPCAP", "securebits +NOROOT", "EPERM", "CAP_SETPCAP"),
    root("C11", "unshare user", "setgroups", "EPERM", "gid_map"),
    root("I31", "rlimit nofile 6", "pdeathsig TERM", "EMFILE", "6"),
];

pub(super) const SILENT: &[super::Silent] = &[("E11", "root", Who::Root, "nnp", "set-user-ID")];
