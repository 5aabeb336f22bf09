//! Namespaces: leave, enter, name, map.

mod exit;
mod fork;
mod hostname;
mod unshare;

use super::Card;

/// The cards of this folder.
pub const CARDS: &[Card] = &[unshare::CARD, hostname::CARD, fork::CARD, exit::CARD];
