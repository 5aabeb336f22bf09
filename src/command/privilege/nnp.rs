//! `nnp`: no program gains rights from now on. prctl(2), PR_SET_NO_NEW_PRIVS.

use crate::command::{Args, Card, Equivalent, Example, Inside, Man, Primitive, Run, Said, Stop};
use crate::model::{NoteKind, Text};

/// The card.
pub const CARD: Card = Card {
    name: "nnp",
    args: &[],
    primitive: Primitive::Syscall("prctl"),
    man: &[Man("PR_SET_NO_NEW_PRIVS", 2), Man("execve", 2), Man("seccomp", 2)],
    own: &[],
    summary: Text {
        en: "no_new_privs: no program gains rights any more", zh: "no_new_privs：此后运行任何程序都不再增加权限"
    },
    explain: Text {
        en: "prctl(PR_SET_NO_NEW_PRIVS, 1). An execve(2) then gives nothing that the caller lacks: set-user-ID and set-group-ID bits and file capabilities are ignored, and UID 0 does \
             not get capabilities back. It takes nothing away, needs no right, is inherited, and cannot be undone. Installing a seccomp filter or Landlock without CAP_SYS_ADMIN asks for it: \
             otherwise one could confuse a set-user-ID program with a filter.",
        zh: "prctl(PR_SET_NO_NEW_PRIVS, 1)。此后 execve(2) 不会给出调用者没有的任何权限：set-user-ID、set-group-ID 位和文件权能都被忽略，UID 0 也不会重新得到权能。\
             它不收走任何东西，不需要任何权限，会被继承，而且不能撤销。没有 CAP_SYS_ADMIN 时，安装 seccomp 过滤器或 Landlock 之前必须先设置它：否则可以用过滤器迷惑 set-user-ID 程序。",
    },
    equivalents: &[
        Equivalent { tool: "setpriv(1)", line: "setpriv --no-new-privs CMD" },
        Equivalent { tool: "bwrap(1)", line: "bwrap … (always)" },
        Equivalent { tool: "docker", line: "docker run --security-opt no-new-privileges IMAGE" },
    ],
    examples: &[
        Example { after: "", line: "nnp", shows: "no_new_privs  false → true", needs: "" },
        Example {
            after: "caps drop all; nnp",
            line: "spawn grep CapEff /proc/self/status",
            shows: "0000000000000000",
            needs: "",
        },
        Example { after: "nnp", line: "nnp", shows: "it was set already", needs: "" },
    ],
    run: Run::Inside(run),
};

fn run(cx: &mut Inside<'_>, _: &Args) -> Result<Said, Stop> {
    let was = nix::sys::prctl::get_no_new_privs() == Ok(true);
    cx.kernel.no_new_privs()?;
    let said = Said::nothing();
    Ok(if was {
        said.note(
            NoteKind::Unchanged,
            Text { en: "it was set already; there is no way back but `reset`", zh: "早已设置；除了 `reset` 没有退路" },
        )
    } else {
        said.note(NoteKind::Careful, SILENT)
    })
}

const SILENT: Text = Text {
    en: "from now on set-user-ID programs and file capabilities give nothing, and no error says so: sudo and ping run as you are",
    zh: "从现在起 setuid 程序和文件权能不再带来任何权限，而且不会报错：sudo、ping 都只以你当前的身份运行",
};
