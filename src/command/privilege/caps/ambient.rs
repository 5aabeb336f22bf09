//! `caps ambient`: what an ordinary program keeps. prctl(2), PR_CAP_AMBIENT.

use super::NAMES;
use crate::command::{Args, Card, Count, Equivalent, Example, Inside, Kind, Man, Param, Primitive, Run, Said, Stop};
use crate::kernel::Ambient;
use crate::model::{Msg, Text};

/// The card.
pub const CARD: Card = Card {
    name: "caps ambient",
    args: &[
        Param {
            name: "WHAT",
            kind: Kind::OneOf(&["raise", "lower", "clear"]),
            count: Count::One,
            about: Text { en: "add, take away, or empty the set", zh: "加入、去掉，或清空" },
        },
        Param { count: Count::Any, ..NAMES },
    ],
    primitive: Primitive::Syscall("prctl"),
    man: &[Man("capabilities", 7), Man("PR_CAP_AMBIENT", 2), Man("execve", 2)],
    own: &[],
    summary: Text { en: "capabilities that an ordinary program keeps", zh: "普通程序也会保留的权能" },
    explain: Text {
        en: "One prctl(PR_CAP_AMBIENT) for each. A user other than 0 loses all capabilities when it runs an ordinary program, except the ambient ones: this is how a service \
             without root gets NET_BIND_SERVICE. Each must be both permitted and inheritable first (`caps inheritable add`), and goes when it leaves either set. Running a \
             set-user-ID program or one with file capabilities clears the set, and so does leaving UID 0 without KEEP_CAPS.",
        zh: "对每个权能调用一次 prctl(PR_CAP_AMBIENT)。非 0 用户运行普通程序时会失去全部权能，环境集中的除外：没有 root 的服务就是这样得到 NET_BIND_SERVICE 的。\
             每个权能必须先同时处于许可集和可继承集（`caps inheritable add`），离开其中任何一个就会消失。运行 set-user-ID 程序或带文件权能的程序会清空环境集，\
             不带 KEEP_CAPS 而离开 UID 0 也一样。",
    },
    equivalents: &[
        Equivalent { tool: "setpriv(1)", line: "setpriv --inh-caps=+net_raw --ambient-caps=+net_raw CMD" },
        Equivalent { tool: "capsh(1)", line: "capsh --inh=cap_net_raw --addamb=cap_net_raw --" },
        Equivalent { tool: "unshare(1)", line: "unshare --user --keep-caps CMD" },
    ],
    examples: &[
        Example {
            after: "caps inheritable add NET_RAW",
            line: "caps ambient raise NET_RAW",
            shows: "prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_NET_RAW, 0, 0) = 0",
            needs: "root",
        },
        Example { after: "", line: "caps ambient raise NET_RAW", shows: "EPERM", needs: "" },
        Example {
            after: "unshare user; caps inheritable add KILL; caps ambient raise KILL",
            line: "spawn grep CapEff /proc/self/status",
            shows: "0000000000000020",
            needs: "userns",
        },
        Example { after: "", line: "caps ambient clear", shows: "PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) = 0", needs: "" },
    ],
    run: Run::Inside(run),
};

fn run(cx: &mut Inside<'_>, args: &Args) -> Result<Said, Stop> {
    let (what, named) = (args.one("WHAT"), args.caps("CAP"));
    match (what, named) {
        ("clear", 0) => cx.kernel.cap_ambient(Ambient::Clear)?,
        ("clear", _) => return Err(wrong("`clear` empties the set and takes no names", "`clear` 清空整个集合，后面不带名字")),
        (_, 0) => return Err(wrong("which ones? `caps ambient raise NET_RAW`", "哪些权能？例如 `caps ambient raise NET_RAW`")),
        _ => {
            for cap in (0..64).filter(|cap| named >> cap & 1 == 1) {
                cx.kernel.cap_ambient(if what == "raise" { Ambient::Raise(cap) } else { Ambient::Lower(cap) })?;
            }
        }
    }
    Ok(Said::nothing())
}

fn wrong(en: &str, zh: &str) -> Stop {
    Stop::Usage(Msg::new(en, zh))
}
