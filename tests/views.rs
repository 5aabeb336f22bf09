//! What is held, what is isolated, which clocks there are: through the program.

mod needs;
mod turns;

use serde_json::Value;
use std::collections::BTreeMap;
use turns::{last, turns};

/// Row and column of a table → cell, in English.
fn cells(turn: &Value) -> BTreeMap<(String, String), String> {
    let grid = &turn["view"][0]["grid"];
    let text = |value: &Value| value.as_str().unwrap_or_default().to_string();
    let head: Vec<String> = grid["head"].as_array().expect("a table").iter().map(|one| text(&one["en"])).collect();
    let mut found = BTreeMap::new();
    for row in grid["rows"].as_array().expect("rows") {
        let row: Vec<String> = row.as_array().expect("cells").iter().map(|cell| text(&cell["text"]["en"])).collect();
        for (name, cell) in head.iter().zip(&row).skip(1) {
            found.insert((row[0].clone(), name.clone()), cell.clone());
        }
    }
    found
}

#[test]
fn each_kind_isolates_what_is_its_own_and_nothing_else() {
    let turn = last("matrix");
    assert_eq!(turn["end"]["kind"], "done", "{turn}");
    let cells = cells(&turn);
    let isolates = [
        ("host name", "uts"),
        ("mount", "mnt"),
        ("network device", "net"),
        ("TCP port", "net"),
        ("abstract socket", "net"),
        ("System V queue", "ipc"),
        ("POSIX queue", "ipc"),
        ("user ID", "user"),
        ("PID", "pid"),
        ("kill", "pid"),
        ("uptime clock", "time"),
        ("cgroup path", "cgroup"),
    ];
    for ((effect, kind), cell) in &cells {
        let expected = isolates.contains(&(effect.as_str(), kind.as_str()));
        // The root of all trees looks the same from a namespace that begins there.
        let unknown = effect == "cgroup path" && cell == "?";
        assert!((cell == "I") == expected || unknown, "{effect} × {kind}: {cell}");
    }
    // In a new user namespace alone these are refused, and that is not isolation.
    for effect in ["host name", "mount", "network device"] {
        assert_eq!(cells[&(effect.to_string(), "user".to_string())], "D", "{effect}");
    }
}

#[test]
fn what_the_matrix_tries_does_not_reach_this_machine() {
    let name = nix::unistd::gethostname().expect("there is a name");
    let mounts = std::fs::read_to_string("/proc/self/mountinfo").expect("it can be read");
    let devices = || std::fs::read_to_string("/proc/net/dev").expect("it can be read").contains("probe");
    let turns = turns("matrix; hostname; show /proc/self/mountinfo");
    assert!(turns[1]["view"].to_string().contains(&*name.to_string_lossy()), "{}", turns[1]);
    assert_eq!(nix::unistd::gethostname().expect("there is a name"), name);
    assert_eq!(std::fs::read_to_string("/proc/self/mountinfo").expect("it can be read"), mounts);
    assert!(!devices());
}

#[test]
fn a_pinned_namespace_outlives_its_processes() {
    if !needs::root() {
        return;
    }
    let turns = turns("unshare net; link add bridge br7; pin net keep; reset; fd; setns keep; link");
    assert!(turns[4]["view"].to_string().contains("no process"), "{}", turns[4]);
    assert!(turns[6]["view"].to_string().contains("br7"), "{}", turns[6]);
    let gone = last("unshare net; pin net keep; reset; unpin keep; setns keep");
    assert_eq!(gone["end"]["kind"], "usage", "{gone}");
    let cable = last("unshare net; pin net keep; reset; unshare net; link add veth va peer vb@keep");
    assert_eq!(cable["end"]["kind"], "done", "{cable}");
    let host = last("pin net keep; unshare net; link add veth va peer vb@keep");
    assert_eq!(host["end"]["kind"], "refused", "{host}");
}

