//! Lessons from elsewhere: a lesson runs commands, so root sees them before they run.

use super::format::{self, Lesson};
use super::shelf;
use crate::model::Msg;
use crate::ui::{Role, Sign, Style, paragraph};
use std::path::Path;

/// Would root run what somebody else wrote? The lessons that are part of the program are known word by word.
pub fn asks(text: &str) -> bool {
    nix::unistd::geteuid().is_root() && !shelf::BUNDLED.iter().any(|(_, own)| *own == text)
}

/// The lesson in this file, where it asks; None also for one that cannot be read: whoever runs it says why.
pub fn foreign(file: &Path) -> Option<Lesson> {
    let text = shelf::read(file).ok().filter(|text| asks(text))?;
    format::read(&text).ok()
}

/// What it would run, and what to do if that is wanted.
pub fn told(name: &str, lesson: &Lesson, next: &Msg, style: &Style) -> String {
    let say = |sign: Sign, role: Role, text: &Msg| paragraph(&format!("{} ", style.sign(sign)), &style.msg(text), role, style);
    let lines: String = lesson
        .steps
        .iter()
        .flat_map(|step| step.commands())
        .map(|command| style.paint(Role::Plain, &format!("    {}\n", style.visible(&command.text))))
        .collect();
    let careful = Msg::new(
        format!("{name} is not one of boxlab's own lessons, and these of its lines would run as root:"),
        format!("{name} 不是 boxlab 自带的课程，其中以下各行将以 root 身份执行："),
    );
    say(Sign::Careful, Role::Warn, &careful) + &lines + &say(Sign::Next, Role::New, next)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Lang;

    #[test]
    fn only_what_is_changed_or_new_asks_and_control_characters_are_shown() {
        let (_, own) = shelf::BUNDLED[0];
        assert!(!asks(own));
        assert_eq!(asks(&format!("{own}\n")), nix::unistd::geteuid().is_root());
        let lesson = format::read("lesson 1\nid x\ntitle en T | zh 题\n== a\nen x | zh y\n$ spawn echo \u{1b}[2J\n")
            .expect("it is a lesson");
        let text = told("a\u{7}b", &lesson, &Msg::same("next"), &Style::plain(Lang::En));
        assert!(text.contains("    spawn echo ^[[2J\n") && text.contains("a^Gb") && !text.contains('\u{1b}'), "{text:?}");
    }
}
