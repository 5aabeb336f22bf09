//! `chroot`: `/` begins elsewhere for the subject. chroot(2).

use super::one;
use crate::command::{Args, Card, Equivalent, Example, Inside, Kind, Man, Primitive, Run, Said, Stop};
use crate::model::{NoteKind, Text};

/// The card.
pub const CARD: Card = Card {
    name: "chroot",
    args: &[one("PATH", Kind::Path, Text { en: "a directory", zh: "一个目录" })],
    primitive: Primitive::Syscall("chroot"),
    man: &[Man("chroot", 2), Man("pivot_root", 2)],
    own: &[],
    summary: Text { en: "let / begin at a directory, for the subject alone", zh: "只对被观察进程改变 / 的起点" },
    explain: Text {
        en: "chroot(2) changes where absolute paths begin, for this process and its children. It is not a namespace and no wall: the mounts are the same, the working directory may still lie \
             outside, and who has CAP_SYS_CHROOT walks out with a second chroot. In a chroot no user namespace can be made (EPERM). Containers use pivot_root(2).",
        zh: "chroot(2) 只改变绝对路径从哪里开始，对当前进程及其子进程有效。它不是命名空间，也不是一堵墙：挂载还是那些挂载，当前目录可能仍在外面，有 CAP_SYS_CHROOT 的进程再 chroot 一次就能走出去。\
             在 chroot 中不能新建用户命名空间（EPERM）。容器用的是 pivot_root(2)。",
    },
    equivalents: &[
        Equivalent { tool: "chroot(8)", line: "chroot PATH CMD" },
        Equivalent { tool: "unshare(1)", line: "unshare --root PATH CMD" },
    ],
    examples: &[
        Example { after: "", line: "chroot /usr", shows: "did not move", needs: "root" },
        Example { after: "chdir /; chroot /usr", line: "chroot .", shows: "/usr → /", needs: "root" },
        Example { after: "chroot /usr", line: "unshare user", shows: "EPERM", needs: "root" },
        Example { after: "", line: "chroot /no/such", shows: "ENOENT", needs: "" },
    ],
    run: Run::Inside(run),
};

fn run(cx: &mut Inside<'_>, args: &Args) -> Result<Said, Stop> {
    cx.kernel.chroot(args.one("PATH"))?;
    Ok(Said::nothing().note(NoteKind::Unchanged, UNMOVED))
}

const UNMOVED: Text = Text {
    en: "the working directory did not move: `chdir /` goes in, `chdir ../..` still goes out",
    zh: "当前目录没有变：`chdir /` 才算进去，而 `chdir ../..` 仍能出去",
};
