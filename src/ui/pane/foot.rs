//! The pane's last lines: which keys there are. They are always on screen.

use super::line::{Line, cut_line, in_two, line, span};
use crate::model::{Msg, Text};
use crate::ui::theme::{Role, Style};
use crate::ui::width::{pad, wrap};

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

/// Where the foot shares its line with others.
const FEW: Text = Text { en: "Ctrl-] ? keys", zh: "Ctrl-] ? 按键" };
const KEYS: Text = Text { en: "Ctrl-] then: p hide  k kill  ? keys", zh: "Ctrl-] 后按：p 隐藏  k 杀死  ? 按键" };
const DEAF: Text = Text { en: "PID 1 ignores Ctrl-C; Ctrl-] k kills it", zh: "1 号进程不理会 Ctrl-C；Ctrl-] k 杀死它" };
/// Columns of a key's name.
const NAME: usize = 8;
/// From this width on the keys stand in two columns.
const TWO: usize = 72;
/// From this width on a third of the line has room for the short form.
const ROOM: usize = 110;
/// What each key does, in few words: the narrowest pane has 32 columns.
const ALL: [(&str, Text); 9] = [
    ("p", Text { en: "hide or show (hide to copy)", zh: "隐藏或显示（复制前隐藏）" }),
    ("r b", Text { en: "at the right, at the bottom", zh: "放在右边、底部" }),
    ("< >", Text { en: "wider, narrower", zh: "加宽、缩窄" }),
    ("k", Text { en: "kill the program (SIGKILL)", zh: "杀死前台程序（SIGKILL）" }),
    ("PgUp", Text { en: "scroll back, as the wheel", zh: "向上翻看，同滚轮" }),
    ("m", Text { en: "wheel: ours or terminal's", zh: "滚轮归实验台或归终端" }),
    ("l", Text { en: "draw anew, ask for the size", zh: "重画，重新查询窗口大小" }),
    ("z", Text { en: "suspend; `fg` goes on", zh: "挂起，`fg` 继续" }),
    ("Ctrl-]", Text { en: "send Ctrl-] itself", zh: "发送 Ctrl-] 本身" }),
];

/// The short form, or one shorter still: for the end of a line that is not the foot's alone.
pub fn few(style: &Style, width: usize) -> Line {
    line(Role::Dim, style.visible(style.text(if width >= ROOM { &KEYS } else { &FEW })))
}

/// The lines, at most so many.
pub fn foot(foot: &Foot, style: &Style, width: usize, height: usize) -> Vec<Line> {
    let lines: Vec<Line> = match foot {
        Foot::Keys => {
            let whole = style.visible(style.text(&KEYS));
            vec![if crate::ui::width(&whole) <= width { line(Role::Dim, whole) } else { few(style, width) }]
        }
        Foot::Deaf => vec![line(Role::Warn, style.visible(style.text(&DEAF)))],
        Foot::Say(text) => wrap(&style.msg(text), width).into_iter().map(|text| line(Role::Warn, text)).collect(),
        Foot::Prefix => keys(style, width),
    };
    lines.iter().take(height).map(|line| cut_line(line, width, style)).collect()
}

fn keys(style: &Style, width: usize) -> Vec<Line> {
    let row =
        |(key, text): &(&str, Text)| vec![span(Role::Head, pad(key, NAME)), span(Role::Plain, style.visible(style.text(text)))];
    let lines: Vec<Line> = ALL.iter().map(row).collect();
    if width >= TWO { in_two(&lines, ((width - 2) / 2).min(TWO), style) } else { lines }
}
