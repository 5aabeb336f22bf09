//! `lang`: the language of the screen.

use crate::command::{Act, Args, Card, Count, Example, Kind, Outside, Param, Primitive, Run, Said, Stop};
use crate::model::{Lang, Text};

/// The card.
pub const CARD: Card = Card {
    name: "lang",
    args: &[Param {
        name: "LANG",
        kind: Kind::OneOf(&["en", "zh"]),
        count: Count::One,
        about: Text { en: "en or zh", zh: "en 或 zh" },
    }],
    primitive: Primitive::None,
    man: &[],
    own: &[],
    summary: Text { en: "English or Chinese", zh: "英文或中文" },
    explain: Text {
        en: "Texts change from the next line on. Names of the kernel (unshare, uid_map, EPERM) stay as they are.",
        zh: "从下一行起改变语言。内核中的名称（unshare、uid_map、EPERM）保持原样。",
    },
    equivalents: &[],
    examples: &[Example { after: "", line: "lang zh", shows: "", needs: "" }],
    run: Run::Shell(run),
};

fn run(cx: &mut Outside<'_>, args: &Args) -> Result<Said, Stop> {
    cx.acts.push(Act::Lang(if args.one("LANG") == "zh" { Lang::Zh } else { Lang::En }));
    Ok(Said::nothing())
}
