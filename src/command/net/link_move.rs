//! `link move`: put a device into another network namespace. RTM_NEWLINK with IFLA_NET_NS_FD.

use super::link::NAME;
use super::rtnl;
use crate::command::{Args, Card, Count, Equivalent, Example, Inside, Kind, Man, Param, Primitive, Run, Said, Stop};
use crate::model::{Msg, NoteKind, NsKind, Text};
use netlink_packet_route::RouteNetlinkMessage;
use netlink_packet_route::link::LinkAttribute;
use std::os::fd::AsRawFd;

/// The card.
pub const CARD: Card = Card {
    name: "link move",
    args: &[
        NAME,
        Param {
            name: "SUBJECT",
            kind: Kind::TargetNs(NsKind::Net),
            count: Count::One,
            about: Text {
                en: "whose network namespace it goes to: a subject's name, or a PID as the host counts",
                zh: "移到谁的网络命名空间：被观察进程名，或主机所见的 PID",
            },
        },
    ],
    primitive: Primitive::Syscall("sendto"),
    man: &[Man("network_namespaces", 7), Man("rtnetlink", 7), Man("ip-link", 8)],
    own: &[NsKind::Net],
    summary: Text {
        en: "move a device into another subject's network namespace",
        zh: "把设备移入另一个被观察进程的网络命名空间",
    },
    explain: Text {
        en: "A device is in one network namespace at a time. It arrives there down, without addresses and routes, and may get another number. \
             It needs CAP_NET_ADMIN in both namespaces. lo and some others are bound to their namespace (EINVAL). When a namespace ends, physical \
             devices go back to the host; virtual ones are removed.",
        zh: "一个设备同一时刻只属于一个网络命名空间。移过去之后它处于停用状态，没有地址和路由，编号也可能改变。在两边的命名空间中都需要 CAP_NET_ADMIN。\
             lo 等设备固定在自己的命名空间（EINVAL）。命名空间结束时，物理设备回到主机，虚拟设备被删除。",
    },
    equivalents: &[Equivalent { tool: "ip(8)", line: "ip link set vb netns PID" }],
    examples: &[
        Example {
            after: "unshare net; subject new b; unshare net; subject use a; link add veth va peer vb",
            line: "link move vb b",
            shows: "IFLA_NET_NS_FD=",
            needs: "root",
        },
        Example {
            after: "unshare net; subject new b; unshare net; subject use a",
            line: "link move lo b",
            shows: "EINVAL",
            needs: "root",
        },
        Example {
            after: "unshare net; link add bridge br0; subject new b; subject use a",
            line: "link move br0 b",
            shows: "refused",
            needs: "root",
        },
    ],
    run: Run::Inside(run),
};

fn run(cx: &mut Inside<'_>, args: &Args) -> Result<Said, Stop> {
    let name = args.one("NAME");
    let mut message = rtnl::about(name)?;
    let held = cx.held.first().ok_or(Stop::Failed(libc::EBADF))?;
    message.attributes.push(LinkAttribute::NetNsFd(held.fd.as_raw_fd()));
    rtnl::change(cx.kernel, RouteNetlinkMessage::NewLink(message), 0)?;
    let to = args.one("SUBJECT");
    Ok(Said::nothing().note(
        NoteKind::Unchanged,
        Msg::new(
            format!("addresses do not move with a device: in {to} it is down and has none"),
            format!("地址不随设备移动：在 {to} 中它未启用，也没有地址"),
        ),
    ))
}
