//! Typing: what a key does to what is written, and the rows in which it stands on the screen.
//!
//! Never here: a character that is dropped without a word. What does not fit is not taken, and that is said.

use unicode_width::UnicodeWidthChar as _;

use crate::domain::text::shown;

/// A key that moves in the text or takes something out of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Edit {
    Left,
    Right,
    Home,
    End,
    Backspace,
    Delete,
    /// The line up to the cursor and, where that is empty, the break before it: pressed on, all that is written.
    Line,
}

/// What is being written.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Written {
    pub text: String,
    /// Where the next character goes: a byte of `text` that begins one, or its end.
    cursor: usize,
}

impl Written {
    /// With the cursor behind it.
    pub fn of(text: impl Into<String>) -> Written {
        let text = text.into();
        Written { cursor: text.len(), text }
    }

    /// Puts a text at the cursor: all of it or, where the whole would have more bytes than these, nothing.
    ///
    /// # Errors
    /// The rule that it would break.
    pub fn insert(&mut self, text: &str, bytes_max: usize) -> Result<(), String> {
        if self.text.len().saturating_add(text.len()) > bytes_max {
            return Err(format!("no more than {bytes_max} bytes have room here"));
        }
        let (before, after) = self.halves();
        let whole = [before, text, after].concat();
        self.cursor = self.cursor.saturating_add(text.len());
        self.text = whole;
        Ok(())
    }

    pub fn edit(&mut self, edit: Edit) {
        let (before, after) = self.halves();
        let last = before.chars().next_back().map_or(0, char::len_utf8);
        let next = after.chars().next().map_or(0, char::len_utf8);
        let line_before = before.rfind('\n').map_or(0, |at| at.saturating_add(1));
        let line_after = after.find('\n').unwrap_or(after.len());
        match edit {
            Edit::Left => self.cursor = self.cursor.saturating_sub(last),
            Edit::Right => self.cursor = self.cursor.saturating_add(next),
            Edit::Home => self.cursor = line_before,
            Edit::End => self.cursor = self.cursor.saturating_add(line_after),
            Edit::Backspace | Edit::Line => {
                let one = self.cursor.saturating_sub(last);
                let start = if edit == Edit::Line { one.min(line_before) } else { one };
                self.text = [before.get(..start).unwrap_or_default(), after].concat();
                self.cursor = start;
            }
            Edit::Delete => {
                self.text = [before, after.get(next..).unwrap_or_default()].concat();
            }
        }
    }

    fn halves(&self) -> (&str, &str) {
        self.text.split_at_checked(self.cursor).unwrap_or((&self.text, ""))
    }

    /// The text in rows of so many columns, safe to show, and where the cursor stands: row and column.
    pub fn rows(&self, columns: usize) -> (Vec<String>, (usize, usize)) {
        let mut page = Page { rows: vec![String::new()], at: 0, columns: columns.max(2) };
        let (before, after) = self.halves();
        page.put(before);
        let cursor = (page.rows.len().saturating_sub(1), page.at);
        page.put(after);
        (page.rows, cursor)
    }
}

struct Page {
    rows: Vec<String>,
    /// The column after the last row's text.
    at: usize,
    columns: usize,
}

impl Page {
    fn put(&mut self, text: &str) {
        for (number, line) in text.split('\n').enumerate() {
            if number > 0 {
                self.turn();
            }
            for character in shown(line).chars() {
                let wide = character.width().unwrap_or(1);
                // The cursor needs a column behind the text.
                if self.at.saturating_add(wide) >= self.columns {
                    self.turn();
                }
                self.at = self.at.saturating_add(wide);
                if let Some(row) = self.rows.last_mut() {
                    row.push(character);
                }
            }
        }
    }

    fn turn(&mut self) {
        self.rows.push(String::new());
        self.at = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROOM: usize = 8_192;

    #[test]
    fn keys_move_in_the_text_and_take_out_of_it_by_whole_characters() {
        let mut written = Written::of("Один\nдва");
        for edit in [Edit::Home, Edit::Left, Edit::Backspace, Edit::Home, Edit::Delete, Edit::End] {
            written.edit(edit);
        }
        assert_eq!((written.text.as_str(), written.cursor), ("ди\nдва", 4));
        written.insert("н", ROOM).unwrap();
        written.edit(Edit::Right);
        assert_eq!((written.text.as_str(), written.cursor), ("дин\nдва", 7));
        let mut empty = Written::default();
        for edit in [Edit::Left, Edit::Right, Edit::Home, Edit::End, Edit::Backspace, Edit::Delete] {
            empty.edit(edit);
        }
        assert_eq!(empty, Written::default());
    }

    #[test]
    fn one_key_takes_out_a_line_up_to_the_cursor_and_pressed_on_all_that_is_written() {
        let mut written = Written::of("Один\nдва");
        written.edit(Edit::Left);
        for left in ["Один\nа", "Одина", "а", "а"] {
            written.edit(Edit::Line);
            assert_eq!(written.text, left);
        }
        assert_eq!(written.cursor, 0);
    }

    #[test]
    fn a_text_over_the_limit_is_not_taken_rather_than_cut() {
        let mut written = Written::of("abc");
        let over = "x".repeat(ROOM - 2);
        assert!(written.insert(&over, ROOM).unwrap_err().contains("8192 bytes"));
        assert_eq!(written.text, "abc");
    }

    #[test]
    fn rows_hold_the_text_as_it_is_safe_to_show_and_the_cursor_stands_where_it_goes_on() {
        let mut written = Written::of("大演習\nab\u{1b}c");
        assert_eq!(
            written.rows(6),
            (vec!["大演".into(), "習".into(), "ab\\u{".into(), "1b}c".into()], (3, 4))
        );
        written.edit(Edit::Home);
        assert_eq!(written.rows(6).1, (2, 0));
        assert_eq!(Written::default().rows(6), (vec![String::new()], (0, 0)));
    }
}
