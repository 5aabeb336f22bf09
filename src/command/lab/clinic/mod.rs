//! `clinic`, `clinic hint`, `clinic is`, `clinic tell`: something is wrong with the subject; find out what.

mod cases;

pub use cases::{CASES, Case};

use crate::command::{Act, Args, Card, Count, Example, Kind, Outside, Param, Primitive, Run, Said, Stop};
use crate::model::{Msg, NoteKind, Text};

/// A subject in which something is wrong.
#[derive(Clone, Debug)]
pub struct Patient {
    /// Which case it is.
    pub case: &'static Case,
    /// The subject's name.
    pub name: String,
    /// Its first process, as the observer counts; None once it was replaced on purpose.
    pub subject: Option<i32>,
    /// The diagnosis was given: nothing is held back any more.
    pub known: bool,
    /// Reasons that were held back since it came.
    pub held: Vec<Msg>,
}

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
             command; `clinic is DIAGNOSIS` answers, as often as you like. Until then the bench does not say why a line failed, as it does else: that is for you to find. \
             `clinic hint` says where to look, `clinic tell` gives up. The same number is the same patient.",
        zh: "换上一个全新的被观察进程，并弄坏其中一样东西，但不说是哪样，只说病人的主诉。可以用任何命令检查；用 `clinic is 诊断` 作答，次数不限。\
             在那之前，命令失败时实验台不像平时那样说明原因：原因要由你来找。`clinic hint` 提示看哪里，`clinic tell` 直接给出答案。号码相同，病人就相同。",
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

/// `clinic hint`.
pub const HINT: Card = Card {
    name: "clinic hint",
    args: &[],
    summary: Text { en: "where to look with this patient", zh: "提示这位病人该看哪里" },
    explain: Text {
        en: "Names the command whose answer shows what is wrong with the patient, but not what it shows. Nothing is changed.",
        zh: "指出用哪条命令能看出病人的毛病，但不说会看到什么。不改动任何东西。",
    },
    examples: &[
        Example { after: "clinic 1", line: "clinic hint", shows: "`link`", needs: "root" },
        Example { after: "", line: "clinic hint", shows: "no patient", needs: "" },
    ],
    run: Run::Shell(hint),
    ..CLINIC
};

/// `clinic tell`.
pub const TELL: Card = Card {
    name: "clinic tell",
    args: &[],
    summary: Text { en: "give up: what is wrong with the subject", zh: "放弃：说出被观察进程的毛病" },
    explain: Text {
        en: "Says the diagnosis, by what signs one sees it, and the cure, as if `clinic is` had been answered rightly. Nothing is changed.",
        zh: "说出诊断、凭什么看出来，以及治法，就像 `clinic is` 答对了一样。不改动任何东西。",
    },
    examples: &[
        Example { after: "clinic 1", line: "clinic tell", shows: "lo-down", needs: "root" },
        Example { after: "", line: "clinic tell", shows: "no patient", needs: "" },
    ],
    run: Run::Shell(tell),
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
        format!(
            "patient {seed}: {}. Find out why; then `clinic is DIAGNOSIS` (Tab lists them). `clinic hint` says where to look",
            case.complaint.en
        ),
        format!("{seed} 号病人：{}。找出原因，然后 `clinic is 诊断`（按 Tab 列出）。`clinic hint` 提示看哪里", case.complaint.zh),
    )
}

fn patient<'a>(cx: &Outside<'a>) -> Result<&'a Patient, Stop> {
    let none = || Stop::Unfit(Msg::new("there is no patient: `clinic` calls one in", "没有病人：`clinic` 叫一位进来"));
    cx.patient.ok_or_else(none)
}

fn diagnose(cx: &mut Outside<'_>, args: &Args) -> Result<Said, Stop> {
    let patient = patient(cx)?;
    let Some(named) = CASES.iter().find(|case| case.name == args.one("DIAGNOSIS")) else { return Ok(Said::nothing()) };
    if named.name == patient.case.name {
        return Ok(known(cx, patient, Msg::new("yes", "对")));
    }
    Err(Stop::Unfit(Msg::new(
        format!("not {}: then one would see this: {}", named.name, named.signs.en),
        format!("不是 {}：若是那样，应该看到：{}", named.name, named.signs.zh),
    )))
}

fn hint(cx: &mut Outside<'_>, _: &Args) -> Result<Said, Stop> {
    let looks = patient(cx)?.case.looks;
    Ok(Said::nothing().note(NoteKind::Did, Msg::new(format!("look at {}", looks.en), format!("看看 {}", looks.zh))))
}

fn tell(cx: &mut Outside<'_>, _: &Args) -> Result<Said, Stop> {
    let patient = patient(cx)?;
    Ok(known(cx, patient, Msg::new(patient.case.name, patient.case.name)))
}

/// The diagnosis is known: the signs, the reasons that were held back, the cure.
fn known(cx: &mut Outside<'_>, patient: &Patient, first: Msg) -> Said {
    cx.acts.push(Act::Diagnosed);
    let Case { signs, cure, .. } = patient.case;
    let said = Said::nothing()
        .note(NoteKind::Did, Msg::new(format!("{}: {}", first.en, signs.en), format!("{}：{}", first.zh, signs.zh)));
    let said = patient.held.iter().fold(said, |said, why| {
        said.note(NoteKind::Did, Msg::new(format!("held back until now: {}", why.en), format!("此前没有说出的原因：{}", why.zh)))
    });
    said.note(NoteKind::Next, Msg::new(format!("the cure: {}", cure.en), format!("治法：{}", cure.zh)))
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
