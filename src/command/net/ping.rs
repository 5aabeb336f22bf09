//! `ping`: one question that any host answers. An ICMP echo request, by sendto(2) and recvfrom(2).

use super::rtnl;
use crate::command::{Args, Card, Count, Equivalent, Example, Inside, Kind, Man, Param, Primitive, Run, Said, Stop};
use crate::kernel::{self, Speaks};
use crate::model::{Msg, NoteKind, Text};
use nix::errno::Errno;
use std::net::{IpAddr, SocketAddr};
use std::os::fd::OwnedFd;
use std::time::{Duration, Instant};

/// So long an answer is waited for.
const PATIENCE: Duration = Duration::from_secs(1);
/// Not more questions than this.
const MOST: u64 = 10;
/// Without a number it is asked until an answer comes, not more often than this. Once does not do: a new IPv6 address does not speak before
/// it is known to be no duplicate (RFC 4862), which takes up to two seconds.
const TRIES: u64 = 3;
/// Room for an answer with its IP header.
const ROOM: usize = 1500;

/// The card.
pub const CARD: Card = Card {
    name: "ping",
    args: &[
        Param {
            name: "ADDR",
            kind: Kind::Word,
            count: Count::One,
            about: Text { en: "the address: 127.0.0.1, fd00::2", zh: "地址：127.0.0.1、fd00::2" },
        },
        Param {
            name: "COUNT",
            kind: Kind::Number,
            count: Count::Optional,
            about: Text {
                en: "how often, at most 10; without it until an answer comes, up to 3 times",
                zh: "次数，最多 10；省略则问到有应答为止，最多 3 次",
            },
        },
    ],
    primitive: Primitive::Syscall("sendto"),
    man: &[Man("raw", 7), Man("icmp", 7), Man("ping", 8)],
    own: &[],
    summary: Text { en: "ask whether an address answers (ICMP echo)", zh: "询问某地址是否应答（ICMP 回显）" },
    explain: Text {
        en: "The subject itself sends an ICMP echo request from its own network namespace and waits a second for the answer; no program is needed. A new IPv6 address answers only when it is known to be no duplicate, a second or two later. A raw \
             socket needs CAP_NET_RAW in the user namespace that owns the network namespace; without it a socket for echo only is tried, which \
             net.ipv4.ping_group_range allows or not. No route: ENETUNREACH, and with lo down not even 127.0.0.1 answers.",
        zh: "由被观察进程自己从所在的网络命名空间发出 ICMP 回显请求，等待一秒，不需要任何程序。新的 IPv6 地址要先确认没有重复，一两秒之后才会应答。原始套接字要求在拥有该网络命名空间的用户命名空间中具有 CAP_NET_RAW；\
             没有它时改用只能做回显的套接字，是否允许由 net.ipv4.ping_group_range 决定。没有路由时得到 ENETUNREACH；lo 未启用时连 127.0.0.1 也不应答。",
    },
    equivalents: &[Equivalent { tool: "ping(8)", line: "ping -c 1 -W 1 10.0.0.2" }],
    examples: &[
        Example { after: "unshare net; link up lo", line: "ping 127.0.0.1", shows: "answers", needs: "root" },
        Example { after: "unshare net", line: "ping 127.0.0.1", shows: "ENETUNREACH", needs: "root" },
        Example {
            after: "unshare net; link add veth va peer vb; link up va; link up vb; addr add 10.0.0.1/24 dev va",
            line: "ping 10.0.0.2 1",
            shows: "no answer",
            needs: "root",
        },
    ],
    run: Run::Inside(run),
};

fn run(cx: &mut Inside<'_>, args: &Args) -> Result<Said, Stop> {
    let ip = rtnl::ip(args.one("ADDR"))?;
    let count = args.number("COUNT").unwrap_or(TRIES).clamp(1, MOST);
    let one_is_enough = args.opt("COUNT").is_none();
    let (socket, raw) = open(cx, ip)?;
    let (mut asked, mut heard, mut best) = (0, 0, Duration::MAX);
    for sequence in 1..=count as u16 {
        if one_is_enough && heard > 0 {
            break;
        }
        asked += 1;
        let request = echo(ip, sequence);
        let shown = format!("{{ICMP echo request, seq={sequence}}}");
        let start = Instant::now();
        cx.kernel.sendto(&socket, &request, &shown, SocketAddr::new(ip, 0))?;
        match answer(&socket, ip, raw, sequence, start) {
            Answer::Echo(length) => {
                heard += 1;
                best = best.min(start.elapsed());
                let shown = format!("{{ICMP echo reply, seq={sequence}}}");
                cx.kernel.note_receive(&socket, &shown, ROOM, Ok(length))?;
            }
            Answer::Unreachable(length) => {
                cx.kernel.note_receive(&socket, "{ICMP destination unreachable}", ROOM, Ok(length))?;
                return Err(Stop::Unfit(unreachable(ip)));
            }
            // Ctrl-C: enough.
            Answer::None(Errno::EINTR) => break,
            // The last call that failed is what the line ends with.
            Answer::None(errno) => _ = cx.kernel.note_receive(&socket, "NULL", ROOM, Err(errno)),
        }
    }
    if heard == 0 {
        return Err(Stop::Unfit(silence(ip, asked)));
    }
    let micros = best.as_micros();
    Ok(Said::nothing().note(
        NoteKind::Did,
        Msg::new(
            format!("{ip} answers: {heard} of {asked}, fastest after {micros} µs"),
            format!("{ip} 有应答：{asked} 次中 {heard} 次，最快 {micros} 微秒"),
        ),
    ))
}

