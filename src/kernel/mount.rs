//! Mounts and roots: mount(2), the mount API of Linux 5.2 and 5.12, umount2(2), pivot_root(2), chroot(2).

use super::{Kernel, answer, raw};
use crate::model::Arg;
use nix::errno::Errno;
use std::ffi::CString;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};

/// What a mount option word stands for, in mount(2) and in mount_setattr(2).
#[derive(Debug)]
pub struct Flag {
    /// The word: `ro`.
    pub word: &'static str,
    /// The word that takes it back: `rw`.
    pub undo: &'static str,
    /// The flag of mount(2).
    pub ms: u64,
    /// Its name.
    pub ms_name: &'static str,
    /// The attribute of mount_setattr(2).
    pub attr: u64,
    /// Its name.
    pub attr_name: &'static str,
}

/// Flags that belong to one mount, not to the filesystem.
pub const FLAGS: &[Flag] = &[
    Flag { word: "ro", undo: "rw", ms: libc::MS_RDONLY, ms_name: "MS_RDONLY", attr: 0x1, attr_name: "MOUNT_ATTR_RDONLY" },
    Flag { word: "nosuid", undo: "suid", ms: libc::MS_NOSUID, ms_name: "MS_NOSUID", attr: 0x2, attr_name: "MOUNT_ATTR_NOSUID" },
    Flag { word: "nodev", undo: "dev", ms: libc::MS_NODEV, ms_name: "MS_NODEV", attr: 0x4, attr_name: "MOUNT_ATTR_NODEV" },
    Flag { word: "noexec", undo: "exec", ms: libc::MS_NOEXEC, ms_name: "MS_NOEXEC", attr: 0x8, attr_name: "MOUNT_ATTR_NOEXEC" },
    Flag {
        word: "nosymfollow",
        undo: "symfollow",
        ms: 256,
        ms_name: "MS_NOSYMFOLLOW",
        attr: 0x20_0000,
        attr_name: "MOUNT_ATTR_NOSYMFOLLOW",
    },
];

/// Flags of mount(2) that say what is to be done, in the order of their bits.
const ACTS: &[(u64, &str)] = &[
    (libc::MS_BIND, "MS_BIND"),
    (libc::MS_MOVE, "MS_MOVE"),
    (libc::MS_REC, "MS_REC"),
    (libc::MS_UNBINDABLE, "MS_UNBINDABLE"),
    (libc::MS_PRIVATE, "MS_PRIVATE"),
    (libc::MS_SLAVE, "MS_SLAVE"),
    (libc::MS_SHARED, "MS_SHARED"),
];

/// struct mount_attr of linux/mount.h.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default)]
struct MountAttr {
    attr_set: u64,
    attr_clr: u64,
    propagation: u64,
    userns_fd: u64,
}

/// The attribute that gives a mount a map of owners (Linux 5.12).
const IDMAP: (u64, &str) = (0x10_0000, "MOUNT_ATTR_IDMAP");

const AT_RECURSIVE: u32 = 0x8000;
const OPEN_TREE_CLONE: u32 = 1;
const MOVE_MOUNT_F_EMPTY_PATH: u32 = 4;

impl Kernel {
    /// mount(2). `None` is a NULL pointer, where mount(2) ignores that argument.
    ///
    /// Errors: EPERM without CAP_SYS_ADMIN over the mount namespace, or for what a user namespace may not mount; ENODEV unknown
    /// filesystem; ENOENT, ENOTDIR; ENOTBLK; EINVAL bad options, or not a mount point (remount, propagation, move); EBUSY.
    pub fn mount(
        &mut self,
        source: Option<&str>,
        target: &str,
        fstype: Option<&str>,
        flags: u64,
        data: Option<&str>,
    ) -> Result<(), Errno> {
        let (c_source, c_target, c_fstype, c_data) =
            (c(source)?, CString::new(target).map_err(|_| Errno::EINVAL)?, c(fstype)?, c(data)?);
        let ptr = |text: &Option<CString>| text.as_ref().map_or(std::ptr::null(), |text| text.as_ptr());
        // SAFETY: each pointer is NULL, where mount(2) allows it, or to a NUL-terminated string that outlives the call.
        let got = answer(i64::from(unsafe {
            libc::mount(ptr(&c_source), c_target.as_ptr(), ptr(&c_fstype), flags, ptr(&c_data).cast())
        }));
        let args = vec![or_null(source), Arg::Str(target.into()), or_null(fstype), raw(flags_text(flags)), or_null(data)];
        self.record("mount", args, got).map(drop)
    }

