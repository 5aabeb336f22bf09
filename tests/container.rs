//! Containers that other programs made, seen from outside: rootless runc(8) on any machine, Docker in the VM. What the bench says of them
//! is held against /proc and cgroupfs, read here by other code.

// A test plays the machine, not the bench: it signals from outside.
#![allow(clippy::disallowed_methods)]

mod needs;

use serde_json::Value;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

const KINDS: [&str; 8] = ["user", "mnt", "pid", "net", "uts", "ipc", "cgroup", "time"];

/// The name of a namespace of a process: `uts:[4026531838]`.
fn ns(pid: &str, kind: &str) -> String {
    std::fs::read_link(format!("/proc/{pid}/ns/{kind}")).expect("it is alive, and ours to see").to_string_lossy().into_owned()
}

/// The namespaces that it does not share with this process.
fn own(pid: &str) -> Vec<&'static str> {
    KINDS.into_iter().filter(|kind| ns(pid, kind) != ns("self", kind)).collect()
}

/// What lines show.
fn shown(line: &str) -> String {
    let program = env!("CARGO_BIN_EXE_boxlab");
    let output = Command::new("timeout").args(["60", program, "--lang", "en", "-c", line]).stdin(Stdio::null()).output();
    let output = output.expect("boxlab runs");
    let text = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    assert!(output.status.success(), "{line}: {text}");
    text
}

/// The row of a table that begins with these words, with single blanks.
fn row(text: &str, begin: &str) -> String {
    let rows = text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
    rows.into_iter().find(|line| line.starts_with(begin)).unwrap_or_else(|| panic!("no row {begin:?} in\n{text}"))
}

/// All that looks from outside, held against /proc. Returns what `explain-process` said.
fn seen_from_outside(pid: &str, own: &[&str]) -> String {
    let isolation = shown(&format!("isolation {pid}"));
    assert_eq!(row(&isolation, "namespaces"), format!("namespaces not the host's: {}", own.join(" ")));
    let table = shown(&format!("show --host /proc/{pid}/ns"));
    let diff = shown(&format!("diff self {pid}"));
    for kind in KINDS {
        let is_own = own.contains(&kind);
        let line = row(&table, &format!("{kind} {}", ns(pid, kind)));
        assert!(line.ends_with(if is_own { " own" } else { " host" }), "{line}");
        let said = diff.lines().find(|line| line.starts_with(&format!("ns.{kind} ")));
        assert_eq!(said.is_some(), is_own, "{kind}: {diff}");
        assert!(said.is_none_or(|line| line.ends_with(&ns(pid, kind))), "{diff}");
    }
    let number = ns(pid, "pid").trim_start_matches("pid:[").trim_end_matches(']').to_string();
    let namespace = row(&shown("ns pid"), &format!("pid {number}"));
    assert!(namespace.contains(&format!(" {pid} ")) && namespace.contains("sleep"), "{namespace}");
    watched(pid);
    let lines = shown(&format!("explain-process {pid}"));
    let begins = own.iter().map(|kind| format!(" {kind}")).collect::<String>();
    assert!(row(&lines, "unshare").starts_with("unshare"), "{lines}");
    assert!(own.iter().all(|kind| row(&lines, "unshare").split(' ').any(|word| word == *kind)), "not{begins}: {lines}");
    lines
}

/// `boxlab watch PID --json` begins with the process as it is.
fn watched(pid: &str) {
    let program = env!("CARGO_BIN_EXE_boxlab");
    let mut watch = Command::new("timeout");
    let mut watch =
        watch.args(["30", program, "watch", pid, "--json"]).stdin(Stdio::null()).stdout(Stdio::piped()).spawn().expect("it runs");
    let mut line = String::new();
    std::io::BufRead::read_line(&mut std::io::BufReader::new(watch.stdout.take().expect("a pipe")), &mut line).expect("a line");
    let _ = watch.kill();
    let _ = watch.wait();
    let value: Value = serde_json::from_str(&line).expect("JSON");
    let seen = &value[0]["seen"];
    assert_eq!(seen["pid"].to_string(), pid);
    assert_eq!(seen["nspid"][1], 1, "the first process of its PID namespace");
    for kind in KINDS {
        assert_eq!(format!("{kind}:[{}]", seen["ns"][kind]["is"]["ino"]), ns(pid, kind));
    }
    let cgroup = std::fs::read_to_string(format!("/proc/{pid}/cgroup")).expect("it is alive");
    let path = cgroup.lines().find_map(|line| line.strip_prefix("0::"));
    assert_eq!(seen["cgroup"]["is"][""].as_str(), path);
}

