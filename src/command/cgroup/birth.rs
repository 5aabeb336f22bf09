//! For `clone --cgroup`: the directory of the cgroup in which a child is to be born, made where it is missing, and open.

use super::ground::{Ground, make_dirs};
use super::nested::Nested;
use crate::command::{Stop, SubjectView};
use crate::kernel::Kernel;
use crate::model::{Msg, Note, NoteKind};
use crate::observe::cgroup::Version;
use std::os::fd::OwnedFd;
use std::path::PathBuf;

/// Opens the directory of one of the subject's cgroups on cgroup v2. It is made where it is missing; the subject stays where it is.
/// With it comes what there is to say.
///
/// Errors: Usage for a name that leads elsewhere; Unfit where there is no cgroup v2, or this user may make no cgroups; Failed as
/// mkdir(2) and openat(2) on cgroupfs do.
pub fn birthplace(
    kernel: &mut Kernel,
    keeper: i32,
    subject: &SubjectView,
    word: &str,
) -> Result<(PathBuf, OwnedFd, Vec<Note>), Stop> {
    let nested = Nested::parse(word).map_err(Stop::Usage)?;
    let ground = Ground::find(keeper).map_err(Stop::Unfit)?;
    let hierarchy = ground.hierarchies.v2().ok_or_else(|| Stop::Unfit(only_v2()))?;
    let home = ground.make_home(kernel, hierarchy, subject, "")?;
    let dir = if nested.is_home() { home } else { home.join(&nested.0) };
    let mut notes = Vec::new();
    if !dir.is_dir() {
        make_dirs(kernel, &dir)?;
        let text = Msg::new(
            format!("there was no cgroup `{nested}` on cgroup v2: it has been made for the child"),
            format!("cgroup v2 上原来没有 cgroup `{nested}`：已为子进程创建"),
        );
        notes.push(Note { kind: NoteKind::Did, text });
    }
    notes.extend(elsewhere(&ground));
    let fd = kernel.open_cgroup(&dir)?;
    Ok((dir, fd, notes))
}

/// On a machine with trees of v1, too, only the place in one tree can be chosen at birth.
fn elsewhere(ground: &Ground) -> Option<Note> {
    let v1 = ground.hierarchies.all.iter().filter(|one| one.version == Version::V1);
    let names: Vec<&str> = v1.flat_map(|one| &one.controllers).map(String::as_str).filter(|name| !name.contains('=')).collect();
    let text = Msg::new(
        format!(
            "in the v1 trees of this host ({}) the child is where its parent is, with its parent's limits: only on cgroup v2 can it be born elsewhere",
            names.join(", ")
        ),
        format!(
            "在本机的 v1 各棵树（{}）里，子进程仍与父进程同在一处，受父进程的限制：只有在 cgroup v2 上才能出生在别处",
            names.join("、")
        ),
    );
    (!names.is_empty()).then_some(Note { kind: NoteKind::Unchanged, text })
}

fn only_v2() -> Msg {
    Msg::new(
        "a child can be born in a cgroup on cgroup v2 only (CLONE_INTO_CGROUP, clone(2)), and no cgroup2 filesystem is mounted here; on cgroup v1 a process is moved while it lives: `cgroup new web`, then `cgroup enter web`, and what the subject starts is born there",
        "只有 cgroup v2 能让子进程直接出生在某个 cgroup 中（CLONE_INTO_CGROUP，见 clone(2)），而这里没有挂载 cgroup2 文件系统；在 cgroup v1 上只能移动活着的进程：先 `cgroup new web`，再 `cgroup enter web`，此后被观察进程启动的都出生在那里",
    )
}
