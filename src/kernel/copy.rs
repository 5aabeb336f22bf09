//! Copies a directory tree that nobody vouches for, as it is: links as links, no device, nothing outside of it.
//!
//! Every directory is opened from its parent's descriptor with O_NOFOLLOW, so a link that appears meanwhile leads nowhere.
//! The many calls are plumbing, not recorded.

use nix::dir::{Dir, Type};
use nix::errno::Errno;
use nix::fcntl::{AtFlags, OFlag, openat, readlinkat};
use nix::sys::stat::{FileStat, Mode, SFlag, fchmod, fstat, fstatat, mkdirat};
use nix::unistd::{Gid, Uid, fchown, fchownat, symlinkat};
use std::ffi::CStr;
use std::fs::File;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

/// So deep a tree is followed.
const DEPTH: usize = 128;

/// What was copied.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Copied {
    /// Files, directories and links.
    pub made: usize,
    /// Devices, FIFOs, sockets.
    pub left_out: usize,
}

/// Copies what is in `from` into the empty directory `to`, without what is mounted there: only files of the same filesystem.
/// Places where something is mounted become empty directories or files.
///
/// Errors: as openat(2), read(2), write(2).
pub fn copy_tree(from: BorrowedFd<'_>, to: BorrowedFd<'_>) -> io::Result<Copied> {
    let mut copied = Copied::default();
    copy_dir(from, to, fstat(from)?.st_dev, DEPTH, &mut copied)?;
    Ok(copied)
}

const AT: OFlag = OFlag::O_NOFOLLOW.union(OFlag::O_CLOEXEC).union(OFlag::O_NONBLOCK);

fn copy_dir(from: BorrowedFd<'_>, to: BorrowedFd<'_>, dev: u64, depth: usize, copied: &mut Copied) -> io::Result<()> {
    let depth = depth.checked_sub(1).ok_or(Errno::ELOOP)?;
    let list = openat(from, c".", OFlag::O_RDONLY | OFlag::O_DIRECTORY | AT, Mode::empty())?;
    for entry in Dir::from_fd(list)?.iter() {
        let entry = entry?;
        let name = entry.file_name();
        if matches!(name.to_bytes(), b"." | b"..") || entry.file_type() == Some(Type::Socket) {
            continue;
        }
        let found = fstatat(from, name, AtFlags::AT_SYMLINK_NOFOLLOW)?;
        copy_entry(from, to, name, &found, dev, depth, copied)?;
    }
    Ok(())
}

fn copy_entry(
    from: BorrowedFd<'_>,
    to: BorrowedFd<'_>,
    name: &CStr,
    found: &FileStat,
    dev: u64,
    depth: usize,
    copied: &mut Copied,
) -> io::Result<()> {
    let here = found.st_dev == dev;
    let mode = Mode::from_bits_truncate(found.st_mode & 0o7777);
    let new = OFlag::O_WRONLY | OFlag::O_CREAT | OFlag::O_EXCL | AT;
    match SFlag::from_bits_truncate(found.st_mode & SFlag::S_IFMT.bits()) {
        SFlag::S_IFDIR => {
            mkdirat(to, name, Mode::from_bits_truncate(0o700))?;
            let made = openat(to, name, OFlag::O_RDONLY | OFlag::O_DIRECTORY | AT, Mode::empty())?;
            if here {
                let below = openat(from, name, OFlag::O_RDONLY | OFlag::O_DIRECTORY | AT, Mode::empty())?;
                copy_dir(below.as_fd(), made.as_fd(), dev, depth, copied)?;
            }
            like(&made, found, if here { mode } else { Mode::from_bits_truncate(0o755) })?;
        }
        SFlag::S_IFREG if here => {
            let file = openat(from, name, OFlag::O_RDONLY | AT, Mode::empty())?;
            let made = openat(to, name, new, Mode::from_bits_truncate(0o600))?;
            io::copy(&mut File::from(file), &mut File::from(made.try_clone()?))?;
            like(&made, found, mode)?;
        }
        SFlag::S_IFLNK => {
            symlinkat(readlinkat(from, name)?.as_os_str(), to, name)?;
            // Whose a link is matters to nobody.
            let ids = (Some(Uid::from_raw(found.st_uid)), Some(Gid::from_raw(found.st_gid)));
            let _ = fchownat(to, name, ids.0, ids.1, AtFlags::AT_SYMLINK_NOFOLLOW);
        }
        // Something is bound over a file: the place is needed, not the file.
        _ if !here => drop(openat(to, name, new, Mode::from_bits_truncate(0o644))?),
        _ => {
            copied.left_out += 1;
            return Ok(());
        }
    }
    copied.made += 1;
    Ok(())
}

/// Owner and mode; the owner only where one may.
fn like(made: &OwnedFd, found: &FileStat, mode: Mode) -> io::Result<()> {
    let _ = fchown(made, Some(Uid::from_raw(found.st_uid)), Some(Gid::from_raw(found.st_gid)));
    Ok(fchmod(made, mode)?)
}
