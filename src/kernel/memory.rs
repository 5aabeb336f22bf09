//! The program's own memory, as plumbing.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

/// A mark; this process and all that it forks from now on see the same one, whoever of them ends.
#[derive(Debug)]
pub struct SharedMark(&'static AtomicBool);

impl SharedMark {
    /// One that has not been put: a page of memory for it (mmap(2), MAP_SHARED).
    ///
    /// Errors: ENOMEM.
    pub fn new() -> nix::Result<SharedMark> {
        let (rights, kind) = (libc::PROT_READ | libc::PROT_WRITE, libc::MAP_SHARED | libc::MAP_ANONYMOUS);
        // SAFETY: a new mapping at an address that the kernel chooses touches nothing that is there.
        let page = unsafe { libc::mmap(std::ptr::null_mut(), size_of::<AtomicBool>(), rights, kind, -1, 0) };
        if page == libc::MAP_FAILED {
            return Err(nix::errno::Errno::last());
        }
        // SAFETY: the page is there for as long as the process, for nobody unmaps it; it is aligned, and its zero is a false.
        Ok(SharedMark(unsafe { AtomicBool::from_ptr(page.cast()) }))
    }

    /// Puts it.
    pub fn put(&self) {
        self.0.store(true, Ordering::SeqCst);
    }

    /// Takes it away.
    pub fn lift(&self) {
        self.0.store(false, Ordering::SeqCst);
    }

    /// Has anybody put it?
    pub fn is_put(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }
}

/// Gives back the pages of the program's code that have been used so far (madvise(2), MADV_DONTNEED): most of them were for the start. Those that
/// are needed again come back from the page cache at the next touch. For processes that wait for most of their lives.
pub fn forget_code() {
    let (Ok(maps), Ok(own)) = (std::fs::read_to_string("/proc/self/maps"), std::fs::read_link("/proc/self/exe")) else { return };
    for (start, end) in code(&maps, &own) {
        // SAFETY: the range is one mapping of the program's own file that is not writable and never was: code, or the constants before
        // it. Dropping its page table entries loses nothing, for each page is read from the file again when it is touched, this very
        // code included.
        unsafe { libc::madvise(start as *mut libc::c_void, end - start, libc::MADV_DONTNEED) };
    }
}

/// The mappings (proc_pid_maps(5)) of the file up to its code. What comes after the code was written to when the program was relocated.
fn code(maps: &str, file: &Path) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    for line in maps.lines() {
        let mut words = line.split_whitespace();
        let (Some(range), Some(rights)) = (words.next(), words.next()) else { continue };
        if words.nth(3).is_none_or(|path| Path::new(path) != file) {
            continue;
        }
        let ends = range
            .split_once('-')
            .and_then(|(start, end)| Some((usize::from_str_radix(start, 16).ok()?, usize::from_str_radix(end, 16).ok()?)));
        match (rights, ends) {
            ("r--p", Some(ends)) => found.push(ends),
            ("r-xp", Some(ends)) => {
                found.push(ends);
                return found;
            }
            _ => return Vec::new(),
        }
    }
    Vec::new()
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAPS: &str = "7f00-8000 r--p 00000000 fe:00 1 /bin/x\n8000-9000 r-xp 00001000 fe:00 1 /bin/x\n9000-a000 r--p 00002000 fe:00 1 /bin/x\n\
                        a000-b000 rw-p 00003000 fe:00 1 /bin/x\nb000-c000 rw-p 00000000 00:00 0 [heap]\n";

    #[test]
    fn only_what_was_never_written_is_forgotten() {
        assert_eq!(code(MAPS, Path::new("/bin/x")), [(0x7f00, 0x8000), (0x8000, 0x9000)]);
        assert_eq!(code(MAPS, Path::new("/bin/y")), []);
        assert_eq!(code("1-2 rw-p 0 fe:00 1 /bin/x\n2-3 r-xp 0 fe:00 1 /bin/x\n", Path::new("/bin/x")), []);
    }

    #[test]
    fn a_mark_outlives_who_put_it() {
        let mark = SharedMark::new().expect("a page");
        assert!(!mark.is_put());
        let child = crate::kernel::fork_worker(|| {
            mark.put();
            0
        });
        let child = nix::unistd::Pid::from_raw(child.expect("a child"));
        nix::sys::wait::waitpid(child, None).expect("it ends");
        assert!(mark.is_put());
    }

    #[test]
    fn the_program_goes_on_afterwards() {
        forget_code();
        assert_eq!(std::hint::black_box(41) + 1, 42);
    }
}
