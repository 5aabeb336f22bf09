//! Every example of every card, on a fresh subject: what help promises is what happens.

mod needs;

use boxlab::command::{Example, cards};
use std::process::{Command, Stdio};

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
            if let Some(word) = needs::missing(example.needs) {
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
