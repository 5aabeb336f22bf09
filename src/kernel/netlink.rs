//! rtnetlink(7): network devices, addresses and routes are asked for in messages on a socket.

use super::netlink_text::{request_flags, shown};
use super::{Kernel, raw};
use crate::model::{Arg, errno_name, errno_words};
use netlink_packet_core::{NetlinkMessage, NetlinkPayload};
use netlink_packet_route::RouteNetlinkMessage;
use nix::errno::Errno;
use nix::sys::socket::{AddressFamily, MsgFlags, SockFlag, SockProtocol, SockType, recv, send, socket};
use std::os::fd::{AsRawFd, OwnedFd};

/// How the socket is printed.
const LABEL: &str = "NETLINK_ROUTE";
/// As much as the kernel puts into one datagram of a dump at most, in bytes (netlink(7)).
const ROOM: usize = 32 * 1024;
/// The reply carries attributes (linux/netlink.h, NLM_F_ACK_TLVS), and the text of an error is one of them.
const ACK_TLVS: u16 = 0x200;
const ATTR_MSG: u16 = 1;
/// The length of a header (struct nlmsghdr), in bytes.
const HEADER: usize = 16;

/// A socket to the network namespace in which it was made, wherever its owner goes later.
#[derive(Debug)]
pub struct Netlink(OwnedFd);

/// What one read of the socket brought.
#[derive(Debug, Default)]
pub struct Heard {
    /// The messages.
    pub messages: Vec<RouteNetlinkMessage>,
    /// The kernel has said all: an acknowledgement, or the end of a list.
    pub done: bool,
}

impl Kernel {
    /// socket(2) for rtnetlink.
    ///
    /// Errors: EAFNOSUPPORT in a kernel without network.
    pub fn netlink(&mut self) -> Result<Netlink, Errno> {
        let flags = SockFlag::SOCK_CLOEXEC;
        let made = socket(AddressFamily::Netlink, SockType::Raw, flags, SockProtocol::NetlinkRoute);
        let args = vec![raw("AF_NETLINK"), raw("SOCK_RAW|SOCK_CLOEXEC"), raw(LABEL)];
        self.record("socket", args, made.as_ref().map(|fd| i64::from(fd.as_raw_fd())).map_err(|errno| *errno))?;
        let fd = made?;
        super::extended_answers(&fd);
        Ok(Netlink(fd))
    }

    /// sendto(2): one request. That it was sent says nothing of what became of it: see [`Kernel::netlink_receive`].
    ///
    /// Errors: ENOBUFS, EMSGSIZE: the socket's; what the request asks for fails in the answer.
    pub fn netlink_send(&mut self, to: &Netlink, request: RouteNetlinkMessage, flags: u16) -> Result<(), Errno> {
        let text = format!("{{{}, {}}}", shown(&request), request_flags(flags));
        let mut message = NetlinkMessage::from(request);
        message.header.flags = flags;
        message.header.sequence_number = 1;
        message.finalize();
        let mut bytes = vec![0; message.buffer_len()];
        message.serialize(&mut bytes);
        let got = send(to.0.as_raw_fd(), &bytes, MsgFlags::empty()).map(|sent| sent as i64);
        let args = vec![to.arg(), raw(text), raw(bytes.len().to_string()), raw("0"), raw("NULL"), raw("0")];
        self.record("sendto", args, got).map(drop)
    }

    /// recvfrom(2): what the kernel answers, which is there at once.
    ///
    /// Errors: the one in the message NLMSG_ERROR. EPERM without CAP_NET_ADMIN in the user namespace that owns the network namespace;
    /// EEXIST, ENODEV, EOPNOTSUPP (no such kind of device in this kernel), EINVAL, ENETUNREACH: see rtnetlink(7).
    pub fn netlink_receive(&mut self, from: &Netlink) -> Result<Heard, Errno> {
        let mut bytes = vec![0; ROOM];
        let got = recv(from.0.as_raw_fd(), &mut bytes, MsgFlags::empty());
        let (heard, text, errno) = match got {
            Ok(length) => read(bytes.get(..length).unwrap_or_default()),
            Err(_) => (Heard::default(), "NULL".into(), 0),
        };
        let args = vec![from.arg(), Arg::Reply(text, errno), raw(ROOM.to_string()), raw("0"), raw("NULL"), raw("NULL")];
        self.record("recvfrom", args, got.map(|length| length as i64))?;
        if errno != 0 { Err(Errno::from_raw(errno)) } else { Ok(heard) }
    }
}

