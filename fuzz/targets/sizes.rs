//! Sizes, and the other words that stand for numbers: read without overflow, and shown so that they read back.
#![no_main]

use boxlab::command::args;
use boxlab::model::{Size, cap_name, cap_number, caps_text, resource};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let (head, rest) = data.split_at(data.len().min(8));
    let mut number = [0; 8];
    number[..head.len()].copy_from_slice(head);
    let number = u64::from_le_bytes(number);
    assert_eq!(Size::parse(&Size::show(number), 0), Ok(Size::Bytes(number)));
    let _ = (Size::about(number), caps_text(number, u64::MAX), cap_name(number as u8));
    let Ok(word) = std::str::from_utf8(rest) else { return };
    if let Ok(Size::Bytes(bytes)) = Size::parse(word, number) {
        assert!(!word.ends_with('%') || bytes <= number);
        assert_eq!(Size::parse(&Size::show(bytes), 0), Ok(Size::Bytes(bytes)));
    }
    if let Some(bit) = cap_number(word) {
        assert!(bit < 64, "a set of capabilities has 64 bits");
    }
    if let Some(signal) = args::signal(word) {
        assert!((0..=64).contains(&signal));
    }
    let _ = resource(word);
});
