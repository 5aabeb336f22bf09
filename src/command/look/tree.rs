//! `tree`: user namespaces as owners, PID namespaces with the PIDs that each process has at every level, the cgroup tree. Reads /proc.

use super::ps;
use crate::command::{Args, Card, Count, Equivalent, Example, Kind, Man, Outside, Param, Primitive, Run, Said, Stop, cgroup};
use crate::model::{Block, Cell, Grid, Mark, Msg, NoteKind, NsId, NsKind, Text};
use crate::observe::census::{Census, Namespace, census};
use crate::observe::family::{Member, family};
use std::path::Path;

/// More namespaces of one owner than this are counted instead of listed.
const LISTED: usize = 8;

/// The card.
pub const CARD: Card = Card {
    name: "tree",
    args: &[Param {
        name: "WHICH",
        kind: Kind::OneOf(&["user", "pid", "cgroup"]),
        count: Count::Optional,
        about: Text { en: "only this tree; without it all three", zh: "只画这一棵；省略则画全部三棵" },
    }],
    primitive: Primitive::Read("/proc/*/ns"),
    man: &[Man("user_namespaces", 7), Man("pid_namespaces", 7), Man("ioctl_ns", 2), Man("cgroups", 7)],
    own: &[],
    summary: Text {
        en: "who owns which namespace; each process's PIDs at every level; cgroups",
        zh: "命名空间的归属、进程在各层的 PID、cgroup 树",
    },
    explain: Text {
        en: "Three trees of the bench. User namespaces are nested, and each other namespace belongs to one: whoever has capabilities there, or above, may change it. \
             PID namespaces are nested: a process has one PID in its own and one in each above, outermost first. cgroups nest by themselves, whatever the namespaces.",
        zh: "实验台的三棵树。用户命名空间层层嵌套，其他每个命名空间都属于其中一个：在那里或其上级拥有权能的进程才能改动它。\
             PID 命名空间层层嵌套：进程在自己那层有一个 PID，在每个上层也各有一个，最外层的写在最前。cgroup 自成一棵树，与命名空间无关。",
    },
    equivalents: &[
        Equivalent { tool: "lsns(8)", line: "lsns --tree=owner; lsns --tree=parent (since util-linux 2.38)" },
        Equivalent { tool: "systemd-cgls(1)", line: "systemd-cgls" },
    ],
    examples: &[
        Example { after: "unshare user uts", line: "tree user", shows: "uts:[a1]", needs: "userns" },
        Example { after: "unshare pid; fork; unshare pid; fork", line: "tree pid", shows: " > 1", needs: "root" },
        Example { after: "", line: "tree", shows: "user:[host]", needs: "" },
    ],
    run: Run::Outside(run),
};

fn run(cx: &mut Outside<'_>, args: &Args) -> Result<Said, Stop> {
    let wanted = |name: &str| args.opt("WHICH").is_none_or(|which| which == name);
    let mut said = Said::nothing();
    if wanted("user") || wanted("pid") {
        let found = census(Path::new("/proc"))?;
        if wanted("user") {
            said.view.push(Block::Head(Msg::new("user namespaces, and what they own", "用户命名空间及其所拥有的命名空间")));
            said.view.push(owners(cx, &found));
        }
        if wanted("pid") {
            said.view.push(Block::Head(Msg::new(
                "PID namespaces, and PIDs from the outermost level inwards",
                "PID 命名空间，PID 由最外层向内排列",
            )));
            said.view.push(pids(cx, &found));
        }
    }
    if wanted("cgroup") {
        said.view.push(Block::Head(Msg::new("cgroups", "cgroup")));
        match cgroup::tree::run(cx, args) {
            Ok(part) => {
                said.view.extend(part.view);
                said.notes.extend(part.notes);
            }
            Err(Stop::Unfit(why)) => said = said.note(NoteKind::Careful, why),
            Err(other) => return Err(other),
        }
    }
    Ok(said)
}

