//! `cgroup show`: limits against use.

use super::{AT, ground};
use crate::command::{Args, Card, Equivalent, Example, Man, Outside, Primitive, Run, Said, Stop};
use crate::model::{Block, Cell, Grid, Mark, Msg, NoteKind, Seen, Size, Text};
use crate::observe::cgroup::{Limit, State};

/// The card.
pub const CARD: Card = Card {
    name: "cgroup show",
    args: &[AT],
    primitive: Primitive::Read("memory.current"),
    man: &[Man("cgroups", 7)],
    own: &[],
    summary: Text {
        en: "the limits of the subject's cgroup, and what is used of them",
        zh: "被观察进程所在 cgroup 的限制与用量",
    },
    explain: Text {
        en: "Reads the files of the cgroup and puts limit and use side by side, with what the kernel counted when a limit was hit: \
             memory reclaimed and processes killed, forks refused, time throttled. A limit of a cgroup further up holds as well.",
        zh: "读取 cgroup 的文件，把限制与用量并排列出，并给出触及限制时内核的计数：回收与杀死、被拒绝的 fork、被限流的时间。上级 cgroup 的限制同样有效。",
    },
    equivalents: &[
        Equivalent { tool: "systemd-cgtop(1)", line: "systemd-cgtop" },
        Equivalent { tool: "docker", line: "docker stats" },
    ],
    examples: &[
        Example { after: "cgroup set memory.max 64M", line: "cgroup show", shows: "64M", needs: "root cgroup:memory" },
        Example { after: "cgroup set pids.max 20", line: "cgroup show", shows: "20", needs: "root cgroup:pids" },
    ],
    run: Run::Outside(run),
};

fn run(cx: &mut Outside<'_>, args: &Args) -> Result<Said, Stop> {
    let ground = ground(cx)?;
    let nested = super::named(args, "--cgroup")?;
    let dirs = ground.looked_at(&cx.subject, nested.as_ref())?;
    // Where the subject has no cgroup of its own in a hierarchy, what is read is the bench's: only its own are shown.
    let own = ground.own_of(&cx.subject, &dirs);
    let borrowed = own.is_empty();
    let state = ground.hierarchies.state(if borrowed { &dirs } else { &own });
    let mut said = Said::nothing().show(Block::Grid(grid(&state)));
    let v2 = ground.hierarchies.v2().map(|one| one.key.as_str());
    let line = |(key, dir): (&String, &std::path::PathBuf)| match std::fs::metadata(dir) {
        // What tracers call the id of a cgroup (cgroup_id() of bpftrace) is the number of its directory.
        Ok(meta) if Some(key.as_str()) == v2 => format!("{}  id {}", dir.display(), std::os::unix::fs::MetadataExt::ino(&meta)),
        _ => dir.display().to_string(),
    };
    said.view.insert(0, Block::Lines(state.dirs.iter().map(line).collect()));
    Ok(match borrowed {
        true => said.note(
            NoteKind::Unchanged,
            Msg::new(
                "the subject has no cgroup of its own yet: this is where the bench sits",
                "被观察进程还没有自己的 cgroup：这里是实验台所在的那个",
            ),
        ),
        false => said,
    })
}

/// Limits against use of the subject's own cgroup, for the pane; None while it has none, or where nothing can be read.
pub fn of_subject(cx: &Outside<'_>) -> Option<Grid> {
    let ground = ground(cx).ok()?;
    let own = ground.own_of(&cx.subject, &ground.sits(&cx.subject));
    (!own.is_empty()).then(|| grid(&ground.hierarchies.state(&own)))
}

fn grid(state: &State) -> Grid {
    let head =
        vec![Msg::same(""), Msg::new("used", "用量"), Msg::new("limit", "上限"), Msg::new("%", "%"), Msg::new("counted", "计数")];
    Grid { head, rows: rows(state) }
}

