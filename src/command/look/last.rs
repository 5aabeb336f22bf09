//! `last`: the whole receipt of the last line: every call, what changed, the same with other tools, the manual.

use crate::command::{Args, Card, Example, Outside, Primitive, Run, Said, Stop, card};
use crate::model::{Block, Cell, Grid, Mark, Msg, Text, Turn};

/// The card.
pub const CARD: Card = Card {
    name: "last",
    args: &[],
    primitive: Primitive::None,
    man: &[],
    own: &[],
    summary: Text {
        en: "all about the last line: calls, other tools, manual", zh: "上一行的完整记录：调用、等价命令、手册"
    },
    explain: Text {
        en: "Shows every kernel call of the last line uncut, what changed in the subject, how other tools do the same, and where to read on. Runs nothing.",
        zh: "完整显示上一行的每个内核调用、被观察进程的变化、其他工具的等价做法，以及可继续阅读的手册页。不运行任何东西。",
    },
    equivalents: &[],
    examples: &[
        Example { after: "unshare uts", line: "last", shows: "unshare --uts", needs: "root" },
        Example { after: "", line: "last", shows: "no line", needs: "" },
    ],
    run: Run::Shell(run),
};

fn run(cx: &mut Outside<'_>, _: &Args) -> Result<Said, Stop> {
    let Some(last) = cx.last else {
        return Err(Stop::Unfit(Msg::new(
            "no line was run yet; type one, `help` lists the commands",
            "还没有运行过任何一行；先输入一行，`help` 列出所有命令",
        )));
    };
    Ok(receipt(last))
}

fn receipt(turn: &Turn) -> Said {
    let mut said = Said::nothing().show(Block::Lines(vec![format!("> {}", turn.line)]));
    if !turn.calls.is_empty() {
        said = said
            .show(Block::Head(Msg::new("calls", "系统调用")))
            .show(Block::Lines(turn.calls.iter().map(ToString::to_string).collect()));
    }
    let changes = turn
        .changes
        .iter()
        .map(|change| vec![Cell::new(&change.what), Cell::new(&change.was), Cell::new("→"), Cell::new(&change.is)]);
    said = table(said, Msg::new("changed", "变化"), changes.collect());
    let Some(card) = card(&turn.command) else { return said };
    let equivalents = card.equivalents.iter().map(|one| vec![Cell::new(one.tool).mark(Mark::Dim), Cell::new(one.line)]);
    said = table(said, Msg::new("the same with other tools", "用其他工具做同样的事"), equivalents.collect());
    if !card.man.is_empty() {
        let pages: Vec<String> = card.man.iter().map(ToString::to_string).collect();
        said = said.show(Block::Head(Msg::new("manual", "手册"))).show(Block::Lines(vec![pages.join("  ")]));
    }
    said
}

fn table(said: Said, title: Msg, rows: Vec<Vec<Cell>>) -> Said {
    if rows.is_empty() {
        return said;
    }
    said.show(Block::Head(title)).show(Block::Grid(Grid { head: Vec::new(), rows }))
}
