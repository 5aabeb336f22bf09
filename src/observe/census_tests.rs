//! The census against lsns(8) on the real machine, and the reader of mountinfo on a fixture.

use super::*;
use std::process::{Child, Command, Stdio};

/// A process in namespaces of its own; it ends with this value.
struct Sleeper(Child);

impl Drop for Sleeper {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn sleeper() -> Sleeper {
    let words = ["--user", "--map-root-user", "--pid", "--uts", "--fork", "--kill-child", "sleep", "60"];
    Sleeper(Command::new("unshare").args(words).stdin(Stdio::null()).spawn().expect("unshare(1) runs"))
}

/// `NS TYPE NPROCS PID PNS ONS` of lsns(8).
fn lsns() -> HashMap<u64, Vec<u64>> {
    let output = Command::new("lsns").args(["--raw", "--noheadings", "--output", "NS,NPROCS,PID,PNS,ONS"]).output();
    let text = String::from_utf8(output.expect("lsns(8) runs").stdout).expect("lsns writes text");
    let number = |word: &str| word.parse().unwrap_or(0);
    let row = |line: &str| {
        let mut words = line.split(' ').map(number);
        (words.next().unwrap_or(0), words.collect())
    };
    text.lines().map(row).collect()
}

/// The same row made from ours.
fn row(ns: &Namespace) -> Vec<u64> {
    let ino = |seen: &Seen<NsId>| seen.is().map_or(0, |id| id.ino);
    let pid = ns.leader.as_ref().map_or(0, |leader| leader.pid as u64);
    vec![ns.processes as u64, pid, ns.parent.as_ref().map_or(0, ino), ino(&ns.owner)]
}

/// The namespaces of the sleeping child, once it is there.
fn child_namespaces(parent: i32) -> (NsId, NsId) {
    let own = |pid, kind| crate::observe::snapshot(Path::new("/proc"), pid).ns_id(kind);
    for _ in 0..200 {
        let children = std::fs::read_to_string(format!("/proc/{parent}/task/{parent}/children")).unwrap_or_default();
        let child = children.split_whitespace().next().and_then(|pid| pid.parse().ok());
        if let Some(child) = child
            && let (Some(pid), Some(user)) = (own(child, NsKind::Pid), own(child, NsKind::User))
            && Some(pid) != own(std::process::id() as i32, NsKind::Pid)
        {
            return (pid, user);
        }
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    panic!("unshare(1) has made no child");
}

#[test]
fn the_census_agrees_with_lsns() {
    let sleeper = sleeper();
    let (pid_ns, user_ns) = child_namespaces(sleeper.0.id() as i32);
    let here = crate::observe::snapshot(Path::new("/proc"), std::process::id() as i32);
    // Other processes come and go, and one that lived only while lsns looked is in none of ours: so there are many tries.
    let mut differs = String::from("the machine never stood still for three lists");
    for _ in 0..200 {
        let (before, theirs, after) = (census(Path::new("/proc")).unwrap(), lsns(), census(Path::new("/proc")).unwrap());
        // What processes come and go in is another at each look.
        let stood_still = |ns: &&Namespace| ns.processes > 0 && after.namespaces.contains(ns);
        let different = before.namespaces.iter().filter(stood_still).find(|ns| {
            let mut wanted = row(ns);
            // lsns counts itself, in our namespaces.
            wanted[0] += u64::from(here.ns_id(ns.kind) == Some(ns.id));
            theirs.get(&ns.id.ino) != Some(&wanted)
        });
        if let Some(ns) = different {
            differs = format!("{ns:?}: lsns says {:?}", theirs.get(&ns.id.ino));
            continue;
        }
        let find = |kind, id| before.namespaces.iter().find(|ns| ns.kind == kind && ns.id == id).expect("it is listed");
        let (pid_ns, user_ns) = (find(NsKind::Pid, pid_ns), find(NsKind::User, user_ns));
        assert_eq!((pid_ns.processes, user_ns.processes), (1, 2));
        assert_eq!(pid_ns.owner, Seen::Is(user_ns.id));
        assert_eq!(pid_ns.parent, here.ns_id(NsKind::Pid).map(Seen::Is));
        assert_eq!(user_ns.parent, here.ns_id(NsKind::User).map(Seen::Is));
        assert_eq!(pid_ns.leader.as_ref().map(|leader| &leader.command), Some(&Seen::Is("sleep 60".into())));
        return;
    }
    panic!("{differs}");
}

#[test]
fn mounts_that_keep_namespaces_alive_are_read() {
    let mountinfo = "22 1 0:21 / /proc rw - proc proc rw
300 22 0:4 net:[4026532281] /run/netns/a\\040b rw shared:5 - nsfs nsfs rw
301 22 0:4 mnt:[4026532999] /run/m rw - nsfs nsfs rw
302 22 8:1 /net:[1] /trap rw - ext4 /dev/sda rw
";
    let found = mounted(mountinfo);
    assert_eq!(found[0], (NsKind::Net, 4026532281, "/run/netns/a b".into()));
    assert_eq!(found[1], (NsKind::Mnt, 4026532999, "/run/m".into()));
    assert_eq!(found.len(), 2);
}

/// A bind mount in a mount namespace that is not the reader's keeps a namespace alive, and says in which one it is.
#[test]
fn what_is_mounted_in_another_mount_namespace_is_found() {
    if !nix::unistd::geteuid().is_root() {
        return eprintln!("skipped: needs root");
    }
    let script = "mount -t tmpfs tmpfs /mnt && touch /mnt/kept && unshare --uts=/mnt/kept true && readlink /proc/self/ns/mnt && exec sleep 60";
    let words = ["--mount", "sh", "-c", script];
    let child = Command::new("unshare").args(words).stdin(Stdio::null()).stdout(Stdio::piped()).spawn();
    let mut sleeper = Sleeper(child.expect("unshare(1) runs"));
    let mut line = String::new();
    let out = sleeper.0.stdout.take().expect("it is a pipe");
    std::io::BufRead::read_line(&mut std::io::BufReader::new(out), &mut line).expect("it is text");
    let within = ns_number(line.trim()).expect("it names its mount namespace");
    let found = census(Path::new("/proc")).expect("/proc is there");
    let kept = found.namespaces.iter().find(|ns| ns.mounts.iter().any(|mount| mount.within.is_some_and(|id| id.ino == within)));
    let kept = kept.unwrap_or_else(|| panic!("{found:?}"));
    assert_eq!((kept.kind, kept.processes, kept.mounts[0].point.as_str()), (NsKind::Uts, 0, "/mnt/kept"));
    assert!(kept.owner.is().is_some(), "it can be asked through the other's root: {kept:?}");
}

#[test]
fn a_missing_proc_is_an_error() {
    assert_eq!(census(Path::new("/nowhere")), Err(Errno::ENOENT));
}
