//! J: what an ipc namespace holds: System V objects and POSIX message queues.

use super::case::{Case, Verdict, always, unreached, yes};
use super::{Row, row, t};
use nix::errno::Errno::*;

pub(super) const ROWS: &[Row] = &[
    row(
        "J13",
        &["shmget", "msgget", "semget"],
        &[EINVAL, ENOSPC],
        t(
            "above shmmax, or above the number of objects (shmmni, msgmni, sem) of this IPC namespace; no disk is full",
            "超过本 IPC 命名空间的 shmmax，或对象数量上限（shmmni、msgmni、sem）；与磁盘无关",
        ),
        t(
            "the limits are per namespace: `show /proc/sys/kernel/msgmni`",
            "上限是每个命名空间各自的：`show /proc/sys/kernel/msgmni`",
        ),
        always,
    ),
    row(
        "J21",
        &["msgget", "semget", "shmget", "mq_open"],
        &[EEXIST],
        t(
            "an object of this key or name is in the caller's IPC namespace already; others may have the same name in theirs",
            "调用者的 IPC 命名空间中已有该键或名字的对象；别的命名空间里可以同名",
        ),
        t("see which there are: `show /proc/sysvipc/msg`", "看看有哪些：`show /proc/sysvipc/msg`"),
        always,
    ),
    row(
        "J22",
        &["msgget", "semget", "shmget", "mq_open", "mq_unlink", "msgctl", "semctl", "shmctl"],
        &[ENOENT, EINVAL, EIDRM],
        t(
            "there is no such object in the caller's IPC namespace: keys, numbers and names are each namespace's own",
            "调用者的 IPC 命名空间中没有这个对象：键、编号和名字都是每个命名空间各自的",
        ),
        t("see which there are: `show /proc/sysvipc/msg`", "看看有哪些：`show /proc/sysvipc/msg`"),
        always,
    ),
    row(
        "J23",
        &["msgrcv", "msgsnd", "mq_receive", "mq_send"],
        &[ENOMSG, EAGAIN],
        t(
            "the queue is empty (ENOMSG), or full (EAGAIN of msgsnd: more than kernel.msgmnb bytes, a value of the IPC namespace)",
            "队列是空的（ENOMSG），或是满的（msgsnd 的 EAGAIN：超过 kernel.msgmnb 字节，该值属于 IPC 命名空间）",
        ),
        t("see the queues: `show /proc/sysvipc/msg`", "查看队列：`show /proc/sysvipc/msg`"),
        always,
    ),
    row(
        "J24",
        &["msgsnd"],
        &[EINVAL],
        t(
            "the message is longer than kernel.msgmax, a value of the IPC namespace; or the number is that of no queue here",
            "消息长于 kernel.msgmax（该值属于 IPC 命名空间）；或这里没有该编号的队列",
        ),
        t("see the limit: `sysctl kernel.msgmax`", "查看上限：`sysctl kernel.msgmax`"),
        always,
    ),
    row(
        "J25",
        &["msgsnd", "msgrcv"],
        &[EIDRM],
        t("the queue was removed (IPC_RMID) while the caller waited in it", "调用者在队列上等待期间，队列被删除了（IPC_RMID）"),
        t("see which there are: `ipc list`", "看看有哪些：`ipc list`"),
        unreached,
    ),
    row(
        "J26",
        &["mq_open"],
        &[ENOSPC],
        t(
            "fs.mqueue.queues_max is reached, a value of the IPC namespace, and the caller has no CAP_SYS_RESOURCE; no disk is full",
            "已达到 fs.mqueue.queues_max（该值属于 IPC 命名空间），而调用者没有 CAP_SYS_RESOURCE；与磁盘无关",
        ),
        t("see the limit: `sysctl fs.mqueue.queues_max`", "查看上限：`sysctl fs.mqueue.queues_max`"),
        always,
    ),
    row(
        "J27",
        &["mq_open"],
        &[EOVERFLOW],
        t(
            "a queue is a file of the mqueue filesystem and has an owner: a user or group without a mapping cannot own one",
            "队列是 mqueue 文件系统中的文件，要有属主：没有映射的用户或组不能拥有文件",
        ),
        t("map both: `idmap uid 0 0 1`, `idmap gid 0 0 1`", "两者都要映射：`idmap uid 0 0 1`、`idmap gid 0 0 1`"),
        unmapped,
    ),
];

fn unmapped(case: &Case<'_>) -> Verdict {
    let ids = case.live.caller.inside.as_ref().map(|inside| (inside.uid, inside.gid));
    let (uid, gid) = ids.unwrap_or((65534, 65534));
    yes().seen(format!("inside it is uid {uid} gid {gid}"), format!("它在里面是 uid {uid} gid {gid}"))
}
