//! Draws data that is already there: pure functions from a [`Turn`](crate::model::Turn) to text. Reads nothing, writes nothing.

mod block;
mod end;
pub mod pane;
mod table;
mod theme;
mod turn;
mod width;

pub use block::{blocks, paragraph};
pub use table::grid;
pub use theme::{Role, Sign, Style, Theme};
pub use turn::{plain_output, turn};
pub use width::{cut, cut_middle, json, pad, visible, width, wrap};
