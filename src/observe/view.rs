//! Files as another process sees them, through `/proc/PID/root` (proc_pid_root(5)).

use crate::model::Seen;
use nix::errno::Errno;
use nix::fcntl::{OFlag, OpenHow, ResolveFlag, open, openat2};
use nix::sys::stat::{Mode, SFlag, fstat};
use std::os::fd::{AsRawFd, OwnedFd};
use std::path::Path;

/// The text of a regular file in that process's view. `/proc/self` is that process, not the reader.
///
/// Not seen: ENOENT; EACCES; EINVAL where it is no regular file (a device or FIFO is not even opened).
pub fn read_text(pid: i32, path: &str) -> Seen<String> {
    if let Some(rest) = path.strip_prefix("/proc/self/") {
        return super::process::read(&Path::new("/proc").join(pid.to_string()).join(rest));
    }
    match open_in_view(pid, path) {
        // A descriptor of O_PATH reads nothing; opened anew through its link, it is the file itself.
        Ok(file) => super::process::read(Path::new(&format!("/proc/self/fd/{}", file.as_raw_fd()))),
        Err(errno) => Seen::Not { path: path.into(), errno: errno as i32 },
    }
}

fn open_in_view(pid: i32, path: &str) -> Result<OwnedFd, Errno> {
    let file = resolve(pid, Path::new(path))?;
    let kind = SFlag::from_bits_truncate(fstat(&file)?.st_mode) & SFlag::S_IFMT;
    if kind == SFlag::S_IFREG { Ok(file) } else { Err(Errno::EINVAL) }
}

/// What is at this absolute path for that process, in the words of stat(1), shortened: `file`, `directory`, `device`, `fifo`,
/// `socket`. A link is followed.
///
/// Errors: as [`resolve`]; ENOENT where nothing is there.
pub fn kind(pid: i32, path: &str) -> Seen<&'static str> {
    let found = resolve(pid, Path::new(path)).and_then(|file| fstat(&file));
    match found.map(|stat| SFlag::from_bits_truncate(stat.st_mode) & SFlag::S_IFMT) {
        Ok(SFlag::S_IFDIR) => Seen::Is("directory"),
        Ok(SFlag::S_IFCHR | SFlag::S_IFBLK) => Seen::Is("device"),
        Ok(SFlag::S_IFIFO) => Seen::Is("fifo"),
        Ok(SFlag::S_IFSOCK) => Seen::Is("socket"),
        Ok(_) => Seen::Is("file"),
        Err(errno) => Seen::Not { path: path.into(), errno: errno as i32 },
    }
}

/// What is at this absolute path for that process, as an O_PATH descriptor: it can be asked about, not read. Links are followed
/// within its root (RESOLVE_IN_ROOT, openat2(2), Linux 5.6): an absolute one would lead into the reader's.
///
/// Errors: ENOENT, ENOTDIR; EACCES without the right of ptrace(2) over the process; ELOOP for the magic links of /proc, which
/// would lead the caller to places of its own.
pub fn resolve(pid: i32, path: &Path) -> Result<OwnedFd, Errno> {
    let flags = OFlag::O_PATH | OFlag::O_CLOEXEC;
    let root = open(format!("/proc/{pid}/root").as_str(), flags | OFlag::O_DIRECTORY, Mode::empty())?;
    openat2(&root, path, OpenHow::new().flags(flags).resolve(ResolveFlag::RESOLVE_IN_ROOT | ResolveFlag::RESOLVE_NO_MAGICLINKS))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn magic_links_are_not_followed() {
        let own = std::process::id() as i32;
        assert!(resolve(own, Path::new("/etc/passwd")).is_ok());
        assert_eq!(resolve(own, Path::new("/proc/self/root/etc")).err(), Some(Errno::ELOOP));
    }

    #[test]
    fn what_is_there_has_a_kind() {
        let own = std::process::id() as i32;
        let kinds = [("/", "directory"), ("/dev/null", "device"), ("/etc/passwd", "file")];
        kinds.iter().for_each(|(path, is)| assert_eq!(kind(own, path).is(), Some(is), "{path}"));
        assert_eq!(kind(own, "/no/such").errno(), Some(Errno::ENOENT));
    }

    #[test]
    fn devices_and_directories_are_not_read() {
        let own = std::process::id() as i32;
        assert!(read_text(own, "/proc/self/status").is().is_some());
        assert!(read_text(own, "/proc/version").is().is_some());
        assert_eq!(read_text(own, "/dev/zero").errno(), Some(Errno::EINVAL));
        assert_eq!(read_text(own, "/").errno(), Some(Errno::EINVAL));
        assert_eq!(read_text(own, "/no/such").errno(), Some(Errno::ENOENT));
    }
}
