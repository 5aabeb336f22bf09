//! Words in two languages: constants (`Text`) and sentences made at run time (`Msg`).

use serde::{Deserialize, Serialize};

/// The languages boxlab speaks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Lang {
    /// English.
    #[default]
    En,
    /// Chinese, simplified.
    Zh,
}

impl Lang {
    /// The language that a locale name such as `zh_CN.UTF-8` asks for (locale(7)).
    pub fn of_locale(locale: &str) -> Lang {
        if locale.starts_with("zh") { Lang::Zh } else { Lang::En }
    }

    /// `en` or `zh`.
    pub fn name(self) -> &'static str {
        match self {
            Lang::En => "en",
            Lang::Zh => "zh",
        }
    }
}

/// A constant text. A missing translation does not compile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Text {
    /// English.
    pub en: &'static str,
    /// Chinese.
    pub zh: &'static str,
}

impl Text {
    /// The text in one language.
    pub fn get(&self, lang: Lang) -> &'static str {
        match lang {
            Lang::En => self.en,
            Lang::Zh => self.zh,
        }
    }
}

/// A text made at run time, with numbers and names in it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Msg {
    /// English.
    pub en: String,
    /// Chinese.
    pub zh: String,
}

impl Msg {
    /// A message from its two wordings.
    pub fn new(en: impl Into<String>, zh: impl Into<String>) -> Msg {
        Msg { en: en.into(), zh: zh.into() }
    }

    /// A message that reads the same in every language: a path, a command, a number.
    pub fn same(text: impl Into<String>) -> Msg {
        let text = text.into();
        Msg { zh: text.clone(), en: text }
    }

    /// The message in one language.
    pub fn get(&self, lang: Lang) -> &str {
        match lang {
            Lang::En => &self.en,
            Lang::Zh => &self.zh,
        }
    }
}

impl From<Text> for Msg {
    fn from(text: Text) -> Msg {
        Msg::new(text.en, text.zh)
    }
}
