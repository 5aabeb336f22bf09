//! Lines without a prompt: `-c`, files, standard input; as text or as JSON.

use crate::lesson::trust;
use crate::model::{Lang, Msg, Text};
use crate::session::{Session, clean::Remains, signals};
use crate::ui::{self, Style, Theme};
use std::io::{IsTerminal, Write};
use std::path::PathBuf;
use std::sync::OnceLock;

/// Runs the lines and prints what each did. Returns 0 when every line did what it says, else 1.
pub fn run(session: &mut Session, lines: &[String], json: bool, stop: bool) -> i32 {
    let mut status = 0;
    for line in lines {
        // The line stands above what its programs write.
        let style = style(session);
        if !json && say(&format!("{} {}\n", style.paint(ui::Role::Head, "$"), style.visible(line))).is_err() {
            return 1;
        }
        let turn = session.execute(line);
        // Anew: the line may have named a namespace.
        let style = self::style(session);
        let text = if json { ui::json(&turn) + "\n" } else { ui::turn(&turn, &style) };
        // Nobody reads any more: there is no reason to go on.
        if say(&text).is_err() {
            return 1;
        }
        if !turn.end.ok() {
            status = 1;
            if stop {
                break;
            }
        }
        if session.over() || signals::ending().is_some() {
            break;
        }
    }
    status
}

/// `boxlab clean`: clears up what sessions left that are no more, and says what; with `dry_run` it only says. Returns 0, or 1 where
/// something is still there.
pub fn clean(dry_run: bool, lang: Lang) -> i32 {
    const NOTHING: Text =
        Text { en: "nothing is left of any session that is no more", zh: "没有已消失的会话遗留下来的东西" };
    const WOULD: Text = Text {
        en: "left behind, and to be cleared up by `boxlab clean`:",
        zh: "遗留下来、可用 `boxlab clean` 清理的有：",
    };
    const CLEARED: Text = Text { en: "cleared up:", zh: "已清理：" };
    const STILL: Text = Text { en: "still there:", zh: "仍然存在：" };
    let style = bare_style(lang);
    let told = |head: Text, lines: &[Msg]| {
        let lines = lines.iter().map(|line| format!("  {}\n", style.visible(line.get(lang))));
        say(&format!("{}\n{}", head.get(lang), lines.collect::<String>())).map_or(1, |()| 0)
    };
    let found = Remains::find();
    if found.is_empty() {
        return told(NOTHING, &[]);
    }
    let mut lines = found.lines();
    if dry_run {
        return told(WOULD, &lines);
    }
    let left = found.remove().lines();
    lines.retain(|line| !left.contains(line));
    let status = if lines.is_empty() { 0 } else { told(CLEARED, &lines) };
    if left.is_empty() { status } else { told(STILL, &left).max(1) }
}

/// May the lines of these lessons run? Those that ask are shown; where nobody can answer, the answer is no.
pub fn agreed(files: &[PathBuf], lang: Lang) -> bool {
    let style = bare_style(lang);
    let asks = std::io::stdin().is_terminal() && std::io::stderr().is_terminal();
    let next = match asks {
        true => Msg::new("run them? y or n", "执行吗？输入 y 或 n"),
        false => Msg::new("--yes runs them", "加上 --yes 即可执行"),
    };
    files.iter().filter_map(|file| Some((file, trust::foreign(file)?))).all(|(file, lesson)| {
        let mut answer = String::new();
        // Standard output is for what was asked for, which may be JSON.
        eprint!("{}", trust::told(&file.to_string_lossy(), &lesson, &next, &style));
        asks && std::io::stdin().read_line(&mut answer).is_ok() && matches!(answer.trim(), "y" | "Y" | "yes")
    })
}

/// Writes to standard output at once.
pub fn say(text: &str) -> std::io::Result<()> {
    let mut out = std::io::stdout();
    out.write_all(text.as_bytes())?;
    out.flush()
}

/// The theme that was asked for.
static THEME: OnceLock<Theme> = OnceLock::new();

/// Sets the theme, once.
pub fn set_theme(theme: Theme) {
    THEME.get_or_init(|| theme);
}

/// The theme.
pub fn theme() -> Theme {
    THEME.get().copied().unwrap_or_default()
}

/// Somebody listens to the screen.
static SPOKEN: OnceLock<()> = OnceLock::new();

/// From now on what is drawn is for a screen reader.
pub fn set_spoken() {
    SPOKEN.get_or_init(|| ());
}

/// How to draw on standard output: colours on a terminal unless NO_COLOR is set (no-color.org), its width, and
/// ASCII only where the locale has no UTF-8.
pub fn style(session: &Session) -> Style {
    Style { names: session.names().clone(), ..bare_style(session.lang()) }
}

/// The same without a session: the host's namespaces are not known.
pub fn bare_style(lang: Lang) -> Style {
    let stdout = std::io::stdout();
    let terminal = stdout.is_terminal();
    let spoken = SPOKEN.get().is_some();
    let colour = terminal
        && !spoken
        && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
        && std::env::var_os("TERM").is_some_and(|term| term != "dumb");
    let width = if terminal { crate::kernel::terminal_size().map(|(columns, _)| columns) } else { None };
    Style { lang, colour, utf8: !terminal || utf8_locale(lang), theme: theme(), width, spoken, ..Style::default() }
}

/// The language of LC_ALL, LC_MESSAGES, LANG, in this order (locale(7)).
pub fn locale() -> Lang {
    let set =
        ["LC_ALL", "LC_MESSAGES", "LANG"].iter().filter_map(|name| std::env::var(name).ok()).find(|value| !value.is_empty());
    set.map_or(Lang::En, |value| Lang::of_locale(&value))
}

/// Can the terminal show more than ASCII? By the locale's name; who asks for Chinese has a terminal that shows it.
fn utf8_locale(lang: Lang) -> bool {
    let set = ["LC_ALL", "LC_CTYPE", "LANG"].iter().filter_map(|name| std::env::var(name).ok()).find(|value| !value.is_empty());
    let utf8 = set.is_some_and(|value| value.to_lowercase().replace('-', "").contains("utf8"));
    utf8 || lang == Lang::Zh
}
