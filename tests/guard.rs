//! The guard's table: every command, in every state of a subject that still shares a namespace with the host, leaves the host alone.
//! It is refused before any call, or what it does cannot be seen on the host afterwards.
//!
//! The "host" of this test is a sandbox of its own (mnt, pid, net, uts, ipc), so that a hole in the guard harms nobody. The table is
//! made from the cards: a new command is in it, and fails here if no line of it can be made that fits.

mod needs;
#[allow(dead_code)]
mod strace;

use boxlab::command::{Card, Count, Kind, Param, cards};
use boxlab::model::NsKind;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// Tells this program that it is in the sandbox, and as whom boxlab runs there.
const WHO: &str = "BOXLAB_GUARD_AS";

/// The program, where also an ordinary user can run it.
const BOXLAB: &str = "/tmp/boxlab";

/// Files of the host that a command could change.
const WITNESS: &str = "/mnt/witness";

/// Lines that would change the host, by command; `{pid}` is a process of the host's, `{witness}` a directory. What is not here is
/// made from the parameters. What no namespace of the sandbox holds is set to what it is.
const LINES: &[(&str, &[&str])] = &[
    ("setns", &["setns {pid} uts", "setns {pid}", "setns 1 all"]),
    ("idmap", &["idmap uid 0 0 1", "idmap gid 0 0 1"]),
    ("hostname", &["hostname guard-failed"]),
    ("domainname", &["domainname guard-failed"]),
    ("clock", &["clock monotonic +100", "clock boottime +100"]),
    ("exit", &["exit 3"]),
    (
        "kill",
        &[
            "kill KILL {pid}",
            "kill --outside KILL {pid}",
            "kill --pidfd KILL {pid}",
            "kill --outside --pidfd TERM {pid}",
            "kill CONT 1",
            "kill --outside CONT 1",
        ],
    ),
    ("orphan", &["orphan 0"]),
    ("pdeathsig", &["pdeathsig KILL"]),
    ("thread", &["thread unshare uts"]),
    ("prio", &["prio 5", "prio 5 {pid}", "prio -5 1"]),
    ("sched affinity", &["sched affinity 0", "sched affinity 0 {pid}"]),
    ("load cpu", &["load cpu 1 1"]),
    ("load procs", &["load procs 3"]),
    ("load file", &["load file 64K"]),
    ("caps ambient", &["caps ambient clear"]),
    ("setuid", &["setuid 1000"]),
    ("setgid", &["setgid 1000"]),
    ("setgroups", &["setgroups 1000"]),
    ("securebits", &["securebits +NOROOT"]),
    ("seccomp", &["seccomp deny mount"]),
    ("seccomp notify", &["seccomp notify geteuid=4711 -- true"]),
    ("cgroup delegate", &["cgroup delegate guarded 65534", "cgroup delegate .. 0", "cgroup delegate / 0"]),
    ("landlock", &["landlock ro /"]),
    ("rlimit", &["rlimit NOFILE 100 200"]),
    ("oom_score", &["oom_score 500"]),
    ("link add", &["link add dummy gx", "link add veth gx peer gy", "link add veth gx peer gy@{pid}", "link add bridge gx"]),
    ("link up", &["link up lo"]),
    ("link down", &["link down lo"]),
    ("link set", &["link set lo mtu 1400", "link set du name dx", "link set du mtu 1300"]),
    ("link move", &["link move du {pid}", "link move du 1"]),
    ("link del", &["link del du"]),
    ("addr add", &["addr add 10.9.9.1/24 dev du", "addr add 127.0.0.9/8 dev lo"]),
    ("addr del", &["addr del 10.8.8.1/24 dev du"]),
    ("route add", &["route add 10.7.0.0/24 dev du", "route add default via 10.8.8.2"]),
    ("route del", &["route del 10.8.8.0/24 dev du"]),
    ("ping", &["ping 127.0.0.1 1"]),
    ("listen", &["listen 4711"]),
    ("connect", &["connect 127.0.0.1 4711"]),
    (
        "sysctl",
        &[
            "sysctl net.ipv4.ip_forward {ip_forward}",
            "sysctl net.ipv4.ping_group_range '5 6'",
            "sysctl kernel.msgmax 4096",
            "sysctl kernel.hostname guard-failed",
            "sysctl fs.mqueue.msg_max 5",
            "sysctl kernel.panic {panic}",
            "sysctl kernel.pid_max {pid_max}",
            "sysctl net/../kernel/panic {panic}",
        ],
    ),
    ("ipc new", &["ipc new queue 77", "ipc new sem 77", "ipc new shm 77"]),
    ("ipc rm", &["ipc rm queue 0", "ipc rm shm 0", "ipc rm sem 0"]),
    ("ipc send", &["ipc send 99 text"]),
    ("ipc receive", &["ipc receive 99"]),
    ("mqueue new", &["mqueue new /guard"]),
    ("mqueue rm", &["mqueue rm /host"]),
    ("ipc cross", &["ipc cross pipe ipc net"]),
    ("cgroup new", &["cgroup new guarded", "cgroup new ../guarded", "cgroup new /guarded", "cgroup new ../../guarded"]),
    ("cgroup enter", &["cgroup enter .", "cgroup enter ..", "cgroup enter /"]),
    ("cgroup move", &["cgroup move {pid} .", "cgroup move 1 .", "cgroup move {pid} . --thread"]),
    ("cgroup rm", &["cgroup rm ..", "cgroup rm ../..", "cgroup rm web"]),
    ("cgroup set", &["cgroup set pids.max 100", "cgroup set memory.max max --cgroup ..", "cgroup set ../pids.max max"]),
    ("cgroup watch", &["cgroup watch 1"]),
    ("mounts watch", &["mounts watch 1"]),
    ("kcmp", &["kcmp a {pid}"]),
    ("cgroup enable", &["cgroup enable pids", "cgroup enable pids --cgroup .."]),
    ("cgroup freeze", &["cgroup freeze ..", "cgroup freeze"]),
    ("cgroup thaw", &["cgroup thaw ..", "cgroup thaw"]),
    ("cgroup kill", &["cgroup kill ..", "cgroup kill"]),
    ("cgroup devices", &["cgroup devices", "cgroup devices deny a"]),
    ("mount", &["mount tmpfs /mnt", "mount tmpfs {witness}", "mount tmpfs /tmp", "mount proc /proc"]),
    ("mount bind", &["mount bind /etc {witness}", "mount bind {witness} /mnt", "mount bind /proc/self/ns/uts {witness}/file"]),
    ("mount overlay", &["mount overlay /etc /tmp /tmp {witness}", "mount overlay /etc {witness} /tmp /mnt"]),
    ("mount move", &["mount move /mnt {witness}"]),
    ("mount remount", &["mount remount /mnt ro", "mount remount / ro"]),
    ("mount private", &["mount private /mnt", "mount private -r /"]),
    ("mount slave", &["mount slave -r /"]),
    ("mount shared", &["mount shared -r /"]),
    ("mount unbindable", &["mount unbindable /mnt"]),
    ("umount", &["umount /mnt", "umount -l /mnt", "umount -l /"]),
    ("pivot_root", &["pivot_root . .", "pivot_root /mnt {witness}"]),
    ("chroot", &["chroot {witness}"]),
    ("mkdir", &["mkdir {witness}/new", "mkdir -p {witness}/new/er"]),
    ("mknod", &["mknod {witness}/null c 1 3", "mknod {witness}/fifo p"]),
    (
        "write",
        &[
            "write {witness}/file changed",
            "write {witness}/new text",
            "write /proc/sys/kernel/hostname guard-failed",
            "write /proc/sys/net/ipv4/ip_forward {ip_forward}",
            "write /proc/sys/kernel/panic {panic}",
            "write /proc/{pid}/oom_score_adj 500",
            "write /proc/1/uid_map '0 0 1'",
            "write /proc/self/../{pid}/oom_score_adj 500",
            "write /sys/class/net/du/mtu 1200",
            "write /proc/{pid}/root/mnt/witness/file changed",
            "write /proc/self/root/mnt/witness/file changed",
            "write /proc/self/cwd/../mnt/witness/file changed",
        ],
    ),
    ("rootfs make", &["rootfs make {witness}"]),
    ("rootfs import", &["rootfs import {witness}/image.tar {witness}"]),
    ("show", &["show {witness}/file", "show /proc/sys/kernel/hostname", "show --host /proc/1/status"]),
    ("diff", &["diff a {pid}"]),
    ("explain-process", &["explain-process {pid}"]),
    ("export sh", &["export sh"]),
    ("export c", &["export c"]),
    ("export docker", &["export docker"]),
    ("export oci", &["export oci /tmp/bundle-{pid}"]),
    ("help", &["help", "help unshare"]),
    ("history", &["history 2"]),
    ("subject new", &["subject new b"]),
    ("subject use", &["subject use a"]),
    ("subject drop", &["subject drop b"]),
    ("subject list", &["subject list"]),
    ("clinic", &["clinic 1", "clinic 2", "clinic 6"]),
    ("answer", &["answer b"]),
    ("lang", &["lang en"]),
    ("pin", &["pin uts guard"]),
    ("unpin", &["unpin guard"]),
    ("isolation", &["isolation"]),
    ("matrix", &["matrix uts"]),
];

