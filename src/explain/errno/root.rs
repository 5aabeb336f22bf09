//! E: pivot_root(2), chroot(2).

use super::case::{Case, Verdict, apart, decide, known, maybe, no, yes};
use super::process::{mount_of, quoted};
use super::{Row, row, t};
use crate::explain::cap::Cap;
use crate::model::MountLive;
use nix::errno::Errno::*;
use std::path::Path;

const PIVOT: &[&str] = &["pivot_root"];

pub(super) const ROWS: &[Row] = &[
    row(
        "E1",
        PIVOT,
        &[EBUSY],
        t(
            "new root or put_old lies on the mount that is the root now: any plain directory does. (One would expect `not a mount point`.)",
            "新的根或 put_old 就在当前的根挂载上：普通目录都是如此（也许你以为会报“不是挂载点”）",
        ),
        t("make it a mount of its own: `mount bind /srv /srv`", "让它自成一个挂载：`mount bind /srv /srv`"),
        on_root,
    ),
    row(
        "E2",
        PIVOT,
        &[EINVAL],
        t("the new root is no mount point: a directory of some other mount", "新的根不是挂载点：只是别的挂载里的一个目录"),
        t("make it one: `mount bind /srv /srv`", "让它成为挂载点：`mount bind /srv /srv`"),
        no_point,
    ),
    row(
        "E3",
        PIVOT,
        &[EINVAL],
        t(
            "the new root's mount, its parent or the present root's parent is shared: the change would spread to other mount namespaces (systemd makes / shared)",
            "新根的挂载、它的父挂载或当前根的父挂载是 shared：改动会传播到其他挂载命名空间（systemd 把 / 设为 shared）",
        ),
        t("make all private first: `mount private -r /`", "先全部设为 private：`mount private -r /`"),
        shared,
    ),
    row(
        "E4",
        PIVOT,
        &[EINVAL],
        t(
            "the present root is the initramfs itself, which cannot be pivoted away: MS_MOVE and chroot do it (switch_root(8))",
            "当前的根就是 initramfs 本身，不能用 pivot_root 换掉：要用 MS_MOVE 加 chroot（switch_root(8)）",
        ),
        t("see the root: `show /proc/self/mountinfo`", "查看根：`show /proc/self/mountinfo`"),
        initramfs,
    ),
    row(
        "E5",
        PIVOT,
        &[EINVAL],
        t("put_old is not at or below the new root", "put_old 不在新的根之下"),
        t(
            "go there and take one place for both: `chdir /mnt`, then `pivot_root . .`, then `umount -l .`",
            "进入新的根，两者用同一处：`chdir /mnt`，然后 `pivot_root . .`，然后 `umount -l .`",
        ),
        elsewhere,
    ),
    row(
        "E6",
        PIVOT,
        &[ENOENT, ENOTDIR, EPERM],
        t(
            "a directory is missing (ENOENT), is none (ENOTDIR), or CAP_SYS_ADMIN over the mount namespace is missing (EPERM)",
            "目录不存在（ENOENT）、不是目录（ENOTDIR），或对挂载命名空间没有 CAP_SYS_ADMIN（EPERM）",
        ),
        t("see what there is: `show /`", "看看有什么：`show /`"),
        not_there,
    ),
    row(
        "E7",
        &["chroot", "chdir"],
        &[EPERM, ENOENT, ENOTDIR, EACCES],
        t(
            "there is no such directory, or (chroot, EPERM) CAP_SYS_CHROOT is missing in the caller's user namespace",
            "没有该目录；或（chroot 的 EPERM）在调用者的用户命名空间中缺少 CAP_SYS_CHROOT",
        ),
        t("a user namespace gives it: `unshare user`", "用户命名空间会给出它：`unshare user`"),
        no_chroot,
    ),
];

fn root<'a>(case: &Case<'a>) -> Option<&'a MountLive> {
    case.live.mounts.iter().rev().find(|mount| mount.point == "/")
}

