//! What boxlab prints is what the kernel was asked: every example of every command runs under strace(1), and the two are compared.
//!
//! Each printed call was made, with these arguments and this answer, in this order; and each call that changes the system and was
//! made for the line is printed. The bench's own plumbing is left out by name, each with its reason.

mod needs;
mod strace;

use boxlab::command::{Card, Example, Primitive, cards};
use boxlab::model::{Call, End, Exit, Turn, errno_name};
use std::sync::Mutex;
use strace::{Role, Seen, trace};

/// Calls that change the system, or start, end or await processes.
const CHANGING: &[&str] = &[
    "clone",
    "clone3",
    "fork",
    "vfork",
    "execve",
    "execveat",
    "wait4",
    "waitid",
    "kill",
    "tkill",
    "tgkill",
    "pidfd_send_signal",
    "unshare",
    "setns",
    "sethostname",
    "setdomainname",
    "chroot",
    "pivot_root",
    "mount",
    "umount2",
    "open_tree",
    "move_mount",
    "fsopen",
    "fsconfig",
    "fsmount",
    "fspick",
    "mount_setattr",
    "mkdir",
    "mkdirat",
    "rmdir",
    "unlink",
    "unlinkat",
    "rename",
    "renameat",
    "renameat2",
    "link",
    "linkat",
    "symlink",
    "symlinkat",
    "mknod",
    "mknodat",
    "chmod",
    "fchmod",
    "fchmodat",
    "chown",
    "fchown",
    "lchown",
    "fchownat",
    "setxattr",
    "chdir",
    "fchdir",
    "setuid",
    "setgid",
    "setreuid",
    "setregid",
    "setresuid",
    "setresgid",
    "setfsuid",
    "setfsgid",
    "setgroups",
    "capset",
    "prctl",
    "seccomp",
    "landlock_create_ruleset",
    "landlock_add_rule",
    "landlock_restrict_self",
    "setpgid",
    "setsid",
    "setpriority",
    "sched_setaffinity",
    "sched_setscheduler",
    "setrlimit",
    "prlimit64",
    "clock_settime",
    "sendto",
    "shmget",
    "shmctl",
    "semget",
    "semctl",
    "msgget",
    "msgctl",
    "mq_open",
    "mq_unlink",
    "keyctl",
    "add_key",
    "bpf",
    "ptrace",
    "swapon",
    "swapoff",
    "reboot",
    "acct",
    "umask",
    "personality",
    "iopl",
    "process_vm_writev",
];

/// Commands whose calls cannot be compared like this, each with the reason.
const EXEMPT: &[(&str, &str)] = &[
    ("clinic", "what it breaks is for the learner to find out, so its calls are not printed"),
    ("clinic hint", "it comes after `clinic`"),
    ("clinic is", "it comes after `clinic`"),
    ("clinic tell", "it comes after `clinic`"),
];

/// Commands that do more in the processes that they make than they print: the work is what they are about.
const INNER: &[(&str, &str)] = &[
    ("load mem", "built-in work, which touches memory"),
    ("load cpu", "built-in work, which computes"),
    ("load procs", "built-in work, whose forks are the load; the note counts them"),
    ("load file", "built-in work, whose writes are the load"),
    ("matrix", "the throw-away processes that try each effect"),
    ("ipc cross", "the child that writes, or calls"),
    ("listen", "the child that answers whoever calls"),
    ("try", "the child first makes what it then tries something with"),
    ("thread", "the library starts the threads"),
    ("orphan", "the grandchild is left to itself"),
    ("doctor", "it tries each primitive in a child that is thrown away, and shows a table"),
    ("spawn", "with --init, the small init waits for ever for whatever becomes its child"),
];

