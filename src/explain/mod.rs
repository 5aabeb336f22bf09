//! Why: what an errno means here, what a command needs, what a concept is. Plain tables and pure functions: the facts come from `observe`.

pub mod cap;
pub mod capability;
pub mod concept;
pub mod errno;
pub mod need;

pub use errno::{advise, failed, rows};
