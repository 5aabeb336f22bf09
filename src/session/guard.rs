//! The guard: what would change the host, or what is not the bench's, is refused before anything is called. The question that a card's own
//! namespaces answer stands in `command::guard`, where `explain` can ask it, too.

use crate::command::{Args, Card, Kind, SubjectView};
use crate::model::{Call, Msg, Names, NsId, NsKind, Place, Snapshot};
use crate::observe;
use crate::observe::family::{ancestors, family};
use std::collections::HashSet;
use std::path::Path;

/// The kinds in which this subject is in a namespace that the bench made.
pub fn owned(subject: &SubjectView, names: &Names) -> Vec<NsKind> {
    NsKind::ALL.into_iter().filter(|kind| subject.seen.ns_id(*kind).is_some_and(|id| names.is_made(*kind, id))).collect()
}

/// Why this command may not reach into the namespace of another process (arguments of the kinds `TargetNs` and `NameAt`) that a
/// namespace `id` of this kind is; None where it may: the bench made it.
pub fn intrusion(card: &Card, kind: NsKind, id: NsId, names: &Names) -> Option<Msg> {
    if names.is_made(kind, id) {
        return None;
    }
    let (whose, whose_zh) = match names.is_host(kind, id) {
        true => ("the host's".into(), "主机的".into()),
        false => (format!("not made by this bench ({kind}:[{}])", id.ino), format!("不是本实验台创建的（{kind}:[{}]）", id.ino)),
    };
    Some(Msg::new(
        format!(
            "the {kind} namespace of the other process is {whose}, and `{}` reaches into it. `unshare {kind}` there first, or add --on-host to this line if you mean it",
            card.name
        ),
        format!(
            "对方进程的 {kind} 命名空间{whose_zh}，而 `{}` 会伸手进去。请先在那里执行 `unshare {kind}`；若确实要这样做，在这一行加上 --on-host",
            card.name
        ),
    ))
}

/// Which namespaces the subject made with these calls: those of the subject that are new to it after a call that makes some. What
/// it enters with setns(2) is somebody's already.
pub fn made(calls: &[Call], was: &Snapshot, is: &Snapshot) -> Vec<(NsKind, NsId)> {
    let makes = |call: &Call| (call.name == "unshare" || call.name == "clone3") && call.answer.is_ok();
    if !calls.iter().any(makes) {
        return Vec::new();
    }
    let known: HashSet<(NsKind, NsId)> = was.namespaces().collect();
    // Of a kind that is both new here and new for the children, the one that came first is counted first.
    let mut new: Vec<(NsKind, NsId)> = is.namespaces().filter(|one| !known.contains(one)).collect();
    new.dedup();
    new
}

/// Why this command may not act on the processes that it names (arguments of kind `Pid`); None where it may. They must descend from
/// the keeper, and not be the machinery of the bench itself.
pub fn stranger(card: &Card, args: &Args, subject: &SubjectView, names: &Names) -> Option<Msg> {
    let words = card.args.iter().filter(|param| param.kind == Kind::Pid).flat_map(|param| args.all(param.name));
    words.filter_map(|word| word.parse::<i32>().ok()).find(|pid| !is_ours(*pid, card.place(args), subject, names)).map(|pid| {
        Msg::new(
            format!("{pid} is not a process of this bench, so `{}` leaves it alone; `ps` lists the bench's. --on-host on this line sends it all the same", card.name),
            format!("{pid} 不是本实验台的进程，`{}` 不会动它；`ps` 列出实验台的进程。若确实要这样做，在这一行加上 --on-host", card.name),
        )
    })
}

/// A PID counts where the caller is: in the host's PID namespace as the observer does. In a namespace that the bench made everybody is the
/// bench's. In any other one the number has to be that of one of the bench's processes in the very same namespace.
fn is_ours(pid: i32, place: Place, subject: &SubjectView, names: &Names) -> bool {
    let proc = Path::new("/proc");
    let own = std::process::id() as i32;
    let machinery = ancestors(proc, own);
    let ours = || family(proc, super::keeper::pid()).into_iter().filter(|member| !machinery.contains(&member.pid));
    let inside = match place {
        Place::Inside => subject.seen.ns_id(NsKind::Pid),
        Place::Outside | Place::Shell => names.host().get(&NsKind::Pid).copied(),
    };
    let Some(inside) = inside else { return false };
    if names.is_host(NsKind::Pid, inside) {
        return ours().any(|member| member.pid == pid);
    }
    let there = |of: i32| observe::process::link(&proc.join(format!("{of}/ns/pid"))).is() == Some(&inside);
    names.is_made(NsKind::Pid, inside) || ours().any(|member| member.nspid.last() == Some(&pid) && there(member.pid))
}
