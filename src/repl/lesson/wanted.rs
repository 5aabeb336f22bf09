//! What is asked of `lesson`, at the prompt or on the command line: which one, and for whom it is shown.

use crate::command::Args;

/// Which lesson, and how.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Number, name or file. None: the list; or, with a way to show it, the one that is open.
    pub lesson: Option<String>,
    /// How it is shown.
    pub show: Show,
}

/// For whom a lesson is shown: one learner, or a class.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Show {
    /// Before a class: Enter types the next line, and runs it when it is pressed again.
    pub present: bool,
    /// With what is written for the teacher.
    pub notes: bool,
    /// Questions take a class's votes.
    pub poll: bool,
}

impl Wanted {
    /// As it was typed.
    pub fn of(args: &Args) -> Wanted {
        let show = Show { present: args.flag("--present"), notes: args.flag("--notes"), poll: args.flag("--poll") };
        Wanted { lesson: args.opt("LESSON").map(String::from), show }
    }

    /// The line that asks for it.
    pub fn line(&self) -> String {
        let Show { present, notes, poll } = self.show;
        let flags = [(present, " --present"), (notes, " --notes"), (poll, " --poll")];
        let flags: String = flags.into_iter().filter(|(given, _)| *given).map(|(_, flag)| flag).collect();
        let lesson = self.lesson.as_deref().map(|word| format!(" {word}")).unwrap_or_default();
        format!("lesson{lesson}{flags}")
    }
}

impl Show {
    /// Is it a class that learns here? What it does goes into nobody's record.
    pub fn to_a_class(self) -> bool {
        self.present || self.poll
    }
}
