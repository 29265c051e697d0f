//! Typing: what a key does to what is written, the rows in which it stands on the screen, and which of it has stood
//! there.
//!
//! Never here: a character that is dropped without a word. What does not fit is not taken, and that is said.

use std::borrow::Cow;
use std::ops::Range;

use unicode_width::UnicodeWidthChar as _;

use crate::domain::official::wrap::columns;
use crate::domain::text::{Safety, shown, with_safety};

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
    /// Of each byte of it, whether it has stood on the screen.
    seen: Vec<bool>,
    /// The row that was gone to, so that it stands on the screen; `None` where the rows follow the cursor.
    gone_to: Option<usize>,
}

impl Written {
    /// With the cursor behind it. None of it has stood on the screen.
    pub fn of(text: impl Into<String>) -> Written {
        let text = text.into();
        Written { cursor: text.len(), seen: vec![false; text.len()], text, gone_to: None }
    }

    /// Puts a text at the cursor: all of it or, where the whole would have more bytes than these, nothing.
    ///
    /// # Errors
    /// The rule that it would break.
    pub fn insert(&mut self, text: &str, bytes_max: usize) -> Result<(), String> {
        if self.text.len().saturating_add(text.len()) > bytes_max {
            return Err(format!("no more than {bytes_max} bytes have room here"));
        }
        self.put(self.cursor..self.cursor, text);
        Ok(())
    }

    pub fn edit(&mut self, edit: Edit) {
        self.follow_cursor();
        let (before, after) = self.halves();
        let last = before.chars().next_back().map_or(0, char::len_utf8);
        let next = after.chars().next().map_or(0, char::len_utf8);
        let line_before = before.rfind('\n').map_or(0, |at| at.saturating_add(1));
        let line_after = after.find('\n').unwrap_or(after.len());
        let one = self.cursor.saturating_sub(last);
        match edit {
            Edit::Left => self.cursor = one,
            Edit::Right => self.cursor = self.cursor.saturating_add(next),
            Edit::Home => self.cursor = line_before,
            Edit::End => self.cursor = self.cursor.saturating_add(line_after),
            Edit::Backspace => self.put(one..self.cursor, ""),
            Edit::Line => self.put(one.min(line_before)..self.cursor, ""),
            Edit::Delete => self.put(self.cursor..self.cursor.saturating_add(next), ""),
        }
    }

    /// One row up, in rows of so many columns, as far from their beginning as before.
    pub fn up(&mut self, columns: usize) {
        let page = self.page(columns);
        let (row, column) = page.cursor;
        if let Some(row) = row.checked_sub(1) {
            self.to(page.bytes(row), column);
        }
        self.follow_cursor();
    }

    /// One row down.
    pub fn down(&mut self, columns: usize) {
        let page = self.page(columns);
        let (row, column) = page.cursor;
        let row = row.saturating_add(1);
        if row < page.rows.len() {
            self.to(page.bytes(row), column);
        }
        self.follow_cursor();
    }

    /// Within the row that holds these bytes, up to a column.
    fn to(&mut self, row: Range<usize>, column: usize) {
        // Where a row goes on with a line, its first place is the last one of the row before.
        let before = self.text.get(..row.start).unwrap_or_default();
        let goes_on = !before.is_empty() && !before.ends_with('\n');
        let (mut at, mut cursor) = (0_usize, row.start);
        for (character, safety) in with_safety(self.text.get(row.clone()).unwrap_or_default()) {
            at = at.saturating_add(columns(&written_out(character, safety, &mut [0; 4])));
            let must = goes_on && cursor == row.start;
            if character == '\n' || at > column && !must {
                break;
            }
            cursor = cursor.saturating_add(character.len_utf8());
        }
        self.cursor = cursor;
    }

    /// In the place of these bytes, with the cursor behind it: none of it has stood on the screen.
    fn put(&mut self, bytes: Range<usize>, text: &str) {
        let Range { start, end } = bytes;
        let (Some(before), Some(after)) = (self.text.get(..start), self.text.get(end..)) else { return };
        let whole = [before, text, after].concat();
        let mut seen: Vec<bool> = self.seen.iter().take(start).copied().collect();
        seen.extend(std::iter::repeat_n(false, text.len()));
        seen.extend(self.seen.iter().skip(end));
        (self.text, self.seen) = (whole, seen);
        self.cursor = start.saturating_add(text.len());
        self.follow_cursor();
    }

    fn halves(&self) -> (&str, &str) {
        self.text.split_at_checked(self.cursor).unwrap_or((&self.text, ""))
    }

    /// The text in rows of so many columns.
    pub fn page(&self, columns: usize) -> Page {
        let mut page = Page {
            rows: vec![String::new()],
            cursor: (0, 0),
            begins: vec![0],
            bytes: 0,
            at: 0,
            columns: columns.max(2),
        };
        let (before, after) = self.halves();
        page.put(before);
        page.cursor = (page.rows.len().saturating_sub(1), page.at);
        page.put(after);
        page
    }

    /// These bytes stand on the screen.
    pub fn stands(&mut self, bytes: Range<usize>) {
        if let Some(seen) = self.seen.get_mut(bytes) {
            seen.fill(true);
        }
    }

