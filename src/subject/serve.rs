//! The subject's side: read a line, run it, answer. One thread for ever.

use super::wire::{self, Ask, Got, Told};
use crate::command::context::Tell;
use crate::command::{self, Held, Inside, Run, Said, Stop, Terminal};
use crate::kernel::{self, Kernel};
use crate::model::{Exit, Lang, Msg, NsKind};
use crate::observe;
use nix::errno::Errno;
use nix::sys::signal::{SigHandler, Signal};
use nix::sys::socket::MsgFlags;
use std::cell::RefCell;
use std::ffi::CStr;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::rc::Rc;

/// The name by which a process of this program knows that it is a subject.
pub const ARGV0: &str = "boxlab-subject";

/// The way to the observer; closed in children that run on without a program of their own.
struct Wire(RefCell<Option<OwnedFd>>);

impl Wire {
    fn tell(&self, told: &Told) -> Result<(), Errno> {
        match &*self.0.borrow() {
            Some(socket) => wire::send(socket, told, &[], MsgFlags::empty()),
            None => Ok(()),
        }
    }

    fn ask(&self) -> Result<Got<Ask>, Errno> {
        match &*self.0.borrow() {
            Some(socket) => wire::receive(socket, MsgFlags::empty()),
            None => Ok(Got::End),
        }
    }
}

impl Tell for Wire {
    fn started(&self, _: i32) {
        // If the observer is gone, death with the parent follows at once.
        let _ = self.tell(&Told::Started);
    }

    fn interrupted(&self) {
        let _ = self.tell(&Told::Interrupted);
    }

    fn hang_up(&self) {
        self.0.borrow_mut().take();
    }
}

/// A line to run, as it came.
struct Line {
    text: String,
    lang: Lang,
    terminal: Terminal,
    held: Vec<Held>,
    own: Vec<NsKind>,
}

/// What the subject knows from line to line.
struct Subject {
    wire: Rc<Wire>,
    kernel: Kernel,
    jobs: command::Jobs,
    depth: usize,
}

/// What follows a line.
enum After {
    Answer(Result<Said, Stop>),
    Wait { child: i32 },
    Leave { status: i32 },
}

/// The subject's whole life; `socket` is the descriptor number that the observer left open for it, `parent` the observer's PID.
/// Returns the exit status.
pub fn main(socket: i32, parent: i32) -> i32 {
    // SAFETY: the observer opened this descriptor for us and nothing else in this process knows of it.
    let socket = unsafe { OwnedFd::from_raw_fd(socket) };
    kernel::die_with_parent(parent);
    settle();
    if nix::fcntl::fcntl(&socket, nix::fcntl::FcntlArg::F_SETFD(nix::fcntl::FdFlag::FD_CLOEXEC)).is_err() {
        return 2;
    }
    let wire = Rc::new(Wire(RefCell::new(Some(socket))));
    let sink = Rc::clone(&wire);
    let kernel = Kernel::with_sink(move |call| {
        let _ = sink.tell(&Told::Call(call.clone()));
    });
    serve(&mut Subject { wire, kernel, jobs: Vec::new(), depth: 0 })
}

fn serve(subject: &mut Subject) -> i32 {
    loop {
        kernel::fail_if_asked();
        let packet = match subject.wire.ask() {
            Ok(Got::Packet(packet)) => packet,
            Ok(Got::Garbage) | Err(Errno::EINTR) => continue,
            Ok(Got::End) | Err(_) => return 0,
        };
        let Ask::Run { id, line, lang, terminal, held, own, depth } = packet.value;
        if depth != subject.depth {
            let _ = subject.wire.tell(&Told::NotMine { id });
            continue;
        }
        let held = held.into_iter().zip(packet.fds).map(|((word, label), fd)| Held { word, fd, label }).collect();
        let _ = subject.wire.tell(&Told::Took { id, inside: observe::process::inside() });
        let after = run(subject, Line { text: line, lang, terminal, held, own });
        // A change of credentials clears the parent-death signal and what makes /proc/PID readable (prctl(2)), so both are set anew
        // after each line, before the observer hears of it and looks.
        kernel::die_with_parent(nix::unistd::getppid().as_raw());
        kernel::stay_dumpable();
        match after {
            After::Answer(outcome) => answer(&subject.wire, id, outcome),
            After::Leave { status } => kernel::exit_now(status),
            After::Wait { child } => {
                let exit = wait_for(&mut subject.kernel, child);
                let _ = subject.wire.tell(&Told::ChildGone { exit, inside: observe::process::inside() });
            }
        }
        subject.kernel.take();
    }
}

