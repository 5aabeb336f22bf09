//! F, second half: the values of cgroup files, v2's and, as G, v1's.

use super::case::{Case, Verdict, always, apart, decide, known, maybe, unreached, yes};
use super::{NONE, Row, row, t};
use crate::model::Text;
use nix::errno::Errno::*;

const FREE: Text = t("see what there is: `cgroup show`", "查看现状：`cgroup show`");

pub(super) const ROWS: &[Row] = &[
    row(
        "F25",
        &["write cgroup.freeze", "write cgroup.kill"],
        &[ERANGE],
        t("only 0 and 1 can be written, to cgroup.kill only 1", "只能写 0 或 1，cgroup.kill 只能写 1"),
        t("`cgroup freeze`, `cgroup thaw`, `cgroup kill` write them", "`cgroup freeze`、`cgroup thaw`、`cgroup kill` 会写入它们"),
        always,
    ),
    row(
        "F26",
        &["write cgroup.events", "read cgroup.kill"],
        &[EINVAL],
        t(
            "cgroup.kill can only be written, cgroup.events only be read; root passes the permissions of the files",
            "cgroup.kill 只能写，cgroup.events 只能读；root 不受文件权限位约束",
        ),
        NONE,
        always,
    ),
    row(
        "F27",
        &["write memory.max", "write memory.high", "write memory.low", "write memory.min", "write memory.swap.max"],
        &[EINVAL],
        t(
            "a size is bytes with K, M or G behind, or max: not 64MB, not -1",
            "大小写作字节数，可带 K、M、G，或 max：不能写 64MB，也不能写 -1",
        ),
        t("`cgroup set memory.max 64M`", "`cgroup set memory.max 64M`"),
        always,
    ),
    row(
        "F28",
        &["write cpu.max", "write cpu.cfs_quota_us", "write cpu.cfs_period_us"],
        &[EINVAL],
        t(
            "quota and period are microseconds: a quota of at least 1000, a period from 1000 to 1000000",
            "配额与周期以微秒计：配额至少 1000，周期在 1000 到 1000000 之间",
        ),
        t("half of one CPU: `cgroup set cpu.max 50000 100000`", "半个 CPU：`cgroup set cpu.max 50000 100000`"),
        bandwidth,
    ),
    row(
        "F29",
        &["write cpu.weight", "write io.weight"],
        &[ERANGE, EINVAL],
        t("a weight is from 1 to 10000; 100 is where every cgroup begins", "权重在 1 到 10000 之间；每个 cgroup 起初都是 100"),
        t("`cgroup set cpu.weight 200`", "`cgroup set cpu.weight 200`"),
        always,
    ),
    row(
        "F30",
        &["write pids.max"],
        &[EINVAL],
        t(
            "pids.max takes a number or max; the highest is the kernel's own limit, 4194304",
            "pids.max 接受数字或 max；最大为内核自身的上限 4194304",
        ),
        t("`cgroup set pids.max 20`", "`cgroup set pids.max 20`"),
        always,
    ),
    row(
        "F31",
        &["write cpuset.cpus", "write cpuset.mems"],
        &[ERANGE, EINVAL],
        t(
            "the list names a CPU (or memory node) beyond those that there are, or is no list such as 0-1,3",
            "列表中的 CPU（或内存节点）超出范围，或写法不对（应如 0-1,3）",
        ),
        t("one that there is: `cgroup set cpuset.cpus 0`", "写存在的：`cgroup set cpuset.cpus 0`"),
        cpus,
    ),
    row(
        "F32",
        &["write io.max", "write io.latency"],
        &[ENODEV],
        t("there is no block device MAJ:MIN of these numbers", "没有这个 MAJ:MIN 编号的块设备"),
        t("see which there are: `show /proc/partitions`", "看看有哪些：`show /proc/partitions`"),
        always,
    ),
    row(
        "F35",
        &["write io.max"],
        &[EINVAL, ERANGE],
        t(
            "io.max takes MAJ:MIN and then rbps=, wbps= (bytes a second), riops=, wiops= (operations a second), each a number above 0 or max",
            "io.max 的格式是 MAJ:MIN 加上 rbps=、wbps=（每秒字节数）、riops=、wiops=（每秒操作数），值为大于 0 的数字或 max",
        ),
        t(
            "see the devices: `show /proc/partitions`; then `cgroup set io.max 254:0 wbps=1048576`",
            "先看有哪些设备：`show /proc/partitions`；再 `cgroup set io.max 254:0 wbps=1048576`",
        ),
        always,
    ),
    row(
        "F36",
        &["write memory.reclaim"],
        &[EAGAIN],
        t(
            "less than that could be reclaimed here: what is left is in use, and there is no swap for it",
            "能回收的不足这么多：剩下的都在使用，又没有交换空间可以换出",
        ),
        t("see what there is: `cgroup get memory.current`", "查看现有多少：`cgroup get memory.current`"),
        always,
    ),
    row(
        "F37",
        &["write misc.max", "write rdma.max"],
        &[EINVAL],
        t(
            "this machine has no such resource: misc counts what few machines have (keys of encrypted VMs: sev, sev_es, tdx), rdma the devices of InfiniBand",
            "本机没有这种资源：misc 只统计少数机器才有的东西（加密虚拟机的密钥：sev、sev_es、tdx），rdma 统计 InfiniBand 设备",
        ),
        t("an empty list says so: `cgroup get misc.max`", "列表为空即说明没有：`cgroup get misc.max`"),
        always,
    ),
    row(
        "F33",
        &["write memory.max"],
        &[],
        t(
            "no call fails at memory.max: the OOM killer ends a process with SIGKILL, and it is not told why. memory.events counts it",
            "达到 memory.max 时没有调用失败：OOM 杀手以 SIGKILL 结束某个进程，而它得不到任何说明。memory.events 会计数",
        ),
        t("`cgroup get memory.events` counts oom_kill", "`cgroup get memory.events` 中的 oom_kill 计数"),
        unreached,
    ),
    row(
        "G1",
        &["write cgroup.procs", "write tasks"],
        &[ENOSPC],
        t(
            "a new v1 cpuset has no CPUs or no memory nodes: both files are to be filled from the parent's before anybody can enter",
            "新建的 v1 cpuset 没有 CPU 或内存节点：要先从父 cgroup 填好这两个文件，进程才能进入",
        ),
        t(
            "`cgroup set cpuset.cpus 0`, then `cgroup set cpuset.mems 0`",
            "`cgroup set cpuset.cpus 0`，然后 `cgroup set cpuset.mems 0`",
        ),
        empty_cpuset,
    ),
    row(
        "G2",
        &["write cpuset.cpus", "write cpuset.mems"],
        &[EACCES],
        t("the list is no subset of the parent's (v1)", "列表不是父 cgroup 的子集（v1）"),
        t("one that there is: `cgroup set cpuset.cpus 0`", "写存在的：`cgroup set cpuset.cpus 0`"),
        cpus,
    ),
    row(
        "G3",
        &["write memory.limit_in_bytes", "write memory.memsw.limit_in_bytes"],
        &[EBUSY],
        t(
            "more than that is in use, and the kernel could not reclaim it (v1; v2 would take the value and call the OOM killer)",
            "已用内存超过该值且无法回收（v1；v2 会接受该值并触发 OOM 杀手）",
        ),
        FREE,
        in_use,
    ),
    row(
        "G4",
        &["write memory.limit_in_bytes", "write memory.soft_limit_in_bytes", "write memory.memsw.limit_in_bytes"],
        &[EINVAL],
        t(
            "a size is bytes with K, M or G behind: not 64MB. A memsw limit may not be below the memory limit, nor the other way round",
            "大小写作字节数，可带 K、M、G：不能写 64MB。memsw 上限不能低于内存上限，反之亦然",
        ),
        t("`cgroup set memory.max 64M`", "`cgroup set memory.max 64M`"),
        bad_size,
    ),
    row(
        "G5",
        &["write cpu.cfs_quota_us", "write cpu.cfs_period_us"],
        &[EINVAL],
        t(
            "on v1 a child's share of time may not be above its parent's; quota and period are from 1000 to 1000000 microseconds",
            "在 v1 上，子 cgroup 的时间份额不能超过父 cgroup；配额与周期在 1000 到 1000000 微秒之间",
        ),
        t("half of one CPU: `cgroup set cpu.max 50000 100000`", "半个 CPU：`cgroup set cpu.max 50000 100000`"),
        share,
    ),
    row(
        "G6",
        &["write cpu.shares"],
        &[],
        t("1 is clamped to 2 without a word: read it back", "写入 1 会被悄悄改成 2：写后应读回"),
        t("`cgroup get cpu.weight`", "`cgroup get cpu.weight`"),
        unreached,
    ),
    row(
        "G7",
        &["write cgroup.procs", "write tasks"],
        &[EINVAL],
        t(
            "a realtime task cannot enter a v1 cpu cgroup that has no rt_runtime (RT_GROUP_SCHED)",
            "实时任务不能进入没有 rt_runtime 的 v1 cpu cgroup（RT_GROUP_SCHED）",
        ),
        NONE,
        on_v1_cpu,
    ),
    row(
        "G8",
        &["write freezer.state", "kill"],
        &[],
        t(
            "a task frozen by v1 does not die of SIGKILL before it is thawed; one frozen by v2 does",
            "被 v1 冻结的任务收到 SIGKILL 后要解冻才会死；被 v2 冻结的则立即死",
        ),
        t("`cgroup thaw`", "`cgroup thaw`"),
        unreached,
    ),
    row(
        "G9",
        &["openat", "mknod", "mknodat"],
        &[EPERM],
        t(
            "the devices cgroup (v1), or a BPF program of the cgroup (v2), does not allow this device",
            "devices cgroup（v1）或 cgroup 上的 BPF 程序（v2）不允许访问该设备",
        ),
        t(
            "see the list: `cgroup devices`; allow it: `cgroup devices allow c 1:3 rwm`",
            "查看列表：`cgroup devices`；允许它：`cgroup devices allow c 1:3 rwm`",
        ),
        device_denied,
    ),
    row(
        "G10",
        &["clone3"],
        &[],
        t(
            "pids.max counts threads, too, so it is reached earlier than a list of processes suggests",
            "pids.max 也计线程，因此比进程列表看上去更早达到",
        ),
        t("`cgroup get pids.current`", "`cgroup get pids.current`"),
        unreached,
    ),
    row(
        "G11",
        &["openat /sys/fs/cgroup/"],
        &[ENOENT],
        t(
            "names differ between cgroup v1 and v2 (memory.limit_in_bytes, memory.max), and a hybrid host has both: it depends on the controller",
            "cgroup v1 与 v2 的文件名不同（memory.limit_in_bytes 与 memory.max），混合主机两者都有：要看具体控制器",
        ),
        t(
            "write v2's names, boxlab translates: `cgroup set memory.max 64M`",
            "用 v2 的名字，boxlab 会换算：`cgroup set memory.max 64M`",
        ),
        on_v1,
    ),
    row(
        "G12",
        &["crun"],
        &[],
        t(
            "some runtimes refuse hybrid hosts as soon as v2 has any controller",
            "只要 v2 带有任何控制器，某些运行时就拒绝在混合主机上运行",
        ),
        NONE,
        unreached,
    ),
];

