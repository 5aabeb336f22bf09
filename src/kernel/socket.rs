//! Sockets that reach other processes: socket(2), bind(2), listen(2), accept4(2), connect(2), sendto(2), recvfrom(2).

use super::{Kernel, answer, open_on, raw};
use crate::model::Arg;
use nix::errno::Errno;
use nix::sys::socket::sockopt::{ReceiveTimeout, ReuseAddr, SendTimeout};
use nix::sys::socket::{
    AddressFamily, Backlog, MsgFlags, SockaddrIn, SockaddrIn6, bind, connect, listen, recv, sendto, setsockopt,
};
use nix::sys::time::TimeVal;
use std::net::SocketAddr;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::time::Duration;

/// What a socket speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Speaks {
    /// TCP.
    Tcp,
    /// ICMP with all headers (CAP_NET_RAW; raw(7)).
    IcmpRaw,
    /// ICMP echo only, for users of the groups in net.ipv4.ping_group_range (icmp(7)).
    IcmpEcho,
}

impl Kernel {
    /// socket(2). No call on it waits longer than `patience` (SO_RCVTIMEO, SO_SNDTIMEO).
    ///
    /// Errors: EPERM without CAP_NET_RAW in the user namespace that owns the network namespace (raw); EACCES outside ping_group_range.
    pub fn socket(&mut self, speaks: Speaks, v6: bool, patience: Duration) -> Result<OwnedFd, Errno> {
        let family = if v6 { AddressFamily::Inet6 } else { AddressFamily::Inet };
        let (kind, kind_name) = match speaks {
            Speaks::Tcp => (libc::SOCK_STREAM, "SOCK_STREAM"),
            Speaks::IcmpRaw => (libc::SOCK_RAW, "SOCK_RAW"),
            Speaks::IcmpEcho => (libc::SOCK_DGRAM, "SOCK_DGRAM"),
        };
        let (protocol, protocol_name) = match (speaks, v6) {
            (Speaks::Tcp, _) => (libc::IPPROTO_TCP, "IPPROTO_TCP"),
            (_, false) => (libc::IPPROTO_ICMP, "IPPROTO_ICMP"),
            (_, true) => (libc::IPPROTO_ICMPV6, "IPPROTO_ICMPV6"),
        };
        // SAFETY: socket takes three integers.
        let got = answer(i64::from(unsafe { libc::socket(family as i32, kind | libc::SOCK_CLOEXEC, protocol) }));
        let args = vec![raw(family_name(v6)), raw(format!("{kind_name}|SOCK_CLOEXEC")), raw(protocol_name)];
        let fd = self.record("socket", args, got)?;
        // SAFETY: the kernel has just given us this descriptor; nobody else owns it.
        let fd = unsafe { OwnedFd::from_raw_fd(fd as i32) };
        let limit = TimeVal::new(patience.as_secs() as i64, i64::from(patience.subsec_micros()));
        setsockopt(&fd, ReceiveTimeout, &limit)?;
        setsockopt(&fd, SendTimeout, &limit)?;
        Ok(fd)
    }

    /// socket(2) for UDP, which sends nothing by itself.
    ///
    /// Errors: EAFNOSUPPORT in a kernel without IPv4.
    pub fn datagram_socket(&mut self) -> Result<OwnedFd, Errno> {
        // SAFETY: socket takes three integers.
        let got = answer(i64::from(unsafe { libc::socket(libc::AF_INET, libc::SOCK_DGRAM | libc::SOCK_CLOEXEC, 0) }));
        let fd = self.record("socket", vec![raw("AF_INET"), raw("SOCK_DGRAM|SOCK_CLOEXEC"), raw("IPPROTO_IP")], got)?;
        // SAFETY: the kernel has just given us this descriptor; nobody else owns it.
        Ok(unsafe { OwnedFd::from_raw_fd(fd as i32) })
    }

    /// SIOCGSKNS: the network namespace of a socket, as its link in /proc/PID/ns would show it.
    ///
    /// Errors: EPERM without CAP_NET_ADMIN in the user namespace that owns it.
    pub fn socket_ns(&mut self, socket: &OwnedFd) -> Result<String, Errno> {
        // SAFETY: this request takes no argument and touches no memory of ours.
        let got = answer(i64::from(unsafe { libc::ioctl(socket.as_raw_fd(), libc::SIOCGSKNS as libc::Ioctl) }));
        let fd = self.record("ioctl", vec![label(socket), raw("SIOCGSKNS")], got)?;
        // SAFETY: the kernel has just made this descriptor for us; nobody else owns it.
        let ns = unsafe { OwnedFd::from_raw_fd(fd as i32) };
        open_on(ns.as_raw_fd())
    }

    /// bind(2): the address, and above all the port, is the socket's from now on, in its network namespace.
    ///
    /// Errors: EADDRINUSE somebody in this namespace has it; EACCES below net.ipv4.ip_unprivileged_port_start without
    /// CAP_NET_BIND_SERVICE; EADDRNOTAVAIL no device here has this address.
    pub fn bind(&mut self, fd: &OwnedFd, to: SocketAddr) -> Result<(), Errno> {
        // A port whose last connection has just ended can be had again; one that somebody listens on cannot.
        setsockopt(fd, ReuseAddr, &true)?;
        let got = match to {
            SocketAddr::V4(to) => bind(fd.as_raw_fd(), &SockaddrIn::from(to)),
            SocketAddr::V6(to) => bind(fd.as_raw_fd(), &SockaddrIn6::from(to)),
        };
        let got = got.map(|()| 0);
        self.record("bind", vec![label(fd), raw(address(to)), raw(length(to))], got).map(drop)
    }

