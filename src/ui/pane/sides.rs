//! The pane's outside and inside: only what truly depends on who looks.

use super::Picture;
use super::line::{Line, head, line, span};
use crate::model::{NsKind, Seen, Text, Watched};
use crate::ui::theme::{Role, Sign, Style};
use crate::ui::width::{cut, cut_middle, pad};

/// One fact seen from both sides.
struct Side {
    name: &'static str,
    /// The names of changes that are about it.
    keys: &'static [&'static str],
    outside: String,
    inside: String,
}

/// The section.
pub(super) fn section(picture: &Picture, shown: &[&Watched], style: &Style, columns: usize) -> Vec<Line> {
    let mut lines = vec![head(&style.visible(style.text(&TITLE)), columns, style)];
    let before = lines.len();
    for one in shown {
        let name = if shown.len() > 1 { format!("{} ", style.visible(&one.name)) } else { String::new() };
        for side in sides(picture, one, style) {
            let new = side.keys.iter().any(|key| picture.changed(one, key));
            let role = if new { Role::New } else { Role::Own };
            let sign = if new { style.sign(Sign::Changed) } else { " " };
            let name = format!("{sign} {name}{}", pad(side.name, 7));
            let room = columns.saturating_sub(crate::ui::width(&name) + 3);
            let outside = cut_middle(&style.visible(&side.outside), room / 2, style.sign(Sign::Cut));
            let inside = style.visible(&side.inside);
            let bar = if style.utf8 { " │ " } else { " | " };
            let room = room.saturating_sub(crate::ui::width(&outside));
            lines.push(vec![
                span(if new { Role::New } else { Role::Plain }, name),
                span(Role::Plain, outside),
                span(Role::Dim, bar),
                span(role, cut(&inside, room, style.sign(Sign::Cut))),
            ]);
        }
    }
    if lines.len() == before {
        lines.push(line(Role::Dim, format!("  {}", style.text(&SAME))));
    }
    lines
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
    if let Some(inside) = &seen.inside {
        add(&HOST, &["hostname"], picture.outsider.hostname.clone(), inside.hostname.clone());
    }
    if own(NsKind::Cgroup) {
        let path = one.cgroup.as_ref().map_or("/".into(), |cgroup| cgroup.path.clone());
        add(&CGROUP, &["cgroup"], path, style.text(&ITS_ROOT).into());
    }
    if let Some(root) = seen.root.is() {
        add(&ROOT, &["root"], root.clone(), "/".into());
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

const TITLE: Text = Text { en: "outside │ inside", zh: "外部 │ 内部" };
const SAME: Text = Text { en: "no difference", zh: "没有差别" };
const PID: Text = Text { en: "PID", zh: "PID" };
const UID: Text = Text { en: "UID", zh: "UID" };
const CAPS: Text = Text { en: "caps", zh: "权能" };
const HOST: Text = Text { en: "host", zh: "主机名" };
const CGROUP: Text = Text { en: "cgroup", zh: "cgroup" };
const ITS_ROOT: Text = Text { en: "from its own root", zh: "从自己的根算起" };
const ROOT: Text = Text { en: "root", zh: "根目录" };
const CLOCK: Text = Text { en: "clock", zh: "时钟" };
const NONE: Text = Text { en: "none", zh: "无" };
const ALL: Text = Text { en: "all", zh: "全部" };
