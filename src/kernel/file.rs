//! Files through which the kernel is told things: `/proc/PID/uid_map`, `memory.max`, `cgroup.procs`.

use super::{Kernel, raw};
use crate::model::Arg;
use nix::errno::Errno;
use nix::fcntl::{AT_FDCWD, OFlag, openat};
use nix::sys::stat::Mode;
use std::ffi::CString;
use std::os::fd::{AsRawFd, OwnedFd};
use std::path::Path;

impl Kernel {
    /// Writes `text` to an existing file in one write(2): the kernel takes a value, or a map, as a whole or not at all.
    /// Recorded is the write; the open only when it is what failed. Never creates a file.
    ///
    /// Errors: what openat(2) and the file's own write say; see `explain`.
    pub fn write_file(&mut self, path: &Path, text: &str) -> Result<(), Errno> {
        let name = path.to_string_lossy().into_owned();
        let file = match openat(AT_FDCWD, path, OFlag::O_WRONLY | OFlag::O_CLOEXEC, Mode::empty()) {
            Ok(file) => file,
            Err(errno) => {
                let args = vec![raw("AT_FDCWD"), Arg::Str(name), raw("O_WRONLY|O_CLOEXEC")];
                self.record("openat", args, Err(errno))?;
                return Err(errno);
            }
        };
        let answer = nix::unistd::write(&file, text.as_bytes()).map(|written| written as i64);
        let args = vec![Arg::Fd(file.as_raw_fd(), behind_self(name)), Arg::Str(text.into()), raw(text.len().to_string())];
        self.record("write", args, answer).map(drop)
    }

    /// The same from within a user namespace: a child enters it and writes. For a process in a nested user namespace nobody else can:
    /// who writes a map must be in that namespace or in its parent (user_namespaces(7)).
    ///
    /// Errors: as setns(2) and [`Kernel::write_file`]; EAGAIN where no child can be made.
    pub fn write_file_in(&mut self, userns: &OwnedFd, label: &str, path: &Path, text: &str) -> Result<(), Errno> {
        let name = path.to_string_lossy().into_owned();
        let c_path = CString::new(path.as_os_str().as_encoded_bytes()).map_err(|_| Errno::EINVAL)?;
        let (report, reporter) = nix::unistd::pipe2(OFlag::O_CLOEXEC)?;
        // SAFETY: until it ends the child makes raw system calls only, on what was made before: it takes no lock that another
        // thread of this process could hold.
        let child = match unsafe { nix::unistd::fork() }? {
            nix::unistd::ForkResult::Parent { child } => child,
            nix::unistd::ForkResult::Child => {
                let mut answers = [NOT_CALLED; 3];
                // SAFETY: integers, a NUL-terminated string and a slice that outlive the calls.
                unsafe {
                    let fd = userns.as_raw_fd();
                    answers[0] = negated(libc::syscall(libc::SYS_setns, fd, libc::CLONE_NEWUSER));
                    if answers[0] >= 0 {
                        let flags = libc::O_WRONLY | libc::O_CLOEXEC;
                        answers[1] = negated(libc::syscall(libc::SYS_openat, libc::AT_FDCWD, c_path.as_ptr(), flags));
                    }
                    if answers[1] >= 0 {
                        answers[2] = negated(libc::syscall(libc::SYS_write, answers[1], text.as_ptr(), text.len()));
                    }
                    let bytes = answers.map(i64::to_ne_bytes);
                    libc::syscall(libc::SYS_write, reporter.as_raw_fd(), bytes.as_ptr(), size_of_val(&bytes));
                }
                super::exit_now(0)
            }
        };
        drop(reporter);
        let mut bytes = [0; 24];
        let got = nix::unistd::read(&report, &mut bytes);
        // It ends at once; nobody else asks for it.
        let _ = nix::sys::wait::waitpid(child, None);
        if got? != bytes.len() {
            return Err(Errno::ESRCH);
        }
        let mut answers = bytes.chunks_exact(8).map(|word| word.try_into().map_or(NOT_CALLED, i64::from_ne_bytes));
        let mut next = || match answers.next() {
            Some(value) if value >= 0 => Ok(value),
            Some(value) => Err(Errno::from_raw(value.unsigned_abs() as i32)),
            None => Err(Errno::ESRCH),
        };
        let at = vec![Arg::Fd(userns.as_raw_fd(), label.into()), raw("CLONE_NEWUSER")];
        self.record("setns", at, next())?;
        let fd = match next() {
            Ok(fd) => fd as i32,
            failed => {
                return self.record("openat", vec![raw("AT_FDCWD"), Arg::Str(name), raw("O_WRONLY|O_CLOEXEC")], failed).map(drop);
            }
        };
        let args = vec![Arg::Fd(fd, name), Arg::Str(text.into()), raw(text.len().to_string())];
        self.record("write", args, next()).map(drop)
    }

