//! The arguments of a line, held against the card's parameters.

use super::line::nearest;
use super::{Card, Count, Kind};
use crate::model::{ALL_CAPS, CAPS, Msg, NsKind, RESOURCES, Size, cap_number, resource};
use nix::sys::signal::Signal;
use std::collections::BTreeMap;
use std::str::FromStr;
use syscalls::Sysno;

/// The words of a line by parameter name. What is here has passed its kind's test.
#[derive(Clone, Debug, Default)]
pub struct Args {
    words: BTreeMap<&'static str, Vec<String>>,
    /// `--on-host` stood on the line: the guard stands aside.
    pub on_host: bool,
}

impl Args {
    /// Reads the words that follow the command's name. Flags stand anywhere before a program's words; `--` ends them.
    pub fn read(card: &'static Card, words: &[String]) -> Result<Args, Msg> {
        let mut args = Args::default();
        let flags = || card.args.iter().filter(|param| param.is_flag());
        let mut rest = card.args.iter().filter(|param| !param.is_flag()).peekable();
        let mut words = words.iter().peekable();
        let mut flags_end = false;
        while let Some(word) = words.next() {
            if !flags_end && word == "--" {
                flags_end = true;
                while rest.next_if(|param| param.kind != Kind::Program).is_some() {}
                continue;
            }
            if !flags_end && word == "--on-host" {
                args.on_host = true;
                continue;
            }
            if !flags_end && let Some(flag) = flags().find(|flag| flag.name == word) {
                let value = match flag.count {
                    Count::Valued => match words.next() {
                        Some(value) => {
                            check(card, flag.kind, value)?;
                            value.clone()
                        }
                        None => return Err(missing(card, flag.name)),
                    },
                    _ => String::new(),
                };
                args.words.insert(flag.name, vec![value]);
                continue;
            }
            if !flags_end && word.len() > 1 && word.starts_with('-') && !card.args.iter().any(|param| param.kind == Kind::Word) {
                let near = nearest(word, flags().map(|flag| flag.name));
                return Err(odd(card, word, near));
            }
            // A repeated parameter leaves the last words to those that must follow it.
            let due = rest.clone().skip(1).filter(|param| param.count == Count::One).count();
            let repeats = rest.peek().is_some_and(|param| matches!(param.count, Count::Many | Count::Any));
            if repeats && due > 0 && args.words.contains_key(rest.peek().map(|param| param.name).unwrap_or_default()) {
                let left = words.clone().filter(|word| !flags().any(|flag| flag.name == *word)).count();
                if left < due {
                    rest.next();
                }
            }
            // A word that does not fit a repeated parameter, or one that may be left out, may begin the next one.
            let Some(mut param) = rest.peek().copied() else { return Err(odd(card, word, None)) };
            let may_end = args.words.contains_key(param.name) || matches!(param.count, Count::Any | Count::Optional);
            if may_end && check(card, param.kind, word).is_err() {
                let mut after = rest.clone();
                after.next();
                if let Some(next) = after.peek().copied().filter(|next| check(card, next.kind, word).is_ok()) {
                    (param, rest) = (next, after);
                }
            }
            if param.kind == Kind::Program {
                let program = args.words.entry(param.name).or_default();
                program.push(word.clone());
                program.extend(words.by_ref().cloned());
                rest.next();
                break;
            }
            check(card, param.kind, word)?;
            args.words.entry(param.name).or_default().push(word.clone());
            if !matches!(param.count, Count::Many | Count::Any) {
                rest.next();
            }
        }
        match card
            .args
            .iter()
            .find(|param| matches!(param.count, Count::One | Count::Many) && !args.words.contains_key(param.name))
        {
            Some(param) => Err(missing(card, param.name)),
            None => Ok(args),
        }
    }

    /// The only word of a parameter; empty where it was optional and left out.
    pub fn one(&self, name: &str) -> &str {
        self.opt(name).unwrap_or_default()
    }

    /// The only word of an optional parameter.
    pub fn opt(&self, name: &str) -> Option<&str> {
        self.words.get(name).and_then(|words| words.first()).map(String::as_str)
    }

    /// All words of a parameter.
    pub fn all(&self, name: &str) -> &[String] {
        self.words.get(name).map(Vec::as_slice).unwrap_or_default()
    }

    /// Every word of every parameter; of flags their values.
    pub fn every(&self) -> impl Iterator<Item = &String> {
        self.words.values().flatten().filter(|word| !word.is_empty())
    }

    /// Is the flag there?
    pub fn flag(&self, name: &str) -> bool {
        self.words.contains_key(name)
    }

    /// The namespace kinds of a parameter, each once, in the order in which they must be entered.
    pub fn kinds(&self, name: &str) -> Vec<NsKind> {
        let named: Vec<NsKind> = self.all(name).iter().filter_map(|word| NsKind::of_name(word)).collect();
        NsKind::ALL.into_iter().filter(|kind| named.contains(kind) || self.all(name).iter().any(|word| word == "all")).collect()
    }

