//! Mounts: in a mount namespace that ends with the child, on a tmpfs over the directory for temporary files.

use super::finding::{Finding, tried};
use super::trials::Row;
use crate::command::Outside;
use crate::kernel::{Birth, Fork, Kernel, die_with_parent, exit_now};
use crate::model::{Exit, NsKind, Text};
use nix::errno::Errno;
use nix::sys::stat::Mode;
use std::path::{Path, PathBuf};

const ROWS: &[Row] = &[
    ("tmpfs", Text { en: "a filesystem in memory", zh: "内存中的文件系统" }, |kernel| ground(kernel).map(drop)),
    ("bind", Text { en: "a directory at a second place", zh: "让一个目录出现在另一处" }, |kernel| {
        let dir = ground(kernel)?;
        let place = made(&dir, "place")?;
        kernel.mount(Some("/"), &place, None, libc::MS_BIND | libc::MS_REC, None)
    }),
    ("overlay", Text { en: "layers, as images have them", zh: "像镜像那样的分层" }, |kernel| {
        let dir = ground(kernel)?;
        let [lower, upper, work, merged] = ["lower", "upper", "work", "merged"].map(|name| made(&dir, name));
        let data = format!("lowerdir={},upperdir={},workdir={}", lower?, upper?, work?);
        kernel.mount(Some("overlay"), &merged?, Some("overlay"), 0, Some(&data))
    }),
    ("proc", Text { en: "a /proc of one's own PID namespace", zh: "自己 PID 命名空间的 /proc" }, proc),
    ("open_tree", Text { en: "a mount that is handed over as a descriptor", zh: "以描述符传递的挂载" }, |kernel| {
        let dir = ground(kernel)?;
        kernel.open_tree(&dir.to_string_lossy(), false).map(drop)
    }),
    (
        "mount idmap",
        Text {
            en: "files seen with other owners (mount_setattr; on tmpfs since Linux 6.3)",
            zh: "以别的属主看到文件（mount_setattr；tmpfs 自 Linux 6.3 起支持）",
        },
        idmap,
    ),
    ("pivot_root", Text { en: "a root directory of one's own", zh: "自己的根目录" }, |kernel| {
        let dir = ground(kernel)?;
        let old = made(&dir, "old")?;
        kernel.pivot_root(&dir.to_string_lossy(), &old)
    }),
];

/// What can be mounted, and with it, where one's root can be.
pub fn findings(cx: &Outside<'_>) -> Vec<Finding> {
    ROWS.iter().map(|(name, about, work)| tried(cx, *name, *about, *work)).collect()
}

/// A mount namespace from which nothing gets out, and an empty directory in it.
fn ground(kernel: &mut Kernel) -> Result<PathBuf, Errno> {
    kernel.unshare(&[NsKind::Mnt])?;
    kernel.mount(None, "/", None, libc::MS_REC | libc::MS_PRIVATE, None)?;
    let dir = std::env::temp_dir();
    kernel.mount(Some("tmpfs"), &dir.to_string_lossy(), Some("tmpfs"), 0, None)?;
    Ok(dir)
}

fn made(dir: &Path, name: &str) -> Result<String, Errno> {
    let path = dir.join(name);
    nix::unistd::mkdir(&path, Mode::from_bits_truncate(0o755))?;
    Ok(path.to_string_lossy().into_owned())
}

/// proc shows the PID namespace of who mounts it, and only a child is in a new one.
fn proc(kernel: &mut Kernel) -> Result<(), Errno> {
    let dir = ground(kernel)?;
    match kernel.clone3(Birth::within(&[NsKind::Pid]))? {
        Fork::Child => {
            let got = kernel.mount(Some("proc"), &dir.to_string_lossy(), Some("proc"), 0, None);
            exit_now(got.err().map_or(0, |errno| errno as i32))
        }
        Fork::Parent(pid) => match kernel.wait4(pid, false)? {
            (_, Exit::Status(0)) => Ok(()),
            (_, Exit::Status(errno)) => Err(Errno::from_raw(errno)),
            _ => Err(Errno::ECHILD),
        },
    }
}

/// The map is that of a child's user namespace.
fn idmap(kernel: &mut Kernel) -> Result<(), Errno> {
    let dir = ground(kernel)?;
    let tree = kernel.open_tree(&dir.to_string_lossy(), false)?;
    match kernel.clone3(Birth::within(&[NsKind::User]))? {
        Fork::Child => {
            die_with_parent(nix::unistd::getppid().as_raw());
            nix::unistd::pause();
            exit_now(0)
        }
        Fork::Parent(pid) => {
            let mapped = ["uid_map", "gid_map"]
                .into_iter()
                .try_for_each(|file| kernel.write_file(Path::new(&format!("/proc/{pid}/{file}")), "0 0 1"))
                .and_then(|()| kernel.hold_ns(Path::new(&format!("/proc/{pid}/ns/user"))))
                .and_then(|map| kernel.idmap_tree(&tree, &map, "user", 0, false));
            kernel.kill(pid, libc::SIGKILL)?;
            kernel.wait4(pid, false)?;
            mapped
        }
    }
}
