//! Lessons: the bundled ones hold on this kernel in both languages, and `replay` says by its exit status what became of them.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

fn boxlab(args: &[&str]) -> Output {
    Command::new("timeout")
        .arg("120")
        .arg(env!("CARGO_BIN_EXE_boxlab"))
        .args(args)
        .env("LANG", "C.UTF-8")
        .env_remove("LC_ALL")
        .env_remove("LC_MESSAGES")
        .stdin(Stdio::null())
        .output()
        .expect("boxlab runs")
}

fn text(output: &Output) -> String {
    String::from_utf8_lossy(&[output.stdout.as_slice(), output.stderr.as_slice()].concat()).into_owned()
}

fn bundled() -> Vec<PathBuf> {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("lessons");
    let mut files: Vec<PathBuf> = std::fs::read_dir(dir).expect("there are lessons").map(|entry| entry.unwrap().path()).collect();
    files.retain(|file| file.extension().is_some_and(|end| end == "txt"));
    files.sort();
    assert!(files.len() >= 2);
    files
}

/// A lesson file of its own, gone with the value.
struct Temporary(PathBuf);

impl Temporary {
    fn new(name: &str, steps: &str) -> Temporary {
        let path = std::env::temp_dir().join(format!("boxlab-lesson-{}-{name}.txt", std::process::id()));
        std::fs::write(&path, format!("lesson 1\nid {name}\ntitle en T | zh 题\n{steps}")).expect("a file of our own");
        Temporary(path)
    }

