//! Users and groups by name: /etc/passwd and /etc/group as they stand.
//!
//! Not by getpwnam(3): that loads libraries to ask other services, which a statically linked program cannot do without crashing.

use super::process::read;
use std::path::Path;

/// The name of a user (passwd(5)).
pub fn user_name(uid: u32) -> Option<String> {
    let text = read(Path::new("/etc/passwd"));
    name_in(text.is()?, uid)
}

/// The number of a user.
pub fn uid_of(name: &str) -> Option<u32> {
    let text = read(Path::new("/etc/passwd"));
    number_in(text.is()?, name)
}

/// The number of a group (group(5)).
pub fn gid_of(name: &str) -> Option<u32> {
    let text = read(Path::new("/etc/group"));
    number_in(text.is()?, name)
}

/// In both files the name is the first field and the number the third.
fn fields(line: &str) -> Option<(&str, u32)> {
    let mut parts = line.split(':');
    Some((parts.next()?, parts.nth(1)?.parse().ok()?))
}

/// The name that has this number in the text of such a file.
pub(super) fn name_in(text: &str, number: u32) -> Option<String> {
    text.lines().filter_map(fields).find(|(_, one)| *one == number).map(|(name, _)| name.to_string())
}

fn number_in(text: &str, name: &str) -> Option<u32> {
    text.lines().filter_map(fields).find(|(one, _)| *one == name).map(|(_, number)| number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_numbers_stand_in_one_line() {
        let text = "root:x:0:0:root:/root:/bin/sh\nodd line\nann:x:1000:1000::/home/ann:/bin/sh\n";
        assert_eq!(number_in(text, "ann"), Some(1000));
        assert_eq!(name_in(text, 0).as_deref(), Some("root"));
        assert_eq!(number_in(text, "odd line"), None);
        assert_eq!(number_in(text, "nobody"), None);
    }
}
