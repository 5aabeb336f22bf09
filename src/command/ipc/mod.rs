//! IPC: the objects that an ipc namespace holds (ipc_namespaces(7)), and the ways to talk that it does not close.

mod cross;
mod list;
mod mqueue;
mod object;
mod queue;

use super::Card;

/// The cards of this folder.
pub const CARDS: &[Card] =
    &[object::NEW, list::CARD, object::RM, queue::SEND, queue::RECEIVE, mqueue::NEW, mqueue::LIST, mqueue::RM, cross::CARD];
