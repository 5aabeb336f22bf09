//! `cgroup delegate`: lend a cgroup to another user. chown(2) of its directory and of the files that may be lent.

use super::nested::{Nested, no_such};
use super::{NAME, ground};
use crate::command::{Args, Card, Count, Equivalent, Example, Kind, Man, Outside, Param, Primitive, Run, Said, Stop};
use crate::model::{Msg, NoteKind, Text};
use crate::observe::users::{gid_of, uid_of};

/// The files that go with the directory (cgroups(7), "Cgroup delegation"; tasks on v1). Not the limits: those stay who lends'.
const FILES: &[&str] = &["cgroup.procs", "cgroup.threads", "cgroup.subtree_control", "tasks"];

/// The card.
pub const CARD: Card = Card {
    name: "cgroup delegate",
    args: &[
        NAME,
        Param {
            name: "USER[:GROUP]",
            kind: Kind::Word,
            count: Count::One,
            about: Text { en: "to whom, by name or number", zh: "委派给谁，用名字或号码" },
        },
    ],
    primitive: Primitive::Syscall("fchownat"),
    man: &[Man("cgroups", 7), Man("chown", 2)],
    own: &[],
    summary: Text { en: "lend a cgroup to another user", zh: "把一个 cgroup 委派给另一个用户" },
    explain: Text {
        en: "Delegation is a chown: of the directory, so that the user may make cgroups below it, and of cgroup.procs, cgroup.threads and cgroup.subtree_control, so that it may move processes between those and enable controllers for them. \
             The limits of the lent cgroup itself stay root's: whoever gets 64M may divide them, not raise them. On cgroup v2 nobody moves a process into or out of what was lent without the right to write cgroup.procs of \
             the nearest cgroup above both places (EACCES): the first process has to be put there by who lends, as systemd does with Delegate=yes. On cgroup v1 that rule is missing, and so is the protection of knobs from each other: it cannot be lent safely.",
        zh: "委派就是 chown：目录归用户，它就能在其下创建 cgroup；cgroup.procs、cgroup.threads、cgroup.subtree_control 归用户，它就能在这些 cgroup 之间移动进程、为它们启用控制器。\
             所委派的 cgroup 自身的限制仍归 root：得到 64M 的人可以再分，但不能调高。在 cgroup v2 上，要把进程移入或移出委派区，须有权写两处最近共同上级的 cgroup.procs，否则为 EACCES：\
             所以第一个进程要由委派者放进去，systemd 的 Delegate=yes 就是这样做的。cgroup v1 没有这条规则，各控制文件之间也没有保护，因此不能安全地委派。",
    },
    equivalents: &[
        Equivalent { tool: "systemd-run(1)", line: "systemd-run --user --scope -p Delegate=yes CMD" },
        Equivalent { tool: "cgcreate(1)", line: "cgcreate -t USER:GROUP -a USER:GROUP -g memory:box" },
    ],
    examples: &[
        Example {
            after: "cgroup new web",
            line: "cgroup delegate web 65534",
            shows: "cgroup.procs\", 65534, -1, 0) = 0",
            needs: "root",
        },
        Example { after: "", line: "cgroup delegate web 65534", shows: "cgroup new web", needs: "root" },
        Example { after: "cgroup new web", line: "cgroup delegate web nosuchuser", shows: "no user", needs: "root" },
    ],
    run: Run::Outside(run),
};

fn run(cx: &mut Outside<'_>, args: &Args) -> Result<Said, Stop> {
    let nested = Nested::parse(args.one("NAME")).map_err(Stop::Usage)?;
    let (uid, gid) = whom(args.one("USER[:GROUP]"))?;
    let dirs = ground(cx)?.dirs(&cx.subject, &nested);
    if dirs.is_empty() {
        return Err(Stop::Unfit(no_such(&nested)));
    }
    let mut v1 = false;
    for dir in dirs.values() {
        cx.kernel.chown(dir, uid, gid)?;
        for file in FILES.iter().map(|name| dir.join(name)).filter(|file| file.exists()) {
            cx.kernel.chown(&file, uid, gid)?;
        }
        v1 |= !dir.join("cgroup.controllers").exists();
    }
    let said = Said::nothing().note(
        NoteKind::Unchanged,
        Msg::new(
            "the limits of this cgroup itself stay root's; and the first process has to be put into it from here: `cgroup enter`, `cgroup move`",
            "该 cgroup 自身的限制仍归 root；第一个进程也须由这里放进去：`cgroup enter`、`cgroup move`",
        ),
    );
    Ok(match v1 {
        true => said.note(
            NoteKind::Careful,
            Msg::new(
                "cgroup v1 does not confine whom it is lent to: with a right to another group of the hierarchy, processes can be moved out",
                "cgroup v1 约束不了被委派者：只要对该层级中另一个组也有权限，就能把进程移出去",
            ),
        ),
        false => said,
    })
}

/// The numbers of `65534`, `nobody`, `1000:1000`.
fn whom(word: &str) -> Result<(u32, Option<u32>), Stop> {
    let (user, group) = word.split_once(':').map_or((word, None), |(user, group)| (user, Some(group)));
    let uid = user.parse().ok().or_else(|| uid_of(user));
    let gid = match group {
        None => Some(None),
        Some(group) => group.parse().ok().or_else(|| gid_of(group)).map(Some),
    };
    match (uid, gid) {
        (Some(uid), Some(gid)) => Ok((uid, gid)),
        _ => Err(Stop::Usage(Msg::new(
            format!("there is no user or group `{word}`: write 1000, nobody, or 1000:1000"),
            format!("没有用户或组 `{word}`：应写作 1000、nobody 或 1000:1000"),
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn users_have_names_and_numbers() {
        assert_eq!(whom("65534").ok(), Some((65534, None)));
        assert_eq!(whom("5:6").ok(), Some((5, Some(6))));
        assert_eq!(whom("root:root").ok(), Some((0, Some(0))));
        assert!(whom("").is_err() && whom("no such").is_err() && whom("1:").is_err() && whom("-1").is_err());
    }
}