    /// umount2(2). `lazy` is MNT_DETACH: out of the tree now, gone when nobody uses it any more.
    ///
    /// Errors: EBUSY in use; EINVAL not a mount point, or locked by a more privileged mount namespace; EPERM; ENOENT.
    pub fn umount2(&mut self, target: &str, lazy: bool) -> Result<(), Errno> {
        let c_target = CString::new(target).map_err(|_| Errno::EINVAL)?;
        // SAFETY: a NUL-terminated string that outlives the call, and an integer.
        let got = answer(i64::from(unsafe { libc::umount2(c_target.as_ptr(), if lazy { libc::MNT_DETACH } else { 0 }) }));
        self.record("umount2", vec![Arg::Str(target.into()), raw(if lazy { "MNT_DETACH" } else { "0" })], got).map(drop)
    }

    /// open_tree(2) with OPEN_TREE_CLONE: a copy of a mount (with those below it where `recursive`) that is mounted nowhere yet.
    ///
    /// Errors: EPERM without CAP_SYS_ADMIN; EINVAL for an unbindable mount, or for one with locked mounts below it and no `recursive`;
    /// ENOENT; ENOSYS before Linux 5.2.
    pub fn open_tree(&mut self, path: &str, recursive: bool) -> Result<OwnedFd, Errno> {
        let c_path = CString::new(path).map_err(|_| Errno::EINVAL)?;
        let flags = OPEN_TREE_CLONE | libc::O_CLOEXEC as u32 | if recursive { AT_RECURSIVE } else { 0 };
        // SAFETY: a NUL-terminated string that outlives the call, and integers.
        let got = answer(unsafe { libc::syscall(libc::SYS_open_tree, libc::AT_FDCWD, c_path.as_ptr(), flags) });
        let text = if recursive { "OPEN_TREE_CLONE|OPEN_TREE_CLOEXEC|AT_RECURSIVE" } else { "OPEN_TREE_CLONE|OPEN_TREE_CLOEXEC" };
        let fd = self.record("open_tree", vec![raw("AT_FDCWD"), Arg::Str(path.into()), raw(text)], got)?;
        // SAFETY: the kernel has just made this descriptor for us; nobody else owns it.
        Ok(unsafe { OwnedFd::from_raw_fd(fd as i32) })
    }

    /// mount_setattr(2) on the mount that `tree` is a descriptor of: sets and clears flags, of those below it too where `recursive`;
    /// all or none.
    ///
    /// Errors: EPERM for a flag that is locked (mount_namespaces(7)); EINVAL; EBUSY read-only while a file is open for writing; ENOSYS
    /// before Linux 5.12.
    pub fn set_tree_flags(&mut self, tree: &OwnedFd, set: u64, clear: u64, recursive: bool) -> Result<(), Errno> {
        let attr = MountAttr { attr_set: set, attr_clr: clear, ..MountAttr::default() };
        self.mount_setattr(tree.as_raw_fd(), nowhere(tree), "", attr, "", recursive)
    }

