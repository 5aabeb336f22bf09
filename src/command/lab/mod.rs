//! The shell itself: subjects, language, help, leaving.

pub mod clinic;
mod doctor;
mod explain;
mod help;
mod history;
mod lang;
mod quit;
mod reset;
mod subject;
mod topic;

pub use topic::names as topics;

use super::Card;

/// The cards of this folder.
pub const CARDS: &[Card] = &[
    help::CARD,
    explain::CARD,
    doctor::CARD,
    history::CARD,
    reset::CARD,
    subject::NEW,
    subject::USE,
    subject::DROP,
    subject::LIST,
    clinic::CLINIC,
    clinic::HINT,
    clinic::IS,
    clinic::TELL,
    lang::CARD,
    quit::CARD,
];
