//! A typed line: its words, its command, its arguments.

use super::{Args, Card, Kind, Param, cards};
use crate::model::Msg;

/// A line that names a command and fits its parameters.
pub struct Parsed {
    /// The command.
    pub card: &'static Card,
    /// Its arguments.
    pub args: Args,
}

impl Parsed {
    /// May a program that this line starts or continues read from the terminal?
    pub fn lends_terminal(&self) -> bool {
        let named = |param: &Param| param.kind == Kind::Program && !self.args.all(param.name).is_empty();
        self.card.name == "fg" || self.card.args.iter().any(named)
    }
}

/// The lines of a script: newlines and `;` separate, quotes protect. Empty lines and comments are left out.
pub fn split(script: &str) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut quote: Option<char> = None;
    let mut comment = false;
    let mut chars = script.chars();
    while let Some(c) = chars.next() {
        let at_word_start = lines.last().is_none_or(|line| line.is_empty() || line.ends_with(char::is_whitespace));
        let line = lines.last_mut().expect("there is always a line");
        match (quote, c) {
            _ if comment && c != '\n' => {}
            (None, '\n' | ';') => {
                comment = false;
                lines.push(String::new());
            }
            (None, '#') if at_word_start => comment = true,
            (None, '\'' | '"') => {
                quote = Some(c);
                line.push(c);
            }
            (Some(open), _) if c == open => {
                quote = None;
                line.push(c);
            }
            (None | Some('"'), '\\') => {
                line.push(c);
                line.extend(chars.next());
            }
            _ => line.push(c),
        }
    }
    lines.into_iter().map(|line| line.trim().to_string()).filter(|line| !line.is_empty()).collect()
}

/// The words of a line: blanks separate; `'…'`, `"…"` and `\` protect; `#` at the start of a word begins a comment.
pub fn words(line: &str) -> Result<Vec<String>, Msg> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut chars = line.chars();
    while let Some(c) = chars.next() {
        match c {
            c if c.is_whitespace() => words.extend(word.take()),
            '#' if word.is_none() => break,
            '\\' => match chars.next() {
                Some(c) => word.get_or_insert_default().push(c),
                None => return Err(open_end("\\")),
            },
            '\'' | '"' => {
                let word = word.get_or_insert_default();
                loop {
                    match chars.next() {
                        None => return Err(open_end(&c.to_string())),
                        Some(end) if end == c => break,
                        Some('\\') if c == '"' => match chars.next() {
                            Some(escaped @ ('"' | '\\' | '$' | '`')) => word.push(escaped),
                            Some(other) => word.extend(['\\', other]),
                            None => return Err(open_end("\"")),
                        },
                        Some(inner) => word.push(inner),
                    }
                }
            }
            c => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    Ok(words)
}

/// The command of a line, with its arguments; None for an empty line.
pub fn parse(line: &str) -> Result<Option<Parsed>, Msg> {
    let words = words(line)?;
    let Some(first) = words.first() else { return Ok(None) };
    let two = words.get(1).map(|second| format!("{first} {second}"));
    let found = cards()
        .find(|card| Some(card.name) == two.as_deref())
        .map(|card| (card, 2))
        .or_else(|| cards().find(|card| card.name == first).map(|card| (card, 1)));
    let Some((card, used)) = found else { return Err(unknown(first, two.as_deref())) };
    let args = Args::read(card, &words[used..])?;
    Ok(Some(Parsed { card, args }))
}

/// The nearest of several words, where one is near enough to be a slip of the hand.
pub fn nearest<'a>(word: &str, of: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let near = |other: &str| 1 + other.len().min(word.len()) / 4;
    // The distance is at least the difference in length; a line of a megabyte is not compared letter by letter.
    of.filter(|other| other.len().abs_diff(word.len()) <= near(other))
        .map(|other| (strsim::osa_distance(word, other), other))
        .filter(|(distance, other)| *distance <= near(other))
        .min()
        .map(|(_, other)| other)
}

fn unknown(first: &str, two: Option<&str>) -> Msg {
    let folder: Vec<&str> = cards().filter_map(|card| card.name.strip_prefix(first)?.strip_prefix(' ')).collect();
    if !folder.is_empty() {
        let list = folder.join(", ");
        return match two.and_then(|two| nearest(two, cards().map(|card| card.name))) {
            Some(near) => Msg::new(
                format!("did you mean `{near}`? `{first}` is followed by: {list}"),
                format!("你是想输入 `{near}` 吗？`{first}` 之后可以是：{list}"),
            ),
            None => Msg::new(format!("`{first}` is followed by one of: {list}"), format!("`{first}` 之后应是：{list}")),
        };
    }
    let near =
        two.and_then(|two| nearest(two, cards().map(|card| card.name))).or_else(|| nearest(first, cards().map(|card| card.name)));
    match near {
        Some(near) => Msg::new(
            format!("no command `{first}`; did you mean `{near}`? A program is run with `spawn {first}`"),
            format!("没有命令 `{first}`；你是想输入 `{near}` 吗？程序用 `spawn {first}` 运行"),
        ),
        None => Msg::new(
            format!("no command `{first}`; `help` lists them, and a program is run with `spawn {first}`"),
            format!("没有命令 `{first}`；`help` 列出所有命令，运行程序请用 `spawn {first}`"),
        ),
    }
}

fn open_end(quote: &str) -> Msg {
    Msg::new(format!("the line ends inside {quote}…; close it"), format!("行在 {quote}… 中结束；请补全"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_protect() {
        assert_eq!(
            words(r#"spawn bash -c "echo \$x 'a' \n" 'it;s' a\ b # end"#).unwrap(),
            ["spawn", "bash", "-c", "echo $x 'a' \\n", "it;s", "a b"]
        );
        assert_eq!(words("a '' b").unwrap(), ["a", "", "b"]);
        assert!(words("spawn 'x").is_err());
    }

    #[test]
    fn scripts_split_outside_quotes() {
        let lines = split("unshare uts; hostname 'a;b' # no; not this\n\n#!x; y\nspawn sh -c \"a; b\"");
        assert_eq!(lines, ["unshare uts", "hostname 'a;b'", "spawn sh -c \"a; b\""]);
    }

    #[test]
    fn a_slip_of_the_hand_finds_its_command() {
        let error = parse("unshar pid").err().unwrap();
        assert!(error.en.contains("`unshare`"), "{}", error.en);
        assert!(parse("").unwrap().is_none());
    }
}
