//! The topics of `explain`, and what is shown of each.

use crate::command::{Card, FOLDERS, Outside, Primitive, Run, card, cards, guard};
use crate::explain::{capability, concept, errno, need};
use crate::model::{Block, CAPS, Cell, Grid, Mark, Msg, NsKind, cap_name, errno_name, errno_named};
use crate::observe::{self, Moment};
use nix::errno::Errno;
use std::path::Path;

/// The names of all topics, for completion and for the nearest one.
pub fn names() -> Vec<String> {
    let families = FOLDERS.iter().flat_map(|folder| folder.cards).map(|card| card.name.to_string());
    let concepts = concept::concepts().flat_map(|one| std::iter::once(&one.name).chain(one.also)).map(|name| (*name).to_string());
    let capabilities = CAPS.iter().map(|name| format!("CAP_{name}"));
    families.chain(errno::names()).chain(concepts).chain(capabilities).collect()
}

/// All topics in a few lines.
pub(super) fn list() -> Vec<Block> {
    let concepts: Vec<&str> = concept::concepts().map(|one| one.name).collect();
    let errnos: Vec<String> = errno::names().collect();
    let commands: Vec<&str> = cards().map(|card| card.name).collect();
    [
        (Msg::new("concepts", "概念"), concepts.join(" · ")),
        (Msg::new("errnos", "errno"), errnos.join(" ")),
        (Msg::new("commands", "命令"), commands.join(" · ")),
    ]
    .into_iter()
    .flat_map(|(head, list)| [Block::Head(head), Block::Para(Msg::same(list))])
    .collect()
}

/// What there is to say of a topic; empty: nothing.
pub(super) fn find(cx: &Outside<'_>, name: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    if let Some(card) = card(name) {
        blocks.extend(command(cx, card));
    }
    if let Some(concept) = concept::concept(name) {
        blocks.extend(of_concept(concept));
    }
    if !blocks.is_empty() {
        if name == "traps" {
            blocks.extend(reasons(errno::rows().filter(|row| row.errno.is_empty())));
        }
        return blocks;
    }
    if let Some(bit) = capability::topic(name) {
        return of_capability(bit);
    }
    if let Some(mask) = capability::mask(name) {
        return of_mask(mask);
    }
    let mut words = name.split(' ');
    let (first, second) = (words.next().unwrap_or_default(), words.next());
    // Either way round: `EPERM unshare`, `unshare EPERM`.
    match (errno_named(first), second, second.and_then(errno_named)) {
        (Some(found), second, _) => of_errno(found, second),
        (None, Some(_), Some(found)) => of_errno(found, Some(first)),
        _ => Vec::new(),
    }
}

fn of_capability(bit: u8) -> Vec<Block> {
    let Some(about) = capability::CAPABILITIES.get(usize::from(bit)) else { return Vec::new() };
    let name = cap_name(bit);
    let (counts, given) = (counts(about), given(about));
    vec![
        Block::Head(Msg::same(format!("CAP_{name} ({bit})"))),
        Block::Para(about.what.into()),
        facts(vec![
            (Msg::new("counts", "在哪里有效"), counts),
            (Msg::same("docker"), given),
            (Msg::new("type", "试试"), Msg::same(format!("try {name}"))),
            (Msg::new("see also", "另见"), Msg::same("`explain capability` `help caps` `help try`")),
        ]),
    ]
}

fn counts(about: &capability::Capability) -> Msg {
    match about.first_only {
        true => Msg::new(
            "in the machine's first user namespace only: who has it in one of its own has nothing of it",
            "只在机器最初的用户命名空间中有效：在自己的用户命名空间里拥有它没有用处",
        ),
        false => Msg::new(
            "over what belongs to the user namespace in which one has it (where it needs no more than that)",
            "对拥有它的那个用户命名空间所属的对象有效（只要不再需要别的条件）",
        ),
    }
}

fn given(about: &capability::Capability) -> Msg {
    match about.by_default {
        true => Msg::new("gives it to every container; --cap-drop takes it", "默认给每个容器；用 --cap-drop 去掉"),
        false => Msg::new("only with --cap-add, or --privileged", "只有用 --cap-add 或 --privileged 才给"),
    }
}

/// A set of capabilities as a number: what is in it.
fn of_mask(mask: u64) -> Vec<Block> {
    let bits = (0..64u8).filter(|bit| mask >> bit & 1 == 1);
    let rows: Vec<Vec<Cell>> = bits
        .map(|bit| {
            let what = match capability::CAPABILITIES.get(usize::from(bit)) {
                Some(about) => Cell::msg(about.what),
                None => Cell::msg(Msg::new("no capability that is known here", "这里不认识的权能")),
            };
            vec![Cell::new(bit.to_string()), Cell::new(cap_name(bit)), what]
        })
        .collect();
    let all = capability::CAPABILITIES.len();
    let head = Msg::new(
        format!("{mask:#018x}: {} of {all} capabilities", rows.len()),
        format!("{mask:#018x}：{all} 个权能中的 {} 个", rows.len()),
    );
    let table = Grid {
        head: [("bit", "位"), ("capability", "权能"), ("allows", "允许")].map(|(en, zh)| Msg::new(en, zh)).into(),
        rows,
    };
    vec![Block::Head(head), Block::Grid(table)]
}

