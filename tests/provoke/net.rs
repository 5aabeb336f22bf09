//! The network, UTS.

use super::{Provocation, Who, nobody, root};

pub(super) const ALL: &[Provocation] = &[
    root("J1", "unshare user", "link up lo --on-host", "EPERM", "CAP_NET_ADMIN").cured(),
    nobody("J1", "", "link up lo --on-host", "EPERM", "CAP_NET_ADMIN").cured(),
    root("J2", "unshare net", "link add dummy d0", "EOPNOTSUPP", "").needs("root nodummy"),
    root("J3", "unshare net; link add veth v1 peer v2", "link add veth v1 peer v3", "EEXIST", "v1"),
    root("J4", "unshare net; subject new b; unshare net; subject use a", "link move lo b", "EINVAL", "lo"),
    root("J5", "unshare net", "link del nolink", "ENODEV", "lo"),
    root("J6", "unshare net; link up lo", "route add default via 10.9.9.9", "ENETUNREACH", ""),
    root("J20", "unshare net; link up lo; addr add 10.0.0.1/24 dev lo", "addr add 10.0.0.1/24 dev lo", "EEXIST", ""),
    root("J7", "unshare net", "ping 127.0.0.1", "ENETUNREACH", "lo").cured(),
    root("J7", "unshare net", "connect 127.0.0.1 80", "ENETUNREACH", "lo"),
    root("J7", "unshare net; link up lo", "ping 10.1.1.1", "ENETUNREACH", "lo"),
    nobody("J9", "", "hostname box --on-host", "EPERM", "CAP_SYS_ADMIN").cured(),
    root("J9", "unshare uts", "hostname aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "EINVAL", "70"),
    nobody("J17", "", "ping 127.0.0.1 --on-host", "EACCES", "CAP_NET_RAW"),
    nobody("J18", "", "sysctl kernel.hostname x --on-host", "EACCES", "65534"),
    root("J19", "unshare net", "sysctl net.ipv4.ip_forward foo", "EINVAL", ""),
    root("J10", "unshare time; fork", "clock boottime 30d", "EACCES", "").needs("root cmd:clock"),
    root("J11", "unshare time", "clock boottime -9000d", "ERANGE", "").needs("root cmd:clock"),
    root("J13", "unshare ipc; sysctl kernel.msgmni 0", "ipc new queue 42", "ENOSPC", "").needs("root cmd:ipc-new"),
    root("J21", "unshare ipc; ipc new sem 42", "ipc new sem 42", "EEXIST", "").needs("root cmd:ipc-new"),
    root("J22", "unshare ipc", "mqueue rm box", "ENOENT", "").needs("root cmd:ipc-new"),
    root("J22", "unshare ipc", "ipc rm shm 7", "EINVAL", "").needs("root cmd:ipc-new"),
    root("J23", "unshare ipc; ipc new queue 42", "ipc receive 42", "ENOMSG", "").needs("root cmd:ipc-new"),
    root("J22", "unshare ipc; ipc new queue 42; subject new b; unshare ipc", "ipc receive 42", "ENOENT", "")
        .needs("root cmd:ipc-new"),
    root("J23", "unshare ipc; sysctl kernel.msgmnb 3; ipc new queue 42", "ipc send 42 hello", "EAGAIN", "")
        .needs("root cmd:ipc-new"),
    root("J24", "unshare ipc; ipc new queue 42; sysctl kernel.msgmax 3", "ipc send 42 hello", "EINVAL", "")
        .needs("root cmd:ipc-new"),
    root(
        "J26",
        "unshare user ipc; idmap uid 0 0 1; idmap gid 0 0 1; sysctl fs.mqueue.queues_max 0",
        "mqueue new box",
        "ENOSPC",
        "",
    )
    .needs("root cmd:ipc-new"),
    root("J27", "unshare user ipc", "mqueue new box", "EOVERFLOW", "65534").needs("root cmd:ipc-new"),
    root("I32", "unshare ipc; rlimit msgqueue 100", "mqueue new box", "EMFILE", "100"),
    root("J14", "unshare net; link up lo; listen 80", "listen 80", "EADDRINUSE", "net:["),
    root("J15", "unshare net; link up lo", "connect 127.0.0.1 99", "ECONNREFUSED", ""),
];

pub(super) const SILENT: &[super::Silent] = &[
    (
        "J16",
        "root",
        Who::Root,
        "unshare net; link add veth v1 peer v2; link up v1; link up v2; addr add 10.0.0.1/24 dev v1; ping 10.0.0.2",
        "no answer",
    ),
    ("K9", "root", Who::Root, "unshare net; sysctl net.ipv4.ip_forward", "of the net namespace"),
];
