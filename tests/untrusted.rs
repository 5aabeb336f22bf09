//! What comes from elsewhere: archives, lessons, the environment, names. It is refused or contained, and never obeyed by the terminal.

mod needs;
mod turns;

use serde_json::Value;
use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use tar::{Builder, EntryType, Header};
use turns::turns;

const BOXLAB: &str = env!("CARGO_BIN_EXE_boxlab");

/// A directory of its own, gone with the value.
struct Room(PathBuf);

impl Room {
    fn new(name: &str) -> Room {
        let dir = std::env::temp_dir().join(format!("boxlab-untrusted-{}-{name}", std::process::id()));
        fs::create_dir(&dir).expect("a directory of our own");
        Room(dir)
    }

    fn file(&self, name: &str, bytes: &[u8]) -> String {
        let path = self.0.join(name);
        fs::write(&path, bytes).expect("it is ours");
        path.display().to_string()
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// An archive of these entries: name, kind, and content or target of the link.
fn archive(entries: &[(&str, EntryType, &str)]) -> Vec<u8> {
    let mut builder = Builder::new(Vec::new());
    for (name, kind, data) in entries {
        let mut header = Header::new_gnu();
        header.set_entry_type(*kind);
        header.set_mode(0o755);
        // What `set_path` refuses to write.
        header.as_old_mut().name[..name.len()].copy_from_slice(name.as_bytes());
        let linked = matches!(kind, EntryType::Symlink | EntryType::Link);
        if linked {
            header.set_link_name_literal(data).expect("it is short");
        }
        let content = if linked { &[][..] } else { data.as_bytes() };
        header.set_size(content.len() as u64);
        header.set_cksum();
        builder.append(&header, content).expect("to memory");
    }
    builder.into_inner().expect("to memory")
}

/// Imports it; the turn of the import, and what then is in the root.
fn import(file: &str) -> (Value, String) {
    let turns = turns(&format!(
        "unshare mnt; mount private -r /; rootfs import {file} /mnt; spawn sh -c 'cd /mnt/root && find . | sort'"
    ));
    (turns[2].clone(), turns[3]["output"].as_str().unwrap_or_default().to_string())
}

use EntryType::{Block, Char, Directory, Link, Regular, Symlink};

#[test]
fn nothing_of_an_archive_lands_outside_of_its_directory() {
    if !needs::root() {
        return;
    }
    let room = Room::new("escape");
    let out = room.file("witness", b"as it was");
    let name = out.trim_start_matches('/').to_string();
    let climb = format!("../../../../../..{out}");
    let entries = [
        ("good", Regular, "x"),
        (&climb, Regular, "escaped"),
        (&out, Regular, "inside"),
        ("away", Symlink, room.0.to_str().expect("plain")),
        ("away/witness", Regular, "escaped"),
        ("up", Symlink, "../../../../../../.."),
        ("up/tmp/x", Regular, "escaped"),
        ("hard", Link, &climb),
        ("hard2", Link, "away/witness"),
        ("null", Char, ""),
        ("disk", Block, ""),
        (".wh...", Regular, ""),
        ("a/../../b", Regular, "x"),
        ("twice", Directory, ""),
        ("twice", Symlink, "/"),
        ("twice/etc", Directory, ""),
    ];
    let (turn, found) = import(&room.file("escape.tar", &archive(&entries)));
    assert_eq!(fs::read(&out).expect("it is there"), b"as it was");
    assert_eq!(fs::read_dir(&room.0).expect("it is ours").count(), 2);
    assert_eq!(turn["end"]["kind"], "done", "{turn}");
    // An absolute name is one below the root of the layer.
    assert!(found.contains("./good\n") && found.contains(&format!("./{name}\n")), "{found}");
    for name in ["null", "disk", "hard2", "./b\n", "hard\n"] {
        assert!(!found.contains(name), "{name} is there: {found}");
    }
    assert!(turn["notes"].to_string().contains("are left out"), "{turn}");
}

#[test]
fn a_bomb_is_refused_before_it_fills_the_machine() {
    if !needs::root() {
        return;
    }
    let room = Room::new("bomb");
    // A header that says that a name of many gigabytes follows; and one whose name is too long by itself.
    let mut long = Header::new_gnu();
    long.set_entry_type(EntryType::GNULongName);
    long.set_size(3 << 20);
    long.set_cksum();
    let name = [long.as_bytes().to_vec(), vec![b'n'; 3 << 20], archive(&[("x", Regular, "x")])].concat();
    // A sparse file that is larger than every disk, in one block.
    let mut hole = Header::new_gnu();
    hole.as_old_mut().name[..4].copy_from_slice(b"hole");
    hole.set_entry_type(EntryType::GNUSparse);
    hole.set_size(0);
    let sparse = hole.as_gnu_mut().expect("it is one");
    sparse.realsize.copy_from_slice(b"77777777777\0");
    sparse.sparse[0].offset.copy_from_slice(b"77777777777\0");
    sparse.sparse[0].numbytes.copy_from_slice(b"00000000000\0");
    hole.set_cksum();
    let hole = [hole.as_bytes().to_vec(), archive(&[("x", Regular, "x")])].concat();
    for (what, bytes) in
        [("name", name), ("hole", hole), ("empty", vec![0; 1024]), ("cut", archive(&[("x", Regular, "x")])[..700].to_vec())]
    {
        let (turn, _) = import(&room.file(what, &bytes));
        assert_eq!(turn["end"]["kind"], "unfit", "{what}: {turn}");
        // What was mounted for it is gone.
        assert!(turn["calls"].to_string().contains("umount2"), "{what}: {turn}");
        let size = turn["calls"][0]["args"].to_string();
        assert!(size.contains("size=") && size.contains("nr_inodes="), "{size}");
    }
}

#[test]
fn an_image_that_refers_to_nothing_or_to_itself_is_refused() {
    if !needs::root() {
        return;
    }
    let room = Room::new("image");
    let cases = [
        ("self", vec![("manifest.json", Regular, r#"[{"Layers":["a"]}]"#), ("a", Symlink, "a")]),
        ("none", vec![("manifest.json", Regular, r#"[{"Layers":["../../etc/passwd"]}]"#)]),
        ("kind", vec![("manifest.json", Regular, r#"{"Layers":7}"#)]),
        ("json", vec![("manifest.json", Regular, "[[[[")]),
        ("index", vec![("index.json", Regular, r#"{"manifests":[{"digest":"sha256:../../x"}]}"#)]),
        (
            "loop",
            vec![
                ("index.json", Regular, r#"{"manifests":[{"digest":"sha256:a"}]}"#),
                ("blobs/sha256/a", Regular, r#"{"manifests":[{"digest":"sha256:a"}]}"#),
            ],
        ),
    ];
    for (what, entries) in cases {
        let (turn, _) = import(&room.file(what, &archive(&entries)));
        assert_eq!(turn["end"]["kind"], "unfit", "{what}: {turn}");
    }
}

fn run(args: &[&OsStr], set: &[(&str, &[u8])], unset: &[&str]) -> Output {
    let mut command = Command::new("timeout");
    command.arg("60").arg(BOXLAB).args(args).stdin(Stdio::null());
    unset.iter().for_each(|name| _ = command.env_remove(name));
    set.iter().for_each(|(name, value)| _ = command.env(name, OsStr::from_bytes(value)));
    command.output().expect("boxlab runs")
}

/// Nothing that a terminal obeys: no escape, no control character but the ends of lines and tabs.
fn harmless(output: &Output) -> bool {
    let text = String::from_utf8_lossy(&[output.stdout.as_slice(), output.stderr.as_slice()].concat()).into_owned();
    !text.contains(|c: char| c.is_control() && c != '\n' && c != '\t' && c != '\r') && !text.contains("panicked")
}

#[test]
fn no_environment_makes_it_fail() {
    let long = vec![b'x'; 60_000];
    let odd: [&[u8]; 6] = [b"", b"\xff\xfe", b"\x1b[2J\x07", b"../../../../etc", b"999999999999999999999", &long];
    let names =
        ["TERM", "LANG", "LC_ALL", "COLUMNS", "LINES", "HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME", "NO_COLOR", "TMPDIR", "USER"];
    let words = ["-c", "ns; last; help unshare; show /proc/self/ns; spawn true"].map(OsStr::new);
    for value in odd {
        let set: Vec<(&str, &[u8])> = names.iter().map(|name| (*name, value)).collect();
        let output = run(&words, &set, &[]);
        assert!(output.status.success() && harmless(&output), "{value:?}: {output:?}");
    }
    let output = run(&words, &[], &[&names[..], &["PATH", "SHELL"]].concat());
    // Without PATH no program is found; everything else works.
    assert!(matches!(output.status.code(), Some(0 | 1)) && harmless(&output), "{output:?}");
}

#[test]
fn names_from_anybody_are_shown_and_not_obeyed() {
    let room = Room::new("names");
    let script = "spawn -b sh -c \"printf '\\\\033]0;x\\\\007' >/proc/self/comm; exec sleep 30\"; ps; pane; spawn -b bash -c \"exec -a \\$'\\\\e[2J' sleep 30\"; ps; tree";
    let output = run(&[OsStr::new("-c"), OsStr::new(script)], &[], &[]);
    assert!(harmless(&output), "{}", String::from_utf8_lossy(&output.stdout));
    assert!(String::from_utf8_lossy(&output.stdout).contains("^["), "{}", String::from_utf8_lossy(&output.stdout));
    let file = room.file("f", b"\x1b[31mred\x07\xff\xc2\x9b31m\n");
    let output =
        run(&[OsStr::new("-c"), OsStr::new(&format!("show {file}; cgroup new \"a\x1b[2Jb\"; show \"{file}\x1b[2J\""))], &[], &[]);
    assert!(harmless(&output), "{}", String::from_utf8_lossy(&output.stdout));
}

#[test]
fn words_that_are_no_text_are_refused() {
    let odd = OsStr::from_bytes(b"spawn \xff\x1b[2J");
    for args in [vec![OsStr::new("-c"), odd], vec![odd], vec![OsStr::new("lint"), odd], vec![OsStr::new("watch"), odd]] {
        let output = run(&args, &[], &[]);
        assert!(output.status.code().is_some_and(|code| code == 1 || code == 2) && harmless(&output), "{args:?}: {output:?}");
    }
}

#[test]
fn root_runs_a_strangers_lesson_only_when_told_to() {
    if !needs::root() {
        return;
    }
    let room = Room::new("lesson");
    let made = room.0.join("made");
    let lesson = format!("lesson 1\nid strange\ntitle en T | zh 题\n== a\nen x | zh y\n$ spawn touch {}\n", made.display());
    let file = room.file("strange.txt", lesson.as_bytes());
    for verb in ["replay", "lint"] {
        let output = run(&[verb, &file].map(OsStr::new), &[], &[]);
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{output:?}");
        assert!(
            text.contains("would run as root") && text.contains("spawn touch") && text.contains("--yes") && !made.exists(),
            "{text}"
        );
    }
    let output = run(&["replay", "--yes", &file].map(OsStr::new), &[], &[]);
    assert!(output.status.success() && made.exists(), "{output:?}");
    // Its own lessons it knows, wherever they lie.
    let own = fs::read(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("lessons/01-process.txt")).expect("it is there");
    let output = run(&["replay", &room.file("copy.txt", &own)].map(OsStr::new), &[], &[]);
    assert!(matches!(output.status.code(), Some(0 | 3)), "{output:?}");
}
