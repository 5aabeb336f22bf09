//! Privileges: capabilities, IDs, no_new_privs, securebits, filters and limits.

mod caps;
mod exec;
mod ids;
mod keyring;
mod landlock;
mod nnp;
mod oom_score;
mod probes;
mod rlimit;
mod seccomp;
mod securebits;
mod try_cap;

use super::Card;

/// The cards of this folder.
pub const CARDS: &[Card] = &[
    caps::show::CARD,
    caps::less::DROP,
    caps::less::KEEP,
    caps::bound::CARD,
    caps::ambient::CARD,
    caps::sets::EFFECTIVE,
    caps::sets::INHERITABLE,
    try_cap::CARD,
    ids::SETUID,
    ids::SETGID,
    ids::SETGROUPS,
    nnp::CARD,
    securebits::CARD,
    seccomp::CARD,
    seccomp::notify::CARD,
    landlock::CARD,
    keyring::SHOW,
    keyring::NEW,
    rlimit::CARD,
    oom_score::CARD,
];