/// Not in the table: it ends the session, and with it everything.
const LEFT_OUT: &[&str] = &["quit"];

/// The lines of a command.
fn lines(card: &Card, world: &World) -> Vec<String> {
    let own = LINES.iter().find(|(name, _)| *name == card.name);
    let lines = match own {
        Some((_, lines)) => lines.iter().map(|line| line.to_string()).collect(),
        None => made(card),
    };
    let fill = |line: String| {
        line.replace("{pid}", &world.victim.id().to_string())
            .replace("{witness}", WITNESS)
            .replace("{ip_forward}", &text("/proc/sys/net/ipv4/ip_forward"))
            .replace("{panic}", &text("/proc/sys/kernel/panic"))
            .replace("{pid_max}", &text("/proc/sys/kernel/pid_max"))
    };
    lines.into_iter().map(fill).collect()
}

/// One line for each choice of the first parameter that has choices, from the kinds alone.
fn made(card: &Card) -> Vec<String> {
    let mut lines = vec![card.name.to_string()];
    for param in card.args.iter().filter(|param| !param.name.starts_with('-')) {
        let words = words(param);
        lines = lines.iter().flat_map(|line| words.iter().map(move |word| format!("{line} {word}"))).collect();
    }
    lines
}

fn words(param: &Param) -> Vec<String> {
    let one = |word: &str| vec![word.to_string()];
    match param.kind {
        Kind::OneOf(words) => words.iter().map(|word| word.to_string()).collect(),
        Kind::Ns => one("uts"),
        Kind::Number => one("1"),
        Kind::Size => one("1M"),
        Kind::Signal => one("TERM"),
        Kind::Pid | Kind::Target | Kind::TargetNs(_) => one("{pid}"),
        Kind::NameAt(_) => one("gx@{pid}"),
        Kind::Link => one("du"),
        Kind::Path => one("{witness}/file"),
        Kind::MountAt | Kind::Mounted => one("{witness}"),
        Kind::NewPath => one("{witness}/new"),
        Kind::Program => one("true"),
        Kind::Capability => one("CAP_CHOWN"),
        Kind::Syscall => one("mount"),
        Kind::Rlimit => one("NOFILE"),
        Kind::CgroupFile => one("pids.max"),
        Kind::CgroupName | Kind::CgroupDir => one("guarded"),
        Kind::Controller => one("pids"),
        Kind::Subject => one("b"),
        Kind::Topic => one("EPERM"),
        Kind::Word if param.count == Count::Optional => one(""),
        // What does not fit is found out below.
        _ => one("x"),
    }
}

