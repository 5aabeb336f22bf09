//! `orphan`: a child makes a grandchild and ends. Whose child is the grandchild then? clone3(2), wait4(2).

use super::throwaway::{in_child, listen};
use crate::command::{Args, Card, Count, Equivalent, Example, Inside, Kind, Man, Param, Primitive, Run, Said, Stop};
use crate::kernel::{self, Birth, Fork};
use crate::model::{Msg, NoteKind, Text};
use nix::errno::Errno;
use nix::fcntl::OFlag;
use nix::sys::signal::{SigHandler, Signal};
use std::time::Duration;

/// How long it lives where nothing else is said, in seconds.
const LIVES: u64 = 60;

/// The card.
pub const CARD: Card = Card {
    name: "orphan",
    args: &[Param {
        name: "SECONDS",
        kind: Kind::Number,
        count: Count::Optional,
        about: Text { en: "how long the orphan lives; 60 if left out", zh: "孤儿进程存活的秒数；省略为 60" },
    }],
    primitive: Primitive::Syscall("clone3"),
    man: &[Man("wait", 2), Man("PR_SET_CHILD_SUBREAPER", 2), Man("pid_namespaces", 7)],
    own: &[],
    summary: Text { en: "leave an orphan, and see who adopts it", zh: "留下一个孤儿进程，看谁收养它" },
    explain: Text {
        en: "A child of the subject makes a grandchild and ends. The kernel gives an orphan to the nearest ancestor in the same PID namespace that is a subreaper (`subreaper`), else to \
             PID 1 of the namespace. The new parent must wait for it when it ends, or a zombie stays: that is why a container needs an init that reaps. Here: with the host's PID namespace the \
             bench's keeper adopts it; after `unshare pid; fork` the subject does, and `wait` reaps it; after `spawn --init` the small init does.",
        zh: "被观察进程的子进程创建一个孙进程，然后结束。内核把孤儿交给同一 PID 命名空间中最近的、身为 subreaper 的祖先（`subreaper`），没有则交给该命名空间的 1 号进程。\
             孤儿结束时，新的父进程必须等待它，否则会留下僵尸：这就是容器需要一个会回收的 init 的原因。在这里：处于主机的 PID 命名空间时由实验台的守护进程收养；\
             `unshare pid; fork` 之后由被观察进程收养，用 `wait` 回收；`spawn --init` 之后由那个小型 init 收养。",
    },
    equivalents: &[
        Equivalent { tool: "sh(1)", line: "(sleep 60 &)" },
        Equivalent { tool: "docker", line: "docker run --init IMAGE (an init that reaps)" },
    ],
    examples: &[
        Example { after: "", line: "orphan 1", shows: "its parent is now", needs: "" },
        Example { after: "subreaper on", line: "orphan 1", shows: "the subject itself, a subreaper", needs: "" },
        Example { after: "unshare pid; fork", line: "orphan 1", shows: "the subject itself: PID 1", needs: "root" },
        Example { after: "unshare pid; fork; orphan 0", line: "wait", shows: "WEXITSTATUS(s) == 0", needs: "root" },
        Example { after: "unshare pid", line: "orphan", shows: "`fork` first", needs: "root" },
    ],
    run: Run::Inside(run),
};

fn run(cx: &mut Inside<'_>, args: &Args) -> Result<Said, Stop> {
    let lives = Duration::from_secs(args.number("SECONDS").unwrap_or(LIVES));
    let (hear, tell) = nix::unistd::pipe2(OFlag::O_CLOEXEC)?;
    let made = in_child(cx, |cx| {
        let middle = nix::unistd::getpid();
        match cx.kernel.clone3(Birth::default()) {
            Ok(Fork::Child) => {
                cx.tell.hang_up();
                kernel::handle_signal(Signal::SIGINT, SigHandler::SigDfl);
                while nix::unistd::getppid() == middle {
                    std::thread::sleep(Duration::from_millis(1));
                }
                let (own, parent) = (nix::unistd::getpid(), nix::unistd::getppid());
                let _ = nix::unistd::write(&tell, format!("{own} {middle} {parent}\n").as_bytes());
                std::thread::sleep(lives);
                kernel::exit_now(0)
            }
            Ok(Fork::Parent(_)) => 0,
            Err(errno) => errno as i32,
        }
    })?;
    drop(tell);
    if made != 0 {
        return Err(Errno::from_raw(made).into());
    }
    let line = String::from_utf8_lossy(&listen(&hear)).into_owned();
    let numbers: Vec<i32> = line.split_whitespace().filter_map(|word| word.parse().ok()).collect();
    let [own, middle, parent] = numbers[..] else {
        return Err(Stop::Unfit(Msg::new(
            "the grandchild ended before it could say whose it is",
            "孙进程还没说出父进程是谁就结束了",
        )));
    };
    let who = adopter(parent);
    Ok(Said::nothing()
        .note(
            NoteKind::Did,
            Msg::new(
                format!("PID {own} was a child of {middle}, which has ended; its parent is now {parent}: {}", who.en),
                format!("PID {own} 原是 {middle} 的子进程，后者已结束；它的父进程现在是 {parent}：{}", who.zh),
            ),
        )
        .note(
            NoteKind::Next,
            match lives.as_secs() {
                0 => Msg::new(
                    "it ends at once, and stays as a zombie until its new parent waits for it: `ps`",
                    "它随即结束，在新的父进程等待它之前是僵尸：`ps`",
                ),
                seconds => Msg::new(
                    format!("it lives for {seconds} s; `ps` shows it, and what becomes of it"),
                    format!("它会存活 {seconds} 秒；`ps` 可以看到它以及它的下场"),
                ),
            },
        ))
}

fn adopter(parent: i32) -> Msg {
    match (parent, parent == nix::unistd::getpid().as_raw()) {
        (1, true) => Msg::new(
            "the subject itself: PID 1 of this namespace, which has to `wait` for it",
            "被观察进程自己：本命名空间的 1 号进程，要由它 `wait`",
        ),
        (_, true) => Msg::new(
            "the subject itself, a subreaper, which has to `wait` for it",
            "被观察进程自己，它是 subreaper，要由它 `wait`",
        ),
        (1, false) => Msg::new("PID 1 of this PID namespace", "本 PID 命名空间的 1 号进程"),
        _ => Msg::new("the nearest subreaper above it", "它上面最近的 subreaper"),
    }
}