    /// mkdir(2) with mode 0777 less the umask.
    pub fn mkdir(&mut self, path: &Path) -> Result<(), Errno> {
        let answer = nix::unistd::mkdir(path, Mode::from_bits_truncate(0o777)).map(|()| 0);
        self.record("mkdir", vec![Arg::Str(path.to_string_lossy().into_owned()), raw("0777")], answer).map(drop)
    }

    /// Makes a file, or empties the one that is there, and writes `text` into it. A symbolic link as the last part is not followed
    /// (O_NOFOLLOW): it could lead elsewhere.
    ///
    /// Errors: as openat(2): EACCES, EROFS, ENOENT a directory on the way is missing, ELOOP a symbolic link, EISDIR; as write(2): ENOSPC.
    pub fn create_file(&mut self, path: &str, text: &str) -> Result<(), Errno> {
        let flags = OFlag::O_WRONLY | OFlag::O_CREAT | OFlag::O_TRUNC | OFlag::O_NOFOLLOW | OFlag::O_CLOEXEC;
        let file = openat(AT_FDCWD, path, flags, Mode::from_bits_truncate(0o644));
        let got = file.as_ref().map(|file| i64::from(file.as_raw_fd())).map_err(|errno| *errno);
        let names = raw("O_WRONLY|O_CREAT|O_TRUNC|O_NOFOLLOW|O_CLOEXEC");
        self.record("openat", vec![raw("AT_FDCWD"), Arg::Str(path.into()), names, raw("0644")], got)?;
        let file = file?;
        if text.is_empty() {
            return Ok(());
        }
        let answer = nix::unistd::write(&file, text.as_bytes()).map(|written| written as i64);
        let args = vec![Arg::Fd(file.as_raw_fd(), path.into()), Arg::Str(text.into()), raw(text.len().to_string())];
        self.record("write", args, answer).map(drop)
    }

    /// Makes a new file and writes `text` into it, for whoever asked for it by name; what is there stays (O_EXCL).
    ///
    /// Errors: EEXIST; EACCES; ENOENT a directory on the way is missing; ENOSPC.
    pub fn new_file(&mut self, path: &Path, text: &str) -> Result<(), Errno> {
        let name = path.to_string_lossy().into_owned();
        let flags = OFlag::O_WRONLY | OFlag::O_CREAT | OFlag::O_EXCL | OFlag::O_CLOEXEC;
        let file = openat(AT_FDCWD, path, flags, Mode::from_bits_truncate(0o666));
        let got = file.as_ref().map(|file| i64::from(file.as_raw_fd())).map_err(|errno| *errno);
        let names = raw("O_WRONLY|O_CREAT|O_EXCL|O_CLOEXEC");
        self.record("openat", vec![raw("AT_FDCWD"), Arg::Str(name.clone()), names, raw("0666")], got)?;
        let file = file?;
        let mut rest = text.as_bytes();
        while !rest.is_empty() {
            rest = &rest[nix::unistd::write(&file, rest)?..];
        }
        Ok(())
    }

