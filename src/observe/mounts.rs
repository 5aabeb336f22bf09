//! The mounts of a process, from its mountinfo (proc_pid_mountinfo(5)), and where a mount event would travel (mount_namespaces(7)).

use super::census::pids;
use super::process::{link, read, unescape};
use crate::model::{MountLive, NsId, Seen};
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::os::fd::{AsRawFd, BorrowedFd};
use std::path::Path;

/// The mounts of a process. `proc` is a mount of proc(5), `pid` a PID as that mount counts.
pub fn of(proc: &Path, pid: i32) -> Seen<Vec<MountLive>> {
    match read(&proc.join(pid.to_string()).join("mountinfo")) {
        Seen::Is(text) => Seen::Is(of_text(&text)),
        Seen::Not { path, errno } => Seen::Not { path, errno },
    }
}

/// The mounts of a mountinfo file, in its order; lines that cannot be read are left out.
pub fn of_text(text: &str) -> Vec<MountLive> {
    text.lines().filter_map(line).collect()
}

/// The uppermost mount at a path, as that process sees it; None where nothing is mounted.
pub fn at(pid: i32, path: &str) -> Seen<Option<MountLive>> {
    match of(Path::new("/proc"), pid) {
        Seen::Is(mounts) => Seen::Is(uppermost(&mounts, path).cloned()),
        Seen::Not { path, errno } => Seen::Not { path, errno },
    }
}

/// Of several mounts at one point the last one covers the others.
pub fn uppermost<'a>(mounts: &'a [MountLive], path: &str) -> Option<&'a MountLive> {
    mounts.iter().rev().find(|mount| mount.point == path)
}

/// `36 35 98:0 /mnt1 /mnt2 rw,noatime shared:1 - ext3 /dev/root rw,errors=continue`
fn line(line: &str) -> Option<MountLive> {
    let (left, right) = line.split_once(" - ")?;
    let mut left = left.split(' ');
    let (id, parent) = (left.next()?.parse().ok()?, left.next()?.parse().ok()?);
    let (dev, root, point, options) = (left.next()?, left.next()?, left.next()?, left.next()?);
    let mut right = right.split(' ');
    let words = |list: &str| list.split(',').map(str::to_string).collect();
    Some(MountLive {
        id,
        parent,
        dev: dev.to_string(),
        root: unescape(root),
        point: unescape(point),
        options: words(options),
        tags: left.map(str::to_string).collect(),
        fs: right.next()?.to_string(),
        source: unescape(right.next()?),
        super_options: words(right.next().unwrap_or_default()),
    })
}

/// A mount namespace that is not the bench's, by one of its processes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Foreign {
    /// The namespace.
    pub ns: NsId,
    /// A process that lives in it.
    pub pid: i32,
    /// Its mounts.
    pub mounts: Vec<MountLive>,
}

/// Every mount namespace on the machine that is not among `born`, as far as the reader may look.
pub fn foreign(proc: &Path, born: &HashSet<NsId>) -> Vec<Foreign> {
    let mut found: BTreeMap<u64, Foreign> = BTreeMap::new();
    for pid in pids(proc).unwrap_or_default() {
        let Seen::Is(ns) = link(&proc.join(format!("{pid}/ns/mnt"))) else { continue };
        if born.contains(&ns) || found.contains_key(&ns.ino) {
            continue;
        }
        // A process that has just ended has no mounts any more: another one of that namespace may tell.
        if let Seen::Is(mounts) = of(proc, pid)
            && !mounts.is_empty()
        {
            found.insert(ns.ino, Foreign { ns, pid, mounts });
        }
    }
    found.into_values().collect()
}

/// The peer groups that hear of an event in this group: the group itself, and those of its slaves that are shared in turn,
/// in all the lists of mounts there are.
pub fn travels<'a>(group: u32, all: impl Iterator<Item = &'a MountLive> + Clone) -> BTreeSet<u32> {
    let mut heard = BTreeSet::from([group]);
    loop {
        let before = heard.len();
        let slaves = all.clone().filter(|mount| mount.master().is_some_and(|master| heard.contains(&master)));
        let further: Vec<u32> = slaves.filter_map(|slave| slave.shared()).collect();
        heard.extend(further);
        if heard.len() == before {
            return heard;
        }
    }
}

