//! The reader of lesson files: line by line, all mistakes at once.

use super::expect::expected;
use super::text::{Piece, is_pair, join, pair};
use super::whole::of_step;
use super::words::{box_of, did_you_mean, exposed, sources};
use super::{Assert, Choice, Command, Condition, Ends, Expr, Fault, Hint, Item, Lesson, Para, Skip, Step, StepKind, VERSION};
use crate::model::Msg;

/// The words that may begin a line.
const MARKS: [&str; 17] = [
    "en", "zh", "$", "==", "assert", "hint", "skip", "try", "teacher", "source", "exposes", "( )", "(x)", "[ ]", "[x]", "(=)",
    "#",
];
/// Reads a lesson file.
///
/// Errors: all mistakes of the file, in the order of its lines; never only the first.
pub fn read(text: &str) -> Result<Lesson, Vec<Fault>> {
    let mut reader = Reader::default();
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    for (at, line) in text.lines().enumerate() {
        reader.line(Piece { line: at + 1, column: 1, text: line.trim_end() });
    }
    reader.end(text.lines().count().max(1))
}

/// A paragraph that is being read.
#[derive(Default)]
struct Open {
    line: usize,
    en: Vec<String>,
    zh: Vec<String>,
}

/// To whom an indented line belongs.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
enum Above {
    #[default]
    Nothing,
    Command,
    Choice,
}

#[derive(Default)]
pub(super) struct Reader {
    pub(super) lesson: Lesson,
    pub(super) faults: Vec<Fault>,
    begun: bool,
    pub(super) seen: Vec<&'static str>,
    step: Option<Step>,
    open: Option<Open>,
    above: Above,
}

impl Reader {
    fn line(&mut self, piece: Piece<'_>) {
        if piece.text.is_empty() {
            self.close();
            return;
        }
        if !self.begun {
            self.begun = true;
            return self.version(piece);
        }
        if piece.text.starts_with(' ') || piece.text.starts_with('\t') {
            return self.indented(piece);
        }
        let (word, rest) = piece.word();
        let continues = matches!(word.text, "en" | "zh");
        if !continues || self.above != Above::Nothing {
            self.close();
            self.above = Above::Nothing;
        }
        if word.text.starts_with('#') {
            return;
        }
        match word.text {
            "==" => self.step(rest),
            "en" | "zh" => self.text(piece),
            _ if self.step.is_some() => self.in_step(piece, word, rest),
            _ => self.in_head(piece, word, rest),
        }
    }

    fn indented(&mut self, piece: Piece<'_>) {
        match self.above {
            Above::Command => {
                let Some(text) = piece.text.strip_prefix("  ") else {
                    return self
                        .faults
                        .push(piece.fault("expected two blanks before a line of output", "输出行之前应有两个空格"));
                };
                let read = expected(Piece { text, ..piece.from(2) });
                let Some(Item::Run(command)) = self.step.as_mut().and_then(|step| step.items.last_mut()) else { return };
                match read {
                    Ok(Ok(line)) => command.shows.push(line),
                    Ok(Err(_)) if command.ends != Ends::Well => self
                        .faults
                        .push(piece.trim().fault("how this line ends has been said already", "这一行如何结束，前面已经写过")),
                    Ok(Err(ends)) => command.ends = ends,
                    Err(fault) => self.faults.push(fault),
                }
            }
            Above::Choice => {
                let piece = piece.trim();
                match piece.text.starts_with("en ") || piece.text.starts_with("zh ") {
                    true => self.text(piece),
                    false => self.faults.push(piece.fault(
                        "expected `en` or `zh`: below a choice stands what is said to who chose it",
                        "此处应为 `en` 或 `zh`：选项之下写的是对选择者的反馈",
                    )),
                }
            }
            Above::Nothing => self.faults.push(piece.trim().fault(
                "indented lines stand only below a `$` line (its output) or a choice (its feedback)",
                "缩进的行只能在 `$` 行之下（输出）或选项之下（反馈）",
            )),
        }
    }

