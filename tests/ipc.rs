//! What an ipc namespace holds, and what it does not: through the program, with two subjects.

mod needs;
mod turns;

use serde_json::Value;
use turns::last;

#[test]
fn the_same_key_is_another_queue_in_another_namespace() {
    let here = "unshare user ipc mnt; ipc new queue 42; ipc send 42 hello; subject new b;";
    let elsewhere = last(&format!("{here} unshare user ipc; ipc receive 42"));
    assert_eq!(elsewhere["end"]["errno"], "ENOENT", "{elsewhere}");
    let shared = last(&format!("{here} setns a user ipc; ipc receive 42"));
    assert!(shared["notes"].to_string().contains("hello"), "{shared}");
}

#[test]
fn a_posix_queue_is_in_the_namespace_and_not_in_a_mount() {
    if !needs::root() {
        return;
    }
    let here = "unshare ipc; mqueue new box; subject new b;";
    let shared = last(&format!("{here} setns a ipc; mqueue list"));
    assert!(shared["view"].to_string().contains("box"), "{shared}");
    let elsewhere = last(&format!("{here} unshare ipc; mqueue list"));
    assert_eq!(elsewhere["end"]["kind"], "done", "{elsewhere}");
    assert!(!elsewhere["view"].to_string().contains("box"), "{elsewhere}");
}

#[test]
fn in_the_hosts_namespace_nothing_is_made() {
    let sysv = || ["msg", "sem", "shm"].map(|file| std::fs::read_to_string(format!("/proc/sysvipc/{file}")).unwrap_or_default());
    let before = sysv();
    for line in
        ["ipc new queue 42", "ipc new sem", "ipc new shm", "ipc rm queue 0", "ipc send 42 x", "mqueue new box", "mqueue rm box"]
    {
        let turn = last(line);
        assert_eq!(turn["end"]["kind"], "refused", "{turn}");
        assert_eq!(turn["calls"], Value::Array(Vec::new()), "{turn}");
    }
    let _ = last("unshare user ipc; ipc new queue 42; ipc new sem 42; ipc new shm 42");
    let keys = |text: &String| {
        text.lines().skip(1).filter_map(|line| line.split_whitespace().next().map(String::from)).collect::<Vec<_>>()
    };
    assert_eq!(sysv().each_ref().map(keys), before.each_ref().map(keys));
}
