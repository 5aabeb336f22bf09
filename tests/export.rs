//! What is exported is built and run, and isolates as the session does.

mod needs;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const BOXLAB: &str = env!("CARGO_BIN_EXE_boxlab");

/// Tells what a process can see of its own isolation: the namespaces first, one a line.
const PROBE: &str = "for name in user mnt pid net uts ipc cgroup time; do readlink /proc/self/ns/$name; done; hostname; \
                     grep -e ^NoNewPrivs -e ^CapBnd /proc/self/status; ulimit -n; while read -r id parent dev root point options rest; do \
                     echo $point $options; done </proc/self/mountinfo; cat /proc/self/uid_map /proc/self/timens_offsets; while read -r line; do echo ${line##*/}; done </proc/self/cgroup";

/// The namespaces as own or shared, and all else as it is; cgroups by the name of the last directory.
#[derive(Debug, PartialEq, Eq)]
struct Told {
    own: Vec<String>,
    rest: Vec<String>,
}

fn told(output: &str) -> Told {
    let lines: Vec<&str> = output.lines().skip_while(|line| !line.starts_with("user:[")).collect();
    assert!(lines.len() > 8, "{output}");
    let own = |line: &&str| {
        let kind = line.split(':').next().unwrap_or_default();
        std::fs::read_link(format!("/proc/self/ns/{kind}")).is_ok_and(|link| link.to_string_lossy() != **line)
    };
    // The order of cgroup hierarchies and the way in which flags are kept is the kernel's; `relatime` is its default.
    let rest = lines[8..].iter().map(|line| line.replace(",relatime", "")).collect();
    Told {
        own: lines[..8].iter().copied().filter(own).map(|line| line.split(':').next().unwrap_or_default().into()).collect(),
        rest,
    }
}

struct Dir(PathBuf);

impl Dir {
    fn new(name: &str) -> Dir {
        let path = std::env::temp_dir().join(format!("test-export-{name}-{}", std::process::id()));
        std::fs::create_dir(&path).expect("it is made");
        let _ = Command::new("chmod").arg("777").arg(&path).status();
        Dir(path)
    }

    /// Runs a program here, as nobody where that is asked for; what it prints.
    fn run(&self, nobody: bool, words: &[&str]) -> String {
        let become_nobody = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"];
        let before: &[&str] = if nobody { &become_nobody } else { &[] };
        let words = [&["timeout", "60"], before, words].concat();
        let output =
            Command::new(words[0]).args(&words[1..]).current_dir(&self.0).stdin(Stdio::null()).output().expect("it runs");
        String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned()
    }

    /// The session itself, then its script and its program; what each tells.
    fn three(&self, nobody: bool, lines: &str) -> [Told; 3] {
        let copy = self.0.join("boxlab");
        // By another process: a child that a test beside this one forks meanwhile would hold our copy open for writing (ETXTBSY, execve(2)).
        assert!(Command::new("cp").args([BOXLAB.as_ref(), copy.as_os_str()]).status().expect("cp(1) runs").success());
        let copy = copy.to_str().expect("a plain path");
        let session = self
            .run(nobody, &[copy, "--json", "-c", &format!("{lines}; export sh box.sh; export c box.c; spawn sh -c '{PROBE}'")]);
        let last = session.lines().last().unwrap_or_default();
        let turn: serde_json::Value = serde_json::from_str(last).unwrap_or_else(|error| panic!("{error}: {session}"));
        let compiled = self.run(false, &["gcc", "-Wall", "-Wextra", "-Werror", "-o", "box", "box.c"]);
        assert!(self.0.join("box").exists(), "{compiled}\n{session}");
        let script = self.run(nobody, &["sh", "box.sh", "sh", "-c", PROBE]);
        let program = self.run(nobody, &["./box", "sh", "-c", PROBE]);
        [told(turn["output"].as_str().unwrap_or_default()), told(&script), told(&program)]
    }
}

