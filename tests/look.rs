//! Looking, through the program: as the subject sees it, without hanging, whatever is there.

mod needs;
mod turns;

use std::time::{Duration, Instant};
use turns::turns;

/// What the last of the lines shows, as JSON text.
fn shown(lines: &str) -> String {
    turns(lines).last().expect("a line was run")["view"].to_string()
}

#[test]
fn the_table_tells_own_from_host() {
    let host = shown("show /proc/self/ns");
    assert!(host.contains("\"host\"") && !host.contains("\"en\":\"own\""), "{host}");
    let own = shown("unshare user; show /proc/self/ns");
    assert_eq!(own.matches("\"en\":\"own\"").count(), 1, "{own}");
}

#[test]
fn a_file_is_read_by_the_subject() {
    if !needs::root() {
        return;
    }
    assert!(shown("unshare uts; hostname look; show /proc/sys/kernel/hostname").contains("look"));
    assert!(!shown("unshare uts; hostname look; show --host /proc/sys/kernel/hostname").contains("look"));
}

#[test]
fn a_fifo_in_the_way_does_not_hang() {
    let fifo = std::env::temp_dir().join(format!("boxlab-fifo-{}", std::process::id()));
    nix::unistd::mkfifo(&fifo, nix::sys::stat::Mode::S_IRUSR).expect("a FIFO can be made");
    let start = Instant::now();
    let turns = turns(&format!("show {}", fifo.display()));
    std::fs::remove_file(&fifo).expect("it is ours");
    assert_eq!(turns[0]["end"]["kind"], "unfit", "{turns:?}");
    assert!(start.elapsed() < Duration::from_secs(5));
}

#[test]
fn a_large_file_comes_through_the_socket() {
    let path = std::env::temp_dir().join(format!("boxlab-large-{}", std::process::id()));
    std::fs::write(&path, vec![0u8; 1 << 20]).expect("the file is written");
    let turns = turns(&format!("show {}", path.display()));
    std::fs::remove_file(&path).expect("it is ours");
    assert_eq!(turns[0]["end"]["kind"], "done", "{turns:?}");
}

#[test]
fn a_zombie_is_marked() {
    let shown = shown("spawn -b true; spawn sleep 0.2; ps");
    assert!(shown.contains("Z zombie") && shown.contains("\"warn\""), "{shown}");
}

#[test]
fn ps_shows_the_pid_outside_and_inside() {
    let turns = turns("unshare user pid; spawn -b sleep 5; ps");
    let rows = turns[2]["view"][0]["grid"]["rows"].as_array().expect("a table").clone();
    let sleep = rows.iter().find(|row| row.to_string().contains("sleep 5")).expect("it is listed");
    assert_eq!(sleep[1]["text"]["en"], "1", "{sleep}");
    assert_ne!(sleep[0]["text"]["en"], "1", "{sleep}");
}

#[test]
fn two_subjects_differ_in_what_was_unshared() {
    let shown = shown("unshare user; subject new b; diff a b");
    assert!(shown.contains("ns.user") && !shown.contains("ns.net"), "{shown}");
}

#[test]
fn the_receipt_names_other_tools_and_the_manual() {
    let shown = shown("unshare user; last");
    for piece in ["unshare(CLONE_NEWUSER) = 0", "unshare(1)", "unshare(2)", "ns.user"] {
        assert!(shown.contains(piece), "{piece}: {shown}");
    }
}
