//! What stands in another process's memory. /proc/PID/mem.

use std::os::unix::fs::FileExt;

/// The NUL-terminated text at this address, of at most so many bytes; None where it cannot be read, or does not end in them. `pid` is as
/// the caller counts: where /proc is that of another PID namespace, the number would be somebody else's there.
pub fn text_at(pid: i32, address: u64, most: usize) -> Option<String> {
    let own = nix::fcntl::readlink("/proc/self").ok()?;
    if own.to_str()?.parse() != Ok(std::process::id()) {
        return None;
    }
    let file = std::fs::File::open(format!("/proc/{pid}/mem")).ok()?;
    let mut bytes = vec![0; most];
    // What lies behind the end of a mapping cuts the read short.
    let got = file.read_at(&mut bytes, address).ok()?;
    let text = bytes.get(..got)?;
    let end = text.iter().position(|byte| *byte == 0)?;
    Some(String::from_utf8_lossy(&text[..end]).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_of_ones_own_can_be_read() {
        let text = c"what it points to";
        let own = std::process::id() as i32;
        assert_eq!(text_at(own, text.as_ptr() as u64, 64).as_deref(), Some("what it points to"));
        assert_eq!(text_at(own, text.as_ptr() as u64, 4), None);
        assert_eq!(text_at(own, 8, 64), None);
    }
}
