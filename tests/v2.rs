//! What is true of cgroup v2 with its controllers, as a learner meets it: as root, and as a user to whom a subtree is delegated.
//! Where the machine has no such tree, `scripts/test-vm` is where this runs.

mod needs;

use std::process::{Command, Stdio};

/// Can this user make cgroups with these controllers? Else says why not.
fn ready(words: &str) -> bool {
    if let Some(word) = needs::missing(words) {
        eprintln!("skipped: needs {word}");
        return false;
    }
    let made = shown("cgroup new ready");
    let delegated = !made.contains("is not delegated");
    if !delegated {
        eprintln!("skipped: needs a delegated cgroup");
    }
    delegated
}

/// All that these lines print.
fn shown(lines: &str) -> String {
    let output = Command::new("timeout")
        .args(["90", env!("CARGO_BIN_EXE_boxlab"), "--lang", "en", "-c", lines])
        .env_remove("LC_ALL")
        .env("LANG", "C.UTF-8")
        .stdin(Stdio::null())
        .output()
        .expect("boxlab runs");
    String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned()
}

/// What the last of these lines prints.
fn last(lines: &str) -> String {
    let text = shown(lines);
    text.rsplit_once("\n$ ").map_or(text.clone(), |(_, last)| last.to_string())
}

#[track_caller]
fn holds(text: &str, pieces: &[&str]) {
    pieces.iter().for_each(|piece| assert!(text.contains(piece), "`{piece}` is not in:\n{text}"));
}

#[test]
fn a_cgroup_with_processes_enables_nothing_and_they_are_named() {
    if ready("cgroup2:memory") {
        holds(&last("cgroup new x; cgroup enable memory"), &["EBUSY", "boxlab-subject"]);
        holds(&last("cgroup new leaf; cgroup enter leaf; cgroup enable memory"), &["\"+memory\", 7) = 7"]);
    }
}

#[test]
fn a_cgroup_that_enables_controllers_takes_no_process() {
    if ready("cgroup2:memory") {
        let text = last("cgroup new leaf; cgroup enter leaf; cgroup enable memory; cgroup enter .");
        holds(&text, &["EBUSY", "cgroup.subtree_control", "memory"]);
    }
}

#[test]
fn a_file_whose_controller_is_off_says_which_and_where() {
    if ready("cgroup2:memory") {
        let text = last("cgroup new leaf; cgroup set memory.max 64M --cgroup leaf");
        holds(&text, &["memory.max", "cgroup.subtree_control"]);
    }
}

#[test]
fn memory_max_is_rounded_to_pages_and_read_back() {
    if ready("cgroup2:memory") {
        holds(&last("cgroup set memory.max 1000000"), &["999424", "whole pages"]);
        holds(&last("cgroup set memory.max 64M; cgroup get memory.max"), &["67108864"]);
    }
}

#[test]
fn what_cannot_be_reclaimed_is_killed_and_counted() {
    if ready("cgroup2:memory") {
        let text = shown(
            "cgroup set memory.max 16M; cgroup set memory.swap.max 0; load mem 64M; cgroup get memory.events; cgroup get memory.peak",
        );
        holds(&text, &["SIGKILL", "oom_kill 1", "16777216"]);
    }
}

#[test]
fn memory_high_slows_and_counts_but_does_not_kill() {
    if ready("cgroup2:memory") {
        let text = shown("cgroup set memory.high 16M; load mem 17M; cgroup get memory.events");
        assert!(!text.contains("SIGKILL"), "{text}");
        let high = text.lines().find_map(|line| line.trim().strip_prefix("high ")).expect("memory.events has high");
        assert_ne!(high, "0", "{text}");
    }
}

#[test]
fn oom_group_is_a_switch() {
    if ready("cgroup2:memory") {
        holds(&last("cgroup set memory.oom.group 1; cgroup get memory.oom.group"), &["1"]);
    }
}