/// Calls of which only name and answer are compared, each with the reason.
const LOOSE: &[(&str, &str)] = &[
    ("sendto", "strace writes out each field of a netlink message, and the bytes of an ICMP message"),
    ("recvfrom", "the same; and a raw socket hears more than the answer"),
    ("msgrcv", "strace writes out the whole buffer, beyond the message"),
    ("ioctl", "which requests strace knows, and how far it writes them out, depends on its version"),
    ("keyctl", "strace writes out, or only points at, what the kernel fills in"),
    ("read", "what came is written out by neither in the same way"),
    ("sendmsg", "strace writes out each field of a netlink message"),
    ("seccomp", "strace writes the address of the filter"),
    ("adjtimex", "strace writes out each field of the clock"),
    ("reboot", "strace comments on numbers that it does not know"),
    ("fsetxattr", "strace writes out the value"),
    ("bpf", "strace writes out each field of the map"),
    ("perf_event_open", "strace writes out each field of the event"),
    ("landlock_create_ruleset", "older versions of strace do not know the newer rights by name"),
    ("landlock_add_rule", "the same; and it names the directory behind a symbolic link"),
];

/// Commands that put a fresh subject in the place of one: its start and its end are the bench's.
const REPLACES: &[&str] = &["reset", "subject new", "subject drop"];

/// Why a call that boxlab did not print need not be; None: it ought to have been.
fn plumbing(role: Role, seen: &Seen, turn: &Turn) -> Option<&'static str> {
    let args = seen.args.as_str();
    let first = args.split(", ").next().unwrap_or_default();
    let gone = turn.notes.iter().any(|note| note.text.en.contains("a fresh one stands in its place"));
    let replaces = REPLACES.contains(&turn.command.as_str()) || matches!(turn.end, End::SubjectGone { .. }) || gone;
    match (role, seen.name.as_str()) {
        (Role::Keeper, _) => Some("the keeper waits, and cleans up"),
        (Role::Program, _) => Some("a program's own calls"),
        (_, "prctl") if matches!(first, "PR_SET_PDEATHSIG" | "PR_SET_DUMPABLE" | "PR_SET_NAME" | "PR_SET_CHILD_SUBREAPER") => {
            Some("nothing is left behind when a process of the bench dies; and a name for ps(1)")
        }
        (_, "prctl") if first.starts_with("PR_GET_") || first == "PR_CAPBSET_READ" || args.contains("PR_CAP_AMBIENT_IS_SET") => {
            Some("only asks")
        }
        (_, "prlimit64") if args.split(", ").nth(2) == Some("NULL") => Some("only asks"),
        (_, "setpgid") => Some("job control"),
        (_, "write" | "openat") if first.ends_with("/oom_score_adj>") || args.contains("/oom_score_adj\"") => {
            Some("the subject is not to be the OOM killer's choice")
        }
        (Role::Shell, "clone" | "clone3" | "vfork") if args.contains("CLONE_VFORK") => Some("the start of a subject"),
        (Role::Subject, "execve") if args.contains("[\"boxlab-subject\"") => Some("the start of a subject"),
        (Role::Shell, "kill" | "pidfd_send_signal" | "wait4" | "rmdir" | "write") if replaces => Some("the end of a subject"),
        (Role::Shell, "kill" | "wait4") if turn.command == "doctor" => Some("the end of a trial"),
        (_, "waitid") if args.contains("WNOWAIT") => Some("only asks"),
        (Role::Shell, "wait4") if args.contains("WNOHANG") => Some("the shell takes the exit statuses of orphans"),
        (_, "clone") if args.contains("CLONE_CHILD_SETTID|SIGCHLD") => {
            Some("glibc's fork(2): a helper that calls in the bench's stead; primitives use clone3(2)")
        }
        (Role::Shell, "wait4") if args.ends_with(", 0, NULL") => Some("the end of such a helper"),
        _ if seen.answer.starts_with('?') => Some("it never returned"),
        (Role::Subject, _) if matches!(turn.end, End::SubjectGone { exit: Exit::Signal(libc::SIGSYS) }) => {
            Some("a seccomp filter killed the subject instead of making the call")
        }
        _ => None,
    }
}

fn changing(seen: &Seen) -> bool {
    let kernel_file = seen.args.contains("</proc/") || seen.args.contains("</sys/");
    let failed_open = seen.answer.starts_with("-1") && (seen.args.contains("O_WRONLY") || seen.args.contains("O_RDWR"));
    CHANGING.contains(&seen.name.as_str())
        || seen.name == "write" && kernel_file
        || seen.name == "openat" && failed_open && (seen.args.contains("\"/proc/") || seen.args.contains("\"/sys/"))
        || seen.name == "sendmsg" && seen.args.contains("sa_family=AF_NETLINK")
}

