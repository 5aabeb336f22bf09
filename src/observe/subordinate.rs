//! Subordinate IDs: which IDs an ordinary user may map into a user namespace, by newuidmap(1). subuid(5), subgid(5).

use super::users::name_in;
use std::path::Path;

/// So many IDs from `first` on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Range {
    /// The first of them.
    pub first: u32,
    /// How many.
    pub count: u32,
}

/// The subordinate user and group IDs of a user. `etc` is /etc but in tests; a file that cannot be read grants nothing.
pub fn subordinate(etc: &Path, uid: u32) -> [Vec<Range>; 2] {
    let read = |name: &str| std::fs::read_to_string(etc.join(name)).unwrap_or_default();
    let name = name_in(&read("passwd"), uid);
    ["subuid", "subgid"].map(|file| ranges(&read(file), name.as_deref(), uid))
}

/// The ranges of a user in the text of such a file, where one stands by name or by number.
pub fn ranges(text: &str, name: Option<&str>, uid: u32) -> Vec<Range> {
    let range = |line: &str| {
        let mut fields = line.trim().split(':');
        let owner = fields.next()?;
        let own = Some(owner) == name || owner.parse() == Ok(uid);
        let range = Range { first: fields.next()?.parse().ok()?, count: fields.next()?.parse().ok()? };
        (own && range.count > 0).then_some(range)
    };
    text.lines().filter_map(range).collect()
}

/// The words of newuidmap(1) after the PID: 0 is `own`, and the ranges follow without a gap.
pub fn map_words(own: u32, ranges: &[Range]) -> Vec<String> {
    let mut words = vec!["0".to_string(), own.to_string(), "1".to_string()];
    let mut next = 1;
    for range in ranges {
        words.extend([next, range.first, range.count].map(|number| number.to_string()));
        next = next.saturating_add(range.count);
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_stands_there_by_name_or_number() {
        let passwd = "root:x:0:0::/root:/bin/sh\nstudent:x:1000:1000::/home/student:/bin/bash\n";
        let name = name_in(passwd, 1000);
        assert_eq!(name.as_deref(), Some("student"));
        let text = "other:1:2\nstudent:100000:65536\n1000:300000:10\nstudent:x:1\nstudent:5:0\n# student\n";
        let found = ranges(text, name.as_deref(), 1000);
        assert_eq!(found, [Range { first: 100000, count: 65536 }, Range { first: 300000, count: 10 }]);
        assert_eq!(ranges(text, None, 7), []);
    }

    #[test]
    fn ranges_follow_one_another_without_a_gap() {
        let lent = [Range { first: 100000, count: 65536 }, Range { first: 300000, count: 10 }];
        assert_eq!(map_words(1000, &lent).join(" "), "0 1000 1 1 100000 65536 65537 300000 10");
        assert_eq!(map_words(65534, &[]).join(" "), "0 65534 1");
    }
}
