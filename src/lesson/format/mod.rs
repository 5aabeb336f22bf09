//! A lesson as data, and the reader that makes it from a file.

mod condition;
mod expect;
mod expr;
mod fault;
mod head;
mod name;
mod read;
mod text;
mod whole;
mod words;

pub use condition::{Condition, Need};
pub use expect::{Ends, Expect, Like, regex};
pub use expr::{Expr, Operand, Operator, Tense};
pub use fault::Fault;
pub use name::{Caps, EFFECTS, Fact, Name, Who};
pub use read::read;

use crate::model::{Msg, Text};

/// The version of the format that this reader reads: the number behind `lesson` in the first line.
pub const VERSION: u32 = 1;

/// A lesson.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lesson {
    /// Its name for ever: progress is kept by it.
    pub id: String,
    /// Its title.
    pub title: Msg,
    /// What the machine must have.
    pub needs: Condition,
    /// Lessons to have done before.
    pub after: Vec<String>,
    /// Where its facts come from.
    pub source: Vec<String>,
    /// The misconceptions that it exposes, `M01` ….
    pub exposes: Vec<String>,
    /// How long it takes.
    pub minutes: Option<u32>,
    /// What stands before the first step.
    pub opening: Vec<Para>,
    /// For the teacher only.
    pub teacher: Vec<Para>,
    /// The steps, in order.
    pub steps: Vec<Step>,
}

/// A paragraph, and the line where it begins.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Para {
    /// The line in the file.
    pub line: usize,
    /// Its text.
    pub text: Msg,
}

/// What a step asks of the learner.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum StepKind {
    /// Change the state until the asserts hold.
    #[default]
    Do,
    /// Say what the kernel will do, before it does it.
    Predict,
    /// Answer a question.
    Quiz,
    /// Run something and look; nothing need change.
    Observe,
    /// Play; it is passed by going on.
    Free,
    /// Read.
    Note,
}

impl StepKind {
    /// All kinds with the words that name them; `do` needs none.
    pub const WORDS: [(&'static str, StepKind); 6] = [
        ("do", StepKind::Do),
        ("predict", StepKind::Predict),
        ("quiz", StepKind::Quiz),
        ("observe", StepKind::Observe),
        ("free", StepKind::Free),
        ("note", StepKind::Note),
    ];

    /// The word.
    pub fn word(self) -> &'static str {
        StepKind::WORDS.iter().find(|(_, kind)| *kind == self).map_or("do", |(word, _)| word)
    }

    /// What a reader is told that it is; nothing of one in which something is to be done.
    pub fn called(self) -> Text {
        match self {
            StepKind::Do => Text { en: "", zh: "" },
            StepKind::Predict => Text { en: "predict", zh: "预测" },
            StepKind::Quiz => Text { en: "question", zh: "提问" },
            StepKind::Observe => Text { en: "look", zh: "观察" },
            StepKind::Free => Text { en: "free play", zh: "自由操作" },
            StepKind::Note => Text { en: "read", zh: "阅读" },
        }
    }
}

/// A step.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Step {
    /// The line of its head.
    pub line: usize,
    /// Its name within the lesson.
    pub id: String,
    /// What it asks.
    pub kind: StepKind,
    /// Paragraphs and lines to type, in order.
    pub items: Vec<Item>,
    /// What must hold at its end.
    pub asserts: Vec<Assert>,
    /// The question's choices.
    pub choices: Vec<Choice>,
    /// Several choices may be right.
    pub several: bool,
    /// The right free answers; empty where there are choices or no question.
    pub answers: Vec<String>,
    /// The hints, in order.
    pub hints: Vec<Hint>,
    /// When it is left out.
    pub skips: Vec<Skip>,
    /// Invitations to play.
    pub tries: Vec<Para>,
    /// For the teacher only.
    pub teacher: Vec<Para>,
    /// Where its facts come from.
    pub source: Vec<String>,
    /// The misconceptions that it exposes.
    pub exposes: Vec<String>,
}

impl Step {
    /// The lines of the model solution.
    pub fn commands(&self) -> impl Iterator<Item = &Command> {
        self.items.iter().filter_map(|item| match item {
            Item::Run(command) => Some(command),
            Item::Say(_) => None,
        })
    }

    /// The paragraphs before the first line to type.
    pub fn before(&self) -> impl Iterator<Item = &Para> {
        self.items.iter().map_while(|item| match item {
            Item::Say(para) => Some(para),
            Item::Run(_) => None,
        })
    }

    /// The paragraphs after it.
    pub fn after(&self) -> impl Iterator<Item = &Para> {
        let first = self.items.iter().position(|item| matches!(item, Item::Run(_))).unwrap_or(self.items.len());
        self.items[first..].iter().filter_map(|item| match item {
            Item::Say(para) => Some(para),
            Item::Run(_) => None,
        })
    }

    /// Does it ask a question?
    pub fn asks(&self) -> bool {
        !self.choices.is_empty() || !self.answers.is_empty()
    }
}

/// One thing in a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Item {
    /// A paragraph.
    Say(Para),
    /// A line of the shell's language.
    Run(Command),
}

/// A line to type: the model solution, with what it must show.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Command {
    /// The line in the file.
    pub line: usize,
    /// What is typed.
    pub text: String,
    /// What it must show; empty: that is not compared.
    pub shows: Vec<Expect>,
    /// How it must end.
    pub ends: Ends,
}

/// What must hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assert {
    /// The line in the file.
    pub line: usize,
    /// As written.
    pub text: String,
    /// As read.
    pub expr: Expr,
}

/// One choice of a question.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choice {
    /// The line in the file.
    pub line: usize,
    /// Is it right?
    pub right: bool,
    /// The choice.
    pub text: Msg,
    /// What is said to who chose it.
    pub feedback: Vec<Para>,
}

/// A hint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hint {
    /// The line in the file.
    pub line: usize,
    /// Given by itself when this holds; None: a rung of the ladder, given when asked for.
    pub when: Option<Expr>,
    /// The hint.
    pub text: Msg,
}

/// When a step is left out, and the reason that is shown then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skip {
    /// The line in the file.
    pub line: usize,
    /// It is left out unless this holds.
    pub unless: Condition,
    /// Why.
    pub why: Msg,
}