/// A raw socket, or one for echo only; and whether it is raw.
fn open(cx: &mut Inside<'_>, ip: IpAddr) -> Result<(OwnedFd, bool), Stop> {
    match cx.kernel.socket(Speaks::IcmpRaw, ip.is_ipv6(), PATIENCE) {
        Ok(socket) => Ok((socket, true)),
        Err(Errno::EPERM | Errno::EACCES) => Ok((cx.kernel.socket(Speaks::IcmpEcho, ip.is_ipv6(), PATIENCE)?, false)),
        Err(errno) => Err(errno.into()),
    }
}

enum Answer {
    Echo(usize),
    Unreachable(usize),
    None(Errno),
}

/// The kind of an ICMP message: of an echo request, of its reply, of `destination unreachable` (RFC 792, RFC 4443).
fn kinds(ip: IpAddr) -> (u8, u8, u8) {
    if ip.is_ipv4() { (8, 0, 3) } else { (128, 129, 1) }
}

/// The number by which the answers to this process are told from those to others; a socket for echo only has its own.
fn identity() -> u16 {
    std::process::id() as u16
}

fn echo(ip: IpAddr, sequence: u16) -> Vec<u8> {
    let [id, sequence] = [identity().to_be_bytes(), sequence.to_be_bytes()];
    let mut message = vec![kinds(ip).0, 0, 0, 0, id[0], id[1], sequence[0], sequence[1]];
    message.extend(b"boxlab..");
    // Of ICMPv6 the kernel makes the sum, because the addresses are part of it.
    if ip.is_ipv4() {
        let sum = checksum(&message).to_be_bytes();
        message[2..4].copy_from_slice(&sum);
    }
    message
}

/// The Internet checksum (RFC 1071).
fn checksum(bytes: &[u8]) -> u16 {
    let words = bytes.chunks(2).map(|pair| u32::from(pair[0]) << 8 | u32::from(*pair.get(1).unwrap_or(&0)));
    let mut sum: u32 = words.sum();
    while sum >> 16 != 0 {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    !(sum as u16)
}

/// Reads until the answer comes, or time is up: a raw socket hears all ICMP of its namespace.
fn answer(socket: &OwnedFd, ip: IpAddr, raw: bool, sequence: u16, start: Instant) -> Answer {
    let (_, reply, unreachable) = kinds(ip);
    let mut bytes = [0; ROOM];
    while start.elapsed() < PATIENCE {
        let length = match kernel::hear(socket, &mut bytes) {
            Ok(length) => length,
            Err(errno) => return Answer::None(errno),
        };
        let message = bytes.get(..length).unwrap_or_default();
        // A raw IPv4 socket hands over the IP header, too (raw(7)); its length is in its first byte, in words.
        let header = if raw && ip.is_ipv4() { usize::from(message.first().unwrap_or(&0) & 15) * 4 } else { 0 };
        let icmp = message.get(header..).unwrap_or_default();
        let [kind, _, _, _, id @ .., high, low] = icmp.get(..8).unwrap_or(&[0xff; 8]) else { continue };
        let ours = !raw || id == identity().to_be_bytes();
        if *kind == reply && ours && [*high, *low] == sequence.to_be_bytes() {
            return Answer::Echo(length);
        }
        if *kind == unreachable {
            return Answer::Unreachable(length);
        }
    }
    Answer::None(Errno::EAGAIN)
}

fn unreachable(ip: IpAddr) -> Msg {
    Msg::new(
        format!("{ip} cannot be reached: a gateway, or this host because nobody on the wire has that address, says so"),
        format!("{ip} 不可达：由网关告知；或者线路上没有人拥有该地址，由本机告知"),
    )
}

fn silence(ip: IpAddr, asked: u64) -> Msg {
    Msg::new(
        format!(
            "no answer from {ip}, asked {asked} times, a second each: is there a device with that address, are both ends up (`link`), and does it have a route back (`route`)?"
        ),
        format!(
            "{ip} 没有应答（问了 {asked} 次，每次等一秒）：有设备拥有该地址吗？两端都启用了吗（`link`）？对方有回来的路由吗（`route`）？"
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sum_over_a_message_with_its_checksum_is_zero() {
        let message = echo("127.0.0.1".parse().unwrap(), 7);
        assert_eq!(checksum(&message), 0);
        assert_eq!(checksum(&[0x45, 0, 0, 0x1c]), !0x451c);
    }
}
