//! `setns`: the subject enters namespaces that exist. setns(2).

use crate::command::{Args, Card, Count, Equivalent, Example, Held, Inside, Kind, Man, Param, Primitive, Run, Said, Stop};
use crate::kernel::{ns_parent, open_on};
use crate::model::{Msg, NoteKind, NsId, NsKind, Seen, Text};
use crate::observe::process::{field, link, read};
use std::os::fd::{AsFd, AsRawFd, RawFd};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

/// The card.
pub const CARD: Card = Card {
    name: "setns",
    args: &[
        Param {
            name: "TARGET",
            kind: Kind::Target,
            count: Count::One,
            about: Text {
                en: "a PID as the host counts, the name of a subject or pin, or a path such as /proc/1/ns/net",
                zh: "主机所见的 PID、被观察进程或 pin 的名字，或 /proc/1/ns/net 这样的路径",
            },
        },
        Param {
            name: "NS",
            kind: Kind::Ns,
            count: Count::Any,
            about: Text {
                en: "which ones; without it all that differ (of a path: whatever it is)",
                zh: "要进入哪些；省略则为所有不同的（对路径而言：它是哪种就进哪种）",
            },
        },
    ],
    primitive: Primitive::Syscall("setns"),
    man: &[Man("setns", 2), Man("namespaces", 7), Man("nsenter", 1)],
    own: &[],
    summary: Text { en: "enter namespaces of another process", zh: "进入另一个进程的命名空间" },
    explain: Text {
        en: "setns(2) on a pidfd takes several namespaces of that process in one call, all or none (since Linux 5.8); on the file of one namespace \
             it takes that one. What is entered is shared, not copied. For pid only later children move, and only downwards: a PID namespace above \
             one's own cannot be entered. One's own user namespace cannot be entered again (EINVAL). It needs CAP_SYS_ADMIN in the user namespace that owns the target.",
        zh: "对 pidfd 调用 setns(2)，可一次进入该进程的多个命名空间，要么全部成功，要么全部不变（Linux 5.8 起）；对某个命名空间的文件调用，则只进入那一个。\
             进入的是共享的同一个命名空间，而不是副本。对 pid 来说，只有之后出生的子进程才进去，而且只能往下：不能进入上级 PID 命名空间。\
             不能再次进入自己所在的用户命名空间（EINVAL）。需要在拥有目标的用户命名空间中具有 CAP_SYS_ADMIN。",
    },
    equivalents: &[
        Equivalent { tool: "nsenter(1)", line: "nsenter --target PID --net --uts bash; nsenter --net=/run/netns/blue bash" },
        Equivalent { tool: "docker", line: "docker exec -it CONTAINER sh; docker run --network container:OTHER" },
    ],
    examples: &[
        Example {
            after: "unshare uts; hostname box; subject new b",
            line: "setns a uts",
            shows: "CLONE_NEWUTS) = 0",
            needs: "root",
        },
        Example {
            after: "unshare uts net; subject new b",
            line: "setns a",
            shows: "CLONE_NEWUTS|CLONE_NEWNET) = 0",
            needs: "root",
        },
        Example { after: "unshare pid; fork; subject new b", line: "setns a pid", shows: "did not move", needs: "root" },
        Example { after: "", line: "setns /proc/self/ns/uts", shows: "</proc/self/ns/uts>, 0) = 0", needs: "root" },
        Example { after: "", line: "setns /proc/self/ns/user", shows: "EINVAL", needs: "" },
        Example { after: "subject new b", line: "setns a", shows: "nothing to enter", needs: "" },
    ],
    run: Run::Inside(run),
};

fn run(cx: &mut Inside<'_>, args: &Args) -> Result<Said, Stop> {
    let named = args.kinds("NS");
    let Some(Held { fd, label, .. }) = cx.held.pop() else {
        let path = Path::new(args.one("TARGET"));
        let file = cx.kernel.open_ns(path)?;
        let kind = NsKind::ALL.into_iter().find(|kind| is_of(file.as_raw_fd(), *kind));
        cx.kernel.setns(file.as_raw_fd(), &path.to_string_lossy(), &named)?;
        return Ok(entered(Said::nothing(), &Vec::from_iter(kind)));
    };
    // A pin is one namespace, whatever it is.
    if !label.starts_with("pidfd:") {
        let kind = NsKind::ALL.into_iter().find(|kind| is_of(fd.as_raw_fd(), *kind));
        cx.kernel.setns(fd.as_raw_fd(), &label, &named)?;
        return Ok(entered(Said::nothing(), &Vec::from_iter(kind)));
    }
    let mut said = Said::nothing();
    let kinds = if named.is_empty() { differing(fd.as_raw_fd(), &mut said) } else { named };
    if kinds.is_empty() {
        let why = Msg::new(
            "there is nothing to enter: the subject shares all its namespaces with that process, as far as they can be entered",
            "没有可进入的命名空间：凡是能进入的，被观察进程都已与该进程共享",
        );
        return Err(Stop::Unfit(why));
    }
    cx.kernel.setns(fd.as_raw_fd(), &label, &kinds)?;
    Ok(entered(said, &kinds))
}

