//! An OCI bundle of what the subject is now: config.json (OCI runtime specification 1.0) and a root.

use super::docker::program;
use super::sh::quoted;
use super::unseen;
use crate::command::{Outside, Said, Stop};
use crate::kernel::copy_tree;
use crate::model::{MountLive, Msg, NoteKind, NsKind, Seen, cap_names};
use crate::observe::isolation::Isolation;
use nix::errno::Errno;
use serde_json::{Value, json};
use std::fs::File;
use std::os::fd::AsFd;
use std::path::Path;

/// Directories of the host that a root without files of its own binds read-only.
const BOUND: &[&str] = &["usr", "bin", "sbin", "lib", "lib32", "lib64", "libx32", "etc"];

/// Writes the bundle into the new directory `dir`.
///
/// Errors: EEXIST, EACCES, ENOSPC; Unfit where the subject cannot be looked into.
pub fn write(cx: &mut Outside<'_>, dir: &str) -> Result<Said, Stop> {
    let found = match Isolation::of(Path::new("/proc"), cx.subject.pid(), std::process::id() as i32) {
        Seen::Is(found) => found,
        Seen::Not { path, errno } => {
            let errno = crate::model::errno_name(Errno::from_raw(errno));
            return Err(Stop::Unfit(Msg::new(format!("{path} cannot be read: {errno}"), format!("无法读取 {path}：{errno}"))));
        }
    };
    let root = Path::new(dir).join("rootfs");
    cx.kernel.mkdir(Path::new(dir))?;
    cx.kernel.mkdir(&root)?;
    let mut said = match found.own_root {
        true => copy(&found, &root)?,
        false => {
            empty_root(cx, &root)?;
            Said::nothing().note(
                NoteKind::Did,
                Msg::new(
                    "the subject's root is the host's: the bundle's root is empty and binds the host's /usr and /etc read-only",
                    "被观察进程的根就是主机的根：bundle 的根是空的，只读绑定主机的 /usr 与 /etc",
                ),
            )
        }
    };
    let text = serde_json::to_string_pretty(&config(cx, &found)).unwrap_or_default();
    cx.kernel.new_file(&Path::new(dir).join("config.json"), &(text + "\n"))?;
    for text in gaps(cx, &found).into_iter().chain(unseen::lines(cx, &found)) {
        said = said.note(NoteKind::Careful, text);
    }
    Ok(said.note(NoteKind::Next, Msg::same(format!("runc run --bundle {} box", quoted(dir)))))
}

fn copy(found: &Isolation, root: &Path) -> Result<Said, Stop> {
    let copied = File::open(format!("/proc/{}/root", found.seen.pid))
        .and_then(|from| copy_tree(from.as_fd(), File::open(root)?.as_fd()))
        .map_err(|error| {
            Stop::Unfit(Msg::new(format!("the root cannot be copied: {error}"), format!("无法复制根目录：{error}")))
        })?;
    let (made, left_out) = (copied.made, copied.left_out);
    let said = Said::nothing().note(
        NoteKind::Did,
        Msg::new(
            format!("{made} files, directories and links copied (those calls are not listed)"),
            format!("复制了 {made} 个文件、目录与链接（这些调用未列出）"),
        ),
    );
    Ok(match left_out {
        0 => said,
        count => said.note(
            NoteKind::Careful,
            Msg::new(format!("{count} devices and FIFOs are not copied"), format!("{count} 个设备与 FIFO 没有复制")),
        ),
    })
}

/// Places for the bound directories, and links like the host's.
fn empty_root(cx: &mut Outside<'_>, root: &Path) -> Result<(), Stop> {
    for name in BOUND {
        let (host, here) = (Path::new("/").join(name), root.join(name));
        match std::fs::read_link(&host) {
            Ok(target) => cx.kernel.symlink(&target.to_string_lossy(), &here.to_string_lossy())?,
            Err(_) if host.is_dir() => cx.kernel.mkdir(&here)?,
            Err(_) => {}
        }
    }
    for name in ["proc", "sys", "dev", "tmp"] {
        cx.kernel.mkdir(&root.join(name))?;
    }
    Ok(())
}