fn of_errno(errno: Errno, call: Option<&str>) -> Vec<Block> {
    let call = call.map(|word| match card(word).map(|card| card.primitive) {
        Some(Primitive::Syscall(name)) => name.to_string(),
        Some(Primitive::Write(file) | Primitive::Read(file)) => file.rsplit('/').next().unwrap_or(file).to_string(),
        _ => word.to_string(),
    });
    let rows = errno::rows().filter(|row| row.errno.contains(&errno));
    let rows: Vec<_> = rows.filter(|row| call.as_deref().is_none_or(|call| row.names(call))).collect();
    let name = errno_name(errno);
    let mut blocks = vec![Block::Head(Msg::same(format!("{name} ({})", errno.desc())))];
    blocks.extend(errno::meaning(errno).map(|text| Block::Para(text.into())));
    if rows.is_empty() {
        let (en, zh) = match &call {
            Some(call) => (format!("no reason is known for {call} to say so"), format!("没有已知的原因会让 {call} 返回它")),
            None => ("no reason is known that belongs to containers".into(), "没有与容器有关的已知原因".into()),
        };
        blocks.push(Block::Para(Msg::new(en, zh)));
    }
    blocks.extend(reasons(rows.into_iter()));
    blocks
}

/// Rows as tables, one for each call: why, what to do.
fn reasons(rows: impl Iterator<Item = &'static errno::Row>) -> Vec<Block> {
    let mut groups: Vec<(&[&str], Vec<Vec<Cell>>)> = Vec::new();
    for row in rows {
        if groups.last().is_none_or(|(on, _)| *on != row.on) {
            groups.push((row.on, Vec::new()));
        }
        let Some((_, lines)) = groups.last_mut() else { continue };
        lines.push(vec![Cell::new("  ?"), Cell::msg(row.cause)]);
        if !row.next.en.is_empty() {
            lines.push(vec![Cell::new("  →"), Cell::msg(row.next)]);
        }
    }
    let table = |(on, rows): (&[&str], Vec<Vec<Cell>>)| {
        let head = on.iter().take(CALLS).copied().collect::<Vec<_>>().join(", ");
        let more = if on.len() > CALLS { ", …" } else { "" };
        [Block::Head(Msg::same(head + more)), Block::Grid(Grid { head: Vec::new(), rows })]
    };
    groups.into_iter().flat_map(table).collect()
}

/// More calls than these are not named in a heading.
const CALLS: usize = 6;

/// The reasons that a command's primitive can fail for, short: for `help`.
pub(super) fn errors(card: &Card) -> Vec<Vec<Cell>> {
    let name = primitive(card);
    // prctl(2) is many calls in one; which one it is stands among the pages of the manual: PR_CAP_AMBIENT(2).
    let options: Vec<&str> = card.man.iter().map(|page| page.0).filter(|page| page.starts_with("PR_")).collect();
    let fits = |row: &&errno::Row| {
        let named =
            |on: &&str| on.split_once(' ').is_none_or(|(_, detail)| options.iter().any(|option| detail.starts_with(option)));
        name != "prctl" || row.on.iter().filter(|on| on.starts_with("prctl")).any(named)
    };
    let rows = errno::rows().filter(|row| !row.errno.is_empty() && !name.is_empty() && row.names(&name)).filter(fits);
    rows.map(|row| {
        let names: Vec<String> = row.errno.iter().map(|errno| errno_name(*errno)).collect();
        vec![Cell::new(format!("  {}", names.join(" "))).mark(Mark::Warn), Cell::msg(row.cause)]
    })
    .collect()
}

/// The call, or the last part of the file's path.
fn primitive(card: &Card) -> String {
    match card.primitive {
        Primitive::Syscall(name) => name.into(),
        Primitive::Write(file) => file.rsplit('/').next().unwrap_or(file).into(),
        Primitive::Read(_) | Primitive::None => String::new(),
    }
}

fn of_concept(concept: &concept::Concept) -> Vec<Block> {
    let see: Vec<String> = concept.see.iter().map(|topic| format!("`explain {topic}`")).collect();
    vec![
        Block::Head(Msg::same(concept.name)),
        Block::Para(concept.what.into()),
        facts(vec![
            (Msg::new("type", "试试"), Msg::same(concept.line)),
            (Msg::new("see also", "另见"), Msg::same(see.join(" "))),
        ]),
    ]
}

