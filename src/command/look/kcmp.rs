//! `kcmp`: what two processes share besides namespaces. kcmp(2).

use super::diff::find;
use crate::command::{Args, Card, Count, Equivalent, Example, Kind, Man, Outside, Param, Primitive, Run, Said, Stop};
use crate::kernel::KCMP;
use crate::model::{Cell, Mark, Msg, NoteKind, Text};

const fn who(name: &'static str) -> Param {
    Param {
        name,
        kind: Kind::Target,
        count: Count::One,
        about: Text {
            en: "a PID as the host counts (also of one thread: `show --host /proc/PID/task`), or a subject's name",
            zh: "主机看到的 PID（也可以是单个线程的：`show --host /proc/PID/task`），或被观察进程的名字",
        },
    }
}

/// The card.
pub const CARD: Card = Card {
    name: "kcmp",
    args: &[who("ONE"), who("OTHER")],
    primitive: Primitive::Syscall("kcmp"),
    man: &[Man("kcmp", 2), Man("clone", 2), Man("ptrace", 2)],
    own: &[],
    summary: Text {
        en: "which tables of the kernel two processes share: memory, descriptors, …",
        zh: "两个进程共用内核中的哪些表：内存、描述符等",
    },
    explain: Text {
        en: "A namespace is one thing that two processes can share; what clone(2) can leave shared is more: the memory (CLONE_VM), the table of descriptors (CLONE_FILES), root, working directory and umask \
             (CLONE_FS), handlers of signals (CLONE_SIGHAND), the I/O context (CLONE_IO), semaphore undo lists (CLONE_SYSVSEM). Threads share all of them, which is why some kinds of unshare(2) fail in \
             a process with threads; a fork(2) shares none, but for a moment with vfork(2). /proc does not tell, and the numbers of descriptors do not either: kcmp(2) compares what they point to. \
             CRIU asks it when it writes a container down. It needs the right to trace both.",
        zh: "命名空间只是两个进程可以共用的东西之一；clone(2) 能让更多东西保持共用：内存（CLONE_VM）、描述符表（CLONE_FILES）、根目录、当前目录与 umask（CLONE_FS）、\
             信号处理函数（CLONE_SIGHAND）、I/O 上下文（CLONE_IO）、信号量撤销列表（CLONE_SYSVSEM）。线程共用其中的全部，所以有线程的进程中某些 unshare(2) 会失败；fork(2) 一样也不共用，\
             vfork(2) 则会短暂共用内存。/proc 不会说明这些，描述符的编号也说明不了：kcmp(2) 比较它们背后的对象。CRIU 保存容器时就用它。调用者须有权跟踪这两个进程。",
    },
    equivalents: &[Equivalent { tool: "criu(8)", line: "criu dump (asks it for every pair of descriptors)" }],
    examples: &[
        Example { after: "", line: "kcmp a a", shows: "KCMP_VM) = 0", needs: "" },
        Example { after: "subject new b", line: "kcmp a b", shows: "each has its own", needs: "" },
        Example { after: "", line: "kcmp a nobody-of-this-name", shows: "nobody-of-this-name", needs: "" },
    ],
    run: Run::Shell(run),
};

/// Each resource with what it is, in the order of their numbers.
const ABOUT: &[Text] = &[
    Text { en: "memory", zh: "内存" },
    Text { en: "table of descriptors", zh: "描述符表" },
    Text { en: "root, working directory, umask", zh: "根目录、当前目录、umask" },
    Text { en: "handlers of signals", zh: "信号处理函数" },
    Text { en: "I/O context (neither has one: shared)", zh: "I/O 上下文（都没有时视为共用）" },
    Text { en: "semaphore undo list (neither has one: shared)", zh: "信号量撤销列表（都没有时视为共用）" },
];

fn run(cx: &mut Outside<'_>, args: &Args) -> Result<Said, Stop> {
    let (one, other) = (find(cx, args.one("ONE"))?.pid, find(cx, args.one("OTHER"))?.pid);
    let mut rows = Vec::new();
    let mut own = 0;
    for (resource, about) in KCMP.iter().zip(ABOUT) {
        let shared = cx.kernel.kcmp(one, other, *resource)?;
        own += usize::from(!shared);
        let (word, mark) = match shared {
            true => (Msg::new("shared", "共用"), Mark::Plain),
            false => (Msg::new("own", "各有"), Mark::Own),
        };
        rows.push(vec![Cell::new(resource.1.trim_start_matches("KCMP_")), Cell::msg(word).mark(mark), Cell::msg(*about)]);
    }
    let said = Said::grid(Vec::new(), rows);
    Ok(match own {
        0 => said.note(NoteKind::Did, Msg::new("one and the same process, or threads of one", "同一个进程，或其中的线程")),
        // The last two are empty in both, as a rule.
        4.. => said.note(NoteKind::Did, Msg::new("two processes: each has its own", "两个进程：各有各的")),
        _ => said.note(NoteKind::Did, Msg::new("clone(2) left some of it shared", "clone(2) 让其中一部分保持共用")),
    })
}