fn rows(state: &State) -> Vec<Vec<Cell>> {
    let count = |seen: &Seen<std::collections::BTreeMap<String, u64>>, names: &[(&str, Text)]| {
        let events = seen.is();
        let parts = names.iter().filter_map(|(name, text)| {
            let number = events?.get(*name)?;
            Some((format!("{} {number}", text.en), format!("{} {number}", text.zh)))
        });
        let (en, zh): (Vec<_>, Vec<_>) = parts.unzip();
        Msg::new(en.join(", "), zh.join("，"))
    };
    let t = |en: &'static str, zh: &'static str| Text { en, zh };
    let mut rows = Vec::new();
    if state.memory.current.is().is_some() || state.memory.max.is().is_some() {
        let counted =
            count(&state.memory.events, &[("max", t("limit hit", "触及上限")), ("oom_kill", t("OOM-killed", "OOM 杀死"))]);
        rows.push(row("memory", state.memory.current.is().copied(), state.memory.max.is().copied(), Size::about, counted));
        let peak = state.memory.peak.is().copied();
        rows.extend(peak.map(|peak| vec![Cell::new("memory.peak").mark(Mark::Dim), Cell::new(Size::about(peak))]));
    }
    if let Some(Limit::At(swap)) = state.memory.swap_max.is() {
        rows.push(vec![Cell::new("swap"), Cell::new(""), Cell::new(Size::about(*swap))]);
    }
    if state.pids.current.is().is_some() {
        let counted = count(&state.pids.events, &[("max", t("forks refused", "fork 被拒"))]);
        rows.push(row("pids", state.pids.current.is().copied(), state.pids.max.is().copied(), |n| n.to_string(), counted));
    }
    if let Some(max) = state.cpu.max.is() {
        let limit = max.percent().map_or("max".into(), |percent| format!("{percent:.0}%"));
        let used = state.cpu.stat.is().and_then(|stat| stat.get("usage_usec")).map(|used| format!("{:.1} s", *used as f64 / 1e6));
        let counted = count(
            &state.cpu.stat,
            &[("nr_throttled", t("periods throttled", "被限流的周期")), ("throttled_usec", t("µs throttled", "被限流的微秒"))],
        );
        rows.push(vec![
            Cell::new("cpu"),
            Cell::new(used.unwrap_or_default()),
            Cell::new(limit),
            Cell::new(""),
            Cell::msg(counted),
        ]);
    }
    if let Some(weight) = state.cpu.weight.is() {
        rows.push(vec![Cell::new("cpu.weight"), Cell::new(""), Cell::new(weight.to_string())]);
    }
    if let Some(true) = state.frozen.is() {
        rows.push(vec![Cell::new("frozen").mark(Mark::Warn), Cell::msg(t("yes", "是")).mark(Mark::Warn)]);
    }
    let pids: Vec<String> = state.procs.iter().take(16).map(ToString::to_string).collect();
    let more = if state.procs.len() > pids.len() { " …" } else { "" };
    rows.push(vec![Cell::new("procs"), Cell::new(pids.join(" ") + more)]);
    if !state.children.is_empty() {
        rows.push(vec![Cell::msg(t("children", "子 cgroup")), Cell::new(state.children.join(" "))]);
    }
    rows
}

fn row(name: &str, used: Option<u64>, limit: Option<Limit>, text: fn(u64) -> String, counted: Msg) -> Vec<Cell> {
    let percent = used.zip(limit.and_then(Limit::at)).filter(|(_, limit)| *limit > 0).map(|(used, limit)| used * 100 / limit);
    let mark = if percent.is_some_and(|percent| percent >= 90) { Mark::Warn } else { Mark::Plain };
    vec![
        Cell::new(name),
        Cell::new(used.map(text).unwrap_or_default()),
        Cell::new(limit.map(|limit| limit.at().map_or("max".into(), text)).unwrap_or_default()),
        Cell::new(percent.map(|percent| format!("{percent}%")).unwrap_or_default()).mark(mark),
        Cell::msg(counted),
    ]
}
