//! The five sets of capabilities: look at them, take from them, add to them.

pub mod ambient;
pub mod bound;
pub mod less;
pub mod sets;
pub mod show;

use crate::command::{Count, Kind, Man, Param, Said};
use crate::model::{Msg, NoteKind, Text, cap_names};

/// The names as an argument.
const NAMES: Param = Param {
    name: "CAP",
    kind: Kind::Capability,
    count: Count::Many,
    about: Text {
        en: "a capability such as SYS_ADMIN or cap_net_raw, or all",
        zh: "权能名，例如 SYS_ADMIN 或 cap_net_raw；all 表示全部",
    },
};

const MAN: &[Man] = &[Man("capabilities", 7), Man("capset", 2), Man("execve", 2)];

/// Names that change nothing are worth a word: `why` says of them what they are not.
fn idle(said: Said, set: u64, why: Text) -> Said {
    if set == 0 {
        return said;
    }
    let names = cap_names(set).join(" ");
    said.note(NoteKind::Unchanged, Msg::new(format!("{names}: {}", why.en), format!("{names}：{}", why.zh)))
}

/// What execve(2) gives back to user ID 0.
fn back_by_exec(said: Said) -> Said {
    if !nix::unistd::geteuid().is_root() {
        return said;
    }
    said.note(NoteKind::Careful, BACK)
}

const BACK: Text = Text {
    en: "a program run from here as UID 0 gets the whole bounding set again (execve(2)): `caps bound drop` takes from that, `nnp` prevents gains, `caps` shows what \
         a program would have",
    zh: "以 UID 0 从这里运行的程序会重新得到整个边界集（execve(2)）：`caps bound drop` 从边界集中去掉，`nnp` 禁止增加权限，`caps` 显示程序会得到什么",
};
