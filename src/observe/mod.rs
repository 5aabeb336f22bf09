//! The only code that reads the system. The same code serves inside and outside: the root of /proc is an argument.

pub mod census;
pub mod cgroup;
pub mod descriptors;
pub mod family;
pub mod isolation;
pub mod leftover;
mod live;
pub mod memory;
pub mod mounts;
pub mod owner;
pub mod pane;
pub mod process;
pub mod regular;
pub mod subordinate;
pub mod users;
pub mod view;

pub use census::census;
pub use live::{Moment, live, own_limits};
pub use process::snapshot;
