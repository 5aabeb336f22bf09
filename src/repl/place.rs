//! Where in a line the cursor stands: the words before it, the word being typed, and what its command still takes.

use crate::command::{Card, Count, Kind, Param, cards};

/// What has been typed before the cursor.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Typed {
    /// The finished words of the command at the cursor.
    pub words: Vec<String>,
    /// Where the word being typed begins, in bytes.
    pub start: usize,
    /// The word being typed, without its quotes.
    pub partial: String,
    /// A quote is open.
    pub quoted: bool,
    /// The cursor stands in a comment.
    pub comment: bool,
}

impl Typed {
    /// Reads the text before the cursor by the rules of [`crate::command::split`] and [`crate::command::words`].
    pub fn read(text: &str) -> Typed {
        let mut typed = Typed::default();
        let mut word: Option<String> = None;
        let mut quote: Option<char> = None;
        let mut chars = text.char_indices();
        while let Some((at, c)) = chars.next() {
            if word.is_none() && quote.is_none() {
                typed.start = at;
            }
            match (quote, c) {
                _ if typed.comment => typed.comment = c != '\n',
                (None, ';' | '\n') => {
                    word = None;
                    typed.words.clear();
                }
                (None, c) if c.is_whitespace() => typed.words.extend(word.take()),
                (None, '#') if word.is_none() => typed.comment = true,
                (None, '\'' | '"') => {
                    quote = Some(c);
                    word.get_or_insert_default();
                }
                (Some(open), c) if open == c => quote = None,
                (None | Some('"'), '\\') => word.get_or_insert_default().extend(chars.next().map(|(_, c)| c)),
                (_, c) => word.get_or_insert_default().push(c),
            }
        }
        typed.quoted = quote.is_some();
        match word {
            Some(word) => typed.partial = word,
            None => typed.start = text.len(),
        }
        typed
    }

    /// The command of the finished words, and how many of them are its name. None while the next word can still
    /// change which command it is.
    pub fn card(&self) -> Option<(&'static Card, usize)> {
        card_of(&self.words)
    }
}

fn card_of(words: &[String]) -> Option<(&'static Card, usize)> {
    let first = words.first()?;
    if let Some(second) = words.get(1)
        && let Some(card) = cards().find(|card| card.name.split_once(' ') == Some((first, second)))
    {
        return Some((card, 2));
    }
    cards().find(|card| card.name == first).map(|card| (card, 1))
}

/// What a command takes after some of its words.
#[derive(Debug, Default)]
pub struct Ahead {
    /// The next word is this flag's value.
    pub value_of: Option<&'static Param>,
    /// The positional parameter that the next word is for.
    pub next: Option<&'static Param>,
    /// The next word is not the first one of that parameter.
    pub more: bool,
    /// All parameters that have no word yet, as usage lists them.
    pub missing: Vec<&'static Param>,
    /// Flags that can still stand here.
    pub flags: Vec<&'static Param>,
    /// `--on-host` means something for this command, and is not there yet.
    pub on_host: bool,
}

impl Ahead {
    /// Walks over the words after the command's name, as [`crate::command::Args::read`] does.
    pub fn after(card: &'static Card, words: &[String]) -> Ahead {
        let positional: Vec<&'static Param> = card.args.iter().filter(|param| !param.is_flag()).collect();
        let (mut at, mut more, mut flags_end) = (0, false, false);
        let mut used: Vec<&str> = Vec::new();
        let mut on_host = !card.own.is_empty();
        let mut value_of = None;
        for word in words {
            let flag = card.args.iter().find(|param| param.is_flag() && param.name == word);
            match (value_of.take(), flag) {
                (Some(_), _) => {}
                (None, _) if more && positional.get(at).is_some_and(|param| param.kind == Kind::Program) => {}
                (None, _) if !flags_end && word == "--" => {
                    flags_end = true;
                    at = positional.iter().position(|param| param.kind == Kind::Program).unwrap_or(positional.len());
                    more = false;
                }
                (None, _) if !flags_end && word == "--on-host" => on_host = false,
                (None, Some(flag)) if !flags_end => {
                    used.push(flag.name);
                    value_of = (flag.count == Count::Valued).then_some(flag);
                }
                _ => match positional.get(at) {
                    Some(param) if param.kind == Kind::Program || matches!(param.count, Count::Many | Count::Any) => more = true,
                    _ => at += 1,
                },
            }
        }
        let program = more && positional.get(at).is_some_and(|param| param.kind == Kind::Program);
        let flags_end = flags_end || program;
        let free = |param: &&Param| param.is_flag() && !flags_end && !used.contains(&param.name);
        let from = if more { at + 1 } else { at };
        let left = positional.get(from..).unwrap_or_default();
        Ahead {
            value_of,
            next: positional.get(at).copied(),
            more,
            missing: card.args.iter().filter(|param| free(param) || left.iter().any(|one| one.name == param.name)).collect(),
            flags: card.args.iter().filter(free).collect(),
            on_host: on_host && !flags_end,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(list: &[&str]) -> Vec<String> {
        list.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn the_word_at_the_cursor_is_found_through_quotes_and_separators() {
        let typed = Typed::read("unshare uts; show '/tmp/a b");
        assert_eq!((typed.words, typed.partial, typed.quoted, typed.start), (words(&["show"]), "/tmp/a b".into(), true, 18));
        let typed = Typed::read("spawn  ");
        assert_eq!((typed.words, typed.partial, typed.start), (words(&["spawn"]), String::new(), 7));
        assert_eq!(Typed::read("show a\\ b").partial, "a b");
        assert!(Typed::read("unshare uts # pi").comment);
    }

    #[test]
    fn a_command_of_two_words_wins() {
        let (card, used) = Typed::read("subject new ").card().expect("there is one");
        assert_eq!((card.name, used), ("subject new", 2));
        assert!(Typed::read("subject ").card().is_none());
    }

    #[test]
    fn what_is_missing_shrinks_word_by_word() {
        let spawn = crate::command::card("spawn").expect("there is one");
        let names = |ahead: &Ahead| ahead.missing.iter().map(|param| param.name).collect::<Vec<_>>();
        assert_eq!(names(&Ahead::after(spawn, &[])), ["-b", "--init", "CMD"]);
        assert_eq!(names(&Ahead::after(spawn, &words(&["-b"]))), ["--init", "CMD"]);
        let running = Ahead::after(spawn, &words(&["ls", "-b"]));
        assert!(names(&running).is_empty() && running.more && running.flags.is_empty());
    }
}
