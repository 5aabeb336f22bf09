//! `clock`: the clocks outside and inside; and how far those of a new time namespace are ahead. write(2) to /proc/self/timens_offsets.

use crate::command::{Args, Card, Count, Equivalent, Example, Inside, Kind, Man, Outside, Param, Primitive, Run, Said, Stop};
use crate::model::{Cell, Mark, Msg, NoteKind, NsKind, Text};
use crate::observe::process::clocks_now;
use std::path::Path;

/// The card.
pub const CARD: Card = Card {
    name: "clock",
    args: &[
        Param {
            name: "CLOCK",
            kind: Kind::OneOf(&["boottime", "monotonic"]),
            count: Count::Optional,
            about: Text {
                en: "boottime: since boot, with sleep (uptime); monotonic: without. Without it the clocks are shown",
                zh: "boottime：开机以来，含休眠（uptime）；monotonic：不含休眠。省略则显示各时钟",
            },
        },
        Param {
            name: "OFFSET",
            kind: Kind::Word,
            count: Count::Optional,
            about: Text { en: "seconds, or 10m, 6h, 30d; may begin with -", zh: "秒数，或 10m、6h、30d；可以带负号" },
        },
    ],
    primitive: Primitive::Write("/proc/self/timens_offsets"),
    man: &[Man("time_namespaces", 7), Man("clock_gettime", 2)],
    own: &[],
    summary: Text {
        en: "the clocks outside and inside; set those of a new time namespace",
        zh: "内外时钟对照；设置新时间命名空间的时钟",
    },
    explain: Text {
        en: "A time namespace shifts two clocks, boottime and monotonic, by fixed offsets; the date is never its own. The offsets are written after `unshare time` \
             and before the first child is born: afterwards somebody lives by those clocks, and the write is EACCES, as it always is for the host's. The process \
             that calls unshare keeps its clocks: `fork`, then `clock`.",
        zh: "时间命名空间只把 boottime 和 monotonic 两个时钟平移固定的量；日期从不独立。偏移量要在 `unshare time` 之后、第一个子进程出生之前写入：\
             此后已有进程按这些时钟生活，再写就得到 EACCES；对主机的时间命名空间则始终如此。调用 unshare 的进程自己的时钟不变：先 `fork`，再 `clock`。",
    },
    equivalents: &[Equivalent { tool: "unshare(1)", line: "unshare --time --boottime 86400 --fork uptime" }],
    examples: &[
        Example { after: "", line: "clock", shows: "boottime", needs: "" },
        Example { after: "unshare time", line: "clock boottime 30d", shows: "\"boottime 2592000 0\"", needs: "root" },
        Example { after: "unshare time; clock boottime 30d; fork", line: "clock", shows: "+30d", needs: "root" },
        Example { after: "unshare time; fork", line: "clock boottime 30d", shows: "EACCES", needs: "root" },
        Example { after: "unshare time", line: "clock boottime -9000d", shows: "ERANGE", needs: "root" },
    ],
    run: Run::Either { inside: set, outside: show, for_observer: |args| args.opt("CLOCK").is_none() },
};

fn set(cx: &mut Inside<'_>, args: &Args) -> Result<Said, Stop> {
    let (clock, word) = (args.one("CLOCK"), args.one("OFFSET"));
    let Some(seconds) = seconds(word) else {
        return Err(Stop::Usage(Msg::new(
            format!("`{word}` is no offset; write seconds, or 10m, 6h, 30d: `clock {clock} 30d`"),
            format!("`{word}` 不是偏移量；可写秒数，或 10m、6h、30d：`clock {clock} 30d`"),
        )));
    };
    cx.kernel.write_file(Path::new("/proc/self/timens_offsets"), &format!("{clock} {seconds} 0"))?;
    Ok(Said::nothing().note(
        NoteKind::Unchanged,
        Msg::new(
            "this process keeps its clocks; its next child is born with the new ones: `fork`, then `clock`",
            "当前进程的时钟不变；它的下一个子进程生来就用新的时钟：先 `fork`，再 `clock`",
        ),
    ))
}

