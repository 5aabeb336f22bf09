//! The bench's own cgroups: `<base>/boxlab-<keeper>/<subject>-<pid>`, made in a hierarchy when a line first needs them there.
//!
//! It keeps nothing in memory but that there may be any: the directories themselves say what has been made, so that the keeper can
//! sweep them up after the shell was killed.

use super::base;
use super::claim;
use super::nested::{Nested, no_such};
use crate::command::{Stop, SubjectView};
use crate::kernel::Kernel;
use crate::model::{Msg, Seen, errno_name};
use crate::observe::cgroup::{Hierarchies, Hierarchy, Knob, Twin, Version, descendants, procs};
use crate::observe::process::read;
use nix::errno::Errno;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// A mount of proc(5) that counts as the observer does.
pub const PROC: &str = "/proc";

/// How often processes that were born meanwhile are looked for when others are moved.
const ROUNDS: usize = 8;

/// How long it takes to sweep up an empty directory, more or less.
const PAUSE: Duration = Duration::from_millis(5);

/// The hierarchies, and the bench's place in them.
#[derive(Debug)]
pub struct Ground {
    /// What is mounted here.
    pub hierarchies: Hierarchies,
    /// Where the bench itself sits, by hierarchy.
    pub(super) own: BTreeMap<String, PathBuf>,
    pub(super) keeper: i32,
}

impl Ground {
    /// The hierarchies, and the bench's place in them. `keeper` is the process from which all of the bench descends.
    ///
    /// Errors: a sentence, where /proc does not tell.
    pub fn find(keeper: i32) -> Result<Ground, Msg> {
        let proc = Path::new(PROC);
        let caller = std::process::id() as i32;
        match Hierarchies::own(proc) {
            Seen::Is(hierarchies) if hierarchies.all.is_empty() => Err(Msg::new(
                "no cgroup filesystem is mounted here, so there are no cgroups to be seen or made (cgroups(7))",
                "这里没有挂载任何 cgroup 文件系统，看不到也无法创建 cgroup（cgroups(7)）",
            )),
            Seen::Is(hierarchies) => {
                // Where the keeper was killed, the caller (the shell, which sits with it) does its work.
                let of = |pid| hierarchies.of_process(proc, pid).is().cloned();
                let own = of(keeper).or_else(|| of(caller)).unwrap_or_default();
                Ok(Ground { hierarchies, own, keeper })
            }
            Seen::Not { path, errno } => {
                let errno = errno_name(Errno::from_raw(errno));
                Err(Msg::new(
                    format!("where cgroups are mounted cannot be read: {path} {errno}"),
                    format!("无法得知 cgroup 挂载在哪里：{path} {errno}"),
                ))
            }
        }
    }

    /// The name of the bench's directory.
    pub fn tag(&self) -> String {
        format!("{}{}", claim::PREFIX, self.keeper)
    }

    /// The subject's own cgroup in a hierarchy, where it has been made.
    pub fn home(&self, hierarchy: &Hierarchy, subject: &SubjectView) -> Option<PathBuf> {
        self.home_of(hierarchy, &home_name(&subject.name, *subject.pids.first()?))
    }

    pub(super) fn home_of(&self, hierarchy: &Hierarchy, name: &str) -> Option<PathBuf> {
        let home = self.tag_dir(hierarchy)?.join(name);
        home.is_dir().then_some(home)
    }

    /// All directories of a cgroup of the subject's, by hierarchy: empty where there is none of that name.
    pub fn dirs(&self, subject: &SubjectView, nested: &Nested) -> BTreeMap<String, PathBuf> {
        let dir = |one: &Hierarchy| Some((one.key.clone(), self.home(one, subject)?.join(&nested.0)));
        self.hierarchies.all.iter().filter_map(dir).filter(|(_, dir)| dir.is_dir()).collect()
    }

    /// Of these directories, those that are the subject's own or below: what it shares with the bench is left out.
    pub fn own_of(&self, subject: &SubjectView, dirs: &BTreeMap<String, PathBuf>) -> BTreeMap<String, PathBuf> {
        let home = |key: &str| self.home(self.hierarchies.all.iter().find(|one| one.key == key)?, subject);
        let own = dirs.iter().filter(|(key, dir)| home(key).is_some_and(|home| dir.starts_with(home)));
        own.map(|(key, dir)| (key.clone(), dir.clone())).collect()
    }

    /// The directories of the cgroup that a command looks at: the one that is named, else the one in which the subject sits.
    ///
    /// Errors: Unfit where there is none of that name.
    pub fn looked_at(&self, subject: &SubjectView, nested: Option<&Nested>) -> Result<BTreeMap<String, PathBuf>, Stop> {
        let Some(nested) = nested else { return Ok(self.sits(subject)) };
        let dirs = self.dirs(subject, nested);
        if dirs.is_empty() { Err(Stop::Unfit(no_such(nested))) } else { Ok(dirs) }
    }

    /// Where the subject sits, in each hierarchy.
    pub fn sits(&self, subject: &SubjectView) -> BTreeMap<String, PathBuf> {
        self.hierarchies.of_process(Path::new(PROC), subject.pid()).is().cloned().unwrap_or_default()
    }

