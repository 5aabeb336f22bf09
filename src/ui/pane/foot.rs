//! The pane's last lines: which keys there are. They are always on screen.

use super::line::{Line, cut_line, line, span};
use crate::model::{Msg, Text};
use crate::ui::theme::{Role, Style};

/// What stands at the foot.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Foot {
    /// The short form.
    #[default]
    Keys,
    /// The prefix was typed: all that can follow.
    Prefix,
    /// The program in the foreground is a PID 1 that Ctrl-C does not reach.
    Deaf,
    /// Something to say.
    Say(Msg),
}

const KEYS: Text = Text { en: "Ctrl-] then: p hide  k kill  ? keys", zh: "Ctrl-] 后按：p 隐藏  k 杀死  ? 按键" };
const DEAF: Text = Text { en: "PID 1 ignores Ctrl-C; Ctrl-] k kills it", zh: "1 号进程不理会 Ctrl-C；Ctrl-] k 杀死它" };
const ALL: [(&str, Text); 9] = [
    (
        "p",
        Text {
            en: "hide or show the pane (hidden: text can be copied)", zh: "隐藏或显示侧栏（隐藏后可复制文本）"
        },
    ),
    ("r b", Text { en: "pane at the right, at the bottom", zh: "侧栏放到右边、底部" }),
    ("< >", Text { en: "wider, narrower pane", zh: "加宽、缩窄侧栏" }),
    ("k", Text { en: "kill the program in the foreground (SIGKILL)", zh: "杀死前台程序（SIGKILL）" }),
    ("PgUp", Text { en: "scroll back; also the wheel", zh: "向上翻看；滚轮也可以" }),
    ("m", Text { en: "the wheel: ours or the terminal's", zh: "滚轮归实验台，或归终端" }),
    ("l", Text { en: "draw anew, ask for the size anew", zh: "重画，并重新查询窗口大小" }),
    ("z", Text { en: "suspend the bench (`fg` goes on)", zh: "挂起实验台（`fg` 继续）" }),
    ("Ctrl-]", Text { en: "send Ctrl-] itself", zh: "发送 Ctrl-] 本身" }),
];

/// The lines, at most so many.
pub fn foot(foot: &Foot, style: &Style, width: usize, height: usize) -> Vec<Line> {
    let lines: Vec<Line> = match foot {
        Foot::Keys => vec![line(Role::Dim, style.visible(style.text(&KEYS)))],
        Foot::Deaf => vec![line(Role::Warn, style.visible(style.text(&DEAF)))],
        Foot::Say(text) => crate::ui::wrap(&style.msg(text), width).into_iter().map(|text| line(Role::Warn, text)).collect(),
        Foot::Prefix => ALL
            .iter()
            .map(|(key, text)| vec![span(Role::Head, format!("{key:7}")), span(Role::Plain, style.visible(style.text(text)))])
            .collect(),
    };
    // Where they are too many for one column they stand in two.
    let half = lines.len().div_ceil(2);
    let lines = if lines.len() > height && half <= height && width >= 72 { in_two(&lines, half, style, width) } else { lines };
    lines.iter().take(height).map(|line| cut_line(line, width, style)).collect()
}

fn in_two(lines: &[Line], half: usize, style: &Style, width: usize) -> Vec<Line> {
    let each = (width - 2) / 2;
    let (left, right) = lines.split_at(half);
    let beside = |(row, line): (usize, &Line)| {
        let mut whole = cut_line(line, each, style);
        let used: usize = whole.iter().map(|span| crate::ui::width(&span.text)).sum();
        whole.push(span(Role::Plain, " ".repeat(each - used + 2)));
        whole.extend(right.get(row).map(|line| cut_line(line, each, style)).unwrap_or_default());
        whole
    };
    left.iter().enumerate().map(beside).collect()
}