/// Does an event in these groups arrive at one of these mounts?
pub fn arrives(heard: &BTreeSet<u32>, mounts: &[MountLive]) -> bool {
    let in_it = |group: Option<u32>| group.is_some_and(|group| heard.contains(&group));
    mounts.iter().any(|mount| in_it(mount.shared()) || in_it(mount.master()))
}

/// The mount of this number, with all that is mounted below it.
pub fn tree(mounts: &[MountLive], id: u32) -> Vec<&MountLive> {
    let mut found: Vec<&MountLive> = mounts.iter().filter(|mount| mount.id == id).collect();
    let mut at = 0;
    while at < found.len() {
        let parent = found[at].id;
        // A file that is read while mounts come and go need not be a tree.
        let new: Vec<&MountLive> =
            mounts.iter().filter(|mount| mount.parent == parent && found.iter().all(|known| known.id != mount.id)).collect();
        found.extend(new);
        at += 1;
    }
    found
}

/// The number of the mount that an open file lies on (`mnt_id` of /proc/self/fdinfo/N, proc_pid_fdinfo(5)).
pub fn mount_id(fd: BorrowedFd<'_>) -> Option<u32> {
    let info = read(Path::new(&format!("/proc/self/fdinfo/{}", fd.as_raw_fd())));
    super::process::field(info.is()?, "mnt_id")?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "22 1 0:21 / / rw,relatime shared:1 - ext4 /dev/vda rw
30 22 0:30 / /a\\040b rw,nosuid shared:2 master:1 - tmpfs none rw
31 30 0:31 / /a\\040b rw - proc proc rw
";

    #[test]
    fn the_uppermost_mount_counts() {
        let mounts = of_text(TEXT);
        assert_eq!(
            uppermost(&mounts, "/a b").map(|mount| (mount.fs.as_str(), mount.propagation())),
            Some(("proc", "private".to_string()))
        );
        assert_eq!(uppermost(&mounts, "/").map(MountLive::propagation), Some("shared".into()));
        assert_eq!(uppermost(&mounts, "/none"), None);
        assert_eq!((mounts[1].parent, mounts[1].options.len(), mounts[0].source.as_str()), (22, 2, "/dev/vda"));
    }

    const SHARED: &str = "22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw
24 22 0:40 /a /mnt ro,nosuid shared:3 master:1 - tmpfs tmpfs rw,size=1k
25 22 0:41 / /u rw unbindable - tmpfs none rw
";

    #[test]
    fn an_event_travels_to_slaves_that_are_shared_and_not_upwards() {
        let mounts = of_text(SHARED);
        let heard = travels(1, mounts.iter());
        assert_eq!(heard, BTreeSet::from([1, 3]));
        assert_eq!(travels(3, mounts.iter()), BTreeSet::from([3]));
        let host = of_text("1 0 0:1 / / rw shared:9 - ext4 a rw\n2 1 0:2 / /x rw master:3 - tmpfs a rw\n");
        assert!(arrives(&heard, &host));
        assert!(!arrives(&BTreeSet::from([1]), &host));
    }

    #[test]
    fn mounts_that_are_each_others_parents_are_counted_once() {
        let mounts = of_text("22 30 0:1 / / rw - ext4 a rw\n30 22 0:2 / /b rw - tmpfs a rw\n");
        assert_eq!(tree(&mounts, 22).iter().map(|mount| mount.id).collect::<Vec<_>>(), [22, 30]);
    }

    #[test]
    fn this_process_has_a_root_mount_and_finds_the_mount_of_a_file() {
        let mounts = of(Path::new("/proc"), std::process::id() as i32);
        let mounts = mounts.is().expect("mountinfo is readable");
        let root = std::fs::File::open("/").expect("/ opens");
        let id = mount_id(std::os::fd::AsFd::as_fd(&root)).expect("it lies on a mount");
        assert!(mounts.iter().any(|mount| mount.id == id && mount.point == "/"));
        assert!(tree(mounts, id).len() > 1);
    }
}
