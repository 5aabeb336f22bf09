//! The pane's namespaces: kind, name, number, whose; and where the next child is born.

use super::line::{Line, Section, in_two, line, span, width_of};
use super::{Density, Picture};
use crate::model::{NsId, NsKind, Seen, Text, Watched, errno_name};
use crate::ui::theme::{Role, Sign, Style};
use crate::ui::width::{cut, pad, width, wrap};
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

    /// It begins with the next child.
    fn is_pending(&self) -> bool {
        let link = if self.next { self.of.seen.next.get(&self.kind) } else { None };
        matches!(link, Some(Seen::Not { errno, .. }) if *errno == Errno::ENOENT as i32)
    }

    /// Nobody can be born there any more.
    fn is_dead(&self) -> bool {
        self.next && self.kind == NsKind::Pid && self.of.init_gone
    }

    /// `a1`, `a1 dead`, a number where there is no name, `pending`, or an errno.
    fn name(&self, style: &Style) -> String {
        let dead = if self.is_dead() { format!(" {}", style.text(&DEAD)) } else { String::new() };
        self.plain_name(style) + &dead
    }

    fn plain_name(&self, style: &Style) -> String {
        let link = if self.next { self.of.seen.next.get(&self.kind) } else { self.of.seen.ns.get(&self.kind) };
        match link {
            Some(Seen::Is(id)) => style.names.name(self.kind, *id).map_or_else(|| id.ino.to_string(), str::to_string),
            _ if self.is_pending() => style.text(&PENDING).into(),
            Some(Seen::Not { errno, .. }) => errno_name(Errno::from_raw(*errno)),
            None => String::new(),
        }
    }

    fn is_host(&self, style: &Style) -> bool {
        self.id().is_some_and(|id| style.names.is_host(self.kind, id))
    }

    fn role(&self, style: &Style, new: bool) -> Role {
        match self.id() {
            _ if self.is_dead() => Role::Bad,
            _ if new => Role::New,
            Some(_) if self.is_host(style) => Role::Dim,
            Some(_) => Role::Own,
            None => Role::Warn,
        }
    }

    fn key(&self) -> String {
        format!("{}.{}", if self.next { "next" } else { "ns" }, self.kind)
    }
}

/// A row: one link of each subject.
struct Row<'a> {
    links: Vec<Link<'a>>,
    /// The same kind's links for the next child, where they share the row.
    next: Option<Vec<Link<'a>>>,
}

impl Row<'_> {
    fn is_new(&self, picture: &Picture) -> bool {
        let all = self.links.iter().take(1).chain(self.next.iter().flatten().take(1));
        all.into_iter().any(|link| picture.changed(link.of, &link.key()))
    }

    /// `a1`; with a next child elsewhere `a1→a2`, and `→a1` where the host's own need not be said.
    fn name(&self, at: usize, style: &Style) -> String {
        let link = &self.links[at];
        match self.next.as_ref().map(|next| &next[at]) {
            Some(next) if next.id() != link.id() => {
                let first = if self.links.len() > 1 && link.is_host(style) { String::new() } else { link.name(style) };
                format!("{first}{}{}", style.sign(Sign::Next), next.name(style))
            }
            _ => link.name(style),
        }
    }

    fn role(&self, at: usize, style: &Style, new: bool) -> Role {
        let next = self.next.as_ref().map(|next| &next[at]).filter(|next| next.id() != self.links[at].id());
        next.unwrap_or(&self.links[at]).role(style, new)
    }
}

