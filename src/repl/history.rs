//! The lines of earlier sessions: `$XDG_STATE_HOME/boxlab/history` (XDG Base Directory Specification), for its owner only.

use std::fs::{DirBuilder, OpenOptions};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::PathBuf;

/// The file, made if there is none; None where it cannot be written, and then nothing is kept.
pub fn file() -> Option<PathBuf> {
    state_file("history")
}

/// A file of what is remembered from session to session, made if there is none.
pub fn state_file(name: &str) -> Option<PathBuf> {
    let absolute = |name| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let state = absolute("XDG_STATE_HOME").or_else(|| Some(absolute("HOME")?.join(".local/state")))?;
    let dir = state.join("boxlab");
    DirBuilder::new().recursive(true).mode(0o700).create(&dir).ok()?;
    let file = dir.join(name);
    OpenOptions::new().append(true).create(true).mode(0o600).open(&file).ok()?;
    Some(file)
}
