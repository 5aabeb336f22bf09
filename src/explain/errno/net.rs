//! J: the network, IPC, UTS and time namespaces.

use super::case::{Case, Verdict, always, apart, decide, known, maybe, no, undecided, unreached, yes};
use super::{NONE, Row, row, t};
use crate::explain::cap::Cap;
use crate::model::{NsKind, Text};
use nix::errno::Errno::*;

const CHANGES: &[&str] =
    &["RTM_NEWLINK", "RTM_DELLINK", "RTM_SETLINK", "RTM_NEWADDR", "RTM_DELADDR", "RTM_NEWROUTE", "RTM_DELROUTE"];
const LINKS: Text = t("see which there are: `link`", "看看有哪些：`link`");
const PACKETS: &[&str] = &["connect", "sendto"];

pub(super) const ROWS: &[Row] = &[
    row(
        "J1",
        CHANGES,
        &[EPERM],
        t(
            "devices, addresses and routes are changed with CAP_NET_ADMIN in the user namespace that owns the network namespace (to move a device, in the target's as well)",
            "改动设备、地址和路由需要在拥有该网络命名空间的用户命名空间中具有 CAP_NET_ADMIN（移动设备时对目标也是如此）",
        ),
        t("make both: `unshare user net`", "两者一起创建：`unshare user net`"),
        net_admin,
    ),
    row(
        "J2",
        &["RTM_NEWLINK"],
        &[EOPNOTSUPP],
        t("the kernel has no driver for this kind of link (its module may be missing)", "内核没有这种链路的驱动（可能缺少模块）"),
        t("veth is in nearly all: `link add veth v1 peer v2`", "几乎都有 veth：`link add veth v1 peer v2`"),
        always,
    ),
    row(
        "J3",
        &["RTM_NEWLINK"],
        &[EEXIST, ERANGE, EINVAL],
        t(
            "the name is taken (EEXIST) or has more than 15 bytes (ERANGE); or such a link needs a parent device (EINVAL)",
            "名字已被占用（EEXIST）、超过 15 字节（ERANGE），或这种链路需要父设备（EINVAL）",
        ),
        LINKS,
        link_name,
    ),
    row(
        "J4",
        &["RTM_NEWLINK IFLA_NET_NS_FD", "RTM_NEWLINK IFLA_NET_NS_PID", "RTM_SETLINK"],
        &[EINVAL, ESRCH],
        t(
            "lo cannot leave its namespace, nor can other devices that are bound to it; or the target process is gone (ESRCH)",
            "lo 不能离开它的命名空间，其他与之绑定的设备也不能；或目标进程已不存在（ESRCH）",
        ),
        LINKS,
        immutable,
    ),
    row(
        "J5",
        &["RTM_NEWADDR", "RTM_DELADDR", "RTM_NEWLINK", "RTM_DELLINK", "RTM_NEWROUTE", "RTM_GETLINK", "RTM_GETADDR"],
        &[ENODEV, ENXIO],
        t(
            "there is no device of this name in the caller's network namespace: devices of other namespaces are not seen",
            "调用者所在的网络命名空间中没有这个名字的设备：别的命名空间里的设备是看不到的",
        ),
        LINKS,
        no_link,
    ),
    row(
        "J20",
        &["RTM_NEWADDR", "RTM_NEWROUTE", "RTM_DELADDR", "RTM_DELROUTE"],
        &[EEXIST, EADDRNOTAVAIL, ESRCH],
        t("it is there already (EEXIST), or is not there to be taken away", "已经存在（EEXIST），或不存在而无从删除"),
        t("see the addresses and routes: `addr`, `route`", "查看地址与路由：`addr`、`route`"),
        always,
    ),
    row(
        "J6",
        &["RTM_NEWROUTE"],
        &[ENETUNREACH, ENETDOWN, EHOSTUNREACH, EINVAL],
        t(
            "the gateway itself cannot be reached yet: its device needs an address of the same network first, and must be up",
            "网关本身还不可达：设备先要有同一网络的地址，并且已启用",
        ),
        t("see what there is: `addr`, then `link up lo`", "看看现状：`addr`，然后 `link up lo`"),
        always,
    ),
    row(
        "J7",
        PACKETS,
        &[ENETUNREACH],
        t(
            "no route leads there; in a new network namespace not even to 127.0.0.1, for lo is down",
            "没有到那里的路由；在新的网络命名空间里连 127.0.0.1 都没有，因为 lo 未启用",
        ),
        t("switch lo on: `link up lo`", "启用 lo：`link up lo`"),
        lo_down,
    ),
    row(
        "J8",
        &["umount2 /run/netns/", "unlink /run/netns/"],
        &[EBUSY, EINVAL],
        t(
            "the file of ip netns is a mount in yet another mount namespace, or is left over from one",
            "ip netns 的文件在另一个挂载命名空间里仍是挂载点，或是遗留的",
        ),
        NONE,
        undecided,
    ),
    row(
        "J9",
        &["sethostname", "setdomainname"],
        &[EPERM, EINVAL],
        t(
            "the name is longer than 64 bytes (EINVAL); or CAP_SYS_ADMIN is missing in the user namespace that owns the UTS namespace (EPERM)",
            "名字超过 64 字节（EINVAL）；或在拥有该 UTS 命名空间的用户命名空间中缺少 CAP_SYS_ADMIN（EPERM）",
        ),
        t("make both: `unshare user uts`", "两者一起创建：`unshare user uts`"),
        hostname,
    ),
    row(
        "J10",
        &["write timens_offsets"],
        &[EACCES],
        t(
            "offsets can be set only while nobody lives in the time namespace: after unshare of time, before the first child",
            "只有在时间命名空间里还没有进程时才能设置偏移：unshare time 之后、第一个子进程出生之前",
        ),
        t("begin anew: `reset`, then `unshare time`", "重新开始：`reset`，然后 `unshare time`"),
        settled,
    ),
    row(
        "J11",
        &["write timens_offsets"],
        &[ERANGE, EINVAL, EPERM],
        t(
            "the clock would go below 0 or beyond 146 years (ERANGE), is neither monotonic nor boottime (EINVAL), or CAP_SYS_TIME is missing in the owner (EPERM)",
            "时钟会小于 0 或超过 146 年（ERANGE）；时钟不是 monotonic 或 boottime（EINVAL）；或在属主中缺少 CAP_SYS_TIME（EPERM）",
        ),
        t("see them: `show /proc/self/timens_offsets`", "查看：`show /proc/self/timens_offsets`"),
        always,
    ),
    row(
        "J12",
        &["unshare CLONE_NEWTIME"],
        &[],
        t(
            "the caller stays in its time namespace; children are in the new one, and the date is never another",
            "调用者留在原来的时间命名空间；进入新空间的是子进程，而日期从不改变",
        ),
        t("make the child: `fork`", "产生子进程：`fork`"),
        unreached,
    ),
    row(
        "J14",
        &["bind"],
        &[EADDRINUSE],
        t(
            "somebody in this network namespace listens there already; ports are the namespace's",
            "该网络命名空间中已有人在监听；端口属于命名空间",
        ),
        t(
            "take another port: `listen 8080`; or a namespace of its own: `unshare net`",
            "换个端口：`listen 8080`；或用自己的命名空间：`unshare net`",
        ),
        taken,
    ),
    row(
        "I11",
        &["bind"],
        &[EACCES],
        t(
            "ports below net.ipv4.ip_unprivileged_port_start (of this network namespace) ask for CAP_NET_BIND_SERVICE in the user namespace that owns it",
            "低于 net.ipv4.ip_unprivileged_port_start（该网络命名空间的值）的端口，需要在拥有它的用户命名空间中具有 CAP_NET_BIND_SERVICE",
        ),
        t("take a higher port: `listen 8080`", "用更大的端口：`listen 8080`"),
        low_port,
    ),
    row(
        "J15",
        PACKETS,
        &[ECONNREFUSED],
        t(
            "nobody listens on that port in the network namespace where the packet arrived: localhost is each namespace's own",
            "数据包到达的网络命名空间中没有人监听该端口：localhost 是每个命名空间各自的",
        ),
        t("listen first: `listen 8080`", "先监听：`listen 8080`"),
        always,
    ),
    row(
        "J16",
        &["connect", "sendto", "recvfrom"],
        &[EHOSTUNREACH, EINPROGRESS, EAGAIN, ETIMEDOUT],
        t(
            "nobody answers for that address: the other end is down, or has no such address",
            "没有人应答该地址：对端未启用，或没有这个地址",
        ),
        t("see both ends: `addr`, `link`", "查看两端：`addr`、`link`"),
        always,
    ),
    row(
        "J17",
        &["socket"],
        &[EPERM, EACCES],
        t(
            "a raw socket asks for CAP_NET_RAW in the user namespace that owns the network namespace; without it only ICMP echo is open, to the groups in net.ipv4.ping_group_range",
            "原始套接字需要在拥有该网络命名空间的用户命名空间中具有 CAP_NET_RAW；没有时只有 ICMP echo 对 net.ipv4.ping_group_range 中的组开放",
        ),
        t("make both: `unshare user net`", "两者一起创建：`unshare user net`"),
        raw_socket,
    ),
    row(
        "J18",
        &["write /proc/sys/", "openat /proc/sys/"],
        &[EACCES, EPERM],
        t(
            "a value of a namespace may be set by root of the user namespace that owns it; one of the machine only by root of the machine",
            "命名空间的值可由拥有它的用户命名空间的 root 设置；整机的值只有整机的 root 可以",
        ),
        t("see which there are: `sysctl net.ipv4.ip_forward`", "查看：`sysctl net.ipv4.ip_forward`"),
        maybe_owned,
    ),
    row(
        "J19",
        &["write /proc/sys/", "openat /proc/sys/"],
        &[EINVAL, ENOENT],
        t(
            "there is no such value in this namespace, or it does not take this text",
            "该命名空间中没有这个值，或它不接受这样的内容",
        ),
        t("see it: `show /proc/sys/net/ipv4`", "查看：`show /proc/sys/net/ipv4`"),
        always,
    ),
];

