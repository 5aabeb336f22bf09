//! Controllers: which version has each, and whether a cgroup can be made there.

use super::finding::{Finding, attempt};
use super::trials::born_in;
use crate::command::Outside;
use crate::command::cgroup::Ground;
use crate::kernel::Kernel;
use crate::model::{Msg, Text};
use nix::errno::Errno;
use std::path::Path;

/// What is tried in a cgroup that was made for it.
type Row = (&'static str, &'static str, Text, fn(&mut Kernel, &Path) -> Result<(), Errno>);

/// Name, controller (the empty one is the core of v2), what it is good for, the trial.
const ROWS: &[Row] = &[
    ("memory", "memory", Text { en: "memory.max, memory.events", zh: "memory.max、memory.events" }, |_, _| Ok(())),
    ("cpu", "cpu", Text { en: "cpu.max, cpu.weight", zh: "cpu.max、cpu.weight" }, |_, _| Ok(())),
    ("pids", "pids", Text { en: "pids.max", zh: "pids.max" }, |_, _| Ok(())),
    ("cpuset", "cpuset", Text { en: "cpuset.cpus", zh: "cpuset.cpus" }, |_, _| Ok(())),
    ("cgroup.freeze", "", FREEZE, |_, dir| writable(&dir.join("cgroup.freeze"))),
    ("cgroup.kill", "", Text { en: "kill all processes of a cgroup", zh: "杀死一个 cgroup 的所有进程" }, |_, dir| {
        writable(&dir.join("cgroup.kill"))
    }),
    ("CLONE_INTO_CGROUP", "", Text { en: "a child that is born in a cgroup", zh: "子进程直接出生在 cgroup 中" }, born_in),
];

const FREEZE: Text = Text { en: "stop all processes of a cgroup", zh: "停住一个 cgroup 的所有进程" };

/// What stands in for a row where no cgroup2 is mounted: the controller of v1 with which `cgroup freeze` works, too.
const FREEZER: Row = ("freezer.state", "freezer", FREEZE, |_, dir| writable(&dir.join("freezer.state")));

/// The controllers that the commands use, and what v2 alone can do.
pub fn findings(cx: &Outside<'_>) -> Vec<Finding> {
    let ground = match Ground::find(cx.keeper) {
        Ok(ground) => ground,
        Err(why) => return vec![Finding::no("cgroup", Msg::default(), why)],
    };
    let v2 = ground.hierarchies.of("").is_some();
    let freezer = ground.hierarchies.of("freezer").is_some();
    let row = |row: &Row| match row {
        // The core of v2: where it is not mounted nothing refuses it, it is not there.
        ("cgroup.freeze", "", ..) if !v2 && freezer => of(cx, &ground, &FREEZER),
        (name, "", ..) if !v2 => Finding::fact(*name, absent()),
        row => of(cx, &ground, row),
    };
    let mut found: Vec<Finding> = ROWS.iter().map(row).collect();
    found.push(match std::fs::read_to_string("/proc/pressure/memory") {
        Ok(_) => Finding::yes("PSI", Msg::new("time lost waiting: memory.pressure", "等待造成的时间损失：memory.pressure")),
        Err(_) => Finding::fact(
            "PSI",
            Msg::new(
                "not there: CONFIG_PSI, or psi=1 on the kernel's command line",
                "没有：需要 CONFIG_PSI，或内核命令行上的 psi=1",
            ),
        ),
    });
    found
}

fn writable(file: &Path) -> Result<(), Errno> {
    nix::unistd::access(file, nix::unistd::AccessFlags::W_OK)
}

fn absent() -> Msg {
    Msg::new(
        "not there: no cgroup2 filesystem is mounted; on cgroup v1 it does not exist",
        "没有：未挂载 cgroup2 文件系统，而 cgroup v1 中不存在它",
    )
}

fn of(cx: &Outside<'_>, ground: &Ground, (name, controller, about, work): &Row) -> Finding {
    let spot = match ground.spot_for_trial(controller) {
        Ok(spot) => spot,
        Err(why) => return Finding::no(*name, *about, why),
    };
    let tried = attempt(cx, |kernel| {
        kernel.mkdir(&spot.dir)?;
        let done = work(kernel, &spot.dir);
        kernel.rmdir(&spot.dir)?;
        done
    });
    let about = Msg::new(format!("{}: {}", spot.label, about.en), format!("{}：{}", spot.label, about.zh));
    match tried {
        Ok(()) => Finding::yes(*name, about),
        Err(why) => Finding::no(*name, about, why),
    }
}