    /// Where the subject sits below its own cgroup; None while it is still where the bench is.
    pub fn position(&self, subject: &SubjectView) -> Option<Nested> {
        self.position_of(subject, subject.pid())
    }

    /// Makes the subject's own cgroup where `controller` is (the empty name: the core of v2) and moves the subject and its
    /// descendants in, each to the place that it has in other hierarchies. Returns that directory.
    ///
    /// Errors: Unfit where nothing serves, with the way out; Failed as mkdir(2) and write(2) on cgroupfs do.
    pub fn prepare(&self, kernel: &mut Kernel, subject: &SubjectView, controller: &str) -> Result<PathBuf, Stop> {
        let hierarchy = self.hierarchies.of(controller).ok_or_else(|| Stop::Unfit(no_controller(controller)))?;
        let home = self.make_home(kernel, hierarchy, subject, controller)?;
        self.settle(kernel, hierarchy, &home, subject)?;
        Ok(home)
    }

    /// The directory of one of the subject's cgroups in the hierarchy of `controller`, made there where it exists in another
    /// hierarchy only. With None: that in which the subject sits.
    ///
    /// Errors: as [`Ground::prepare`]; Unfit where there is no cgroup of that name.
    pub fn spot(
        &self,
        kernel: &mut Kernel,
        subject: &SubjectView,
        nested: Option<&Nested>,
        controller: &str,
    ) -> Result<PathBuf, Stop> {
        if let Some(nested) = nested.filter(|nested| !nested.is_home())
            && self.dirs(subject, nested).is_empty()
        {
            return Err(Stop::Unfit(no_such(nested)));
        }
        let home = self.prepare(kernel, subject, controller)?;
        let dir = match nested {
            Some(nested) => home.join(&nested.0),
            None => home.join(self.position(subject).unwrap_or_default().0),
        };
        make_dirs(kernel, &dir)?;
        Ok(dir)
    }

    /// The hierarchy in which a new cgroup is made first: v2's, where the bench may make cgroups there, else that of a v1 controller.
    /// The others follow when something needs them.
    pub fn first(&self) -> &'static str {
        let usable = |controller: &&'static str| {
            self.hierarchies
                .of(controller)
                .is_some_and(|one| self.tag_dir(one).is_some() || base::choose(self, one, controller).is_ok())
        };
        // Where none is, the reason of the first one that is mounted is the one to be told.
        const FIRST: [&str; 5] = ["", "memory", "pids", "cpu", "freezer"];
        let mounted = |controller: &&'static str| self.hierarchies.of(controller).is_some();
        FIRST.into_iter().find(usable).or_else(|| FIRST.into_iter().find(mounted)).unwrap_or("")
    }

    /// The bench's directory in a hierarchy, where it has been made: in the cgroup that it sits in, or in one above.
    pub(super) fn tag_dir(&self, hierarchy: &Hierarchy) -> Option<PathBuf> {
        let tag = self.tag();
        let own = self.own.get(&hierarchy.key)?;
        own.ancestors()
            .take_while(|dir| dir.starts_with(&hierarchy.mount))
            .flat_map(|dir| {
                [(dir.file_name().is_some_and(|name| *name == *tag)).then(|| dir.to_path_buf()), Some(dir.join(&tag))]
            })
            .flatten()
            .find(|dir| dir.is_dir())
    }

    /// Makes the subject's own cgroup in a hierarchy, and moves nobody but, out of a delegated one, the bench (see `base`).
    ///
    /// Errors: as [`Ground::prepare`].
    pub(super) fn make_home(
        &self,
        kernel: &mut Kernel,
        hierarchy: &Hierarchy,
        subject: &SubjectView,
        controller: &str,
    ) -> Result<PathBuf, Stop> {
        let first = subject.pids.first().ok_or(Stop::Failed(Errno::ESRCH as i32))?;
        let tag = self.make_tag(kernel, hierarchy, controller)?;
        base::enable(kernel, hierarchy, &tag, controller)?;
        let home = tag.join(home_name(&subject.name, *first));
        make_dirs(kernel, &home)?;
        Ok(home)
    }

    /// The bench's directory, and its claim to it; made anew where somebody swept it up for a leftover before it was claimed.
    fn make_tag(&self, kernel: &mut Kernel, hierarchy: &Hierarchy, controller: &str) -> Result<PathBuf, Stop> {
        claim::about_to_make();
        for _ in 0..ROUNDS {
            let tag = match self.tag_dir(hierarchy) {
                Some(tag) => tag,
                None => base::choose(self, hierarchy, controller)?.make(kernel, self)?,
            };
            if claim::hold(&tag) {
                return Ok(tag);
            }
            std::thread::sleep(PAUSE);
        }
        Err(Stop::Unfit(Msg::new(
            format!("another process holds a lock on {}, the bench's directory (flock(2)), so it cannot be claimed", self.tag()),
            format!("另一个进程锁住了实验台的目录 {}（flock(2)），实验台无法占用它", self.tag()),
        )))
    }

    /// Moves in who belongs here: the subject, its forks, and all that they started.
    fn settle(&self, kernel: &mut Kernel, hierarchy: &Hierarchy, home: &Path, subject: &SubjectView) -> Result<(), Stop> {
        let proc = Path::new(PROC);
        for _ in 0..ROUNDS {
            let mut family = subject.pids.clone();
            family.extend(subject.pids.first().into_iter().flat_map(|first| descendants(proc, *first)));
            family.sort_unstable();
            family.dedup();
            let outside = |pid: &i32| {
                let dirs = self.hierarchies.of_process(proc, *pid);
                dirs.is().and_then(|dirs| dirs.get(&hierarchy.key)).is_some_and(|dir| !dir.starts_with(home))
            };
            family.retain(outside);
            if family.is_empty() {
                return Ok(());
            }
            for pid in family {
                let dir = home.join(self.position_of(subject, pid).unwrap_or_default().0);
                make_dirs(kernel, &dir)?;
                match kernel.join_cgroup(&dir, pid) {
                    // It ended in the meantime.
                    Ok(()) | Err(Errno::ESRCH) => {}
                    Err(errno) => return Err(errno.into()),
                }
            }
        }
        Ok(())
    }

    fn position_of(&self, subject: &SubjectView, pid: i32) -> Option<Nested> {
        let dirs = self.hierarchies.of_process(Path::new(PROC), pid);
        let dirs = dirs.is()?;
        self.hierarchies.all.iter().find_map(|one| {
            let home = self.home(one, subject)?;
            Some(Nested(dirs.get(&one.key)?.strip_prefix(home).ok()?.to_path_buf()))
        })
    }

    /// The hierarchy and controller that serve a file of v2's name.
    ///
    /// Errors: Unfit, why none does.
    pub fn serving(&self, knob: &Knob) -> Result<(&Hierarchy, &'static str), Stop> {
        let v1_only = self.hierarchies.v2().is_none();
        self.hierarchies.serving(knob).ok_or_else(|| match knob.v1 {
            // v1 is all there is, or has the controller under its old name.
            Twin::None(why) if v1_only || (knob.controller == "io" && self.hierarchies.of("blkio").is_some()) => {
                Stop::Unfit(why.into())
            }
            _ => Stop::Unfit(no_controller(knob.controller)),
        })
    }
}

