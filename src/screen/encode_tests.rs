//! The encoder held against the emulator: whatever programs write, a terminal that gets our bytes shows the same picture.

use super::*;
use crate::screen::emulator::Emulator;
use std::path::Path;

/// Two terminals: the programs' one, and the real one that gets only what the encoder writes.
struct Pair {
    inner: Emulator,
    outer: Emulator,
    encoder: Encoder,
    size: (usize, usize),
}

impl Pair {
    fn new(columns: usize, rows: usize) -> Pair {
        let mut outer = Emulator::new((columns, rows), false);
        outer.advance(b"\x1b[?7l");
        Pair { inner: Emulator::new((columns, rows), false), outer, encoder: Encoder::default(), size: (columns, rows) }
    }

    fn picture(of: &Emulator, (columns, rows): (usize, usize)) -> Frame {
        let mut frame = Frame::new(columns, rows);
        of.draw(&mut frame);
        frame.settle();
        frame
    }

    /// Draws a frame; says in which cell the two differ.
    fn frame(&mut self) -> Result<(), String> {
        let wanted = Pair::picture(&self.inner, self.size);
        let bytes = self.encoder.encode(&wanted).to_vec();
        self.outer.advance(&bytes);
        let got = Pair::picture(&self.outer, self.size);
        for (at, (wanted, got)) in wanted.cells.iter().zip(&got.cells).enumerate() {
            if !alike(wanted, got) {
                let (column, row) = (at % self.size.0, at / self.size.0);
                let bytes = String::from_utf8_lossy(&bytes).escape_debug().to_string();
                return Err(format!("column {column}, row {row}: wanted {wanted:?}\ngot {got:?}\nbytes {bytes}"));
            }
        }
        match wanted.cursor == got.cursor && (wanted.cursor.is_none() || wanted.shape == got.shape) {
            true => Ok(()),
            false => Err(format!("cursor: wanted {:?} {:?}, got {:?} {:?}", wanted.cursor, wanted.shape, got.cursor, got.shape)),
        }
    }

    fn resize(&mut self, columns: usize, rows: usize) {
        self.inner.resize(columns, rows);
        self.outer.resize(columns, rows);
        self.size = (columns.max(2), rows.max(1));
        self.encoder.forget();
    }
}

/// Dim colours that only a palette has come back as the plain ones; links without an ID get a fresh one.
fn alike(a: &Cell, b: &Cell) -> bool {
    let link = |cell: &Cell| cell.hyperlink().map(|link| link.uri().to_string());
    a.c == b.c
        && a.flags == b.flags
        && a.fg == b.fg
        && a.bg == b.bg
        && a.zerowidth().unwrap_or_default() == b.zerowidth().unwrap_or_default()
        && a.underline_color() == b.underline_color()
        && link(a) == link(b)
}

/// A small generator (xorshift): the same numbers at each run.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit.max(1) as u64) as usize
    }
}

/// A piece of what a program might write, or would rather not.
fn piece(random: &mut Random, columns: usize, rows: usize) -> String {
    const TEXTS: [&str; 16] = [
        "a",
        "hello world ",
        "中文宽字符",
        "命",
        "é",
        "e\u{301}",
        "❤\u{fe0f}",
        "👨\u{200d}👩\u{200d}👧",
        "🙂",
        "─│┌┐└┘",
        "█░",
        "ｱ",
        "\u{200b}x",
        "한글",
        "\t",
        "ZZ\u{300}\u{301}\u{302}\u{303}\u{304}\u{305}",
    ];
    const MODES: [&str; 12] = [
        "\x1b[?7l",
        "\x1b[?7h",
        "\x1b[4h",
        "\x1b[4l",
        "\x1b(0lqqk\x1b(B",
        "\x1b[?1049h",
        "\x1b[?1049l",
        "\x1b[?25l",
        "\x1b[?25h",
        "\x1b[6 q",
        "\x1b[2 q",
        "\x1b[0 q",
    ];
    match random.below(12) {
        0..=3 => TEXTS[random.below(TEXTS.len())].repeat(1 + random.below(4)),
        4 => format!("\x1b[{};{}H", 1 + random.below(rows + 2), 1 + random.below(columns + 2)),
        5 => {
            let colours = [31, 42, 93, 104, 0, 7, 1, 2, 3, 4, 9, 8, 39, 49];
            format!("\x1b[{};{}m", colours[random.below(colours.len())], colours[random.below(colours.len())])
        }
        6 => format!(
            "\x1b[38;2;{};1;2;48;5;{}m\x1b[4:{}m\x1b[58;5;{}m",
            random.below(256),
            random.below(256),
            random.below(6),
            random.below(256)
        ),
        7 => format!("\x1b[{}{}", random.below(5), ["K", "J", "X", "P", "@", "L", "M", "S", "T", "b"][random.below(10)]),
        8 => ["\r\n", "\n", "\r", "\x08", "\x1bM", "\x1bD", "\x1bE"][random.below(7)].into(),
        9 => MODES[random.below(MODES.len())].into(),
        10 => format!("\x1b]8;;http://x/{}\x1b\\link\x1b]8;;\x1b\\", random.below(9)),
        _ => (0..random.below(8)).map(|_| char::from(random.below(256) as u8)).collect(),
    }
}

