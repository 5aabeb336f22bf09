//! Taking a session along: as a script, a C program, a `docker run` line, an OCI bundle.

mod border;
#[cfg(test)]
mod border_tests;
mod bundle;
mod c;
mod cards;
mod deed;
mod docker;
mod plan;
mod sh;
mod table;
mod unseen;

use super::Card;

/// The cards of this folder.
pub const CARDS: &[Card] = &[cards::SH, cards::C, cards::DOCKER, cards::OCI];