    fn path(&self) -> &str {
        self.0.to_str().expect("its name is plain")
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

#[test]
fn the_bundled_lessons_hold_in_both_languages() {
    let files = bundled();
    let root = nix::unistd::geteuid().is_root();
    for lang in ["en", "zh"] {
        let mut args = vec!["replay", "--lang", lang];
        args.extend(files.iter().map(|file| file.to_str().expect("plain names")));
        let output = boxlab(&args);
        for line in text(&output).lines().filter(|line| line.contains("skipped ")) {
            eprintln!("skipped: {line}");
        }
        match output.status.code() {
            Some(0) => {}
            // What a lesson skips here has its reason; which lessons may, is for the machines that have everything.
            Some(3) if !root || !text(&output).contains("root:") => {}
            other => panic!("{other:?}\n{}", text(&output)),
        }
    }
}

#[test]
fn the_exit_status_says_what_became_of_the_lessons() {
    let held = Temporary::new("held", "== a\nen x | zh y\n$ show /proc/self/comm\n  boxlab-{X}\nassert last.exit == 0\n");
    let output = Temporary::new("output", "== a\nen x | zh y\n$ show /proc/self/comm\n  another\n");
    let end = Temporary::new("end", "== a\nen x | zh y\n$ show /no/such\n  ! EPERM\n");
    let check = Temporary::new("check", "== a\nen x | zh y\n$ show ns\nassert ns.uts != base.ns.uts\n");
    let skip = Temporary::new("skip", "== a\nskip unless kernel>=99.0  en too old | zh 太旧\nen x | zh y\n");
    let bad = Temporary::new("bad", "== a\nen x | zh y\n$ shw ns\nassert ns.utz == none\n");
    for (file, status, says) in [
        (&held, 0, "1 steps held"),
        (&output, 1, ":6 $ show /proc/self/comm"),
        (&end, 1, "expected: ! EPERM"),
        (&check, 1, "ns.uts is uts:["),
        (&skip, 3, "too old"),
        (&bad, 2, ":7:8"),
    ] {
        let output = boxlab(&["replay", "--yes", file.path()]);
        assert_eq!(output.status.code(), Some(status), "{}", text(&output));
        assert!(text(&output).contains(says), "{says}: {}", text(&output));
    }
    // All mistakes of a file at once; and one bad file does not keep the others from being run.
    let all = text(&boxlab(&["replay", "--yes", bad.path(), held.path()]));
    assert!(all.contains(":6:3") && all.contains("`show") && all.contains("`ns.uts`") && all.contains("1 steps held"), "{all}");
    assert_eq!(boxlab(&["replay", "/no/such.txt"]).status.code(), Some(2));
}

#[test]
fn a_line_without_an_end_fails_where_it_stands_and_the_lesson_goes_on() {
    let file =
        Temporary::new("endless", "== a\nen x | zh y\n$ spawn sleep infinity\n== b\nen x | zh y\n$ show /proc/self/comm\n");
    let output = boxlab(&["replay", "--yes", "--limit", "1", file.path()]);
    let shown = text(&output);
    assert_eq!(output.status.code(), Some(1), "{shown}");
    assert!(
        shown.contains(":6 $ spawn sleep infinity") && shown.contains("no end after 1 s") && shown.contains("1 steps held"),
        "{shown}"
    );
}

#[test]
fn a_subject_that_a_limit_kills_is_told_which() {
    if !nix::unistd::geteuid().is_root() || !boxlab(&["-c", "cgroup get memory.max"]).status.success() {
        eprintln!("skipped: needs root and the memory controller");
        return;
    }
    let shown = text(&boxlab(&["-c", "cgroup set memory.max 64; show /proc/self/comm"]));
    assert!(shown.contains("Did you mean 64M?") && shown.contains("the OOM killer did it: memory.max"), "{shown}");
}

#[test]
fn a_lesson_from_anywhere_cannot_write_to_the_terminal() {
    let file = Temporary::new("evil", "== a\nen \u{1b}]0;owned\u{7} | zh \u{1b}[2J\n$ show \u{1b}[31m\n  \u{1b}[2J\n\u{1b}[2J\n");
    let shown = text(&boxlab(&["replay", "--yes", file.path()]));
    assert!(shown.contains("^["), "{shown}");
    assert!(!shown.contains('\u{1b}'), "{shown:?}");
}

#[test]
fn lint_says_what_could_be_better() {
    if !nix::unistd::geteuid().is_root() {
        eprintln!("skipped: lint tries lines that need root");
        return;
    }
    let good = "== a\nen x | zh y\n$ unshare uts\nassert changed(ns.uts)\nhint en Type: unshare uts | zh 输入：unshare uts\n";
    let held = Temporary::new("good", good);
    assert_eq!(
        boxlab(&["lint", "--yes", held.path()]).status.code(),
        Some(0),
        "{}",
        text(&boxlab(&["lint", "--yes", held.path()]))
    );
    for (steps, says) in [
        (
            "== a\nen x | zh y\n$ unshare uts\nassert last.errno == none\nhint en Type: unshare uts | zh 输入：unshare uts\n",
            "fresh-fail",
        ),
        (
            "== a\nen x | zh y\n$ unshare uts\n$ show ns\nassert changed(ns.uts)\nhint en unshare uts, show ns | zh unshare uts，show ns\n",
            "drop test: without `show ns`",
        ),
        (
            "== a\nen x | zh y\n$ unshare uts\nassert changed(ns.uts)\nhint en Type it. | zh 输入它。\n",
            "the last hint holds the command",
        ),
        ("== a\nen x | zh y\n$ unshare uts\nassert changed(ns.uts)\n", "has no hint"),
        ("== a\nen x | zh y\n$ unshare uts\nhint en unshare uts | zh unshare uts\n", "asserts nothing"),
        ("== a quiz\nen x | zh y\n( ) en a | zh 甲\n(x) en b | zh 乙\n", "without feedback"),
        ("== a observe\nen x | zh y\n$ show ns\n  uts:[4026531838]\n", "written down"),
        ("== a observe\nen TEXT | zh y\n$ show ns\n", "still to be written"),
        (
            "== a observe\nen x | zh y\n$ show ns\ntry en Try `diff self`. | zh 试试 `diff self`。\n",
            "`diff self` cannot be typed",
        ),
    ] {
        let file = Temporary::new("lint", steps);
        let output = boxlab(&["lint", "--yes", file.path()]);
        assert_eq!(output.status.code(), Some(1), "{says}: {}", text(&output));
        assert!(text(&output).contains(says), "{says}: {}", text(&output));
    }
    let round = [Temporary::new("one", &format!("after two\n{good}")), Temporary::new("two", &format!("after one\n{good}"))];
    let output = boxlab(&["lint", "--read-only", round[0].path(), round[1].path(), held.path(), held.path()]);
    assert!(text(&output).matches("circle").count() == 2 && text(&output).contains("is also that of"), "{}", text(&output));
}

#[test]
fn the_bundled_lessons_read_well() {
    let files = bundled();
    let mut args = vec!["lint", "--read-only"];
    args.extend(files.iter().map(|file| file.to_str().expect("plain names")));
    let output = boxlab(&args);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output));
}

