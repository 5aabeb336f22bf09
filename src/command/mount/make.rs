//! `rootfs make`: a root directory from the host's own programs. mount(2), mkdir(2), symlink(2), one after the other.

use super::bind::bind;
use super::one;
use super::options::Options;
use crate::command::{Args, Card, Equivalent, Example, Inside, Kind, Man, Primitive, Run, Said, Stop};
use crate::model::{Msg, NoteKind, NsKind, Text};
use nix::errno::Errno;
use nix::sys::stat::{SFlag, lstat};
use std::path::Path;

/// The card.
pub const CARD: Card = Card {
    name: "rootfs make",
    args: &[one("DIR", Kind::MountAt, Text { en: "an existing directory: /mnt", zh: "一个已存在的目录：/mnt" })],
    primitive: Primitive::Syscall("mount"),
    man: &[Man("mount", 2), Man("hier", 7), Man("devpts", 5)],
    own: &[NsKind::Mnt],
    summary: Text {
        en: "build a root from the host's own /usr, read-only", zh: "用主机自己的 /usr（只读）搭一个根"
    },
    explain: Text {
        en: "A tmpfs on DIR, in it the host's /usr (and /bin, /lib … where they are directories) bound read-only, a small /etc, proc, a /dev with the six harmless devices and its own devpts, \
             and a /tmp. Nothing is copied or downloaded, and all of it goes with the mount namespace. DIR is then a mount point, as pivot_root(2) asks for: `chdir DIR; pivot_root . .; umount -l .`. \
             Where proc may not be mounted (a user namespace without its own PID namespace), the old one is bound.",
        zh: "在 DIR 上挂一个 tmpfs，其中只读绑定主机的 /usr（以及不是符号链接的 /bin、/lib 等），再加上一个小的 /etc、proc、带有六个无害设备和独立 devpts 的 /dev，以及 /tmp。\
             不复制也不下载任何东西，全部随挂载命名空间一起消失。此时 DIR 就是 pivot_root(2) 所要求的挂载点：`chdir DIR; pivot_root . .; umount -l .`。\
             若不允许挂载 proc（用户命名空间没有自己的 PID 命名空间），则绑定旧的 proc。",
    },
    equivalents: &[
        Equivalent {
            tool: "bwrap(1)",
            line: "bwrap --ro-bind /usr /usr --symlink usr/bin /bin --proc /proc --dev /dev --tmpfs /tmp CMD",
        },
        Equivalent { tool: "docker", line: "docker run IMAGE (the image is the root)" },
    ],
    examples: &[
        Example {
            after: "unshare mnt pid; mount private -r /; fork",
            line: "rootfs make /mnt",
            shows: "\"/mnt/proc\", \"proc\"",
            needs: "root",
        },
        Example {
            after: "unshare mnt; mount private -r /; rootfs make /mnt",
            line: "spawn chroot /mnt sh -c 'echo hello > /dev/null && id -un'",
            shows: "root",
            needs: "root",
        },
        Example { after: "unshare user mnt", line: "rootfs make /mnt", shows: "no IDs", needs: "userns" },
        Example { after: "unshare mnt; mount private -r /", line: "rootfs make /no/such", shows: "ENOENT", needs: "root" },
    ],
    run: Run::Inside(run),
};

/// Top directories with programs and libraries; symbolic links into /usr on most hosts.
const PROGRAMS: &[&str] = &["usr", "bin", "sbin", "lib", "lib32", "lib64", "libx32"];

/// Devices that say nothing about the host.
const DEVICES: &[&str] = &["null", "zero", "full", "random", "urandom", "tty"];

/// Links in /dev.
const LINKS: &[(&str, &str)] = &[
    ("/proc/self/fd", "fd"),
    ("/proc/self/fd/0", "stdin"),
    ("/proc/self/fd/1", "stdout"),
    ("/proc/self/fd/2", "stderr"),
    ("pts/ptmx", "ptmx"),
];

/// Files of /etc that programs ask for.
const FILES: &[(&str, &str)] = &[
    ("passwd", "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/usr/sbin/nologin\n"),
    ("group", "root:x:0:\ntty:x:5:\nnogroup:x:65534:\n"),
    ("hosts", "127.0.0.1 localhost\n::1 localhost\n"),
];

fn run(cx: &mut Inside<'_>, args: &Args) -> Result<Said, Stop> {
    let dir = args.one("DIR").trim_end_matches('/');
    if nix::unistd::geteuid().as_raw() == UNMAPPED {
        return Err(Stop::Unfit(Msg::new(
            "the subject's user namespace has no IDs yet, and a file must belong to somebody (EOVERFLOW): `idmap uid 0 UID 1` and `idmap gid 0 GID 1` first",
            "被观察进程的用户命名空间还没有 ID（no IDs），而文件总得属于某个用户（EOVERFLOW）：请先执行 `idmap uid 0 UID 1` 与 `idmap gid 0 GID 1`",
        )));
    }
    cx.kernel.mount(Some("tmpfs"), args.one("DIR"), Some("tmpfs"), libc::MS_NOSUID | libc::MS_NODEV, Some("mode=755"))?;
    match build(cx, dir) {
        Ok(said) => Ok(said.note(
            NoteKind::Next,
            Msg::new(
                format!("{dir} is a mount point with a whole root: `chdir {dir}; pivot_root . .; umount -l .` moves in"),
                format!("{dir} 是一个挂载点，里面是完整的根：用 `chdir {dir}; pivot_root . .; umount -l .` 搬进去"),
            ),
        )),
        Err(stop) => {
            // Half a root helps nobody; what made it fail is what matters.
            let _ = cx.kernel.umount2(args.one("DIR"), true);
            Err(stop)
        }
    }
}

