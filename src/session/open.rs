//! What the observer opens for a line and hands to the subject: processes, namespaces, the directory of a cgroup.

use super::engine::Session;
use super::guard;
use crate::command::{Args, Card, Kind, SubjectView, cgroup};
use crate::kernel::{self, Kernel};
use crate::model::{End, Msg, Note, NsKind, Seen, errno_name};
use crate::observe;
use nix::errno::Errno;
use std::os::fd::{AsRawFd, OwnedFd};
use std::path::PathBuf;

/// What was opened.
pub(super) struct Opened {
    /// The word of the line, how to print it, and the descriptor.
    pub held: Vec<(String, String, OwnedFd)>,
    /// What there is to say of it.
    pub notes: Vec<Note>,
}

impl Session {
    /// Opens what the arguments of the kinds `Target`, `TargetNs`, `NameAt` and `CgroupDir` name, where the observer can: a PID as the
    /// host counts, a subject's name, a cgroup. A path is for the subject to open, in its own view.
    ///
    /// Errors: how the line ends instead.
    pub(super) fn open_targets(
        &self,
        kernel: &mut Kernel,
        card: &Card,
        args: &Args,
        subject: &SubjectView,
    ) -> Result<Opened, End> {
        let (mut held, mut notes) = (Vec::new(), Vec::new());
        for param in card.args {
            for word in args.all(param.name) {
                match (param.kind, word.rsplit_once('@')) {
                    (Kind::Target, _) if self.pin(word).is_some() => held.extend(self.pin(word)),
                    (Kind::Target, _) if !word.contains('/') => {
                        let pid = self.target(word)?;
                        let fd = kernel::pidfd_open(pid).map_err(|errno| gone(pid, "pidfd_open", errno))?;
                        held.push((word.clone(), format!("pidfd:[{pid}]"), fd));
                    }
                    (Kind::TargetNs(kind), _) => held.push(self.target_ns(card, args, kind, word, word)?),
                    (Kind::NameAt(kind), Some((_, target))) => held.push(self.target_ns(card, args, kind, word, target)?),
                    (Kind::CgroupDir, _) => {
                        let birthplace = cgroup::birthplace(kernel, self.keeper, subject, word);
                        let (dir, fd, said) = birthplace.map_err(|stop| self.stopped(stop, kernel.calls(), false))?;
                        held.push((word.clone(), dir.to_string_lossy().into_owned(), fd));
                        notes.extend(said);
                    }
                    _ => {}
                }
            }
        }
        Ok(Opened { held, notes })
    }

    /// The namespace of another process, open, if the guard allows it.
    fn target_ns(
        &self,
        card: &Card,
        args: &Args,
        kind: NsKind,
        word: &str,
        target: &str,
    ) -> Result<(String, String, OwnedFd), End> {
        if let Some(pin) = self.pins.iter().find(|pin| pin.name == target && pin.kind == kind) {
            return match guard::intrusion(card, kind, pin.id, &self.names) {
                Some(why) if !args.on_host => Err(End::Refused { why }),
                _ => Ok(self
                    .pin(target)
                    .map(|(_, label, fd)| (word.into(), label, fd))
                    .ok_or_else(|| gone(0, "dup", Errno::EMFILE))?),
            };
        }
        let pid = self.target(target)?;
        let path = PathBuf::from(format!("/proc/{pid}/ns/{kind}"));
        let fd = Kernel::new().open_ns(&path).map_err(|errno| gone(pid, &format!("open {}", path.display()), errno))?;
        let id = match observe::process::link(&PathBuf::from(format!("/proc/self/fd/{}", fd.as_raw_fd()))) {
            Seen::Is(id) => id,
            Seen::Not { errno, .. } => return Err(gone(pid, "readlink", Errno::from_raw(errno))),
        };
        match guard::intrusion(card, kind, id, &self.names) {
            Some(why) if !args.on_host => Err(End::Refused { why }),
            _ => Ok((word.into(), format!("{kind}:[{}]", id.ino), fd)),
        }
    }

    /// A descriptor on the namespace that is pinned under this name.
    fn pin(&self, name: &str) -> Option<(String, String, OwnedFd)> {
        let pin = self.pins.iter().find(|pin| pin.name == name)?;
        Some((name.into(), format!("{}:[{}]", pin.kind, pin.id.ino), pin.fd.try_clone().ok()?))
    }

    /// The PID that a word names.
    fn target(&self, word: &str) -> Result<i32, End> {
        match (word.parse::<i32>(), self.stages.iter().find(|stage| stage.name == *word)) {
            (Ok(pid), _) => Ok(pid),
            (Err(_), Some(stage)) => Ok(stage.handle.pid()),
            (Err(_), None) => Err(End::Usage {
                why: Msg::new(
                    format!("`{word}` is no PID, no name of a subject or pin and no path (a path has a / in it)"),
                    format!("`{word}` 既不是 PID，也不是被观察进程或 pin 的名字，也不是路径（路径中含有 /）"),
                ),
            }),
        }
    }
}

/// A process that the observer could not take hold of.
fn gone(pid: i32, call: &str, errno: Errno) -> End {
    let name = errno_name(errno);
    match errno {
        Errno::ENOENT | Errno::ESRCH => End::Usage {
            why: Msg::new(format!("there is no process {pid}: {call} {name}"), format!("没有进程 {pid}：{call} {name}")),
        },
        _ => End::Unfit {
            why: Msg::new(
                format!("the observer may not take hold of process {pid}: {call} {name} (ptrace(2))"),
                format!("观察者无权取得进程 {pid}：{call} {name}（ptrace(2)）"),
            ),
        },
    }
}
