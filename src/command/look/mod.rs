//! Looking: files, namespaces, processes, the last receipt. Nothing here changes anything.

mod aspects;
mod diff;
mod explain_process;
mod fd;
mod file;
mod isolation;
mod kcmp;
mod last;
mod links;
mod matrix;
mod ns;
mod pane;
mod ps;
mod show;
mod tree;

use super::Card;

/// The cards of this folder.
pub const CARDS: &[Card] = &[
    show::CARD,
    links::CARD,
    ns::CARD,
    pane::CARD,
    ps::CARD,
    diff::CARD,
    explain_process::CARD,
    last::CARD,
    fd::CARD,
    tree::CARD,
    isolation::CARD,
    kcmp::CARD,
    matrix::CARD,
];
