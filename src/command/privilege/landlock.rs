//! `landlock`: only these files from now on, without any right. landlock_restrict_self(2).

use crate::command::{Args, Card, Count, Equivalent, Example, Inside, Kind, Man, Param, Primitive, Run, Said, Stop};
use crate::kernel::LANDLOCK_RIGHTS;
use crate::model::{Msg, NoteKind, Text};
use nix::sys::stat::{SFlag, fstat};
use std::path::Path;

/// What reading takes.
const READ: &[&str] = &["EXECUTE", "READ_FILE", "READ_DIR"];
/// What can be allowed for a file that is no directory.
const FILE: &[&str] = &["EXECUTE", "WRITE_FILE", "READ_FILE", "TRUNCATE", "IOCTL_DEV"];

/// The card.
pub const CARD: Card = Card {
    name: "landlock",
    args: &[
        Param {
            name: "MODE",
            kind: Kind::OneOf(&["ro", "rw"]),
            count: Count::One,
            about: Text { en: "read and execute, or everything", zh: "只读与执行，或全部权限" },
        },
        Param {
            name: "PATH",
            kind: Kind::Path,
            count: Count::Many,
            about: Text {
                en: "files and directories in the subject's view; a further ro or rw holds for the paths after it",
                zh: "被观察进程视图中的文件和目录；中间再写 ro 或 rw，则对其后的路径生效",
            },
        },
    ],
    primitive: Primitive::Syscall("landlock_restrict_self"),
    man: &[Man("landlock", 7), Man("landlock_create_ruleset", 2), Man("landlock_add_rule", 2), Man("landlock_restrict_self", 2)],
    own: &[],
    summary: Text { en: "close all files but these to the subject", zh: "只让被观察进程访问所列文件" },
    explain: Text {
        en: "A ruleset that handles every right over files that this kernel's Landlock knows, one rule for each path (it covers all below), and landlock_restrict_self(2). What no rule \
             allows is EACCES, on top of the usual permissions, for root as well; files that are open already stay open. Any process may do this to itself: it needs no_new_privs (`nnp`) or \
             CAP_SYS_ADMIN. Each further use adds a layer: only what all layers allow is left. A process under Landlock can no longer change mounts (EPERM).",
        zh: "建立一个规则集，管住本机内核的 Landlock 所知道的全部文件权限，为每个路径加一条规则（包括其下的一切），再调用 landlock_restrict_self(2)。没有规则允许的访问得到 EACCES，\
             这是在普通权限检查之外附加的，对 root 也有效；已经打开的文件不受影响。任何进程都可以这样限制自己：需要 no_new_privs（`nnp`）或 CAP_SYS_ADMIN。\
             每用一次就加一层：只有各层都允许的才剩下。处于 Landlock 之下的进程不能再改动挂载（EPERM）。",
    },
    equivalents: &[Equivalent {
        tool: "setpriv(1)",
        line: "setpriv --landlock-access fs --landlock-rule path-beneath:read-file,read-dir,execute:/usr CMD",
    }],
    examples: &[
        Example {
            after: "nnp; landlock ro /usr /lib /lib64 /bin",
            line: "spawn cat /etc/passwd",
            shows: "Permission denied",
            needs: "landlock",
        },
        Example {
            after: "nnp; landlock ro / rw /dev",
            line: "spawn sh -c 'echo x >/tmp/boxlab-never'",
            shows: "Permission denied",
            needs: "landlock",
        },
        Example { after: "nnp", line: "landlock ro / rw /tmp", shows: "landlock_restrict_self", needs: "landlock" },
        Example { after: "unshare user; caps drop SYS_ADMIN", line: "landlock ro /", shows: "EPERM", needs: "userns landlock" },
        Example { after: "nnp", line: "landlock ro /no/such/place", shows: "ENOENT", needs: "landlock" },
    ],
    run: Run::Inside(run),
};

fn run(cx: &mut Inside<'_>, args: &Args) -> Result<Said, Stop> {
    if args.all("PATH").iter().all(|word| matches!(word.as_str(), "ro" | "rw")) {
        return Err(Stop::Usage(Msg::new(
            format!("which paths? `ro` and `rw` are no paths; write ./rw for a file of that name. Usage: {}", CARD.usage()),
            format!("哪些路径？`ro` 和 `rw` 不是路径；若文件就叫这个名字，请写 ./rw。用法：{}", CARD.usage()),
        )));
    }
    let abi = cx.kernel.landlock_abi()?;
    let known = || LANDLOCK_RIGHTS.iter().enumerate().filter(|(_, (_, since))| *since <= abi);
    let all = known().fold(0, |set, (bit, _)| set | 1 << bit);
    let only = |names: &[&str]| known().filter(|(_, (name, _))| names.contains(name)).fold(0, |set, (bit, _)| set | 1 << bit);
    let mut allowed = if args.one("MODE") == "ro" { only(READ) } else { all };
    // All paths first: where one is missing, nothing is done.
    let mut rules = Vec::new();
    for word in args.all("PATH") {
        match word.as_str() {
            "ro" => allowed = only(READ),
            "rw" => allowed = all,
            path => {
                let file = cx.kernel.open_path(Path::new(path))?;
                let directory = fstat(&file).is_ok_and(|stat| stat.st_mode & SFlag::S_IFMT.bits() == SFlag::S_IFDIR.bits());
                rules.push((path, if directory { allowed } else { allowed & only(FILE) }, file));
            }
        }
    }
    let ruleset = cx.kernel.landlock_create_ruleset(all)?;
    for (path, allowed, file) in &rules {
        cx.kernel.landlock_add_rule(&ruleset, *allowed, file, Path::new(path))?;
    }
    cx.kernel.landlock_restrict_self(&ruleset)?;
    Ok(Said::nothing()
        .note(
            NoteKind::Did,
            Msg::new(
                format!(
                    "Landlock ABI {abi}: {} rights over files, all denied but for what the rules allow. /proc does not show it",
                    all.count_ones()
                ),
                format!(
                    "Landlock ABI {abi}：文件权限共 {} 种，除规则允许的以外全部拒绝。/proc 中看不到这一限制",
                    all.count_ones()
                ),
            ),
        )
        .note(NoteKind::Unchanged, MOUNTS))
}

const MOUNTS: Text = Text {
    en: "mounts cannot be changed any more (EPERM): `mount`, `umount`, `pivot_root`; files that were open stay usable",
    zh: "不能再改动挂载（EPERM）：`mount`、`umount`、`pivot_root`；已经打开的文件仍可使用",
};
