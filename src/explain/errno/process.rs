//! H: processes, signals, reaping; and of E what execve(2) says.

use super::case::{Case, Verdict, apart, decide, known, maybe, no, unreached, yes};
use super::{NONE, Row, row, t};
use crate::explain::cap::Cap;
use crate::model::{FileLive, MountLive, NsKind};
use nix::errno::Errno::*;

pub(super) const ROWS: &[Row] = &[
    row(
        "E8",
        &["execve"],
        &[ENOENT],
        t(
            "the program is not there; or it is, and what must run it is not: its ELF interpreter (the dynamic loader) or that of its `#!` line",
            "没有这个程序；或程序在，但运行它所需的解释器不在：ELF 解释器（动态加载器）或 #! 行中的解释器",
        ),
        t("look at what is there: `show /`", "看看那里有什么：`show /`"),
        no_interpreter,
    ),
    row(
        "E9",
        &["execve"],
        &[EACCES],
        t(
            "the file is a directory, has no x permission, or lies on a mount with noexec",
            "该文件是目录、没有 x 权限，或位于以 noexec 挂载的文件系统上",
        ),
        t("see it: `show /proc/self/mountinfo`", "查看：`show /proc/self/mountinfo`"),
        not_executable,
    ),
    row(
        "E10",
        &["execve"],
        &[ENOEXEC],
        t(
            "the kernel knows no such format: a text without `#!`, or a program for another architecture",
            "内核不认识该格式：没有 #! 的文本，或别的体系结构的程序",
        ),
        t("a script is run by its shell: `spawn sh -c 'echo hello'`", "脚本由它的 shell 运行：`spawn sh -c 'echo hello'`"),
        no_format,
    ),
    row(
        "E11",
        &["execve"],
        &[],
        t(
            "set-user-ID and file capabilities are silently not honoured with no_new_privs, on a nosuid mount, or where the file's owner has no mapping",
            "设置了 no_new_privs、挂载带 nosuid，或文件属主没有映射时，setuid 位与文件权能会被悄悄忽略",
        ),
        t("see NoNewPrivs: `show /proc/self/status`", "看 NoNewPrivs：`show /proc/self/status`"),
        unreached,
    ),
    row(
        "H9",
        &["kcmp"],
        &[EPERM],
        t(
            "the right to inspect both processes is missing (PTRACE_MODE_READ_REALCREDS): another user's, or one with capabilities that the caller has not",
            "缺少查看两个进程的权利（PTRACE_MODE_READ_REALCREDS）：它属于别的用户，或拥有调用者没有的权能",
        ),
        t("compare two of the bench's own: `kcmp a self`", "比较实验台自己的两个进程：`kcmp a self`"),
        no_inspector,
    ),
    row(
        "H1",
        &["kill"],
        &[],
        t(
            "PID 1 of a namespace gets from inside only signals that it has a handler for, never KILL and STOP: kill(2) returns 0, and nothing happens",
            "命名空间的 1 号进程只会收到来自内部且自己设有处理函数的信号，KILL 和 STOP 则从不：kill(2) 返回 0，什么也不发生",
        ),
        t("from outside it works: `kill --outside KILL self`", "从外部有效：`kill --outside KILL self`"),
        unreached,
    ),
    row(
        "H2",
        &["kill"],
        &[ESRCH],
        t(
            "there is no such process, as the caller's own PID namespace counts: the host's numbers mean nothing in there",
            "没有该进程（按调用者所在 PID 命名空间的编号）：主机的编号在里面没有意义",
        ),
        t("see both numbers: `ps`", "查看两个编号：`ps`"),
        other_number,
    ),
    row(
        "H7",
        &["kill"],
        &[EPERM],
        t(
            "one may signal processes of one's own user, or those of a user namespace over which one has CAP_KILL",
            "只能向同一用户的进程发信号，或在其用户命名空间中具有 CAP_KILL",
        ),
        t("from outside: `kill --outside TERM self`", "从外部：`kill --outside TERM self`"),
        not_ones_own,
    ),
    row(
        "H3",
        &["wait4", "waitid", "waitpid"],
        &[ECHILD],
        t(
            "there is no child to wait for: it has been waited for already, or is not one's own child, or SIGCHLD is ignored and the kernel reaps by itself",
            "没有可等待的子进程：已经等待过、不是自己的子进程，或忽略了 SIGCHLD 而由内核自动回收",
        ),
        t("start one: `spawn -b sleep 1`", "启动一个：`spawn -b sleep 1`"),
        childless,
    ),
    row(
        "H4",
        &["pidfd_open"],
        &[EINVAL, ENOENT],
        t(
            "the number is that of a thread, not of a process (EINVAL; ENOENT since 6.18)",
            "该编号是线程而不是进程（EINVAL；6.18 起为 ENOENT）",
        ),
        NONE,
        unreached,
    ),
    row(
        "H5",
        &["prctl PR_SET_PDEATHSIG"],
        &[],
        t(
            "it fires when the parent thread ends, not the process; and never, if the parent had ended before",
            "它在父线程（而非父进程）结束时触发；若父进程先已结束则永不触发",
        ),
        t("a cgroup kills all that is in it: `cgroup kill`", "cgroup 可以杀死其中所有进程：`cgroup kill`"),
        unreached,
    ),
    row(
        "H6",
        &["unshare"],
        &[],
        t(
            "unshare(1) --fork ignores Ctrl-C and TERM while it waits for its child",
            "unshare(1) --fork 在等待子进程期间忽略 Ctrl-C 和 TERM",
        ),
        NONE,
        unreached,
    ),
];

