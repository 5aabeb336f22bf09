//! The interactive shell: read a line, run it, draw what it did. rustyline edits; the session does the rest.

mod complete;
mod hint;
pub mod history;
mod lesson;
mod place;
mod prompt;
mod remote;
mod scene;
mod speak;
mod terminal;
mod welcome;

use crate::command;
use crate::model::{Call, End, Note, Place, Report, Turn};
use crate::script;
use crate::session::{Session, keeper, signals};
use crate::ui::{self, Role, Style};
use lesson::{Class, Desk};
pub use lesson::{Show, Wanted, missing};
use rustyline::completion::{Completer, Pair};
use rustyline::config::Configurer;
use rustyline::error::ReadlineError;
use rustyline::highlight::{CmdKind, Highlighter};
use rustyline::hint::Hinter;
use rustyline::{Cmd, ColorMode, CompletionType, Config, Context, Editor, KeyEvent, history::DefaultHistory};
use rustyline::{Helper, Validator};
use scene::Scene;
use std::borrow::Cow;
use std::cell::RefCell;
use std::io::Write;
use std::path::PathBuf;
use std::time::Duration;

/// Between two keys of a line that the lesson types.
const KEY: Duration = Duration::from_millis(50);

/// How the shell begins.
#[derive(Clone, Debug, Default)]
pub struct Opening {
    /// What the pane would show is said in sentences.
    pub speaks: bool,
    /// The lesson that is asked for already.
    pub lesson: Option<Wanted>,
    /// The file that becomes a lesson of what is done; Enter on an empty line begins none then.
    pub records: Option<PathBuf>,
}

/// Runs the shell until `quit`, Ctrl-D, or a signal that ends it. Returns the exit status.
pub fn run(session: &mut Session, opening: &Opening) -> i32 {
    record(session, opening, &mut |_, _| {})
}

/// The same; each line that ran is told, with the PID that its subject has then.
pub fn record(session: &mut Session, opening: &Opening, told: &mut dyn FnMut(&Turn, i32)) -> i32 {
    let mut speaker = opening.speaks.then(speak::Speaker::default);
    let modes = terminal::Modes::take();
    let style = script::style(session);
    let mut editor = match editor(session, &style) {
        Ok(editor) => editor,
        Err(error) => {
            eprintln!("boxlab: {error}");
            return 1;
        }
    };
    // With a printer, which prints nothing, the editor waits for keys and signals at once, and looks at signals first: a Ctrl-C that
    // comes just before it waits does not wait for the next key. Nor does what is typed after it belong to the line before it.
    let _printer = editor.create_external_printer();
    crate::kernel::keep_from_programs();
    let file = history::file();
    if let Some(file) = &file {
        // A history that cannot be read is an empty one.
        let _ = editor.load_history(file);
    }
    let mut class = Class::open();
    let remote = remote::Remote::default();
    remote.bind(|key, handler| _ = editor.bind_sequence(key, handler));
    let welcomed =
        say(&welcome::welcome(&style, session.seen().holds_machine())).and_then(|()| match (&opening.lesson, &opening.records) {
            (Some(wanted), _) => class.opens(&mut Desk { style: style.clone(), session, modes: &modes }, wanted),
            (None, Some(file)) => {
                class.invites_to_nothing();
                say(&welcome::recording(file, &style))
            }
            (None, None) => say(&class.invitation(&style)),
        });
    if welcomed.is_err() {
        return 1;
    }
    // What was being typed when the bench was stopped.
    let mut kept: Option<String> = None;
    crate::kernel::forget_code();
    while !session.over() && signals::ending().is_none() {
        let style = script::style(session);
        let (calls, notes) = session.news(Duration::ZERO);
        let news = !calls.is_empty() || !notes.is_empty();
        if news && say(&drawn(&of_news(calls, notes), &style)).is_err() {
            break;
        }
        let spoken = speaker.as_mut().map(|speaker| speaker.lines(session, &style)).unwrap_or_default();
        if say(&(spoken + &class.footer(&style))).is_err() {
            break;
        }
        let (bare, painted) = renew(&mut editor, session, &style);
        session.report(&Report::Prompt(bare.clone()));
        let given = class.types();
        session.report(&Report::Pages(class.keys().contains(&remote::Press::Back)));
        remote.arm(class.keys(), given.as_deref().unwrap_or_default());
        let shown = given.as_ref().map_or(Ok(()), |line| by_hand(&painted, line, signals::interrupts));
        // Where nothing is edited, the terminal itself drops what was typed before Ctrl-C.
        if !terminal::dumb() {
            signals::line_begins();
        }
        let typed = shown.and_then(|()| match given.as_ref().or(kept.take().as_ref()) {
            Some(line) => editor.readline_with_initial(&(bare, painted), (line, "")),
            None => editor.readline(&(bare, painted)),
        });
        signals::line_ends();
        if terminal::dumb() {
            signals::interrupts();
        }
        session.report(&Report::Prompt(String::new()));
        crate::kernel::fail_if_asked();
        match typed {
            Ok(text) => {
                if !text.trim().is_empty() {
                    let _ = editor.add_history_entry(&text);
                    if let Some(file) = &file {
                        // At once, so that a killed session leaves it; where it cannot be written, it is not kept.
                        let _ = editor.append_history(file);
                    }
                }
                // An error is a screen that is gone.
                if lines(session, &mut class, &text, &modes, told).is_err() {
                    break;
                }
            }
            // Ctrl-C clears the line, and what rows of it are below the cursor; a key of the teacher's ends it in the same way.
            Err(ReadlineError::Interrupted | ReadlineError::Signal(_)) if signals::resumed() => {
                // Over the line feed of the editor, which has drawn nothing since then.
                kept = editor.helper().map(|assistant| assistant.typed.borrow().clone());
                if say("\x1b[A\r\x1b[J").is_err() {
                    break;
                }
            }
            Err(ReadlineError::Interrupted | ReadlineError::Signal(_)) => {
                let mut desk = Desk { style: class.style(session), session, modes: &modes };
                let pressed = match remote.pressed() {
                    Some(press) => class.press(&mut desk, press),
                    None => {
                        class.cleared();
                        Ok(())
                    }
                };
                if say("\x1b[J").and(pressed).is_err() {
                    break;
                }
            }
            Err(ReadlineError::Eof) => break,
            // Only the keeper was stopped, and the shell above took the terminal.
            Err(_) if signals::resumed() || keeper::is_in_background() => {
                kept = editor.helper().map(|assistant| assistant.typed.borrow().clone());
                keeper::wait_for_foreground();
            }
            // The terminal is gone.
            Err(_) => break,
        }
    }
    0
}

