//! `fd`: namespaces that descriptors hold. Reads /proc/*/fd.

use super::ps;
use crate::command::{Args, Card, Equivalent, Example, Man, Outside, Primitive, Run, Said, Stop};
use crate::model::{Cell, Mark, Msg, NoteKind, NsKind, Text};
use crate::observe::census::census;
use crate::observe::descriptors::held_namespaces;
use crate::observe::process::command;
use std::collections::HashMap;
use std::os::fd::AsRawFd;
use std::path::Path;

/// The card.
pub const CARD: Card = Card {
    name: "fd",
    args: &[],
    primitive: Primitive::Read("/proc/PID/fd"),
    man: &[Man("namespaces", 7), Man("proc_pid_fd", 5), Man("lsns", 8)],
    own: &[],
    summary: Text { en: "namespaces that are held by open descriptors", zh: "列出被打开的描述符保持的命名空间" },
    explain: Text {
        en: "Every descriptor of this machine's processes that is open on a namespace, as far as the observer may look: it keeps the namespace alive, even \
             with no process in it. The observer's own are the pins. A socket holds its network namespace, too; that cannot be read from here.",
        zh: "本机各进程打开在命名空间上的描述符（限观察者有权查看的）：即使其中没有进程，描述符也使命名空间继续存在。观察者自己的就是 `pin` 所保持的。\
             套接字同样保持着它的网络命名空间；但从这里读不出来。",
    },
    equivalents: &[
        Equivalent { tool: "lsns(8)", line: "lsns (also scans descriptors, since util-linux 2.41)" },
        Equivalent { tool: "ls(1)", line: "ls -l /proc/*/fd | grep ':\\['" },
    ],
    examples: &[
        Example { after: "unshare uts; pin uts keep; reset", line: "fd", shows: "no process", needs: "root" },
        Example { after: "pin net keep", line: "fd", shows: "pin keep", needs: "" },
    ],
    run: Run::Shell(run),
};

fn run(cx: &mut Outside<'_>, _: &Args) -> Result<Said, Stop> {
    let proc = Path::new("/proc");
    let held = held_namespaces(proc)?;
    let populated: HashMap<(NsKind, u64), usize> =
        census(proc)?.namespaces.iter().map(|ns| ((ns.kind, ns.id.ino), ns.processes)).collect();
    let observer = std::process::id() as i32;
    let mut rows = Vec::new();
    for one in &held {
        let pin = cx.pins.iter().find(|pin| one.pid == observer && pin.fd.as_raw_fd() == one.fd);
        let holder = match (pin, ps::role(one.pid, cx)) {
            (Some(pin), _) => Msg::new(format!("observer: pin {}", pin.name), format!("观察者：pin {}", pin.name)),
            (None, Some(role)) => role,
            (None, None) => Msg::same(command(proc, one.pid).is().cloned().unwrap_or_default()),
        };
        let processes = match populated.get(&(one.kind, one.ino)).copied().unwrap_or(0) {
            0 => Cell::msg(Msg::new("no process", "没有进程")).mark(Mark::Warn),
            count => Cell::new(count.to_string()),
        };
        let shown = cx.names.shown(one.kind, one.id()).unwrap_or_else(|| format!("{}:[{}]", one.kind, one.ino));
        rows.push(vec![
            Cell::new(shown),
            processes,
            Cell::new(one.pid.to_string()),
            Cell::new(one.fd.to_string()),
            Cell::msg(holder),
        ]);
    }
    if rows.is_empty() {
        let none = Msg::new("no open descriptor that can be seen holds a namespace", "看得到的描述符都没有打开在命名空间上");
        return Ok(Said::nothing().note(NoteKind::Did, none));
    }
    let head = [
        ("namespace", "命名空间"),
        ("processes in it", "其中进程"),
        ("held by PID", "持有者 PID"),
        ("fd", "fd"),
        ("holder", "持有者"),
    ];
    Ok(Said::grid(head.map(|(en, zh)| Msg::new(en, zh)).into(), rows))
}
