//! `link`, `link up`, `link down`, `link del`: the devices of the subject's network namespace. RTM_GETLINK, RTM_NEWLINK, RTM_DELLINK.

use super::rtnl;
use crate::command::{Args, Card, Count, Equivalent, Example, Inside, Kind, Man, Param, Primitive, Run, Said, Stop};
use crate::model::{Cell, Mark, Msg, NoteKind, NsKind, Text};
use netlink_packet_route::RouteNetlinkMessage;
use netlink_packet_route::link::{LinkAttribute, LinkFlags, LinkInfo, LinkMessage};

/// The parameter of all that are about one device.
pub const NAME: Param =
    Param { name: "NAME", kind: Kind::Link, count: Count::One, about: Text { en: "the device", zh: "设备名" } };

/// `link`.
pub const LIST: Card = Card {
    name: "link",
    args: &[],
    primitive: Primitive::Syscall("sendto"),
    man: &[Man("network_namespaces", 7), Man("rtnetlink", 7), Man("ip-link", 8)],
    own: &[],
    summary: Text { en: "the network devices that the subject sees", zh: "列出被观察进程看到的网络设备" },
    explain: Text {
        en: "RTM_GETLINK asks for all devices of the network namespace in which the socket was made: devices belong to a namespace, not to \
             a process. A new one has lo, and it is down. `@` names the other end of a veth; where that is in another namespace only its number there is known.",
        zh: "RTM_GETLINK 列出创建该套接字时所在网络命名空间的全部设备：设备属于命名空间，而不属于进程。新的网络命名空间只有 lo，而且没有启用。\
             `@` 之后是 veth 的另一端；另一端在别的命名空间时，只知道它在那里的编号。",
    },
    equivalents: &[Equivalent { tool: "ip(8)", line: "ip link" }],
    examples: &[
        Example { after: "unshare net", line: "link", shows: "down", needs: "root" },
        Example { after: "unshare user net", line: "link", shows: "lo", needs: "userns" },
    ],
    run: Run::Inside(list),
};

/// `link up`.
pub const UP: Card = card(
    "link up",
    Text { en: "switch a network device on", zh: "启用网络设备" },
    Text {
        en: "RTM_NEWLINK with IFF_UP. Until lo is up, nothing in the namespace reaches even 127.0.0.1 (ENETUNREACH). A veth carries packets when both ends are up.",
        zh: "带 IFF_UP 的 RTM_NEWLINK。lo 启用之前，命名空间里连 127.0.0.1 都不可达（ENETUNREACH）。veth 两端都启用后才能传送数据包。",
    },
    &[Equivalent { tool: "ip(8)", line: "ip link set lo up" }],
    &[
        Example { after: "unshare net", line: "link up lo", shows: "ifi_flags=IFF_UP", needs: "root" },
        Example { after: "unshare user net", line: "link up lo", shows: "error=0", needs: "userns" },
        Example { after: "unshare net", line: "link up eth0", shows: "ENODEV", needs: "root" },
        Example { after: "", line: "link up lo", shows: "would change this machine's network", needs: "" },
    ],
    Run::Inside(up),
);

/// `link down`.
pub const DOWN: Card = card(
    "link down",
    Text { en: "switch a network device off", zh: "停用网络设备" },
    Text {
        en: "RTM_NEWLINK without IFF_UP. The device's IPv6 addresses and all routes through it go; its IPv4 addresses stay.",
        zh: "不带 IFF_UP 的 RTM_NEWLINK。该设备的 IPv6 地址以及经过它的全部路由随之消失，IPv4 地址保留。",
    },
    &[Equivalent { tool: "ip(8)", line: "ip link set lo down" }],
    &[Example { after: "unshare net; link up lo", line: "link down lo", shows: "ifi_flags=0", needs: "root" }],
    Run::Inside(down),
);

/// `link del`.
pub const DEL: Card = card(
    "link del",
    Text { en: "remove a network device", zh: "删除网络设备" },
    Text {
        en: "RTM_DELLINK. With one end of a veth the other one goes, too, in whatever namespace it is. When a network namespace ends, its virtual \
             devices are removed with it. lo cannot be removed (EOPNOTSUPP).",
        zh: "RTM_DELLINK。删除 veth 的一端，另一端也随之消失，无论它在哪个命名空间。网络命名空间结束时，其中的虚拟设备一并删除。lo 不能删除（EOPNOTSUPP）。",
    },
    &[Equivalent { tool: "ip(8)", line: "ip link del va" }],
    &[
        Example { after: "unshare net; link add veth va peer vb", line: "link del va", shows: "RTM_DELLINK", needs: "root" },
        Example { after: "unshare net", line: "link del lo", shows: "EOPNOTSUPP", needs: "root" },
    ],
    Run::Inside(del),
);

const fn card(
    name: &'static str,
    summary: Text,
    explain: Text,
    equivalents: &'static [Equivalent],
    examples: &'static [Example],
    run: Run,
) -> Card {
    Card {
        name,
        args: &[NAME],
        primitive: Primitive::Syscall("sendto"),
        man: &[Man("rtnetlink", 7), Man("netdevice", 7), Man("ip-link", 8)],
        own: &[NsKind::Net],
        summary,
        explain,
        equivalents,
        examples,
        run,
    }
}

