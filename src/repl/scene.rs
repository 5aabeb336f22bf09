//! What completion needs to know of the bench, read when it is asked for: its processes, subjects, files and programs.

use crate::command::{SubjectView, cgroup};
use crate::observe::{self, cgroup::Hierarchies, family};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

/// The bench as it was at the last prompt.
#[derive(Clone, Debug)]
pub struct Scene {
    keeper: i32,
    subject: SubjectView,
    subjects: Vec<String>,
    pins: Vec<String>,
}

impl Scene {
    /// The keeper's PID, the current subject, the names of all, and those of the pinned namespaces.
    pub fn new(keeper: i32, subject: SubjectView, subjects: Vec<String>, pins: Vec<String>) -> Scene {
        Scene { keeper, subject, subjects, pins }
    }

    /// A bench whose only process is the caller.
    #[cfg(test)]
    pub fn of_this_process() -> Scene {
        let own = std::process::id() as i32;
        let seen = observe::snapshot(Path::new("/proc"), own);
        Scene::new(own, SubjectView { name: "a".into(), pids: vec![own], seen }, vec!["a".into()], vec!["keep".into()])
    }

    /// The names of the subjects.
    pub fn subjects(&self) -> Vec<String> {
        self.subjects.clone()
    }

    /// The names of the pinned namespaces.
    pub fn pins(&self) -> Vec<String> {
        self.pins.clone()
    }

    /// Where namespaces are mounted in the subject's view, as `ip netns add` does it.
    pub fn ns_files(&self) -> Vec<String> {
        let path = Path::new("/proc").join(self.subject.pid().to_string()).join("mountinfo");
        let text = observe::process::read(&path).is().cloned().unwrap_or_default();
        observe::census::mounted(&text).into_iter().map(|(_, _, point)| point).collect()
    }

    /// The bench's processes as the host counts.
    pub fn pids_outside(&self) -> Vec<String> {
        let family = family::family(Path::new("/proc"), self.keeper);
        family.into_iter().filter(|member| member.pid != self.keeper).map(|member| member.pid.to_string()).collect()
    }

    /// The processes below the current subject as it counts: the number at its own level of `NSpid` (proc_pid_status(5)).
    pub fn pids_inside(&self) -> Vec<String> {
        let level = self.subject.seen.nspid.len();
        let family = family::family(Path::new("/proc"), self.subject.pid());
        family.iter().filter_map(|member| member.nspid.get(level.checked_sub(1)?)).map(ToString::to_string).collect()
    }

    /// The network devices of the subject's network namespace.
    pub fn links(&self) -> Vec<String> {
        let path = Path::new("/proc").join(self.subject.pid().to_string()).join("net/dev");
        let text = observe::process::read(&path).is().cloned().unwrap_or_default();
        // Two lines of titles, then `  lo: 0 0 …`.
        text.lines().skip(2).filter_map(|line| Some(line.split_once(':')?.0.trim().to_string())).collect()
    }

    /// Where a path of the subject is for us. A link with an absolute target still leads into our own tree: for a list
    /// of names that does no harm.
    pub fn in_view(&self, path: &str) -> PathBuf {
        let proc = Path::new("/proc").join(self.subject.pid().to_string());
        match path.strip_prefix('/') {
            Some(rest) => proc.join("root").join(rest.trim_start_matches('/')),
            None => proc.join("cwd").join(path),
        }
    }

    /// What the subject's PATH offers. It is ours, for the subject has not run another program.
    pub fn programs(&self) -> Vec<String> {
        let path = std::env::var("PATH").unwrap_or_default();
        let dirs = path.split(':').filter(|dir| dir.starts_with('/')).map(|dir| self.in_view(dir));
        let entries = dirs.filter_map(|dir| std::fs::read_dir(dir).ok()).flatten().flatten();
        let runs = |entry: &std::fs::DirEntry| {
            std::fs::metadata(entry.path()).map_or(true, |meta| meta.is_file() && meta.permissions().mode() & 0o111 != 0)
        };
        entries.filter(runs).filter_map(|entry| entry.file_name().into_string().ok()).collect()
    }

    /// The cgroup files of this machine, in v2's words; for `cgroup set` those that can be written.
    pub fn cgroup_files(&self, to_set: bool) -> Vec<String> {
        let files = if to_set { cgroup::settable(self.keeper) } else { cgroup::files(self.keeper) };
        files.into_iter().map(String::from).collect()
    }

    /// The controllers of this machine.
    pub fn controllers(&self) -> Vec<String> {
        let seen = Hierarchies::probe(Path::new("/"), Path::new("/proc"), self.keeper);
        let hierarchies = seen.is().map(|hierarchies| hierarchies.all.as_slice()).unwrap_or_default();
        hierarchies.iter().flat_map(|one| one.controllers.clone()).collect()
    }

    /// The cgroups below the subject's own.
    pub fn cgroups(&self) -> Vec<String> {
        let Ok(ground) = cgroup::Ground::find(self.keeper) else { return Vec::new() };
        let homes = ground.hierarchies.all.iter().filter_map(|one| ground.home(one, &self.subject));
        let below = homes.flat_map(|home| {
            let all = observe::cgroup::tree(&home).into_iter();
            all.filter_map(|dir| Some(dir.strip_prefix(&home).ok()?.to_str()?.to_string())).collect::<Vec<_>>()
        });
        below.filter(|name| !name.is_empty()).collect()
    }
}
