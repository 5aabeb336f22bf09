//! `diff`: in what two processes differ: namespaces, identity and rights, cgroups, root.

use super::aspects::{Aspect, aspects, default_of};
use crate::command::{Args, Card, Count, Example, Kind, Man, Outside, Param, Primitive, Run, Said, Stop};
use crate::model::{Cell, Change, Mark, Msg, Names, NoteKind, NsKind, Snapshot, Text, Walls, changes, errno_name};
use crate::observe;
use crate::observe::isolation::walls;
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
             This lists the differences of two processes, limits of cgroups above them and security modules among them, and names the namespaces that they share.",
        zh: "容器就是一个进程，它与其他进程的差别只在于命名空间、权限、cgroup 和根目录。这里列出两个进程的差别（包括上级 cgroup 的限额与安全模块），并指出它们共享的命名空间。",
    },
    equivalents: &[],
    examples: &[
        Example { after: "unshare uts; subject new b", line: "diff a b", shows: "ns.uts", needs: "root" },
        Example { after: "cgroup set pids.max 9; subject new b", line: "diff a b", shows: "pids.max", needs: "root cgroup:pids" },
        Example { after: "", line: "diff self self", shows: "in nothing", needs: "" },
        Example { after: "", line: "diff self nobody", shows: "no PID", needs: "" },
    ],
    run: Run::Shell(run),
};

/// What is better said by `changes`: cgroups, which on v1 are many, and what only the subjects can say of themselves.
const FURTHER: &[&str] =
    &["next.", "cgroup", "cgroup.", "pid", "uid", "gid", "groups", "securebits", "subreaper", "hostname", "cwd", "nice"];

fn run(cx: &mut Outside<'_>, args: &Args) -> Result<Said, Stop> {
    let (a, b) = (walls_of(find(cx, args.one("A"))?), walls_of(find(cx, args.one("B"))?));
    let rows = rows(&a, &b, &walls(Path::new("/proc"), std::process::id() as i32), cx.names);
    let (a, b) = (a.seen, b.seen);
    let head = vec![Msg::same(""), Msg::same(args.one("A")), Msg::same(args.one("B"))];
    let said = if rows.is_empty() {
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

/// The aspects in which two processes differ, or of which one cannot be read; then what only they themselves can tell.
fn rows(a: &Walls, b: &Walls, home: &Walls, names: &Names) -> Vec<Vec<Cell>> {
    let (its, others) = (aspects(a, home, names), aspects(b, home, names));
    let value = |all: &[Aspect], key: &str| match all.iter().find(|one| one.key == key) {
        Some(one) => Cell::msg(one.is.clone()).mark(if one.known { Mark::Plain } else { Mark::Warn }),
        None => Cell::msg(default_of(key)).mark(Mark::Dim),
    };
    let hidden = |key: &str, all: &[Aspect]| all.iter().any(|one| one.key == key && !one.known);
    let differs = |one: &&Aspect| one.key != "cgroup" && (one.differs(&others) || hidden(&one.key, &others) || !one.known);
    let only_other = others.iter().filter(|one| !its.iter().any(|known| known.key == one.key));
    let row = |one: &Aspect| vec![Cell::msg(one.what.clone()), value(&its, &one.key), value(&others, &one.key)];
    let mut rows: Vec<Vec<Cell>> = its.iter().filter(differs).chain(only_other).map(row).collect();
    let further = |what: &str| FURTHER.iter().any(|name| what == *name || name.ends_with('.') && what.starts_with(name));
    let named = |text: &String| match names.of_link(text) {
        Some(named) => format!("{named} {}", text.trim_start_matches(|c| c != '[')),
        None => text.clone(),
    };
    let blind = |one: &Snapshot| NsKind::ALL.iter().all(|kind| one.ns_id(*kind).is_none());
    let blind = blind(&a.seen) || blind(&b.seen);
    let mut found: Vec<Change> = changes(&a.seen, &b.seen);
    found.retain(|change| further(&change.what) && !(blind && change.what.starts_with("next.")));
    rows.extend(alike(found).iter().map(|one| vec![Cell::new(&one.what), Cell::new(named(&one.was)), Cell::new(named(&one.is))]));
    rows
}

/// cgroups that differ in the same way in several hierarchies are one row: `cgroup.memory,pids`.
fn alike(found: Vec<Change>) -> Vec<Change> {
    let mut rows: Vec<Change> = Vec::new();
    for change in found {
        let controller = change.what.strip_prefix("cgroup.");
        let known = rows.iter_mut().find(|row| row.what.starts_with("cgroup.") && row.was == change.was && row.is == change.is);
        match (controller, known) {
            (Some(controller), Some(row)) => row.what += &format!(",{controller}"),
            _ => rows.push(change),
        }
    }
    rows
}

/// With what it says of itself, where it is a subject.
pub(super) fn walls_of(seen: Snapshot) -> Walls {
    let mut walls = walls(Path::new("/proc"), seen.pid);
    walls.seen.inside = seen.inside;
    walls
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
