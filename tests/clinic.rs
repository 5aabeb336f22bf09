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
    for (at, case) in CASES.iter().enumerate().filter(|(_, case)| !case.cure.contains(' ') || !case.cure.contains("PID")) {
        let end = turns(&format!("clinic {}; {}; spawn true", at + 1, case.cure)).pop().expect("a line was run");
        if end["end"]["exit"]["status"] != 0 {
            wrong.push(format!("{}: `{}` does not cure: {}", case.name, case.cure, end["end"]));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
