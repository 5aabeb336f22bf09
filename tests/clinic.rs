//! The clinic, through the program: each patient is ill as it says, keeps its secret, and is well after its cure.

mod needs;
mod turns;

use boxlab::command::clinic::CASES;
use serde_json::Value;
use turns::turns;

/// What the patient complains about: the first line in backquotes.
fn complaint(case: &boxlab::command::clinic::Case) -> &'static str {
    case.complaint.en.split('`').nth(1).expect("a complaint names a line to type")
}

fn kind(turn: &Value) -> &str {
    turn["end"]["kind"].as_str().unwrap_or_default()
}

/// What the end and the notes of a line say, in English; not the calls.
fn said(turn: &Value) -> String {
    format!("{} {}", turn["end"], turn["notes"])
}

/// Words of the reasons that a line gives where nobody is asked to find them.
const GIVES_AWAY: &[&str] = &[
    "lo is down",
    "its PID 1 has ended",
    "pids.max",
    "OOM killer",
    "frozen",
    "missing",
    "SYS_ADMIN",
    "seccomp filter",
    "RLIMIT_FSIZE",
    "listens there already",
];

#[test]
fn the_reason_comes_with_the_diagnosis_and_not_before() {
    if !needs::root() {
        return;
    }
    let turns = turns("clinic 1; ping 127.0.0.1; clinic hint; clinic is frozen; last; clinic is lo-down; ping 127.0.0.1");
    assert!(said(&turns[1]).contains("clinic hint"), "{}", turns[1]);
    assert!(said(&turns[2]).contains("`link`"), "{}", turns[2]);
    assert!(!turns[4].to_string().contains("lo is down"), "the receipt gives it away: {}", turns[4]);
    assert!(said(&turns[5]).contains("held back until now") && said(&turns[5]).contains("lo is down"), "{}", turns[5]);
    assert!(said(&turns[6]).contains("lo is down"), "with the diagnosis nothing is held back: {}", turns[6]);
}

#[test]
fn who_gives_up_or_begins_anew_is_told_everything() {
    if !needs::root() {
        return;
    }
    let turns =
        turns("clinic 1; clinic tell; clinic 3; reset; hostname box; clinic 1; subject new b; unshare net; ping 127.0.0.1");
    assert!(said(&turns[1]).contains("lo-down"), "{}", turns[1]);
    let last = turns.last().expect("lines were run");
    assert!(said(last).contains("lo is down"), "another subject is no patient: {last}");
}

#[test]
fn a_patient_that_is_lost_comes_back_as_ill() {
    if !needs::root() {
        return;
    }
    let turns = turns("clinic 6; spawn true; cgroup get cgroup.freeze; clinic is frozen; cgroup thaw; spawn true");
    assert_eq!(kind(&turns[1]), "unfit", "{}", turns[1]);
    assert!(said(&turns[1]).contains("called in again"), "{}", turns[1]);
    assert!(turns[2]["view"].to_string().contains('1'), "{}", turns[2]);
    assert_eq!(kind(&turns[3]), "done", "{}", turns[3]);
    assert_eq!(turns[5]["end"]["exit"]["status"], 0, "{}", turns[5]);
}

#[test]
fn each_patient_is_ill_keeps_the_secret_and_knows_its_diagnosis() {
    if !needs::root() {
        return;
    }
    let mut wrong = Vec::new();
    for (at, case) in CASES.iter().enumerate() {
        let seed = at + 1;
        let turns = turns(&format!("clinic {seed}; history; last; {}; clinic is {}", complaint(case), case.name));
        let (patient, history) = (&turns[0], &turns[1]);
        if patient["changes"] != Value::Array(Vec::new()) || patient["calls"] != Value::Array(Vec::new()) {
            wrong.push(format!("{}: the line gives it away: {patient}", case.name));
        }
        if case.breaks.iter().any(|line| history.to_string().contains(line)) {
            wrong.push(format!("{}: the history gives it away: {history}", case.name));
        }
        if kind(&turns[4]) != "done" {
            wrong.push(format!("{}: the diagnosis does not fit: {}", case.name, turns[4]["end"]));
        }
        let ill = &turns[3];
        if let Some(word) = GIVES_AWAY.iter().find(|word| said(ill).contains(*word)) {
            wrong.push(format!("{}: `{word}` gives it away: {ill}", case.name));
        }
        // Slowness, and foreign numbers in a list, are no failures.
        let shows = matches!(case.name, "cpu-max" | "no-map" | "foreign-proc")
            || kind(ill) != "done" && ill["end"]["exit"]["status"] != 0;
        if !shows {
            wrong.push(format!("{}: it is well: {}", case.name, ill["end"]));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn each_cure_that_is_lines_cures() {
    if !needs::root() {
        return;
    }
    let mut wrong = Vec::new();
    for (at, case) in CASES.iter().enumerate().filter(|(_, case)| case.cure.en.contains("PID")) {
        let end = turns(&format!("clinic {}; {}; spawn true", at + 1, case.cure.en)).pop().expect("a line was run");
        if end["end"]["exit"]["status"] != 0 {
            wrong.push(format!("{}: `{}` does not cure: {}", case.name, case.cure.en, end["end"]));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
