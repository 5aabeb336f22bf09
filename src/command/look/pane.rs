//! `pane`: the subject at a glance: its namespaces, and what it is outside and inside. Reads /proc.

use super::links;
use crate::command::cgroup;
use crate::command::{Act, Args, Card, Count, Equivalent, Example, Kind, Man, Outside, Param, Primitive, Run, Said, Stop};
use crate::model::{Block, Cell, Creds, Grid, Mark, Msg, NsKind, PaneOrder, Seen, Side, Snapshot, Text, errno_name};
use crate::observe;
use nix::errno::Errno;
use std::collections::BTreeMap;

/// The card.
pub const CARD: Card = Card {
    name: "pane",
    args: &[
        Param {
            name: "WHERE",
            kind: Kind::OneOf(&["on", "off", "right", "bottom", "auto", "width"]),
            count: Count::Optional,
            about: Text {
                en: "the screen's pane: shown, hidden, at the right, at the bottom, where there is room, or so wide",
                zh: "屏幕侧栏：显示、隐藏、放在右边、放在底部、自动安排，或指定宽度",
            },
        },
        Param {
            name: "COLUMNS",
            kind: Kind::Number,
            count: Count::Optional,
            about: Text { en: "how wide, with `width`", zh: "与 `width` 一起使用：列数" },
        },
    ],
    primitive: Primitive::Read("/proc/PID"),
    man: &[Man("namespaces", 7), Man("credentials", 7), Man("capabilities", 7), Man("cgroups", 7)],
    own: &[],
    summary: Text { en: "the subject at a glance, outside and inside", zh: "被观察进程一览：外部与内部" },
    explain: Text {
        en: "Namespace numbers are the same seen from everywhere, so they stand once. PID, user, host name and capabilities depend on who looks: \
             outside is the observer, inside the subject itself. `=`: the same on both sides. Root and clock are listed when they differ from the host's. On a screen with a side pane, `pane off`, `pane bottom`, … arrange that one.",
        zh: "命名空间的编号从哪里看都一样，因此只列一次。PID、用户、主机名和权能则取决于由谁来看：外部是观察者，内部是被观察进程自己；`=` 表示两边相同。\
             根目录与时钟只在与主机不同时列出。带侧栏的屏幕上，`pane off`、`pane bottom` 等用来安排侧栏。",
    },
    equivalents: &[
        Equivalent { tool: "lsns(8)", line: "lsns -p PID" },
        Equivalent { tool: "docker", line: "docker inspect CONTAINER" },
    ],
    examples: &[
        Example { after: "", line: "pane", shows: "outside", needs: "" },
        Example { after: "", line: "pane right", shows: "no screen", needs: "" },
        Example { after: "cgroup set memory.max 64M", line: "pane", shows: "64M", needs: "root cgroup:memory" },
        Example { after: "unshare uts; hostname box", line: "pane", shows: "box", needs: "root" },
    ],
    run: Run::Shell(run),
};

fn run(cx: &mut Outside<'_>, args: &Args) -> Result<Said, Stop> {
    if let Some(place) = args.opt("WHERE") {
        return order(cx, place, args.number("COLUMNS"));
    }
    let seen = &cx.subject.seen;
    let namespaces = Grid { head: Vec::new(), rows: links::rows(seen, &NsKind::ALL, cx) };
    let head = vec![Msg::same(""), Msg::new("outside", "外部"), Msg::new("inside", "内部")];
    let said = Said::nothing()
        .show(Block::Head(Msg::new(format!("subject {}", cx.subject.name), format!("被观察进程 {}", cx.subject.name))))
        .show(Block::Grid(namespaces))
        .show(Block::Grid(Grid { head, rows: sides(seen, cx) }));
    Ok(match cgroup::of_subject(cx) {
        Some(used) => said.show(Block::Grid(used)),
        None => said,
    })
}

fn order(cx: &mut Outside<'_>, place: &str, columns: Option<u64>) -> Result<Said, Stop> {
    if !cx.screen {
        return Err(Stop::Unfit(Msg::new(
            "no screen is running (--no-pane, or not in a terminal), so there is no pane to move; `pane` alone prints it here",
            "没有运行屏幕（使用了 --no-pane，或不在终端中），没有侧栏可以移动；单独输入 `pane` 会在这里打印",
        )));
    }
    let order = match (place, columns) {
        ("on", None) => PaneOrder::On,
        ("off", None) => PaneOrder::Off,
        ("right", None) => PaneOrder::Side(Side::Right),
        ("bottom", None) => PaneOrder::Side(Side::Bottom),
        ("auto", None) => PaneOrder::Side(Side::Auto),
        ("width", Some(columns @ 20..=200)) => PaneOrder::Width(columns as u16),
        ("width", _) => {
            return Err(Stop::Usage(Msg::new(
                "width wants a number of columns from 20 to 200",
                "width 后面需要列数，从 20 到 200",
            )));
        }
        _ => {
            return Err(Stop::Usage(Msg::new("a number of columns stands only after `width`", "列数只能跟在 `width` 后面")));
        }
    };
    cx.acts.push(Act::Pane(order));
    Ok(Said::nothing())
}

