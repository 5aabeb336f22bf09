//! The observer's engine, without a terminal: `execute(line)` gives a [`Turn`](crate::model::Turn).

mod board;
pub mod clean;
mod clinic;
mod engine;
mod guard;
pub mod keeper;
mod open;
mod play;
mod reach;
mod report;
pub mod signals;
mod stage;
mod watch;
mod why;

pub use engine::{Options, Session};
pub use report::Listener;
