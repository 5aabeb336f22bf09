//! `link set`: a device's bridge, MTU or name. RTM_NEWLINK.

use super::link::NAME;
use super::rtnl;
use crate::command::{Args, Card, Count, Equivalent, Example, Inside, Kind, Man, Param, Primitive, Run, Said, Stop};
use crate::model::{Msg, NsKind, Text};
use netlink_packet_route::RouteNetlinkMessage;
use netlink_packet_route::link::{LinkAttribute, LinkMessage};

/// The card.
pub const CARD: Card = Card {
    name: "link set",
    args: &[
        NAME,
        Param {
            name: "WHAT",
            kind: Kind::OneOf(&["master", "nomaster", "mtu", "name"]),
            count: Count::One,
            about: Text {
                en: "master: put it into a bridge; nomaster: take it out; mtu: largest packet in bytes; name: rename it",
                zh: "master：接入网桥；nomaster：从网桥取下；mtu：最大数据包字节数；name：改名",
            },
        },
        Param {
            name: "VALUE",
            kind: Kind::Word,
            count: Count::Optional,
            about: Text { en: "the bridge, the size, the new name", zh: "网桥名、大小或新名字" },
        },
    ],
    primitive: Primitive::Syscall("sendto"),
    man: &[Man("rtnetlink", 7), Man("ip-link", 8), Man("bridge", 8)],
    own: &[NsKind::Net],
    summary: Text { en: "put a device into a bridge; its MTU, its name", zh: "把设备接入网桥；设置 MTU、名字" },
    explain: Text {
        en: "A bridge is a switch: devices with it as their master hand it what they receive, and it sends on by hardware address. The \
             address of the network belongs on the bridge then, not on its ports. Bridge and port are in the same network namespace; the veth's \
             other end need not be.",
        zh: "网桥就是交换机：以它为 master 的设备把收到的数据包交给它，由它按硬件地址转发。此时网络地址应配在网桥上，而不是端口上。\
             网桥与端口在同一个网络命名空间；veth 的另一端则不必。",
    },
    equivalents: &[Equivalent { tool: "ip(8)", line: "ip link set va master br0" }],
    examples: &[
        Example {
            after: "unshare net; link add bridge br0; link add veth va peer vb",
            line: "link set va master br0",
            shows: "IFLA_MASTER=",
            needs: "root",
        },
        Example { after: "unshare net; link up lo", line: "link set lo mtu 1500", shows: "IFLA_MTU=1500", needs: "root" },
        Example {
            after: "unshare net; link add bridge br0; link add bridge br1",
            line: "link set br1 master br0",
            shows: "ELOOP",
            needs: "root",
        },
    ],
    run: Run::Inside(run),
};

fn run(cx: &mut Inside<'_>, args: &Args) -> Result<Said, Stop> {
    let (name, what) = (args.one("NAME"), args.one("WHAT"));
    let value = || {
        args.opt("VALUE").ok_or_else(|| {
            Stop::Usage(Msg::new(
                format!("a value is missing: `link set {name} {what} …`"),
                format!("缺少值：`link set {name} {what} …`"),
            ))
        })
    };
    let (mut message, attribute) = match what {
        "nomaster" => (rtnl::about(name)?, LinkAttribute::Controller(0)),
        "master" => (rtnl::about(name)?, LinkAttribute::Controller(rtnl::index(value()?)?)),
        "mtu" => {
            let mtu = value()?
                .parse()
                .map_err(|_| Stop::Usage(Msg::new("the MTU is a number of bytes: 1500", "MTU 是字节数，例如 1500")))?;
            (rtnl::about(name)?, LinkAttribute::Mtu(mtu))
        }
        // The name is what is looked for otherwise, so here the number has to do that.
        _ => {
            let mut message = LinkMessage::default();
            message.header.index = rtnl::index(name)?;
            (message, LinkAttribute::IfName(rtnl::device_name(value()?)?.into()))
        }
    };
    message.attributes.push(attribute);
    rtnl::change(cx.kernel, RouteNetlinkMessage::NewLink(message), 0)?;
    Ok(Said::nothing())
}
