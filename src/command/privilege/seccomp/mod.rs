//! `seccomp`: a filter that judges every later system call. seccomp(2).

mod filter;
pub mod notify;

use crate::command::{Args, Card, Count, Equivalent, Example, Inside, Kind, Man, Param, Primitive, Run, Said, Stop};
use crate::model::{Block, Msg, NoteKind, Text};
use filter::{Verdict, build, readable};
use std::collections::BTreeSet;
use std::str::FromStr;
use syscalls::Sysno;

/// Without these the subject can neither hear nor answer, nor hold its memory, nor end.
const VITAL: &[Sysno] = &[
    Sysno::recvmsg,
    Sysno::sendmsg,
    Sysno::brk,
    Sysno::mmap,
    Sysno::munmap,
    Sysno::mremap,
    Sysno::mprotect,
    Sysno::futex,
    Sysno::rt_sigreturn,
    Sysno::restart_syscall,
    Sysno::exit,
    Sysno::exit_group,
];

/// These the subject calls at each line, and it can bear that they fail.
const EACH_LINE: &[Sysno] = &[
    Sysno::prctl,
    Sysno::getpid,
    Sysno::getppid,
    Sysno::geteuid,
    Sysno::getegid,
    Sysno::getgroups,
    Sysno::uname,
    Sysno::getcwd,
    Sysno::madvise,
    Sysno::close,
    Sysno::fcntl,
];

/// The card.
pub const CARD: Card = Card {
    name: "seccomp",
    args: &[
        Param {
            name: "WHAT",
            kind: Kind::OneOf(&["deny", "allow"]),
            count: Count::One,
            about: Text { en: "deny these calls, or all but these", zh: "拒绝所列调用，或只允许所列调用" },
        },
        Param {
            name: "CALL",
            kind: Kind::Syscall,
            count: Count::Many,
            about: Text { en: "names of system calls", zh: "系统调用名" },
        },
        Param {
            name: "ANSWER",
            kind: Kind::OneOf(&["errno", "enosys", "kill", "log"]),
            count: Count::Optional,
            about: Text {
                en: "what a denied call gets: EPERM (the default), ENOSYS, SIGSYS, or only a line in the log",
                zh: "被拒绝的调用得到什么：EPERM（默认）、ENOSYS、SIGSYS，或只记一条日志",
            },
        },
    ],
    primitive: Primitive::Syscall("seccomp"),
    man: &[Man("seccomp", 2), Man("syscalls", 2), Man("PR_SET_NO_NEW_PRIVS", 2)],
    own: &[],
    summary: Text { en: "a filter for system calls", zh: "系统调用过滤器" },
    explain: Text {
        en: "seccomp(SECCOMP_SET_MODE_FILTER) with a program in classic BPF, which is shown: it sees the number and the argument words of each call (never what they point to) and \
             answers allow, errno, log or kill. Filters are inherited, add up (the strictest answer counts) and can never be taken away. Without CAP_SYS_ADMIN `nnp` comes first: EACCES else. \
             ENOSYS makes libc fall back on an older call, EPERM does not. What the subject itself needs to serve the bench is always allowed, and refused in `deny`.",
        zh: "用一段经典 BPF 程序调用 seccomp(SECCOMP_SET_MODE_FILTER)，程序会显示出来：它看到每个调用的编号和参数字（看不到参数所指的内容），回答 allow、errno、log 或 kill。\
             过滤器会被继承，会叠加（以最严格的回答为准），永远不能撤除。没有 CAP_SYS_ADMIN 时要先 `nnp`，否则得到 EACCES。ENOSYS 会让 libc 退回到较老的调用，EPERM 不会。\
             被观察进程为实验台服务所需的调用总是允许的，`deny` 中写到它们会被拒绝。",
    },
    equivalents: &[
        Equivalent { tool: "setpriv(1)", line: "setpriv --no-new-privs --seccomp-filter FILE CMD" },
        Equivalent { tool: "bwrap(1)", line: "bwrap --seccomp FD …" },
        Equivalent { tool: "docker", line: "docker run --security-opt seccomp=profile.json IMAGE" },
    ],
    examples: &[
        Example { after: "nnp", line: "seccomp deny reboot swapon", shows: "ERRNO(EPERM)", needs: "" },
        Example {
            after: "nnp; seccomp deny mkdir mkdirat",
            line: "spawn mkdir /tmp/boxlab-never",
            shows: "Operation not permitted",
            needs: "",
        },
        Example { after: "nnp; seccomp deny sethostname unshare", line: "unshare uts", shows: "EPERM", needs: "" },
        Example { after: "nnp; seccomp deny unshare kill", line: "unshare user", shows: "SIGSYS", needs: "" },
        Example { after: "nnp; seccomp allow read write", line: "fork", shows: "EPERM", needs: "" },
        Example { after: "setuid 1000", line: "seccomp deny reboot", shows: "EACCES", needs: "root" },
        Example { after: "nnp", line: "seccomp deny recvmsg", shows: "the bench could not talk to the subject", needs: "" },
        Example { after: "", line: "seccomp deny rebot", shows: "did you mean `reboot`?", needs: "" },
    ],
    run: Run::Inside(run),
};

