//! Namespaces: leave, enter, name, map.

mod clone;
mod exit;
mod fork;
mod hostname;
mod idmap;
mod setns;
mod unshare;

use super::Card;

/// The cards of this folder.
pub const CARDS: &[Card] = &[unshare::CARD, clone::CARD, setns::CARD, idmap::CARD, hostname::CARD, fork::CARD, exit::CARD];