    /// mount_setattr(2) with MOUNT_ATTR_IDMAP, and further flags: through the mount that `tree` is a descriptor of, owners are seen as the
    /// map of the user namespace `map` has them. Files keep their owners. `label` is how the namespace is printed.
    ///
    /// Errors: EINVAL for a filesystem that does not know of it, or for a mount that is already in the tree; EPERM without CAP_SYS_ADMIN
    /// both over the filesystem and in `map`, for the first user namespace of the machine, or for a mount that has a map already.
    pub fn idmap_tree(&mut self, tree: &OwnedFd, map: &OwnedFd, label: &str, set: u64, recursive: bool) -> Result<(), Errno> {
        let attr = MountAttr { attr_set: set | IDMAP.0, userns_fd: map.as_raw_fd() as u64, ..MountAttr::default() };
        self.mount_setattr(tree.as_raw_fd(), nowhere(tree), "", attr, label, recursive)
    }

    /// mount_setattr(2) on the mount at this path.
    ///
    /// Errors: as [`Kernel::set_tree_flags`]; EINVAL where the path is not a mount point.
    pub fn set_mount_flags(&mut self, path: &str, set: u64, clear: u64, recursive: bool) -> Result<(), Errno> {
        let attr = MountAttr { attr_set: set, attr_clr: clear, ..MountAttr::default() };
        self.mount_setattr(libc::AT_FDCWD, raw("AT_FDCWD"), path, attr, "", recursive)
    }

    fn mount_setattr(
        &mut self,
        fd: i32,
        shown: Arg,
        path: &str,
        attr: MountAttr,
        label: &str,
        recursive: bool,
    ) -> Result<(), Errno> {
        let c_path = CString::new(path).map_err(|_| Errno::EINVAL)?;
        let empty = if path.is_empty() { libc::AT_EMPTY_PATH as u32 } else { 0 };
        let flags = empty | if recursive { AT_RECURSIVE } else { 0 };
        // SAFETY: a NUL-terminated string and a valid mount_attr of the size given, both of which outlive the call.
        let got =
            answer(unsafe { libc::syscall(libc::SYS_mount_setattr, fd, c_path.as_ptr(), flags, &attr, size_of::<MountAttr>()) });
        let flags = join(&[("AT_EMPTY_PATH", empty != 0), ("AT_RECURSIVE", recursive)]);
        let (set, clear) = (attributes_text(attr.attr_set), attributes_text(attr.attr_clr));
        let map = match label {
            "" => "0".into(),
            label => format!("{}<{label}>", attr.userns_fd),
        };
        let attr = format!("{{attr_set={set}, attr_clr={clear}, propagation=0, userns_fd={map}}}");
        self.record("mount_setattr", vec![shown, Arg::Str(path.into()), raw(flags), raw(attr), raw("32")], got).map(drop)
    }

    /// move_mount(2): mounts what [`Kernel::open_tree`] gave.
    ///
    /// Errors: ENOTDIR a directory onto a file or the other way; EINVAL; ENOENT; ELOOP.
    pub fn move_mount(&mut self, tree: &OwnedFd, target: &str) -> Result<(), Errno> {
        let c_target = CString::new(target).map_err(|_| Errno::EINVAL)?;
        // SAFETY: NUL-terminated strings that outlive the call, and integers.
        let got = answer(unsafe {
            libc::syscall(
                libc::SYS_move_mount,
                tree.as_raw_fd(),
                c"".as_ptr(),
                libc::AT_FDCWD,
                c_target.as_ptr(),
                MOVE_MOUNT_F_EMPTY_PATH,
            )
        });
        let args = vec![
            nowhere(tree),
            Arg::Str(String::new()),
            raw("AT_FDCWD"),
            Arg::Str(target.into()),
            raw("MOVE_MOUNT_F_EMPTY_PATH"),
        ];
        self.record("move_mount", args, got).map(drop)
    }

