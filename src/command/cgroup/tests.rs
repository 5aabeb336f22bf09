//! The bench's cgroups on the kernel that runs the test. As root; nothing is left behind.

use super::*;
use crate::command::{Stop, SubjectView};
use crate::kernel::{Kernel, plumbing_kill};
use crate::observe::cgroup::{Knob, procs};
use crate::observe::snapshot;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};

/// A process to be a subject, with a child; both go away with the test, and so do their cgroups.
struct Played {
    child: Child,
    view: SubjectView,
}

impl Played {
    fn new(script: &str) -> Played {
        let child = Command::new("sh").args(["-c", script]).spawn().unwrap();
        let pid = child.id() as i32;
        // `sh` has to be running its own child before the test looks.
        for _ in 0..400 {
            if !crate::observe::cgroup::descendants(Path::new("/proc"), pid).is_empty() {
                break;
            }
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
        Played { child, view: SubjectView { name: "t".into(), pids: vec![pid], seen: snapshot(Path::new("/proc"), pid) } }
    }

    fn family(&self) -> Vec<i32> {
        let mut pids = vec![self.view.pid()];
        pids.extend(crate::observe::cgroup::descendants(Path::new("/proc"), self.view.pid()));
        pids.sort_unstable();
        pids
    }
}

impl Drop for Played {
    fn drop(&mut self) {
        for pid in self.family() {
            let _ = plumbing_kill(pid, libc::SIGKILL);
        }
        release(keeper(), &self.view.name, self.view.pid());
        let _ = self.child.wait();
    }
}

fn keeper() -> i32 {
    std::process::id() as i32
}

fn needs_root(ground: &Ground) -> bool {
    let usable = nix::unistd::geteuid().is_root() && ground.hierarchies.of("memory").is_some();
    let required = std::env::var("BOXLAB_REQUIRE").unwrap_or_default();
    assert!(
        usable || !required.split(',').any(|word| word == "root"),
        "root is required, and there is no memory controller for it"
    );
    usable
}

fn sorted(dir: &Path) -> Vec<i32> {
    let mut pids = procs(dir).is().cloned().unwrap_or_default();
    pids.sort_unstable();
    pids
}

/// All directories of the bench of this test process.
fn left(subject: &SubjectView) -> Vec<PathBuf> {
    let ground = Ground::find(keeper()).unwrap();
    ground.hierarchies.all.iter().filter_map(|one| ground.home(one, subject)).collect()
}

#[test]
fn a_subject_and_its_children_move_in_together() {
    let ground = Ground::find(keeper()).unwrap();
    if !needs_root(&ground) {
        return;
    }
    let subject = Played::new("sleep 60 & wait");
    let mut kernel = Kernel::new();
    let home = ground.prepare(&mut kernel, &subject.view, "memory").unwrap();
    assert_eq!(sorted(&home), subject.family());
    let calls = kernel.take();
    assert!(calls.iter().any(|call| call.name == "mkdir") && calls.iter().any(|call| call.name == "write"));
    ground.prepare(&mut kernel, &subject.view, "memory").unwrap();
    assert_eq!(kernel.take(), [], "the second time there is nothing to do");
    let view = subject.view.clone();
    drop(subject);
    assert_eq!(left(&view), Vec::<PathBuf>::new());
}

#[test]
fn a_limit_is_set_in_the_hierarchy_of_its_controller_and_in_no_other() {
    let ground = Ground::find(keeper()).unwrap();
    if !needs_root(&ground) {
        return;
    }
    let subject = Played::new("sleep 60 & wait");
    ground.prepare(&mut Kernel::new(), &subject.view, "pids").unwrap();
    let dirs = ground.dirs(&subject.view, &Nested::default());
    assert_eq!(dirs.len(), 1, "{dirs:?}");
    let sits = ground.sits(&subject.view);
    let knob = Knob::of("pids.current").unwrap();
    assert_eq!(ground.hierarchies.get(&sits, knob).is().map(String::as_str), Some("2"));
}

#[test]
fn a_process_keeps_its_place_when_a_hierarchy_is_added() {
    let ground = Ground::find(keeper()).unwrap();
    if !needs_root(&ground) || ground.hierarchies.of("memory") == ground.hierarchies.of("pids") {
        return;
    }
    let subject = Played::new("sleep 60 & wait");
    let mut kernel = Kernel::new();
    let home = ground.prepare(&mut kernel, &subject.view, "pids").unwrap();
    let web = Nested::parse("web/db").unwrap();
    ground::make_dirs(&mut kernel, &home.join(&web.0)).unwrap();
    kernel.join_cgroup(&home.join(&web.0), subject.view.pid()).unwrap();
    assert_eq!(ground.position(&subject.view), Some(web.clone()));
    let spot = ground.spot(&mut kernel, &subject.view, None, "memory").unwrap();
    assert!(spot.ends_with("web/db"));
    assert_eq!(sorted(&spot), [subject.view.pid()], "the child stays above");
    let nowhere = ground.spot(&mut kernel, &subject.view, Some(&Nested::parse("no").unwrap()), "memory");
    assert!(matches!(nowhere, Err(Stop::Unfit(_))));
}

#[test]
fn frozen_and_stopped_processes_are_swept_too() {
    let ground = Ground::find(keeper()).unwrap();
    if !needs_root(&ground) {
        return;
    }
    for controller in ["freezer", ""] {
        if ground.hierarchies.of(controller).is_none() {
            continue;
        }
        let mut subject = Played::new("while :; do sleep 0.01; done");
        plumbing_kill(subject.view.pid(), libc::SIGSTOP).unwrap();
        let home = ground.prepare(&mut Kernel::new(), &subject.view, controller).unwrap();
        let (file, word) = if controller.is_empty() { ("cgroup.freeze", "1") } else { ("freezer.state", "FROZEN") };
        Kernel::new().write_file(&home.join(file), word).unwrap();
        assert_eq!(release(keeper(), &subject.view.name, subject.view.pid()), Vec::<PathBuf>::new());
        use std::os::unix::process::ExitStatusExt;
        assert_eq!(subject.child.wait().unwrap().signal(), Some(libc::SIGKILL), "{controller}");
    }
}

#[test]
fn the_keeper_sweeps_what_it_does_not_remember() {
    let child = Command::new("sh").args(["-c", "sleep 60 & wait"]).spawn().unwrap();
    // The keeper of this bench is the child itself: a tag of its own, so that the other tests keep theirs.
    let keeper = child.id() as i32;
    let mut subject =
        Played { view: SubjectView { name: "s".into(), pids: vec![keeper], seen: snapshot(Path::new("/proc"), keeper) }, child };
    let ground = Ground::find(keeper).unwrap();
    if !needs_root(&ground) {
        return;
    }
    for controller in ["memory", "pids", "cpu", "cpuset", "freezer", ""] {
        if ground.hierarchies.of(controller).is_some() {
            let home = ground.prepare(&mut Kernel::new(), &subject.view, controller).unwrap();
            ground::make_dirs(&mut Kernel::new(), &home.join("x/y")).unwrap();
        }
    }
    let tags: Vec<PathBuf> = ground.hierarchies.all.iter().filter_map(|one| ground.tag_dir(one)).collect();
    assert!(tags.len() > 1 || ground.hierarchies.all.len() == 1, "{tags:?}");
    // The processes are in the cgroups, so /proc/KEEPER/cgroup now names a directory inside of them: the sweep copes.
    assert_eq!(sweep(keeper), Vec::<PathBuf>::new());
    assert!(tags.iter().all(|tag| !tag.exists()));
    assert!(!subject.child.wait().unwrap().success());
}

#[test]
fn names_stay_below_the_subject() {
    for good in ["web", "web/db", "./web", "web/", "."] {
        assert!(Nested::parse(good).is_ok(), "{good}");
    }
    for bad in ["", "/", "/web", "..", "web/../..", "a\nb"] {
        assert!(Nested::parse(bad).is_err(), "{bad}");
    }
    assert_eq!(Nested::parse("./web/").unwrap().to_string(), "web");
}

#[test]
fn a_user_without_delegation_is_told_the_way() {
    let ground = Ground::find(keeper()).unwrap();
    let Some(one) = ground.hierarchies.v2() else { return };
    let mut read_only = one.clone();
    read_only.read_only = true;
    let Err(Stop::Unfit(why)) = base::choose(&ground, &read_only, "memory") else { panic!("read-only serves nobody") };
    assert!(why.en.contains("read-only") && why.zh.contains("只读"));
}

#[test]
fn where_nothing_serves_the_reason_is_that_of_a_tree_that_is_there() {
    let mut ground = Ground::find(keeper()).unwrap();
    ground.hierarchies.all.retain(|one| one.version == Version::V1);
    ground.hierarchies.all.iter_mut().for_each(|one| one.read_only = true);
    if ground.hierarchies.of("memory").is_none() {
        return eprintln!("skipped: needs cgroup1:memory");
    }
    assert_eq!(ground.first(), "memory");
    let subject = Played::new("sleep 60 & wait");
    let Err(Stop::Unfit(why)) = ground.prepare(&mut Kernel::new(), &subject.view, ground.first()) else {
        panic!("read-only serves nobody")
    };
    assert!(why.en.contains("read-only"), "{}", why.en);
}

#[test]
fn a_file_of_a_tree_in_which_the_cgroup_is_not_says_so() {
    let ground = Ground::find(keeper()).unwrap();
    let knob = Knob::of("pids.max").unwrap();
    let (Some(v2), Ok((hierarchy, _))) = (ground.hierarchies.v2(), ground.serving(knob)) else { return };
    if hierarchy.key == v2.key {
        return eprintln!("skipped: needs cgroup1:pids");
    }
    let dirs = std::collections::BTreeMap::from([(v2.key.clone(), v2.mount.clone())]);
    let seen = ground.hierarchies.get(&dirs, knob);
    let Stop::Unfit(why) = file::why_missing(&ground, &dirs, knob, &seen) else { panic!("it cannot be read") };
    assert!(why.en.contains("exists only in cgroup2") && why.en.contains("cgroup set pids.max"), "{}", why.en);
}

#[test]
fn the_root_of_a_v1_tree_limits_nobody() {
    let ground = Ground::find(keeper()).unwrap();
    let knob = Knob::of("pids.max").unwrap();
    let Some((hierarchy, _)) = ground.hierarchies.serving(knob).filter(|(one, _)| one.version == Version::V1 && one.root == "/")
    else {
        return eprintln!("skipped: needs cgroup1:pids");
    };
    let dirs = std::collections::BTreeMap::from([(hierarchy.key.clone(), hierarchy.mount.clone())]);
    let seen = ground.hierarchies.get(&dirs, knob);
    let Stop::Unfit(why) = file::why_missing(&ground, &dirs, knob, &seen) else { panic!("it cannot be read") };
    assert!(why.en.contains("the root cgroup has no such file"), "{}", why.en);
}
