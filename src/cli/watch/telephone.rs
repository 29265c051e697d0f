//! Telephone numbers on a line that has no room for all the words around them: each is whole, or counted as not shown.
//!
//! Never here: a rule for how a number is written. It is what has many digits between commas, or behind a plus or a
//! word, or, where nothing has, the most of them.

use std::cmp::Reverse;

use crate::domain::official::wrap::{columns, cut};
use crate::domain::text::shown;

/// Columns of what tells how many are not shown.
const MORE_COLUMNS: usize = 10;
/// Fewer digits are no number: that of a room, or of a floor.
const DIGITS_MIN: usize = 3;
/// So many are one for sure, and no post code.
const DIGITS_SURE: usize = 7;

/// All of these texts, where they leave so many columns to spare; else the numbers in them, as many as there is room
/// for.
pub(super) fn within(texts: &[String], room: usize, spare: usize) -> String {
    let texts: Vec<String> = texts.iter().map(|text| shown(text)).collect();
    let all = texts.join(", ");
    if columns(&all) <= room.saturating_sub(spare) {
        return all;
    }
    let numbers: Vec<Vec<&str>> = texts.iter().map(|text| numbers_in(text)).collect();
    // A text without a number counts as one that is not shown.
    let many: usize = numbers.iter().map(|of_one| of_one.len().max(1)).sum();
    let numbers: Vec<&str> = numbers.concat();
    if numbers.is_empty() {
        return cut(&all, room);
    }
    let room = if many > 1 { room.saturating_sub(MORE_COLUMNS) } else { room };
    let (mut line, mut taken) = (String::new(), 0_usize);
    for number in numbers {
        let longer = if line.is_empty() { format!("… {number}") } else { format!("{line}, {number}") };
        if columns(&longer) <= room {
            (line, taken) = (longer, taken.saturating_add(1));
        }
    }
    match many.saturating_sub(taken) {
        _ if taken == 0 => "too long, see --json".into(),
        0 => line,
        more => format!("{line} + {more} more"),
    }
}

/// What stands between commas, and each number of several that nothing but a plus or a word keeps apart.
fn parts(text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    for mut rest in text.split([',', ';']) {
        let at = parts.len();
        while let Some((before, last)) = two_in(rest) {
            parts.insert(at, last);
            rest = before;
        }
        parts.insert(at, rest);
    }
    parts
}

/// The last number of a part, and what stands before it, where each is one for sure.
fn two_in(part: &str) -> Option<(&str, &str)> {
    let begins = part.char_indices().rev().filter(|(_, one)| *one == '+' || one.is_alphabetic());
    let mut both = begins.filter_map(|(at, _)| part.split_at_checked(at));
    both.find(|(before, last)| digits(last) >= DIGITS_SURE && digits(before) >= DIGITS_SURE)
}

/// Each from its first digit to the last; of several that are none for sure what has the most digits.
fn numbers_in(text: &str) -> Vec<&str> {
    let parts = parts(text);
    let sure: Vec<&str> =
        parts.iter().copied().filter(|part| digits(part) >= DIGITS_SURE).map(number).collect();
    if !sure.is_empty() {
        return sure;
    }
    let most = parts.into_iter().min_by_key(|part| Reverse(digits(part)));
    most.filter(|part| digits(part) >= DIGITS_MIN).map(number).into_iter().collect()
}

fn number(part: &str) -> &str {
    // A plus begins a number, unless most of it stands before.
    let from_plus = part.find('+').and_then(|at| part.split_at_checked(at));
    let part = match from_plus {
        Some((before, number)) if digits(before) <= digits(number) => number,
        _ => part.trim_start_matches(|one: char| !one.is_numeric() && one != '('),
    };
    part.trim_end_matches(|one: char| !one.is_numeric())
}

fn digits(text: &str) -> usize {
    text.chars().filter(|one| one.is_numeric()).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(texts: &[&str], room: usize, spare: usize) -> String {
        let texts: Vec<String> = texts.iter().map(|text| (*text).to_owned()).collect();
        within(&texts, room, spare)
    }

    #[test]
    fn where_the_words_have_no_room_the_number_is_whole() {
        let desk = "desk of the watch, building 4, room 112, tel. +375 17 222 33 44 ext 17, by day";
        assert_eq!(line(&[desk], 80, 0), desk);
        assert_eq!(line(&[desk], 80, 10), "… +375 17 222 33 44 ext 17");
        assert_eq!(line(&[desk], 26, 0), "… +375 17 222 33 44 ext 17");
        assert_eq!(line(&["the desk behind room 7; (017) 222-33-44 by night"], 30, 0), "… (017) 222-33-44");
        assert_eq!(
            line(&["the switchboard of the General Staff: 00375172223344"], 30, 0),
            "… 00375172223344"
        );
    }

    #[test]
    fn a_number_that_has_no_room_is_counted_and_none_is_cut() {
        let both = ["Watch of BY, +375 17 222 33 44", "Duty officer, 00 375 17 555 66 77"];
        assert_eq!(line(&both, 55, 0), "… +375 17 222 33 44, 00 375 17 555 66 77");
        assert_eq!(line(&both, 35, 0), "… +375 17 222 33 44 + 1 more");
        assert_eq!(line(&both, 12, 0), "too long, see --json");
        let in_one =
            ["Duty officer of BY, by day +375 17 222 33 44, by night 00 375 17 555 66 77, 220030 Minsk"];
        assert_eq!(line(&in_one, 55, 0), "… +375 17 222 33 44, 00 375 17 555 66 77");
        assert_eq!(line(&in_one, 35, 0), "… +375 17 222 33 44 + 1 more");
        let by_or = ["desk of the watch, +375 17 200 00 00 extension 4411 or +375 29 100 00 00"];
        assert_eq!(line(&by_or, 65, 0), "… +375 17 200 00 00 extension 4411, +375 29 100 00 00");
        assert_eq!(line(&by_or, 41, 0), "… +375 29 100 00 00 + 1 more");
        let by_word = ["the desk by day 00 375 17 200 00 00 ext 4411 by night 00 375 29 100 00 00 Minsk"];
        assert_eq!(line(&by_word, 65, 0), "… 00 375 17 200 00 00 ext 4411, 00 375 29 100 00 00");
        assert_eq!(line(&["ask for the Colonel by his name, floor 4"], 12, 0), "ask for the…");
    }
}
