//! `kill`: send a signal. kill(2), in the subject or from outside.

use crate::command::{
    Args, Card, Count, Equivalent, Example, Inside, Kind, Man, Outside, Param, Primitive, Run, Said, Stop, args,
};
use crate::kernel::Kernel;
use crate::model::{Msg, NoteKind, Text};
use crate::observe::cgroup::is_frozen;
use nix::errno::Errno;

/// The card.
pub const CARD: Card = Card {
    name: "kill",
    args: &[
        Param {
            name: "--outside",
            kind: Kind::Flag,
            count: Count::Optional,
            about: Text {
                en: "the observer sends it; PID as the host counts", zh: "由观察者发送；PID 以主机所见为准"
            },
        },
        Param {
            name: "--pidfd",
            kind: Kind::Flag,
            count: Count::Optional,
            about: Text {
                en: "by a descriptor: pidfd_open(2), pidfd_send_signal(2)",
                zh: "通过文件描述符：pidfd_open(2)、pidfd_send_signal(2)",
            },
        },
        Param {
            name: "SIGNAL",
            kind: Kind::Signal,
            count: Count::One,
            about: Text {
                en: "TERM, KILL, STOP, 15, …; 0 only asks whether it may",
                zh: "TERM、KILL、STOP、15 等；0 只检查能否发送",
            },
        },
        Param {
            name: "PID",
            kind: Kind::Pid,
            count: Count::One,
            about: Text {
                en: "as the subject counts, or self: the subject",
                zh: "以被观察进程所见为准，或 self：被观察进程自己",
            },
        },
    ],
    primitive: Primitive::Syscall("kill"),
    man: &[Man("kill", 2), Man("pidfd_open", 2), Man("pidfd_send_signal", 2), Man("signal", 7), Man("pid_namespaces", 7)],
    own: &[],
    summary: Text { en: "send a signal to a process of the bench", zh: "向实验台的某个进程发送信号" },
    explain: Text {
        en: "kill(2) with a PID as the caller's own PID namespace counts; what has no number there cannot be signalled. PID 1 of a namespace gets from \
             inside only signals for which it has a handler, so never KILL and STOP; from a namespace above (`--outside`) KILL and STOP always \
             reach it. `kill` returns 0 either way. `--pidfd` names the process by a descriptor, which never stands for a later process of the same number. Processes that are not the bench's own are refused.",
        zh: "以调用者所在 PID 命名空间的 PID 调用 kill(2)；在那里没有编号的进程，也就收不到信号。命名空间的 1 号进程只会收到来自内部、且自己设有处理函数的信号，\
             因此 KILL 和 STOP 从内部永远无效；来自上级命名空间（`--outside`）的 KILL 和 STOP 则总能送达。两种情况下 `kill` 都返回 0。`--pidfd` 用文件描述符指明进程，它绝不会指向后来编号相同的进程。不属于实验台的进程一律拒绝。",
    },
    equivalents: &[
        Equivalent { tool: "kill(1)", line: "kill -TERM PID" },
        Equivalent { tool: "docker", line: "docker kill --signal=TERM CONTAINER (from outside)" },
    ],
    examples: &[
        Example { after: "", line: "kill 0 self", shows: ", 0) = 0", needs: "" },
        Example { after: "", line: "kill KILL self", shows: "killed by SIGKILL", needs: "" },
        Example { after: "unshare pid; fork", line: "kill KILL 1", shows: "and nothing happened", needs: "root" },
        Example { after: "unshare pid; fork", line: "kill --outside KILL self", shows: "SIGKILL) = 0", needs: "root" },
        Example { after: "", line: "kill --pidfd 0 self", shows: "pidfd_send_signal(", needs: "" },
        Example {
            after: "unshare pid; fork",
            line: "kill TERM 1",
            shows: "PID 1 gets this signal only if it has a handler",
            needs: "root",
        },
        Example { after: "cgroup freeze", line: "kill --outside TERM self", shows: "its cgroup is frozen", needs: "root" },
        // Signal 0 is sent to nobody: should the guard ever fail, this harms nothing.
        Example { after: "", line: "kill 0 1", shows: "not a process of this bench", needs: "" },
    ],
    run: Run::Either { inside, outside, for_observer: |args| args.flag("--outside") },
};

fn inside(cx: &mut Inside<'_>, args: &Args) -> Result<Said, Stop> {
    let own = nix::unistd::getpid().as_raw();
    let (signal, pid) = (signal(args)?, args.opt("PID").and_then(|word| word.parse().ok()).unwrap_or(own));
    send(cx.kernel, args, pid, signal)?;
    Ok(match (pid, signal) {
        (1, libc::SIGKILL | libc::SIGSTOP) => Said::nothing().note(NoteKind::Careful, IGNORED),
        (1, 1..) => Said::nothing().note(NoteKind::Careful, DROPPED),
        _ => Said::nothing(),
    })
}

fn outside(cx: &mut Outside<'_>, args: &Args) -> Result<Said, Stop> {
    let pid = args.opt("PID").and_then(|word| word.parse().ok()).unwrap_or(cx.subject.pid());
    let signal = signal(args)?;
    let frozen = is_frozen(pid);
    send(cx.kernel, args, pid, signal)?;
    Ok(if frozen && signal > 0 { Said::nothing().note(NoteKind::Careful, FROZEN) } else { Said::nothing() })
}

fn send(kernel: &mut Kernel, args: &Args, pid: i32, signal: i32) -> Result<(), Errno> {
    if !args.flag("--pidfd") {
        return kernel.kill(pid, signal);
    }
    let pidfd = kernel.pidfd_open(pid)?;
    kernel.pidfd_send_signal(&pidfd, signal)
}

/// The number was tested when the line was read.
fn signal(args: &Args) -> Result<i32, Stop> {
    let word = args.one("SIGNAL");
    args::signal(word).ok_or_else(|| Stop::Usage(Msg::new(format!("`{word}` is not a signal"), format!("`{word}` 不是信号"))))
}

const IGNORED: Text = Text {
    en: "kill(2) returned 0, and nothing happened: from inside its own namespace PID 1 cannot be killed or stopped (pid_namespaces(7)). \
         From outside it can: `kill --outside KILL self` when it is the subject, else the PID that `ps` shows outside",
    zh: "kill(2) 返回了 0，但什么也没发生：在自己的命名空间内部，1 号进程不能被杀死或停止（pid_namespaces(7)）。从外部可以：它就是被观察进程时用 \
         `kill --outside KILL self`，否则用 `ps` 显示的外部 PID",
};

const FROZEN: Text = Text {
    en: "its cgroup is frozen: the signal waits until `cgroup thaw`. Only SIGKILL does not wait, and that on cgroup v2 only",
    zh: "它所在的 cgroup 已冻结：信号要等到 `cgroup thaw` 才起作用。只有 SIGKILL 不必等，且仅限 cgroup v2",
};

const DROPPED: Text = Text {
    en: "PID 1 gets this signal only if it has a handler for it; else the kernel has dropped it, and kill(2) returned 0 all the same",
    zh: "1 号进程只有为该信号设了处理函数才会收到；否则内核已将其丢弃，而 kill(2) 照样返回 0",
};