    /// pivot_root(2): `new_root` becomes the root of this mount namespace, the old one hangs at `put_old`.
    ///
    /// Errors: EBUSY on the current root mount (a plain directory of it); EINVAL not a mount point, `put_old` not below it, shared
    /// propagation, or the root is the initramfs; ENOTDIR; EPERM.
    pub fn pivot_root(&mut self, new_root: &str, put_old: &str) -> Result<(), Errno> {
        let got = nix::unistd::pivot_root(new_root, put_old).map(|()| 0);
        self.record("pivot_root", vec![Arg::Str(new_root.into()), Arg::Str(put_old.into())], got).map(drop)
    }

    /// chroot(2): where `/` begins for this process and its children. The working directory stays where it is.
    ///
    /// Errors: EPERM without CAP_SYS_CHROOT; ENOENT; ENOTDIR.
    pub fn chroot(&mut self, path: &str) -> Result<(), Errno> {
        let got = nix::unistd::chroot(path).map(|()| 0);
        self.record("chroot", vec![Arg::Str(path.into())], got).map(drop)
    }

    /// chdir(2).
    ///
    /// Errors: ENOENT; ENOTDIR; EACCES without the right to search it.
    pub fn chdir(&mut self, path: &str) -> Result<(), Errno> {
        let got = nix::unistd::chdir(path).map(|()| 0);
        self.record("chdir", vec![Arg::Str(path.into())], got).map(drop)
    }
}

/// A tree that is mounted nowhere yet: its path is that of its root, `/`.
fn nowhere(tree: &OwnedFd) -> Arg {
    Arg::Fd(tree.as_raw_fd(), "/".into())
}

/// Attributes of mount_setattr(2) and fsmount(2) in strace's notation, in the order of their bits.
pub(super) fn attributes_text(bits: u64) -> String {
    let mut known: Vec<(u64, &str)> = FLAGS.iter().map(|flag| (flag.attr, flag.attr_name)).chain([IDMAP]).collect();
    known.sort_unstable();
    join(&known.into_iter().map(|(bit, name)| (name, bits & bit != 0)).collect::<Vec<_>>())
}

/// The attributes of a mount that are written like this; None where one is not known, or needs more than its name (MOUNT_ATTR_IDMAP).
pub fn attributes_of(text: &str) -> Option<u64> {
    bits_of(text, |name| FLAGS.iter().find(|flag| flag.attr_name == name).map(|flag| flag.attr))
}

/// The flags of mount(2) in strace's notation, in the order of their bits.
pub fn flags_text(flags: u64) -> String {
    let marks = FLAGS.iter().map(|flag| (flag.ms_name, flags & flag.ms != 0));
    let acts = ACTS.iter().map(|(bit, name)| (*name, flags & bit != 0));
    join(&marks.chain(acts).collect::<Vec<_>>())
}

/// The flags of mount(2) that are written like this; None where one is not known.
pub fn flags_of(text: &str) -> Option<u64> {
    let act = |name: &str| ACTS.iter().find(|(_, known)| *known == name).map(|(bit, _)| *bit);
    bits_of(text, |name| FLAGS.iter().find(|flag| flag.ms_name == name).map(|flag| flag.ms).or_else(|| act(name)))
}

fn bits_of(text: &str, bit: impl Fn(&str) -> Option<u64>) -> Option<u64> {
    match text {
        "0" => Some(0),
        names => names.split('|').map(bit).try_fold(0, |bits, bit| Some(bits | bit?)),
    }
}

fn join(flags: &[(&str, bool)]) -> String {
    let names: Vec<&str> = flags.iter().filter(|flag| flag.1).map(|flag| flag.0).collect();
    if names.is_empty() { "0".into() } else { names.join("|") }
}

fn or_null(text: Option<&str>) -> Arg {
    text.map_or_else(|| raw("NULL"), |text| Arg::Str(text.into()))
}

fn c(text: Option<&str>) -> Result<Option<CString>, Errno> {
    text.map(CString::new).transpose().map_err(|_| Errno::EINVAL)
}
