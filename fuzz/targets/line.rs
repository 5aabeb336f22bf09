//! A typed line, and a script of them: whatever is typed, it is a command that fits or a usage error, and the error can be drawn.
#![no_main]

use boxlab::command::{self, args};
use boxlab::model::Lang;
use boxlab::ui;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    for line in command::split(text) {
        // What `split` gives is a line: it never splits again.
        assert!(!line.is_empty() && !line.contains(char::is_control) || line.contains(['\'', '"', '\\']) || !line.contains('\n'));
        check(&line);
    }
    check(text);
});

fn check(line: &str) {
    match command::parse(line) {
        Err(why) => {
            for lang in [Lang::En, Lang::Zh] {
                assert!(!ui::visible(why.get(lang)).contains(|c: char| c.is_control() && c != '\n'));
            }
        }
        Ok(Some(parsed)) => {
            // A quoted word comes out as it went in.
            let words = command::words(line).expect("it was read before");
            let quoted: Vec<String> = words.iter().map(|word| quote(word)).collect();
            assert_eq!(command::words(&quoted.join(" ")).expect("quotes close"), words);
            for param in parsed.card.args {
                let _ = (parsed.args.kinds(param.name), parsed.args.caps(param.name), parsed.args.number(param.name));
                for word in parsed.args.all(param.name) {
                    let _ = args::signal(word);
                }
            }
            let _ = parsed.card.place(&parsed.args);
        }
        Ok(None) => {}
    }
}

fn quote(word: &str) -> String {
    format!("'{}'", word.replace('\'', "'\\''"))
}
