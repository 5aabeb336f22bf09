//! The pane's processes: PID outside (inside), what is a zombie or stopped.

use super::line::{Line, head, line, span};
use crate::model::{Branch, Text, Watched};
use crate::ui::theme::{Role, Style};

/// The section, in so many lines.
pub(super) fn section(shown: &[&Watched], style: &Style, columns: usize, height: usize) -> Vec<Line> {
    if height < 2 {
        return Vec::new();
    }
    let mut lines = vec![head(style.text(&TITLE), columns, style)];
    let total: usize = shown.iter().map(|one| one.tree.len()).sum();
    let more = shown.iter().any(|one| one.more);
    let room = if more || total + 1 > height { height.saturating_sub(2) } else { total };
    // Of a fork bomb the newest are as good as the oldest; the first ones show whose it is.
    let branches = shown.iter().flat_map(|one| &one.tree).take(room);
    lines.extend(branches.map(|branch| row(branch, style)));
    if room < total || more {
        let left = (total - room.min(total)).to_string() + if more { "+" } else { "" };
        lines.push(line(Role::Warn, format!("  {}", style.text(&MORE).replace("{}", &left))));
    }
    lines
}

fn row(branch: &Branch, style: &Style) -> Line {
    let indent = if branch.depth == 0 {
        String::new()
    } else {
        format!("{}{} ", "  ".repeat((branch.depth - 1).min(8)), if style.utf8 { "└" } else { "`" })
    };
    let mut done = vec![span(Role::Dim, format!("  {indent}")), span(Role::Plain, branch.pid.to_string())];
    if let Some(inside) = branch.inside {
        done.push(span(Role::Own, format!("({inside})")));
    }
    let (role, word) = match branch.state {
        'Z' => (Role::Warn, Some(&ZOMBIE)),
        'T' | 't' => (Role::Warn, Some(&STOPPED)),
        'D' => (Role::Warn, Some(&WAITS)),
        _ => (Role::Plain, None),
    };
    if let Some(word) = word {
        done.push(span(Role::Warn, format!(" {} {}", branch.state, style.text(word))));
    }
    done.push(span(role, format!(" {}", style.visible(&branch.command))));
    done
}

const TITLE: Text = Text { en: "tree: outside(inside)", zh: "进程：外部(内部)" };
const ZOMBIE: Text = Text { en: "zombie", zh: "僵尸" };
const STOPPED: Text = Text { en: "stopped", zh: "已停止" };
const WAITS: Text = Text { en: "uninterruptible", zh: "不可中断" };
const MORE: Text = Text { en: "{} more", zh: "另有 {} 个" };
