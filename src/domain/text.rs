//! Text from outside, made safe to show. Whoever prints what a Party, a form or a certificate says
//! passes it through here first.
//!
//! Never here: a change to what is stored or signed. Bytes are kept; only their showing is guarded.

use std::fmt::Write as _;

use super::joiners;

/// The text with every character that could drive a terminal, break a line, turn the direction of
/// writing or hide itself written out, such as `\u{202e}`. A backslash is doubled, so that what is
/// written out can't be mistaken for what was written.
pub fn shown(text: &str) -> String {
    written_out(text, "\\\\")
}

/// As `shown`, of a sentence of the node's own in which what others wrote stands in quotation marks, and was written out
/// there: a backslash stays one. Doubled once more, it would no longer say that the mark after it is theirs.
pub fn shown_sentence(text: &str) -> String {
    written_out(text, "\\")
}

fn written_out(text: &str, backslash: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for (character, safety) in with_safety(text) {
        match (character, safety) {
            ('\\', _) => out.push_str(backslash),
            ('\n', _) => out.push_str("\\n"),
            ('\t', _) => out.push_str("\\t"),
            ('\r', _) => out.push_str("\\r"),
            (_, Safety::Unsafe) => {
                // Writing to a String does not fail.
                let _ = write!(out, "\\u{{{:x}}}", u32::from(character));
            }
            (_, Safety::Safe) => out.push(character),
        }
    }
    out
}

/// The lines of a longer text, each safe to show.
pub fn shown_lines(text: &str) -> Vec<String> {
    text.split('\n').map(|line| shown(line.strip_suffix('\r').unwrap_or(line))).collect()
}

/// Whether a character may be shown where it stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Safety {
    Safe,
    Unsafe,
}

/// Each character of a text. A joiner is safe where it changes how the letters beside it are written.
pub fn with_safety(text: &str) -> impl Iterator<Item = (char, Safety)> {
    text.char_indices().map(|(at, character)| {
        let meant = || {
            let (before, after) = text.split_at_checked(at).unwrap_or_default();
            joiners::is_meant(before, character, after.get(character.len_utf8()..).unwrap_or_default())
        };
        let is_unsafe = is_unsafe_to_show(character) && !(is_joiner(character) && meant());
        (character, if is_unsafe { Safety::Unsafe } else { Safety::Safe })
    })
}

/// Whether a text holds what may not be shown where it stands; a line break is such.
pub fn hides(text: &str) -> bool {
    with_safety(text).any(|(_, safety)| safety == Safety::Unsafe)
}

/// As `hides`, of a text of several lines.
pub fn lines_hide(text: &str) -> bool {
    with_safety(text).any(|(c, safety)| safety == Safety::Unsafe && !matches!(c, '\n' | '\r' | '\t'))
}

fn is_joiner(character: char) -> bool {
    matches!(character, '\u{200c}' | '\u{200d}')
}

/// Whether a character shows as something else than itself, or as nothing, wherever it stands. Sources: Unicode general
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
    fn in_a_sentence_of_our_own_what_was_written_out_stays_as_it_is() {
        let sentence = format!("called {:?}", "a\", at \\");
        assert_eq!(shown_sentence(&sentence), sentence);
        assert_eq!(shown_sentence("a\u{202e}\nb"), "a\\u{202e}\\nb");
    }

    #[test]
    fn a_joiner_is_shown_where_letters_are_written_otherwise_by_it() {
        let table = [
            // Persian, with a mark between as well; Hindi and Sinhala; Malayalam at the end of a word.
            ("می\u{200c}خواهم", true),
            ("میِ\u{200c}خواهم", true),
            ("क्\u{200c}ष", true),
            ("ක්\u{200d}ෂ", true),
            ("ന്\u{200d}", true),
            // After a letter that joins nothing behind it; beside nothing; beside Latin; twice; alone.
            ("روز\u{200c}ها", false),
            ("می\u{200c}", false),
            ("می\u{200c} خواهم", false),
            ("a\u{200c}b", false),
            ("a\u{200d}b", false),
            ("می\u{200d}خواهم", false),
            ("می\u{200c}\u{200c}خواهم", false),
            ("क्\u{200d}\u{200d}ष", false),
            ("می\u{202e}\u{200c}خواهم", false),
            ("\u{200c}", false),
        ];
        for (text, let_through) in table {
            assert_eq!(shown(text) == text, let_through, "{}", shown(text));
            assert_eq!(hides(text), !let_through, "{}", shown(text));
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
