//! `addr`, `addr add`, `addr del`: the addresses of the subject's network namespace. RTM_GETADDR, RTM_NEWADDR, RTM_DELADDR.

use super::rtnl;
use crate::command::{Args, Card, Count, Equivalent, Example, Inside, Kind, Man, Param, Primitive, Run, Said, Stop};
use crate::model::{Cell, Mark, Msg, NsKind, Text};
use netlink_packet_core::{NLM_F_CREATE, NLM_F_EXCL};
use netlink_packet_route::address::{AddressAttribute, AddressFlags, AddressHeaderFlags, AddressMessage, AddressScope};
use netlink_packet_route::{AddressFamily, RouteNetlinkMessage};
use std::net::IpAddr;

const ARGS: &[Param] = &[
    Param {
        name: "ADDR/LEN",
        kind: Kind::Word,
        count: Count::One,
        about: Text {
            en: "address and prefix length: 10.0.0.1/24, fd00::1/64", zh: "地址与前缀长度：10.0.0.1/24、fd00::1/64"
        },
    },
    Param {
        name: "dev", kind: Kind::OneOf(&["dev"]), count: Count::One, about: Text { en: "the word `dev`", zh: "单词 `dev`" }
    },
    Param { name: "NAME", kind: Kind::Link, count: Count::One, about: Text { en: "the device", zh: "设备名" } },
];

const MAN: &[Man] = &[Man("rtnetlink", 7), Man("ip-address", 8)];

/// `addr`.
pub const LIST: Card = Card {
    name: "addr",
    args: &[],
    primitive: Primitive::Syscall("sendto"),
    man: MAN,
    own: &[],
    summary: Text {
        en: "the addresses in the subject's network namespace", zh: "列出被观察进程网络命名空间中的地址"
    },
    explain: Text {
        en: "RTM_GETADDR. A new network namespace has no address at all; 127.0.0.1 comes when lo is switched on.",
        zh: "RTM_GETADDR。新的网络命名空间没有任何地址；启用 lo 时才有 127.0.0.1。",
    },
    equivalents: &[Equivalent { tool: "ip(8)", line: "ip address" }],
    examples: &[
        Example { after: "unshare net; link up lo", line: "addr", shows: "127.0.0.1/8", needs: "root" },
        Example { after: "unshare net", line: "addr", shows: "no address", needs: "root" },
    ],
    run: Run::Inside(list),
};

/// `addr add`.
pub const ADD: Card = Card {
    name: "addr add",
    args: ARGS,
    primitive: Primitive::Syscall("sendto"),
    man: MAN,
    own: &[NsKind::Net],
    summary: Text { en: "give a device an address", zh: "为设备添加地址" },
    explain: Text {
        en: "RTM_NEWADDR. With the address comes a route to its network, once the device is up. Other namespaces may use the same address: each has its own list. \
             An IPv6 address is given with IFA_F_NODAD here: usable at once, without asking on the wire whether somebody has it.",
        zh: "RTM_NEWADDR。设备启用后，地址会带来一条通往其网络的路由。别的命名空间可以使用同样的地址：各有各的列表。\
             这里添加 IPv6 地址时带 IFA_F_NODAD：立即可用，不在线路上询问是否已有人使用。",
    },
    equivalents: &[Equivalent { tool: "ip(8)", line: "ip address add 10.0.0.1/24 dev va" }],
    examples: &[
        Example {
            after: "unshare net; link add veth va peer vb",
            line: "addr add 10.0.0.1/24 dev va",
            shows: "IFA_LOCAL=10.0.0.1",
            needs: "root",
        },
        Example { after: "unshare net; link up lo", line: "addr add 127.0.0.1/8 dev lo", shows: "EEXIST", needs: "root" },
        Example { after: "unshare net", line: "addr add 10.0.0.1/24 dev va", shows: "no device", needs: "root" },
    ],
    run: Run::Inside(add),
};