/// Did strace see this call?
fn same(call: &Call, seen: &Seen) -> bool {
    let answer = match call.answer {
        Ok(value) => seen.answer.split(['<', ' ']).next() == Some(value.to_string().as_str()),
        Err(number) => {
            let name = errno_name(nix::errno::Errno::from_raw(number));
            seen.answer.split(' ').take(2).eq(["-1", name.as_str()])
        }
    };
    let args: Vec<String> = call.args.iter().map(ToString::to_string).collect();
    let loose = LOOSE.iter().any(|(name, _)| *name == call.name);
    call.name == seen.name && answer && (loose || notation(&args.join(", ")) == notation(&seen.args))
}

/// Where the two may write the same in different words.
fn notation(args: &str) -> String {
    const CWD: &str = "AT_FDCWD";
    let fd = |before: &str| before.ends_with(|c: char| c.is_ascii_digit()) || before.ends_with(CWD);
    let mut text = String::new();
    let mut rest = args;
    // `3</proc/7/uid_map>`. An open file that has no path (a pidfd, a namespace) is compared by its number only.
    while let Some((before, after)) = rest.split_once('<') {
        text += before;
        rest = after;
        let Some((label, after)) = after.split_once('>').filter(|_| fd(before)) else {
            text.push('<');
            continue;
        };
        // strace does not say which file the descriptor in struct clone_args is.
        let in_clone_args = before.trim_end_matches(|c: char| c.is_ascii_digit()).ends_with(", cgroup=");
        if label.starts_with('/') && !label.starts_with("/proc/self/ns") && !before.ends_with(CWD) && !in_clone_args {
            text += &format!("<{label}>");
        }
        rest = after;
    }
    text += rest;
    // What strace writes as an address was not filled in, which boxlab shows as NULL.
    let text = text.split(", ").map(|arg| if arg.starts_with("0x7f") { "NULL" } else { arg }).collect::<Vec<_>>().join(", ");
    // wait(2) has it for wait4; strace knows the bit by waitid's name.
    // A comment of strace's for a number that has no name.
    text.replace("WUNTRACED", "WSTOPPED").replace(" /* MS_??? */", "")
}

/// What is not as it should be with one turn: printed and not made, made and not printed, or out of order.
fn compare(turn: &Turn, calls: &[(Role, Seen)], workers: &[i32]) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut used: Vec<usize> = Vec::new();
    for call in &turn.calls {
        let fits = |at: &usize| {
            let (role, seen) = &calls[*at];
            !used.contains(at) && !matches!(role, Role::Keeper | Role::Program) && same(call, seen)
        };
        // The bench's own plumbing may look the same: the one that is in order is meant.
        let late = |at: usize| used.iter().any(|before| calls[*before].1.pid == calls[at].1.pid && *before > at);
        let mut fitting = (0..calls.len()).filter(fits);
        let found = fitting.clone().find(|at| !late(*at)).or_else(|| fitting.next());
        match found {
            Some(at) => {
                if late(at) {
                    wrong.push(format!("printed out of order: {call}"));
                }
                used.push(at);
            }
            None => wrong.push(format!("printed, but not made: {call}")),
        }
    }
    for (at, (role, seen)) in calls.iter().enumerate() {
        let worker = workers.contains(&seen.pid) && seen.name != "execve";
        if !used.contains(&at) && changing(seen) && !worker && plumbing(*role, seen, turn).is_none() {
            wrong.push(format!("made, but not printed: {}({}) = {} [{role:?} {}]", seen.name, seen.args, seen.answer, seen.pid));
        }
    }
    wrong
}

