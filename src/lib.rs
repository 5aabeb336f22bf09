//! boxlab: a shell in which each command is one kernel primitive, acting on a real process.
//!
//! The layers, each of which may use those above it in this list:

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
