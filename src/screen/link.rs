//! The way from the shell to the screen: the session's reports, one JSON value a packet.

use crate::model::Report;
use crate::subject::wire;
use nix::sys::socket::{AddressFamily, MsgFlags, SockFlag, SockType, socketpair};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

impl wire::Message for Report {
    const DESCRIPTORS: usize = 0;
}

/// The shell's end.
pub struct ToScreen(OwnedFd);

/// The screen's end.
pub struct FromShell(OwnedFd);

/// Both ends. No program inherits them.
pub fn pair() -> nix::Result<(ToScreen, FromShell)> {
    let (to, from) = socketpair(AddressFamily::Unix, SockType::SeqPacket, None, SockFlag::SOCK_CLOEXEC)?;
    Ok((ToScreen(to), FromShell(from)))
}

impl ToScreen {
    /// Sends it; a screen that is gone hears nothing.
    pub fn send(&self, report: &Report) {
        let _ = wire::send(&self.0, report, &[], MsgFlags::empty());
    }
}

impl FromShell {
    /// What has come.
    pub fn take(&self) -> Vec<Report> {
        let mut reports = Vec::new();
        loop {
            match wire::receive::<Report>(&self.0, MsgFlags::MSG_DONTWAIT) {
                Ok(wire::Got::Packet(packet)) => reports.push(packet.value),
                Ok(wire::Got::Garbage) => {}
                Ok(wire::Got::End) | Err(_) => return reports,
            }
        }
    }

    /// To wait for.
    pub fn fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}
