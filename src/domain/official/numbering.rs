//! The marks of numbered paragraphs: `A.`, `(1)`, `(a)`, `1)`, `a)`, and for anything deeper `-`.
//!
//! Never here: what is numbered.

/// Counts paragraphs at every depth.
#[derive(Default)]
pub struct Numbering(Vec<usize>);

impl Numbering {
    /// The mark of the next paragraph at this depth; those below it begin anew.
    pub fn next(&mut self, depth: usize) -> String {
        self.0.resize(depth.saturating_add(1), 0);
        let count = self.0.last_mut().map_or(1, |count| {
            *count = count.saturating_add(1);
            *count
        });
        mark(depth, count)
    }
}

/// The mark of the paragraph with this number, counted from 1.
pub fn mark(depth: usize, number: usize) -> String {
    match depth {
        0 => format!("{}.", letters(number).to_ascii_uppercase()),
        1 => format!("({number})"),
        2 => format!("({})", letters(number)),
        3 => format!("{number})"),
        4 => format!("{})", letters(number)),
        _ => "-".to_owned(),
    }
}

/// `a` to `z`, then `aa`, `ab` and so on.
fn letters(number: usize) -> String {
    let mut letters = Vec::new();
    let mut left = number;
    while left > 0 {
        left = left.saturating_sub(1);
        let letter = u8::try_from(left % 26).unwrap_or_default();
        letters.push(char::from(b'a'.saturating_add(letter)));
        left /= 26;
    }
    letters.iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_go_on_after_the_last_one() {
        let table = [(1, "a"), (26, "z"), (27, "aa"), (52, "az"), (53, "ba"), (702, "zz"), (703, "aaa")];
        for (number, expected) in table {
            assert_eq!(letters(number), expected);
        }
    }

    #[test]
    fn a_new_paragraph_begins_those_below_it_anew() {
        let mut numbering = Numbering::default();
        let marks = [0, 1, 1, 2, 2, 1, 2, 0, 1, 3].map(|depth| numbering.next(depth));
        assert_eq!(marks, ["A.", "(1)", "(2)", "(a)", "(b)", "(3)", "(a)", "B.", "(1)", "1)"]);
    }
}
