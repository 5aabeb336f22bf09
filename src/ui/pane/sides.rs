//! The pane's outside and inside: only what truly depends on who looks.

use super::Picture;
use super::line::{Line, Section, line as line_of, span, width_of};
use crate::model::{NsKind, Seen, Text, Watched};
use crate::ui::theme::{Role, Sign, Style};
use crate::ui::width::{cut, cut_middle, pad, width};

/// Columns of a fact's name.
const NAME: usize = 6;

/// One fact seen from both sides.
struct Side {
    name: &'static str,
    /// The names of changes that are about it.
    keys: &'static [&'static str],
    outside: String,
    inside: String,
}

/// The section: a table with the border between outside and inside in one place.
pub(super) fn section(picture: &Picture, shown: &[&Watched], style: &Style, columns: usize) -> Section {
    let bar = if style.utf8 { " │ " } else { " | " };
    let rows = rows(picture, shown, style);
    let (outer, inner) = (style.text(&OUTSIDE), style.text(&INSIDE));
    let left = rows.iter().map(|row| width(&row.name)).max().unwrap_or(0).max(NAME) + 3;
    let most = columns.saturating_sub(left + width(bar)) / 2;
    let half = rows.iter().map(|row| width(&row.side.outside)).chain([width(outer)]).max().unwrap_or(0).min(most);
    let room = columns.saturating_sub(left + half + width(bar));
    let line = |row: &Row| {
        let outside = cut_middle(&row.side.outside, half, style.sign(Sign::Cut));
        let blanks = " ".repeat(half.saturating_sub(width(&outside)));
        vec![
            span(if row.new { Role::New } else { Role::Plain }, pad(&format!("{} {}", row.sign(style), row.name), left)),
            span(Role::Plain, blanks + &outside),
            span(Role::Dim, bar),
            span(if row.new { Role::New } else { Role::Own }, cut(&row.side.inside, room, style.sign(Sign::Cut))),
        ]
    };
    let blanks = " ".repeat(left + half.saturating_sub(width(outer)));
    let lines = match rows.as_slice() {
        [] => vec![line_of(Role::Dim, format!("  {}", style.text(&SAME)))],
        rows => rows.iter().map(line).collect(),
    };
    Section { title: format!("{blanks}{outer}{bar}{inner}"), lines }
}

/// The same where there are few lines: one fact behind the other.
pub(super) fn flow(picture: &Picture, shown: &[&Watched], style: &Style, columns: usize) -> Vec<Line> {
    let bar = if style.utf8 { "│" } else { "|" };
    let mut lines: Vec<Line> = Vec::new();
    for row in rows(picture, shown, style) {
        let sign = row.sign(style);
        let (plain, own) = if row.new { (Role::New, Role::New) } else { (Role::Plain, Role::Own) };
        let side = &row.side;
        let piece = vec![
            span(plain, format!("{sign} {} {}", row.name, cut_middle(&side.outside, columns / 3, style.sign(Sign::Cut)))),
            span(Role::Dim, bar),
            span(own, cut_middle(&side.inside, columns / 3, style.sign(Sign::Cut))),
        ];
        match lines.last_mut().filter(|last| width_of(last) + width_of(&piece) <= columns) {
            Some(last) => last.extend(piece),
            None => lines.push(piece),
        }
    }
    lines
}

/// A fact of a subject.
struct Row {
    /// The subject's name, where there are several, and the fact's.
    name: String,
    side: Side,
    new: bool,
}

impl Row {
    fn sign(&self, style: &Style) -> &'static str {
        if self.new { style.sign(Sign::Changed) } else { " " }
    }
}

fn rows(picture: &Picture, shown: &[&Watched], style: &Style) -> Vec<Row> {
    let of = |one: &Watched| {
        let name = if shown.len() > 1 { format!("{} ", style.visible(&one.name)) } else { String::new() };
        let row = |mut side: Side| {
            (side.outside, side.inside) = (style.visible(&side.outside), style.visible(&side.inside));
            let new = side.keys.iter().any(|key| picture.changed(one, key));
            Row { name: format!("{name}{}", side.name), side, new }
        };
        sides(picture, one, style).into_iter().map(row).collect::<Vec<_>>()
    };
    shown.iter().flat_map(|one| of(one)).collect()
}

