//! `chdir`: the subject's working directory. chdir(2).

use super::one;
use crate::command::{Args, Card, Equivalent, Example, Inside, Kind, Man, Primitive, Run, Said, Stop};
use crate::model::Text;

/// The card.
pub const CARD: Card = Card {
    name: "chdir",
    args: &[one("PATH", Kind::Path, Text { en: "a directory", zh: "一个目录" })],
    primitive: Primitive::Syscall("chdir"),
    man: &[Man("chdir", 2), Man("path_resolution", 7)],
    own: &[],
    summary: Text { en: "change the subject's working directory", zh: "改变被观察进程的当前目录" },
    explain: Text {
        en: "Relative paths begin at the working directory. It is a place on a mount, not a text: when something is mounted over it later, the process stays on what is below; after \
             chroot(2) it may lie outside of the root directory.",
        zh: "相对路径从当前目录开始。当前目录是某个挂载上的一个位置，而不是一段文字：之后若有东西挂到它上面，进程仍留在下面；chroot(2) 之后它可能在根目录之外。",
    },
    equivalents: &[
        Equivalent { tool: "sh(1)", line: "cd PATH" },
        Equivalent { tool: "docker", line: "docker run --workdir PATH" },
    ],
    examples: &[
        Example { after: "", line: "chdir /usr", shows: "chdir(\"/usr\") = 0", needs: "" },
        Example { after: "", line: "chdir /no/such", shows: "ENOENT", needs: "" },
        Example {
            after: "unshare mnt; mount private -r /; chdir /mnt; mount tmpfs /mnt; write /mnt/a one",
            line: "show ./a",
            shows: "ENOENT",
            needs: "root",
        },
    ],
    run: Run::Inside(run),
};

fn run(cx: &mut Inside<'_>, args: &Args) -> Result<Said, Stop> {
    cx.kernel.chdir(args.one("PATH"))?;
    Ok(Said::nothing())
}
