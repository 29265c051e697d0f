//! Text from outside, made safe to show. Whoever prints what a Party, a form or a certificate says
//! passes it through here first.
//!
//! Never here: a change to what is stored or signed. Bytes are kept; only their showing is guarded.

use std::fmt::Write as _;

/// The text with every character that could drive a terminal, break a line, turn the direction of
/// writing or hide itself written out, such as `\u{202e}`. A backslash is doubled, so that what is
/// written out can't be mistaken for what was written.
pub fn shown(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            _ if is_unsafe_to_show(character) => {
                // Writing to a String does not fail.
                let _ = write!(out, "\\u{{{:x}}}", u32::from(character));
            }
            _ => out.push(character),
        }
    }
    out
}

/// The lines of a longer text, each safe to show.
pub fn shown_lines(text: &str) -> Vec<String> {
    text.split('\n').map(|line| shown(line.strip_suffix('\r').unwrap_or(line))).collect()
}

/// Whether a character shows as something else than itself, or as nothing. Sources: Unicode general
/// category Cc; the Bidi_Control and Default_Ignorable_Code_Point properties; line and paragraph
/// separators; the non-characters.
pub fn is_unsafe_to_show(character: char) -> bool {
    if character.is_control() {
        return true;
    }
    let code = u32::from(character);
    matches!(
        code,
        0x00AD
            | 0x034F
            | 0x061C
            | 0x115F..=0x1160
            | 0x17B4..=0x17B5
            | 0x180B..=0x180F
            | 0x200B..=0x200F
            | 0x2028..=0x202E
            | 0x2060..=0x206F
            | 0x3164
            | 0xFDD0..=0xFDEF
            | 0xFE00..=0xFE0F
            | 0xFEFF
            | 0xFFA0
            | 0xFFF0..=0xFFFB
            | 0x1BCA0..=0x1BCA3
            | 0x1D173..=0x1D17A
            | 0xE0000..=0xE0FFF
    ) || code & 0xFFFE == 0xFFFE
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_text_of_any_script_is_left_alone() {
        for text in ["Zapad-2025", "Союзная решимость", "大演習", "Ćwiczenia ‘Anakonda’", "تمرين"]
        {
            assert_eq!(shown(text), text);
        }
    }

    #[test]
    fn what_drives_a_terminal_or_hides_is_written_out() {
        let table = [
            ("a\u{1b}[2Jb", "a\\u{1b}[2Jb"),
            ("a\u{202e}b", "a\\u{202e}b"),
            ("a\u{200b}b", "a\\u{200b}b"),
            ("a\u{2028}b", "a\\u{2028}b"),
            ("a\u{9b}b", "a\\u{9b}b"),
            ("a\r\nb", "a\\r\\nb"),
            ("\\u{202e}", "\\\\u{202e}"),
            ("\u{e0041}", "\\u{e0041}"),
            ("\u{feff}", "\\u{feff}"),
        ];
        for (raw, safe) in table {
            assert_eq!(shown(raw), safe);
        }
    }

    #[test]
    fn two_texts_never_show_the_same() {
        assert_ne!(shown("a\nb"), shown("a\\nb"));
        assert_ne!(shown("\u{202e}"), shown("\\u{202e}"));
    }

    #[test]
    fn longer_text_keeps_its_lines() {
        assert_eq!(shown_lines("one\r\ntwo\u{7}"), ["one", "two\\u{7}"]);
    }
}
