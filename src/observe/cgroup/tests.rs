//! The readers against fixtures: a hybrid host, a v2 host, a container; and the machine that runs the test.

use super::*;
use crate::model::ControllerEnd;
use std::path::PathBuf;

/// A directory of files that goes away with the test.
struct Fixture(PathBuf);

impl Fixture {
    fn new(name: &str, files: &[(&str, &str)]) -> Fixture {
        let root = std::env::temp_dir().join(format!("boxlab-cgroup-{name}-{}", std::process::id()));
        for (path, text) in files {
            let path = root.join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        Fixture(root)
    }

    fn dirs(&self, dirs: &[(&str, &str)]) -> BTreeMap<String, PathBuf> {
        dirs.iter().map(|(key, dir)| (key.to_string(), self.0.join(dir))).collect()
    }
}

impl Drop for Fixture {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

const HYBRID: &str = "\
32 31 0:29 / /cg/cpu rw,relatime - cgroup cgroup rw,cpu,cpuacct
35 31 0:32 / /cg/memory rw,relatime - cgroup cgroup rw,memory
34 31 0:33 / /cg/freezer rw,relatime - cgroup cgroup rw,freezer
40 31 0:37 / /cg/systemd rw,relatime - cgroup cgroup rw,xattr,name=systemd
41 31 0:38 / /cg/uni\\040fied rw,relatime - cgroup2 cgroup2 rw,nsdelegate
";

#[test]
fn each_controller_is_found_in_its_hierarchy() {
    let fixture = Fixture::new("hybrid", &[("cg/uni fied/cgroup.controllers", "hugetlb\n")]);
    let found = Hierarchies::of_mountinfo(&fixture.0, HYBRID);
    let mount = |controller: &str| found.of(controller).map(|one| (one.version, one.mount.clone()));
    assert_eq!(mount("memory"), Some((Version::V1, fixture.0.join("cg/memory"))));
    assert_eq!(mount("cpuacct"), Some((Version::V1, fixture.0.join("cg/cpu"))));
    assert_eq!(mount("hugetlb"), Some((Version::V2, fixture.0.join("cg/uni fied"))));
    assert_eq!(mount(""), mount("hugetlb"));
    assert_eq!(mount("pids"), None);
    assert_eq!(found.all[3].key, "name=systemd");
}

#[test]
fn a_container_sees_its_own_part_at_the_mount_point() {
    let line = "35 31 0:32 /docker/a /cg ro,nosuid - cgroup2 cgroup rw\n";
    let one = &Hierarchies::of_mountinfo(Path::new("/nowhere"), line).all[0];
    assert!(one.read_only);
    assert_eq!(one.dir("/docker/a"), Some("/nowhere/cg".into()));
    assert_eq!(one.dir("/docker/a/b"), Some("/nowhere/cg/b".into()));
    assert_eq!(one.dir("/docker/ab"), None);
    assert_eq!(one.dir("/"), None);
}

#[test]
fn a_path_above_the_cgroup_namespace_has_no_directory() {
    let one = &Hierarchies::of_mountinfo(Path::new("/nowhere"), "41 31 0:38 / /cg rw - cgroup2 cgroup2 rw\n").all[0];
    assert_eq!(one.dir("/../other"), None);
    assert_eq!(one.dir("/"), Some("/nowhere/cg".into()));
}

#[test]
fn v1_reads_in_the_words_of_v2() {
    let fixture = Fixture::new(
        "v1",
        &[
            ("m/memory.limit_in_bytes", "67108864\n"),
            ("m/memory.memsw.limit_in_bytes", "9223372036854771712\n"),
            ("m/memory.usage_in_bytes", "4096\n"),
            ("m/memory.oom_control", "oom_kill_disable 0\nunder_oom 0\noom_kill 2\n"),
            ("m/memory.failcnt", "17\n"),
            ("m/cgroup.procs", "12\n7\n"),
            ("c/cpu.cfs_quota_us", "-1\n"),
            ("c/cpu.cfs_period_us", "100000\n"),
            ("c/cpu.shares", "512\n"),
            ("c/cpu.stat", "nr_periods 4\nnr_throttled 3\nthrottled_time 5000\n"),
            ("c/cpuacct.usage", "9000000\n"),
            ("f/freezer.state", "FREEZING\n"),
            ("f/web/cgroup.procs", ""),
        ],
    );
    let hybrid = Hierarchies::of_mountinfo(&fixture.0, HYBRID);
    let mut v1 = hybrid.clone();
    v1.all.retain(|one| one.version == Version::V1);
    let dirs = fixture.dirs(&[("memory", "m"), ("cpu", "c"), ("cpuacct", "c"), ("freezer", "f")]);
    let seen = v1.state(&dirs);
    assert_eq!(seen.memory.max, Seen::Is(Limit::At(64 << 20)));
    assert_eq!(seen.memory.swap_max, Seen::Is(Limit::Max));
    assert_eq!(seen.memory.current, Seen::Is(4096));
    assert_eq!(seen.memory.events.is().map(|events| (events["max"], events["oom_kill"])), Some((17, 2)));
    assert_eq!(seen.memory.high.errno(), Some(Errno::ENOENT));
    assert_eq!(seen.cpu.max, Seen::Is(CpuMax { quota: Limit::Max, period: 100_000 }));
    assert_eq!(seen.cpu.weight, Seen::Is(50));
    let stat = seen.cpu.stat.is().unwrap();
    assert_eq!((stat["usage_usec"], stat["nr_throttled"], stat["throttled_usec"]), (9000, 3, 5));
    assert_eq!(seen.frozen, Seen::Is(true));
    assert_eq!((seen.procs, seen.children), (vec![7, 12], vec!["web".to_string()]));
    assert_eq!(seen.pids.max.errno(), Some(Errno::ENOENT));
}

#[test]
fn what_cpuacct_counts_for_another_group_is_not_this_ones() {
    let fixture = Fixture::new(
        "acct",
        &[
            ("cg/cpu/a/cpu.stat", "nr_periods 4\nnr_throttled 3\nthrottled_time 5000\n"),
            ("cg/acct/cpuacct.usage", "9000000\n"),
            ("cg/acct/a/cpuacct.usage", "7000000\n"),
        ],
    );
    let apart = "1 0 0:1 / /cg/cpu rw - cgroup cgroup rw,cpu\n2 0 0:2 / /cg/acct rw - cgroup cgroup rw,cpuacct\n";
    let found = Hierarchies::of_mountinfo(&fixture.0, apart);
    let usage = |acct: &str| {
        let dirs = fixture.dirs(&[("cpu", "cg/cpu/a"), ("cpuacct", acct)]);
        found.state(&dirs).cpu.stat.is().and_then(|stat| stat.get("usage_usec").copied())
    };
    assert_eq!(usage("cg/acct/a"), Some(7000));
    assert_eq!(usage("cg/acct"), None, "that is the whole machine");
}

#[test]
fn v2_reads_as_it_is() {
    let fixture = Fixture::new(
        "v2",
        &[
            ("cg/cgroup.controllers", "cpu memory pids\n"),
            ("cg/a/memory.max", "max\n"),
            ("cg/a/cpu.max", "50000 100000\n"),
            ("cg/a/pids.events", "max 3\n"),
            ("cg/a/cgroup.freeze", "0\n"),
            ("cg/a/cgroup.events", "populated 1\nfrozen 0\n"),
            ("cg/a/cgroup.subtree_control", "memory pids\n"),
            (
                "cg/a/cpu.pressure",
                "some avg10=1.50 avg60=0.00 avg300=0.00 total=7\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=0\n",
            ),
        ],
    );
    let v2 = Hierarchies::of_mountinfo(&fixture.0, "41 31 0:38 / /cg rw - cgroup2 cgroup2 rw\n");
    let seen = v2.state(&fixture.dirs(&[("", "cg/a")]));
    assert_eq!(seen.memory.max, Seen::Is(Limit::Max));
    assert_eq!(seen.cpu.max.is().and_then(|max| max.percent()), Some(50.0));
    assert_eq!(seen.pids.events.is().map(|events| events["max"]), Some(3));
    assert_eq!((seen.frozen, seen.populated), (Seen::Is(false), Seen::Is(true)));
    assert_eq!(seen.subtree_control, Seen::Is(vec!["memory".into(), "pids".into()]));
    assert_eq!(seen.pressure["cpu.pressure"], Seen::Is("avg10=1.50".into()));
    assert_eq!(seen.memory.current.errno(), Some(Errno::ENOENT), "the controller is off");
}

#[test]
fn values_of_v2_are_written_as_v1_wants_them() {
    let fixture = Fixture::new("write", &[("memory.limit_in_bytes", "1000\n"), ("cpu.cfs_period_us", "100000\n")]);
    let written = |file: &str, value: &str| {
        let writes = v1_writes(&fixture.0, Knob::of(file).unwrap(), value).unwrap();
        writes.into_iter().map(|write| format!("{}={}", write.file, write.text)).collect::<Vec<_>>()
    };
    assert_eq!(written("memory.max", "max"), ["memory.limit_in_bytes=-1"]);
    assert_eq!(written("memory.swap.max", "24"), ["memory.memsw.limit_in_bytes=1024"]);
    assert_eq!(written("cpu.max", "50000 100000"), ["cpu.cfs_quota_us=50000"]);
    assert_eq!(written("cpu.max", "max 20000"), ["cpu.cfs_period_us=20000", "cpu.cfs_quota_us=-1"]);
    assert_eq!(written("cpu.weight", "50"), ["cpu.shares=512"]);
    assert_eq!(written("cgroup.freeze", "1"), ["freezer.state=FROZEN"]);
    assert!(v1_writes(&fixture.0, Knob::of("memory.high").unwrap(), "1000").is_err());
}

#[test]
fn a_weight_comes_back_as_it_was_set() {
    for weight in 1..=10_000 {
        let fixture_free = v1::shares(weight);
        assert_eq!(v1::weight(fixture_free), weight);
    }
    assert_eq!((v1::weight(u64::MAX), v1::shares(u64::MAX)), (10_000, u64::MAX / 100));
}

#[test]
fn every_row_has_a_v2_name_of_its_controller() {
    for knob in KNOBS {
        let prefix = knob.file.split('.').next().unwrap();
        assert!(knob.controller.is_empty() || knob.controller == prefix, "{}", knob.file);
        assert_eq!(KNOBS.iter().filter(|other| other.file == knob.file).count(), 1, "{} twice", knob.file);
        assert!(!matches!(knob.v1, Twin::None(why) if why.zh.is_empty()));
    }
}

#[test]
fn this_machine_can_say_where_this_process_sits() {
    let proc = Path::new("/proc");
    let me = std::process::id() as i32;
    let Seen::Is(found) = Hierarchies::probe(Path::new("/"), proc, me) else { panic!("no mountinfo") };
    for (key, dir) in found.of_process(proc, me).is().unwrap() {
        assert!(procs(dir).is().unwrap().contains(&me), "{key}: {}", dir.display());
    }
}

#[test]
fn what_a_failed_call_was_about_can_be_asked() {
    let fixture = Fixture::new(
        "live",
        &[
            ("cg/cgroup.controllers", "memory pids\n"),
            ("cg/cgroup.subtree_control", "pids\n"),
            ("cg/a/cgroup.controllers", "pids\n"),
            ("cg/a/cgroup.procs", "1\n"),
            ("cg/a/cgroup.type", "domain\n"),
            ("cg/a/cgroup.events", "populated 1\nfrozen 1\n"),
            ("cg/a/pids.max", "5\n"),
            ("cg/a/pids.current", "5\n"),
            ("cg/a/web/pids.max", "max\n"),
            ("proc/7/cgroup", "0::/a\n"),
            ("proc/1/comm", "init\n"),
        ],
    );
    let v2 = Hierarchies::of_mountinfo(&fixture.0, "41 31 0:38 / /cg rw - cgroup2 cgroup2 rw\n");
    let proc = fixture.0.join("proc");
    let by_dir = v2.live(&proc, &fixture.0.join("cg/a")).unwrap();
    assert_eq!((by_dir.procs[0].pid, by_dir.procs[0].comm.as_str()), (1, "init"));
    assert_eq!(by_dir.children, ["web"]);
    let end = |dir: &str, hands_down: &[&str], occupied| ControllerEnd {
        dir: fixture.0.join(dir).to_string_lossy().into(),
        hands_down: hands_down.iter().map(ToString::to_string).collect(),
        occupied,
    };
    let memory = ("memory".to_string(), end("cg", &["pids"], false));
    assert_eq!(by_dir.ends, BTreeMap::from([memory.clone()]), "it has pids");
    let web = v2.live(&proc, &fixture.0.join("cg/a/web")).unwrap();
    assert_eq!(web.ends, BTreeMap::from([memory, ("pids".to_string(), end("cg/a", &[], true))]));
    assert_eq!(v2.live(&proc, &fixture.0.join("cg/a/memory.max")), Some(by_dir.clone()), "a file that is not there");
    assert_eq!(by_dir.pids_full, Some((fixture.0.join("cg/a").to_string_lossy().into(), 5)));
    assert_eq!(v2.live(&proc, &fixture.0.join("cg/a/web")).unwrap().pids_full, by_dir.pids_full);
    assert!(!v2.live(&proc, &fixture.0.join("cg/gone")).unwrap().exists);
    assert_eq!(v2.live(&proc, Path::new("/etc")), None);
    assert!(v2.is_frozen(&proc, 7));
    assert_eq!(v2.pids_full(&proc, 7), by_dir.pids_full);
}

#[test]
fn children_of_children_are_descendants() {
    let mut child = std::process::Command::new("sh").args(["-c", "sleep 9 & wait"]).spawn().unwrap();
    let pid = child.id() as i32;
    let mut below = Vec::new();
    for _ in 0..200 {
        below = descendants(Path::new("/proc"), pid);
        if !below.is_empty() {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    assert_eq!(below.len(), 1);
    assert!(descendants(Path::new("/proc"), std::process::id() as i32).contains(&below[0]));
    crate::kernel::plumbing_kill(below[0], libc::SIGKILL).unwrap();
    child.wait().unwrap();
}
