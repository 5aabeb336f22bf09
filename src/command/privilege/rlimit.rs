//! `rlimit`: what one process may use. prlimit(2).

use crate::command::{Args, Card, Count, Equivalent, Example, Inside, Kind, Man, Outside, Param, Primitive, Run, Said, Stop};
use crate::kernel;
use crate::model::{Cell, Mark, Msg, NoteKind, RESOURCES, Resource, Rlimit, Seen, Size, Text, resource};

/// The card.
pub const CARD: Card = Card {
    name: "rlimit",
    args: &[
        Param {
            name: "NAME",
            kind: Kind::Rlimit,
            count: Count::Optional,
            about: Text {
                en: "a resource, such as NOFILE; without it, all", zh: "资源名，例如 NOFILE；省略则列出全部"
            },
        },
        Param {
            name: "SOFT",
            kind: Kind::Word,
            count: Count::Optional,
            about: Text { en: "a number, a size such as 64M, or unlimited", zh: "数字，64M 这样的大小，或 unlimited" },
        },
        Param {
            name: "HARD",
            kind: Kind::Word,
            count: Count::Optional,
            about: Text { en: "the ceiling of SOFT; without it, it stays", zh: "SOFT 的上限；省略则不变" },
        },
    ],
    primitive: Primitive::Syscall("prlimit64"),
    man: &[Man("getrlimit", 2), Man("prlimit", 1), Man("proc_pid_limits", 5)],
    own: &[],
    summary: Text { en: "the resource limits of the subject", zh: "被观察进程的资源限制" },
    explain: Text {
        en: "The kernel holds a process to the soft limit; the process may move that up to the hard limit, and lower the hard limit. Raising the hard limit needs CAP_SYS_RESOURCE of the \
             *host's* user namespace. Limits are inherited and count for one process (NPROC and a few others: for its user), where a cgroup limits a group of processes together.",
        zh: "内核按软限制约束进程；进程可以把软限制调到硬限制为止，也可以调低硬限制。提高硬限制需要*主机*用户命名空间中的 CAP_SYS_RESOURCE。限制会被继承，\
             约束的是单个进程（NPROC 等少数几项约束的是它的用户）；cgroup 则是把一组进程合在一起限制。",
    },
    equivalents: &[
        Equivalent { tool: "prlimit(1)", line: "prlimit --nofile=64:1024 CMD; prlimit --pid PID" },
        Equivalent { tool: "sh(1)", line: "ulimit -n 64" },
        Equivalent { tool: "docker", line: "docker run --ulimit nofile=64:1024 IMAGE" },
    ],
    examples: &[
        Example { after: "", line: "rlimit", shows: "NOFILE", needs: "" },
        Example { after: "", line: "rlimit NOFILE 64 64", shows: "→ 64/64", needs: "" },
        Example { after: "rlimit NOFILE 64 64", line: "rlimit NOFILE 64 65", shows: "RLIMIT_NOFILE", needs: "" },
        Example { after: "rlimit NOFILE 64 64", line: "rlimit NOFILE 65", shows: "EINVAL", needs: "" },
        Example { after: "rlimit NOFILE 64", line: "spawn sh -c 'ulimit -n'", shows: "64", needs: "" },
        Example { after: "", line: "rlimit nofile sixty", shows: "not a limit", needs: "" },
    ],
    run: Run::Either { inside, outside, for_observer: |args| args.opt("SOFT").is_none() },
};

fn inside(cx: &mut Inside<'_>, args: &Args) -> Result<Said, Stop> {
    let Some(resource) = resource(args.one("NAME")) else { return Ok(Said::nothing()) };
    let soft = value(args.one("SOFT"))?;
    let hard = match args.opt("HARD") {
        Some(word) => value(word)?,
        None => kernel::rlimit(resource)?.hard,
    };
    cx.kernel.set_rlimit(resource, Rlimit { soft, hard })?;
    let said = Said::nothing();
    Ok(match resource.name {
        "AS" | "DATA" | "STACK" | "CPU" => said.note(
            NoteKind::Careful,
            Text {
                en: "the subject itself lives under this limit, too: where it is too low, it ends, and a fresh one takes its place",
                zh: "被观察进程自己也受这个限制：太低的话它会结束，换上一个全新的",
            },
        ),
        "RSS" | "LOCKS" => said.note(
            NoteKind::Unchanged,
            Msg::new(
                format!("the kernel keeps the number and does nothing with it: {}", resource.about.en),
                format!("内核只是记下这个数，并不据此行事：{}", resource.about.zh),
            ),
        ),
        _ if soft != hard => said.note(
            NoteKind::Unchanged,
            Text { en: "the process may raise its soft limit again, up to the hard one", zh: "进程可以自行把软限制再提高到硬限制" },
        ),
        _ => said,
    })
}

fn value(word: &str) -> Result<Option<u64>, Stop> {
    match word {
        "unlimited" | "infinity" | "max" => return Ok(None),
        _ if word.ends_with('%') => {}
        _ => match Size::parse(word, 0) {
            Ok(Size::Bytes(bytes)) => return Ok(Some(bytes)),
            Ok(Size::Max) => return Ok(None),
            Err(_) => {}
        },
    }
    Err(Stop::Usage(Msg::new(
        format!("`{word}` is not a limit; write a number, a size such as 64M, or unlimited"),
        format!("`{word}` 不是限制值；可写数字、64M 这样的大小，或 unlimited"),
    )))
}

fn outside(cx: &mut Outside<'_>, args: &Args) -> Result<Said, Stop> {
    let limits = match &cx.subject.seen.bounds.rlimits {
        Seen::Is(limits) => limits,
        Seen::Not { path, errno } => return Err(Stop::unread(path, *errno)),
    };
    let only = resource(args.one("NAME"));
    let text = |limit: Option<u64>| limit.map_or("unlimited".into(), |limit: u64| limit.to_string());
    let row = |one: &Resource| {
        let limit = limits.get(one.name)?;
        let about = Cell::msg(one.about).mark(Mark::Dim);
        Some(vec![Cell::new(one.name), Cell::new(text(limit.soft)), Cell::new(text(limit.hard)), about])
    };
    let wanted = RESOURCES.iter().filter(|one| only.is_none_or(|only| only.name == one.name));
    let head =
        vec![Msg::same(""), Msg::new("soft", "软限制"), Msg::new("hard", "硬限制"), Msg::new("what it limits", "限制什么")];
    Ok(Said::grid(head, wanted.filter_map(row).collect()))
}
