//! cgroups.

use super::{Provocation, Who, root};

pub(super) const ALL: &[Provocation] = &[
    root("F17", "cgroup new web; cgroup enter web", "cgroup rm web", "EBUSY", "boxlab"),
    root("F17", "cgroup new web; cgroup new web/db", "cgroup rm web", "EBUSY", "db"),
    root("F20", "cgroup new web", "cgroup new web", "EEXIST", "web"),
    root("F20", "", "cgroup new cgroup.procs", "EEXIST", "cgroup.procs"),
    root("F19", "cgroup new web; cgroup set --cgroup . cgroup.max.depth 0", "cgroup new db", "EAGAIN", "cgroup.max.depth")
        .needs("root cgroup2")
        .cured(),
    root(
        "F19",
        "cgroup new web; cgroup set --cgroup . cgroup.max.descendants 1",
        "cgroup new db",
        "EAGAIN",
        "cgroup.max.descendants",
    )
    .needs("root cgroup2")
    .cured(),
    root("F19", "cgroup new web; cgroup set --cgroup web cgroup.max.depth 0", "cgroup new web/db", "EAGAIN", "/web")
        .needs("root cgroup2")
        .cured(),
    root("F30", "", "cgroup set pids.max 99999999999", "EINVAL", "").needs("root cgroup:pids"),
    root("F28", "", "cgroup set cpu.max '500 100000'", "EINVAL", "500").needs("root cgroup:cpu"),
    root("F31", "", "cgroup set cpuset.cpus 4000", "ERANGE", "").needs("root cgroup:cpuset"),
    root("F31", "", "cgroup set cpuset.cpus many", "EINVAL", "").needs("root cgroup:cpuset"),
    root("G2", "cgroup set cpuset.cpus 0; cgroup new web", "cgroup set --cgroup web cpuset.cpus 0-1", "EACCES", "0")
        .needs("root cgroup1:cpuset cpus"),
    root("F11", "cgroup new web", "cgroup move 4194303 web --on-host", "ESRCH", ""),
    root("F28", "", "cgroup set cpu.cfs_quota_us 500", "EINVAL", "500").needs("root cgroup1:cpu"),
    root("G4", "", "cgroup set memory.limit_in_bytes 64MB", "EINVAL", "64MB").needs("root cgroup1:memory"),
    root("G5", "cgroup set cpu.max 50%; cgroup new web", "cgroup set --cgroup web cpu.max 100%", "EINVAL", "")
        .needs("root cgroup1:cpu")
        .possible(),
    root(
        "G9",
        "unshare mnt; mount private -r /; mount tmpfs /mnt; mknod /mnt/null c 1 3; cgroup devices deny c 1:3 rw",
        "write /mnt/null x",
        "EPERM",
        "/mnt/null",
    )
    .needs("root cgroup1:devices"),
    root("F4", "cgroup new web", "cgroup set --cgroup web cgroup.subtree_control +nosuch", "EINVAL", "").needs("root cgroup2").possible(),
    root(
        "F5",
        "cgroup new web; cgroup new web/db; cgroup new leaf; cgroup enter leaf; cgroup enable memory; cgroup enable --cgroup web memory",
        "cgroup set --cgroup . cgroup.subtree_control -memory",
        "EBUSY",
        "web",
    )
    .needs("root cgroup2:memory"),
    root("F15", "cgroup new web", "cgroup set --cgroup web cgroup.type domain", "EINVAL", "").needs("root cgroup2"),
    root(
        "F13",
        "cgroup new web; cgroup set --cgroup web cgroup.type threaded; cgroup new db",
        "cgroup enter db",
        "EOPNOTSUPP",
        "domain invalid",
    )
    .needs("root cgroup2"),
    root("F1", "", "cgroup enable memory", "EBUSY", "boxlab").needs("root cgroup2:memory").cured(),
    root(
        "F2",
        "cgroup new web; cgroup new leaf; cgroup enter leaf; cgroup enable memory; cgroup enable --cgroup web memory",
        "cgroup enter web",
        "EBUSY",
        "memory",
    )
    .needs("root cgroup2:memory"),
    root("F3", "cgroup new web; cgroup new web/db", "cgroup enable --cgroup web/db memory", "ENOENT", "memory")
        .needs("root cgroup2:memory"),
    root("F7", "cgroup new leaf", "cgroup set memory.max 64M --cgroup leaf", "ENOENT", "/leaf")
        .needs("root cgroup2:memory")
        .cured(),
    root(
        "F10",
        "cgroup set pids.max 10; unshare cgroup mnt; mount private -r /; mount cgroup2 /mnt",
        "write /mnt/pids.max 5 --on-host",
        "EPERM",
        "/boxlab-",
    )
    .needs("root cgroup2:pids nsdelegate"),
    root(
        "F34",
        "cgroup new t; cgroup set cgroup.type threaded --cgroup t",
        "cgroup enable memory",
        "EOPNOTSUPP",
        "domain threaded",
    )
    .needs("root cgroup2:memory"),
    root("F35", "", "cgroup set io.max '{disk} wbps=fast'", "EINVAL", "").needs("root cgroup2:io disk"),
    root(
        "F21",
        "cgroup new box; cgroup enter box; unshare cgroup mnt; mount private -r /; mount cgroup2 /mnt",
        "write /mnt/memory.max 64M --on-host",
        "EACCES",
        "/box",
    )
    .needs("root cgroup2:memory"),
    root("F36", "cgroup set memory.max 64M", "cgroup set memory.reclaim 4G", "EAGAIN", "").needs("root cgroup2:memory"),
    root("F37", "", "cgroup set misc.max 'nosuch 1'", "EINVAL", "").needs("root cgroup2:misc"),
    root("F32", "", "cgroup set io.max '999:999 rbps=1000'", "ENODEV", "").needs("root cgroup2:io"),
    // It stops itself when the memory is there.
    root(
        "G3",
        "cgroup set memory.max 64M; spawn sh -c 'x=$(head -c 30000000 /dev/zero | tr \\\\0 a); kill -STOP $$'",
        "cgroup set memory.max 8M",
        "EBUSY",
        "",
    )
    .needs("root cgroup1:memory"),
];

