//! `explain`: what a command would do here, what an errno can mean, what a concept is. Nothing runs.

use super::topic;
use crate::command::{Args, Card, Count, Equivalent, Example, Kind, Outside, Param, Primitive, Run, Said, Stop, nearest};
use crate::model::{Block, Msg, Text};

/// The card.
pub const CARD: Card = Card {
    name: "explain",
    args: &[Param {
        name: "TOPIC",
        kind: Kind::Topic,
        count: Count::Any,
        about: Text {
            en: "a command, an errno (EPERM; EPERM unshare: of that call), a concept, a capability (CAP_NET_RAW), or a set of them as /proc has it; without it, the list",
            zh: "命令、errno（EPERM；EPERM unshare 指该调用的）、概念、权能（CAP_NET_RAW），或 /proc 中的一组权能；省略则列出全部",
        },
    }],
    primitive: Primitive::None,
    man: &[],
    own: &[],
    summary: Text {
        en: "explain a command, an errno or a concept; nothing runs", zh: "解释命令、errno 或概念；不执行任何操作"
    },
    explain: Text {
        en: "Of a command: what will be called, what it needs and whether the subject has it now, whether the guard would refuse, what changes \
             and what does not. Of an errno: every reason known for each call. Of a concept: a few sentences and a line to type.",
        zh: "对命令：会调用什么、需要什么、被观察进程现在是否具备、是否会被拒绝、什么会变而什么不变。对 errno：列出每个调用的全部已知原因。\
             对概念：几句话，以及一行可以试的命令。",
    },
    equivalents: &[
        Equivalent { tool: "capsh(1)", line: "capsh --explain=cap_net_raw; capsh --decode=00000000a80425fb" },
        Equivalent { tool: "errno(1)", line: "errno EPERM" },
    ],
    examples: &[
        Example { after: "", line: "explain unshare", shows: "CAP_SYS_ADMIN", needs: "" },
        Example { after: "", line: "explain hostname", shows: "refused now", needs: "" },
        Example { after: "", line: "explain ENOMEM", shows: "has lost its init", needs: "" },
        Example { after: "", line: "explain EPERM unshare", shows: "chroot", needs: "" },
        Example { after: "", line: "explain CAP_SYS_TIME", shows: "first user namespace only", needs: "" },
        Example { after: "", line: "explain 00000000a80425fb", shows: "14 of 41", needs: "" },
        Example { after: "", line: "explain zombie", shows: "see also", needs: "" },
        Example { after: "", line: "explain zombi", shows: "did you mean `zombie`", needs: "" },
    ],
    run: Run::Shell(run),
};

fn run(cx: &mut Outside<'_>, args: &Args) -> Result<Said, Stop> {
    let words = args.all("TOPIC");
    if words.is_empty() {
        return Ok(view(topic::list()));
    }
    let name = words.join(" ");
    let found = topic::find(cx, &name);
    if !found.is_empty() {
        return Ok(view(found));
    }
    let topics = topic::names();
    let near = nearest(&name, topics.iter().map(String::as_str));
    Err(Stop::Usage(match near {
        Some(near) => Msg::new(
            format!("nothing is known of `{name}`; did you mean `{near}`?"),
            format!("没有关于 `{name}` 的说明；你是想输入 `{near}` 吗？"),
        ),
        None => Msg::new(
            format!("nothing is known of `{name}`; `explain` lists the topics"),
            format!("没有关于 `{name}` 的说明；`explain` 列出所有主题"),
        ),
    }))
}

fn view(view: Vec<Block>) -> Said {
    Said { view, ..Said::default() }
}
