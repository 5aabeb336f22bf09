//! The pane's processes: PID outside (inside), what is a zombie or stopped, and which one the commands act on.

use super::line::{Line, Section, line, span};
use crate::model::{Branch, Text, Watched};
use crate::ui::theme::{Role, Style};
use crate::ui::width::width;

/// The section, in so many lines below its heading.
pub(super) fn section(shown: &[&Watched], style: &Style, columns: usize, height: usize) -> Section {
    let long = style.text(&TITLE);
    let title = if width(long) <= columns { long } else { style.text(&SHORT) };
    let total: usize = shown.iter().map(|one| one.tree.len()).sum();
    let more = shown.iter().any(|one| one.more);
    // Where there is little room the first ones can be left out: their PID stands in the pane's title.
    let skip = |one: &Watched| usize::from(total > height && one.tree.len() > 1);
    let parts: Vec<&[Branch]> = shown.iter().map(|one| &one.tree[skip(one)..]).collect();
    let lengths: Vec<usize> = parts.iter().map(|part| part.len()).collect();
    let wanted: usize = lengths.iter().sum();
    let room = if more || wanted > height { height.saturating_sub(1) } else { wanted };
    // Of a fork bomb the newest are as good as the oldest; the first ones show whose it is.
    let mut lines = Vec::new();
    for ((one, part), share) in shown.iter().zip(parts).zip(share(&lengths, room)) {
        let name = |at| (shown.len() > 1 && at == 0).then(|| style.visible(&one.name));
        lines.extend(part.iter().take(share).enumerate().map(|(at, branch)| row(one, branch, name(at), title != long, style)));
    }
    let left = wanted - lines.len();
    if (left > 0 || more) && height > 0 {
        let left = left.to_string() + if more { "+" } else { "" };
        lines.push(line(Role::Warn, format!("  {}", style.text(&MORE).replace("{}", &left))));
    }
    Section { title: title.into(), lines }
}

/// How many lines it would like to have, as far as a pane is concerned.
pub(super) fn wish(shown: &[&Watched]) -> usize {
    shown.iter().map(|one| one.tree.len()).sum::<usize>().min(5)
}

/// Each one's part of the lines: nobody's processes crowd another's out.
fn share(wanted: &[usize], room: usize) -> Vec<usize> {
    let mut left = room;
    let mut shares = vec![0; wanted.len()];
    while left > 0 {
        let Some(at) = (0..wanted.len()).filter(|at| shares[*at] < wanted[*at]).min_by_key(|at| shares[*at]) else { break };
        shares[at] += 1;
        left -= 1;
    }
    shares
}

fn row(one: &Watched, branch: &Branch, name: Option<String>, narrow: bool, style: &Style) -> Line {
    let indent = if branch.depth == 0 {
        String::new()
    } else {
        format!("{}{} ", "  ".repeat((branch.depth - 1).min(8)), if style.utf8 { "└" } else { "`" })
    };
    // After `fork` it is not the first one that the commands act on.
    let acts = branch.depth > 0 && branch.pid == one.seen.pid;
    let mut done = vec![span(Role::Head, if acts { "* " } else { "  " }), span(Role::Dim, indent)];
    done.extend(name.map(|name| span(Role::Head, name + " ")));
    done.push(span(if acts { Role::Head } else { Role::Plain }, branch.pid.to_string()));
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
        let letter = if narrow { String::new() } else { format!(" {}", branch.state) };
        done.push(span(Role::Warn, format!("{letter} {}", style.text(word))));
    }
    done.push(span(role, format!(" {}", style.visible(&branch.command))));
    done
}

const TITLE: Text = Text { en: "tree: outside(inside)", zh: "进程：外部(内部)" };
const SHORT: Text = Text { en: "tree: out(in)", zh: "进程：外(内)" };
const ZOMBIE: Text = Text { en: "zombie", zh: "僵尸" };
const STOPPED: Text = Text { en: "stopped", zh: "已停止" };
const WAITS: Text = Text { en: "uninterruptible", zh: "不可中断" };
const MORE: Text = Text { en: "{} more", zh: "另有 {} 个" };

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lines_are_shared_out() {
        assert_eq!(share(&[1, 9], 5), [1, 4]);
        assert_eq!(share(&[9, 9], 5), [3, 2]);
        assert_eq!(share(&[2, 1], 9), [2, 1]);
        assert_eq!(share(&[9, 9], 0), [0, 0]);
    }
}
