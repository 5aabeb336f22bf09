//! The observer's side: start a subject, send it lines, hear what becomes of them, notice its end.

use super::serve::{ARGV0, number};
use super::wire::{self, Ask, Got, Told};
use crate::command::{Said, Stop, Terminal};
use crate::kernel;
use crate::model::{Call, Exit, Inside, Lang, Msg, NsKind};
use crate::observe::family::parent;
use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::socket::{AddressFamily, MsgFlags, SockFlag, SockType, socketpair};
use nix::sys::wait::{WaitPidFlag, waitpid};
use nix::unistd::Pid;
use std::io::{self, Read};
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// How long a poll waits before the observer is asked whether to wait on.
const TICK: Duration = Duration::from_millis(250);

/// So many bytes of what programs write are kept of one line, and a piece more.
const COLLECTED: usize = 4 << 20;

/// So much is heard about one line, or between two, in bytes. Who says more has turned hostile: nothing that the commands do comes near.
const MOST_HEARD: usize = 32 << 20;
/// What a packet counts at least; garbage counts as the largest packet.
const LEAST: usize = 1024;

/// How long a subject that has hung up has to end by itself, and then by SIGKILL.
const GRACE: Duration = Duration::from_secs(1);

/// A subject, as the observer holds it. Dropping it ends it.
pub struct Handle {
    socket: OwnedFd,
    /// The processes from the one that was started down to the one that serves, as the observer counts.
    pids: Vec<i32>,
    pidfd: OwnedFd,
    capture: Option<std::fs::File>,
    /// How it ended, once it has been waited for: that can be done only once.
    exit: Option<Exit>,
    next_id: u64,
    /// What the subject last said of itself.
    pub inside: Option<Inside>,
    /// What it said of itself before it began with the last line.
    pub before: Option<Inside>,
}

/// What became of a line.
#[derive(Debug)]
pub enum Outcome {
    /// It was answered.
    Answered(Result<Said, Stop>),
    /// The forked child that it was for ended before or while it worked on it; its parent serves.
    ChildGone(Exit),
    /// The subject ended.
    Gone(Exit),
    /// It was not waited for any longer; the subject is as good as lost.
    NoAnswer,
    /// It said more than anybody can want to hear; it is not listened to any longer.
    Flood,
}

/// All that came back.
#[derive(Debug)]
pub struct Reply {
    /// The calls, in order.
    pub calls: Vec<Call>,
    /// The end.
    pub outcome: Outcome,
    /// What programs wrote, where it is captured.
    pub output: String,
}

/// What happens while a line runs.
#[derive(Clone, Copy, Debug)]
pub enum Event {
    /// A program started; its PID as the observer counts.
    Started(i32),
    /// Ctrl-C was typed while a program had the terminal.
    Interrupted,
    /// Still no answer; so many have been waited for.
    Tick(Duration),
}

/// Whether to wait on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Patience {
    /// Yes.
    Wait,
    /// No: give the line up.
    GiveUp,
}

/// What happened between two lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum News {
    /// A forked child that served ended; its parent serves.
    ChildGone(Exit),
    /// The subject ended.
    Gone(Exit),
    /// It said more than anybody can want to hear; it is not listened to any longer.
    Flood,
    /// The subject made this call: the wait of a parent whose child, the subject until then, ended.
    Called(Call),
}

impl Handle {
    /// Starts a subject: this program again (`/proc/self/exe`), as a process of one thread.
    /// Its name is for those who look at it from outside (its last argument).
    /// With `capture` its programs read nothing and what they write is collected.
    ///
    /// Errors: what fork(2) and socketpair(2) say; EAGAIN at a limit of processes.
    pub fn start(name: &str, capture: bool) -> io::Result<Handle> {
        let (ours, theirs) = socketpair(AddressFamily::Unix, SockType::SeqPacket, None, SockFlag::SOCK_CLOEXEC)?;
        wire::pass_credentials(&ours)?;
        // Only this one is to survive the exec; there is no other thread that could exec at the same time.
        nix::fcntl::fcntl(&theirs, nix::fcntl::FcntlArg::F_SETFD(nix::fcntl::FdFlag::empty()))?;
        let mut command = Command::new("/proc/self/exe");
        command.arg0(ARGV0).arg(number(&theirs)).arg(std::process::id().to_string()).arg(name);
        let capture = if capture {
            let (read, write) = nix::unistd::pipe2(nix::fcntl::OFlag::O_CLOEXEC)?;
            nix::fcntl::fcntl(&read, nix::fcntl::FcntlArg::F_SETFL(nix::fcntl::OFlag::O_NONBLOCK))?;
            command.stdin(Stdio::null()).stdout(write.try_clone()?).stderr(write);
            Some(std::fs::File::from(read))
        } else {
            None
        };
        let child = command.spawn()?;
        let pid = child.id() as i32;
        let pidfd = kernel::pidfd_open(pid)?;
        Ok(Handle { socket: ours, pids: vec![pid], pidfd, capture, exit: None, next_id: 1, inside: None, before: None })
    }