/// Runs the example's lines under strace; what is wrong, and the names of the calls that its own line printed.
fn run(example: &Example) -> (Vec<String>, Vec<String>) {
    // The first line does nothing: what comes before its end is the start of the session.
    let script = format!("lang en;{};{}", example.after, example.line);
    let trace = trace(env!("CARGO_BIN_EXE_boxlab"), &script);
    let turns: Vec<Turn> = trace.output.lines().map(|line| serde_json::from_str(line).expect("a turn")).collect();
    let is_end = |(role, seen): &(Role, Seen)| {
        *role == Role::Shell && seen.name == "write" && seen.args.starts_with("1<") && seen.args.contains(", \"{\\\"line\\\":")
    };
    let ends: Vec<usize> = trace.calls.iter().enumerate().filter(|(_, call)| is_end(call)).map(|(at, _)| at).collect();
    let mut wrong = Vec::new();
    if ends.len() != turns.len() || turns.len() < 2 {
        wrong.push(format!("{} lines were printed, and strace saw {}:\n{}", turns.len(), ends.len(), trace.output));
        return (wrong, Vec::new());
    }
    let mut workers: Vec<i32> = Vec::new();
    for at in 1..turns.len() {
        let calls = &trace.calls[ends[at - 1] + 1..ends[at]];
        if INNER.iter().any(|(name, _)| *name == turns[at].command) {
            let makes =
                |role: Role, seen: &Seen| role == Role::Subject || role == Role::Shell && !seen.args.contains("CLONE_VFORK");
            workers.extend(calls.iter().filter(|(role, seen)| makes(*role, seen)).filter_map(|(_, seen)| seen.born));
        }
        let line = &turns[at].line;
        wrong.extend(compare(&turns[at], calls, &workers).into_iter().map(|what| format!("`{line}` (of `{script}`): {what}")));
    }
    let names = turns.last().map(|turn| turn.calls.iter().map(|call| call.name.clone()).collect()).unwrap_or_default();
    (wrong, names)
}

/// What the card says it calls.
fn promised(card: &Card) -> Option<&'static str> {
    match card.primitive {
        // It never returns, so there is no answer to print; the parent's wait4 tells.
        Primitive::Syscall("exit_group") => None,
        Primitive::Syscall(name) => Some(name),
        Primitive::Write(_) => Some("write"),
        Primitive::Read(_) | Primitive::None => None,
    }
}

#[test]
fn what_is_printed_is_what_was_called() {
    if let Some(word) = needs::missing("strace") {
        return eprintln!("skipped: needs {word}");
    }
    // Where a machine is slow, BOXLAB_FIDELITY=cgroup leaves it at the commands whose name begins so.
    let only = std::env::var("BOXLAB_FIDELITY").unwrap_or_default();
    let chosen = cards().filter(|card| card.name.starts_with(only.as_str()));
    let work: Vec<(&Card, &Example)> = chosen.flat_map(|card| card.examples.iter().map(move |one| (card, one))).collect();
    let left = Mutex::new(work.into_iter());
    let failures = Mutex::new(Vec::new());
    let shown = Mutex::new(Vec::new());
    let skipped = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                loop {
                    let Some((card, example)) = left.lock().expect("no panic").next() else { return };
                    if let Some((_, reason)) = EXEMPT.iter().find(|(name, _)| *name == card.name) {
                        skipped.lock().expect("no panic").push(format!("{}: {reason}", card.name));
                        continue;
                    }
                    if let Some(word) = needs::missing(example.needs) {
                        skipped.lock().expect("no panic").push(format!("{}: {} (needs {word})", card.name, example.line));
                        continue;
                    }
                    let (wrong, names) = run(example);
                    failures.lock().expect("no panic").extend(wrong);
                    shown.lock().expect("no panic").push((card.name, names));
                }
            });
        }
    });
    let (mut failures, shown) = (failures.into_inner().expect("no panic"), shown.into_inner().expect("no panic"));
    for card in cards() {
        let runs: Vec<_> = shown.iter().filter(|(name, _)| *name == card.name).collect();
        // Where an example is skipped, it may be that one.
        let Some(name) = promised(card).filter(|_| runs.len() == card.examples.len()) else { continue };
        if !runs.iter().any(|(_, names)| names.iter().any(|called| called == name)) {
            failures.push(format!("{}: it is about {name}, and no example of it calls that", card.name));
        }
    }
    for (name, reason) in EXEMPT.iter().chain(INNER) {
        if !cards().any(|card| card.name == *name) {
            failures.push(format!("{name} ({reason}): there is no such command"));
        }
    }
    skipped.into_inner().expect("no panic").iter().for_each(|skip| eprintln!("skipped: {skip}"));
    failures.sort();
    failures.dedup();
    assert!(failures.is_empty(), "{} differences:\n{}", failures.len(), failures.join("\n"));
}
