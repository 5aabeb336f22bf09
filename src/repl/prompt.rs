//! The prompt: the subject's name, its PID as it counts itself, and the namespaces that are its own.

use crate::command::SubjectView;
use crate::model::NsKind;
use crate::ui::{Role, Style};

/// The prompt bare, for its width, and painted.
pub fn prompt(subject: &SubjectView, style: &Style) -> (String, String) {
    let pid = subject.seen.nspid.last().map_or_else(|| "?".to_string(), ToString::to_string);
    let own: Vec<&str> = NsKind::ALL
        .into_iter()
        .filter(|kind| subject.seen.ns_id(*kind).is_some_and(|id| !style.names.is_host(*kind, id)))
        .map(NsKind::name)
        .collect();
    let own = if own.is_empty() { String::new() } else { format!(" {}", own.join(" ")) };
    let sign = if style.utf8 { "▸" } else { ">" };
    let who = format!("{}[{pid}]", style.visible(&subject.name));
    let painted = format!("{}{} {sign} ", style.paint(Role::Head, &who), style.paint(Role::Own, &own));
    (format!("{who}{own} {sign} "), painted)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Lang, Names, NsId};
    use std::collections::BTreeMap;
    use std::path::Path;

    #[test]
    fn it_names_what_is_not_the_hosts() {
        let own = std::process::id() as i32;
        let seen = crate::observe::snapshot(Path::new("/proc"), own);
        let mut style = Style::plain(Lang::En);
        let mut host: BTreeMap<_, _> = NsKind::ALL.into_iter().filter_map(|kind| Some((kind, seen.ns_id(kind)?))).collect();
        style.names = Names::new(host.clone());
        let subject = SubjectView { name: "a".into(), pids: vec![own], seen };
        let inside = subject.seen.nspid.last().copied().expect("a process has a number");
        assert_eq!(prompt(&subject, &style).0, format!("a[{inside}] ▸ "));
        host.insert(NsKind::Uts, NsId { dev: 0, ino: 1 });
        style.names = Names::new(host);
        style.utf8 = false;
        let (bare, painted) = prompt(&subject, &style);
        assert_eq!(bare, format!("a[{inside}] uts > "));
        assert_eq!(bare, painted, "no colour was asked for");
    }
}
