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
fn docs_commands_is_what_the_program_prints() {
    let output = Command::new(env!("CARGO_BIN_EXE_boxlab")).args(["docs", "commands"]).output().expect("boxlab runs");
    let printed = String::from_utf8(output.stdout).expect("text");
    let written = read("docs/commands.md");
    let differs = printed.lines().zip(written.lines()).find(|(printed, written)| printed != written);
    assert!(
        printed == written,
        "`cargo run -- docs commands > docs/commands.md` brings it up to date; first difference: {differs:?}"
    );
}