/// What the subject shares with the host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Everything.
    All,
    /// Only this one (and, as root, the user namespace: in one of its own root is nobody outside).
    Only(NsKind),
}

impl State {
    fn all() -> Vec<State> {
        std::iter::once(State::All).chain(NsKind::ALL.into_iter().map(State::Only)).collect()
    }

    /// The lines that lead there.
    fn way(self, root: bool) -> String {
        let State::Only(shared) = self else { return String::new() };
        let leave: Vec<&str> = NsKind::ALL
            .into_iter()
            .filter(|kind| *kind != shared && !(root && *kind == NsKind::User))
            .map(NsKind::name)
            .collect();
        let map = if root || shared == NsKind::User { "" } else { "idmap uid 0 65534 1\n" };
        format!("unshare {}\n{map}fork\n", leave.join(" "))
    }

    fn shares(self, kind: NsKind, root: bool) -> bool {
        match self {
            State::All => true,
            State::Only(shared) => kind == shared || root && kind == NsKind::User,
        }
    }
}

/// The sandbox, as boxlab's host.
struct World {
    victim: Child,
}

impl World {
    /// Something of each kind that a command could change.
    fn new() -> World {
        fs::create_dir_all(WITNESS).expect("/mnt is ours");
        fs::write(format!("{WITNESS}/file"), "as it was").expect("it is ours");
        fs::write(format!("{WITNESS}/image.tar"), "no archive").expect("it is ours");
        let sh = |line: &str| {
            let status = Command::new("sh").args(["-ec", line]).status().expect("sh runs");
            assert!(status.success(), "{line}");
        };
        sh(
            "ip link set lo up; ip link add du type veth peer name dv; ip addr add 10.8.8.1/24 dev du; ip link set du up; ip link set dv up",
        );
        sh(
            "hostname guarded; ipcmk -Q -M 4096 -S 1 >/dev/null; mkdir -p /dev/mqueue; mountpoint -q /dev/mqueue || mount -t mqueue mqueue /dev/mqueue; touch /dev/mqueue/host",
        );
        let victim = Command::new("sleep").arg("100000").stdin(Stdio::null()).stdout(Stdio::null()).spawn().expect("sleep runs");
        World { victim }
    }

