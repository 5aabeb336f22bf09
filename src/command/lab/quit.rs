//! `quit`: leave the bench; nothing is left behind.

use crate::command::{Act, Args, Card, Example, Outside, Primitive, Run, Said, Stop};
use crate::model::Text;

/// The card.
pub const CARD: Card = Card {
    name: "quit",
    args: &[],
    primitive: Primitive::None,
    man: &[],
    own: &[],
    summary: Text { en: "leave (Ctrl-D); nothing is left behind", zh: "离开（Ctrl-D）；不留下任何东西" },
    explain: Text {
        en: "Ends all subjects and their programs and removes the cgroups that the bench made.",
        zh: "结束所有被观察进程及其程序，删除实验台创建的 cgroup。",
    },
    equivalents: &[],
    examples: &[Example { after: "", line: "quit", shows: "", needs: "" }],
    run: Run::Shell(run),
};

fn run(cx: &mut Outside<'_>, _: &Args) -> Result<Said, Stop> {
    cx.acts.push(Act::Quit);
    Ok(Said::nothing())
}