    /// The serving process, as the observer counts.
    pub fn pid(&self) -> i32 {
        *self.pids.last().expect("the first process is never taken from the list")
    }

    /// The process that was started and the forks down to the one that serves.
    pub fn pids(&self) -> &[i32] {
        &self.pids
    }

    /// Runs a line and waits for its end.
    pub fn run(
        &mut self,
        line: &str,
        lang: Lang,
        terminal: Terminal,
        held: Vec<(String, String, OwnedFd)>,
        own: Vec<NsKind>,
        on: &mut dyn FnMut(Event) -> Patience,
    ) -> Reply {
        let id = self.next_id;
        self.next_id += 1;
        let fds: Vec<i32> = held.iter().map(|(_, _, fd)| fd.as_raw_fd()).collect();
        let names = held.iter().map(|(word, label, _)| (word.clone(), label.clone())).collect();
        let depth = self.pids.len() - 1;
        let ask = Ask::Run { id, line: line.into(), lang, terminal, held: names, own, depth };
        let mut reply = Reply { calls: Vec::new(), outcome: Outcome::NoAnswer, output: String::new() };
        if let Err(errno) = wire::send(&self.socket, &ask, &fds, MsgFlags::MSG_DONTWAIT) {
            let usage = |en: &str, zh: &str| Outcome::Answered(Err(Stop::Usage(Msg::new(en, zh))));
            reply.outcome = match errno {
                Errno::EMSGSIZE => usage("the line is too long", "这一行太长"),
                Errno::E2BIG => usage("the line names too many processes", "这一行指定的进程太多"),
                // It has not read what it was asked before (net.unix.max_dgram_qlen packets): it will not read this either.
                Errno::EAGAIN => Outcome::NoAnswer,
                _ => Outcome::Gone(self.reap()),
            };
            return reply;
        }
        reply.outcome = self.wait_for(id, &mut reply, on);
        self.collect_output(&mut reply.output);
        reply
    }

    /// Has the subject say anew what it sees of itself; one that does not answer soon (stopped, frozen) is not waited for.
    pub fn ask_for_inside(&mut self, lang: Lang) {
        // An empty line does nothing, and a late answer to it is recognised by its number.
        self.run("", lang, Terminal::default(), Vec::new(), Vec::new(), &mut |_| Patience::GiveUp);
    }

    fn wait_for(&mut self, id: u64, reply: &mut Reply, on: &mut dyn FnMut(Event) -> Patience) -> Outcome {
        let start = Instant::now();
        let (mut asked, mut taken, mut ended_before, mut heard) = (start, false, Exit::Unknown, 0);
        loop {
            let (packet, ended) = self.poll(TICK);
            if self.capture.is_some() {
                self.collect_output(&mut reply.output);
            }
            // Now and then also while it talks: who talks without end must not take Ctrl-C away.
            if !packet && !ended || asked.elapsed() > 8 * TICK {
                asked = Instant::now();
                kernel::fail_if_asked();
                if on(Event::Tick(start.elapsed())) == Patience::GiveUp {
                    return Outcome::NoAnswer;
                }
            }
            if !packet && ended {
                return Outcome::Gone(self.reap());
            }
            let packet = match wire::receive::<Told>(&self.socket, MsgFlags::MSG_DONTWAIT) {
                Ok(Got::Packet(packet)) => packet,
                Ok(Got::End) => return Outcome::Gone(self.reap()),
                Ok(Got::Garbage) if count(wire::MAX_PACKET, &mut heard) => return Outcome::Flood,
                Ok(Got::Garbage) | Err(_) => continue,
            };
            let from = packet.from;
            if count(packet.length, &mut heard) {
                return Outcome::Flood;
            }
            match packet.value {
                Told::Took { id: took, inside } if took == id => {
                    taken = true;
                    self.before = Some(inside.clone());
                    self.inside = Some(inside);
                }
                Told::Call(call) => reply.calls.push(call),
                Told::Started if self.is_child(from) => _ = on(Event::Started(from)),
                Told::Interrupted => _ = on(Event::Interrupted),
                Told::Answer { id: answered, outcome, inside } if answered == id => {
                    if from != self.pid() && self.is_child(from) {
                        self.pids.push(from);
                    }
                    self.inside = Some(inside);
                    return Outcome::Answered(outcome);
                }
                Told::ChildGone { exit, inside } => {
                    self.back_to(from);
                    self.inside = Some(inside);
                    // If the child had not taken this line, its parent says now that it is not the one.
                    if taken {
                        return Outcome::ChildGone(exit);
                    }
                    ended_before = exit;
                }
                Told::NotMine { id: refused } if refused == id => return Outcome::ChildGone(ended_before),
                Told::Took { .. } | Told::Started | Told::Answer { .. } | Told::NotMine { .. } => {}
            }
        }
    }

