//! `mount overlay`: several directories seen as one, changes kept apart. mount(2) of overlay.

use super::one;
use super::options::escape;
use crate::command::{Args, Card, Count, Equivalent, Example, Inside, Kind, Man, Param, Primitive, Run, Said, Stop};
use crate::model::{Msg, NsKind, Text};
use crate::observe::process::{id_maps, read};
use std::path::Path;

/// The longest option text that mount(2) takes: a page with its NUL.
const LONGEST: usize = 4095;

/// The card.
pub const CARD: Card = Card {
    name: "mount overlay",
    args: &[
        Param {
            name: "LOWER",
            kind: Kind::Path,
            count: Count::Many,
            about: Text { en: "read-only layers, the topmost first", zh: "只读层，最上层在前" },
        },
        one(
            "UPPER",
            Kind::NewPath,
            Text {
                en: "an empty directory that takes the changes; `-`: none, read-only",
                zh: "接收改动的空目录；`-` 表示没有，整体只读",
            },
        ),
        one(
            "WORK",
            Kind::NewPath,
            Text {
                en: "an empty directory on the same filesystem, for the kernel; `-` with `-`",
                zh: "同一文件系统上的空目录，供内核使用；UPPER 为 `-` 时也写 `-`",
            },
        ),
        one("DST", Kind::MountAt, Text { en: "where the whole is seen", zh: "合并后的视图挂到哪里" }),
    ],
    primitive: Primitive::Syscall("mount"),
    man: &[Man("mount", 2), Man("mount", 8)],
    own: &[NsKind::Mnt],
    summary: Text {
        en: "see layers as one directory, as container images are",
        zh: "把若干层合并成一个目录，容器镜像就是这样用的",
    },
    explain: Text {
        en: "overlay shows LOWER and UPPER as one tree. A file is taken from the topmost layer that has it; when it is written, it is first copied to UPPER whole; \
             when it is removed, a whiteout (a character device 0:0) in UPPER hides it. LOWER never changes: that is why a hundred containers share one image. \
             UPPER and WORK must be the bench's own (`mount tmpfs`). In a user namespace boxlab adds userxattr, because trusted.* attributes cannot be set there.",
        zh: "overlay 把 LOWER 与 UPPER 合并成一棵树：文件取自最上面的那一层；要写入时，先整个复制到 UPPER；要删除时，在 UPPER 中放一个 whiteout（设备号为 0:0 的字符设备）把它盖住。\
             LOWER 从不改变：所以上百个容器可以共用一个镜像。UPPER 与 WORK 必须是实验台自己的（`mount tmpfs`）。在用户命名空间中不能设置 trusted.* 属性，boxlab 会加上 userxattr。",
    },
    equivalents: &[
        Equivalent { tool: "mount(8)", line: "mount -t overlay -o lowerdir=L2:L1,upperdir=U,workdir=W overlay DST" },
        Equivalent { tool: "docker", line: "docker run IMAGE (storage driver overlay2); docker diff shows UPPER" },
    ],
    examples: &[
        Example {
            after: "unshare mnt; mount private -r /; mount tmpfs /mnt; mkdir /mnt/low /mnt/up /mnt/work /mnt/all; write /mnt/low/a one; mount overlay /mnt/low /mnt/up /mnt/work /mnt/all; write /mnt/all/a two",
            line: "show /mnt/low/a",
            shows: "one",
            needs: "root fs:overlay",
        },
        Example {
            after: "unshare mnt; mount private -r /; mount tmpfs /mnt; mkdir /mnt/up /mnt/work /mnt/all",
            line: "mount overlay /usr /mnt/up /mnt/work /mnt/all",
            shows: "\"lowerdir=/usr,upperdir=/mnt/up,workdir=/mnt/work\") = 0",
            needs: "root fs:overlay",
        },
        Example {
            after: "unshare mnt; mount private -r /; mount tmpfs /mnt; mkdir /mnt/all",
            line: "mount overlay /usr /etc - - /mnt/all",
            shows: "\"lowerdir=/usr:/etc\") = 0",
            needs: "root fs:overlay",
        },
        Example {
            after: "unshare mnt; mount private -r /; mount tmpfs /mnt; mkdir /mnt/all",
            line: "mount overlay /usr /srv /srv /mnt/all",
            shows: "would be changed there",
            needs: "root",
        },
    ],
    run: Run::Inside(run),
};

fn run(cx: &mut Inside<'_>, args: &Args) -> Result<Said, Stop> {
    let (upper, work) = (args.one("UPPER"), args.one("WORK"));
    if (upper == "-") != (work == "-") {
        return Err(Stop::Usage(Msg::new(
            "UPPER and WORK go together: two directories, or `-` twice for a read-only overlay",
            "UPPER 与 WORK 要一起给出：两个目录，或两个 `-`（只读的 overlay）",
        )));
    }
    let upper = (upper != "-").then_some((upper, work));
    overlay(cx, args.all("LOWER"), upper, args.one("DST"))?;
    Ok(Said::nothing())
}

/// Mounts an overlay; `lower` has the topmost layer first.
///
/// Errors: as mount(2); Unfit where the paths are too long for its option text.
pub(super) fn overlay(cx: &mut Inside<'_>, lower: &[String], upper: Option<(&str, &str)>, target: &str) -> Result<(), Stop> {
    let lower: Vec<String> = lower.iter().map(|path| escape(path)).collect();
    let mut data = format!("lowerdir={}", lower.join(":"));
    if let Some((upper, work)) = upper {
        data += &format!(",upperdir={},workdir={}", escape(upper), escape(work));
        if in_user_namespace() {
            data += ",userxattr";
        }
    }
    if data.len() > LONGEST {
        return Err(Stop::Unfit(Msg::new(
            format!("mount(2) takes {LONGEST} bytes of options, and these layers need {}: use shorter paths", data.len()),
            format!("mount(2) 的选项最长 {LONGEST} 字节，而这些层需要 {} 字节：请用更短的路径", data.len()),
        )));
    }
    cx.kernel.mount(Some("overlay"), target, Some("overlay"), 0, Some(&data))?;
    Ok(())
}

/// Is this not the initial user namespace? That one alone maps all IDs to themselves.
fn in_user_namespace() -> bool {
    let map = read(Path::new("/proc/self/uid_map"));
    map.is().is_none_or(|text| id_maps(text).first().is_none_or(|first| first.inside != first.outside || first.count != u32::MAX))
}
