//! `idmap auto`: the range of IDs that /etc/subuid lends to the user, by way of newuidmap(1) and newgidmap(1).

use super::idmap::now;
use crate::command::process::job::program;
use crate::command::{Args, Card, Equivalent, Example, Man, Outside, Primitive, Run, Said, Stop};
use crate::kernel::Program;
use crate::model::{Exit, Msg, NoteKind, NsKind, Text};
use crate::observe::process::read;
use crate::observe::subordinate::{Range, map_words, subordinate};
use crate::observe::users::user_name;
use std::path::Path;

/// The card.
pub const CARD: Card = Card {
    name: "idmap auto",
    args: &[],
    primitive: Primitive::Syscall("execve"),
    man: &[Man("newuidmap", 1), Man("subuid", 5), Man("user_namespaces", 7)],
    own: &[NsKind::User],
    summary: Text {
        en: "map the IDs that /etc/subuid lends to you", zh: "映射 /etc/subuid 借给你的 ID（无特权容器的做法）"
    },
    explain: Text {
        en: "Without CAP_SETUID one may map one ID only, one's own. A container of an ordinary user needs more: its root, and a user for each service. So the machine lends ranges of IDs to its users \
             (/etc/subuid, /etc/subgid: name, first ID, how many), and two set-user-ID programs, newuidmap and newgidmap, write the map for whoever the range belongs to: they are what has the privilege in rootless \
             podman and docker. 0 inside is you, 1 and on are the range; so files that the container's root makes are yours, and those of its other users belong to IDs that nobody else has.",
        zh: "没有 CAP_SETUID 时，只能映射一个 ID，即自己的。普通用户的容器需要更多：它的 root，以及每个服务的用户。因此机器把 ID 区间借给各用户（/etc/subuid、/etc/subgid：名字、起始 ID、个数），\
             由两个 set-user-ID 程序 newuidmap 和 newgidmap 替区间的所有者写入映射：无特权的 podman 和 docker 中，特权就在它们那里。内部的 0 是你自己，1 起是借来的区间；\
             所以容器 root 创建的文件归你所有，它的其他用户的文件则属于别人都没有的 ID。",
    },
    equivalents: &[
        Equivalent { tool: "unshare(1)", line: "unshare --map-root-user --map-auto" },
        Equivalent { tool: "podman(1)", line: "podman unshare cat /proc/self/uid_map" },
    ],
    examples: &[
        Example { after: "", line: "idmap auto", shows: "shares the host's user namespace", needs: "" },
        Example { after: "unshare user", line: "idmap auto", shows: "inside it is 0 now", needs: "subuid tool:newuidmap" },
        Example { after: "unshare user; idmap uid 0 0 1", line: "idmap auto", shows: "has a map already", needs: "root" },
    ],
    run: Run::Outside(run),
};

fn run(cx: &mut Outside<'_>, _: &Args) -> Result<Said, Stop> {
    let pid = cx.subject.pid();
    let uid = nix::unistd::geteuid().as_raw();
    let lent = subordinate(Path::new("/etc"), uid);
    for file in ["uid_map", "gid_map"] {
        if read(Path::new(&format!("/proc/{pid}/{file}"))).is().is_some_and(|text| !text.trim().is_empty()) {
            return Err(Stop::Unfit(Msg::new(
                format!(
                    "the namespace has a map already ({file}), and a map is written once: `unshare user` makes another namespace"
                ),
                format!("该命名空间已有映射（{file}），而映射只能写一次：`unshare user` 会新建一个命名空间"),
            )));
        }
    }
    for (file, ranges) in ["/etc/subuid", "/etc/subgid"].into_iter().zip(&lent) {
        if ranges.is_empty() {
            return Err(no_range(file, uid));
        }
    }
    for (tool, program) in TOOLS.into_iter().zip(helpers(pid as u32, lent)?) {
        let (exit, complaint) = cx.kernel.run_helper(&program)?;
        if exit != Exit::Status(0) {
            let complaint = complaint.trim().to_string();
            return Err(Stop::Unfit(Msg::new(format!("{tool}(1) refused: {complaint}"), format!("{tool}(1) 拒绝：{complaint}"))));
        }
    }
    Ok(Said::nothing().note(NoteKind::Did, now(pid, "uid")).note(NoteKind::Did, now(pid, "gid")))
}

/// Whoever writes a map for an ordinary user, of users and of groups.
const TOOLS: [&str; 2] = ["newuidmap", "newgidmap"];

/// The programs that write the maps of process `pid`: the caller's own IDs are 0 there, and 1 and on are what is lent to it. They are found
/// along PATH; a set-user-ID program needs nothing of the environment.
///
/// Errors: Unfit where there is no such program.
pub fn helpers(pid: u32, lent: [Vec<Range>; 2]) -> Result<[Program; 2], Stop> {
    let own = [nix::unistd::geteuid().as_raw(), nix::unistd::getegid().as_raw()];
    let one = |at: usize| -> Result<Program, Stop> {
        let words = [TOOLS[at].to_string(), pid.to_string()];
        let words: Vec<String> = words.into_iter().chain(map_words(own[at], &lent[at])).collect();
        let program = program(&words).map_err(|_| no_helper(TOOLS[at]))?;
        Ok(Program { envp: Vec::new(), ..program })
    };
    Ok([one(0)?, one(1)?])
}

fn no_range(file: &str, uid: u32) -> Stop {
    let name = user_name(uid).unwrap_or_else(|| uid.to_string());
    Stop::Unfit(Msg::new(
        format!(
            "{file} lends no IDs to {name} (uid {uid}): root of this machine adds a line such as {name}:100000:65536, or `usermod --add-subuids`. Without it: `idmap uid 0 {uid} 1`"
        ),
        format!(
            "{file} 没有借给 {name}（uid {uid}）任何 ID：由本机 root 加一行，例如 {name}:100000:65536，或用 `usermod --add-subuids`。没有的话：`idmap uid 0 {uid} 1`"
        ),
    ))
}

fn no_helper(tool: &str) -> Stop {
    let path = std::env::var("PATH").unwrap_or_default();
    Stop::Unfit(Msg::new(
        format!(
            "there is no {tool} in PATH ({path}): Debian has it in the package uidmap. It is the program that has the right; the kernel alone allows one's own ID only"
        ),
        format!("PATH（{path}）中没有 {tool}：Debian 的软件包是 uidmap。有这项特权的是该程序；仅凭内核只能映射自己的 ID"),
    ))
}
