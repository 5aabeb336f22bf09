//! Documentation that is made from the cards alone: docs/commands.md and the page of the manual.

mod commands;
mod coverage;
mod man;

pub use commands::commands;
pub use coverage::coverage;
pub use man::man;
