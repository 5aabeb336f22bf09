//! The files of a cgroup: one table, in cgroup v2's words, with what stands for each on cgroup v1.

use crate::model::Text;

/// What a file holds, and so what can be typed for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Bytes, or `max`.
    Size,
    /// A number, or `max`.
    Count,
    /// `QUOTA PERIOD` in microseconds, or `max`: cpu.max.
    Bandwidth,
    /// From 1 to 10000, 100 when nothing is said.
    Weight,
    /// 0 or 1.
    Flag,
    /// A list of numbers: `0-3,7`.
    Numbers,
    /// Words.
    Words,
    /// Lines `name value`.
    Pairs,
    /// Only `1` can be written, and nothing read: cgroup.kill.
    Trigger,
}

/// What stands for a file on cgroup v1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Twin {
    /// The same text in a file of another name, in this controller's hierarchy.
    Same(&'static str, &'static str),
    /// Bytes; v1 says "no limit" with a number near 2⁶³.
    Bytes(&'static str),
    /// memory.memsw.limit_in_bytes, which counts memory *and* swap.
    MemorySwap,
    /// cpu.cfs_quota_us and cpu.cfs_period_us.
    Bandwidth,
    /// cpu.shares: 1024 where v2 says 100.
    Shares,
    /// freezer.state.
    Freezer,
    /// memory.oom_control and memory.failcnt.
    MemoryEvents,
    /// cpu.stat and cpuacct.usage, in nanoseconds.
    CpuStat,
    /// Nothing; and why.
    None(Text),
}

impl Twin {
    /// The v1 controller that has the file; empty where there is none.
    pub fn controller(&self, knob: &Knob) -> &'static str {
        match self {
            Twin::Same(controller, _) => controller,
            Twin::Freezer => "freezer",
            Twin::CpuStat => "cpu",
            Twin::None(_) => "",
            _ => knob.controller,
        }
    }

    /// Its file names on v1, as a note shows them.
    pub fn files(&self) -> &[&'static str] {
        match self {
            Twin::Same(_, file) | Twin::Bytes(file) => std::slice::from_ref(file),
            Twin::MemorySwap => &["memory.memsw.limit_in_bytes"],
            Twin::Bandwidth => &["cpu.cfs_quota_us", "cpu.cfs_period_us"],
            Twin::Shares => &["cpu.shares"],
            Twin::Freezer => &["freezer.state"],
            Twin::MemoryEvents => &["memory.oom_control", "memory.failcnt"],
            Twin::CpuStat => &["cpu.stat", "cpuacct.usage"],
            Twin::None(_) => &[],
        }
    }
}

/// One file.
#[derive(Debug, PartialEq, Eq)]
pub struct Knob {
    /// Its name on cgroup v2.
    pub file: &'static str,
    /// The controller that must be enabled for it; empty for the core.
    pub controller: &'static str,
    /// What it holds.
    pub kind: Kind,
    /// Can be written.
    pub settable: bool,
    /// What stands for it on v1.
    pub v1: Twin,
    /// What it is, in a few words.
    pub what: Text,
}

impl Knob {
    /// The row of a file name.
    pub fn of(file: &str) -> Option<&'static Knob> {
        KNOBS.iter().find(|knob| knob.file == file)
    }
}

