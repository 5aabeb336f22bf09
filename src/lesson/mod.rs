//! Lessons: the file they are written in, the checks that hold them against the kernel, and the runner that replays them.
//!
//! Nothing here draws on a terminal or waits for a key: the interactive lesson sits in `repl`, and uses what is here.

mod answer;
pub mod check;
pub mod format;
mod guide;
pub mod lint;
mod memory;
pub mod progress;
mod replay;
mod report;
mod reports;
mod run;
pub mod shelf;
mod symbols;
pub mod trust;
mod update;
pub mod write;

pub use answer::{Ballot, Guess, answer, votes};
pub use guide::{Guide, Look};
pub use replay::{Wish, replay};
pub use run::{Failed, LIMIT, Outcome, Report, StepReport, Wrong, run};
