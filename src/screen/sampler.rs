//! Reads for the pane, in a thread of its own: the loop that moves keys and output never waits for /proc or a cgroup's files. Forty
//! processes cost three milliseconds to read, and on a busy machine whoever computes so long is made to wait for others as well.

use crate::model::{Outsider, Watched, Who};
use crate::observe::{pane::Reader, process::ignores_interrupt};
use nix::errno::Errno;
use nix::fcntl::OFlag;
use nix::unistd::{pipe2, read, write};
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;

/// What to look at.
pub struct Order {
    /// The subjects.
    pub subjects: Vec<Who>,
    /// The leader of the process group that has the inner terminal, where that is a program.
    pub foreground: Option<i32>,
    /// Since what was last seen.
    pub line_ran: bool,
    /// A line runs, and may change what only a process itself knows.
    pub runs: bool,
}

/// What was seen.
pub struct Sight {
    /// The subjects.
    pub subjects: Vec<Watched>,
    /// What the observer is.
    pub outsider: Outsider,
    /// The program in the foreground gets no Ctrl-C.
    pub deaf: bool,
}

/// The thread, and the way to it.
pub struct Sampler {
    orders: Sender<Order>,
    sights: Receiver<Sight>,
    /// Can be read from when a sight is there, or the thread has ended.
    bell: OwnedFd,
    thread: Option<JoinHandle<()>>,
    busy: bool,
    next: Option<Order>,
}

impl Sampler {
    /// Starts the thread; it has the caller's signal mask.
    ///
    /// Errors: EAGAIN at a limit of processes (pthread_create(3)), EMFILE.
    pub fn start() -> io::Result<Sampler> {
        Sampler::with(work)
    }

    fn with(work: fn(&Receiver<Order>, &Sender<Sight>, &OwnedFd)) -> io::Result<Sampler> {
        let (orders, to_do) = channel();
        let (done, sights) = channel();
        let (bell, rope) = pipe2(OFlag::O_CLOEXEC | OFlag::O_NONBLOCK)?;
        let thread = std::thread::Builder::new().name("sampler".into()).spawn(move || work(&to_do, &done, &rope))?;
        Ok(Sampler { orders, sights, bell, thread: Some(thread), busy: false, next: None })
    }

    /// Is it still looking?
    pub fn is_busy(&self) -> bool {
        self.busy
    }

    /// Has it look. Where it is still looking, what that shows is out of date and is not told; it looks again.
    pub fn order(&mut self, order: Order) {
        if self.busy {
            self.next = Some(order);
        } else {
            // One that has ended says so by its bell.
            self.busy = self.orders.send(order).is_ok();
        }
    }

    /// What was seen, once that is done.
    ///
    /// # Panics
    /// With the thread's own panic, where that ended it.
    pub fn take(&mut self) -> Option<Sight> {
        match read(&self.bell, &mut [0]) {
            Err(Errno::EAGAIN | Errno::EINTR) => return None,
            Ok(1) => {}
            _ => self.end(),
        }
        let sight = self.sights.recv().ok()?;
        self.busy = false;
        match self.next.take() {
            Some(order) => {
                self.order(order);
                None
            }
            None => Some(sight),
        }
    }

    /// To wait for.
    pub fn fd(&self) -> BorrowedFd<'_> {
        self.bell.as_fd()
    }

    fn end(&mut self) {
        if let Some(Err(panic)) = self.thread.take().map(JoinHandle::join) {
            std::panic::resume_unwind(panic);
        }
    }
}

/// Until nobody orders any more.
fn work(orders: &Receiver<Order>, sights: &Sender<Sight>, rope: &OwnedFd) {
    let mut reader = Reader::default();
    for Order { subjects, foreground, line_ran, runs } in orders {
        reader.asks = runs;
        if line_ran {
            reader.line_ran();
        }
        let subjects = subjects.iter().map(|who| reader.read(who)).collect();
        let sight = Sight { subjects, outsider: reader.outsider(), deaf: foreground.is_some_and(ignores_interrupt) };
        if sights.send(sight).is_err() || write(rope, &[0]).is_err() {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

    fn order(pid: i32) -> Order {
        let who = Who { name: "a".into(), root: pid, pid, inside: None };
        Order { subjects: vec![who], foreground: None, line_ran: false, runs: false }
    }

    fn wait(sampler: &mut Sampler) -> Option<Sight> {
        let mut fds = [PollFd::new(sampler.fd(), PollFlags::POLLIN)];
        assert_eq!(poll(&mut fds, PollTimeout::from(20_000u16)), Ok(1));
        sampler.take()
    }

    #[test]
    fn what_was_ordered_is_seen() {
        let own = std::process::id() as i32;
        let mut sampler = Sampler::start().expect("a thread starts");
        sampler.order(order(own));
        let sight = wait(&mut sampler).expect("a sight");
        assert_eq!(sight.subjects[0].seen.pid, own);
        assert!(!sampler.is_busy());
        assert!(sampler.take().is_none());
    }

    #[test]
    #[should_panic(expected = "a defect")]
    fn a_defect_of_the_thread_is_not_silent() {
        wait(&mut Sampler::with(|_, _, _| panic!("a defect")).expect("a thread starts"));
    }

    #[test]
    fn only_the_newest_order_is_answered() {
        let own = std::process::id() as i32;
        let mut sampler = Sampler::start().expect("a thread starts");
        (1..=3).for_each(|pid| sampler.order(order(pid)));
        sampler.order(order(own));
        let sight = wait(&mut sampler).or_else(|| wait(&mut sampler)).expect("a sight");
        assert_eq!(sight.subjects[0].seen.pid, own);
    }
}