/// A root directory in which `/bin/sleep` runs: busybox where there is one, for it needs no library.
fn make_root(root: &Path) {
    for dir in ["bin", "proc", "dev", "sys"] {
        std::fs::create_dir_all(root.join(dir)).expect("a directory");
    }
    if Path::new("/bin/busybox").exists() {
        // By another process: a child that a test beside this one forks meanwhile would hold our copy open for writing (ETXTBSY, execve(2)).
        let copied = Command::new("cp").arg("/bin/busybox").arg(root.join("bin/sleep")).status().expect("cp(1) runs");
        assert!(copied.success(), "a copy of busybox");
        return;
    }
    let script = "set -e; file=$(command -v sleep); cp -L \"$file\" \"$1/bin/sleep\"; \
                  for one in $(ldd \"$file\" | grep -o '/[^ ]*'); do mkdir -p \"$1${one%/*}\"; cp -L \"$one\" \"$1$one\"; done";
    let made = Command::new("sh").args(["-c", script, "sh"]).arg(root).status().expect("sh runs");
    assert!(made.success(), "a root with sleep");
}

/// A directory that goes with the test.
struct Dir(PathBuf);

impl Dir {
    fn new(name: &str) -> Dir {
        let dir = std::env::temp_dir().join(format!("boxlab-{name}-{}", std::process::id()));
        std::fs::create_dir(&dir).expect("a directory");
        std::fs::set_permissions(&dir, std::fs::Permissions::from_mode(0o755)).expect("it is ours");
        Dir(dir)
    }
}

impl Drop for Dir {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// runc as an ordinary user: a container without a cgroup of its own.
struct Runc(Dir);

impl Runc {
    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new("timeout");
        command.arg("60");
        if nix::unistd::geteuid().is_root() {
            command.args(["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"]);
        }
        command.args(["runc", "--root"]).arg(self.0.0.join("state")).args(words);
        command.current_dir(&self.0.0).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        command
    }

    /// Runs `sleep` in one, and gives the PID.
    fn run(&self) -> String {
        let dir = &self.0.0;
        make_root(&dir.join("rootfs"));
        if nix::unistd::geteuid().is_root() {
            let given = Command::new("chown").args(["-R", "65534:65534"]).arg(dir).status();
            assert!(given.expect("chown runs").success());
        }
        assert!(self.command(&["spec", "--rootless"]).status().expect("runc runs").success());
        let file = dir.join("config.json");
        let mut config: Value = serde_json::from_str(&std::fs::read_to_string(&file).expect("its file")).expect("JSON");
        config["process"]["terminal"] = false.into();
        config["process"]["args"] = vec!["/bin/sleep", "300"].into();
        // Of cgroups it has none to make: not on v1, which cannot be delegated, and not without a delegated subtree on v2.
        config["linux"]["resources"] = Value::Null;
        let mounts = config["mounts"].as_array_mut().expect("mounts");
        mounts.retain(|mount| mount["destination"] != "/sys/fs/cgroup");
        std::fs::write(&file, config.to_string()).expect("it is ours");
        let started = self.command(&["run", "--detach", "--pid-file", "pid", "box"]).status().expect("runc runs");
        assert!(started.success(), "runc run");
        std::fs::read_to_string(dir.join("pid")).expect("a PID").trim().to_string()
    }
}

impl Drop for Runc {
    fn drop(&mut self) {
        let _ = self.command(&["delete", "--force", "box"]).status();
    }
}

#[test]
fn a_rootless_container_of_runc() {
    if let Some(word) = needs::missing("userns tool:runc") {
        return eprintln!("skipped: needs {word}");
    }
    let runc = Runc(Dir::new("runc"));
    let pid = runc.run();
    let own = own(&pid);
    // On cgroup v2 alone runc unshares the cgroup namespace as well.
    assert_eq!(own[..5], ["user", "mnt", "pid", "uts", "ipc"]);
    assert!(own[5..].iter().all(|kind| *kind == "cgroup"), "{own:?}");
    let lines = seen_from_outside(&pid, &own);
    let uid = if nix::unistd::geteuid().is_root() { 65534 } else { nix::unistd::geteuid().as_raw() };
    for words in [&format!("idmap uid 0 {uid} 1"), "pivot_root . .", "nnp", "rlimit nofile 1024 1024"] {
        assert!(lines.contains(words), "{words}: {lines}");
    }
    let isolation = shown(&format!("isolation {pid}"));
    assert_eq!(row(&isolation, "uid_map"), format!("uid_map 0 {uid} 1"));
    assert_eq!(row(&isolation, "no_new_privs"), "no_new_privs set");
    assert!(row(&isolation, "bounding set").ends_with("KILL NET_BIND_SERVICE AUDIT_WRITE"), "{isolation}");
}

