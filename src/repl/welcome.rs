//! What a session begins with: the words of welcome, and to an author what is recorded.

use crate::model::{Msg, Text};
use crate::ui::{self, Role, Sign, Style};
use std::path::Path;

/// What a session begins with; `holds_machine`: programs could change the machine itself.
pub fn welcome(style: &Style, holds_machine: bool) -> String {
    const LINES: [Text; 3] = [
        Text {
            en: "boxlab: each command is one kernel primitive, carried out on a real process, the subject",
            zh: "boxlab：每条命令对应一个内核原语，作用于一个真实的进程，即“被观察进程”",
        },
        Text {
            en: "the subject is a process of its own: this shell never changes, and the guard refuses what would change the host",
            zh: "被观察进程是独立的进程：这个外壳始终不变，凡会改动主机的操作都会被拒绝",
        },
        Text {
            en: "`help` lists the commands, Tab completes them; `quit` or Ctrl-D leaves",
            zh: "`help` 列出命令，Tab 补全；`quit` 或 Ctrl-D 离开",
        },
    ];
    /// The guard holds for commands. A program is a program.
    const ROOT: Text = Text {
        en: "you are root on this machine: programs that `spawn` starts are not guarded and may do what root may, until `unshare user`",
        zh: "你是这台机器的 root：`spawn` 启动的程序不受上述限制，root 能做的它都能做，直到 `unshare user`",
    };
    const ORDINARY: Text = Text {
        en: "you are an ordinary user: the kernel refuses what takes root, and most lessons take it. `boxlab --rootless` makes you root in a user namespace of your own",
        zh: "你是普通用户：需要 root 的操作会被内核拒绝，多数课程也因此做不了。`boxlab --rootless` 让你在自己的用户命名空间中成为 root",
    };
    let more = match holds_machine {
        true => Some(&ROOT),
        false => (!nix::unistd::geteuid().is_root()).then_some(&ORDINARY),
    };
    let mut text = String::new();
    for (at, line) in LINES.iter().chain(more).enumerate() {
        let role = match at {
            0 => Role::Plain,
            at if at == LINES.len() => Role::Warn,
            _ => Role::Dim,
        };
        for line in ui::wrap(&style.visible(style.text(line)), style.width.unwrap_or(usize::MAX)) {
            text.push_str(&style.paint(role, &line));
            text.push('\n');
        }
    }
    text + "\n"
}

/// What an author is told.
pub fn recording(file: &Path, style: &Style) -> String {
    let file = file.display();
    let text = Msg::new(
        format!("what you do here becomes {file}, a step for each line, when you `quit`; what is mistyped is left out"),
        format!("`quit` 时，你在这里所做的会写成 {file}，每行一步；输错的命令不会写入"),
    );
    ui::paragraph(&format!("{} ", style.sign(Sign::Next)), &style.msg(&text), Role::New, style) + "\n"
}
