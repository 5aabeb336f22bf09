//! F, first half: the tree of cgroup v2: who sits where, which controller is on, who may move whom.

mod check;

use super::case::{always, undecided, unreached};
use super::{NONE, Row, row, t};
use check::{
    child_enables, cpu_only, internal, no_file, no_plain_files, not_for_threads, not_handed_down, occupied, read_only, removed,
    root_of_namespace, taken, tree_full,
};
use nix::errno::Errno::*;

pub(super) use check::{hands_down, invalid, undelegated};

const SUBTREE: &[&str] = &["write cgroup.subtree_control"];
const PROCS: &[&str] = &["write cgroup.procs"];
const PROCS_OR_OPEN: &[&str] = &["write cgroup.procs", "openat cgroup.procs"];

pub(super) const ROWS: &[Row] = &[
    row(
        "F1",
        SUBTREE,
        &[EBUSY],
        t(
            "the cgroup holds processes, and one that hands controllers down may hold none (no internal processes, cgroups(7)); exceptions are the root, and cpu, cpuset and pids as long as no child holds processes",
            "该 cgroup 中有进程，而下放控制器的 cgroup 自己不能有进程（内部节点无进程，cgroups(7)）；例外是根，以及在子 cgroup 都没有进程时的 cpu、cpuset、pids",
        ),
        t(
            "move them into a leaf first: `cgroup new leaf`, then `cgroup enter leaf`",
            "先把它们移入叶子：`cgroup new leaf`，然后 `cgroup enter leaf`",
        ),
        internal,
    ),
    row(
        "F2",
        PROCS,
        &[EBUSY],
        t(
            "the cgroup hands controllers down to its children, so it may hold no processes itself; only leaves may",
            "该 cgroup 已把控制器下放给子 cgroup，自己就不能再有进程；只有叶子才能容纳进程",
        ),
        t(
            "make a leaf below it and enter that: `cgroup new leaf`, then `cgroup enter leaf`",
            "在其下创建叶子并进入：`cgroup new leaf`，然后 `cgroup enter leaf`",
        ),
        hands_down,
    ),
    row(
        "F3",
        SUBTREE,
        &[ENOENT],
        t(
            "the controller is not in this cgroup's cgroup.controllers: the cgroup above has not handed it down, or a v1 hierarchy holds it",
            "该控制器不在本 cgroup 的 cgroup.controllers 中：上级没有下放，或被某个 v1 层级占用",
        ),
        t("see what there is: `cgroup get cgroup.controllers`", "看看有哪些：`cgroup get cgroup.controllers`"),
        not_handed_down,
    ),
    row(
        "F4",
        SUBTREE,
        &[EINVAL],
        t(
            "the kernel has no controller of that name, or the sign (+ or -) is missing",
            "内核没有这个名字的控制器，或缺少 + / - 号",
        ),
        t("see what there is: `cgroup get cgroup.controllers`", "看看有哪些：`cgroup get cgroup.controllers`"),
        undecided,
    ),
    row(
        "F5",
        SUBTREE,
        &[EBUSY],
        t(
            "a child still hands the controller down: switch off from below upwards",
            "某个子 cgroup 仍在下放该控制器：要自下而上关闭",
        ),
        NONE,
        child_enables,
    ),
    row(
        "F6",
        SUBTREE,
        &[EINVAL],
        t(
            "for cpu: realtime threads sit in a cgroup other than the root (RT_GROUP_SCHED)",
            "针对 cpu：有实时线程在根以外的 cgroup 中（RT_GROUP_SCHED）",
        ),
        NONE,
        cpu_only,
    ),
    row(
        "F34",
        SUBTREE,
        &[EOPNOTSUPP],
        t(
            "in a tree of threads only controllers that can tell threads apart can be handed down: cpu, cpuset, perf_event, pids; memory and io count whole processes",
            "在线程化的子树里只能下放能区分线程的控制器：cpu、cpuset、perf_event、pids；memory、io 按整个进程计",
        ),
        t(
            "`cgroup enable cpu` can be; there is no way back from threaded, a cgroup elsewhere is a domain: `reset`",
            "可以 `cgroup enable cpu`；threaded 不能撤回，别处的 cgroup 仍是 domain：`reset`",
        ),
        not_for_threads,
    ),
    row(
        "F7",
        &["openat /sys/fs/cgroup/", "write memory.max"],
        &[ENOENT],
        t(
            "the file is not there: its controller is not enabled for this cgroup (the parent's cgroup.subtree_control must name it), or this is the root, which has no limits",
            "没有这个文件：该控制器没有为本 cgroup 启用（须由父 cgroup 的 cgroup.subtree_control 列出），或这里是没有限制文件的根",
        ),
        t("`cgroup get` lists the files that are here", "`cgroup get` 列出这里有的文件"),
        no_file,
    ),
    row(
        "F8",
        PROCS_OR_OPEN,
        &[EACCES],
        t(
            "one needs write permission on cgroup.procs of the target and of the nearest common ancestor of both: it is not delegated to this user",
            "需要对目标以及双方最近公共祖先的 cgroup.procs 都有写权限：它没有委派给当前用户",
        ),
        t(
            "start the bench in a delegated scope: systemd-run --user --scope -p Delegate=yes boxlab",
            "在委派的 scope 中启动实验台：systemd-run --user --scope -p Delegate=yes boxlab",
        ),
        undelegated,
    ),
    row(
        "F9",
        &["write cgroup.procs", "clone3 CLONE_INTO_CGROUP"],
        &[ENOENT],
        t(
            "source or target lies outside of the caller's cgroup namespace, and cgroup2 is mounted with nsdelegate: a namespace is a border for moves and births",
            "源或目标在调用者的 cgroup 命名空间之外，而 cgroup2 以 nsdelegate 挂载：进程的移动与出生都不能越过命名空间的边界",
        ),
        t("do it from outside, as `cgroup enter .` does", "从外部来做，即 `cgroup enter .` 的做法"),
        undecided,
    ),
    row(
        "F10",
        &["write"],
        &[EPERM],
        t(
            "limits at the root of one's own cgroup namespace belong to the parent (nsdelegate)",
            "自己 cgroup 命名空间之根的限制归上级所有（nsdelegate）",
        ),
        t(
            "set them from outside: `cgroup set pids.max 20`; or make a child: `cgroup new leaf`",
            "从外部设置：`cgroup set pids.max 20`；或创建子 cgroup：`cgroup new leaf`",
        ),
        root_of_namespace,
    ),
    row(
        "F11",
        PROCS,
        &[ESRCH],
        t("there is no such process, as the writer's PID namespace counts", "没有该进程（按写入者所在 PID 命名空间的编号）"),
        t("see which processes live: `ps`", "看看哪些进程还活着：`ps`"),
        always,
    ),
    row(
        "F12",
        PROCS,
        &[EINVAL],
        t(
            "a kernel thread cannot be moved; and one PID a write, as a number (`0` is the writer)",
            "内核线程不能移动；每次写一个 PID，须是数字（0 指写入者自己）",
        ),
        NONE,
        undecided,
    ),
    row(
        "F13",
        PROCS,
        &[EOPNOTSUPP],
        t(
            "the cgroup is `domain invalid`: it lies below a threaded one, and takes no processes before it is threaded itself",
            "该 cgroup 处于 domain invalid 状态：它在 threaded cgroup 之下，自己变成 threaded 之前不能容纳进程",
        ),
        t("see its type: `cgroup get cgroup.type`", "查看类型：`cgroup get cgroup.type`"),
        invalid,
    ),
    row(
        "F14",
        &["read cgroup.procs"],
        &[EOPNOTSUPP],
        t("a threaded cgroup lists threads, in cgroup.threads", "threaded cgroup 列出的是线程，在 cgroup.threads 中"),
        t("`cgroup get cgroup.threads`", "`cgroup get cgroup.threads`"),
        unreached,
    ),
    row(
        "F15",
        &["write cgroup.type"],
        &[EINVAL, EOPNOTSUPP],
        t(
            "only `threaded` can be written, and there is no way back; the parent must have no domain controllers and no processes in domain children",
            "只能写 threaded，而且不可撤回；父 cgroup 不能有 domain 控制器，也不能有含进程的 domain 子 cgroup",
        ),
        t("a new cgroup is a domain again: `cgroup new leaf`", "新建的 cgroup 又是 domain：`cgroup new leaf`"),
        always,
    ),
    row(
        "F16",
        PROCS,
        &[],
        t(
            "the PID of a zombie is accepted without effect, and a cgroup with only zombies can be removed",
            "写入僵尸的 PID 会被接受但没有效果；只含僵尸的 cgroup 可以删除",
        ),
        NONE,
        unreached,
    ),
    row(
        "F17",
        &["rmdir"],
        &[EBUSY],
        t(
            "a cgroup is removed only when it holds no live process and no child cgroup",
            "只有不含存活进程也没有子 cgroup 时才能删除",
        ),
        t("see who sits in it: `cgroup tree`", "看看谁在里面：`cgroup tree`"),
        occupied,
    ),
    row(
        "F18",
        &["unlink", "unlinkat"],
        &[EPERM],
        t(
            "the files of a cgroup cannot be removed; the directory goes with rmdir(2), from below upwards",
            "cgroup 里的文件不能删除；目录用 rmdir(2) 自下而上删除",
        ),
        t("`cgroup tree` shows them, `cgroup rm leaf` removes one", "`cgroup tree` 列出它们，`cgroup rm leaf` 删除一个"),
        unreached,
    ),
    row(
        "F19",
        &["mkdir"],
        &[EAGAIN],
        t(
            "a cgroup above has reached cgroup.max.descendants or cgroup.max.depth",
            "上级的某个 cgroup 已达到 cgroup.max.descendants 或 cgroup.max.depth",
        ),
        t(
            "raise it: `cgroup set --cgroup . cgroup.max.descendants max`",
            "提高上限：`cgroup set --cgroup . cgroup.max.descendants max`",
        ),
        tree_full,
    ),
    row(
        "F20",
        &["mkdir"],
        &[EEXIST, EINVAL],
        t(
            "the name is taken, by a cgroup or by a file of the kernel's (cgroup.procs); or it has a newline in it (EINVAL)",
            "名字已被占用：已有同名 cgroup，或与内核的文件（如 cgroup.procs）同名；或含有换行（EINVAL）",
        ),
        t("take another name: `cgroup new other`", "换个名字：`cgroup new other`"),
        taken,
    ),
    row(
        "F21",
        &["mkdir", "openat O_CREAT"],
        &[EACCES],
        t(
            "the directory above is not this user's; and cgroupfs has no plain files at all",
            "上级目录不属于当前用户；而且 cgroupfs 根本没有普通文件",
        ),
        t(
            "start the bench in a delegated scope: systemd-run --user --scope -p Delegate=yes boxlab",
            "在委派的 scope 中启动实验台：systemd-run --user --scope -p Delegate=yes boxlab",
        ),
        no_plain_files,
    ),
    row(
        "F22",
        &["write /sys/fs/cgroup/", "openat /sys/fs/cgroup/", "mkdir", "rmdir"],
        &[EROFS],
        t("cgroups are mounted read-only here, as in most containers", "这里的 cgroup 是只读挂载的，多数容器都是如此"),
        t("nothing can be changed from inside: run boxlab outside of the container", "从内部无法改动：请在容器之外运行 boxlab"),
        read_only,
    ),
    row(
        "F23",
        &["write /sys/fs/cgroup/"],
        &[ENODEV],
        t("the cgroup has been removed while the file was open", "文件打开期间该 cgroup 已被删除"),
        t("`cgroup tree` shows which there are", "`cgroup tree` 显示现有的 cgroup"),
        removed,
    ),
    row(
        "F24",
        &["write /sys/fs/cgroup/"],
        &[],
        t(
            "what counts is the right of who opened the file: a descriptor that root opened can be written by anybody who has it",
            "起作用的是打开者的权限：root 打开的描述符，谁拿到都能写",
        ),
        NONE,
        unreached,
    ),
];
