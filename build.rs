//! Puts the lessons of `lessons/` into the program, so that they are at hand in every folder: a new lesson is one file.

use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default());
    let out = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default());
    let dir = root.join("lessons");
    println!("cargo::rerun-if-changed={}", dir.display());
    let mut files: Vec<PathBuf> = fs::read_dir(&dir)?.collect::<Result<Vec<_>, _>>()?.iter().map(fs::DirEntry::path).collect();
    files.retain(|file| file.extension().is_some_and(|end| end == "txt"));
    files.sort();
    let rows: Vec<String> = files.iter().map(|file| row(file)).collect();
    fs::write(out.join("lessons.rs"), format!("&[\n{}]\n", rows.concat()))
}

/// The name without `.txt`, and the text.
fn row(file: &Path) -> String {
    let name = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    format!("    ({name:?}, include_str!({:?})),\n", file.display().to_string())
}