fn show(cx: &mut Outside<'_>, _: &Args) -> Result<Said, Stop> {
    let (outside, seen) = (clocks_now(), &cx.subject.seen);
    // The date is the same everywhere: what the subject's clocks were ahead of it at its last answer they are still.
    let inside = seen.inside.as_ref().map(|inside| inside.clocks);
    let own_next = seen.next_id(NsKind::Time) != seen.ns_id(NsKind::Time);
    let offset = |name: &str| {
        let offsets = seen.clocks.is().map(Vec::as_slice).unwrap_or_default();
        offsets.iter().find(|(clock, _)| clock == name).map_or(0, |(_, seconds)| *seconds)
    };
    let row = |name: &'static str, about: Msg, out: i64, inside: Option<i64>| {
        let subject = inside.map_or(Cell::new("?"), |inside| {
            let ahead = (inside - out + (inside - out).signum() * 500) / 1000;
            shifted(outside.realtime + inside, ahead)
        });
        let next = if own_next { shifted(outside.realtime + out + offset(name) * 1000, offset(name)) } else { subject.clone() };
        vec![Cell::new(name), Cell::new(span(outside.realtime + out)), subject, next, Cell::msg(about).mark(Mark::Dim)]
    };
    let date = || Cell::new(format!("@{}", outside.realtime / 1000));
    let mut rows = vec![
        vec![
            Cell::new("realtime"),
            date(),
            date(),
            date(),
            Cell::msg(Msg::new(
                "the date, in seconds since 1970: never a namespace's own",
                "日期，1970 年以来的秒数：从不属于某个命名空间",
            ))
            .mark(Mark::Dim),
        ],
        row(
            "boottime",
            Msg::new("since boot: uptime", "开机以来：uptime"),
            outside.boottime,
            inside.map(|clocks| clocks.boottime),
        ),
        row(
            "monotonic",
            Msg::new("the same without sleep: timers", "同上，不含休眠：定时器"),
            outside.monotonic,
            inside.map(|clocks| clocks.monotonic),
        ),
    ];
    let head =
        [("clock", "时钟"), ("outside", "外部"), ("inside", "内部"), ("next child", "下一个子进程"), ("what it is", "含义")];
    let mut head = Vec::from(head.map(|(en, zh)| Msg::new(en, zh)));
    // Where no namespace waits for a child, its column would repeat the one before it.
    if !own_next {
        let next = head.len() - 2;
        head.remove(next);
        rows.iter_mut().for_each(|row| drop(row.remove(next)));
    }
    Ok(Said::grid(head, rows))
}

/// A clock in milliseconds, and by how many seconds it is ahead of the one outside.
fn shifted(millis: i64, ahead: i64) -> Cell {
    match ahead {
        0 => Cell::new(span(millis)),
        _ => {
            let sign = if ahead > 0 { "+" } else { "-" };
            Cell::new(format!("{} ({sign}{})", span(millis), brief(ahead.abs()))).mark(Mark::Own)
        }
    }
}

/// `3d 04:05:06`
fn span(millis: i64) -> String {
    let (sign, seconds) = (if millis < 0 { "-" } else { "" }, millis.abs() / 1000);
    let (days, hours, minutes) = (seconds / 86400, seconds / 3600 % 24, seconds / 60 % 60);
    format!("{sign}{days}d {hours:02}:{minutes:02}:{:02}", seconds % 60)
}

/// `30d`, `6h`, `90s`: in the largest unit that leaves no rest.
fn brief(seconds: i64) -> String {
    let units = [(86400, 'd'), (3600, 'h'), (60, 'm')];
    match units.iter().find(|(unit, _)| seconds >= *unit && seconds % unit == 0) {
        Some((unit, letter)) => format!("{}{letter}", seconds / unit),
        None => format!("{seconds}s"),
    }
}

fn seconds(word: &str) -> Option<i64> {
    let (number, unit) = match word.chars().last()? {
        's' => (&word[..word.len() - 1], 1),
        'm' => (&word[..word.len() - 1], 60),
        'h' => (&word[..word.len() - 1], 3600),
        'd' => (&word[..word.len() - 1], 86400),
        _ => (word, 1),
    };
    number.parse::<i64>().ok()?.checked_mul(unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_read_in_days_and_hours() {
        assert_eq!(
            ["90", "-5s", "10m", "6h", "-30d"].map(seconds),
            [Some(90), Some(-5), Some(600), Some(21600), Some(-2_592_000)]
        );
        assert_eq!(["", "d", "1w", "x", "1.5h", "９", "99999999999999999d"].map(seconds), [None; 7]);
    }

    #[test]
    fn spans_read_as_uptime_does() {
        assert_eq!(span(90_061_000), "1d 01:01:01");
        assert_eq!([86400, 7200, 61].map(brief), ["1d", "2h", "61s"]);
    }
}
