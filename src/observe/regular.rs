//! Opening a file that somebody named: it may be anything, and only a regular file is read. A FIFO's open(2) would wait for a writer, a
//! device's can do things.

use crate::model::{Msg, errno_name};
use nix::errno::Errno;
use nix::fcntl::{OFlag, open};
use nix::sys::stat::{Mode, SFlag, fstat, stat};
use std::fs::File;
use std::path::Path;

/// Why a path is not opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotRegular {
    /// stat(2) or open(2) said so.
    Errno(Errno),
    /// It is something else, of this kind.
    Kind(SFlag),
}

impl From<Errno> for NotRegular {
    fn from(errno: Errno) -> NotRegular {
        NotRegular::Errno(errno)
    }
}

impl NotRegular {
    /// What it is: `a FIFO: …`; or the errno's name and words.
    pub fn words(self) -> Msg {
        match self {
            NotRegular::Errno(errno) => Msg::same(format!("{} ({})", errno_name(errno), errno.desc())),
            NotRegular::Kind(SFlag::S_IFIFO) => Msg::new(
                "a FIFO: reading it could wait for ever, and takes what was meant for another",
                "FIFO：读取可能永远等待，还会取走别人的数据",
            ),
            NotRegular::Kind(SFlag::S_IFSOCK) => Msg::new("a socket: it has no content to show", "套接字：没有可显示的内容"),
            NotRegular::Kind(SFlag::S_IFDIR) => Msg::new("a directory", "目录"),
            NotRegular::Kind(_) => Msg::new("a device: opening it can do things", "设备文件：打开它可能产生副作用"),
        }
    }
}

/// Opens a regular file for reading, links followed. It is looked at before, and once more when it is open: what was there can have been
/// exchanged in between, and O_NONBLOCK keeps open(2) from waiting then.
///
/// Errors: as stat(2) and open(2); ESTALE where it was exchanged.
pub fn open_regular(path: &Path) -> Result<File, NotRegular> {
    let kind = |mode: u32| SFlag::from_bits_truncate(mode) & SFlag::S_IFMT;
    match kind(stat(path)?.st_mode) {
        SFlag::S_IFREG => {}
        other => return Err(NotRegular::Kind(other)),
    }
    let file = open(path, OFlag::O_RDONLY | OFlag::O_NONBLOCK | OFlag::O_NOCTTY | OFlag::O_CLOEXEC, Mode::empty())?;
    match kind(fstat(&file)?.st_mode) {
        SFlag::S_IFREG => Ok(File::from(file)),
        _ => Err(Errno::ESTALE.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_regular_file_is_opened_and_nothing_waits() {
        let dir = std::env::temp_dir().join(format!("test-regular-{}", std::process::id()));
        std::fs::create_dir(&dir).expect("it is made");
        let fifo = dir.join("fifo");
        nix::unistd::mkfifo(&fifo, Mode::S_IRWXU).expect("it is made");
        std::fs::write(dir.join("file"), "x").expect("it is written");
        std::os::unix::fs::symlink("fifo", dir.join("link")).expect("it is made");
        let kind = |path: &Path| match open_regular(path) {
            Err(NotRegular::Kind(kind)) => Some(kind),
            _ => None,
        };
        let told = [kind(&fifo), kind(&dir.join("link")), kind(&dir), kind(Path::new("/dev/null")), kind(&dir.join("file"))];
        let absent = open_regular(&dir.join("none")).err();
        std::fs::remove_dir_all(&dir).expect("it is removed");
        assert_eq!(told, [Some(SFlag::S_IFIFO), Some(SFlag::S_IFIFO), Some(SFlag::S_IFDIR), Some(SFlag::S_IFCHR), None]);
        assert_eq!(absent, Some(NotRegular::Errno(Errno::ENOENT)));
    }
}