fn lacking(case: &Case<'_>, cap: Cap, kind: NsKind, line: &str) -> Verdict {
    let owner = case.owner(kind);
    match case.may(cap, owner) {
        Some(false) => {
            let lacks = case.lacks(cap, owner);
            let own = case.may(cap, case.home()) == Some(true);
            let line = if own { format!("unshare {kind}") } else { line.to_string() };
            yes().seen(lacks.en, lacks.zh).lines(&[&line])
        }
        Some(true) => no(),
        None => maybe(),
    }
}

fn net_admin(case: &Case<'_>) -> Verdict {
    lacking(case, Cap::NET_ADMIN, NsKind::Net, "unshare user net")
}

fn raw_socket(case: &Case<'_>) -> Verdict {
    lacking(case, Cap::NET_RAW, NsKind::Net, "unshare user net")
}

fn link_name(case: &Case<'_>) -> Verdict {
    if case.errno == EINVAL && (case.flag("IFLA_NET_NS_FD") || case.flag("IFLA_NET_NS_PID")) {
        return apart();
    }
    let links = case.live.links.join(" ");
    match case.errno {
        EEXIST => yes().seen(format!("there are: {links}"), format!("已有：{links}")),
        ERANGE => yes(),
        _ => maybe(),
    }
}

fn immutable(case: &Case<'_>) -> Verdict {
    let lo = case.call.args.iter().any(|arg| arg.to_string().contains("IFLA_IFNAME=\"lo\""));
    match case.errno {
        EINVAL if lo => yes().seen("it is lo", "它就是 lo"),
        ESRCH => yes(),
        _ => maybe(),
    }
}

