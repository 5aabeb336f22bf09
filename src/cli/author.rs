//! `boxlab lesson new` and `record`: a lesson file to begin with.

use super::start::{at_the_terminal, keep, no_subject};
use super::words::Author;
use crate::kernel;
use crate::lesson;
use crate::model::Lang;
use crate::repl::{self, Opening};
use crate::session::Session;
use std::io::Write;
use std::path::Path;

/// Makes a lesson file, and overwrites none.
pub fn author(what: &Author, lang: Lang) -> i32 {
    let (Author::New { file } | Author::Record { file }) = what;
    let id = lesson::write::id_of(file);
    let text = match what {
        Author::New { .. } => lesson::write::template(&id),
        Author::Record { .. } if file.exists() => String::new(),
        Author::Record { .. } => {
            let mut turns = Vec::new();
            kernel::wait_for_foreground();
            let status = keep(|| match Session::start(at_the_terminal(lang)) {
                Ok(mut session) => {
                    let status = repl::record(
                        &mut session,
                        &Opening { records: Some(file.clone()), ..Opening::default() },
                        &mut |turn, pid| turns.push((turn.clone(), pid)),
                    );
                    drop(session);
                    match make(file, &lesson::write::recorded(&id, &turns, lang)) {
                        0 => status,
                        failed => failed,
                    }
                }
                Err(error) => no_subject(&error),
            });
            return status;
        }
    };
    make(file, &text)
}

/// A new file. Returns the exit status.
fn make(file: &Path, text: &str) -> i32 {
    let made = std::fs::File::create_new(file).and_then(|mut file| file.write_all(text.as_bytes()));
    match made {
        Ok(()) => {
            println!("{}", file.display());
            0
        }
        Err(error) => {
            eprintln!("boxlab: {}: {error}", file.display());
            2
        }
    }
}
