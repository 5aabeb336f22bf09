//! One file is one command is one primitive is one [`Card`]; the folders group them as the kernel's manual does.

pub mod args;
pub mod card;
pub mod cgroup;
pub mod context;
mod export;
pub mod guard;
mod ipc;
mod lab;
pub mod lesson;
pub mod line;
mod look;
mod mount;
mod net;
mod ns;
mod privilege;
mod process;
mod watching;

pub use args::Args;
pub use card::{Card, Count, Equivalent, Example, Kind, Man, Param, Primitive, Run};
pub use context::{Act, Held, Inside, Job, Jobs, Lookout, Outside, Pin, Said, Step, Stop, SubjectView, Terminal};
pub use lab::clinic;
pub use lab::topics;
pub use line::{Parsed, nearest, parse, split, words};
pub use mount::{archive::Image, travelled};
pub use ns::idmap_auto::helpers as newuidmap;

use crate::model::Text;

/// The folders of commands, in the order in which `help` lists them.
pub const FOLDERS: &[Folder] = &[
    Folder { title: Text { en: "namespaces", zh: "命名空间" }, cards: ns::CARDS },
    Folder { title: Text { en: "processes", zh: "进程" }, cards: process::CARDS },
    Folder { title: Text { en: "privileges", zh: "权限" }, cards: privilege::CARDS },
    Folder { title: Text { en: "network", zh: "网络" }, cards: net::CARDS },
    Folder { title: Text { en: "interprocess communication", zh: "进程间通信" }, cards: ipc::CARDS },
    Folder { title: Text { en: "cgroups", zh: "控制组（cgroup）" }, cards: cgroup::CARDS },
    Folder { title: Text { en: "mounts and roots", zh: "挂载与根目录" }, cards: mount::CARDS },
    Folder { title: Text { en: "looking", zh: "查看" }, cards: look::CARDS },
    Folder { title: Text { en: "lessons", zh: "课程" }, cards: lesson::CARDS },
    Folder { title: Text { en: "taking it along", zh: "导出" }, cards: export::CARDS },
    Folder { title: Text { en: "the shell", zh: "外壳" }, cards: lab::CARDS },
];

/// A folder of commands.
pub struct Folder {
    /// What they are about.
    pub title: Text,
    /// The commands.
    pub cards: &'static [Card],
}

/// Every card.
pub fn cards() -> impl Iterator<Item = &'static Card> {
    FOLDERS.iter().flat_map(|folder| folder.cards)
}

/// The card of this name.
pub fn card(name: &str) -> Option<&'static Card> {
    cards().find(|card| card.name == name)
}