fn no_link(case: &Case<'_>) -> Verdict {
    let links = case.live.links.join(" ");
    let net = case.live.caller.ns_id(NsKind::Net).map_or(0, |id| id.ino);
    yes().seen(format!("in net:[{net}] there are: {links}"), format!("net:[{net}] 中有：{links}"))
}

fn lo_down(case: &Case<'_>) -> Verdict {
    let home = case.call.args.iter().any(|arg| arg.to_string().contains("\"127."));
    match (case.live.lo_up, home) {
        (Some(false), _) => yes().seen("lo is down", "lo 没有启用").lines(&["link up lo"]),
        (Some(true), false) => {
            yes().seen("lo is up, and no route leads to that address", "lo 已启用，但没有到该地址的路由").next(
                "see the routes: `route`; a veth pair leads out: `help link add`",
                "查看路由：`route`；veth 对通向外面：`help link add`",
            )
        }
        (Some(true), true) => no(),
        (None, _) => maybe(),
    }
}

fn hostname(case: &Case<'_>) -> Verdict {
    if case.errno == EINVAL {
        let length = case.text(0).map_or(0, str::len);
        return decide(length > 64)
            .seen(format!("it has {length} bytes"), format!("它有 {length} 字节"))
            .lines(&["hostname box"]);
    }
    // Root of a user namespace is another row's case.
    if case.may(Cap::SYS_ADMIN, case.home()) == Some(true) && case.home() != case.owner(NsKind::Uts) {
        return apart();
    }
    lacking(case, Cap::SYS_ADMIN, NsKind::Uts, "unshare user uts")
}

fn settled(case: &Case<'_>) -> Verdict {
    let about = case.live.target.as_ref().unwrap_or(&case.live.caller);
    let (own, next) = (about.ns_id(NsKind::Time), about.next_id(NsKind::Time));
    match own == next {
        true => yes()
            .seen(
                "time_for_children is the process's own: no new time namespace waits for its first process",
                "time_for_children 就是它自己所在的：没有等待第一个进程的新时间命名空间",
            )
            .lines(&["unshare time"]),
        false => yes().seen("a child has been born in it already", "已有子进程在其中出生").lines(&["reset", "unshare time"]),
    }
}

fn taken(case: &Case<'_>) -> Verdict {
    let net = case.live.caller.ns_id(NsKind::Net).map_or(0, |id| id.ino);
    yes().seen(format!("the namespace is net:[{net}]"), format!("该命名空间是 net:[{net}]"))
}

fn maybe_owned(case: &Case<'_>) -> Verdict {
    let home = case.home();
    let hosts = home == case.live.host.get(&NsKind::User).copied();
    let uid = case.creds().map_or(0, |creds| creds.euid);
    known((hosts && uid != 0).then_some(true))
        .seen(format!("{} is uid {uid}", case.who().en), format!("{}的 uid 为 {uid}", case.who().zh))
}

fn low_port(case: &Case<'_>) -> Verdict {
    let owner = case.owner(NsKind::Net);
    let start = case.inside("ip_unprivileged_port_start").map_or("?".into(), |start| start.to_string());
    match case.may(Cap::NET_BIND_SERVICE, owner) {
        Some(false) => {
            let lacks = case.lacks(Cap::NET_BIND_SERVICE, owner);
            yes().seen(
                format!("ip_unprivileged_port_start = {start}; {}", lacks.en),
                format!("ip_unprivileged_port_start = {start}；{}", lacks.zh),
            )
        }
        Some(true) => no(),
        None => maybe(),
    }
}