fn config(cx: &Outside<'_>, found: &Isolation) -> Value {
    let own_user = found.own.contains(&NsKind::User);
    let mut linux = json!({
        "namespaces": namespaces(found),
        "resources": resources(&found.limits),
        "maskedPaths": [],
        "readonlyPaths": [],
    });
    if own_user {
        linux["uidMappings"] = maps(found.seen.uid_map.is());
        linux["gidMappings"] = maps(found.seen.gid_map.is());
    }
    if let Some(seccomp) = seccomp(cx) {
        linux["seccomp"] = seccomp;
    }
    for (name, value) in unseen::sysctls(cx) {
        linux["sysctl"][name] = json!(value);
    }
    let mut config = json!({
        "ociVersion": "1.0.2",
        "process": process(cx, found),
        "root": { "path": "rootfs", "readonly": root_is_read_only(found) },
        "mounts": mounts(found),
        "linux": linux,
    });
    if let Some(inside) = cx.subject.seen.inside.as_ref().filter(|_| found.own.contains(&NsKind::Uts)) {
        config["hostname"] = json!(inside.hostname);
    }
    config
}

/// The kinds that a runtime makes. It needs a mount namespace, whatever the subject has.
fn namespaces(found: &Isolation) -> Vec<Value> {
    let name = |kind: NsKind| match kind {
        NsKind::Mnt => "mount",
        NsKind::Net => "network",
        other => other.name(),
    };
    // runc knows time namespaces from 1.2 on, and crun refuses what it does not know.
    let kinds = NsKind::ALL.into_iter().filter(|kind| *kind == NsKind::Mnt || found.own.contains(kind) && *kind != NsKind::Time);
    kinds.map(|kind| json!({ "type": name(kind) })).collect()
}

fn maps(seen: Option<&Vec<crate::model::IdMap>>) -> Value {
    let lines = seen.into_iter().flatten();
    lines.map(|map| json!({ "containerID": map.inside, "hostID": map.outside, "size": map.count })).collect()
}

fn process(cx: &Outside<'_>, found: &Isolation) -> Value {
    let inside = cx.subject.seen.inside.as_ref();
    let (uid, gid) = inside.map_or((0, 0), |inside| (inside.uid, inside.gid));
    let groups: Vec<u32> = inside
        .map(|inside| inside.groups.iter().copied().filter(|group| *group != gid && *group != 65534).collect())
        .unwrap_or_default();
    let cwd = inside.map(|inside| inside.cwd.as_str()).filter(|cwd| found.own_root && cwd.starts_with('/')).unwrap_or("/");
    let creds = found.seen.creds.is();
    let set = |of: fn(&crate::model::Creds) -> u64| -> Vec<String> {
        creds.map(|creds| cap_names(of(creds)).into_iter().map(|name| format!("CAP_{name}")).collect()).unwrap_or_default()
    };
    // Runtimes in Go raise their own soft limit of descriptors, and what they start would have that.
    let files = found.seen.bounds.rlimits.is().and_then(|limits| limits.get_key_value("NOFILE"));
    let files = files.filter(|(name, _)| !found.rlimits.iter().any(|(known, _)| known == *name));
    let rlimits: Vec<Value> = found
        .rlimits
        .iter()
        .map(|(name, limit)| (name, limit))
        .chain(files)
        .map(|(name, limit)| json!({ "type": format!("RLIMIT_{name}"), "soft": limit.soft.unwrap_or(u64::MAX), "hard": limit.hard.unwrap_or(u64::MAX) }))
        .collect();
    let mut process = json!({
        "args": program(cx),
        "cwd": cwd,
        "env": ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "TERM=xterm"],
        "user": { "uid": uid, "gid": gid, "additionalGids": groups },
        "capabilities": {
            "bounding": set(|creds| creds.cap_bnd),
            "effective": set(|creds| creds.cap_eff),
            "permitted": set(|creds| creds.cap_prm),
            "inheritable": set(|creds| creds.cap_inh),
            "ambient": set(|creds| creds.cap_amb),
        },
        "rlimits": rlimits,
        "noNewPrivileges": creds.is_some_and(|creds| creds.no_new_privs),
    });
    if let Some(adj) = found.seen.bounds.oom_score_adj.is().filter(|adj| **adj != 0) {
        process["oomScoreAdj"] = json!(adj);
    }
    process
}

