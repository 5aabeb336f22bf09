//! Failures for real: each row of the table that a command can come to is provoked, and its cause must be the confirmed one.

mod provoke;

use boxlab::explain::errno::rows;
use provoke::{Provocation, Who};
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// `{3x fork}` is `fork;fork;fork`.
fn repeated(lines: &str) -> String {
    let Some((before, rest)) = lines.split_once('{') else { return lines.into() };
    let parts = rest.split_once('}').and_then(|(inner, after)| Some((inner.split_once("x ")?, after)));
    let Some(((times, line), after)) = parts else { return lines.into() };
    let times: usize = times.parse().expect("a number of times");
    format!("{before}{}{after}", vec![line; times].join(";"))
}

/// The turns of these lines.
fn run(who: Who, lines: &str) -> Vec<Value> {
    let disk = std::fs::read_to_string(provoke::DISK).unwrap_or_default();
    let lines = &repeated(&lines.replace("{tmp}", &tmp().display().to_string()).replace("{disk}", disk.trim()));
    let binary = env!("CARGO_BIN_EXE_boxlab");
    let mut command = Command::new("timeout");
    command.arg("60");
    if who == Who::Nobody {
        command.args(["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"]);
    }
    let output =
        command.args([binary, "--json", "-c", lines]).current_dir("/").stdin(Stdio::null()).output().expect("boxlab runs");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let parsed = text.lines().map(|line| serde_json::from_str(line).expect("each line is JSON"));
    let turns: Vec<Value> = parsed.collect();
    assert!(!turns.is_empty(), "{lines}: {text}{}", String::from_utf8_lossy(&output.stderr));
    turns
}

/// A directory of our own.
fn tmp() -> PathBuf {
    std::env::temp_dir().join(format!("boxlab-errors-{}", std::process::id()))
}

/// The lines in backticks of a next step.
fn lines_of(next: &str) -> Vec<String> {
    next.split('`').skip(1).step_by(2).map(str::to_string).collect()
}

fn ok(turn: &Value) -> bool {
    matches!(turn["end"]["kind"].as_str(), Some("done"))
        || turn["end"]["kind"] == "ran" && turn["end"]["exit"]["status"].as_i64() == Some(0)
}

/// What is wrong with this one; empty: nothing.
fn check(one: &Provocation) -> Vec<String> {
    let script = format!("{};{}", one.after, one.line);
    let turns = run(one.who, &script);
    let turn = turns.last().expect("a line was run");
    let mut wrong = Vec::new();
    let mut complain = |what: String| wrong.push(format!("{}: `{script}`: {what}\n    {}", one.row, turn["end"]));
    if turn["end"]["errno"] != one.errno {
        complain(format!("it should fail with {}", one.errno));
        return wrong;
    }
    let causes = turn["end"]["advice"]["causes"].as_array().cloned().unwrap_or_default();
    let first = causes.first().cloned().unwrap_or_default();
    let standing = if one.possible { "possible" } else { "confirmed" };
    if first["row"] != one.row || first["standing"] != standing {
        complain(format!("the first cause is {} ({})", first["row"], first["standing"]));
    }
    for lang in ["en", "zh"] {
        let why = first["why"][lang].as_str().unwrap_or_default();
        if why.is_empty() || !one.seen.is_empty() && !why.contains(&one.seen.replace("{tmp}", &tmp().display().to_string())) {
            complain(format!("its reason in {lang} does not say `{}`: {why}", one.seen));
        }
    }
    let next = lines_of(first["next"]["en"].as_str().unwrap_or_default());
    if next != lines_of(first["next"]["zh"].as_str().unwrap_or_default()) {
        complain("the next step differs between the languages".into());
    }
    if one.cured {
        // The next step, typed as it stands; then the line that failed works, unless the step says to begin anew.
        let anew = next.iter().any(|line| line == "reset");
        let again = if anew { String::new() } else { format!(";{}", one.line) };
        let script = format!("{script};{}{again}", next.join(";"));
        let turns = run(one.who, &script);
        let count = next.len() + usize::from(!anew);
        if next.is_empty() || turns.len() < count || !turns[turns.len() - count..].iter().all(ok) {
            complain(format!(
                "the next step does not work: {script}: {:?}",
                turns.iter().map(|turn| turn["end"].to_string()).collect::<Vec<_>>()
            ));
        }
    }
    wrong
}

#[test]
fn every_failure_names_its_reason_and_a_step_that_works() {
    let (mut wrong, mut provoked) = (Vec::new(), BTreeSet::new());
    std::fs::create_dir_all(tmp()).expect("a directory of our own");
    for one in provoke::all() {
        if let Some(reason) = provoke::missing(one.needs) {
            eprintln!("skipped: {} `{}` (needs {reason})", one.row, one.line);
            continue;
        }
        let found = check(one);
        if found.is_empty() {
            provoked.insert(one.row);
        }
        wrong.extend(found);
    }
    // Silent ones: nothing fails, and a note says what one might not expect.
    for (row, needs, who, lines, says) in provoke::silent() {
        if let Some(reason) = provoke::missing(needs) {
            eprintln!("skipped: {row} `{lines}` (needs {reason})");
            continue;
        }
        let turns = run(*who, lines);
        let turn = turns.last().expect("a line was run");
        let notes = turn["notes"].to_string() + &turn["view"].to_string() + &turn["end"].to_string();
        if notes.contains(says) {
            provoked.insert(row);
        } else {
            wrong.push(format!("{row}: `{lines}`: no note says `{says}`: {notes}"));
        }
    }
    std::fs::remove_dir_all(tmp()).expect("it was ours");
    let known: BTreeSet<&str> = rows().map(|row| row.id).collect();
    wrong.extend(provoked.iter().filter(|row| !known.contains(**row)).map(|row| format!("{row}: no such row")));
    let missing: Vec<&str> = known.iter().filter(|row| !provoked.contains(**row)).copied().collect();
    eprintln!("rows provoked / rows: {} / {} (not provoked: {})", provoked.len(), known.len(), missing.join(" "));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// In Chinese the screen shows the Chinese reason, and no English one.
#[test]
fn the_screen_explains_in_its_language() {
    for (lang, says) in [("en", "Here: "), ("zh", "此处：")] {
        let output = Command::new("timeout")
            .args(["30", env!("CARGO_BIN_EXE_boxlab"), "--lang", lang, "-c", "wait"])
            .stdin(Stdio::null())
            .output()
            .expect("boxlab runs");
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(text.contains("ECHILD") && text.contains(says), "{text}");
    }
}
