//! `caps`: the five sets of capabilities by name, and what a program would have. Reads /proc/PID/status.

use super::super::exec::after_exec;
use crate::command::{Args, Card, Equivalent, Example, Man, Outside, Primitive, Run, Said, Stop};
use crate::model::{
    ALL_CAPS, Block, Cell, Creds, Grid, Mark, Msg, NoteKind, NsKind, Seen, Snapshot, Text, caps_msg, securebits_text,
};
use crate::observe;

/// The card.
pub const CARD: Card = Card {
    name: "caps",
    args: &[],
    primitive: Primitive::Read("/proc/PID/status"),
    man: &[Man("capabilities", 7), Man("proc_pid_status", 5), Man("user_namespaces", 7)],
    own: &[],
    summary: Text { en: "the five capability sets by name", zh: "按名字列出五个权能集" },
    explain: Text {
        en: "Root's power in pieces. Effective is what counts when the kernel asks; permitted is what may be made effective; inheritable and ambient are what an \
             execve(2) may hand on; bounding is the ceiling of what an execve(2) may give. The last row applies the rules of capabilities(7): what an ordinary program \
             would have if the subject ran it now. In a user namespace they count only for what that namespace owns.",
        zh: "把 root 的权力拆成若干份。有效集是内核检查时起作用的；许可集是可以变为有效的；可继承集与环境集是 execve(2) 可以传下去的；边界集是 execve(2) 所能给予的上限。\
             最后一行按 capabilities(7) 的规则算出：被观察进程此刻运行一个普通程序，该程序会有哪些权能。在用户命名空间中，权能只对该命名空间拥有的对象有效。",
    },
    equivalents: &[
        Equivalent { tool: "capsh(1)", line: "capsh --print" },
        Equivalent { tool: "setpriv(1)", line: "setpriv --dump" },
        Equivalent { tool: "grep(1)", line: "grep Cap /proc/PID/status; capsh --decode=MASK" },
        Equivalent { tool: "docker", line: "docker inspect --format '{{.HostConfig.CapAdd}} {{.HostConfig.CapDrop}}' CONTAINER" },
    ],
    examples: &[
        Example { after: "", line: "caps", shows: "bounding", needs: "" },
        Example { after: "unshare user", line: "caps", shows: "effective    all", needs: "userns" },
        Example { after: "caps drop all", line: "caps", shows: "effective    none", needs: "" },
    ],
    run: Run::Shell(run),
};

fn run(cx: &mut Outside<'_>, _: &Args) -> Result<Said, Stop> {
    let seen = &cx.subject.seen;
    let creds = match &seen.creds {
        Seen::Is(creds) => creds,
        Seen::Not { path, errno } => return Err(Stop::unread(path, *errno)),
    };
    let root = is_root(seen, creds);
    let securebits = seen.inside.as_ref().map_or(0, |inside| inside.securebits);
    let mut said = Said::nothing().show(Block::Grid(Grid { head: Vec::new(), rows: sets(creds, root, securebits) }));
    if creds.no_new_privs {
        said = said.note(
            NoteKind::Unchanged,
            Msg::new("no_new_privs is set: no program gains any", "已设置 no_new_privs：运行任何程序都不会增加权能"),
        );
    }
    if securebits != 0 {
        let names = securebits_text(securebits);
        said = said.note(NoteKind::Did, Msg::new(format!("securebits: {names}"), format!("securebits：{names}")));
    }
    let own = seen.ns_id(NsKind::User).is_some_and(|id| cx.host.get(&NsKind::User) != Some(&id));
    Ok(match own && creds.cap_eff != 0 {
        true => said.note(
            NoteKind::Unchanged,
            Msg::new(
                "they count for what the subject's user namespace owns, and for nothing of the host's",
                "它们只对被观察进程的用户命名空间所拥有的对象有效，对主机的一切都无效",
            ),
        ),
        false => said,
    })
}

/// Is its real or effective user ID the 0 of its own user namespace? Where that 0 is not mapped, nobody is root.
fn is_root(seen: &Snapshot, creds: &Creds) -> bool {
    let maps = seen.uid_map.is().map(Vec::as_slice).unwrap_or_default();
    let zero = maps.iter().find(|map| map.inside == 0 && map.count > 0).map(|map| map.outside);
    zero.is_some_and(|zero| creds.uids[..2].contains(&zero))
}

fn sets(creds: &Creds, root: bool, securebits: u32) -> Vec<Vec<Cell>> {
    let full = observe::process::last_capability().map_or(ALL_CAPS, |last| u64::MAX >> (63 - u64::from(last.min(63))));
    let row = |name: Msg, set: u64, about: Text| {
        let mark = if set == 0 { Mark::Dim } else { Mark::Plain };
        vec![Cell::msg(name), Cell::msg(caps_msg(set, full)).mark(mark), Cell::msg(about).mark(Mark::Dim)]
    };
    vec![
        row(
            Msg::new("effective", "有效 effective"),
            creds.cap_eff,
            Text { en: "counts when the kernel asks", zh: "内核检查时起作用" },
        ),
        row(Msg::new("permitted", "许可 permitted"), creds.cap_prm, Text { en: "may be made effective", zh: "可以变为有效" }),
        row(
            Msg::new("inheritable", "可继承 inheritable"),
            creds.cap_inh,
            Text { en: "for files that have it inheritable, too", zh: "传给同样标为可继承的文件" },
        ),
        row(
            Msg::new("ambient", "环境 ambient"),
            creds.cap_amb,
            Text { en: "kept by any ordinary program", zh: "任何普通程序都会保留" },
        ),
        row(
            Msg::new("bounding", "边界 bounding"),
            creds.cap_bnd,
            Text { en: "the most that execve gives", zh: "execve 所能给的上限" },
        ),
        row(
            Msg::new("→ program", "→ 程序"),
            after_exec(creds, root, securebits),
            Text { en: "what one run now would have", zh: "此刻运行的程序会有的" },
        ),
    ]
}
