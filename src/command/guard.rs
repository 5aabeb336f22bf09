//! The guard's first question: may a command change something in the namespaces that the subject is in? Asked before a line runs, and by
//! `explain`, which runs nothing.

use super::{Args, Card, Count, SubjectView};
use crate::model::{Msg, Names, NsKind};

/// Why this command may not run now; None where it may.
///
/// A card names the namespaces in which it changes something. Those must be the subject's own: not the host's, and not
/// somebody else's that it entered with `setns`.
pub fn refusal(card: &Card, args: &Args, subject: &SubjectView, names: &Names) -> Option<Msg> {
    // A value that may be left out is only read then, and reading harms nobody. A flag is no value.
    let value = card.args.iter().find(|param| !param.is_flag());
    if value.is_some_and(|param| param.count == Count::Optional && args.opt(param.name).is_none()) {
        return None;
    }
    card.own.iter().find_map(|kind| closed(card, *kind, subject, names))
}

/// Why the subject's namespace of this kind is not one that this command may change; None where it is.
pub fn closed(card: &Card, kind: NsKind, subject: &SubjectView, names: &Names) -> Option<Msg> {
    let Some(id) = subject.seen.ns_id(kind) else {
        return Some(Msg::new(
            format!("which {kind} namespace the subject is in cannot be read, so `{}` might change the host", card.name),
            format!("无法读取被观察进程所在的 {kind} 命名空间，`{}` 可能会改动主机", card.name),
        ));
    };
    if names.is_host(kind, id) {
        return Some(shared(card, kind));
    }
    (!names.is_made(kind, id)).then(|| {
        Msg::new(
            format!("{kind}:[{}] was not made by this bench; `{}` would change it for those who live in it. `unshare {kind}` first, or add --on-host to this line", id.ino, card.name),
            format!("{kind}:[{}] 不是本实验台创建的；`{}` 会影响其中的其他进程。请先执行 `unshare {kind}`，或在这一行加上 --on-host", id.ino, card.name),
        )
    })
}

fn shared(card: &Card, kind: NsKind) -> Msg {
    let (en, zh) = match kind {
        NsKind::Uts => ("that would rename this machine", "这会给整台机器改名"),
        NsKind::Net => ("that would change this machine's network", "这会改动整台机器的网络"),
        NsKind::User => ("that one has its IDs already, and they are this machine's", "它已有 ID，而且就是整台机器的 ID"),
        NsKind::Mnt => ("that would change this machine's mounts", "这会改动整台机器的挂载"),
        _ => ("that would change this machine", "这会改动整台机器"),
    };
    Msg::new(
        format!(
            "the subject shares the host's {kind} namespace: {en}. `unshare {kind}` first, or add --on-host to this line if you mean it (`{}`)",
            card.name
        ),
        format!(
            "被观察进程与主机共享 {kind} 命名空间：{zh}。请先执行 `unshare {kind}`；若确实要这样做，在这一行加上 --on-host（`{}`）",
            card.name
        ),
    )
}
