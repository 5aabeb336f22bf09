//! The command line: what it takes, what it prints, and the exit status that it ends with.

use serde_json::Value;
use std::ffi::OsStr;
use std::io::Write;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

/// boxlab, in English whatever the environment says; no test waits for ever.
fn boxlab() -> Command {
    let mut command = Command::new("timeout");
    command.args(["60", env!("CARGO_BIN_EXE_boxlab")]).stdin(Stdio::null());
    for name in ["LC_ALL", "LC_MESSAGES", "LC_CTYPE", "NO_COLOR"] {
        command.env_remove(name);
    }
    command.env("LANG", "C.UTF-8");
    command
}

fn run(args: &[&str]) -> Output {
    boxlab().args(args).output().expect("boxlab runs")
}

fn status(output: &Output) -> i32 {
    output.status.code().expect("no signal")
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("text")
}

fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).expect("text")
}

/// What the shell says to these lines on standard input.
fn typed(args: &[&str], lines: &[u8]) -> Output {
    let mut child =
        boxlab().args(args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("boxlab runs");
    child.stdin.take().expect("a pipe").write_all(lines).expect("it reads");
    child.wait_with_output().expect("it ends")
}

/// A file that is removed again.
struct Script(PathBuf);

impl Script {
    fn new(name: &str, text: impl AsRef<[u8]>) -> Script {
        let path = std::env::temp_dir().join(format!("boxlab-cli-{}-{name}", std::process::id()));
        std::fs::write(&path, text).expect("the file is written");
        Script(path)
    }

    fn path(&self) -> &str {
        self.0.to_str().expect("text")
    }
}

impl Drop for Script {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

#[test]
fn the_status_is_0_when_every_line_did_what_it_says_and_1_when_one_did_not() {
    for (lines, wanted) in [
        ("", 0),
        ("subject list", 0),
        ("spawn true", 0),
        ("spawn sh -c 'kill -STOP $$'", 0),
        ("spawn false", 1),
        ("spawn false; subject list", 1),
        ("nonsense", 1),
        ("hostname box", 1),
        ("show /no/such/file", 1),
        ("kill KILL self", 1),
    ] {
        assert_eq!(status(&run(&["-c", lines])), wanted, "{lines}");
    }
}

#[test]
fn the_status_is_2_for_wrong_usage_and_for_what_cannot_be_read() {
    let binary = Script::new("binary", b"subject list\n\xff\n");
    for args in [
        &["--nonsense"][..],
        &["/no/such/file"],
        &["/"],
        &["-c", "a", "b"],
        &["--lang", "xx"],
        &["replay"],
        &[binary.path()],
        &["lesson", "nonsense"],
        &["lesson", "./no/such.txt"],
        &["lesson", "4", "new", "x"],
        &["lesson", "--present"],
        &["--json", "lesson", "4"],
        // A lesson wants a learner.
        &["lesson", "4"],
    ] {
        let output = run(args);
        assert_eq!(status(&output), 2, "{args:?}");
        assert!(!err(&output).is_empty() && output.stdout.is_empty(), "{args:?}");
    }
    assert_eq!(status(&typed(&[], b"subject list\n\xff\n")), 2);
}

#[test]
fn the_rest_runs_after_a_failure_unless_it_is_told_to_stop() {
    assert!(out(&run(&["-c", "spawn false; subject list"])).contains("PID outside"));
    let stopped = run(&["--stop", "-c", "spawn false; subject list"]);
    assert!(!out(&stopped).contains("subject list"), "{}", out(&stopped));
    assert_eq!(status(&stopped), 1);
    assert_eq!(status(&run(&["--stop", "-c", "subject list; subject list"])), 0);
}

#[test]
fn nothing_runs_after_quit() {
    let output = run(&["-c", "quit; spawn false"]);
    assert_eq!(status(&output), 0);
    assert!(!out(&output).contains("spawn"));
}

#[test]
fn semicolons_newlines_files_and_standard_input_are_all_lines() {
    let script = "# a comment; not a line\n\nsubject list; history\n  spawn echo 'a;b' # the end\n";
    let file = Script::new("lines", script);
    let said = [run(&["-c", script]), run(&[file.path()]), typed(&[], script.as_bytes())];
    for output in &said {
        let text = out(output);
        let lines: Vec<&str> = text.lines().filter(|line| line.starts_with("$ ")).collect();
        assert_eq!(lines, ["$ subject list", "$ history", "$ spawn echo 'a;b'"], "{text}");
        assert!(text.contains("\na;b\n"), "{text}");
    }
    // CR before LF, as Windows editors leave it, and no newline at the end.
    assert_eq!(status(&typed(&[], b"subject list\r\nsubject list")), 0);
}

#[test]
fn a_file_can_be_a_program() {
    let script = Script::new("program", format!("#!{}\nspawn echo it ran\n", env!("CARGO_BIN_EXE_boxlab")));
    std::fs::set_permissions(&script.0, std::fs::Permissions::from_mode(0o755)).expect("it is ours");
    // Another test's fork can hold the file open for writing for a moment (ETXTBSY).
    let output = (0..50).find_map(|_| match Command::new(script.path()).stdin(Stdio::null()).output() {
        Ok(output) => Some(output),
        Err(_) => {
            std::thread::sleep(std::time::Duration::from_millis(20));
            None
        }
    });
    assert!(out(&output.expect("it starts")).contains("\nit ran\n"));
}

#[test]
fn each_language_is_asked_for_or_is_that_of_the_locale() {
    let with = |args: &[&str], set: &[(&str, &str)]| {
        out(&boxlab().args(args).args(["-c", "subject list"]).envs(set.iter().copied()).output().expect("boxlab runs"))
    };
    let chinese = |text: &str| text.contains("被观察进程");
    assert!(!chinese(&with(&[], &[])));
    assert!(chinese(&with(&["--lang", "zh"], &[])));
    assert!(chinese(&with(&[], &[("LANG", "zh_CN.UTF-8")])));
    assert!(chinese(&with(&[], &[("LANG", "en_US.UTF-8"), ("LC_MESSAGES", "zh_TW.UTF-8")])));
    assert!(!chinese(&with(&[], &[("LANG", "zh_CN.UTF-8"), ("LC_ALL", "en_US.UTF-8")])));
    // An empty variable is one that is not set.
    assert!(chinese(&with(&[], &[("LANG", "zh_CN.UTF-8"), ("LC_ALL", "")])));
    assert!(!chinese(&with(&["--lang", "en"], &[("LANG", "zh_CN.UTF-8")])));
    assert!(out(&run(&["-c", "lang zh; subject list"])).contains("被观察进程"));
}

#[test]
fn there_are_no_colours_where_there_is_no_terminal() {
    assert!(!run(&["-c", "subject list; nonsense; unshare user"]).stdout.contains(&0x1b));
}

#[test]
fn version_and_help() {
    let version = run(&["--version"]);
    assert_eq!((status(&version), out(&version)), (0, format!("boxlab {}\n", env!("CARGO_PKG_VERSION"))));
    let help = run(&["--help"]);
    assert_eq!(status(&help), 0);
    for word in ["-c <LINES>", "--json", "--stop", "--lang", "replay", "doctor", "docs"] {
        assert!(out(&help).contains(word), "{word}");
    }
}

#[test]
fn a_reader_who_has_left_is_no_reason_to_panic() {
    for args in
        ["-c 'subject list; subject list'", "--json -c 'subject list; subject list'", "--help", "--version", "docs commands"]
    {
        for end in ["| true", ">&-", "</dev/null 2>&- >&-"] {
            let line = format!("{} {args} {end}", env!("CARGO_BIN_EXE_boxlab"));
            let output =
                Command::new("timeout").args(["60", "bash", "-c", &line]).stdin(Stdio::null()).output().expect("bash runs");
            let said = err(&output);
            assert!(!said.contains("panicked"), "{line}: {said}");
            assert!(output.status.code().is_some_and(|status| status < 100), "{line}: {:?}", output.status);
        }
    }
}

#[test]
fn words_that_are_not_text_are_refused_not_a_panic() {
    let odd = OsStr::from_bytes(b"sub\xffject");
    for args in [vec![OsStr::new("-c"), odd], vec![odd], vec![OsStr::new("--lang"), odd], vec![OsStr::new("replay"), odd]] {
        let output = boxlab().args(&args).output().expect("boxlab runs");
        assert_eq!(status(&output), 2, "{args:?}");
    }
    // In the environment it is handed on to programs as it is.
    let output = boxlab().args(["-c", "spawn sh -c 'printf %s \"$ODD\" | wc -c'"]).env("ODD", odd).output().expect("boxlab runs");
    assert!(out(&output).contains("\n8\n"), "{}", out(&output));
}

#[test]
fn a_line_of_a_megabyte_is_refused_in_a_sentence() {
    for start in ["spawn true ", "show ", "hostname ", "x", "unshare ", "kill TERM ", "cgroup set memory.max "] {
        let script = Script::new("long", format!("{start}{}\nspawn echo alive\n", "a".repeat(1 << 20)));
        let output = run(&[script.path()]);
        let text = out(&output);
        assert_eq!(status(&output), 1, "{start}");
        assert!(text.contains("\nalive\n"), "{start}: {}", &text[text.len().saturating_sub(300)..]);
        assert!(!err(&output).contains("panicked"), "{start}");
    }
    let many = run(&["-c", &";\n# x\n".repeat(20_000)]);
    assert_eq!((status(&many), many.stdout.len()), (0, 0));
}

/// Control characters in names and contents must not reach the terminal as such, wherever they come from.
#[test]
fn untrusted_text_is_made_visible() {
    let file = Script::new("escape", "a\x1b[31mred\u{9b}31m\u{202e}\x07\n");
    let show = format!("show {}", file.path());
    let lines = [
        "no\x1b[31msuch",
        "show '/no\x1b[31msuch'",
        "spawn 'no\x1b[31msuch'",
        "spawn -b bash -c $'exec -a \"a\x1b[31mb\" sleep 5'; spawn -b bash -c \"exec -a 'a\x1b[31mb' sleep 5\"; spawn sleep 0.2; ps",
        "unshare user uts; hostname 'a\x1b[31mb'; hostname; show /proc/sys/kernel/hostname; pane",
        "subject new 'a\x1b[31mb'",
        "cgroup new 'a\x1b[31mb'",
        "help 'a\x1b[31mb'",
        "kill 'a\x1b[31mb' 1",
        "lang 'a\x1b[31mb'",
        "idmap uid 'a\x1b[31mb'",
        "setns 'a\x1b[31mb'",
        "history; last",
        &show,
    ];
    for line in lines {
        for lang in ["en", "zh"] {
            let output = run(&["--lang", lang, "-c", line]);
            for text in [out(&output), err(&output)] {
                let raw = text.chars().find(|c| c.is_control() && !matches!(c, '\n' | '\t') || *c == '\u{202e}');
                assert_eq!(raw, None, "{line:?}: {text:?}");
            }
        }
    }
    let said = err(&run(&["/no\x1b[31msuch"]));
    assert!(!said.contains('\x1b'), "{said:?}");
}

/// The names in the first column of the tables of docs/json.md.
fn documented() -> Vec<String> {
    let page = include_str!("../docs/json.md");
    page.lines().filter_map(|line| Some(line.strip_prefix("| `")?.split_once('`')?.0.to_string())).collect()
}

fn keys(value: &Value) -> Vec<&str> {
    value.as_object().expect("an object").keys().map(String::as_str).collect()
}

#[test]
fn json_is_what_its_page_says() {
    let documented = documented();
    let typed = [
        "unshare user uts",
        "hostname box",
        "setns 1 mnt",
        "nonsense",
        "spawn sh -c 'echo out; echo err >&2'",
        "spawn sh -c 'kill -STOP $$'",
        "spawn sh -c 'kill -KILL $$'",
        "subject list",
        "fork",
        "exit 3",
        "fork",
        "kill KILL self",
        "show /no/such",
        "kill KILL self",
        "reset",
        "hostname box",
    ];
    let output = run(&["--json", "-c", &typed.join("\n")]);
    assert_eq!(status(&output), 1);
    let turns: Vec<Value> = out(&output).lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let said: Vec<&str> = turns.iter().map(|turn| turn["line"].as_str().expect("a string")).collect();
    assert_eq!(said, typed);
    let mut ends = Vec::new();
    for turn in &turns {
        assert_eq!(keys(turn), ["calls", "changes", "command", "end", "line", "notes", "output", "place", "subject", "view"]);
        for key in keys(turn) {
            assert!(documented.iter().any(|one| one == key), "{key} is not in docs/json.md");
        }
        for call in turn["calls"].as_array().expect("a list") {
            let wanted =
                if call.get("ret").is_some() { &["args", "name", "ret"][..] } else { &["args", "errno", "name", "number"] };
            assert_eq!(keys(call), wanted);
            for arg in call["args"].as_array().expect("a list") {
                assert!(["raw", "str", "fd"].contains(&keys(arg)[0]), "{arg}");
            }
        }
        for change in turn["changes"].as_array().expect("a list") {
            let name = change["what"].as_str().expect("a string");
            let page = include_str!("../docs/json.md");
            let general = name.split_once('.').map_or(name.to_string(), |(first, _)| match first {
                "ns" | "next" => format!("{first}.KIND"),
                "cgroup" => "cgroup.CONTROLLER".into(),
                _ => name.to_string(),
            });
            assert!(page.contains(&format!("`{general}`")), "{name} is not in docs/json.md");
        }
        for note in turn["notes"].as_array().expect("a list") {
            assert!(["did", "unchanged", "next", "careful"].contains(&note["kind"].as_str().expect("a string")), "{note}");
            assert_eq!(keys(&note["text"]), ["en", "zh"]);
        }
        for block in turn["view"].as_array().expect("a list") {
            assert!(["head", "para", "lines", "grid"].contains(&keys(block)[0]), "{block}");
        }
        assert!(["inside", "outside", "shell"].contains(&turn["place"].as_str().expect("a string")));
        let kind = turn["end"]["kind"].as_str().expect("a string").to_string();
        assert!(documented.contains(&kind), "{kind} is not in docs/json.md");
        ends.push(kind);
    }
    for kind in ["done", "ran", "usage", "refused", "unfit", "failed", "childgone", "subjectgone"] {
        assert!(ends.iter().any(|end| end == kind), "no line ended with {kind}: {ends:?}");
    }
    assert_eq!(turns[4]["output"], "out\nerr\n");
    assert_eq!(turns[5]["end"]["exit"]["stopped"], 19);
    assert_eq!(turns[6]["end"]["exit"]["signal"], 9);
    assert_eq!(turns[2]["calls"][0]["errno"], "EPERM");
    assert_eq!(turns[2]["calls"][0]["number"], 1);
}