/// A recording by the letter of asciicast v2: a header, then events `[time, "o", data]`, nothing else.
fn holds_as_a_cast(cast: &str) {
    let mut lines = cast.lines();
    let head: serde_json::Map<String, serde_json::Value> =
        serde_json::from_str(lines.next().expect("a header")).expect("the header is an object");
    let known = ["version", "width", "height", "title", "env"];
    assert!(head.keys().all(|key| known.contains(&key.as_str())), "{head:?}");
    assert_eq!(head["version"], 2);
    assert!(["width", "height"].iter().all(|key| head[*key].as_u64().is_some_and(|size| size > 0)), "{head:?}");
    assert!(
        head["title"].is_string() && head["env"].as_object().is_some_and(|env| env.values().all(serde_json::Value::is_string))
    );
    let events: Vec<(f64, String, String)> =
        lines.map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"))).collect();
    assert!(events.len() > 20 && events.is_sorted_by(|one, next| one.0 <= next.0), "{cast}");
    for (_, kind, data) in &events {
        assert_eq!(kind, "o");
        // A terminal that plays it is in raw mode: each new line needs its carriage return.
        assert_eq!(data.matches('\n').count(), data.matches("\r\n").count(), "{data:?}");
    }
}

#[test]
fn a_replay_leaves_reports_that_others_can_read() {
    let dir = std::env::temp_dir().join(format!("boxlab-lesson-{}-reports", std::process::id()));
    std::fs::create_dir_all(&dir).expect("a directory of our own");
    let at = |name: &str| dir.join(name).to_str().expect("its name is plain").to_string();
    let read = |name: &str| std::fs::read_to_string(dir.join(name)).unwrap_or_default();
    let steps = "== a\nen <b>x</b> `ls` | zh y\n$ show /proc/self/comm\n  another\n== b\nskip unless kernel>=99.0  en too old | zh 太旧\nen x | zh y\n";
    let file = Temporary::new("reports", steps);
    let output = boxlab(&[
        "replay",
        "--yes",
        file.path(),
        "--junit",
        &at("j.xml"),
        "--html",
        &at("p.html"),
        "--cast",
        &at("c.cast"),
        "--json",
    ]);
    assert_eq!(output.status.code(), Some(1));
    let object: serde_json::Value = serde_json::from_slice(&output.stdout).expect("one JSON object");
    assert_eq!((&object["steps"][0]["outcome"], &object["steps"][1]["why"]), (&"failed".into(), &"too old".into()));
    assert_eq!(object["steps"][0]["turns"][0]["line"], "show /proc/self/comm");
    let junit = read("j.xml");
    assert!(
        junit.contains("failures=\"1\" skipped=\"1\"") && junit.contains("<failure message=") && junit.contains("too old"),
        "{junit}"
    );
    let page = read("p.html");
    assert!(
        page.contains("&lt;b&gt;x&lt;/b&gt; <code>ls</code>") && page.contains("boxlab-subject") && !page.contains("http"),
        "{page}"
    );
    holds_as_a_cast(&read("c.cast"));
    // What was wrong is written anew, and holds then.
    assert_eq!(boxlab(&["replay", "--yes", file.path(), "--update"]).status.code(), Some(1));
    assert_eq!(
        boxlab(&["replay", "--yes", file.path()]).status.code(),
        Some(3),
        "{}",
        text(&boxlab(&["replay", "--yes", file.path()]))
    );
    std::fs::remove_dir_all(&dir).expect("it was ours");
}

