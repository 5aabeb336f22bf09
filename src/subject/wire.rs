//! The socket between observer and subject: one JSON value a packet, with the kernel's word on who sent it.
//!
//! SO_PASSCRED makes the kernel translate the sender's PID into the receiver's PID namespace at each packet (unix(7)), so
//! after `unshare pid; fork` the inside says 1 and the observer knows the outside number without bookkeeping.

use crate::command::{Said, Stop, Terminal};
use crate::model::{Call, Exit, Inside, Lang, NsKind};
use nix::cmsg_space;
use nix::errno::Errno;
use nix::sys::socket::{ControlMessage, ControlMessageOwned, MsgFlags, UnixCredentials, recvmsg, sendmsg, setsockopt, sockopt};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::io::{IoSlice, IoSliceMut};
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd, RawFd};
use std::sync::{Mutex, PoisonError};

/// The largest packet that is sent or taken, in bytes; below the default socket buffer (net.core.wmem_default).
pub const MAX_PACKET: usize = 160 * 1024;

/// From the observer.
#[derive(Debug, Serialize, Deserialize)]
pub enum Ask {
    /// Run this line. The descriptors of `held` come with the packet, in the same order.
    Run {
        /// Its number.
        id: u64,
        /// As typed.
        line: String,
        /// The language of what is printed at once.
        lang: Lang,
        /// What foreground programs may do with the terminal.
        terminal: Terminal,
        /// Word and label of each descriptor.
        held: Vec<(String, String)>,
        /// The kinds in which the subject's namespace is the bench's own.
        own: Vec<NsKind>,
        /// For whom it is: how many forks deep. The guard has looked at that process, and it may have ended meanwhile: then its parent
        /// reads this, and may be in the host's namespaces.
        depth: usize,
    },
}

/// From the subject.
#[derive(Debug, Serialize, Deserialize)]
pub enum Told {
    /// This request is being worked on: if the sender ends now, it ends with it.
    Took {
        /// The request.
        id: u64,
        /// The subject before the command.
        inside: Inside,
    },
    /// This request was for a forked child that has ended: nothing was done.
    NotMine {
        /// The request.
        id: u64,
    },
    /// A call was made.
    Call(Call),
    /// A program is about to run; the sender is its process.
    Started,
    /// Ctrl-C was typed while a program had the terminal.
    Interrupted,
    /// The command has ended.
    Answer {
        /// The request.
        id: u64,
        /// With what.
        outcome: Result<Said, Stop>,
        /// The subject after the command.
        inside: Inside,
    },
    /// The forked child that served has ended; the sender, its parent, serves again.
    ChildGone {
        /// How.
        exit: Exit,
        /// The subject now.
        inside: Inside,
    },
}

/// A packet with its sender, as the receiver counts, and what came with it.
pub struct Packet<T> {
    /// The value.
    pub value: T,
    /// The sender's PID. Whoever has CAP_SYS_ADMIN over its own PID namespace may write another one of that namespace (unix(7)).
    pub from: i32,
    /// How many bytes it was.
    pub length: usize,
    /// Descriptors, close-on-exec.
    pub fds: Vec<OwnedFd>,
}

/// What a read of the socket gave.
pub enum Got<T> {
    /// A packet.
    Packet(Packet<T>),
    /// Not one of ours: too long, empty, no such value, or with descriptors where none are taken. It is dropped.
    Garbage,
    /// Nobody holds the other end any more.
    End,
}

/// What travels on the wire.
pub trait Message: Serialize + DeserializeOwned {
    /// So many descriptors may come with it. What there is no room for the kernel does not hand over.
    const DESCRIPTORS: usize;
}

impl Message for Ask {
    const DESCRIPTORS: usize = 8;
}

/// A subject hands over nothing: a descriptor of a stranger could hang whoever closes it, and enough of them fill the table.
impl Message for Told {
    const DESCRIPTORS: usize = 0;
}

/// Asks the kernel to put the sender's credentials to each packet.
pub fn pass_credentials(socket: &OwnedFd) -> Result<(), Errno> {
    setsockopt(socket, sockopt::PassCred, &true)
}

/// Sends one value with descriptors.
///
/// Errors: EMSGSIZE above [`MAX_PACKET`]; EPIPE when nobody holds the other end; with `MSG_DONTWAIT`, EAGAIN when the other end
/// has left too much unread; E2BIG for more descriptors than the receiver takes.
pub fn send<T: Message>(socket: &OwnedFd, value: &T, fds: &[RawFd], flags: MsgFlags) -> Result<(), Errno> {
    let bytes = serde_json::to_vec(value).map_err(|_| Errno::EINVAL)?;
    if bytes.len() > MAX_PACKET {
        return Err(Errno::EMSGSIZE);
    }
    if fds.len() > T::DESCRIPTORS {
        return Err(Errno::E2BIG);
    }
    let rights = [ControlMessage::ScmRights(fds)];
    let control: &[ControlMessage<'_>] = if fds.is_empty() { &[] } else { &rights };
    loop {
        match sendmsg::<()>(socket.as_raw_fd(), &[IoSlice::new(&bytes)], control, flags | MsgFlags::MSG_NOSIGNAL, None) {
            Err(Errno::EINTR) => {}
            other => return other.map(drop),
        }
    }
}

/// Where packets are received, one at a time. It is of the program's zeroed memory, of which only what is touched is ever made: a
/// buffer from the heap would cost forty page faults at each packet.
static ROOM: Mutex<[u8; MAX_PACKET]> = Mutex::new([0; MAX_PACKET]);

/// Takes one packet. EINTR and, with `MSG_DONTWAIT`, EAGAIN are handed on.
pub fn receive<T: Message>(socket: &OwnedFd, flags: MsgFlags) -> Result<Got<T>, Errno> {
    let mut bytes = ROOM.lock().unwrap_or_else(PoisonError::into_inner);
    // The kernel puts the credentials first.
    let mut control = match T::DESCRIPTORS {
        0 => cmsg_space!(UnixCredentials),
        _ => cmsg_space!(UnixCredentials, [RawFd; Ask::DESCRIPTORS]),
    };
    let mut iov = [IoSliceMut::new(&mut bytes[..])];
    let message = recvmsg::<()>(socket.as_raw_fd(), &mut iov, Some(&mut control), flags | MsgFlags::MSG_CMSG_CLOEXEC)?;
    let (length, truncated) = (message.bytes, message.flags.contains(MsgFlags::MSG_TRUNC));
    // More descriptors than there is room for.
    let Ok(controls) = message.cmsgs() else { return Ok(Got::Garbage) };
    let (mut from, mut fds) = (None, Vec::new());
    for control in controls {
        match control {
            ControlMessageOwned::ScmCredentials(credentials) => from = Some(credentials.pid()),
            // SAFETY: the kernel has just installed these descriptors for us; nobody else owns them.
            ControlMessageOwned::ScmRights(raw) => fds.extend(raw.into_iter().map(|fd| unsafe { OwnedFd::from_raw_fd(fd) })),
            _ => {}
        }
    }
    // An empty packet and the end are both of length 0; only a packet has a sender. Without SO_PASSCRED nobody has one.
    match (length, from) {
        (0, None) => return Ok(Got::End),
        (0, Some(_)) => return Ok(Got::Garbage),
        _ => {}
    }
    match serde_json::from_slice(&bytes[..length]) {
        Ok(value) if !truncated => Ok(Got::Packet(Packet { value, from: from.unwrap_or(0), length, fds })),
        _ => Ok(Got::Garbage),
    }
}
