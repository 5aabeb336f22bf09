//! The pane's cgroup: use against limit as a bar, and what the limits did.

use super::line::{Line, Section, line, span, width_of};
use super::{Density, Picture};
use crate::model::{Gauge, Gauges, Size, Text, Watched};
use crate::ui::theme::{Role, Sign, Style};
use crate::ui::width::{cut_middle, pad, width};

/// Columns of a row's name.
const NAME: usize = 7;
/// Columns of a bar: at least, at most.
const BAR: (usize, usize) = (4, 16);
/// From this share on a limit is near.
const NEAR: f32 = 0.9;

/// The section; `named`: there are several subjects. Where the subject has no cgroup of its own a line says so; where there is little
/// room, nothing does. There the path comes last, too: the one who gave the limits knows it.
pub(super) fn section(
    picture: &Picture,
    one: &Watched,
    named: bool,
    style: &Style,
    columns: usize,
    density: Density,
) -> Option<Section> {
    let name = if named { format!(" {}", style.visible(&one.name)) } else { String::new() };
    let new = picture.changed(one, "cgroup");
    let (role, sign) = if new { (Role::New, style.sign(Sign::Changed)) } else { (Role::Plain, " ") };
    let Some(gauges) = &one.cgroup else {
        let role = if new { role } else { Role::Dim };
        let lines = vec![line(role, format!("{sign} {}", style.text(&HOSTS)))];
        return (new || density == Density::Full).then(|| Section { title: format!("cgroup{name}"), lines });
    };
    let mut title = format!("cgroup{name} {}", gauges.version);
    for (at, controller) in gauges.controllers.iter().enumerate() {
        let next = format!("{title}{} {controller}", if at == 0 { ":" } else { "" });
        let last = at + 1 == gauges.controllers.len();
        if width(&next) + if last { 1 } else { 3 } > columns {
            title = format!("{title} {}", style.sign(Sign::Cut));
            break;
        }
        title = next;
    }
    let path = cut_middle(&style.visible(&gauges.path), columns.saturating_sub(2), style.sign(Sign::Cut));
    let path = line(role, format!("{sign} {path}"));
    let mut lines = gauge_lines(gauges, style, columns);
    match density {
        Density::Full => lines.insert(0, path),
        Density::Tight => lines.push(path),
        Density::Tightest if new => lines.push(path),
        Density::Tightest => {}
    }
    Some(Section { title, lines })
}

fn gauge_lines(gauges: &Gauges, style: &Style, columns: usize) -> Vec<Line> {
    let mut lines = Vec::new();
    if gauges.frozen {
        lines.push(line(Role::Warn, format!("! {}", style.text(&FROZEN))));
    }
    let read = |percent: bool| {
        let memory = gauges.memory.map(|memory| reading(memory, Size::about, percent));
        let pids = gauges.pids.map(|pids| reading(pids, |number| number.to_string(), percent));
        // Bars below each other are equally long.
        let texts = [&memory, &pids].into_iter().flatten().filter(|(_, share)| share.is_some()).map(|(text, _)| width(text));
        let room = columns.saturating_sub(NAME + 2 + texts.max().unwrap_or(0) + 1).min(BAR.1);
        (memory, pids, room)
    };
    let (memory, pids, room) = match read(true) {
        // The bar says it as well.
        (.., room) if room < BAR.0 => read(false),
        all => all,
    };
    if let Some(memory) = &memory {
        lines.push(bar("memory", memory, room, style));
        let peak = gauges.peak.filter(|peak| *peak > 0).map(Size::about);
        lines.extend(counts(&[(PEAK, peak, false), (OOM, some(gauges.oom_kills), true)], style, columns));
    }
    if let Some(pids) = &pids {
        lines.push(bar("pids", pids, room, style));
        lines.extend(counts(&[(REFUSED, some(gauges.forks_refused), true)], style, columns));
    }
    lines.extend(cpu(gauges, style, columns));
    // A pressure of nothing says nothing, nor does one that would be rounded to it.
    let pressure: Vec<String> =
        gauges.pressure.iter().filter(|(_, some)| *some >= 0.5).map(|(name, some)| format!("{name} {some:.0}%")).collect();
    if !pressure.is_empty() {
        lines.push(line(Role::Warn, format!("  {} {}", style.text(&PRESSURE), pressure.join(" "))));
    }
    lines
}

