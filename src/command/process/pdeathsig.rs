//! `pdeathsig`: die with the parent, tried out on a grandchild. prctl(2), PR_SET_PDEATHSIG.

use super::throwaway::{in_child, listen};
use crate::command::{Args, Card, Count, Equivalent, Example, Inside, Kind, Man, Param, Primitive, Run, Said, Stop, args};
use crate::kernel::{self, Birth, Fork};
use crate::model::{Msg, NoteKind, Text};
use nix::errno::Errno;
use nix::fcntl::OFlag;
use nix::sys::signal::{SigSet, SigmaskHow, Signal, sigprocmask};
use std::time::Duration;

/// How long the grandchild waits for a signal once its parent has ended. One that comes, comes at the same moment.
const PATIENCE: Duration = Duration::from_millis(500);

/// The card.
pub const CARD: Card = Card {
    name: "pdeathsig",
    args: &[Param {
        name: "SIGNAL",
        kind: Kind::Signal,
        count: Count::One,
        about: Text {
            en: "what the grandchild asks for: TERM, KILL, …; 0 for none",
            zh: "孙进程要求的信号：TERM、KILL 等；0 表示不要",
        },
    }],
    primitive: Primitive::Syscall("prctl"),
    man: &[Man("PR_SET_PDEATHSIG", 2), Man("prctl", 2)],
    own: &[],
    summary: Text { en: "a signal when the parent ends, tried out", zh: "父进程结束时得到信号：试一试" },
    explain: Text {
        en: "A child of the subject makes a grandchild, which calls prctl(PR_SET_PDEATHSIG); then the child ends, and the grandchild tells what it got. The setting is not inherited, it is cleared by a \
             change of credentials and by running a set-user-ID program, it comes when the *thread* that forked ends, and it is too late where the parent has ended before the call. The subject's own is \
             KILL: the bench sets it after each line, so that nothing is left behind.",
        zh: "被观察进程的子进程创建一个孙进程，孙进程调用 prctl(PR_SET_PDEATHSIG)；随后子进程结束，孙进程报告得到了什么。这一设置不会被继承；改变凭据或运行 set-user-ID 程序会清除它；\
             触发它的是创建子进程的那个*线程*的结束；如果父进程在调用之前就已结束，那就太晚了。被观察进程自己的设置是 KILL：实验台在每一行之后都会设置，以免留下任何进程。",
    },
    equivalents: &[
        Equivalent { tool: "setpriv(1)", line: "setpriv --pdeathsig TERM CMD" },
        Equivalent { tool: "unshare(1)", line: "unshare --pid --fork --kill-child CMD" },
        Equivalent { tool: "bwrap(1)", line: "bwrap --die-with-parent …" },
    ],
    examples: &[
        Example { after: "", line: "pdeathsig TERM", shows: "the grandchild got SIGTERM", needs: "" },
        Example { after: "", line: "pdeathsig KILL", shows: "the grandchild was killed", needs: "" },
        Example { after: "", line: "pdeathsig 0", shows: "lived on", needs: "" },
    ],
    run: Run::Inside(run),
};

fn run(cx: &mut Inside<'_>, args: &Args) -> Result<Said, Stop> {
    let signal = args::signal(args.one("SIGNAL")).unwrap_or(0);
    let (hear, tell) = nix::unistd::pipe2(OFlag::O_CLOEXEC)?;
    let (begin, begun) = nix::unistd::pipe2(OFlag::O_CLOEXEC)?;
    let made = in_child(cx, |cx| {
        let parent = nix::unistd::getpid().as_raw();
        match cx.kernel.clone3(Birth::default()) {
            Ok(Fork::Child) => {
                // Blocked, the signal waits to be asked for.
                let _ = sigprocmask(SigmaskHow::SIG_BLOCK, Some(&SigSet::all()), None);
                let set = cx.kernel.set_parent_death_signal(signal);
                cx.tell.hang_up();
                let _ = nix::unistd::write(&begun, &[1]);
                let got = if set.is_ok() { wait_for_signal(parent) } else { 0 };
                let _ = nix::unistd::write(&tell, format!("{got}\n").as_bytes());
                kernel::exit_now(0)
            }
            Ok(Fork::Parent(_)) => {
                // Until the grandchild is ready: else it could be too late.
                let _ = nix::unistd::read(&begin, &mut [0]);
                0
            }
            Err(errno) => errno as i32,
        }
    })?;
    drop((tell, begin, begun));
    if made != 0 {
        return Err(Errno::from_raw(made).into());
    }
    let word = String::from_utf8_lossy(&listen(&hear)).trim().to_string();
    let text = match word.parse::<i32>() {
        Err(_) => Msg::new(
            "its parent ended, and the grandchild was killed: it could not even say so",
            "父进程结束，孙进程随即被杀死：连报告都来不及",
        ),
        Ok(0) => Msg::new(
            "its parent ended, and the grandchild got no signal: it lived on as an orphan",
            "父进程结束，孙进程没有得到信号：它作为孤儿继续存活",
        ),
        Ok(signal) => {
            let name = Signal::try_from(signal).map_or(signal.to_string(), |known| known.as_str().into());
            Msg::new(format!("its parent ended, and the grandchild got {name}"), format!("父进程结束，孙进程得到了 {name}"))
        }
    };
    Ok(Said::nothing().note(NoteKind::Did, text))
}

/// The signal that came when the parent ended; 0 for none.
fn wait_for_signal(parent: i32) -> i32 {
    while nix::unistd::getppid().as_raw() == parent {
        std::thread::sleep(Duration::from_millis(1));
    }
    kernel::next_signal(PATIENCE).unwrap_or(0)
}