/// Runs what was typed: one line, or several that were pasted or stand with `;`. Errors: as [`say`].
fn lines(
    session: &mut Session,
    class: &mut Class,
    text: &str,
    modes: &terminal::Modes,
    told: &mut dyn FnMut(&Turn, i32),
) -> std::io::Result<()> {
    let mut desk = Desk { style: class.style(session), session, modes };
    if class.takes(&mut desk, text)? {
        return Ok(());
    }
    let unkept = if text.starts_with(' ') { " " } else { "" };
    let mut lines = command::split(text).into_iter().peekable();
    while let Some(line) = lines.next() {
        // Typed so soon after Enter that nothing had begun.
        if signals::interrupts() > 0 {
            return say(&(desk.style.paint(Role::Dim, "^C") + "\n"));
        }
        if !class.takes_line(&mut desk, &line)? {
            modes.lend(&line);
            let turn = desk.session.execute(&format!("{unkept}{line}"));
            desk.style = class.style(desk.session);
            told(&turn, desk.session.view().pid());
            modes.restore(&turn, &desk.style);
            say(&drawn(&turn, &desk.style))?;
            class.after(&mut desk, &turn, lines.peek().is_some())?;
        }
        if desk.session.over() || signals::ending().is_some() || signals::interrupts() > 0 {
            break;
        }
    }
    Ok(())
}

/// Shows a line as if somebody typed it; Enter and Ctrl-C hurry it.
fn by_hand(prompt: &str, line: &str, interrupts: fn() -> usize) -> rustyline::Result<()> {
    // What came before hurries nothing.
    interrupts();
    // On the prompt at which Enter was pressed.
    say(if terminal::dumb() { "" } else { "\x1b[A\r\x1b[J" })?;
    say(prompt)?;
    for (at, key) in line.char_indices() {
        say(&key.to_string())?;
        // Who types reads the next word first.
        let pause = if key == ' ' { 3 * KEY } else { KEY };
        let last = at + key.len_utf8() == line.len();
        if interrupts() > 0 || !last && terminal::enter_within(pause) {
            break;
        }
    }
    // The editor draws the same line anew, with the cursor at its end.
    Ok(say("\r\x1b[K")?)
}

/// What a turn looks like here.
fn drawn(turn: &Turn, style: &Style) -> String {
    ui::turn(turn, style)
}

