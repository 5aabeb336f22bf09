//! Lines without a prompt: `-c`, files, standard input; as text or as JSON.

use crate::model::{Lang, Turn};
use crate::session::Session;
use std::io::Write;

/// Runs the lines and prints what each did. Returns 0 when every line did what it says, else 1.
pub fn run(session: &mut Session, lines: &[String], json: bool, stop: bool) -> i32 {
    let mut status = 0;
    for line in lines {
        let turn = session.execute(line);
        let text = if json { serde_json::to_string(&turn).unwrap_or_default() + "\n" } else { drawn(&turn, session.lang()) };
        // Nobody reads any more: there is no reason to go on.
        if std::io::stdout().write_all(text.as_bytes()).and_then(|()| std::io::stdout().flush()).is_err() {
            return 1;
        }
        if !turn.end.ok() {
            status = 1;
            if stop {
                break;
            }
        }
        if session.over() {
            break;
        }
    }
    status
}

fn drawn(turn: &Turn, lang: Lang) -> String {
    use std::fmt::Write;
    let mut s = String::new();
    let _ = writeln!(s, "> {}", turn.line);
    for call in &turn.calls {
        let _ = writeln!(s, "  {call}");
    }
    let _ = writeln!(s, "{:?}", turn.view);
    for c in &turn.changes {
        let _ = writeln!(s, "  ~ {} {} -> {}", c.what, c.was, c.is);
    }
    for n in &turn.notes {
        let _ = writeln!(s, "  {:?} {}", n.kind, n.text.get(lang));
    }
    let _ = writeln!(s, "  {:?}", turn.end);
    s
}
