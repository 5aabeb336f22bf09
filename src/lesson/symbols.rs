//! Names in place of numbers that are others each time: namespaces `{A}`, `{B}`, …, and processes `{P1}`, `{P2}`, ….

use crate::model::Turn;
use std::collections::BTreeMap;

/// The names that were given.
#[derive(Clone, Debug, Default)]
pub struct Symbols {
    namespaces: BTreeMap<String, String>,
    pids: BTreeMap<String, String>,
}

impl Symbols {
    /// These are PIDs, and so is what the calls of this turn that make processes returned. A small number is one that a PID
    /// namespace gave, and is the same each time.
    pub fn know(&mut self, pids: &[i32], turn: &Turn) {
        let made = turn.calls.iter().filter(|call| matches!(call.name.as_str(), "clone3" | "clone" | "fork"));
        let made = made.filter_map(|call| call.answer.ok()).filter_map(|pid| i32::try_from(pid).ok());
        for pid in pids.iter().copied().chain(made).filter(|pid| *pid > 99) {
            let next = format!("P{}", self.pids.len() + 1);
            self.pids.entry(pid.to_string()).or_insert(next);
        }
    }

    /// The text with `pid:[4026532177]` as `pid:[{A}]`, and known PIDs as `{P1}`.
    pub fn of(&mut self, text: &str) -> String {
        let mut shown = String::new();
        let mut rest = text;
        while let Some(at) = rest.find(|c: char| c.is_ascii_digit()) {
            let (before, after) = rest.split_at(at);
            shown.push_str(before);
            let end = after.find(|c: char| !c.is_ascii_digit()).unwrap_or(after.len());
            let number = &after[..end];
            let whole = !shown.ends_with(|c: char| c.is_alphanumeric() || c == '.');
            match self.pids.get(number) {
                _ if shown.ends_with(":[") && number.len() >= 10 => shown.push_str(&format!("{{{}}}", self.name(number))),
                Some(name) if whole => shown.push_str(&format!("{{{name}}}")),
                _ => shown.push_str(number),
            }
            rest = &after[end..];
        }
        shown + rest
    }

    fn name(&mut self, number: &str) -> String {
        let next = self.namespaces.len();
        let letter = char::from(b'A' + u8::try_from(next % 26).unwrap_or_default());
        let round = next / 26;
        let name = if round == 0 { letter.to_string() } else { format!("{letter}{round}") };
        self.namespaces.entry(number.to_string()).or_insert(name).clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_number_has_the_same_name() {
        let mut symbols = Symbols::default();
        assert_eq!(symbols.of("uts:[4026532177] net:[4026532178]\n"), "uts:[{A}] net:[{B}]\n");
        assert_eq!(symbols.of("a uts:[4026532177] uts:[host] b:[12]"), "a uts:[{A}] uts:[host] b:[12]");
    }

    #[test]
    fn processes_are_named_where_they_are_known() {
        let mut symbols = Symbols { pids: [("4711".to_string(), "P1".to_string())].into(), ..Symbols::default() };
        assert_eq!(symbols.of("  4711      1  14711 x4711 subject"), "  {P1}      1  14711 x4711 subject");
    }
}
