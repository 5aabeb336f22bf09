//! `cgroup set`: write a value to a file of a cgroup. write(2) on cgroupfs.

use super::file::{Named, named};
use super::ground::version_name;
use super::value::{Value, value};
use super::{AT, charge_note, ground};
use crate::command::{Args, Card, Count, Equivalent, Example, Kind, Man, Outside, Param, Primitive, Run, Said, Stop};
use crate::model::{Msg, NoteKind, Size, Text};
use crate::observe::cgroup::{Kind as Holds, Knob, Twin, Version, v1_writes};
use crate::observe::process::{field, read};
use std::collections::BTreeMap;
use std::path::Path;

/// The card.
pub const CARD: Card = Card {
    name: "cgroup set",
    args: &[
        Param {
            name: "FILE",
            kind: Kind::CgroupFile,
            count: Count::One,
            about: Text {
                en: "its name on cgroup v2: memory.max, pids.max, cpu.max, …",
                zh: "cgroup v2 的文件名：memory.max、pids.max、cpu.max 等",
            },
        },
        Param {
            name: "VALUE",
            kind: Kind::Word,
            count: Count::Many,
            about: Text {
                en: "64M, 1G, 50%, a number, `50000 100000`, max", zh: "64M、1G、50%、数字、`50000 100000`、max"
            },
        },
        AT,
    ],
    primitive: Primitive::Write("memory.max"),
    man: &[Man("cgroups", 7)],
    own: &[],
    summary: Text {
        en: "write a value to a file of the subject's cgroup: set a limit",
        zh: "向被观察进程所在 cgroup 的文件写入一个值，即设置限制",
    },
    explain: Text {
        en: "A limit is a number written to a file of a cgroup, and it holds for all processes in it together, and below it. A limit is \
             not a reservation. The names are those of cgroup v2; where this machine has a controller on cgroup v1, the value is \
             translated and the translation is shown. If the subject has no cgroup of its own yet, one is made and the subject is \
             moved in, with all that it started. The value is read back: the kernel rounds memory to whole pages and clamps \
             cpu.shares. memory.max: page cache is reclaimed first, and only what cannot be reclaimed (anonymous memory) brings the \
             OOM killer; it does not include swap. cpu.max is a cap, cpu.weight only a share when CPUs are contended. pids.max \
             counts threads, too. The process is still shown all of the machine's memory by free(1).",
        zh: "所谓限制，就是写进 cgroup 文件里的一个数，对其中（及以下）的所有进程合起来生效；它不是预留。文件名用 cgroup v2 的；\
             若本机的某个控制器在 cgroup v1 上，则自动换算，并把换算显示出来。被观察进程还没有自己的 cgroup 时，会先创建一个，\
             并把它连同它启动的进程一起移入。写入后会读回核对：内核会把内存取整到页，也会修正 cpu.shares。memory.max：先回收页缓存，\
             只有回收不了的（匿名内存）才会招来 OOM 杀手；它不含交换空间。cpu.max 是上限，cpu.weight 只在争用 CPU 时起作用。\
             pids.max 也计线程。进程里的 free(1) 显示的仍是整机内存。",
    },
    equivalents: &[
        Equivalent { tool: "sh", line: "echo 64M > /sys/fs/cgroup/box/memory.max" },
        Equivalent {
            tool: "systemd-run(1)",
            line: "systemd-run --user --scope -p MemoryMax=64M -p TasksMax=20 -p CPUQuota=50% bash",
        },
        Equivalent { tool: "docker", line: "docker run --memory 64m --pids-limit 20 --cpus 0.5" },
    ],
    examples: &[
        Example { after: "", line: "cgroup set memory.max 64M", shows: "\"64M\", 3) = 3", needs: "root cgroup:memory" },
        Example { after: "", line: "cgroup set pids.max 20", shows: "/pids.max>, \"20\", 2) = 2", needs: "root cgroup:pids" },
        Example { after: "", line: "cgroup set cpu.max 50%", shows: "50000", needs: "root cgroup:cpu" },
        Example {
            after: "cgroup new web",
            line: "cgroup set cgroup.freeze 1 --cgroup web",
            shows: "\"1\", 1) = 1",
            needs: "root cgroup2",
        },
        Example { after: "", line: "cgroup set memory.maxx 64M", shows: "did you mean `memory.max`?", needs: "cgroup:memory" },
        Example { after: "", line: "cgroup set memory.max 64", shows: "Did you mean 64M?", needs: "root cgroup:memory" },
        Example { after: "", line: "cgroup set memory.max 64MB", shows: "is not a size", needs: "" },
    ],
    run: Run::Outside(run),
};

