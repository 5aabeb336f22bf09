//! What each primitive needs: which capability, over whose object. `explain COMMAND` holds it against the subject.

use super::cap::{Cap, holds};
use crate::model::{Live, Msg, NsKind, Text};

/// Over what the capability must count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Over {
    /// The caller's own user namespace.
    Own,
    /// The user namespace that owns the caller's namespace of this kind.
    Owner(NsKind),
    /// The user namespace of the target, or that which owns the target namespace: known only with the arguments.
    Target,
    /// The first user namespace: no capability of another one counts.
    First,
}

/// What a primitive needs.
pub struct Need {
    /// The primitive's name, as on the card.
    pub of: &'static str,
    /// The capability; None: none.
    pub cap: Option<(Cap, Over)>,
    /// What goes without it, or what else is asked for.
    pub but: Text,
}

const fn need(of: &'static str, cap: Cap, over: Over, en: &'static str, zh: &'static str) -> Need {
    Need { of, cap: Some((cap, over)), but: Text { en, zh } }
}

const fn free(of: &'static str, en: &'static str, zh: &'static str) -> Need {
    Need { of, cap: None, but: Text { en, zh } }
}

const NEEDS: &[Need] = &[
    need(
        "unshare",
        Cap::SYS_ADMIN,
        Over::Own,
        "with user among the kinds nobody needs it: the new user namespace gives it",
        "所列种类含 user 时不需要：新的用户命名空间会给出它",
    ),
    need(
        "setns",
        Cap::SYS_ADMIN,
        Over::Target,
        "in the user namespace that owns what is entered, and in one's own",
        "须在拥有目标的用户命名空间以及自己的用户命名空间中具有",
    ),
    need("sethostname", Cap::SYS_ADMIN, Over::Owner(NsKind::Uts), "", ""),
    need(
        "mount",
        Cap::SYS_ADMIN,
        Over::Owner(NsKind::Mnt),
        "in a user namespace only some types may be mounted: tmpfs, proc, sysfs, overlay, bind mounts",
        "在用户命名空间中只能挂载部分类型：tmpfs、proc、sysfs、overlay、绑定挂载",
    ),
    need("mount_setattr", Cap::SYS_ADMIN, Over::Owner(NsKind::Mnt), "", ""),
    need("move_mount", Cap::SYS_ADMIN, Over::Owner(NsKind::Mnt), "", ""),
    need(
        "umount2",
        Cap::SYS_ADMIN,
        Over::Owner(NsKind::Mnt),
        "what came from a mount namespace of another user namespace is locked",
        "来自另一用户命名空间的挂载是锁定的",
    ),
    need("pivot_root", Cap::SYS_ADMIN, Over::Owner(NsKind::Mnt), "the new root must be a mount point", "新的根必须是挂载点"),
    need("chroot", Cap::SYS_CHROOT, Over::Own, "", ""),
    need("mknod", Cap::MKNOD, Over::First, "for devices; a FIFO or a regular file needs none", "针对设备；FIFO 或普通文件不需要"),
    need(
        "uid_map",
        Cap::SETUID,
        Over::Target,
        "in the parent user namespace; one's own ID alone goes without",
        "须在父用户命名空间中具有；只映射自己的 ID 则不需要",
    ),
    need("kill", Cap::KILL, Over::Target, "processes of one's own user go without", "同一用户的进程不需要"),
    free(
        "clone3",
        "with namespaces CAP_SYS_ADMIN, unless user is among them; a plain fork needs no capability, only room under pids.max and RLIMIT_NPROC",
        "带命名空间时需要 CAP_SYS_ADMIN，除非其中含 user；单纯的 fork 不需要权能，只要 pids.max 与 RLIMIT_NPROC 还有余量",
    ),
    free("execve", "x permission on the file, and its interpreter there", "文件要有 x 权限，且其解释器存在"),
    free("wait4", "a child", "要有子进程"),
    free("exit_group", "nothing", "不需要什么"),
    free(
        "mkdir",
        "write permission on the directory above: it is delegated, or one is root",
        "对上级目录有写权限：已委派，或是 root",
    ),
    free("rmdir", "write permission on the directory above, and nobody in it", "对上级目录有写权限，且其中没有进程"),
    free(
        "cgroup.procs",
        "write permission on cgroup.procs of the target and of the common ancestor",
        "对目标与公共祖先的 cgroup.procs 有写权限",
    ),
    free(
        "memory.max",
        "write permission on the file: the cgroup is delegated, or one is root",
        "对该文件有写权限：该 cgroup 已委派，或是 root",
    ),
    free(
        "cgroup.subtree_control",
        "write permission, the controller in cgroup.controllers, and no process in the cgroup",
        "有写权限，控制器在 cgroup.controllers 中，且该 cgroup 中没有进程",
    ),
    free("cgroup.freeze", "write permission on the file", "对该文件有写权限"),
    free("cgroup.kill", "write permission on the file", "对该文件有写权限"),
    need("setuid", Cap::SETUID, Over::Own, "back to the real or saved ID goes without", "换回实际或保存的 ID 不需要"),
    need("setgid", Cap::SETGID, Over::Own, "back to the real or saved ID goes without", "换回实际或保存的 ID 不需要"),
    need("setgroups", Cap::SETGID, Over::Own, "and /proc/PID/setgroups must not say deny", "且 /proc/PID/setgroups 不能是 deny"),
    need(
        "seccomp",
        Cap::SYS_ADMIN,
        Over::Own,
        "with no_new_privs (`nnp`) nobody needs it",
        "设置了 no_new_privs（`nnp`）就不需要",
    ),
    need(
        "landlock_restrict_self",
        Cap::SYS_ADMIN,
        Over::Own,
        "with no_new_privs (`nnp`) nobody needs it",
        "设置了 no_new_privs（`nnp`）就不需要",
    ),
    need("prlimit64", Cap::SYS_RESOURCE, Over::First, "only to raise a hard limit", "仅在提高硬限制时需要"),
    free(
        "capset",
        "nothing to give capabilities up; nothing gets back what is no longer permitted",
        "放弃权能不需要什么；许可集中没有了的则拿不回来",
    ),
];

