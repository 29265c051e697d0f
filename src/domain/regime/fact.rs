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
    /// It is made up of words of the two lists alone, one of the first among them, but for capital letters.
    Only { word: Vec<String>, beside: Vec<String> },
}

impl Is {
    /// Whether a text that is stated is what is asked for.
    pub fn holds(&self, text: &str) -> bool {
        let text = text.trim().to_lowercase();
        match self {
            Is::Given => true,
            Is::OneOf(wanted) => wanted.iter().any(|wanted| wanted.trim().to_lowercase() == text),
            Is::Word(wanted) => is_any_among(wanted, &in_words(&text)),
            Is::Only { word, beside } => {
                let words = in_words(&text);
                // Of nearly all entries of a form this tells already, and the lists are long.
                is_any_among(word, &words)
                    && is_made_up_of(&words, &each_in_words(word), &each_in_words(beside))
            }
        }
    }

    /// Whether a text speaks of what is asked for, whatever else it says.
    pub fn is_named_in(&self, text: &str) -> bool {
        match self {
            Is::Only { word, .. } => is_any_among(word, &in_words(&text.to_lowercase())),
            Is::Given | Is::OneOf(_) | Is::Word(_) => self.holds(text),
        }
    }
}

fn is_any_among(wanted: &[String], words: &str) -> bool {
    wanted.iter().any(|wanted| words.contains(&in_words(&wanted.to_lowercase())))
}

/// Read from its start, each time as much as one entry of the lists takes.
fn is_made_up_of(text: &str, word: &[String], beside: &[String]) -> bool {
    let (mut left, mut is_named) = (text, false);
    while left != " " {
        let longest = |known: &[String]| {
            known.iter().filter(|one| left.starts_with(one.as_str())).map(String::len).max().unwrap_or(0)
        };
        let (named, other) = (longest(word), longest(beside));
        // The space behind it stands before the next.
        let taken = named.max(other).saturating_sub(1);
        let Some(rest) = left.get(taken..).filter(|_| taken > 0) else { return false };
        is_named |= named >= other;
        left = rest;
    }
    is_named
}

fn each_in_words(texts: &[String]) -> Vec<String> {
    texts.iter().map(|text| in_words(&text.to_lowercase())).collect()
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
