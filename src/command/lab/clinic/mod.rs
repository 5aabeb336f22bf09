//! `clinic`, `clinic is`: something is wrong with the subject; find out what.

mod cases;

pub use cases::{CASES, Case};

use crate::command::{Act, Args, Card, Count, Example, Kind, Outside, Param, Primitive, Run, Said, Stop};
use crate::model::{Msg, NoteKind, Text};

/// `clinic`.
pub const CLINIC: Card = Card {
    name: "clinic",
    args: &[Param {
        name: "SEED",
        kind: Kind::Number,
        count: Count::Optional,
        about: Text { en: "which patient; without it, a random one", zh: "第几位病人；省略则随机" },
    }],
    primitive: Primitive::None,
    man: &[],
    own: &[],
    summary: Text { en: "something is wrong with the subject: find out what", zh: "被观察进程出了毛病：找出原因" },
    explain: Text {
        en: "Replaces the subject by a fresh one and breaks one thing in it, without saying which. It says what the patient complains about. Look with any \
             command; `clinic is DIAGNOSIS` answers, as often as you like. The same number is the same patient.",
        zh: "换上一个全新的被观察进程，并弄坏其中一样东西，但不说是哪样，只说病人的主诉。可以用任何命令检查；用 `clinic is 诊断` 作答，次数不限。号码相同，病人就相同。",
    },
    equivalents: &[],
    examples: &[
        Example { after: "", line: "clinic 1", shows: "ping 127.0.0.1", needs: "root" },
        Example { after: "clinic 1", line: "clinic is lo-down", shows: "link up lo", needs: "root" },
    ],
    run: Run::Shell(open),
};

/// `clinic is`.
pub const IS: Card = Card {
    name: "clinic is",
    args: &[Param {
        name: "DIAGNOSIS",
        kind: Kind::OneOf(cases::NAMES),
        count: Count::One,
        about: Text { en: "what you think is wrong", zh: "你认为的原因" },
    }],
    summary: Text { en: "say what is wrong with the subject", zh: "说出被观察进程的毛病" },
    explain: Text {
        en: "Says whether that is what is wrong, and by what signs one sees it. A wrong diagnosis is told what its signs would have been: compare. Nothing is changed.",
        zh: "告诉你诊断对不对，以及凭什么看出来。诊断错了，会告诉你若真是那样应该看到什么：自己比较一下。不改动任何东西。",
    },
    examples: &[
        Example { after: "clinic 1", line: "clinic is lo-down", shows: "nobody switched lo on", needs: "root" },
        Example { after: "clinic 1", line: "clinic is frozen", shows: "then one would see", needs: "root" },
        Example { after: "", line: "clinic is frozen", shows: "no patient", needs: "" },
    ],
    run: Run::Shell(diagnose),
    ..CLINIC
};

fn open(cx: &mut Outside<'_>, args: &Args) -> Result<Said, Stop> {
    let seed = args.number("SEED").unwrap_or_else(|| u64::from(rand_like()));
    cx.acts.push(Act::Patient(seed));
    Ok(Said::nothing())
}

/// A number that nobody knows beforehand; which patient comes is no secret that needs better.
fn rand_like() -> u16 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    (now.subsec_micros() % 9973) as u16 + 1
}

/// The case of a seed.
pub fn case_of(seed: u64) -> usize {
    (seed.max(1) - 1) as usize % CASES.len()
}

/// What the patient says.
pub fn complaint(seed: u64, case: &Case) -> Msg {
    Msg::new(
        format!("patient {seed}: {}. Find out why; then `clinic is DIAGNOSIS` (Tab lists them)", case.complaint.en),
        format!("{seed} 号病人：{}。找出原因，然后 `clinic is 诊断`（按 Tab 列出）", case.complaint.zh),
    )
}

fn diagnose(cx: &mut Outside<'_>, args: &Args) -> Result<Said, Stop> {
    let Some(patient) = cx.patient.and_then(|at| CASES.get(at)) else {
        return Err(Stop::Unfit(Msg::new("there is no patient: `clinic` calls one in", "没有病人：`clinic` 叫一位进来")));
    };
    let Some(named) = CASES.iter().find(|case| case.name == args.one("DIAGNOSIS")) else { return Ok(Said::nothing()) };
    if named.name == patient.name {
        return Ok(Said::nothing()
            .note(NoteKind::Did, Msg::new(format!("yes: {}", named.signs.en), format!("对：{}", named.signs.zh)))
            .note(NoteKind::Next, Msg::new(format!("the cure: {}", named.cure), format!("治法：{}", named.cure))));
    }
    Err(Stop::Unfit(Msg::new(
        format!("not {}: then one would see this: {}", named.name, named.signs.en),
        format!("不是 {}：若是那样，应该看到：{}", named.name, named.signs.zh),
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_at_least_ten_cases_and_each_line_of_them_is_a_line() {
        assert!(CASES.len() >= 10);
        for case in CASES {
            for line in case.breaks {
                assert!(crate::command::parse(line).is_ok_and(|parsed| parsed.is_some()), "{}: {line}", case.name);
            }
            for text in [&case.complaint, &case.signs] {
                assert!(!text.en.is_empty() && !text.zh.is_empty(), "{}", case.name);
            }
            assert!(!case.complaint.en.contains(case.name), "{} gives itself away", case.name);
        }
    }

    #[test]
    fn a_number_is_always_the_same_patient() {
        assert_eq!(CASES[case_of(1)].name, "lo-down");
        assert_eq!(case_of(0), case_of(1));
        assert_eq!(case_of(2 + CASES.len() as u64), case_of(2));
    }
}
