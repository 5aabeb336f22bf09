//! The mounts of a process, from its mountinfo (proc_pid_mountinfo(5)).

use super::process::{read, unescape};
use crate::model::{MountLive, Seen};
use std::path::Path;

/// The mounts of a mountinfo file, in its order; lines that cannot be read are left out.
pub fn of_text(text: &str) -> Vec<MountLive> {
    text.lines().filter_map(line).collect()
}

/// The uppermost mount at a path, as that process sees it; None where nothing is mounted.
pub fn at(pid: i32, path: &str) -> Seen<Option<MountLive>> {
    match read(&Path::new("/proc").join(pid.to_string()).join("mountinfo")) {
        Seen::Is(text) => Seen::Is(uppermost(&of_text(&text), path).cloned()),
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
    let (root, point, options) = (left.nth(1)?, left.next()?, left.next()?);
    let mut right = right.split(' ');
    let words = |list: &str| list.split(',').map(str::to_string).collect();
    Some(MountLive {
        id,
        parent,
        root: unescape(root),
        point: unescape(point),
        options: words(options),
        tags: left.map(str::to_string).collect(),
        fs: right.next()?.to_string(),
        source: unescape(right.next()?),
        super_options: words(right.next().unwrap_or_default()),
    })
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
}
