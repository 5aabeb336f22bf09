//! How far a path reaches: a mount that would travel to other mount namespaces, or a file that others see, is refused before
//! anything is called.
//!
//! A mount namespace of one's own does not keep mounts to itself: a mount that is shared stays in the peer group of the one
//! it is a copy of, and what is mounted or unmounted below it happens there, too (mount_namespaces(7)).

use crate::command::{Args, Card, Kind, SubjectView};
use crate::model::{MountLive as Mount, Msg, Names, NsId, NsKind};
use crate::observe::mounts::{self, Foreign};
use crate::observe::view::resolve;
use nix::errno::Errno;
use std::collections::HashSet;
use std::os::fd::AsFd;
use std::path::Path;

/// Filesystems whose files are files, and not the kernel's own state.
const PLAIN: &[&str] = &["tmpfs", "ramfs", "overlay"];

/// Files of its own in /proc that a subject may write: they are about itself only.
const OWN_PROC: &str = "/proc/self/";

/// Why this command may not run on these paths; None where it may.
pub fn refusal(card: &Card, args: &Args, subject: &SubjectView, names: &Names) -> Option<Msg> {
    let guarded = |kind: &Kind| matches!(kind, Kind::MountAt | Kind::Mounted | Kind::NewPath);
    let params: Vec<_> = card.args.iter().filter(|param| guarded(&param.kind)).collect();
    let mut words =
        params.iter().flat_map(|param| args.all(param.name).iter().map(|word| (param.kind, word.as_str()))).peekable();
    words.peek()?;
    let proc = Path::new("/proc");
    let born: HashSet<NsId> = names.made(NsKind::Mnt).collect();
    let others = mounts::foreign(proc, &born);
    let own = mounts::of(proc, subject.pid());
    let own = own.is().map(Vec::as_slice).unwrap_or_default();
    let view = View { subject, own, others: &others, names };
    words.find_map(|(kind, path)| match kind {
        Kind::MountAt => view.attach(path),
        Kind::Mounted => view.detach(path),
        _ => view.write(path),
    })
}

struct View<'a> {
    subject: &'a SubjectView,
    own: &'a [Mount],
    others: &'a [Foreign],
    names: &'a Names,
}

/// Where a path leads, as far as the guard is concerned.
enum Lies<'a> {
    /// On this mount.
    On(&'a Mount),
    /// Nowhere: there is no such file, and the kernel will say so.
    Nowhere,
    /// It cannot be told.
    Hidden(Errno),
}

