//! `caps effective`, `caps inheritable`: one set at a time. capset(2).

use super::{MAN, NAMES};
use crate::command::{Args, Card, Count, Equivalent, Example, Inside, Kind, Param, Primitive, Run, Said, Stop};
use crate::kernel::CapSets;
use crate::model::Text;

/// `caps effective`.
pub const EFFECTIVE: Card = Card {
    name: "caps effective",
    args: &[
        Param {
            name: "WHAT",
            kind: Kind::OneOf(&["raise", "lower"]),
            count: Count::One,
            about: Text { en: "switch on or off what is permitted", zh: "打开或关闭已许可的权能" },
        },
        NAMES,
    ],
    primitive: Primitive::Syscall("capset"),
    man: MAN,
    own: &[],
    summary: Text { en: "switch permitted capabilities on and off", zh: "打开或关闭已许可的权能" },
    explain: Text {
        en: "One capset(2) on the effective set only. While a capability is permitted it can be switched off and on again as often as one likes: careful programs switch it on \
             just for the call that needs it. Raising what is not permitted is EPERM.",
        zh: "一次 capset(2)，只改有效集。权能只要还在许可集中，就可以随意关闭和重新打开：谨慎的程序只在需要的那次调用前后打开它。打开未许可的权能会得到 EPERM。",
    },
    equivalents: &[Equivalent { tool: "capsh(1)", line: "capsh --caps='all=p cap_kill+e' --" }],
    examples: &[
        Example { after: "caps effective lower SYS_ADMIN", line: "unshare uts", shows: "EPERM", needs: "" },
        Example {
            after: "unshare user; caps effective lower SYS_ADMIN",
            line: "caps effective raise SYS_ADMIN",
            shows: "+ caps.eff  SYS_ADMIN",
            needs: "userns",
        },
        Example { after: "caps drop KILL", line: "caps effective raise KILL", shows: "EPERM", needs: "" },
    ],
    run: Run::Inside(|cx, args| {
        let (raise, named) = (args.one("WHAT") == "raise", args.caps("CAP"));
        change(cx, |sets| sets.effective = with(sets.effective, named, raise, args, sets.permitted))
    }),
};

/// `caps inheritable`.
pub const INHERITABLE: Card = Card {
    name: "caps inheritable",
    args: &[
        Param {
            name: "WHAT",
            kind: Kind::OneOf(&["add", "drop"]),
            count: Count::One,
            about: Text { en: "add or take away", zh: "加入或去掉" },
        },
        NAMES,
    ],
    primitive: Primitive::Syscall("capset"),
    man: MAN,
    own: &[],
    summary: Text { en: "capabilities that execve may hand on", zh: "execve 可以传下去的权能" },
    explain: Text {
        en: "One capset(2) on the inheritable set only. By itself it does little: an execve(2) hands on what is inheritable in the process *and* in the file's own capabilities, \
             and files rarely have any. Its use today is to open the way for `caps ambient raise`. What is added must be in the bounding set and, without CAP_SETPCAP, permitted.",
        zh: "一次 capset(2)，只改可继承集。单靠它作用不大：execve(2) 只传下去进程与文件自身权能中都标为可继承的部分，而文件很少带有权能。\
             如今它的用处是为 `caps ambient raise` 铺路。加入的权能必须在边界集中；没有 CAP_SETPCAP 时还必须在许可集中。",
    },
    equivalents: &[
        Equivalent { tool: "capsh(1)", line: "capsh --inh=cap_net_raw --" },
        Equivalent { tool: "setpriv(1)", line: "setpriv --inh-caps=+net_raw CMD" },
    ],
    examples: &[
        Example { after: "", line: "caps inheritable add NET_RAW", shows: "caps.inh  none → NET_RAW", needs: "root" },
        Example {
            after: "unshare user",
            line: "caps inheritable add NET_RAW",
            shows: "caps.inh  none → NET_RAW",
            needs: "userns",
        },
        Example { after: "caps bound drop KILL", line: "caps inheritable add KILL", shows: "EPERM", needs: "root" },
    ],
    run: Run::Inside(|cx, args| {
        let (add, named) = (args.one("WHAT") == "add", args.caps("CAP"));
        change(cx, |sets| sets.inheritable = with(sets.inheritable, named, add, args, sets.permitted))
    }),
};

fn change(cx: &mut Inside<'_>, how: impl Fn(&mut CapSets)) -> Result<Said, Stop> {
    let mut sets = cx.kernel.capget()?;
    how(&mut sets);
    cx.kernel.capset(sets)?;
    Ok(Said::nothing())
}

/// The set with these added or taken away. `all` adds all that are permitted.
fn with(set: u64, named: u64, add: bool, args: &Args, permitted: u64) -> u64 {
    match (add, args.all("CAP").iter().any(|word| word == "all")) {
        (true, true) => set | permitted,
        (true, false) => set | named,
        (false, _) => set & !named,
    }
}
