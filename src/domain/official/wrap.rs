//! Text in lines no wider than they may be. Width is counted in columns of a terminal or a typewriter:
//! 2 for a wide character, 0 for one that stands on the one before it (Unicode Standard Annex 11).
//!
//! Never here: a character left out, but the one space where a line ends.

use unicode_width::UnicodeWidthChar as _;

/// How many columns the text takes at most. Where characters join, a terminal may need fewer.
pub fn columns(text: &str) -> usize {
    text.chars().map(column).sum()
}

fn column(character: char) -> usize {
    character.width().unwrap_or(1)
}

/// As much of the text as fits, with `…` in the place of the rest. A character that stands on another goes
/// with it.
pub fn cut(text: &str, columns_max: usize) -> String {
    if columns(text) <= columns_max {
        return text.to_owned();
    }
    let (mut out, mut taken) = (String::new(), 1_usize);
    for character in text.chars() {
        taken = taken.saturating_add(column(character));
        if taken > columns_max {
            break;
        }
        out.push(character);
    }
    out.push('…');
    out
}

/// The text in lines: the first of at most `first` columns, those after it of at most `rest`. Lines end
/// at spaces; what has none is broken where it must be, never before a character that stands on another, nor within
/// a character that is written out, such as `\u{1b}`, unless a line has no room for all of it.
pub fn wrapped(text: &str, first: usize, rest: usize) -> Vec<&str> {
    let mut lines = Vec::new();
    let (mut left, mut columns_max) = (text, first);
    while let Some((line, after)) = broken(left, columns_max) {
        lines.push(line);
        (left, columns_max) = (after, rest);
    }
    lines.push(left);
    lines
}

/// One full line and what follows; `None` if all of it fits.
fn broken(text: &str, columns_max: usize) -> Option<(&str, &str)> {
    let (mut columns, mut at_space, mut blank) = (0_usize, None, true);
    for (at, character) in text.char_indices() {
        let wider = columns.saturating_add(column(character));
        if wider > columns_max && column(character) > 0 && at > 0 {
            return match at_space {
                _ if character == ' ' => without_space(text, at),
                Some(space) => without_space(text, space),
                None => text.split_at_checked(before_escape(text, at).unwrap_or(at)),
            };
        }
        columns = wider;
        if character == ' ' && !blank {
            at_space = Some(at);
        }
        blank &= character == ' ';
    }
    None
}

/// Where a character begins that is written out, as `shown` does it, and that a break here would cut in two.
fn before_escape(text: &str, at: usize) -> Option<usize> {
    let before = text.get(..at)?;
    let start = before.rfind('\\').filter(|start| *start > 0)?;
    // Of two the second ends what the first began.
    let backslashes = before.bytes().rev().skip(at.saturating_sub(start).saturating_sub(1));
    let begins = backslashes.take_while(|byte| *byte == b'\\').count() % 2 == 1;
    let written = text.get(start..)?;
    let mut code_point = written.bytes().take("\\u{10ffff}".len());
    let end = code_point.position(|byte| byte == b'}').filter(|_| written.starts_with("\\u{"));
    let length = end.map_or(2, |end| end.saturating_add(1));
    (begins && at < start.saturating_add(length)).then_some(start)
}

fn without_space(text: &str, space: usize) -> Option<(&str, &str)> {
    let (line, after) = text.split_at_checked(space)?;
    Some((line, after.strip_prefix(' ').unwrap_or(after)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_end_at_spaces_and_long_words_are_broken() {
        assert_eq!(wrapped("one two three", 7, 7), ["one two", "three"]);
        assert_eq!(wrapped("one two three", 7, 4), ["one two", "thre", "e"]);
        assert_eq!(wrapped("abcdefgh", 3, 3), ["abc", "def", "gh"]);
        assert_eq!(wrapped("", 3, 3), [""]);
        assert_eq!(wrapped("   indented", 6, 6), ["   ind", "ented"]);
    }

    #[test]
    fn a_character_that_is_written_out_stands_on_one_line() {
        for room in 5..=10 {
            assert_eq!(wrapped("abcde\\u{1b}fgh", room, 11), ["abcde", "\\u{1b}fgh"], "{room}");
        }
        assert_eq!(wrapped("abcde\\u{1b}fgh", 11, 11), ["abcde\\u{1b}", "fgh"]);
        assert_eq!(wrapped("abc\\\\d", 4, 4), ["abc", "\\\\d"]);
        assert_eq!(wrapped("abc\\\\d", 5, 5), ["abc\\\\", "d"]);
        assert_eq!(wrapped("\\u{10ffff}", 4, 4), ["\\u{1", "0fff", "f}"], "no line has room for it");
    }

    #[test]
    fn what_does_not_fit_is_cut_by_its_width() {
        assert_eq!(cut("abcd", 4), "abcd");
        assert_eq!(cut("abcde", 4), "abc…");
        assert_eq!(cut("大演習", 5), "大演…");
        assert_eq!(cut("大演習", 4), "大…");
        assert_eq!(cut("ae\u{301}bc", 3), "ae\u{301}…");
    }

    #[test]
    fn wide_characters_take_two_columns_and_marks_stay_where_they_belong() {
        assert_eq!(wrapped("大演習", 4, 4), ["大演", "習"]);
        assert_eq!(wrapped("大演習", 5, 5), ["大演", "習"]);
        assert_eq!(wrapped("ae\u{301}o\u{302}", 2, 2), ["ae\u{301}", "o\u{302}"]);
    }
}
