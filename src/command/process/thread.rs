//! `thread`: unshare(2) in a process of two threads, tried out in a child.

use super::throwaway::in_child;
use crate::command::{Args, Card, Count, Equivalent, Example, Inside, Kind, Man, Param, Primitive, Run, Said, Stop};
use crate::model::{Cell, Mark, Msg, NoteKind, NsKind, Text};
use nix::errno::Errno;
use nix::fcntl::readlink;
use serde::{Deserialize, Serialize};

/// The card.
pub const CARD: Card = Card {
    name: "thread",
    args: &[
        Param {
            name: "CALL",
            kind: Kind::OneOf(&["unshare"]),
            count: Count::One,
            about: Text { en: "what one of the two threads calls", zh: "两个线程之一调用什么" },
        },
        Param {
            name: "NS",
            kind: Kind::Ns,
            count: Count::Many,
            about: Text {
                en: "user mnt pid net uts ipc cgroup time, or all",
                zh: "user mnt pid net uts ipc cgroup time，或 all",
            },
        },
    ],
    primitive: Primitive::Syscall("unshare"),
    man: &[Man("unshare", 2), Man("pthreads", 7), Man("namespaces", 7), Man("pid_namespaces", 7)],
    own: &[],
    summary: Text {
        en: "unshare in a process with two threads, tried out", zh: "在有两个线程的进程中调用 unshare：试一试"
    },
    explain: Text {
        en: "Namespaces belong to the thread (to the kernel's task), not to the process. A child of the subject starts a second thread, then its first thread calls unshare(2), and the table shows where each of \
             the two is. A user namespace is refused with EINVAL while there is a second thread, because credentials and memory are shared; the others move the caller only, which is why a threaded \
             runtime (Go, Java) must not do it in passing. After `unshare pid` no thread can be started any more (EINVAL).",
        zh: "命名空间属于线程（内核的 task），而不属于进程。被观察进程的一个子进程启动第二个线程，然后由第一个线程调用 unshare(2)，表中显示两者各在哪里。\
             只要有第二个线程，用户命名空间就会以 EINVAL 被拒绝，因为凭据与内存是共享的；其余种类只移动调用者自己，所以多线程的运行时（Go、Java）不能随手调用它。\
             `unshare pid` 之后不能再启动线程（EINVAL）。",
    },
    equivalents: &[Equivalent {
        tool: "python3(1)",
        line: "python3 -c 'import os,threading,time; threading.Thread(target=time.sleep,args=(9,)).start(); os.unshare(os.CLONE_NEWUSER)'",
    }],
    examples: &[
        Example { after: "", line: "thread unshare user", shows: "EINVAL", needs: "userns" },
        Example { after: "unshare user", line: "thread unshare uts", shows: "second thread", needs: "userns" },
        Example { after: "", line: "thread unshare pid", shows: "no further thread: EINVAL", needs: "root" },
    ],
    run: Run::Inside(run),
};

/// What the child found.
#[derive(Serialize, Deserialize)]
struct Found {
    /// The errno of starting the second thread, of unshare(2), and of a third thread; 0 for success.
    second: i32,
    unshared: i32,
    third: i32,
    /// The links of the two threads, by kind.
    links: Vec<(NsKind, [String; 2])>,
}

fn run(cx: &mut Inside<'_>, args: &Args) -> Result<Said, Stop> {
    let kinds = args.kinds("NS");
    let found = in_child(cx, |cx| try_it(cx, &kinds))?;
    if found.second != 0 {
        let errno = crate::model::errno_name(Errno::from_raw(found.second));
        return Err(Stop::Unfit(Msg::new(
            format!("the child could not start a second thread: {errno}"),
            format!("子进程无法启动第二个线程：{errno}"),
        )));
    }
    if found.unshared != 0 {
        return Ok(Said::nothing().note(NoteKind::Careful, refused(found.unshared, &kinds)));
    }
    let row = |(kind, [first, second]): &(NsKind, [String; 2])| {
        let mark = if first == second { Mark::Plain } else { Mark::Own };
        vec![Cell::new(kind.name()), Cell::new(first).mark(mark), Cell::new(second)]
    };
    let head = vec![Msg::same(""), Msg::new("first thread", "第一个线程"), Msg::new("second thread", "第二个线程")];
    let said = Said::grid(head, found.links.iter().map(row).collect()).note(
        NoteKind::Unchanged,
        Msg::new("only the thread that called moved; the subject itself did not", "只有发出调用的线程移动了；被观察进程自己没有"),
    );
    Ok(match found.third {
        0 => said,
        errno => {
            let errno = crate::model::errno_name(Errno::from_raw(errno));
            said.note(
                NoteKind::Careful,
                Msg::new(
                    format!("no further thread: {errno}, because a process lives in one PID namespace, and its children are to be born in another"),
                    format!("不能再有线程：{errno}，因为一个进程只能在一个 PID 命名空间中，而它的子进程要出生在另一个里"),
                ),
            )
        }
    })
}

/// What the refusal means.
fn refused(errno: i32, kinds: &[NsKind]) -> Msg {
    match errno {
        libc::EINVAL if kinds.contains(&NsKind::User) => Msg::new(
            "EINVAL: the process has two threads, and they share credentials and memory: one of them alone cannot be root of a new user namespace",
            "EINVAL：该进程有两个线程，它们共享凭据与内存：不能只让其中一个成为新用户命名空间的 root",
        ),
        errno => {
            let name = crate::model::errno_name(Errno::from_raw(errno));
            Msg::new(
                format!("{name}: as for a process with one thread, `unshare` gives the reason"),
                format!("{name}：与单线程的进程一样，`unshare` 会给出原因"),
            )
        }
    }
}

fn try_it(cx: &mut Inside<'_>, kinds: &[NsKind]) -> Found {
    let mut found = Found { second: 0, unshared: 0, third: 0, links: Vec::new() };
    let (tid_is, tid) = std::sync::mpsc::channel();
    // It ends with the process.
    let rest = move || {
        let _ = tid_is.send(nix::unistd::gettid().as_raw());
        loop {
            nix::unistd::pause();
        }
    };
    if let Err(error) = std::thread::Builder::new().spawn(rest) {
        found.second = error.raw_os_error().unwrap_or(libc::EAGAIN);
        return found;
    }
    let second = tid.recv().unwrap_or(0);
    if let Err(errno) = cx.kernel.unshare(kinds) {
        found.unshared = errno as i32;
        return found;
    }
    let first = nix::unistd::gettid().as_raw();
    let link = |tid: i32, kind: NsKind| {
        // What its children will be born in is what moved, for pid and time.
        let file = kind.row().children.unwrap_or(kind.name());
        match readlink(format!("/proc/self/task/{tid}/ns/{file}").as_str()) {
            Ok(text) => text.to_string_lossy().into_owned(),
            Err(Errno::ENOENT) => "pending".into(),
            Err(errno) => crate::model::errno_name(errno),
        }
    };
    found.links = kinds.iter().map(|kind| (*kind, [link(first, *kind), link(second, *kind)])).collect();
    if let Err(error) = std::thread::Builder::new().spawn(|| ()) {
        found.third = error.raw_os_error().unwrap_or(libc::EAGAIN);
    }
    found
}
