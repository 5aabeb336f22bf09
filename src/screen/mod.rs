//! The screen: the programs' terminal at the left, the pane beside it. It owns the real terminal and the inner pty's master.
//!
//! keeper → screen → shell (leads a session on the inner pty) → subject. The screen's namespaces are the host's for ever,
//! so it sees everything from outside; it does so in a thread beside the one loop that moves keys and output. Whatever cannot be set up leaves the plain shell.

mod draw;
mod emulator;
mod encode;
mod ending;
mod frame;
mod input;
mod keys;
mod layout;
mod link;
mod look;
mod memory;
mod run;
mod sampler;
mod scene;
mod tty;
pub mod watch;

pub use link::ToScreen;

use crate::kernel;
use crate::model::Lang;
use crate::session::keeper;
use nix::errno::Errno;
use nix::fcntl::{FcntlArg, OFlag, fcntl};
use nix::pty::openpty;
use nix::unistd::ForkResult;
use std::os::fd::OwnedFd;
use std::sync::OnceLock;
use tty::Tty;

/// What a panic said: it is printed when the terminal is itself again.
static PANIC: OnceLock<String> = OnceLock::new();

/// Can there be a screen? Not where nothing can be drawn: no terminal at either end, or one that knows no cursor movement.
pub fn is_possible() -> bool {
    use std::io::IsTerminal;
    let dumb = ["", "dumb", "unknown", "emacs", "cons25"];
    std::io::stdin().is_terminal()
        && std::io::stdout().is_terminal()
        && std::env::var("TERM").is_ok_and(|term| !dumb.contains(&term.as_str()))
}

/// Runs the shell below a screen, in a child of its own; returns its exit status. `shell` gets the way to report to the pane; without
/// a screen it gets none, runs here, and standard error says why.
pub fn run(lang: Lang, shell: impl FnOnce(Option<ToScreen>) -> i32) -> i32 {
    match prepare() {
        Ok(parts) => start(lang, parts, shell),
        Err(errno) => {
            eprintln!("boxlab: no screen ({}); this is the plain shell", errno.desc());
            shell(None)
        }
    }
}

struct Parts {
    tty: Tty,
    size: (u16, u16),
    master: OwnedFd,
    slave: OwnedFd,
    to: link::ToScreen,
    from: link::FromShell,
}

/// Everything that can fail before there is a child.
fn prepare() -> nix::Result<Parts> {
    let mut tty = Tty::find()?;
    let size = tty.probe().ok_or(Errno::ENOTTY)?;
    let pty = openpty(None, None)?;
    for end in [&pty.master, &pty.slave] {
        fcntl(end, FcntlArg::F_SETFD(nix::fcntl::FdFlag::FD_CLOEXEC))?;
    }
    fcntl(&pty.master, FcntlArg::F_SETFL(OFlag::O_RDWR | OFlag::O_NONBLOCK))?;
    let (to, from) = link::pair()?;
    Ok(Parts { tty, size, master: pty.master, slave: pty.slave, to, from })
}

fn start(lang: Lang, parts: Parts, shell: impl FnOnce(Option<ToScreen>) -> i32) -> i32 {
    let Parts { tty, size, master, slave, to, from } = parts;
    let wish = memory::load();
    let layout = layout::Layout::of(size.0.into(), size.1.into(), wish);
    kernel::set_window_size(&slave, (layout.left.0 as u16, layout.left.1 as u16));
    let screen = nix::unistd::getpid().as_raw();
    match kernel::fork_shell() {
        Err(errno) => {
            eprintln!("boxlab: no screen (fork: {}); this is the plain shell", errno.desc());
            shell(None)
        }
        Ok(ForkResult::Child) => {
            drop((master, from));
            // The real terminal is the screen's to give back.
            std::mem::forget(tty);
            keeper::below(screen);
            if let Err(errno) = kernel::lead_session_on(slave) {
                eprintln!("boxlab: the inner terminal: {}", errno.desc());
                kernel::exit_now(1);
            }
            // What the programs talk to is our emulator, not the terminal or multiplexer outside.
            kernel::set_variable("TERM", Some("xterm-256color"));
            for name in ["TMUX", "TMUX_PANE", "STY", "WINDOW", "TERM_PROGRAM", "TERM_PROGRAM_VERSION", "COLUMNS", "LINES"] {
                kernel::set_variable(name, None);
            }
            let status = shell(Some(to));
            kernel::exit_now(crate::session::signals::ending().map_or(status, |signal| 128 + signal))
        }
        Ok(ForkResult::Parent { child }) => {
            drop((slave, to));
            let screen = run::Screen::new(lang, tty, master, from, wish, layout, child);
            // A defect must not leave the terminal in raw mode with an unreadable message on the alternate screen.
            std::panic::set_hook(Box::new(|panic| {
                let _ = PANIC.set(panic.to_string());
            }));
            std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| screen.run())).unwrap_or_else(|_| {
                eprintln!("boxlab: the screen failed: {}", PANIC.get().map_or("", String::as_str));
                101
            })
        }
    }
}
