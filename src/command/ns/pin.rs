//! `pin`, `unpin`: keep a namespace alive without a process. openat(2), close(2): an open descriptor holds it.

use crate::command::{Args, Card, Count, Equivalent, Example, Kind, Man, Outside, Param, Pin, Primitive, Run, Said, Stop};
use crate::model::{Msg, NoteKind, NsKind, Seen, Text};
use crate::observe::process::link;
use std::os::fd::AsRawFd;
use std::path::{Path, PathBuf};

const NAME: Param = Param {
    name: "NAME",
    kind: Kind::Word,
    count: Count::One,
    about: Text { en: "the pin's name, to enter it by: `setns NAME`", zh: "名字，用来进入它：`setns NAME`" },
};

/// `pin`.
pub const PIN: Card = Card {
    name: "pin",
    args: &[
        Param {
            name: "NS",
            kind: Kind::OneOf(&["user", "mnt", "pid", "net", "uts", "ipc", "cgroup", "time"]),
            count: Count::One,
            about: Text { en: "which of the subject's namespaces", zh: "被观察进程的哪种命名空间" },
        },
        NAME,
    ],
    primitive: Primitive::Syscall("openat"),
    man: &[Man("namespaces", 7), Man("setns", 2), Man("ip-netns", 8)],
    own: &[],
    summary: Text {
        en: "hold a namespace of the subject, so that it outlives its processes",
        zh: "保持被观察进程的一个命名空间，使它在没有进程时仍然存在",
    },
    explain: Text {
        en: "A namespace lives while a process is in it, a descriptor is open on it, or a bind mount of its link exists. Here the observer opens the link and \
             keeps the descriptor: it is closed by `unpin` or with the bench, whatever happens. The other way is a bind mount, as `ip netns add` makes it: \
             in a mount namespace of your own, `mount bind /proc/self/ns/net FILE`. A pinned PID namespace whose PID 1 has ended is held, but dead: nothing can be born in it.",
        zh: "只要有进程在其中、有打开的描述符指向它，或存在对其链接的绑定挂载，命名空间就存在。这里由观察者打开该链接并保留描述符：\
             `unpin` 或实验台结束时必然关闭。另一种办法是绑定挂载，`ip netns add` 就是这样做的：在自己的挂载命名空间中执行 `mount bind /proc/self/ns/net FILE`。\
             1 号进程已结束的 PID 命名空间即使被保持也已失效：其中不能再出生任何进程。",
    },
    equivalents: &[
        Equivalent { tool: "unshare(1)", line: "touch FILE; unshare --net=FILE true" },
        Equivalent { tool: "ip(8)", line: "ip netns add blue" },
        Equivalent { tool: "bash(1)", line: "exec 9</proc/PID/ns/net" },
    ],
    examples: &[
        Example { after: "unshare uts; hostname box", line: "pin uts keep", shows: "/ns/uts\"", needs: "root" },
        Example {
            after: "unshare uts; hostname box; pin uts keep; reset; setns keep",
            line: "hostname",
            shows: "box",
            needs: "root",
        },
        // By a mount: the file stands for the namespace when nobody is in it any more.
        Example {
            after: "unshare mnt; mount private -r /; mount tmpfs /mnt; write /mnt/keep; unshare uts; hostname box; mount bind /proc/self/ns/uts /mnt/keep; \
                    unshare uts; hostname other; setns /mnt/keep",
            line: "hostname",
            shows: "box",
            needs: "root",
        },
        Example { after: "", line: "pin net /run/netns/blue", shows: "mount bind /proc/self/ns/net", needs: "" },
        Example { after: "pin net a1", line: "pin uts a1", shows: "there is a pin", needs: "" },
    ],
    run: Run::Outside(pin),
};

