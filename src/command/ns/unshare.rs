//! `unshare`: the subject leaves namespaces for new ones. unshare(2).

use crate::command::{Args, Card, Count, Equivalent, Example, Inside, Kind, Man, Param, Primitive, Run, Said, Stop};
use crate::model::{NoteKind, Text};

/// The card.
pub const CARD: Card = Card {
    name: "unshare",
    args: &[Param {
        name: "NS",
        kind: Kind::Ns,
        count: Count::Many,
        about: Text { en: "user mnt pid net uts ipc cgroup time, or all", zh: "user mnt pid net uts ipc cgroup time，或 all" },
    }],
    primitive: Primitive::Syscall("unshare"),
    man: &[Man("unshare", 2), Man("namespaces", 7)],
    own: &[],
    summary: Text { en: "leave namespaces for new ones", zh: "离开原来的命名空间，进入新建的命名空间" },
    explain: Text {
        en: "One unshare(2) call with the flags of all kinds named. The subject itself moves at once; for pid and time only its \
             later children do. It needs CAP_SYS_ADMIN, unless user is among them: then the kernel makes the user namespace \
             first, and it gives the right to make the others.",
        zh: "用所列种类的标志调用一次 unshare(2)。被观察进程立刻进入新的命名空间；pid 和 time 则只对之后出生的子进程生效。需要 CAP_SYS_ADMIN，\
             除非其中包含 user：内核会先创建用户命名空间，由它给出创建其余命名空间的权能。",
    },
    equivalents: &[
        Equivalent { tool: "unshare(1)", line: "unshare --uts --mount bash" },
        Equivalent {
            tool: "docker",
            line: "docker run makes all but user and time at once; --uts host, --pid host, --net host leave one out",
        },
    ],
    examples: &[
        Example { after: "", line: "unshare uts", shows: "unshare(CLONE_NEWUTS) = 0", needs: "root" },
        Example { after: "", line: "unshare pid", shows: "did not move", needs: "root" },
        Example { after: "cgroup new box; cgroup enter box", line: "unshare cgroup", shows: "begins at / now", needs: "root" },
        Example { after: "", line: "unshare user uts", shows: "unshare(CLONE_NEWUTS|CLONE_NEWUSER) = 0", needs: "userns" },
    ],
    run: Run::Inside(run),
};

fn run(cx: &mut Inside<'_>, args: &Args) -> Result<Said, Stop> {
    let kinds = args.kinds("NS");
    cx.kernel.unshare(&kinds)?;
    let unmoved = kinds.iter().filter_map(|kind| kind.row().unmoved);
    Ok(unmoved.fold(Said::nothing(), |said, text| said.note(NoteKind::Unchanged, text)))
}
