//! What decides between the reasons of a birth in another cgroup (CLONE_INTO_CGROUP, clone(2)).

use super::super::case::{Case, Verdict, yes};
use super::super::cgroup;
use crate::model::cgroup_name;
use nix::errno::Errno;

pub(super) fn no_cgroup(case: &Case<'_>) -> Verdict {
    match case.live.cgroup.as_ref().filter(|group| !group.v2) {
        Some(group) => yes().seen(format!("{} is a cgroup of v1", group.dir), format!("{} 是 v1 的 cgroup", group.dir)),
        None => yes(),
    }
}

pub(super) fn inner_node(case: &Case<'_>) -> Verdict {
    let verdict = cgroup::hands_down(case);
    match case.live.cgroup.as_ref().and_then(|group| cgroup_name(&group.dir)) {
        Some(name) => verdict.next(
            format!("take a leaf below it: `clone --cgroup {name}/leaf -- true`"),
            format!("改用其下的叶子：`clone --cgroup {name}/leaf -- true`"),
        ),
        None => verdict,
    }
}

pub(super) fn not_for_this(case: &Case<'_>) -> Verdict {
    match case.errno {
        Errno::EOPNOTSUPP => cgroup::invalid(case),
        _ => cgroup::undelegated(case).next(
            "the observer may: have it move the subject with `cgroup enter`, then `fork`",
            "观察者有这个权限：先用 `cgroup enter` 让它移动被观察进程，再 `fork`",
        ),
    }
}
