//! Processes: start, stop, end, look at them.

mod bg;
mod fg;
pub mod job;
mod kill;
mod load;
mod spawn;
mod wait;

use super::Card;

/// The cards of this folder.
pub const CARDS: &[Card] = &[
    spawn::CARD,
    fg::CARD,
    bg::CARD,
    wait::CARD,
    kill::CARD,
    load::mem::CARD,
    load::cpu::CARD,
    load::procs::CARD,
    load::file::CARD,
];