/// What a primitive needs, by its name: a system call, or the last part of a file's path.
pub fn of(primitive: &str) -> Option<&'static Need> {
    let name = primitive.rsplit('/').next().unwrap_or(primitive);
    NEEDS.iter().find(|need| need.of == name)
}

impl Need {
    /// Has the caller it, as things are? In words; None: that depends on the arguments.
    pub fn stands(&self, live: &Live) -> Option<(bool, Msg)> {
        let (cap, over) = self.cap?;
        let over = match over {
            Over::Own => live.caller.ns_id(NsKind::User)?,
            Over::Owner(kind) => *live.owners.get(&kind)?,
            Over::First => *live.host.get(&NsKind::User)?,
            Over::Target => return None,
        };
        let has = holds(live, &live.caller, cap, over)?;
        let (name, number) = (cap.name(), over.ino);
        Some((
            has,
            match has {
                true => Msg::new(
                    format!("the subject has {name} in user:[{number}]"),
                    format!("被观察进程在 user:[{number}] 中有 {name}"),
                ),
                false => Msg::new(
                    format!("the subject has no {name} in user:[{number}]"),
                    format!("被观察进程在 user:[{number}] 中没有 {name}"),
                ),
            },
        ))
    }

    /// What it needs, in words.
    pub fn words(&self) -> Msg {
        let Some((cap, over)) = self.cap else { return self.but.into() };
        let name = cap.name();
        let (en, zh) = match over {
            Over::Own => (format!("{name} in its own user namespace"), format!("在自己的用户命名空间中具有 {name}")),
            Over::Owner(kind) => (
                format!("{name} in the user namespace that owns its {kind} namespace"),
                format!("在拥有其 {kind} 命名空间的用户命名空间中具有 {name}"),
            ),
            Over::First => (
                format!("{name} in the first user namespace (the machine's)"),
                format!("在最初的（整台机器的）用户命名空间中具有 {name}"),
            ),
            Over::Target => (name.clone(), name),
        };
        match self.but.en.is_empty() {
            true => Msg::new(en, zh),
            false => Msg::new(format!("{en}; {}", self.but.en), format!("{zh}；{}", self.but.zh)),
        }
    }
}
