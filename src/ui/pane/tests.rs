//! Golden screens of the pane.
