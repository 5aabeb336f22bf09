//! `setuid`, `setgid`, `setgroups`: become somebody else. setuid(2), setgid(2), setgroups(2).

use crate::command::{Args, Card, Count, Equivalent, Example, Kind, Man, Param, Primitive, Run, Said};
use crate::model::{NoteKind, Text};

/// `setuid`.
pub const SETUID: Card = Card {
    name: "setuid",
    args: &[ID],
    primitive: Primitive::Syscall("setuid"),
    man: &[Man("setuid", 2), Man("credentials", 7), Man("capabilities", 7), Man("user_namespaces", 7)],
    own: &[],
    summary: Text { en: "become another user", zh: "变成另一个用户" },
    explain: Text {
        en: "With CAP_SETUID setuid(2) sets the real, the effective and the saved user ID, and there is no way back; without it only the effective one, and only to the real or saved one. \
             Leaving 0 clears the permitted, effective and ambient sets, unless a securebit says otherwise. The ID must be mapped in the subject's user namespace: EINVAL else, even for 0. \
             Groups first: afterwards the right to change them is gone.",
        zh: "有 CAP_SETUID 时，setuid(2) 同时设置实际、有效和保存的用户 ID，没有退路；没有它时只能设置有效用户 ID，而且只能取实际或保存的那个。\
             离开 0 会清空许可集、有效集和环境集，除非 securebits 另有规定。这个 ID 必须在被观察进程的用户命名空间中有映射，否则得到 EINVAL，0 也不例外。\
             要先改组：之后就没有改组的权限了。",
    },
    equivalents: &[
        Equivalent { tool: "setpriv(1)", line: "setpriv --reuid=1000 CMD" },
        Equivalent { tool: "capsh(1)", line: "capsh --uid=1000 --" },
        Equivalent { tool: "docker", line: "docker run --user 1000 IMAGE" },
    ],
    examples: &[
        Example { after: "", line: "setuid 1000", shows: "→ none", needs: "root" },
        Example { after: "setuid 1000", line: "setuid 0", shows: "EPERM", needs: "root" },
        Example { after: "unshare user", line: "setuid 0", shows: "EINVAL", needs: "userns" },
        Example { after: "setuid 1000", line: "show /proc/self/status", shows: "1000\t1000\t1000\t1000", needs: "root" },
        Example { after: "setuid 1000; unshare user", line: "idmap uid 0 1000 1", shows: "65534 → 0", needs: "root" },
    ],
    run: Run::Inside(|cx, args| {
        cx.kernel.setuid(id(args))?;
        Ok(Said::nothing())
    }),
};

/// `setgid`.
pub const SETGID: Card = Card {
    name: "setgid",
    args: &[ID],
    primitive: Primitive::Syscall("setgid"),
    man: &[Man("setgid", 2), Man("credentials", 7), Man("user_namespaces", 7)],
    own: &[],
    summary: Text { en: "change the group ID", zh: "改变组 ID" },
    explain: Text {
        en: "With CAP_SETGID setgid(2) sets the real, the effective and the saved group ID; without it only the effective one, and only to the real or saved one. No capability is lost by it. \
             The supplementary groups stay: `setgroups`. The ID must be mapped in the subject's user namespace.",
        zh: "有 CAP_SETGID 时，setgid(2) 同时设置实际、有效和保存的组 ID；没有它时只能设置有效组 ID，而且只能取实际或保存的那个。这不会失去任何权能。附加组不变：见 `setgroups`。\
             这个 ID 必须在被观察进程的用户命名空间中有映射。",
    },
    equivalents: &[
        Equivalent { tool: "setpriv(1)", line: "setpriv --regid=1000 --keep-groups CMD" },
        Equivalent { tool: "docker", line: "docker run --user 0:1000 IMAGE" },
    ],
    examples: &[
        Example { after: "", line: "setgid 1000", shows: "setgid(1000) = 0", needs: "root" },
        Example { after: "setuid 1000", line: "setgid 1000", shows: "EPERM", needs: "root" },
        Example { after: "unshare user", line: "setgid 0", shows: "EINVAL", needs: "userns" },
    ],
    run: Run::Inside(|cx, args| {
        cx.kernel.setgid(id(args))?;
        Ok(Said::nothing())
    }),
};

/// `setgroups`.
pub const SETGROUPS: Card = Card {
    name: "setgroups",
    args: &[Param {
        name: "GID",
        kind: Kind::Number,
        count: Count::Any,
        about: Text { en: "the supplementary groups; none: an empty list", zh: "附加组；一个都不写则为空列表" },
    }],
    primitive: Primitive::Syscall("setgroups"),
    man: &[Man("setgroups", 2), Man("credentials", 7), Man("user_namespaces", 7)],
    own: &[],
    summary: Text { en: "set the supplementary groups", zh: "设置附加组" },
    explain: Text {
        en: "setgroups(2) replaces the whole list. It needs CAP_SETGID; in a user namespace the gid_map must have been written and /proc/PID/setgroups must not say `deny`: a file may be \
             closed to a group (mode 604), and whoever drops that group could then read it. `setuid` alone keeps the old groups: a classic hole.",
        zh: "setgroups(2) 替换整个列表。需要 CAP_SETGID；在用户命名空间中，gid_map 必须已经写好，而且 /proc/PID/setgroups 不能是 `deny`：文件可以对某个组关闭（权限 604），\
             丢掉那个组的人就能读到它。只做 `setuid` 会保留原来的附加组：这是一个经典的漏洞。",
    },
    equivalents: &[
        Equivalent { tool: "setpriv(1)", line: "setpriv --groups=100,101 CMD; setpriv --clear-groups CMD" },
        Equivalent { tool: "docker", line: "docker run --group-add 100 IMAGE" },
    ],
    examples: &[
        Example { after: "", line: "setgroups 100 101", shows: "setgroups(2, [100, 101]) = 0", needs: "root" },
        Example { after: "", line: "setgroups", shows: "setgroups(0, []) = 0", needs: "root" },
        Example { after: "unshare user", line: "setgroups", shows: "EPERM", needs: "userns" },
        Example { after: "setuid 1000", line: "setgroups 100", shows: "EPERM", needs: "root" },
    ],
    run: Run::Inside(|cx, args| {
        let groups: Vec<u32> = args.all("GID").iter().filter_map(|word| word.parse().ok()).collect();
        cx.kernel.setgroups(&groups)?;
        Ok(match nix::unistd::getegid().as_raw() {
            0 if !groups.contains(&0) => Said::nothing().note(
                NoteKind::Unchanged,
                Text { en: "the group ID itself is 0 still: `setgid`", zh: "组 ID 本身仍然是 0：见 `setgid`" },
            ),
            _ => Said::nothing(),
        })
    }),
};

const ID: Param = Param {
    name: "ID",
    kind: Kind::Number,
    count: Count::One,
    about: Text { en: "as the subject's user namespace counts", zh: "以被观察进程的用户命名空间为准" },
};

/// Whether it is a number was tested when the line was read.
fn id(args: &Args) -> u32 {
    args.one("ID").parse().unwrap_or(u32::MAX)
}