/// `unpin`.
pub const UNPIN: Card = Card {
    name: "unpin",
    args: &[Param { kind: Kind::Pin, ..NAME }],
    primitive: Primitive::Syscall("close"),
    man: &[Man("namespaces", 7), Man("close", 2)],
    own: &[],
    summary: Text { en: "let go of a pinned namespace", zh: "放开所保持的命名空间" },
    explain: Text {
        en: "Closes the descriptor. If that was the last thing to hold the namespace, it ends, with all that is in it: devices, queues, mounts.",
        zh: "关闭描述符。如果没有别的东西保持该命名空间，它就此结束，其中的设备、队列、挂载一并消失。",
    },
    equivalents: &[
        Equivalent { tool: "ip(8)", line: "ip netns del blue" },
        Equivalent { tool: "umount(8)", line: "umount FILE" },
    ],
    examples: &[
        Example { after: "pin uts keep", line: "unpin keep", shows: "close(", needs: "" },
        Example { after: "", line: "unpin keep", shows: "no pin", needs: "" },
    ],
    run: Run::Outside(unpin),
};

fn pin(cx: &mut Outside<'_>, args: &Args) -> Result<Said, Stop> {
    let (word, name) = (args.one("NS"), args.one("NAME"));
    let Some(kind) = NsKind::of_name(word) else { return Err(Stop::Unfit(Msg::same(word))) };
    if name.contains('/') {
        return Err(Stop::Usage(Msg::new(
            format!(
                "a pin is a descriptor of the observer's and has a name, no path; what keeps a namespace by a file is a mount: `write {name}`, then `mount bind /proc/self/ns/{kind} {name}`"
            ),
            format!(
                "pin 是观察者的描述符，用名字而不用路径；用文件保持命名空间要靠挂载：先 `write {name}`，再 `mount bind /proc/self/ns/{kind} {name}`"
            ),
        )));
    }
    let good = (1..=16).contains(&name.len()) && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
    if !good || name.chars().all(|c| c.is_ascii_digit()) || cx.subjects.iter().any(|subject| subject.name == name) {
        return Err(Stop::Usage(Msg::new(
            "a pin's name has up to 16 letters, digits, - and _; it is neither a number nor a subject's name",
            "名字最多 16 个字母、数字、- 或 _；不能是纯数字，也不能与被观察进程同名",
        )));
    }
    if cx.pins.iter().any(|pin| pin.name == name) {
        return Err(Stop::Usage(Msg::new(
            format!("there is a pin `{name}` already; `unpin {name}` lets go of it"),
            format!("已有名为 `{name}` 的命名空间；`unpin {name}` 放开它"),
        )));
    }
    let path = PathBuf::from(format!("/proc/{}/ns/{kind}", cx.subject.pid()));
    let fd = cx.kernel.hold_ns(&path)?;
    let Seen::Is(id) = link(Path::new(&format!("/proc/self/fd/{}", fd.as_raw_fd()))) else {
        return Err(Stop::Unfit(Msg::new("what was opened is no namespace", "打开的不是命名空间")));
    };
    cx.pins.push(Pin { name: name.into(), kind, id, fd });
    let said = Said::nothing().note(
        NoteKind::Did,
        Msg::new(
            format!("{kind}:[{}] stays now until `unpin {name}`, whoever ends; `setns {name}` enters it", id.ino),
            format!("无论谁结束，{kind}:[{}] 都会保留到 `unpin {name}`；`setns {name}` 进入它", id.ino),
        ),
    );
    if kind == NsKind::Pid {
        let dead = Msg::new(
            "when its PID 1 ends nothing can be born in it any more, pinned or not (ENOMEM)",
            "它的 1 号进程一旦结束，无论是否保持，其中都不能再出生进程（ENOMEM）",
        );
        return Ok(said.note(NoteKind::Careful, dead));
    }
    Ok(said)
}

fn unpin(cx: &mut Outside<'_>, args: &Args) -> Result<Said, Stop> {
    let name = args.one("NAME");
    let Some(at) = cx.pins.iter().position(|pin| pin.name == name) else {
        let names = cx.pins.iter().map(|pin| pin.name.as_str()).collect::<Vec<_>>().join(" ");
        return Err(Stop::Usage(Msg::new(
            format!("no pin `{name}`; there are: {names}"),
            format!("没有名为 `{name}` 的命名空间；现有：{names}"),
        )));
    };
    let pin = cx.pins.remove(at);
    let label = format!("{}:[{}]", pin.kind, pin.id.ino);
    cx.kernel.close(pin.fd, &label)?;
    Ok(Said::nothing())
}
