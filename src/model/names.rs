//! Names for namespaces: `uts:[a1]` beside `uts:[4026532177]`. People compare names, not ten digits.

use super::{NsId, NsKind, Snapshot};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The names of one session: the host's namespaces are `host`; those that subject `a` made are `a1`, `a2`, … of each kind, in
/// the order of their birth; those that somebody else made and a subject came to are `?1`, `?2`, ….
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Names {
    host: BTreeMap<NsKind, NsId>,
    given: Vec<Given>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Given {
    kind: NsKind,
    id: NsId,
    name: String,
    /// The bench made it; else it was met.
    made: bool,
}

impl Names {
    /// The host's namespaces have their names from the start.
    pub fn new(host: BTreeMap<NsKind, NsId>) -> Names {
        Names { host, given: Vec::new() }
    }

    /// The host's namespaces.
    pub fn host(&self) -> &BTreeMap<NsKind, NsId> {
        &self.host
    }

    /// Is it the host's?
    pub fn is_host(&self, kind: NsKind, id: NsId) -> bool {
        self.host.get(&kind) == Some(&id)
    }

    /// Did a subject make it?
    pub fn is_made(&self, kind: NsKind, id: NsId) -> bool {
        self.find(kind, id).is_some_and(|given| given.made)
    }

    /// The namespaces of one kind that subjects made.
    pub fn made(&self, kind: NsKind) -> impl Iterator<Item = NsId> {
        self.given.iter().filter(move |given| given.kind == kind && given.made).map(|given| given.id)
    }

    /// `host`, `a1`, `?1`; None where it has none.
    pub fn name(&self, kind: NsKind, id: NsId) -> Option<&str> {
        if self.is_host(kind, id) {
            return Some("host");
        }
        self.find(kind, id).map(|given| given.name.as_str())
    }

    /// `uts:[a1]`; None where it has no name.
    pub fn shown(&self, kind: NsKind, id: NsId) -> Option<String> {
        self.name(kind, id).map(|name| format!("{kind}:[{name}]"))
    }

    /// `uts:[a1]` for the text of a link, `uts:[4026532177]`; None for any other text, and where it has no name.
    pub fn of_link(&self, link: &str) -> Option<String> {
        let (kind, rest) = link.split_once(":[")?;
        let ino = rest.strip_suffix(']')?.parse().ok()?;
        self.shown(NsKind::of_name(kind)?, NsId { dev: 0, ino })
    }

    /// This subject made it. A number that an ended namespace had before is a new one now.
    pub fn birth(&mut self, subject: &str, kind: NsKind, id: NsId) {
        if self.is_host(kind, id) {
            return;
        }
        let name = self.free(kind, subject);
        self.given.retain(|given| given.kind != kind || given.id != id);
        self.given.push(Given { kind, id, name, made: true });
    }

    /// This subject was seen with namespaces that nobody has named yet: whoever looks from outside takes them for its own.
    pub fn births(&mut self, subject: &str, seen: &Snapshot) {
        for (kind, id) in seen.namespaces() {
            if self.name(kind, id).is_none() {
                self.birth(subject, kind, id);
            }
        }
    }

    /// A subject is in it, and nobody here made it.
    pub fn meet(&mut self, kind: NsKind, id: NsId) {
        if self.name(kind, id).is_none() {
            let name = self.free(kind, "?");
            self.given.push(Given { kind, id, name, made: false });
        }
    }

    fn find(&self, kind: NsKind, id: NsId) -> Option<&Given> {
        self.given.iter().find(|given| given.kind == kind && given.id == id)
    }

    /// The first name of this kind that is not taken. After a digit a point keeps `a1`'s first apart from `a`'s eleventh.
    fn free(&self, kind: NsKind, stem: &str) -> String {
        let point = if stem.ends_with(|last: char| last.is_ascii_digit()) { "." } else { "" };
        let taken = |name: &String| self.given.iter().any(|given| given.kind == kind && given.name == *name);
        (1u32..).map(|number| format!("{stem}{point}{number}")).find(|name| !taken(name)).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(ino: u64) -> NsId {
        NsId { dev: 0, ino }
    }

    #[test]
    fn names_are_given_in_order_of_birth_for_each_kind() {
        let mut names = Names::new([(NsKind::Uts, id(1))].into());
        names.birth("a", NsKind::Uts, id(7));
        names.birth("a", NsKind::Pid, id(8));
        names.birth("a", NsKind::Uts, id(9));
        names.birth("b", NsKind::Uts, id(10));
        names.meet(NsKind::Net, id(11));
        names.meet(NsKind::Uts, id(7));
        let shown = |kind, ino| names.shown(kind, id(ino)).expect("it has a name");
        assert_eq!(shown(NsKind::Uts, 1), "uts:[host]");
        assert_eq!((shown(NsKind::Uts, 7), shown(NsKind::Pid, 8)), ("uts:[a1]".into(), "pid:[a1]".into()));
        assert_eq!((shown(NsKind::Uts, 9), shown(NsKind::Uts, 10)), ("uts:[a2]".into(), "uts:[b1]".into()));
        assert_eq!(names.of_link("net:[11]").as_deref(), Some("net:[?1]"));
        assert!(names.is_made(NsKind::Uts, id(7)) && !names.is_made(NsKind::Net, id(11)) && !names.is_made(NsKind::Uts, id(1)));
        assert_eq!((names.of_link("pending"), names.of_link("net:[12]")), (None, None));
    }

    #[test]
    fn a_number_that_comes_again_is_another_namespace() {
        let mut names = Names::default();
        names.birth("a", NsKind::Net, id(7));
        names.birth("a1", NsKind::Net, id(8));
        names.birth("a", NsKind::Net, id(7));
        assert_eq!(names.name(NsKind::Net, id(7)), Some("a2"));
        assert_eq!(names.name(NsKind::Net, id(8)), Some("a1.1"));
    }
}