#[test]
fn adversarial_streams_are_shown_as_they_are() {
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    for run in 0..60 {
        let (columns, rows) = (8 + random.below(40), 3 + random.below(12));
        let mut pair = Pair::new(columns, rows);
        for step in 0..60 {
            for _ in 0..1 + random.below(6) {
                let piece = piece(&mut random, columns, rows);
                pair.inner.advance(piece.as_bytes());
            }
            if let Err(why) = pair.frame() {
                panic!("run {run}, step {step}, {columns}x{rows}: {why}");
            }
        }
    }
}

#[test]
fn random_bytes_and_sizes_make_nothing_panic_and_nothing_wrong() {
    let mut random = Random(42);
    let mut pair = Pair::new(20, 6);
    for step in 0..3000 {
        if random.below(8) == 0 {
            pair.resize(random.below(60), random.below(20));
        }
        let bytes: Vec<u8> = (0..random.below(40)).map(|_| random.below(256) as u8).collect();
        pair.inner.advance(&bytes);
        let text = piece(&mut random, pair.size.0, pair.size.1);
        pair.inner.advance(text.as_bytes());
        if let Err(why) = pair.frame() {
            panic!("step {step}, {:?}: {why}", pair.size);
        }
    }
}

#[test]
fn recorded_sessions_are_shown_as_they_are() {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/streams");
    let mut count = 0;
    for entry in std::fs::read_dir(dir).expect("there are recordings").flatten() {
        let stream = std::fs::read(entry.path()).expect("it can be read");
        let mut pair = Pair::new(80, 24);
        // A frame may come in the middle of anything.
        for chunk in stream.chunks(97) {
            pair.inner.advance(chunk);
            if let Err(why) = pair.frame() {
                panic!("{}: {why}", entry.path().display());
            }
        }
        count += 1;
    }
    assert!(count >= 3, "{count} recordings");
}

#[test]
fn a_key_costs_few_bytes_and_nothing_costs_none() {
    let mut pair = Pair::new(120, 36);
    pair.inner.advance("满屏的文字 full screen\r\n".repeat(40).as_bytes());
    pair.frame().expect("alike");
    pair.inner.advance(b"x");
    let frame = Pair::picture(&pair.inner, pair.size);
    let cost = pair.encoder.encode(&frame).len();
    assert!(cost < 60, "{cost} bytes for one key");
    assert!(pair.encoder.encode(&frame).is_empty(), "nothing has changed");
}

#[test]
fn a_link_cannot_leave_its_sequence() {
    let mut pair = Pair::new(20, 3);
    pair.inner.advance("\x1b]8;;http://x/\u{9c}\u{7f}y\x1b\\z\x1b]8;;\x1b\\".as_bytes());
    let frame = Pair::picture(&pair.inner, pair.size);
    let text = String::from_utf8_lossy(pair.encoder.encode(&frame)).into_owned();
    assert!(!text.contains('\u{9c}') && !text.contains('\x7f'), "{text:?}");
}

/// Terminals do not agree on its width, so what follows is put where it belongs; behind what all give the same width nothing moves.
#[test]
fn behind_a_width_that_is_not_sure_the_cursor_is_put() {
    for (text, moves) in [("🙂x", true), ("e\u{301}x", true), ("─x", true), ("命x", false), ("ax", false)] {
        let mut pair = Pair::new(20, 3);
        pair.inner.advance(text.as_bytes());
        let frame = Pair::picture(&pair.inner, pair.size);
        let bytes = String::from_utf8_lossy(pair.encoder.encode(&frame)).into_owned();
        let column = if text.starts_with(['🙂', '命']) { 3 } else { 2 };
        let put = bytes.contains(&format!("\x1b[{column}Gx")) || bytes.contains(&format!(";{column}Hx"));
        assert_eq!(put, moves, "{text}: {bytes:?}");
    }
}

/// Only the second half of a wide character looks different: the character is written whole.
#[test]
fn half_a_character_is_never_written() {
    let mut pair = Pair::new(20, 3);
    pair.inner.advance("命".as_bytes());
    let mut frame = Pair::picture(&pair.inner, pair.size);
    pair.encoder.encode(&frame);
    frame.cells[1].bg = Color::Named(NamedColor::Red);
    let bytes = String::from_utf8_lossy(pair.encoder.encode(&frame)).into_owned();
    assert!(bytes.contains('命'), "{bytes:?}");
}
