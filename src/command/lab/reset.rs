//! `reset`: a fresh subject in place of the current one.

use crate::command::{Act, Args, Card, Example, Outside, Primitive, Run, Said, Stop};
use crate::model::Text;

/// The card.
pub const CARD: Card = Card {
    name: "reset",
    args: &[],
    primitive: Primitive::None,
    man: &[],
    own: &[],
    summary: Text { en: "a fresh subject: undo everything", zh: "换一个全新的被观察进程：撤销一切" },
    explain: Text {
        en: "Ends the subject with all its programs, removes its cgroup, and starts a new one in the host's namespaces. Most of what a process \
             does to its namespaces cannot be undone by it (one cannot go back from a user namespace), so the process is replaced.",
        zh: "结束被观察进程及其所有程序，删除它的 cgroup，在主机的命名空间中启动一个新的。进程对自己命名空间所做的事大多无法自行撤销\
             （例如无法从用户命名空间回去），因此直接更换进程。",
    },
    equivalents: &[],
    examples: &[Example { after: "unshare uts user", line: "reset", shows: "ns.uts", needs: "userns" }],
    run: Run::Shell(run),
};

fn run(cx: &mut Outside<'_>, _: &Args) -> Result<Said, Stop> {
    cx.acts.push(Act::Reset);
    Ok(Said::nothing())
}
