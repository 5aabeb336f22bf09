//! `caps bound`: the ceiling of what execve(2) can give. prctl(2), PR_CAPBSET_DROP.

use super::{NAMES, idle};
use crate::command::{Args, Card, Count, Equivalent, Example, Inside, Kind, Man, Param, Primitive, Run, Said, Stop};
use crate::kernel;
use crate::model::{NoteKind, Text};
use nix::errno::Errno;

/// The card.
pub const CARD: Card = Card {
    name: "caps bound",
    args: &[
        Param {
            name: "WHAT",
            kind: Kind::OneOf(&["drop", "keep"]),
            count: Count::One,
            about: Text { en: "drop these, or all but these", zh: "去掉所列的，或只保留所列的" },
        },
        NAMES,
    ],
    primitive: Primitive::Syscall("prctl"),
    man: &[Man("capabilities", 7), Man("PR_CAPBSET_DROP", 2), Man("execve", 2)],
    own: &[],
    summary: Text { en: "take capabilities out of the bounding set, for good", zh: "从边界集中永久去掉权能" },
    explain: Text {
        en: "One prctl(PR_CAPBSET_DROP) for each. What is not in the bounding set, no execve(2) gives: not to UID 0, not by a set-user-ID file, not by file capabilities. \
             It needs CAP_SETPCAP, so it comes before `caps drop` and `setuid`. What the process has now it keeps: `caps drop` is for that. A child inherits the set, \
             and a new user namespace starts with a full one.",
        zh: "对每个权能调用一次 prctl(PR_CAPBSET_DROP)。不在边界集中的权能，任何 execve(2) 都不会给：UID 0 不行，set-user-ID 文件不行，文件权能也不行。\
             它需要 CAP_SETPCAP，所以要放在 `caps drop` 和 `setuid` 之前。进程现有的权能不受影响：那要用 `caps drop`。子进程继承边界集，而新的用户命名空间从完整的边界集开始。",
    },
    equivalents: &[
        Equivalent { tool: "capsh(1)", line: "capsh --drop=cap_sys_admin --" },
        Equivalent { tool: "setpriv(1)", line: "setpriv --bounding-set=-sys_admin CMD" },
        Equivalent { tool: "docker", line: "docker run --cap-drop SYS_ADMIN IMAGE" },
    ],
    examples: &[
        Example {
            after: "",
            line: "caps bound drop SYS_ADMIN",
            shows: "prctl(PR_CAPBSET_DROP, CAP_SYS_ADMIN) = 0",
            needs: "root",
        },
        Example {
            after: "caps bound drop NET_RAW; caps drop NET_RAW",
            line: "spawn sh -c 'grep -c Cap.*0000000000000000 /proc/self/status'",
            shows: "2",
            needs: "root",
        },
        Example { after: "caps drop SETPCAP", line: "caps bound drop KILL", shows: "EPERM", needs: "" },
        Example { after: "unshare user", line: "caps bound keep KILL", shows: "CAP_CHOWN) = 0", needs: "userns" },
    ],
    run: Run::Inside(run),
};

fn run(cx: &mut Inside<'_>, args: &Args) -> Result<Said, Stop> {
    let (named, held) = (args.caps("CAP"), kernel::bounding_set());
    let keep = args.one("WHAT") == "keep";
    let gone = if keep { held & !named } else { named };
    for cap in (0..64).filter(|cap| gone >> cap & 1 == 1) {
        match cx.kernel.capbset_drop(cap) {
            // `all` names those of a newer kernel, too.
            Err(Errno::EINVAL) if args.all("CAP").iter().any(|word| word == "all") => {}
            other => other?,
        }
    }
    let said = idle(Said::nothing(), if keep { 0 } else { named & !held }, GONE);
    Ok(match held & gone {
        0 => said,
        _ => said.note(NoteKind::Unchanged, STAYS),
    })
}

const GONE: Text = Text { en: "was not in the bounding set", zh: "原本就不在边界集中" };

const STAYS: Text = Text {
    en: "what the subject has now it keeps; the bounding set counts at the next execve(2)",
    zh: "被观察进程现有的权能不变；边界集在下一次 execve(2) 时起作用",
};