/// Whoever wrote the lesson does not write the reports: no tag of its own, no control character, nothing that cannot be parsed.
#[test]
fn hostile_text_in_a_lesson_is_only_text_in_its_reports() {
    let dir = std::env::temp_dir().join(format!("boxlab-lesson-{}-hostile", std::process::id()));
    std::fs::create_dir_all(&dir).expect("a directory of our own");
    let at = |name: &str| dir.join(name).to_str().expect("its name is plain").to_string();
    let evil = "</title><script>alert(1)</script>\u{1b}]0;owned\u{7}\u{85}\u{ffff} & \"q\" 'q' ]]>";
    let steps = format!(
        "== a\nen `{evil} | zh {evil}\n$ spawn printf '<script>\\033[2J\\001\\n'\n  {evil}\n$ hostname '{evil}'\n\
         == b quiz\nen {evil} | zh {evil}\n( ) en {evil} | zh {evil}\n    en {evil} | zh {evil}\n(x) en y | zh z\n\
         == c\nskip unless kernel>=99.0  en {evil} | zh {evil}\nen x | zh y\n"
    );
    let text = format!("lesson 1\nid hostile\ntitle en {evil} | zh {evil}\nsource {evil}\n{steps}");
    let file = Temporary(std::env::temp_dir().join(format!("boxlab-lesson-{}-hostile.txt", std::process::id())));
    std::fs::write(file.path(), text).expect("a file of our own");
    let reports = ["--junit", &at("j.xml"), "--html", &at("p.html"), "--cast", &at("c.cast"), "--json"];
    let output = boxlab(&[["replay", "--yes", file.path()].as_slice(), &reports].concat());
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let object: serde_json::Value = serde_json::from_slice(&output.stdout).expect("one JSON object");
    assert!(object["title"]["en"].as_str().is_some_and(|title| title.contains("<script>")), "{object}");
    let all = [("stdout", String::from_utf8_lossy(&output.stdout).into_owned())].into_iter().chain(
        ["j.xml", "p.html", "c.cast"].map(|name| (name, std::fs::read_to_string(dir.join(name)).expect("it was written"))),
    );
    for (name, text) in all {
        let control = |c: char| c.is_control() && !matches!(c, '\n' | '\t');
        assert!(!text.contains(control), "{name}: {:?}", text.chars().find(|c| control(*c)));
        if !matches!(name, "stdout" | "c.cast") {
            assert!(!text.contains("<script") && text.contains("&lt;script&gt;") && !text.contains('\u{ffff}'), "{name}: {text}");
        }
    }
    let cast = std::fs::read_to_string(dir.join("c.cast")).expect("it was written");
    holds_as_a_cast(&cast);
    let played = |line: &str| serde_json::from_str::<(f64, String, String)>(line).map(|event| event.2).unwrap_or_default();
    let played: String = cast.lines().skip(1).map(played).collect();
    assert!(!played.contains("\u{1b}]") && !played.contains('\u{7}') && !played.contains("\u{1b}[2J"), "{played:?}");
    std::fs::remove_dir_all(&dir).expect("it was ours");
}

#[test]
fn a_new_lesson_can_be_replayed_and_is_never_written_over_another() {
    let path = std::env::temp_dir().join(format!("boxlab-lesson-{}-new.txt", std::process::id()));
    let file = Temporary(path);
    assert_eq!(boxlab(&["lesson", "new", file.path()]).status.code(), Some(0));
    assert!(matches!(boxlab(&["replay", "--yes", file.path()]).status.code(), Some(0 | 3)));
    assert_eq!(boxlab(&["lesson", "new", file.path()]).status.code(), Some(2));
    assert_eq!(boxlab(&["lesson", "record", file.path()]).status.code(), Some(2));
}

#[test]
fn the_lesson_that_was_recorded_holds_and_reads_well() {
    if !nix::unistd::geteuid().is_root() {
        eprintln!("skipped: needs root");
        return;
    }
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/hostnames.txt");
    for args in [["lint", "--yes", file].as_slice(), &["replay", "--yes", file], &["replay", "--yes", "--lang", "zh", file]] {
        let output = boxlab(args);
        assert_eq!(output.status.code(), Some(0), "{}", text(&output));
    }
}

#[test]
fn an_effect_is_isolated_leaks_or_is_denied() {
    if !nix::unistd::geteuid().is_root() {
        eprintln!("skipped: needs root");
        return;
    }
    let steps = "== a observe\nen x | zh y\n$ show ns\nassert effect(hostname) == leaks\nassert effect(date) == leaks\nassert effect(pid) == leaks\n\
                 == b observe\nen x | zh y\n$ unshare user\nassert effect(hostname) == denied\nassert effect(network) == denied\nassert effect(date) == denied\n\
                 == c observe\nen x | zh y\n$ unshare uts\nassert effect(hostname) == isolated\nassert effect(mount) == denied\n";
    let file = Temporary::new("effect", steps);
    let output = boxlab(&["replay", "--yes", file.path()]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output));
}
