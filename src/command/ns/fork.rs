//! `fork`: the subject makes a child, and the child is the subject from then on. clone3(2) without flags.

use crate::command::{Args, Card, Equivalent, Example, Inside, Man, Primitive, Run, Said, Stop};
use crate::kernel::{Birth, Fork};
use crate::model::{Msg, NoteKind, Text};

/// The card.
pub const CARD: Card = Card {
    name: "fork",
    args: &[],
    primitive: Primitive::Syscall("clone3"),
    man: &[Man("fork", 2), Man("clone", 2), Man("pid_namespaces", 7)],
    own: &[],
    summary: Text { en: "make a child; the child becomes the subject", zh: "创建子进程；子进程成为被观察进程" },
    explain: Text {
        en: "A real fork (clone3(2) with no flags). The child becomes the subject and its parent waits; `exit` ends the child \
             and goes back. After `unshare pid` the first child is PID 1 of the new namespace, and when it ends the namespace is dead.",
        zh: "真正的 fork（不带标志的 clone3(2)）。子进程成为被观察进程，父进程等待；`exit` 结束子进程并回到父进程。\
             执行 `unshare pid` 之后，第一个子进程就是新命名空间的 1 号进程，它一结束，该命名空间就不能再用了。",
    },
    equivalents: &[Equivalent { tool: "unshare(1)", line: "unshare --pid --fork bash" }],
    examples: &[
        Example { after: "unshare pid", line: "fork", shows: "clone3({flags=0, exit_signal=SIGCHLD", needs: "root" },
        Example { after: "fork", line: "exit", shows: "ended", needs: "" },
    ],
    run: Run::Inside(run),
};

fn run(cx: &mut Inside<'_>, _: &Args) -> Result<Said, Stop> {
    become_child(cx, Birth::default())
}

/// Forks; the child is born like this. In the child it returns what there is to say; the parent has nothing to say to
/// this line, for the child answers it, and waits.
pub(super) fn become_child(cx: &mut Inside<'_>, birth: Birth<'_>) -> Result<Said, Stop> {
    // The child waits on this pipe, so that the parent's record of the call is with the observer before the child's answer.
    let (wait, go) = nix::unistd::pipe2(nix::fcntl::OFlag::O_CLOEXEC)?;
    match cx.kernel.clone3(birth)? {
        Fork::Child => {
            drop(go);
            // EOF or error: either way the parent has got to where it drops its end.
            let _ = nix::unistd::read(&wait, &mut [0]);
            cx.born = true;
            cx.jobs.clear();
            let pid = nix::unistd::getpid();
            let said = Said::nothing();
            Ok(match pid.as_raw() {
                1 => said.note(
                    NoteKind::Did,
                    Msg::new(
                        "the subject is the child now: PID 1, the init of its PID namespace. `exit` goes back to the parent",
                        "被观察进程现在是子进程：1 号进程，即其 PID 命名空间的 init。`exit` 回到父进程",
                    ),
                ),
                pid => said.note(
                    NoteKind::Did,
                    Msg::new(
                        format!("the subject is the child now, PID {pid}. `exit` goes back to the parent"),
                        format!("被观察进程现在是子进程，PID 为 {pid}。`exit` 回到父进程"),
                    ),
                ),
            })
        }
        Fork::Parent(pid) => {
            drop(wait);
            drop(go);
            cx.child = Some(pid);
            Ok(Said::nothing())
        }
    }
}
