//! Keys come as bytes and go on as bytes. Only the prefix key, mouse reports and the answer to our own question are taken out, and
//! nothing inside a bracketed paste.

/// Ctrl-].
pub const PREFIX: u8 = 0x1d;
/// Ctrl-Z.
pub const STOP: u8 = 0x1a;

/// A piece of what was typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// For the program.
    Raw(Vec<u8>),
    /// A report of the mouse (SGR): button bits, column and row from 1, pressed.
    Mouse {
        /// The button and its modifiers.
        button: u16,
        /// From 1.
        column: u16,
        /// From 1.
        row: u16,
        /// Else released.
        pressed: bool,
    },
    /// PageUp (true) or PageDown with these bytes: for the scroll-back, or for the program.
    Page(bool, Vec<u8>),
    /// Ctrl-Z: for the program, or for the whole bench.
    Stop,
    /// The prefix key was typed; its command comes next.
    Prefix,
    /// A command: the key after the prefix.
    Command(Key),
    /// The cursor is in this row and column: an answer to CSI 6n.
    At(u16, u16),
}

/// A key after the prefix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    /// This byte.
    Byte(u8),
    /// PageUp.
    PageUp,
    /// PageDown.
    PageDown,
    /// Some other key.
    Other,
}

/// Takes the bytes apart.
#[derive(Debug, Default)]
pub struct Keys {
    held: Vec<u8>,
    paste: bool,
    tail: Vec<u8>,
    prefix: bool,
    /// An answer to CSI 6n is expected.
    pub asked: bool,
}

enum Sequence {
    Whole(usize),
    Unfinished,
    Not,
}

impl Keys {
    /// Some bytes came. What may be the start of a sequence of ours is held back: [`Keys::flush`] it when nothing follows soon.
    pub fn feed(&mut self, bytes: &[u8]) -> Vec<Input> {
        self.held.extend_from_slice(bytes);
        self.take(false)
    }

    /// Is something held back?
    pub fn holds(&self) -> bool {
        !self.held.is_empty()
    }

    /// Nothing followed.
    pub fn flush(&mut self) -> Vec<Input> {
        self.take(true)
    }

    fn take(&mut self, all: bool) -> Vec<Input> {
        let held = std::mem::take(&mut self.held);
        let mut found: Vec<Input> = Vec::new();
        let mut at = 0;
        while at < held.len() {
            let rest = &held[at..];
            if self.paste {
                self.paste_byte(rest[0]);
                raw(&mut found, &rest[..1]);
                at += 1;
                continue;
            }
            if self.prefix {
                // An escape sequence is one key.
                let used = match sequence(rest) {
                    Sequence::Whole(length) => length,
                    Sequence::Unfinished if rest.len() > 1 && !all => break,
                    _ => 1,
                };
                self.prefix = false;
                found.push(Input::Command(match &rest[..used] {
                    b"\x1b[5~" => Key::PageUp,
                    b"\x1b[6~" => Key::PageDown,
                    [byte] => Key::Byte(*byte),
                    _ => Key::Other,
                }));
                at += used;
                continue;
            }
            if rest[0] == PREFIX {
                self.prefix = true;
                found.push(Input::Prefix);
                at += 1;
                continue;
            }
            if rest[0] == STOP {
                found.push(Input::Stop);
                at += 1;
                continue;
            }
            match sequence(rest) {
                Sequence::Whole(length) => {
                    self.sequence(&rest[..length], &mut found);
                    at += length;
                }
                // A lone escape is a key of its own, and never waits.
                Sequence::Unfinished if rest.len() > 1 && !all => break,
                _ => {
                    raw(&mut found, &rest[..1]);
                    at += 1;
                }
            }
        }
        self.held = held[at..].to_vec();
        found
    }

    fn sequence(&mut self, bytes: &[u8], found: &mut Vec<Input>) {
        match bytes {
            b"\x1b[200~" => {
                self.paste = true;
                self.tail.clear();
                raw(found, bytes);
            }
            b"\x1b[5~" => found.push(Input::Page(true, bytes.to_vec())),
            b"\x1b[6~" => found.push(Input::Page(false, bytes.to_vec())),
            [0x1b, b'[', b'<', numbers @ .., last @ (b'M' | b'm')] => {
                if let [button, column, row] = split(numbers)[..] {
                    found.push(Input::Mouse { button, column, row, pressed: *last == b'M' });
                }
            }
            [0x1b, b'[', numbers @ .., b'R'] if self.asked => {
                if let [row, column] = split(numbers)[..] {
                    self.asked = false;
                    found.push(Input::At(row, column));
                }
            }
            other => raw(found, other),
        }
    }