/// `addr del`.
pub const DEL: Card = Card {
    name: "addr del",
    args: ARGS,
    primitive: Primitive::Syscall("sendto"),
    man: MAN,
    own: &[NsKind::Net],
    summary: Text { en: "take an address from a device", zh: "删除设备的地址" },
    explain: Text {
        en: "RTM_DELADDR. The routes that came with the address go with it.",
        zh: "RTM_DELADDR。随该地址而来的路由也一并消失。",
    },
    equivalents: &[Equivalent { tool: "ip(8)", line: "ip address del 10.0.0.1/24 dev va" }],
    examples: &[
        Example { after: "unshare net; link up lo", line: "addr del 127.0.0.1/8 dev lo", shows: "RTM_DELADDR", needs: "root" },
        Example { after: "unshare net", line: "addr del 10.0.0.1/8 dev lo", shows: "EADDRNOTAVAIL", needs: "root" },
    ],
    run: Run::Inside(del),
};

fn add(cx: &mut Inside<'_>, args: &Args) -> Result<Said, Stop> {
    let message = message(args)?;
    rtnl::change(cx.kernel, RouteNetlinkMessage::NewAddress(message), NLM_F_CREATE | NLM_F_EXCL)?;
    Ok(Said::nothing())
}

fn del(cx: &mut Inside<'_>, args: &Args) -> Result<Said, Stop> {
    let message = message(args)?;
    rtnl::change(cx.kernel, RouteNetlinkMessage::DelAddress(message), 0)?;
    Ok(Said::nothing())
}

fn message(args: &Args) -> Result<AddressMessage, Stop> {
    let (address, length) = rtnl::network(args.one("ADDR/LEN"))?;
    let mut message = AddressMessage::default();
    message.header.prefix_len = length;
    message.header.index = rtnl::index(args.one("NAME"))?;
    // IFA_LOCAL is the address itself, IFA_ADDRESS the network's or, of a point-to-point device, the other end's.
    message.attributes.extend([AddressAttribute::Local(address), AddressAttribute::Address(address)]);
    match address {
        IpAddr::V4(ip) => {
            message.header.family = AddressFamily::Inet;
            let loopback = ip.is_loopback();
            message.header.scope = if loopback { AddressScope::Host } else { AddressScope::Universe };
            // A network of one or two addresses has none for all (RFC 3021).
            if length < 31 && !loopback {
                message.attributes.push(AddressAttribute::Broadcast(rtnl::broadcast(ip, length)));
            }
        }
        IpAddr::V6(_) => {
            message.header.family = AddressFamily::Inet6;
            message.header.flags = AddressHeaderFlags::Nodad;
            message.attributes.push(AddressAttribute::Flags(AddressFlags::Nodad));
        }
    }
    Ok(message)
}

fn list(cx: &mut Inside<'_>, _: &Args) -> Result<Said, Stop> {
    let found = rtnl::dump(cx, RouteNetlinkMessage::GetAddress(AddressMessage::default()))?;
    let rows: Vec<Vec<Cell>> = found.iter().filter_map(row).collect();
    if rows.is_empty() {
        return Ok(Said::nothing()
            .note(crate::model::NoteKind::Did, Msg::new("no address in this network namespace", "这个网络命名空间中没有地址")));
    }
    Ok(Said::grid(vec![Msg::new("device", "设备"), Msg::new("address", "地址"), Msg::new("reach", "范围")], rows))
}

fn row(message: &RouteNetlinkMessage) -> Option<Vec<Cell>> {
    let RouteNetlinkMessage::NewAddress(message) = message else { return None };
    // IPv6 has only IFA_ADDRESS.
    let local = message.attributes.iter().find_map(|attribute| match attribute {
        AddressAttribute::Local(ip) => Some(ip),
        _ => None,
    });
    let any = message.attributes.iter().find_map(|attribute| match attribute {
        AddressAttribute::Address(ip) => Some(ip),
        _ => None,
    });
    let reach = match message.header.scope {
        AddressScope::Universe => Msg::new("global", "全局"),
        AddressScope::Link => Msg::new("link", "链路"),
        AddressScope::Host => Msg::new("this namespace", "本命名空间"),
        _ => Msg::same("-"),
    };
    Some(vec![
        Cell::new(device(message.header.index)),
        Cell::new(format!("{}/{}", local.or(any)?, message.header.prefix_len)).mark(Mark::Own),
        Cell::msg(reach).mark(Mark::Dim),
    ])
}

/// The name of a device; its number where it is gone.
pub(super) fn device(index: u32) -> String {
    nix::net::if_::if_indextoname(index).map_or(format!("#{index}"), |name| name.to_string_lossy().into_owned())
}
