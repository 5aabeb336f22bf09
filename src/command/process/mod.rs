//! Processes: start, stop, end, look at them.

mod affinity;
mod bg;
mod fg;
pub mod job;
mod kill;
mod load;
mod orphan;
mod pdeathsig;
mod policy;
mod prio;
mod session;
mod setsid;
mod spawn;
mod subreaper;
mod thread;
pub mod throwaway;
mod wait;

use super::Card;

/// The cards of this folder.
pub const CARDS: &[Card] = &[
    spawn::CARD,
    fg::CARD,
    bg::CARD,
    wait::CARD,
    kill::CARD,
    orphan::CARD,
    subreaper::CARD,
    pdeathsig::CARD,
    session::CARD,
    setsid::CARD,
    thread::CARD,
    prio::CARD,
    affinity::CARD,
    policy::CARD,
    load::mem::CARD,
    load::cpu::CARD,
    load::procs::CARD,
    load::file::CARD,
];
