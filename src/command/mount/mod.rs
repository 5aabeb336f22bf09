//! Mounts and roots: what a process sees as its file system. mount(2) and its younger relatives, pivot_root(2), chroot(2).

pub mod archive;
mod bind;
mod chdir;
mod chroot;
mod fs;
mod fsopen;
mod idmap;
mod import;
mod make;
mod mask;
mod mkdir;
mod mknod;
mod mounts;
mod mounts_watch;
mod movemount;
mod options;
mod overlay;
mod pivot_root;
mod propagation;
mod remount;
mod umount;
mod write;

pub use propagation::travelled;

use super::{Card, Count, Kind, Param};
use crate::model::Text;

/// The cards of this folder.
pub const CARDS: &[Card] = &[
    fs::CARD,
    fsopen::CARD,
    bind::CARD,
    idmap::CARD,
    mask::CARD,
    overlay::CARD,
    movemount::CARD,
    remount::CARD,
    propagation::PRIVATE,
    propagation::SLAVE,
    propagation::SHARED,
    propagation::UNBINDABLE,
    umount::CARD,
    mounts::CARD,
    mounts_watch::CARD,
    pivot_root::CARD,
    chroot::CARD,
    chdir::CARD,
    mkdir::CARD,
    mknod::CARD,
    write::CARD,
    make::CARD,
    import::CARD,
];

const fn flag(name: &'static str, about: Text) -> Param {
    Param { name, kind: Kind::Flag, count: Count::Optional, about }
}

const fn one(name: &'static str, kind: Kind, about: Text) -> Param {
    Param { name, kind, count: Count::One, about }
}

const RECURSIVE: Text = Text { en: "with all mounts below it", zh: "包括其下的所有挂载" };
