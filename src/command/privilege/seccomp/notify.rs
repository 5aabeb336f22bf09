//! `seccomp notify`: the subject answers a program's system calls in the kernel's place. seccomp_unotify(2).

use super::filter::{Verdict, build, is_known_arch, readable};
use super::no_filters;
use crate::command::process::job::{self, Body, Port};
use crate::command::{Args, Card, Count, Equivalent, Example, Inside, Kind, Man, Param, Primitive, Run, Said, Stop};
use crate::kernel::{self, Asked, Birth, Program, Reply};
use crate::model::{Block, Cell, Exit, Grid, Msg, NoteKind, Text, errno_name, errno_named};
use crate::observe::memory::text_at;
use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use std::collections::BTreeMap;
use std::os::fd::{AsFd, OwnedFd};
use std::str::FromStr;
use syscalls::Sysno;

/// The child hands over its listener with this call.
const BY_CHILD: Sysno = Sysno::write;
/// So many answers are shown call by call; a program that asks more often is answered all the same.
const SHOWN: usize = 12;
/// So often the supervisor looks whether the program has stopped or ended, in milliseconds.
const LOOK: u16 = 50;
/// Longest path that is read from the caller's memory, in bytes.
const LONGEST: usize = 256;

/// Which argument of a call is a path.
const PATHS: &[(Sysno, usize)] = &[
    (Sysno::openat, 1),
    (Sysno::mkdirat, 1),
    (Sysno::unlinkat, 1),
    (Sysno::newfstatat, 1),
    (Sysno::faccessat, 1),
    (Sysno::fchmodat, 1),
    (Sysno::fchownat, 1),
    (Sysno::readlinkat, 1),
    (Sysno::mknodat, 1),
    (Sysno::execve, 0),
    (Sysno::chdir, 0),
    (Sysno::chroot, 0),
    (Sysno::mount, 1),
    (Sysno::umount2, 0),
    (Sysno::sethostname, 0),
    #[cfg(target_arch = "x86_64")]
    (Sysno::open, 0),
    #[cfg(target_arch = "x86_64")]
    (Sysno::mkdir, 0),
    #[cfg(target_arch = "x86_64")]
    (Sysno::rmdir, 0),
    #[cfg(target_arch = "x86_64")]
    (Sysno::unlink, 0),
    #[cfg(target_arch = "x86_64")]
    (Sysno::mknod, 0),
];

/// The card.
pub const CARD: Card = Card {
    name: "seccomp notify",
    args: &[
        Param {
            name: "CALL[=ANSWER]",
            kind: Kind::Word,
            count: Count::Many,
            about: Text {
                en: "a system call and what it is answered: an errno (mkdir=EPERM), a value (geteuid=0), or nothing: the kernel makes it after all",
                zh: "系统调用及其回答：errno（mkdir=EPERM）、返回值（geteuid=0）；省略则由内核照常执行",
            },
        },
        Param {
            name: "CMD",
            kind: Kind::Program,
            count: Count::Optional,
            about: Text {
                en: "the program, after --; without it, sh", zh: "要运行的程序，写在 -- 之后；省略则为 sh"
            },
        },
    ],
    primitive: Primitive::Syscall("seccomp"),
    man: &[Man("seccomp_unotify", 2), Man("seccomp", 2), Man("pidfd_getfd", 2)],
    own: &[],
    summary: Text {
        en: "answer a program's system calls in the kernel's place", zh: "代替内核回答某个程序的系统调用"
    },
    explain: Text {
        en: "A seccomp filter may answer USER_NOTIF: then the caller waits, and whoever holds the filter's listener is asked instead of the kernel. The child installs the filter (SECCOMP_FILTER_FLAG_NEW_LISTENER), \
             the subject takes a copy of the listener out of it (pidfd_getfd(2)), receives each call, and answers: a value, an errno, or go on. So a container runtime can do for a container what that may not do itself \
             (mount, mknod, bpf: lxd, podman, systemd do), or make it believe that it was done. The arguments are only words: what they point to has to be read from the caller's memory (/proc/PID/mem), and another thread of the \
             caller may change it after the look. That is why `go on` is for convenience and never for security. When the program has ended or stopped, the listener is closed: whatever still runs under the filter gets ENOSYS. Without CAP_SYS_ADMIN `nnp` comes first.",
        zh: "seccomp 过滤器可以回答 USER_NOTIF：此时调用者停下等待，由持有该过滤器监听描述符的进程代替内核作答。子进程安装过滤器（SECCOMP_FILTER_FLAG_NEW_LISTENER），\
             被观察进程用 pidfd_getfd(2) 从它那里取得监听描述符的副本，接收每个调用并回答：返回值、errno，或放行。这样，容器运行时可以替容器完成它自己无权做的事\
             （mount、mknod、bpf；lxd、podman、systemd 都这样做），也可以让它以为事情已经办成。参数只是一些字：它们所指的内容要从调用者的内存（/proc/PID/mem）中读取，\
             而读过之后，调用者的另一个线程还可以改掉它。因此“放行”只图方便，绝不能用于安全。程序结束或停止后，监听描述符即关闭：仍受该过滤器约束的进程，其调用得到 ENOSYS。没有 CAP_SYS_ADMIN 时要先 `nnp`。",
    },
    equivalents: &[
        Equivalent { tool: "OCI", line: "config.json: SCMP_ACT_NOTIFY and linux.seccomp.listenerPath" },
        Equivalent { tool: "lxc", line: "lxc config set C security.syscalls.intercept.mount true" },
    ],
    examples: &[
        Example {
            after: "nnp",
            line: "seccomp notify geteuid=4711 -- id -u",
            shows: "SECCOMP_IOCTL_NOTIF_SEND, {id=",
            needs: "tool:id",
        },
        Example {
            after: "nnp",
            line: "seccomp notify mkdir=0 mkdirat=0 -- sh -c 'mkdir /tmp/boxlab-never && echo made; ls -d /tmp/boxlab-never'",
            shows: "No such file",
            needs: "",
        },
        Example { after: "nnp", line: "seccomp notify uname=EPERM -- uname", shows: "error=-EPERM", needs: "tool:uname" },
        Example { after: "nnp", line: "seccomp notify chdir -- sh -c 'cd /usr && pwd'", shows: "\"/usr\"", needs: "" },
        Example { after: "setuid 1000", line: "seccomp notify getuid=0 -- id", shows: "EACCES", needs: "root" },
        Example { after: "nnp", line: "seccomp notify write=0 -- true", shows: "hands over the listener", needs: "" },
        Example { after: "nnp", line: "seccomp notify mkdr -- true", shows: "did you mean `mkdir`?", needs: "" },
    ],
    run: Run::Inside(run),
};

