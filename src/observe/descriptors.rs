//! Namespaces that open descriptors hold: the links of /proc/PID/fd that lead to one.

use super::census::pids;
use super::process::ns_number;
use crate::model::{NsId, NsKind};
use nix::errno::Errno;
use std::path::Path;

/// A descriptor that is open on a namespace.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct HeldNs {
    /// Whose.
    pub pid: i32,
    /// Its number there.
    pub fd: i32,
    /// The kind of the namespace.
    pub kind: NsKind,
    /// Its inode number.
    pub ino: u64,
}

impl HeldNs {
    /// The namespace's identity.
    pub fn id(&self) -> NsId {
        NsId { dev: 0, ino: self.ino }
    }
}

/// All of them, as far as the caller may look (ptrace(2)'s rules hold for /proc/PID/fd), by process and number.
///
/// Errors: what opening `proc` says.
pub fn held_namespaces(proc: &Path) -> Result<Vec<HeldNs>, Errno> {
    let mut found = Vec::new();
    for pid in pids(proc)? {
        let entries = std::fs::read_dir(proc.join(pid.to_string()).join("fd")).into_iter().flatten().flatten();
        for entry in entries {
            let Ok(target) = std::fs::read_link(entry.path()) else { continue };
            let text = target.to_string_lossy();
            let Some((kind, ino)) = text.split_once(":[").and_then(|(kind, _)| Some((NsKind::of_name(kind)?, ns_number(&text)?)))
            else {
                continue;
            };
            let Some(fd) = entry.file_name().to_str().and_then(|name| name.parse().ok()) else { continue };
            found.push(HeldNs { pid, fd, kind, ino });
        }
    }
    found.sort_unstable();
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::fd::AsRawFd;

    #[test]
    fn a_namespace_that_this_process_holds_is_found() {
        let file = std::fs::File::open("/proc/self/ns/uts").expect("one's own can be opened");
        let found = held_namespaces(Path::new("/proc")).expect("/proc is there");
        let own = std::process::id() as i32;
        assert!(found.iter().any(|one| one.pid == own && one.fd == file.as_raw_fd() && one.kind == NsKind::Uts), "{found:?}");
    }
}