fn resources(limits: &[(String, String)]) -> Value {
    let mut resources = json!({});
    for (file, value) in limits {
        let number = value.parse::<i64>().unwrap_or(-1);
        match file.as_str() {
            "memory.max" => resources["memory"]["limit"] = json!(number),
            "memory.high" => resources["memory"]["reservation"] = json!(number),
            "pids.max" => resources["pids"]["limit"] = json!(number),
            "cpuset.cpus" => resources["cpu"]["cpus"] = json!(value),
            "cpuset.mems" => resources["cpu"]["mems"] = json!(value),
            "cpu.max" => {
                let words: Vec<i64> = value.split_whitespace().filter_map(|word| word.parse().ok()).collect();
                if let [quota, period] = words.as_slice() {
                    resources["cpu"]["quota"] = json!(quota);
                    resources["cpu"]["period"] = json!(period);
                }
            }
            _ => {}
        }
    }
    resources
}

/// Options of a mount: its flags, and those of the filesystem that a new one can be given.
pub fn options(mount: &MountLive) -> Vec<String> {
    let known = ["size=", "mode=", "nr_inodes=", "ptmxmode=", "newinstance", "hidepid=", "gid="];
    let filesystem = mount.super_options.iter().filter(|word| known.iter().any(|one| word.starts_with(one)));
    let filesystem = filesystem.filter(|_| matches!(mount.fs.as_str(), "tmpfs" | "devpts"));
    mount.options.iter().filter(|word| *word != "rw").chain(filesystem).cloned().collect()
}

fn mounts(found: &Isolation) -> Vec<Value> {
    if !found.own_root {
        let host = |name: &&&str| !Path::new("/").join(name).is_symlink() && Path::new("/").join(name).is_dir();
        let bound = BOUND.iter().filter(host).map(|name| {
            json!({ "destination": format!("/{name}"), "type": "bind", "source": format!("/{name}"), "options": ["rbind", "ro"] })
        });
        let usual = [
            json!({ "destination": "/proc", "type": "proc", "source": "proc", "options": ["nosuid", "noexec", "nodev"] }),
            json!({ "destination": "/dev", "type": "tmpfs", "source": "tmpfs", "options": ["nosuid", "mode=755"] }),
            json!({ "destination": "/dev/pts", "type": "devpts", "source": "devpts", "options": ["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620"] }),
            json!({ "destination": "/tmp", "type": "tmpfs", "source": "tmpfs", "options": ["nosuid", "nodev", "mode=1777"] }),
        ];
        return usual.into_iter().chain(bound).collect();
    }
    found.mounts.iter().filter(|mount| mount.point != "/").filter_map(|mount| one_mount(found, mount)).collect()
}

fn one_mount(found: &Isolation, mount: &MountLive) -> Option<Value> {
    let (point, fs, options) = (&mount.point, mount.fs.as_str(), options(mount));
    match (fs, found.source(mount)) {
        // Its owners would be others: the map is not to be read from here.
        _ if mount.is_idmapped() => None,
        // The runtime makes the usual devices itself.
        ("devtmpfs", _) if Path::new(point).starts_with("/dev/") => None,
        (_, Some(source)) => {
            let options: Vec<String> = std::iter::once("bind".to_string()).chain(options).collect();
            Some(json!({ "destination": point, "type": "bind", "source": source, "options": options }))
        }
        ("proc" | "tmpfs" | "devpts" | "mqueue" | "sysfs", None) => {
            Some(json!({ "destination": point, "type": fs, "source": fs, "options": options }))
        }
        ("cgroup" | "cgroup2", None) => {
            Some(json!({ "destination": point, "type": "cgroup", "source": "cgroup", "options": options }))
        }
        _ => None,
    }
}

