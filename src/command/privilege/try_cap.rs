//! `try`: does one thing that needs a capability, in a child that ends at once, and shows the answer.

use super::probes::{PROBES, Probe, WHY_NOT};
use crate::command::process::throwaway;
use crate::command::{Args, Card, Count, Equivalent, Example, Inside, Kind, Man, Param, Primitive, Run, Said, Stop};
use crate::kernel::{CapSets, Kernel};
use crate::model::{Cell, Mark, Msg, NoteKind, Text, cap_name, cap_number, errno_name};
use nix::errno::Errno;

/// The card.
pub const CARD: Card = Card {
    name: "try",
    args: &[Param {
        name: "CAP",
        kind: Kind::Capability,
        count: Count::Optional,
        about: Text {
            en: "a capability, or all; without it, lists what is done for each",
            zh: "权能名，或 all；省略则列出对每个权能做什么",
        },
    }],
    primitive: Primitive::None,
    man: &[Man("capabilities", 7), Man("user_namespaces", 7)],
    own: &[],
    summary: Text { en: "do one harmless thing that needs a capability", zh: "做一件需要某个权能的无害之事" },
    explain: Text {
        en: "A child of the subject switches off all other capabilities (capset(2)), does one thing that the kernel refuses without this one, and ends; whatever it got ends with it. \
             A failure behind the question (ENOENT, EINVAL …) proves the capability as well as a success. In a user namespace many are refused although the set has them: \
             they count only for what that namespace owns, and the machine's clock, modules and devices it does not own.",
        zh: "由被观察进程的一个子进程关掉其余全部权能（capset(2)），做一件没有这个权能内核就会拒绝的事，然后结束；它得到的一切随之消失。通过了权能检查之后的失败（ENOENT、EINVAL 等）\
             与成功一样能证明权能有效。在用户命名空间中，许多操作仍会被拒绝，尽管权能就在集合里：权能只对该命名空间拥有的对象有效，而整台机器的时钟、模块和设备并不归它所有。",
    },
    equivalents: &[Equivalent { tool: "capsh(1)", line: "capsh --has-p=cap_net_raw; capsh --explain=cap_net_raw" }],
    examples: &[
        Example { after: "", line: "try", shows: "CHECKPOINT_RESTORE", needs: "" },
        Example { after: "", line: "try NET_ADMIN", shows: "NET_ADMIN  allowed", needs: "root" },
        Example { after: "caps drop NET_ADMIN", line: "try NET_ADMIN", shows: "NET_ADMIN  denied", needs: "" },
        Example { after: "unshare user", line: "try SYS_TIME", shows: "SYS_TIME  denied", needs: "userns" },
        Example { after: "unshare user net", line: "try NET_ADMIN", shows: "NET_ADMIN  allowed", needs: "userns" },
        Example { after: "", line: "try SYS_MODULE", shows: "delete_module", needs: "" },
        Example { after: "", line: "try MAC_ADMIN", shows: "nothing harmless", needs: "" },
        Example { after: "unshare pid", line: "try KILL", shows: "`fork` first", needs: "root" },
    ],
    run: Run::Inside(run),
};

fn run(cx: &mut Inside<'_>, args: &Args) -> Result<Said, Stop> {
    let head = vec![Msg::same(""), Msg::new("answer", "结果"), Msg::new("what was done", "做了什么")];
    match args.opt("CAP") {
        None => Ok(list()),
        Some("all") => {
            let rows = PROBES.iter().map(|probe| Ok(row(probe, attempt(cx, probe)?))).collect::<Result<_, Stop>>()?;
            Ok(Said::grid(head, rows))
        }
        Some(word) => {
            let name = cap_name(cap_number(word).unwrap_or(u8::MAX));
            let Some(probe) = PROBES.iter().find(|probe| probe.cap == name) else { return Err(why_not(&name)) };
            let answer = attempt(cx, probe)?;
            let said = Said::grid(Vec::new(), vec![row(probe, answer)]);
            Ok(match answer {
                Answer::Came(Err(errno)) if probe.beyond.contains(&errno) => said.note(NoteKind::Unchanged, BEYOND),
                _ => said,
            })
        }
    }
}

/// What came of a try.
#[derive(Clone, Copy, Debug)]
enum Answer {
    /// It could not be prepared.
    Unready(Errno),
    /// The call was made.
    Came(Result<(), Errno>),
}

