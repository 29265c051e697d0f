//! What was refused or did not go, told for as long as it takes to read: a key that is pressed for something else takes
//! nothing of it away.
//!
//! Never here: what the officer is told of what went well, which the next key takes away.

use std::collections::VecDeque;

use bytes::Bytes;

use crate::domain::time::Instant;
use crate::limits;

/// Sentences that are safe to show, one at a time.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Refused {
    sentences: VecDeque<Sentence>,
    /// Until when the first one stands, whatever is pressed.
    until: Option<Instant>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
struct Sentence {
    text: String,
    /// The session in which it was said, and the draft at the node that it names; empty for none.
    thread: Bytes,
    draft: Bytes,
}

impl Refused {
    pub fn tell(&mut self, sentence: String, now: Instant) {
        self.tell_of(sentence, (Bytes::new(), Bytes::new()), now);
    }

    /// The same of what was said in a session, with the draft at the node that it names; each is empty for none.
    pub fn tell_of(&mut self, text: String, (thread, draft): (Bytes, Bytes), now: Instant) {
        self.sentences.push_back(Sentence { text, thread, draft });
        self.until = self.until.or(Some(now.plus_ms(limits::CONSOLE_REFUSED_MS)));
    }

    /// This draft is no more what it was: what names it is told no longer.
    pub fn gone(&mut self, draft: &Bytes, now: Instant) {
        if draft.is_empty() {
            return;
        }
        let stood = self.sentences.front().cloned();
        self.sentences.retain(|one| one.draft != *draft);
        if self.sentences.front() != stood.as_ref() {
            let more = !self.sentences.is_empty();
            self.until = more.then(|| now.plus_ms(limits::CONSOLE_REFUSED_MS));
        }
    }

    /// The same, unless it is told already.
    pub fn tell_once(&mut self, sentence: &str, now: Instant) {
        if !self.sentences.iter().any(|told| told.text == sentence) {
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

    /// What stands now, and how many more there are; where this is not the session of which it is, that it is not.
    pub fn stands(&self, thread: &Bytes) -> Option<String> {
        let first = self.sentences.front()?;
        let is_here = first.thread.is_empty() || first.thread == *thread;
        let of = if is_here { "" } else { "in another session: " };
        Some(match self.sentences.len().saturating_sub(1) {
            0 => format!("{of}{}", first.text),
            more => format!("{of}{} (and {more} more)", first.text),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_sentence_stands_for_its_time_whatever_is_typed_and_goes_with_the_next_key() {
        let mut refused = Refused::default();
        let here = Bytes::new();
        assert_eq!(refused.stands(&here), None);
        refused.pressed(Instant(0));
        refused.tell("one".into(), Instant(0));
        refused.tell("two".into(), Instant(1));
        refused.pressed(Instant(limits::CONSOLE_REFUSED_MS - 1));
        assert_eq!(refused.stands(&here).as_deref(), Some("one (and 1 more)"));
        refused.pressed(Instant(limits::CONSOLE_REFUSED_MS));
        refused.pressed(Instant(limits::CONSOLE_REFUSED_MS + 1));
        assert_eq!(refused.stands(&here).as_deref(), Some("two"));
        refused.pressed(Instant(2 * limits::CONSOLE_REFUSED_MS));
        assert_eq!(refused, Refused::default());
    }

    #[test]
    fn what_names_a_draft_goes_with_that_and_what_is_of_another_session_says_so() {
        let of = |number: u8| Bytes::from(vec![number; 16]);
        let mut refused = Refused::default();
        refused.tell_of("one".into(), (of(1), of(7)), Instant(0));
        refused.tell_of("two".into(), (of(2), of(8)), Instant(1));
        assert_eq!(refused.stands(&of(1)).as_deref(), Some("one (and 1 more)"));
        refused.gone(&Bytes::new(), Instant(2));
        refused.gone(&of(7), Instant(3));
        assert_eq!(refused.stands(&of(1)).as_deref(), Some("in another session: two"));
        // It has its own time from then on.
        refused.pressed(Instant(limits::CONSOLE_REFUSED_MS + 2));
        assert_eq!(refused.stands(&of(2)).as_deref(), Some("two"));
        refused.gone(&of(8), Instant(4));
        assert_eq!(refused, Refused::default());
    }
}
