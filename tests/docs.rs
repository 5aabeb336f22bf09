//! What is written about the program is true: what can be generated is compared.

use std::path::Path;
use std::process::Command;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

#[test]
fn generated_pages_are_what_the_program_prints() {
    for page in ["commands", "coverage"] {
        let output = Command::new(env!("CARGO_BIN_EXE_boxlab")).args(["docs", page]).output().expect("boxlab runs");
        let printed = String::from_utf8(output.stdout).expect("text");
        let written = read(&format!("docs/{page}.md"));
        let differs = printed.lines().zip(written.lines()).find(|(printed, written)| printed != written);
        assert!(
            printed == written,
            "`cargo run -- docs {page} > docs/{page}.md` brings it up to date; first difference: {differs:?}"
        );
    }
}

const PAGES: &[&str] =
    &["README.md", "CONTRIBUTING.md", "docs/architecture.md", "docs/json.md", "docs/lessons.md", "docs/security.md"];

/// The pieces of code and the targets of links.
fn pieces(page: &str) -> Vec<String> {
    let code =
        page.split('`').skip(1).step_by(2).flat_map(|piece| piece.split_whitespace().map(str::to_string).collect::<Vec<_>>());
    let links = page.split("](").skip(1).filter_map(|rest| Some(rest.split_once(')')?.0.to_string()));
    code.chain(links).collect()
}

#[test]
fn every_file_that_a_page_names_is_there() {
    let mut missing = Vec::new();
    for page in PAGES {
        for piece in pieces(&read(page)) {
            let piece = piece.trim_end_matches([',', '.', ';', ':', ')']);
            let ours = ["docs/", "scripts/", "lessons/", "src/", "tests/"].iter().any(|folder| piece.starts_with(folder));
            // FOLDER/NAME and NN-name stand for what is to be made.
            let stands_for = piece.contains("NAME") || piece.contains("FOLDER") || piece.contains("NN") || piece.contains('{');
            if !ours || stands_for {
                continue;
            }
            let there = match piece.split_once('*') {
                Some((folder, _)) => {
                    let folder = folder.rsplit_once('/').map_or("", |(folder, _)| folder);
                    root().join(folder).read_dir().is_ok_and(|mut entries| entries.next().is_some())
                }
                None => root().join(piece).exists() || root().join(format!("{piece}.rs")).exists(),
            };
            if !there {
                missing.push(format!("{page} names {piece}"));
            }
        }
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}

fn run(lines: &str) -> Vec<boxlab::model::Turn> {
    let output =
        Command::new("timeout").args(["60", env!("CARGO_BIN_EXE_boxlab"), "--json", "-c", lines]).output().expect("boxlab runs");
    let text = String::from_utf8(output.stdout).expect("text");
    text.lines().map(|line| serde_json::from_str(line).expect("a turn")).collect()
}

fn root_or_skip() -> bool {
    let root = nix::unistd::geteuid().is_root();
    if !root {
        eprintln!("skipped: needs root");
    }
    root
}

#[test]
fn the_first_steps_of_the_readme_can_be_taken() {
    if !root_or_skip() {
        return;
    }
    let readme = read("README.md");
    let table = readme.split("| type | and see |").nth(1).expect("there is such a table");
    let rows = table.lines().skip(2).take_while(|line| line.starts_with('|'));
    for row in rows {
        let first = row.split('|').nth(1).expect("a first column");
        let lines: Vec<&str> = first.split('`').skip(1).step_by(2).collect();
        assert!(!lines.is_empty(), "{row}");
        for turn in run(&lines.join("\n")) {
            use boxlab::model::End;
            assert!(
                !matches!(turn.end, End::Usage { .. } | End::Refused { .. } | End::Failed { .. } | End::Unfit { .. }),
                "{turn:?}"
            );
        }
    }
}

/// Numbers are the machine's; all else of the excerpt is compared.
#[test]
fn the_excerpt_of_the_readme_is_what_happens() {
    if !root_or_skip() {
        return;
    }
    let readme = read("README.md");
    let excerpt = readme.split("```").nth(1).expect("there is an excerpt");
    // Each number becomes one 0.
    let bare = |line: &str| {
        let mut bare = String::new();
        for c in line.chars() {
            match c.is_ascii_digit() {
                true if bare.ends_with('0') => {}
                true => bare.push('0'),
                false => bare.push(c),
            }
        }
        bare
    };
    let typed: Vec<&str> = excerpt.lines().filter_map(|line| Some(line.split_once(" ▸ ")?.1)).collect();
    let output = Command::new("timeout")
        .args(["60", env!("CARGO_BIN_EXE_boxlab"), "--lang", "en", "-c", &typed.join("\n")])
        .output()
        .expect("boxlab runs");
    let printed: Vec<String> = String::from_utf8(output.stdout).expect("text").lines().map(bare).collect();
    let wanted: Vec<String> = excerpt.lines().filter(|line| !line.trim().is_empty() && !line.contains(" ▸ ")).map(bare).collect();
    let printed: Vec<&String> = printed.iter().filter(|line| !line.starts_with("$ ")).collect();
    assert_eq!(printed, wanted.iter().collect::<Vec<_>>());
}
