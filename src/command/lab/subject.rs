//! `subject new|use|drop|list`: several processes under study, each with its own namespaces and cgroup.

use crate::command::{Act, Args, Card, Count, Example, Kind, Outside, Param, Primitive, Run, Said, Stop};
use crate::model::{Cell, Mark, Msg, NsKind, Text};

const NAME: Param = Param {
    name: "NAME",
    kind: Kind::Subject,
    count: Count::One,
    about: Text {
        en: "the subject's name: letters, digits, - and _", zh: "被观察进程的名字：字母、数字、- 和 _"
    },
};

const fn card(
    name: &'static str,
    summary: Text,
    explain: Text,
    examples: &'static [Example],
    run: Run,
    args: &'static [Param],
) -> Card {
    Card { name, args, primitive: Primitive::None, man: &[], own: &[], summary, explain, equivalents: &[], examples, run }
}

/// So many subjects at most: a descriptor limit of 1024 is usual (RLIMIT_NOFILE, getrlimit(2)), and more than a few help nobody.
const MOST: usize = 32;

/// `subject new`.
pub const NEW: Card = card(
    "subject new",
    Text { en: "start a further subject and use it", zh: "启动另一个被观察进程，并切换到它" },
    Text {
        en: "A second process under study, with namespaces and a cgroup of its own to come. Two subjects can be two containers: one isolated, one not, side by side.",
        zh: "第二个被观察进程，可以有自己的命名空间和 cgroup。两个被观察进程可以当作两个容器：一个隔离，一个不隔离，并排比较。",
    },
    &[Example { after: "", line: "subject new b", shows: "subject b", needs: "" }],
    Run::Shell(new),
    &[NAME],
);

/// `subject use`.
pub const USE: Card = card(
    "subject use",
    Text { en: "switch to another subject", zh: "切换到另一个被观察进程" },
    Text {
        en: "The lines that follow are about this subject; the others live on.",
        zh: "此后的命令作用于这个被观察进程；其他的继续存在。",
    },
    &[Example { after: "subject new b", line: "subject use a", shows: "subject a", needs: "" }],
    Run::Shell(use_),
    &[NAME],
);

/// `subject drop`.
pub const DROP: Card = card(
    "subject drop",
    Text { en: "end a subject", zh: "结束一个被观察进程" },
    Text {
        en: "Ends the subject with all its programs and removes its cgroup. The last one cannot be dropped: `reset` replaces it.",
        zh: "结束该被观察进程及其所有程序，删除它的 cgroup。最后一个不能结束：用 `reset` 更换。",
    },
    &[Example { after: "subject new b", line: "subject drop b", shows: "subject a", needs: "" }],
    Run::Shell(drop_),
    &[NAME],
);

/// `subject list`.
pub const LIST: Card = card(
    "subject list",
    Text { en: "the subjects", zh: "列出被观察进程" },
    Text {
        en: "Name, PID outside and inside, and the namespaces that are its own.",
        zh: "名字、外部与内部的 PID，以及它自己的命名空间。",
    },
    &[Example { after: "subject new b", line: "subject list", shows: "b", needs: "" }],
    Run::Shell(list),
    &[],
);

fn known(cx: &Outside<'_>, name: &str) -> Result<(), Stop> {
    if cx.subjects.iter().any(|subject| subject.name == name) {
        return Ok(());
    }
    let names: Vec<&str> = cx.subjects.iter().map(|subject| subject.name.as_str()).collect();
    let names = names.join(" ");
    Err(Stop::Usage(Msg::new(
        format!("no subject `{name}`; there are: {names}"),
        format!("没有名为 `{name}` 的被观察进程；现有：{names}"),
    )))
}

fn new(cx: &mut Outside<'_>, args: &Args) -> Result<Said, Stop> {
    let name = args.one("NAME");
    let good = !name.is_empty() && name.len() <= 16 && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
    if !good || name.chars().all(|c| c.is_ascii_digit()) {
        return Err(Stop::Usage(Msg::new(
            "a subject's name has up to 16 letters, digits, - and _, and is not a number (that would be a PID)",
            "被观察进程的名字最多 16 个字母、数字、- 或 _，且不能是纯数字（那会被当作 PID）",
        )));
    }
    if cx.subjects.iter().any(|subject| subject.name == name) {
        return Err(Stop::Usage(Msg::new(
            format!("there is a subject `{name}` already: `subject use {name}`"),
            format!("已有名为 `{name}` 的被观察进程：`subject use {name}`"),
        )));
    }
    if cx.subjects.len() >= MOST {
        return Err(Stop::Unfit(Msg::new(
            format!(
                "there are {MOST} subjects, as many as the bench keeps: each holds descriptors of the observer's and is read at each line. `subject drop NAME` ends one"
            ),
            format!(
                "已有 {MOST} 个被观察进程，达到实验台的上限：每一个都占用观察者的描述符，每一行都要读取。`subject drop NAME` 可结束一个"
            ),
        )));
    }
    cx.acts.push(Act::New(name.into()));
    Ok(Said::nothing())
}

fn use_(cx: &mut Outside<'_>, args: &Args) -> Result<Said, Stop> {
    known(cx, args.one("NAME"))?;
    cx.acts.push(Act::Use(args.one("NAME").into()));
    Ok(Said::nothing())
}

fn drop_(cx: &mut Outside<'_>, args: &Args) -> Result<Said, Stop> {
    known(cx, args.one("NAME"))?;
    if cx.subjects.len() == 1 {
        return Err(Stop::Unfit(Msg::new(
            "the last subject cannot be dropped; `reset` replaces it, `quit` leaves",
            "最后一个被观察进程不能结束；`reset` 更换它，`quit` 离开",
        )));
    }
    cx.acts.push(Act::Drop(args.one("NAME").into()));
    Ok(Said::nothing())
}

fn list(cx: &mut Outside<'_>, _: &Args) -> Result<Said, Stop> {
    let head = vec![
        Msg::same(""),
        Msg::new("subject", "被观察进程"),
        Msg::new("PID outside", "外部 PID"),
        Msg::new("inside", "内部"),
        Msg::new("its own", "自己的"),
    ];
    let rows = cx.subjects.iter().map(|subject| {
        let own: Vec<&str> = NsKind::ALL
            .into_iter()
            .filter(|kind| subject.seen.ns_id(*kind).is_some_and(|id| cx.host.get(kind) != Some(&id)))
            .map(NsKind::name)
            .collect();
        let here = if subject.name == cx.subject.name { "*" } else { "" };
        let inside = subject.seen.nspid.last().map(ToString::to_string).unwrap_or_default();
        vec![
            Cell::new(here),
            Cell::new(&subject.name),
            Cell::new(subject.pid().to_string()),
            Cell::new(inside),
            Cell::new(own.join(" ")).mark(Mark::Own),
        ]
    });
    Ok(Said::grid(head, rows.collect()))
}
