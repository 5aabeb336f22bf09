//! What a session lets others see: how things stand, in a file of memory (memfd_create(2)) that /proc/PID/fd leads to.
//!
//! `boxlab watch` reads it. Whoever may look into this process may look into it, nobody has to be answered, and it goes with the process.

use crate::model::{Posted, Report};
use nix::sys::memfd::{MFdFlags, memfd_create};
use std::fs::File;
use std::os::unix::fs::FileExt;

/// The board.
pub struct Board {
    file: File,
    posted: Posted,
}

impl Board {
    /// An empty one; None where the kernel has no memory for it: then there is nothing to be seen.
    pub fn new() -> Option<Board> {
        let name = std::ffi::CString::new(Posted::FILE).ok()?;
        let fd = memfd_create(name.as_c_str(), MFdFlags::MFD_CLOEXEC).ok()?;
        Some(Board { file: fd.into(), posted: Posted::default() })
    }

    /// Keeps what concerns others.
    pub fn post(&mut self, report: &Report) {
        match report {
            Report::Scene(scene) => self.posted.scene = scene.clone(),
            Report::Runs => self.posted.scene.changes.clear(),
            Report::Cover(covered) => self.posted.covered = *covered,
            Report::Prompt(_) | Report::Pages(_) | Report::Pane(_) => return,
        }
        let Ok(text) = serde_json::to_vec(&self.posted) else { return };
        // A reader that comes in between reads no JSON, and reads again.
        let _ = self.file.set_len(0);
        let _ = self.file.write_all_at(&text, 0);
    }
}