fn run(cx: &mut Outside<'_>, args: &Args) -> Result<Said, Stop> {
    let nested = super::named(args, "--cgroup")?;
    let ground = ground(cx)?;
    let file = args.one("FILE");
    if matches!(file, "cgroup.procs" | "cgroup.threads" | "tasks") {
        return Err(Stop::Usage(Msg::new(
            format!("a PID written to {file} moves that process: `cgroup enter NAME` does it for the subject"),
            format!("向 {file} 写入 PID 会移动那个进程：对被观察进程请用 `cgroup enter NAME`"),
        )));
    }
    let knob = match named(&ground, &cx.subject, file)? {
        Named::Known(knob) => knob,
        Named::Native(name) => {
            let controller = if name.starts_with("cgroup.") { "" } else { name.split('.').next().unwrap_or_default() };
            let dir = ground.spot(cx.kernel, &cx.subject, nested.as_ref(), controller)?;
            let wrote = args.all("VALUE").join(" ");
            cx.kernel.write_file(&dir.join(&name), &wrote)?;
            let said = charge_note(cx, Said::nothing(), (controller == "memory").then_some(&dir));
            let held = read(&dir.join(&name)).is().map(|text| text.trim().to_string());
            return Ok(native_note(number_note(said, &name, &wrote, held), &name));
        }
    };
    if !knob.settable {
        return Err(Stop::Usage(Msg::new(
            format!("{file} can only be read: {}", knob.what.en),
            format!("{file} 只能读：{}", knob.what.zh),
        )));
    }
    let value = value(knob, args.all("VALUE"), memory_of_this_machine()).map_err(Stop::Usage)?;
    let (hierarchy, controller) = ground.serving(knob)?;
    if let (Version::V1, Twin::None(why)) = (hierarchy.version, knob.v1) {
        return Err(Stop::Unfit(Msg::new(format!("{file}: {}", why.en), format!("{file}：{}", why.zh))));
    }
    let dir = ground.spot(cx.kernel, &cx.subject, nested.as_ref(), controller)?;
    let mut said = Said::nothing();
    match hierarchy.version {
        Version::V2 => cx.kernel.write_file(&dir.join(knob.file), &value.text)?,
        Version::V1 => {
            // The suffix is for a size, which the kernel reads on v1 just as well; sums and other units need the number.
            let text = if matches!(knob.v1, Twin::Bytes(_)) { &value.text } else { &value.means };
            for write in v1_writes(&dir, knob, text).map_err(|no| Stop::Unfit(no.0))? {
                cx.kernel.write_file(&dir.join(&write.file), &write.text)?;
            }
            said = translation_note(said, knob, hierarchy.version);
        }
    }
    let held = ground.hierarchies.get(&BTreeMap::from([(hierarchy.key.clone(), dir.clone())]), knob);
    said = read_back_note(said, knob, &value, held.is().map(String::as_str));
    said = bare_number_note(said, knob, args.all("VALUE"));
    if file == "memory.oom.group" && value.means == "1" && ground.sits(&cx.subject).values().any(|at| at.starts_with(&dir)) {
        said = said.note(NoteKind::Careful, together());
    }
    Ok(charge_note(cx, said, (controller == "memory").then_some(&dir)))
}

/// `memory.max → memory.limit_in_bytes on this host (cgroup v1)`, where the names differ.
pub(super) fn translation_note(said: Said, knob: &Knob, version: Version) -> Said {
    let files = knob.v1.files();
    if version != Version::V1 || files == [knob.file] {
        return said;
    }
    let (from, to, version) = (knob.file, files.join(", "), version_name(version));
    said.note(
        NoteKind::Did,
        Msg::new(format!("{from} → {to} on this host ({version})"), format!("{from} → 本机上的 {to}（{version}）")),
    )
}

