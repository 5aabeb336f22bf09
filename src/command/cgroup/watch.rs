//! `cgroup watch`: the events of a cgroup as they come. poll(2) on the files of cgroup v2; on v1 the files are read again and again.

use super::{AT, ground};
use crate::command::watching::{self, Watching};
use crate::command::{Args, Card, Count, Equivalent, Example, Kind, Man, Outside, Param, Primitive, Run, Said, Stop};
use crate::model::{Msg, NoteKind, Seen, Text};
use crate::observe::cgroup::{Hierarchies, Knob, flat_keyed};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use std::collections::BTreeMap;
use std::fs::File;
use std::os::fd::AsFd;
use std::path::PathBuf;

/// How often what no event tells is looked at.
const LOOK: u16 = 50;

/// The files, in v2's words, whose values tell an event; and which of them.
const FILES: &[(&str, &[&str])] = &[
    ("cgroup.events", &["populated", "frozen"]),
    ("memory.events", &["low", "high", "max", "oom", "oom_kill", "oom_group_kill"]),
    ("pids.events", &["max"]),
    ("cpu.stat", &["nr_throttled"]),
];

/// The card.
pub const CARD: Card = Card {
    name: "cgroup watch",
    args: &[
        Param {
            name: "SECONDS",
            kind: Kind::Number,
            count: Count::Optional,
            about: Text { en: "how long; 10 if left out, at most 3600", zh: "持续秒数；省略为 10，最多 3600" },
        },
        AT,
    ],
    primitive: Primitive::Read("cgroup.events"),
    man: &[Man("cgroups", 7), Man("poll", 2)],
    own: &[],
    summary: Text { en: "the events of a cgroup, as they come", zh: "实时显示 cgroup 的事件" },
    explain: Text {
        en: "cgroup.events, memory.events and pids.events of cgroup v2 can be waited for with poll(2) (POLLPRI): the kernel wakes whoever waits when a count in them changes, which is how a runtime learns that a container is \
             empty, or was hit by the OOM killer. What has no such event (the number of processes, throttling, all of cgroup v1) is looked at twenty times a second. Start the work in the background first (`spawn -b`), or in \
             another terminal. Ctrl-C leaves.",
        zh: "cgroup v2 的 cgroup.events、memory.events 与 pids.events 可以用 poll(2)（POLLPRI）等待：其中的计数一变，内核就唤醒等待者；运行时就是这样得知容器已空，或遭遇了 OOM 杀手。没有这种事件的\
             （进程数、限流，以及 cgroup v1 的全部）则每秒查看二十次。请先在后台启动工作（`spawn -b`），或用另一个终端。Ctrl-C 退出。",
    },
    equivalents: &[
        Equivalent { tool: "inotifywait(1)", line: "inotifywait -m -e modify /sys/fs/cgroup/box/memory.events" },
        Equivalent { tool: "docker", line: "docker events (oom, die)" },
    ],
    examples: &[
        Example { after: "spawn -b sleep 0.3", line: "cgroup watch 2", shows: "processes", needs: "root" },
        Example { after: "", line: "cgroup watch 1", shows: "1 s", needs: "" },
        Example { after: "", line: "cgroup watch 9999", shows: "at most 3600", needs: "" },
    ],
    run: Run::Shell(run),
};

fn run(cx: &mut Outside<'_>, args: &Args) -> Result<Said, Stop> {
    let length = watching::seconds(args)?;
    let ground = ground(cx)?;
    let nested = super::named(args, "--cgroup")?;
    let dirs = ground.looked_at(&cx.subject, nested.as_ref())?;
    let own = ground.own_of(&cx.subject, &dirs);
    let dirs = if own.is_empty() { dirs } else { own };
    let waits = waits(&ground.hierarchies, &dirs);
    let mut watching = Watching::new(length);
    let mut was = counts(&ground.hierarchies, &dirs);
    while watching.goes_on(cx) {
        let mut fds: Vec<PollFd<'_>> = waits.iter().map(|file| PollFd::new(file.as_fd(), PollFlags::POLLPRI)).collect();
        // A signal is asked for above; a new wait follows in any case.
        let _ = poll(&mut fds, PollTimeout::from(LOOK));
        let is = counts(&ground.hierarchies, &dirs);
        for (what, value) in &is {
            let before = was.get(what).copied().unwrap_or(0);
            if before != *value {
                watching.saw(cx, &[what, &format!("{before} → {value}")]);
            }
        }
        was = is;
    }
    let more = if watching.is_full() {
        Msg::new("; there were too many to go on", "；事件太多，不再继续")
    } else {
        Msg::same("")
    };
    let events = watching.events;
    let (said, took) = watching.end();
    Ok(said.note(
        NoteKind::Did,
        Msg::new(
            format!("watched for {took} s: {events} events{}", more.en),
            format!("观察了 {took} 秒：{events} 个事件{}", more.zh),
        ),
    ))
}

/// The files of v2 that wake whoever polls them.
fn waits(hierarchies: &Hierarchies, dirs: &BTreeMap<String, PathBuf>) -> Vec<File> {
    let Some(dir) = hierarchies.v2().and_then(|one| dirs.get(&one.key)) else { return Vec::new() };
    FILES.iter().filter(|(file, _)| file.ends_with(".events")).filter_map(|(file, _)| File::open(dir.join(file)).ok()).collect()
}

/// All counts, by name.
fn counts(hierarchies: &Hierarchies, dirs: &BTreeMap<String, PathBuf>) -> BTreeMap<String, u64> {
    let mut found = BTreeMap::new();
    for (file, keys) in FILES {
        let Some(Seen::Is(text)) = Knob::of(file).map(|knob| hierarchies.get(dirs, knob)) else { continue };
        let values = flat_keyed(&text);
        let named = keys.iter().filter_map(|key| Some((format!("{file} {key}"), *values.get(*key)?)));
        found.extend(named);
    }
    found.insert("processes".into(), hierarchies.state(dirs).procs.len() as u64);
    found
}