/// What happened to the subjects while nobody typed, as a turn without a line.
fn of_news(calls: Vec<Call>, notes: Vec<Note>) -> Turn {
    Turn {
        line: String::new(),
        command: String::new(),
        subject: String::new(),
        place: Place::Shell,
        calls,
        end: End::Done,
        changes: Vec::new(),
        notes,
        view: Vec::new(),
        output: String::new(),
    }
}

fn say(text: &str) -> std::io::Result<()> {
    let mut out = std::io::stdout();
    out.write_all(text.as_bytes())?;
    out.flush()
}

type Bench = Editor<Assistant, DefaultHistory>;

fn editor(session: &Session, style: &Style) -> rustyline::Result<Bench> {
    let mut config = Config::builder()
        .completion_type(CompletionType::List)
        .history_ignore_space(true)
        .history_ignore_dups(true)?
        .max_history_size(2000)?
        // Ctrl-C stays a signal: `signals::line_begins` says why.
        .enable_signals(true)
        .color_mode(if style.colour { ColorMode::Enabled } else { ColorMode::Disabled });
    // A synchronized update begins and ends with a write of its own, and each write to the screen's terminal is a turn of a kernel thread
    // that the key's echo waits for. What one write brings the screen draws in one piece.
    config.enable_synchronized_output(!style.spoken && !session.is_heard());
    let mut editor = Editor::with_config(config.build())?;
    // Ctrl-Z is a signal (`session::signals`), which stops the whole bench; the editor would stop without the keeper.
    editor.bind_sequence(KeyEvent::ctrl('Z'), Cmd::Noop);
    editor.set_helper(Some(Assistant { scene: scene(session), style: style.clone(), prompt: 0, typed: RefCell::default() }));
    Ok(editor)
}

fn scene(session: &Session) -> Scene {
    let subjects = session.subjects();
    let names = subjects.iter().map(|subject| subject.name.clone()).collect();
    Scene::new(session.keeper(), session.view(), names, session.pins())
}

/// Tells the assistant how things stand; returns the prompt.
fn renew(editor: &mut Bench, session: &Session, style: &Style) -> (String, String) {
    let (bare, painted) = prompt::prompt(&session.view(), style);
    if let Some(assistant) = editor.helper_mut() {
        assistant.scene = scene(session);
        assistant.style = style.clone();
        assistant.prompt = ui::width(&bare);
    }
    (bare, painted)
}

/// What rustyline asks while a line is typed.
#[derive(Helper, Validator)]
struct Assistant {
    scene: Scene,
    style: Style,
    /// The prompt's width.
    prompt: usize,
    /// The line as it was last drawn.
    typed: RefCell<String>,
}

impl Completer for Assistant {
    type Candidate = Pair;

    fn complete(&self, line: &str, cursor: usize, _: &Context<'_>) -> rustyline::Result<(usize, Vec<Pair>)> {
        Ok(complete::complete(&self.scene, line, cursor))
    }
}

impl Hinter for Assistant {
    type Hint = hint::Missing;

    fn hint(&self, line: &str, cursor: usize, _: &Context<'_>) -> Option<hint::Missing> {
        use rustyline::hint::Hint;
        // This is asked for whenever the line is drawn, so also before the first key.
        signals::count_before_editor();
        *self.typed.borrow_mut() = line.into();
        if self.style.spoken {
            return None;
        }
        let hint = hint::hint(line, !self.style.colour).filter(|_| cursor == line.len())?;
        let columns = self.style.width.unwrap_or(usize::MAX);
        // One that would not fit on the row is left out: it would push the screen about at each key.
        (self.prompt + ui::width(line) + ui::width(hint.display()) < columns).then_some(hint)
    }
}

impl Highlighter for Assistant {
    fn highlight<'l>(&self, line: &'l str, _: usize) -> Cow<'l, str> {
        match hint::known(line) {
            Some((end, known)) => {
                let role = if known { Role::Head } else { Role::Warn };
                Cow::Owned(self.style.paint(role, &line[..end]) + &line[end..])
            }
            None => Cow::Borrowed(line),
        }
    }

    fn highlight_hint<'h>(&self, hint: &'h str) -> Cow<'h, str> {
        Cow::Owned(self.style.paint(Role::Dim, hint))
    }

    fn highlight_char(&self, _: &str, _: usize, kind: CmdKind) -> bool {
        // What needs no colour is written as it is typed; a line that is written anew is read out anew.
        !self.style.spoken && kind != CmdKind::MoveCursor
    }
}