fn native_note(said: Said, name: &str) -> Said {
    let knob = crate::observe::cgroup::KNOBS.iter().find(|knob| knob.v1.files().contains(&name));
    match knob {
        Some(knob) => said.note(
            NoteKind::Did,
            Msg::new(format!("cgroup v2 calls it {}", knob.file), format!("在 cgroup v2 中它叫 {}", knob.file)),
        ),
        None => said,
    }
}

fn together() -> Msg {
    Msg::new(
        "the subject sits in it, too, and ends with the others; `clone --cgroup NAME -- CMD` has a program born in another one",
        "被观察进程也在其中，会一起被杀；用 `clone --cgroup NAME -- CMD` 可让程序出生在别的 cgroup 里",
    )
}

/// Of a file that is in no table only this is known: a number or size that was written is to be there (cpu.shares 1 becomes 2 without a word).
fn number_note(said: Said, name: &str, wrote: &str, held: Option<String>) -> Said {
    let number = match Size::parse(wrote, 0) {
        Ok(Size::Bytes(number)) if !wrote.ends_with('%') => Some(number),
        _ => None,
    };
    match (number, held.map(|held| (held.parse::<u64>(), held))) {
        (Some(number), Some((Ok(kept), held))) if kept != number => said.note(
            NoteKind::Careful,
            Msg::new(
                format!("{name}: {number} was written, {held} is what the kernel holds"),
                format!("{name}：写入的是 {number}，内核保存的是 {held}"),
            ),
        ),
        _ => said,
    }
}

fn read_back_note(said: Said, knob: &Knob, wrote: &Value, held: Option<&str>) -> Said {
    let Some(held) = held.filter(|held| *held != wrote.means && !matches!(knob.kind, Holds::Words | Holds::Trigger)) else {
        return said;
    };
    let (file, means) = (knob.file, &wrote.means);
    let why = match knob.kind {
        Holds::Size => Text { en: ": memory is counted in whole pages", zh: "：内存按整页计" },
        Holds::Numbers => Text { en: ": the same, as the kernel writes it", zh: "：只是内核的写法" },
        _ => Text { en: "", zh: "" },
    };
    let shown = |text: &str| match (knob.kind, text.parse()) {
        (Holds::Size, Ok(bytes)) if bytes >= 1024 => format!("{bytes} ({})", Size::about(bytes)),
        _ => text.to_string(),
    };
    let (means, held) = (shown(means), shown(held));
    said.note(
        NoteKind::Careful,
        Msg::new(
            format!("{file}: {means} was written, {held} is what the kernel holds{}", why.en),
            format!("{file}：写入的是 {means}，内核保存的是 {held}{}", why.zh),
        ),
    )
}

/// A limit without a unit that no process could live in: 64 are bytes, and 64M was meant.
fn bare_number_note(said: Said, knob: &Knob, words: &[String]) -> Said {
    let [word] = words else { return said };
    let few = word.parse::<u64>().is_ok_and(|bytes| (1..1 << 20).contains(&bytes));
    if !few || knob.kind != Holds::Size || !knob.file.starts_with("memory.") || !knob.file.ends_with("max") {
        return said;
    }
    said.note(
        NoteKind::Careful,
        Msg::new(
            format!("without a unit these are bytes: a process needs more than that, and is killed. Did you mean {word}M?"),
            format!("不写单位即为字节：进程需要的不止这些，会被杀掉。是否想写 {word}M？"),
        ),
    )
}

/// MemTotal of proc_meminfo(5), in bytes; 0 where it cannot be read, so that a percentage is refused by the kernel rather than guessed.
fn memory_of_this_machine() -> u64 {
    let seen = read(Path::new("/proc/meminfo"));
    let kib = seen.is().and_then(|text| field(text, "MemTotal")?.split(' ').next()?.parse::<u64>().ok());
    kib.unwrap_or(0) * 1024
}
