//! `diff`: in what two processes differ: namespaces, identity and rights, cgroups, root.

use crate::command::{Args, Card, Count, Example, Kind, Man, Outside, Param, Primitive, Run, Said, Stop};
use crate::model::{Cell, Msg, NoteKind, NsKind, Snapshot, Text, changes, errno_name};
use crate::observe;
use std::path::Path;

const fn process(name: &'static str, about: Text) -> Param {
    Param { name, kind: Kind::Target, count: Count::One, about }
}

/// The card.
pub const CARD: Card = Card {
    name: "diff",
    args: &[
        process(
            "A",
            Text {
                en: "a PID as the host counts, a subject's name, or self", zh: "主机看到的 PID、被观察进程的名字，或 self"
            },
        ),
        process("B", Text { en: "another one", zh: "另一个" }),
    ],
    primitive: Primitive::Read("/proc/PID"),
    man: &[Man("namespaces", 7), Man("credentials", 7), Man("cgroups", 7)],
    own: &[],
    summary: Text { en: "in what two processes differ", zh: "比较两个进程的差别" },
    explain: Text {
        en: "A container is a process that differs from others in its namespaces, its rights, its cgroup and its root directory, and in nothing else. \
             This lists the differences of two processes and names the namespaces that they share.",
        zh: "容器就是一个进程，它与其他进程的差别只在于命名空间、权限、cgroup 和根目录。这里列出两个进程的差别，并指出它们共享的命名空间。",
    },
    equivalents: &[],
    examples: &[
        Example { after: "unshare uts; subject new b", line: "diff a b", shows: "ns.uts", needs: "root" },
        Example { after: "", line: "diff self self", shows: "in nothing", needs: "" },
        Example { after: "", line: "diff self nobody", shows: "no PID", needs: "" },
    ],
    run: Run::Shell(run),
};

fn run(cx: &mut Outside<'_>, args: &Args) -> Result<Said, Stop> {
    let (a, b) = (find(cx, args.one("A"))?, find(cx, args.one("B"))?);
    let found: Vec<_> = changes(&a, &b).into_iter().filter(|change| change.what != "pid.outside").collect();
    let head = vec![Msg::same(""), Msg::same(args.one("A")), Msg::same(args.one("B"))];
    let value = |text: &String| {
        Cell::new(match cx.names.of_link(text) {
            Some(named) => format!("{named} {}", text.trim_start_matches(|c| c != '[')),
            None => text.clone(),
        })
    };
    let rows = found.iter().map(|one| vec![Cell::new(&one.what), value(&one.was), value(&one.is)]).collect();
    let said = if found.is_empty() {
        Said::nothing()
            .note(NoteKind::Did, Msg::new("they differ in nothing that can be seen here", "在这里能看到的各方面都没有差别"))
    } else {
        Said::grid(head, rows)
    };
    if [&a, &b].iter().any(|one| NsKind::ALL.iter().all(|kind| one.ns_id(*kind).is_none())) {
        return Ok(said.note(
            NoteKind::Careful,
            Msg::new(
                "the observer may not look into the namespaces of one of them (ptrace(2))",
                "观察者无权查看其中一个进程的命名空间（ptrace(2)）",
            ),
        ));
    }
    let shared: Vec<&str> = NsKind::ALL
        .into_iter()
        .filter(|kind| a.ns_id(*kind).is_some_and(|id| b.ns_id(*kind) == Some(id)))
        .map(NsKind::name)
        .collect();
    if shared.is_empty() {
        return Ok(said.note(NoteKind::Did, Msg::new("they share no namespace", "没有共享的命名空间")));
    }
    let shared = shared.join(" ");
    Ok(said.note(NoteKind::Unchanged, Msg::new(format!("the same namespaces: {shared}"), format!("相同的命名空间：{shared}"))))
}

pub(super) fn find(cx: &Outside<'_>, word: &str) -> Result<Snapshot, Stop> {
    if word == "self" {
        return Ok(cx.subject.seen.clone());
    }
    if let Some(subject) = cx.subjects.iter().find(|subject| subject.name == word) {
        return Ok(subject.seen.clone());
    }
    let Some(pid) = word.parse().ok().filter(|pid| *pid > 0) else {
        return Err(Stop::Usage(Msg::new(
            format!("`{word}` is no PID, no subject's name and not `self`; `ps` lists the bench's processes"),
            format!("`{word}` 既不是 PID，也不是被观察进程的名字或 `self`；`ps` 列出实验台的进程"),
        )));
    };
    let seen = observe::snapshot(Path::new("/proc"), pid);
    match seen.creds.errno().map(errno_name) {
        None => Ok(seen),
        Some(errno) => Err(Stop::Unfit(Msg::new(
            format!("there is no process {pid} ({errno}); PIDs count as the host counts, `ps` lists the bench's"),
            format!("没有进程 {pid}（{errno}）；这里的 PID 以主机为准，`ps` 列出实验台的进程"),
        ))),
    }
}