fn cpu(gauges: &Gauges, style: &Style, columns: usize) -> Vec<Line> {
    let Some(cpu) = gauges.cpu else { return Vec::new() };
    let used = cpu.used.map_or(String::from("-"), |used| format!("{used:.0}%"));
    let limit = cpu.limit.map_or("max".into(), |limit| format!("{limit:.0}%"));
    let near = cpu.limit.zip(cpu.used).is_some_and(|(limit, used)| used >= limit * NEAR);
    let mut line = vec![
        span(Role::Plain, format!("  {}", pad("cpu", NAME))),
        span(if near { Role::Warn } else { Role::Plain }, format!("{used} / {limit}")),
    ];
    let Some(throttled) = counts(&[(THROTTLED, some(Some(cpu.throttled)), true)], style, columns) else { return vec![line] };
    // Beside it where there is room.
    if width_of(&line) + 2 + width_of(&throttled[1..]) > columns {
        return vec![line, throttled];
    }
    line.push(span(Role::Plain, "  "));
    line.extend_from_slice(&throttled[1..]);
    vec![line]
}

/// A count of nothing says nothing.
fn some(count: Option<u64>) -> Option<String> {
    count.filter(|count| *count > 0).map(|count| count.to_string())
}

/// What was counted, below its bar; where that is too far to the right, from the edge on.
fn counts(counts: &[(Text, Option<String>, bool)], style: &Style, columns: usize) -> Option<Line> {
    let mut found = Line::new();
    for (name, value, warn) in counts {
        let Some(value) = value else { continue };
        found.push(span(Role::Plain, if found.is_empty() { "" } else { "  " }));
        let sign = if *warn { format!("{} ", style.sign(Sign::Careful)) } else { String::new() };
        found.push(span(if *warn { Role::Bad } else { Role::Dim }, format!("{sign}{} {value}", style.text(name))));
    }
    let indent = [NAME + 2, 4].into_iter().find(|indent| indent + width_of(&found) <= columns).unwrap_or(2);
    let first = found.first_mut()?;
    first.text = " ".repeat(indent);
    Some(found)
}

/// `60M / 64M 94%`, and the share that is used where there is a limit.
fn reading(gauge: Gauge, show: fn(u64) -> String, percent: bool) -> (String, Option<f32>) {
    let used = show(gauge.used);
    let Some(limit) = gauge.limit else { return (format!("{used} / max"), None) };
    let share = if limit == 0 { 1.0 } else { (gauge.used as f32 / limit as f32).min(1.0) };
    let percent = if percent { format!(" {:.0}%", share * 100.0) } else { String::new() };
    (format!("{used} / {}{percent}", show(limit)), Some(share))
}

/// A bar of so many columns, if it is not too short to be one, and the numbers.
fn bar(name: &str, (text, share): &(String, Option<f32>), room: usize, style: &Style) -> Line {
    let mut done = vec![span(Role::Plain, format!("  {}", pad(name, NAME)))];
    let near = share.is_some_and(|share| share >= NEAR);
    if let Some(share) = share.filter(|_| room >= BAR.0) {
        let full = (share * room as f32).round() as usize;
        let (on, off) = if style.utf8 { ("█", "░") } else { ("#", "-") };
        done.push(span(if near { Role::Bad } else { Role::Good }, on.repeat(full)));
        done.push(span(Role::Dim, off.repeat(room - full)));
        done.push(span(Role::Plain, " "));
    }
    done.push(span(if near { Role::Bad } else { Role::Plain }, text));
    done
}

const HOSTS: Text = Text { en: "none of its own", zh: "没有自己的 cgroup" };
const FROZEN: Text = Text { en: "frozen", zh: "已冻结" };
const PEAK: Text = Text { en: "peak", zh: "峰值" };
const OOM: Text = Text { en: "OOM kills", zh: "OOM 杀死" };
const REFUSED: Text = Text { en: "forks refused", zh: "fork 被拒" };
const THROTTLED: Text = Text { en: "throttled", zh: "被限流" };
const PRESSURE: Text = Text { en: "pressure", zh: "压力" };
