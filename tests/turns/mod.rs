//! Lines through the program, and what they did: `--json`, one object for each line.

// Each test uses what it needs of this.
#![allow(dead_code)]

use serde_json::Value;
use std::process::{Command, Stdio};

/// Runs the lines; one turn for each.
pub fn turns(lines: &str) -> Vec<Value> {
    let output = Command::new("timeout")
        .args(["60", env!("CARGO_BIN_EXE_boxlab"), "--json", "-c", lines])
        .stdin(Stdio::null())
        .output()
        .expect("boxlab runs");
    let text = String::from_utf8(output.stdout).expect("JSON is text");
    text.lines().map(|line| serde_json::from_str(line).expect("each line is JSON")).collect()
}

/// The last line's turn.
pub fn last(lines: &str) -> Value {
    turns(lines).pop().expect("a line was run")
}
