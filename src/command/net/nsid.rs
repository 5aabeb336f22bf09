//! `nsid`, `nsid set`: the numbers by which network namespaces know one another. RTM_GETNSID, RTM_NEWNSID.

use super::rtnl;
use crate::command::{Args, Card, Count, Equivalent, Example, Inside, Kind, Man, Param, Primitive, Run, Said, Stop};
use crate::model::{Cell, Msg, NoteKind, NsKind, Text};
use netlink_packet_route::RouteNetlinkMessage;
use netlink_packet_route::nsid::{NsidAttribute, NsidMessage};
use std::os::fd::AsRawFd;

/// `nsid`.
pub const LIST: Card = Card {
    name: "nsid",
    args: &[],
    primitive: Primitive::Syscall("sendto"),
    man: &[Man("rtnetlink", 7), Man("ip-netns", 8), Man("network_namespaces", 7)],
    own: &[],
    summary: Text {
        en: "numbers that this network namespace has for other ones", zh: "本网络命名空间给其他网络命名空间的编号"
    },
    explain: Text {
        en: "Network namespaces have no names in the kernel. Where one has to speak of another, as `link` of a veth's other end (link-netnsid), it does so by a number of its own: each namespace counts \
             for itself, so 0 here and 0 there are different ones. The kernel gives out the next free one when it is needed (a veth between them), `nsid set` (RTM_NEWNSID) a chosen one; it stays until either ends.",
        zh: "内核中的网络命名空间没有名字。当一个命名空间需要提到另一个时（例如 `link` 显示 veth 另一端的 link-netnsid），用的是它自己的编号：各命名空间各自编号，所以这里的 0 与那里的 0 不是同一个。\
             需要时（例如两者之间建立 veth）内核自动给出下一个空闲编号，`nsid set`（RTM_NEWNSID）则可以指定；编号一直有效，直到其中一方消失。",
    },
    equivalents: &[Equivalent { tool: "ip(8)", line: "ip netns list-id" }],
    examples: &[
        Example {
            after: "unshare net; subject new b; unshare net; subject use a; link add veth va peer vb@b",
            line: "nsid",
            shows: "NLMSG_DONE",
            needs: "root",
        },
        Example { after: "unshare net", line: "nsid", shows: "has no number for any other", needs: "root" },
    ],
    run: Run::Inside(list),
};

/// `nsid set`.
pub const SET: Card = Card {
    name: "nsid set",
    args: &[
        Param {
            name: "SUBJECT",
            kind: Kind::TargetNs(NsKind::Net),
            count: Count::One,
            about: Text { en: "whose network namespace gets a number", zh: "给谁的网络命名空间编号" },
        },
        Param {
            name: "NUMBER",
            kind: Kind::Number,
            count: Count::Optional,
            about: Text { en: "which one; without it the next free one", zh: "编号；省略则为下一个空闲的" },
        },
    ],
    primitive: Primitive::Syscall("sendto"),
    man: &[Man("rtnetlink", 7), Man("ip-netns", 8)],
    own: &[NsKind::Net],
    summary: Text {
        en: "give another subject's network namespace a number here",
        zh: "在这里给另一个被观察进程的网络命名空间编号",
    },
    explain: Text {
        en: "RTM_NEWNSID with a descriptor of the other namespace. Nothing changes in the other one: it does not know what it is called here. A number is given once (EEXIST) and cannot be taken back.",
        zh: "带有对方命名空间描述符的 RTM_NEWNSID。对方没有任何变化：它不知道自己在这里叫什么。编号只能给一次（EEXIST），不能收回。",
    },
    equivalents: &[Equivalent { tool: "ip(8)", line: "ip netns set blue 7" }],
    examples: &[
        Example {
            after: "unshare net; subject new b; unshare net; subject use a",
            line: "nsid set b 7",
            shows: "RTM_NEWNSID, NETNSA_FD=",
            needs: "root",
        },
        Example {
            after: "unshare net; subject new b; unshare net; subject use a; nsid set b 7",
            line: "nsid set b 8",
            shows: "EEXIST",
            needs: "root",
        },
        Example { after: "unshare net; subject new b; subject use a", line: "nsid set b", shows: "refused", needs: "root" },
    ],
    run: Run::Inside(set),
};

fn list(cx: &mut Inside<'_>, _: &Args) -> Result<Said, Stop> {
    let found = rtnl::dump(cx, RouteNetlinkMessage::GetNsId(NsidMessage::default()))?;
    let number = |message: &RouteNetlinkMessage| match message {
        RouteNetlinkMessage::NewNsId(message) => message.attributes.iter().find_map(|attribute| match attribute {
            NsidAttribute::Id(id) => Some(*id),
            _ => None,
        }),
        _ => None,
    };
    let rows: Vec<Vec<Cell>> = found.iter().filter_map(number).map(|id| vec![Cell::new(id.to_string())]).collect();
    if rows.is_empty() {
        let none = Msg::new(
            "this network namespace has no number for any other: nothing here leads into one",
            "本网络命名空间还没有给别的命名空间编号：这里没有什么通向别处",
        );
        return Ok(Said::nothing().note(NoteKind::Did, none));
    }
    Ok(Said::grid(vec![Msg::new("number of another network namespace", "其他网络命名空间的编号")], rows))
}

fn set(cx: &mut Inside<'_>, args: &Args) -> Result<Said, Stop> {
    let held = cx.held.first().ok_or(Stop::Failed(libc::EBADF))?;
    // -1: the kernel chooses (linux/net_namespace.h).
    let number = match args.number("NUMBER") {
        None => -1,
        Some(number) => i32::try_from(number).map_err(|_| {
            Stop::Usage(Msg::new("a number of a namespace is at most 2147483647", "命名空间编号最大为 2147483647"))
        })?,
    };
    let mut message = NsidMessage::default();
    message.attributes = vec![NsidAttribute::Fd(held.fd.as_raw_fd() as u32), NsidAttribute::Id(number)];
    rtnl::change(cx.kernel, RouteNetlinkMessage::NewNsId(message), 0)?;
    Ok(Said::nothing())
}
