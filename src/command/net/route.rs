//! `route`, `route add`, `route del`: where packets go. RTM_GETROUTE, RTM_NEWROUTE, RTM_DELROUTE on the main table.

use super::addr::device;
use super::rtnl;
use crate::command::{Args, Card, Count, Equivalent, Example, Inside, Kind, Man, Param, Primitive, Run, Said, Stop};
use crate::model::{Cell, Mark, Msg, NoteKind, NsKind, Text};
use netlink_packet_core::{NLM_F_CREATE, NLM_F_EXCL};
use netlink_packet_route::route::{
    RouteAddress, RouteAttribute, RouteHeader, RouteMessage, RouteProtocol, RouteScope, RouteType,
};
use netlink_packet_route::{AddressFamily, RouteNetlinkMessage};
use std::net::IpAddr;

const ARGS: &[Param] = &[
    Param {
        name: "DEST",
        kind: Kind::Word,
        count: Count::One,
        about: Text {
            en: "a network, 10.1.0.0/16, or `default` for all that has no other route",
            zh: "网络（如 10.1.0.0/16），或 `default`：没有其他路由的一切",
        },
    },
    Param {
        name: "HOW",
        kind: Kind::OneOf(&["via", "dev"]),
        count: Count::One,
        about: Text {
            en: "via: hand it to a gateway; dev: it is on this device's wire",
            zh: "via：交给网关；dev：就在该设备的线路上",
        },
    },
    Param {
        name: "GATEWAY|DEVICE",
        kind: Kind::Link,
        count: Count::One,
        about: Text { en: "the gateway's address, or the device", zh: "网关地址，或设备名" },
    },
];

const MAN: &[Man] = &[Man("rtnetlink", 7), Man("ip-route", 8)];

/// `route`.
pub const LIST: Card = Card {
    name: "route",
    args: &[],
    primitive: Primitive::Syscall("sendto"),
    man: MAN,
    own: &[],
    summary: Text {
        en: "the routes of the subject's network namespace", zh: "列出被观察进程网络命名空间中的路由"
    },
    explain: Text {
        en: "RTM_GETROUTE, of which the main table is shown. Each network namespace has its own tables. With no route to an address connect(2) fails with ENETUNREACH.",
        zh: "RTM_GETROUTE，这里显示主表。每个网络命名空间有自己的路由表。没有通往某地址的路由时，connect(2) 以 ENETUNREACH 失败。",
    },
    equivalents: &[Equivalent { tool: "ip(8)", line: "ip route; ip -6 route" }],
    examples: &[
        Example { after: "unshare net", line: "route", shows: "no route", needs: "root" },
        Example {
            after: "unshare net; link add veth va peer vb; link up va; addr add 10.0.0.1/24 dev va",
            line: "route",
            shows: "10.0.0.0/24",
            needs: "root",
        },
    ],
    run: Run::Inside(list),
};

/// `route add`.
pub const ADD: Card = Card {
    name: "route add",
    args: ARGS,
    primitive: Primitive::Syscall("sendto"),
    man: MAN,
    own: &[NsKind::Net],
    summary: Text { en: "say where packets for a network go", zh: "指定发往某网络的数据包去哪里" },
    explain: Text {
        en: "RTM_NEWROUTE. The gateway must be on a network that is reached already: address first, device up, then the route (else ENETUNREACH). \
             A gateway forwards only when its own net.ipv4.ip_forward is 1, which is a value of its namespace: `sysctl net.ipv4.ip_forward 1`.",
        zh: "RTM_NEWROUTE。网关必须位于已经可达的网络中：先加地址、启用设备，再加路由（否则 ENETUNREACH）。\
             网关自身的 net.ipv4.ip_forward 为 1 时才会转发，这是它所在命名空间的值：`sysctl net.ipv4.ip_forward 1`。",
    },
    equivalents: &[Equivalent { tool: "ip(8)", line: "ip route add default via 10.0.0.1" }],
    examples: &[
        Example {
            after: "unshare net; link add veth va peer vb; link up va; addr add 10.0.0.1/24 dev va",
            line: "route add default via 10.0.0.2",
            shows: "RTA_GATEWAY=10.0.0.2",
            needs: "root",
        },
        Example { after: "unshare net", line: "route add default via 10.0.0.2", shows: "ENETUNREACH", needs: "root" },
    ],
    run: Run::Inside(add),
};

