//! What export does with each command: every call that changed something is in the script and in the program, or the line is named with the
//! reason why it is not.

mod needs;

use boxlab::command::{Run, cards};
use serde_json::Value;
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// Calls that change nothing that stays, whoever makes them: looks, waits, and what is a part of another call.
const QUIET: &[&str] = &["wait4", "capget", "read", "close", "execve", "clone3", "recvfrom", "pidfd_open", "pidfd_getfd"];

/// Commands that look, or try something out in a process that ends: nothing of them stays.
const LOOKS: &[&str] = &[
    "fg",
    "bg",
    "wait",
    "try",
    "thread",
    "setsid",
    "pdeathsig",
    "orphan",
    "matrix",
    "ipc cross",
    "ping",
    "connect",
    "socket ns",
    "ns owner",
    "link",
    "addr",
    "route",
    "nsid",
    "keyring",
    "mqueue list",
    "cgroup get",
    "cgroup show",
    "show",
    "tree",
];

struct Dir(PathBuf);

impl Drop for Dir {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// The turns of these lines and, behind them, of the two exports into this directory.
fn turns(lines: &str, dir: &Dir) -> Vec<Value> {
    let path = |file: &str| dir.0.join(file).display().to_string();
    let script = format!("{lines}; export sh {}; export c {}", path("sh"), path("c"));
    let output = Command::new("timeout")
        .args(["60", env!("CARGO_BIN_EXE_boxlab"), "--lang", "en", "--json", "-c", &script])
        .stdin(Stdio::null())
        .output()
        .expect("boxlab runs");
    String::from_utf8_lossy(&output.stdout).lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
}

/// The strings of a call that have to be in the export. What has a number of this session in it (a path in /proc, a cgroup's directory, a
/// PID) will have another.
fn strings(call: &Value) -> Vec<String> {
    let args = call["args"].as_array().cloned().unwrap_or_default();
    let texts = args.iter().filter_map(|arg| arg["str"].as_str().map(str::to_string)).filter(|text| !text.is_empty());
    let file = args.first().map(Value::to_string).unwrap_or_default();
    match call["name"].as_str().unwrap_or_default() {
        "write" if file.contains("/cgroup.procs") || file.contains("/tasks") => Vec::new(),
        "write" if file.contains("timens_offsets") => {
            texts.flat_map(|text| text.split(' ').take(2).map(str::to_string).collect::<Vec<_>>()).collect()
        }
        "mkdir" | "rmdir" => {
            texts.filter_map(|path| path.rsplit('/').next().map(str::to_string)).filter(|name| !name.contains('-')).collect()
        }
        // A filesystem is its own source.
        "fsconfig" => texts.filter(|key| key != "source").collect(),
        _ => texts.collect(),
    }
}

/// Calls without strings, and what stands for them in the script or in the program.
const STANDS: &[(&str, &[&str])] = &[
    ("unshare", &["unshare"]),
    ("setns", &["nsenter", "enter("]),
    ("prctl", &["setpriv", "prctl"]),
    ("setuid", &["setpriv --reuid", "setuid("]),
    ("setgid", &["setpriv --regid", "setgid("]),
    ("setgroups", &["setpriv --groups", "setpriv --clear-groups", "setgroups("]),
    ("prlimit64", &["prlimit"]),
    ("setpriority", &["renice", "setpriority"]),
    ("sched_setaffinity", &["taskset", "run_on"]),
    ("sched_setscheduler", &["chrt", "sched_setscheduler"]),
];

/// Is this call in the text that follows its line?
fn is_there(call: &Value, place: &Value, after: &str, whole: &str) -> bool {
    let name = call["name"].as_str().unwrap_or_default();
    match name {
        "socket" | "sendto" => {
            after.contains("ip link") || after.contains("ip addr") || after.contains("ip route") || after.contains("\"ip\"")
        }
        // The observer opens the cgroup in which a child is born, and enters a user namespace to write the map of another one.
        "openat" | "setns" if place != "inside" || strings(call).iter().any(|path| path.starts_with("/sys/fs/cgroup")) => true,
        _ => match STANDS.iter().find(|(known, _)| *known == name) {
            Some((_, words)) => words.iter().any(|word| after.contains(word)),
            None => strings(call).iter().all(|word| whole.contains(word.as_str())),
        },
    }
}

#[test]
fn each_call_is_written_or_named() {
    let dir = Dir(std::env::temp_dir().join(format!("test-export-cards-{}", std::process::id())));
    let (mut broken, mut walked, mut skipped) = (Vec::new(), 0, 0);
    for (card, example) in cards().flat_map(|card| card.examples.iter().map(move |example| (card, example))) {
        if matches!(card.run, Run::Shell(_)) || needs::missing(example.needs).is_some() {
            skipped += usize::from(!matches!(card.run, Run::Shell(_)));
            continue;
        }
        std::fs::create_dir_all(&dir.0).expect("it is made");
        let before = if example.after.is_empty() { String::new() } else { format!("{}; ", example.after) };
        let turns = turns(&format!("{before}{}", example.line), &dir);
        for file in ["sh", "c"] {
            let Ok(text) = std::fs::read_to_string(dir.0.join(file)) else { continue };
            // As it was before it was quoted.
            let text = if file == "sh" {
                text.replace("'\\''", "'")
            } else {
                text.replace("\\n", "\n").replace("\\?", "?").replace("\\\"", "\"")
            };
            let Some(at) = turns.iter().position(|turn| turn["command"] == format!("export {file}")) else { continue };
            let notes = turns[at]["notes"].as_array().cloned().unwrap_or_default();
            for done in turns[..at].iter().filter(|done| done["subject"] == turns[at]["subject"]) {
                let (command, line) = (done["command"].as_str().unwrap_or_default(), done["line"].as_str().unwrap_or_default());
                let did = ["done", "ran"].contains(&done["end"]["kind"].as_str().unwrap_or_default());
                let named = notes.iter().any(|note| {
                    note["text"]["en"].as_str().is_some_and(|text| text.starts_with(&format!("`{line}` is not in it")))
                });
                // What is not among the lines was done by a subject that has been replaced, or by the shell.
                let Some((_, after)) = text.split_once(line).filter(|_| did && !named && !LOOKS.contains(&command)) else {
                    continue;
                };
                let calls = done["calls"].as_array().cloned().unwrap_or_default();
                for call in calls.iter().filter(|call| call["ret"].is_i64() && !QUIET.iter().any(|quiet| call["name"] == *quiet))
                {
                    walked += 1;
                    if !is_there(call, &done["place"], after, &text) {
                        broken.push(format!(
                            "export {file} of `{line}` after `{}`: {call} is neither there nor named",
                            example.after
                        ));
                    }
                }
            }
        }
        let _ = std::fs::remove_dir_all(&dir.0);
    }
    eprintln!("{walked} calls looked for; {skipped} examples left out for what they need");
    assert!(broken.is_empty(), "{}", broken.join("\n"));
    assert!(walked > 1000 || !needs::root(), "only {walked} calls were looked for");
}
