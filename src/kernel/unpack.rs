//! Unpacks an archive that nobody vouches for: nothing is written outside of its directory, no device comes of it.
//!
//! Every parent directory is opened from the layer's root with RESOLVE_BENEATH and RESOLVE_NO_SYMLINKS (openat2(2)), so
//! neither `..` nor a link that the archive itself made leads out. The thousands of calls are plumbing, not recorded.

use nix::dir::Dir;
use nix::errno::Errno;
use nix::fcntl::{AtFlags, OFlag, OpenHow, ResolveFlag, open, openat, openat2};
use nix::sys::stat::{Mode, SFlag, fchmod, makedev, mkdirat, mknodat};
use nix::unistd::{Gid, LinkatFlags, Uid, UnlinkatFlags, fchownat, linkat, symlinkat, unlinkat};
use std::cell::Cell;
use std::collections::BTreeSet;
use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{self, Read};
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt;
use std::path::{Component, Path, PathBuf};
use std::rc::Rc;
use tar::{Archive, EntryType};

/// The prefix of names that hide a file of a lower layer (OCI image layer specification, "Whiteouts").
const WHITEOUT: &[u8] = b".wh.";
/// The name that hides all that lower layers have in this directory.
const OPAQUE: &[u8] = b".wh..wh..opq";
/// So many odd entries are remembered by name.
const NAMED: usize = 4;

/// What an archive may be at most: no image comes near, and a few kilobytes can be written that unpack without end.
const MOST_ENTRIES: usize = 1_000_000;
/// Bytes, unpacked.
const MOST_BYTES: u64 = 64 << 30;
/// Bytes of headers before one entry: long names, extended attributes. They are held in memory, as many as there are.
const MOST_HEADER: u64 = 1 << 20;

/// Neither `..` nor a link leads out.
const WITHIN: ResolveFlag = ResolveFlag::RESOLVE_BENEATH.union(ResolveFlag::RESOLVE_NO_SYMLINKS);

/// What became of an archive.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Unpacked {
    /// Files, directories and links that were made.
    pub made: usize,
    /// Entries that were left out: `..` in the name, a link on the way, a device. The first few names, untrusted.
    pub odd: Vec<String>,
    /// How many those are in all.
    pub left_out: usize,
    /// Entries whose owner is an ID that this user namespace does not map: they are the caller's.
    pub squashed: usize,
}

/// Unpacks one layer into the empty directory `dir`; `lowers` are the layers below it, unpacked, for the opaque mark. Whiteouts
/// become overlay's: character devices 0:0.
///
/// Errors: what is wrong with the archive; ENOSPC and its like. What is merely odd is left out and counted.
pub fn unpack(archive: impl Read, dir: &Path, lowers: &[PathBuf]) -> io::Result<Unpacked> {
    let root = open(dir, OFlag::O_PATH | OFlag::O_DIRECTORY | OFlag::O_CLOEXEC, Mode::empty())?;
    let mut layer = Layer { root, done: Unpacked::default(), opaque: BTreeSet::new() };
    walk(archive, |entry| {
        let name = entry.path()?.into_owned();
        match layer.put(&name, entry) {
            Ok(()) => layer.done.made += 1,
            Err(error) if is_fatal(&error) => return Err(error),
            Err(_) => layer.leave_out(&name),
        }
        Ok(())
    })?;
    for path in std::mem::take(&mut layer.opaque) {
        layer.hide(dir, &path, lowers)?;
    }
    Ok(layer.done)
}

/// Each entry of an archive, in order.
///
/// Errors: what is wrong with the archive; `InvalidData` for one that is larger than any image; what `each` gives.
pub fn walk<R: Read>(archive: R, mut each: impl FnMut(&mut tar::Entry<'_, Metered<R>>) -> io::Result<()>) -> io::Result<()> {
    let meter = Rc::new(Meter { left: Cell::new(MOST_HEADER), whole: Cell::new(MOST_BYTES) });
    let mut archive = Archive::new(Metered { inner: archive, meter: Rc::clone(&meter) });
    let mut entries = archive.entries()?;
    for _ in 0..MOST_ENTRIES {
        // What is read before the entry is there is headers.
        meter.left.set(MOST_HEADER);
        let Some(entry) = entries.next() else { return Ok(()) };
        meter.left.set(u64::MAX);
        let mut entry = entry?;
        each(&mut entry)?;
        // What was not wanted is passed over here: it is no header. The holes of a sparse file count, too, though nothing is read there.
        let passed = io::copy(&mut entry.take(meter.whole.get()), &mut io::sink())?;
        meter.whole.set(meter.whole.get().saturating_sub(passed));
    }
    Err(too_large("entries"))
}

/// What may still be read.
struct Meter {
    left: Cell<u64>,
    whole: Cell<u64>,
}

/// A reader that stops where an archive asks for too much.
pub struct Metered<R> {
    inner: R,
    meter: Rc<Meter>,
}

impl<R: Read> Read for Metered<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let most = self.meter.left.get().min(self.meter.whole.get());
        if most == 0 {
            return Err(too_large(if self.meter.whole.get() == 0 { "bytes" } else { "headers" }));
        }
        let room = into.len().min(usize::try_from(most).unwrap_or(usize::MAX));
        let count = self.inner.read(&mut into[..room])?;
        self.meter.left.set(self.meter.left.get() - count as u64);
        self.meter.whole.set(self.meter.whole.get() - count as u64);
        Ok(count)
    }
}

