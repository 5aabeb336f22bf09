//! `mount`: mount a filesystem in the subject's mount namespace. mount(2).

use super::one;
use super::options::Options;
use crate::command::{Args, Card, Count, Equivalent, Example, Inside, Kind, Man, Param, Primitive, Run, Said, Stop};
use crate::model::{Msg, NoteKind, NsKind, Text};
use crate::observe::process::{link, read};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// The card.
pub const CARD: Card = Card {
    name: "mount",
    args: &[
        one(
            "FSTYPE",
            Kind::Word,
            Text {
                en: "tmpfs, proc, sysfs, devpts, mqueue, cgroup2, … (/proc/filesystems)",
                zh: "tmpfs、proc、sysfs、devpts、mqueue、cgroup2……（见 /proc/filesystems）",
            },
        ),
        one("TARGET", Kind::MountAt, Text { en: "an existing directory", zh: "一个已存在的目录" }),
        Param {
            name: "OPTIONS",
            kind: Kind::Word,
            count: Count::Optional,
            about: Text {
                en: "ro,nosuid,nodev,noexec and options of the filesystem: size=16M,mode=755",
                zh: "ro,nosuid,nodev,noexec，以及文件系统自己的选项：size=16M,mode=755",
            },
        },
    ],
    primitive: Primitive::Syscall("mount"),
    man: &[Man("mount", 2), Man("mount_namespaces", 7), Man("user_namespaces", 7)],
    own: &[NsKind::Mnt],
    summary: Text { en: "mount a filesystem", zh: "挂载文件系统" },
    explain: Text {
        en: "mount(2) hangs a filesystem over a directory: what was in the directory is covered, not gone. It is seen in this mount namespace, and in those that \
             share a peer group with the mount below it (`mounts` shows them). proc shows the PID namespace of whoever mounts it, sysfs the network namespace, \
             cgroup2 the cgroup namespace, mqueue the IPC namespace; in a user namespace each of them must be the subject's own. \
             Options that all mounts of a filesystem share with the host are refused.",
        zh: "mount(2) 把一个文件系统挂到目录上：目录里原有的内容只是被盖住，并没有消失。它在当前挂载命名空间中可见；若下面的挂载与别处同属一个对等组，别处也可见（用 `mounts` 查看）。\
             proc 显示的是执行挂载者所在的 PID 命名空间，sysfs 对应网络命名空间，cgroup2 对应 cgroup 命名空间，mqueue 对应 IPC 命名空间；\
             在用户命名空间中，这些命名空间都必须是被观察进程自己的。如果某个文件系统的选项由主机上的所有挂载共享，带选项的挂载会被拒绝。",
    },
    equivalents: &[
        Equivalent { tool: "mount(8)", line: "mount -t tmpfs -o size=16M tmpfs /mnt" },
        Equivalent { tool: "unshare(1)", line: "unshare --pid --fork --mount-proc" },
        Equivalent { tool: "docker", line: "docker run --tmpfs /mnt:size=16m" },
    ],
    examples: &[
        Example {
            after: "unshare mnt; mount private -r /",
            line: "mount tmpfs /mnt size=1M",
            shows: "mount(\"tmpfs\", \"/mnt\", \"tmpfs\", 0, \"size=1M\") = 0",
            needs: "root",
        },
        Example { after: "unshare user mnt", line: "mount tmpfs /mnt ro", shows: "MS_RDONLY, NULL) = 0", needs: "userns" },
        Example {
            after: "unshare mnt; mount private -r /; unshare pid",
            line: "mount proc /proc",
            shows: "PIDs of the old one",
            needs: "root",
        },
        Example { after: "unshare user mnt", line: "mount proc /proc", shows: "EPERM", needs: "userns" },
        Example {
            after: "cgroup new box; cgroup enter box; unshare cgroup mnt; mount private -r /",
            line: "mount cgroup2 /mnt",
            shows: "mount(\"cgroup2\", \"/mnt\", \"cgroup2\", 0, NULL) = 0",
            needs: "root cgroup2",
        },
        Example { after: "unshare user mnt", line: "mount cgroup2 /mnt", shows: "EPERM", needs: "userns cgroup2" },
        Example { after: "unshare mnt; mount private -r /", line: "mount nosuchfs /mnt", shows: "ENODEV", needs: "root" },
        Example { after: "", line: "mount tmpfs /mnt", shows: "change this machine's mounts", needs: "" },
    ],
    run: Run::Inside(run),
};

