//! Files as the kernel writes them, filled with anything: readers of mountinfo, status, maps, cgroups. Parts of the input, divided by
//! NUL bytes, become the files of one process and one cgroup.
#![no_main]

use boxlab::model::{Lang, changes};
use boxlab::observe::cgroup::{CpuMax, Hierarchies, Knob, Limit, flat_keyed};
use boxlab::observe::{mounts, process, snapshot};
use boxlab::ui::Style;
use libfuzzer_sys::fuzz_target;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// The files of a process; the rest of the parts go to the cgroup.
const OF_PROCESS: &[&str] = &[
    "mountinfo",
    "status",
    "cgroup",
    "limits",
    "stat",
    "uid_map",
    "gid_map",
    "timens_offsets",
    "oom_score_adj",
    "cmdline",
    "comm",
];
/// The files of a cgroup that are read here.
const OF_CGROUP: &[&str] = &[
    "cgroup.controllers",
    "memory.max",
    "memory.events",
    "cpu.max",
    "cpu.stat",
    "pids.max",
    "cgroup.freeze",
    "cgroup.events",
    "cgroup.procs",
    "memory.pressure",
    "memory.limit_in_bytes",
    "cpu.cfs_quota_us",
    "cpu.cfs_period_us",
    "cpu.shares",
    "memory.oom_control",
    "cpuacct.usage",
    "freezer.state",
    "io.max",
];

fn root() -> &'static Path {
    static ROOT: OnceLock<PathBuf> = OnceLock::new();
    ROOT.get_or_init(|| {
        let base = if Path::new("/dev/shm").is_dir() { PathBuf::from("/dev/shm") } else { std::env::temp_dir() };
        let root = base.join(format!("boxlab-fuzz-{}", std::process::id()));
        fs::create_dir_all(root.join("proc/1")).expect("a folder for the files");
        fs::create_dir_all(root.join("cg/a")).expect("a folder for the files");
        root
    })
}

fuzz_target!(|data: &[u8]| {
    let root = root();
    let mut parts = data.split(|byte| *byte == 0);
    for name in OF_PROCESS {
        write(&root.join("proc/1").join(name), parts.next());
    }
    for (at, name) in OF_CGROUP.iter().enumerate() {
        let dir = if at == 0 { "cg" } else { "cg/a" };
        write(&root.join(dir).join(name), parts.next());
    }
    let proc = root.join("proc");
    let seen = snapshot(&proc, 1);
    let _ = (changes(&seen, &snapshot(&proc, 2)), changes(&snapshot(&proc, 2), &seen));
    let command = process::command(&proc, 1);
    let shown = Style::plain(Lang::En).visible(command.is().map(String::as_str).unwrap_or_default());
    assert!(!shown.contains(|c: char| c.is_control() && c != '\n'));
    let _ = process::cpu_time(&proc, 1);
    if let Some(mounts) = mounts::of(&proc, 1).is() {
        for mount in mounts.iter().take(8) {
            let _ = (mounts::tree(mounts, mount.id).len(), mount.propagation(), mounts::uppermost(mounts, &mount.point));
            if let Some(group) = mount.shared() {
                let _ = mounts::arrives(&mounts::travels(group, mounts.iter()), mounts);
            }
        }
    }
    cgroups(root, &proc, data);
});

fn cgroups(root: &Path, proc: &Path, data: &[u8]) {
    if let Some(found) = Hierarchies::probe(root, proc, 1).is() {
        let _ = found.of_process(proc, 1);
    }
    // What mountinfo says leads anywhere; this leads to the files.
    for line in ["1 0 0:1 / /cg rw - cgroup2 none rw", "1 0 0:1 / /cg rw - cgroup none rw,memory,cpu,cpuacct,pids,freezer"] {
        let found = Hierarchies::of_mountinfo(root, line);
        let dirs = ["", "memory"].into_iter().map(|key| (key.to_string(), root.join("cg/a"))).collect();
        let _ = found.state(&dirs);
    }
    let text = String::from_utf8_lossy(data);
    let _ = (CpuMax::parse(&text).and_then(CpuMax::percent), Limit::parse(&text), flat_keyed(&text), process::unescape(&text));
    let _ = (process::ns_number(&text), process::id_maps(&text), process::cgroup_paths(&text), Knob::of(&text).is_some());
}

fn write(path: &Path, part: Option<&[u8]>) {
    match part {
        Some(bytes) => fs::write(path, bytes).expect("it is ours"),
        None => _ = fs::remove_file(path),
    }
}
