//! Facts: what a form says in a word, read into yes, no or unknown.
//!
//! Never here: a no from silence. What is not stated is unknown.

use super::Labels;
use super::place::Place;

/// A named fact.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FactRule {
    pub label: Labels,
    /// Any of these makes it a yes.
    pub yes: Vec<Test>,
    /// Any of these makes it a no. Where a yes is met as well, the form contradicts itself.
    pub no: Vec<Test>,
}

/// Something that a form may state.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Test {
    pub place: Place,
    pub is: Is,
}

/// What is asked of a text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Is {
    /// Anything is stated there.
    Given,
    /// It is one of these, but for capital letters and spaces at its ends.
    OneOf(Vec<String>),
    /// One of these words, or words one behind the other, is among its words, but for capital letters.
    Word(Vec<String>),
}

impl Is {
    /// Whether a text that is stated is what is asked for.
    pub fn holds(&self, text: &str) -> bool {
        let text = text.trim().to_lowercase();
        match self {
            Is::Given => true,
            Is::OneOf(wanted) => wanted.iter().any(|wanted| wanted.trim().to_lowercase() == text),
            Is::Word(wanted) => {
                let words = in_words(&text);
                wanted.iter().any(|wanted| words.contains(&in_words(&wanted.to_lowercase())))
            }
        }
    }
}

/// The words of a text, each between single spaces, so that one is never found within another.
fn in_words(text: &str) -> String {
    let mut words = String::from(" ");
    for word in text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
        words.push_str(word);
        words.push(' ');
    }
    words
}