    /// All that could be changed, by name.
    fn picture(&self) -> BTreeMap<String, String> {
        let mut picture = BTreeMap::new();
        let mut keep = |name: String, text: String| _ = picture.insert(name, text);
        for pid in [std::process::id(), self.victim.id(), 1] {
            let of = |file: &str| text(&format!("/proc/{pid}/{file}"));
            for file in ["cgroup", "uid_map", "gid_map", "oom_score_adj", "limits", "mountinfo", "timens_offsets", "environ"] {
                keep(format!("{pid} {file}"), of(file));
            }
            let status = of("status");
            let fields = ["Uid", "Gid", "Groups", "Cap", "NoNewPrivs", "Seccomp", "Cpus_allowed", "NSpid"];
            let lines = status.lines().filter(|line| fields.iter().any(|field| line.starts_with(field)));
            keep(format!("{pid} status"), lines.collect());
            let ended = |line: &&str| line.strip_prefix("State:\t").is_some_and(|state| state.starts_with(['T', 't', 'Z', 'X']));
            keep(format!("{pid} ended"), status.lines().filter(ended).collect());
            let stat = of("stat");
            let nice = stat.rsplit_once(')').map(|(_, rest)| rest.split_whitespace().skip(15).take(2).collect::<String>());
            keep(format!("{pid} nice"), nice.unwrap_or_default());
            for kind in NsKind::ALL {
                keep(format!("{pid} {kind}"), link(&format!("/proc/{pid}/ns/{kind}")));
            }
            keep(format!("{pid} root"), link(&format!("/proc/{pid}/root")) + &link(&format!("/proc/{pid}/cwd")));
        }
        for (at, line) in ["ip -o link", "ip -o -4 addr", "ip -4 route show table all"].iter().enumerate() {
            let words: Vec<&str> = line.split(' ').collect();
            let output = Command::new(words[0]).args(&words[1..]).output().expect("ip(8) runs").stdout;
            keep(format!("net {at}"), String::from_utf8_lossy(&output).replace("tentative ", ""));
        }
        for table in ["shm", "sem", "msg"] {
            let rows = text(&format!("/proc/sysvipc/{table}"));
            let rows = rows.lines().map(|row| row.split_whitespace().take(4).collect::<Vec<_>>().join(" "));
            keep(format!("sysvipc {table}"), rows.collect::<Vec<_>>().join("\n"));
        }
        for root in [WITNESS, "/dev/mqueue", "/etc/hostname"] {
            files(Path::new(root), &mut keep);
        }
        settings(Path::new("/proc/sys"), &mut keep);
        groups(&mut keep);
        picture
    }
}

impl Drop for World {
    fn drop(&mut self) {
        let _ = self.victim.kill();
        let _ = self.victim.wait();
    }
}

fn text(path: &str) -> String {
    fs::read_to_string(path).unwrap_or_default().trim_end().to_string()
}

fn link(path: &str) -> String {
    fs::read_link(path).map(|link| link.display().to_string()).unwrap_or_default()
}