/// The rows, and the kinds that need none: both are the host's. Where there is little room the next child's link shares the row.
fn rows<'a>(picture: &Picture, shown: &[&'a Watched], style: &Style, density: Density) -> (Vec<Row<'a>>, Vec<&'static str>) {
    let (mut rows, mut hosts) = (Vec::new(), Vec::new());
    for kind in NsKind::ALL {
        let links = |next| shown.iter().map(|of| Link { of, kind, next }).collect::<Vec<_>>();
        // Where the next child is born is of interest where that is elsewhere.
        let elsewhere = shown.iter().any(|of| of.seen.next_id(kind) != of.seen.ns_id(kind));
        let next = (elsewhere && kind.row().children.is_some()).then(|| links(true));
        let row = Row { links: links(false), next: None };
        match next {
            Some(next) if density == Density::Full => rows.extend([row, Row { links: next, next: None }]),
            Some(_) => rows.push(Row { next, ..row }),
            None if density > Density::Full && row.links.iter().all(|link| link.is_host(style)) && !row.is_new(picture) => {
                hosts.push(kind.name());
            }
            None => rows.push(row),
        }
    }
    (rows, hosts)
}

/// The section; where there is little room the host's namespaces share a line. `fold`: one subject's rows stand in two columns.
pub(super) fn section(
    picture: &Picture,
    shown: &[&Watched],
    style: &Style,
    columns: usize,
    density: Density,
    fold: bool,
) -> Section {
    let names: Vec<String> = shown.iter().map(|one| title(one, style)).collect();
    // Another process of this name is news, too.
    let new = shown.first().is_some_and(|one| picture.changed(one, "pid.outside"));
    let sign = if new { format!("{} ", style.sign(Sign::Changed)) } else { String::new() };
    let mut section = Section { title: names.first().map(|name| sign + name).unwrap_or_default(), lines: Vec::new() };
    if shown.is_empty() {
        section.lines.push(line(Role::Dim, format!("  {}", style.text(&NOBODY))));
        return section;
    }
    let (rows, hosts) = rows(picture, shown, style, density);
    match names.as_slice() {
        [_] if fold => {
            let lines: Vec<Line> = rows.iter().map(|row| alone(picture, row, style, 0)).collect();
            let each = lines.iter().map(|line| width_of(line)).max().unwrap_or(0).min(columns.saturating_sub(2) / 2);
            section.lines = in_two(&lines, each, style);
        }
        [_] => section.lines.extend(rows.iter().map(|row| alone(picture, row, style, columns))),
        // Of two, the current one is the left one.
        [left, right, ..] => {
            let star = if shown[0].name == picture.current { "*" } else { "" };
            let titles = [format!("{star}{left}"), right.clone()];
            let widest = |at: usize| {
                let names = rows.iter().map(|row| width(&row.name(at, style)));
                names.chain([width(&titles[at])]).max().unwrap_or(0)
            };
            let mut each = [widest(0), widest(1)];
            let room = columns.saturating_sub(KIND + 2 + 2 + 2 + 1);
            // The numbers, too, where there is room for them.
            let numbers = room >= each[0] + each[1] + 2 * NUMBER;
            while each[0] + each[1] > room && each[0].max(each[1]) > 1 {
                each[usize::from(each[1] > each[0])] -= 1;
            }
            let title = |at: usize| {
                let columns = each[at] + if numbers { NUMBER } else { 0 };
                // The PID inside stands further below, too.
                let title =
                    if width(&titles[at]) > columns { titles[at].split('(').next().unwrap_or_default() } else { &titles[at] };
                pad(&cut(title, columns, style.sign(Sign::Cut)), columns)
            };
            section.title = format!("{}{}  {}", " ".repeat(KIND + 2), title(0), title(1));
            section.lines.extend(rows.iter().map(|row| beside(picture, row, style, each, numbers)));
        }
        [] => {}
    }
    if !hosts.is_empty() {
        let text = format!("{} {}", style.text(&HOSTS), hosts.join(" "));
        let lines = wrap(&text, columns.saturating_sub(2)).into_iter().map(|text| line(Role::Dim, format!("  {text}")));
        section.lines.extend(lines);
    }
    section
}

/// Who it is: name, PID outside (inside).
fn title(one: &Watched, style: &Style) -> String {
    let inside = one.seen.nspid.last().filter(|_| one.seen.nspid.len() > 1).map_or(String::new(), |pid| format!("({pid})"));
    format!("{} {}{inside}", style.visible(&one.name), one.seen.pid)
}

/// Columns of the kind.
const KIND: usize = 7;
/// Columns of a name.
const NAME: usize = 8;
/// Columns of a number with a blank.
const NUMBER: usize = 11;