fn bandwidth(case: &Case<'_>) -> Verdict {
    let numbers: Vec<u64> = case.text(1).unwrap_or_default().split_whitespace().filter_map(|word| word.parse().ok()).collect();
    let short = numbers.first().is_some_and(|quota| *quota < 1000);
    let long = numbers.get(1).or(numbers.first()).is_some_and(|period| *period > 1_000_000);
    if !short && !long && case.text(0).is_some_and(|path| path.contains("cfs_")) {
        return apart();
    }
    let text = case.text(1).unwrap_or_default();
    decide(short || long).seen(format!("{text} microseconds"), format!("{text} 微秒"))
}

fn share(case: &Case<'_>) -> Verdict {
    if bandwidth(case).standing.is_some() { apart() } else { maybe() }
}

fn cpus(case: &Case<'_>) -> Verdict {
    match case.live.cgroup.as_ref().and_then(|group| group.cpus.as_deref()).filter(|_| case.flag("cpuset.cpus")) {
        Some(cpus) => known(Some(true)).seen(format!("there are: {cpus}"), format!("现有：{cpus}")),
        None => maybe(),
    }
}

fn empty_cpuset(case: &Case<'_>) -> Verdict {
    match case.live.cgroup.as_ref().and_then(|group| group.cpuset.as_ref()) {
        Some((cpus, mems)) => decide(cpus.is_empty() || mems.is_empty()).seen(
            format!("cpuset.cpus: {cpus:?}, cpuset.mems: {mems:?}"),
            format!("cpuset.cpus：{cpus:?}，cpuset.mems：{mems:?}"),
        ),
        None => apart(),
    }
}