    fn step(&mut self, rest: Piece<'_>) {
        self.put_step();
        let words = rest.words();
        let mut step = Step { line: rest.line, ..Step::default() };
        match words.first() {
            None => self.faults.push(rest.fault("expected a step's id after `==`", "`==` 之后应为步骤的 id")),
            Some(id) => {
                self.id(*id);
                step.id = id.text.to_string();
            }
        }
        if let Some(kind) = words.get(1) {
            match StepKind::WORDS.iter().find(|(word, _)| *word == kind.text) {
                Some((_, kind)) => step.kind = *kind,
                None => {
                    let list = StepKind::WORDS.map(|(word, _)| word).join(" ");
                    self.faults.push(
                        kind.fault(
                            format!("expected the kind of the step, one of: {list}"),
                            format!("此处应为步骤的种类：{list}"),
                        ),
                    );
                }
            }
        }
        if let Some(more) = words.get(2) {
            self.faults.push(more.fault("expected the end of the line", "此处应为行尾"));
        }
        self.step = Some(step);
    }

    pub(super) fn id(&mut self, piece: Piece<'_>) {
        if piece.text.is_empty() || !piece.text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-') {
            self.faults.push(piece.fault("expected an id: small letters, digits and -", "此处应为 id：小写字母、数字和 -"));
        }
    }

    fn in_step(&mut self, piece: Piece<'_>, word: Piece<'_>, rest: Piece<'_>) {
        let line = piece.line;
        if let Some((several, right)) = box_of(piece.text) {
            return self.choice(piece.from(3).trim(), several, right);
        }
        match word.text {
            "$" => match rest.text.is_empty() {
                true => self.faults.push(rest.fault("expected a line to type after `$`", "`$` 之后应为要输入的命令")),
                false => {
                    let command = Command { line, text: rest.text.to_string(), ..Command::default() };
                    self.above = Above::Command;
                    self.change(|step| step.items.push(Item::Run(command)));
                }
            },
            "assert" => self.keep(Expr::read(rest), |reader, expr| {
                let text = rest.text.to_string();
                reader.change(|step| step.asserts.push(Assert { line, text, expr }));
            }),
            "hint" => self.hint(rest),
            "skip" => self.skip(rest),
            "try" => self.keep(pair(rest), |reader, text| reader.change(|step| step.tries.push(Para { line, text }))),
            "teacher" => self.keep(pair(rest), |reader, text| reader.change(|step| step.teacher.push(Para { line, text }))),
            "source" => {
                let found = sources(rest);
                self.change(|step| step.source.extend(found));
            }
            "exposes" => self.keep(exposed(rest), |reader, ids| reader.change(|step| step.exposes.extend(ids))),
            _ if piece.text.starts_with("(=)") => {
                let answers: Vec<String> = piece.text[3..].split('|').map(|one| one.trim().to_string()).collect();
                match answers.iter().any(String::is_empty) {
                    true => self
                        .faults
                        .push(piece.fault("expected answers after `(=)`, `|` between them", "`(=)` 之后应为答案，用 `|` 分隔")),
                    false => self.change(|step| step.answers.extend(answers)),
                }
            }
            other => {
                let near = did_you_mean(other, &MARKS);
                self.faults.push(piece.fault(
                    format!("`{other}` begins no line of a step{}; expected one of: {}", near.en, MARKS.join("  ")),
                    format!("步骤中没有以 `{other}` 开头的行{}；可用的有：{}", near.zh, MARKS.join("  ")),
                ));
            }
        }
    }

    fn choice(&mut self, rest: Piece<'_>, several: bool, right: bool) {
        let line = rest.line;
        self.above = Above::Choice;
        let mixed = self.step.as_ref().is_some_and(|step| !step.choices.is_empty() && step.several != several);
        if mixed {
            self.faults.push(Fault::new(
                line,
                1,
                "`( )` and `[ ]` do not go together: one right choice, or several",
                "`( )` 与 `[ ]` 不能混用：前者单选，后者多选",
            ));
        }
        self.keep(pair(rest), |reader, text| {
            reader.change(|step| {
                step.several = several;
                step.choices.push(Choice { line, right, text, feedback: Vec::new() });
            });
        });
    }

    fn hint(&mut self, rest: Piece<'_>) {
        let line = rest.line;
        let (before, text) = rest.before_en();
        let when = match before.text.strip_prefix("when ") {
            Some(_) => Some(Expr::read(before.from(5))),
            None if before.text.is_empty() => None,
            None => {
                return self.faults.push(rest.fault(
                    "expected `en TEXT | zh TEXT`, or `when CONDITION en … | zh …`",
                    "此处应为 `en … | zh …`，或 `when 条件 en … | zh …`",
                ));
            }
        };
        let when = match when.transpose() {
            Ok(when) => when,
            Err(fault) => return self.faults.push(fault),
        };
        let text = pair(text.unwrap_or(rest.from(rest.text.len())));
        self.keep(text, |reader, text| reader.change(|step| step.hints.push(Hint { line, when, text })));
    }

    fn skip(&mut self, rest: Piece<'_>) {
        let line = rest.line;
        let (word, condition) = rest.word();
        if word.text != "unless" {
            return self
                .faults
                .push(word.fault("expected `unless CONDITION en WHY | zh 原因`", "此处应为 `unless 条件 en WHY | zh 原因`"));
        }
        let (before, text) = condition.before_en();
        let unless = match Condition::read(before) {
            Ok(unless) => unless,
            Err(fault) => return self.faults.push(fault),
        };
        let why = pair(text.unwrap_or(rest.from(rest.text.len())));
        self.keep(why, |reader, why| reader.change(|step| step.skips.push(Skip { line, unless, why })));
    }

    /// A line of a paragraph.
    fn text(&mut self, piece: Piece<'_>) {
        if is_pair(piece.text) {
            self.close();
            return self.keep(pair(piece), |reader, text| reader.put_para(Para { line: piece.line, text }));
        }
        let (mark, rest) = piece.word();
        if rest.text.is_empty() {
            return self.faults.push(rest.fault("expected text", "此处应有文字"));
        }
        let english = mark.text == "en";
        if english && self.open.as_ref().is_some_and(|open| !open.zh.is_empty()) {
            self.close();
        }
        let open = self.open.get_or_insert_with(|| Open { line: piece.line, ..Open::default() });
        if english { &mut open.en } else { &mut open.zh }.push(rest.text.to_string());
    }

    /// Ends the paragraph that is being read.
    fn close(&mut self) {
        let Some(open) = self.open.take() else { return };
        let missing = match (open.en.is_empty(), open.zh.is_empty()) {
            (true, _) => "en",
            (_, true) => "zh",
            _ => {
                let text = Msg::new(join(&open.en), join(&open.zh));
                return self.put_para(Para { line: open.line, text });
            }
        };
        self.faults.push(Fault::new(
            open.line,
            1,
            format!("this paragraph has no `{missing}`: both languages or none, `en` first"),
            format!("这一段缺少 `{missing}`：两种语言要么都有，要么都没有，`en` 在前"),
        ));
    }

    fn put_para(&mut self, para: Para) {
        let above = self.above;
        match &mut self.step {
            Some(step) if above == Above::Choice => {
                if let Some(choice) = step.choices.last_mut() {
                    choice.feedback.push(para);
                }
            }
            Some(step) => step.items.push(Item::Say(para)),
            None => self.lesson.opening.push(para),
        }
    }

    fn put_step(&mut self) {
        self.close();
        let Some(step) = self.step.take() else { return };
        self.faults.extend(of_step(&step, &self.lesson.steps));
        self.lesson.steps.push(step);
    }

    fn end(mut self, last: usize) -> Result<Lesson, Vec<Fault>> {
        self.put_step();
        if !self.begun {
            self.faults.push(Fault::new(
                1,
                1,
                format!("the file is empty; expected `lesson {VERSION}`"),
                format!("文件是空的；应为 `lesson {VERSION}`"),
            ));
        } else {
            for name in ["id", "title"].into_iter().filter(|name| !self.seen.contains(name)) {
                self.faults.push(Fault::new(1, 1, format!("the head has no `{name}`"), format!("头部缺少 `{name}`")));
            }
            if self.lesson.steps.is_empty() {
                self.faults.push(Fault::new(
                    last,
                    1,
                    "the lesson has no step: expected `== STEP`",
                    "课程没有步骤：应有 `== 步骤`",
                ));
            }
        }
        self.faults.sort_by_key(|fault| (fault.line, fault.column));
        if self.faults.is_empty() { Ok(self.lesson) } else { Err(self.faults) }
    }

    pub(super) fn keep<T>(&mut self, read: Result<T, Fault>, put: impl FnOnce(&mut Reader, T)) {
        match read {
            Ok(value) => put(self, value),
            Err(fault) => self.faults.push(fault),
        }
    }

    fn change(&mut self, change: impl FnOnce(&mut Step)) {
        if let Some(step) = &mut self.step {
            change(step);
        }
    }
}

#[cfg(test)]
#[path = "read_tests.rs"]
mod tests;
