//! One JSON object a line, for programs, and harmless on any terminal.
//!
//! Never here: what stands in it.

use std::fmt::Write as _;

use serde_json::Value;

use crate::domain::text::is_unsafe_to_show;

/// An object with what another one holds besides, which stands in the place of what has the same name. Null counts
/// as an object that holds nothing.
pub fn with(mut object: Value, more: Value) -> Value {
    match (&mut object, more) {
        (Value::Object(fields), Value::Object(more)) => fields.extend(more),
        (Value::Null, more) => return more,
        _ => {}
    }
    object
}

/// The object in one line. Characters that could drive a terminal or hide themselves stand in it as
/// `\u` escapes (RFC 8259 section 7): a program reads the same text.
pub fn line(value: &Value) -> String {
    let plain = value.to_string();
    let mut out = String::with_capacity(plain.len());
    for character in plain.chars() {
        if is_unsafe_to_show(character) {
            for unit in character.encode_utf16(&mut [0; 2]) {
                // Writing to a String does not fail.
                let _ = write!(out, "\\u{unit:04x}");
            }
        } else {
            out.push(character);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_object_holds_what_was_put_with_it() {
        let object = serde_json::json!({"kind": "a", "number": 1});
        let more = serde_json::json!({"kind": "b", "text": "c"});
        let both = serde_json::json!({"kind": "b", "number": 1, "text": "c"});
        assert_eq!(with(object, more.clone()), both);
        assert_eq!(with(Value::Null, more.clone()), more);
    }

    #[test]
    fn what_drives_a_terminal_is_escaped_and_read_back_the_same() {
        let value = serde_json::json!({"text": "a\u{9b}2J\u{202e}b\u{e0041}\n\u{1b}c"});
        let line = line(&value);
        assert!(!line.chars().any(is_unsafe_to_show), "{line}");
        assert_eq!(serde_json::from_str::<Value>(&line).unwrap(), value);
    }
}
