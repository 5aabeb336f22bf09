//! `doctor` says what is so: on a machine that allows all, on one that forbids something, and as an ordinary user.

mod needs;

use boxlab::model::{Block, Mark, Turn};
use std::process::{Command, Stdio};

/// Runs `boxlab doctor --json` by way of these words.
fn doctor(by: &[&str]) -> Turn {
    let mut words = vec!["timeout", "60"];
    words.extend(by);
    words.extend([env!("CARGO_BIN_EXE_boxlab"), "doctor", "--json"]);
    let output = Command::new(words[0]).args(&words[1..]).stdin(Stdio::null()).output().expect("it runs");
    let text = String::from_utf8(output.stdout).expect("text");
    assert_eq!(output.status.code(), Some(0), "{text} {}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_str(text.trim()).expect("one turn")
}

/// The names that have this mark beside them.
fn marked(turn: &Turn, mark: Mark) -> Vec<String> {
    let grids = turn.view.iter().filter_map(|block| match block {
        Block::Grid(grid) => Some(&grid.rows),
        _ => None,
    });
    let rows = grids.flatten().filter(|row| row[1].mark == mark);
    rows.map(|row| row[0].text.en.trim().to_string()).collect()
}

fn reasons(turn: &Turn) -> String {
    let paras = turn.view.iter().filter_map(|block| match block {
        Block::Para(text) if text.en.starts_with('✗') => Some(text.en.clone()),
        _ => None,
    });
    paras.collect::<Vec<_>>().join("\n")
}

#[test]
fn nothing_is_refused_where_all_is_allowed() {
    if !nix::unistd::geteuid().is_root() {
        return eprintln!("skipped: needs root");
    }
    let turn = doctor(&[]);
    let refused = marked(&turn, Mark::Bad);
    let kernel =
        |name: &String| name.starts_with("unshare ") || ["uid_map", "setns", "clone3", "pidfd_open"].contains(&name.as_str());
    assert!(!refused.iter().any(kernel), "{refused:?}: {}", reasons(&turn));
    assert_eq!(refused.is_empty(), reasons(&turn).is_empty());
    for kind in ["user", "mnt", "pid", "net", "uts", "ipc", "cgroup", "time"] {
        assert!(marked(&turn, Mark::Own).contains(&format!("unshare {kind}")), "{kind}");
    }
    assert!(marked(&turn, Mark::Own).contains(&"seccomp notify".into()), "{refused:?}: {}", reasons(&turn));
    if needs::lacks("linux:6.3", true).is_none() {
        assert!(marked(&turn, Mark::Own).contains(&"mount idmap".into()), "{refused:?}: {}", reasons(&turn));
    }
}

/// The limits of /proc/sys/user hold for the user namespace in which they are written, so that this harms nobody.
#[test]
fn what_is_forbidden_is_named_with_its_reason() {
    let forbid = "echo 0 > /proc/sys/user/max_user_namespaces && echo 0 > /proc/sys/user/max_net_namespaces && exec \"$@\"";
    let allowed = Command::new("unshare").args(["-Ur", "true"]).status().is_ok_and(|status| status.success());
    if !allowed {
        return eprintln!("skipped: user namespaces cannot be made here");
    }
    let turn = doctor(&["unshare", "-Ur", "sh", "-c", forbid, "sh"]);
    let refused = marked(&turn, Mark::Bad);
    for name in ["unshare user", "unshare net", "uid_map", "veth", "mount idmap"] {
        assert!(refused.iter().any(|one| one == name), "{name}: {refused:?}");
    }
    assert!(!refused.iter().any(|one| one == "unshare uts"), "{refused:?}");
    assert!(reasons(&turn).contains("ENOSPC"), "{}", reasons(&turn));
}
