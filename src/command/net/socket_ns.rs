//! `socket ns`: a socket stays in the network namespace in which it was made. socket(2), unshare(2), ioctl(2) SIOCGSKNS.

use crate::command::process::throwaway::in_child;
use crate::command::{Args, Card, Equivalent, Example, Inside, Man, Primitive, Run, Said, Stop};
use crate::model::{Cell, Mark, Msg, NoteKind, NsKind, Text, errno_name};
use nix::errno::Errno;
use serde::{Deserialize, Serialize};
use std::path::Path;

/// The card.
pub const CARD: Card = Card {
    name: "socket ns",
    args: &[],
    primitive: Primitive::Syscall("ioctl"),
    man: &[Man("socket", 7), Man("network_namespaces", 7), Man("netdevice", 7)],
    own: &[],
    summary: Text {
        en: "which network namespace a socket is in, before and after unshare",
        zh: "套接字属于哪个网络命名空间：unshare 前后",
    },
    explain: Text {
        en: "A child makes a socket, leaves its network namespace, and makes another one. SIOCGSKNS says for each in which network namespace it is: the first one stays where it was made, whoever holds it and \
             wherever that one goes. So a process can serve a port of one namespace from inside another, or be given a socket of the host and have no other network: this is how systemd passes sockets, \
             and how slirp4netns and pasta give a container without privileges its network. SIOCGSKNS needs CAP_NET_ADMIN over the socket's namespace. And a namespace lives as long as a socket in it is open, even with no process there.",
        zh: "由一个子进程创建套接字，离开自己的网络命名空间，再创建另一个。SIOCGSKNS 告诉我们每个套接字属于哪个网络命名空间：第一个留在它被创建的地方，无论谁持有它、持有者去了哪里。\
             因此，进程可以在一个命名空间里为另一个命名空间的端口服务，也可以只拿到主机的一个套接字而没有别的网络：systemd 就是这样传递套接字的，\
             slirp4netns 和 pasta 也是这样给无特权容器提供网络的。SIOCGSKNS 需要对套接字所在命名空间拥有 CAP_NET_ADMIN。另外，只要其中还有打开的套接字，命名空间就一直存在，哪怕里面已没有进程。",
    },
    equivalents: &[Equivalent { tool: "nsenter(1)", line: "nsenter --net-socket FD --target PID (since util-linux 2.41)" }],
    examples: &[
        Example { after: "", line: "socket ns", shows: "stays where it was made", needs: "root" },
        Example { after: "unshare user net", line: "socket ns", shows: "SIOCGSKNS) = ", needs: "userns" },
        Example { after: "caps drop SYS_ADMIN", line: "socket ns", shows: "EPERM", needs: "" },
    ],
    run: Run::Inside(run),
};

/// What the child found: of its sockets and of itself, or the errno.
#[derive(Serialize, Deserialize)]
struct Found {
    before: Result<String, i32>,
    after: Result<String, i32>,
    own: String,
}

fn run(cx: &mut Inside<'_>, _: &Args) -> Result<Said, Stop> {
    let found: Result<Found, i32> = in_child(cx, |cx| look(cx).map_err(|errno| errno as i32))?;
    let found = found.map_err(Stop::Failed)?;
    let cell = |ns: &Result<String, i32>| match ns {
        Ok(ns) => Cell::new(ns.clone()),
        Err(errno) => Cell::new(errno_name(Errno::from_raw(*errno))).mark(Mark::Warn),
    };
    let row = |en: &str, zh: &str, cell: Cell| vec![Cell::msg(Msg::new(en, zh)), cell];
    let rows = vec![
        row("the socket from before unshare", "unshare 之前的套接字", cell(&found.before)),
        row("the socket from after it", "之后的套接字", cell(&found.after)),
        row("the child itself", "子进程自己", Cell::new(found.own.clone()).mark(Mark::Own)),
    ];
    let said = Said::grid(vec![Msg::new("what", "对象"), Msg::new("network namespace", "网络命名空间")], rows);
    Ok(match &found.before {
        Ok(ns) if *ns != found.own => said.note(
            NoteKind::Unchanged,
            Msg::new("a socket stays where it was made: only the process has moved", "套接字留在它被创建的地方：搬走的只是进程"),
        ),
        _ => said,
    })
}

fn look(cx: &mut Inside<'_>) -> Result<Found, Errno> {
    let before = cx.kernel.datagram_socket()?;
    cx.kernel.unshare(&[NsKind::Net])?;
    let after = cx.kernel.datagram_socket()?;
    let own = nix::fcntl::readlink(Path::new("/proc/self/ns/net"))?.to_string_lossy().into_owned();
    let mut of = |socket| cx.kernel.socket_ns(socket).map_err(|errno| errno as i32);
    Ok(Found { before: of(&before), after: of(&after), own })
}
