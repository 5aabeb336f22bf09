//! The head of a lesson: what stands before the first step.

use super::read::Reader;
use super::text::{Piece, pair};
use super::words::{did_you_mean, exposed, sources};
use super::{Condition, Para, VERSION};

/// The words that may begin a line of the head.
pub(super) const HEAD: [&str; 9] = ["id", "title", "needs", "after", "source", "exposes", "minutes", "en", "teacher"];

impl Reader {
    /// The first line.
    pub(super) fn version(&mut self, piece: Piece<'_>) {
        let (word, number) = piece.word();
        if word.text != "lesson" {
            let (en, zh) = (format!("expected `lesson {VERSION}` in the first line"), format!("第一行应为 `lesson {VERSION}`"));
            self.faults.push(piece.fault(en, zh));
        } else if number.text.parse() != Ok(VERSION) {
            self.faults.push(number.fault(
                format!("expected version {VERSION} of the format: this program reads no other"),
                format!("此处应为格式版本 {VERSION}：本程序只读这一版本"),
            ));
        }
    }

    /// Any other.
    pub(super) fn in_head(&mut self, piece: Piece<'_>, word: Piece<'_>, rest: Piece<'_>) {
        let Some(name) = HEAD.iter().find(|name| **name == word.text) else {
            let near = did_you_mean(word.text, &HEAD);
            self.faults.push(piece.fault(
                format!(
                    "`{}` is no line of a lesson's head{}; expected one of: {}, or `== STEP`",
                    word.text,
                    near.en,
                    HEAD.join(" ")
                ),
                format!("课程头部没有 `{}` 这样的行{}；可用的有：{}，或 `== 步骤`", word.text, near.zh, HEAD.join(" ")),
            ));
            return;
        };
        if !matches!(*name, "teacher" | "source") {
            if self.seen.contains(name) {
                self.faults.push(word.fault(format!("`{name}` stands in the head already"), format!("头部已有 `{name}`")));
            }
            self.seen.push(name);
        }
        if rest.text.is_empty() {
            return self.faults.push(rest.fault(format!("expected something after `{name}`"), format!("`{name}` 之后应有内容")));
        }
        match *name {
            "id" => {
                self.id(rest);
                self.lesson.id = rest.text.to_string();
            }
            "title" => self.keep(pair(rest), |reader, title| reader.lesson.title = title),
            "needs" => self.keep(Condition::read(rest), |reader, needs| reader.lesson.needs = needs),
            "after" => self.lesson.after = rest.words().iter().map(|word| word.text.to_string()).collect(),
            "source" => self.lesson.source.extend(sources(rest)),
            "exposes" => self.keep(exposed(rest), |reader, ids| reader.lesson.exposes = ids),
            "minutes" => match rest.text.parse() {
                Ok(minutes) => self.lesson.minutes = Some(minutes),
                Err(_) => self.faults.push(rest.fault("expected a number of minutes", "此处应为分钟数")),
            },
            _ => self.keep(pair(rest), |reader, text| reader.lesson.teacher.push(Para { line: rest.line, text })),
        }
    }
}
