//! What a Party did not say, as far as this Party can know it: what is said between two others comes here only where it
//! is copied.
//!
//! Never here: silence read from the lack of a copy.

use super::History;
use crate::domain::digest::Digest;
use crate::domain::party::Party;

impl History {
    /// As this Party holds it.
    pub fn of_party(self, own: Option<Party>) -> History {
        History { own, ..self }
    }

    /// Whether all that one Party says to the other comes here: this Party is one of the two.
    pub fn hears(&self, party: Party, other: Party) -> bool {
        self.own.is_some_and(|own| own == party || own == other)
    }

    /// The Parties that a message asks to act of which it can't be known here whether they answered its author.
    pub fn unheard(&self, message: &Digest, author: Party) -> Vec<Party> {
        let asked = self.addressed(message).into_iter();
        asked.filter(|party| *party != author && !self.hears(*party, author)).collect()
    }

    /// That none came: for a reader who could not know it, that none is here.
    pub fn none(&self, words: &str, message: &Digest, author: Party) -> String {
        let unheard: Vec<String> = self.unheard(message, author).iter().map(Party::to_string).collect();
        match &unheard[..] {
            [] => words.to_owned(),
            some => format!("{words} on record here; not known here whether {} gave one", some.join(", ")),
        }
    }
}
