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

/// `explain` and the guard judge by one and the same question: also a namespace that is neither the host's nor the bench's.
#[test]
fn what_explain_says_of_the_guard_is_what_the_guard_does() {
    if let Some(word) = needs::missing("root") {
        return eprintln!("skipped: needs {word}");
    }
    let mut stranger = std::process::Command::new("unshare").args(["--uts", "sleep", "60"]).spawn().expect("unshare runs");
    let pid = stranger.id();
    let own = std::fs::read_link("/proc/self/ns/uts").expect("it is there");
    let end = Instant::now() + Duration::from_secs(20);
    while std::fs::read_link(format!("/proc/{pid}/ns/uts")).is_ok_and(|link| link == own) && Instant::now() < end {
        std::thread::sleep(Duration::from_millis(20));
    }
    let host = turns("explain hostname; hostname guard-failed");
    let entered = turns(&format!("setns {pid} uts; explain hostname; hostname guard-failed"));
    let made = turns("unshare uts; explain hostname; hostname box");
    stranger.kill().and_then(|()| stranger.wait()).expect("it is ours");
    for (turns, why) in [(&host, "shares the host's uts namespace"), (&entered, "was not made by this bench")] {
        let [.., explained, refused] = turns.as_slice() else { panic!("{turns:?}") };
        assert!(refused["end"]["kind"] == "refused" && refused["end"]["why"]["en"].to_string().contains(why), "{turns:?}");
        let said = refused["end"]["why"]["en"].as_str().unwrap_or_default();
        assert!(explained["view"].to_string().contains(&format!("refused now: {said}")), "{explained}");
    }
    assert!(made[1]["view"].to_string().contains("was made by this bench") && made[2]["end"]["kind"] == "done", "{made:?}");
}
