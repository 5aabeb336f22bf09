//! cgroups: what a subject and all it starts may use. The bench makes a cgroup for each subject when a line needs one.

mod base;
mod ground;
mod sweep;
#[cfg(test)]
mod tests;

pub use ground::{Ground, Nested};
pub use sweep::{release, sweep};
