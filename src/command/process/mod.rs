//! Processes: start, stop, end, look at them.

mod fg;
pub mod job;
mod spawn;

use super::Card;

/// The cards of this folder.
pub const CARDS: &[Card] = &[spawn::CARD, fg::CARD];