impl Netlink {
    fn arg(&self) -> Arg {
        Arg::Fd(self.0.as_raw_fd(), LABEL.into())
    }
}

/// The messages of a datagram, how they are printed, and the errno of the one that says no.
fn read(mut bytes: &[u8]) -> (Heard, String, i32) {
    let (mut heard, mut said, mut errno) = (Heard::default(), Vec::new(), 0);
    // A message that cannot be read ends the list: what follows it has no known beginning.
    while let Some(length) = next_length(bytes) {
        let (one, rest) = bytes.split_at(length);
        // Messages begin at multiples of four (NLMSG_ALIGN).
        bytes = rest.get(length.next_multiple_of(4) - length..).unwrap_or_default();
        match NetlinkMessage::<RouteNetlinkMessage>::deserialize(one).map(NetlinkMessage::into_parts) {
            Ok((_, NetlinkPayload::InnerMessage(message))) => heard.messages.push(message),
            Ok((header, NetlinkPayload::Error(error))) => {
                heard.done = true;
                errno = error.code.map_or(0, |code| -code.get());
                said.push(verdict(errno, asked(one), error_text(one, header.flags)));
            }
            Ok((_, NetlinkPayload::Done(_))) => {
                heard.done = true;
                said.push("NLMSG_DONE".into());
            }
            _ => {}
        }
    }
    if let Some(first) = heard.messages.first() {
        let name = shown(first);
        let name = name.split(',').next().unwrap_or_default();
        said.insert(0, format!("{} x {name}", heard.messages.len()));
    }
    (heard, format!("{{{}}}", said.join(", ")), errno)
}

fn next_length(bytes: &[u8]) -> Option<usize> {
    let length = u32::from_ne_bytes(bytes.get(..4)?.try_into().ok()?) as usize;
    (HEADER..=bytes.len()).contains(&length).then_some(length)
}

fn verdict(errno: i32, asked: &str, text: Option<String>) -> String {
    if errno == 0 {
        return format!("NLMSG_ERROR, error=0, msg={asked}");
    }
    let known = Errno::from_raw(errno);
    let why = text.map(|text| format!(", {}", Arg::Str(text))).unwrap_or_default();
    format!("NLMSG_ERROR, error=-{} ({}), msg={asked}{why}", errno_name(known), errno_words(known))
}

/// The name of the request that is answered: its header stands after the errno (struct nlmsgerr, netlink(7)).
fn asked(message: &[u8]) -> &'static str {
    let kind = message.get(HEADER + 8..HEADER + 10).and_then(|two| two.try_into().ok()).map_or(0, u16::from_ne_bytes);
    match kind {
        libc::RTM_NEWLINK => "RTM_NEWLINK",
        libc::RTM_DELLINK => "RTM_DELLINK",
        libc::RTM_GETLINK => "RTM_GETLINK",
        libc::RTM_NEWADDR => "RTM_NEWADDR",
        libc::RTM_DELADDR => "RTM_DELADDR",
        libc::RTM_GETADDR => "RTM_GETADDR",
        libc::RTM_NEWROUTE => "RTM_NEWROUTE",
        libc::RTM_DELROUTE => "RTM_DELROUTE",
        libc::RTM_GETROUTE => "RTM_GETROUTE",
        libc::RTM_NEWNSID => "RTM_NEWNSID",
        libc::RTM_GETNSID => "RTM_GETNSID",
        _ => "?",
    }
}

/// The sentence that some refusals bring (NLMSGERR_ATTR_MSG). It stands after the errno and the request's own text or, where that
/// is cut off (NLM_F_CAPPED), after the request's header.
fn error_text(message: &[u8], flags: u16) -> Option<String> {
    if flags & ACK_TLVS == 0 {
        return None;
    }
    let request = message.get(HEADER + 4..)?;
    let capped = flags & 0x100 != 0;
    let skipped = if capped { HEADER } else { next_length(request)?.next_multiple_of(4) };
    let mut attributes = request.get(skipped..)?;
    while attributes.len() >= 4 {
        let word = |at: usize| Some(u16::from_ne_bytes(attributes.get(at..at + 2)?.try_into().ok()?));
        let (length, kind) = (usize::from(word(0)?), word(2)?);
        let value = attributes.get(4..length)?;
        if kind & 0x3fff == ATTR_MSG {
            return Some(String::from_utf8_lossy(value).trim_end_matches('\0').to_string());
        }
        attributes = attributes.get(length.next_multiple_of(4)..)?;
    }
    None
}