/// The overflow ID: what an ID shows as that the user namespace has no mapping for (user_namespaces(7)).
const UNMAPPED: u32 = 65534;

fn build(cx: &mut Inside<'_>, dir: &str) -> Result<Said, Stop> {
    let read_only = Options::parse("ro,rec");
    for name in PROGRAMS {
        let (host, here) = (format!("/{name}"), format!("{dir}/{name}"));
        let Ok(found) = lstat(host.as_str()) else { continue };
        match SFlag::from_bits_truncate(found.st_mode & SFlag::S_IFMT.bits()) {
            SFlag::S_IFLNK => {
                let target = nix::fcntl::readlink(host.as_str())?;
                cx.kernel.symlink(&target.to_string_lossy(), &here)?;
            }
            SFlag::S_IFDIR => {
                cx.kernel.mkdir(Path::new(&here))?;
                bind(cx, &host, &here, &read_only)?;
            }
            _ => {}
        }
    }
    for name in ["etc", "proc", "sys", "dev", "tmp", "run", "root", "var"] {
        cx.kernel.mkdir(&Path::new(dir).join(name))?;
    }
    for (name, text) in FILES {
        cx.kernel.create_file(&format!("{dir}/etc/{name}"), text)?;
    }
    // Debian's /usr/bin has links into it: awk, editor, pager.
    if Path::new("/etc/alternatives").is_dir() {
        let here = format!("{dir}/etc/alternatives");
        cx.kernel.mkdir(Path::new(&here))?;
        bind(cx, "/etc/alternatives", &here, &read_only)?;
    }
    let sticky = libc::MS_NOSUID | libc::MS_NODEV;
    cx.kernel.mount(Some("tmpfs"), &format!("{dir}/tmp"), Some("tmpfs"), sticky, Some("mode=1777"))?;
    devices(cx, &format!("{dir}/dev"))?;
    proc(cx, &format!("{dir}/proc"))
}

fn devices(cx: &mut Inside<'_>, dev: &str) -> Result<(), Stop> {
    cx.kernel.mount(Some("tmpfs"), dev, Some("tmpfs"), libc::MS_NOSUID, Some("mode=755"))?;
    for name in DEVICES {
        let (host, here) = (format!("/dev/{name}"), format!("{dev}/{name}"));
        if Path::new(&host).exists() {
            cx.kernel.create_file(&here, "")?;
            cx.kernel.mount(Some(&host), &here, None, libc::MS_BIND, None)?;
        }
    }
    let pts = format!("{dev}/pts");
    cx.kernel.mkdir(Path::new(&pts))?;
    let flags = libc::MS_NOSUID | libc::MS_NOEXEC;
    cx.kernel.mount(Some("devpts"), &pts, Some("devpts"), flags, Some("newinstance,ptmxmode=0666,mode=620"))?;
    let shm = format!("{dev}/shm");
    cx.kernel.mkdir(Path::new(&shm))?;
    cx.kernel.mount(Some("tmpfs"), &shm, Some("tmpfs"), libc::MS_NOSUID | libc::MS_NODEV, Some("mode=1777"))?;
    for (target, name) in LINKS {
        cx.kernel.symlink(target, &format!("{dev}/{name}"))?;
    }
    Ok(())
}

fn proc(cx: &mut Inside<'_>, target: &str) -> Result<Said, Stop> {
    let flags = libc::MS_NOSUID | libc::MS_NODEV | libc::MS_NOEXEC;
    match cx.kernel.mount(Some("proc"), target, Some("proc"), flags, None) {
        Ok(()) => Ok(Said::nothing()),
        Err(Errno::EPERM) => {
            cx.kernel.mount(Some("/proc"), target, None, libc::MS_BIND | libc::MS_REC, None)?;
            Ok(Said::nothing().note(NoteKind::Careful, OLD_PROC))
        }
        Err(errno) => Err(errno.into()),
    }
}

const OLD_PROC: Text = Text {
    en: "a new proc was refused: in a user namespace it asks for a PID namespace of one's own, and for a child that lives in it (`unshare pid; fork` before). The old /proc is bound instead, and shows the host's processes",
    zh: "不允许挂载新的 proc：在用户命名空间中，这需要自己的 PID 命名空间，并由生活在其中的子进程来挂载（先 `unshare pid; fork`）。这里改为绑定旧的 /proc，里面是主机的进程",
};