fn root_is_read_only(found: &Isolation) -> bool {
    found.own_root && found.mounts.iter().any(|mount| mount.point == "/" && mount.options.iter().any(|word| word == "ro"))
}

/// Of the `seccomp` lines, what a runtime can be told: the names. The filter itself cannot be read back.
fn seccomp(cx: &Outside<'_>) -> Option<Value> {
    let step = cx.steps.iter().rev().find(|step| step.command == "seccomp")?;
    let words = crate::command::words(&step.line).ok()?;
    let [_, what, names @ ..] = words.as_slice() else { return None };
    let (act, names): (Vec<&String>, Vec<&String>) =
        names.iter().partition(|word| matches!(word.as_str(), "kill" | "log" | "errno"));
    let refused = match act.first().map(|word| word.as_str()) {
        Some("kill") => "SCMP_ACT_KILL_PROCESS",
        Some("log") => "SCMP_ACT_LOG",
        _ => "SCMP_ACT_ERRNO",
    };
    let (default, named) = if what == "allow" { (refused, "SCMP_ACT_ALLOW") } else { ("SCMP_ACT_ALLOW", refused) };
    Some(json!({ "defaultAction": default, "syscalls": [{ "names": names, "action": named }] }))
}

/// Limits that [`resources`] writes.
const WRITTEN: &[&str] = &["memory.max", "memory.high", "pids.max", "cpuset.cpus", "cpuset.mems", "cpu.max"];

fn gaps(cx: &Outside<'_>, found: &Isolation) -> Vec<Msg> {
    let mut gaps = Vec::new();
    for (file, value) in found.limits.iter().filter(|(file, _)| !WRITTEN.contains(&file.as_str())) {
        gaps.push(Msg::new(format!("{file} = {value} is not in it"), format!("其中没有 {file} = {value}")));
    }
    let has = |kind: NsKind| found.own.contains(&kind);
    if has(NsKind::Time) {
        let clocks = found.seen.clocks.is().into_iter().flatten();
        let clocks: Vec<String> = clocks.map(|(clock, seconds)| format!("{clock} {seconds:+} s")).collect();
        let clocks = if clocks.is_empty() { String::new() } else { format!(" ({})", clocks.join(", ")) };
        gaps.push(Msg::new(
            format!("the time namespace{clocks} is not in it: runtimes know it only of late (runc 1.2)"),
            format!("其中没有 time 命名空间{clocks}：运行时最近才支持（runc 1.2）"),
        ));
    }
    if has(NsKind::Net) {
        gaps.push(Msg::new(
            "links and addresses are not in it: a runtime leaves them to its caller",
            "其中没有网络设备与地址：运行时把它们留给调用者",
        ));
    }
    let filtered = found.seen.creds.is().is_some_and(|creds| creds.seccomp == 2);
    if filtered && seccomp(cx).is_none() {
        gaps.push(Msg::new(
            "a seccomp filter is in force that no line of this session made; it is not in it",
            "有一个并非由本会话设置的 seccomp 过滤器，没有写入",
        ));
    }
    if found.own_root {
        let lost =
            found.mounts.iter().filter(|mount| mount.point != "/" && one_mount(found, mount).is_none() && mount.fs != "devtmpfs");
        gaps.extend(lost.map(|mount| {
            Msg::new(
                format!("the {} at {} is not in it", mount.fs, mount.point),
                format!("其中没有 {} 处的 {}", mount.point, mount.fs),
            )
        }));
    }
    gaps
}
