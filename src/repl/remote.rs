//! The teacher's keys while a lesson is presented: on an empty line the arrows go by step, and Tab takes over and gives back.

use rustyline::{Cmd, ConditionalEventHandler, Event, EventContext, EventHandler, KeyCode, KeyEvent, Modifiers, RepeatCount};
use std::sync::{Arc, Mutex, PoisonError};

/// What a key asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Press {
    /// Type for real, or give back.
    Hand,
    /// A step back.
    Back,
    /// A step on.
    On,
}

const KEYS: [(KeyCode, Press); 5] = [
    (KeyCode::Tab, Press::Hand),
    (KeyCode::Left, Press::Back),
    (KeyCode::PageUp, Press::Back),
    (KeyCode::Right, Press::On),
    (KeyCode::PageDown, Press::On),
];

/// Which keys mean something at this prompt, and which was pressed: shared with the editor.
#[derive(Clone, Debug, Default)]
pub struct Remote(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    /// What may be asked for.
    takes: &'static [Press],
    /// The line that the lesson typed: as long as it is untouched, Tab takes over there, too.
    typed: String,
    pressed: Option<Press>,
}

impl Remote {
    /// Binds the keys. With none armed they do what they always do.
    pub fn bind(&self, mut bind: impl FnMut(KeyEvent, EventHandler)) {
        for (code, press) in KEYS {
            bind(KeyEvent(code, Modifiers::NONE), EventHandler::Conditional(Box::new(Key { remote: self.clone(), press })));
        }
    }

    /// What may be asked for at the next prompt, at which the lesson typed this line.
    pub fn arm(&self, takes: &'static [Press], typed: &str) {
        *self.state() = State { takes, typed: typed.into(), pressed: None };
    }

    /// The key that ended the prompt.
    pub fn pressed(&self) -> Option<Press> {
        self.state().pressed.take()
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

struct Key {
    remote: Remote,
    press: Press,
}

impl ConditionalEventHandler for Key {
    fn handle(&self, _: &Event, _: RepeatCount, _: bool, at: &EventContext<'_>) -> Option<Cmd> {
        let mut state = self.remote.state();
        let untouched = at.line().is_empty() || self.press == Press::Hand && at.line() == state.typed;
        if !untouched || !state.takes.contains(&self.press) {
            return None;
        }
        state.pressed = Some(self.press);
        Some(Cmd::Interrupt)
    }
}
