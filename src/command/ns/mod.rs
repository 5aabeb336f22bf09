//! Namespaces: leave, enter, name, map.

mod clock;
mod clone;
mod domainname;
mod exit;
mod fork;
mod hostname;
mod idmap;
pub mod idmap_auto;
mod owner;
mod pin;
mod setns;
mod unshare;

use super::Card;

/// The cards of this folder.
pub const CARDS: &[Card] = &[
    unshare::CARD,
    clone::CARD,
    setns::CARD,
    idmap::CARD,
    idmap_auto::CARD,
    hostname::CARD,
    domainname::CARD,
    fork::CARD,
    exit::CARD,
    clock::CARD,
    pin::PIN,
    pin::UNPIN,
    owner::CARD,
];
