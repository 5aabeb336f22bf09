//! The words of a lesson. The interactive shell carries them out; a script has no learner.

use super::{Args, Card, Count, Example, Kind, Outside, Param, Primitive, Run, Said, Stop};
use crate::model::{Msg, Text};

/// Which lesson. The command line takes it, too.
pub const WHICH: Param = Param {
    name: "LESSON",
    kind: Kind::Lesson,
    count: Count::Optional,
    about: Text {
        en: "its number or name, or a path with a / in it; without it: the list of lessons",
        zh: "编号或名字，或含有 / 的路径；省略则列出所有课程",
    },
};

const TEXT: Param = Param {
    name: "ANSWER",
    kind: Kind::Word,
    count: Count::Many,
    about: Text { en: "the letter of a choice, or the answer itself", zh: "选项的字母，或答案本身" },
};

const WHAT: Param = Param {
    name: "WHAT",
    kind: Kind::OneOf(&["export", "forget"]),
    count: Count::Optional,
    about: Text {
        en: "export: as a report for handing in; forget: delete it",
        zh: "export：导出为可以上交的报告；forget：删除记录",
    },
};

const FORM: Param = Param {
    name: "FORM",
    kind: Kind::OneOf(&["markdown", "json"]),
    count: Count::Optional,
    about: Text { en: "of the export", zh: "导出的格式" },
};

/// Before a class. The command line takes it, too.
pub const PRESENT: Param = Param {
    name: "--present",
    kind: Kind::Flag,
    count: Count::Optional,
    about: Text {
        en: "for a class: each Enter types the next line, the next one runs it; Tab takes over and gives back, ← → go by step",
        zh: "课堂演示：按一次 Enter 输入下一行，再按一次执行；Tab 由教师输入、再按交还，← → 按步前后移动",
    },
};

/// With the teacher's notes. The command line takes it, too.
pub const NOTES: Param = Param {
    name: "--notes",
    kind: Kind::Flag,
    count: Count::Optional,
    about: Text { en: "show the lines that are for the teacher", zh: "显示写给教师的内容" },
};

/// With votes. The command line takes it, too.
pub const POLL: Param = Param {
    name: "--poll",
    kind: Kind::Flag,
    count: Count::Optional,
    about: Text { en: "questions take a class's votes: a 12 b 5", zh: "提问时录入全班的票数：a 12 b 5" },
};

const fn card(name: &'static str, args: &'static [Param], examples: &'static [Example], summary: Text, explain: Text) -> Card {
    Card {
        name,
        args,
        primitive: Primitive::None,
        man: &[],
        own: &[],
        summary,
        explain,
        equivalents: &[],
        examples,
        run: Run::Shell(at_the_prompt),
    }
}

const fn example(line: &'static str) -> Example {
    Example { after: "", line, shows: "at the prompt", needs: "" }
}

/// The cards of this folder.
pub const CARDS: &[Card] = &[
    card(
        "lesson",
        &[WHICH, PRESENT, NOTES, POLL],
        &[example("lesson 1")],
        Text { en: "begin a lesson, or list them", zh: "开始一课，或列出所有课程" },
        Text {
            en: "The lesson's text stands above the real prompt. A step is passed when the kernel's state is as it should be, whatever was typed. \
                 A lesson begins on a fresh subject; one that was left goes on where it was left.",
            zh: "课文显示在真正的提示符之上。只要内核状态符合要求，这一步就通过，不论输入了什么。每一课从全新的被观察进程开始；中途离开的课程会从离开处继续。",
        },
    ),
    card(
        "hint",
        &[],
        &[example("hint")],
        Text {
            en: "the next hint of this step; the last one holds the command", zh: "这一步的下一个提示；最后一个提示给出命令"
        },
        Text {
            en: "Hints become plainer each time. Some come by themselves, when the state calls for them.",
            zh: "提示一次比一次明白。有些提示会在出现相应状态时自动给出。",
        },
    ),
    card(
        "answer",
        &[TEXT],
        &[example("answer b")],
        Text { en: "answer the question of this step", zh: "回答这一步的问题" },
        Text {
            en: "The letter alone does as well. This word is for answers that are also commands.",
            zh: "直接输入字母也可以。当答案恰好也是一条命令时，用这个词。",
        },
    ),
    card(
        "back",
        &[],
        &[example("back")],
        Text { en: "one step back, on a fresh subject", zh: "退回一步，换上全新的被观察进程" },
        Text {
            en: "The steps before it are run again, so that everything is as it was there.",
            zh: "之前各步会重新执行一遍，使一切恢复到那一步开始时的样子。",
        },
    ),
    card(
        "play",
        &[],
        &[example("play")],
        Text { en: "park the lesson and play freely", zh: "暂停课程，自由操作" },
        Text { en: "`resume` goes on where it was left.", zh: "用 `resume` 从离开处继续。" },
    ),
    card(
        "resume",
        &[],
        &[example("resume")],
        Text { en: "go on with the parked lesson", zh: "继续暂停的课程" },
        Text {
            en: "The step's checks run again: what was reached while playing counts.",
            zh: "会重新检查这一步：自由操作时达成的也算数。",
        },
    ),
    card(
        "skip",
        &[],
        &[example("skip")],
        Text { en: "run the model solution of this step, and go on", zh: "执行这一步的参考解法，然后继续" },
        Text {
            en: "What it runs is shown. The step is kept as skipped, not as passed.",
            zh: "执行的每一行都会显示。这一步记为“跳过”，而不是“通过”。",
        },
    ),
    card(
        "solution",
        &[],
        &[example("solution")],
        Text { en: "show the model solution of this step", zh: "显示这一步的参考解法" },
        Text { en: "It is only shown; `skip` runs it.", zh: "只显示，不执行；`skip` 会执行它。" },
    ),
    card(
        "menu",
        &[],
        &[example("menu")],
        Text { en: "leave the lesson and list all of them", zh: "离开当前课程，列出所有课程" },
        Text { en: "What is passed is kept.", zh: "已通过的会保留。" },
    ),
    card(
        "progress",
        &[WHAT, FORM],
        &[example("progress")],
        Text { en: "what you have done; export it, or forget it", zh: "学习记录；可导出或删除" },
        Text {
            en: "It is a small text file, $XDG_STATE_HOME/boxlab/progress, that can be read, copied and deleted.",
            zh: "它是一个小文本文件 $XDG_STATE_HOME/boxlab/progress，可以查看、复制和删除。",
        },
    ),
];

fn at_the_prompt(_: &mut Outside<'_>, _: &Args) -> Result<Said, Stop> {
    Err(Stop::Unfit(Msg::new(
        "lessons run at the prompt, with a learner: start `boxlab` without arguments; `boxlab replay FILE` runs one by itself",
        "课程需要有人在提示符前操作：请直接运行 `boxlab`；`boxlab replay 文件` 可自动执行一课",
    )))
}

/// Is this the name of one of these commands?
pub fn is_word(name: &str) -> bool {
    CARDS.iter().any(|card| card.name == name)
}
