//! `wait`: ask for a child that has ended, and so remove its zombie. wait4(2).

use crate::command::{Args, Card, Equivalent, Example, Inside, Man, Primitive, Run, Said, Stop};
use crate::model::{Msg, NoteKind, Text};
use nix::errno::Errno;
use nix::sys::wait::{Id, WaitPidFlag, WaitStatus, waitid};

/// The card.
pub const CARD: Card = Card {
    name: "wait",
    args: &[],
    primitive: Primitive::Syscall("wait4"),
    man: &[Man("wait", 2), Man("wait4", 2)],
    own: &[],
    summary: Text { en: "wait for a child's end; reap its zombie", zh: "等待子进程结束，并回收其僵尸" },
    explain: Text {
        en: "One wait4(2) for whichever child ends first. A child that has ended stays as a zombie, with its PID and its exit status, until its \
             parent asks for it like this; if the parent ends first, init or the nearest subreaper inherits the zombie and reaps it. \
             Ctrl-C interrupts the wait (EINTR), not the children. ECHILD: there is no child to wait for.",
        zh: "调用一次 wait4(2)，等待最先结束的那个子进程。已结束的子进程会作为僵尸留存，保有 PID 和退出状态，直到父进程这样来询问；\
             如果父进程先结束，僵尸由 init 或最近的 subreaper 接管并回收。Ctrl-C 打断的是等待（EINTR），不是子进程。ECHILD：没有可等待的子进程。",
    },
    equivalents: &[Equivalent { tool: "bash(1)", line: "wait -n" }, Equivalent { tool: "docker", line: "docker wait CONTAINER" }],
    examples: &[
        Example { after: "spawn -b false", line: "wait", shows: "WEXITSTATUS(s) == 1", needs: "" },
        Example { after: "", line: "wait", shows: "ECHILD", needs: "" },
    ],
    run: Run::Inside(run),
};

fn run(cx: &mut Inside<'_>, _: &Args) -> Result<Said, Stop> {
    if !cx.jobs.is_empty() && cx.jobs.iter().all(|job| job.stopped) && !has_zombie() {
        return Err(Stop::Unfit(Msg::new(
            "all programs of the subject are stopped, so none would end; `fg` or `bg` lets one go on",
            "被观察进程的程序都已停止，不会有哪个结束；用 `fg` 或 `bg` 让其中一个继续",
        )));
    }
    let (pid, exit) = match cx.kernel.wait4(-1, false) {
        Ok(ended) => ended,
        // strace(1) calls it ERESTARTSYS: the kernel would have begun anew, but for the handler of SIGINT.
        Err(Errno::EINTR) => {
            return Err(Stop::Unfit(Msg::new(
                "the wait was interrupted (EINTR); the children go on",
                "等待被打断（EINTR）；子进程继续运行",
            )));
        }
        Err(errno) => return Err(errno.into()),
    };
    let job = cx.jobs.iter().position(|job| job.pid == pid).map(|at| cx.jobs.remove(at));
    let name = job.map_or(format!("PID {pid}"), |job| format!("[{}] {} (PID {pid})", job.number, job.words));
    let how = exit.in_words();
    Ok(Said::nothing()
        .note(NoteKind::Did, Msg::new(format!("{name} has ended: {}", how.en), format!("{name} 已结束：{}", how.zh))))
}

/// Has a child ended already? Asked without reaping it (WNOWAIT).
fn has_zombie() -> bool {
    let flags = WaitPidFlag::WEXITED | WaitPidFlag::WNOHANG | WaitPidFlag::WNOWAIT;
    !matches!(waitid(Id::All, flags), Ok(WaitStatus::StillAlive))
}
