//! A text as it was heard by telephone, held against its signed original: word for word, without regard to case and to
//! marks that nobody reads out. Marks of figures and those that compare are read out, and count: "1.5" is not "15", and
//! "<5" is not ">5".
//!
//! Never here: one text made of the two. The original is what counts.

use crate::limits;

/// Words that differ, between those that are the same.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Misheard {
    /// The first of the original's, counted from 1.
    pub word: usize,
    pub original: String,
    pub heard: String,
}

/// Where the two differ, in the order of the original; none where they are the same. `None` where either has too many
/// words and marks to be compared.
pub fn misheard(original: &str, heard: &str) -> Option<Vec<Misheard>> {
    let (original, heard) = (Read::of(original), Read::of(heard));
    if original.parts.len().max(heard.parts.len()) > limits::HOTLINE_HEARD_PARTS_MAX {
        return None;
    }
    let mut found = Vec::new();
    let end = (original.parts.len(), heard.parts.len());
    // From where on nothing was told yet, and whether something in it differs.
    let (mut from, mut differs) = ((0, 0), false);
    let mut tell = |to: (usize, usize), differs: &mut bool| {
        // Whole words are told, however little of them differs.
        if original.is_between_words(to.0) && heard.is_between_words(to.1) {
            if std::mem::take(differs) {
                found.push(Misheard {
                    word: original.word(from.0).saturating_add(1),
                    original: original.words(from.0, to.0),
                    heard: heard.words(from.1, to.1),
                });
            }
            from = to;
        }
    };
    let (mut at, mut there) = (0, 0);
    for (next, next_there) in longest_common(&original.parts, &heard.parts).into_iter().chain([end]) {
        tell((at, there), &mut differs);
        differs |= next > at || next_there > there;
        tell((next, next_there), &mut differs);
        (at, there) = (next.saturating_add(1), next_there.saturating_add(1));
    }
    Some(found)
}

/// A text as it is read out.
struct Read<'t> {
    /// Without what is read out by nobody alone.
    words: Vec<&'t str>,
    parts: Vec<Part>,
}

/// What is read out in one: letters and figures, or a mark by its word. And of which of the words it is.
struct Part {
    said: String,
    word: usize,
}

impl Read<'_> {
    fn of(text: &str) -> Read<'_> {
        let all: Vec<&str> = text.split_whitespace().collect();
        let mut read = Read { words: Vec::new(), parts: Vec::new() };
        for (at, word) in all.iter().copied().enumerate() {
            // Marks that stand alone may belong to the figures beside them, as in "3 - 5" and "40 %.".
            let mut beside = (None, None);
            if !word.chars().any(char::is_alphanumeric) {
                let before = at.checked_sub(1).and_then(|before| all.get(before)?.chars().next_back());
                let after = all.get(at.saturating_add(1)).and_then(|after| after.chars().next());
                let is_one = word.chars().count() == 1;
                beside = (before.filter(|c| c.is_numeric()), after.filter(|_| is_one));
            }
            let word_at = read.words.len();
            let parts = parts(word, beside);
            if !parts.is_empty() {
                read.words.push(word);
                read.parts.extend(parts.into_iter().map(|said| Part { said, word: word_at }));
            }
        }
        read
    }

    /// Which word a part is of.
    fn word(&self, part: usize) -> usize {
        self.parts.get(part).map_or(self.words.len(), |part| part.word)
    }

    fn is_between_words(&self, part: usize) -> bool {
        part.checked_sub(1).is_none_or(|before| self.word(before) != self.word(part))
    }

    /// The words of these parts; the first begins one, and the last ends one.
    fn words(&self, from: usize, to: usize) -> String {
        self.words.get(self.word(from)..self.word(to)).unwrap_or_default().join(" ")
    }
}

/// What is read out of a word, which stands between these two.
fn parts(word: &str, (mut before, after): (Option<char>, Option<char>)) -> Vec<String> {
    let (mut parts, mut run) = (Vec::new(), String::new());
    let mut rest = word.chars().peekable();
    while let Some(c) = rest.next() {
        if c.is_alphanumeric() {
            run.extend(c.to_lowercase());
        } else if let Some(said) = mark(before, c, rest.peek().copied().or(after)) {
            parts.push(std::mem::take(&mut run));
            parts.extend(said.split(' ').map(str::to_owned));
        }
        before = Some(c);
    }
    parts.push(run);
    parts.retain(|part| !part.is_empty());
    parts
}

/// How a mark is read out: one that compares, wherever it stands; one behind a figure; and before a figure a decimal
/// point, a sign, a range, or as itself between two figures. `None` where nobody reads it out, as in "F-16".
fn mark(before: Option<char>, mark: char, after: Option<char>) -> Option<String> {
    let is_after_figure = before.is_some_and(char::is_numeric);
    let said = match mark {
        '<' => "less than",
        '>' => "more than",
        '\u{b1}' => "plus or minus",
        '=' | '~' | '\u{2248}' | '\u{2260}' | '\u{2264}' | '\u{2265}' => return Some(mark.to_string()),
        '%' if is_after_figure => "percent",
        '\u{2030}' if is_after_figure => "permille",
        _ if !after.is_some_and(char::is_numeric) || before.is_some_and(char::is_alphabetic) => return None,
        '.' if before != Some('.') => "point",
        ',' if before != Some(',') => "comma",
        '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' if is_after_figure => "to",
        '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' => "minus",
        '+' => "plus",
        other if is_after_figure => return Some(other.to_string()),
        _ => return None,
    };
    Some(said.to_owned())
}

