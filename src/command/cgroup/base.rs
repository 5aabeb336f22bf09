//! Where the bench may make cgroups: in its own, where that is delegated to it, else in the nearest one above that serves.
//!
//! cgroup v2 lets a process sit in a leaf only, once controllers are enabled for the children ("no internal processes",
//! cgroups(7)). A delegated cgroup, such as a systemd scope, holds the bench itself; so the bench first moves into a leaf of
//! its own. The root cgroup's `cgroup.subtree_control` is the machine's: it is read, never written.

use super::ground::{Ground, PROC, bench, make_dirs, sitting, version_name};
use crate::command::Stop;
use crate::kernel::Kernel;
use crate::model::Msg;
use crate::observe::cgroup::{Hierarchy, KNOBS, Version};
use crate::observe::process::read;
use nix::errno::Errno;
use nix::unistd::{AccessFlags, access};
use std::path::{Path, PathBuf};

/// The leaf into which the bench moves where its own cgroup is delegated.
pub(super) const LEAF: &str = ".bench";

const ROUNDS: usize = 8;

/// A cgroup in which the bench's directory can be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Base {
    dir: PathBuf,
    delegated: bool,
}

/// Finds the base in one hierarchy. `controller` is what it is wanted for; the empty name on v2: only the core.
///
/// Errors: Unfit with the reason and the way out.
pub(super) fn choose(ground: &Ground, hierarchy: &Hierarchy, controller: &str) -> Result<Base, Stop> {
    let Some(own) = ground.own.get(&hierarchy.key) else { return Err(Stop::Unfit(out_of_sight(hierarchy))) };
    if hierarchy.read_only {
        return Err(Stop::Unfit(Msg::new(
            format!(
                "cgroups are mounted read-only here ({}), as in most containers; nothing can be changed from inside",
                hierarchy.mount.display()
            ),
            format!("这里的 cgroup 是只读挂载的（{}），多数容器都是如此；从内部无法改动", hierarchy.mount.display()),
        )));
    }
    let plain = |dir: &Path| Base { dir: dir.to_path_buf(), delegated: false };
    if hierarchy.version == Version::V1 {
        return if writable(own) { Ok(plain(own)) } else { Err(Stop::Unfit(forbidden(hierarchy, own))) };
    }
    let wanted = |dir: &Path, file: &str| {
        let names = names(&dir.join(file));
        names.iter().any(|name| if controller.is_empty() { is_known(name) } else { name == controller })
    };
    let above = || own.ancestors().take_while(|dir| dir.starts_with(&hierarchy.mount)).filter(|dir| writable(dir));
    let is_root = !own.join("cgroup.type").exists();
    let alone = || {
        let bench = bench(ground);
        sitting(own).iter().all(|pid| bench.contains(pid))
    };
    if !is_root && writable(own) && wanted(own, "cgroup.controllers") && alone() {
        return Ok(Base { dir: own.clone(), delegated: true });
    }
    if let Some(dir) = above().find(|dir| wanted(dir, "cgroup.subtree_control")) {
        return Ok(plain(dir));
    }
    match above().next() {
        Some(dir) if controller.is_empty() => Ok(plain(dir)),
        Some(_) => Err(Stop::Unfit(not_enabled(ground, own, controller))),
        None => Err(Stop::Unfit(forbidden(hierarchy, own))),
    }
}

impl Base {
    /// The cgroup in which the bench's directory is to be made.
    pub(super) fn dir(&self) -> &Path {
        &self.dir
    }

    /// Makes the bench's directory; in a delegated cgroup the bench moves out of the way first.
    pub(super) fn make(&self, kernel: &mut Kernel, ground: &Ground) -> Result<PathBuf, Stop> {
        let tag = self.dir.join(ground.tag());
        make_dirs(kernel, &tag)?;
        if !self.delegated {
            return Ok(tag);
        }
        let leaf = tag.join(LEAF);
        make_dirs(kernel, &leaf)?;
        for _ in 0..ROUNDS {
            let here = sitting(&self.dir);
            if here.is_empty() {
                break;
            }
            for pid in here {
                match kernel.join_cgroup(&leaf, pid) {
                    Ok(()) | Err(Errno::ESRCH) => {}
                    Err(errno) => return Err(errno.into()),
                }
            }
        }
        Ok(tag)
    }
}