pub(super) const SILENT: &[super::Silent] = &[
    ("K5", "root cgroup:memory", Who::Root, "cgroup set memory.max 64M", "stays charged"),
    // What the kernel would refuse is told before it is asked.
    ("F25", "root", Who::Root, "cgroup set cgroup.freeze 2", "0 or 1"),
    ("G11", "root", Who::Root, "cgroup set release_agent /bin/true", "CVE-2022-0492"),
    ("F26", "root", Who::Root, "cgroup set cgroup.events 1", "can only be read"),
    ("F27", "root", Who::Root, "cgroup set memory.max 64MB", "is not a size"),
    ("F29", "root", Who::Root, "cgroup set cpu.weight 0", "1 to 10000"),
    ("F8", "root cgroup:pids", Who::Nobody, "cgroup set pids.max 5", "may not make cgroups"),
    ("F21", "root cgroup2", Who::Nobody, "cgroup new web", "may not make cgroups"),
    (
        "F14",
        "root cgroup2",
        Who::Root,
        "cgroup new web; cgroup set --cgroup web cgroup.type threaded; cgroup get --cgroup web cgroup.procs",
        "lists threads",
    ),
    (
        "F7",
        "root cgroup2:memory",
        Who::Root,
        "cgroup new web; cgroup new web/db; cgroup get --cgroup web/db memory.max",
        "has not enabled",
    ),
    ("G11", "root cgroup2:memory", Who::Root, "cgroup set memory.limit_in_bytes 64M", "memory.max"),
    ("G6", "root cgroup1:cpu", Who::Root, "cgroup set cpu.shares 1", "2 is what the kernel holds"),
    ("F33", "root cgroup:memory", Who::Root, "cgroup set memory.max 32M; load mem 64M", "OOM"),
];
