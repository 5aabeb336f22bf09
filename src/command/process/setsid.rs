//! `setsid`: a session without a terminal, tried out in a child. setsid(2).

use super::throwaway::in_child;
use crate::command::{Args, Card, Equivalent, Example, Inside, Man, Primitive, Run, Said, Stop};
use crate::model::{Cell, Mark, Msg, NoteKind, Text, errno_name};
use nix::errno::Errno;
use nix::fcntl::{AT_FDCWD, OFlag, openat};
use nix::sys::stat::Mode;

/// The card.
pub const CARD: Card = Card {
    name: "setsid",
    args: &[],
    primitive: Primitive::Syscall("setsid"),
    man: &[Man("setsid", 2), Man("credentials", 7), Man("tty", 4)],
    own: &[],
    summary: Text { en: "a session of its own, tried out in a child", zh: "自己的会话：在子进程中试一试" },
    explain: Text {
        en: "A child of the subject calls setsid(2): it leads a new session and a new process group, and has no controlling terminal: /dev/tty is ENXIO, Ctrl-C does not reach it, SIGHUP does not come when the \
             terminal goes. A second setsid(2) is EPERM: the leader of a group may not. The subject itself never does this, because its programs need the terminal; a shell in a session without one says \
             `cannot set terminal process group`. An escape that this prevents is pushing input into the terminal of whoever started the container (TIOCSTI).",
        zh: "被观察进程的一个子进程调用 setsid(2)：它成为新会话和新进程组的首领，没有控制终端：/dev/tty 得到 ENXIO，Ctrl-C 传不到它，终端消失时也收不到 SIGHUP。\
             再次 setsid(2) 得到 EPERM：进程组首领不能这样做。被观察进程自己从不调用它，因为它的程序需要终端；在没有终端的会话里，shell 会说 `cannot set terminal process group`。\
             它所防止的一种逃逸，是向启动容器者的终端塞入输入（TIOCSTI）。",
    },
    equivalents: &[
        Equivalent { tool: "setsid(1)", line: "setsid CMD" },
        Equivalent { tool: "bwrap(1)", line: "bwrap --new-session …" },
        Equivalent { tool: "docker", line: "docker run IMAGE (without -t: no terminal; with -t: one of its own)" },
    ],
    examples: &[
        Example { after: "", line: "setsid", shows: "setsid() = -1 EPERM", needs: "" },
        Example { after: "", line: "setsid", shows: "ENXIO", needs: "" },
    ],
    run: Run::Inside(run),
};

/// PID, process group, session; and what opening the terminal gave.
type Row = (i32, i32, i32, String);

fn run(cx: &mut Inside<'_>, _: &Args) -> Result<Said, Stop> {
    let (failed, rows): (i32, Vec<Row>) = in_child(cx, |cx| {
        let before = now();
        match cx.kernel.setsid() {
            Err(errno) => (errno as i32, vec![before]),
            Ok(_) => {
                let after = now();
                // To show that it is refused.
                let _ = cx.kernel.setsid();
                (0, vec![before, after])
            }
        }
    })?;
    if failed != 0 {
        return Err(Errno::from_raw(failed).into());
    }
    let head = vec![
        Msg::new("the child", "子进程"),
        Msg::same("PID"),
        Msg::new("group", "进程组"),
        Msg::new("session", "会话"),
        Msg::same("/dev/tty"),
    ];
    let names = [Msg::new("before", "之前"), Msg::new("after", "之后")];
    let line = |(name, (pid, group, session, tty)): (Msg, Row)| {
        let number = |number: i32| Cell::new(number.to_string()).mark(if number == pid { Mark::Own } else { Mark::Plain });
        vec![Cell::msg(name), Cell::new(pid.to_string()), number(group), number(session), Cell::new(tty)]
    };
    Ok(Said::grid(head, names.into_iter().zip(rows).map(line).collect()).note(
        NoteKind::Did,
        Msg::new(
            "the second setsid is refused because the child leads its group now",
            "第二次 setsid 被拒绝，因为子进程已是进程组首领",
        ),
    ))
}

fn now() -> Row {
    let own = nix::unistd::getpid();
    let session = nix::unistd::getsid(None).map_or(0, |sid| sid.as_raw());
    let tty = match openat(
        AT_FDCWD,
        "/dev/tty",
        OFlag::O_RDONLY | OFlag::O_NOCTTY | OFlag::O_NONBLOCK | OFlag::O_CLOEXEC,
        Mode::empty(),
    ) {
        Ok(_) => "open".into(),
        Err(errno) => errno_name(errno),
    };
    (own.as_raw(), nix::unistd::getpgrp().as_raw(), session, tty)
}
