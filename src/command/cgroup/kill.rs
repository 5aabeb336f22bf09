//! `cgroup kill`: kill all processes of a cgroup at once. write(2) to cgroup.kill; on cgroup v1 kill(2), one by one.

use super::ground::sitting;
use super::{NAME, ground};
use crate::command::{Args, Card, Count, Equivalent, Example, Man, Outside, Param, Primitive, Run, Said, Stop};
use crate::model::{Msg, NoteKind, Text};
use crate::observe::cgroup::tree;
use nix::errno::Errno;

/// How often processes that were born meanwhile are looked for, where they are killed one by one.
const ROUNDS: usize = 5;

/// The card.
pub const CARD: Card = Card {
    name: "cgroup kill",
    args: &[Param { count: Count::Optional, ..NAME }],
    primitive: Primitive::Write("cgroup.kill"),
    man: &[Man("cgroups", 7), Man("kill", 2)],
    own: &[],
    summary: Text { en: "kill all processes of a cgroup and below it", zh: "杀死一个 cgroup 及其下的所有进程" },
    explain: Text {
        en: "`1` written to cgroup.kill (since Linux 5.14) sends SIGKILL to every process in the cgroup and below, and to those that are \
             being forked: nobody escapes. cgroup v1 has nothing like it: each process is signalled, and one that forks quickly enough \
             can get away for a round. The cgroup itself stays. Without NAME it is the cgroup in which the subject sits, so the subject \
             dies, too, and a fresh one takes its place.",
        zh: "向 cgroup.kill 写入 `1`（Linux 5.14 起），会对该 cgroup 及其下的每个进程发送 SIGKILL，连正在 fork 的也不放过。cgroup v1 没有这种机制：\
             只能逐个发信号，fork 得够快的进程可能逃过一轮。cgroup 本身不会消失。省略 NAME 时针对被观察进程所在的 cgroup，于是它自己也会死，随后换上一个全新的。",
    },
    equivalents: &[
        Equivalent { tool: "sh", line: "echo 1 > /sys/fs/cgroup/box/cgroup.kill" },
        Equivalent { tool: "systemctl(1)", line: "systemctl kill --signal=SIGKILL box.scope" },
    ],
    examples: &[
        Example { after: "cgroup new web", line: "cgroup kill web", shows: "0 processes", needs: "root" },
        Example { after: "", line: "cgroup kill", shows: "SIGKILL", needs: "root" },
    ],
    run: Run::Outside(run),
};

fn run(cx: &mut Outside<'_>, args: &Args) -> Result<Said, Stop> {
    let nested = super::named(args, "NAME")?;
    let ground = ground(cx)?;
    let controller = ground.first();
    let dir = ground.spot(cx.kernel, &cx.subject, nested.as_ref(), controller)?;
    let victims = || tree(&dir).iter().flat_map(|dir| sitting(dir)).collect::<Vec<i32>>();
    let number = victims().len();
    let itself = ground.sits(&cx.subject).values().any(|at| at.starts_with(&dir));
    let mut said = Said::nothing();
    if dir.join("cgroup.kill").exists() {
        cx.kernel.write_file(&dir.join("cgroup.kill"), "1")?;
    } else {
        // cgroup v1, or v2 before Linux 5.14.
        for _ in 0..ROUNDS {
            for pid in victims() {
                match cx.kernel.kill(pid, libc::SIGKILL) {
                    Ok(()) | Err(Errno::ESRCH) => {}
                    Err(errno) => return Err(errno.into()),
                }
            }
            std::thread::sleep(std::time::Duration::from_millis(1));
        }
        said = said.note(
            NoteKind::Did,
            Msg::new(
                "there is no cgroup.kill here, so each process was signalled by itself",
                "这里没有 cgroup.kill，因此逐个向进程发了信号",
            ),
        );
    }
    said = said.note(
        NoteKind::Did,
        Msg::new(
            format!("SIGKILL to {number} process{}", if number == 1 { "" } else { "es" }),
            format!("向 {number} 个进程发送了 SIGKILL"),
        ),
    );
    Ok(match itself {
        true => said.note(
            NoteKind::Careful,
            Msg::new(
                "the subject was among them: SIGKILL ends whoever sits in the cgroup, and it sat there",
                "被观察进程也在其中：SIGKILL 会结束 cgroup 里的每一个进程，而它正坐在里面",
            ),
        ),
        false => said,
    })
}
