//! What an errno is called: its name, its number, and the words of strerror(3).

use nix::errno::Errno;

/// `EPERM` for Errno::EPERM; `errno 4095` for what nobody knows.
pub fn errno_name(errno: Errno) -> String {
    match errno {
        Errno::UnknownErrno => "errno ?".into(),
        known => format!("{known:?}"),
    }
}

/// `Operation not permitted` for Errno::EPERM: the words of strerror(3), which strace(1) prints, too.
pub fn errno_words(errno: Errno) -> String {
    let text = std::io::Error::from_raw_os_error(errno as i32).to_string();
    text.split(" (os error").next().unwrap_or_default().to_string()
}

/// The errno of a typed name: `EPERM`, `eperm`, or its number. EWOULDBLOCK and ENOTSUP are second names on Linux (errno(3)).
pub fn errno_named(word: &str) -> Option<Errno> {
    if let Ok(number) = word.parse::<i32>() {
        return Some(Errno::from_raw(number)).filter(|errno| *errno != Errno::UnknownErrno);
    }
    let upper = match word.to_uppercase() {
        second if second == "EWOULDBLOCK" => "EAGAIN".into(),
        second if second == "ENOTSUP" => "EOPNOTSUPP".into(),
        name => name,
    };
    // The last one, EHWPOISON, is 133.
    (1..=133).map(Errno::from_raw).find(|errno| *errno != Errno::UnknownErrno && errno_name(*errno) == upper)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_and_its_number_are_the_same_errno() {
        for errno in (1..=133).map(Errno::from_raw).filter(|errno| *errno != Errno::UnknownErrno) {
            assert_eq!(errno_named(&errno_name(errno)), Some(errno));
            assert_eq!(errno_named(&(errno as i32).to_string()), Some(errno));
        }
        assert_eq!(Errno::from_raw(134), Errno::UnknownErrno, "there are more than are looked for");
        assert_eq!(errno_named("eperm"), Some(Errno::EPERM));
        assert_eq!(errno_named("ENOTSUP"), Some(Errno::EOPNOTSUPP));
        for none in ["", "0", "-1", "4095", "E", "errno ?", "UnknownErrno", "SIGKILL"] {
            assert_eq!(errno_named(none), None, "{none}");
        }
    }
}