#[test]
fn cpu_max_throttles() {
    if ready("cgroup2:cpu") {
        let text = shown("cgroup set cpu.max 5000 50000; load cpu 2; cgroup get cpu.stat");
        holds(&text, &["\"5000 50000\""]);
        let throttled = text.lines().find_map(|line| line.trim().strip_prefix("nr_throttled ")).expect("cpu.stat has it");
        assert_ne!(throttled, "0", "{text}");
    }
}

#[test]
fn cpu_weight_is_a_share_not_a_cap() {
    if ready("cgroup2:cpu") {
        holds(&last("cgroup set cpu.weight 50; cgroup get cpu.weight"), &["50"]);
    }
}

#[test]
fn pids_max_refuses_a_fork_with_eagain() {
    if ready("cgroup2:pids") {
        holds(&shown("cgroup set pids.max 5; load procs 20; cgroup get pids.events"), &["EAGAIN", "max "]);
    }
}

#[test]
fn io_max_takes_several_words_and_is_read_back() {
    if ready("cgroup2:io") {
        let disks = std::fs::read_to_string("/sys/block/vda/dev").unwrap_or_default();
        let Some(disk) = disks.lines().next() else { return eprintln!("skipped: needs a virtio disk") };
        let text = last(&format!("cgroup set io.max {disk} wbps=1048576; cgroup get io.max"));
        holds(&text, &[disk, "wbps=1048576", "rbps=max"]);
    }
}

#[test]
fn freeze_and_thaw_from_outside() {
    if ready("cgroup2") {
        let text = shown("cgroup freeze; cgroup get cgroup.events; cgroup thaw; cgroup get cgroup.events");
        holds(&text, &["frozen 1", "frozen 0"]);
    }
}

#[test]
fn kill_takes_all_and_the_subject_is_fresh() {
    if ready("cgroup2") {
        let text = shown("cgroup new web; spawn -b sleep 100; cgroup enter web; cgroup kill web; hostname");
        holds(&text, &["cgroup.kill>, \"1\", 1) = 1", "a fresh one stands in its place"]);
    }
}

#[test]
fn pressure_is_there_for_each_cgroup() {
    if ready("cgroup2:memory") {
        for file in ["memory.pressure", "cpu.pressure", "io.pressure"] {
            holds(&last(&format!("cgroup set memory.max 64M; cgroup get {file}")), &["some avg10=", "total="]);
        }
    }
}

#[test]
fn who_may_not_change_the_giver_s_limit_may_change_the_own_one() {
    if nix::unistd::geteuid().is_root() || !ready("cgroup2:memory") {
        return;
    }
    let above = boxlab::observe::cgroup::Hierarchies::probe("/".as_ref(), "/proc".as_ref(), std::process::id() as i32);
    let above =
        above.is().and_then(|all| Some(all.of_process("/proc".as_ref(), std::process::id() as i32).is()?.get("")?.clone()));
    let limit = above.expect("it is mounted").parent().expect("it is delegated").join("memory.max");
    let refused = std::fs::OpenOptions::new().write(true).open(&limit).expect_err("the limit is the giver's");
    assert_eq!(refused.raw_os_error(), Some(nix::libc::EACCES), "{}", limit.display());
    holds(&last("cgroup set memory.max 32M; cgroup get memory.max"), &["33554432"]);
}

#[test]
fn a_child_is_born_in_its_cgroup_and_its_parent_stays() {
    if ready("cgroup2") {
        let first = shown("clone --cgroup web -- cat /proc/self/cgroup; show /proc/self/cgroup");
        assert_eq!(first.lines().filter(|line| line.starts_with("0::") && line.ends_with("/web")).count(), 1, "{first}");
        holds(&first, &["CLONE_INTO_CGROUP", "has been made for the child"]);
        holds(
            &shown("cgroup new web; clone pid --cgroup web; cgroup get cgroup.procs; exit; cgroup show"),
            &["/web", "children  web"],
        );
    }
}

#[test]
fn the_limits_of_the_cgroup_it_is_born_in_count() {
    if ready("cgroup2:pids") {
        let lines = "cgroup new web; cgroup new leaf; cgroup enter leaf; cgroup enable pids; cgroup set pids.max 0 --cgroup web; clone --cgroup web -- true";
        holds(&last(lines), &["EAGAIN", "/web has reached pids.max = 0", "cgroup set pids.max max --cgroup web"]);
    }
}

