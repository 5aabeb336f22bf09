//! `clone`: make a child in new namespaces. clone3(2) with flags.

use super::fork::become_child;
use crate::command::process::job::{self, Body, Started};
use crate::command::{Args, Card, Count, Equivalent, Example, Inside, Kind, Man, Param, Primitive, Run, Said, Stop};
use crate::model::{Msg, NoteKind, NsKind, Text};

/// The card.
pub const CARD: Card = Card {
    name: "clone",
    args: &[
        Param {
            name: "NS",
            kind: Kind::Ns,
            count: Count::Many,
            about: Text {
                en: "user mnt pid net uts ipc cgroup time, or all",
                zh: "user mnt pid net uts ipc cgroup time，或 all",
            },
        },
        Param {
            name: "CMD",
            kind: Kind::Program,
            count: Count::Optional,
            about: Text { en: "a program for the child, after --", zh: "子进程要运行的程序，写在 -- 之后" },
        },
    ],
    primitive: Primitive::Syscall("clone3"),
    man: &[Man("clone", 2), Man("namespaces", 7), Man("pid_namespaces", 7)],
    own: &[],
    summary: Text { en: "make a child in new namespaces", zh: "在新的命名空间中创建子进程" },
    explain: Text {
        en: "One clone3(2): fork and new namespaces in one step. Only the child is in them, and it is in all of them at once: for pid it \
             *is* PID 1, where after `unshare pid` the caller stays where it was. The parent sees the same child under another PID. \
             Without CMD the child becomes the subject (`exit` goes back); with CMD it runs that program, and the two PIDs are shown.",
        zh: "一次 clone3(2)：fork 与新建命名空间一步完成。只有子进程进入这些命名空间，而且立刻全部进入：对 pid 来说，它就是 1 号进程；\
             `unshare pid` 则让调用者留在原处。父进程看到的是同一个子进程的另一个 PID。省略 CMD 时子进程成为被观察进程（`exit` 返回）；\
             给出 CMD 时由它运行该程序，并显示两个 PID。",
    },
    equivalents: &[
        Equivalent { tool: "unshare(1)", line: "unshare --fork --pid --uts CMD" },
        Equivalent { tool: "bwrap(1)", line: "bwrap --unshare-all --bind / / CMD (one clone(2) with all flags)" },
    ],
    examples: &[
        Example { after: "", line: "clone pid uts", shows: "clone3({flags=CLONE_NEWUTS|CLONE_NEWPID", needs: "root" },
        Example { after: "", line: "clone pid -- sh -c 'echo I am $$'", shows: "I am 1", needs: "root" },
        Example { after: "", line: "clone user pid -- true", shows: "the child sees itself as PID 1", needs: "userns" },
        Example { after: "clone pid", line: "clone pid -- sh -c 'echo I am $$'", shows: "I am 1", needs: "root" },
    ],
    run: Run::Inside(run),
};

fn run(cx: &mut Inside<'_>, args: &Args) -> Result<Said, Stop> {
    let kinds = args.kinds("NS");
    let words = args.all("CMD");
    if words.is_empty() {
        let said = become_child(cx, &kinds)?;
        // The parent has nothing to say to this line.
        return Ok(if cx.born { unmoved(said, &kinds) } else { said });
    }
    let program = job::program(words)?;
    let child = job::start(cx, &kinds, &Body::Exec(&program), true)?;
    let ran = job::foreground(cx, child.pid, &words.join(" "))?;
    let mut said = match both(child) {
        Some(text) => Said::nothing().note(NoteKind::Did, text),
        None => Said::nothing(),
    };
    said.notes.extend(ran.notes);
    said.exit = ran.exit;
    Ok(unmoved(said, &kinds))
}

/// The two numbers of one process.
fn both(child: Started) -> Option<Msg> {
    let (pid, own) = (child.pid, child.own?);
    Some(match pid == own {
        true => Msg::new(format!("child and parent see the same PID: {pid}"), format!("子进程与父进程看到的 PID 相同：{pid}")),
        false => Msg::new(
            format!("the child sees itself as PID {own}; its parent sees the same process as PID {pid}"),
            format!("子进程看到自己的 PID 是 {own}；父进程看到的同一个进程是 PID {pid}"),
        ),
    })
}

/// What is as before for the child, though one might expect it otherwise. For pid and time it did move.
fn unmoved(said: Said, kinds: &[NsKind]) -> Said {
    let rows = kinds.iter().map(|kind| kind.row()).filter(|row| row.children.is_none());
    rows.filter_map(|row| row.unmoved).fold(said, |said, text| said.note(NoteKind::Unchanged, text))
}
