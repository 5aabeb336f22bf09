//! The pane's further subjects: a line for each, with the namespaces that are not the host's.

use super::line::{Line, Section, line, span};
use crate::model::{NsKind, Text, Watched};
use crate::ui::theme::{Role, Sign, Style};
use crate::ui::width::{cut, pad};

/// Columns of a name and its PID.
const NAME: usize = 8;

/// The section, in about so many lines; those that do not fit share the last one. None where there are no further subjects.
pub(super) fn section(others: &[&Watched], style: &Style, columns: usize, height: usize) -> Option<Section> {
    if others.is_empty() {
        return None;
    }
    let room = height.max(1);
    let each = if others.len() > room { room - 1 } else { others.len() };
    let (alone, together) = others.split_at(each);
    let mut lines: Vec<Line> = alone.iter().map(|one| row(one, style)).collect();
    if !together.is_empty() {
        let names: Vec<String> = together.iter().map(|one| style.visible(&one.name)).collect();
        let text = format!("  {}", names.join(" "));
        lines.push(line(Role::Plain, cut(&text, columns, style.sign(Sign::Cut))));
    }
    Some(Section { title: style.text(&TITLE).into(), lines })
}

fn row(one: &Watched, style: &Style) -> Line {
    let name = format!("  {} ", pad(&format!("{} {}", style.visible(&one.name), one.seen.pid), NAME));
    let own = |kind: NsKind| {
        let id = one.seen.ns_id(kind).filter(|id| !style.names.is_host(kind, *id))?;
        Some(format!("{kind}:{}", style.names.name(kind, id).map_or_else(|| id.ino.to_string(), str::to_string)))
    };
    let own: Vec<String> = NsKind::ALL.into_iter().filter_map(own).collect();
    match own.as_slice() {
        [] => vec![span(Role::Plain, name), span(Role::Dim, style.text(&HOSTS))],
        own => vec![span(Role::Plain, name), span(Role::Own, own.join(" "))],
    }
}

const TITLE: Text = Text { en: "further subjects", zh: "其他被观察进程" };
const HOSTS: Text = Text { en: "all of the host's", zh: "全部与主机共用" };
