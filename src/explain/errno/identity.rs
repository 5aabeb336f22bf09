//! C: uid_map, gid_map, setgroups, the set*id calls, chown(2).

mod check;

use super::case::unreached;
use super::{Row, row, t};
use check::{
    bad_text, foreign_id, from_inside, groups, no_owner, no_such_id, not_owned, parent_lacks, setfcap, setgroups_allowed,
    setgroups_late, written,
};
use nix::errno::Errno::*;

const MAPS: &[&str] = &["write uid_map", "write gid_map"];
const ANEW: crate::model::Text =
    t("make a new user namespace, and map that one: `unshare user`", "创建新的用户命名空间，再写它的映射：`unshare user`");

pub(super) const ROWS: &[Row] = &[
    row(
        "C1",
        MAPS,
        &[EPERM],
        t("the map has been written already: it can be written once, for ever", "映射已经写过：每个用户命名空间只能写一次"),
        ANEW,
        written,
    ),
    row(
        "C2",
        MAPS,
        &[EPERM],
        t(
            "from inside, without CAP_SETUID (CAP_SETGID) over the parent, one may map one's own ID only, in one line with count 1",
            "从内部写、且对父空间没有 CAP_SETUID（CAP_SETGID）时，只能映射自己的 ID，一行，数量为 1",
        ),
        t("let the parent write it, as `idmap uid 0 0 1` does", "由父空间中的进程来写，即 `idmap uid 0 0 1` 的做法"),
        from_inside,
    ),
    row(
        "C3",
        &["write gid_map"],
        &[EPERM],
        t(
            "without CAP_SETGID in the parent, /proc/PID/setgroups must say `deny` before gid_map is written (since Linux 3.19)",
            "在父空间中没有 CAP_SETGID 时，写 gid_map 之前 /proc/PID/setgroups 必须是 deny（Linux 3.19 起）",
        ),
        t("`idmap gid 0 0 1` writes deny by itself where that is needed", "必要时 `idmap gid 0 0 1` 会自行写入 deny"),
        setgroups_allowed,
    ),
    row(
        "C4",
        MAPS,
        &[EPERM],
        t(
            "without CAP_SETUID (CAP_SETGID) in the parent one may map one's own ID only; ranges are for newuidmap(1), which reads /etc/subuid",
            "在父空间中没有 CAP_SETUID（CAP_SETGID）时只能映射自己的 ID；映射一段要靠 newuidmap(1)，它读取 /etc/subuid",
        ),
        t("map your own: `idmap uid 0 1000 1`", "映射自己的 ID：`idmap uid 0 1000 1`"),
        foreign_id,
    ),
    row(
        "C5",
        &["newuidmap", "newgidmap"],
        &[EPERM],
        t(
            "the range is not in /etc/subuid (/etc/subgid), or the helper has lost its set-user-ID bit or file capabilities",
            "该范围不在 /etc/subuid（/etc/subgid）中，或该辅助程序丢失了 setuid 位或文件权能",
        ),
        t("look: `show /etc/subuid`", "查看：`show /etc/subuid`"),
        unreached,
    ),
    row(
        "C6",
        MAPS,
        &[EPERM],
        t(
            "/proc is mounted with hidepid, which hides the process from the writer",
            "/proc 以 hidepid 选项挂载，写入者看不到该进程",
        ),
        t("see the options of /proc: `show /proc/self/mountinfo`", "查看 /proc 的挂载选项：`show /proc/self/mountinfo`"),
        unreached,
    ),
    row(
        "C7",
        MAPS,
        &[EPERM],
        t(
            "an outside ID has no mapping in the parent user namespace, so there is nothing it could stand for",
            "外部 ID 在父用户命名空间中没有映射，无从对应",
        ),
        t(
            "choose OUTSIDE from the IDs that the parent has: after `idmap uid 0 0 1` it has only 0",
            "OUTSIDE 要从父空间已有的 ID 中选：`idmap uid 0 0 1` 之后那里只有 0",
        ),
        parent_lacks,
    ),
    row(
        "C8",
        MAPS,
        &[EPERM],
        t(
            "to map the parent's 0 the writer, or from inside the maker of the namespace, needs CAP_SETFCAP (since Linux 5.12)",
            "映射父空间的 0，写入者（从内部写则是创建者）需要 CAP_SETFCAP（Linux 5.12 起）",
        ),
        t("keep CAP_SETFCAP, or map another ID: `idmap uid 0 1000 1`", "保留 CAP_SETFCAP，或映射别的 ID：`idmap uid 0 1000 1`"),
        setfcap,
    ),
    row(
        "C9",
        MAPS,
        &[EINVAL],
        t(
            "the text is not a map: ranges overlap, a count is 0, a number is too large, there are more than 340 lines, or 4096 bytes or more",
            "内容不是合法的映射：范围重叠、数量为 0、数字过大、超过 340 行，或达到 4096 字节",
        ),
        t(
            "each triple is INSIDE OUTSIDE COUNT: `idmap uid 0 100000 65536`",
            "每三个数为 INSIDE OUTSIDE COUNT：`idmap uid 0 100000 65536`",
        ),
        bad_text,
    ),
    row(
        "C10",
        &["write setgroups"],
        &[EPERM],
        t(
            "the order is fixed: setgroups first, then gid_map; and `deny` is for ever",
            "次序是固定的：先 setgroups，后 gid_map；而且 deny 不可撤回",
        ),
        ANEW,
        setgroups_late,
    ),
    row(
        "C11",
        &["setgroups"],
        &[EPERM],
        t(
            "setgroups(2) is denied in this user namespace, or gid_map has not been written yet",
            "该用户命名空间禁止 setgroups(2)，或 gid_map 尚未写入",
        ),
        t("write the map from outside: `idmap gid 0 0 1`", "从外部写映射：`idmap gid 0 0 1`"),
        groups,
    ),
    row(
        "C12",
        &["setuid", "setgid", "setresuid", "setresgid", "setreuid", "setregid"],
        &[EINVAL],
        t(
            "the ID has no mapping in this user namespace; before a map is written not even 0 has",
            "该 ID 在当前用户命名空间中没有映射；写入映射之前，连 0 也没有",
        ),
        t("map it first: `idmap uid 0 0 1`", "先写映射：`idmap uid 0 0 1`"),
        no_such_id,
    ),
    row(
        "C13",
        &["chown", "fchown", "fchownat", "lchown"],
        &[EINVAL, EPERM],
        t(
            "the new owner has no mapping here (EINVAL); or the present owner has none, shown as 65534, and no capability counts for such a file (EPERM)",
            "新属主在此没有映射（EINVAL）；或现属主没有映射（显示为 65534），权能对这样的文件无效（EPERM）",
        ),
        t("see the map: `show /proc/self/uid_map`", "查看映射：`show /proc/self/uid_map`"),
        unreached,
    ),
    row(
        "C14",
        &["mkdir", "mkdirat", "mknod", "mknodat", "openat O_CREAT"],
        &[EOVERFLOW],
        t(
            "the caller's own uid or gid has no mapping in the user namespace of that filesystem, so a new file could have no owner",
            "调用者自己的 uid 或 gid 在该文件系统的用户命名空间中没有映射，新文件无法有属主",
        ),
        t(
            "write both maps: `idmap uid 0 0 1`, then `idmap gid 0 0 1`",
            "写好两个映射：`idmap uid 0 0 1`，然后 `idmap gid 0 0 1`",
        ),
        no_owner,
    ),
    row(
        "C15",
        &["sethostname", "setdomainname", "mount", "umount2", "settimeofday", "socket", "pivot_root", "chroot"],
        &[EPERM],
        t(
            "root of a user namespace has capabilities only over what that user namespace owns, and this belongs to another",
            "用户命名空间里的 root 只对该用户命名空间所拥有的东西有权能，而这个对象属于别的用户命名空间",
        ),
        t(
            "make the namespace together with the user namespace: `unshare user uts`",
            "与用户命名空间一起创建：`unshare user uts`",
        ),
        not_owned,
    ),
];
