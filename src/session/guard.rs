//! The guard: what would change the host, or what is not the bench's, is refused before anything is called.

use crate::command::{Card, SubjectView};
use crate::model::{Msg, NsId, NsKind};
use std::collections::{BTreeMap, HashSet};

/// The namespaces that the bench's subjects made.
pub type Born = HashSet<(NsKind, NsId)>;

/// Why this command may not run now; None where it may.
///
/// A card names the namespaces in which it changes something. Those must be the subject's own: not the host's, and not
/// somebody else's that it entered with `setns`.
pub fn refusal(card: &Card, subject: &SubjectView, host: &BTreeMap<NsKind, NsId>, born: &Born) -> Option<Msg> {
    card.own.iter().find_map(|kind| {
        let Some(id) = subject.seen.ns_id(*kind) else {
            return Some(Msg::new(
                format!("which {kind} namespace the subject is in cannot be read, so `{}` might change the host", card.name),
                format!("无法读取被观察进程所在的 {kind} 命名空间，`{}` 可能会改动主机", card.name),
            ));
        };
        if host.get(kind) == Some(&id) {
            Some(shared(card, *kind))
        } else if !born.contains(&(*kind, id)) {
            Some(Msg::new(
                format!("{kind}:[{}] was not made by this bench; `{}` would change it for those who live in it. `unshare {kind}` first, or add --on-host to this line", id.ino, card.name),
                format!("{kind}:[{}] 不是本实验台创建的；`{}` 会影响其中的其他进程。请先执行 `unshare {kind}`，或在这一行加上 --on-host", id.ino, card.name),
            ))
        } else {
            None
        }
    })
}

fn shared(card: &Card, kind: NsKind) -> Msg {
    let (en, zh) = match kind {
        NsKind::Uts => ("that would rename this machine", "这会给整台机器改名"),
        NsKind::Net => ("that would change this machine's network", "这会改动整台机器的网络"),
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