    /// listen(2).
    ///
    /// Errors: EADDRINUSE.
    pub fn listen(&mut self, fd: &OwnedFd) -> Result<(), Errno> {
        let got = listen(fd, Backlog::new(8)?).map(|()| 0);
        self.record("listen", vec![label(fd), raw("8")], got).map(drop)
    }

    /// connect(2).
    ///
    /// Errors: ECONNREFUSED nobody listens there; ENETUNREACH no route (with lo down not even to 127.0.0.1); EHOSTUNREACH nobody
    /// answers for the address; EINPROGRESS no answer in time (SO_SNDTIMEO; socket(7)).
    pub fn connect(&mut self, fd: &OwnedFd, to: SocketAddr) -> Result<(), Errno> {
        let got = match to {
            SocketAddr::V4(to) => connect(fd.as_raw_fd(), &SockaddrIn::from(to)),
            SocketAddr::V6(to) => connect(fd.as_raw_fd(), &SockaddrIn6::from(to)),
        };
        let got = got.map(|()| 0);
        self.record("connect", vec![label(fd), raw(address(to)), raw(length(to))], got).map(drop)
    }

    /// sendto(2) to an address. `shown` is what the bytes mean.
    ///
    /// Errors: as for [`Kernel::connect`].
    pub fn sendto(&mut self, fd: &OwnedFd, bytes: &[u8], shown: &str, to: SocketAddr) -> Result<(), Errno> {
        let got = match to {
            SocketAddr::V4(to) => sendto(fd.as_raw_fd(), bytes, &SockaddrIn::from(to), MsgFlags::empty()),
            SocketAddr::V6(to) => sendto(fd.as_raw_fd(), bytes, &SockaddrIn6::from(to), MsgFlags::empty()),
        };
        let got = got.map(|sent| sent as i64);
        let args = vec![label(fd), raw(shown), raw(bytes.len().to_string()), raw("0"), raw(address(to)), raw(length(to))];
        self.record("sendto", args, got).map(drop)
    }

    /// recvfrom(2), as text.
    ///
    /// Errors: EAGAIN when nothing comes in time; ECONNRESET.
    pub fn receive_text(&mut self, fd: &OwnedFd, most: usize) -> Result<String, Errno> {
        let mut bytes = vec![0; most];
        let got = recv(fd.as_raw_fd(), &mut bytes, MsgFlags::empty());
        let text = String::from_utf8_lossy(bytes.get(..got.unwrap_or(0)).unwrap_or_default()).into_owned();
        let args = vec![label(fd), Arg::Str(text.clone()), raw(most.to_string()), raw("0"), raw("NULL"), raw("NULL")];
        self.record("recvfrom", args, got.map(|length| length as i64)).map(|_| text)
    }

    /// Records the recvfrom(2) that brought the datagram with this meaning, or nothing: of all that a raw socket hears only
    /// this is worth a line.
    pub fn note_receive(&mut self, fd: &OwnedFd, shown: &str, room: usize, got: Result<usize, Errno>) -> Result<usize, Errno> {
        let args = vec![label(fd), raw(shown), raw(room.to_string()), raw("0"), raw("NULL"), raw("NULL")];
        self.record("recvfrom", args, got.map(|length| length as i64)).map(|length| length as usize)
    }
}

/// recv(2) as plumbing: see [`Kernel::note_receive`].
pub fn hear(fd: &OwnedFd, bytes: &mut [u8]) -> Result<usize, Errno> {
    recv(fd.as_raw_fd(), bytes, MsgFlags::empty())
}

/// NETLINK_EXT_ACK, as plumbing: refusals bring a sentence with them, where the kernel has one. Without it (before Linux 4.12) they are
/// errnos only.
pub(super) fn extended_answers(fd: &OwnedFd) {
    let on: libc::c_int = 1;
    // SAFETY: the option takes one int, and `on` is one that outlives the call.
    unsafe {
        let (value, size) = ((&raw const on).cast(), size_of_val(&on) as u32);
        libc::setsockopt(fd.as_raw_fd(), libc::SOL_NETLINK, libc::NETLINK_EXT_ACK, value, size);
    }
}

/// `5<socket:[4711]>`, as `strace -y` prints it.
fn label(fd: &OwnedFd) -> Arg {
    let number = fd.as_raw_fd();
    Arg::Fd(number, open_on(number).unwrap_or_else(|_| "socket".into()))
}

fn family_name(v6: bool) -> &'static str {
    if v6 { "AF_INET6" } else { "AF_INET" }
}

fn length(of: SocketAddr) -> String {
    let size = if of.is_ipv4() { size_of::<libc::sockaddr_in>() } else { size_of::<libc::sockaddr_in6>() };
    size.to_string()
}

fn address(of: SocketAddr) -> String {
    let (port, ip) = (of.port(), of.ip());
    match of {
        SocketAddr::V4(_) => format!("{{sa_family=AF_INET, sin_port=htons({port}), sin_addr=inet_addr(\"{ip}\")}}"),
        SocketAddr::V6(v6) => format!(
            "{{sa_family=AF_INET6, sin6_port=htons({port}), sin6_flowinfo=htonl(0), inet_pton(AF_INET6, \"{ip}\", &sin6_addr), sin6_scope_id={}}}",
            v6.scope_id()
        ),
    }
}