    fn paste_byte(&mut self, byte: u8) {
        const END: &[u8] = b"\x1b[201~";
        self.tail.push(byte);
        if self.tail.len() > END.len() {
            self.tail.remove(0);
        }
        if self.tail == END {
            self.paste = false;
        }
    }
}

/// A control sequence (CSI) at the start of these bytes.
fn sequence(bytes: &[u8]) -> Sequence {
    match bytes {
        [0x1b] | [0x1b, b'['] => Sequence::Unfinished,
        [0x1b, b'[', rest @ ..] => match rest.iter().position(|byte| !matches!(byte, 0x20..=0x3f)) {
            Some(end) if matches!(rest[end], 0x40..=0x7e) => Sequence::Whole(end + 3),
            // No terminal sends one as long as that.
            None if rest.len() < 32 => Sequence::Unfinished,
            _ => Sequence::Not,
        },
        _ => Sequence::Not,
    }
}

fn split(numbers: &[u8]) -> Vec<u16> {
    let text = String::from_utf8_lossy(numbers);
    text.split(';').filter_map(|number| number.parse().ok()).collect()
}

fn raw(found: &mut Vec<Input>, bytes: &[u8]) {
    match found.last_mut() {
        Some(Input::Raw(last)) => last.extend_from_slice(bytes),
        _ => found.push(Input::Raw(bytes.to_vec())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn raw(text: &str) -> Input {
        Input::Raw(text.as_bytes().to_vec())
    }

    #[test]
    fn keys_pass_as_they_are() {
        let mut keys = Keys::default();
        for text in ["a", "\x1b", "\x1b[A", "\x1bOP", "\x03", "\x1b[1;5C", "中", "\x1b\x1b"] {
            assert_eq!(keys.feed(text.as_bytes()), [raw(text)], "{text:?}");
            assert!(!keys.holds());
        }
        assert_eq!(keys.feed(b"\x1b[12;4R"), [raw("\x1b[12;4R")], "nobody asked");
    }

    #[test]
    fn the_prefix_takes_one_key() {
        let mut keys = Keys::default();
        let typed = keys.feed(b"a\x1dpb\x1a\x1d\x1b[5~\x1d\x1d");
        let byte = |byte| Input::Command(Key::Byte(byte));
        let wanted = [
            raw("a"),
            Input::Prefix,
            byte(b'p'),
            raw("b"),
            Input::Stop,
            Input::Prefix,
            Input::Command(Key::PageUp),
            Input::Prefix,
            byte(PREFIX),
        ];
        assert_eq!(typed, wanted);
    }

    #[test]
    fn a_paste_is_never_obeyed() {
        let mut keys = Keys::default();
        let paste = "\x1b[200~\x1dp\x1a\x1b[<0;1;1M\x1b[201~";
        assert_eq!(keys.feed(paste.as_bytes()), [raw(paste)]);
        assert_eq!(keys.feed(b"\x1dp"), [Input::Prefix, Input::Command(Key::Byte(b'p'))]);
    }

    #[test]
    fn a_report_in_pieces_is_put_together_and_half_a_one_is_handed_on() {
        let mut keys = Keys { asked: true, ..Keys::default() };
        assert_eq!(keys.feed(b"x\x1b[<64;1"), [raw("x")]);
        assert_eq!(keys.feed(b"0;5M"), [Input::Mouse { button: 64, column: 10, row: 5, pressed: true }]);
        assert_eq!(keys.feed(b"\x1b[24;80R"), [Input::At(24, 80)]);
        assert!(keys.feed(b"\x1b[<64").is_empty() && keys.holds());
        assert_eq!(keys.flush(), [raw("\x1b[<64")]);
        assert_eq!(keys.feed(b"\x1b[<65535;99999;1M"), [], "numbers that no terminal sends are dropped");
    }
}