fn run(cx: &mut Inside<'_>, args: &Args) -> Result<Said, Stop> {
    if !is_known_arch() {
        return Err(no_filters());
    }
    let answers = args.all("CALL[=ANSWER]").iter().map(|word| rule(word)).collect::<Result<BTreeMap<_, _>, _>>()?;
    if answers.contains_key(&BY_CHILD) {
        return Err(Stop::Unfit(Msg::new(
            "the child hands over the listener with write(2), and nobody could answer that before: it would wait for ever; nothing was called",
            "子进程要用 write(2) 交出监听描述符，而在此之前没有人能回答它：它会一直等下去；没有发出任何调用",
        )));
    }
    let default = ["sh".to_string()];
    let words = if args.all("CMD").is_empty() { &default } else { args.all("CMD") };
    let program = job::program(words)?;
    let filter = build(&answers.keys().copied().collect(), Verdict::Notify, Verdict::Allow);
    let pipe = || nix::unistd::pipe2(nix::fcntl::OFlag::O_CLOEXEC);
    let ((number, listener), (taken, go)) = (pipe()?, pipe()?);
    let port = Port { listener, taken };
    let (child, report) = job::begin(cx, Birth::default(), &Body::Watched(&program, &filter, &port), true)?;
    drop(port);
    let said = job::hear(&number).unwrap_or(-(Errno::ECHILD as i32));
    let number = if said < 0 { Err(Errno::from_raw(-said)) } else { Ok(said) };
    let listener = cx.kernel.note_listener(&filter, number).and_then(|number| {
        let pidfd = cx.kernel.pidfd_open(child.pid)?;
        // Where this fails the child's calls fail, too (ENOSYS): its own listener goes with execve, and nobody is left to ask.
        cx.kernel.take_listener(&pidfd, number)
    });
    job::tell(&go, 0);
    let listener = match listener {
        Ok(listener) => listener,
        Err(errno) => {
            job::failed_child(cx, child.pid);
            return Err(errno.into());
        }
    };
    let mut desk = Desk { listener, answers, rows: Vec::new(), answered: 0 };
    desk.serve(cx, &program, child.pid, report)?;
    let ran = job::foreground(cx, child.pid, &words.join(" "))?;
    Ok(desk.said(ran).show(Block::Lines(readable(&filter))))
}

/// `mkdir`, `mkdir=EPERM`, `geteuid=0`.
fn rule(word: &str) -> Result<(Sysno, Reply), Stop> {
    let (name, answer) = word.split_once('=').map_or((word, None), |(name, answer)| (name, Some(answer)));
    let call = Sysno::from_str(name).map_err(|_| Stop::Usage(crate::command::args::no_syscall(name)))?;
    let reply = match answer {
        None | Some("continue") => Reply::Continue,
        Some(text) => match (text.parse(), errno_named(text).filter(|errno| errno_name(*errno) == text)) {
            (Ok(value), _) => Reply::Value(value),
            (_, Some(errno)) => Reply::Errno(errno as i32),
            _ => {
                return Err(Stop::Usage(Msg::new(
                    format!("`{text}` is no answer to {name}: an errno such as EPERM, a number that it returns, or continue"),
                    format!("`{text}` 不能作为 {name} 的回答：应为 EPERM 这样的 errno、返回的数字，或 continue"),
                )));
            }
        },
    };
    Ok((call, reply))
}