fn too_large(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("it is larger than any image ({what})"))
}

struct Layer {
    root: OwnedFd,
    done: Unpacked,
    opaque: BTreeSet<PathBuf>,
}

/// An entry that cannot be what it wants to be.
fn odd() -> io::Error {
    io::Error::from(io::ErrorKind::InvalidInput)
}

/// A full disk, a broken archive and a forbidden directory concern the rest, too.
fn is_fatal(error: &io::Error) -> bool {
    let numbers = [Errno::ENOSPC, Errno::EDQUOT, Errno::EIO, Errno::EROFS, Errno::EOVERFLOW, Errno::EACCES];
    match error.raw_os_error() {
        Some(number) => numbers.contains(&Errno::from_raw(number)),
        None => error.kind() != io::ErrorKind::InvalidInput,
    }
}

impl Layer {
    fn put(&mut self, name: &Path, entry: &mut tar::Entry<'_, impl Read>) -> io::Result<()> {
        let path = plain(name).ok_or_else(odd)?;
        let Some(last) = path.file_name().map(OsStr::to_os_string) else { return Ok(()) };
        let parent = self.dir(path.parent().unwrap_or(Path::new("")))?;
        if last.as_bytes() == OPAQUE {
            self.opaque.insert(path.parent().unwrap_or(Path::new("")).to_path_buf());
            return Ok(());
        }
        if let Some(hidden) = last.as_bytes().strip_prefix(WHITEOUT) {
            let hidden = OsStr::from_bytes(hidden);
            if matches!(hidden.as_bytes(), b"" | b"." | b"..") || hidden.as_bytes().starts_with(WHITEOUT) {
                return Err(odd());
            }
            return whiteout(&parent, hidden);
        }
        let mode = Mode::from_bits_truncate(entry.header().mode()? & 0o7777);
        let kind = entry.header().entry_type();
        if kind != EntryType::Directory {
            // A later entry of the same name wins; what is a directory stays.
            match unlinkat(&parent, last.as_os_str(), UnlinkatFlags::NoRemoveDir) {
                Ok(()) | Err(Errno::ENOENT) => {}
                Err(_) => return Err(odd()),
            }
        }
        match kind {
            EntryType::Directory => {
                match mkdirat(&parent, last.as_os_str(), Mode::from_bits_truncate(0o755)) {
                    Ok(()) | Err(Errno::EEXIST) => {}
                    Err(errno) => return Err(errno.into()),
                }
                let flags = OFlag::O_RDONLY | OFlag::O_DIRECTORY | OFlag::O_NOFOLLOW | OFlag::O_CLOEXEC;
                let dir = openat(&parent, last.as_os_str(), flags, Mode::empty()).map_err(|_| odd())?;
                self.own(&parent, &last, entry);
                fchmod(&dir, mode)?;
            }
            EntryType::Regular | EntryType::Continuous | EntryType::GNUSparse => {
                let flags = OFlag::O_WRONLY | OFlag::O_CREAT | OFlag::O_EXCL | OFlag::O_NOFOLLOW | OFlag::O_CLOEXEC;
                let mut file = File::from(openat(&parent, last.as_os_str(), flags, Mode::from_bits_truncate(0o600))?);
                io::copy(entry, &mut file)?;
                // A change of owner takes the set-user-ID bit away, so the mode comes last.
                self.own(&parent, &last, entry);
                fchmod(&file, mode)?;
            }
            EntryType::Symlink => {
                let target = entry.link_name()?.ok_or_else(odd)?;
                symlinkat(target.as_ref(), &parent, last.as_os_str())?;
                self.own(&parent, &last, entry);
            }
            EntryType::Link => {
                let target = plain(&entry.link_name()?.ok_or_else(odd)?).ok_or_else(odd)?;
                let from = self.dir(target.parent().unwrap_or(Path::new("")))?;
                let name = target.file_name().ok_or_else(odd)?;
                linkat(&from, name, &parent, last.as_os_str(), LinkatFlags::empty()).map_err(|_| odd())?;
            }
            EntryType::Fifo => mknodat(&parent, last.as_os_str(), SFlag::S_IFIFO, mode, 0)?,
            _ => return Err(odd()),
        }
        Ok(())
    }

