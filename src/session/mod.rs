//! The observer's engine, without a terminal: `execute(line)` gives a [`Turn`].

mod guard;
pub mod keeper;
mod stage;
mod watch;

pub use stage::{Options, Session};
