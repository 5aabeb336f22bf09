//! `load file`: write a file, so that its pages fill the page cache. Built-in work in a child.

use super::{Meter, Outcome, size, step};
use crate::command::{Args, Card, Count, Equivalent, Example, Inside, Kind, Man, Param, Primitive, Run, Said, Stop};
use crate::kernel;
use crate::model::{Msg, NoteKind, Size, Text, errno_name};
use nix::errno::Errno;
use nix::sys::statfs::{FsType, TMPFS_MAGIC, statfs};
use nix::unistd::{AccessFlags, access};
use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// `RAMFS_MAGIC` of linux/magic.h.
const RAMFS_MAGIC: FsType = FsType(0x8584_58f6);
/// So much is written before the disk has to have it.
const CHUNK: u64 = 4 << 20;

/// The card.
pub const CARD: Card = Card {
    name: "load file",
    args: &[Param {
        name: "SIZE",
        kind: Kind::Size,
        count: Count::One,
        about: Text { en: "64M, 1G, or 50% of this machine's memory", zh: "64M、1G，或占本机内存的 50%" },
    }],
    primitive: Primitive::Syscall("clone3"),
    man: &[Man("write", 2), Man("fsync", 2), Man("cgroups", 7)],
    own: &[],
    summary: Text { en: "write a file: page cache that can be reclaimed", zh: "写一个文件：产生可回收的页缓存" },
    explain: Text {
        en: "A child of the subject writes SIZE bytes to a temporary file without a name, and has each chunk brought to the disk (fdatasync(2)). The pages of the \
             page cache are charged to the cgroup like any memory, but clean ones can be dropped: at memory.max the write goes on and nobody is killed. \
             On a tmpfs they could not: there the pages are the file.",
        zh: "由被观察进程的一个子进程向没有名字的临时文件写入 SIZE 字节，每写一段就落盘（fdatasync(2)）。页缓存与其他内存一样计入 cgroup，但干净的页可以丢弃：\
             到了 memory.max，写入照样继续，没有进程被杀。在 tmpfs 上则不行：那里的页就是文件本身。",
    },
    equivalents: &[Equivalent { tool: "dd(1)", line: "dd if=/dev/zero of=/tmp/file bs=4M count=16 oflag=dsync" }],
    examples: &[
        Example { after: "", line: "load file 1M", shows: "1M were written", needs: "" },
        Example {
            after: "cgroup set memory.max 16M",
            line: "load file 64M",
            shows: "64M were written",
            needs: "root cgroup:memory",
        },
    ],
    run: Run::Inside(run),
};

/// A directory for a temporary file.
struct Place {
    dir: PathBuf,
    /// Its files live in memory.
    memory: bool,
}

fn run(cx: &mut Inside<'_>, args: &Args) -> Result<Said, Stop> {
    let bytes = size(args)?;
    let Some(place) = place() else {
        return Err(Stop::Unfit(Msg::new(
            "no directory to write to: neither $TMPDIR nor /tmp, /var/tmp or the working directory is writable",
            "没有可写的目录：$TMPDIR、/tmp、/var/tmp 和当前目录都不可写",
        )));
    };
    let words = format!("load file {}", args.one("SIZE"));
    let outcome = super::run(cx, &words, &|meter| fill(meter, &place.dir, bytes))?;
    if outcome.stopped() {
        return Ok(outcome.said);
    }
    let Outcome { said, done, errno } = outcome;
    let (whole, written, dir) = (Size::about(bytes), Size::about(done), place.dir.display());
    let said = match errno {
        Some(errno) => {
            let name = errno_name(errno);
            said.note(
                NoteKind::Careful,
                Msg::new(
                    format!("{written} of {whole} were written in {dir}, then {name}"),
                    format!("在 {dir} 中写入了 {whole} 中的 {written}，随后 {name}"),
                ),
            )
        }
        None if done < bytes => said.note(
            NoteKind::Did,
            Msg::new(format!("it ended after {written} of {whole}"), format!("写入 {whole} 中的 {written} 后结束")),
        ),
        None => said.note(
            NoteKind::Did,
            Msg::new(
                format!("{whole} were written to a file without a name in {dir}, which is gone again"),
                format!("向 {dir} 中一个没有名字的文件写入了 {whole}，该文件现已消失"),
            ),
        ),
    };
    Ok(match place.memory {
        true => said.note(
            NoteKind::Careful,
            Msg::new(
                format!("{dir} is a tmpfs: its pages are memory and cannot be dropped. Set TMPDIR to a directory on a disk"),
                format!("{dir} 是 tmpfs：其中的页就是内存，不能丢弃。请把 TMPDIR 设为磁盘上的目录"),
            ),
        ),
        false => said,
    })
}

/// The first writable directory on a disk, else the first writable one.
fn place() -> Option<Place> {
    let named = std::env::var_os("TMPDIR").map(PathBuf::from);
    let dirs = named.into_iter().chain([PathBuf::from("/tmp"), PathBuf::from("/var/tmp"), PathBuf::from(".")]);
    let mut places: Vec<Place> = dirs
        .filter(|dir| access(dir, AccessFlags::W_OK | AccessFlags::X_OK).is_ok())
        .map(|dir| Place { memory: statfs(&dir).is_ok_and(|fs| [TMPFS_MAGIC, RAMFS_MAGIC].contains(&fs.filesystem_type())), dir })
        .collect();
    // A stable sort: on a disk first.
    places.sort_by_key(|place| place.memory);
    places.into_iter().next()
}

fn fill(meter: &Meter, dir: &Path, bytes: u64) -> i32 {
    let mut done = 0;
    match write(meter, dir, bytes, &mut done) {
        Ok(()) => {
            meter.done(done);
            0
        }
        Err(error) => meter.failed(done, Errno::from_raw(error.raw_os_error().unwrap_or(libc::EIO))),
    }
}

fn write(meter: &Meter, dir: &Path, bytes: u64, done: &mut u64) -> io::Result<()> {
    let mut file = nameless(dir)?;
    let block = vec![0x62; 1 << 16];
    let (step, mut told, mut synced) = (step(bytes), 0, 0);
    while *done < bytes {
        let piece = (bytes - *done).min(block.len() as u64);
        file.write_all(&block[..piece as usize])?;
        *done += piece;
        if *done - synced >= CHUNK {
            // Dirty pages cannot be dropped; clean ones can.
            file.sync_data()?;
            synced = *done;
        }
        if *done - told >= step {
            told = *done;
            meter.done(*done);
        }
    }
    file.sync_data()
}

/// A new file without a name, so that nothing is left however this ends. Where the filesystem has no such files (O_TMPFILE), one
/// that loses its name at once.
fn nameless(dir: &Path) -> io::Result<File> {
    if let Ok(file) = kernel::nameless_file(dir) {
        return Ok(file);
    }
    let path = dir.join(format!(".boxlab-load-{}", std::process::id()));
    let file = OpenOptions::new().write(true).create_new(true).open(&path)?;
    std::fs::remove_file(&path)?;
    Ok(file)
}