fn up(cx: &mut Inside<'_>, args: &Args) -> Result<Said, Stop> {
    switch(cx, args.one("NAME"), LinkFlags::Up)
}

fn down(cx: &mut Inside<'_>, args: &Args) -> Result<Said, Stop> {
    switch(cx, args.one("NAME"), LinkFlags::empty())
}

fn switch(cx: &mut Inside<'_>, name: &str, flags: LinkFlags) -> Result<Said, Stop> {
    let mut message = rtnl::about(name)?;
    message.header.flags = flags;
    message.header.change_mask = LinkFlags::Up;
    rtnl::change(cx.kernel, RouteNetlinkMessage::NewLink(message), 0)?;
    Ok(Said::nothing())
}

fn del(cx: &mut Inside<'_>, args: &Args) -> Result<Said, Stop> {
    let message = rtnl::about(args.one("NAME"))?;
    rtnl::change(cx.kernel, RouteNetlinkMessage::DelLink(message), 0)?;
    Ok(Said::nothing())
}

fn list(cx: &mut Inside<'_>, _: &Args) -> Result<Said, Stop> {
    let found = rtnl::dump(cx, RouteNetlinkMessage::GetLink(LinkMessage::default()))?;
    let links: Vec<Link> = found.iter().filter_map(Link::read).collect();
    let head = vec![
        Msg::new("number", "编号"),
        Msg::new("device", "设备"),
        Msg::new("kind", "类型"),
        Msg::new("state", "状态"),
        Msg::same("MTU"),
        Msg::new("of bridge", "所属网桥"),
        Msg::new("hardware address", "硬件地址"),
    ];
    let said = Said::grid(head, links.iter().map(|link| link.row(&links)).collect());
    if links.iter().any(|link| link.name == "lo" && !link.up) {
        return Ok(
            said.note(NoteKind::Next, Msg::new("lo is down: `link up lo` brings it up", "lo 没有启用：用 `link up lo` 启用"))
        );
    }
    Ok(said)
}

/// What a device is, as far as it is shown.
struct Link {
    index: u32,
    name: String,
    kind: String,
    up: bool,
    carrier: bool,
    mtu: u32,
    bridge: Option<u32>,
    /// The other end of a veth, or what a macvlan sits on: its number, and in which other namespace (`nsid`) that counts.
    peer: Option<(u32, Option<i32>)>,
    hardware: String,
}

impl Link {
    fn read(message: &RouteNetlinkMessage) -> Option<Link> {
        let RouteNetlinkMessage::NewLink(message) = message else { return None };
        let flags = message.header.flags;
        let mut link = Link {
            index: message.header.index,
            name: String::new(),
            kind: if flags.contains(LinkFlags::Loopback) { "loopback".into() } else { String::new() },
            up: flags.contains(LinkFlags::Up),
            carrier: flags.contains(LinkFlags::LowerUp),
            mtu: 0,
            bridge: None,
            peer: None,
            hardware: String::new(),
        };
        let elsewhere = message.attributes.iter().find_map(|attribute| match attribute {
            LinkAttribute::LinkNetNsId(id) => Some(*id),
            _ => None,
        });
        for attribute in &message.attributes {
            match attribute {
                LinkAttribute::IfName(name) => link.name.clone_from(name),
                LinkAttribute::Mtu(mtu) => link.mtu = *mtu,
                LinkAttribute::Controller(index) => link.bridge = Some(*index),
                LinkAttribute::Link(index) => link.peer = Some((*index, elsewhere)),
                LinkAttribute::Address(bytes) => {
                    link.hardware = bytes.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(":");
                }
                LinkAttribute::LinkInfo(infos) => {
                    for info in infos {
                        if let LinkInfo::Kind(kind) = info {
                            link.kind = kind.to_string();
                        }
                    }
                }
                _ => {}
            }
        }
        Some(link)
    }

    fn row(&self, all: &[Link]) -> Vec<Cell> {
        let called =
            |index: u32| all.iter().find(|link| link.index == index).map_or(format!("#{index}"), |link| link.name.clone());
        let name = match self.peer {
            Some((index, None)) => Msg::same(format!("{}@{}", self.name, called(index))),
            Some((index, Some(id))) => Msg::new(
                format!("{}@#{index} in another namespace (nsid {id})", self.name),
                format!("{}@另一命名空间（nsid {id}）的 #{index}", self.name),
            ),
            None => Msg::same(&*self.name),
        };
        let state = match (self.up, self.carrier) {
            (true, true) => Cell::msg(Msg::new("up", "已启用")).mark(Mark::Own),
            (true, false) => Cell::msg(Msg::new("up, no carrier", "已启用，无载波")).mark(Mark::Warn),
            (false, _) => Cell::msg(Msg::new("down", "未启用")).mark(Mark::Dim),
        };
        vec![
            Cell::new(self.index.to_string()),
            Cell::msg(name),
            Cell::new(&*self.kind),
            state,
            Cell::new(self.mtu.to_string()),
            Cell::new(self.bridge.map(called).unwrap_or_default()),
            Cell::new(&*self.hardware).mark(Mark::Dim),
        ]
    }
}