/// The kinds in which the process of this pidfd is elsewhere, as far as they can be entered. Where that cannot be read, the
/// kernel is to say; but for user, which it refuses when it is the same one.
fn differing(pidfd: RawFd, said: &mut Said) -> Vec<NsKind> {
    let info = read(Path::new(&format!("/proc/self/fdinfo/{pidfd}")));
    let pid = info.is().and_then(|text| field(text, "Pid")).and_then(|pid| pid.parse::<i32>().ok()).filter(|pid| *pid > 0);
    let dir = |pid: String| PathBuf::from("/proc").join(pid).join("ns");
    let theirs = |kind: NsKind| pid.map(|pid| link(&dir(pid.to_string()).join(kind.name())));
    let mut kinds = Vec::new();
    for kind in NsKind::ALL {
        let differs = match (own(kind), theirs(kind)) {
            (Some(own), Some(Seen::Is(their))) => own != their,
            (None, Some(Seen::Is(_))) => true,
            _ => kind != NsKind::User,
        };
        if !differs {
            continue;
        }
        if kind == NsKind::Pid && pid.is_some_and(|pid| !is_below(&dir(pid.to_string()).join("pid"))) {
            said.notes.push(crate::model::Note { kind: NoteKind::Unchanged, text: CLIMB.into() });
            continue;
        }
        kinds.push(kind);
    }
    kinds
}

/// Where this process is; for pid and time: where its next child will be born.
fn own(kind: NsKind) -> Option<NsId> {
    let file = kind.row().children.unwrap_or(kind.name());
    link(&Path::new("/proc/self/ns").join(file)).is().copied()
}

/// Is this PID namespace the caller's own, or below it? NS_GET_PARENT answers only for those below (ioctl_nsfs(2)).
/// What cannot be opened is left to setns(2).
fn is_below(path: &Path) -> bool {
    let own = link(Path::new("/proc/self/ns/pid"));
    // A FIFO's open(2) would wait for a writer.
    let opened = || std::fs::OpenOptions::new().read(true).custom_flags(libc::O_NONBLOCK).open(path);
    own.is().is_some() && own == link(path) || opened().map_or(true, |file| ns_parent(file.as_fd()).is_ok())
}

/// Does this descriptor stand for a namespace of this kind? By the text of its link.
fn is_of(fd: RawFd, kind: NsKind) -> bool {
    open_on(fd).is_ok_and(|text| text.starts_with(&format!("{kind}:[")))
}

const CLIMB: Text = Text {
    en: "its PID namespace is left out: it is not below the subject's own, and a process cannot climb (setns(2))",
    zh: "未进入它的 PID 命名空间：它不在被观察进程所在的命名空间之下，而进程不能往上走（setns(2)）",
};

/// What one might expect otherwise.
fn entered(said: Said, kinds: &[NsKind]) -> Said {
    let text = |kind: &NsKind| match kind {
        NsKind::Pid => Some((
            NoteKind::Unchanged,
            Text {
                en: "this process did not move: a PID never changes. Its next child will be born in that PID namespace",
                zh: "当前进程没有搬家：PID 从不改变。它的下一个子进程将出生在那个 PID 命名空间",
            },
        )),
        NsKind::Mnt => Some((
            NoteKind::Did,
            Text {
                en: "root and working directory are the root of that mount namespace now",
                zh: "根目录与当前目录现在都是那个挂载命名空间的根",
            },
        )),
        NsKind::Cgroup => Some((
            NoteKind::Unchanged,
            Text {
                en: "the process stays in its own cgroup: what is outside of that namespace's root shows as /../..",
                zh: "进程仍在自己的 cgroup 中：不在该命名空间之根以下的路径显示为 /../..",
            },
        )),
        NsKind::User => Some((
            NoteKind::Did,
            Text {
                en: "the subject has all capabilities in that user namespace; there is no way back",
                zh: "被观察进程在那个用户命名空间中拥有全部权能；没有回头路",
            },
        )),
        _ => None,
    };
    kinds.iter().filter_map(text).fold(said, |said, (kind, text)| said.note(kind, text))
}
