//! One subject on its stage: what the session keeps of it, and what is said when it ends.

use crate::command::{self, Step, SubjectView};
use crate::model::{End, Exit, MountLive, Msg, Note, NoteKind, NsId, NsKind, Place, Snapshot, Turn};
use crate::observe;
use crate::subject::Handle;
use std::path::Path;
use std::sync::Arc;

/// One subject on its stage.
pub(super) struct Stage {
    pub name: String,
    pub handle: Handle,
    pub keeper: i32,
    /// It goes with the session.
    pub last: bool,
    /// What its lines did: those that did what they say.
    pub steps: Vec<Step>,
    mounts: Option<Mounts>,
}

/// The mounts that a subject had when they were last read. Nobody holds mountinfo open to be told of changes (poll(2), proc_pid_mounts(5)): that
/// would keep the mount namespace alive.
struct Mounts {
    pid: i32,
    ns: Option<NsId>,
    root: Option<String>,
    list: Arc<[MountLive]>,
}

/// A subject's cgroups go with it, and whatever is left in them.
impl Drop for Stage {
    fn drop(&mut self) {
        if let Some(first) = self.handle.pids().first().filter(|_| !self.last) {
            command::cgroup::release(self.keeper, &self.name, *first);
        }
    }
}

impl Stage {
    /// A subject that has done nothing yet.
    pub fn new(name: String, handle: Handle, keeper: i32) -> Stage {
        Stage { name, handle, keeper, last: false, steps: Vec::new(), mounts: None }
    }

    /// Keeps what a line did, where it did what it says. `pids` are the subject's when it began.
    pub fn remember(&mut self, turn: &Turn, pids: &[i32]) {
        let did = matches!(turn.end, End::Done | End::Ran { .. }) && turn.place != Place::Shell;
        match &turn.end {
            // A child that was ended has not typed `exit`, but it comes to the same.
            End::ChildGone { .. } => self.leave_child(),
            _ if did && (turn.command == "exit" || !turn.calls.is_empty()) => self.steps.push(Step {
                line: turn.line.clone(),
                command: turn.command.clone(),
                place: turn.place,
                calls: turn.calls.clone(),
                pids: pids.to_vec(),
            }),
            _ => {}
        }
    }

    /// The forked child that was the subject has ended; its parent goes on.
    pub fn leave_child(&mut self) {
        let (line, command) = ("exit".into(), "exit".into());
        self.steps.push(Step { line, command, place: Place::Inside, calls: Vec::new(), pids: Vec::new() });
    }

    /// Its mounts: read when it is another process, in another namespace or below another root than when they were last read, and
    /// when `touched` says that there was something to change them. To read them costs more than half of what else a line costs.
    fn mounts(&mut self, seen: &Snapshot, touched: bool) -> Option<Arc<[MountLive]>> {
        let (pid, ns, root) = (seen.pid, seen.ns_id(NsKind::Mnt), seen.root.is().cloned());
        let known = self.mounts.as_ref().filter(|known| !touched && known.pid == pid && known.ns == ns && known.root == root);
        if known.is_none() {
            let list = observe::mounts::of(Path::new("/proc"), pid).is()?.as_slice().into();
            self.mounts = Some(Mounts { pid, ns, root, list });
        }
        self.mounts.as_ref().map(|known| known.list.clone())
    }

    /// Which limit killed it, where it was one: to be asked before the cgroups go with the subject.
    pub fn victim(&self, exit: Exit) -> Option<Note> {
        let first = self.handle.pids().first().filter(|_| exit == Exit::Signal(libc::SIGKILL))?;
        let text = command::cgroup::oom_killed(self.keeper, &self.name, *first)?;
        Some(Note { kind: NoteKind::Careful, text })
    }

    /// The subject as it is now, with its mounts; `touched`: there was something to change them.
    pub fn whole_view(&mut self, touched: bool) -> SubjectView {
        let mut view = self.view();
        view.seen.mounts = self.mounts(&view.seen, touched);
        view
    }

    /// The subject as it is now, but for its mounts.
    pub fn view(&self) -> SubjectView {
        let mut seen = observe::snapshot(Path::new("/proc"), self.handle.pid());
        seen.inside = self.handle.inside.clone();
        SubjectView { name: self.name.clone(), pids: self.handle.pids().to_vec(), seen }
    }
}

/// The subject itself ended.
pub(super) fn gone(name: &str, exit: Exit) -> Note {
    let text = Msg::new(
        format!("subject {name} ended ({}); a fresh one stands in its place", exit.in_words().en),
        format!("被观察进程 {name} 已结束（{}）；已换上一个全新的", exit.in_words().zh),
    );
    Note { kind: NoteKind::Careful, text }
}

/// The forked child that was the subject ended.
pub(super) fn child_gone(name: &str, exit: Exit) -> Note {
    let text = Msg::new(
        format!("the forked child that was subject {name} ended ({}); its parent is the subject again", exit.in_words().en),
        format!("作为被观察进程 {name} 的子进程已结束（{}）；其父进程重新成为被观察进程", exit.in_words().zh),
    );
    Note { kind: NoteKind::Careful, text }
}

/// The subject said without end.
pub(super) fn flood(name: &str) -> Msg {
    Msg::new(
        format!(
            "subject {name} said more than it can have done, and is not listened to any longer; a fresh one stands in its place"
        ),
        format!("被观察进程 {name} 发来的消息远超其所能做的事，不再理会；已换上一个全新的"),
    )
}
