//! Check words: the beginning of a digest as common English words, so that two officers can compare a text by
//! telephone.
//!
//! Six words stand for 48 bits, the first six bytes of the digest of the signed message, one word a byte by its place
//! in `words.txt`. They tell two texts apart that differ by mishearing. Never here: a proof of origin. Whoever can
//! compute 2^48 digests can make another text with the same words.

use std::sync::LazyLock;

use crate::domain::digest::Digest;

/// As published: 256 words, one a line, in alphabetical order. The first stands for 0.
const LIST: &str = include_str!("words.txt");

static WORDS: LazyLock<Vec<&str>> = LazyLock::new(|| LIST.lines().collect());

/// So many words are read out.
pub const CHECK_WORDS: usize = 6;

/// The words of a digest.
pub fn check_words(digest: &Digest) -> Vec<&'static str> {
    digest.0.iter().take(CHECK_WORDS).filter_map(|byte| WORDS.get(usize::from(*byte)).copied()).collect()
}

/// The beginning of the digest that words stand for, as they were written down: in any case, apart by blanks, commas
/// or hyphens. A word may be cut to its first four letters, in which all of them differ.
///
/// # Errors
/// Which is no word of the list, or how many there are.
pub fn beginning(said: &str) -> Result<[u8; CHECK_WORDS], String> {
    let said = said.to_lowercase();
    let words = said.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let mut bytes = Vec::new();
    for word in words {
        if bytes.len() == CHECK_WORDS {
            return Err(format!("must be {CHECK_WORDS} words"));
        }
        let at = WORDS.iter().position(|one| word.len() >= LETTERS && one.starts_with(word));
        let byte = at.and_then(|at| u8::try_from(at).ok());
        bytes.push(
            byte.ok_or_else(|| format!("word {} is no word of the list", bytes.len().saturating_add(1)))?,
        );
    }
    bytes.try_into().map_err(|_| format!("must be {CHECK_WORDS} words"))
}

/// In which all words differ.
const LETTERS: usize = 4;

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_list_has_a_word_for_each_byte_and_all_differ_in_their_first_four_letters() {
        assert_eq!(WORDS.len(), 256);
        assert!(
            WORDS.iter().all(|word| word.len() >= LETTERS && word.chars().all(|c| c.is_ascii_lowercase()))
        );
        let beginnings: BTreeSet<&str> = WORDS.iter().map(|word| &word[..LETTERS]).collect();
        assert_eq!(beginnings.len(), 256);
        assert!(WORDS.is_sorted());
    }

    #[test]
    fn words_read_back_as_the_beginning_of_the_digest_however_they_were_written_down() {
        for turn in 0..=255u8 {
            let digest = Digest(
                [turn, 0, 255, turn.wrapping_mul(7), 1, 2]
                    .iter()
                    .chain(&[0; 26])
                    .copied()
                    .collect::<Vec<_>>()
                    .try_into()
                    .unwrap(),
            );
            let words = check_words(&digest);
            assert_eq!(words.len(), CHECK_WORDS);
            assert_eq!(beginning(&words.join(" ")).unwrap(), digest.0[..CHECK_WORDS]);
            let short: Vec<String> = words.iter().map(|word| word[..4].to_uppercase()).collect();
            assert_eq!(beginning(&short.join(", ")).unwrap(), digest.0[..CHECK_WORDS]);
        }
        for wrong in [
            "",
            "acorn",
            "acorn album alpine anchor apple april arrow",
            "aco album alpine anchor apple april",
        ] {
            assert!(beginning(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn the_published_list_stays_as_it_is() {
        let digest = Digest::of(LIST.as_bytes()).to_string();
        assert_eq!(digest, "5d44202ca4dbf58ec94a0824b0cf6047f5f2ecc6ac25f70fafce9bdb29ddfaf1");
    }
}
