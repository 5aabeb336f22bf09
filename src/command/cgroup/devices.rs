//! `cgroup devices`: which device nodes may be opened. write(2) to devices.allow and devices.deny, on cgroup v1 only.

use super::ground;
use crate::command::{Args, Card, Count, Equivalent, Example, Kind, Man, Outside, Param, Primitive, Run, Said, Stop};
use crate::model::{Block, Msg, NoteKind, Seen, Text};
use crate::observe::cgroup::Version;
use crate::observe::process::read;

/// The card.
pub const CARD: Card = Card {
    name: "cgroup devices",
    args: &[
        Param {
            name: "WHAT",
            kind: Kind::OneOf(&["allow", "deny"]),
            count: Count::Optional,
            about: Text { en: "allow or deny; without it, shows the list", zh: "允许或拒绝；省略则显示列表" },
        },
        Param {
            name: "RULE",
            kind: Kind::Word,
            count: Count::Any,
            about: Text {
                en: "a: all; or type (b, c), MAJOR:MINOR (* for any) and rights (r, w, m), as in: c 1:3 rwm",
                zh: "a 表示全部；或类型（b、c）、主:次设备号（* 表示任意）与权限（r、w、m），例如 c 1:3 rwm",
            },
        },
    ],
    primitive: Primitive::Write("devices.deny"),
    man: &[Man("cgroups", 7), Man("mknod", 2), Man("bpf", 2)],
    own: &[],
    summary: Text { en: "which device nodes may be opened (cgroup v1)", zh: "可以打开哪些设备节点（cgroup v1）" },
    explain: Text {
        en: "On cgroup v1 each cgroup has a list of devices, and open(2) and mknod(2) of what is not on it is EPERM, for root as well; a child can never have more than its parent. A container is given null, zero, full, \
             random, urandom, tty and ptmx. On cgroup v2 there are no such files: a BPF program of type BPF_PROG_TYPE_CGROUP_DEVICE, attached to the cgroup, is asked at each open and mknod; runc, crun and systemd \
             (DeviceAllow=) write one. In a user namespace there is nothing to forbid: mknod(2) is refused there anyway.",
        zh: "在 cgroup v1 上，每个 cgroup 有一张设备列表，open(2) 和 mknod(2) 不在列表中的设备会得到 EPERM，对 root 也一样；子 cgroup 永远不会比父 cgroup 多。容器得到的是 null、zero、full、random、urandom、tty 和 ptmx。\
             cgroup v2 没有这样的文件：挂在 cgroup 上的一段 BPF_PROG_TYPE_CGROUP_DEVICE 类型的 BPF 程序会在每次 open 和 mknod 时被询问；runc、crun 和 systemd（DeviceAllow=）都会写这样的程序。\
             在用户命名空间中没什么可禁的：那里本来就不能 mknod(2)。",
    },
    equivalents: &[
        Equivalent { tool: "sh", line: "echo 'c 1:3 rwm' > /sys/fs/cgroup/devices/box/devices.deny" },
        Equivalent { tool: "docker", line: "docker run --device /dev/fuse --device-cgroup-rule 'c 10:229 rwm' IMAGE" },
        Equivalent { tool: "systemd-run(1)", line: "systemd-run -p DevicePolicy=closed -p DeviceAllow='/dev/null rw' CMD" },
    ],
    examples: &[
        Example { after: "", line: "cgroup devices", shows: "a *:* rwm", needs: "cgroup1:devices" },
        Example {
            after: "cgroup devices deny c 1:3 rwm",
            line: "spawn sh -c 'echo x >/dev/null'",
            shows: "Operation not permitted",
            needs: "root cgroup1:devices",
        },
        Example {
            after: "cgroup devices deny a",
            line: "cgroup devices allow c 1:5 r",
            shows: "/devices.allow>, \"c 1:5 r\", 7) = 7",
            needs: "root cgroup1:devices",
        },
        Example { after: "", line: "cgroup devices deny c 1:3 x", shows: "not a rule", needs: "cgroup1:devices" },
    ],
    run: Run::Outside(run),
};

fn run(cx: &mut Outside<'_>, args: &Args) -> Result<Said, Stop> {
    let ground = ground(cx)?;
    if ground.hierarchies.of("devices").is_none_or(|one| one.version != Version::V1) {
        return Err(Stop::Unfit(WHY_BPF.into()));
    }
    let rule = args.all("RULE").join(" ");
    if args.opt("WHAT").is_some() && !is_rule(&rule) {
        return Err(Stop::Usage(Msg::new(
            format!("`{rule}` is not a rule: a, or type, MAJOR:MINOR and rights, as in `c 1:3 rwm`"),
            format!("`{rule}` 不是规则：应为 a，或类型、主:次设备号与权限，例如 `c 1:3 rwm`"),
        )));
    }
    if let Some(what) = args.opt("WHAT") {
        let dir = ground.spot(cx.kernel, &cx.subject, None, "devices")?;
        cx.kernel.write_file(&dir.join(format!("devices.{what}")), &rule)?;
        return Ok(Said::nothing().note(
            NoteKind::Unchanged,
            Msg::new(
                "what is open already stays open: the list counts at open(2) and mknod(2)",
                "已经打开的不受影响：列表只在 open(2) 与 mknod(2) 时起作用",
            ),
        ));
    }
    let sits = ground.sits(&cx.subject);
    let Some(dir) = sits.get("devices") else { return Err(Stop::unread("devices.list", libc::ENOENT)) };
    match read(&dir.join("devices.list")) {
        Seen::Is(text) => Ok(Said::nothing().show(Block::Lines(text.lines().map(str::to_string).collect()))),
        Seen::Not { path, errno } => Err(Stop::unread(&path, errno)),
    }
}

/// `a`, or `c 1:3 rwm`.
fn is_rule(text: &str) -> bool {
    let number = |word: &str| word == "*" || word.parse::<u32>().is_ok();
    match text.split(' ').collect::<Vec<_>>()[..] {
        ["a"] => true,
        ["a" | "b" | "c", device, rights] => {
            device.split_once(':').is_some_and(|(major, minor)| number(major) && number(minor))
                && (1..=3).contains(&rights.len())
                && rights.chars().all(|right| "rwm".contains(right))
        }
        _ => false,
    }
}

const WHY_BPF: Text = Text {
    en: "cgroup v2 has no list of devices: a BPF program (BPF_PROG_TYPE_CGROUP_DEVICE) that is attached to the cgroup is asked at each open and mknod. Container runtimes and systemd (DeviceAllow=) load one; \
         this shell does not write BPF for devices. `explain cgroup devices` has more",
    zh: "cgroup v2 没有设备列表：由挂在 cgroup 上的一段 BPF 程序（BPF_PROG_TYPE_CGROUP_DEVICE）在每次 open 与 mknod 时作出判断。容器运行时和 systemd（DeviceAllow=）会装入这样的程序；\
         本程序不为设备编写 BPF。详见 `explain cgroup devices`",
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_are_those_of_the_kernel() {
        for good in ["a", "c 1:3 rwm", "b *:* r", "a *:* rw", "c 136:* m"] {
            assert!(is_rule(good), "{good}");
        }
        for bad in ["", "c", "c 1:3", "c 1:3 x", "c 1 r", "d 1:3 r", "c 1:3 rwmr", "c  1:3 r"] {
            assert!(!is_rule(bad), "{bad}");
        }
    }
}
