//! `mounts`: the subject's mounts as a tree, with propagation, and what is new. Reads /proc/PID/mountinfo.

use super::flag;
use crate::command::{Args, Card, Count, Equivalent, Example, Kind, Man, Outside, Param, Primitive, Run, Said, Stop};
use crate::model::{Cell, Mark, MountLive as Mount, Msg, NoteKind, NsKind, Seen, Text, errno_name};
use crate::observe::mounts::{arrives, of, travels};
use nix::errno::Errno;
use std::path::Path;

/// The card.
pub const CARD: Card = Card {
    name: "mounts",
    args: &[
        flag("--new", Text { en: "only what the host does not have", zh: "只列出主机没有的" }),
        Param {
            name: "PATH",
            kind: Kind::Path,
            count: Count::Optional,
            about: Text { en: "only at and below it", zh: "只列出该路径及其下的" },
        },
    ],
    primitive: Primitive::Read("/proc/PID/mountinfo"),
    man: &[Man("proc_pid_mountinfo", 5), Man("mount_namespaces", 7)],
    own: &[],
    summary: Text { en: "the subject's mounts as a tree, with propagation", zh: "被观察进程的挂载树及传播类型" },
    explain: Text {
        en: "One line a mount, each below the mount that it hangs on; `/` comes first even where another covers it. FROM is the filesystem, and the directory of it that is shown (of a bind mount). \
             shared:N is a peer group in which mounts travel both ways, master:N one that this mount hears from; whose they are stands behind it. `+` marks what the host does not have. \
             Mounts outside of the subject's root directory are not in its list.",
        zh: "每行一个挂载，排在它所挂载的上级之下；即使被盖住，`/` 也列在最前。“来源”是文件系统，以及（绑定挂载时）显示的是其中哪个目录。shared:N 是双向传播的对等组，master:N 是只接收其事件的对等组，\
             后面注明对方是谁。`+` 标出主机没有的挂载。被观察进程的根目录之外的挂载不在列表中。",
    },
    equivalents: &[
        Equivalent { tool: "findmnt(8)", line: "findmnt --task PID -o TARGET,FSTYPE,FSROOT,VFS-OPTIONS,PROPAGATION" },
        Equivalent { tool: "docker", line: "docker inspect --format '{{json .Mounts}}' CONTAINER" },
    ],
    examples: &[
        Example { after: "", line: "mounts /proc", shows: "proc", needs: "" },
        Example {
            after: "unshare mnt; mount private -r /; mount tmpfs /mnt",
            line: "mounts --new",
            shows: "+ /mnt",
            needs: "root",
        },
        Example { after: "", line: "mounts --new", shows: "nothing new", needs: "" },
    ],
    run: Run::Shell(run),
};

fn run(cx: &mut Outside<'_>, args: &Args) -> Result<Said, Stop> {
    let proc = Path::new("/proc");
    let mounts = match of(proc, cx.subject.pid()) {
        Seen::Is(mounts) => mounts,
        Seen::Not { path, errno } => {
            let errno = errno_name(Errno::from_raw(errno));
            return Err(Stop::Unfit(Msg::new(format!("{path} cannot be read: {errno}"), format!("无法读取 {path}：{errno}"))));
        }
    };
    let host = of(proc, std::process::id() as i32);
    let host = host.is().map(Vec::as_slice).unwrap_or_default();
    let is_host = cx.subject.seen.ns_id(NsKind::Mnt).is_some_and(|id| cx.names.is_host(NsKind::Mnt, id));
    let new = if is_host { vec![false; mounts.len()] } else { news(&mounts, host) };
    let others: Vec<(String, Vec<Mount>)> = cx
        .subjects
        .iter()
        .filter(|other| other.pid() != cx.subject.pid() && other.seen.ns_id(NsKind::Mnt) != cx.subject.seen.ns_id(NsKind::Mnt))
        .filter(|other| other.seen.ns_id(NsKind::Mnt).is_none_or(|id| !cx.names.is_host(NsKind::Mnt, id)))
        .filter_map(|other| Some((other.name.clone(), of(proc, other.pid()).is()?.clone())))
        .collect();
    let below = args.opt("PATH").map(|path| path.trim_end_matches('/'));
    let wanted = |at: usize| {
        let under = below.is_none_or(|path| Path::new(&mounts[at].point).starts_with(if path.is_empty() { "/" } else { path }));
        under && (new[at] || !args.flag("--new"))
    };
    let mut rows = Vec::new();
    for (at, depth) in order(&mounts).into_iter().filter(|(at, _)| wanted(*at)) {
        let mount = &mounts[at];
        let mark = if new[at] { Mark::New } else { Mark::Plain };
        let indent = if args.flag("--new") { String::new() } else { "  ".repeat(depth) };
        let (travel, warn) = propagation(mount, &mounts, if is_host { &[] } else { host }, &others);
        rows.push(vec![
            Cell::new(format!("{indent}{}{}", if new[at] { "+ " } else { "" }, mount.point)).mark(mark),
            Cell::new(from(mount)).mark(mark),
            Cell::new(flags(&mount.options)).mark(Mark::Dim),
            Cell::msg(travel).mark(if warn { Mark::Warn } else { Mark::Dim }),
        ]);
    }
    if rows.is_empty() {
        return Ok(Said::nothing().note(
            NoteKind::Did,
            Msg::new("nothing new: the subject has no mount that the host has not", "没有新挂载：被观察进程的挂载主机都有"),
        ));
    }
    let head = [("MOUNTED AT", "挂载点"), ("FROM", "来源"), ("FLAGS", "标志"), ("PROPAGATION", "传播")];
    Ok(Said::grid(head.map(|(en, zh)| Msg::new(en, zh)).into(), rows))
}

