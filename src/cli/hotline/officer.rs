//! The name of an officer in a sentence, such as on what became of a text: it does not pass for what that says next.
//!
//! Never here: a name in other words than its Party stated it.

use crate::domain::text::shown;

/// Safe to show. One in which more than words stands has marks around it.
pub(in crate::cli) fn officer(name: &str) -> String {
    let name = shown(name);
    let is_in_words = |character: char| character.is_alphabetic() || " ,.-'".contains(character);
    if name.chars().all(is_in_words) { name } else { format!("\"{}\"", name.replace('"', "'")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_goes_on_as_the_sentence_does_stands_between_marks() {
        assert_eq!(officer("Anna O'Brien-Wilk, Lt."), "Anna O'Brien-Wilk, Lt.");
        assert_eq!(officer("Officer of PL"), "Officer of PL");
        assert_eq!(officer("X\" 10:00Z; read by Y"), "\"X' 10:00Z; read by Y\"");
    }
}
