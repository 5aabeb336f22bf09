//! One file is one command is one primitive is one [`Card`]; the folders group them as the kernel's manual does.

pub mod args;
pub mod card;
pub mod cgroup;
pub mod context;
mod lab;
pub mod line;
mod look;
mod ns;
mod process;

pub use args::Args;
pub use card::{Card, Count, Equivalent, Example, Kind, Man, Param, Primitive, Run};
pub use context::{Act, Held, Inside, Job, Jobs, Outside, Said, Stop, SubjectView, Terminal};
pub use line::{Parsed, parse, split, words};

/// The folders of commands, in the order in which `help` lists them.
pub const FOLDERS: &[&[Card]] = &[ns::CARDS, process::CARDS, cgroup::CARDS, look::CARDS, lab::CARDS];

/// Every card.
pub fn cards() -> impl Iterator<Item = &'static Card> {
    FOLDERS.iter().flat_map(|folder| folder.iter())
}

/// The card of this name.
pub fn card(name: &str) -> Option<&'static Card> {
    cards().find(|card| card.name == name)
}
