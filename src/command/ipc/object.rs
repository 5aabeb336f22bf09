//! `ipc new`, `ipc rm`: System V objects. msgget(2), semget(2), shmget(2), and IPC_RMID.

use crate::command::{Args, Card, Count, Equivalent, Example, Inside, Kind, Man, Param, Primitive, Run, Said, Stop};
use crate::kernel::SysV;
use crate::model::{Msg, NoteKind, NsKind, Text};

const WHAT: Param = Param {
    name: "WHAT",
    kind: Kind::OneOf(&["queue", "sem", "shm"]),
    count: Count::One,
    about: Text { en: "a message queue, a set of semaphores, shared memory", zh: "消息队列、信号量集、共享内存" },
};

/// `ipc new`.
pub const NEW: Card = Card {
    name: "ipc new",
    args: &[
        WHAT,
        Param {
            name: "KEY",
            kind: Kind::Number,
            count: Count::Optional,
            about: Text {
                en: "the number by which others find it; without it nobody can (IPC_PRIVATE)",
                zh: "别人据以找到它的键值；省略则无法被找到（IPC_PRIVATE）",
            },
        },
    ],
    primitive: Primitive::Syscall("msgget"),
    man: &[Man("msgget", 2), Man("semget", 2), Man("shmget", 2), Man("ipc_namespaces", 7), Man("sysvipc", 7)],
    own: &[NsKind::Ipc],
    summary: Text {
        en: "make a System V queue, semaphore set or shared memory",
        zh: "创建 System V 消息队列、信号量集或共享内存",
    },
    explain: Text {
        en: "The object belongs to the ipc namespace, not to the process that made it: it stays when that ends, and goes with the namespace. Another \
             namespace can have one of the same key. In the host's it would stay for ever, so it is refused: `unshare ipc` first.",
        zh: "对象属于 ipc 命名空间，而不属于创建它的进程：进程结束后它仍在，随命名空间一同消失。别的命名空间可以有同样键值的对象。\
             在主机的命名空间里它会一直留着，因此被拒绝：请先 `unshare ipc`。",
    },
    equivalents: &[
        Equivalent { tool: "ipcmk(1)", line: "ipcmk --queue; ipcmk --semaphore 1; ipcmk --shmem 4096 (no choice of key)" },
        Equivalent { tool: "docker", line: "docker run --ipc container:OTHER shares an ipc namespace" },
    ],
    examples: &[
        Example {
            after: "unshare ipc",
            line: "ipc new queue 42",
            shows: "msgget(0x2a, IPC_CREAT|IPC_EXCL|0600) = 0",
            needs: "root",
        },
        Example { after: "unshare ipc", line: "ipc new shm", shows: "shmget(IPC_PRIVATE, 4096", needs: "root" },
        Example { after: "unshare ipc; ipc new sem 42", line: "ipc new sem 42", shows: "EEXIST", needs: "root" },
        Example { after: "", line: "ipc new queue 42", shows: "refused", needs: "" },
    ],
    run: Run::Inside(new),
};

/// `ipc rm`.
pub const RM: Card = Card {
    name: "ipc rm",
    args: &[
        WHAT,
        Param {
            name: "ID",
            kind: Kind::Number,
            count: Count::One,
            about: Text { en: "its number, as `ipc list` shows it", zh: "编号，见 `ipc list`" },
        },
    ],
    primitive: Primitive::Syscall("msgctl"),
    man: &[Man("msgctl", 2), Man("semctl", 2), Man("shmctl", 2)],
    own: &[NsKind::Ipc],
    summary: Text { en: "remove a System V object", zh: "删除 System V 对象" },
    explain: Text {
        en: "IPC_RMID. Numbers begin anew in each ipc namespace: number 0 here is not number 0 elsewhere.",
        zh: "IPC_RMID。每个 ipc 命名空间各自编号：这里的 0 号不是别处的 0 号。",
    },
    equivalents: &[Equivalent { tool: "ipcrm(1)", line: "ipcrm --queue-id 0" }],
    examples: &[
        Example {
            after: "unshare ipc; ipc new queue 42",
            line: "ipc rm queue 0",
            shows: "msgctl(0, IPC_RMID, NULL) = 0",
            needs: "root",
        },
        Example { after: "unshare ipc", line: "ipc rm shm 7", shows: "EINVAL", needs: "root" },
    ],
    run: Run::Inside(rm),
};

fn kind(args: &Args) -> SysV {
    match args.one("WHAT") {
        "queue" => SysV::Queue,
        "sem" => SysV::Sem,
        _ => SysV::Shm,
    }
}

fn new(cx: &mut Inside<'_>, args: &Args) -> Result<Said, Stop> {
    let key = args.number("KEY").unwrap_or(0) as u32;
    let id = cx.kernel.sysv_get(kind(args), key, true)?;
    Ok(Said::nothing().note(
        NoteKind::Did,
        Msg::new(
            format!("number {id} in this ipc namespace; it is gone when the namespace ends"),
            format!("在这个 ipc 命名空间中编号为 {id}；命名空间结束时随之消失"),
        ),
    ))
}

fn rm(cx: &mut Inside<'_>, args: &Args) -> Result<Said, Stop> {
    cx.kernel.sysv_remove(kind(args), args.number("ID").unwrap_or(0) as i32)?;
    Ok(Said::nothing())
}
