//! `history`: the lines of this session.

use crate::command::{Args, Card, Count, Example, Kind, Outside, Param, Primitive, Run, Said, Stop};
use crate::model::{Cell, Grid, Mark, Text};

/// The card.
pub const CARD: Card = Card {
    name: "history",
    args: &[Param {
        name: "N",
        kind: Kind::Number,
        count: Count::Optional,
        about: Text { en: "only the last N lines", zh: "只显示最后 N 行" },
    }],
    primitive: Primitive::None,
    man: &[],
    own: &[],
    summary: Text { en: "the lines of this session", zh: "列出本次会话输入过的行" },
    explain: Text {
        en: "The last 2,000. Up and Ctrl-R also reach the lines of earlier sessions, which are in $XDG_STATE_HOME/boxlab/history \
             (~/.local/state where that is not set). A line that begins with a blank is not kept.",
        zh: "保留最近 2000 行。用上箭头和 Ctrl-R 还可以找到以前会话的行，它们保存在 $XDG_STATE_HOME/boxlab/history（未设置时为 ~/.local/state）。\
             以空格开头的行不会保存。",
    },
    equivalents: &[],
    examples: &[Example { after: "lang en", line: "history", shows: "1  lang en", needs: "" }],
    run: Run::Shell(run),
};

fn run(cx: &mut Outside<'_>, args: &Args) -> Result<Said, Stop> {
    let few = args.number("N").and_then(|number| usize::try_from(number).ok()).unwrap_or(usize::MAX);
    let skipped = cx.history.len().saturating_sub(few);
    let lines = cx.history.iter().enumerate().skip(skipped);
    let rows = lines.map(|(at, line)| vec![Cell::new((at + 1).to_string()).mark(Mark::Dim), Cell::new(line)]);
    Ok(Said::default().show(crate::model::Block::Grid(Grid { head: Vec::new(), rows: rows.collect() })))
}