/// The longest mount point above a path.
pub(super) fn mount_of<'a>(case: &Case<'a>, file: &FileLive) -> Option<&'a MountLive> {
    let by_id = case.live.mounts.iter().find(|mount| Some(u64::from(mount.id)) == file.mount);
    by_id.or_else(|| {
        let fits = |mount: &&MountLive| std::path::Path::new(&file.path).starts_with(&mount.point);
        case.live.mounts.iter().filter(fits).max_by_key(|mount| mount.point.len())
    })
}

/// kcmp(2) has no other reason for it.
fn no_inspector(_: &Case<'_>) -> Verdict {
    yes()
}

fn no_interpreter(case: &Case<'_>) -> Verdict {
    let Some(file) = case.file(0) else { return maybe() };
    if !file.exists() {
        let dir = &file.above;
        let there = case.live.caller.root.is().cloned().unwrap_or_default();
        return yes()
            .seen(
                format!("there is no {} in the subject's view (its root: {there})", file.path),
                format!("在被观察进程的视图中没有 {}（它的根：{there}）", file.path),
            )
            .next(format!("look for it: `show {}`", quoted(dir)), format!("找找看：`show {}`", quoted(dir)));
    }
    match &file.interpreter {
        Some((path, false)) => yes()
            .seen(
                format!("{} is there; it is run by {path}, which is not", file.path),
                format!("{} 在；运行它的是 {path}，而它不在", file.path),
            )
            .next(
                "bind the directories of the libraries into the new root, or take a statically linked program; `reset` goes back",
                "把库所在的目录绑定挂载到新的根里，或改用静态链接的程序；`reset` 可以回去",
            ),
        _ => no(),
    }
}

/// A word of a line, protected where it must be.
pub(super) fn quoted(word: &str) -> String {
    let plain = word.chars().all(|c| c.is_alphanumeric() || "/._-+:@%,=".contains(c));
    if plain { word.into() } else { format!("'{}'", word.replace('\'', "")) }
}

fn not_executable(case: &Case<'_>) -> Verdict {
    let Some(file) = case.file(0).filter(|file| file.exists()) else { return maybe() };
    let path = &file.path;
    if file.is(0o040_000) {
        return yes()
            .seen(format!("{path} is a directory"), format!("{path} 是目录"))
            .next(format!("`show {}` lists it", quoted(path)), format!("`show {}` 列出内容", quoted(path)));
    }
    if file.mode.is_some_and(|mode| mode & 0o111 == 0) {
        let mode = file.mode.unwrap_or_default() & 0o7777;
        return yes()
            .seen(format!("the permissions of {path} are {mode:04o}: no x"), format!("{path} 的权限是 {mode:04o}：没有 x"))
            .next(
                format!("if it is yours: `spawn chmod +x {}`", quoted(path)),
                format!("若是你的文件：`spawn chmod +x {}`", quoted(path)),
            );
    }
    match mount_of(case, file) {
        Some(mount) if mount.options.iter().any(|option| option == "noexec") => apart(),
        // The permissions of directories are nothing to who may pass all of them.
        _ if case.may(Cap::DAC_READ_SEARCH, case.live.host.get(&NsKind::User).copied()) == Some(true) => no(),
        _ => maybe().seen("a directory above it may be closed to this user", "可能是上级目录对该用户不开放"),
    }
}

fn no_format(case: &Case<'_>) -> Verdict {
    let Some(file) = case.file(0).filter(|file| file.exists()) else { return maybe() };
    match file.no_format {
        true => yes()
            .seen(format!("{} begins with neither ELF nor #!", file.path), format!("{} 的开头既不是 ELF 也不是 #!", file.path)),
        false => maybe(),
    }
}

fn other_number(case: &Case<'_>) -> Verdict {
    let own = case.live.caller.ns_id(NsKind::Pid);
    let hosts = own == case.live.host.get(&NsKind::Pid).copied();
    let (own, pid) = (own.map_or(0, |id| id.ino), case.text(0).unwrap_or("?"));
    match hosts {
        true => yes().seen(format!("no process {pid} lives"), format!("没有存活的进程 {pid}")),
        false => yes().seen(
            format!("the caller is in pid:[{own}], and nobody in there has the number {pid}"),
            format!("调用者在 pid:[{own}] 中，那里没有编号为 {pid} 的进程"),
        ),
    }
}

fn not_ones_own(case: &Case<'_>) -> Verdict {
    let Some((own, theirs)) = case.creds().zip(case.live.target.as_ref().and_then(|target| target.creds.is())) else {
        return maybe();
    };
    let home = case.live.target.as_ref().and_then(|target| target.ns_id(NsKind::User));
    // Who has no CAP_KILL at all need not be asked where it would count.
    let may = if Cap::KILL.is_in(own.cap_eff) { case.may(Cap::KILL, home) } else { Some(false) };
    let lacks = case.lacks(Cap::KILL, home.or(case.home()));
    let seen = known(may.map(|may| !may)).seen(
        format!("the process belongs to uid {}; {}", theirs.euid, lacks.en),
        format!("该进程属于 uid {}；{}", theirs.euid, lacks.zh),
    );
    match case.live.inside {
        true => seen,
        false => seen.next(
            "only its owner or root may: `ps` lists the processes that are yours",
            "只有它的属主或 root 可以：`ps` 列出属于你的进程",
        ),
    }
}

fn childless(case: &Case<'_>) -> Verdict {
    decide(case.live.children == 0).seen("it has no child", "它没有子进程")
}
