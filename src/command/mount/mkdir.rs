//! `mkdir`: make directories on a filesystem of the bench's own. mkdir(2).

use super::flag;
use crate::command::{Args, Card, Count, Equivalent, Example, Inside, Kind, Man, Param, Primitive, Run, Said, Stop};
use crate::model::Text;
use std::path::Path;

/// The card.
pub const CARD: Card = Card {
    name: "mkdir",
    args: &[
        flag("-p", Text { en: "those above it too, where they are missing", zh: "缺少的上级目录也一并创建" }),
        Param { name: "PATH", kind: Kind::NewPath, count: Count::Many, about: Text { en: "a new directory", zh: "新目录" } },
    ],
    primitive: Primitive::Syscall("mkdir"),
    man: &[Man("mkdir", 2)],
    own: &[],
    summary: Text { en: "make directories, on a filesystem of one's own", zh: "在自己的文件系统上创建目录" },
    explain: Text {
        en: "Directories to mount on, and layers for an overlay. What is made on the host's file system would stay there, so it is refused: `unshare mnt`, `mount tmpfs /mnt`, and all below /mnt \
             goes with the subject. In a user namespace whose IDs are not mapped the answer is EOVERFLOW: a file must belong to somebody.",
        zh: "用来挂载的目录，或 overlay 的各层。在主机文件系统上创建的东西会留下来，因此被拒绝：先 `unshare mnt`，再 `mount tmpfs /mnt`，/mnt 之下的一切都会随被观察进程消失。\
             在没有写入 ID 映射的用户命名空间中会得到 EOVERFLOW：文件总得属于某个用户。",
    },
    equivalents: &[Equivalent { tool: "mkdir(1)", line: "mkdir -p PATH" }],
    examples: &[
        Example {
            after: "unshare mnt; mount private -r /; mount tmpfs /mnt",
            line: "mkdir /mnt/a",
            shows: "mkdir(\"/mnt/a\", 0777) = 0",
            needs: "root",
        },
        Example {
            after: "unshare mnt; mount private -r /; mount tmpfs /mnt",
            line: "mkdir -p /mnt/a/b/c",
            shows: "mkdir(\"/mnt/a/b/c\", 0777) = 0",
            needs: "root",
        },
        Example { after: "unshare user mnt; mount tmpfs /mnt", line: "mkdir /mnt/a", shows: "EOVERFLOW", needs: "userns" },
        Example { after: "", line: "mkdir /srv/a", shows: "would be changed there and stay", needs: "" },
    ],
    run: Run::Inside(run),
};

fn run(cx: &mut Inside<'_>, args: &Args) -> Result<Said, Stop> {
    for path in args.all("PATH").iter().map(Path::new) {
        let mut missing: Vec<&Path> = vec![path];
        if args.flag("-p") {
            missing = path.ancestors().take_while(|dir| !dir.as_os_str().is_empty() && !dir.exists()).collect();
            missing.reverse();
        }
        for dir in missing {
            cx.kernel.mkdir(dir)?;
        }
    }
    Ok(Said::nothing())
}
