//! `listen`: wait on a TCP port. socket(2), bind(2), listen(2); a child then answers.

use crate::command::process::job::{self, Body};
use crate::command::{Args, Card, Count, Equivalent, Example, Inside, Kind, Man, Param, Primitive, Run, Said, Stop};
use crate::kernel::Speaks;
use crate::model::{Msg, NoteKind, NsKind, Text};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::os::fd::OwnedFd;
use std::time::Duration;

/// The card.
pub const CARD: Card = Card {
    name: "listen",
    args: &[Param {
        name: "PORT",
        kind: Kind::Number,
        count: Count::One,
        about: Text { en: "the port, 1 to 65535", zh: "端口，1 到 65535" },
    }],
    primitive: Primitive::Syscall("listen"),
    man: &[Man("bind", 2), Man("listen", 2), Man("network_namespaces", 7)],
    own: &[],
    summary: Text { en: "wait for connections on a port, in the background", zh: "在后台监听端口" },
    explain: Text {
        en: "Ports belong to a network namespace: two namespaces can both listen on 80, and one cannot twice (EADDRINUSE). The subject binds the port, a child of \
             it accepts and answers each connection with one line that says who it is. In a namespace of the bench's it listens on all addresses, in the host's on \
             127.0.0.1 only. Below net.ipv4.ip_unprivileged_port_start (a value of the namespace) it needs CAP_NET_BIND_SERVICE. `kill` ends it.",
        zh: "端口属于网络命名空间：两个命名空间可以同时监听 80，一个命名空间则不能监听两次（EADDRINUSE）。被观察进程绑定端口，由它的一个子进程接受连接，\
             并用一行说明身份的文字应答。在实验台的命名空间中监听所有地址，在主机的命名空间中只监听 127.0.0.1。\
             低于 net.ipv4.ip_unprivileged_port_start（该命名空间的值）的端口需要 CAP_NET_BIND_SERVICE。用 `kill` 结束它。",
    },
    equivalents: &[
        Equivalent { tool: "nc(1)", line: "nc -l -k 8080" },
        Equivalent {
            tool: "docker",
            line: "docker run -p 8080:80 (a port of the host's, forwarded into the container's namespace)",
        },
    ],
    examples: &[
        Example { after: "unshare net; link up lo", line: "listen 80", shows: "listen(", needs: "root" },
        Example { after: "unshare net; link up lo; listen 80", line: "listen 80", shows: "EADDRINUSE", needs: "root" },
        Example {
            after: "unshare net; listen 80; subject new b; unshare net",
            line: "listen 80",
            shows: "runs in the background",
            needs: "root",
        },
    ],
    run: Run::Inside(run),
};

/// Longer than this nobody is waited for within one connection.
const PATIENCE: Duration = Duration::from_secs(2);

fn run(cx: &mut Inside<'_>, args: &Args) -> Result<Said, Stop> {
    let port = port(args.number("PORT"))?;
    let own = cx.own.contains(&NsKind::Net);
    let ip = if own { Ipv4Addr::UNSPECIFIED } else { Ipv4Addr::LOCALHOST };
    let socket = cx.kernel.socket(Speaks::Tcp, false, Duration::ZERO)?;
    cx.kernel.bind(&socket, SocketAddr::new(IpAddr::V4(ip), port))?;
    cx.kernel.listen(&socket)?;
    let child = job::start(cx, &[], &Body::Work(&|| serve(&socket)), false)?;
    let number = job::remember(cx, child.pid, &format!("listen {port}"), false);
    let pid = child.pid;
    Ok(Said::nothing().note(
        NoteKind::Did,
        Msg::new(
            format!("[{number}] runs in the background, PID {pid}; `kill KILL {pid}` ends it, `connect ADDR {port}` talks to it"),
            format!("[{number}] 在后台运行，PID {pid}；`kill KILL {pid}` 结束它，`connect 地址 {port}` 与它通话"),
        ),
    ))
}

/// The port of a line.
///
/// Errors: Usage.
pub(super) fn port(number: Option<u64>) -> Result<u16, Stop> {
    number
        .and_then(|number| u16::try_from(number).ok())
        .filter(|port| *port > 0)
        .ok_or_else(|| Stop::Usage(Msg::new("a port is a number from 1 to 65535", "端口是 1 到 65535 的数字")))
}

/// Accepts for ever.
fn serve(socket: &OwnedFd) -> i32 {
    use std::io::{Read, Write};
    let Ok(socket) = socket.try_clone() else { return 1 };
    let listener = std::net::TcpListener::from(socket);
    loop {
        let Ok((mut peer, _)) = listener.accept() else { return 1 };
        let name = nix::unistd::gethostname().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let line = format!("hello from PID {} on host {name}\n", std::process::id());
        // Whoever called has gone again, or is slow: the next one matters more.
        let _ = peer.set_read_timeout(Some(PATIENCE));
        let _ = peer.set_write_timeout(Some(PATIENCE));
        let _ = peer.write_all(line.as_bytes());
        let _ = peer.shutdown(std::net::Shutdown::Write);
        let _ = peer.read(&mut [0; 64]);
    }
}
