//! `exit`: a forked subject ends, its parent is the subject again. _exit(2).

use crate::command::{Args, Card, Count, Example, Inside, Kind, Man, Param, Primitive, Run, Said, Stop};
use crate::model::{Msg, Text};

/// The card.
pub const CARD: Card = Card {
    name: "exit",
    args: &[Param {
        name: "STATUS",
        kind: Kind::Number,
        count: Count::Optional,
        about: Text { en: "exit status, 0 to 255", zh: "退出状态，0 到 255" },
    }],
    primitive: Primitive::Syscall("exit_group"),
    man: &[Man("_exit", 2), Man("wait", 2)],
    own: &[],
    summary: Text {
        en: "end a forked subject and go back to its parent", zh: "结束 fork 出来的被观察进程，回到父进程"
    },
    explain: Text {
        en: "The subject ends with this status; its parent, which has been waiting, is the subject again. If it was PID 1 of a PID \
             namespace, the kernel kills whatever still lives in there. The subject that the bench itself made does not exit: `reset` replaces it, `quit` leaves.",
        zh: "被观察进程以该状态结束；一直等待的父进程重新成为被观察进程。如果它是某个 PID 命名空间的 1 号进程，内核会杀死其中剩余的所有进程。\
             实验台自己创建的被观察进程不能 exit：`reset` 更换它，`quit` 离开。",
    },
    equivalents: &[],
    examples: &[Example { after: "fork", line: "exit 3", shows: "status 3", needs: "" }],
    run: Run::Inside(run),
};

fn run(cx: &mut Inside<'_>, args: &Args) -> Result<Said, Stop> {
    if cx.depth == 0 {
        return Err(Stop::Unfit(Msg::new(
            "there is no parent to go back to: this subject was not forked; `reset` gives a fresh one, `quit` leaves the bench",
            "没有可以返回的父进程：当前被观察进程不是 fork 出来的；`reset` 换一个新的，`quit` 离开实验台",
        )));
    }
    cx.leave = Some(args.number("STATUS").unwrap_or(0) as i32 & 0xff);
    Ok(Said::nothing())
}
