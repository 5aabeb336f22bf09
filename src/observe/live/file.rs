//! What is at a path, in another process's view.

use crate::kernel::open_on;
use crate::model::{FileLive, NsId, NsKind, Snapshot};
use crate::observe::process::{field, ns_number, read};
use nix::fcntl::{OFlag, OpenHow, ResolveFlag, openat2};
use nix::sys::stat::{Mode, fstat};
use std::fs::File;
use std::io::Read;
use std::os::fd::{AsRawFd, OwnedFd};
use std::path::Path;

/// So much of a program is read for its interpreter: the program headers stand at the beginning.
const HEAD: usize = 64 * 1024;

/// What is at `path`, as the process whose `/proc/PID` is `dir` sees it. Links are followed below its root.
pub(super) fn file(dir: &Path, seen: &Snapshot, path: &str) -> FileLive {
    let absolute = match (path.starts_with('/'), &seen.inside) {
        (true, _) | (false, None) => path.to_string(),
        (false, Some(inside)) => format!("{}/{path}", inside.cwd),
    };
    let mut found = FileLive { path: path.into(), ..FileLive::default() };
    let Ok(root) = File::open(dir.join("root")) else { return found };
    // A link of /proc leads where no path below the root leads: those are read where they are.
    let root_is_ours = seen.root.is().is_some_and(|root| root == "/");
    let open = |path: &str, flags: OFlag| -> Option<OwnedFd> {
        // openat2(2) takes no flag beside O_PATH that would be without effect.
        let waits = if flags.contains(OFlag::O_PATH) { OFlag::empty() } else { OFlag::O_NONBLOCK };
        let flags = flags | waits | OFlag::O_CLOEXEC;
        let how = OpenHow::new().flags(flags).resolve(ResolveFlag::RESOLVE_IN_ROOT);
        openat2(&root, path.trim_start_matches('/'), how).ok().or_else(|| {
            let own = path.replace("/proc/self/", &format!("{}/", dir.display()));
            let ours = root_is_ours && own.starts_with("/proc/");
            ours.then(|| nix::fcntl::open(own.as_str(), flags, Mode::empty()).ok())?
        })
    };
    let place = if absolute == "/" { "." } else { absolute.as_str() };
    let there =
        |path: &&Path| path.to_str().is_some_and(|path| open(if path == "/" { "." } else { path }, OFlag::O_PATH).is_some());
    found.above = match Path::new(&absolute).ancestors().skip(1).find(there) {
        Some(above) if !above.as_os_str().is_empty() => above.to_string_lossy().into_owned(),
        _ => "/".into(),
    };
    let Some(fd) = open(place, OFlag::O_PATH) else { return found };
    let Ok(stat) = fstat(&fd) else { return found };
    found.mode = Some(stat.st_mode);
    found.owner = stat.st_uid;
    found.mount = mount_id(&fd);
    found.is_mount_point =
        place == "." || open(&format!("{place}/.."), OFlag::O_PATH).and_then(|above| mount_id(&above)) != found.mount;
    if !found.is(libc::S_IFDIR) {
        let above = Path::new(place).parent().and_then(Path::to_str).filter(|above| !above.is_empty()).unwrap_or(".");
        found.is_mount_point = open(above, OFlag::O_PATH).and_then(|above| mount_id(&above)) != found.mount;
    }
    found.ns = namespace(&fd);
    // What nobody may execute is not read: of some files (/proc/kmsg) reading takes away what is read.
    let executable = found.mode.is_some_and(|mode| mode & 0o111 != 0);
    if found.is(libc::S_IFREG)
        && executable
        && let Some(program) = open(place, OFlag::O_RDONLY)
    {
        let mut head = Vec::with_capacity(HEAD);
        // What cannot be read has no interpreter that anybody could name.
        let _ = File::from(program).take(HEAD as u64).read_to_end(&mut head);
        found.no_format = !head.starts_with(b"\x7fELF") && !head.starts_with(b"#!");
        found.interpreter = interpreter(&head).map(|path| {
            let there = open(&path, OFlag::O_PATH).is_some();
            (path, there)
        });
    }
    found
}

fn mount_id(fd: &OwnedFd) -> Option<u64> {
    let info = read(Path::new(&format!("/proc/self/fdinfo/{}", fd.as_raw_fd())));
    info.is().and_then(|text| field(text, "mnt_id"))?.parse().ok()
}

fn namespace(fd: &OwnedFd) -> Option<(NsKind, NsId)> {
    let text = open_on(fd.as_raw_fd()).ok()?;
    let kind = NsKind::of_name(text.split_once(":[")?.0)?;
    Some((kind, NsId { dev: 0, ino: ns_number(&text)? }))
}

/// The program that runs this one: PT_INTERP of an ELF file (elf(5)), or what follows `#!` (execve(2)).
fn interpreter(head: &[u8]) -> Option<String> {
    if let Some(line) = head.strip_prefix(b"#!") {
        let line = line.split(|byte| *byte == b'\n').next()?;
        let line = String::from_utf8_lossy(line);
        return line.split_whitespace().next().map(str::to_string);
    }
    // 64-bit little-endian: e_phoff at 32, e_phentsize at 54, e_phnum at 56; p_type at 0, p_offset at 8, p_filesz at 32.
    if !head.starts_with(b"\x7fELF\x02\x01") {
        return None;
    }
    let word = |at: usize| Some(u16::from_le_bytes(head.get(at..at + 2)?.try_into().ok()?) as usize);
    let long = |at: usize| usize::try_from(u64::from_le_bytes(head.get(at..at + 8)?.try_into().ok()?)).ok();
    let (start, size, count) = (long(32)?, word(54)?, word(56)?);
    (0..count).find_map(|i| {
        let at = start.checked_add(i.checked_mul(size)?)?;
        let kind = u32::from_le_bytes(head.get(at..at.checked_add(4)?)?.try_into().ok()?);
        if kind != libc::PT_INTERP {
            return None;
        }
        let (offset, length) = (long(at + 8)?, long(at + 32)?);
        let text = head.get(offset..offset.checked_add(length)?)?;
        Some(String::from_utf8_lossy(text).trim_end_matches('\0').to_string())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_interpreter_of_programs_and_scripts() {
        assert_eq!(interpreter(b"#! /bin/sh -e\nexit"), Some("/bin/sh".into()));
        assert_eq!(interpreter(b"\x7fELF\x02\x01"), None);
        assert_eq!(interpreter(b"plain text"), None);
        let shell = std::fs::read("/bin/true").expect("there is a true(1)");
        assert!(interpreter(&shell[..shell.len().min(HEAD)]).is_some_and(|path| path.contains("ld-")));
    }

    #[test]
    fn what_is_at_a_path_of_this_process() {
        let own = std::process::id() as i32;
        let seen = crate::observe::snapshot(Path::new("/proc"), own);
        let dir = format!("/proc/{own}");
        let look = |path: &str| file(Path::new(&dir), &seen, path);
        assert!(look("/").is_mount_point && look("/proc").is_mount_point && !look("/proc/sys").is_mount_point);
        assert!(look("/proc/self/ns/uts").ns.is_some_and(|(kind, _)| kind == NsKind::Uts));
        assert!(!look("/nowhere").exists());
        assert!(look("/bin/sh").interpreter.is_some_and(|(_, there)| there) && look("/etc/passwd").interpreter.is_none());
    }
}