/// Makes the child and lets it try.
fn attempt(cx: &mut Inside<'_>, probe: &Probe) -> Result<Answer, Stop> {
    let (ready, errno) = throwaway::in_child(cx, |cx| match try_it(cx.kernel, probe) {
        Answer::Unready(errno) => (false, errno as i32),
        Answer::Came(answer) => (true, answer.err().map_or(0, |errno| errno as i32)),
    })?;
    Ok(match (ready, errno) {
        (true, 0) => Answer::Came(Ok(())),
        (true, errno) => Answer::Came(Err(Errno::from_raw(errno))),
        (false, errno) => Answer::Unready(Errno::from_raw(errno)),
    })
}

fn try_it(kernel: &mut Kernel, probe: &Probe) -> Answer {
    let ready = match Kernel::probe_ready(probe.cap) {
        Ok(ready) => ready,
        Err(errno) => return Answer::Unready(errno),
    };
    let bit = cap_number(probe.cap).map_or(0, |number| 1 << number);
    let narrowed = kernel.capget().and_then(|had| kernel.capset(CapSets { effective: had.effective & bit, ..had }));
    match narrowed {
        Ok(()) => Answer::Came(kernel.probe(probe.cap, &ready).map(drop)),
        Err(errno) => Answer::Unready(errno),
    }
}

fn row(probe: &Probe, answer: Answer) -> Vec<Cell> {
    let cell = match answer {
        Answer::Came(Ok(())) => Cell::msg(Msg::new("allowed", "允许")).mark(Mark::Own),
        Answer::Came(Err(errno)) if probe.beyond.contains(&errno) => {
            let name = errno_name(errno);
            Cell::msg(Msg::new(format!("allowed, then {name}"), format!("允许，随后 {name}"))).mark(Mark::Own)
        }
        Answer::Came(Err(errno @ (Errno::EPERM | Errno::EACCES))) => {
            let name = errno_name(errno);
            Cell::msg(Msg::new(format!("denied: {name}"), format!("拒绝：{name}"))).mark(Mark::Bad)
        }
        Answer::Came(Err(errno)) => {
            let name = errno_name(errno);
            Cell::msg(Msg::new(format!("says nothing: {name}"), format!("说明不了：{name}"))).mark(Mark::Warn)
        }
        Answer::Unready(errno) => {
            let name = errno_name(errno);
            Cell::msg(Msg::new(format!("cannot be tried here: {name}"), format!("这里无法尝试：{name}"))).mark(Mark::Dim)
        }
    };
    vec![Cell::new(probe.cap), cell, Cell::msg(probe.what).mark(Mark::Dim)]
}

fn list() -> Said {
    let tried = PROBES.iter().map(|probe| vec![Cell::new(probe.cap), Cell::msg(probe.what)]);
    let not = WHY_NOT.iter().map(|(cap, why)| vec![Cell::new(*cap).mark(Mark::Dim), Cell::msg(*why).mark(Mark::Dim)]);
    Said::grid(Vec::new(), tried.chain(not).collect())
}

fn why_not(name: &str) -> Stop {
    let why = WHY_NOT.iter().find(|(cap, _)| *cap == name).map_or(UNKNOWN, |(_, why)| *why);
    Stop::Unfit(Msg::new(
        format!("there is nothing harmless to try for {name}: {}", why.en),
        format!("{name} 没有可供尝试的无害操作：{}", why.zh),
    ))
}

const UNKNOWN: Text = Text { en: "it is newer than this program", zh: "它比本程序更新" };

const BEYOND: Text = Text {
    en: "the call failed all the same, but behind the question for the capability: without it the answer is EPERM or EACCES",
    zh: "调用最终还是失败了，但那是在通过权能检查之后：没有权能时得到的是 EPERM 或 EACCES",
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::CAPS;

    #[test]
    fn each_capability_is_tried_or_it_is_said_why_not() {
        for cap in CAPS {
            let tried = PROBES.iter().filter(|probe| probe.cap == cap).count();
            let not = WHY_NOT.iter().filter(|(name, _)| *name == cap).count();
            assert_eq!(tried + not, 1, "{cap}");
        }
        assert_eq!(PROBES.len() + WHY_NOT.len(), CAPS.len());
    }
}