fn run(subject: &mut Subject, line: Line) -> After {
    let parsed = match command::parse(&line.text) {
        Ok(Some(parsed)) => parsed,
        Ok(None) => return After::Answer(Ok(Said::nothing())),
        Err(why) => return After::Answer(Err(Stop::Usage(why))),
    };
    let (Run::Inside(inside) | Run::Either { inside, .. }) = parsed.card.run else {
        let why = Msg::new("this command does not run in the subject", "该命令不在被观察进程中运行");
        return After::Answer(Err(Stop::Unfit(why)));
    };
    let wire = Rc::clone(&subject.wire);
    let mut cx = Inside {
        kernel: &mut subject.kernel,
        lang: line.lang,
        held: line.held,
        own: &line.own,
        jobs: &mut subject.jobs,
        terminal: line.terminal,
        depth: subject.depth,
        tell: &*wire,
        born: false,
        child: None,
        leave: None,
    };
    let outcome = inside(&mut cx, &parsed.args).map(|said| command::travelled(parsed.card, &parsed.args, said));
    let (born, child, leave) = (cx.born, cx.child, cx.leave);
    if born {
        subject.depth += 1;
        settle();
    }
    match (child, leave) {
        (Some(child), _) => After::Wait { child },
        (None, Some(status)) => After::Leave { status },
        (None, None) => After::Answer(outcome),
    }
}

fn answer(wire: &Wire, id: u64, outcome: Result<Said, Stop>) {
    let mut inside = observe::process::inside();
    // Only where a limit can be why: each file that is opened may be one that a filter of its own punishes.
    let limits = [Errno::ENOSPC, Errno::EACCES].map(|errno| Err(Stop::Failed(errno as i32)));
    if limits.contains(&outcome) {
        inside.limits = observe::own_limits();
    }
    if wire.tell(&Told::Answer { id, outcome, inside: inside.clone() }) == Err(Errno::EMSGSIZE) {
        let why = Msg::new("the answer is too long to be shown", "结果太长，无法显示");
        let _ = wire.tell(&Told::Answer { id, outcome: Err(Stop::Unfit(why)), inside });
    }
}

fn wait_for(kernel: &mut Kernel, child: i32) -> Exit {
    loop {
        match kernel.wait4(child, false) {
            Ok((_, exit)) => return exit,
            Err(Errno::EINTR) => {}
            Err(_) => return Exit::Unknown,
        }
    }
}

/// What each serving process sets for itself: its own process group, signals that do not end it, its name.
fn settle() {
    let own = nix::unistd::getpid();
    let _ = nix::unistd::setpgid(own, own);
    kernel::remember_interrupts();
    kernel::await_failure();
    for signal in [Signal::SIGQUIT, Signal::SIGTSTP, Signal::SIGTTIN, Signal::SIGTTOU, Signal::SIGPIPE] {
        kernel::handle_signal(signal, SigHandler::SigIgn);
    }
    const NAME: &CStr = c"boxlab-subject";
    // Only a name for ps(1): nothing depends on it.
    let _ = nix::sys::prctl::set_name(NAME);
}

/// The descriptor's number, for the observer who starts a subject.
pub(super) fn number(socket: &OwnedFd) -> String {
    socket.as_raw_fd().to_string()
}
