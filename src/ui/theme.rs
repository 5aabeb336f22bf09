//! The theme: what is drawn in which colour, and the sign that says the same without one.

use crate::model::{Lang, Mark, Msg, Names, Text};
use owo_colors::{OwoColorize, Style as Paint};

/// How to draw. The caller knows the terminal: NO_COLOR, the locale, the width.
#[derive(Clone, Debug, Default)]
pub struct Style {
    /// The language asked for.
    pub lang: Lang,
    /// Colours may be used.
    pub colour: bool,
    /// The locale can show more than ASCII. Without it English is drawn: Chinese has no ASCII form.
    pub utf8: bool,
    /// Which colours.
    pub theme: Theme,
    /// Columns of the screen; None where there is no screen (a pipe, a replay): nothing is wrapped or cut there.
    pub width: Option<usize>,
    /// For somebody who listens: no colours, and nothing appears on a line that is being typed but what is typed.
    pub spoken: bool,
    /// For a room: a lesson's text sentence by sentence, between wide margins.
    pub large: bool,
    /// The names of namespaces; without the host's nothing tells `own` from `host`.
    pub names: Names,
}

impl Style {
    /// For pipes, replay and comparison: no colour, no width.
    pub fn plain(lang: Lang) -> Style {
        Style { lang, utf8: true, ..Style::default() }
    }

    /// The language that is drawn.
    pub fn lang(&self) -> Lang {
        if self.utf8 { self.lang } else { Lang::En }
    }

    /// A constant text in the language that is drawn.
    pub fn text(&self, text: &Text) -> &'static str {
        text.get(self.lang())
    }

    /// A message in the language that is drawn, made harmless.
    pub fn msg(&self, msg: &Msg) -> String {
        self.visible(msg.get(self.lang()))
    }

    /// Text made harmless; without UTF-8 also made ASCII.
    pub fn visible(&self, text: &str) -> String {
        let shown = super::visible(text);
        if self.utf8 { shown } else { ascii(&shown) }
    }

    /// Text in the colour of its role. The text must be harmless already.
    pub fn paint(&self, role: Role, text: &str) -> String {
        match role.paint(self.theme) {
            Some(paint) if self.colour && !text.is_empty() => text.style(paint).to_string(),
            _ => text.to_string(),
        }
    }

    /// The sign, as this locale can show it.
    pub fn sign(&self, sign: Sign) -> &'static str {
        let (utf8, ascii) = sign.forms();
        if self.utf8 { utf8 } else { ascii }
    }
}

/// What the terminal's background is like, and how far away people sit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    /// Bright on dark.
    #[default]
    Dark,
    /// Dark on bright.
    Light,
    /// For projectors: bold, inverse and underlined instead of colours.
    Contrast,
}

/// What a piece of text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)] // the words say it
pub enum Role {
    Plain,
    Dim,
    Head,
    Own,
    New,
    Good,
    Warn,
    Bad,
}

impl Role {
    fn paint(self, theme: Theme) -> Option<Paint> {
        let paint = Paint::new();
        match (theme, self) {
            (_, Role::Plain) | (Theme::Contrast, Role::Dim) => None,
            (_, Role::Dim) => Some(paint.dimmed()),
            (_, Role::Head) | (Theme::Contrast, Role::Own | Role::Good) => Some(paint.bold()),
            (Theme::Contrast, Role::New | Role::Bad) => Some(paint.bold().reversed()),
            (Theme::Contrast, Role::Warn) => Some(paint.bold().underline()),
            (_, Role::Bad) => Some(paint.red().bold()),
            (Theme::Dark, Role::Own | Role::Good) => Some(paint.green()),
            (Theme::Dark, Role::New) => Some(paint.cyan().bold()),
            (Theme::Dark, Role::Warn) => Some(paint.yellow()),
            // Green, cyan and yellow on white cannot be read.
            (Theme::Light, Role::Own | Role::Good) => Some(paint.blue().bold()),
            (Theme::Light, Role::New) => Some(paint.magenta().bold()),
            (Theme::Light, Role::Warn) => Some(paint.underline()),
        }
    }
}

impl From<Mark> for Role {
    fn from(mark: Mark) -> Role {
        match mark {
            Mark::Plain | Mark::Host => Role::Plain,
            Mark::Own => Role::Own,
            Mark::New => Role::New,
            Mark::Dim => Role::Dim,
            Mark::Warn => Role::Warn,
            Mark::Bad => Role::Bad,
        }
    }
}

/// The signs at the beginning of lines, and between values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)] // see the forms
pub enum Sign {
    Changed,
    Added,
    Removed,
    Unchanged,
    Next,
    Careful,
    Failed,
    Confirmed,
    Possible,
    Refuted,
    Cut,
}

impl Sign {
    /// The form in UTF-8, and in ASCII.
    fn forms(self) -> (&'static str, &'static str) {
        match self {
            Sign::Changed => ("~", "~"),
            Sign::Added => ("+", "+"),
            Sign::Removed => ("-", "-"),
            Sign::Unchanged => ("=", "="),
            Sign::Next => ("→", "->"),
            Sign::Careful => ("!", "!"),
            Sign::Failed | Sign::Refuted => ("✗", "x"),
            Sign::Confirmed => ("✓", "v"),
            Sign::Possible => ("?", "?"),
            Sign::Cut => ("…", "~"),
        }
    }
}

fn ascii(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '→' => shown.push_str("->"),
            '…' => shown.push_str("..."),
            '–' | '—' => shown.push('-'),
            '‘' | '’' => shown.push('\''),
            '“' | '”' => shown.push('"'),
            '·' => shown.push('.'),
            '×' => shown.push('x'),
            '├' => shown.push('|'),
            '└' => shown.push('`'),
            '│' => shown.push('|'),
            '─' => shown.push('-'),
            c if c.is_ascii() => shown.push(c),
            c => shown.extend(c.escape_unicode()),
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_utf8_everything_is_ascii_and_english() {
        let style = Style { lang: Lang::Zh, ..Style::default() };
        let text = style.msg(&Msg::new("caf\u{e9} → “x”", "中文"));
        assert_eq!(text, "caf\\u{e9} -> \"x\"");
        assert!(style.sign(Sign::Confirmed).is_ascii());
    }

    #[test]
    fn colour_is_added_only_when_asked_for() {
        let plain = Style::plain(Lang::En);
        assert_eq!(plain.paint(Role::Bad, "no"), "no");
        let coloured = Style { colour: true, ..plain };
        assert!(coloured.paint(Role::Bad, "no").starts_with("\x1b["));
        assert_eq!(coloured.paint(Role::Plain, "so"), "so");
    }
}
