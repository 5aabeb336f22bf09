//! `securebits`: what UID 0 means for capabilities. prctl(2), PR_SET_SECUREBITS.

use crate::command::{Args, Card, Count, Equivalent, Example, Inside, Kind, Man, Param, Primitive, Run, Said, Stop};
use crate::kernel;
use crate::model::{Cell, Mark, Msg, SECUREBITS, Text};

/// The card.
pub const CARD: Card = Card {
    name: "securebits",
    args: &[Param {
        name: "BIT",
        kind: Kind::Word,
        count: Count::Any,
        about: Text {
            en: "+NAME sets, -NAME clears, as in +NOROOT -KEEP_CAPS; NAME_LOCKED locks; without any, shows them",
            zh: "+名字 设置，-名字 清除，例如 +NOROOT -KEEP_CAPS；NAME_LOCKED 表示锁定；不带参数则显示",
        },
    }],
    primitive: Primitive::Syscall("prctl"),
    man: &[Man("capabilities", 7), Man("PR_SET_SECUREBITS", 2)],
    own: &[],
    summary: Text { en: "whether UID 0 has anything to do with capabilities", zh: "UID 0 与权能是否还有关系" },
    explain: Text {
        en: "One prctl(PR_SET_SECUREBITS). NOROOT: running a program as UID 0 gives no capabilities. NO_SETUID_FIXUP: leaving UID 0 takes none. KEEP_CAPS: leaving UID 0 leaves the permitted \
             set (until the next execve). NO_CAP_AMBIENT_RAISE: `caps ambient raise` fails. Each has a lock, NAME_LOCKED, after which it cannot be changed. It needs CAP_SETPCAP.",
        zh: "一次 prctl(PR_SET_SECUREBITS)。NOROOT：以 UID 0 运行程序不再得到权能。NO_SETUID_FIXUP：离开 UID 0 时不收走权能。KEEP_CAPS：离开 UID 0 时保留许可集（到下一次 execve 为止）。\
             NO_CAP_AMBIENT_RAISE：`caps ambient raise` 会失败。每一位都有锁 NAME_LOCKED，锁上后不能再改。需要 CAP_SETPCAP。",
    },
    equivalents: &[
        Equivalent { tool: "setpriv(1)", line: "setpriv --securebits=+noroot,+noroot_locked CMD" },
        Equivalent { tool: "capsh(1)", line: "capsh --secbits=0x3 --; capsh --keep=1" },
    ],
    examples: &[
        Example { after: "", line: "securebits", shows: "NOROOT", needs: "" },
        Example {
            after: "",
            line: "securebits +KEEP_CAPS",
            shows: "prctl(PR_SET_SECUREBITS, SECBIT_KEEP_CAPS) = 0",
            needs: "root",
        },
        Example { after: "securebits +KEEP_CAPS", line: "setuid 1000", shows: "caps.eff", needs: "root" },
        Example {
            after: "unshare user; idmap uid 0 0 1; securebits +NOROOT",
            line: "spawn grep CapEff /proc/self/status",
            shows: "0000000000000000",
            needs: "root",
        },
        Example { after: "securebits +NOROOT +NOROOT_LOCKED", line: "securebits -NOROOT", shows: "EPERM", needs: "root" },
        Example { after: "caps drop SETPCAP", line: "securebits +NOROOT", shows: "EPERM", needs: "" },
        Example { after: "", line: "securebits +NOROT", shows: "did you mean `NOROOT`?", needs: "" },
    ],
    run: Run::Inside(run),
};

fn run(cx: &mut Inside<'_>, args: &Args) -> Result<Said, Stop> {
    let mut bits = kernel::securebits();
    let words = args.all("BIT");
    if words.is_empty() {
        return Ok(table(bits));
    }
    for word in words {
        let (set, name) = match word.split_at_checked(1) {
            Some(("+", name)) => (true, name),
            Some(("-", name)) => (false, name),
            _ => return Err(unknown(word)),
        };
        let bit = 1 << number(name).ok_or_else(|| unknown(name))?;
        bits = if set { bits | bit } else { bits & !bit };
    }
    cx.kernel.set_securebits(bits)?;
    Ok(Said::nothing())
}

/// The bit of `NOROOT`, `secbit_noroot` or `NOROOT_LOCKED`.
fn number(word: &str) -> Option<u32> {
    let upper = word.to_ascii_uppercase();
    let name = upper.strip_prefix("SECBIT_").unwrap_or(&upper);
    let (name, lock) = name.strip_suffix("_LOCKED").map_or((name, 0), |name| (name, 1));
    SECUREBITS.iter().find(|(_, known)| *known == name).map(|(bit, _)| bit + lock)
}

fn unknown(word: &str) -> Stop {
    let names: Vec<&str> = SECUREBITS.iter().map(|(_, name)| *name).collect();
    let near = crate::command::nearest(&word.to_ascii_uppercase(), names.iter().copied());
    let did = near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
    let did_zh = near.map(|near| format!("；你是想输入 `{near}` 吗？")).unwrap_or_default();
    let list = names.join(" ");
    Stop::Usage(Msg::new(
        format!("`{word}` is not +NAME or -NAME of a securebit: {list}, each also with _LOCKED{did}"),
        format!("`{word}` 不是 securebit 的 +名字 或 -名字：{list}，每个还可带 _LOCKED{did_zh}"),
    ))
}

fn table(bits: u32) -> Said {
    let on = |bit: u32| match bits >> bit & 1 {
        0 => Cell::msg(Msg::new("off", "关")).mark(Mark::Dim),
        _ => Cell::msg(Msg::new("on", "开")).mark(Mark::Own),
    };
    let lock = |bit: u32| match bits >> (bit + 1) & 1 {
        0 => Cell::default(),
        _ => Cell::msg(Msg::new("locked", "已锁定")).mark(Mark::Warn),
    };
    let rows = SECUREBITS.iter().map(|(bit, name)| vec![Cell::new(*name), on(*bit), lock(*bit)]).collect();
    Said::grid(Vec::new(), rows)
}