/// Enables a controller for the children of the bench's directory, and before that for the directory itself where its
/// parent is the delegated cgroup. On v1, and for the core of v2, there is nothing to enable.
///
/// Errors: Unfit where the base does not hand the controller down; EBUSY, ENOENT as cgroups(7) says of cgroup.subtree_control.
pub(super) fn enable(kernel: &mut Kernel, hierarchy: &Hierarchy, tag: &Path, controller: &str) -> Result<(), Stop> {
    if hierarchy.version == Version::V1 || controller.is_empty() {
        return Ok(());
    }
    let base = tag.parent().unwrap_or(tag);
    for dir in [base, tag] {
        if names(&dir.join("cgroup.subtree_control")).iter().any(|name| name == controller) {
            continue;
        }
        if dir == base && !tag.join(LEAF).is_dir() {
            return Err(Stop::Unfit(Msg::new(
                format!(
                    "{} does not hand the controller `{controller}` down: its cgroup.subtree_control lacks it, and it is not the bench's to change",
                    base.display()
                ),
                format!(
                    "{} 没有把控制器 `{controller}` 交给下级：它的 cgroup.subtree_control 中没有这一项，而它不归实验台管",
                    base.display()
                ),
            )));
        }
        kernel.write_file(&dir.join("cgroup.subtree_control"), &format!("+{controller}"))?;
    }
    Ok(())
}

/// The words of a file.
pub(super) fn names(path: &Path) -> Vec<String> {
    let seen = read(path);
    seen.is().map(|text| text.split_whitespace().map(str::to_string).collect()).unwrap_or_default()
}

/// May cgroups be made here, and processes moved from here to below (which asks for the right to write the `cgroup.procs`
/// of the common ancestor)?
fn writable(dir: &Path) -> bool {
    access(dir, AccessFlags::W_OK).is_ok() && access(&dir.join("cgroup.procs"), AccessFlags::W_OK).is_ok()
}

fn is_known(controller: &str) -> bool {
    KNOBS.iter().any(|knob| knob.controller == controller)
}

fn forbidden(hierarchy: &Hierarchy, own: &Path) -> Msg {
    let (version, own) = (version_name(hierarchy.version), own.display());
    match hierarchy.version {
        Version::V2 => Msg::new(
            format!(
                "this user may not make cgroups below {own}: it is not delegated. Start the bench in a scope of its own: systemd-run --user --scope -p Delegate=yes boxlab"
            ),
            format!(
                "当前用户不能在 {own} 之下创建 cgroup：它没有委派给该用户。请在单独的 scope 里启动：systemd-run --user --scope -p Delegate=yes boxlab"
            ),
        ),
        Version::V1 => Msg::new(
            format!(
                "this user may not make cgroups below {own}. {version} cannot be delegated safely: run boxlab as root, or on a host with cgroup v2 under systemd-run --user --scope -p Delegate=yes boxlab"
            ),
            format!(
                "当前用户不能在 {own} 之下创建 cgroup。{version} 没有安全的委派方式：请以 root 运行 boxlab，或在 cgroup v2 的主机上用 systemd-run --user --scope -p Delegate=yes boxlab"
            ),
        ),
    }
}

fn not_enabled(ground: &Ground, own: &Path, controller: &str) -> Msg {
    let bench = bench(ground);
    let others: Vec<i32> = sitting(own).into_iter().filter(|pid| !bench.contains(pid)).collect();
    let comm = |pid: &i32| {
        let comm = read(&Path::new(PROC).join(pid.to_string()).join("comm"));
        format!("{pid} {}", comm.is().map(|text| text.trim()).unwrap_or("?"))
    };
    let list: Vec<String> = others.iter().take(3).map(comm).collect();
    let own = own.display();
    if list.is_empty() || !Path::new(&format!("{own}/cgroup.type")).exists() {
        return Msg::new(
            format!(
                "no cgroup from {own} upwards has `{controller}` in its cgroup.subtree_control, and the root's is the machine's to change, not the bench's: echo +{controller} > cgroup.subtree_control there, or start the bench under systemd-run --scope -p Delegate=yes boxlab"
            ),
            format!(
                "从 {own} 往上，没有一个 cgroup 的 cgroup.subtree_control 含有 `{controller}`；根 cgroup 的这个文件属于整台机器，实验台不会改它：请自行在那里 echo +{controller} > cgroup.subtree_control，或用 systemd-run --scope -p Delegate=yes boxlab 启动"
            ),
        );
    }
    let list = list.join(", ");
    Msg::new(
        format!(
            "`{controller}` cannot be enabled below {own}: other processes sit in it ({list}), and a cgroup v2 with processes may not enable controllers for its children. Start the bench alone in a scope: systemd-run --user --scope -p Delegate=yes boxlab"
        ),
        format!(
            "无法在 {own} 之下启用 `{controller}`：其中还有别的进程（{list}），而 cgroup v2 中有进程的 cgroup 不能为子 cgroup 启用控制器。请让实验台独占一个 scope：systemd-run --user --scope -p Delegate=yes boxlab"
        ),
    )
}

fn out_of_sight(hierarchy: &Hierarchy) -> Msg {
    Msg::new(
        format!(
            "the bench's own cgroup is not visible below {}: it lies outside of this cgroup namespace or mount",
            hierarchy.mount.display()
        ),
        format!("在 {} 之下看不到实验台自己的 cgroup：它在当前 cgroup 命名空间或挂载之外", hierarchy.mount.display()),
    )
}