    /// The capabilities of a parameter, a bit each.
    pub fn caps(&self, name: &str) -> u64 {
        let bits = |word: &String| if word == "all" { ALL_CAPS } else { cap_number(word).map_or(0, |number| 1 << number) };
        self.all(name).iter().map(bits).fold(0, |set, bits| set | bits)
    }

    /// The number of a parameter.
    pub fn number(&self, name: &str) -> Option<u64> {
        self.opt(name)?.parse().ok()
    }
}

/// The number of a signal: `KILL`, `SIGKILL`, `kill`, `9`.
pub fn signal(word: &str) -> Option<i32> {
    let upper = word.to_uppercase();
    let name = if upper.starts_with("SIG") { upper } else { format!("SIG{upper}") };
    match word.parse::<i32>() {
        Ok(number) => (0..=64).contains(&number).then_some(number),
        Err(_) => name.parse::<Signal>().ok().map(|signal| signal as i32),
    }
}

fn check(card: &Card, kind: Kind, word: &str) -> Result<(), Msg> {
    let one_of = |what: &str, zh: &str, list: Vec<&str>| {
        let near = nearest(word, list.iter().copied());
        let did = near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
        let did_zh = near.map(|near| format!("；你是想输入 `{near}` 吗？")).unwrap_or_default();
        Msg::new(
            format!("`{word}` is not {what}: {}{did}", list.join(" ")),
            format!("`{word}` 不是{zh}：{}{did_zh}", list.join(" ")),
        )
    };
    match kind {
        Kind::Ns if word != "all" && NsKind::of_name(word).is_none() => {
            Err(one_of("a namespace", "命名空间", NsKind::ALL.iter().map(|kind| kind.name()).collect()))
        }
        Kind::OneOf(words) if !words.contains(&word) => Err(one_of("one of", "下列之一", words.to_vec())),
        Kind::Signal if signal(word).is_none() => {
            Err(one_of("a signal", "信号", vec!["HUP", "INT", "KILL", "TERM", "STOP", "CONT", "USR1", "USR2", "CHLD"]))
        }
        Kind::Number if word.parse::<u32>().is_err() => Err(Msg::new(
            format!("`{word}` is not a number; usage: {}", card.usage()),
            format!("`{word}` 不是数字；用法：{}", card.usage()),
        )),
        Kind::Pid if word != "self" && !word.parse::<i32>().is_ok_and(|pid| pid > 0) => Err(Msg::new(
            format!("`{word}` is not a PID; `ps` lists them, `self` is the subject"),
            format!("`{word}` 不是 PID；`ps` 列出它们，`self` 指被观察进程"),
        )),
        Kind::Capability if word != "all" && cap_number(word).is_none() => Err(like(
            word,
            CAPS.iter().copied(),
            "a capability; they are listed in capabilities(7), and Tab completes them",
            "权能；capabilities(7) 列出了全部名字，也可用 Tab 补全",
        )),
        Kind::Syscall if Sysno::from_str(word).is_err() => Err(no_syscall(word)),
        Kind::Rlimit if resource(word).is_none() => {
            Err(one_of("a resource", "资源", RESOURCES.iter().map(|one| one.name).collect()))
        }
        Kind::Size => Size::parse(word, 0).map(drop).map_err(|bad| bad.0),
        _ => Ok(()),
    }
}

/// `word` is no system call.
pub fn no_syscall(word: &str) -> Msg {
    like(
        word,
        Sysno::iter().map(|call| call.name()),
        "a system call of this machine; syscalls(2) lists them, and Tab completes them",
        "本机的系统调用；syscalls(2) 列出了全部名字，也可用 Tab 补全",
    )
}

/// `word` is none of many; the nearest one is named.
fn like(word: &str, of: impl Iterator<Item = &'static str>, what: &str, zh: &str) -> Msg {
    // Names of capabilities are in capitals, those of calls are not.
    let upper = word.to_ascii_uppercase();
    let (near, did, did_zh) =
        match of.filter_map(|one| nearest(word, [one].into_iter()).or(nearest(&upper, [one].into_iter()))).next() {
            Some(near) => (near, "; did you mean ", "；你是想输入 "),
            None => ("", "", ""),
        };
    let ask = |did: &str, end: &str| if near.is_empty() { String::new() } else { format!("{did}`{near}`{end}") };
    Msg::new(format!("`{word}` is not {what}{}", ask(did, "?")), format!("`{word}` 不是{zh}{}", ask(did_zh, " 吗？")))
}

fn missing(card: &Card, name: &str) -> Msg {
    Msg::new(format!("{name} is missing; usage: {}", card.usage()), format!("缺少 {name}；用法：{}", card.usage()))
}

fn odd(card: &Card, word: &str, near: Option<&str>) -> Msg {
    let did = near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
    Msg::new(
        format!("`{word}` is one word too many{did}; usage: {}", card.usage()),
        format!("`{word}` 是多余的词；用法：{}", card.usage()),
    )
}
