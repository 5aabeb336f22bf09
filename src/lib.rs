//! boxlab: a shell in which each command is one kernel primitive, acting on a real process.

pub mod kernel;
pub mod model;
pub mod observe;
