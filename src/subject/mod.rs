//! The second process: everything inside runs in it, so that the observer's own namespaces never change.

mod handle;
mod serve;
pub mod wire;

pub use handle::{Event, Handle, News, Outcome, Patience, Reply};
pub use serve::{ARGV0, main};
