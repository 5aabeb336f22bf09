//! `sched affinity`: the CPUs on which a process may run. sched_setaffinity(2).

use crate::command::{Args, Card, Count, Equivalent, Example, Inside, Kind, Man, Outside, Param, Primitive, Run, Said, Stop};
use crate::model::{Msg, NoteKind, Seen, Text};

/// The card.
pub const CARD: Card = Card {
    name: "sched affinity",
    args: &[
        Param {
            name: "CPUS",
            kind: Kind::Word,
            count: Count::Optional,
            about: Text {
                en: "a list such as 0-1,3; without it, shows what it is", zh: "列表，例如 0-1,3；省略则显示现值"
            },
        },
        Param {
            name: "PID",
            kind: Kind::Pid,
            count: Count::Optional,
            about: Text {
                en: "as the subject counts; without it, the subject", zh: "以被观察进程所见为准；省略则为被观察进程"
            },
        },
    ],
    primitive: Primitive::Syscall("sched_setaffinity"),
    man: &[Man("sched_setaffinity", 2), Man("taskset", 1), Man("cpuset", 7)],
    own: &[],
    summary: Text { en: "the CPUs on which a process may run", zh: "进程可以在哪些 CPU 上运行" },
    explain: Text {
        en: "sched_setaffinity(2): one's own wish, which children inherit and which one can change again. A cpuset cgroup (`cgroup set cpuset.cpus`) is the limit from outside: only CPUs in both count, and where \
             none is left the answer is EINVAL. What programs take for the number of CPUs (nproc, Go, Java) is this mask, not cpu.max.",
        zh: "sched_setaffinity(2)：进程自己的意愿，子进程会继承，以后还能再改。cpuset cgroup（`cgroup set cpuset.cpus`）则是来自外部的限制：只有两者都包含的 CPU 才算数，一个都不剩时得到 EINVAL。\
             程序所认为的 CPU 个数（nproc、Go、Java）就是这个掩码，而不是 cpu.max。",
    },
    equivalents: &[
        Equivalent { tool: "taskset(1)", line: "taskset --cpu-list 0-1 CMD; taskset -p PID" },
        Equivalent { tool: "docker", line: "docker run --cpuset-cpus 0-1 IMAGE (a cpuset cgroup)" },
    ],
    examples: &[
        Example { after: "", line: "sched affinity 0", shows: "sched_setaffinity(0, 128, [0]) = ", needs: "" },
        Example { after: "sched affinity 0", line: "spawn nproc", shows: "1", needs: "" },
        Example { after: "", line: "sched affinity 1000", shows: "EINVAL", needs: "" },
        Example { after: "", line: "sched affinity", shows: "CPUs", needs: "" },
        Example { after: "", line: "sched affinity one", shows: "not a list of CPUs", needs: "" },
    ],
    run: Run::Either { inside, outside, for_observer: |args| args.opt("CPUS").is_none() },
};

fn inside(cx: &mut Inside<'_>, args: &Args) -> Result<Said, Stop> {
    let word = args.one("CPUS");
    let Some(cpus) = list(word) else {
        return Err(Stop::Usage(Msg::new(
            format!("`{word}` is not a list of CPUs such as 0-1,3 (below 1024)"),
            format!("`{word}` 不是 0-1,3 这样的 CPU 列表（小于 1024）"),
        )));
    };
    let pid = args.opt("PID").and_then(|word| word.parse().ok()).unwrap_or(0);
    cx.kernel.set_affinity(pid, &cpus)?;
    Ok(Said::nothing())
}

fn outside(cx: &mut Outside<'_>, _: &Args) -> Result<Said, Stop> {
    match &cx.subject.seen.bounds.cpus {
        Seen::Is(cpus) => Ok(Said::nothing().note(NoteKind::Did, Msg::same(format!("CPUs {cpus}")))),
        Seen::Not { path, errno } => Err(Stop::unread(path, *errno)),
    }
}

/// The numbers of `0-1,3`.
fn list(text: &str) -> Option<Vec<usize>> {
    let mut cpus = Vec::new();
    for part in text.split(',') {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        let (first, last): (usize, usize) = (first.parse().ok()?, last.parse().ok()?);
        if first > last || last >= 1024 {
            return None;
        }
        cpus.extend(first..=last);
    }
    cpus.sort_unstable();
    cpus.dedup();
    Some(cpus)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_read_as_the_kernel_writes_them() {
        assert_eq!(list("0-1,3"), Some(vec![0, 1, 3]));
        assert_eq!(list("2,2"), Some(vec![2]));
        for odd in ["", "one", "3-1", "0-", "1024", "-1"] {
            assert_eq!(list(odd), None, "{odd}");
        }
    }
}
