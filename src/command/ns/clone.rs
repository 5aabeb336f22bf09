//! `clone`: make a child in new namespaces, and where it is said in another cgroup. clone3(2) with flags.

use super::fork::become_child;
use crate::command::process::job::{self, Body, Started};
use crate::command::{Args, Card, Count, Equivalent, Example, Held, Inside, Kind, Man, Param, Primitive, Run, Said, Stop};
use crate::kernel::Birth;
use crate::model::{Msg, NoteKind, NsKind, Text};

/// The card.
pub const CARD: Card = Card {
    name: "clone",
    args: &[
        Param {
            name: "NS",
            kind: Kind::Ns,
            count: Count::Any,
            about: Text {
                en: "user mnt pid net uts ipc cgroup time, or all",
                zh: "user mnt pid net uts ipc cgroup time，或 all",
            },
        },
        Param {
            name: "--cgroup",
            kind: Kind::CgroupDir,
            count: Count::Valued,
            about: Text {
                en: "the child is born in this cgroup below the subject's own, on cgroup v2 (CLONE_INTO_CGROUP)",
                zh: "子进程直接出生在被观察进程自己的 cgroup 之下的这个 cgroup 中，限 cgroup v2（CLONE_INTO_CGROUP）",
            },
        },
        Param {
            name: "--set-tid",
            kind: Kind::Number,
            count: Count::Valued,
            about: Text {
                en: "the child's PID in its own PID namespace, instead of the next free one",
                zh: "指定子进程在其 PID 命名空间中的 PID，而不是下一个空闲的",
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
    man: &[Man("clone", 2), Man("namespaces", 7), Man("pid_namespaces", 7), Man("cgroups", 7)],
    own: &[],
    summary: Text {
        en: "make a child in new namespaces, or in another cgroup",
        zh: "在新的命名空间或另一个 cgroup 中创建子进程",
    },
    explain: Text {
        en: "One clone3(2): fork and new namespaces in one step. Only the child is in them, and it is in all of them at once: for pid it \
             *is* PID 1, where after `unshare pid` the caller stays where it was. The parent sees the same child under another PID. \
             Without CMD the child becomes the subject (`exit` goes back); with CMD it runs that program, and the two PIDs are shown. \
             With `--cgroup` the child is never anywhere else: a process that is moved, by a write to cgroup.procs, has run and been charged \
             in the old cgroup before, and each move stops all forks on the machine for a moment. The observer opens the directory and hands \
             it over; who calls needs the right to write its cgroup.procs, and it must be a leaf. The limits of *that* cgroup count: at its \
             pids.max clone3 itself is EAGAIN. A cgroup namespace that is made in the same call has that cgroup as its root. \
             With `--set-tid` the child has a chosen PID, as CRIU needs it to put a process back: who calls has CAP_CHECKPOINT_RESTORE over the PID namespace (in one's own user namespace one has it), \
             the number is free (EEXIST), and the first process of a new PID namespace can only be 1 (EINVAL).",
        zh: "一次 clone3(2)：fork 与新建命名空间一步完成。只有子进程进入这些命名空间，而且立刻全部进入：对 pid 来说，它就是 1 号进程；\
             `unshare pid` 则让调用者留在原处。父进程看到的是同一个子进程的另一个 PID。省略 CMD 时子进程成为被观察进程（`exit` 返回）；\
             给出 CMD 时由它运行该程序，并显示两个 PID。加上 `--cgroup`，子进程从不在别处：而靠写 cgroup.procs 搬过去的进程，此前已经在旧 cgroup 中\
             运行并计费，而且每次搬移都会让全机的 fork 暂停片刻。目录由观察者打开并传给它；调用者须有权写该目录的 cgroup.procs，而且它必须是叶子。\
             起作用的是目标 cgroup 的限制：达到它的 pids.max 时，clone3 本身就返回 EAGAIN。同一次调用中新建的 cgroup 命名空间就以那个 cgroup 为根。\
             加上 `--set-tid`，子进程得到指定的 PID，CRIU 恢复进程时就需要这样：调用者须对该 PID 命名空间拥有 CAP_CHECKPOINT_RESTORE（在自己的用户命名空间中就有），\
             号码须空闲（EEXIST），新 PID 命名空间的第一个进程只能是 1（EINVAL）。",
    },
    equivalents: &[
        Equivalent { tool: "unshare(1)", line: "unshare --fork --pid --uts CMD" },
        Equivalent {
            tool: "posix_spawn(3)",
            line: "posix_spawnattr_setcgroup_np (glibc 2.39): how systemd starts a service in its cgroup",
        },
        Equivalent { tool: "sh", line: "sh -c 'echo $$ > /sys/fs/cgroup/box/cgroup.procs; exec CMD' (born outside, then moved)" },
        Equivalent { tool: "bwrap(1)", line: "bwrap --unshare-all --bind / / CMD (one clone(2) with all flags)" },
    ],
    examples: &[
        Example { after: "", line: "clone pid uts", shows: "clone3({flags=CLONE_NEWUTS|CLONE_NEWPID", needs: "root" },
        Example { after: "", line: "clone pid -- sh -c 'echo I am $$'", shows: "I am 1", needs: "root" },
        Example { after: "", line: "clone user pid -- true", shows: "the child sees itself as PID 1", needs: "userns" },
        Example {
            after: "unshare user pid; fork",
            line: "clone --set-tid 42 -- sh -c 'echo I am $$'",
            shows: "I am 42",
            needs: "userns",
        },
        Example { after: "unshare user pid", line: "clone --set-tid 42 -- true", shows: "EINVAL", needs: "userns" },
        Example { after: "clone pid", line: "clone pid -- sh -c 'echo I am $$'", shows: "I am 1", needs: "root" },
        Example { after: "", line: "clone --cgroup web -- cat /proc/self/cgroup", shows: "/web\n", needs: "root cgroup2" },
        Example {
            after: "cgroup new web",
            line: "clone pid uts --cgroup web",
            shows: "CLONE_NEWUTS|CLONE_NEWPID|CLONE_INTO_CGROUP",
            needs: "root cgroup2",
        },
        Example {
            after: "cgroup new web",
            line: "clone cgroup --cgroup web -- cat /proc/self/cgroup",
            shows: "0::/\n",
            needs: "root cgroup2",
        },
        Example {
            after: "cgroup new web; cgroup new web/db; cgroup new leaf; cgroup enter leaf; cgroup enable memory; cgroup enable memory --cgroup web",
            line: "clone --cgroup web -- true",
            shows: "EBUSY",
            needs: "root cgroup2:memory",
        },
    ],
    run: Run::Inside(run),
};

fn run(cx: &mut Inside<'_>, args: &Args) -> Result<Said, Stop> {
    let kinds = args.kinds("NS");
    let words = args.all("CMD");
    let cgroup = cx.held.pop();
    let tid = args.number("--set-tid").map(|number| i32::try_from(number).unwrap_or(i32::MAX));
    if kinds.is_empty() && cgroup.is_none() && tid.is_none() {
        return Err(Stop::Usage(Msg::new(
            format!(
                "name a namespace, --cgroup NAME or --set-tid N; a child without any is what `fork` makes. Usage: {}",
                CARD.usage()
            ),
            format!("请指定命名空间、--cgroup NAME 或 --set-tid N；都不要时用 `fork`。用法：{}", CARD.usage()),
        )));
    }
    let birth = Birth { kinds: &kinds, cgroup: cgroup.as_ref().map(Held::named), tid };
    if words.is_empty() {
        let said = become_child(cx, birth)?;
        // The parent has nothing to say to this line.
        return Ok(if cx.born { unmoved(said, &kinds, cgroup.as_ref()) } else { said });
    }
    let program = job::program(words)?;
    let child = job::start_as(cx, birth, &Body::Exec(&program), true)?;
    let ran = job::foreground(cx, child.pid, &words.join(" "))?;
    let mut said = match both(child) {
        Some(text) => Said::nothing().note(NoteKind::Did, text),
        None => Said::nothing(),
    };
    said.notes.extend(ran.notes);
    said.exit = ran.exit;
    Ok(unmoved(said, &kinds, cgroup.as_ref()))
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
fn unmoved(said: Said, kinds: &[NsKind], cgroup: Option<&Held>) -> Said {
    let said = match cgroup {
        None => said,
        Some(cgroup) => said.note(NoteKind::Did, born_in(&cgroup.word, kinds.contains(&NsKind::Cgroup))),
    };
    // Who is born in another cgroup did move.
    let kinds = kinds.iter().filter(|kind| cgroup.is_none() || **kind != NsKind::Cgroup);
    let rows = kinds.map(|kind| kind.row()).filter(|row| row.children.is_none());
    rows.filter_map(|row| row.unmoved).fold(said, |said, text| said.note(NoteKind::Unchanged, text))
}

fn born_in(name: &str, namespace: bool) -> Msg {
    let (en, zh) = match namespace {
        true => (
            "; that cgroup is the root of its cgroup namespace, which /proc/self/cgroup there shows as /",
            "；该 cgroup 就是它的 cgroup 命名空间的根，在其中读 /proc/self/cgroup 显示为 /",
        ),
        false => ("", ""),
    };
    Msg::new(
        format!("the child was born in the cgroup `{name}`, its parent stays where it is{en}"),
        format!("子进程直接出生在 cgroup `{name}` 中，父进程留在原处{zh}"),
    )
}
