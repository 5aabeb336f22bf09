//! `mount private`, `slave`, `shared`, `unbindable`: whether mounts travel between mount namespaces. mount(2).

use super::{RECURSIVE, flag, one};
use crate::command::{Args, Card, Equivalent, Example, Inside, Kind, Man, Param, Primitive, Run, Said, Stop};
use crate::model::{Msg, NoteKind, NsKind, Text};
use crate::observe::{mounts, process::read};
use std::path::Path;

const ARGS: &[Param] = &[flag("-r", RECURSIVE), one("PATH", Kind::Path, Text { en: "a mount point", zh: "一个挂载点" })];

const EXPLAIN: Text = Text {
    en: "Each mount is private (nothing travels), shared (mounts and unmounts below it happen in its whole peer group, in whatever mount namespace its members are), a slave (it hears \
         from a peer group and tells nobody), or unbindable (private, and cannot be bound). A new mount namespace is a copy whose mounts stay in the peer groups \
         of the originals; systemd makes / shared at boot, so after `unshare mnt` a mount would appear on the host until this is called. \
         With a new user namespace the kernel makes all of them slaves by itself. `mounts` shows the peer groups.",
    zh: "每个挂载都有传播类型：private（什么都不传播）；shared（其下的挂载与卸载会在整个对等组中发生，不论成员在哪个挂载命名空间）；slave（只接收某个对等组的事件，自己不外传）；\
         unbindable（private，且不能被绑定挂载）。新的挂载命名空间是旧的副本，其中的挂载仍留在原来的对等组里；systemd 启动时会把 / 设为 shared，所以 `unshare mnt` 之后若不调用它，新的挂载会出现在主机上。\
         如果同时新建用户命名空间，内核会自动把它们全部变成 slave。用 `mounts` 查看对等组。",
};

const fn card(
    name: &'static str,
    summary: Text,
    equivalents: &'static [Equivalent],
    examples: &'static [Example],
    run: fn(&mut Inside<'_>, &Args) -> Result<Said, Stop>,
) -> Card {
    Card {
        name,
        args: ARGS,
        primitive: Primitive::Syscall("mount"),
        man: &[Man("mount_namespaces", 7), Man("mount", 2)],
        own: &[NsKind::Mnt],
        summary,
        explain: EXPLAIN,
        equivalents,
        examples,
        run: Run::Inside(run),
    }
}

/// `mount private`.
pub const PRIVATE: Card = card(
    "mount private",
    Text { en: "mounts below it travel nowhere", zh: "其下的挂载不再传播" },
    &[
        Equivalent { tool: "mount(8)", line: "mount --make-rprivate /" },
        Equivalent { tool: "unshare(1)", line: "unshare --mount (does it by itself; --propagation unchanged leaves it out)" },
    ],
    &[
        Example {
            after: "unshare mnt",
            line: "mount private -r /",
            shows: "mount(NULL, \"/\", NULL, MS_REC|MS_PRIVATE, NULL) = 0",
            needs: "root",
        },
        Example { after: "unshare mnt; mount private -r /", line: "mount private /etc", shows: "EINVAL", needs: "root" },
    ],
    |cx, args| set(cx, args, libc::MS_PRIVATE),
);

/// `mount slave`.
pub const SLAVE: Card = card(
    "mount slave",
    Text { en: "hear of mounts below it from the peer group, tell nobody", zh: "只接收对等组的挂载事件，不外传" },
    &[
        Equivalent { tool: "mount(8)", line: "mount --make-rslave /" },
        Equivalent { tool: "docker", line: "docker run -v SRC:DST:rslave" },
    ],
    &[Example { after: "unshare mnt", line: "mount slave -r /", shows: "MS_REC|MS_SLAVE, NULL) = 0", needs: "root" }],
    |cx, args| set(cx, args, libc::MS_SLAVE),
);

/// `mount shared`.
pub const SHARED: Card = card(
    "mount shared",
    Text { en: "mounts below it travel to its peer group", zh: "其下的挂载在对等组中传播" },
    &[
        Equivalent { tool: "mount(8)", line: "mount --make-rshared /" },
        Equivalent { tool: "docker", line: "docker run -v SRC:DST:rshared" },
    ],
    &[Example {
        after: "unshare mnt; mount private -r /; mount tmpfs /mnt",
        line: "mount shared /mnt",
        shows: "MS_SHARED, NULL) = 0",
        needs: "root",
    }],
    |cx, args| set(cx, args, libc::MS_SHARED),
);

/// `mount unbindable`.
pub const UNBINDABLE: Card = card(
    "mount unbindable",
    Text { en: "private, and it cannot be bind-mounted", zh: "不传播，且不能被绑定挂载" },
    &[Equivalent { tool: "mount(8)", line: "mount --make-unbindable PATH" }],
    &[Example {
        after: "unshare mnt; mount private -r /; mount tmpfs /mnt; mount unbindable /mnt",
        line: "mount bind /mnt /srv",
        shows: "EINVAL",
        needs: "root",
    }],
    |cx, args| set(cx, args, libc::MS_UNBINDABLE),
);

/// Says of a new mount that it did not happen here only: what is mounted below a shared mount appears in its whole peer group. New is
/// what a line has mounted on the path that it gives as `Kind::MountAt`, whatever the command.
pub fn travelled(card: &Card, args: &Args, said: Said) -> Said {
    let Some(param) = card.args.iter().find(|param| param.kind == Kind::MountAt) else { return said };
    let target = args.one(param.name);
    let text = read(Path::new("/proc/self/mountinfo"));
    let all = text.is().map(|text| mounts::of_text(text)).unwrap_or_default();
    let point = std::fs::canonicalize(target).map(|path| path.to_string_lossy().into_owned()).unwrap_or_default();
    let parent = mounts::uppermost(&all, &point).and_then(|new| all.iter().find(|one| one.id == new.parent));
    let Some((group, above)) = parent.and_then(|parent| Some((parent.shared()?, &parent.point))) else { return said };
    said.note(
        NoteKind::Careful,
        Msg::new(
            format!("it appears in every copy of {above}, in other mount namespaces, too: that mount is shared:{group}. `mount private {above}` before it keeps the next one here"),
            format!("它会出现在 {above} 的每个副本里，包括其他挂载命名空间：该挂载属于对等组 shared:{group}。事先执行 `mount private {above}`，以后的挂载就只留在这里"),
        ),
    )
}

fn set(cx: &mut Inside<'_>, args: &Args, kind: u64) -> Result<Said, Stop> {
    let recursive = if args.flag("-r") { libc::MS_REC } else { 0 };
    cx.kernel.mount(None, args.one("PATH"), None, kind | recursive, None)?;
    Ok(Said::nothing())
}