    /// What happened since the last line; waits at most so long for something to happen.
    pub fn news(&mut self, wait: Duration) -> Vec<News> {
        let (mut news, mut heard) = (Vec::new(), 0);
        loop {
            let (packet, ended) = self.poll(if news.is_empty() { wait } else { Duration::ZERO });
            let full = match packet.then(|| wire::receive::<Told>(&self.socket, MsgFlags::MSG_DONTWAIT)) {
                Some(Ok(Got::Packet(packet))) => {
                    match packet.value {
                        Told::ChildGone { exit, inside } => {
                            self.back_to(packet.from);
                            self.inside = Some(inside);
                            news.push(News::ChildGone(exit));
                        }
                        Told::Call(call) => news.push(News::Called(call)),
                        Told::Took { .. } | Told::NotMine { .. } | Told::Started | Told::Interrupted | Told::Answer { .. } => {}
                    }
                    count(packet.length, &mut heard)
                }
                Some(Ok(Got::Garbage)) => count(wire::MAX_PACKET, &mut heard),
                Some(Ok(Got::End)) => {
                    news.push(News::Gone(self.reap()));
                    return news;
                }
                Some(Err(_)) => false,
                None if ended => {
                    news.push(News::Gone(self.reap()));
                    return news;
                }
                None => return news,
            };
            if full {
                return vec![News::Flood];
            }
        }
    }

    /// What programs wrote since it was last asked for; of very much only the beginning, for it is kept in memory.
    pub fn collect_output(&mut self, into: &mut String) {
        let Some(pipe) = &mut self.capture else { return };
        let mut bytes = Vec::new();
        // WouldBlock is the usual end; what was read before it is in `bytes`.
        let _ = pipe.by_ref().take(1 << 20).read_to_end(&mut bytes);
        // What comes after that is read all the same: the program must not wait for it.
        if into.len() < COLLECTED {
            into.push_str(&String::from_utf8_lossy(&bytes));
        }
    }

    /// Waits for a packet, for output, or for the subject's end. EINTR counts as nothing.
    fn poll(&self, wait: Duration) -> (bool, bool) {
        let mut fds =
            vec![PollFd::new(self.socket.as_fd(), PollFlags::POLLIN), PollFd::new(self.pidfd.as_fd(), PollFlags::POLLIN)];
        if let Some(pipe) = &self.capture {
            fds.push(PollFd::new(pipe.as_fd(), PollFlags::POLLIN));
        }
        let timeout = PollTimeout::try_from(wait).unwrap_or(PollTimeout::MAX);
        match poll(&mut fds, timeout) {
            Ok(_) => (fds[0].any().unwrap_or(false), fds[1].any().unwrap_or(false)),
            Err(_) => (false, false),
        }
    }

    /// Did one that serves make this process? The kernel says so: a sender with enough rights can write any PID into its packet, and
    /// the observer acts on whoever serves.
    fn is_child(&self, pid: i32) -> bool {
        parent(Path::new("/proc"), pid).is_some_and(|parent| self.pids.contains(&parent))
    }

    fn back_to(&mut self, pid: i32) {
        if let Some(at) = self.pids.iter().position(|known| *known == pid) {
            self.pids.truncate(at + 1);
        }
    }

    /// How it ended. One that hung up and lives on is ended here: nobody hears it any more. It can be waited for only once.
    fn reap(&mut self) -> Exit {
        if let Some(exit) = self.exit {
            return exit;
        }
        if !self.ends_within(GRACE) {
            self.end(GRACE);
        }
        let exit = match waitpid(Pid::from_raw(self.pids[0]), Some(WaitPidFlag::WNOHANG)) {
            Ok(nix::sys::wait::WaitStatus::Exited(_, status)) => Exit::Status(status),
            Ok(nix::sys::wait::WaitStatus::Signaled(_, signal, _)) => Exit::Signal(signal as i32),
            _ => Exit::Unknown,
        };
        self.exit = Some(exit);
        exit
    }

    /// By its pidfd: where it has been waited for already, its number can be somebody else's.
    fn end(&self, within: Duration) {
        let _ = kernel::plumbing_signal(&self.pidfd, libc::SIGKILL);
        self.ends_within(within);
    }

    fn ends_within(&self, wait: Duration) -> bool {
        let end = Instant::now() + wait;
        loop {
            let left = end.saturating_duration_since(Instant::now());
            let mut fds = [PollFd::new(self.pidfd.as_fd(), PollFlags::POLLIN)];
            match poll(&mut fds, PollTimeout::try_from(left).unwrap_or(PollTimeout::MAX)) {
                Err(Errno::EINTR) if !left.is_zero() => {}
                answer => return answer.is_ok_and(|ready| ready > 0),
            }
        }
    }
}

/// Adds what was heard; true once that is too much.
fn count(length: usize, heard: &mut usize) -> bool {
    *heard += length.max(LEAST);
    *heard > MOST_HEARD
}

impl Drop for Handle {
    fn drop(&mut self) {
        // Its programs and forks die with it (PR_SET_PDEATHSIG); what does not is for the keeper.
        // A process whose cgroup is frozen (v1) does not die before it is thawed: wait, but not for ever.
        self.end(Duration::from_millis(200));
        let _ = waitpid(Pid::from_raw(self.pids[0]), Some(WaitPidFlag::WNOHANG));
    }
}