/// A row for each thing that depends on who looks.
fn sides(seen: &Snapshot, cx: &Outside<'_>) -> Vec<Vec<Cell>> {
    let own = |kind: NsKind| seen.ns_id(kind).is_some_and(|id| cx.host.get(&kind) != Some(&id));
    let inside = seen.inside.as_ref();
    let observer = observe::process::inside();
    let text = |number: Option<String>| number.unwrap_or_default();
    let creds = |show: fn(&Creds) -> String| or_errno(&seen.creds, show);
    let nspid = seen.nspid.last().map(ToString::to_string);
    let mut rows = vec![
        row("PID", seen.pid.to_string(), text(nspid)),
        row(
            "UID",
            creds(|creds| creds.euid.to_string()),
            inside.map_or_else(|| creds(|creds| creds.euid.to_string()), |inside| inside.uid.to_string()),
        ),
        row(
            "GID",
            creds(|creds| creds.egid.to_string()),
            inside.map_or_else(|| creds(|creds| creds.egid.to_string()), |inside| inside.gid.to_string()),
        ),
        row("hostname", observer.hostname.clone(), inside.map_or(observer.hostname, |inside| inside.hostname.clone())),
    ];
    let powers = match &seen.creds {
        Seen::Is(creds) => powers(creds.cap_eff),
        Seen::Not { errno, .. } => Msg::same(errno_name(Errno::from_raw(*errno))),
    };
    // Capabilities count in the user namespace of the process and below it, never above (user_namespaces(7)).
    let outside = if own(NsKind::User) { Msg::new("none", "无") } else { powers.clone() };
    rows.push(cells(Msg::new("capabilities", "权能"), Cell::msg(outside), Cell::msg(powers)));
    rows.extend(cgroups(seen, own(NsKind::Cgroup)));
    if let Some(root) = seen.root.is().filter(|root| *root != "/") {
        rows.push(row("root", root.clone(), "/".into()));
    }
    for (clock, seconds) in seen.clocks.is().into_iter().flatten() {
        rows.push(row(clock, String::new(), format!("{seconds:+} s")));
    }
    rows
}

fn row(name: &str, outside: String, inside: String) -> Vec<Cell> {
    cells(Msg::same(name), Cell::new(outside), Cell::new(inside))
}

/// What differs inside stands out; what does not stands once.
fn cells(name: Msg, outside: Cell, inside: Cell) -> Vec<Cell> {
    let inside = if outside.text == inside.text { Cell::new("=").mark(Mark::Dim) } else { inside.mark(Mark::Own) };
    vec![Cell::msg(name).mark(Mark::Dim), outside, inside]
}

/// One row for all controllers that have the process in the same cgroup.
fn cgroups(seen: &Snapshot, own: bool) -> Vec<Vec<Cell>> {
    let mut by_path: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (controller, path) in seen.cgroup.is().into_iter().flatten().filter(|(controller, _)| !controller.starts_with("name=")) {
        by_path.entry(path).or_default().push(if controller.is_empty() { "v2" } else { controller });
    }
    let line = |(path, controllers): (&str, Vec<&str>)| {
        let name = match controllers.as_slice() {
            [first, second, _, _, ..] => format!("cgroup {first},{second},…"),
            few => format!("cgroup {}", few.join(",")),
        };
        let inside = if own { Cell::msg(Msg::new("from its own root", "从自己的根算起")) } else { Cell::new(path) };
        cells(Msg::same(name), Cell::new(path), inside)
    };
    by_path.into_iter().map(line).collect()
}

/// Capabilities in one word.
fn powers(effective: u64) -> Msg {
    let all = observe::process::last_capability().map(|last| u64::MAX >> (63 - u64::from(last.min(63))));
    match (effective, all) {
        (0, _) => Msg::new("none", "无"),
        (held, Some(all)) if held & all == all => Msg::new("all", "全部"),
        (held, all) => {
            let of = all.map_or(String::from("?"), |all| all.count_ones().to_string());
            Msg::new(format!("{} of {of}", held.count_ones()), format!("{of} 个中的 {} 个", held.count_ones()))
        }
    }
}

fn or_errno<T>(seen: &Seen<T>, show: impl Fn(&T) -> String) -> String {
    match seen {
        Seen::Is(value) => show(value),
        Seen::Not { errno, .. } => errno_name(Errno::from_raw(*errno)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn capabilities_are_one_word() {
        assert_eq!(powers(0).en, "none");
        assert_eq!(powers(u64::MAX).en, "all");
        assert!(powers(0b101).en.starts_with("2 of "), "{:?}", powers(0b101));
    }
}