/// The namespaces of this kind that have to do with the bench, parents before children, with their depth.
fn nested<'a>(cx: &Outside<'_>, found: &'a Census, kind: NsKind) -> Vec<(usize, &'a Namespace)> {
    let all: Vec<&Namespace> = found.namespaces.iter().filter(|ns| ns.kind == kind).collect();
    let parent = |ns: &Namespace| ns.parent.as_ref().and_then(|seen| seen.is()).copied();
    let named = |ns: &Namespace| cx.names.name(kind, ns.id).is_some();
    // One that a named one lies below belongs to the picture, too.
    let above = |ns: &Namespace| {
        all.iter().filter(|other| named(other)).any(|other| {
            std::iter::successors(Some(*other), |at| parent(at).and_then(|id| all.iter().find(|ns| ns.id == id).copied()))
                .any(|at| at.id == ns.id)
        })
    };
    let shown: Vec<&Namespace> = all.iter().copied().filter(|ns| above(ns)).collect();
    let is_root = |ns: &&Namespace| parent(ns).is_none_or(|id| !shown.iter().any(|other| other.id == id));
    let mut open: Vec<(usize, &Namespace)> = shown.iter().copied().filter(is_root).map(|ns| (0, ns)).collect();
    open.reverse();
    let mut ordered = Vec::new();
    while let Some((depth, ns)) = open.pop() {
        ordered.push((depth, ns));
        let below = shown.iter().copied().filter(|other| parent(other) == Some(ns.id) && other.id != ns.id);
        open.extend(below.map(|other| (depth + 1, other)).collect::<Vec<_>>().into_iter().rev());
    }
    ordered
}

fn shown(cx: &Outside<'_>, kind: NsKind, id: NsId) -> String {
    cx.names.shown(kind, id).unwrap_or_else(|| format!("{kind}:[{}]", id.ino))
}

fn title(cx: &Outside<'_>, depth: usize, ns: &Namespace) -> Cell {
    let branch = if depth == 0 { String::new() } else { format!("{}└─ ", "   ".repeat(depth - 1)) };
    let mark = if cx.names.is_host(ns.kind, ns.id) { Mark::Host } else { Mark::Own };
    Cell::new(format!("{branch}{}", shown(cx, ns.kind, ns.id))).mark(mark)
}

fn owners(cx: &Outside<'_>, found: &Census) -> Block {
    let rows = nested(cx, found, NsKind::User).into_iter().map(|(depth, ns)| {
        let owned: Vec<&Namespace> =
            found.namespaces.iter().filter(|other| other.kind != NsKind::User && other.owner.is() == Some(&ns.id)).collect();
        let known: Vec<&&Namespace> = owned.iter().filter(|other| cx.names.name(other.kind, other.id).is_some()).collect();
        let listed: Vec<String> = known.iter().take(LISTED).map(|other| shown(cx, other.kind, other.id)).collect();
        let rest = owned.len() - listed.len();
        let list = listed.join(" ");
        let owns = match rest {
            0 => Msg::same(list),
            _ => Msg::new(format!("{list} and {rest} more"), format!("{list} 以及另外 {rest} 个")),
        };
        vec![title(cx, depth, ns), Cell::new(ns.processes.to_string()), Cell::msg(subjects(cx, ns)), Cell::msg(owns)]
    });
    let head = vec![
        Msg::new("user namespace", "用户命名空间"),
        Msg::new("processes", "进程数"),
        Msg::new("subjects", "被观察进程"),
        Msg::new("owns", "拥有"),
    ];
    Block::Grid(Grid { head, rows: rows.collect() })
}

fn subjects(cx: &Outside<'_>, ns: &Namespace) -> Msg {
    let names =
        cx.subjects.iter().filter(|subject| subject.seen.ns_id(ns.kind) == Some(ns.id)).map(|subject| subject.name.as_str());
    Msg::same(names.collect::<Vec<_>>().join(" "))
}

fn pids(cx: &Outside<'_>, found: &Census) -> Block {
    let proc = Path::new("/proc");
    let members: Vec<Member> =
        cx.subjects.iter().filter_map(|subject| subject.pids.first()).flat_map(|pid| family(proc, *pid)).collect();
    let home = |member: &Member| crate::observe::process::link(&proc.join(format!("{}/ns/pid", member.pid))).is().copied();
    let mut rows = Vec::new();
    for (depth, ns) in nested(cx, found, NsKind::Pid) {
        rows.push(vec![title(cx, depth, ns), Cell::default(), Cell::default()]);
        for member in members.iter().filter(|member| home(member) == Some(ns.id)) {
            let name = match ps::role(member.pid, cx) {
                Some(role) => Cell::msg(role),
                None => Cell::new(member.command.is().cloned().unwrap_or_default()),
            };
            let levels: Vec<String> = member.nspid.iter().map(ToString::to_string).collect();
            rows.push(vec![Cell::new(format!("{}   ·", "   ".repeat(depth))), Cell::new(levels.join(" > ")), name]);
        }
    }
    let head = vec![Msg::new("PID namespace", "PID 命名空间"), Msg::new("PIDs", "各层 PID"), Msg::new("process", "进程")];
    Block::Grid(Grid { head, rows })
}
