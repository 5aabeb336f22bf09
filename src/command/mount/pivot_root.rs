//! `pivot_root`: another mount becomes the root of the mount namespace. pivot_root(2).

use super::one;
use crate::command::{Args, Card, Equivalent, Example, Inside, Kind, Man, Primitive, Run, Said, Stop};
use crate::model::{Msg, NoteKind, NsKind, Text};

/// The card.
pub const CARD: Card = Card {
    name: "pivot_root",
    args: &[
        one("NEW", Kind::Path, Text { en: "a mount point: the new root", zh: "新的根，必须是挂载点" }),
        one(
            "PUT_OLD",
            Kind::Path,
            Text {
                en: "a directory below it, where the old root will hang; `. .` stacks it below the new one",
                zh: "其下的一个目录，旧的根会挂在那里；`. .` 则把新旧两个根叠在一起",
            },
        ),
    ],
    primitive: Primitive::Syscall("pivot_root"),
    man: &[Man("pivot_root", 2), Man("mount_namespaces", 7)],
    own: &[NsKind::Mnt],
    summary: Text { en: "make another mount the root", zh: "把另一个挂载变成根" },
    explain: Text {
        en: "pivot_root(2) swaps the root mount of the mount namespace; every process in it whose root or working directory was the old root moves along. Then `umount -l PUT_OLD`, and \
             nothing leads back: unlike chroot(2), which only changes where / begins for one process. NEW must be a mount point and not on the same mount as the \
             current root (bind it to itself, else EBUSY), nothing involved may be shared, and the root may not be the initramfs (both EINVAL). \
             With `chdir NEW; pivot_root . .; umount -l .` no directory for the old root is needed.",
        zh: "pivot_root(2) 更换挂载命名空间的根挂载；其中凡是以旧根为根目录或当前目录的进程都跟着过去。随后 `umount -l PUT_OLD`，就再没有路通回去：而 chroot(2) 只是改变某个进程的 / 从哪里开始。\
             NEW 必须是挂载点，且不能与当前的根在同一个挂载上（把它绑定到自身即可，否则 EBUSY）；所涉及的挂载都不能是共享的，当前的根也不能是 initramfs（两者都是 EINVAL）。\
             用 `chdir NEW; pivot_root . .; umount -l .` 就不需要为旧根准备目录。",
    },
    equivalents: &[
        Equivalent { tool: "pivot_root(8)", line: "pivot_root NEW PUT_OLD" },
        Equivalent { tool: "docker", line: "docker run IMAGE (runc calls pivot_root(\".\", \".\"))" },
    ],
    examples: &[
        Example {
            after: "unshare mnt; mount private -r /; rootfs make /mnt; mkdir /mnt/old",
            line: "pivot_root /mnt /mnt/old",
            shows: "pivot_root(\"/mnt\", \"/mnt/old\") = 0",
            needs: "root",
        },
        Example {
            after: "unshare mnt; mount private -r /; rootfs make /mnt; chdir /mnt; pivot_root . .; umount -l .",
            line: "spawn ls /",
            shows: "usr",
            needs: "root",
        },
        Example { after: "unshare mnt; mount private -r /", line: "pivot_root /srv /srv", shows: "EBUSY", needs: "root" },
        Example {
            after: "unshare mnt; mount private -r /; mount tmpfs /mnt; mkdir /mnt/new; mount tmpfs /srv",
            line: "pivot_root /mnt/new /srv",
            shows: "EINVAL",
            needs: "root",
        },
    ],
    run: Run::Inside(run),
};

fn run(cx: &mut Inside<'_>, args: &Args) -> Result<Said, Stop> {
    let (new, old) = (args.one("NEW"), args.one("PUT_OLD"));
    cx.kernel.pivot_root(new, old)?;
    let said = Said::nothing();
    Ok(match (new, old) {
        (".", ".") => said.note(
            NoteKind::Next,
            Msg::new(
                "the old root lies on top of the new one, at /: `umount -l .` takes it away",
                "旧的根叠在新的根之上，都在 /：用 `umount -l .` 把它摘下",
            ),
        ),
        _ => said.note(
            NoteKind::Next,
            Msg::new(
                "the old root still hangs in the new one (`mounts`): `umount -l` it there",
                "旧的根还挂在新的根里（见 `mounts`）：用 `umount -l` 把它摘下",
            ),
        ),
    })
}
