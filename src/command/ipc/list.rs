//! `ipc list`: the System V objects that the subject sees. Reads /proc/sysvipc.

use crate::command::{Args, Card, Equivalent, Example, Inside, Man, Primitive, Run, Said, Stop};
use crate::model::{Cell, Msg, NoteKind, Seen, Text, errno_name};
use crate::observe::process::read;
use nix::errno::Errno;
use std::path::Path;

/// The card.
pub const CARD: Card = Card {
    name: "ipc list",
    args: &[],
    primitive: Primitive::Read("/proc/sysvipc"),
    man: &[Man("proc_sysvipc", 5), Man("ipc_namespaces", 7), Man("ipcs", 1)],
    own: &[],
    summary: Text {
        en: "the System V objects of the subject's ipc namespace",
        zh: "列出被观察进程 ipc 命名空间中的 System V 对象",
    },
    explain: Text {
        en: "/proc/sysvipc shows the objects of the reader's own ipc namespace. A new one is empty. `mqueue list` shows the POSIX queues.",
        zh: "/proc/sysvipc 显示读者自己的 ipc 命名空间中的对象。新命名空间是空的。POSIX 消息队列见 `mqueue list`。",
    },
    equivalents: &[Equivalent { tool: "ipcs(1)", line: "ipcs" }],
    examples: &[
        Example { after: "unshare ipc; ipc new queue 42", line: "ipc list", shows: "42", needs: "root" },
        Example {
            after: "unshare ipc; ipc new queue 42; subject new b; unshare ipc",
            line: "ipc list",
            shows: "no System V object",
            needs: "root",
        },
    ],
    run: Run::Inside(run),
};

/// Of each kind: the file, its name, the columns of what it holds.
const FILES: [(&str, Text, &[&str]); 3] = [
    ("msg", Text { en: "queue", zh: "消息队列" }, &["qnum", "cbytes"]),
    ("sem", Text { en: "semaphores", zh: "信号量" }, &["nsems"]),
    ("shm", Text { en: "shared memory", zh: "共享内存" }, &["size", "nattch"]),
];

fn run(_: &mut Inside<'_>, _: &Args) -> Result<Said, Stop> {
    let mut rows = Vec::new();
    for (file, name, columns) in FILES {
        let path = Path::new("/proc/sysvipc").join(file);
        match read(&path) {
            Seen::Is(text) => rows.extend(objects(&text, name, columns)),
            Seen::Not { errno, .. } => {
                let errno = errno_name(Errno::from_raw(errno));
                return Err(Stop::Unfit(Msg::new(
                    format!("{}: {errno}; is /proc mounted?", path.display()),
                    format!("{}：{errno}；/proc 挂载了吗？", path.display()),
                )));
            }
        }
    }
    if rows.is_empty() {
        let none = Msg::new("no System V object in this ipc namespace", "这个 ipc 命名空间中没有 System V 对象");
        return Ok(Said::nothing().note(NoteKind::Did, none));
    }
    let head = [("kind", "种类"), ("key", "键值"), ("number", "编号"), ("mode", "权限"), ("UID", "UID"), ("holds", "内容")];
    Ok(Said::grid(head.map(|(en, zh)| Msg::new(en, zh)).into(), rows))
}

/// A row for each object of a file: its first line names the columns.
fn objects(text: &str, name: Text, columns: &[&str]) -> Vec<Vec<Cell>> {
    let mut lines = text.lines();
    let titles: Vec<&str> = lines.next().unwrap_or_default().split_whitespace().collect();
    let row = |line: &str| {
        let values: Vec<&str> = line.split_whitespace().collect();
        let value =
            |title: &str| titles.iter().position(|one| *one == title).and_then(|at| values.get(at)).copied().unwrap_or("?");
        let number = titles.iter().find(|title| title.ends_with("id") && !title.contains("pid") && !title.contains("uid"));
        let holds: Vec<String> = columns.iter().map(|column| format!("{column} {}", value(column))).collect();
        vec![
            Cell::msg(name),
            Cell::new(value("key")),
            Cell::new(number.map_or("?", |number| value(number))),
            Cell::new(value("perms")),
            Cell::new(value("uid")),
            Cell::new(holds.join(", ")),
        ]
    };
    lines.map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_the_kernel_is_a_row() {
        let text = "       key      msqid perms      cbytes       qnum lspid lrpid   uid   gid  cuid  cgid      stime      rtime      ctime\n        \
                    42          3   600           5          1    13     0     0     0     0     0 1795509011          0 1795509011\n";
        let rows = objects(text, FILES[0].1, FILES[0].2);
        let texts: Vec<&str> = rows[0].iter().map(|cell| cell.text.en.as_str()).collect();
        assert_eq!(texts, ["queue", "42", "3", "600", "0", "qnum 1, cbytes 5"]);
    }
}
