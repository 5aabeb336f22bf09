//! Lessons held against the kernel: what a line showed, what a fact is now, whether an assert holds, what the machine has.
//!
//! A check reads state and runs no program, so that no lesson can do by a check what its learner has not typed.

mod effect;
mod facts;
mod judge;
mod output;
mod probe;
mod value;

pub use facts::{Facts, names};
pub use judge::{Moments, Verdict, judge};
pub use output::{Bindings, Mismatch, compare, filled, normal};
pub use probe::Prober;
pub use value::Value;
