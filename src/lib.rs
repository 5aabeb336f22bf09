//! boxlab: a shell in which each command is one kernel primitive, acting on a real process.
//!
//! The layers, from the ground up. Each uses only what stands before it; `tests/layers.rs` has the exact table and holds the code to it.
//! To read the program, begin with a card (`command/ns/unshare.rs`), then follow a line through [`session::Session::execute`].
//!
//! - [`model`]: the words that all share, plain data
//! - [`kernel`]: the only code that changes the system
//! - [`observe`]: the only code that reads it
//! - [`explain`]: why a call failed here, what it needs
//! - [`command`]: one file, one primitive, one card
//! - [`subject`]: the second process, in which commands act
//! - [`session`]: the engine without a terminal: a line in, a turn out
//! - [`ui`]: draws what is there, reads nothing
//! - [`lesson`]: the format, its checks, the runner
//! - [`repl`], [`script`], [`screen`], [`docs`], [`cli`]: what a user sees and starts; they may use everything

pub mod cli;
pub mod command;
pub mod docs;
pub mod explain;
pub mod kernel;
pub mod lesson;
pub mod model;
pub mod observe;
pub mod repl;
pub mod screen;
pub mod script;
pub mod session;
pub mod subject;
pub mod ui;
