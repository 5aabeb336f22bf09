//! How a line ended, where that is worth a word: refusals, failures with their causes, exit statuses.

use super::block::paragraph;
use super::theme::{Role, Sign, Style};
use super::turn::start;
use crate::model::{Advice, Cause, End, Exit, Msg, Standing};

/// The end as text, each line ended; empty when the line did what it says.
pub(super) fn end(end: &End, style: &Style) -> String {
    match end {
        End::Done | End::Ran { exit: Exit::Status(0) } => String::new(),
        End::Ran { exit: exit @ Exit::Stopped(_) } => say(Sign::Careful, Role::Warn, &exit.in_words(), style),
        End::Ran { exit } => say(Sign::Failed, Role::Bad, &exit.in_words(), style),
        End::Usage { why } | End::Unfit { why } => say(Sign::Failed, Role::Bad, why, style),
        End::Refused { why } => {
            let why =
                Msg::new(format!("refused, nothing was called: {}", why.en), format!("已拒绝，没有发出任何调用：{}", why.zh));
            say(Sign::Failed, Role::Bad, &why, style)
        }
        End::Failed { errno, advice } => failed(errno, advice, style),
        End::ChildGone { exit } => {
            let how = exit.in_words();
            let text = Msg::new(
                format!("the forked child ended ({}); its parent is the subject again", how.en),
                format!("fork 出来的子进程已结束（{}）；其父进程重新成为被观察进程", how.zh),
            );
            say(Sign::Careful, Role::Warn, &text, style)
        }
        End::SubjectGone { exit } => {
            let how = exit.in_words();
            let text = Msg::new(
                format!("the subject ended ({}); a fresh one stands in its place", how.en),
                format!("被观察进程已结束（{}）；已换上一个全新的", how.zh),
            );
            say(Sign::Careful, Role::Warn, &text, style)
        }
    }
}

fn say(sign: Sign, role: Role, text: &Msg, style: &Style) -> String {
    paragraph(&start(style, sign), &style.msg(text), role, style)
}

fn failed(errno: &str, advice: &Advice, style: &Style) -> String {
    let mut text = String::new();
    if advice.causes.is_empty() {
        let unknown =
            Msg::new(format!("{errno}: nothing that can be read tells why"), format!("{errno}：从可读的状态看不出原因"));
        text.push_str(&say(Sign::Failed, Role::Bad, &unknown, style));
    }
    advice.causes.iter().for_each(|one| text.push_str(&cause(one, style)));
    text
}

fn cause(cause: &Cause, style: &Style) -> String {
    let why = style.msg(&cause.why);
    let (sign, role, why) = match cause.standing {
        Standing::Confirmed => (Sign::Confirmed, Role::Plain, why),
        Standing::Possible => (Sign::Possible, Role::Plain, why),
        Standing::Refuted => {
            let not = Msg::new(format!("not this: {why}"), format!("排除：{why}"));
            (Sign::Refuted, Role::Dim, not.get(style.lang()).to_string())
        }
    };
    let mut text = paragraph(&format!("  {}", start(style, sign)), &why, role, style);
    if let Some(next) = &cause.next {
        text.push_str(&paragraph(&format!("    {}", start(style, Sign::Next)), &style.msg(next), Role::Plain, style));
    }
    text
}