fn files(path: &Path, keep: &mut impl FnMut(String, String)) {
    use std::os::unix::fs::MetadataExt;
    let Ok(found) = fs::symlink_metadata(path) else { return };
    let inside = if found.is_file() { text(&path.display().to_string()) } else { String::new() };
    keep(path.display().to_string(), format!("{:o} {} {} {inside}", found.mode(), found.uid(), found.dev()));
    if found.is_dir() {
        fs::read_dir(path).into_iter().flatten().flatten().for_each(|entry| files(&entry.path(), keep));
    }
}

/// The settings of the kernel; those that change by themselves are left out.
fn settings(path: &Path, keep: &mut impl FnMut(String, String)) {
    const MOVING: &[&str] = &[
        "random",
        "ns_last_pid",
        "nr",
        "file-nr",
        "inode-nr",
        "inode-state",
        "dentry-state",
        "pty",
        "stat_refresh",
        "binfmt_misc",
    ];
    for entry in fs::read_dir(path).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if MOVING.contains(&name.as_str()) || name.ends_with("-nr") || name.ends_with("flush") {
            continue;
        }
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => settings(&entry.path(), keep),
            _ => keep(entry.path().display().to_string(), text(&entry.path().display().to_string())),
        }
    }
}

/// The cgroups from this process's own up: what they limit and hand on; and whether there is one anywhere that a line of the table would
/// make. All others belong to others, who work on the same machine.
fn groups(keep: &mut impl FnMut(String, String)) {
    use boxlab::observe::cgroup::{Hierarchies, tree};
    let own = std::process::id() as i32;
    let found = Hierarchies::probe(Path::new("/"), Path::new("/proc"), own).is().cloned().unwrap_or_default();
    for (key, dir) in found.of_process(Path::new("/proc"), own).is().into_iter().flatten() {
        for above in dir.ancestors().take_while(|above| above.starts_with("/sys/fs/cgroup")) {
            for entry in fs::read_dir(above).into_iter().flatten().flatten().filter(|entry| entry.path().is_file()) {
                let name = entry.file_name().to_string_lossy().into_owned();
                let ends =
                    [".max", "limit_in_bytes", ".state", "subtree_control", "cfs_quota_us", "cgroup.freeze", "cgroup.type"];
                if ends.iter().any(|end| name.ends_with(end)) {
                    let file = entry.path().display().to_string();
                    keep(file.clone(), text(&file));
                }
            }
        }
        let mount = found.all.iter().find(|one| one.key == *key).map(|one| one.mount.clone()).unwrap_or_default();
        for group in tree(&mount) {
            let ours = group.components().any(|part| part.as_os_str().to_string_lossy().starts_with("boxlab-"));
            if group.ends_with("guarded") && !ours {
                keep(group.display().to_string(), String::new());
            }
        }
    }
}

/// One cell: this command in this state.
struct Cell {
    card: &'static Card,
    line: String,
    turn: Value,
}