fn run(cx: &mut Inside<'_>, args: &Args) -> Result<Said, Stop> {
    let (fstype, target) = (args.one("FSTYPE"), args.one("TARGET"));
    let options = Options::parse(args.one("OPTIONS"));
    if !args.on_host
        && let Some(why) = reaches_host(fstype, &options)
    {
        return Err(Stop::Refused(why));
    }
    let data = options.data.join(",");
    cx.kernel.mount(Some(fstype), target, Some(fstype), options.ms, (!data.is_empty()).then_some(data.as_str()))?;
    let said = Said::nothing();
    let ns = |file: &str| link(&Path::new("/proc/self/ns").join(file)).is().copied();
    if fstype == "proc" && ns("pid_for_children") != ns("pid") {
        return Ok(said.note(NoteKind::Careful, OLD_PIDS));
    }
    Ok(said)
}

const OLD_PIDS: Text = Text {
    en: "this proc shows the PIDs of the old one: a mount of proc belongs to the PID namespace of who mounts it, and the subject has not moved. `fork` first, then mount it in the child",
    zh: "这个 proc 显示的是旧 PID 命名空间的进程：proc 属于执行挂载者所在的 PID 命名空间，而被观察进程并没有搬家。请先 `fork`，再在子进程里挂载",
};

/// Why this mount would change something for the host; None where it does not.
///
/// A mount of one of the first kind makes a filesystem of its own. Of the second there is one for a namespace or for the
/// machine, and its options with it, but the flags are the mount's. Of any other nothing is known: its flags, too, can
/// be those of the one filesystem that the host uses.
pub(super) fn reaches_host(fstype: &str, options: &Options) -> Option<Msg> {
    match fstype {
        "tmpfs" | "ramfs" | "overlay" | "proc" | "devpts" | "bpf" => None,
        "cgroup" => {
            let words: BTreeSet<&str> = options.data.iter().map(String::as_str).collect();
            (!is_hierarchy(&words)).then(|| {
                Msg::new(
                    "that would make a new cgroup v1 hierarchy for the whole machine; only one that exists can be mounted again: name exactly its controllers (`show /proc/self/cgroup`), or add --on-host",
                    "这会为整台机器新建一个 cgroup v1 层级；只能再次挂载已有的层级：请写出它的全部控制器（`show /proc/self/cgroup`），或加上 --on-host",
                )
            })
        }
        "sysfs" | "cgroup2" | "mqueue" | "hugetlbfs" if options.data.is_empty() => None,
        _ if *options == Options::default() => None,
        _ => Some(Msg::new(
            format!(
                "there can be one {fstype} for the whole machine, whose options are the host's, too; mount it without options, or add --on-host"
            ),
            format!("整台机器可能只有一个 {fstype}，它的选项同样作用于主机；请不带选项挂载，或加上 --on-host"),
        )),
    }
}

/// Are these all the controllers, or the name, of a mounted v1 hierarchy?
fn is_hierarchy(words: &BTreeSet<&str>) -> bool {
    let mut found: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    let text = read(Path::new("/proc/self/cgroup"));
    for line in text.is().map(String::as_str).unwrap_or_default().lines() {
        let mut parts = line.splitn(3, ':');
        if let (Some(id), Some(names)) = (parts.next(), parts.next()) {
            found.entry(id).or_default().extend(names.split(',').filter(|name| !name.is_empty()));
        }
    }
    !words.is_empty() && found.values().any(|names| names == words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_of_what_the_host_uses_are_refused() {
        let refused = |fstype: &str, options: &str| reaches_host(fstype, &Options::parse(options)).is_some();
        assert!(!refused("tmpfs", "size=1M,ro") && !refused("proc", "hidepid=2") && !refused("sysfs", "ro,nosuid"));
        assert!(refused("cgroup2", "nsdelegate") && refused("devtmpfs", "size=1M") && refused("tracefs", "ro"));
        assert!(refused("cgroup", "no_such_controller") && refused("cgroup", ""));
        assert!(!refused("debugfs", ""));
    }
}
