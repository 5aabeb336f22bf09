//! Network: devices, addresses, routes, ports. All of it belongs to one network namespace (network_namespaces(7)).

mod addr;
mod connect;
mod link;
mod link_add;
mod link_move;
mod link_set;
mod listen;
mod nsid;
mod ping;
mod route;
mod rtnl;
mod socket_ns;
mod sysctl;
pub mod trial;

use super::Card;

/// The cards of this folder.
pub const CARDS: &[Card] = &[
    link::LIST,
    link_add::CARD,
    link::UP,
    link::DOWN,
    link_set::CARD,
    link_move::CARD,
    link::DEL,
    nsid::LIST,
    nsid::SET,
    addr::LIST,
    addr::ADD,
    addr::DEL,
    route::LIST,
    route::ADD,
    route::DEL,
    ping::CARD,
    listen::CARD,
    connect::CARD,
    socket_ns::CARD,
    sysctl::CARD,
];