fn sides(picture: &Picture, one: &Watched, style: &Style) -> Vec<Side> {
    let seen = &one.seen;
    let own = |kind| seen.ns_id(kind).is_some_and(|id| !style.names.is_host(kind, id));
    let mut found = Vec::new();
    let mut add = |name: &Text, keys: &'static [&'static str], outside: String, inside: String| {
        if outside != inside {
            found.push(Side { name: style.text(name), keys, outside, inside });
        }
    };
    if let Some(inside) = seen.nspid.last() {
        add(&PID, &["pid", "pid.outside"], seen.pid.to_string(), inside.to_string());
    }
    if let Seen::Is(creds) = &seen.creds {
        if own(NsKind::User) {
            let map = seen.uid_map.is().map(Vec::as_slice).unwrap_or_default();
            let mapped = map.iter().find(|line| line.outside <= creds.euid && creds.euid - line.outside < line.count);
            // An ID without a line in the map shows as the overflow ID (user_namespaces(7)).
            let inside = mapped.map_or(65534, |line| line.inside + (creds.euid - line.outside));
            add(&UID, &["uid", "uid.outside", "uid_map"], creds.euid.to_string(), inside.to_string());
        }
        let held = powers(creds.cap_eff, picture.outsider.last_capability, style);
        let outside = if own(NsKind::User) { style.text(&NONE).to_string() } else { held.clone() };
        // What it may do is of interest also where both sides agree: it may have dropped some.
        if outside == held && picture.changed(one, "caps") {
            add(&CAPS, &["caps"], String::new(), held);
        } else {
            add(&CAPS, &["caps"], outside, held);
        }
    }
    if let Some(hostname) = &one.hostname {
        add(&HOST, &["hostname"], picture.outsider.hostname.clone(), hostname.clone());
    }
    if own(NsKind::Cgroup) {
        let longest = seen.cgroup.is().and_then(|paths| paths.values().max_by_key(|path| path.len()));
        let path = one.cgroup.as_ref().map(|cgroup| cgroup.path.clone()).or(longest.cloned()).unwrap_or_else(|| "/".into());
        add(&CGROUP, &["cgroup"], path, style.text(&ITS_ROOT).into());
    }
    if let Some(root) = seen.root.is() {
        add(&ROOT, &["root"], root.clone(), "/".into());
    }
    if let Some(mounts) = &one.mounts {
        let came: String = mounts.came.iter().map(|point| format!(" {}{point}", style.sign(Sign::Added))).collect();
        add(&MOUNTS, &["mount", "mounts"], mounts.outside.to_string(), mounts.inside.to_string() + &came);
    }
    if let Some(links) = &one.links {
        add(&LINKS, &["ns.net"], picture.outsider.links.join(" "), links.join(" "));
    }
    for (clock, seconds) in seen.clocks.is().into_iter().flatten() {
        add(&CLOCK, &["ns.time"], String::new(), format!("{clock} {seconds:+} s"));
    }
    found
}

/// Capabilities in one word.
fn powers(held: u64, last: Option<u8>, style: &Style) -> String {
    let all = last.map(|last| u64::MAX >> (63 - u64::from(last.min(63))));
    match (held, all) {
        (0, _) => style.text(&NONE).into(),
        (held, Some(all)) if held & all == all => style.text(&ALL).into(),
        (held, all) => format!("{}/{}", held.count_ones(), all.map_or("?".into(), |all| all.count_ones().to_string())),
    }
}

const OUTSIDE: Text = Text { en: "outside", zh: "外部" };
const INSIDE: Text = Text { en: "inside", zh: "内部" };
const SAME: Text = Text { en: "no difference", zh: "没有差别" };
const PID: Text = Text { en: "PID", zh: "PID" };
const UID: Text = Text { en: "UID", zh: "UID" };
const CAPS: Text = Text { en: "caps", zh: "权能" };
const HOST: Text = Text { en: "hostname", zh: "主机名" };
const CGROUP: Text = Text { en: "cgroup", zh: "cgroup" };
const ITS_ROOT: Text = Text { en: "from its own root", zh: "从自己的根算起" };
const ROOT: Text = Text { en: "root", zh: "根目录" };
const MOUNTS: Text = Text { en: "mounts", zh: "挂载点" };
const LINKS: Text = Text { en: "links", zh: "网络设备" };
const CLOCK: Text = Text { en: "clock", zh: "时钟" };
const NONE: Text = Text { en: "none", zh: "无" };
const ALL: Text = Text { en: "all", zh: "全部" };
