//! For `doctor`: what can be made in a network namespace of one's own.

use super::rtnl;
use crate::kernel::Kernel;
use crate::model::NsKind;
use netlink_packet_core::{NLM_F_CREATE, NLM_F_EXCL};
use netlink_packet_route::RouteNetlinkMessage;
use netlink_packet_route::link::{InfoData, InfoKind, InfoVeth, LinkAttribute, LinkFlags, LinkInfo};
use nix::errno::Errno;

/// A pair of veth devices.
pub fn veth(kernel: &mut Kernel) -> Result<(), Errno> {
    let other = rtnl::about("vb").map_err(|_| Errno::EINVAL)?;
    device(kernel, vec![LinkInfo::Kind(InfoKind::Veth), LinkInfo::Data(InfoData::Veth(InfoVeth::Peer(other)))])
}

/// A bridge.
pub fn bridge(kernel: &mut Kernel) -> Result<(), Errno> {
    device(kernel, vec![LinkInfo::Kind(InfoKind::Bridge)])
}

/// lo, switched on.
pub fn lo(kernel: &mut Kernel) -> Result<(), Errno> {
    kernel.unshare(&[NsKind::Net])?;
    let mut message = rtnl::about("lo").map_err(|_| Errno::EINVAL)?;
    message.header.flags = LinkFlags::Up;
    message.header.change_mask = LinkFlags::Up;
    rtnl::change(kernel, RouteNetlinkMessage::NewLink(message), 0)
}

fn device(kernel: &mut Kernel, infos: Vec<LinkInfo>) -> Result<(), Errno> {
    kernel.unshare(&[NsKind::Net])?;
    let mut message = rtnl::about("va").map_err(|_| Errno::EINVAL)?;
    message.attributes.push(LinkAttribute::LinkInfo(infos));
    rtnl::change(kernel, RouteNetlinkMessage::NewLink(message), NLM_F_CREATE | NLM_F_EXCL)
}