#[test]
fn nobody_is_born_where_controllers_are_handed_down() {
    if ready("cgroup2:memory") {
        let made = "cgroup new web; cgroup new web/db; cgroup new leaf; cgroup enter leaf; cgroup enable memory; cgroup enable memory --cgroup web";
        holds(&last(&format!("{made}; clone --cgroup web -- true")), &["EBUSY", "clone --cgroup web/leaf -- true"]);
        holds(&last(&format!("{made}; clone --cgroup web/leaf -- true")), &["was born in the cgroup `web/leaf`"]);
    }
}

#[test]
fn swap_is_limited_by_itself_and_needs_none_to_be_there() {
    if ready("cgroup2:memory") {
        holds(&last("cgroup set memory.swap.max 8M; cgroup get memory.swap.max"), &["8388608"]);
    }
}

#[test]
fn oom_group_takes_all_or_none_and_who_sits_there_is_told() {
    if ready("cgroup2:memory") {
        holds(&last("cgroup set memory.oom.group 1"), &["the subject sits in it, too"]);
        let text = shown(
            "cgroup new leaf; cgroup enter leaf; cgroup new web; cgroup enable memory; cgroup set memory.max 16M --cgroup web; \
             cgroup set memory.oom.group 1 --cgroup web; clone --cgroup web -- sh -c 'sleep 300 & exec tail /dev/zero'; \
             cgroup get memory.events --cgroup web; cgroup get cgroup.procs --cgroup web",
        );
        assert!(!text.contains("the subject sits in it"), "{text}");
        holds(&text, &["SIGKILL", "oom_group_kill 1", "cgroup.procs is empty"]);
    }
}

#[test]
fn weights_share_one_cpu_and_cap_nobody() {
    if !ready("cgroup2:cpu") {
        return;
    }
    let busy = "sched affinity 0; spawn -b sh -c 'while :; do :; done'";
    let text = shown(&format!(
        "cgroup set cpu.weight 100; {busy}; subject new b; cgroup set cpu.weight 900; {busy}; cgroup get cpu.stat; subject use a; cgroup get cpu.stat; \
         spawn sleep 4; cgroup get cpu.stat; subject use b; cgroup get cpu.stat"
    ));
    let used: Vec<u64> = text.lines().filter_map(|line| line.trim().strip_prefix("usage_usec ")?.parse().ok()).collect();
    let [heavy, light, light_then, heavy_then] = used[..] else { panic!("{text}") };
    let (heavy, light) = (heavy_then - heavy, light_then - light);
    assert!(heavy > 2 * light && light > 0, "{heavy} {light}: {text}");
}

#[test]
fn io_max_makes_a_write_take_its_time() {
    if !ready("cgroup2:io") {
        return;
    }
    let disk = std::fs::read_to_string("/sys/block/vda/dev").unwrap_or_default();
    let Some(disk) = disk.lines().next().filter(|_| std::path::Path::new("/scratch/tmp").is_dir()) else {
        return eprintln!("skipped: needs a virtio disk");
    };
    let file = format!("/scratch/tmp/io-max-{}", std::process::id());
    let begun = std::time::Instant::now();
    let text = shown(&format!(
        "cgroup set io.max {disk} wbps=1048576; spawn dd if=/dev/zero of={file} bs=1M count=3 oflag=direct; cgroup get io.stat; cgroup get io.pressure"
    ));
    std::fs::remove_file(&file).expect("it was written");
    holds(&text, &["wbytes=3145728", "some avg10="]);
    assert!(begun.elapsed().as_secs() >= 2, "3 MiB at 1 MiB a second: {:?}", begun.elapsed());
}

#[test]
fn pressure_shows_the_time_that_was_lost() {
    if ready("cgroup2:cpu") {
        let text = last("cgroup set cpu.max 5000 50000; load cpu 2; cgroup get cpu.pressure");
        let total = text.lines().find_map(|line| line.split("total=").nth(1)?.trim().parse::<u64>().ok());
        assert!(total.is_some_and(|total| total > 100_000), "{text}");
    }
}

