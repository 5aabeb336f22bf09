//! The container of the lesson "A container by hand", exported as a bundle: runc and crun build the same walls from it. And back: the lines that
//! `explain-process` gives for a runtime's container build them again.

mod needs;
mod turns;

use serde_json::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use turns::{last, turns};

const BOXLAB: &str = env!("CARGO_BIN_EXE_boxlab");
const LESSON: &str = include_str!("../lessons/18-by-hand.txt");

/// What the lesson types until everything stands.
fn by_hand() -> Vec<&'static str> {
    let lines = LESSON.lines().filter_map(|line| line.strip_prefix("$ "));
    lines.take_while(|line| !line.starts_with("spawn ")).filter(|line| !line.starts_with("ping ")).collect()
}

/// The walls of a process, as `isolation` names them.
fn walls(turn: &Value) -> BTreeMap<String, String> {
    let text = |cell: &Value| cell["text"]["en"].as_str().unwrap_or_default().to_string();
    let rows = turn["view"][0]["grid"]["rows"].as_array().unwrap_or_else(|| panic!("{turn}"));
    rows.iter().map(|row| (text(&row[0]), text(&row[1]))).collect()
}

fn walls_of(pid: u32) -> BTreeMap<String, String> {
    walls(&last(&format!("isolation {pid}")))
}

/// What a bundle cannot hold, and what is each one's own: a runtime of Debian 12 knows no time namespace, the root of a bundle is on disk, and each
/// runtime has its own place in the tree of cgroups and its own idea of what to cover in /proc.
fn comparable(mut walls: BTreeMap<String, String>) -> BTreeMap<String, String> {
    walls.retain(|what, _| !["cgroup", "covered or ro", "oom_score_adj"].contains(&what.as_str()) && !what.starts_with("clock."));
    for (what, is) in &mut walls {
        match what.as_str() {
            "namespaces" => *is = is.trim_end_matches(" time").to_string(),
            "root directory" => *is = is.split(": ").next().unwrap_or_default().to_string(),
            _ => {}
        }
    }
    walls
}

fn wait_for<T>(what: &str, mut found: impl FnMut() -> Option<T>) -> T {
    let start = Instant::now();
    while start.elapsed() < Duration::from_secs(120) {
        if let Some(found) = found() {
            return found;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    panic!("{what} did not come");
}

/// The process with this command line; programs that only speak of it have more words.
fn process(command: &str) -> Option<u32> {
    std::fs::read_dir("/proc").ok()?.flatten().filter_map(|entry| entry.file_name().to_str()?.parse().ok()).find(|pid: &u32| {
        let line = std::fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        String::from_utf8_lossy(&line).trim_end_matches('\0').replace('\0', " ") == command
    })
}

/// A session that stays, with a program running in it.
struct Held {
    child: Child,
    pid: u32,
}

impl Held {
    /// Runs the lines, then `sleep` of so many seconds, by which it is known; then what follows.
    fn new(dir: &Path, lines: &[&str], seconds: u32, then: &str) -> Held {
        // The last program keeps the session from its end.
        let text = format!("{}\nspawn -b sleep {seconds}\n{then}\nspawn sleep 200", lines.join("\n"));
        let mut command = Command::new(BOXLAB);
        command.args(["-c", &text]).current_dir(dir).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let child = command.spawn().expect("boxlab runs");
        let pid = wait_for("the program", || process(&format!("sleep {seconds}")));
        Held { child, pid }
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        let _ = Command::new("kill").arg(self.child.id().to_string()).status();
        let _ = self.child.wait();
    }
}

/// A directory that goes with the test.
struct Dir(PathBuf);

impl Drop for Dir {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A container of a runtime.
struct Running {
    runtime: &'static str,
    name: String,
    pid: u32,
}

impl Running {
    fn new(runtime: &'static str, bundle: &Path) -> Running {
        let name = format!("boxlab-test-{runtime}-{}", std::process::id());
        let file = bundle.join("pid");
        let output = Command::new(runtime)
            .args(["run", "--detach", "--pid-file"])
            .args([&file, Path::new("--bundle"), bundle])
            .arg(&name)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(std::fs::File::create(bundle.join("said")).expect("it is made"))
            .status()
            .expect("it runs");
        let said = std::fs::read_to_string(bundle.join("said")).unwrap_or_default();
        let running = Running { runtime, name, pid: 0 };
        assert!(output.success(), "{runtime}: {said}");
        let pid = std::fs::read_to_string(&file).ok().and_then(|text| text.trim().parse().ok());
        let mut running = running;
        running.pid = pid.unwrap_or_else(|| panic!("{runtime} names no process: {said}"));
        // The runtime's own process becomes the program a moment later.
        let name = format!("/proc/{}/comm", running.pid);
        wait_for("sleep(1)", || std::fs::read_to_string(&name).ok().filter(|name| name.trim() == "sleep"));
        running
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = Command::new(self.runtime).args(["delete", "--force", &self.name]).status();
    }
}

/// Builds by hand, exports, and has the runtime run it: the walls of both, and what is said of them.
fn same_walls(runtime: &'static str, seconds: u32) {
    let dir = Dir(std::env::temp_dir().join(format!("test-{runtime}-{}", std::process::id())));
    std::fs::create_dir(&dir.0).expect("it is made");
    let held = Held::new(&dir.0, &by_hand(), seconds, "export oci bundle");
    let bundle = dir.0.join("bundle");
    wait_for("the bundle", || bundle.join("config.json").exists().then_some(()));
    let session = walls_of(held.pid);
    assert!(session["namespaces"].ends_with("user mnt pid net uts ipc cgroup time"), "{session:?}");
    assert_eq!((session["memory.max"].as_str(), session["pids.max"].as_str()), ("64M", "32"));
    let running = Running::new(runtime, &bundle);
    let container = walls_of(running.pid);
    assert_eq!(comparable(container.clone()), comparable(session), "{runtime}");
    rebuilt(&running, &container);
}

/// The lines that `explain-process` gives for it do what they say, and the subject has the same walls then.
fn rebuilt(running: &Running, container: &BTreeMap<String, String>) {
    let explained = turns(&format!("explain-process {}", running.pid));
    let lines: Vec<&str> = explained[0]["view"][0]["lines"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    assert!(!lines.is_empty(), "{explained:?}");
    let script = lines.join("; ");
    let turns = turns(&format!("{script}; isolation"));
    for turn in &turns {
        assert!(turn["end"]["kind"] == "done", "`{}` of `{script}`: {}", turn["line"], turn["end"]);
    }
    // The filter cannot be read from outside, and what the bounding set lacks is lost with the next program only.
    let but = |walls: BTreeMap<String, String>| {
        let mut walls = comparable(walls);
        walls.retain(|what, _| !["seccomp", "capabilities", "permitted set"].contains(&what.as_str()));
        walls
    };
    assert_eq!(but(walls(turns.last().expect("a line was run"))), but(container.clone()), "{script}");
}

#[test]
fn runc_builds_the_same_walls_from_the_bundle() {
    match needs::missing("root tool:runc cgroup:memory cgroup:pids fs:overlay") {
        Some(word) => eprintln!("skipped: needs {word}"),
        None => same_walls("runc", 86_311),
    }
}

/// crun refuses hosts with controllers on v1 beside cgroup v2.
#[test]
fn crun_builds_the_same_walls_from_the_bundle() {
    match needs::missing("root tool:crun cgroup2:memory cgroup2:pids fs:overlay") {
        Some(word) => eprintln!("skipped: needs {word}"),
        None => same_walls("crun", 86_317),
    }
}
