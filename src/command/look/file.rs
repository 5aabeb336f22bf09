//! Looking at a path: bounded in size and in time, whatever it leads to.

use crate::command::{Said, Stop};
use crate::model::{Block, Msg, NoteKind, errno_name};
use crate::observe::regular::{NotRegular, open_regular};
use nix::errno::Errno;
use nix::fcntl::readlink;
use nix::sys::stat::{FileStat, SFlag, lstat, stat};
use nix::unistd::read;
use std::path::Path;
use std::time::{Duration, Instant};

/// So much of a file is shown.
const BYTES: usize = 64 * 1024;
/// The subject's answer must fit a packet of its socket, in JSON.
const PACKET: usize = 120 * 1024;
/// So many entries of a directory are shown.
const ENTRIES: usize = 500;
/// So long a file may take that has nothing to say yet (`/proc/kmsg`, trace_pipe).
const PATIENCE: Duration = Duration::from_secs(1);

/// Who looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum View {
    /// The subject.
    Subject,
    /// The observer, from outside.
    Host,
}

/// What is at this path, as the calling process sees it.
pub fn look(path: &Path, view: View) -> Result<Said, Stop> {
    found(path).map_err(|sorry| match sorry {
        NotRegular::Errno(errno) => failed(path, errno, view),
        NotRegular::Kind(_) => special(path, sorry),
    })
}

fn found(path: &Path) -> Result<Said, NotRegular> {
    let link = lstat(path)?;
    if is(&link, SFlag::S_IFLNK) && is_magic(path) {
        let target = readlink(path)?;
        return Ok(Said::nothing().show(Block::Lines(vec![target.to_string_lossy().into_owned()])));
    }
    if is(&stat(path)?, SFlag::S_IFDIR) { directory(path) } else { file(path) }
}

fn is(stat: &FileStat, kind: SFlag) -> bool {
    stat.st_mode & SFlag::S_IFMT.bits() == kind.bits()
}

/// The links of /proc/PID that lead where no path leads (proc(5)): the link itself is what there is to see.
fn is_magic(path: &Path) -> bool {
    let names: Vec<_> = path.iter().rev().filter_map(|name| name.to_str()).take(2).collect();
    path.starts_with("/proc") && matches!(names.as_slice(), ["exe" | "cwd" | "root", ..] | [_, "ns" | "fd" | "map_files"])
}

fn file(path: &Path) -> Result<Said, NotRegular> {
    let fd = open_regular(path)?;
    let (mut bytes, mut buffer, end) = (Vec::new(), [0; 8192], Instant::now() + PATIENCE);
    let whole = loop {
        match read(&fd, &mut buffer) {
            Ok(0) => break true,
            Ok(count) => bytes.extend_from_slice(&buffer[..count]),
            Err(Errno::EINTR) => {}
            // O_NONBLOCK: it has no more to say now, and might at any time.
            Err(Errno::EAGAIN) => break false,
            Err(errno) if bytes.is_empty() => return Err(errno.into()),
            Err(_) => break false,
        }
        if bytes.len() > BYTES || Instant::now() > end {
            break false;
        }
    };
    if whole && bytes.is_empty() {
        return Ok(Said::nothing().note(NoteKind::Did, Msg::new("an empty file", "空文件")));
    }
    bytes.truncate(BYTES);
    let (lines, fits) = lines(path, &String::from_utf8_lossy(&bytes));
    let said = Said::nothing().show(Block::Lines(lines));
    Ok(if whole && fits { said } else { said.note(NoteKind::Did, Msg::new("there is more", "后面还有内容")) })
}