#[test]
fn a_clock_is_set_before_the_first_child_and_never_after() {
    if !needs::root() {
        return;
    }
    let cells_of = |lines: &str| cells(&last(lines));
    let set = "unshare time; clock boottime 30d; clock monotonic -10m;";
    let before = cells_of(&format!("{set} clock"));
    let at = |cells: &BTreeMap<(String, String), String>, clock: &str, side: &str| cells[&(clock.into(), side.into())].clone();
    assert!(!at(&before, "boottime", "inside").contains('+'), "{before:?}");
    assert!(at(&before, "boottime", "next child").contains("(+30d)"), "{before:?}");
    let after = cells_of(&format!("{set} fork; clock"));
    assert!(at(&after, "boottime", "inside").contains("(+30d)"), "{after:?}");
    assert!(at(&after, "monotonic", "inside").contains("(-10m)"), "{after:?}");
    assert_eq!(last("unshare time; fork; clock boottime 1")["end"]["errno"], "EACCES");
    assert_eq!(last("clock boottime 1")["end"]["errno"], "EACCES");
}

#[test]
fn a_process_has_a_pid_at_every_level_and_its_namespaces_an_owner() {
    let lines = "unshare user pid; fork; unshare pid uts; fork; tree pid; tree user";
    let turns = turns(lines);
    let pids = turns[4]["view"].to_string();
    assert!(pids.contains(" > 2 > 1"), "{pids}");
    let owners = cells(&serde_json::json!({ "view": [turns[5]["view"][1]] }));
    let own =
        owners.iter().find(|((name, column), _)| name.contains("user:[a1]") && column == "owns").map(|(_, cell)| cell.clone());
    // Numbers of ended namespaces are given anew, so their order says nothing.
    let own = own.unwrap_or_default();
    let own: std::collections::BTreeSet<&str> = own.split(' ').collect();
    assert_eq!(own, ["pid:[a1]", "pid:[a2]", "uts:[a1]"].into(), "{owners:?}");
}

/// A row of `isolation`.
fn wall_of(turn: &Value, wall: &str) -> String {
    let rows = turn["view"][0]["grid"]["rows"].as_array().expect("rows");
    let row = rows.iter().find(|row| row[0]["text"]["en"] == wall);
    row.and_then(|row| row[1]["text"]["en"].as_str()).unwrap_or_default().to_string()
}

#[test]
fn two_processes_differ_in_limits_roots_and_rights() {
    if let Some(word) = needs::missing("root cgroup:pids") {
        return eprintln!("skipped: needs {word}");
    }
    let turn = last(
        "cgroup set pids.max 30; unshare uts mnt; hostname walled; rlimit nofile 64 64; nnp; chroot /usr; subject new b; hostname; diff a b",
    );
    let cells = cells(&turn);
    let pair =
        |what: &str| ["a", "b"].map(|column| cells.get(&(what.to_string(), column.to_string())).cloned().unwrap_or_default());
    assert_eq!(pair("pids.max"), ["30", "max"], "{cells:?}");
    assert_eq!(pair("root directory"), ["/usr (chroot)", "the host's"], "{cells:?}");
    assert_eq!(pair("no_new_privs"), ["set", "no"]);
    assert_eq!(pair("rlimit.NOFILE")[0], "64/64");
    assert_eq!(pair("hostname")[0], "walled");
    assert!(pair("ns.uts")[0].starts_with("uts:[a1] ") && pair("ns.net") == [String::new(), String::new()], "{cells:?}");
    // The limit of a cgroup above holds for what sits below.
    let turn = last("cgroup set pids.max 30; cgroup new inner; cgroup enter inner; isolation");
    assert!(wall_of(&turn, "pids.max").starts_with("30 (of /"), "{turn}");
    let turn = last("landlock ro /usr; isolation");
    if needs::missing("landlock").is_none() {
        assert_eq!(wall_of(&turn, "landlock"), "landlock ro /usr", "{turn}");
    }
}

#[test]
fn the_walls_of_a_process_are_named() {
    let cell = |lines: &str, wall: &str| wall_of(&last(lines), wall);
    assert_eq!(cell("isolation", "namespaces"), "all the host's");
    assert_eq!(cell("unshare user uts; isolation", "namespaces"), "not the host's: user uts");
    assert!(cell("unshare user; isolation", "capabilities").contains("only over what its user namespace owns"));
    assert_eq!(cell("nnp; isolation", "no_new_privs"), "set");
    if !needs::root() {
        return;
    }
    assert_eq!(cell("chroot /usr; isolation", "root directory"), "/usr (chroot)");
    let own = last(&format!("isolation {}", std::process::id()));
    assert!(own["view"].to_string().contains("all the host's"), "{own}");
}
