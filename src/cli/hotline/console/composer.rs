//! Typing: what a key does to the text that is written, and the rows in which it stands on the screen.
//!
//! Never here: a character that is dropped without a word. What does not fit is not taken, and that is said.

use unicode_width::UnicodeWidthChar as _;

use super::drafts::Draft;
use crate::domain::hotline::too_long;
use crate::domain::text::shown;
use crate::limits;

/// A key that moves in the text or takes something out of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Edit {
    Left,
    Right,
    Home,
    End,
    Backspace,
    Delete,
}

impl Draft {
    /// Puts a text at the cursor: all of it or, where the whole would be longer than any may be, nothing.
    ///
    /// # Errors
    /// The rule that it would break.
    pub fn insert(&mut self, text: &str) -> Result<(), String> {
        if self.text.len().saturating_add(text.len()) > limits::HOTLINE_TEXT_BYTES_MAX {
            let whole = [self.text.as_str(), text].concat();
            return Err(too_long(&whole).unwrap_or_default());
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
            Edit::Backspace => {
                let start = self.cursor.saturating_sub(last);
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

    fn typed(text: &str) -> Draft {
        let mut draft = Draft::default();
        draft.insert(text).unwrap();
        draft
    }

    #[test]
    fn keys_move_in_the_text_and_take_out_of_it_by_whole_characters() {
        let mut draft = typed("Один\nдва");
        for edit in [Edit::Home, Edit::Left, Edit::Backspace, Edit::Home, Edit::Delete, Edit::End] {
            draft.edit(edit);
        }
        assert_eq!((draft.text.as_str(), draft.cursor), ("ди\nдва", 4));
        draft.insert("н").unwrap();
        draft.edit(Edit::Right);
        assert_eq!((draft.text.as_str(), draft.cursor), ("дин\nдва", 7));
        let mut empty = Draft::default();
        for edit in [Edit::Left, Edit::Right, Edit::Home, Edit::End, Edit::Backspace, Edit::Delete] {
            empty.edit(edit);
        }
        assert_eq!(empty, Draft::default());
    }

    #[test]
    fn a_text_over_the_limit_is_not_taken_rather_than_cut() {
        let mut draft = typed("abc");
        let over = "x".repeat(limits::HOTLINE_TEXT_BYTES_MAX - 2);
        assert!(draft.insert(&over).unwrap_err().contains("8192 bytes"));
        assert_eq!(draft.text, "abc");
    }

    #[test]
    fn rows_hold_the_text_as_it_is_safe_to_show_and_the_cursor_stands_where_it_goes_on() {
        let mut draft = typed("大演習\nab\u{1b}c");
        assert_eq!(draft.rows(6), (vec!["大演".into(), "習".into(), "ab\\u{".into(), "1b}c".into()], (3, 4)));
        draft.edit(Edit::Home);
        assert_eq!(draft.rows(6).1, (2, 0));
        assert_eq!(Draft::default().rows(6), (vec![String::new()], (0, 0)));
    }
}