/// The daemon, and its container.
struct Docker {
    daemon: Child,
    root: Dir,
}

impl Docker {
    fn new() -> Docker {
        let root = Dir::new("docker");
        let log = std::fs::File::create(root.0.join("log")).expect("a file");
        let daemon = Command::new("dockerd")
            .args(["--iptables=false", "--ip6tables=false", "--bridge=none"])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .expect("dockerd runs");
        let docker = Docker { daemon, root };
        let begin = Instant::now();
        while !docker.cli(&["version"]).status.success() {
            let log = || std::fs::read_to_string(docker.root.0.join("log")).unwrap_or_default();
            assert!(begin.elapsed() < Duration::from_secs(180), "dockerd does not come up: {}", log());
            std::thread::sleep(Duration::from_millis(500));
        }
        docker
    }

    fn cli(&self, words: &[&str]) -> Output {
        Command::new("docker").args(words).stdin(Stdio::null()).output().expect("docker runs")
    }

    fn run(&self) -> String {
        let root = self.root.0.join("rootfs");
        make_root(&root);
        let import = "tar -C \"$1\" -cf - . | docker import - tiny >/dev/null";
        assert!(Command::new("sh").args(["-c", import, "sh"]).arg(&root).status().expect("sh runs").success());
        let limits = ["--memory", "64m", "--pids-limit", "20", "--network", "none"];
        let started = self.cli(&[&["run", "-d", "--name", "box"], &limits[..], &["tiny", "/bin/sleep", "300"]].concat());
        assert!(started.status.success(), "{}", String::from_utf8_lossy(&started.stderr));
        let pid = self.cli(&["inspect", "-f", "{{.State.Pid}}", "box"]);
        String::from_utf8_lossy(&pid.stdout).trim().to_string()
    }
}

impl Drop for Docker {
    fn drop(&mut self) {
        let _ = self.cli(&["rm", "--force", "box"]);
        let _ = nix::sys::signal::kill(nix::unistd::Pid::from_raw(self.daemon.id() as i32), nix::sys::signal::Signal::SIGTERM);
        let _ = self.daemon.wait();
    }
}

/// Only where BOXLAB_DOCKER says so: it starts the machine's Docker, which stays a changed one.
#[test]
fn a_container_of_docker() {
    if std::env::var_os("BOXLAB_DOCKER").is_none() {
        return eprintln!("skipped: needs BOXLAB_DOCKER, which scripts/test-vm sets in its VM");
    }
    let docker = Docker::new();
    let pid = docker.run();
    let own = own(&pid);
    assert_eq!(own, ["mnt", "pid", "net", "uts", "ipc", "cgroup"]);
    let lines = seen_from_outside(&pid, &own);
    let cgroup = std::fs::read_to_string(format!("/proc/{pid}/cgroup")).expect("it is alive");
    let cgroup = cgroup.trim().strip_prefix("0::").expect("cgroup v2").to_string();
    let file =
        |name: &str| std::fs::read_to_string(format!("/sys/fs/cgroup{cgroup}/{name}")).expect("cgroupfs").trim().to_string();
    assert_eq!((file("memory.max").as_str(), file("pids.max").as_str()), ("67108864", "20"));
    for words in ["cgroup set memory.max 67108864", "cgroup set pids.max 20", "pivot_root . .", "caps bound drop"] {
        assert!(lines.contains(words), "{words}: {lines}");
    }
    let isolation = shown(&format!("isolation {pid}"));
    assert_eq!(row(&isolation, "seccomp"), "seccomp 1 filter");
    for words in ["memory.max 64M", "pids.max 20"] {
        assert_eq!(row(&isolation, words), words);
    }
    let limit = shown(&format!("show --host /sys/fs/cgroup{cgroup}/memory.max"));
    assert!(limit.contains("67108864"), "{limit}");
}