const ONLY_V2: Text = Text { en: "cgroup v1 has no such file", zh: "cgroup v1 没有这样的文件" };
const NO_PRESSURE: Text = Text {
    en: "pressure is measured for each cgroup on v2 only; /proc/pressure has the whole machine",
    zh: "只有 v2 才按 cgroup 统计压力（PSI）；整机的数据在 /proc/pressure",
};
const NO_PROTECTION: Text = Text {
    en: "v1 protects no memory from reclaim; memory.soft_limit_in_bytes only says from whom to take first when the machine runs short",
    zh: "v1 没有内存保护；memory.soft_limit_in_bytes 只决定整机内存不足时先从谁那里回收",
};
const NO_HIGH: Text = Text {
    en: "v1 slows nobody down above a mark: memory.soft_limit_in_bytes looks similar, but acts only when the whole machine runs short",
    zh: "v1 没有“超过就减速”的界限：memory.soft_limit_in_bytes 看着像，但只在整机内存不足时才起作用",
};
const NO_ENABLE: Text = Text {
    en: "on v1 each controller has its own tree, and every cgroup in it has the files: there is nothing to enable",
    zh: "在 v1 上每个控制器自成一棵树，树中每个 cgroup 都有它的文件，无需启用",
};
const NO_KILL: Text = Text {
    en: "v1 cannot kill a cgroup as a whole: each process in cgroup.procs has to be signalled, again and again until none is left",
    zh: "v1 不能整体杀死一个 cgroup：只能对 cgroup.procs 里的进程逐个发信号，反复进行直到清空",
};
const BLKIO: Text = Text {
    en: "v1 spreads it over blkio.throttle.*_device and blkio.weight, one file for each direction and unit",
    zh: "v1 把它拆成 blkio.throttle.*_device 与 blkio.weight，每个方向、每种单位各一个文件",
};

const fn row(file: &'static str, controller: &'static str, kind: Kind, settable: bool, v1: Twin, what: Text) -> Knob {
    Knob { file, controller, kind, settable, v1, what }
}

const fn t(en: &'static str, zh: &'static str) -> Text {
    Text { en, zh }
}

/// The row of cgroup.freeze.
pub const FREEZE: Knob = row(
    "cgroup.freeze",
    "",
    Kind::Flag,
    true,
    Twin::Freezer,
    t("1 stops all processes here, 0 lets them go on", "写 1 冻结这里的所有进程，写 0 解冻"),
);

