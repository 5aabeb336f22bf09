//! The program's own memory, as plumbing.

use std::path::Path;

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
    fn the_program_goes_on_afterwards() {
        forget_code();
        assert_eq!(std::hint::black_box(41) + 1, 42);
    }
}
