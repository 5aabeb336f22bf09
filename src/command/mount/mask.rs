//! `mount mask`: hide a path for good. mount(2): an empty read-only tmpfs over a directory, /dev/null over a file.

use super::one;
use crate::command::{Args, Card, Equivalent, Example, Inside, Kind, Man, Primitive, Run, Said, Stop};
use crate::model::{Msg, NoteKind, NsKind, Text};

/// The card.
pub const CARD: Card = Card {
    name: "mount mask",
    args: &[one("PATH", Kind::MountAt, Text { en: "a file or directory that is to be empty", zh: "要使之变空的文件或目录" })],
    primitive: Primitive::Syscall("mount"),
    man: &[Man("mount", 2), Man("proc", 5)],
    own: &[NsKind::Mnt],
    summary: Text { en: "hide a file or directory behind an empty one", zh: "用空内容遮住文件或目录" },
    explain: Text {
        en: "Not everything below /proc and /sys belongs to a namespace: /proc/kcore, /proc/keys, /sys/firmware and others are the machine's. Container runtimes cover them (maskedPaths of the OCI \
             specification): /dev/null is bound over a file, an empty read-only tmpfs is mounted over a directory. It holds because mounts that were copied from a more privileged mount namespace are locked together and cannot be \
             unmounted one by one, and because a container has no CAP_SYS_ADMIN; who has it in the same mount namespace lifts the cover with `umount`. And a proc with something covered is no longer \
             whole: in a user namespace proc cannot be mounted anew then. For paths that may be read, `mount bind P P ro` (readonlyPaths).",
        zh: "/proc 和 /sys 下并非一切都属于某个命名空间：/proc/kcore、/proc/keys、/sys/firmware 等属于整台机器。容器运行时会把它们遮住（OCI 规范的 maskedPaths）：\
             文件用 /dev/null 绑定挂载盖住，目录则挂上一个空的只读 tmpfs。它之所以有效，是因为从特权更高的挂载命名空间复制来的挂载是锁定的，不能单独卸载；也因为容器里没有 CAP_SYS_ADMIN。\
             若在同一命名空间中有此权能，`umount` 就能揭开。另外，被盖住一部分的 proc 不再完整：此时在用户命名空间中不能重新挂载 proc。只需防写的路径用 `mount bind P P ro`（readonlyPaths）。",
    },
    equivalents: &[
        Equivalent { tool: "docker", line: "docker run masks some by itself; --security-opt systempaths=unconfined does not" },
        Equivalent { tool: "OCI", line: "config.json: linux.maskedPaths, linux.readonlyPaths" },
        Equivalent { tool: "mount(8)", line: "mount --bind /dev/null FILE; mount -t tmpfs -o ro tmpfs DIR" },
    ],
    examples: &[
        Example {
            after: "unshare mnt; mount private -r /",
            line: "mount mask /proc/keys",
            shows: "mount(\"/dev/null\", \"/proc/keys\", NULL, MS_BIND, NULL) = 0",
            needs: "root",
        },
        Example {
            after: "unshare mnt; mount private -r /; mount mask /etc/passwd",
            line: "spawn wc -c /etc/passwd",
            shows: "0 /etc/passwd",
            needs: "root",
        },
        Example {
            after: "unshare mnt; mount private -r /; mount mask /proc/keys; unshare user mnt",
            line: "umount /proc/keys",
            shows: "EINVAL",
            needs: "root",
        },
        Example { after: "unshare mnt; mount private -r /", line: "mount mask /no/such", shows: "ENOENT", needs: "root" },
    ],
    run: Run::Inside(run),
};

fn run(cx: &mut Inside<'_>, args: &Args) -> Result<Said, Stop> {
    let path = args.one("PATH");
    if std::fs::metadata(path).is_ok_and(|meta| meta.is_dir()) {
        cx.kernel.mount(Some("tmpfs"), path, Some("tmpfs"), libc::MS_RDONLY, None)?;
    } else {
        cx.kernel.mount(Some("/dev/null"), path, None, libc::MS_BIND, None)?;
    }
    Ok(Said::nothing().note(
        NoteKind::Unchanged,
        Msg::new(
            "what is covered is still there: a descriptor that was open before, or another mount of it, still shows it",
            "被盖住的内容仍然存在：此前打开的描述符，或它的另一个挂载，仍能看到",
        ),
    ))
}