/// Runs the lines of these commands in this state; each command on a fresh subject.
fn run(state: State, some: &[&'static Card], world: &World, root: bool) -> Vec<Cell> {
    run_with(state, some, world, root, "")
}

/// The same with something at the end of each line.
fn run_with(state: State, some: &[&'static Card], world: &World, root: bool, end: &str) -> Vec<Cell> {
    let (mut script, mut asked) = (String::new(), Vec::new());
    let way = state.way(root);
    let mut number = 0;
    for card in some {
        let setup = format!("reset\n{way}");
        script += &setup;
        number += setup.lines().count();
        for line in lines(card, world) {
            asked.push((*card, line.clone(), number));
            script += &format!("{line}{end}\n");
            number += 1;
        }
    }
    let file = format!("/tmp/guard-{}", std::process::id());
    fs::write(&file, &script).expect("/tmp is ours");
    let words = ["timeout", "-k", "5", "300", "setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", BOXLAB];
    let words = if root { [&words[..4], &words[10..]].concat() } else { words.to_vec() };
    let output = Command::new(words[0]).args(&words[1..]).args(["--json", &file]).stdin(Stdio::null()).output().expect("it runs");
    let turns: Vec<Value> =
        String::from_utf8_lossy(&output.stdout).lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(turns.len(), number, "{state:?}: not all lines were run; {}", String::from_utf8_lossy(&output.stderr));
    asked.into_iter().map(|(card, line, at)| Cell { card, line, turn: turns[at].clone() }).collect()
}

/// What these commands changed on the host in this state; the one that did it, where several were tried.
fn changed(state: State, some: &[&'static Card], world: &World, root: bool, cells: &mut Vec<Cell>) -> Vec<String> {
    let before = world.picture();
    let found = run(state, some, world, root);
    let after = world.picture();
    let names: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let differs: Vec<String> = names
        .into_iter()
        .filter(|name| before.get(*name) != after.get(*name))
        .map(|name| format!("{name}: {:?} -> {:?}", before.get(name), after.get(name)))
        .collect();
    cells.extend(found);
    if differs.is_empty() {
        return Vec::new();
    }
    match some {
        [card] => vec![format!("{state:?}: `{}` changed the host: {differs:?}", card.name)],
        _ => {
            let (left, right) = some.split_at(some.len() / 2);
            let mut rest = Vec::new();
            let found =
                [left, right].into_iter().flat_map(|half| changed(state, half, world, root, &mut rest)).collect::<Vec<_>>();
            // What is changed a second time cannot be told from what it was.
            if found.is_empty() {
                vec![format!("{state:?}: one of {} commands changed the host: {differs:?}", some.len())]
            } else {
                found
            }
        }
    }
}

/// Not a test of its own: what happens in the sandbox.
#[test]
fn in_the_sandbox() {
    let Ok(who) = std::env::var(WHO) else { return };
    let root = who == "root";
    let world = World::new();
    let all: Vec<&'static Card> = cards().filter(|card| !LEFT_OUT.contains(&card.name)).collect();
    let (mut wrong, mut fits, mut refused, mut count) = (Vec::new(), BTreeSet::new(), 0, 0);
    for state in State::all() {
        let mut cells = Vec::new();
        wrong.extend(changed(state, &all, &world, root, &mut cells));
        count += all.len();
        for Cell { card, line, turn } in &cells {
            let kind = turn["end"]["kind"].as_str().unwrap_or_default();
            if kind != "usage" {
                fits.insert(card.name);
            }
            if kind == "refused" {
                refused += 1;
                if turn["calls"].as_array().is_some_and(|calls| !calls.is_empty()) {
                    wrong.push(format!("{state:?}: `{line}` was refused after {}", turn["calls"]));
                }
            }
            let guarded = card.own.iter().any(|kind| state.shares(*kind, root));
            // Without a value it is only read, and nothing is called.
            let called = turn["calls"].as_array().is_some_and(|calls| !calls.is_empty());
            if guarded && called && kind != "refused" && kind != "usage" {
                wrong.push(format!("{state:?}: `{line}` was not refused: {}", turn["end"]));
            }
        }
    }
    wrong.extend(all.iter().filter(|card| !fits.contains(card.name)).map(|card| format!("no line of `{}` fits", card.name)));
    println!("{count} cells as {who}, {refused} lines refused");
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

/// Not a test of its own: with the guard lifted the picture does change, for each of these commands.
#[test]
fn holes_in_the_sandbox() {
    if std::env::var(WHO).is_ok_and(|who| who == "holes") {
        let mut missed = Vec::new();
        // `mount` last: it hides what the others are about.
        let names = ["hostname", "link add", "link down", "addr add", "ipc new", "mqueue rm", "mkdir", "write", "kill", "mount"];
        for name in names {
            let world = World::new();
            let card = boxlab::command::card(name).expect("there is one");
            let before = world.picture();
            run_with(State::All, &[card], &world, true, " --on-host");
            if world.picture() == before {
                missed.push(name);
            }
            let undo = "ip link del du; rm -rf /mnt/witness/new; ipcrm -a; true";
            let _ = Command::new("sh").args(["-c", undo]).stderr(Stdio::null()).status();
        }
        assert!(missed.is_empty(), "nobody would see what these change: {missed:?}");
    }
}

/// Not a test of its own: what strace sees of lines that are refused.
#[test]
fn refusals_in_the_sandbox() {
    if std::env::var(WHO).is_ok_and(|who| who == "strace") {
        let world = World::new();
        let guarded: Vec<&Card> = cards().filter(|card| !card.own.is_empty()).collect();
        let mut script: Vec<String> = guarded.iter().flat_map(|card| lines(card, &world)).collect();
        script.extend(
            ["kill KILL", "kill --outside KILL", "prio 5", "sched affinity 0"]
                .map(|line| format!("{line} {}", world.victim.id())),
        );
        let trace = strace::trace(BOXLAB, &script.join("\n"));
        let ends: Vec<Value> = trace.output.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
        let open: Vec<&Value> =
            ends.iter().filter(|turn| turn["end"]["kind"] != "refused" && turn["end"]["kind"] != "usage").collect();
        assert!(open.is_empty() && ends.len() == script.len(), "{open:?}");
        let made: Vec<_> = trace.calls.iter().filter(|(_, seen)| changes_something(seen)).collect();
        assert!(made.is_empty(), "{made:?}");
        assert!(trace.calls.len() > 1000, "strace saw nothing");
        println!("{} refused lines, {} calls seen, none of them changes anything", ends.len(), trace.calls.len());
    }
}

/// A call by which a host is changed. That the bench reads, talks to itself and starts processes of its own is not among them.
fn changes_something(seen: &strace::Seen) -> bool {
    const CHANGES: &[&str] = &[
        "mount",
        "umount2",
        "pivot_root",
        "chroot",
        "move_mount",
        "open_tree",
        "fsopen",
        "fsmount",
        "mount_setattr",
        "unshare",
        "setns",
        "sethostname",
        "setdomainname",
        "mknod",
        "mknodat",
        "mkdir",
        "mkdirat",
        "rmdir",
        "rename",
        "renameat2",
        "unlink",
        "unlinkat",
        "symlinkat",
        "linkat",
        "msgget",
        "msgsnd",
        "msgctl",
        "semget",
        "semop",
        "semctl",
        "shmget",
        "shmctl",
        "mq_open",
        "mq_unlink",
        "setpriority",
        "sched_setaffinity",
        "settimeofday",
        "clock_settime",
        "reboot",
        "swapon",
        "swapoff",
        "init_module",
    ];
    let kills = matches!(seen.name.as_str(), "kill" | "pidfd_send_signal" | "tgkill") && seen.args.contains("SIGTERM");
    let writes = seen.name == "write" && (seen.args.contains("</proc/") || seen.args.contains("</sys/"));
    let route = seen.name.starts_with("send") && seen.args.contains("RTM_NEW") || seen.args.contains("RTM_DEL");
    CHANGES.contains(&seen.name.as_str()) || kills || writes || route
}

/// Runs this program again in namespaces of its own, whose mounts are shared with each other as on a host with systemd.
fn sandbox(who: &str, test: &str) {
    let own = std::env::current_exe().expect("it has a path");
    // Both programs are opened before anything is mounted: they may lie below /tmp themselves.
    let setup = "exec 3<\"$BOXLAB\" 4<\"$OWN\" && mount --make-rprivate / && mount -t tmpfs tmpfs /tmp && mount -t tmpfs tmpfs /mnt && \
                 chmod 1777 /tmp /mnt && cat <&3 >/tmp/boxlab && cat <&4 >/tmp/guard && exec 3<&- 4<&- && \
                 chmod 755 /tmp/boxlab /tmp/guard && mount --make-rshared / && exec /tmp/guard \"$@\"";
    let output = Command::new("unshare")
        .args(["--mount", "--uts", "--ipc", "--net", "--pid", "--fork", "--kill-child", "--mount-proc", "sh", "-c", setup, "sh"])
        .args(["--exact", test, "--nocapture", "--test-threads=1"])
        .env(WHO, who)
        .env("BOXLAB", env!("CARGO_BIN_EXE_boxlab"))
        .env("OWN", own)
        .stdin(Stdio::null())
        .output()
        .expect("unshare(1) runs");
    let (said, errors) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success() && said.contains("1 passed"), "{said}\n{errors}");
    said.lines().filter(|line| line.contains(" cells as ") || line.contains("calls seen")).for_each(|line| println!("{line}"));
}

#[test]
fn root_changes_nothing_of_what_is_still_shared() {
    if needs::root() {
        sandbox("root", "in_the_sandbox");
    }
}

#[test]
fn an_ordinary_user_changes_nothing_of_what_is_still_shared() {
    if needs::root() {
        sandbox("nobody", "in_the_sandbox");
    }
}

#[test]
fn a_hole_in_the_guard_would_be_seen() {
    if needs::root() {
        sandbox("holes", "holes_in_the_sandbox");
    }
}

#[test]
fn what_is_refused_makes_no_call_that_changes_anything() {
    if needs::root() && needs::missing("strace").is_none() {
        sandbox("strace", "refusals_in_the_sandbox");
    }
}
