//! `caps drop`, `caps keep`: give capabilities up. capset(2).

use super::{MAN, NAMES, back_by_exec, idle};
use crate::command::{Args, Card, Equivalent, Example, Inside, Primitive, Run, Said, Stop};
use crate::kernel::CapSets;
use crate::model::{ALL_CAPS, Text};

/// `caps drop`.
pub const DROP: Card = Card {
    name: "caps drop",
    args: &[NAMES],
    primitive: Primitive::Syscall("capset"),
    man: MAN,
    own: &[],
    summary: Text { en: "give capabilities up", zh: "放弃若干权能" },
    explain: Text {
        en: "One capset(2) takes them out of the effective, permitted and inheritable sets; the kernel takes them out of the ambient set as well. A process can always \
             give up what it has, and never get back by itself what is no longer permitted. The bounding set stays: see `caps bound drop`.",
        zh: "一次 capset(2) 把它们从有效集、许可集和可继承集中去掉，内核同时把它们从环境集中去掉。进程随时可以放弃自己的权能，但许可集中没有了的，自己再也拿不回来。\
             边界集不变：见 `caps bound drop`。",
    },
    equivalents: &[
        Equivalent { tool: "capsh(1)", line: "capsh --caps=all-cap_sys_admin+eip --" },
        Equivalent { tool: "docker", line: "docker run --cap-drop SYS_ADMIN IMAGE (bounding set, too)" },
    ],
    examples: &[
        Example { after: "", line: "caps drop SYS_ADMIN", shows: "caps.eff,prm  SYS_ADMIN", needs: "root" },
        Example { after: "caps drop SYS_ADMIN", line: "unshare uts", shows: "EPERM", needs: "" },
        Example { after: "caps drop all", line: "caps drop KILL", shows: "KILL: not held", needs: "" },
        Example { after: "unshare user", line: "caps drop net_raw", shows: "NET_RAW", needs: "userns" },
    ],
    run: Run::Inside(|cx, args| less(cx, args, |named| !named)),
};

/// `caps keep`.
pub const KEEP: Card = Card {
    name: "caps keep",
    args: &[NAMES],
    primitive: Primitive::Syscall("capset"),
    man: MAN,
    own: &[],
    summary: Text { en: "give up all capabilities but these", zh: "只保留所列权能，放弃其余全部" },
    explain: Text {
        en: "One capset(2) leaves in the effective, permitted and inheritable sets only those named; the kernel takes the others out of the ambient set as well. The \
             bounding set stays: `caps bound keep` does the same there.",
        zh: "一次 capset(2)，让有效集、许可集和可继承集中只剩下所列的权能，内核同时把其余的从环境集中去掉。边界集不变：`caps bound keep` 对边界集做同样的事。",
    },
    equivalents: &[
        Equivalent { tool: "capsh(1)", line: "capsh --caps=cap_net_bind_service+eip --" },
        Equivalent { tool: "docker", line: "docker run --cap-drop ALL --cap-add NET_BIND_SERVICE IMAGE" },
    ],
    examples: &[
        Example { after: "", line: "caps keep NET_RAW", shows: "→ NET_RAW", needs: "root" },
        Example { after: "caps keep NET_RAW KILL", line: "caps", shows: "effective    KILL NET_RAW", needs: "root" },
        Example { after: "caps drop KILL", line: "caps keep KILL", shows: "KILL: not held", needs: "" },
    ],
    run: Run::Inside(|cx, args| less(cx, args, |named| named)),
};

fn less(cx: &mut Inside<'_>, args: &Args, stays: fn(u64) -> u64) -> Result<Said, Stop> {
    let (named, stays) = (args.caps("CAP"), stays(args.caps("CAP")));
    let had = cx.kernel.capget()?;
    cx.kernel.capset(CapSets {
        effective: had.effective & stays,
        permitted: had.permitted & stays,
        inheritable: had.inheritable & stays,
    })?;
    let missing = if args.all("CAP").iter().any(|word| word == "all") { 0 } else { named & ALL_CAPS & !had.permitted };
    let said = idle(Said::nothing(), missing, NOT_HELD);
    // Only what went can come back.
    Ok(if had.permitted & !stays == 0 { said } else { back_by_exec(said) })
}

const NOT_HELD: Text =
    Text { en: "not held before, so there is nothing to give up or keep", zh: "原本就没有，谈不上放弃或保留" };