/// `route del`.
pub const DEL: Card = Card {
    name: "route del",
    args: ARGS,
    primitive: Primitive::Syscall("sendto"),
    man: MAN,
    own: &[NsKind::Net],
    summary: Text { en: "remove a route", zh: "删除路由" },
    explain: Text { en: "RTM_DELROUTE. ESRCH: there is no such route.", zh: "RTM_DELROUTE。ESRCH：没有这条路由。" },
    equivalents: &[Equivalent { tool: "ip(8)", line: "ip route del default via 10.0.0.1" }],
    examples: &[Example { after: "unshare net; link up lo", line: "route del 10.0.0.0/8 dev lo", shows: "ESRCH", needs: "root" }],
    run: Run::Inside(del),
};

fn add(cx: &mut Inside<'_>, args: &Args) -> Result<Said, Stop> {
    let message = message(args)?;
    rtnl::change(cx.kernel, RouteNetlinkMessage::NewRoute(message), NLM_F_CREATE | NLM_F_EXCL)?;
    Ok(Said::nothing())
}

fn del(cx: &mut Inside<'_>, args: &Args) -> Result<Said, Stop> {
    let message = message(args)?;
    rtnl::change(cx.kernel, RouteNetlinkMessage::DelRoute(message), 0)?;
    Ok(Said::nothing())
}

fn message(args: &Args) -> Result<RouteMessage, Stop> {
    let by = args.one("GATEWAY|DEVICE");
    let gateway = if args.one("HOW") == "via" { Some(rtnl::ip(by)?) } else { None };
    let to = match args.one("DEST") {
        "default" => None,
        word => Some(rtnl::network(word)?).map(|(ip, length)| (rtnl::base(ip, length), length)),
    };
    let mut message = RouteMessage::default();
    let v6 = to.map(|(ip, _)| ip).or(gateway).is_some_and(|ip| ip.is_ipv6());
    message.header = RouteHeader {
        address_family: if v6 { AddressFamily::Inet6 } else { AddressFamily::Inet },
        table: RouteHeader::RT_TABLE_MAIN,
        protocol: RouteProtocol::Boot,
        kind: RouteType::Unicast,
        scope: if gateway.is_some() || v6 { RouteScope::Universe } else { RouteScope::Link },
        ..RouteHeader::default()
    };
    if let Some((ip, length)) = to {
        message.header.destination_prefix_length = length;
        message.attributes.push(RouteAttribute::Destination(ip.into()));
    }
    message.attributes.push(match gateway {
        Some(ip) => RouteAttribute::Gateway(ip.into()),
        None => RouteAttribute::Oif(rtnl::index(by)?),
    });
    Ok(message)
}

fn list(cx: &mut Inside<'_>, _: &Args) -> Result<Said, Stop> {
    let found = rtnl::dump(cx, RouteNetlinkMessage::GetRoute(RouteMessage::default()))?;
    let rows: Vec<Vec<Cell>> = found.iter().filter_map(row).collect();
    if rows.is_empty() {
        let why =
            Msg::new("no route: nothing can be reached from this network namespace", "没有路由：从这个网络命名空间哪里都到不了");
        return Ok(Said::nothing().note(NoteKind::Did, why));
    }
    Ok(Said::grid(vec![Msg::new("to", "目的"), Msg::new("via", "网关"), Msg::new("device", "设备")], rows))
}

fn row(message: &RouteNetlinkMessage) -> Option<Vec<Cell>> {
    let RouteNetlinkMessage::NewRoute(message) = message else { return None };
    if message.header.table != RouteHeader::RT_TABLE_MAIN {
        return None;
    }
    let (mut to, mut via, mut dev) = (None, None, None);
    for attribute in &message.attributes {
        match attribute {
            RouteAttribute::Destination(address) => to = ip(address),
            RouteAttribute::Gateway(address) => via = ip(address),
            RouteAttribute::Oif(index) => dev = Some(*index),
            _ => {}
        }
    }
    let to = match to {
        Some(ip) => format!("{ip}/{}", message.header.destination_prefix_length),
        None if message.header.address_family == AddressFamily::Inet6 => "default (IPv6)".into(),
        None => "default".into(),
    };
    Some(vec![
        Cell::new(to).mark(Mark::Own),
        Cell::new(via.map(|ip| ip.to_string()).unwrap_or_default()),
        Cell::new(dev.map(device).unwrap_or_default()),
    ])
}

fn ip(address: &RouteAddress) -> Option<IpAddr> {
    match address {
        RouteAddress::Inet(ip) => Some(IpAddr::V4(*ip)),
        RouteAddress::Inet6(ip) => Some(IpAddr::V6(*ip)),
        _ => None,
    }
}
