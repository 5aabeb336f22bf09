//! `ipc cross`: what passes between two processes in different namespaces. pipe2(2), socketpair(2), or a socket with an abstract name.

use crate::command::process::job::{self, Body};
use crate::command::{Args, Card, Count, Equivalent, Example, Inside, Kind, Man, Param, Primitive, Run, Said, Stop};
use crate::kernel::Kernel;
use crate::model::{Exit, Msg, NoteKind, NsKind, Text, errno_name};
use nix::errno::Errno;
use std::os::fd::OwnedFd;

/// What the child says.
const WORDS: &str = "hello from the other side";
/// Room for it, in bytes.
const ROOM: usize = 64;

/// The card.
pub const CARD: Card = Card {
    name: "ipc cross",
    args: &[
        Param {
            name: "WHAT",
            kind: Kind::OneOf(&["pipe", "socketpair", "abstract"]),
            count: Count::One,
            about: Text {
                en: "pipe; socketpair: two unix sockets; abstract: a unix socket with a name that is no file",
                zh: "pipe：管道；socketpair：一对 unix 套接字；abstract：名字不是文件的 unix 套接字",
            },
        },
        Param {
            name: "NS",
            kind: Kind::Ns,
            count: Count::Any,
            about: Text {
                en: "the child's new namespaces; ipc without it", zh: "子进程新建哪些命名空间；省略则为 ipc"
            },
        },
    ],
    primitive: Primitive::Syscall("clone3"),
    man: &[Man("pipe", 7), Man("unix", 7), Man("ipc_namespaces", 7), Man("network_namespaces", 7)],
    own: &[],
    summary: Text {
        en: "try a pipe or unix socket across a border of namespaces",
        zh: "试验管道或 unix 套接字能否跨越命名空间边界",
    },
    explain: Text {
        en: "A throw-away child in new namespaces writes, the subject reads. The ipc namespace holds System V objects and POSIX queues only: pipes and \
             sockets pass, for whoever holds a descriptor holds it in every namespace. Abstract names belong to the network namespace: across that \
             border the call is refused (ECONNREFUSED). `matrix` tries all this for every kind.",
        zh: "由新命名空间中的一次性子进程写入，被观察进程读取。ipc 命名空间只管 System V 对象与 POSIX 消息队列：管道和套接字照样通行，\
             因为描述符在任何命名空间里都有效。抽象名字属于网络命名空间：跨越那条边界时连接被拒绝（ECONNREFUSED）。`matrix` 对每种命名空间都试一遍。",
    },
    equivalents: &[Equivalent { tool: "unshare(1)", line: "unshare --ipc echo hello | cat" }],
    examples: &[
        Example { after: "", line: "ipc cross pipe ipc", shows: "came through", needs: "root" },
        Example { after: "", line: "ipc cross socketpair user ipc net", shows: "came through", needs: "userns" },
        Example { after: "", line: "ipc cross abstract ipc", shows: "came through", needs: "root" },
        Example { after: "", line: "ipc cross abstract net", shows: "ECONNREFUSED", needs: "root" },
    ],
    run: Run::Inside(run),
};

fn run(cx: &mut Inside<'_>, args: &Args) -> Result<Said, Stop> {
    let kinds = match args.kinds("NS") {
        none if none.is_empty() => vec![NsKind::Ipc],
        some => some,
    };
    let flags = NsKind::flags_text(&kinds);
    let text = match args.one("WHAT") {
        "pipe" => {
            let (read, write) = cx.kernel.pipe()?;
            through(cx, &kinds, read, write)?
        }
        "socketpair" => {
            let (read, write) = cx.kernel.socketpair()?;
            through(cx, &kinds, read, write)?
        }
        _ => match by_name(cx, &kinds)? {
            Ok(text) => text,
            Err(errno) => {
                let name = errno_name(errno);
                return Ok(Said::nothing().note(
                    NoteKind::Did,
                    Msg::new(
                        format!("it did not come through: the child in {flags} got {name} from connect(2)"),
                        format!("没有通过：{flags} 中的子进程调用 connect(2) 得到 {name}"),
                    ),
                ));
            }
        },
    };
    Ok(Said::nothing().note(
        NoteKind::Unchanged,
        Msg::new(
            format!("it came through, whatever {flags} isolates: \"{text}\""),
            format!("通过了，{flags} 拦不住它：“{text}”"),
        ),
    ))
}

/// The child writes into one end, the subject reads from the other.
fn through(cx: &mut Inside<'_>, kinds: &[NsKind], read: OwnedFd, write: OwnedFd) -> Result<String, Stop> {
    let child = job::start(cx, kinds, &Body::Work(&|| say(&write)), false)?;
    drop(write);
    let text = cx.kernel.read_text(&read, ROOM);
    cx.kernel.wait4(child.pid, false)?;
    Ok(text?)
}

/// The child calls the name; what it says, or the errno that it got.
fn by_name(cx: &mut Inside<'_>, kinds: &[NsKind]) -> Result<Result<String, Errno>, Stop> {
    let name = format!("boxlab-{}", std::process::id());
    let socket = cx.kernel.listen_abstract(&name)?;
    let call = || match Kernel::new().connect_abstract(&name) {
        Ok(fd) => say(&fd),
        Err(errno) => errno as i32,
    };
    let child = job::start(cx, kinds, &Body::Work(&call), false)?;
    match cx.kernel.wait4(child.pid, false)?.1 {
        Exit::Status(0) => {
            let peer = cx.kernel.accept(&socket)?;
            Ok(Ok(cx.kernel.read_text(&peer, ROOM)?))
        }
        Exit::Status(errno) => Ok(Err(Errno::from_raw(errno))),
        _ => Ok(Err(Errno::EINTR)),
    }
}

fn say(to: &OwnedFd) -> i32 {
    nix::unistd::write(to, WORDS.as_bytes()).map_or_else(|errno| errno as i32, |_| 0)
}