    /// Opens a directory of the layer; those that are missing are made.
    fn dir(&self, path: &Path) -> io::Result<OwnedFd> {
        let flags = OFlag::O_PATH | OFlag::O_DIRECTORY | OFlag::O_CLOEXEC;
        let how = OpenHow::new().flags(flags).resolve(WITHIN);
        let path = if path.as_os_str().is_empty() { Path::new(".") } else { path };
        match openat2(&self.root, path, how) {
            Ok(dir) => Ok(dir),
            Err(Errno::ENOENT) => {
                let parent = self.dir(path.parent().ok_or_else(odd)?)?;
                let name = path.file_name().ok_or_else(odd)?;
                match mkdirat(&parent, name, Mode::from_bits_truncate(0o755)) {
                    Ok(()) | Err(Errno::EEXIST) => {}
                    Err(errno) => return Err(errno.into()),
                }
                openat2(&self.root, path, how).map_err(|_| odd())
            }
            // A symbolic link or a file is on the way.
            Err(_) => Err(odd()),
        }
    }

    /// The owner, as far as this user namespace knows him.
    fn own(&mut self, parent: &OwnedFd, name: &OsString, entry: &tar::Entry<'_, impl Read>) {
        let id = |id: io::Result<u64>| id.ok().and_then(|id| u32::try_from(id).ok());
        let (uid, gid) = (id(entry.header().uid()).map(Uid::from_raw), id(entry.header().gid()).map(Gid::from_raw));
        if fchownat(parent, name.as_os_str(), uid, gid, AtFlags::AT_SYMLINK_NOFOLLOW).is_err() {
            self.done.squashed += 1;
        }
    }

    /// Hides what lower layers have in a directory, by name: it works where no extended attribute can be set.
    fn hide(&self, dir: &Path, path: &Path, lowers: &[PathBuf]) -> io::Result<()> {
        let here = self.dir(path)?;
        let names: BTreeSet<OsString> = lowers.iter().flat_map(|lower| names_in(lower, path)).collect();
        for name in names {
            match std::fs::symlink_metadata(dir.join(path).join(&name)) {
                Ok(found) if found.is_dir() => self.hide(dir, &path.join(&name), lowers)?,
                Ok(_) => {}
                Err(_) => whiteout(&here, &name)?,
            }
        }
        Ok(())
    }

    fn leave_out(&mut self, name: &Path) {
        self.done.left_out += 1;
        if self.done.odd.len() < NAMED {
            self.done.odd.push(name.to_string_lossy().into_owned());
        }
    }
}

/// What is in a directory of a layer. One that links lead to is not of the layer, and overlay does not merge it either.
fn names_in(layer: &Path, path: &Path) -> Vec<OsString> {
    let found = || -> Result<Dir, Errno> {
        let root = open(layer, OFlag::O_PATH | OFlag::O_DIRECTORY | OFlag::O_CLOEXEC, Mode::empty())?;
        let how = OpenHow::new().flags(OFlag::O_RDONLY | OFlag::O_DIRECTORY | OFlag::O_CLOEXEC).resolve(WITHIN);
        Dir::from_fd(openat2(&root, if path.as_os_str().is_empty() { Path::new(".") } else { path }, how)?)
    };
    let Ok(mut dir) = found() else { return Vec::new() };
    let names = dir.iter().flatten().map(|entry| OsStr::from_bytes(entry.file_name().to_bytes()).to_os_string());
    names.filter(|name| !matches!(name.as_bytes(), b"." | b"..")).collect()
}

/// The path without a leading `/` or `./`; None where it climbs.
fn plain(path: &Path) -> Option<PathBuf> {
    path.components()
        .filter(|part| !matches!(part, Component::RootDir | Component::CurDir))
        .map(|part| if let Component::Normal(name) = part { Some(name) } else { None })
        .collect()
}

/// The character device 0:0. It needs no capability (mknod(2), Linux 5.8).
fn whiteout(parent: &OwnedFd, name: &OsStr) -> io::Result<()> {
    match mknodat(parent, name, SFlag::S_IFCHR, Mode::empty(), makedev(0, 0)) {
        Ok(()) | Err(Errno::EEXIST) => Ok(()),
        Err(errno) => Err(errno.into()),
    }
}

/// A file without a name in this directory: O_TMPFILE. It is gone when it is closed.
///
/// Errors: as open(2).
pub fn nameless_file(dir: &Path) -> io::Result<File> {
    let fd = open(dir, OFlag::O_TMPFILE | OFlag::O_RDWR | OFlag::O_CLOEXEC, Mode::from_bits_truncate(0o600))?;
    Ok(File::from(fd))
}
