//! `mqueue new|list|rm`: POSIX message queues. mq_open(2), mq_unlink(2), and the mqueue file system.

use crate::command::{Args, Card, Count, Equivalent, Example, Inside, Kind, Man, Param, Primitive, Run, Said, Stop};
use crate::model::{Block, Msg, NoteKind, NsKind, Text};
use std::os::fd::AsRawFd;

const NAME: Param = Param {
    name: "NAME",
    kind: Kind::Word,
    count: Count::One,
    about: Text { en: "its name, without a slash", zh: "名字，不含斜杠" },
};

/// `mqueue new`.
pub const NEW: Card = Card {
    name: "mqueue new",
    args: &[NAME],
    primitive: Primitive::Syscall("mq_open"),
    man: &[Man("mq_overview", 7), Man("mq_open", 2), Man("ipc_namespaces", 7)],
    own: &[NsKind::Ipc],
    summary: Text { en: "make a POSIX message queue", zh: "创建 POSIX 消息队列" },
    explain: Text {
        en: "Queues with names instead of keys. They look like files, yet they belong to the ipc namespace and not to a mount: another one has its own \
             of the same name. It stays until mq_unlink(2), or until the namespace ends. A process in a new user namespace is held to RLIMIT_MSGQUEUE (EMFILE).",
        zh: "用名字而不是键值的队列。它们看起来像文件，却属于 ipc 命名空间而不属于某个挂载：别的命名空间可以有同名的队列。\
             它一直存在到 mq_unlink(2)，或命名空间结束。数量受 RLIMIT_MSGQUEUE 限制（EMFILE）。",
    },
    equivalents: &[Equivalent { tool: "python3(1)", line: "posix_ipc.MessageQueue('/box', O_CREX) (no command of util-linux)" }],
    examples: &[
        Example { after: "unshare ipc", line: "mqueue new box", shows: "mq_open(\"box\", O_RDWR|O_CREAT|O_EXCL", needs: "root" },
        Example { after: "unshare ipc; mqueue new box", line: "mqueue new box", shows: "EEXIST", needs: "root" },
        Example { after: "", line: "mqueue new box", shows: "refused", needs: "" },
    ],
    run: Run::Inside(new),
};

/// `mqueue list`.
pub const LIST: Card = Card {
    name: "mqueue list",
    args: &[],
    primitive: Primitive::Syscall("fsmount"),
    man: &[Man("mq_overview", 7), Man("fsopen", 2), Man("fsmount", 2)],
    own: &[],
    summary: Text {
        en: "the POSIX message queues of the subject's ipc namespace",
        zh: "列出被观察进程 ipc 命名空间中的 POSIX 消息队列",
    },
    explain: Text {
        en: "No call lists them, but the mqueue file system of the namespace does. It is opened as a mount that is attached nowhere and ends with its \
             descriptor, so no list of mounts changes. That needs CAP_SYS_ADMIN over the mount namespace: after `unshare user ipc` it is EPERM, \
             after `unshare user ipc mnt` it is not.",
        zh: "没有系统调用能列出它们，但该命名空间的 mqueue 文件系统可以。这里把它打开为不附着在任何位置、随描述符一同消失的挂载，因此挂载点列表不变。\
             这需要对挂载命名空间的 CAP_SYS_ADMIN：`unshare user ipc` 之后得到 EPERM，`unshare user ipc mnt` 之后则可以。",
    },
    equivalents: &[Equivalent { tool: "mount(8)", line: "mount -t mqueue none /dev/mqueue; ls /dev/mqueue" }],
    examples: &[
        Example { after: "unshare ipc; mqueue new box", line: "mqueue list", shows: "box", needs: "root" },
        Example { after: "unshare ipc", line: "mqueue list", shows: "no POSIX message queue", needs: "root" },
    ],
    run: Run::Inside(list),
};

/// `mqueue rm`.
pub const RM: Card = Card {
    name: "mqueue rm",
    args: &[NAME],
    primitive: Primitive::Syscall("mq_unlink"),
    man: &[Man("mq_unlink", 2), Man("mq_overview", 7)],
    own: &[NsKind::Ipc],
    summary: Text { en: "remove a POSIX message queue", zh: "删除 POSIX 消息队列" },
    explain: Text {
        en: "mq_unlink(2). ENOENT: there is none of that name in this ipc namespace.",
        zh: "mq_unlink(2)。ENOENT：这个 ipc 命名空间中没有该名字的队列。",
    },
    equivalents: &[Equivalent { tool: "rm(1)", line: "rm /dev/mqueue/box (where mqueue is mounted)" }],
    examples: &[
        Example { after: "unshare ipc; mqueue new box", line: "mqueue rm box", shows: "mq_unlink(\"box\") = 0", needs: "root" },
        Example { after: "unshare ipc", line: "mqueue rm box", shows: "ENOENT", needs: "root" },
    ],
    run: Run::Inside(rm),
};

fn new(cx: &mut Inside<'_>, args: &Args) -> Result<Said, Stop> {
    cx.kernel.mq_open(name(args)?, true)?;
    Ok(Said::nothing())
}

fn rm(cx: &mut Inside<'_>, args: &Args) -> Result<Said, Stop> {
    cx.kernel.mq_unlink(name(args)?)?;
    Ok(Said::nothing())
}

fn list(cx: &mut Inside<'_>, _: &Args) -> Result<Said, Stop> {
    let mount = cx.kernel.mqueue_mount()?;
    // The mount's descriptor stands for a place only (open_tree(2), O_PATH): to be read the directory is opened.
    let place = format!("/proc/self/fd/{}", mount.as_raw_fd());
    let entries = std::fs::read_dir(&place).map_err(|error| Stop::Failed(error.raw_os_error().unwrap_or(libc::EIO)))?;
    let mut names: Vec<String> =
        entries.map_while(Result::ok).map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    if names.is_empty() {
        let none = Msg::new("no POSIX message queue in this ipc namespace", "这个 ipc 命名空间中没有 POSIX 消息队列");
        return Ok(Said::nothing().note(NoteKind::Did, none));
    }
    Ok(Said::nothing().show(Block::Lines(names)))
}

/// The library's names begin with a slash, which the system call is not given: both are taken.
fn name(args: &Args) -> Result<&str, Stop> {
    let name = args.one("NAME");
    let name = name.strip_prefix('/').unwrap_or(name);
    if name.is_empty() || name.contains('/') || name.len() > 255 {
        return Err(Stop::Usage(Msg::new(
            "a queue's name has 1 to 255 bytes and no slash within",
            "队列名为 1 到 255 个字节，中间不含斜杠",
        )));
    }
    Ok(name)
}
