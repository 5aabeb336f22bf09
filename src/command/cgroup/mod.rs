//! cgroups: what a subject and all it starts may use. The bench makes a cgroup for each subject when a line needs one.

mod base;
mod birth;
mod claim;
mod delegate;
mod devices;
mod enable;
mod enter;
mod file;
mod freeze;
mod get;
mod ground;
mod kill;
mod move_to;
mod nested;
mod new;
mod rm;
mod set;
mod show;
mod sweep;
#[cfg(test)]
mod tests;
mod threads;
pub(super) mod tree;
mod trial;
mod value;
mod victim;
mod watch;

pub use birth::birthplace;
pub use claim::{Abandoned, abandoned, may_be_made, tell_below};
pub use file::{files, settable};
pub use ground::Ground;
pub use nested::Nested;
pub use show::of_subject;
pub use sweep::{clear, release, sweep};
pub use victim::oom_killed;

use super::{Args, Card, Count, Kind, Outside, Param, Said, Stop};
use crate::model::{Msg, NoteKind, Text};
use crate::observe::cgroup::{Hierarchy, Version};
use std::path::Path;

/// The cards of this folder.
pub const CARDS: &[Card] = &[
    new::CARD,
    enter::CARD,
    move_to::CARD,
    rm::CARD,
    set::CARD,
    get::CARD,
    show::CARD,
    tree::CARD,
    threads::CARD,
    watch::CARD,
    enable::CARD,
    freeze::FREEZE,
    freeze::THAW,
    kill::CARD,
    delegate::CARD,
    devices::CARD,
];

/// The flag that names another cgroup than the one in which the subject sits.
const AT: Param = Param {
    name: "--cgroup",
    kind: Kind::CgroupName,
    count: Count::Valued,
    about: Text {
        en: "a cgroup below the subject's own (`.` is its own); without it, the one in which the subject sits",
        zh: "被观察进程自己的 cgroup 之下的一个（`.` 指它自己的）；省略则为它当前所在的 cgroup",
    },
};

/// The name of a cgroup as an argument.
const NAME: Param = Param {
    name: "NAME",
    kind: Kind::CgroupName,
    count: Count::One,
    about: Text {
        en: "a path below the subject's own cgroup, such as `web` or `web/db`",
        zh: "被观察进程自己的 cgroup 之下的路径，例如 `web` 或 `web/db`",
    },
};

/// Is memory counted in this cgroup itself, and not in one above?
fn counts_memory(hierarchy: &Hierarchy, dir: &Path) -> bool {
    let has = hierarchy.controllers.iter().any(|name| name == "memory");
    has && (hierarchy.version == Version::V1 || dir.join("memory.current").exists())
}

fn ground(cx: &Outside<'_>) -> Result<Ground, Stop> {
    Ground::find(cx.keeper).map_err(Stop::Unfit)
}

/// The cgroup that an argument names; None where it is left out.
fn named(args: &Args, name: &str) -> Result<Option<Nested>, Stop> {
    args.opt(name).map(Nested::parse).transpose().map_err(Stop::Usage)
}

/// What a first move into a memory cgroup leaves behind is worth a word: the charge does not follow the process.
fn charge_note(cx: &Outside<'_>, said: Said, memory: Option<&Path>) -> Said {
    let moved = |call: &crate::model::Call| {
        let line = call.to_string();
        memory.is_some_and(|dir| line.contains(&*dir.to_string_lossy())) && line.contains("/cgroup.procs>")
    };
    if !cx.kernel.calls().iter().any(moved) {
        return said;
    }
    said.note(
        NoteKind::Unchanged,
        Msg::new(
            "memory that the subject had before the move stays charged to the cgroup it came from; what it touches from now on counts here",
            "搬入之前占用的内存仍记在原来的 cgroup 上；此后新用到的才记在这里",
        ),
    )
}