/// All files that boxlab knows by name; others can be read and written as they are.
/// What each one means: Documentation/admin-guide/cgroup-v2.rst; the v1 names: Documentation/admin-guide/cgroup-v1/.
#[rustfmt::skip] // a table: one row, one line
pub const KNOBS: &[Knob] = &[
    row("memory.max", "memory", Kind::Size, true, Twin::Bytes("memory.limit_in_bytes"), t("hard limit; above it memory is reclaimed, then the OOM killer comes", "硬上限；超过先回收内存，回收不了就触发 OOM 杀手"), ),
    row("memory.high", "memory", Kind::Size, true, Twin::None(NO_HIGH), t("soft limit: above it the processes are slowed down", "软上限：超过后进程会被减速")),
    row("memory.low", "memory", Kind::Size, true, Twin::None(NO_PROTECTION), t("protected from reclaim as far as possible", "尽量不被回收的内存量")),
    row("memory.min", "memory", Kind::Size, true, Twin::None(NO_PROTECTION), t("never reclaimed", "绝不回收的内存量")),
    row("memory.swap.max", "memory", Kind::Size, true, Twin::MemorySwap, t("limit of swap", "交换空间上限")),
    row("memory.current", "memory", Kind::Size, false, Twin::Bytes("memory.usage_in_bytes"), t("in use now, page cache included", "当前用量，含页缓存")),
    row("memory.peak", "memory", Kind::Size, false, Twin::Bytes("memory.max_usage_in_bytes"), t("highest use so far", "历史最高用量")),
    row("memory.swap.current", "memory", Kind::Size, false, Twin::None(ONLY_V2), t("swap in use", "已用交换空间")),
    row("memory.events", "memory", Kind::Pairs, false, Twin::MemoryEvents, t("how often limits were hit and processes killed", "触及上限与杀死进程的次数")),
    row("memory.stat", "memory", Kind::Pairs, false, Twin::Same("memory", "memory.stat"), t("what the memory is used for", "内存的用途明细")),
    row("memory.oom.group", "memory", Kind::Flag, true, Twin::None(ONLY_V2), t("the OOM killer takes all or none", "OOM 时整组一起杀")),
    row("memory.pressure", "", Kind::Pairs, false, Twin::None(NO_PRESSURE), t("time lost waiting for memory", "等待内存所损失的时间")),
    row("pids.max", "pids", Kind::Count, true, Twin::Same("pids", "pids.max"), t("limit of processes and threads", "进程与线程数上限")),
    row("pids.current", "pids", Kind::Count, false, Twin::Same("pids", "pids.current"), t("processes and threads now", "当前进程与线程数")),
    row("pids.peak", "pids", Kind::Count, false, Twin::Same("pids", "pids.peak"), t("highest number so far", "历史最高数量")),
    row("pids.events", "pids", Kind::Pairs, false, Twin::Same("pids", "pids.events"), t("how often fork failed here", "fork 因上限失败的次数")),
    row("cpu.max", "cpu", Kind::Bandwidth, true, Twin::Bandwidth, t("at most QUOTA µs of each PERIOD µs", "每 PERIOD 微秒最多运行 QUOTA 微秒")),
    row("cpu.weight", "cpu", Kind::Weight, true, Twin::Shares, t("share when CPUs are contended; no cap", "争用 CPU 时的份额，不是上限")),
    row("cpu.stat", "cpu", Kind::Pairs, false, Twin::CpuStat, t("time used, and time throttled", "已用时间与被限流时间")),
    row("cpu.pressure", "", Kind::Pairs, false, Twin::None(NO_PRESSURE), t("time lost waiting for a CPU", "等待 CPU 所损失的时间")),
    row("cpuset.cpus", "cpuset", Kind::Numbers, true, Twin::Same("cpuset", "cpuset.cpus"), t("CPUs that may be used", "可用的 CPU")),
    row("cpuset.mems", "cpuset", Kind::Numbers, true, Twin::Same("cpuset", "cpuset.mems"), t("memory nodes that may be used", "可用的内存节点")),
    row("cpuset.cpus.effective", "cpuset", Kind::Numbers, false, Twin::Same("cpuset", "cpuset.effective_cpus"), t("CPUs that are used", "实际使用的 CPU")),
    row("io.max", "io", Kind::Words, true, Twin::None(BLKIO), t("limits for each block device", "每个块设备的上限")),
    row("io.weight", "io", Kind::Words, true, Twin::None(BLKIO), t("share when a disk is contended", "争用磁盘时的份额")),
    row("io.pressure", "", Kind::Pairs, false, Twin::None(NO_PRESSURE), t("time lost waiting for disks", "等待磁盘所损失的时间")),
    row("cgroup.procs", "", Kind::Words, false, Twin::Same("pids", "cgroup.procs"), t("the processes that sit here", "位于此处的进程")),
    FREEZE,
    row("cgroup.kill", "", Kind::Trigger, true, Twin::None(NO_KILL), t("1 kills all processes here and below", "写 1 杀死此处及以下的所有进程")),
    row("cgroup.events", "", Kind::Pairs, false, Twin::None(ONLY_V2), t("are there processes, are they frozen", "是否有进程、是否已冻结")),
    row("cgroup.controllers", "", Kind::Words, false, Twin::None(NO_ENABLE), t("controllers that can be enabled for children", "可为子 cgroup 启用的控制器")),
    row("cgroup.subtree_control", "", Kind::Words, true, Twin::None(NO_ENABLE), t("controllers enabled for children", "已为子 cgroup 启用的控制器")),
    row("cgroup.type", "", Kind::Words, true, Twin::None(ONLY_V2), t("domain or threaded", "domain 还是 threaded")),
    row("cgroup.max.depth", "", Kind::Count, true, Twin::None(ONLY_V2), t("how deep cgroups may nest below", "其下最多嵌套几层")),
    row("cgroup.max.descendants", "", Kind::Count, true, Twin::None(ONLY_V2), t("how many cgroups may live below", "其下最多有多少 cgroup")),
];
