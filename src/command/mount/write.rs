//! `write`: put a text into a file of the bench's own, or of the subject's /proc/self. openat(2), write(2).

use super::one;
use crate::command::{Args, Card, Count, Equivalent, Example, Inside, Kind, Man, Param, Primitive, Run, Said, Stop};
use crate::model::Text;
use std::path::Path;

/// The card.
pub const CARD: Card = Card {
    name: "write",
    args: &[
        one(
            "PATH",
            Kind::NewPath,
            Text {
                en: "a file, made where it is missing; or one of the subject's own in /proc/self",
                zh: "一个文件，没有则创建；或 /proc/self 中被观察进程自己的文件",
            },
        ),
        Param {
            name: "TEXT",
            kind: Kind::Word,
            count: Count::Any,
            about: Text {
                en: "what is written, with a newline; without it the file is emptied",
                zh: "要写入的内容，末尾加换行；省略则清空文件",
            },
        },
    ],
    primitive: Primitive::Syscall("write"),
    man: &[Man("open", 2), Man("write", 2), Man("user_namespaces", 7)],
    own: &[],
    summary: Text { en: "write a text into a file", zh: "把一段文字写入文件" },
    explain: Text {
        en: "For files in layers and roots that the bench made, and for what a process tells the kernel about itself: /proc/self/setgroups, uid_map, oom_score_adj. Through /proc/self the subject \
             writes its own map from *inside*, which the kernel takes only for one line with its own ID. Files of the host are left alone.",
        zh: "用于实验台自己创建的层与根中的文件，以及进程向内核说明自身的那些文件：/proc/self/setgroups、uid_map、oom_score_adj。\
             通过 /proc/self，被观察进程从*内部*写自己的映射，内核只接受一行、且只映射它自己的 ID。主机的文件不会被改动。",
    },
    equivalents: &[Equivalent { tool: "sh(1)", line: "echo TEXT > PATH" }],
    examples: &[
        Example {
            after: "unshare mnt; mount private -r /; mount tmpfs /mnt",
            line: "write /mnt/a hello",
            shows: "\"hello\\n\", 6) = 6",
            needs: "root",
        },
        Example { after: "unshare user", line: "write /proc/self/uid_map 0 0 1", shows: "\"0 0 1\\n\", 6) = 6", needs: "root" },
        Example { after: "unshare user", line: "write /proc/self/uid_map 0 0 2", shows: "EPERM", needs: "userns" },
        Example { after: "", line: "write /etc/passwd x", shows: "would be changed there and stay", needs: "" },
        Example { after: "", line: "write /proc/sys/kernel/hostname x", shows: "the kernel's own state", needs: "" },
    ],
    run: Run::Inside(run),
};

fn run(cx: &mut Inside<'_>, args: &Args) -> Result<Said, Stop> {
    let (path, words) = (args.one("PATH"), args.all("TEXT"));
    let text = if words.is_empty() { String::new() } else { words.join(" ") + "\n" };
    match path.starts_with("/proc/") {
        true => cx.kernel.write_file(Path::new(path), &text)?,
        false => cx.kernel.create_file(path, &text)?,
    }
    Ok(Said::nothing())
}
