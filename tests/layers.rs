//! The house rules: who may use whom, where `unsafe` may stand, how long a file may be.

use std::fs;
use std::path::{Path, PathBuf};

/// Each layer, and what it may use besides itself.
const LAYERS: &[(&str, &[&str])] = &[
    ("model", &[]),
    ("kernel", &["model"]),
    // The readers of namespace relations are ioctls, and those are made in kernel.
    ("observe", &["model", "kernel"]),
    ("explain", &["model"]),
    ("command", &["kernel", "observe", "explain", "model"]),
    ("subject", &["command", "kernel", "observe", "explain", "model"]),
    ("session", &["subject", "command", "kernel", "observe", "explain", "model"]),
    ("ui", &["command", "explain", "model"]),
    // A lesson compares what the screen shows, so it draws it.
    ("lesson", &["session", "command", "observe", "ui", "model"]),
];

/// What stands above all layers may use everything.
const TOP: &[&str] = &["repl", "screen", "cli", "script.rs", "lib.rs", "main.rs", "docs"];

#[test]
fn each_layer_uses_only_what_lies_below_it() {
    let mut broken = Vec::new();
    for file in sources() {
        let room = room(&file);
        if TOP.contains(&room.as_str()) {
            continue;
        }
        let Some((_, allowed)) = LAYERS.iter().find(|(name, _)| *name == room) else {
            broken.push(format!("{}: no layer is named {room}", file.display()));
            continue;
        };
        for (number, line) in code(&file).iter().enumerate() {
            for used in line.split("crate::").skip(1) {
                // `use crate::{a, b}` names several.
                let names = used.trim_start_matches('{').split(['}', ';']).next().unwrap_or_default();
                let names =
                    if used.starts_with('{') { names } else { names.split([':', ',', ' ', ')', '>']).next().unwrap_or_default() };
                for name in names.split(',').map(|name| name.trim().split(':').next().unwrap_or_default()) {
                    let known = LAYERS.iter().any(|(layer, _)| *layer == name);
                    if known && name != room && !allowed.contains(&name) {
                        broken.push(format!("{}:{}: {room} uses {name}", file.display(), number + 1));
                    }
                }
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn unsafe_stands_only_in_kernel_and_subject() {
    let broken: Vec<String> = sources()
        .iter()
        .filter(|file| !matches!(room(file).as_str(), "kernel" | "subject"))
        .filter(|file| code(file).iter().any(|line| line.contains("unsafe ") && !line.contains("extern \"C\"")))
        .map(|file| file.display().to_string())
        .collect();
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn each_file_says_what_it_is_for_and_fits_on_a_few_screens() {
    let mut broken = Vec::new();
    for file in sources() {
        let text = fs::read_to_string(&file).unwrap();
        let lines = text.lines().count();
        if !text.starts_with("//! ") {
            broken.push(format!("{}: the first line does not say what the file is for", file.display()));
        }
        if lines > 400 {
            broken.push(format!("{}: {lines} lines", file.display()));
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn no_user_can_make_it_panic_by_an_unwrap() {
    let mut broken = Vec::new();
    for file in sources().iter().filter(|file| !file.display().to_string().contains("tests")) {
        for (number, line) in code(file).iter().enumerate() {
            if line.contains(".unwrap()")
                || line.contains("panic!(")
                || line.contains("todo!(")
                || line.contains("unimplemented!(")
            {
                broken.push(format!("{}:{}: {}", file.display(), number + 1, line.trim()));
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

/// `model` of `src/model/call.rs`, `script.rs` of `src/script.rs`.
fn room(file: &Path) -> String {
    let inside = file.strip_prefix(root()).unwrap();
    inside.components().next().unwrap().as_os_str().to_string_lossy().into_owned()
}

/// The lines before the tests, comments emptied.
fn code(file: &Path) -> Vec<String> {
    let text = fs::read_to_string(file).unwrap();
    let lines = text.lines().take_while(|line| *line != "#[cfg(test)]");
    lines.map(|line| if line.trim_start().starts_with("//") { String::new() } else { line.to_string() }).collect()
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

fn sources() -> Vec<PathBuf> {
    let (mut found, mut folders) = (Vec::new(), vec![root()]);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|end| end == "rs") {
                found.push(path);
            }
        }
    }
    assert!(found.len() > 30, "the sources were not found");
    found
}
