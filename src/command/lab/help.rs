//! `help`: the commands by folder; or all that a card says about one of them.

use crate::command::{
    Args, Card, Count, Example, FOLDERS, Kind, Outside, Param, Primitive, Run, Said, Stop, card, cards, nearest,
};
use crate::model::{Block, Cell, Grid, Mark, Msg, NsKind, Text};

/// The card.
pub const CARD: Card = Card {
    name: "help",
    args: &[Param {
        name: "COMMAND",
        kind: Kind::Topic,
        count: Count::Any,
        about: Text { en: "a command; without it, all of them", zh: "命令名；省略则列出全部命令" },
    }],
    primitive: Primitive::None,
    man: &[],
    own: &[],
    summary: Text { en: "list the commands, or describe one", zh: "列出命令，或说明某一条命令" },
    explain: Text {
        en: "Everything here comes from the command's card, from which Tab, hints, checks of arguments and the tests come as well. Nothing runs.",
        zh: "这里的内容都来自命令的卡片；Tab 补全、提示、参数检查和测试也取自同一张卡片。不执行任何操作。",
    },
    equivalents: &[],
    examples: &[
        Example { after: "", line: "help", shows: "namespaces", needs: "" },
        Example { after: "", line: "help unshare", shows: "unshare(2)", needs: "" },
        Example { after: "", line: "help subject new", shows: "NAME", needs: "" },
        Example { after: "", line: "help unshar", shows: "did you mean `unshare`", needs: "" },
    ],
    run: Run::Shell(run),
};

fn run(_: &mut Outside<'_>, args: &Args) -> Result<Said, Stop> {
    let words = args.all("COMMAND");
    let name = words.join(" ");
    if words.is_empty() {
        return Ok(listing(FOLDERS.iter().flat_map(|folder| section(&folder.title, folder.cards.iter()))));
    }
    if let Some(card) = card(&name) {
        return Ok(Said { view: describe(card), ..Said::default() });
    }
    let family: Vec<&Card> = cards().filter(|card| card.name.split_once(' ').is_some_and(|(first, _)| first == name)).collect();
    if !family.is_empty() {
        return Ok(listing(vec![rows(family.into_iter())]));
    }
    let near = nearest(&name, cards().map(|card| card.name));
    Err(Stop::Usage(match near {
        Some(near) => Msg::new(
            format!("no command `{name}`; did you mean `{near}`?"),
            format!("没有命令 `{name}`；你是想输入 `{near}` 吗？"),
        ),
        None => Msg::new(format!("no command `{name}`; `help` lists them"), format!("没有命令 `{name}`；`help` 列出所有命令")),
    }))
}

fn listing(blocks: impl IntoIterator<Item = Block>) -> Said {
    let mut view: Vec<Block> = blocks.into_iter().collect();
    view.push(Block::Para(Msg::same("")));
    view.push(Block::Para(Msg::new(
        "`help COMMAND` describes one; `;` stands between several on a line, and --on-host lets the guard stand aside for one line",
        "`help 命令` 说明一条命令；同一行的多条命令用 `;` 分隔；在一行上加 --on-host 可让该行绕过对主机的保护",
    )));
    Said { view, ..Said::default() }
}

fn section<'a>(title: &Text, cards: impl Iterator<Item = &'a Card>) -> [Block; 2] {
    [Block::Head((*title).into()), rows(cards)]
}

fn rows<'a>(cards: impl Iterator<Item = &'a Card>) -> Block {
    let rows = cards.map(|card| vec![Cell::new(format!("  {}", card.name)).mark(Mark::New), Cell::msg(card.summary)]);
    Block::Grid(Grid { head: Vec::new(), rows: rows.collect() })
}

/// All that a card says.
fn describe(card: &Card) -> Vec<Block> {
    let mut view = vec![Block::Head(Msg::same(card.usage())), Block::Para(card.summary.into()), Block::Para(Msg::same(""))];
    view.push(Block::Para(card.explain.into()));
    if !card.args.is_empty() {
        view.push(Block::Head(Msg::new("arguments", "参数")));
        let rows = card.args.iter().map(|param| vec![Cell::new(format!("  {}", param.name)), values(param)]);
        view.push(Block::Grid(Grid { head: Vec::new(), rows: rows.collect() }));
    }
    let pages: Vec<String> = card.man.iter().map(ToString::to_string).collect();
    let own: Vec<&str> = card.own.iter().copied().map(NsKind::name).collect();
    let facts = [
        (Msg::new("primitive", "原语"), card.primitive.name()),
        (Msg::new("manual", "手册"), pages.join(" ")),
        (Msg::new("own namespace needed", "需要自己的命名空间"), own.join(" ")),
    ];
    let facts = facts.into_iter().filter(|(_, text)| !text.is_empty());
    let facts: Vec<Vec<Cell>> = facts.map(|(name, text)| vec![indented(name), Cell::new(text)]).collect();
    if !facts.is_empty() {
        view.push(Block::Head(Msg::new("in the kernel", "内核")));
        view.push(Block::Grid(Grid { head: Vec::new(), rows: facts }));
    }
    let errors = super::topic::errors(card);
    if !errors.is_empty() {
        view.push(Block::Head(Msg::new("why it can fail", "可能失败的原因")));
        view.push(Block::Grid(Grid { head: Vec::new(), rows: errors }));
    }
    if !card.equivalents.is_empty() {
        view.push(Block::Head(Msg::new("the same with other tools", "用其他工具")));
        let rows = card.equivalents.iter().map(|one| vec![Cell::new(format!("  {}", one.tool)), Cell::new(one.line)]);
        view.push(Block::Grid(Grid { head: Vec::new(), rows: rows.collect() }));
    }
    if !card.examples.is_empty() {
        view.push(Block::Head(Msg::new("examples", "示例")));
        let lines = card.examples.iter().map(|example| match example.after {
            "" => format!("  {}", example.line),
            after => format!("  {after}; {}", example.line),
        });
        view.push(Block::Lines(lines.collect()));
    }
    view
}

fn values(param: &Param) -> Cell {
    match param.kind {
        Kind::Ns => {
            let kinds: Vec<&str> = NsKind::ALL.into_iter().map(NsKind::name).collect();
            let kinds = kinds.join(" ");
            Cell::msg(Msg::new(format!("{}: {kinds}", param.about.en), format!("{}：{kinds}", param.about.zh)))
        }
        _ => Cell::msg(param.about),
    }
}

fn indented(name: Msg) -> Cell {
    Cell::msg(Msg::new(format!("  {}", name.en), format!("  {}", name.zh)))
}
