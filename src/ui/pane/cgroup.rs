//! The pane's cgroup: use against limit as a bar, and what the limits did.

use super::Picture;
use super::line::{Line, head, line, span};
use crate::model::{Gauge, Gauges, Size, Text, Watched};
use crate::ui::theme::{Role, Sign, Style};
use crate::ui::width::{cut, cut_middle, pad, width};

/// Columns of a row's name.
const NAME: usize = 7;
/// From this share on a limit is near.
const NEAR: f32 = 0.9;

/// The section; `named`: there are several subjects. Where the subject has no cgroup of its own, a line says so.
pub(super) fn section(picture: &Picture, one: &Watched, named: bool, style: &Style, columns: usize) -> Vec<Line> {
    let name = if named { format!(" {}", style.visible(&one.name)) } else { String::new() };
    let Some(gauges) = &one.cgroup else {
        return vec![head(&format!("cgroup{name}"), columns, style), line(Role::Dim, format!("  {}", style.text(&HOSTS)))];
    };
    let mut title = format!("cgroup{name} {}", gauges.version);
    if !gauges.controllers.is_empty() {
        title = cut(&format!("{title}: {}", gauges.controllers.join(" ")), columns, style.sign(Sign::Cut));
    }
    let mut lines = vec![head(&title, columns, style)];
    let new = picture.changed(one, "cgroup");
    let sign = if new { style.sign(Sign::Changed) } else { " " };
    let path = cut_middle(&style.visible(&gauges.path), columns.saturating_sub(2), style.sign(Sign::Cut));
    lines.push(line(if new { Role::New } else { Role::Plain }, format!("{sign} {path}")));
    if gauges.frozen {
        lines.push(line(Role::Warn, format!("! {}", style.text(&FROZEN))));
    }
    if let Some(memory) = gauges.memory {
        lines.push(bar("memory", memory, Size::about, style, columns));
        lines.extend(counts(&[(PEAK, gauges.peak.map(Size::about), false), (OOM, some(gauges.oom_kills), true)], style));
    }
    if let Some(pids) = gauges.pids {
        lines.push(bar("pids", pids, |number| number.to_string(), style, columns));
        lines.extend(counts(&[(REFUSED, some(gauges.forks_refused), true)], style));
    }
    lines.extend(cpu(gauges, style));
    // A pressure of nothing says nothing.
    let pressure: Vec<String> =
        gauges.pressure.iter().filter(|(_, some)| *some > 0.0).map(|(name, some)| format!("{name} {some:.0}%")).collect();
    if !pressure.is_empty() {
        lines.push(line(Role::Warn, format!("  {} {}", style.text(&PRESSURE), pressure.join(" "))));
    }
    lines
}

fn cpu(gauges: &Gauges, style: &Style) -> Vec<Line> {
    let Some(cpu) = gauges.cpu else { return Vec::new() };
    let used = cpu.used.map_or(String::from("-"), |used| format!("{used:.0}%"));
    let limit = cpu.limit.map_or("max".into(), |limit| format!("{limit:.0}%"));
    let near = cpu.limit.zip(cpu.used).is_some_and(|(limit, used)| used >= limit * NEAR);
    let mut lines = vec![vec![
        span(Role::Plain, format!("  {}", pad("cpu", NAME))),
        span(if near { Role::Warn } else { Role::Plain }, format!("{used} / {limit}")),
    ]];
    lines.extend(counts(&[(THROTTLED, some(Some(cpu.throttled)), true)], style));
    lines
}

/// A count of nothing says nothing.
fn some(count: Option<u64>) -> Option<String> {
    count.filter(|count| *count > 0).map(|count| count.to_string())
}

/// What was counted, below its bar.
fn counts(counts: &[(Text, Option<String>, bool)], style: &Style) -> Option<Line> {
    let mut found = Line::new();
    for (name, value, warn) in counts {
        let Some(value) = value else { continue };
        let before = if found.is_empty() { " ".repeat(NAME + 2) } else { "  ".into() };
        let sign = if *warn { format!("{} ", style.sign(Sign::Careful)) } else { String::new() };
        found.push(span(Role::Plain, before));
        found.push(span(if *warn { Role::Bad } else { Role::Dim }, format!("{sign}{} {value}", style.text(name))));
    }
    (!found.is_empty()).then_some(found)
}

fn bar(name: &str, gauge: Gauge, show: fn(u64) -> String, style: &Style, columns: usize) -> Line {
    let mut done = vec![span(Role::Plain, format!("  {}", pad(name, NAME)))];
    let Some(limit) = gauge.limit else {
        done.push(span(Role::Plain, format!("{} / max", show(gauge.used))));
        return done;
    };
    let share = if limit == 0 { 1.0 } else { (gauge.used as f32 / limit as f32).min(1.0) };
    let text = format!(" {} / {} {:.0}%", show(gauge.used), show(limit), share * 100.0);
    let room = columns.saturating_sub(NAME + 2 + width(&text)).min(16);
    let role = if share >= NEAR { Role::Bad } else { Role::Good };
    if room >= 4 {
        let full = (share * room as f32).round() as usize;
        let (on, off) = if style.utf8 { ("█", "░") } else { ("#", "-") };
        done.push(span(role, on.repeat(full)));
        done.push(span(Role::Dim, off.repeat(room - full)));
    }
    done.push(span(if share >= NEAR { Role::Bad } else { Role::Plain }, if room >= 4 { text } else { text.trim_start().into() }));
    done
}

const HOSTS: Text = Text { en: "none of its own", zh: "没有自己的 cgroup" };
const FROZEN: Text = Text { en: "frozen", zh: "已冻结" };
const PEAK: Text = Text { en: "peak", zh: "峰值" };
const OOM: Text = Text { en: "OOM kills", zh: "OOM 杀死" };
const REFUSED: Text = Text { en: "forks refused", zh: "fork 被拒" };
const THROTTLED: Text = Text { en: "throttled", zh: "被限流" };
const PRESSURE: Text = Text { en: "pressure", zh: "压力" };
