//! `ipc send`, `ipc receive`: a message by the key of a System V queue. msgget(2), msgsnd(2), msgrcv(2).

use crate::command::{Args, Card, Count, Equivalent, Example, Inside, Kind, Man, Param, Primitive, Run, Said, Stop};
use crate::kernel::SysV;
use crate::model::{Msg, NoteKind, NsKind, Text};

/// Of a message so much is read, in bytes.
const MOST: usize = 1024;

const KEY: Param =
    Param { name: "KEY", kind: Kind::Number, count: Count::One, about: Text { en: "the queue's key", zh: "队列的键值" } };

/// `ipc send`.
pub const SEND: Card = Card {
    name: "ipc send",
    args: &[KEY, Param { name: "TEXT", kind: Kind::Word, count: Count::One, about: Text { en: "the message", zh: "消息" } }],
    primitive: Primitive::Syscall("msgsnd"),
    man: &[Man("msgsnd", 2), Man("ipc_namespaces", 7)],
    own: &[NsKind::Ipc],
    summary: Text { en: "put a message into a System V queue", zh: "向 System V 队列发送消息" },
    explain: Text {
        en: "The key is looked up in the sender's own ipc namespace. ENOENT: no queue has it there, whatever another namespace holds.",
        zh: "键值在发送者自己的 ipc 命名空间中查找。ENOENT：那里没有队列使用该键值，无论别的命名空间里有什么。",
    },
    equivalents: &[],
    examples: &[
        Example { after: "unshare ipc; ipc new queue 42", line: "ipc send 42 hello", shows: "mtext=\"hello\"", needs: "root" },
        Example {
            after: "unshare ipc; ipc new queue 42; subject new b; unshare ipc",
            line: "ipc send 42 hello",
            shows: "ENOENT",
            needs: "root",
        },
    ],
    run: Run::Inside(send),
};

/// `ipc receive`.
pub const RECEIVE: Card = Card {
    name: "ipc receive",
    args: &[KEY],
    primitive: Primitive::Syscall("msgrcv"),
    man: &[Man("msgrcv", 2), Man("ipc_namespaces", 7)],
    own: &[NsKind::Ipc],
    summary: Text { en: "take the oldest message out of a System V queue", zh: "从 System V 队列取出最早的消息" },
    explain: Text {
        en: "Without waiting: ENOMSG when the queue is empty. Whoever is in the same ipc namespace can take what another process sent, \
             even if that has ended.",
        zh: "不等待：队列为空时得到 ENOMSG。同一 ipc 命名空间中的任何进程都可以取走别的进程发来的消息，即使发送者已经结束。",
    },
    equivalents: &[Equivalent { tool: "ipcs(1)", line: "ipcs --queues (only counts; nothing in util-linux reads a message)" }],
    examples: &[
        Example {
            after: "unshare ipc; ipc new queue 42; ipc send 42 hello",
            line: "ipc receive 42",
            shows: "hello",
            needs: "root",
        },
        Example {
            after: "unshare ipc; ipc new queue 42; ipc send 42 hello; subject new b; setns a ipc",
            line: "ipc receive 42",
            shows: "it says: hello",
            needs: "root",
        },
        Example { after: "unshare ipc; ipc new queue 42", line: "ipc receive 42", shows: "ENOMSG", needs: "root" },
    ],
    run: Run::Inside(receive),
};

fn find(cx: &mut Inside<'_>, args: &Args) -> Result<i32, Stop> {
    match args.number("KEY") {
        Some(key) if key > 0 => Ok(cx.kernel.sysv_get(SysV::Queue, key as u32, false)?),
        _ => Err(Stop::Usage(Msg::new(
            "0 is no key: it stands for a queue without one (IPC_PRIVATE)",
            "0 不是键值：它表示没有键值的队列（IPC_PRIVATE）",
        ))),
    }
}

fn send(cx: &mut Inside<'_>, args: &Args) -> Result<Said, Stop> {
    let id = find(cx, args)?;
    cx.kernel.msgsnd(id, args.one("TEXT"))?;
    Ok(Said::nothing())
}

fn receive(cx: &mut Inside<'_>, args: &Args) -> Result<Said, Stop> {
    let id = find(cx, args)?;
    let text = cx.kernel.msgrcv(id, MOST)?;
    Ok(Said::nothing().note(NoteKind::Did, Msg::new(format!("it says: {text}"), format!("内容：{text}"))))
}
