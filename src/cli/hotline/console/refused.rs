//! What was refused or did not go, told for as long as it takes to read: a key that is pressed for something else takes
//! nothing of it away.
//!
//! Never here: what the officer is told of what went well, which the next key takes away.

use std::collections::VecDeque;

use crate::domain::time::Instant;
use crate::limits;

/// Sentences that are safe to show, one at a time.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Refused {
    sentences: VecDeque<String>,
    /// Until when the first one stands, whatever is pressed.
    until: Option<Instant>,
}

impl Refused {
    pub fn tell(&mut self, sentence: String, now: Instant) {
        self.sentences.push_back(sentence);
        self.until = self.until.or(Some(now.plus_ms(limits::CONSOLE_REFUSED_MS)));
    }

    /// The same, unless it is told already.
    pub fn tell_once(&mut self, sentence: &str, now: Instant) {
        if !self.sentences.iter().any(|told| told == sentence) {
            self.tell(sentence.to_owned(), now);
        }
    }

    /// A key was pressed: what has stood for long enough is gone, and the next one stands.
    pub fn pressed(&mut self, now: Instant) {
        if self.until.is_some_and(|until| until <= now) {
            self.sentences.pop_front();
            let more = !self.sentences.is_empty();
            self.until = more.then(|| now.plus_ms(limits::CONSOLE_REFUSED_MS));
        }
    }

    /// What stands now, and how many more there are.
    pub fn stands(&self) -> Option<String> {
        let first = self.sentences.front()?;
        Some(match self.sentences.len().saturating_sub(1) {
            0 => first.clone(),
            more => format!("{first} (and {more} more)"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_sentence_stands_for_its_time_whatever_is_typed_and_goes_with_the_next_key() {
        let mut refused = Refused::default();
        assert_eq!(refused.stands(), None);
        refused.pressed(Instant(0));
        refused.tell("one".into(), Instant(0));
        refused.tell("two".into(), Instant(1));
        refused.pressed(Instant(limits::CONSOLE_REFUSED_MS - 1));
        assert_eq!(refused.stands().as_deref(), Some("one (and 1 more)"));
        refused.pressed(Instant(limits::CONSOLE_REFUSED_MS));
        refused.pressed(Instant(limits::CONSOLE_REFUSED_MS + 1));
        assert_eq!(refused.stands().as_deref(), Some("two"));
        refused.pressed(Instant(2 * limits::CONSOLE_REFUSED_MS));
        assert_eq!(refused, Refused::default());
    }
}