/// A command: what will be called, what it needs, how that stands now, what changes and what does not.
fn command(cx: &Outside<'_>, card: &Card) -> Vec<Block> {
    let seen = cx.subject.seen.clone();
    let live = observe::live(Path::new("/proc"), Moment { call: None, caller: seen, target: None, host: cx.host, inside: true });
    let mut list =
        vec![(Msg::new("calls", "调用"), Msg::same(card.primitive.name())), (Msg::new("where", "在哪里"), place(card))];
    if let Some(need) = need::of(&primitive(card)) {
        list.push((Msg::new("needs", "需要"), need.words()));
        if let Some((_, how)) = need.stands(&live) {
            list.push((Msg::new("now", "现在"), how));
        }
    }
    list.extend(card.own.iter().map(|kind| (Msg::new("guard", "保护"), guard(cx, card, *kind))));
    list.retain(|(_, text)| !text.en.is_empty());
    let mut blocks = vec![Block::Head(Msg::same(card.usage())), Block::Para(card.explain.into()), facts(list)];
    let unmoved = NsKind::ALL.into_iter().filter_map(|kind| Some((Msg::same(kind.name()), Msg::from(kind.row().unmoved?))));
    if matches!(card.name, "unshare" | "clone") {
        blocks.push(Block::Head(Msg::new("what does not change, by kind", "不变的是什么（按种类）")));
        blocks.push(facts(unmoved.collect()));
    }
    blocks.push(Block::Para(Msg::new(
        format!("nothing was run. `help {}` has examples and the reasons for which it can fail", card.name),
        format!("没有执行任何操作。`help {}` 有示例以及可能失败的原因", card.name),
    )));
    blocks
}

fn place(card: &Card) -> Msg {
    match card.run {
        Run::Inside(_) => Msg::new("in the subject itself", "在被观察进程自身中"),
        Run::Outside(_) => Msg::new(
            "the observer does it to the subject, as a container runtime does",
            "由观察者对被观察进程进行，与容器运行时相同",
        ),
        Run::Shell(_) => Msg::new("in the shell: nothing changes in the subject", "在外壳中：被观察进程没有任何变化"),
        Run::Either { .. } => {
            Msg::new("in the subject, or in the observer where a flag asks for it", "在被观察进程中；有相应标志时由观察者进行")
        }
    }
}

fn guard(cx: &Outside<'_>, card: &Card, kind: NsKind) -> Msg {
    let id = cx.subject.seen.ns_id(kind).map_or(0, |id| id.ino);
    match guard::closed(card, kind, &cx.subject, cx.names) {
        Some(why) => Msg::new(format!("refused now: {}", why.en), format!("现在会被拒绝：{}", why.zh)),
        None => {
            Msg::new(format!("allowed: {kind}:[{id}] was made by this bench"), format!("允许：{kind}:[{id}] 是本实验台创建的"))
        }
    }
}

fn facts(list: Vec<(Msg, Msg)>) -> Block {
    let rows = list.into_iter().map(|(name, text)| {
        let name = Msg::new(format!("  {}", name.en), format!("  {}", name.zh));
        vec![Cell::msg(name).mark(Mark::Dim), Cell::msg(text)]
    });
    Block::Grid(Grid { head: Vec::new(), rows: rows.collect() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_concept_names_is_there() {
        let mut wrong = Vec::new();
        let known = |name: &str| card(name).is_some() || concept::concept(name).is_some() || errno_named(name).is_some();
        for one in concept::concepts() {
            wrong.extend(one.see.iter().filter(|topic| !known(topic)).map(|topic| format!("{}: see {topic}", one.name)));
            let lines = crate::command::split(one.line);
            wrong.extend(
                lines
                    .iter()
                    .filter_map(|line| Some(format!("{}: `{line}`: {}", one.name, crate::command::parse(line).err()?.en))),
            );
            if one.what.en.len() > 700 || one.what.zh.is_empty() {
                wrong.push(format!("{}: {} bytes", one.name, one.what.en.len()));
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
        assert!(concept::concepts().count() >= 25);
    }

    #[test]
    fn no_two_topics_have_one_name() {
        let mut names: Vec<String> = concept::concepts()
            .flat_map(|one| std::iter::once(&one.name).chain(one.also))
            .map(|name| name.to_lowercase())
            .collect();
        names.sort();
        let twice: Vec<_> = names.windows(2).filter(|pair| pair[0] == pair[1]).collect();
        assert!(twice.is_empty(), "{twice:?}");
    }

    /// The lines in backticks of a next step must be lines of this shell.
    #[test]
    fn next_steps_can_be_typed() {
        let mut wrong = Vec::new();
        for row in errno::rows() {
            for text in [row.next.en, row.next.zh, row.cause.en, row.cause.zh] {
                for line in
                    text.split('`').skip(1).step_by(2).filter(|line| {
                        crate::command::cards().any(|card| format!("{line} ").starts_with(&format!("{} ", card.name)))
                    })
                {
                    wrong.extend(crate::command::parse(line).err().map(|why| format!("{}: `{line}`: {}", row.id, why.en)));
                }
                if text.matches('`').count() % 2 == 1 {
                    wrong.push(format!("{}: a backtick is left open", row.id));
                }
            }
            for line in row.next.en.split('`').skip(1).step_by(2) {
                if !row.next.zh.contains(&format!("`{line}`")) {
                    wrong.push(format!("{}: `{line}` is missing in Chinese", row.id));
                }
                wrong.extend(crate::command::parse(line).err().map(|why| format!("{}: `{line}`: {}", row.id, why.en)));
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }
}