fn start(picture: &Picture, row: &Row<'_>, style: &Style) -> (Line, bool) {
    let new = row.is_new(picture);
    let sign = if new { style.sign(Sign::Changed) } else { " " };
    let name = if row.links[0].next { style.text(&NEXT) } else { row.links[0].kind.name() };
    (vec![span(if new { Role::New } else { Role::Plain }, format!("{sign} {}", pad(name, KIND)))], new)
}

fn alone(picture: &Picture, row: &Row<'_>, style: &Style, columns: usize) -> Line {
    let (mut line, new) = start(picture, row, style);
    let (role, name) = (row.role(0, style, new), row.name(0, style));
    let room = columns.saturating_sub(KIND + 2);
    let used = NAME.max(width(&name) + 1);
    let blanks = used.min(room).saturating_sub(width(&name));
    line.extend([span(role, &name), span(Role::Plain, " ".repeat(blanks))]);
    let room = room.saturating_sub(used);
    // With the next child's beside it the link's own number is no news.
    let link = row.next.as_ref().map_or(&row.links[0], |next| &next[0]);
    let Some(id) = link.id() else {
        // An errno is another process's, into which one may not look (ptrace(2)).
        let why = if link.next { style.text(&WITH_CHILD) } else { "ptrace(2)" };
        line.extend((width(why) <= room).then(|| span(Role::Dim, why)));
        return line;
    };
    let whose = match link.is_host(style) {
        _ if link.is_dead() => style.text(&NO_INIT),
        true => "",
        false => style.text(&OWN),
    };
    let number = id.ino.to_string();
    // All rows alike: as if each were a subject's own.
    if room >= NUMBER + width(style.text(&OWN)) && number != name {
        line.push(span(Role::Dim, format!("{number} ")));
    }
    line.extend((width(whose) <= room).then(|| span(role, whose)));
    line
}

fn beside(picture: &Picture, row: &Row<'_>, style: &Style, each: [usize; 2], numbers: bool) -> Line {
    let (mut line, new) = start(picture, row, style);
    for (at, link) in row.links.iter().take(2).enumerate() {
        let name = row.name(at, style);
        line.push(span(row.role(at, style, new && at == 0), pad(&cut(&name, each[at], style.sign(Sign::Cut)), each[at])));
        let number = link.id().map(|id| id.ino.to_string()).filter(|number| numbers && *number != name).unwrap_or_default();
        line.push(span(Role::Dim, pad(&format!(" {number}"), if numbers { NUMBER + 2 } else { 2 })));
    }
    // One in which both are, and which is not the host's, is what makes a pod.
    let ids: Vec<Option<NsId>> = row.links.iter().map(Link::id).collect();
    let next: Vec<Option<NsId>> = row.next.iter().flatten().map(Link::id).collect();
    // Two that are still to be born will be two.
    let pending = row.next.as_ref().unwrap_or(&row.links).iter().any(Link::is_pending);
    let same = ids[0].is_some() && ids[0] == ids[1] && next.first() == next.get(1) && !pending;
    let sign = match (ids.iter().all(Option::is_none) && !pending, same) {
        (true, _) => " ",
        (_, true) => "=",
        _ if style.utf8 => "≠",
        _ => "x",
    };
    line.push(span(if same && !row.links[0].is_host(style) { Role::Own } else { Role::Dim }, sign));
    line
}

const PENDING: Text = Text { en: "pending", zh: "待定" };
const WITH_CHILD: Text = Text { en: "with the next child", zh: "随下一个子进程诞生" };
const NEXT: Text = Text { en: " child", zh: "子进程" };
const DEAD: Text = Text { en: "dead", zh: "失效" };
const NO_INIT: Text = Text { en: "no PID 1", zh: "无 1 号进程" };
const OWN: Text = Text { en: "own", zh: "自己的" };
const HOSTS: Text = Text { en: "host's:", zh: "主机的：" };
const NOBODY: Text = Text { en: "no subject", zh: "没有被观察进程" };