fn in_use(case: &Case<'_>) -> Verdict {
    let used = case.live.cgroup.as_ref().and_then(|group| group.memory);
    let wanted = case.text(1).and_then(|text| crate::model::Size::parse(text, 0).ok());
    match (used, wanted) {
        (Some(used), Some(crate::model::Size::Bytes(wanted))) => {
            decide(used > wanted).seen(format!("{used} bytes are in use"), format!("已用 {used} 字节"))
        }
        _ => maybe(),
    }
}

fn on_v1(case: &Case<'_>) -> Verdict {
    case.live.cgroup.as_ref().map_or_else(apart, |group| if group.v2 { apart() } else { maybe() })
}

fn on_v1_cpu(case: &Case<'_>) -> Verdict {
    let on = case.live.cgroup.as_ref().is_some_and(|group| !group.v2 && group.dir.contains("cpu"));
    if on { maybe() } else { apart() }
}

/// To open a device file is refused with EPERM for nothing else.
fn device_denied(case: &Case<'_>) -> Verdict {
    let device = |file: &&crate::model::FileLive| file.is(0o020_000) || file.is(0o060_000);
    match case.live.files.iter().find(device).filter(|_| case.call.name == "openat") {
        Some(file) => yes().seen(format!("{} is a device file", file.path), format!("{} 是设备文件", file.path)),
        None => apart(),
    }
}

fn bad_size(case: &Case<'_>) -> Verdict {
    let text = case.text(1).unwrap_or_default();
    let good = crate::model::Size::parse(text, 0).is_ok();
    if good { maybe() } else { yes().seen(format!("{text} is no size"), format!("{text} 不是大小")) }
}
