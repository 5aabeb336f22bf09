//! The pane's namespaces: kind, name, number, whose; and where the next child is born.

use super::Picture;
use super::line::{Line, head, line, span};
use crate::model::{NsId, NsKind, Seen, Text, Watched, errno_name};
use crate::ui::theme::{Role, Sign, Style};
use crate::ui::width::{cut, pad, wrap};
use nix::errno::Errno;

/// One link of a subject.
struct Link<'a> {
    of: &'a Watched,
    kind: NsKind,
    /// The link for the next child.
    next: bool,
}

impl Link<'_> {
    fn id(&self) -> Option<NsId> {
        if self.next { self.of.seen.next_id(self.kind) } else { self.of.seen.ns_id(self.kind) }
    }

    /// `a1`, a number where there is no name, `pending`, or an errno.
    fn name(&self, style: &Style) -> String {
        let link = if self.next { self.of.seen.next.get(&self.kind) } else { self.of.seen.ns.get(&self.kind) };
        match link {
            Some(Seen::Is(id)) => style.names.name(self.kind, *id).map_or_else(|| id.ino.to_string(), str::to_string),
            Some(Seen::Not { errno, .. }) if self.next && *errno == Errno::ENOENT as i32 => style.text(&PENDING).into(),
            Some(Seen::Not { errno, .. }) => errno_name(Errno::from_raw(*errno)),
            None => String::new(),
        }
    }

    fn role(&self, style: &Style, new: bool) -> Role {
        match self.id() {
            _ if new => Role::New,
            Some(id) if style.names.is_host(self.kind, id) => Role::Dim,
            Some(_) => Role::Own,
            None => Role::Warn,
        }
    }

    fn key(&self) -> String {
        format!("{}.{}", if self.next { "next" } else { "ns" }, self.kind)
    }
}

/// The section; in the compact form the host's namespaces share a line.
pub(super) fn section(picture: &Picture, shown: &[&Watched], style: &Style, columns: usize, compact: bool) -> Vec<Line> {
    let mut lines = titles(picture, shown, style, columns);
    if shown.is_empty() {
        return lines;
    }
    let mut hosts = Vec::new();
    for kind in NsKind::ALL {
        for next in [false, true] {
            let links: Vec<Link<'_>> = shown.iter().map(|of| Link { of, kind, next }).collect();
            // Where the next child is born is of interest where that is elsewhere.
            let elsewhere = |link: &Link<'_>| link.of.seen.next_id(kind) != link.of.seen.ns_id(kind);
            if next && (kind.row().children.is_none() || !links.iter().any(elsewhere)) {
                continue;
            }
            let host = |link: &Link<'_>| link.id().is_some_and(|id| style.names.is_host(kind, id));
            if compact && links.iter().all(host) && !picture.changed(shown[0], &links[0].key()) {
                hosts.push(kind.name());
                continue;
            }
            lines.push(match links.as_slice() {
                [one] => alone(picture, one, style, columns),
                two => beside(picture, two, style, columns),
            });
        }
    }
    if !hosts.is_empty() {
        let text = format!("{} {}", style.text(&HOSTS), hosts.join(" "));
        lines.extend(wrap(&text, columns.saturating_sub(2)).into_iter().map(|text| line(Role::Dim, format!("  {text}"))));
    }
    lines
}

/// Who is shown; of two, the current one is the left one.
fn titles(picture: &Picture, shown: &[&Watched], style: &Style, columns: usize) -> Vec<Line> {
    let title = |one: &Watched| {
        let inside = one.seen.nspid.last().filter(|_| one.seen.nspid.len() > 1).map_or(String::new(), |pid| format!("({pid})"));
        format!("{} {}{inside}", style.visible(&one.name), one.seen.pid)
    };
    match shown {
        [] => vec![line(Role::Dim, style.text(&NOBODY))],
        [one] => vec![head(&title(one), columns, style)],
        [one, two, ..] => {
            let half = half(columns);
            let star = if one.name == picture.current { "*" } else { " " };
            let left = pad(&cut(&format!("{star}{}", title(one)), half, style.sign(Sign::Cut)), half);
            let right = cut(&title(two), half, style.sign(Sign::Cut));
            vec![vec![span(Role::Plain, " ".repeat(KIND + 2)), span(Role::Head, left + " "), span(Role::Head, right)]]
        }
    }
}

/// Columns of the kind.
const KIND: usize = 7;

fn half(columns: usize) -> usize {
    columns.saturating_sub(KIND + 2 + 3) / 2
}

fn start(picture: &Picture, link: &Link<'_>, style: &Style) -> (Line, bool) {
    let new = picture.changed(link.of, &link.key());
    let sign = if new { style.sign(Sign::Changed) } else { " " };
    let name = if link.next { style.text(&NEXT) } else { link.kind.name() };
    (vec![span(if new { Role::New } else { Role::Plain }, format!("{sign} {}", pad(name, KIND)))], new)
}

fn alone(picture: &Picture, link: &Link<'_>, style: &Style, columns: usize) -> Line {
    let (mut line, new) = start(picture, link, style);
    let role = link.role(style, new);
    let name = link.name(style);
    line.push(span(role, pad(&name, 8)));
    let Some(id) = link.id() else {
        // An errno is another process's, into which one may not look (ptrace(2)).
        line.push(span(Role::Dim, if link.next { style.text(&WITH_CHILD) } else { "ptrace(2)" }));
        return line;
    };
    let number = id.ino.to_string();
    if columns >= KIND + 2 + 8 + 10 && number != name {
        line.push(span(Role::Dim, format!("{number} ")));
    }
    let whose = if style.names.is_host(link.kind, id) { "" } else { style.text(&OWN) };
    line.push(span(role, whose));
    line
}

fn beside(picture: &Picture, links: &[Link<'_>], style: &Style, columns: usize) -> Line {
    let (mut line, new) = start(picture, &links[0], style);
    let half = half(columns);
    for (at, link) in links.iter().enumerate() {
        let name = cut(&link.name(style), half, style.sign(Sign::Cut));
        line.push(span(link.role(style, new && at == 0), pad(&name, half) + " "));
    }
    // One in which both are, and which is not the host's, is what makes a pod.
    let ids: Vec<Option<NsId>> = links.iter().map(Link::id).collect();
    let same = ids[0].is_some() && ids[0] == ids[1];
    let host = ids[0].is_some_and(|id| style.names.is_host(links[0].kind, id));
    let sign = if ids.iter().all(Option::is_none) {
        " "
    } else if same {
        "="
    } else if style.utf8 {
        "≠"
    } else {
        "x"
    };
    line.push(span(if same && !host { Role::Own } else { Role::Dim }, sign));
    line
}

const PENDING: Text = Text { en: "pending", zh: "待定" };
const WITH_CHILD: Text = Text { en: "with the next child", zh: "随下一个子进程诞生" };
const NEXT: Text = Text { en: " child", zh: "子进程" };
const OWN: Text = Text { en: "own", zh: "自己的" };
const HOSTS: Text = Text { en: "the host's:", zh: "主机的：" };
const NOBODY: Text = Text { en: "no subject", zh: "没有被观察进程" };
