//! The only code that reads the system. The same code serves inside and outside: the root of /proc is an argument.

pub mod process;

pub use process::snapshot;
