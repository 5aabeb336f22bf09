//! Documentation that is made from the cards and lessons alone: docs/commands.md, the page of the manual, docs/coverage.md.

mod commands;
mod coverage;
mod man;
mod misconceptions;

pub use commands::commands;
pub use coverage::coverage;
pub use man::man;