/// The lines that fit; and whether all did. The strings of `cmdline` and `environ` end in NUL (proc_pid_cmdline(5)).
fn lines(path: &Path, text: &str) -> (Vec<String>, bool) {
    let text = match path.file_name().and_then(|name| name.to_str()) {
        Some("cmdline" | "environ") => text.replace('\0', "\n"),
        _ => text.to_string(),
    };
    let mut room = PACKET;
    let cost = |c: char| match c {
        '\0'..='\x1f' => 6,
        '"' | '\\' => 2,
        c => c.len_utf8(),
    };
    let fitting = text.char_indices().find_map(|(at, c)| {
        let enough = room.checked_sub(cost(c));
        room = enough.unwrap_or(0);
        enough.is_none().then_some(at)
    });
    let shown = &text[..fitting.unwrap_or(text.len())];
    (shown.lines().map(str::to_string).collect(), fitting.is_none())
}

/// The names, with `/` after a directory's and the target after a link's.
fn directory(path: &Path) -> Result<Said, NotRegular> {
    let entries = std::fs::read_dir(path).map_err(|error| Errno::from_raw(error.raw_os_error().unwrap_or(0)))?;
    let mut names = Vec::new();
    let mut more = false;
    for entry in entries.flatten() {
        if names.len() == ENTRIES {
            more = true;
            break;
        }
        let name = entry.file_name().to_string_lossy().into_owned();
        names.push(match entry.file_type() {
            Ok(kind) if kind.is_dir() => name + "/",
            Ok(kind) if kind.is_symlink() => match readlink(&entry.path()) {
                Ok(target) => format!("{name} -> {}", target.to_string_lossy()),
                Err(errno) => format!("{name} -> {}", errno_name(errno)),
            },
            _ => name,
        });
    }
    names.sort_by(|a, b| match (a.trim_end_matches('/').parse::<u32>(), b.trim_end_matches('/').parse::<u32>()) {
        (Ok(a), Ok(b)) => a.cmp(&b),
        _ => a.cmp(b),
    });
    if names.is_empty() {
        return Ok(Said::nothing().note(NoteKind::Did, Msg::new("an empty directory", "空目录")));
    }
    let said = Said::nothing().show(Block::Lines(names));
    Ok(if more { said.note(NoteKind::Did, Msg::new("there are more entries", "还有更多条目")) } else { said })
}

fn special(path: &Path, what: NotRegular) -> Stop {
    let (path, Msg { en, zh }) = (path.display(), what.words());
    Stop::Unfit(Msg::new(
        format!("{path} is {en}. `spawn cat {path}` reads it all the same"),
        format!("{path} 是{zh}。仍要读取可用 `spawn cat {path}`"),
    ))
}

fn failed(path: &Path, errno: Errno, view: View) -> Stop {
    let (en, zh) = match (errno, view) {
        (Errno::ENOENT | Errno::ENOTDIR, View::Subject) => (
            "there is no such path in this view; `show DIRECTORY` lists what is there, `show --host` looks from outside",
            "这个视图中没有该路径；`show 目录` 列出已有的内容，`show --host` 从外部查看",
        ),
        (Errno::ENOENT | Errno::ENOTDIR, View::Host) => (
            "there is no such path outside; without `--host` the subject looks",
            "外部没有该路径；不加 `--host` 则由被观察进程查看",
        ),
        (Errno::EACCES | Errno::EPERM, View::Subject) => (
            "the subject may not read it; `show --host` looks with the observer's rights",
            "被观察进程无权读取；`show --host` 以观察者的权限查看",
        ),
        (Errno::EACCES | Errno::EPERM, View::Host) => {
            ("the observer may not read it; start boxlab as root to see it", "观察者无权读取；以 root 启动 boxlab 才能查看")
        }
        (Errno::ESRCH, _) => ("that process has ended; `ps` lists those that live", "该进程已结束；`ps` 列出仍存在的进程"),
        (Errno::EAGAIN, _) => ("it has nothing to say now", "它现在没有内容"),
        (Errno::ELOOP, _) => ("its links lead in a circle", "其中的符号链接成环"),
        _ => ("the kernel does not let it be read", "内核不允许读取"),
    };
    let (path, name) = (path.display(), errno_name(errno));
    Stop::Unfit(Msg::new(format!("{path}: {name}, {en}"), format!("{path}：{name}，{zh}")))
}

#[cfg(test)]
#[path = "file_tests.rs"]
mod tests;