fn on_root(case: &Case<'_>) -> Verdict {
    let Some(root) = root(case) else { return maybe() };
    for (at, en, zh) in [(0, "the new root", "新的根"), (1, "put_old", "put_old")] {
        if let Some(file) = case.at(at)
            && file.mount == Some(u64::from(root.id))
        {
            let (path, line) = (&file.path, quoted(&file.path));
            let verdict = yes().seen(
                format!("{en} {path} is on the root mount ({})", root.fs),
                format!("{zh} {path} 在根挂载（{}）上", root.fs),
            );
            return if at == 0 { verdict.lines(&[&format!("mount bind {line} {line}")]) } else { verdict };
        }
    }
    no()
}

fn no_point(case: &Case<'_>) -> Verdict {
    let Some(file) = case.at(0) else { return maybe() };
    let (path, line) = (&file.path, quoted(&file.path));
    decide(!file.is_mount_point)
        .seen(format!("{path} is a directory, not a mount point"), format!("{path} 是目录，不是挂载点"))
        .lines(&[&format!("mount bind {line} {line}")])
}

fn shared(case: &Case<'_>) -> Verdict {
    let new = case.at(0).and_then(|file| mount_of(case, file));
    let parent = |of: &MountLive| case.live.mounts.iter().find(|one| one.id == of.parent);
    let all = [new, new.and_then(parent), root(case).and_then(parent), root(case)];
    match all.into_iter().flatten().find(|mount| mount.is_shared()) {
        Some(mount) => yes()
            .seen(
                format!("the mount {} is shared ({})", mount.point, mount.tags.join(" ")),
                format!("挂载 {} 是 shared（{}）", mount.point, mount.tags.join(" ")),
            )
            .lines(&["mount private -r /"]),
        None => no(),
    }
}

fn initramfs(case: &Case<'_>) -> Verdict {
    known(root(case).map(|root| root.fs == "rootfs")).seen("the root is of type rootfs", "根的类型是 rootfs")
}

fn elsewhere(case: &Case<'_>) -> Verdict {
    let (Some(new), Some(old)) = (case.text(0), case.text(1)) else { return maybe() };
    if new.starts_with('/') != old.starts_with('/') {
        return maybe();
    }
    decide(!Path::new(old).starts_with(new)).seen(format!("{old} is not below {new}"), format!("{old} 不在 {new} 之下"))
}

fn not_there(case: &Case<'_>) -> Verdict {
    if case.errno == EPERM {
        return match case.may(Cap::SYS_ADMIN, case.owner(crate::model::NsKind::Mnt)) {
            Some(false) if case.may(Cap::SYS_ADMIN, case.home()) == Some(true) => apart(),
            Some(false) => {
                let lacks = case.lacks(Cap::SYS_ADMIN, case.owner(crate::model::NsKind::Mnt));
                yes().seen(lacks.en, lacks.zh).lines(&["unshare user mnt"])
            }
            _ => maybe(),
        };
    }
    match [case.at(0), case.at(1)].into_iter().flatten().find(|file| !file.is(0o040_000)) {
        Some(file) if file.exists() => yes().seen(format!("{} is no directory", file.path), format!("{} 不是目录", file.path)),
        Some(file) => yes().seen(format!("{} is not there", file.path), format!("{} 不存在", file.path)),
        None => maybe(),
    }
}

fn no_chroot(case: &Case<'_>) -> Verdict {
    if case.errno == EPERM {
        return match case.may(Cap::SYS_CHROOT, case.home()) {
            Some(false) => {
                let lacks = case.lacks(Cap::SYS_CHROOT, case.home());
                yes().seen(lacks.en, lacks.zh).lines(&["unshare user"])
            }
            _ => maybe(),
        };
    }
    let Some(file) = case.at(0) else { return maybe() };
    let line = format!("show {}", quoted(&file.above));
    match file.exists() {
        false => yes().seen(format!("{} is not there", file.path), format!("{} 不存在", file.path)).lines(&[&line]),
        true if !file.is(0o040_000) => {
            yes().seen(format!("{} is no directory", file.path), format!("{} 不是目录", file.path)).lines(&[&line])
        }
        true => maybe(),
    }
}
