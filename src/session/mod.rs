//! The observer's engine, without a terminal: `execute(line)` gives a [`Turn`].

mod guard;
pub mod keeper;
pub mod signals;
mod stage;
mod watch;

pub use stage::{Options, Session};