impl Drop for Dir {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// The cgroups of an export carry the PID of its first process, and go after it.
fn has_no_boxes() {
    let dead = || -> Vec<String> {
        let list =
            Command::new("find").args(["/sys/fs/cgroup", "-type", "d", "-name", "box-[0-9]*"]).output().expect("find runs");
        let is_dead = |dir: &&str| dir.rsplit('-').next().is_some_and(|pid| !Path::new("/proc").join(pid).exists());
        String::from_utf8_lossy(&list.stdout).lines().filter(is_dead).map(str::to_string).collect()
    };
    for _ in 0..400 {
        if dead().is_empty() {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    panic!("cgroups were left behind: {:?}", dead());
}

#[test]
fn script_and_program_isolate_as_the_session_does() {
    if let Some(word) = needs::missing("root tool:gcc tool:setpriv") {
        return eprintln!("skipped: needs {word}");
    }
    let dir = Dir::new("root");
    let lines = "unshare uts mnt ipc cgroup; hostname box; mount private -r /; cgroup set memory.max 64M; unshare pid net time; clock boottime 30d; link up lo; fork; rootfs make /mnt; \
                 mount bind /usr /mnt/root ro,rec,nosuid; chdir /mnt; pivot_root . .; umount -l .; rlimit nofile 64 64; caps bound drop sys_admin; nnp";
    let [session, script, program] = dir.three(false, lines);
    assert_eq!(session.own, ["mnt", "pid", "net", "uts", "ipc", "cgroup", "time"], "{session:?}");
    assert!(session.rest.iter().any(|line| line == "/root ro,nosuid"), "{session:?}");
    assert_eq!(script, session);
    assert_eq!(program, session);
    has_no_boxes();
}

#[test]
fn an_ordinary_users_script_has_its_maps_written_from_outside() {
    if let Some(word) = needs::missing("root userns tool:gcc tool:setpriv") {
        return eprintln!("skipped: needs {word}");
    }
    let dir = Dir::new("nobody");
    let lines = "unshare user mnt pid; idmap uid 0 65534 1; idmap gid 0 65534 1; fork; rootfs make /mnt; chdir /mnt; pivot_root . .; umount -l .; unshare uts; hostname inner";
    let [session, script, program] = dir.three(true, lines);
    assert_eq!(session.own, ["user", "mnt", "pid", "uts"], "{session:?}");
    assert_eq!(script, session);
    assert_eq!(program, session);
}

#[test]
fn a_child_that_ended_ends_there_too_and_its_parent_goes_on() {
    if let Some(word) = needs::missing("root tool:gcc tool:setpriv") {
        return eprintln!("skipped: needs {word}");
    }
    let dir = Dir::new("child");
    let [session, script, program] =
        dir.three(false, "fork; unshare uts; hostname gone; exit 3; clone uts; hostname here; unshare time; spawn true");
    assert_eq!(session.own, ["uts", "time"], "{session:?}");
    assert!(session.rest[0] == "here", "{session:?}");
    assert_eq!(script, session);
    assert_eq!(program, session);
}

#[test]
fn a_child_is_born_in_its_cgroup_in_the_exports_too() {
    if let Some(word) = needs::missing("root cgroup2 tool:gcc tool:setpriv") {
        return eprintln!("skipped: needs {word}");
    }
    let dir = Dir::new("born");
    let lines =
        "unshare uts mnt; hostname box; clone pid --cgroup web/db -- cat /proc/self/cgroup; fork; exit 3; clone pid --cgroup web";
    let [session, script, program] = dir.three(false, lines);
    assert_eq!(session.own, ["mnt", "pid", "uts"], "{session:?}");
    assert!(session.rest.iter().any(|line| line == "web"), "{session:?}");
    assert_eq!(script, session);
    assert_eq!(program, session);
    for what in ["box.sh", "box"] {
        let words: &[&str] = if what == "box" { &["./box", "true"] } else { &["sh", "box.sh", "true"] };
        assert!(dir.run(false, words).lines().any(|line| line.ends_with("/web/db")), "{what}");
    }
    has_no_boxes();
}

#[test]
fn runc_runs_the_bundle_with_the_same_isolation() {
    if let Some(word) = needs::missing("root tool:runc") {
        return eprintln!("skipped: needs {word}");
    }
    let dir = Dir::new("oci");
    let lines = "unshare uts mnt ipc net pid; hostname box; mount private -r /; cgroup set memory.max 64M; cgroup set pids.max 50; fork; rootfs make /mnt; chdir /mnt; \
                 pivot_root . .; umount -l .; rlimit nofile 64 64; caps bound drop sys_admin; nnp";
    let program = format!("spawn sh -c '{PROBE}'");
    let session = dir.run(false, &[BOXLAB, "--json", "-c", &format!("{lines}; {program}; export oci bundle")]);
    let turns: Vec<serde_json::Value> = session.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    let turn = turns.iter().find(|turn| turn["command"] == "spawn").unwrap_or_else(|| panic!("{session}"));
    let name = format!("test-export-{}", std::process::id());
    let ran = dir.run(false, &["runc", "run", "--bundle", "bundle", &name]);
    let (session, ran) = (told(turn["output"].as_str().unwrap_or_default()), told(&ran));
    assert_eq!(ran.own, session.own);
    let but = |told: &Told| -> Vec<String> {
        // runc names the cgroup after the container, makes the devices itself instead of binding them, and has a root on disk.
        let of = |line: &&String| {
            !line.is_empty() && !line.starts_with("/dev/") && !line.starts_with("/ ") && !line.starts_with("a-") && **line != name
        };
        told.rest.iter().filter(of).cloned().collect()
    };
    assert_eq!(but(&ran), but(&session));
    assert!(ran.rest.contains(&name), "{ran:?}");
}

#[test]
fn docker_gets_options_for_what_is_not_isolated() {
    if let Some(word) = needs::missing("root") {
        return eprintln!("skipped: needs {word}");
    }
    let dir = Dir::new("docker");
    let text = dir.run(
        false,
        &[
            BOXLAB,
            "--lang",
            "en",
            "-c",
            "unshare uts pid mnt; hostname box; cgroup set memory.max 64M; nnp; spawn true; export docker",
        ],
    );
    for words in ["--network host", "--ipc host", "--hostname box", "--memory 67108864b", "no-new-privileges", "IMAGE true"] {
        assert!(text.contains(words), "{words}: {text}");
    }
    assert!(!text.contains("--pid host") && !text.contains("--uts host"), "{text}");
}

/// What a shell or a compiler would obey where it is not quoted; each would make a file `canary` here.
const TRAPS: &[&str] = &[
    "$(touch canary)",
    "`touch canary`",
    "a; touch canary #",
    "a\\\"); system(\\\"touch canary\\\"); (\\\"",
    "a | touch canary",
];

#[test]
fn names_that_a_shell_would_obey_are_names() {
    if let Some(word) = needs::missing("root tool:gcc tool:setpriv") {
        return eprintln!("skipped: needs {word}");
    }
    let dir = Dir::new("names");
    let mut lines = "unshare uts mnt; mount private -r /; mount tmpfs /mnt; chdir /mnt".to_string();
    for trap in TRAPS {
        lines += &format!(
            "; mkdir \"/mnt/{trap}\"; chdir \"/mnt/{trap}\"; write \"/mnt/{trap}/'f'\" \"it's {trap}\"; hostname \"{trap}\""
        );
    }
    let [session, script, program] = dir.three(false, &lines);
    assert!(session.rest[0].contains("touch canary"), "{session:?}");
    assert_eq!(script, session);
    assert_eq!(program, session);
    assert!(!dir.0.join("canary").exists(), "something was obeyed");
}

#[test]
fn what_no_format_has_a_word_for_is_said_by_each() {
    if let Some(word) = needs::missing("root linux:6.3") {
        return eprintln!("skipped: needs {word}");
    }
    let dir = Dir::new("said");
    let lines = "unshare mnt; mount private -r /; mount tmpfs /mnt; mkdir /mnt/a /mnt/b; subject new b; unshare user; idmap uid 0 100000 9; idmap gid 0 100000 9; subject use a; \
                 mount idmap /mnt/a /mnt/b b; landlock ro /";
    let exports = "export sh box.sh; export c box.c; export docker box.docker; export oci bundle";
    let text = dir.run(false, &[BOXLAB, "--lang", "en", "-c", &format!("{lines}; {exports}")]);
    for line in ["mount idmap /mnt/a /mnt/b b", "landlock ro /"] {
        assert_eq!(text.matches(&format!("`{line}` is not in it")).count(), 4, "{line}: {text}");
    }
    assert!(!dir.run(false, &["cat", "box.sh", "box.c"]).contains("/mnt/a /mnt/b b\n  mount"), "{text}");
}
