//! What passes between processes whatever their namespaces: pipes, pairs of sockets, sockets with a name.

use super::{Kernel, open_on, raw};
use crate::model::Arg;
use nix::errno::Errno;
use nix::fcntl::OFlag;
use nix::sys::socket::{
    AddressFamily, Backlog, SockFlag, SockType, UnixAddr, accept4, bind, connect, listen, socket, socketpair,
};
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};

impl Kernel {
    /// pipe2(2): the end to read from, and the one to write to.
    ///
    /// Errors: EMFILE.
    pub fn pipe(&mut self) -> Result<(OwnedFd, OwnedFd), Errno> {
        let got = nix::unistd::pipe2(OFlag::O_CLOEXEC);
        let shown = got.as_ref().map_or("NULL".into(), |(read, write)| format!("[{}, {}]", read.as_raw_fd(), write.as_raw_fd()));
        let answer = got.as_ref().map(|_| 0).map_err(|errno| *errno);
        self.record("pipe2", vec![raw(shown), raw("O_CLOEXEC")], answer)?;
        got
    }

    /// socketpair(2) of the family AF_UNIX.
    ///
    /// Errors: EMFILE.
    pub fn socketpair(&mut self) -> Result<(OwnedFd, OwnedFd), Errno> {
        let got = socketpair(AddressFamily::Unix, SockType::Stream, None, SockFlag::SOCK_CLOEXEC);
        let shown = got.as_ref().map_or("NULL".into(), |(one, two)| format!("[{}, {}]", one.as_raw_fd(), two.as_raw_fd()));
        let answer = got.as_ref().map(|_| 0).map_err(|errno| *errno);
        self.record("socketpair", vec![raw("AF_UNIX"), raw("SOCK_STREAM|SOCK_CLOEXEC"), raw("0"), raw(shown)], answer)?;
        got
    }

    /// socket(2), bind(2), listen(2) on an abstract name, which is no file (unix(7)). Three calls that are one thing: a name to call.
    ///
    /// Errors: EADDRINUSE somebody in this network namespace has the name.
    pub fn listen_abstract(&mut self, name: &str) -> Result<OwnedFd, Errno> {
        let fd = self.unix_socket()?;
        let address = UnixAddr::new_abstract(name.as_bytes())?;
        let got = bind(fd.as_raw_fd(), &address).map(|()| 0);
        self.record("bind", vec![end(&fd), raw(shown(name)), raw(size(name))], got)?;
        let got = listen(&fd, Backlog::new(1)?).map(|()| 0);
        self.record("listen", vec![end(&fd), raw("1")], got)?;
        Ok(fd)
    }

    /// socket(2) and connect(2) to an abstract name.
    ///
    /// Errors: ECONNREFUSED nobody in this network namespace has that name.
    pub fn connect_abstract(&mut self, name: &str) -> Result<OwnedFd, Errno> {
        let fd = self.unix_socket()?;
        let address = UnixAddr::new_abstract(name.as_bytes())?;
        let got = connect(fd.as_raw_fd(), &address).map(|()| 0);
        self.record("connect", vec![end(&fd), raw(shown(name)), raw(size(name))], got)?;
        Ok(fd)
    }

    /// accept4(2).
    ///
    /// Errors: EINTR.
    pub fn accept(&mut self, fd: &OwnedFd) -> Result<OwnedFd, Errno> {
        let got = accept4(fd.as_raw_fd(), SockFlag::SOCK_CLOEXEC).map(i64::from);
        let made = self.record("accept4", vec![end(fd), raw("NULL"), raw("NULL"), raw("SOCK_CLOEXEC")], got)?;
        // SAFETY: the kernel has just given us this descriptor; nobody else owns it.
        Ok(unsafe { OwnedFd::from_raw_fd(made as i32) })
    }

    /// read(2), as text; empty when nobody can write any more.
    ///
    /// Errors: EINTR.
    pub fn read_text(&mut self, fd: &OwnedFd, most: usize) -> Result<String, Errno> {
        let mut bytes = vec![0; most];
        let got = nix::unistd::read(fd, &mut bytes);
        let text = String::from_utf8_lossy(bytes.get(..got.unwrap_or(0)).unwrap_or_default()).into_owned();
        let args = vec![end(fd), Arg::Str(text.clone()), raw(most.to_string())];
        self.record("read", args, got.map(|length| length as i64)).map(|_| text)
    }

    fn unix_socket(&mut self) -> Result<OwnedFd, Errno> {
        let got = socket(AddressFamily::Unix, SockType::Stream, SockFlag::SOCK_CLOEXEC, None);
        let answer = got.as_ref().map(|fd| i64::from(fd.as_raw_fd())).map_err(|errno| *errno);
        self.record("socket", vec![raw("AF_UNIX"), raw("SOCK_STREAM|SOCK_CLOEXEC"), raw("0")], answer)?;
        got
    }
}

/// `3<pipe:[4711]>`
fn end(fd: &OwnedFd) -> Arg {
    let number = fd.as_raw_fd();
    Arg::Fd(number, open_on(number).unwrap_or_else(|_| "?".into()))
}

fn shown(name: &str) -> String {
    format!("{{sa_family=AF_UNIX, sun_path=@{}}}", Arg::Str(name.into()))
}

/// The family, the NUL that makes the name abstract, the name: it has no NUL at its end.
fn size(name: &str) -> String {
    (size_of::<libc::sa_family_t>() + 1 + name.len()).to_string()
}
