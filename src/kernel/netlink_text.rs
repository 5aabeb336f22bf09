//! How a message of rtnetlink(7) is printed: its type and attributes by the kernel's names, as far as boxlab sends them.

use super::open_on;
use netlink_packet_core::{NLM_F_ACK, NLM_F_CREATE, NLM_F_DUMP, NLM_F_EXCL, NLM_F_REQUEST};
use netlink_packet_route::RouteNetlinkMessage;
use netlink_packet_route::address::{AddressAttribute, AddressMessage};
use netlink_packet_route::link::{InfoData, InfoVeth, LinkAttribute, LinkFlags, LinkInfo, LinkMessage};
use netlink_packet_route::nsid::{NsidAttribute, NsidMessage};
use netlink_packet_route::route::{RouteAddress, RouteAttribute, RouteMessage};

/// `NLM_F_REQUEST|NLM_F_ACK|…`.
pub(super) fn request_flags(flags: u16) -> String {
    // NLM_F_DUMP shares its bits with the flags of a change: a request is one or the other.
    let dump = flags & NLM_F_DUMP == NLM_F_DUMP;
    let change = [(NLM_F_ACK, "NLM_F_ACK"), (NLM_F_EXCL, "NLM_F_EXCL"), (NLM_F_CREATE, "NLM_F_CREATE")];
    let named = change.iter().filter(|(bit, _)| !dump && flags & bit != 0).map(|(_, name)| *name);
    let request = (flags & NLM_F_REQUEST != 0).then_some("NLM_F_REQUEST");
    request.into_iter().chain(named).chain(dump.then_some("NLM_F_DUMP")).collect::<Vec<_>>().join("|")
}

/// `RTM_NEWLINK, IFLA_IFNAME="va", …`.
pub(super) fn shown(message: &RouteNetlinkMessage) -> String {
    let (name, rest) = match message {
        RouteNetlinkMessage::NewLink(link) => ("RTM_NEWLINK", self::link(link)),
        RouteNetlinkMessage::SetLink(link) => ("RTM_SETLINK", self::link(link)),
        RouteNetlinkMessage::DelLink(link) => ("RTM_DELLINK", self::link(link)),
        RouteNetlinkMessage::GetLink(link) => ("RTM_GETLINK", self::link(link)),
        RouteNetlinkMessage::NewAddress(address) => ("RTM_NEWADDR", self::address(address)),
        RouteNetlinkMessage::DelAddress(address) => ("RTM_DELADDR", self::address(address)),
        RouteNetlinkMessage::GetAddress(_) => ("RTM_GETADDR", Vec::new()),
        RouteNetlinkMessage::NewRoute(route) => ("RTM_NEWROUTE", self::route(route)),
        RouteNetlinkMessage::DelRoute(route) => ("RTM_DELROUTE", self::route(route)),
        RouteNetlinkMessage::GetRoute(_) => ("RTM_GETROUTE", Vec::new()),
        RouteNetlinkMessage::NewNsId(number) => ("RTM_NEWNSID", self::number(number)),
        RouteNetlinkMessage::GetNsId(_) => ("RTM_GETNSID", Vec::new()),
        other => return format!("type {}", netlink_packet_core::NetlinkSerializable::message_type(other)),
    };
    std::iter::once(name.to_string()).chain(rest).collect::<Vec<_>>().join(", ")
}

fn link(link: &LinkMessage) -> Vec<String> {
    let mut said = Vec::new();
    if link.header.index != 0 {
        said.push(format!("ifi_index={}", link.header.index));
    }
    if link.header.change_mask.contains(LinkFlags::Up) {
        said.push(format!("ifi_flags={}", if link.header.flags.contains(LinkFlags::Up) { "IFF_UP" } else { "0" }));
        said.push("ifi_change=IFF_UP".into());
    }
    said.extend(link.attributes.iter().filter_map(link_attribute));
    said
}

fn link_attribute(attribute: &LinkAttribute) -> Option<String> {
    Some(match attribute {
        LinkAttribute::IfName(name) => format!("IFLA_IFNAME={}", crate::model::Arg::Str(name.clone())),
        LinkAttribute::Controller(index) => format!("IFLA_MASTER={index}"),
        LinkAttribute::Link(index) => format!("IFLA_LINK={index}"),
        LinkAttribute::Mtu(mtu) => format!("IFLA_MTU={mtu}"),
        LinkAttribute::NetNsFd(fd) => format!("IFLA_NET_NS_FD={fd}{}", namespace(*fd)),
        LinkAttribute::LinkInfo(infos) => {
            let infos: Vec<String> = infos.iter().filter_map(link_info).collect();
            format!("IFLA_LINKINFO={{{}}}", infos.join(", "))
        }
        _ => return None,
    })
}

fn link_info(info: &LinkInfo) -> Option<String> {
    match info {
        LinkInfo::Kind(kind) => Some(format!("IFLA_INFO_KIND=\"{kind}\"")),
        LinkInfo::Data(InfoData::Veth(InfoVeth::Peer(peer))) => Some(format!("VETH_INFO_PEER={{{}}}", link(peer).join(", "))),
        LinkInfo::Data(InfoData::MacVlan(_)) => Some("{IFLA_MACVLAN_MODE=MACVLAN_MODE_BRIDGE}".into()),
        LinkInfo::Data(InfoData::IpVlan(_)) => Some("{IFLA_IPVLAN_MODE=IPVLAN_MODE_L2}".into()),
        _ => None,
    }
}

fn number(message: &NsidMessage) -> Vec<String> {
    let said = message.attributes.iter().filter_map(|attribute| match attribute {
        NsidAttribute::Fd(fd) => Some(format!("NETNSA_FD={fd}{}", namespace(*fd as i32))),
        NsidAttribute::Id(id) => Some(format!("NETNSA_NSID={id}")),
        _ => None,
    });
    said.collect()
}

/// `<net:[4026532177]>` of a descriptor that is open on a namespace, as `strace -y` prints it.
fn namespace(fd: i32) -> String {
    open_on(fd).map_or(String::new(), |text| format!("<{text}>"))
}

fn address(address: &AddressMessage) -> Vec<String> {
    let mut said = vec![format!("ifa_prefixlen={}", address.header.prefix_len), format!("ifa_index={}", address.header.index)];
    said.extend(address.attributes.iter().filter_map(|attribute| match attribute {
        AddressAttribute::Local(ip) => Some(format!("IFA_LOCAL={ip}")),
        AddressAttribute::Address(ip) => Some(format!("IFA_ADDRESS={ip}")),
        AddressAttribute::Broadcast(ip) => Some(format!("IFA_BROADCAST={ip}")),
        _ => None,
    }));
    said
}

fn route(route: &RouteMessage) -> Vec<String> {
    let ip = |address: &RouteAddress| match address {
        RouteAddress::Inet(ip) => ip.to_string(),
        RouteAddress::Inet6(ip) => ip.to_string(),
        _ => "?".into(),
    };
    let mut said = vec![format!("rtm_dst_len={}", route.header.destination_prefix_length)];
    said.extend(route.attributes.iter().filter_map(|attribute| match attribute {
        RouteAttribute::Destination(to) => Some(format!("RTA_DST={}", ip(to))),
        RouteAttribute::Gateway(via) => Some(format!("RTA_GATEWAY={}", ip(via))),
        RouteAttribute::Oif(index) => Some(format!("RTA_OIF={index}")),
        _ => None,
    }));
    said
}