fn run(cx: &mut Inside<'_>, args: &Args) -> Result<Said, Stop> {
    if !filter::is_known_arch() {
        return Err(no_filters());
    }
    let mut words: Vec<&str> = args.all("CALL").iter().map(String::as_str).collect();
    let mut answer = args.one("ANSWER");
    // kill is a system call, too: as the last of several words it is the answer.
    if answer.is_empty() && words.len() > 1 && words.last() == Some(&"kill") {
        answer = "kill";
        words.pop();
    }
    let denied = match answer {
        "kill" => Verdict::Kill,
        "log" => Verdict::Log,
        "enosys" => Verdict::Errno(libc::ENOSYS),
        _ => Verdict::Errno(libc::EPERM),
    };
    let mut calls: BTreeSet<Sysno> = words.iter().filter_map(|word| Sysno::from_str(word).ok()).collect();
    let (deny, named) = (args.one("WHAT") == "deny", calls.len());
    let filter = if deny {
        if let Some(vital) = calls.iter().find(|call| cuts_off(**call, denied)) {
            return Err(refusal(*vital));
        }
        build(&calls, denied, Verdict::Allow)
    } else {
        calls.extend(VITAL.iter().chain(EACH_LINE));
        build(&calls, Verdict::Allow, denied)
    };
    cx.kernel.seccomp(&filter, false)?;
    let said = Said::nothing().show(Block::Lines(readable(&filter)));
    Ok(match calls.len() - named {
        0 => said,
        more => said.note(
            NoteKind::Did,
            Msg::new(
                format!("{more} of them are allowed for the subject's own sake, so that the bench can go on talking to it"),
                format!("其中 {more} 个是为了被观察进程自己而允许的，好让实验台能继续与它通信"),
            ),
        ),
    })
}

fn no_filters() -> Stop {
    Stop::Unfit(Msg::new("filters are not made for this architecture here", "这里不支持为本机的体系结构制作过滤器"))
}

/// Could the subject no longer serve?
fn cuts_off(call: Sysno, denied: Verdict) -> bool {
    match denied {
        Verdict::Log | Verdict::Allow | Verdict::Notify => false,
        Verdict::Errno(_) => VITAL.contains(&call),
        Verdict::Kill => VITAL.contains(&call) || EACH_LINE.contains(&call),
    }
}

fn refusal(call: Sysno) -> Stop {
    let name = call.name();
    Stop::Unfit(Msg::new(
        format!(
            "the subject itself calls {name}, and without it the bench could not talk to the subject any more; nothing was called. `log` lets it pass and logs it"
        ),
        format!("被观察进程自己要调用 {name}，没有它实验台就无法再与被观察进程通信；没有发出任何调用。`log` 则放行并记入日志"),
    ))
}
