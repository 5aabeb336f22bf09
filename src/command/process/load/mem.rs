//! `load mem`: fill memory, page by page. Built-in work in a child; page faults, no further call.

use super::{Meter, Outcome, size, step};
use crate::command::{Args, Card, Count, Equivalent, Example, Inside, Kind, Man, Param, Primitive, Run, Said, Stop};
use crate::model::{Msg, NoteKind, Size, Text};
use nix::errno::Errno;

/// Pages are at least so large: one write in each is a page fault in each.
const PAGE: usize = 4096;

/// The card.
pub const CARD: Card = Card {
    name: "load mem",
    args: &[Param {
        name: "SIZE",
        kind: Kind::Size,
        count: Count::One,
        about: Text { en: "64M, 1G, or 50% of this machine's memory", zh: "64M、1G，或占本机内存的 50%" },
    }],
    primitive: Primitive::Syscall("clone3"),
    man: &[Man("cgroups", 7), Man("proc_pid_oom_score_adj", 5)],
    own: &[],
    summary: Text { en: "use memory, until a limit says no", zh: "占用内存，直到触及限制" },
    explain: Text {
        en: "A child of the subject reserves SIZE bytes and writes to each page, then frees all. Reserving costs nothing; memory is charged to the cgroup \
             when a page is first touched. Above memory.max the kernel reclaims, and when that does not help the OOM killer ends a process of the cgroup with \
             SIGKILL. The child offers itself as the victim (oom_score_adj 1000), so the subject lives.",
        zh: "由被观察进程的一个子进程预留 SIZE 字节，逐页写入，然后全部释放。预留不花代价；页面第一次被访问时才计入 cgroup。超过 memory.max 时内核先回收内存，\
             仍然不够，OOM 杀手就用 SIGKILL 结束该 cgroup 中的一个进程。子进程主动充当牺牲者（oom_score_adj 为 1000），因此被观察进程能活下来。",
    },
    equivalents: &[Equivalent { tool: "stress-ng(1)", line: "stress-ng --vm 1 --vm-bytes 64M --vm-keep --oomable" }],
    examples: &[
        Example { after: "", line: "load mem 8M", shows: "8M of memory", needs: "" },
        Example {
            after: "cgroup set memory.max 16M",
            line: "load mem 64M",
            shows: "killed by SIGKILL",
            needs: "root cgroup:memory",
        },
        Example {
            after: "cgroup set memory.max 16M; load mem 64M",
            line: "load mem 4M",
            shows: "4M of memory",
            needs: "root cgroup:memory",
        },
    ],
    run: Run::Inside(run),
};

fn run(cx: &mut Inside<'_>, args: &Args) -> Result<Said, Stop> {
    let bytes = size(args)?;
    let outcome = super::run(cx, &format!("load mem {}", args.one("SIZE")), &|meter| touch(meter, bytes))?;
    if outcome.stopped() {
        return Ok(outcome.said);
    }
    let killed = outcome.killed();
    let Outcome { said, done, errno } = outcome;
    let (whole, done_text) = (Size::about(bytes), Size::about(done));
    Ok(match errno {
        Some(Errno::ENOMEM) => said.note(
            NoteKind::Careful,
            Msg::new(
                format!("the kernel would not even reserve {whole} (ENOMEM): RLIMIT_AS, or vm.overcommit_memory"),
                format!("内核连预留 {whole} 都不肯（ENOMEM）：可能是 RLIMIT_AS 或 vm.overcommit_memory 所致"),
            ),
        ),
        _ if killed => said.note(
            NoteKind::Careful,
            Msg::new(
                format!("killed after {done_text} of {whole} had been touched. In a cgroup at its limit that is the OOM killer: `cgroup get memory.events` counts it"),
                format!("写入 {whole} 中的 {done_text} 之后被杀死。cgroup 触及限制时，这是 OOM 杀手所为：`cgroup get memory.events` 中有计数"),
            ),
        ),
        _ if done < bytes => said.note(
            NoteKind::Did,
            Msg::new(format!("it ended after {done_text} of {whole}"), format!("写入 {whole} 中的 {done_text} 后结束")),
        ),
        _ => said.note(
            NoteKind::Did,
            Msg::new(format!("{whole} of memory were touched, page by page, and freed"), format!("逐页写入了 {whole} 内存，随后释放")),
        ),
    })
}

fn touch(meter: &Meter, bytes: u64) -> i32 {
    let mut memory: Vec<u8> = Vec::new();
    let Ok(()) = usize::try_from(bytes).map_or(Err(()), |bytes| memory.try_reserve_exact(bytes).map_err(drop)) else {
        return meter.failed(0, Errno::ENOMEM);
    };
    let step = step(bytes);
    let (mut done, mut told) = (0, 0);
    for page in memory.spare_capacity_mut().chunks_mut(PAGE) {
        if let Some(first) = page.first_mut() {
            first.write(1);
        }
        done += page.len() as u64;
        if done - told >= step {
            told = done;
            meter.done(done);
        }
    }
    // What nobody looks at need not be written, says the compiler.
    std::hint::black_box(memory.as_ptr());
    meter.done(done);
    0
}
