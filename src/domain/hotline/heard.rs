//! A text as it was heard by telephone, held against its signed original: word for word, without regard to case and
//! to marks that nobody reads out.
//!
//! Never here: one text made of the two. The original is what counts.

/// Words that differ, between those that are the same.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Misheard {
    /// The first of the original's, counted from 1.
    pub word: usize,
    pub original: String,
    pub heard: String,
}

/// Where the two differ, in the order of the original; none where they are the same.
pub fn misheard(original: &str, heard: &str) -> Vec<Misheard> {
    let (original, heard) = (words(original), words(heard));
    let same = longest_common(&original, &heard);
    let (mut found, mut at, mut there) = (Vec::new(), 0, 0);
    for (next, next_there) in same.into_iter().chain([(original.len(), heard.len())]) {
        if next > at || next_there > there {
            let part =
                |words: &[&str], from: usize, to: usize| words.get(from..to).unwrap_or_default().join(" ");
            found.push(Misheard {
                word: at.saturating_add(1),
                original: part(&original, at, next),
                heard: part(&heard, there, next_there),
            });
        }
        (at, there) = (next.saturating_add(1), next_there.saturating_add(1));
    }
    found
}

/// As they stand, without what is read out by nobody alone.
fn words(text: &str) -> Vec<&str> {
    text.split_whitespace().filter(|word| word.contains(char::is_alphanumeric)).collect()
}

fn is_same(one: &str, other: &str) -> bool {
    fn letters(word: &str) -> impl Iterator<Item = char> {
        word.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase)
    }
    letters(one).eq(letters(other))
}

/// Places of the longest run of words that stand in both in the same order. Both are within the limit of a text.
fn longest_common(one: &[&str], other: &[&str]) -> Vec<(usize, usize)> {
    let width = other.len().saturating_add(1);
    // How long it is from each pair of places on.
    let mut lengths = vec![0_u16; one.len().saturating_add(1).saturating_mul(width)];
    let cell = |at: usize, there: usize| at.saturating_mul(width).saturating_add(there);
    for at in (0..one.len()).rev() {
        for there in (0..other.len()).rev() {
            lengths[cell(at, there)] = if is_same(one[at], other[there]) {
                lengths[cell(at + 1, there + 1)].saturating_add(1)
            } else {
                lengths[cell(at + 1, there)].max(lengths[cell(at, there + 1)])
            };
        }
    }
    let (mut at, mut there, mut common) = (0, 0, Vec::new());
    while at < one.len() && there < other.len() {
        if is_same(one[at], other[there]) {
            common.push((at, there));
            (at, there) = (at + 1, there + 1);
        } else if lengths[cell(at + 1, there)] >= lengths[cell(at, there + 1)] {
            at += 1;
        } else {
            there += 1;
        }
    }
    common
}

#[cfg(test)]
mod tests {
    use super::*;

    fn differences(original: &str, heard: &str) -> Vec<(usize, String, String)> {
        misheard(original, heard).into_iter().map(|one| (one.word, one.original, one.heard)).collect()
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
}
