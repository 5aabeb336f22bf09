//! `link add`: make a virtual network device. RTM_NEWLINK with IFLA_LINKINFO.

use super::rtnl;
use crate::command::{Args, Card, Count, Equivalent, Example, Inside, Kind, Man, Param, Primitive, Run, Said, Stop};
use crate::model::{Msg, NoteKind, NsKind, Text};
use netlink_packet_core::{NLM_F_CREATE, NLM_F_EXCL};
use netlink_packet_route::RouteNetlinkMessage;
use netlink_packet_route::link::{
    InfoData, InfoIpVlan, InfoKind, InfoMacVlan, InfoVeth, IpVlanMode, LinkAttribute, LinkInfo, MacVlanMode,
};
use std::os::fd::AsRawFd;

/// The card.
pub const CARD: Card = Card {
    name: "link add",
    args: &[
        Param {
            name: "KIND",
            kind: Kind::OneOf(&["veth", "bridge", "macvlan", "ipvlan", "dummy", "ifb"]),
            count: Count::One,
            about: Text {
                en: "veth: a cable with two ends; bridge: a switch; macvlan, ipvlan: one more device on top of another one; dummy: swallows all; ifb: for shaping incoming traffic",
                zh: "veth：有两端的网线；bridge：交换机；macvlan、ipvlan：架在另一个设备之上的设备；dummy：吞掉一切数据包；ifb：用于整形入向流量",
            },
        },
        Param {
            name: "NAME",
            kind: Kind::Word,
            count: Count::One,
            about: Text { en: "its name, up to 15 bytes", zh: "设备名，最多 15 个字节" },
        },
        Param {
            name: "peer",
            kind: Kind::OneOf(&["peer", "on"]),
            count: Count::Optional,
            about: Text {
                en: "the word `peer` for a veth, `on` for a macvlan or ipvlan",
                zh: "veth 用单词 `peer`，macvlan 和 ipvlan 用 `on`",
            },
        },
        Param {
            name: "PEER@SUBJECT",
            kind: Kind::NameAt(NsKind::Net),
            count: Count::Optional,
            about: Text {
                en: "the name of the other end, or of the device below; after @ whose network namespace it is put into (a subject or a PID); without @ it stays here",
                zh: "另一端或下层设备的名字；@ 之后是把它放进谁的网络命名空间（被观察进程名或 PID）；不写 @ 则留在这里",
            },
        },
    ],
    primitive: Primitive::Syscall("sendto"),
    man: &[Man("veth", 4), Man("rtnetlink", 7), Man("network_namespaces", 7), Man("ip-link", 8)],
    own: &[NsKind::Net],
    summary: Text {
        en: "make a virtual network device, such as a veth pair", zh: "创建虚拟网络设备，例如一对 veth"
    },
    explain: Text {
        en: "One RTM_NEWLINK. A veth pair is two devices: what goes into one comes out of the other. With the ends in two network namespaces it is the \
             cable between two containers, or between a container and the host. The peer can be born in the other namespace at once \
             (IFLA_NET_NS_FD, a descriptor that the observer hands over); that needs CAP_NET_ADMIN there, too. Both ends begin down and without addresses. \
             A macvlan is a further device with a hardware address of its own on top of another one, an ipvlan shares the address of that: moved into a container they put it on the same wire \
             without a bridge; the device below and what sits on it do not hear one another.",
        zh: "一条 RTM_NEWLINK。一对 veth 是两个设备：从一端进去的数据包从另一端出来。两端分处两个网络命名空间时，它就是两个容器之间、或容器与主机之间的网线。\
             另一端可以直接出生在对方的命名空间（IFLA_NET_NS_FD，由观察者传入的描述符）；这在那边也需要 CAP_NET_ADMIN。两端起初都未启用，也没有地址。\
             macvlan 是架在另一个设备之上、有自己硬件地址的设备，ipvlan 则与它共用硬件地址：移入容器后，不用网桥就能让容器接到同一条线上；但下层设备与架在其上的设备彼此听不到。",
    },
    equivalents: &[
        Equivalent { tool: "ip(8)", line: "ip link add va type veth peer name vb netns PID" },
        Equivalent { tool: "docker", line: "docker network create (a bridge); each container gets one end of a veth pair" },
    ],
    examples: &[
        Example {
            after: "unshare net",
            line: "link add veth va peer vb",
            shows: "VETH_INFO_PEER={IFLA_IFNAME=\"vb\"}",
            needs: "root",
        },
        Example {
            after: "unshare net; subject new b; unshare net; subject use a",
            line: "link add veth va peer vb@b",
            shows: "IFLA_NET_NS_FD=",
            needs: "root",
        },
        Example {
            after: "unshare net; link add veth va peer vb",
            line: "link add macvlan mv0 on va",
            shows: "IFLA_LINK=",
            needs: "root",
        },
        Example { after: "unshare net", line: "link add macvlan mv0", shows: "sits on another device", needs: "root" },
        Example { after: "unshare net", line: "link add bridge br0", shows: "IFLA_INFO_KIND=\"bridge\"", needs: "root" },
        Example { after: "unshare net; link add bridge br0", line: "link add bridge br0", shows: "EEXIST", needs: "root" },
        Example {
            after: "unshare net; subject new b; subject use a",
            line: "link add veth va peer vb@b",
            shows: "refused, nothing was called",
            needs: "root",
        },
        Example { after: "", line: "link add bridge br0", shows: "would change this machine's network", needs: "" },
    ],
    run: Run::Inside(run),
};

