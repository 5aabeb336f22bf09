//! `ns owner`: to whom a namespace belongs, and what is above it, asked for step by step. ioctl_ns(2).

use crate::command::{Args, Card, Count, Equivalent, Example, Inside, Kind, Man, Param, Primitive, Run, Said, Stop};
use crate::kernel::{NsQuestion, open_on};
use crate::model::{Cell, Msg, NoteKind, NsKind, Text};
use nix::errno::Errno;
use std::os::fd::{AsRawFd, OwnedFd};
use std::path::Path;

/// User namespaces nest at most so deep (user_namespaces(7)), and a chain of them is not longer.
const DEEPEST: usize = 34;

/// The card.
pub const CARD: Card = Card {
    name: "ns owner",
    args: &[Param {
        name: "NS",
        kind: Kind::OneOf(&["user", "mnt", "pid", "net", "uts", "ipc", "cgroup", "time"]),
        count: Count::One,
        about: Text { en: "which of the subject's namespaces", zh: "被观察进程的哪种命名空间" },
    }],
    primitive: Primitive::Syscall("ioctl"),
    man: &[Man("ioctl_ns", 2), Man("user_namespaces", 7), Man("namespaces", 7)],
    own: &[],
    summary: Text {
        en: "ask a namespace for its owner, and for all above that", zh: "询问命名空间的所有者，以及再往上的各级"
    },
    explain: Text {
        en: "Every namespace belongs to a user namespace (NS_GET_USERNS), the one in which its maker was: capabilities there are rights over it, and no others are. User and PID namespaces also \
             have a parent (NS_GET_PARENT), and a user namespace the UID of who made it (NS_GET_OWNER_UID), who has all capabilities in it from outside. One may look up as far as one's own user or PID namespace and no \
             higher: EPERM. NS_GET_ID (Linux 6.18) gives a number that is never used again, where an inode number can be; 1 to 8 are the first ones of the machine.",
        zh: "每个命名空间都属于一个用户命名空间（NS_GET_USERNS），即创建者当时所在的那个：只有在那里的权能，才是对它的权力。用户和 PID 命名空间还有父级（NS_GET_PARENT），\
             用户命名空间还记着创建者的 UID（NS_GET_OWNER_UID），此人从外部对它拥有全部权能。只能看到自己所在的用户或 PID 命名空间为止，再往上是 EPERM。\
             NS_GET_ID（Linux 6.18）给出永不重用的编号，而 inode 号可能被重用；1 到 8 是机器最初的那些命名空间。",
    },
    equivalents: &[
        Equivalent { tool: "lsns(8)", line: "lsns --tree=owner" },
        Equivalent { tool: "nsenter(1)", line: "nsenter --target PID --user-parent CMD (since util-linux 2.40)" },
    ],
    examples: &[
        Example { after: "", line: "ns owner uts", shows: "NS_GET_USERNS) = ", needs: "" },
        Example { after: "unshare user uts", line: "ns owner uts", shows: "NS_GET_PARENT) = -1 EPERM", needs: "userns" },
        Example { after: "unshare pid; fork", line: "ns owner pid", shows: "NS_GET_PARENT) = -1 EPERM", needs: "root" },
        Example { after: "unshare user", line: "ns owner uts", shows: "outside of what the caller may see", needs: "userns" },
    ],
    run: Run::Inside(run),
};

fn run(cx: &mut Inside<'_>, args: &Args) -> Result<Said, Stop> {
    let kind = NsKind::of_name(args.one("NS")).unwrap_or(NsKind::User);
    let first = cx.kernel.open_ns(&Path::new("/proc/self/ns").join(kind.name()))?;
    let mut rows = vec![row(cx, &first, kind, Msg::new("the subject's", "被观察进程的"))];
    if kind == NsKind::Pid {
        climb(cx, &first, kind, &mut rows);
    }
    let owner = if kind == NsKind::User { None } else { Some(cx.kernel.ask_ns(&first, NsQuestion::Owner)?) };
    if let Some(owner) = &owner {
        rows.push(row(
            cx,
            owner,
            NsKind::User,
            Msg::new(format!("owner of {}", label(&first)), format!("{} 的所有者", label(&first))),
        ));
    }
    let end = climb(cx, owner.as_ref().unwrap_or(&first), NsKind::User, &mut rows);
    let head = [("namespace", "命名空间"), ("is", "关系"), ("made by UID", "创建者 UID"), ("NS_GET_ID", "NS_GET_ID")];
    let said = Said::grid(head.map(|(en, zh)| Msg::new(en, zh)).into(), rows);
    Ok(match end {
        Errno::EPERM => said.note(
            NoteKind::Did,
            Msg::new(
                "EPERM at the end: there is none above, or none that a process in the subject's user namespace may see",
                "最后的 EPERM 表示：上面不再有，或者被观察进程所在的用户命名空间不允许看到",
            ),
        ),
        _ => said,
    })
}

/// The parents one after another; the errno at the end.
fn climb(cx: &mut Inside<'_>, from: &OwnedFd, kind: NsKind, rows: &mut Vec<Vec<Cell>>) -> Errno {
    let mut below = label(from);
    let mut held: Vec<OwnedFd> = Vec::new();
    while held.len() < DEEPEST {
        match cx.kernel.ask_ns(held.last().unwrap_or(from), NsQuestion::Parent) {
            Ok(parent) => {
                rows.push(row(cx, &parent, kind, Msg::new(format!("parent of {below}"), format!("{below} 的父级"))));
                below = label(&parent);
                held.push(parent);
            }
            Err(errno) => return errno,
        }
    }
    Errno::ELOOP
}

fn row(cx: &mut Inside<'_>, ns: &OwnedFd, kind: NsKind, is: Msg) -> Vec<Cell> {
    let uid = match kind {
        NsKind::User => cx.kernel.ask_ns_uid(ns).map_or_else(crate::model::errno_name, |uid| uid.to_string()),
        _ => String::new(),
    };
    // Older kernels have no such number (ENOTTY).
    let id = crate::kernel::ns_id(ns).map_or_else(|_| "-".into(), |id| id.to_string());
    vec![Cell::new(label(ns)), Cell::msg(is), Cell::new(uid), Cell::new(id)]
}

/// `user:[4026531837]`.
fn label(ns: &OwnedFd) -> String {
    open_on(ns.as_raw_fd()).unwrap_or_else(crate::model::errno_name)
}
