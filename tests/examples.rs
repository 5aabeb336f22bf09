//! Every example of every card, on a fresh subject: what help promises is what happens.

use boxlab::command::{Example, cards};
use boxlab::observe::cgroup::{Hierarchies, Version};
use std::path::Path;
use std::process::{Command, Stdio};

/// Why an example cannot be run here; None: it can.
fn missing(example: &Example) -> Option<String> {
    let root = nix::unistd::geteuid().is_root();
    let has = |word: &str| match word {
        "root" => root,
        "userns" => {
            root || std::fs::read_to_string("/proc/sys/kernel/unprivileged_userns_clone").map_or(true, |text| text.trim() == "1")
        }
        word if word.starts_with("cgroup") => has_cgroup(word),
        _ => true,
    };
    let word = example.needs.split_whitespace().find(|word| !has(word))?;
    let required = std::env::var("BOXLAB_REQUIRE").unwrap_or_default();
    assert!(!required.split(',').any(|one| one == word), "{word} is required and is not there");
    Some(word.to_string())
}

/// `cgroup:memory`: some hierarchy has the controller; `cgroup1:memory`, `cgroup2:memory`: one of that version; `cgroup2`: it is mounted.
fn has_cgroup(word: &str) -> bool {
    let own = std::process::id() as i32;
    let found = Hierarchies::probe(Path::new("/"), Path::new("/proc"), own).is().cloned().unwrap_or_default();
    let (kind, controller) = word.split_once(':').unwrap_or((word, ""));
    let version = match kind {
        "cgroup1" => Some(Version::V1),
        "cgroup2" => Some(Version::V2),
        _ => None,
    };
    found.of(controller).is_some_and(|one| version.is_none_or(|version| one.version == version))
}

fn run(example: &Example) -> String {
    let script = format!("{};{}", example.after, example.line);
    let output = Command::new("timeout")
        .args(["30", env!("CARGO_BIN_EXE_boxlab"), "--lang", "en", "-c", &script])
        .env_remove("LC_ALL")
        .env("LANG", "C.UTF-8")
        .stdin(Stdio::null())
        .output()
        .expect("boxlab runs");
    let text = [output.stdout, output.stderr].concat();
    String::from_utf8_lossy(&text).into_owned()
}

#[test]
fn every_example_shows_what_it_says() {
    let mut failures = Vec::new();
    let mut skipped = Vec::new();
    for card in cards() {
        for example in card.examples {
            if let Some(word) = missing(example) {
                skipped.push(format!("{}: {} (needs {word})", card.name, example.line));
                continue;
            }
            let text = run(example);
            // The line itself is printed, too; what counts comes after it.
            let shown = text.rsplit_once(&format!("$ {}\n", example.line)).map_or(text.as_str(), |(_, after)| after);
            if !shown.contains(example.shows) {
                failures.push(format!(
                    "{}: `{}` after `{}` does not show `{}`:\n{text}",
                    card.name, example.line, example.after, example.shows
                ));
            }
        }
    }
    skipped.iter().for_each(|skip| eprintln!("skipped: {skip}"));
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}
