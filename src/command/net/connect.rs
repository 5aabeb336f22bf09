//! `connect`: call a TCP port and read what it says. socket(2), connect(2), recvfrom(2).

use super::{listen, rtnl};
use crate::command::{Args, Card, Count, Equivalent, Example, Inside, Kind, Man, Param, Primitive, Run, Said, Stop};
use crate::kernel::Speaks;
use crate::model::{Msg, NoteKind, Text};
use nix::errno::Errno;
use std::net::SocketAddr;
use std::time::Duration;

/// So long the other side has to answer.
const PATIENCE: Duration = Duration::from_secs(2);
/// Of what it says so much is shown, in bytes.
const MOST: usize = 512;

/// The card.
pub const CARD: Card = Card {
    name: "connect",
    args: &[
        Param {
            name: "ADDR",
            kind: Kind::Word,
            count: Count::One,
            about: Text { en: "the address: 127.0.0.1, 10.0.0.2", zh: "地址：127.0.0.1、10.0.0.2" },
        },
        Param {
            name: "PORT",
            kind: Kind::Number,
            count: Count::One,
            about: Text { en: "the port, 1 to 65535", zh: "端口，1 到 65535" },
        },
    ],
    primitive: Primitive::Syscall("connect"),
    man: &[Man("connect", 2), Man("tcp", 7), Man("network_namespaces", 7)],
    own: &[],
    summary: Text { en: "call a TCP port and show what it says", zh: "连接 TCP 端口，显示对方的应答" },
    explain: Text {
        en: "connect(2) from the subject's network namespace. 127.0.0.1 is each namespace's own: what listens there in another namespace is not reached. \
             ENETUNREACH: no route. ECONNREFUSED: the host is there and nobody listens. No answer within two seconds: EINPROGRESS from connect(2), EAGAIN afterwards.",
        zh: "从被观察进程的网络命名空间调用 connect(2)。127.0.0.1 是每个命名空间自己的：到不了别的命名空间里的监听者。\
             ENETUNREACH：没有路由。ECONNREFUSED：主机在，但没有人监听。两秒内没有回音：connect(2) 返回 EINPROGRESS，之后则为 EAGAIN。",
    },
    equivalents: &[Equivalent { tool: "nc(1)", line: "nc -w 2 10.0.0.2 80" }],
    examples: &[
        Example {
            after: "unshare net; link up lo; listen 80",
            line: "connect 127.0.0.1 80",
            shows: "hello from PID",
            needs: "root",
        },
        Example {
            after: "unshare net; link up lo; listen 80; subject new b; unshare net; link up lo",
            line: "connect 127.0.0.1 80",
            shows: "ECONNREFUSED",
            needs: "root",
        },
        Example { after: "unshare net", line: "connect 127.0.0.1 80", shows: "ENETUNREACH", needs: "root" },
    ],
    run: Run::Inside(run),
};

fn run(cx: &mut Inside<'_>, args: &Args) -> Result<Said, Stop> {
    let to = SocketAddr::new(rtnl::ip(args.one("ADDR"))?, listen::port(args.number("PORT"))?);
    let socket = cx.kernel.socket(Speaks::Tcp, to.is_ipv6(), PATIENCE)?;
    match cx.kernel.connect(&socket, to) {
        Ok(()) => {}
        Err(Errno::EINTR) => return Err(Stop::Unfit(Msg::new("interrupted (EINTR)", "被打断（EINTR）"))),
        Err(errno) => return Err(errno.into()),
    }
    let text = cx.kernel.receive_text(&socket, MOST)?;
    let said = text.trim_end();
    Ok(Said::nothing().note(
        NoteKind::Did,
        match said.is_empty() {
            true => Msg::new(format!("{to} took the call and said nothing"), format!("{to} 接受了连接，但没有说话")),
            false => Msg::new(format!("{to} says: {said}"), format!("{to} 应答：{said}")),
        },
    ))
}