#[test]
fn a_cgroup_namespace_has_the_subtree_as_its_root_and_a_mount_in_it_shows_no_more() {
    if needs::missing("root").is_some() || !ready("cgroup2") {
        return;
    }
    let inside =
        "cgroup new box; cgroup new box/in; cgroup enter box; unshare cgroup mnt; mount private -r /; mount cgroup2 /mnt";
    holds(&last(&format!("{inside}; show /proc/self/cgroup")), &["0::/\n"]);
    holds(&last(&format!("{inside}; show /proc/1/cgroup")), &["0::/../"]);
    let listed = last(&format!("{inside}; spawn ls -p /mnt"));
    let below: Vec<&str> = listed.lines().filter(|line| line.ends_with('/')).collect();
    assert_eq!(below, ["in/"], "{listed}");
    // What was mounted before shows from inside how far up it lies.
    let mounts = last(&format!("{inside}; spawn sh -c 'grep cgroup2 /proc/self/mountinfo'"));
    assert!(mounts.lines().any(|line| line.contains(" /.. ") || line.contains(" /../")), "{mounts}");
    assert!(mounts.lines().any(|line| line.contains(" / /mnt ")), "{mounts}");
    // The process that leaves the subtree, moved from outside, sees itself outside of its own root.
    holds(&last(&format!("{inside}; cgroup new other; cgroup enter other; show /proc/self/cgroup")), &["0::/../other\n"]);
    holds(&last(&format!("{inside}; cgroup get cgroup.procs --cgroup box")), &["\n"]);
}

#[test]
fn threads_of_one_process_sit_apart_only_where_it_is_threaded() {
    if ready("cgroup2:cpu") {
        let made = "cgroup new t; cgroup set cgroup.type threaded --cgroup t";
        holds(&last(&format!("{made}; cgroup get cgroup.type --cgroup .")), &["domain threaded"]);
        holds(&last(&format!("{made}; cgroup enable cpu; cgroup set cpu.max 50% --cgroup t")), &["\"50000 100000\", 12) = 12"]);
        holds(&last(&format!("{made}; cgroup enable memory")), &["EOPNOTSUPP", "memory counts whole processes"]);
        holds(&last(&format!("{made}; cgroup set cgroup.type domain --cgroup t")), &["EINVAL", "no way back"]);
    }
}

#[test]
fn depth_and_number_of_cgroups_are_limited_where_it_says_so() {
    if ready("cgroup2") {
        let deep = last("cgroup new m; cgroup set cgroup.max.depth 1 --cgroup m; cgroup new m/a; cgroup new m/a/b");
        holds(&deep, &["EAGAIN", "/m is 1", "`cgroup set --cgroup m cgroup.max.depth max`"]);
        let many = last("cgroup new m; cgroup set cgroup.max.descendants 0 --cgroup m; cgroup new m/a");
        holds(&many, &["EAGAIN", "`cgroup set --cgroup m cgroup.max.descendants max`"]);
    }
}

#[test]
fn files_of_rare_controllers_are_read_and_written_as_they_are() {
    if ready("cgroup2:hugetlb cgroup2:misc cgroup2:memory") {
        let text = shown("cgroup set hugetlb.2MB.max 3M; cgroup get hugetlb.2MB.max; cgroup get hugetlb.2MB.current");
        holds(&text, &["hugetlb.2MB.max>, \"3M\", 2) = 2", "2097152 is what the kernel holds"]);
        holds(&last("cgroup set misc.max 'nosuch 1'"), &["+misc", "EINVAL", "no such resource"]);
        holds(&last("cgroup get misc.max"), &["misc.max"]);
        holds(&last("cgroup set memory.reclaim 4G"), &["EAGAIN", "could be reclaimed"]);
        holds(&last("cgroup set cpu.idle 1"), &["cpu.idle>, \"1\", 1) = 1"]);
        holds(&last("cgroup show"), &["  id "]);
    }
}