impl View<'_> {
    /// A mount on `path` becomes a child of the mount that `path` lies on.
    fn attach(&self, path: &str) -> Option<Msg> {
        match self.lies(path, false) {
            Lies::On(mount) => self.travels(mount),
            Lies::Nowhere => None,
            Lies::Hidden(errno) => Some(hidden(path, errno)),
        }
    }

    /// What is unmounted is a child of its parent, and a lazy unmount takes those below it along.
    fn detach(&self, path: &str) -> Option<Msg> {
        let mount = match self.lies(path, false) {
            Lies::On(mount) => mount,
            Lies::Nowhere => return None,
            Lies::Hidden(errno) => return Some(hidden(path, errno)),
        };
        let parent = self.own.iter().find(|one| one.id == mount.parent);
        let below = mounts::tree(self.own, mount.id);
        let parents = below.iter().filter(|one| self.own.iter().any(|child| child.parent == one.id && child.id != one.id));
        parent.into_iter().chain(parents.copied()).find_map(|mount| self.travels(mount))
    }

    /// Only what lies on a filesystem that nobody else has mounted is the bench's own.
    fn write(&self, path: &str) -> Option<Msg> {
        let own_proc = path.strip_prefix(OWN_PROC).is_some_and(|name| !name.contains('/') && !name.starts_with('.'));
        if own_proc || path == "-" {
            return None;
        }
        let mount = match self.lies(path, true) {
            Lies::On(mount) => mount,
            Lies::Nowhere => return None,
            Lies::Hidden(errno) => return Some(hidden(path, errno)),
        };
        if !PLAIN.contains(&mount.fs.as_str()) {
            return Some(match mount.fs.as_str() {
                "proc" | "sysfs" | "cgroup" | "cgroup2" | "devtmpfs" => Msg::new(
                    format!(
                        "{path} lies on {}, which is the kernel's own state and not the bench's; add --on-host to this line if you mean it",
                        mount.fs
                    ),
                    format!("{path} 位于 {}，那是内核自身的状态，不归实验台管；若确实要写，在这一行加上 --on-host", mount.fs),
                ),
                _ => others_see(path, mount, "host"),
            });
        }
        let holder = self.others.iter().find(|other| other.mounts.iter().any(|one| one.dev == mount.dev))?;
        Some(others_see(path, mount, &self.whose(holder)))
    }

    /// Does an event below this mount arrive in a mount namespace that is not the bench's?
    fn travels(&self, mount: &Mount) -> Option<Msg> {
        let heard = mounts::travels(mount.shared()?, self.own.iter().chain(self.others.iter().flat_map(|other| &other.mounts)));
        let hearer = self.others.iter().find(|other| mounts::arrives(&heard, &other.mounts))?;
        let (point, group, whose) = (&mount.point, mount.shared()?, self.whose(hearer));
        let (en, zh) = match whose.as_str() {
            "host" => ("the host".to_string(), "主机".to_string()),
            pid => (format!("the mount namespace of process {pid}"), format!("进程 {pid} 的挂载命名空间")),
        };
        Some(Msg::new(
            format!(
                "the mount at {point} is shared:{group}, and {en} hears of that peer group: what is mounted or unmounted below it here would happen there, too. `mount private -r /` first (or `mount slave -r /`), or add --on-host to this line if you mean it"
            ),
            format!(
                "{point} 处的挂载属于对等组 shared:{group}，{zh}也会收到其中的事件：这里的挂载与卸载会传播过去。请先执行 `mount private -r /`（或 `mount slave -r /`）；若确实要这样做，在这一行加上 --on-host"
            ),
        ))
    }

    /// `host`, or a PID of the namespace.
    fn whose(&self, other: &Foreign) -> String {
        if self.names.is_host(NsKind::Mnt, other.ns) { "host".into() } else { other.pid.to_string() }
    }

    /// The mount that a path lies on. With `nearest`, of what does not exist yet: the directory it would be in.
    fn lies(&self, path: &str, nearest: bool) -> Lies<'_> {
        let cwd = self.subject.seen.inside.as_ref().map(|inside| inside.cwd.as_str()).filter(|cwd| cwd.starts_with('/'));
        let whole = match (path.starts_with('/'), cwd) {
            (true, _) => path.into(),
            (false, Some(cwd)) => Path::new(cwd).join(path),
            (false, None) => return Lies::Hidden(Errno::ENOENT),
        };
        for at in whole.ancestors() {
            match resolve(self.subject.pid(), at) {
                Ok(fd) => return self.mount_of(mounts::mount_id(fd.as_fd())),
                Err(Errno::ENOENT | Errno::ENOTDIR) if nearest => {}
                Err(Errno::ENOENT | Errno::ENOTDIR) => return Lies::Nowhere,
                Err(errno) => return Lies::Hidden(errno),
            }
        }
        Lies::Nowhere
    }

    /// The mount of this number; the topmost one, where another covers it at its very root: a walk that begins at a root
    /// directory does not see what was mounted on it later.
    fn mount_of(&self, id: Option<u32>) -> Lies<'_> {
        let Some(mut mount) = self.own.iter().find(|mount| Some(mount.id) == id) else { return Lies::Hidden(Errno::EXDEV) };
        // As many steps as there are mounts: a file that is read while mounts come and go need not be a tree.
        for _ in self.own {
            let covers = |one: &&Mount| one.parent == mount.id && one.id != one.parent && one.point == mount.point;
            let Some(over) = self.own.iter().find(covers) else { break };
            mount = over;
        }
        Lies::On(mount)
    }
}

fn hidden(path: &str, errno: Errno) -> Msg {
    let errno = crate::model::errno_name(errno);
    Msg::new(
        format!(
            "on which mount {path} lies cannot be seen from outside ({errno}), so it might reach the host; write an absolute path without links of /proc"
        ),
        format!("从外部看不出 {path} 位于哪个挂载（{errno}），可能会影响主机；请改用绝对路径，且不经过 /proc 中的链接"),
    )
}

fn others_see(path: &str, mount: &Mount, whose: &str) -> Msg {
    let (en, zh) = match whose {
        "host" => ("the host".to_string(), "主机".to_string()),
        pid => (format!("process {pid}"), format!("进程 {pid}")),
    };
    let (point, fstype) = (&mount.point, &mount.fs);
    Msg::new(
        format!(
            "{path} lies on {en}'s {fstype} (mounted at {point}), and would be changed there and stay. `unshare mnt`, then `mount tmpfs /mnt` makes a place of your own that goes with the subject; or add --on-host to this line"
        ),
        format!(
            "{path} 位于{zh}的 {fstype} 上（挂载在 {point}），改动会留在那里。请先执行 `unshare mnt`，再用 `mount tmpfs /mnt` 建一块自己的地方，它会随被观察进程一起消失；或在这一行加上 --on-host"
        ),
    )
}
