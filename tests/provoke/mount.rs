//! Mounts and roots.

use super::{Provocation, Who, nobody, root};

/// A mount namespace of its own, from which nothing spreads.
macro_rules! own {
    ($after:expr) => {
        concat!("unshare mnt; mount private -r /; ", $after)
    };
}

pub(super) const ALL: &[Provocation] = &[
    root("A2", "chroot /usr", "unshare user", "EPERM", "/usr"),
    nobody("D1", "", "mount tmpfs /mnt --on-host", "EPERM", "CAP_SYS_ADMIN").cured(),
    root("C15", "unshare user", "mount tmpfs /mnt --on-host", "EPERM", "mnt").cured(),
    root("D2", "unshare user mnt", "mount proc /proc", "EPERM", "pid").cured(),
    root("D2", "unshare user mnt pid", "mount proc /proc", "EPERM", "pid").cured(),
    root("D3", own!("mount tmpfs /proc/sys; unshare user mnt pid; fork"), "mount proc /mnt", "EPERM", "/proc/sys"),
    root("D4", "unshare user mnt", "mount sysfs /mnt", "EPERM", "net").cured(),
    root("D5", "unshare user mnt", "mount cgroup2 /mnt", "EPERM", "cgroup").cured().needs("root cgroup2"),
    root("D6", "unshare user mnt", "mount ext4 /mnt", "EPERM", "ext4").needs("root fs:ext4"),
    root("D7", "unshare user mnt", "mount bind / /mnt", "EINVAL", "/proc"),
    root("D8", "unshare user mnt", "umount /proc", "EINVAL", "/proc").cured(),
    root("D9", own!("mount tmpfs /mnt ro; unshare user mnt"), "mount remount /mnt rw", "EPERM", "ro"),
    root("D10", own!(""), "mount nosuchfs /mnt", "ENODEV", "nosuchfs"),
    root("D11", own!(""), "mount tmpfs /no/such", "ENOENT", "/no/such"),
    root("D11", own!(""), "mount bind /no/such /mnt", "ENOENT", "/no/such"),
    root("D12", own!(""), "mount bind /etc/passwd /mnt", "ENOTDIR", "/etc/passwd"),
    root("D12", own!("mount tmpfs /mnt; write /mnt/a x"), "mount bind /usr /mnt/a", "ENOTDIR", "/mnt/a"),
    root("D14", own!(""), "mount tmpfs /mnt size=abc", "EINVAL", "size=abc"),
    root(
        "D14",
        own!("mount tmpfs /mnt; mkdir /mnt/up /mnt/all; mount tmpfs /tmp; mkdir /tmp/work"),
        "mount overlay /usr /mnt/up /tmp/work /mnt/all",
        "EINVAL",
        "/tmp/work",
    ),
    root("D15", own!(""), "mount private /etc", "EINVAL", "/etc").cured(),
    root("D15", own!(""), "mount remount /etc ro", "EINVAL", "/etc").cured(),
    root("D17", own!(""), "mount move /usr /mnt", "EINVAL", "/usr").cured(),
    root(
        "D17",
        own!("mount tmpfs /mnt; mount shared /mnt; mkdir /mnt/a /mnt/b; mount tmpfs /mnt/a"),
        "mount move /mnt/a /mnt/b",
        "EINVAL",
        "/mnt",
    )
    .cured(),
    root("D18", own!("mount tmpfs /mnt; mount unbindable /mnt"), "mount bind /mnt /tmp", "EINVAL", "/mnt").cured(),
    root("D19", own!("mount tmpfs /mnt; write /mnt/f x"), "mount bind /proc/self/ns/mnt /mnt/f", "EINVAL", "mnt:["),
    root("D20", own!("mount tmpfs /mnt; spawn sh -c 'exec 3>/mnt/f; kill -STOP $$'"), "mount remount /mnt ro", "EBUSY", "/mnt"),
    root("D21", own!("mount tmpfs /mnt; chdir /mnt"), "umount /mnt", "EBUSY", "/mnt").cured(),
    root("D21", own!("mount tmpfs /mnt; mkdir /mnt/a; mount tmpfs /mnt/a"), "umount /mnt", "EBUSY", "/mnt/a"),
    root("D21", own!("mount tmpfs /mnt; spawn sh -c 'cd /mnt; kill -STOP $$'"), "umount /mnt", "EBUSY", "sh"),
    root("D22", own!(""), "umount /etc", "EINVAL", "/etc"),
    root("D24", own!(""), "mount cgroup /mnt memory,pids --on-host", "EBUSY", "")
        .needs("root cgroup1:memory cgroup1:pids")
        .possible(),
    root("D25", own!(""), "mount cgroup /mnt nosuch --on-host", "EINVAL", "").needs("root cgroup1:memory").possible(),
    root("D26", own!("mount tmpfs /mnt noexec; spawn cp /proc/self/exe /mnt/true"), "spawn /mnt/true", "EACCES", "noexec"),
    root("D27", own!("mount tmpfs /mnt nodev; mknod /mnt/null c 1 3"), "write /mnt/null x", "EACCES", "nodev"),
    root(
        "D28",
        "unshare user mnt; idmap uid 0 0 1; idmap gid 0 0 1; mount tmpfs /mnt",
        "mknod /mnt/null c 1 3",
        "EPERM",
        "CAP_MKNOD",
    ),
    root("D32", own!("mount tmpfs /mnt ro"), "mkdir /mnt/x", "EROFS", ""),
    root(
        "D33",
        "subject new b; unshare user; idmap uid 0 100000 9; idmap gid 0 100000 9; subject use a; unshare user mnt",
        "mount idmap /etc /mnt b",
        "EPERM",
        "CAP_SYS_ADMIN",
    ),
    root("D34", own!("subject new b; unshare user; subject use a"), "mount idmap /etc /mnt b", "EINVAL", "").possible(),
    root("D36", "unshare user mnt", "mount fsopen proc /proc", "EPERM", "").possible(),
    root("D31", own!("mount tmpfs /mnt; write /mnt/f x"), "mkdir /mnt/f/x", "ENOTDIR", "/mnt/f"),
    root("C14", "unshare user mnt; mount tmpfs /mnt", "mkdir /mnt/a", "EOVERFLOW", "").cured(),
    root("E1", own!(""), "pivot_root /usr /usr", "EBUSY", "/usr").cured().needs("root realroot"),
    root("E2", own!("mount tmpfs /mnt; mkdir /mnt/new; mount tmpfs /tmp"), "pivot_root /mnt/new /tmp", "EINVAL", "/mnt/new"),
    root("E3", own!("mount tmpfs /mnt; mkdir /mnt/old; mount shared /mnt"), "pivot_root /mnt /mnt/old", "EINVAL", "shared")
        .cured()
        .needs("root realroot"),
    root("E5", own!("mount tmpfs /mnt; mount tmpfs /tmp"), "pivot_root /mnt /tmp", "EINVAL", "/tmp"),
    root("E6", own!("mount tmpfs /mnt"), "pivot_root /mnt /mnt/no", "ENOENT", "/mnt/no"),
    root("E6", own!("mount tmpfs /mnt; write /mnt/no x"), "pivot_root /mnt /mnt/no", "ENOTDIR", "/mnt/no"),
    nobody("E6", "", "pivot_root /usr /usr --on-host", "EPERM", "CAP_SYS_ADMIN"),
    nobody("E7", "", "chroot /usr", "EPERM", "CAP_SYS_CHROOT").cured(),
    root("E7", "", "chroot /no/such", "ENOENT", "/no/such"),
    root("E7", "", "chdir /etc/passwd", "ENOTDIR", "/etc/passwd"),
    root(
        "E8",
        own!("mount tmpfs /mnt; mkdir /mnt/bin; spawn cp /bin/true /mnt/bin/true; chroot /mnt"),
        "spawn /bin/true",
        "ENOENT",
        "ld-",
    )
    .needs("root dynamic"),
    root("E4", own!("mount tmpfs /tmp"), "pivot_root /tmp /tmp", "EINVAL", "rootfs").needs("root rootfs"),
];

pub(super) const SILENT: &[super::Silent] = &[
    ("D29", "root", Who::Root, own!("unshare pid; mount proc /proc"), "PIDs of the old one"),
    (
        "K3",
        "root",
        Who::Root,
        own!("mount tmpfs /mnt; mkdir /mnt/x; mount shared /mnt; fork; unshare mnt; mount tmpfs /mnt/x"),
        "in every copy of /mnt",
    ),
    ("D30", "root cgroup2", Who::Root, own!("mount cgroup2 /mnt nsdelegate"), "whole machine"),
];