    /// fchownat(2), which follows symbolic links here: the owner of a file, and its group where one is given.
    ///
    /// Errors: EPERM without CAP_CHOWN over the filesystem; EINVAL for an ID that is not mapped in the caller's user namespace; ENOENT;
    /// EROFS.
    pub fn chown(&mut self, path: &Path, uid: u32, gid: Option<u32>) -> Result<(), Errno> {
        let flags = nix::fcntl::AtFlags::empty();
        let got = nix::unistd::fchownat(AT_FDCWD, path, Some(uid.into()), gid.map(Into::into), flags).map(|()| 0);
        let gid = gid.map_or("-1".into(), |gid| gid.to_string());
        let args = vec![raw("AT_FDCWD"), Arg::Str(path.to_string_lossy().into_owned()), raw(uid.to_string()), raw(gid), raw("0")];
        self.record("fchownat", args, got).map(drop)
    }

    /// symlinkat(2).
    ///
    /// Errors: EEXIST; ENOENT; EROFS.
    pub fn symlink(&mut self, target: &str, path: &str) -> Result<(), Errno> {
        let got = nix::unistd::symlinkat(target, AT_FDCWD, path).map(|()| 0);
        self.record("symlinkat", vec![Arg::Str(target.into()), raw("AT_FDCWD"), Arg::Str(path.into())], got).map(drop)
    }

    /// mknod(2) with mode 0666 less the umask: a character (`c`) or block (`b`) device of these numbers, or a FIFO (`p`).
    ///
    /// Errors: EPERM for a device without CAP_MKNOD in the *initial* user namespace; EEXIST; ENOENT; EROFS.
    pub fn mknod(&mut self, path: &str, kind: char, major: u64, minor: u64) -> Result<(), Errno> {
        use nix::sys::stat::{SFlag, makedev, mknodat};
        let (flag, name) = match kind {
            'c' => (SFlag::S_IFCHR, "S_IFCHR"),
            'b' => (SFlag::S_IFBLK, "S_IFBLK"),
            _ => (SFlag::S_IFIFO, "S_IFIFO"),
        };
        let got = mknodat(AT_FDCWD, path, flag, Mode::from_bits_truncate(0o666), makedev(major, minor)).map(|()| 0);
        let mut args = vec![raw("AT_FDCWD"), Arg::Str(path.into()), raw(format!("{name}|0666"))];
        if kind != 'p' {
            let hex = |number: u64| if number == 0 { "0".into() } else { format!("{number:#x}") };
            args.push(raw(format!("makedev({}, {})", hex(major), hex(minor))));
        }
        self.record("mknodat", args, got).map(drop)
    }

    /// rmdir(2).
    pub fn rmdir(&mut self, path: &Path) -> Result<(), Errno> {
        let c_path = std::ffi::CString::new(path.as_os_str().as_encoded_bytes()).map_err(|_| Errno::EINVAL)?;
        // SAFETY: the pointer is to a NUL-terminated string that outlives the call.
        let answer = super::answer(i64::from(unsafe { libc::rmdir(c_path.as_ptr()) }));
        self.record("rmdir", vec![Arg::Str(path.to_string_lossy().into_owned())], answer).map(drop)
    }
}

/// What an open file of `/proc/self` is called: with the number that the caller has in the PID namespace of that proc(5).
fn behind_self(name: String) -> String {
    match (name.strip_prefix("/proc/self/"), nix::fcntl::readlink("/proc/self")) {
        (Some(rest), Ok(own)) => format!("/proc/{}/{rest}", own.to_string_lossy()),
        _ => name,
    }
}

/// In the report of a child: this call was not made.
const NOT_CALLED: i64 = i64::MIN;

/// The answer of a raw call as the kernel itself gives it: a negated errno.
fn negated(answer: i64) -> i64 {
    if answer == -1 { -(Errno::last_raw() as i64) } else { answer }
}