fn run(cx: &mut Inside<'_>, args: &Args) -> Result<Said, Stop> {
    let (kind, name) = (args.one("KIND"), args.one("NAME"));
    let mut message = rtnl::about(name)?;
    let infos = match (kind, args.opt("PEER@SUBJECT")) {
        ("veth", Some(peer)) => {
            let (peer, elsewhere) = peer.rsplit_once('@').map_or((peer, false), |(peer, _)| (peer, true));
            let mut other = rtnl::about(peer)?;
            if elsewhere {
                let held = cx.held.first().ok_or(Stop::Failed(libc::EBADF))?;
                other.attributes.push(LinkAttribute::NetNsFd(held.fd.as_raw_fd()));
            }
            vec![LinkInfo::Kind(InfoKind::Veth), LinkInfo::Data(InfoData::Veth(InfoVeth::Peer(other)))]
        }
        ("veth", None) => {
            return Err(Stop::Usage(Msg::new(
                format!("a veth has two ends; name the other one: `link add veth {name} peer OTHER`, or OTHER@SUBJECT"),
                format!("veth 有两端，请给出另一端的名字：`link add veth {name} peer 另一端`，或 另一端@被观察进程"),
            )));
        }
        ("macvlan" | "ipvlan", Some(below)) => {
            let below = rtnl::index(below)?;
            message.attributes.push(LinkAttribute::Link(below));
            match kind {
                "macvlan" => vec![
                    LinkInfo::Kind(InfoKind::MacVlan),
                    LinkInfo::Data(InfoData::MacVlan(vec![InfoMacVlan::Mode(MacVlanMode::Bridge)])),
                ],
                _ => vec![
                    LinkInfo::Kind(InfoKind::IpVlan),
                    LinkInfo::Data(InfoData::IpVlan(vec![InfoIpVlan::Mode(IpVlanMode::L2)])),
                ],
            }
        }
        ("macvlan" | "ipvlan", None) => {
            return Err(Stop::Usage(Msg::new(
                format!("a {kind} sits on another device; name it: `link add {kind} {name} on DEVICE`"),
                format!("{kind} 架在另一个设备之上，请写出它：`link add {kind} {name} on 设备`"),
            )));
        }
        (_, Some(_)) => {
            return Err(Stop::Usage(Msg::new(
                format!("a {kind} has no other end; only a veth has a peer"),
                format!("{kind} 没有另一端；只有 veth 有 peer"),
            )));
        }
        ("bridge", None) => vec![LinkInfo::Kind(InfoKind::Bridge)],
        ("ifb", None) => vec![LinkInfo::Kind(InfoKind::Ifb)],
        _ => vec![LinkInfo::Kind(InfoKind::Dummy)],
    };
    message.attributes.push(LinkAttribute::LinkInfo(infos));
    rtnl::change(cx.kernel, RouteNetlinkMessage::NewLink(message), NLM_F_CREATE | NLM_F_EXCL)?;
    Ok(next(name, args.opt("PEER@SUBJECT").filter(|_| kind == "veth")))
}

/// What is left to do until a packet goes through.
fn next(name: &str, peer: Option<&str>) -> Said {
    let (en, zh) = match peer.map(|peer| peer.rsplit_once('@').unwrap_or((peer, ""))) {
        Some((peer, "")) => (format!("`link up {name}`, `link up {peer}`"), format!("`link up {name}`、`link up {peer}`")),
        Some((peer, at)) => (
            format!("`link up {name}` here, `link up {peer}` in {at}"),
            format!("在这里 `link up {name}`，在 {at} 中 `link up {peer}`"),
        ),
        None => (format!("`link up {name}`"), format!("`link up {name}`")),
    };
    Said::nothing()
        .note(NoteKind::Next, Msg::new(format!("it is down and has no address: {en}"), format!("它尚未启用，也没有地址：{zh}")))
}