/// Makes a cgroup and those above it, as far as they are missing. A new v1 cpuset is empty, and so closed to processes
/// (ENOSPC): it gets what its parent has.
///
/// Errors: EACCES not one's own; EAGAIN at cgroup.max.depth or cgroup.max.descendants; EROFS.
pub fn make_dirs(kernel: &mut Kernel, dir: &Path) -> Result<(), Stop> {
    let mut missing: Vec<&Path> = dir.ancestors().take_while(|dir| !dir.is_dir()).collect();
    missing.reverse();
    for dir in missing {
        match kernel.mkdir(dir) {
            Ok(()) | Err(Errno::EEXIST) => {}
            Err(errno) => return Err(errno.into()),
        }
        for file in ["cpuset.cpus", "cpuset.mems"] {
            let above = dir.parent().map(|parent| read(&parent.join(file)));
            let empty = read(&dir.join(file)).is().is_some_and(|text| text.trim().is_empty());
            let on_v1 = dir.join("cgroup.clone_children").exists();
            if let Some(Seen::Is(text)) = above.filter(|_| empty && on_v1) {
                kernel.write_file(&dir.join(file), text.trim())?;
            }
        }
    }
    Ok(())
}

/// The processes of the bench: the keeper and all below it.
pub(super) fn bench(ground: &Ground) -> Vec<i32> {
    let mut pids = vec![ground.keeper];
    pids.extend(descendants(Path::new(PROC), ground.keeper));
    pids
}

/// The processes that sit in a cgroup, as far as the reader's PID namespace has numbers for them (`0`: it has none).
pub(super) fn sitting(dir: &Path) -> Vec<i32> {
    procs(dir).is().map(|pids| pids.iter().copied().filter(|pid| *pid > 0).collect()).unwrap_or_default()
}

/// The directory of a subject: its name, and the PID of its first process, so that a fresh subject has a fresh cgroup.
pub(super) fn home_name(name: &str, first: i32) -> String {
    format!("{name}-{first}")
}

pub(super) fn no_controller(controller: &str) -> Msg {
    match controller {
        "" => Msg::new(
            "this needs cgroup v2, and no cgroup2 filesystem is mounted here",
            "这需要 cgroup v2，而这里没有挂载 cgroup2 文件系统",
        ),
        name => Msg::new(
            format!("no mounted cgroup hierarchy has the controller `{name}`; `doctor` shows which there are"),
            format!("已挂载的 cgroup 层级都没有控制器 `{name}`；`doctor` 可查看有哪些"),
        ),
    }
}

/// `v1` or `v2`, as sentences name it.
pub fn version_name(version: Version) -> &'static str {
    match version {
        Version::V1 => "cgroup v1",
        Version::V2 => "cgroup v2",
    }
}