fn name(number: i32) -> String {
    usize::try_from(number).ok().and_then(Sysno::new).map_or_else(|| number.to_string(), |call| call.name().into())
}

/// Where the questions come in.
struct Desk {
    listener: OwnedFd,
    answers: BTreeMap<Sysno, Reply>,
    rows: Vec<Vec<Cell>>,
    answered: usize,
}

impl Desk {
    /// Answers until the child has ended or stopped. `report` tells of its execve, which may be one of the calls to answer.
    fn serve(&mut self, cx: &mut Inside<'_>, program: &Program, child: i32, report: OwnedFd) -> Result<(), Stop> {
        let mut report = Some(report);
        loop {
            job::pass_on_interrupts(cx);
            let mut fds = vec![PollFd::new(self.listener.as_fd(), PollFlags::POLLIN)];
            fds.extend(report.as_ref().map(|report| PollFd::new(report.as_fd(), PollFlags::POLLIN)));
            let ready = |fds: &[PollFd<'_>], at: usize, flags: PollFlags| {
                fds.get(at).and_then(PollFd::revents).is_some_and(|got| got.intersects(flags))
            };
            let (asked, told) = match poll(&mut fds, PollTimeout::from(LOOK)) {
                Ok(_) => (ready(&fds, 0, PollFlags::POLLIN), ready(&fds, 1, PollFlags::POLLIN | PollFlags::POLLHUP)),
                Err(_) => (false, false),
            };
            if told && let Some(report) = report.take() {
                job::executed(cx, program, child, &report)?;
            }
            if asked {
                self.answer(cx);
            } else if report.is_none() && kernel::has_news(child) {
                return Ok(());
            }
        }
    }

    /// One question. Whoever was killed in the meantime needs no answer.
    fn answer(&mut self, cx: &mut Inside<'_>) {
        let shown = self.answered < SHOWN;
        let asked = if shown { cx.kernel.notify_receive(&self.listener, name) } else { kernel::plumbing_receive(&self.listener) };
        let Ok(asked) = asked else { return };
        let call = usize::try_from(asked.number).ok().and_then(Sysno::new);
        let reply = call.and_then(|call| self.answers.get(&call)).copied().unwrap_or(Reply::Continue);
        self.answered += 1;
        if !shown {
            // As above.
            let _ = kernel::plumbing_send(&self.listener, asked.id, reply);
            return;
        }
        let path = call.and_then(|call| PATHS.iter().find(|(one, _)| *one == call)).and_then(|(_, at)| {
            let text = text_at(asked.pid, asked.args[*at], LONGEST)?;
            cx.kernel.notify_valid(&self.listener, asked.id).ok().map(|()| text)
        });
        let sent = cx.kernel.notify_send(&self.listener, asked.id, reply).is_ok();
        self.rows.push(row(&asked, path, sent.then_some(reply)));
    }

    fn said(self, ran: Said) -> Said {
        let head = [("PID", "PID"), ("asked", "请求"), ("answer", "回答")].map(|(en, zh)| Msg::new(en, zh));
        let more = self.answered.saturating_sub(SHOWN);
        let stopped = matches!(ran.exit, Some(Exit::Stopped(_)));
        let mut said = match self.rows.is_empty() {
            true => ran.note(NoteKind::Did, Msg::new("none of these calls was made", "程序没有发出这些调用")),
            false => ran.show(Block::Grid(Grid { head: head.into(), rows: self.rows })),
        };
        if stopped {
            let text = Msg::new(
                "nobody answers any more: when it goes on, these calls fail with ENOSYS",
                "此后无人再作回答：程序继续运行后，这些调用会以 ENOSYS 失败",
            );
            said = said.note(NoteKind::Careful, text);
        }
        if more > 0 {
            let text =
                Msg::new(format!("{more} more were answered in the same way"), format!("另有 {more} 个调用也同样作了回答"));
            said = said.note(NoteKind::Did, text);
        }
        said
    }
}

fn row(asked: &Asked, path: Option<String>, reply: Option<Reply>) -> Vec<Cell> {
    let path = path.map(|path| crate::model::Arg::Str(path).to_string()).unwrap_or_default();
    let answer = match reply {
        Some(Reply::Value(value)) => Msg::new(format!("{value}, and the kernel did nothing"), format!("{value}，内核什么也没做")),
        Some(Reply::Errno(number)) => Msg::same(errno_name(Errno::from_raw(number))),
        Some(Reply::Continue) => Msg::new("go on: the kernel makes it", "放行：由内核执行"),
        None => Msg::new("nobody waits any more", "已无人等待"),
    };
    vec![Cell::new(asked.pid.to_string()), Cell::new(format!("{}({path})", name(asked.number))), Cell::msg(answer)]
}
