//! Built-in work for limits to bite on. It runs in a child without execve(2), so that it works where there is no program, too:
//! after pivot_root(2).

pub mod cpu;
pub mod file;
pub mod mem;
pub mod procs;

use super::job::{self, Body};
use crate::command::{Args, Inside, Said, Stop};
use crate::kernel;
use crate::model::{Exit, Msg, Size};
use nix::errno::Errno;
use nix::fcntl::OFlag;
use std::os::fd::OwnedFd;
use std::path::Path;

/// How many times a work of known size tells how far it is: its words fit into a pipe that nobody reads meanwhile.
const STEPS: u64 = 256;

/// What the work says of itself; the other end is read when it has ended, however it ended.
pub struct Meter(OwnedFd);

impl Meter {
    /// So much is done.
    fn done(&self, amount: u64) {
        self.tell(amount, 0);
    }

    /// So much was done when this failed; the exit status for it.
    fn failed(&self, amount: u64, errno: Errno) -> i32 {
        self.tell(amount, errno as u64);
        1
    }

    fn tell(&self, amount: u64, errno: u64) {
        let bytes = [amount.to_ne_bytes(), errno.to_ne_bytes()].concat();
        // In a full pipe a word of progress is lost, which the next one makes up for.
        let _ = nix::unistd::write(&self.0, &bytes);
    }
}

/// What came of a work.
pub struct Outcome {
    /// How its process ended, and what job control has to say.
    pub said: Said,
    /// How much was done.
    pub done: u64,
    /// What stopped it.
    pub errno: Option<Errno>,
}

impl Outcome {
    /// Was its process killed?
    pub fn killed(&self) -> bool {
        matches!(self.said.exit, Some(Exit::Signal(libc::SIGKILL)))
    }

    /// Was it stopped (Ctrl-Z)? Then there is nothing to tell yet.
    pub fn stopped(&self) -> bool {
        matches!(self.said.exit, Some(Exit::Stopped(_)))
    }
}

/// Runs the work in a child, in the foreground.
///
/// Errors: as [`job::start`].
pub fn run(cx: &mut Inside<'_>, words: &str, work: &dyn Fn(&Meter) -> i32) -> Result<Outcome, Stop> {
    let (read, write) = nix::unistd::pipe2(OFlag::O_CLOEXEC | OFlag::O_NONBLOCK)?;
    let meter = Meter(write);
    let body = || {
        // The work is to be the victim of the OOM killer: anybody may raise this.
        kernel::shield_from_oom(1000);
        work(&meter)
    };
    let shield = Shield::raise();
    let pid = job::start(cx, &[], &Body::Work(&body), true)?.pid;
    drop(meter);
    let said = job::foreground(cx, pid, words)?;
    drop(shield);
    let (mut done, mut errno) = (0, None);
    let mut bytes = [0; 16];
    while nix::unistd::read(&read, &mut bytes) == Ok(bytes.len()) {
        let mut words = bytes.chunks_exact(8).filter_map(|word| Some(u64::from_ne_bytes(word.try_into().ok()?)));
        done = words.next().unwrap_or(done);
        errno = words.next().filter(|errno| *errno != 0).map(|errno| Errno::from_raw(errno as i32));
    }
    Ok(Outcome { said, done, errno })
}

/// While this lives the subject is not the OOM killer's choice, where that is allowed (CAP_SYS_RESOURCE). Its later children
/// must not inherit that, so it ends with the work.
struct Shield {
    was: Option<i32>,
}

impl Shield {
    fn raise() -> Shield {
        let was = crate::observe::process::read(Path::new("/proc/self/oom_score_adj"));
        let was = was.is().and_then(|text| text.trim().parse().ok());
        Shield { was: was.filter(|_| kernel::shield_from_oom(-1000)) }
    }
}

impl Drop for Shield {
    fn drop(&mut self) {
        if let Some(was) = self.was {
            kernel::shield_from_oom(was);
        }
    }
}

/// The bytes of the argument SIZE; a percentage is one of this machine's memory.
fn size(args: &Args) -> Result<u64, Stop> {
    let memory = nix::sys::sysinfo::sysinfo()?.ram_total();
    match Size::parse(args.one("SIZE"), memory) {
        Ok(Size::Bytes(bytes)) => Ok(bytes),
        Ok(Size::Max) => Err(Stop::Usage(Msg::new(
            "a load has a size: bytes, 64M, 1G or 50% of this machine's memory",
            "负载要有大小：字节数、64M、1G，或占本机内存的 50%",
        ))),
        Err(bad) => Err(Stop::Usage(bad.0)),
    }
}

/// After how many bytes to tell how far it is.
fn step(bytes: u64) -> u64 {
    (bytes / STEPS).max(1 << 20)
}