/// Places of the longest run of parts that stand in both in the same order. Both are within their limit.
fn longest_common(one: &[Part], other: &[Part]) -> Vec<(usize, usize)> {
    let width = other.len().saturating_add(1);
    let cell = |at: usize, there: usize| at.saturating_mul(width).saturating_add(there);
    // How long it is from each pair of places on; from an end on nothing.
    let mut lengths = vec![0_u16; one.len().saturating_add(1).saturating_mul(width)];
    let length =
        |lengths: &[u16], at: usize, there: usize| lengths.get(cell(at, there)).copied().unwrap_or(0);
    for (at, mine) in one.iter().enumerate().rev() {
        for (there, theirs) in other.iter().enumerate().rev() {
            let (next, next_there) = (at.saturating_add(1), there.saturating_add(1));
            let from_here = if mine.said == theirs.said {
                length(&lengths, next, next_there).saturating_add(1)
            } else {
                length(&lengths, next, there).max(length(&lengths, at, next_there))
            };
            if let Some(here) = lengths.get_mut(cell(at, there)) {
                *here = from_here;
            }
        }
    }
    let (mut at, mut there, mut common) = (0_usize, 0_usize, Vec::new());
    while let (Some(mine), Some(theirs)) = (one.get(at), other.get(there)) {
        let (next, next_there) = (at.saturating_add(1), there.saturating_add(1));
        if mine.said == theirs.said {
            common.push((at, there));
            (at, there) = (next, next_there);
        } else if length(&lengths, next, there) >= length(&lengths, at, next_there) {
            at = next;
        } else {
            there = next_there;
        }
    }
    common
}

#[cfg(test)]
mod tests {
    use super::*;

    fn differences(original: &str, heard: &str) -> Vec<(usize, String, String)> {
        let found = misheard(original, heard).expect("short enough to be compared");
        found.into_iter().map(|one| (one.word, one.original, one.heard)).collect()
    }

    #[test]
    fn case_and_marks_that_nobody_reads_out_make_no_difference_and_words_do() {
        let original = "One of our aircraft has left its course: it does not answer.";
        assert_eq!(differences(original, "one of our aircraft has left its course - it does NOT answer"), []);
        let told = |word, original: &str, heard: &str| (word, original.to_owned(), heard.to_owned());
        assert_eq!(
            differences(original, "One of four aircraft has left its course it does answer twice"),
            [told(3, "our", "four"), told(11, "not", ""), told(13, "", "twice")]
        );
        assert_eq!(differences("", ""), []);
        assert_eq!(differences("alone", ""), [told(1, "alone", "")]);
        assert_eq!(differences("", "alone"), [told(1, "", "alone")]);
    }

    #[test]
    fn figures_with_another_point_sign_or_range_are_never_the_same() {
        let original = "1.5 km over the border at 52.5 N, height 3-5 km, -10 C";
        let told = |word, original: &str, heard: &str| (word, original.to_owned(), heard.to_owned());
        assert_eq!(
            differences(original, "15 km over the border at 525 N, height 35 km, 10 C"),
            [told(1, "1.5", "15"), told(7, "52.5", "525"), told(10, "3-5", "35"), told(12, "-10", "10")]
        );
        for said in [
            "1.5 km over the border at 52.5 N height 3 - 5 km \u{2212}10 C",
            "1 point 5 km over the border at 52 point 5 N, height 3 to 5 km, minus 10 C",
        ] {
            assert_eq!(differences(original, said), [], "{said}");
        }
        for (one, other) in [("1.5", "1,5"), (".5", "5"), ("2:15", "21:5"), ("1.5", "1 5"), ("+5", "-5")] {
            assert_eq!(differences(one, other), [told(1, one, other)]);
        }
        assert_eq!(differences("3 - 5", "3 5"), [told(2, "-", "")]);
        assert_eq!(differences("an F-16, on course.", "An F16 - on course"), []);
    }

    #[test]
    fn figures_compared_another_way_or_with_another_unit_are_never_the_same() {
        let told = |one: &str, other: &str| (1, one.to_owned(), other.to_owned());
        for (one, other) in [
            ("<5", ">5"),
            ("<5", "5"),
            ("<=5", ">=5"),
            ("speed<5", "speed>5"),
            ("\u{2264}5", "\u{2265}5"),
            ("\u{b1}5", "5"),
            ("\u{b1}5", "+5"),
            ("~5", "5"),
            ("5%", "5"),
            ("5%", "5\u{2030}"),
        ] {
            assert_eq!(differences(one, other), [told(one, other)]);
        }
        let original = "<5 km, >3 km, \u{b1}2 km, 40% of it";
        let said = "less than 5 km more than 3 km plus or minus 2 km 40 percent of it";
        assert_eq!(differences(original, said), []);
        assert_eq!(differences("< 5 and 40 %.", "<5 and 40%"), []);
    }

    #[test]
    fn what_is_too_long_to_be_compared_is_not_taken_for_the_same() {
        let long = "1.".repeat(limits::HOTLINE_HEARD_PARTS_MAX);
        assert_eq!(misheard(&long, &long), None);
    }
}