    /// Of its rows of so many columns those of which something has not stood on the screen since it was written; in
    /// whichever rows it stood there.
    pub fn unseen(&self, columns: usize) -> Vec<usize> {
        let page = self.page(columns);
        let is_it = |row: &usize| self.seen.get(page.bytes(*row)).is_none_or(|seen| seen.contains(&false));
        (0..page.rows.len()).filter(is_it).collect()
    }

    /// Which row is to stand on the screen, where it is not that of the cursor.
    pub fn gone_to(&self) -> Option<usize> {
        self.gone_to
    }

    pub fn go_to(&mut self, row: usize) {
        self.gone_to = Some(row);
    }

    pub fn follow_cursor(&mut self) {
        self.gone_to = None;
    }
}

/// What is written, in rows.
pub struct Page {
    /// Safe to show.
    pub rows: Vec<String>,
    /// Where the cursor stands: row and column.
    pub cursor: (usize, usize),
    /// With which byte each row begins, and how many bytes there are.
    begins: Vec<usize>,
    bytes: usize,
    /// The column after the last row's text.
    at: usize,
    columns: usize,
}

impl Page {
    /// Which bytes of what is written stand in a row. A character that is written out over two stands in the second.
    pub fn bytes(&self, row: usize) -> Range<usize> {
        let begins = |row: usize| self.begins.get(row).copied().unwrap_or(self.bytes);
        begins(row)..begins(row.saturating_add(1))
    }

    fn put(&mut self, text: &str) {
        for (number, line) in text.split('\n').enumerate() {
            if number > 0 {
                // The break stands at the end of its row.
                self.bytes = self.bytes.saturating_add(1);
                self.turn();
            }
            for (character, safety) in with_safety(line) {
                for one in written_out(character, safety, &mut [0; 4]).chars() {
                    let wide = one.width().unwrap_or(1);
                    // The cursor needs a column behind the text.
                    if self.at.saturating_add(wide) >= self.columns {
                        self.turn();
                    }
                    self.at = self.at.saturating_add(wide);
                    if let Some(row) = self.rows.last_mut() {
                        row.push(one);
                    }
                }
                self.bytes = self.bytes.saturating_add(character.len_utf8());
            }
        }
    }

    fn turn(&mut self) {
        self.rows.push(String::new());
        self.begins.push(self.bytes);
        self.at = 0;
    }
}

/// A character of a text as it is safe to show there.
fn written_out(character: char, safety: Safety, bytes: &mut [u8; 4]) -> Cow<'_, str> {
    let one: &str = character.encode_utf8(bytes);
    match safety {
        Safety::Safe if character != '\\' => Cow::Borrowed(one),
        Safety::Safe | Safety::Unsafe => Cow::Owned(shown(one)),
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
        let page = written.page(6);
        assert_eq!(page.rows, ["大演", "習", "ab\\u{", "1b}c"]);
        assert_eq!(page.cursor, (3, 4));
        // A line break stands in the row that it ends, and what is written out over two rows in the second.
        let bytes: Vec<Range<usize>> = (0..5).map(|row| page.bytes(row)).collect();
        assert_eq!(bytes, [0..6, 6..10, 10..12, 12..14, 14..14]);
        written.edit(Edit::Home);
        assert_eq!(written.page(6).cursor, (2, 0));
        let empty = Written::default().page(6);
        assert_eq!((empty.rows, empty.cursor), (vec![String::new()], (0, 0)));
    }

    #[test]
    fn two_keys_go_through_what_is_written_row_by_row_and_come_back() {
        // Rows of four letters and of three, and an empty one.
        let mut written = Written::of("abcdefg\n\nhij");
        let mut places = vec![written.page(5).cursor];
        for _ in 0..4 {
            written.up(5);
            places.push(written.page(5).cursor);
        }
        assert_eq!(places, [(3, 3), (2, 0), (1, 1), (0, 1), (0, 1)]);
        for place in [(1, 1), (2, 0), (3, 0), (3, 0)] {
            written.down(5);
            assert_eq!(written.page(5).cursor, place);
        }
    }

    #[test]
    fn what_has_stood_on_the_screen_is_known_by_what_it_says_and_not_by_the_row_in_which_it_stood() {
        let mut written = Written::of("abcdefgh");
        assert_eq!(written.unseen(5), [0, 1]);
        written.stands(written.page(5).bytes(1));
        assert_eq!(written.unseen(5), [0]);
        written.stands(0..4);
        assert!(written.unseen(5).is_empty() && written.unseen(4).is_empty(), "nor by how wide it is");
        // What is put in has not, and what stands beside it has.
        for _ in 0..2 {
            written.edit(Edit::Left);
        }
        written.insert("xyz", ROOM).unwrap();
        assert_eq!(written.text, "abcdefxyzgh");
        assert_eq!((written.unseen(5), written.unseen(20)), (vec![1, 2], vec![0]));
        for _ in 0..3 {
            written.edit(Edit::Backspace);
        }
        assert!(written.unseen(5).is_empty());
        // More than there is stands nowhere.
        written.stands(0..99);
        assert!(Written::default().unseen(5).is_empty());
    }
}