/// The mounts depth first, each with its depth; one that another covers comes before that one.
fn order(mounts: &[Mount]) -> Vec<(usize, usize)> {
    let is_top = |mount: &Mount| !mounts.iter().any(|other| other.id == mount.parent && other.id != mount.id);
    let mut open: Vec<(usize, usize)> = (0..mounts.len()).rev().filter(|at| is_top(&mounts[*at])).map(|at| (at, 0)).collect();
    let mut found = Vec::new();
    while let Some((at, depth)) = open.pop() {
        found.push((at, depth));
        let mut below: Vec<usize> = (0..mounts.len())
            .filter(|one| mounts[*one].parent == mounts[at].id && *one != at && mounts[*one].id != mounts[*one].parent)
            .collect();
        below.sort_by(|a, b| mounts[*b].point.cmp(&mounts[*a].point));
        open.extend(below.into_iter().map(|one| (one, depth + 1)));
    }
    found
}

/// Which mounts the host does not have. A copy of a mount has the same filesystem and root, and at first the same place; after
/// pivot_root(2) the place is another, so what is left over is matched without it.
fn news(mounts: &[Mount], host: &[Mount]) -> Vec<bool> {
    let mut left: Vec<&Mount> = host.iter().collect();
    let mut new = vec![true; mounts.len()];
    for with_place in [true, false] {
        for (at, mount) in mounts.iter().enumerate() {
            let same = |one: &&Mount| one.dev == mount.dev && one.root == mount.root && (!with_place || one.point == mount.point);
            if new[at]
                && let Some(twin) = left.iter().position(same)
            {
                left.swap_remove(twin);
                new[at] = false;
            }
        }
    }
    new
}

/// `tmpfs`, `ext4 /usr`.
fn from(mount: &Mount) -> String {
    if mount.root == "/" { mount.fs.clone() } else { format!("{} {}", mount.fs, mount.root) }
}

/// The flags that say something: not `rw`, not how access times are kept.
fn flags(options: &[String]) -> String {
    options.iter().map(String::as_str).filter(|word| !matches!(*word, "rw" | "relatime")).collect::<Vec<_>>().join(",")
}

/// `private`, `shared:1 with the host`, `master:1 from the host`; and whether something travels to the host.
fn propagation(mount: &Mount, own: &[Mount], host: &[Mount], others: &[(String, Vec<Mount>)]) -> (Msg, bool) {
    if mount.propagation() == "unbindable" {
        return (Msg::same("unbindable"), false);
    }
    let mut text = (String::new(), String::new());
    let mut warn = false;
    if let Some(group) = mount.shared() {
        let all = own.iter().chain(host).chain(others.iter().flat_map(|(_, mounts)| mounts));
        let heard = travels(group, all);
        let mut with: Vec<(String, String)> = Vec::new();
        if arrives(&heard, host) {
            warn = true;
            with.push(("the host".into(), "主机".into()));
        }
        with.extend(others.iter().filter(|(_, mounts)| arrives(&heard, mounts)).map(|(name, _)| (name.clone(), name.clone())));
        let (en, zh): (Vec<String>, Vec<String>) = with.into_iter().unzip();
        text.0 = format!("shared:{group}") + &if en.is_empty() { String::new() } else { format!(" with {}", en.join(", ")) };
        text.1 = format!("shared:{group}") + &if zh.is_empty() { String::new() } else { format!(" 与{}", zh.join("、")) };
    }
    if let Some(group) = mount.master() {
        let has = |mounts: &[Mount]| mounts.iter().any(|one| one.shared() == Some(group));
        let whose = if has(host) {
            Some(("the host".to_string(), "主机".to_string()))
        } else {
            others.iter().find(|(_, mounts)| has(mounts)).map(|(name, _)| (name.clone(), name.clone()))
        };
        let gap = if text.0.is_empty() { "" } else { " " };
        text.0 += &format!("{gap}master:{group}{}", whose.as_ref().map_or(String::new(), |whose| format!(" from {}", whose.0)));
        text.1 += &format!("{gap}master:{group}{}", whose.as_ref().map_or(String::new(), |whose| format!(" 来自{}", whose.1)));
    }
    if text.0.is_empty() {
        return (Msg::same("private"), false);
    }
    (Msg::new(text.0, text.1), warn)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::observe::mounts::of_text;

    #[test]
    fn a_tree_is_drawn_depth_first_and_news_are_found() {
        let host =
            of_text("1 0 8:1 / / rw shared:1 - ext4 a rw\n2 1 0:3 / /proc rw - proc proc rw\n3 1 8:1 /u /u rw - ext4 a rw\n");
        let own = of_text(
            "11 9 0:9 / / rw - tmpfs t rw\n12 11 8:1 / /old rw master:1 - ext4 a rw\n13 12 0:3 / /old/proc rw - proc proc rw\n14 12 8:1 /u /old/u rw - ext4 a rw\n15 11 8:1 /u /u ro - ext4 a rw\n",
        );
        let at: Vec<(&str, usize)> = order(&own).into_iter().map(|(at, depth)| (own[at].point.as_str(), depth)).collect();
        assert_eq!(at, [("/", 0), ("/old", 1), ("/old/proc", 2), ("/old/u", 2), ("/u", 1)]);
        // The host's /u was matched by place; of the two that are left, none is like the other.
        assert_eq!(news(&own, &host), [true, false, false, true, false]);
        assert_eq!(propagation(&own[1], &own, &host, &[]), (Msg::new("master:1 from the host", "master:1 来自主机"), false));
        assert!(propagation(&host[0], &own, &host, &[]).1);
        assert_eq!(flags(&["ro", "nosuid", "relatime"].map(String::from)), "ro,nosuid");
    }
}
